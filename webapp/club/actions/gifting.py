"""Gifts: promise one to a client, take the promise back, adopt those of a plan; kinds and what an office has."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.club.gift_rules import DEFAULT, SHIPPED
from webapp.club.gifts import CODE, gift_name
from webapp.club.models import Gift, GiftKind
from webapp.db import db, transaction
from webapp.staff.audit import record
from webapp.staff.calendars import calendar_of, today_of
from webapp.staff.models import Office, User, setting
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, BadInput, NotAllowed
from webapp.touches.actions.occasions import open_occasion
from webapp.touches.effects import Case
from webapp.touches.history import log, new_bundle, snapshot
from webapp.touches.models import PLANNED, Occasion, Touch
from webapp.touches.standing import refresh
from webapp.trips.models import Trip

KIND = "gift"


@dataclass(frozen=True)
class Promise:
    """A gift to be: `due` is when the office should hand it over (today, where nobody says), `until` how long it waits.

    `office` is where it waits, the client's own where nobody says.
    """

    due: date | None = None
    until: date | None = None
    note: str = ""
    office: Office | None = None
    trip: Trip | None = None


def promise_gift(client: Client, kind: GiftKind, promise: Promise = Promise(), *, actor: Actor, now: datetime) -> Gift:
    """A gift waits for the client: a step for the client's manager, and an SMS the day after.

    Raises BadInput: "no-such-kind", "until-past", "until-early" (before the day it is due); NotAllowed.
    """
    office = promise.office or client.office
    _may(actor, office.id)
    today = today_of(office, now)
    due = max(promise.due or today, today)
    if not kind.active:
        raise BadInput("no-such-kind", "kind")
    if promise.until is not None and promise.until < due:
        raise BadInput("until-past" if promise.until < today else "until-early", "until")
    with transaction() as session:
        occasion = _occasion(client, office, today, actor, now)
        touch = Touch(occasion_id=occasion.id if occasion else None, client_id=client.id, office_id=office.id,
                      step_code=f"{CODE}:", generation=1, channel="gift", automatic=False,
                      assignee_id=_who(client, office), planned_on=due, due_on=calendar_of(office).on_or_after(due),
                      status="planned", created_at=now, reason="", outcome="", done_by="", attempts=0, pinned=True,
                      note=promise.note if occasion else _note(kind, promise))
        session.add(touch)
        session.flush()
        gift = Gift(kind_id=kind.id, client_id=client.id, office_id=office.id, touch_id=touch.id, note=promise.note,
                    trip_id=promise.trip.id if promise.trip else None, until=promise.until, created_at=now,
                    created_by=actor.name, kind=kind, office=office, touch=touch)
        session.add(gift)
        session.flush()
        touch.step_code = f"{CODE}:{gift.id}"
        log(touch, "added", {**snapshot(touch), "status": "cancelled"}, actor=actor, now=now, bundle=new_bundle())
        if occasion is not None:
            occasion.facts = {"gift": gift.id}
            refresh(occasion, now=now)
        record(actor, "promised", "gift", gift.id, now=now, office_id=office.id)
        return gift


def adopt(touch: Touch, *, actor: Actor, now: datetime) -> Gift | None:
    """A step «hand over» of a plan becomes a gift when it is done, so that the stock is right; None without a kind.

    Does nothing for a step that has its gift.
    """
    with transaction() as session:
        known = session.scalar(select(Gift).where(Gift.touch_id == touch.id))
        kind = session.scalar(select(GiftKind).where(GiftKind.code == DEFAULT))
        if known is not None or kind is None:
            return known
        trip_id = session.scalar(select(Trip.id).where(Trip.occasion_id == touch.occasion_id)
                                 ) if touch.occasion_id else None
        gift = Gift(kind_id=kind.id, client_id=touch.client_id, office_id=touch.office_id, touch_id=touch.id, note="",
                    trip_id=trip_id, created_at=now, created_by=actor.name, kind=kind, touch=touch)
        session.add(gift)
        session.flush()
        return gift


def was_handed_over(case: Case) -> None:
    """The client has the gift: the SMS that it waits is not sent any more; one undo brings both back."""
    adopt(case.touch, actor=case.actor, now=case.now)
    if case.occasion is None or case.occasion.kind != KIND:
        return
    for row in db.session.scalars(select(Touch).where(Touch.occasion_id == case.occasion.id, Touch.automatic,
                                                      Touch.status == PLANNED)):
        before = snapshot(row)
        row.status, row.reason = "skipped", "given-already"
        log(row, "closed", before, actor=case.actor, now=case.now, bundle=case.bundle)


def install_gift_kinds() -> int:
    """The shipped kinds an agency lacks; gives how many were added. What the agency made of one stays."""
    with transaction() as session:
        there = set(session.scalars(select(GiftKind.code)))
        new = [GiftKind(code=kind.code, name_ru=kind.ru, name_en=kind.en, counted=kind.counted, position=position)
               for position, kind in enumerate(SHIPPED) if kind.code not in there]
        session.add_all(new)
        return len(new)


def _may(actor: Actor, office_id: int) -> None:
    actor.needs(MANAGER, SERVICE, DIRECTOR)
    if not actor.may_see(office_id):
        raise NotAllowed("office")


def _occasion(client: Client, office: Office, today: date, actor: Actor, now: datetime) -> Occasion | None:
    """What the SMS hangs on; None in an agency that was not set up anew since: the gift waits all the same."""
    try:
        return open_occasion(KIND, client, anchors={"ready": today}, owner_id=_who(client, office), office=office,
                             actor=actor, now=now, origin="club")
    except LookupError:
        return None


def _who(client: Client, office: Office) -> int | None:
    """The client's manager, where that one works in the office of the gift; else everybody there."""
    manager = db.session.get(User, client.manager_id) if client.manager_id else None
    return manager.id if manager is not None and manager.works_here and office.id in manager.office_ids else None


def _note(kind: GiftKind, promise: Promise) -> str:
    """Without an occasion nothing else names the gift. Notes are kept, so they are in the agency's own language."""
    name = gift_name(kind, str(setting("language") or "ru"))
    return ". ".join(filter(None, (name[:1].upper() + name[1:], promise.note)))
