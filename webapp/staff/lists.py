"""Questions about people and offices that pages and rules ask: who is seen by whom, who is away, what was logged."""

from datetime import date

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import selectinload

from webapp.db import db
from webapp.kit import emails
from webapp.staff.models import Absence, AuditEntry, Office, User, UserOffice
from webapp.staff.rules import ADMIN

_AWAY = (select(Absence.user_id, Absence.substitute_id).order_by(Absence.id)
         .where(Absence.first_day <= bindparam("day"), Absence.last_day >= bindparam("day")))


def user_by_email(email: str) -> User | None:
    """The person who signs in with this address, however it was typed."""
    address = emails.normalise(email)
    return db.session.scalar(select(User).where(User.email == address)) if address else None


def nobody_yet() -> bool:
    """True in a new agency without any people: only then may the first one be set up without signing in."""
    return not db.session.scalar(select(exists().select_from(User)))


def office_by_code(code: str) -> Office | None:
    """The office called `code`."""
    return db.session.scalar(select(Office).where(Office.code == code))


def offices_seen_by(user: User) -> list[Office]:
    """Offices on the pages about the agency: all for admins and network directors, else one's own; open ones first."""
    query = select(Office).order_by(Office.closed_on.is_not(None), Office.name, Office.id)
    if not sees_all(user):
        query = query.where(Office.id.in_([office.id for office in user.offices]))
    return list(db.session.scalars(query))


def people_seen_by(user: User) -> Select[User]:
    """People on the pages about the agency: all for admins and network directors, else those of one's own offices."""
    query = select(User).order_by(User.dismissed_at.is_not(None), User.name, User.id)
    return query if sees_all(user) else query.where(_works_in([office.id for office in user.offices]))


def sees_all(user: User) -> bool:
    """Admins and network directors look after the whole agency."""
    return user.is_network or ADMIN in user.hats


def found_by(words: str) -> ColumnElement[bool]:
    """Part of a name or an address. Case is folded by hand: SQLite knows capitals of Latin letters only."""
    needles = {words, words.lower(), words.capitalize(), words.title()}
    return or_(*(column.contains(needle, autoescape=True) for needle in sorted(needles)
                 for column in (User.name, User.email)))


def colleagues(office: Office) -> list[User]:
    """People who work in `office` now, by name."""
    return list(db.session.scalars(select(User).where(_works_in([office.id]), User.dismissed_at.is_(None))
                                   .order_by(User.name, User.id)))


def admins_at_work() -> Select[User]:
    """Everybody who can still set things up."""
    return select(User).where(User.dismissed_at.is_(None), or_(User.role == ADMIN, User.is_admin))


def absences_seen_by(user: User, since: date) -> list[Absence]:
    """Absences that end on `since` or later, soonest first; of everybody whom `user` sees."""
    query = (select(Absence).where(Absence.last_day >= since, Absence.last_day >= Absence.first_day)
             .order_by(Absence.first_day, Absence.id)
             .options(selectinload(Absence.user), selectinload(Absence.substitute)))
    if not sees_all(user):
        query = query.join(Absence.user).where(_works_in([office.id for office in user.offices]))
    return list(db.session.scalars(query))


def away_on(day: date) -> dict[int, int]:
    """Who is away on `day`: person → substitute, as recorded; chains are not followed here."""
    rows = db.session.connection().execute(_AWAY, {"day": day})
    return {row.user_id: row.substitute_id for row in rows}


def people_named(ids: set[int]) -> dict[int, str]:
    """Names of people by id."""
    if not ids:
        return {}
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))}


def log_of(user: User) -> Select[AuditEntry]:
    """Lines of the log, newest first; a director reads those of the own offices."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    if sees_all(user):
        return query
    return query.where(AuditEntry.office_id.in_([office.id for office in user.offices]))


def subjects_logged() -> list[str]:
    """What the log speaks about, for the filter; from one subject of the index to the next, however long the log is."""
    first = select(func.min(AuditEntry.subject).label("subject")).cte("subjects", recursive=True)
    after = select(func.min(AuditEntry.subject)).where(AuditEntry.subject > first.c.subject).scalar_subquery()
    every = first.union_all(select(after).where(first.c.subject.is_not(None)))
    return list(db.session.scalars(select(every.c.subject).where(every.c.subject.is_not(None))))


def _works_in(office_ids: list[int]) -> ColumnElement[bool]:
    return exists().where(UserOffice.user_id == User.id, UserOffice.office_id.in_(office_ids))
