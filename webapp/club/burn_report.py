"""What burns in the next weeks and whether its owners know; what warnings have saved. Reads only; points are whole."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import extract, func, select

from webapp.clients.models import Client
from webapp.club import burning
from webapp.club.burn_rules import warn_from
from webapp.club.models import BurnWarning, Card, CardNumber, Purse
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.kit.shares import per_cent
from webapp.post.wording import SMS_FILE
from webapp.staff.models import Office

AHEAD = 60
WEEK = timedelta(days=7)
_LOST = frozenset({"failed", "missed", "bounced", "complained", "unknown", "dead", "cancelled"})


@dataclass(frozen=True)
class Week:
    """Seven days, the first of them today or so many weeks later; the last one ends with the sixtieth day."""

    first: date
    last: date
    cards: int
    points: int


@dataclass(frozen=True)
class Contact:
    """A step of a warning: `what` is ahead, waits, sent, lost, none (no address), told or talked (without telling)."""

    channel: str
    what: str
    day: date | None


@dataclass(frozen=True)
class Line:
    """A card whose points burn soon. `warn_on` is the day its warning begins, None once it has."""

    number: str
    client_id: int
    owner: str
    office: str
    points: int
    burn_on: date
    warn_on: date | None
    reached: date | None
    contacts: tuple[Contact, ...]


@dataclass
class Saved:
    """What became of the warnings of one month: cards and the points they named."""

    saved: int = 0
    saved_points: int = 0
    burned: int = 0
    burned_points: int = 0

    @property
    def share(self) -> int | None:
        """How much of the points was saved, in per cent; None where nothing was decided."""
        return per_cent(self.saved_points, self.saved_points + self.burned_points)


@dataclass
class Months:
    """The last months, and all of them together."""

    by_month: dict[date, Saved] = field(default_factory=dict)
    total: Saved = field(default_factory=Saved)


def weeks(today: date, office_ids: Collection[int]) -> list[Week]:
    """Points that burn within sixty days, week by week; what should have burned before counts to the first."""
    last = today + timedelta(days=AHEAD)
    query = (select(Card.burn_on, func.count(), func.sum(Purse.balance)).select_from(Card)
             .join(Purse, Purse.card_id == Card.id).join(Client, Client.id == Card.client_id)
             .where(Card.office_id.in_(office_ids), Card.burn_on <= last, Client.erased_at.is_(None))
             .group_by(Card.burn_on))
    count = AHEAD // 7 + 1
    found = [[0, 0] for _week in range(count)]
    rows: list[Any] = list(db.session.execute(query))
    for day, cards, points in rows:
        place = max(0, (day - today).days) // 7
        found[place][0] += cards
        found[place][1] += int(points)
    return [Week(today + WEEK * number, min(today + WEEK * number + timedelta(days=6), last), *found[number])
            for number in range(count)]


def lines(today: date, office_ids: Collection[int], limit: int, *, rehearsal: bool) -> list[Line]:
    """The cards of those weeks, the nearest first, in two queries."""
    query = (select(Card.id, Card.client_id, Client.last_name, Client.first_name, Client.middle_name, Office.name,
                    Office.timezone, Purse.balance, Card.burn_on, CardNumber.number, BurnWarning.occasion_id)
             .join(Client, Client.id == Card.client_id).join(Office, Office.id == Card.office_id)
             .join(Purse, Purse.card_id == Card.id)
             .outerjoin(CardNumber, (CardNumber.card_id == Card.id) & CardNumber.ended_at.is_(None))
             .outerjoin(BurnWarning, (BurnWarning.card_id == Card.id) & (BurnWarning.state == burning.OPEN))
             .where(Card.office_id.in_(office_ids), Card.burn_on <= today + timedelta(days=AHEAD),
                    Client.erased_at.is_(None))
             .order_by(Card.burn_on, Card.id).limit(limit))
    rows: list[Any] = list(db.session.execute(query))
    plans = burning.contacts([row.occasion_id for row in rows if row.occasion_id])
    made = []
    for row in rows:
        touches, tz = plans.get(row.occasion_id, []), zone(row.timezone)
        made.append(Line(
            row.number or "", row.client_id, " ".join(filter(None, (row.last_name, row.first_name, row.middle_name))),
            row.name, row.balance, row.burn_on, None if row.occasion_id else max(today, warn_from(row.burn_on)),
            burning.reached_by(touches, tz, rehearsal=rehearsal),
            tuple(_contact(touch, tz, rehearsal) for touch in sorted(touches, key=_in_order)
                  if touch.step_id is not None)))
    return made


def saved(months: Sequence[date], office_ids: Collection[int]) -> Months:
    """What became of warnings since the first of these months (first days), in one query."""
    year, month = extract("year", BurnWarning.closed_on), extract("month", BurnWarning.closed_on)
    query = (select(year, month, BurnWarning.state, func.count(), func.sum(BurnWarning.amount))
             .join(Card, Card.id == BurnWarning.card_id)
             .where(Card.office_id.in_(office_ids), BurnWarning.state.in_(("saved", "burned")),
                    BurnWarning.closed_on >= months[0])
             .group_by(year, month, BurnWarning.state))
    found = Months({first: Saved() for first in months})
    rows: list[Any] = list(db.session.execute(query))
    for row_year, row_month, state, cards, points in rows:
        first = date(int(row_year), int(row_month), 1)
        for sums in filter(None, (found.by_month.get(first), found.total if first in found.by_month else None)):
            setattr(sums, state, getattr(sums, state) + cards)
            setattr(sums, f"{state}_points", getattr(sums, f"{state}_points") + int(points))
    return found


def _in_order(touch: Any) -> tuple[int, int]:
    """Letter, SMS, then what people do."""
    return {"email": 0, "sms": 1}.get(touch.channel, 2), touch.id


def _contact(touch: Any, tz: Any, rehearsal: bool) -> Contact:
    if touch.channel not in ("email", "sms"):
        what = "ahead" if touch.status == "planned" else "told" if touch.outcome == burning.TOLD else "talked"
        done = local_day(touch.done_at, tz) if touch.done_at else touch.due_on
        return Contact(touch.channel, what if touch.status in ("planned", "done") else "none",
                       touch.due_on if what == "ahead" else done)
    if touch.status == "planned":
        return Contact(touch.channel, "ahead", touch.due_on)
    if touch.state in burning.ARRIVED and touch.sent_at:
        told = rehearsal or touch.provider not in (SMS_FILE, burning.TRIAL)
        return Contact(touch.channel, "sent" if told else "lost", local_day(touch.sent_at, tz))
    if touch.status in _LOST or touch.state in _LOST:
        return Contact(touch.channel, "lost", None)
    return Contact(touch.channel, "none" if touch.status in ("skipped", "dropped") else "waits", touch.due_on)
