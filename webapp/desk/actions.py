"""Verbs that need every room: one tick of the clock, and the first set-up of an agency."""

from datetime import datetime
from typing import Any

from webapp.clients.actions import install_texts
from webapp.desk.integrity import inspect
from webapp.letters.actions import install_starter
from webapp.post import actions as post
from webapp.staff.audit import job
from webapp.touches.actions.plans import install_starter_plan
from webapp.touches.actions.sending import plan_calls_instead, queue_due, settle
from webapp.touches.actions.waiting import watch_waiting

MOST_SHOWN = 100


def tick(*, now: datetime) -> dict[str, Any]:
    """Everything due at `now`, once: plan, render, deliver, settle. Gives figures of what was done.

    Safe to run twice, by several workers at once, and after being killed anywhere.
    """
    settled = settle(now=now)
    calls = plan_calls_instead(now=now)
    due = queue_due(now=now)
    delivered = post.deliver(now=now)
    settled += settle(now=now)
    watch_waiting(now=now)
    return {"calls_instead": calls, **due, "delivered": delivered, "settled": settled}


def check_data(*, now: datetime) -> dict[str, Any]:
    """The nightly proof that the rows agree; what it gives is kept with its slot, where administrators read it."""
    faults = inspect(now=now).faults
    return {"number": len(faults), "faults": faults[:MOST_SHOWN]}


def install_shipped(*, now: datetime) -> None:
    """The plans, letters and scripts that come with the product; what the agency changed stays."""
    actor = job("setup")
    install_texts(actor=actor, now=now)
    install_starter(actor=actor, now=now)
    install_starter_plan(now=now)
