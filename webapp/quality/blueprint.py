"""The blueprint of quality's pages, and what all of them need."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select

from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.staff.audit import actor_of
from webapp.staff.models import Office, scoped
from webapp.staff.rules import DIRECTOR, SERVICE, Actor
from webapp.web.page import row_id

bp = Blueprint("quality", __name__, url_prefix="/quality")
READERS = (SERVICE, DIRECTOR)
"""Directors write; customer service reads what concerns its work (`domain.md` §10)."""
TABS: list[tuple[str, Any, Callable[[], bool]]] = [
    ("quality.index", _l("Beside competitors"), lambda: True),
    ("quality.control", _l("Current control"), lambda: True),
    ("quality.period", _l("Control of a period"), lambda: True),
    ("quality.staff", _l("Checks of staff"), lambda: leads()),
]


@dataclass(frozen=True)
class Scope:
    """Open offices of the signed-in person, those chosen of them, and today in the first."""

    offices: list[Office]
    chosen: list[Office]
    today: date

    @property
    def office(self) -> Office:
        """The one office a table is about."""
        return self.chosen[0]

    @property
    def zone(self) -> tzinfo:
        """The zone of that office."""
        return zone(self.office.timezone)

    @property
    def ids(self) -> list[int]:
        """Ids of the chosen offices."""
        return [office.id for office in self.chosen]

    @property
    def office_id(self) -> int | None:
        """The chosen one, None for all."""
        return self.chosen[0].id if len(self.chosen) < len(self.offices) else None


def me() -> Actor:
    """The signed-in person as an author of changes."""
    return actor_of(current_user)


def moment() -> datetime:
    """Now."""
    return clock.now()


def today_in(office: Office) -> date:
    """Today in an office."""
    return local_day(clock.now(), zone(office.timezone))


def my_today() -> date:
    """Today where the signed-in person works."""
    return local_day(clock.now(), zone(current_user.zone))


def scope() -> Scope:
    """Which offices the address asks for; 404 for somebody without any."""
    query = scoped(select(Office).where(Office.closed_on.is_(None)), Office.id, current_user).order_by(Office.id)
    offices = list(db.session.scalars(query)) or abort(404)
    asked = request.values.get("office", type=row_id)
    chosen = [office for office in offices if office.id == asked] or offices
    return Scope(offices, chosen, today_in(chosen[0]))


def leads() -> bool:
    """Whether the signed-in person is a director: only they write here."""
    return DIRECTOR in current_user.hats


def tabs(current: str) -> list[dict[str, Any]]:
    """The pages of quality that this person may open."""
    return [{"url": url_for(endpoint), "label": label, "current": endpoint == current}
            for endpoint, label, may in TABS if may()]
