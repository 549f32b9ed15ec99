"""Verbs of long work: create, run in steps, stop; slots of periodic jobs and sent forms that work once."""

from webapp.batches.actions.files import forget_files
from webapp.batches.actions.once import KeyTaken, once, was_sent
from webapp.batches.actions.slots import beat, has_tables, run_slot, tidy
from webapp.batches.actions.work import Interrupted, Work, create, run_batches, start, stop

__all__ = ["Interrupted", "KeyTaken", "Work", "beat", "create", "forget_files", "has_tables", "once", "run_batches",
           "run_slot", "start", "stop", "tidy", "was_sent"]
