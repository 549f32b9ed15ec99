"""The call to a friend: a step for a person on the next working day, and what its end means for the referral."""

from datetime import datetime

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.club.friend_rules import LOST, NEW, TALKING
from webapp.club.friends import Coming, referral_of_touch
from webapp.club.models import Referral
from webapp.db import db
from webapp.kit.days import ONE_DAY
from webapp.staff.calendars import calendar_of, today_of
from webapp.staff.models import User, setting
from webapp.staff.rules import Actor
from webapp.touches.effects import Case
from webapp.touches.history import log, snapshot
from webapp.touches.models import PLANNED, Touch
from webapp.touches.people import performer_for

CODE = "friend"
"""Step codes of these calls are "friend:<referral>"; the same referral called again has another generation."""
_WORDS = {
    "ru": {"by": "По приглашению: {inviter}", "wish": "Хочет: {wish}", "whom": "Звонить: {whom}"},
    "en": {"by": "Invited by {inviter}", "wish": "Wants: {wish}", "whom": "Call: {whom}"},
}


def plan_call(row: Referral, coming: Coming, *, actor: Actor, now: datetime, bundle: str = "") -> Touch:
    """A call on the next working day, by the friend's own manager, else the inviter's, else customer service.

    Somebody who is to be called anyway is called once, with both wishes in the note. Without a record of the friend
    the step stands with the inviter, and its note says whom to call.
    """
    client = row.friend or row.inviter
    standing = _standing(row, client)
    if standing is not None:
        _add_wish(standing, coming, actor, now, bundle)
        return standing
    day = calendar_of(client.office).on_or_after(today_of(client.office, now) + ONE_DAY)
    turns = db.session.scalars(select(Touch.id).where(Touch.step_code == f"{CODE}:{row.id}")).all()
    touch = Touch(occasion_id=None, client_id=client.id, office_id=client.office_id, step_code=f"{CODE}:{row.id}",
                  generation=1 + len(turns), channel="call", automatic=False, assignee_id=_who_calls(row, client),
                  planned_on=day, due_on=day, status="planned", created_at=now, reason="", outcome="", done_by="",
                  attempts=0, pinned=True, note=_note(row, coming))
    db.session.add(touch)
    db.session.flush()
    log(touch, "added", {**snapshot(touch), "status": "cancelled"}, actor=actor, now=now, bundle=bundle)
    row.touch_id, row.manager_id = touch.id, touch.assignee_id
    return touch


def call_was_made(case: Case) -> None:
    """The call is over, whatever came of it: from now on somebody works on this friend."""
    row = referral_of_touch(case.touch.id)
    if row is None:
        return
    db.session.refresh(row, with_for_update=True)
    if row.state == NEW:
        row.state = TALKING


def drop_call(touch_id: int | None, reason: str, *, actor: Actor, now: datetime) -> None:
    """Nobody is to be called any more; call before the referral is locked: steps come first."""
    touch = db.session.get(Touch, touch_id, with_for_update=True, populate_existing=True) if touch_id else None
    if touch is not None and touch.status == "planned":
        before = snapshot(touch)
        touch.status, touch.reason = "cancelled", reason
        log(touch, "cancelled", before, actor=actor, now=now)


def _standing(row: Referral, client: Client) -> Touch | None:
    query = select(Touch).where(Touch.client_id == client.id, Touch.step_code.startswith(f"{CODE}:"),
                                Touch.status == PLANNED).order_by(Touch.id).limit(1).with_for_update()
    if row.friend_id is None:
        query = query.where(Touch.step_code == f"{CODE}:{row.id}")
    return db.session.scalar(query)


def _add_wish(touch: Touch, coming: Coming, actor: Actor, now: datetime, bundle: str) -> None:
    words = _said("wish", wish=coming.wish) if coming.wish else ""
    if words and words not in touch.note:
        before = snapshot(touch)
        touch.note = " ".join(filter(None, (touch.note, f"{words}.")))
        log(touch, "note", before, actor=actor, now=now, bundle=bundle)


def _note(row: Referral, coming: Coming) -> str:
    whom = ", ".join(filter(None, (coming.name, coming.words))) if row.friend_id is None else ""
    parts = [_said("whom", whom=whom) if whom else "", _said("by", inviter=row.inviter.full_name),
             _said("wish", wish=coming.wish) if coming.wish else ""]
    return " ".join(f"{part}." for part in parts if part)


def _said(code: str, **values: str) -> str:
    """Notes are kept, so they are in the agency's own language."""
    return _WORDS.get(str(setting("language") or "ru"), _WORDS["ru"])[code].format(**values)


def _who_calls(row: Referral, client: Client) -> int | None:
    """A friend who is a client already knows a manager; None leaves it to everybody of the office."""
    wanted = [client.manager_id, row.inviter.manager_id if client.office_id == row.inviter.office_id else None]
    working = {user.id for user in db.session.scalars(select(User).where(User.id.in_([i for i in wanted if i])))
               if user.works_here and client.office_id in user.office_ids}
    known = next((person for person in wanted if person in working), None)
    return known or performer_for("service", client.office_id, None)


def is_called_off(row: Referral) -> bool:
    """Whether nobody was ever called, and nobody will be: what led to the referral was taken back."""
    if row.state not in (NEW, LOST) or row.touch_id is None:
        return False
    return db.session.scalar(select(Touch.status).where(Touch.id == row.touch_id)) == "cancelled"
