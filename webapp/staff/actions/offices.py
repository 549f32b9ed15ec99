"""Offices: opened, edited, closed; their own days off and working holidays."""

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from webapp.db import db, transaction
from webapp.staff import calendars
from webapp.staff.actions import checks
from webapp.staff.actions.rows import Facts, locked, plain, put
from webapp.staff.audit import record
from webapp.staff.lists import colleagues, office_by_code
from webapp.staff.models import DayOff, Office
from webapp.staff.rules import ADMIN, DEFAULT_HOURS, Actor, BadInput, NotAllowed

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")


@dataclass(frozen=True)
class Place:
    """What the form about an office hands over. `hours` maps "0".."6" (Monday first) to ["10:00", "19:00"]."""

    name: str
    timezone: str
    city: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    hours: dict[str, Any] | None = None


def add_office(*, code: str, name: str, zone: str, actor: Actor, now: datetime, city: str = "", address: str = "",
               phone: str = "", email: str = "", hours: dict[str, Any] | None = None) -> Office:
    """A new office; without hours it works Monday to Friday, 10:00–19:00.

    Raises BadInput with code bad-code, code-taken, no-name, unknown-zone, bad-phone, bad-email, bad-hours or
    never-open; NotAllowed unless the actor is an admin or a job.
    """
    actor.needs(ADMIN)
    code = code.strip().lower()
    if not _CODE.fullmatch(code):
        raise BadInput("bad-code", "code", code)
    with transaction() as session:
        if office_by_code(code):
            raise BadInput("code-taken", "code", code)
        values = _checked(Place(name, zone, city, address, phone, email, hours))
        office = Office(code=code, **values)
        session.add(office)
        session.flush()
        record(actor, "added", "office", office.id, now=now, office_id=office.id,
               facts={key: [None, value] for key, value in {"code": code, **values}.items() if value})
    return office


def edit_office(office: Office, place: Place, *, actor: Actor, now: datetime) -> Office:
    """Change an office. Raises BadInput as `add_office`. New hours and zones count for steps planned from now on."""
    actor.needs(ADMIN)
    with transaction():
        facts = put(locked(office), _checked(place))
        _log(actor, "edited", office, now, facts)
    return office


def close_office(office: Office, *, actor: Actor, now: datetime) -> None:
    """No new work starts here. Raises NotAllowed("last-office") or NotAllowed("people-left")."""
    actor.needs(ADMIN)
    with transaction() as session:
        others = session.scalars(select(Office).where(Office.closed_on.is_(None)).with_for_update()).all()
        if locked(office).closed_on:
            return
        if len(others) == 1:
            raise NotAllowed("last-office")
        open_ids = {other.id for other in others} - {office.id}
        if [user for user in colleagues(office) if not open_ids & {row.id for row in user.offices}]:
            raise NotAllowed("people-left")
        _log(actor, "closed", office, now, put(office, {"closed_on": now}))


def reopen_office(office: Office, *, actor: Actor, now: datetime) -> None:
    """The office works again."""
    actor.needs(ADMIN)
    with transaction():
        _log(actor, "reopened", office, now, put(locked(office), {"closed_on": None}))


def add_day_off(office: Office, day: date, *, working: bool, note: str, actor: Actor, now: datetime) -> DayOff:
    """A day the office is closed though it is open that weekday, or (`working`) open on a holiday or weekend.

    The same day given again replaces what was said of it before.
    """
    actor.needs(ADMIN)
    with transaction() as session:
        row = session.scalar(select(DayOff).where(DayOff.office_id == locked(office).id, DayOff.day == day))
        if row is None:
            row = DayOff(office_id=office.id, day=day)
            session.add(row)
        row.working, row.note = working, note.strip()
        session.flush()
        _log(actor, "working_day" if working else "day_off", office, now, {"day": [None, plain(day)]})
    return row


def remove_day_off(row: DayOff, *, actor: Actor, now: datetime) -> None:
    """The day is an ordinary one again."""
    actor.needs(ADMIN)
    with transaction() as session:
        office = session.get_one(Office, row.office_id)
        _log(actor, "ordinary_day", office, now, {"day": [plain(row.day), None]})
        session.delete(row)


def _checked(place: Place) -> Facts:
    values = asdict(place)
    values["name"] = " ".join(place.name.split())
    if not values["name"]:
        raise BadInput("no-name", "name")
    values["timezone"] = checks.good_zone(place.timezone)
    values["phone"] = checks.good_phone(place.phone)
    values["email"] = checks.good_email(place.email) if place.email else ""
    values["hours"] = _good_hours(place.hours if place.hours is not None else dict(DEFAULT_HOURS))
    return values


def _good_hours(hours: dict[str, Any]) -> dict[str, Any]:
    if not hours:
        raise BadInput("never-open", "hours")
    for day, (opens, closes) in hours.items():
        if day not in "0123456" or not time.fromisoformat(opens) < time.fromisoformat(closes):
            raise BadInput("bad-hours", f"hours-{day}", f"{opens}–{closes}")
    return hours


def _log(actor: Actor, verb: str, office: Office, now: datetime, facts: Facts) -> None:
    calendars.forget(office)
    if facts:
        db.session.flush()
        record(actor, verb, "office", office.id, now=now, office_id=office.id, facts=facts)
