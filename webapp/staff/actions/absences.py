"""Absences: who is away, from when to when, and who works instead."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from webapp.db import db, transaction
from webapp.staff.actions.rows import locked, plain
from webapp.staff.actions.sessions import home_office
from webapp.staff.audit import record
from webapp.staff.calendars import forget_substitutes
from webapp.staff.models import Absence, User
from webapp.staff.rules import ADMIN, DIRECTOR, Actor, BadInput, NotAllowed, substitutes


def record_absence(user: User, substitute: User, *, first_day: date, last_day: date, note: str, actor: Actor,
                   today: date, now: datetime) -> Absence:
    """`user` is away from `first_day` to `last_day` inclusive and `substitute`, of the same office, works instead.

    Directors do this for their offices, admins for all. Raises BadInput with code last-before-first,
    already-over, self-substitute, other-office, overlaps or circle; NotAllowed("role").
    """
    _may_plan(actor, user)
    if last_day < first_day:
        raise BadInput("last-before-first", "last_day")
    if last_day < today:
        raise BadInput("already-over", "last_day")
    with transaction() as session:
        _good_substitute(locked(user), locked(substitute))
        _no_overlap_nor_circle(user, substitute, first_day, last_day)
        row = Absence(user_id=user.id, substitute_id=substitute.id, first_day=first_day, last_day=last_day,
                      note=note.strip())
        session.add(row)
        session.flush()
        forget_substitutes()
        record(actor, "away", "user", user.id, now=now, office_id=home_office(user),
               facts={"first_day": [None, plain(first_day)], "last_day": [None, plain(last_day)],
                      "substitute": [None, substitute.name]})
    return row


def end_absence(row: Absence, *, actor: Actor, today: date, now: datetime) -> None:
    """The person works again from `today` on; an absence that had not begun never happens."""
    _may_plan(actor, row.user)
    with transaction():
        if locked(row).last_day < today:
            return
        old = row.last_day
        row.last_day = max(today, row.first_day) - timedelta(days=1)
        row.ended_at = now
        forget_substitutes()
        record(actor, "back", "user", row.user_id, now=now, office_id=home_office(row.user),
               facts={"last_day": [plain(old), plain(row.last_day)]})


def _may_plan(actor: Actor, user: User) -> None:
    actor.needs(DIRECTOR, ADMIN)
    whole = actor.user_id is None or actor.is_network or ADMIN in actor.hats
    if not whole and not actor.office_ids & {office.id for office in user.offices}:
        raise NotAllowed("role")


def _good_substitute(user: User, substitute: User) -> None:
    if user.id == substitute.id:
        raise BadInput("self-substitute", "substitute")
    shared = {office.id for office in user.offices} & {office.id for office in substitute.offices}
    if not shared or not substitute.works_here or not user.works_here:
        raise BadInput("other-office", "substitute", substitute.name)


def _no_overlap_nor_circle(user: User, substitute: User, first_day: date, last_day: date) -> None:
    rows = db.session.scalars(select(Absence).where(Absence.first_day <= last_day, Absence.last_day >= first_day,
                                                    Absence.last_day >= Absence.first_day)).all()
    if any(row.user_id == user.id for row in rows):
        raise BadInput("overlaps", "first_day")
    # Who is away changes only where an absence begins, so a circle shows on one of these days.
    for day in {first_day, *(max(row.first_day, first_day) for row in rows)}:
        away = {row.user_id: row.substitute_id for row in rows if row.first_day <= day <= row.last_day}
        if user.id not in substitutes({**away, user.id: substitute.id}):
            raise BadInput("circle", "substitute", substitute.name)
