"""Questions about reviews: the one of a trip, those everybody reads, those staff see in their own offices."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from webapp.db import db
from webapp.staff.models import User, scoped
from webapp.surveys.finding_rules import Finding, findings
from webapp.surveys.models import Review, ReviewEvent
from webapp.surveys.review_rules import HIDDEN, NEW, SHOWN, STATES
from webapp.trips.models import Trip

PAGE = 10


@dataclass(frozen=True)
class Shelf:
    """A page of the public list: rows, how many there are, destinations with their numbers, hidden ones in all."""

    rows: list[Any]
    count: int
    destinations: list[tuple[str, int]]
    hidden: int


def review_of(trip_id: int) -> Review | None:
    """The review of this trip."""
    return db.session.scalar(select(Review).where(Review.trip_id == trip_id))


def shelf(destination: str, number: int) -> Shelf:
    """Page `number` (from 1) of what everybody reads, the newest trips first; of one destination, or "" for all."""
    shown = (Review.state == SHOWN, Review.consented_at.is_not(None))
    counts = db.session.execute(select(Review.destination_key, func.min(Review.destination), func.count())
                                .where(*shown).group_by(Review.destination_key)).all()
    key = destination.strip().casefold()
    known = {row[0]: (row[1], row[2]) for row in counts}
    chosen = key if key in known and key else ""
    query = select(Review).where(*shown)
    if chosen:
        query = query.where(Review.destination_key == chosen)
    count = known[chosen][1] if chosen else sum(row[2] for row in counts)
    rows = db.session.scalars(query.order_by(Review.travelled_on.desc(), Review.id.desc())
                              .limit(PAGE).offset((number - 1) * PAGE)).all()
    hidden = db.session.scalar(select(func.count()).select_from(Review).where(Review.state == HIDDEN)) or 0
    named = sorted((name, many) for word, (name, many) in known.items() if word)
    return Shelf(list(rows), count, named, hidden)


def has_shown() -> bool:
    """Whether there is anything on the public page."""
    return db.session.scalar(select(Review.id).where(Review.state == SHOWN).limit(1)) is not None


def rows_of(user: User, state: str, limit: int) -> list[Review]:
    """Reviews of the person's own offices in this state ("" for all), those that wait longest first."""
    query: Select[Any] = select(Review).limit(limit)
    if state:
        query = query.where(Review.state == state)
    order = (Review.written_at, Review.id) if state == NEW else (Review.written_at.desc(), Review.id.desc())
    return list(db.session.scalars(scoped(query.order_by(*order), Review.office_id, user)))


def counts_of(user: User) -> dict[str, int]:
    """How many reviews there are by state."""
    grouped: Any = select(Review.state, func.count()).group_by(Review.state)
    query = scoped(grouped, Review.office_id, user)
    found = {str(row[0]): int(row[1]) for row in db.session.execute(query)}
    return {state: found.get(state, 0) for state in STATES}


def waiting_for(user: User) -> int:
    """How many reviews nobody has looked at yet."""
    query: Any = select(func.count()).select_from(Review).where(Review.state == NEW)
    return int(db.session.scalar(scoped(query, Review.office_id, user)) or 0)


def review_for(review_id: int, user: User) -> Review | None:
    """The review, when it belongs to the person's own offices."""
    found: Review | None = db.session.scalar(scoped(select(Review).where(Review.id == review_id), Review.office_id,
                                                    user))
    return found


def history_of(review_id: int) -> list[ReviewEvent]:
    """Everything that was done with it, the newest first."""
    return list(db.session.scalars(select(ReviewEvent).where(ReviewEvent.review_id == review_id)
                                   .order_by(ReviewEvent.id.desc())))


def agreed_to(review_id: int) -> str:
    """The sentence the client has agreed to last, as it was read; "" where nothing says so any more."""
    return next((str(event.facts["consent"]) for event in history_of(review_id) if event.facts.get("consent")), "")


def found_in(row: Review) -> list[Finding]:
    """What in the words of the client may be somebody's personal data."""
    return findings(row.text, _names(row))


def _names(row: Review) -> list[str]:
    """Surnames that are near: the client's own, those of who travelled along, those of colleagues."""
    trip = db.session.get_one(Trip, row.trip_id)
    along = [word for companion in trip.companions for word in companion.name.split()[:1]]
    colleagues = [word for name in db.session.scalars(select(User.name)) for word in name.split()[1:]]
    return [trip.client.last_name, *along, *colleagues]
