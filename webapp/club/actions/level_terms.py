"""Verbs of the rules of levels: install the shipped ones, change conditions, rates and names, and what levels give.

Only administrators change them. Each client's level follows at the next count (`actions/levels.py`).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.batches.actions import once
from webapp.club.level_rules import Grade, LevelFault, faults
from webapp.club.level_starter import STARTER_LEVELS
from webapp.club.models import Level, Privilege
from webapp.db import db, transaction
from webapp.staff.audit import record
from webapp.staff.rules import ADMIN, Actor

MOST_PRIVILEGES = 20


class BadLevels(ValueError):
    """Levels that contradict each other: `faults` say which and how."""

    def __init__(self, found: list[LevelFault]) -> None:
        super().__init__(", ".join(fault.code for fault in found))
        self.faults = found


class LevelsMeanwhile(Exception):
    """Somebody else changed the levels since the form was shown."""


class TooManyPrivileges(ValueError):
    """A level has as many privileges as anybody reads."""


@dataclass(frozen=True)
class Wanted:
    """A level as it is wanted: its rule and its names."""

    grade: Grade
    name_ru: str
    name_en: str


@dataclass(frozen=True)
class Words:
    """A privilege in both languages, and how much clients value it: A, B or C."""

    ru: str
    en: str
    worth: str


def install_levels() -> bool:
    """Add the shipped levels where there are none yet; True when they were added. What an agency changed stays."""
    with transaction() as session:
        if session.scalar(select(Level.code).limit(1)) is not None:
            return False
        for starter in STARTER_LEVELS:
            grade = starter.grade
            session.add(Level(code=grade.code, rank=grade.rank, name_ru=starter.name_ru, name_en=starter.name_en,
                              min_trips=grade.min_trips, min_spend_kopecks=grade.min_spend_kopecks, both=grade.both,
                              rate_bp=grade.rate_bp))
            session.flush()
            session.add_all(Privilege(level_code=grade.code, position=number, text_ru=gives.ru, text_en=gives.en,
                                      worth=gives.worth) for number, gives in enumerate(starter.gives))
        return True


def stamp_of(levels: Iterable[Level]) -> str:
    """Tells one state of the levels from another."""
    said = [(row.code, row.name_ru, row.name_en, row.min_trips, row.min_spend_kopecks, row.both, row.rate_bp)
            for row in levels]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def check_levels(wanted: Sequence[Wanted]) -> None:
    """Raise BadLevels where they contradict each other."""
    found = faults([want.grade for want in wanted])
    if found:
        raise BadLevels(found)


def change_levels(wanted: Sequence[Wanted], *, seen: str, actor: Actor, now: datetime) -> bool:
    """Put all levels into the wanted state; False when nothing differs. `seen` is the stamp of what the form showed.

    Raises BadLevels, LevelsMeanwhile, NotAllowed; LookupError for a code no level has.
    """
    actor.needs(ADMIN)
    with transaction() as session:
        rows = {row.code: row for row in session.scalars(select(Level).order_by(Level.rank).with_for_update())}
        if seen != stamp_of(rows.values()):
            raise LevelsMeanwhile
        check_levels(wanted)
        changed = [_changed(rows[want.grade.code], want, actor, now) for want in wanted]
        return any(changed)


def add_privilege(code: str, words: Words, *, key: str, actor: Actor, now: datetime) -> int:
    """A privilege more, below the others of its level, once per `key` of the form; gives its id.

    Raises TooManyPrivileges, KeyTaken, NotAllowed, LookupError.
    """
    actor.needs(ADMIN)
    return once(key, "privilege", lambda: _add(code, words, actor, now), content=(code, words), actor=actor,
                now=now)[0]


def change_privilege(privilege_id: int, words: Words, *, actor: Actor, now: datetime) -> None:
    """Other words, another worth. Raises NotAllowed, LookupError."""
    actor.needs(ADMIN)
    with transaction():
        row, level = _privilege(privilege_id)
        before = Words(row.text_ru, row.text_en, row.worth)
        row.text_ru, row.text_en, row.worth = words.ru, words.en, words.worth
        facts = {name: [getattr(before, key), getattr(words, key)] for name, key in (
            ("privilege", "ru"), ("privilege_en", "en"), ("worth", "worth"))
            if getattr(before, key) != getattr(words, key)}
        if facts:
            record(actor, "privilege-changed", "level", level.rank, now=now, facts=facts)


def move_privilege(privilege_id: int, by: int, *, actor: Actor, now: datetime) -> None:
    """One place up (−1) or down (+1) within its level; at the end it stays. Raises NotAllowed, LookupError."""
    actor.needs(ADMIN)
    with transaction() as session:
        row, level = _privilege(privilege_id)
        rows = list(session.scalars(select(Privilege).where(Privilege.level_code == level.code)
                                    .order_by(Privilege.position, Privilege.id)))
        place = rows.index(row)
        rows.insert(max(0, place + by), rows.pop(place))
        for number, other in enumerate(rows):
            other.position = number


def remove_privilege(privilege_id: int, *, actor: Actor, now: datetime) -> None:
    """The level gives it no longer. Raises NotAllowed, LookupError."""
    actor.needs(ADMIN)
    with transaction() as session:
        row, level = _privilege(privilege_id)
        _record("gives-not", level, actor, now, [row.text_ru, ""])
        session.delete(row)


def ranks() -> dict[int, str]:
    """Codes of levels by rank: the log knows levels by it."""
    return {row.rank: row.code for row in db.session.execute(select(Level.rank, Level.code))}


def _add(code: str, words: Words, actor: Actor, now: datetime) -> int:
    with transaction() as session:
        level = _level(code)
        there = session.scalars(select(Privilege.position).where(Privilege.level_code == code)).all()
        if len(there) >= MOST_PRIVILEGES:
            raise TooManyPrivileges
        row = Privilege(level_code=code, position=max(there, default=-1) + 1, text_ru=words.ru, text_en=words.en,
                        worth=words.worth)
        session.add(row)
        session.flush()
        _record("gives", level, actor, now, ["", words.ru])
        return row.id


def _changed(row: Level, want: Wanted, actor: Actor, now: datetime) -> bool:
    grade = want.grade
    values: dict[str, Any] = {"name_ru": want.name_ru, "name_en": want.name_en, "min_trips": grade.min_trips,
                              "min_spend_kopecks": grade.min_spend_kopecks, "both": grade.both,
                              "rate_bp": grade.rate_bp}
    facts = {f"level_{name}": [_told(name, getattr(row, name)), _told(name, value)] for name, value in values.items()
             if getattr(row, name) != value}
    for name, value in values.items():
        setattr(row, name, value)
    if facts:
        record(actor, "changed", "level", row.rank, now=now, facts=facts)
    return bool(facts)


def _told(name: str, value: Any) -> Any:
    # The log puts codes into words, and takes numbers for words already.
    return str(value) if name in ("min_spend_kopecks", "rate_bp") else value


def _level(code: str) -> Level:
    row = db.session.get(Level, code, with_for_update=True)
    if row is None:
        raise LookupError(code)
    return row


def _privilege(privilege_id: int) -> tuple[Privilege, Level]:
    """The privilege and its level, locked: places are counted within the level."""
    code = db.session.scalar(select(Privilege.level_code).where(Privilege.id == privilege_id))
    level = _level(code or "")
    row = db.session.get(Privilege, privilege_id, populate_existing=True)
    if row is None:
        raise LookupError(privilege_id)
    return row, level


def _record(verb: str, level: Level, actor: Actor, now: datetime, pair: list[str]) -> None:
    record(actor, verb, "level", level.rank, now=now, facts={"privilege": pair})
