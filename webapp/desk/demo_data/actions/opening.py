"""Opening the demo agency: offices, people, signatures, name, trial mode; and a note of what stood there before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from webapp.db import db, transaction
from webapp.desk.demo_data import agency
from webapp.letters.models import Identity
from webapp.post.actions import set_mode
from webapp.post.models import Message
from webapp.staff.actions import add_office, add_user, change_settings, edit_office
from webapp.staff.actions.offices import Place
from webapp.staff.audit import job
from webapp.staff.lists import office_by_code, user_by_email
from webapp.staff.models import Office, Setting, User, setting

ACTOR = job("demo")
NOTE = "demo"
"""The setting that remembers what the demo brought and what it changed."""
PLACE_FIELDS = tuple(Place.__dataclass_fields__)
SIGNER_FIELDS = ("name", "role", "email", "phone", "name_en", "role_en")


LOADS_FOR = timedelta(minutes=15)
"""No load takes as long on the slowest machine."""


class NotEmpty(ValueError):
    """Demo data cannot be loaded here: they are there already, or letters of real clients wait; `code` says which."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Opened:
    """Offices and people of the demo by code and key."""

    offices: dict[str, Office]
    staff: dict[str, User]


def open_agency(now: datetime) -> Opened:
    """Make offices and people and put sending into trial mode, all or nothing. Raises NotEmpty."""
    with transaction() as session:
        refuse_where_people_work()
        before: dict[str, Any] = {"agency_name": setting("agency_name"), "identities": {}, "offices": [], "users": [],
                                  "began": now.isoformat()}
        offices = {code: _office(code, place, before, now) for code, place in agency.PLACES.items()}
        staff = {one.key: _person(one, before, now) for one in agency.STAFF}
        _signers(before)
        change_settings({"agency_name": agency.AGENCY}, actor=ACTOR, now=now)
        session.merge(Setting(key=NOTE, value=before))
        set_mode("trial", actor=ACTOR, now=now)
        return Opened(offices, staff)


def close_load() -> None:
    """The load came to its end; without this note a start after a kill begins anew."""
    with transaction() as session:
        note = session.get_one(Setting, NOTE)
        note.value = {**note.value, "finished": True}


def is_unfinished() -> bool:
    """True when a load was killed half-way."""
    note = setting(NOTE)
    return note is not None and not note.get("finished")


def is_loading(now: datetime) -> bool:
    """True while the past of the demo is being lived: the worker must not run ahead of it. Not for ever: a load that
    was killed is begun anew, or cleared away."""
    note = setting(NOTE)
    if note is None or note.get("finished") or "began" not in note:
        return False
    return now - datetime.fromisoformat(note["began"]) < LOADS_FOR


def refuse_where_people_work() -> None:
    """Raises NotEmpty "here", "taken", "waiting" or "live" where a demo has no place."""
    if setting(NOTE) is not None:
        raise NotEmpty("here", "the demo data are here already; remove them first")
    taken = [one.login for one in agency.STAFF if user_by_email(one.login)]
    if taken:
        raise NotEmpty("taken", f"these logins are taken: {', '.join(taken)}")
    waiting = db.session.scalar(select(func.count()).select_from(Message).where(
        Message.state.in_(("held", "queued", "claimed", "handed"))))
    if waiting:
        # Trial mode would write them into files, and they would count as sent.
        raise NotEmpty("waiting", f"{waiting} messages wait to be sent here; demo data need trial mode")
    if setting("mode") == "live":
        raise NotEmpty("live", "sending is live here; demo data need trial mode")


def _office(code: str, place: Place, before: dict[str, Any], now: datetime) -> Office:
    office = office_by_code(code)
    if office is None:
        values = {name: getattr(place, name) for name in PLACE_FIELDS if name != "timezone"}
        office = add_office(code=code, zone=place.timezone, **values, actor=ACTOR, now=now)
        before["offices"].append({"id": office.id, "was": None})
        return office
    before["offices"].append({"id": office.id, "was": {name: getattr(office, name) for name in PLACE_FIELDS}})
    return edit_office(office, place, actor=ACTOR, now=now)


def _person(one: agency.Colleague, before: dict[str, Any], now: datetime) -> User:
    user = add_user(email=one.login, name=one.name, role=one.role, office_codes=one.offices, phone=one.phone,
                    password=agency.PASSWORD, actor=ACTOR, now=now)
    before["users"].append(user.id)
    return user


def _signers(before: dict[str, Any]) -> None:
    """Fill in who signs letters; an identity the agency has named already stays."""
    for code, signer in agency.SIGNERS.items():
        row = db.session.scalar(select(Identity).where(Identity.code == code, Identity.office_id.is_(None)))
        if row is None:
            row = Identity(code=code)
            db.session.add(row)
        if row.name:
            continue
        for name in SIGNER_FIELDS:
            setattr(row, name, getattr(signer, name))
        db.session.flush()
        before["identities"][code] = row.id
