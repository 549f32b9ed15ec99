"""What tests of burning share: moments of an office, a card about to burn, what became of its warning."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

import club_make
import make
from sqlalchemy import event, select, update
from trip_make import in_trial

from webapp.clients.models import Client
from webapp.clients.sources import EXAMPLE
from webapp.club.actions.warning import open_warnings
from webapp.club.models import BonusOp, BurnWarning, Card
from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.kit.days import moment, zone
from webapp.post.models import Message
from webapp.staff.models import Office
from webapp.touches.models import Occasion, Touch
from webapp.touches.standing import refresh

ONE_DAY = timedelta(days=1)
ISSUED = date(2026, 11, 20)
BURNS = date(2027, 5, 20)


def at(day: date, hour: int = 12, minute: int = 0, tz: str = "Europe/Moscow") -> datetime:
    """The moment at which clocks there show this hour."""
    return moment(day, time(hour, minute), zone(tz))


def warned(cast, now, *, points: int = 1840, bounced: tuple[str, ...] = (), **client) -> Card:
    """A card of 20 November whose warning went out in trial mode, by letter and SMS, as its plan says."""
    in_trial()
    person = make.client(cast.main, now=now, **client)
    row = club_make.card(person, cast.main, points=points, now=now)
    send_warning(bounced=bounced)
    return row


def send_warning(burns: date = BURNS, bounced: tuple[str, ...] = ()) -> None:
    """Letter and SMS leave on their days; those of `bounced` come back."""
    live(at(burns - 31 * ONE_DAY, 10), at(burns - 30 * ONE_DAY, 12))
    for channel in bounced:
        become("bounced", channel)


def all_of_the_demo() -> None:
    """Every client is one of the demo."""
    with transaction() as session:
        session.execute(update(Client).values(source=EXAMPLE))


def live(*moments: datetime) -> dict:
    """The clock ticks at each moment, and once more when the grace of new letters is over; gives the last figures.

    In trial mode only clients of the demo lose points, so all of them are.
    """
    all_of_the_demo()
    figures = {}
    for then in moments:
        figures = tick(now=then)
        tick(now=then + timedelta(minutes=1))
    db.session.rollback()
    return figures


def proven(burns_on: date = BURNS) -> None:
    """Every card that burns on that day has been warned of it, by phone, a month ahead; all are of the demo."""
    all_of_the_demo()
    then = at(burns_on - 31 * ONE_DAY)
    open_warnings(now=then)
    with transaction() as session:
        session.execute(update(Touch).where(Touch.step_code == "burn_call", Touch.status == "planned").values(
            status="done", outcome="told", done_at=then), execution_options={"synchronize_session": False})
        for occasion in session.scalars(select(Occasion).where(Occasion.kind == "burning", Occasion.closed_at.is_(None))):
            refresh(occasion, now=then)
    db.session.rollback()


def many(office: Office, count: int, now: datetime, *, points: int = 100) -> list[Card]:
    """So many cards of as many clients, each with one point more than the one before."""
    return [club_make.card(make.client(office, phone=f"+7916{n:07d}", email=f"n{n}@example.com", now=now), office,
                           points=points + n, now=now) for n in range(count)]


def become(state: str, channel: str = "email") -> None:
    """What the other side said of every message of a channel."""
    with transaction() as session:
        for message in session.scalars(select(Message).where(Message.channel == channel)):
            message.state, message.settled = state, False


def fresh(row: Card) -> Card:
    """The card as it is in the database now."""
    db.session.rollback()
    return db.session.get_one(Card, row.id, populate_existing=True)


def warnings(row: Card) -> list[str]:
    """States of the card's warnings, the oldest first."""
    db.session.rollback()
    return list(db.session.scalars(select(BurnWarning.state).where(BurnWarning.card_id == row.id)
                                   .order_by(BurnWarning.id)))


def burns(row: Card) -> list[tuple[str, int]]:
    """Keys and amounts of its burns."""
    db.session.rollback()
    return [(op.idem_key, op.amount) for op in db.session.scalars(select(BonusOp).where(
        BonusOp.kind == "burn", BonusOp.idem_key.like(f"burn:{row.id}:%")).order_by(BonusOp.id))]


def open_steps() -> list[tuple[str, str]]:
    """What is still ahead: code and channel."""
    db.session.rollback()
    return [(touch.step_code, touch.channel) for touch in db.session.scalars(
        select(Touch).where(Touch.status == "planned").order_by(Touch.id))]


def the_call() -> Touch:
    """The newest call about burning points."""
    db.session.rollback()
    return db.session.scalars(select(Touch).where(Touch.step_code == "burn_call").order_by(Touch.id.desc())).first()


@contextmanager
def asked() -> Iterator[list[str]]:
    """Statements sent to the database meanwhile."""
    found: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        found.append(statement)
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
