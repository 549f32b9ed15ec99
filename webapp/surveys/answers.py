"""The list of answers and their figures: plain rows of the own offices, a few queries whatever their number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from webapp.clients.models import Client
from webapp.complaints.models import Complaint
from webapp.db import db
from webapp.kit.days import local_day, moment, zone
from webapp.kit.text import match_key
from webapp.staff.models import User, scoped
from webapp.staff.rules import DIRECTOR, SERVICE
from webapp.surveys.models import Review, SurveyAnswer, SurveyAsk
from webapp.surveys.rules import BAD, FAIR, GOOD, HIGH, LOW, Tally
from webapp.touches.models import Touch
from webapp.touches.people import stands_in_for
from webapp.trips.models import Trip

_MOODS: dict[str, ColumnElement[bool]] = {
    BAD: SurveyAnswer.score <= LOW, FAIR: SurveyAnswer.score.between(LOW + 1, HIGH - 1),
    GOOD: SurveyAnswer.score >= HIGH}
_SELLER = User


@dataclass(frozen=True)
class Wish:
    """What is asked for on `today`: from the first of which month, a mood, a manager, an operator, a destination."""

    today: date
    since: date
    mood: str = ""
    manager_id: int | None = None
    operator: str = ""
    destination: str = ""


@dataclass
class Report:
    """Tallies by month (oldest first), manager, operator, destination, and of everything."""

    months: dict[date, Tally]
    managers: dict[str, Tally] = field(default_factory=dict)
    operators: dict[str, Tally] = field(default_factory=dict)
    destinations: dict[str, Tally] = field(default_factory=dict)
    whole: Tally = field(default_factory=Tally)


def rows_of(user: User, wish: Wish, limit: int | None) -> list[Any]:
    """Answers the person may see, the newest first, with trip, client, seller, review and what is to be done."""
    query = (select(
        SurveyAnswer.id, SurveyAnswer.score, SurveyAnswer.manager_score, SurveyAnswer.agency_score,
        SurveyAnswer.documents, SurveyAnswer.text, SurveyAnswer.video_url, SurveyAnswer.may_show,
        SurveyAnswer.call_back, SurveyAnswer.answered_at, SurveyAnswer.changed_at, SurveyAnswer.client_id,
        SurveyAnswer.trip_id, SurveyAnswer.office_id, SurveyAnswer.complaint_id,
        Client.last_name, Client.first_name, Client.erased_at,
        Trip.destination, Trip.operator, Trip.return_on, Trip.seller_id, _SELLER.name.label("seller"),
        Review.id.label("review_id"), Complaint.state.label("complaint"),
        Complaint.number.label("complaint_number"), Complaint.office_id.label("complaint_office"),
        Touch.status.label("call"))
        .outerjoin(Review, Review.trip_id == SurveyAnswer.trip_id)
        .outerjoin(Complaint, Complaint.id == SurveyAnswer.complaint_id)
        .outerjoin(Touch, Touch.id == SurveyAnswer.call_id))
    query = _seen(_joined(query), user, wish).order_by(SurveyAnswer.answered_at.desc(), SurveyAnswer.id.desc())
    return list(db.session.execute(query.limit(limit) if limit else query))


def counts_of(user: User, wish: Wish) -> dict[str, int]:
    """How many answers each mood has."""
    plain = replace(wish, mood="")
    query = select(SurveyAnswer.score, func.count()).group_by(SurveyAnswer.score)
    tally = dict.fromkeys(_MOODS, 0)
    for score, number in db.session.execute(_seen(_joined(query), user, plain)):
        tally[BAD if score <= LOW else GOOD if score >= HIGH else FAIR] += int(number)
    return {"": sum(tally.values()), **tally}


def report_of(user: User, wish: Wish, months: Sequence[date]) -> Report:
    """Scores over time and by manager, operator, destination; two queries. Moods are not looked at: all count."""
    plain = replace(wish, mood="")
    report = Report({first: Tally() for first in months})
    asked = _of(select(SurveyAsk.asked_at.label("at"), SurveyAnswer.id.label("answer"), *_GROUPS).select_from(SurveyAsk)
                .join(Touch, Touch.id == SurveyAsk.touch_id)
                .outerjoin(SurveyAnswer, SurveyAnswer.trip_id == SurveyAsk.trip_id).where(Touch.status == "done"),
                SurveyAsk, user, plain, SurveyAsk.asked_at)
    for row in db.session.execute(asked):
        for tally in _tallies(report, row, user):
            tally.asked += 1
            tally.replied += row.answer is not None
    said = _of(select(SurveyAnswer.answered_at.label("at"), SurveyAnswer.score, SurveyAnswer.manager_score,
                      SurveyAnswer.agency_score, *_GROUPS).select_from(SurveyAnswer), SurveyAnswer, user, plain,
               SurveyAnswer.answered_at)
    for row in db.session.execute(said):
        for tally in _tallies(report, row, user):
            tally.add(row.score, row.manager_score, row.agency_score)
    return report


def choices_of(user: User, wish: Wish) -> tuple[list[tuple[int, str]], list[str], list[str]]:
    """Managers, operators and destinations that stand in answers the person may see."""
    rows = db.session.execute(_seen(_joined(select(Trip.seller_id, _SELLER.name, Trip.operator, Trip.destination)
                                            .distinct()), user, Wish(wish.today, wish.since))).all()
    people = sorted({(row.seller_id, row.name) for row in rows if row.seller_id}, key=lambda pair: pair[1])
    return people, _named(row.operator for row in rows), _named(row.destination for row in rows)


def answers_of_client(client_id: int) -> list[SurveyAnswer]:
    """What one client said about all trips, the newest first."""
    return list(db.session.scalars(select(SurveyAnswer).where(SurveyAnswer.client_id == client_id)
                                   .order_by(SurveyAnswer.answered_at.desc())))


_GROUPS = (Trip.operator, Trip.destination, _SELLER.name.label("seller"))


def _named(words: Iterable[str]) -> list[str]:
    return sorted({word for word in words if word}, key=match_key)


def _tallies(report: Report, row: Any, user: User) -> list[Tally]:
    day = local_day(row.at, zone(user.zone)).replace(day=1)
    # A clock that was put back leaves rows of a month to come: they stand in the last one.
    month = min(max(day, min(report.months)), max(report.months))
    groups = ((report.managers, row.seller or ""), (report.operators, row.operator), (report.destinations,
                                                                                       row.destination))
    return [report.months[month], report.whole, *(own.setdefault(name, Tally()) for own, name in groups)]


def _joined(query: Any) -> Any:
    return (query.select_from(SurveyAnswer).join(Trip, Trip.id == SurveyAnswer.trip_id)
            .join(Client, Client.id == SurveyAnswer.client_id).outerjoin(_SELLER, _SELLER.id == Trip.seller_id))


def _of(query: Any, table: Any, user: User, wish: Wish, at: Any) -> Any:
    query = (query.join(Trip, Trip.id == table.trip_id).join(Client, Client.id == table.client_id)
             .outerjoin(_SELLER, _SELLER.id == Trip.seller_id))
    return _wished(_visible(query, table.office_id, user, wish.today), wish, at, user)


def _seen(query: Any, user: User, wish: Wish) -> Any:
    query = _wished(_visible(query, SurveyAnswer.office_id, user, wish.today), wish, SurveyAnswer.answered_at, user)
    return query.where(_MOODS[wish.mood]) if wish.mood in _MOODS else query


def _wished(query: Any, wish: Wish, at: Any, user: User) -> Any:
    tz = zone(user.zone)
    query = query.where(at >= moment(wish.since, time.min, tz))
    if wish.manager_id:
        query = query.where(Trip.seller_id == wish.manager_id)
    if wish.operator:
        query = query.where(Trip.operator == wish.operator)
    return query.where(Trip.destination == wish.destination) if wish.destination else query


def _visible(query: Any, office: Any, user: User, day: date) -> Any:
    """Managers see answers about their own sales and clients; service and directors all of their offices."""
    query = scoped(query, office, user)
    if user.hats & {SERVICE, DIRECTOR}:
        return query
    mine = stands_in_for(user.id, day)
    return query.where(or_(Trip.seller_id.in_(mine), Client.manager_id.in_(mine)))
