"""Phones and e-mails of a client: adding, removing, their order, and marking those that do not work."""

from datetime import datetime
from typing import TypeAlias

from webapp.clients.actions.rows import writable
from webapp.clients.models import Client, Email, Phone
from webapp.db import db, transaction
from webapp.kit import emails as kit_emails
from webapp.kit import phones as kit_phones
from webapp.kit.text import clean
from webapp.staff.audit import record
from webapp.staff.rules import Actor, BadInput

Contact: TypeAlias = Phone | Email


def add_contact(client: Client, typed: str, *, note: str = "", actor: Actor, now: datetime) -> Contact:
    """A phone or an e-mail, told apart by the @. Raises BadInput (bad-phone, bad-email, same-contact), NotAllowed."""
    if "@" in typed:
        return add_email(client, typed, note=note, actor=actor, now=now)
    return add_phone(client, typed, note=note, actor=actor, now=now)


def add_phone(client: Client, typed: str, *, note: str = "", actor: Actor, now: datetime) -> Phone:
    """One more phone, kept in E.164 and as typed. Raises BadInput("bad-phone" or "same-contact"), NotAllowed."""
    with transaction():
        client = writable(client, actor)
        phone = new_phone(client, typed, note)
        _log(client, "contact_added", None, phone.e164, actor, now)
    return phone


def add_email(client: Client, typed: str, *, note: str = "", actor: Actor, now: datetime) -> Email:
    """One more address, kept in normal form. Raises BadInput("bad-email" or "same-contact"), NotAllowed."""
    with transaction():
        client = writable(client, actor)
        email = new_email(client, typed, note)
        _log(client, "contact_added", None, email.address, actor, now)
    return email


def remove_contact(client: Client, value: str, *, actor: Actor, now: datetime) -> bool:
    """Take a phone (E.164) or an address off the client; the log keeps it. False when it is gone already."""
    with transaction():
        rows, row = _find(writable(client, actor), value)
        if row is None:
            return False
        rows.remove(row)
        _log(client, "contact_removed", value, None, actor, now)
    return True


def move_first(client: Client, value: str, *, actor: Actor, now: datetime) -> bool:
    """Make this the phone or e-mail used first. False when the client has it no longer. Raises NotAllowed."""
    with transaction():
        rows, row = _find(writable(client, actor), value)
        if row is not None and rows[0] is not row:
            before = rows[0].value
            for position, other in enumerate(sorted(rows, key=lambda r: r is not row)):
                other.position = position
            _log(client, "contact_first", before, value, actor, now)
            db.session.expire(client, ["phones", "emails"])
    return row is not None


def mark_broken(client: Client, value: str, *, actor: Actor, now: datetime) -> bool:
    """Nothing goes to this phone or e-mail any more; bounces call this as a job. False when the client has it not."""
    return _mark(client, value, now, "contact_broken", actor, now)


def mark_working(client: Client, value: str, *, actor: Actor, now: datetime) -> bool:
    """The phone or e-mail is used again. False when the client has it no longer. Raises NotAllowed."""
    return _mark(client, value, None, "contact_working", actor, now)


def new_phone(client: Client, typed: str, note: str = "") -> Phone:
    """A phone put last; for use inside a transaction. Raises BadInput."""
    e164 = kit_phones.normalise(typed)
    if e164 is None:
        raise BadInput("bad-phone", "phone", typed)
    if any(phone.e164 == e164 for phone in client.phones):
        raise BadInput("same-contact", "phone", e164)
    phone = Phone(e164=e164, raw=clean(typed)[:60], note=clean(note), is_mobile=kit_phones.is_mobile(e164),
                  position=_last(client.phones))
    client.phones.append(phone)
    return phone


def new_email(client: Client, typed: str, note: str = "") -> Email:
    """An address put last; for use inside a transaction. Raises BadInput."""
    address = kit_emails.normalise(typed)
    if address is None:
        raise BadInput("bad-email", "email", typed)
    if any(email.address == address for email in client.emails):
        raise BadInput("same-contact", "email", address)
    email = Email(address=address, note=clean(note), position=_last(client.emails))
    client.emails.append(email)
    return email


def _last(rows: list[Phone] | list[Email]) -> int:
    return max((row.position or 0 for row in rows), default=-1) + 1


def _find(client: Client, value: str) -> tuple[list[Contact], Contact | None]:
    """All phones, or all e-mails, of the client in order, and the one with this value."""
    for rows in (client.phones, client.emails):
        for row in rows:
            if row.value == value:
                return rows, row  # type: ignore[return-value]
    return [], None


def _mark(client: Client, value: str, broken_at: datetime | None, verb: str, actor: Actor, now: datetime) -> bool:
    with transaction():
        _rows, row = _find(writable(client, actor), value)
        if row is not None and row.works != (broken_at is None):
            row.broken_at = broken_at
            _log(client, verb, None, value, actor, now)
    return row is not None


def _log(client: Client, verb: str, old: str | None, new: str | None, actor: Actor, now: datetime) -> None:
    db.session.flush()
    client.keep_findable()
    record(actor, verb, "client", client.id, now=now, office_id=client.office_id, facts={"contact": [old, new]})
