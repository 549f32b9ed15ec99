"""Proof that the rows agree with each other (`check`): figures by state, and every fault found."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select

from webapp.batches.models import last_worker
from webapp.clients.models import Client
from webapp.club.integrity import faults as club_faults
from webapp.club.models import Card
from webapp.complaints.integrity import faults as complaint_faults
from webapp.db import db
from webapp.post.models import Message, MessageEvent, SmsMonth
from webapp.quality.integrity import faults as quality_faults
from webapp.staff.models import Office
from webapp.touches.models import Occasion, Touch
from webapp.touches.standing import standing_of
from webapp.touches.state_rules import FROM_MESSAGE
from webapp.trips.models import Trip

STUCK_AFTER = timedelta(hours=1)
BATCH = 500


@dataclass
class Findings:
    """What `check` prints: counts, and sentences about faults (none when all is well)."""

    counts: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def inspect(*, now: datetime) -> Findings:
    """Look at everything; reads only."""
    found = Findings()
    found.counts = {
        "offices": _count(Office), "clients": _count(Client), "trips": _count(Trip),
        "cards": _count(Card),
        "messages": _by(Message.state), "touches": _by(Touch.status)}
    _occasions(found)
    _touches_without_end(found, now)
    _messages_without_end(found)
    _cancelled_trips(found)
    _repeated_mail(found)
    _sms_months(found)
    found.faults += club_faults()
    found.faults += complaint_faults()
    found.faults += quality_faults()
    return found


def _count(table: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


def _by(column: Any) -> dict[str, int]:
    query: Select[Any] = select(column, func.count()).group_by(column).order_by(column)
    return {str(row[0]): int(row[1]) for row in db.session.execute(query)}


def _occasions(found: Findings) -> None:
    """The kept columns of every occasion agree with its touches."""
    held = frozenset(db.session.scalars(select(Message.id).where(Message.state == "held")))
    last = 0
    while True:
        rows = db.session.scalars(select(Occasion).where(Occasion.id > last).order_by(Occasion.id).limit(BATCH)).all()
        if not rows:
            return
        last = rows[-1].id
        touches: dict[int, list[Touch]] = {row.id: [] for row in rows}
        for touch in db.session.scalars(select(Touch).where(Touch.occasion_id.in_(touches))):
            touches[touch.occasion_id].append(touch)  # type: ignore[index]
        for row in rows:
            _occasion(found, row, touches[row.id], held)
        db.session.expunge_all()


def _occasion(found: Findings, row: Occasion, touches: list[Touch], held: frozenset[int]) -> None:
    standing = standing_of(touches, row.held_at is not None, held)
    kept = (row.attention_on, row.broken, row.next_on, row.breaks_at)
    if kept != (standing.attention_on, standing.broken, standing.next_on, standing.breaks_at):
        found.faults.append(f"occasion {row.id}: attention date or broken count disagrees with its touches")
    if (row.closed_at is not None) != (standing.is_finished or row.cancelled_at is not None):
        found.faults.append(f"occasion {row.id}: closed although steps are open, or the other way round")


def _touches_without_end(found: Findings, now: datetime) -> None:
    rows: list[Row[Any]] = list(db.session.execute(
        select(Touch.id, Message.state, Message.settled).outerjoin(Message, Touch.message_id == Message.id)
        .where(Touch.status == "queued")))
    for row in rows:
        if row.state is None:
            found.faults.append(f"touch {row.id}: waits for a message that does not exist")
        elif row.settled and row.state in FROM_MESSAGE:
            found.faults.append(f"touch {row.id}: its message ended as {row.state}, the touch still waits")
    for touch_id in db.session.scalars(select(Touch.id).where(
            Touch.status == "done", Touch.automatic, Touch.message_id.is_(None), Touch.done_at.is_not(None),
            Touch.reason == "", Touch.done_by == "post")):
        found.faults.append(f"touch {touch_id}: done by itself without a message")


def _messages_without_end(found: Findings) -> None:
    """What a living worker should long have settled. Without a worker, messages wait and nothing is wrong yet."""
    beat = last_worker()
    if beat is None:
        return
    query = select(Message.id, Message.state).where(
        Message.state.in_(("claimed", "handed")), Message.lease_until < beat - STUCK_AFTER)
    for row in db.session.execute(query):
        found.faults.append(f"message {row.id}: {row.state} long after its lease")
    query = select(Message.id, Message.state).where(
        Message.state == "queued", Message.true_until < beat - STUCK_AFTER)
    for row in db.session.execute(query):
        found.faults.append(f"message {row.id}: still waits although it is no longer true")
    silent = select(Message.id).where(Message.id.not_in(select(MessageEvent.message_id)))
    for message_id in db.session.scalars(silent):
        found.faults.append(f"message {message_id}: has no history")


def _cancelled_trips(found: Findings) -> None:
    query = (select(Touch.id).join(Occasion, Touch.occasion_id == Occasion.id)
             .where(Occasion.cancelled_at.is_not(None), Touch.status.in_(("planned",))))
    for touch_id in db.session.scalars(query):
        found.faults.append(f"touch {touch_id}: still planned although its trip was cancelled")


def _repeated_mail(found: Findings) -> None:
    """No touch was sent twice, except where a person decided to send again."""
    query = (select(Message.source, func.count()).where(Message.state.in_(("sent", "delivered")),
                                                        Message.resend_of.is_(None))
             .group_by(Message.source).having(func.count() > 1))
    for source, number in db.session.execute(query):
        found.faults.append(f"{source}: sent {number} times")


def _sms_months(found: Findings) -> None:
    """A month of SMS holds at least what its messages say: less would let a budget be overspent."""
    query = (select(SmsMonth.month, SmsMonth.kopecks, SmsMonth.parts, func.sum(Message.cost).label("of_kopecks"),
                    func.sum(Message.parts).label("of_parts"))
             .outerjoin(Message, Message.charged_on == SmsMonth.month)
             .group_by(SmsMonth.month, SmsMonth.kopecks, SmsMonth.parts))
    rows: list[Row[Any]] = list(db.session.execute(query))
    for row in rows:
        if row.kopecks < (row.of_kopecks or 0) or row.parts < (row.of_parts or 0):
            found.faults.append(f"SMS of {row.month:%Y-%m}: less was counted than the messages cost")
