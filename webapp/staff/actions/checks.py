"""What must be true of people and offices before they are written; faults are BadInput with the field to correct."""

from collections.abc import Sequence

from sqlalchemy import select

from webapp.db import db
from webapp.kit import days, emails, phones
from webapp.staff import sign_in_rules
from webapp.staff.models import Office, User
from webapp.staff.rules import ADMIN, DIRECTOR, BadInput


def good_email(text: str, field: str = "email") -> str:
    """The address in normal form."""
    address = emails.normalise(text)
    if address is None:
        raise BadInput("bad-email", field, text)
    return address


def free_email(address: str, besides: int | None = None) -> None:
    """Nobody else signs in with this address."""
    owner = db.session.scalar(select(User.id).where(User.email == address))
    if owner is not None and owner != besides:
        raise BadInput("email-taken", "email", address)


def good_phone(text: str, field: str = "phone") -> str:
    """The number in E.164; an empty one stays empty."""
    number = phones.normalise(text) if text else ""
    if number is None:
        raise BadInput("bad-phone", field, text)
    return number


def good_zone(name: str) -> str:
    """A zone of the IANA list."""
    try:
        days.zone(name)
    except days.UnknownZone:
        raise BadInput("unknown-zone", "zone", name) from None
    return name


def good_password(password: str, *about: str) -> str:
    """A password that is not easily guessed."""
    fault = sign_in_rules.password_fault(password, *about)
    if fault:
        raise BadInput(f"password-{fault}", "password")
    return password


def offices_of(codes: Sequence[str]) -> list[Office]:
    """Open offices with these codes, in order."""
    known = {office.code: office for office in db.session.scalars(select(Office).where(Office.code.in_(codes)))}
    for code in codes:
        if code not in known or known[code].closed_on:
            raise BadInput("unknown-office", "offices", code)
    return sorted(known.values(), key=lambda office: office.id)


def good_rights(role: str, is_admin: bool, is_network: bool, offices: Sequence[Office]) -> None:
    """Hats and offices go together (`domain.md` §10): only directors wear more, desk people belong to an office."""
    if is_admin and role != DIRECTOR:
        raise BadInput("admin-hat", "is_admin")
    if is_network and role != DIRECTOR:
        raise BadInput("network-hat", "is_network")
    if not offices and role != ADMIN and not is_network:
        raise BadInput("no-office", "offices")
