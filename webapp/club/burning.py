"""Questions before a burn: which cards are due where, what is known of each, which warnings are to begin."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnClause, bindparam, exists, func, literal_column, select

from webapp.clients.models import Client
from webapp.clients.sources import EXAMPLE
from webapp.club.burn_rules import WARN_DAYS, Standing, Warned, burn_day, reached_on
from webapp.club.models import BonusPosting, BurnWarning, Card, Purse
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.post.models import Message
from webapp.post.wording import SMS_FILE
from webapp.staff.models import Office
from webapp.touches.models import Occasion, Touch
from webapp.touches.state_rules import OPEN_STATUSES, is_plain

TOLD, TRIAL = "told", "trial"
ARRIVED = frozenset({"sent", "delivered"})
TALKS = frozenset({"call", "visit", "chat"})
# Written out, so that the partial index of open warnings is known to fit.
OPEN: ColumnClause[str] = literal_column("'open'")
# Statements are made once: with hundreds of numbers in each, making them anew would cost more than asking.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
# By number alone: asked for days or offices too, SQLite walks all that is due for every hundred of cards.
_LOCK = (select(Card.id, Card.burn_on, Card.office_id).where(Card.id.in_(_IDS)).order_by(Card.id)
         .with_for_update(of=Card, skip_locked=True))
_CARDS = (select(Card.id, Card.office_id, Card.active_on, Card.not_before, Card.burn_on, Purse.seq, Purse.balance,
                 BurnWarning.id.label("warning_id"), BurnWarning.burn_on.label("warned_of"), BurnWarning.occasion_id)
          .join(Purse, Purse.card_id == Card.id)
          .outerjoin(BurnWarning, (BurnWarning.card_id == Card.id) & (BurnWarning.state == OPEN))
          .where(Card.id.in_(_IDS)).order_by(Card.id))
_SINCE = (select(BurnWarning.id, func.sum(BonusPosting.amount))
          .join(BonusPosting, (BonusPosting.card_id == BurnWarning.card_id) & (BonusPosting.seq > BurnWarning.seq))
          .where(BurnWarning.id.in_(_IDS), BonusPosting.amount > 0).group_by(BurnWarning.id))
_PLANS = (select(Occasion.id, Occasion.closed_at).where(Occasion.id.in_(_IDS)).order_by(Occasion.id)
          .with_for_update(of=Occasion, skip_locked=True))
_CONTACTS = (select(Touch.id, Touch.occasion_id, Touch.office_id, Touch.step_id, Touch.status, Touch.channel,
                    Touch.outcome, Touch.due_on, Touch.done_at, Message.state, Message.provider, Message.sent_at)
             .outerjoin(Message, Message.id == Touch.message_id).where(Touch.occasion_id.in_(_IDS)))


@dataclass(frozen=True)
class Place:
    """Offices in which it is the same day now."""

    today: date
    office_ids: tuple[int, ...]


@dataclass
class Case:
    """A locked card whose day has come, with all that decides about it."""

    card_id: int
    office_id: int
    not_before: date | None
    burn_on: date
    seq: int
    balance: int
    warning_id: int | None
    occasion_id: int | None
    standing: Standing
    occasion_open: bool = False
    busy: bool = False
    open_touches: list[Any] = field(default_factory=list)


def places(now: datetime) -> list[Place]:
    """Every office by the day it has at this moment: there are two or three such days in the world."""
    days: dict[date, list[int]] = defaultdict(list)
    for row in db.session.execute(select(Office.id, Office.timezone)):
        days[local_day(now, zone(row.timezone))].append(row.id)
    return [Place(day, tuple(ids)) for day, ids in sorted(days.items())]


def due(place: Place, *, rehearsal: bool) -> list[int]:
    """Ids of cards whose points burn today, or should have burned before; in a rehearsal (trial mode) those of the
    demo alone: clients who got no letter keep what they have."""
    query = select(Card.id).where(Card.office_id.in_(place.office_ids), Card.burn_on <= place.today)
    if rehearsal:
        query = query.join(Client, Client.id == Card.client_id).where(Client.source == EXAMPLE)
    return list(db.session.scalars(query.order_by(Card.id)))


def to_warn(place: Place) -> list[int]:
    """Ids of cards whose owners are to hear of a burn and have no open warning."""
    warned = exists().where(BurnWarning.card_id == Card.id, BurnWarning.state == OPEN)
    last_day = place.today + timedelta(days=WARN_DAYS)
    return list(db.session.scalars(
        select(Card.id).join(Client, Client.id == Card.client_id)
        .where(Card.office_id.in_(place.office_ids), Card.burn_on <= last_day, ~warned, Client.erased_at.is_(None))
        .order_by(Card.id)))


def lock_free(ids: Sequence[int], place: Place, *, ahead: int = 0) -> list[int]:
    """Which of these cards still have their day until `ahead` days from now; locked, those in use left out.

    A card that somebody is using waits for the next run, and is looked at anew then.
    """
    last_day = place.today + timedelta(days=ahead)
    return [row.id for row in _ask(_LOCK, ids)
            if row.burn_on is not None and row.burn_on <= last_day and row.office_id in place.office_ids]


def astray() -> list[int]:
    """Ids of cards whose open warning names another day than the card has now."""
    return list(db.session.scalars(
        select(Card.id).join(BurnWarning, BurnWarning.card_id == Card.id)
        .where(BurnWarning.state == OPEN, Card.burn_on.is_distinct_from(BurnWarning.burn_on)).order_by(Card.id)))


def cases(ids: Sequence[int], months: int, zones: Mapping[int, Any], *, rehearsal: bool) -> list[Case]:
    """All that is known of these locked cards, in four queries: called after locking, it reads what is true now.

    `zones` are those of offices by id. Cards whose warning somebody is working on at this moment are left out.
    """
    rows = _ask(_CARDS, ids)
    since = _credited_since([row.warning_id for row in rows if row.warning_id])
    occasion_ids = [row.occasion_id for row in rows if row.occasion_id]
    free = _free(occasion_ids)
    plans = contacts(occasion_ids)
    found = []
    for row in rows:
        touches = plans.get(row.occasion_id, ())
        if row.occasion_id is not None and row.occasion_id not in free:
            continue
        reached = reached_by(touches, zones[row.office_id], rehearsal=rehearsal)
        still_open = [touch for touch in touches if touch.status in OPEN_STATUSES]
        found.append(Case(
            row.id, row.office_id, row.not_before, row.burn_on, row.seq or 0, row.balance, row.warning_id,
            row.occasion_id, Standing(burn_day(row.active_on, months, row.not_before), row.balance, row.warned_of,
                                      reached, since.get(row.warning_id, 0)),
            occasion_open=free.get(row.occasion_id, False), open_touches=still_open,
            busy=not all(is_plain(touch.status, touch.step_id) for touch in still_open)))
    return found


def _ask(statement: Any, ids: Sequence[int]) -> Sequence[Any]:
    """Rows of a kept statement, past the session: nothing here becomes an entity."""
    return db.session.connection().execute(statement, {"ids": ids}).all()


def _credited_since(warning_ids: Sequence[int]) -> dict[int, int]:
    """Points that came after each warning was given."""
    return {row[0]: int(row[1]) for row in _ask(_SINCE, warning_ids)}


def _free(occasion_ids: Sequence[int]) -> dict[int, bool]:
    """Plans that nobody is changing, locked; True for those that still have something ahead."""
    return {row[0]: row[1] is None for row in _ask(_PLANS, occasion_ids)}


def contacts(occasion_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Touches of these plans with what became of their messages."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in _ask(_CONTACTS, occasion_ids):
        found[row.occasion_id].append(row)
    return found


def reached_by(touches: Iterable[Any], tz: Any, *, rehearsal: bool) -> date | None:
    """The first day, in that zone, on which these contacts reached the client; None when none did."""
    return reached_on(_warned(touches, tz, rehearsal=rehearsal))


def _warned(touches: Iterable[Any], tz: Any, *, rehearsal: bool) -> Iterator[Warned]:
    """A letter that left and did not come back, or a talk in which the client was told; days are those of the office.

    What was only written to a file has told nobody, but in a `rehearsal` (trial mode) files are all there is.
    """
    for touch in touches:
        if touch.state in ARRIVED and touch.sent_at is not None:
            yield Warned(local_day(touch.sent_at, tz), rehearsal or touch.provider not in (SMS_FILE, TRIAL))
        elif touch.channel in TALKS and touch.outcome == TOLD and touch.done_at is not None:
            yield Warned(local_day(touch.done_at, tz), touch.status == "done")

