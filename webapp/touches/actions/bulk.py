"""Many steps at once, with one undo for all: tick, put off, give to somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from webapp.db import transaction
from webapp.staff.rules import DIRECTOR, SERVICE, Actor, NotAllowed
from webapp.touches.actions.ticking import AlreadyDone, move, refresh_occasion, tick, to_change
from webapp.touches.effects import BadOutcome
from webapp.touches.history import log, new_bundle, snapshot


@dataclass(frozen=True)
class BulkResult:
    """What a bulk action did: ids of changed touches, touches left out with the reason, and its bundle for undo."""

    done: tuple[int, ...]
    left_out: tuple[tuple[int, str], ...]
    bundle: str


def reassign(touch_ids: Sequence[int], user_id: int, *, actor: Actor, now: datetime) -> BulkResult:
    """Give steps for people to somebody else; directors and customer service only (`domain.md` §10)."""
    if not actor.hats & {DIRECTOR, SERVICE}:
        raise NotAllowed("reassign")
    bundle, done, left = new_bundle(), [], []
    with transaction():
        for touch_id in touch_ids:
            touch = to_change(touch_id, actor)
            if touch.automatic or touch.status != "planned":
                left.append((touch_id, "not-open"))
                continue
            before = snapshot(touch)
            touch.assignee_id = user_id
            log(touch, "handed-over", before, actor=actor, now=now, bundle=bundle)
            done.append(touch_id)
            refresh_occasion(touch, now)
    return BulkResult(tuple(done), tuple(left), bundle)


def bulk(verb: str, touch_ids: Sequence[int], *, actor: Actor, now: datetime, day: date | None = None,
         note: str = "") -> BulkResult:
    """Tick or put off many steps at once with one undo; steps that need a result are left out and named."""
    bundle, done, left = new_bundle(), [], []
    with transaction():
        for touch_id in touch_ids:
            reason = _bulk_one(verb, touch_id, actor=actor, now=now, day=day, note=note, bundle=bundle)
            if reason:
                left.append((touch_id, reason))
            else:
                done.append(touch_id)
    return BulkResult(tuple(done), tuple(left), bundle)


def _bulk_one(verb: str, touch_id: int, *, actor: Actor, now: datetime, day: date | None, note: str,
              bundle: str) -> str:
    try:
        if verb == "tick":
            tick(touch_id, actor=actor, now=now, note=note, bundle=bundle)
        elif day is not None:
            move(touch_id, day, actor=actor, now=now, note=note, snooze=True, bundle=bundle)
        return ""
    except AlreadyDone:
        return "already-done"
    except BadOutcome as error:
        return error.code
    except NotAllowed as error:
        return error.reason
