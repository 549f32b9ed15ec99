"""What staff decide about a friend: we talk, nothing comes of it, this is no friend to be rewarded for."""

from datetime import datetime

from sqlalchemy import select

from webapp.club.actions.friend_calls import drop_call, plan_call
from webapp.club.friend_rules import BY_HAND, LOST, REFUSED, REWARDED, TALKING, may_become
from webapp.club.friends import Coming
from webapp.club.models import Referral
from webapp.db import db, transaction
from webapp.kit.days import local_day, zone
from webapp.staff.audit import record
from webapp.staff.models import Office
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, BadInput, NotAllowed
from webapp.touches.people import stands_in_for


def talk(referral_id: int, *, actor: Actor, now: datetime) -> Referral:
    """Somebody works on this friend; one who was given up is called anew. Raises as `refuse`."""
    with transaction():
        row = _turn(referral_id, TALKING, "", actor, now)
        row.ended_at = None
        return row


def lose(referral_id: int, *, note: str, actor: Actor, now: datetime) -> Referral:
    """The friend does not travel with us; the call is called off. Raises as `refuse`."""
    return _end(referral_id, LOST, "", note, actor, now)


def refuse(referral_id: int, *, note: str, actor: Actor, now: datetime) -> Referral:
    """No reward for this friend, and why.

    Raises BadInput: "reason-needed", "state" (it has ended, or was rewarded); NotAllowed("not-yours"), LookupError.
    """
    if not note:
        raise BadInput("reason-needed", "note")
    return _end(referral_id, REFUSED, BY_HAND, note, actor, now)


def locked(referral_id: int) -> Referral:
    """The row as it is now, held until the transaction ends. Raises LookupError."""
    row = db.session.scalar(select(Referral).where(Referral.id == referral_id).with_for_update()
                            .execution_options(populate_existing=True))
    if row is None:
        raise LookupError(referral_id)
    return row


def may_decide(row: Referral, *, actor: Actor, now: datetime) -> bool:
    """Managers decide about their own friends and those of whom they stand in for (`domain.md` §10)."""
    if actor.user_id is None or actor.hats & {SERVICE, DIRECTOR}:
        return actor.may_see(row.office_id)
    today = local_day(now, zone(db.session.get_one(Office, row.office_id).timezone))
    return MANAGER in actor.hats and actor.may_see(row.office_id) and (
        row.manager_id is None or row.manager_id in stands_in_for(actor.user_id, today))


def _end(referral_id: int, state: str, reason: str, note: str, actor: Actor, now: datetime) -> Referral:
    with transaction() as session:
        known = session.get(Referral, referral_id)
        if known is None:
            raise LookupError(referral_id)
        if not may_decide(known, actor=actor, now=now):
            raise NotAllowed("not-yours")
        # Steps come before referrals, as where a call is ticked.
        drop_call(known.touch_id, "friend-" + state, actor=actor, now=now)
        was, row = known.state, _turn(referral_id, state, reason, actor, now)
        if was != state:
            row.note, row.ended_at = note or row.note, now
        return row


def _turn(referral_id: int, state: str, reason: str, actor: Actor, now: datetime) -> Referral:
    row = locked(referral_id)
    if not may_decide(row, actor=actor, now=now):
        raise NotAllowed("not-yours")
    if row.state == state:
        return row
    # What was rewarded is taken back together with its points (`rewarding.withdraw`), never by a word alone.
    if row.state == REWARDED or not may_become(row.state, state):
        raise BadInput("state", value=row.state)
    was, row.state, row.reason = row.state, state, reason
    if was == LOST and state == TALKING:
        plan_call(row, Coming(row.name, row.phone, row.wish, row.note), actor=actor, now=now)
    record(actor, f"friend-{state}", "referral", row.id, now=now, office_id=row.office_id)
    return row
