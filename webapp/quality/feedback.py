"""Current control: what clients wrote and whether it was answered, how long that took, and what still waits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import String, cast, func, literal, select, text

from webapp.clients.models import Client
from webapp.db import db
from webapp.kit.shares import per_cent
from webapp.post.models import Incoming
from webapp.touches.answer_rules import ANSWER
from webapp.touches.models import Touch
from webapp.trips.models import Trip

LOOK_BACK, PERIOD, SHOWN = timedelta(days=365), timedelta(days=56), 20


@dataclass(frozen=True)
class Waiting:
    """An answer nobody has given yet: the step it is, whose letter, since when, and who should."""

    touch_id: int
    client: str
    came_at: datetime
    assignee_id: int | None

    def days(self, now: datetime) -> int:
        """Whole days it has waited."""
        return (now - self.came_at).days


@dataclass(frozen=True)
class Feedback:
    """Letters of clients in eight weeks, how many were answered and in how many hours as a rule; what waits, oldest
    first (of the last year); letters nobody has sorted; clients who came back from a trip, and who of them wrote."""

    came: int
    answered: int
    hours: int | None
    waiting: list[Waiting]
    waiting_count: int
    unsorted: int
    came_back: int
    wrote: int

    @property
    def share(self) -> int | None:
        """Per cent of letters that were answered."""
        return per_cent(self.answered, self.came)

    @property
    def wrote_share(self) -> int | None:
        """Per cent of those who came back that wrote to us."""
        return per_cent(self.wrote, self.came_back)


def feedback(office_ids: Collection[int], now: datetime) -> Feedback:
    """The state of feedback in these offices; three statements however much was written."""
    rows: list[Any] = list(db.session.execute(_letters(office_ids, now)))
    lately = [row for row in rows if row.came_at >= now - PERIOD]
    took = [(row.done_at - row.came_at) / timedelta(hours=1) for row in lately if row.done_at]
    waits = [Waiting(row.id, f"{row.last_name} {row.first_name}".strip(), row.came_at, row.assignee_id)
             for row in rows if row.status == "planned"]
    unsorted = db.session.scalar(select(func.count()).select_from(Incoming).where(
        text("incoming.state = 'unsorted'"), Incoming.office_id.in_(office_ids))) or 0
    came_back, wrote = _travellers(office_ids, now)
    return Feedback(len(lately), len(took), round(median(took)) if took else None, waits[:SHOWN], len(waits),
                    int(unsorted), came_back, wrote)


def _letters(office_ids: Collection[int], now: datetime) -> Any:
    """Letters with the step that answers them, oldest first; what is not needed to be answered is left out."""
    code = literal(f"{ANSWER}:") + cast(Incoming.id, String)
    return (select(Touch.id, Touch.status, Touch.done_at, Touch.assignee_id, Incoming.came_at, Client.last_name,
                   Client.first_name)
            .join(Touch, (Touch.client_id == Incoming.client_id) & (Touch.step_code == code))
            .join(Client, Client.id == Incoming.client_id)
            .where(Incoming.kind == "reply", Incoming.office_id.in_(office_ids), Incoming.came_at >= now - LOOK_BACK,
                   Touch.status.in_(("planned", "done")))
            .order_by(Incoming.came_at, Incoming.id))


def _travellers(office_ids: Collection[int], now: datetime) -> tuple[int, int]:
    """Clients who came back from a trip within eight weeks, and how many of them wrote since then."""
    wrote = select(Incoming.id).where(Incoming.client_id == Trip.client_id, Incoming.kind == "reply",
                                      Incoming.came_at >= now - PERIOD).exists()
    row: Any = db.session.execute(select(
        func.count(func.distinct(Trip.client_id)), func.count(func.distinct(Trip.client_id)).filter(wrote)).where(
        Trip.office_id.in_(office_ids), Trip.cancelled_at.is_(None), Trip.return_on >= (now - PERIOD).date(),
        Trip.return_on <= now.date())).one()
    return int(row[0]), int(row[1])
