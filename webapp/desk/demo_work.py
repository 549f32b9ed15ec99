"""Loading the demo as long work: with progress, stopped cleanly, begun anew after a kill."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from webapp.batches import actions as batches
from webapp.batches.actions import Interrupted, Work
from webapp.batches.kinds import Kind, register_kind
from webapp.batches.models import Batch
from webapp.batches.rules import READY
from webapp.desk.demo import load, remove
from webapp.desk.demo_data.actions import is_unfinished
from webapp.staff.models import Office
from webapp.staff.rules import ADMIN, Actor

KIND = "demo"


def start_demo(office: Office, *, actor: Actor, now: datetime) -> Batch:
    """Have the worker load the demo. Raises NotAllowed("role")."""
    actor.needs(ADMIN)
    # Administrators look after the whole agency, also where they belong to no office.
    actor = replace(actor, is_network=True)
    return batches.create(KIND, actor=actor, office_id=office.id, now=now, state=READY, all_rows=100)


def run_load(work: Work) -> None:
    """Load it; what a killed run left behind goes first. Stopped half-way, nothing of it stays."""
    now = work.now()
    if is_unfinished():
        list(remove(now=now))
    try:
        load(now=now, told=lambda done, every: _tell(work, done, every))
    except Interrupted:
        if is_unfinished():
            list(remove(now=work.now()))
        raise
    with work.step(1) as totals:
        totals["loaded"] = 1


def _tell(work: Work, done: int, every: int) -> None:
    """Progress in steps of a per cent: each is a commit."""
    before = work.batch.done_rows
    wished = min(99 * done // max(every, 1), 99)
    if wished > before:
        with work.step(wished - before, all_rows=100):
            pass


def _after(batch: Batch) -> tuple[str, Any] | None:
    return (url_for("board.board"), _l("To the board")) if batch.state == "done" else None


register_kind(Kind(KIND, run_load, _l("Loading the demo agency"), {}, _after, is_rows=False))
