"""How far the first set-up is: what people have settled in the wizard, and what the agency itself shows."""

from sqlalchemy import func, select

from webapp.db import db
from webapp.desk.setup_rules import Facts, states
from webapp.letters.models import Identity
from webapp.post.actions.modes import present_mode
from webapp.post.sender import has_relay
from webapp.staff.lists import admins_at_work
from webapp.staff.models import Office, User, setting
from webapp.staff.rules import SERVICE
from webapp.trips.models import Trip

MARKS = "setup"
SIGNERS = ("director", "quality")


def setup_states() -> dict[str, str]:
    """Every step of the wizard with its state."""
    return states(setting(MARKS) or {}, Facts(
        has_sender=bool(setting("agency_name")) and has_relay(), has_signers=_has_signers(),
        has_trips=bool(setting("demo")) or db.session.scalar(select(Trip.id).limit(1)) is not None,
        is_live=present_mode() == "live"))


def main_office() -> Office | None:
    """The office the agency began with."""
    return db.session.scalar(select(Office).where(Office.closed_on.is_(None)).order_by(Office.id).limit(1))


def signers() -> dict[str, Identity]:
    """Who signs for the whole agency, by code."""
    rows = db.session.scalars(select(Identity).where(Identity.code.in_(SIGNERS), Identity.office_id.is_(None)))
    return {row.code: row for row in rows}


def administrators() -> list[str]:
    """Names of those who can set things up."""
    return [user.name for user in db.session.scalars(admins_at_work().order_by(User.name))]


def has_service_people() -> bool:
    """Is there anybody but sellers who could ask a buyer whether all went well?"""
    return bool(db.session.scalar(select(func.count()).select_from(User).where(
        User.role == SERVICE, User.dismissed_at.is_(None))))


def _has_signers() -> bool:
    named = {row.code for row in signers().values() if row.name}
    return set(SIGNERS) <= named
