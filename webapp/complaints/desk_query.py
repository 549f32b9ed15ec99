"""The list of complaints: filters, search, order by the nearest deadline, who is looking."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, literal, or_, select
from sqlalchemy.orm import joinedload

from webapp.clients.models import Client
from webapp.complaints.actions.tasks import WORD
from webapp.complaints.actions.watching import HERE
from webapp.complaints.models import Complaint, ComplaintEntry, ComplaintViewer, ComplaintWatcher
from webapp.complaints.step_rules import CLOSED, DRAFT, INVESTIGATED, OPEN, RESOLVED, STEPS, TOLD, VOID, WAIVED
from webapp.db import db
from webapp.kit.days import moment, zone
from webapp.kit.text import match_key
from webapp.staff.models import User, scoped
from webapp.touches.models import Touch
from webapp.trips.models import Trip

AFTER_DECISION = (*STEPS[STEPS.index(RESOLVED):], WAIVED)
FILTERS = ("open", "mine", "draft", "waiting", "closed", "void")
MOST_TYPED = 100


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see; `since` and `until` are days on which complaints came."""

    show: str = "open"
    source: str = ""
    manager_id: int | None = None
    operator: str = ""
    since: date | None = None
    until: date | None = None
    typed: str = ""


@dataclass(frozen=True)
class Counts:
    """How many are open, overdue, drafts, handled by the person, waiting for the client's word; `unanswered` are
    those the person handles or follows in which the client waits for an answer; `again` wait for a director's second
    look."""

    open: int = 0
    overdue: int = 0
    draft: int = 0
    mine: int = 0
    waiting: int = 0
    unanswered: int = 0
    again: int = 0


def unanswered() -> ColumnElement[bool]:
    """SQL: the client wrote, and nobody has answered or said that it is done."""
    code = literal(f"{WORD}:") + cast(Complaint.id, String)
    return select(Touch.id).where(Touch.client_id == Complaint.client_id, Touch.step_code == code,
                                  Touch.status == "planned").exists()


def counts_of(user: User, now: datetime) -> Counts:
    """Figures for the bar and the filters, in one query over what is open."""
    follows = select(ComplaintWatcher.user_id).where(ComplaintWatcher.complaint_id == Complaint.id,
                                                     ComplaintWatcher.user_id == user.id).exists()
    sums: list[Any] = [
        func.count(), func.count().filter(Complaint.due_at <= now), func.count().filter(Complaint.state == DRAFT),
        func.count().filter(Complaint.owner_id == user.id),
        func.count().filter(_waiting()),
        func.count().filter(and_(or_(Complaint.owner_id == user.id, follows), unanswered())),
        func.count().filter(and_(Complaint.rounds > 1, Complaint.state.in_((TOLD, INVESTIGATED))))]
    query: Select[Any] = select(*sums).where(Complaint.state.in_(OPEN))
    return Counts(*db.session.execute(scoped(query, Complaint.office_id, user)).one())


def listed(user: User, wish: Wish, limit: int) -> list[Complaint]:
    """Open ones by the nearest deadline, ended ones the newest first."""
    query = scoped(select(Complaint), Complaint.office_id, user).where(*_filter(user, wish))
    query = query.options(joinedload(Complaint.client), joinedload(Complaint.office), joinedload(Complaint.trip),
                          joinedload(Complaint.owner), joinedload(Complaint.manager))
    if wish.show in ("closed", "void"):
        query = query.order_by(Complaint.closed_at.desc(), Complaint.id.desc())
    else:
        query = query.order_by(Complaint.due_at.is_(None), Complaint.due_at, Complaint.id)
    return list(db.session.scalars(query.limit(limit)).unique())


def _waiting_entries(user: User) -> Select[Any]:
    """Forms of the person's own offices, or of none, that are no complaints yet."""
    return select(ComplaintEntry).where(ComplaintEntry.looked_at.is_(None), or_(
        ComplaintEntry.office_id.is_(None), ComplaintEntry.office_id.in_(user.office_ids)))


def unopened(user: User, now: datetime) -> list[ComplaintEntry]:
    """Those the program could not make complaints of for ten minutes."""
    return list(db.session.scalars(_waiting_entries(user).where(
        ComplaintEntry.created_at < now - timedelta(minutes=10)).order_by(ComplaintEntry.id).limit(3)))


def waiting_entry(entry_id: int, user: User) -> ComplaintEntry | None:
    """One of them, whenever it came; None once it is a complaint, and for somebody of another office."""
    return db.session.scalar(_waiting_entries(user).where(ComplaintEntry.id == entry_id))


def complaint_of_entry(entry_id: int, user: User) -> Complaint | None:
    """The complaint a form has become, within the person's offices."""
    number = select(ComplaintEntry.number).where(ComplaintEntry.id == entry_id).scalar_subquery()
    return db.session.scalar(scoped(select(Complaint).where(Complaint.number == number), Complaint.office_id, user))


def who_looks(ids: Collection[int], user: User, now: datetime) -> dict[int, list[str]]:
    """Names of colleagues who have these complaints open, by complaint."""
    query = (select(ComplaintViewer.complaint_id, User.name).join(User, User.id == ComplaintViewer.user_id)
             .where(ComplaintViewer.complaint_id.in_(ids), ComplaintViewer.at > now - HERE,
                    ComplaintViewer.user_id != user.id).order_by(User.name))
    found: dict[int, list[str]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.complaint_id, []).append(row.name)
    return found


def news_in(ids: Collection[int]) -> set[int]:
    """Those of the complaints in which the client waits for an answer."""
    return set(db.session.scalars(select(Complaint.id).where(Complaint.id.in_(ids), unanswered())))


def operators_of(user: User) -> list[str]:
    """Tour operators complaints are about, by name."""
    query = select(Complaint.operator).where(Complaint.operator != "").distinct().order_by(Complaint.operator)
    return list(db.session.scalars(scoped(query, Complaint.office_id, user)))


def last_closed(user: User) -> datetime | None:
    """When a complaint was closed last: what an empty list tells."""
    return db.session.scalar(scoped(select(func.max(Complaint.closed_at)), Complaint.office_id, user))


def of_client(client_id: int, trip_id: int | None = None) -> list[Complaint]:
    """Complaints of a client or about one trip, open ones first, then the newest; ones that were none left out."""
    query = select(Complaint).where(Complaint.client_id == client_id, Complaint.state != VOID)
    if trip_id is not None:
        query = query.where(Complaint.trip_id == trip_id)
    query = query.options(joinedload(Complaint.office), joinedload(Complaint.owner))
    return list(db.session.scalars(query.order_by(case((Complaint.state.in_(OPEN), 0), else_=1), Complaint.id.desc())))


def trips_of(client_id: int) -> list[Trip]:
    """Trips a complaint may be about, the newest departure first."""
    return list(db.session.scalars(select(Trip).where(Trip.client_id == client_id).order_by(
        Trip.departure_on.desc(), Trip.id.desc()).limit(50)))


def _waiting() -> ColumnElement[bool]:
    return and_(Complaint.state.in_(AFTER_DECISION), Complaint.satisfaction == "")


def _filter(user: User, wish: Wish) -> list[ColumnElement[bool]]:
    shown: dict[str, Any] = {
        "open": Complaint.state.in_(OPEN), "mine": and_(Complaint.state.in_(OPEN), Complaint.owner_id == user.id),
        "draft": Complaint.state == DRAFT, "waiting": _waiting(), "closed": Complaint.state == CLOSED,
        "void": Complaint.state == VOID}
    # A number that somebody reads out leads to it, however far it is.
    found = [] if _number(wish.typed) else [shown[wish.show]]
    if wish.source:
        found.append(Complaint.source == wish.source)
    if wish.manager_id:
        found.append(Complaint.manager_id == wish.manager_id)
    if wish.operator:
        found.append(Complaint.operator == wish.operator)
    tz = zone(user.zone)
    if wish.since:
        found.append(Complaint.created_at >= moment(wish.since, time(0), tz))
    if wish.until:
        found.append(Complaint.created_at < moment(wish.until + timedelta(days=1), time(0), tz))
    return [*found, *_typed(wish.typed)]


def _typed(typed: str) -> list[ColumnElement[bool]]:
    if _number(typed):
        return [Complaint.number == _number(typed)]
    named: Select[Any] = select(Client.id).where(*(
        Client.name_key.contains(word, autoescape=True) for word in match_key(typed).split()))
    return [Complaint.client_id.in_(named)] if match_key(typed) else []


def _number(typed: str) -> str:
    digits = "".join(char for char in typed if char.isascii() and char.isdecimal())
    plain = "".join(typed.split()).replace("-", "").replace("№", "")
    return f"{digits[:3]}-{digits[3:]}" if len(digits) == 6 and plain == digits else ""
