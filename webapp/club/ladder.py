"""The ladder of levels as a client sees it: where one stands, what each level gives, exactly what is missing.

`_ladder.html` shows it on the balance page, on the client's page and in the preview of administrators.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import bindparam, select, true

from webapp.club.level_counts import earned_of
from webapp.club.level_rules import (
    Earned,
    Gap,
    Grade,
    Standing,
    earned_level,
    gap_to,
    meets,
    progress_to,
    window_of,
)
from webapp.club.models import ClientLevel, Level, Privilege
from webapp.club.words import percent
from webapp.db import db
from webapp.kit import money
from webapp.web.i18n import day_long, page_language

DONE, HERE, AHEAD = "done", "here", "ahead"
# Made once, and read as plain rows in one question: the balance page of a client shall be light.
_GIVES = (Level.code, Level.rank, Level.min_trips, Level.min_spend_kopecks, Level.both, Level.rate_bp, Level.name_ru,
          Level.name_en, Privilege.text_ru, Privilege.text_en)
_IN_ORDER = (Level.rank, Privilege.position, Privilege.id)
_SHELVES = select(*_GIVES).outerjoin(Privilege, Privilege.level_code == Level.code).order_by(*_IN_ORDER)
_counted = earned_of(bindparam("client"), bindparam("first"), bindparam("last")).subquery()
_LADDER = (select(*_GIVES, ClientLevel.level_code, ClientLevel.fall_to, ClientLevel.fall_on, _counted.c.trips,
                  _counted.c.spend)
           .outerjoin(Privilege, Privilege.level_code == Level.code)
           .outerjoin(ClientLevel, ClientLevel.client_id == bindparam("client")).join(_counted, true())
           .order_by(*_IN_ORDER))


@dataclass(frozen=True)
class Shelf:
    """A level with its name and privileges in one language."""

    grade: Grade
    name: str
    privileges: tuple[str, ...] = ()


@dataclass(frozen=True)
class Way:
    """How far it is to a level: its code, what is missing in words, "or" or "and" between them, the bar."""

    to: str
    missing: tuple[str, ...]
    both: bool = False
    value: int = 0
    most: int = 0
    said: str = ""

    @property
    def words(self) -> str:
        """«ещё 1 поездка или 38 000 ₽»."""
        return both_or_one(self.missing, both=self.both)


@dataclass(frozen=True)
class Rung:
    """One level on the ladder. `state`: done, here, ahead.

    `way` leads to the next level (of the one here) or to this one (of those ahead); `opens_soon`: all is done, the
    night will open it. `keeps` says what keeps the level here, `falls` what comes when nothing happens.
    """

    code: str
    name: str
    rate: str
    state: str
    privileges: tuple[str, ...] = ()
    way: Way | None = None
    opens_soon: bool = False
    keeps: str = ""
    falls: str = ""
    below: str = field(default="", repr=False)


def ladder_of(client_id: int, today: date) -> list[Rung]:
    """The ladder of one client on `today`, a day of the client's office; [] without levels. One query."""
    first, last = window_of(today)
    rows = db.session.connection().execute(_LADDER, {"client": client_id, "first": first, "last": last}).all()
    if not rows:
        return []
    own = rows[0]
    shelves = _shelved(rows, page_language())
    standing = Standing(own.level_code or shelves[0].grade.code, own.fall_to, own.fall_on)
    return rungs(shelves, standing, Earned(own.trips, int(own.spend)))


def example_of(earned: Earned, shelves: Sequence[Shelf]) -> list[Rung]:
    """The ladder of somebody for whom so much counts, for the preview of administrators."""
    if not shelves:
        return []
    return rungs(shelves, Standing(earned_level([shelf.grade for shelf in shelves], earned).code), earned)


def shelves_of(language: str) -> list[Shelf]:
    """All levels with what they give, the lowest first; one query."""
    return _shelved(db.session.connection().execute(_SHELVES), language)


def rungs(shelves: Sequence[Shelf], standing: Standing, earned: Earned) -> list[Rung]:
    """Every level with its state and words, the lowest first."""
    grades = [shelf.grade for shelf in shelves]
    here = next(grade for grade in grades if grade.code == standing.code)
    above = next((grade for grade in grades if grade.rank > here.rank), None)
    made = []
    for shelf, below in zip(shelves, [None, *shelves], strict=False):
        grade = shelf.grade
        state = HERE if grade is here else DONE if grade.rank < here.rank else AHEAD
        goal = above if state == HERE else grade if state == AHEAD and grade is not above else None
        made.append(Rung(
            grade.code, shelf.name, percent(grade.rate_bp), state, shelf.privileges,
            way=way_to(goal, earned) if goal and gap_to(goal, earned) else None,
            opens_soon=state == AHEAD and meets(grade, earned), below=below.grade.code if below else "",
            keeps=keeps_words(grade, earned) if state == HERE else "",
            falls=falls_words(grade, standing, earned) if state == HERE else ""))
    return made


def way_to(grade: Grade, earned: Earned) -> Way:
    """What is missing to a level, and the bar that shows how far it is."""
    gap, progress = gap_to(grade, earned), progress_to(grade, earned)
    if progress is None:
        return Way(grade.code, missing_words(gap), gap.both)
    if progress.in_trips:
        said = ngettext("%(num)s trip of %(most)s", "%(num)s trips of %(most)s", progress.value, most=progress.most)
    else:
        said = _("%(sum)s of %(most)s", sum=money.display(progress.value), most=money.display(progress.most))
    return Way(grade.code, missing_words(gap), gap.both, progress.value, progress.most, said)


def missing_words(gap: Gap) -> tuple[str, ...]:
    """«ещё 1 поездка», «38 000 ₽»: what is missing, the first with «ещё»."""
    trips = (ngettext("%(num)s more trip", "%(num)s more trips", gap.trips),) if gap.trips else ()
    if not gap.spend_kopecks:
        return trips
    spend = money.display(gap.spend_kopecks)
    return (*trips, spend) if trips else (_("%(sum)s more", sum=spend),)


def asked_words(grade: Grade) -> str:
    """What a level asks for: «3 поездки или 250 000 ₽»; "" when it asks for nothing."""
    trips = (ngettext("%(num)s trip", "%(num)s trips", grade.min_trips),) if grade.min_trips else ()
    spend = (money.display(grade.min_spend_kopecks),) if grade.min_spend_kopecks else ()
    return both_or_one((*trips, *spend), both=grade.both)


def has_words(earned: Earned) -> str:
    """What counts for somebody: «2 поездки и 212 000 ₽»."""
    trips = ngettext("%(num)s trip", "%(num)s trips", earned.trips)
    return both_or_one((trips, money.display(earned.spend_kopecks)), both=True)


def both_or_one(words: Sequence[str], *, both: bool) -> str:
    """Two wants as one phrase: with "and" when both are needed, with "or" when one is enough."""
    if len(words) < 2:
        return "".join(words)
    pair = {"one": words[0], "other": words[1]}
    return _("%(one)s and %(other)s", **pair) if both else _("%(one)s or %(other)s", **pair)


def keeps_words(grade: Grade, earned: Earned) -> str:
    """What keeps a level that can be lost, and what there is of it; "" for the lowest."""
    if grade.asks_nothing:
        return ""
    return _("It stays yours with %(asked)s in 24 months. Now you have %(has)s.", asked=asked_words(grade),
             has=has_words(earned))


def falls_words(grade: Grade, standing: Standing, earned: Earned) -> str:
    """A fall that was announced, kindly, with what prevents it; "" when there is none, or it will be called off."""
    gap = gap_to(grade, earned)
    if standing.fall_on is None or not gap:
        return ""
    return _("From %(day)s the level will be %(level)s. It stays as it is with %(missing)s before then.",
             day=day_long(standing.fall_on), level=standing.fall_to,
             missing=both_or_one(missing_words(gap), both=gap.both))


def _shelved(rows: Iterable[Any], language: str) -> list[Shelf]:
    levels: dict[str, tuple[Any, list[str]]] = {}
    for row in rows:
        given = levels.setdefault(row.code, (row, []))[1]
        if row.text_ru is not None:
            given.append(row.text_en or row.text_ru if language == "en" else row.text_ru)
    return [_shelf(level, given, language) for level, given in levels.values()]


def _shelf(level: Any, gives: Sequence[str], language: str) -> Shelf:
    grade = Grade(level.code, level.rank, level.min_trips, level.min_spend_kopecks, level.both, level.rate_bp)
    return Shelf(grade, level.name_en if language == "en" else level.name_ru, tuple(gives))
