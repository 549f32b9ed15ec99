"""Sending until nothing is due: take back what was left behind, then batch after batch on every channel."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import current_app

from webapp.db import db
from webapp.post import rules
from webapp.post.actions.claiming import anything_due, claim
from webapp.post.actions.copies import may_leave_from_here, remember_here
from webapp.post.actions.leases import release_leases, resolve_unknown
from webapp.post.actions.modes import present_mode
from webapp.post.actions.shift import Shift
from webapp.post.channels import provider_for

_LOOK_BACK_EVERY = timedelta(minutes=1)


def deliver(*, now: datetime, clock: Callable[[], datetime] | None = None,
            going: Callable[[], bool] = lambda: True, author: str = "post") -> dict[str, int]:
    """Send everything that is due at `now`, and what becomes due while at it; gives figures by outcome.

    `clock` tells the moments of hand-offs and results; without it time stands still at `now`. `going` is asked
    between messages: when it says no, the rest of the batch goes back to the queue. Call it outside `transaction()`.
    """
    clock = clock or (lambda: now)
    tally: Counter[str] = Counter()
    looked_back = now
    _look_back(now, tally, author)
    busy = list(rules.CHANNELS)
    while busy and going():
        if clock() - looked_back >= _LOOK_BACK_EVERY:
            looked_back = clock()
            _look_back(looked_back, tally, author)
        busy = [channel for channel in busy if _batch(channel, clock, going, tally, author)]
    return {name: number for name, number in tally.items() if number}


def _look_back(now: datetime, tally: Counter[str], author: str) -> None:
    tally.update(release_leases(now, author=author))
    tally.update(resolve_unknown(now, author=author))


def _batch(channel: str, clock: Callable[[], datetime], going: Callable[[], bool], tally: Counter[str],
           author: str) -> bool:
    """Claim and send one batch; False when this channel has nothing to do for now."""
    now = clock()
    if not anything_due(channel, now):
        return False
    db.session.expire_all()
    mode = present_mode()
    if mode == "live" and not may_leave_from_here(now):
        return False
    provider = provider_for(channel, mode, current_app.extensions["snova.settings"])
    db.session.rollback()
    claimed = claim(channel, provider, now=now, mode=mode, author=author)
    if claimed is None:
        return False
    tally.update(claimed.screened)
    tally["claimed"] += len(claimed.messages)
    if not claimed.messages:
        return True
    shift = Shift(provider, claimed, clock, going, author)
    done = shift.run()
    tally.update(shift.tally)
    if mode == "live":
        remember_here()
    return done
