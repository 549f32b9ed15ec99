"""Many steps at once, with one undo for all: tick, put off, give to somebody else, alone or with their trips."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from webapp.db import db, transaction
from webapp.staff.audit import record
from webapp.staff.models import User
from webapp.staff.rules import DIRECTOR, SERVICE, Actor, NotAllowed
from webapp.touches.actions.ticking import AlreadyDone, move, refresh_occasion, tick, to_change
from webapp.touches.effects import BadOutcome
from webapp.touches.history import log, new_bundle, snapshot
from webapp.touches.locking import lock_all
from webapp.touches.models import Occasion, Touch
from webapp.touches.state_rules import OPEN_STATUSES


@dataclass(frozen=True)
class BulkResult:
    """What a bulk action did: ids of changed touches, touches left out with the reason, and its bundle for undo.

    `occasions` are ids of those that went over whole.
    """

    done: tuple[int, ...]
    left_out: tuple[tuple[int, str], ...]
    bundle: str
    occasions: tuple[int, ...] = ()


def reassign(touch_ids: Sequence[int], user_id: int, *, occasion_ids: Sequence[int] = (), actor: Actor,
             now: datetime) -> BulkResult:
    """Give steps for people to somebody else; directors and customer service only (`domain.md` §10).

    Of `occasion_ids` those nobody owns go over whole: owner, steps nobody was to do, and a client without a manager.
    Raises NotAllowed("reassign").
    """
    if not actor.hats & {DIRECTOR, SERVICE}:
        raise NotAllowed("reassign")
    bundle, done, left = new_bundle(), [], []
    with transaction() as session:
        to = session.get_one(User, user_id)
        places = set(to.office_ids)
        _lock_all_of(touch_ids, occasion_ids)
        given = [number for number in sorted(occasion_ids)
                 if _give(number, to, places, actor=actor, now=now, bundle=bundle)]
        for touch_id in touch_ids:
            touch = to_change(touch_id, actor)
            if touch.automatic or touch.status != "planned" or touch.office_id not in places:
                left.append((touch_id, "other-office" if touch.office_id not in places else "not-open"))
            elif touch.assignee_id != user_id:
                before = snapshot(touch)
                touch.assignee_id = user_id
                log(touch, "handed-over", before, actor=actor, now=now, bundle=bundle)
                record(actor, "handed-over", "touch", touch.id, now=now, office_id=touch.office_id,
                       facts={"to": ["", to.name]})
                done.append(touch_id)
                refresh_occasion(touch, now)
    return BulkResult(tuple(done), tuple(left), bundle, tuple(given))


def _give(occasion_id: int, to: User, places: set[int], *, actor: Actor, now: datetime, bundle: str) -> bool:
    """Give a whole occasion that nobody owns to somebody of its office; False when there is nothing to give."""
    occasion = db.session.get(Occasion, occasion_id, with_for_update=True)
    if (occasion is None or occasion.owner_id is not None or occasion.office_id not in places
            or not actor.may_see(occasion.office_id)):
        return False
    # A step for people first: its event carries the owner, and the way back is shown beside it.
    touches = db.session.scalars(select(Touch).where(Touch.occasion_id == occasion_id, Touch.status.in_(OPEN_STATUSES))
                                 .order_by(Touch.automatic, Touch.id).with_for_update(of=Touch)).all()
    beside: dict[str, Any] = {"trip_owner": None}
    if occasion.client.manager_id is None:
        beside["client_manager"] = None
    for number, touch in enumerate(touches):
        before = snapshot(touch) if number else {**snapshot(touch), **beside}
        if not number:
            occasion.owner_id = to.id
            occasion.client.manager_id = occasion.client.manager_id or to.id
        mine = not touch.automatic and touch.assignee_id is None
        if mine:
            touch.assignee_id = to.id
        if mine or not number:
            log(touch, "handed-over", before, actor=actor, now=now, bundle=bundle)
    if touches:
        record(actor, "handed-over", "occasion", occasion_id, now=now, office_id=occasion.office_id,
               facts={"to": ["", to.name]})
    return bool(touches)


def bulk(verb: str, touch_ids: Sequence[int], *, actor: Actor, now: datetime, day: date | None = None,
         note: str = "") -> BulkResult:
    """Tick or put off many steps at once with one undo; steps that need a result are left out and named."""
    bundle, done, left = new_bundle(), [], []
    with transaction():
        _lock_all_of(touch_ids)
        for touch_id in touch_ids:
            reason = _bulk_one(verb, touch_id, actor=actor, now=now, day=day, note=note, bundle=bundle)
            if reason:
                left.append((touch_id, reason))
            else:
                done.append(touch_id)
    return BulkResult(tuple(done), tuple(left), bundle)


def _lock_all_of(touch_ids: Sequence[int], occasion_ids: Sequence[int] = ()) -> None:
    """Every occasion at once and in one order, whatever the order of the rows on the page."""
    of_steps = db.session.scalars(select(Touch.occasion_id).where(Touch.id.in_(touch_ids)))
    lock_all([*of_steps, *occasion_ids])


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
