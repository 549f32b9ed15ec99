"""The automatic side of the plan: what is due becomes messages, what came back settles into touches."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import selectinload

from webapp.clients.models import Client, Phone
from webapp.db import db, transaction
from webapp.post import actions as post
from webapp.post.actions.spending import OVER as NO_BUDGET
from webapp.post.models import Message
from webapp.post.pauses import was_paused
from webapp.staff.audit import job
from webapp.touches import store
from webapp.touches.actions.occasions import group_key
from webapp.touches.history import log, snapshot
from webapp.touches.locking import claim_touches, lock_free
from webapp.touches.models import PLANNED, Occasion, PlanStep, Touch
from webapp.touches.people import performer_for
from webapp.touches.rules import replacement_call
from webapp.touches.standing import refresh
from webapp.touches.state_rules import FROM_MESSAGE
from webapp.touches.store import source_key
from webapp.touches.writing import Desk, Unsendable, Written, lane_of, write

PLANNER = job("planner")
BATCH = 50
GRACE = timedelta(seconds=15)
LOOK_AHEAD = timedelta(days=14)
_WITH_OCCASION = selectinload(Touch.occasion).selectinload(Occasion.client)
_PLACES = select(Touch.id, Touch.occasion_id).where(Touch.id.in_(bindparam("ids", expanding=True)))


def queue_due(*, now: datetime) -> dict[str, int]:
    """Every planned automatic touch whose moment has come becomes a message in the same transaction.

    Gives how many were queued, skipped and missed. Safe to run twice and by several workers at once.
    """
    figures = {"queued": 0, "skipped": 0, "missed": 0}
    desk, passed = Desk(), set[int]()
    for _round in count():
        with transaction():
            # One that somebody is changing waits for the next tick.
            touches, found = claim_touches(_due(now, passed), _WITH_OCCASION)
            for touch in touches:
                figures[_send_one(touch, desk, now)] += 1
            _refresh_all(touches, now)
        passed.update(set(found) - {touch.id for touch in touches})
        if len(found) < BATCH:
            return figures
    raise AssertionError("unreachable")


def _due(now: datetime, passed: Collection[int]) -> Select[Touch]:
    return (select(Touch).join(Occasion, Touch.occasion_id == Occasion.id)
            .where(Touch.status == PLANNED, Touch.automatic, Touch.send_at <= now, Touch.id.not_in(passed),
                   Occasion.held_at.is_(None), Occasion.cancelled_at.is_(None))
            .order_by(Touch.send_at, Touch.id).limit(BATCH))


def _refresh_all(touches: Iterable[Touch], now: datetime) -> None:
    for occasion in {touch.occasion_id: touch.occasion for touch in touches}.values():
        if occasion is not None:
            refresh(occasion, now=now)


def _send_one(touch: Touch, desk: Desk, now: datetime) -> str:
    occasion = touch.occasion
    if occasion is None:
        raise AssertionError("an automatic touch without an occasion")
    if touch.true_until is not None and now > touch.true_until:
        _turn(touch, "missed", "too-late", now)
        if _is_reminder(touch):
            _call_instead(touch, now)
        return "missed"
    try:
        written = write(touch, occasion, store.letter_code_of(touch), desk, now=now)
    except Unsendable as error:
        _turn(touch, "skipped", error.reason, now)
        if _is_reminder(touch) and error.reason in ("no-mobile", "stopped"):
            _call_instead(touch, now)
        return "skipped"
    _enqueue(touch, occasion, written, now)
    return "queued"


def _enqueue(touch: Touch, occasion: Occasion, written: Written, now: datetime) -> None:
    office, client = occasion.office, occasion.client
    message = post.enqueue(
        source=source_key(touch.id), group_key=group_key(occasion.id), office_id=occasion.office_id,
        client_id=client.id, klass=written.letter.klass, channel=touch.channel, address=written.address,
        subject=written.rendered.subject, text=written.rendered.text, html=written.rendered.html,
        sender=written.envelope.sender, reply_to=written.envelope.reply_to, files=written.files,
        lane=lane_of(touch), unsubscribe_url=written.unsubscribe_url, zone=client.timezone or office.timezone,
        # Fifteen seconds to notice a slip of the finger (`ux.md` §0: undo stays on the object).
        not_before=max(touch.send_at or now, touch.created_at + GRACE), true_until=touch.true_until,
        letter_version_id=written.letter.version_id, actor=PLANNER, now=now, resend=_written_before(touch))
    touch.message_id = message.id
    _turn(touch, "queued", "", now)


def _written_before(touch: Touch) -> int:
    """How many messages this touch had: one that was taken back with the old dates must not stand for the new one."""
    number = select(func.count()).select_from(Message).where(Message.source == source_key(touch.id))
    return int(db.session.scalar(number) or 0)


def settle(*, now: datetime) -> int:
    """Bring what happened to messages back into their touches and rows of the board; gives how many."""
    settled = last = 0
    while True:
        with transaction():
            news = post.news(BATCH, after=last)
            steps = {message_id: number for message_id, source in news if (number := _touch_number(source))}
            places = {row.id: row.occasion_id for row in db.session.execute(_PLACES, {"ids": list(steps.values())})}
            free = {None, *lock_free(places.values())}
            busy = {number for number, occasion_id in places.items() if occasion_id not in free}
            messages = post.unsettled(BATCH, among=[i for i, _source in news if steps.get(i) not in busy])
            touches = {touch.id: touch for touch in db.session.scalars(
                select(Touch).where(Touch.id.in_([steps[m.id] for m in messages if m.id in steps]))
                .execution_options(populate_existing=True))}
            for message in messages:
                touch = touches.get(steps.get(message.id, 0))
                if touch is not None:
                    _settle_one(touch, message, now)
            post.mark_settled([message.id for message in messages])
            _refresh_all(touches.values(), now)
            settled += len(messages)
        if len(news) < BATCH:
            return settled
        last = news[-1][0]


def _touch_number(source: str) -> int | None:
    kind, _, number = source.partition(":")
    return int(number) if kind == "touch" and number.isdigit() else None


def _settle_one(touch: Touch, message: Message, now: datetime) -> None:
    target = FROM_MESSAGE.get(message.state)
    superseded = touch.message_id is not None and touch.message_id > message.id
    if target is None or superseded or touch.status not in ("queued", "unknown", "failed", "missed", "done"):
        return
    # What a letter has done it may undo: it came back, or somebody took back their word that it had arrived.
    by_letter = touch.status == "done" and touch.done_by == "post"
    if touch.status == "done" and target != "failed" and not (by_letter and target == "unknown"):
        return
    if target == "cancelled" and touch.status != "queued":
        # A second try that never left changes nothing about the first.
        return
    touch.message_id = message.id
    if target == "done":
        before = snapshot(touch)
        touch.status, touch.reason, touch.done_at, touch.done_by = "done", "", message.sent_at or now, "post"
        log(touch, "sent", before, actor=PLANNER, now=now)
        return
    if target == "cancelled":
        _turn(touch, "skipped" if message.last_code != "cancelled" else "cancelled", message.last_code, now)
        if _is_reminder(touch) and message.last_code == NO_BUDGET:
            _call_instead(touch, now)
        return
    if target == "missed" and was_paused(message):
        # Paused while the client's complaint was open: left out, and nobody's fault.
        _turn(touch, "skipped", "paused", now)
        return
    if target == touch.status:
        return
    _turn(touch, target, message.last_code, now)
    if _is_reminder(touch):
        _call_instead(touch, now)


def plan_calls_instead(*, now: datetime) -> int:
    """An SMS like the reminder of the flight that has no mobile number to go to becomes a call in good time.

    Gives how many.
    """
    with transaction():
        touches, _found = claim_touches(
            select(Touch).join(Occasion, Touch.occasion_id == Occasion.id).join(Client, Touch.client_id == Client.id)
            .join(PlanStep, Touch.step_id == PlanStep.id)
            .where(Touch.status == PLANNED, Touch.automatic, Touch.channel == "sms", PlanStep.or_call,
                   Touch.send_at <= now + LOOK_AHEAD,
                   Occasion.cancelled_at.is_(None),
                   ~Client.phones.any(Phone.broken_at.is_(None) & Phone.is_mobile)).limit(500))
        for touch in touches:
            _turn(touch, "skipped", "no-mobile", now)
            _call_instead(touch, now)
        _refresh_all(touches, now)
        return len(touches)


def _is_reminder(touch: Touch) -> bool:
    return touch.channel == "sms" and touch.step_id is not None and store.step_of(touch).rule.or_call


def _call_instead(touch: Touch, now: datetime) -> None:
    """Where a reminder cannot reach the client, a call is due the same day (`domain.md` §1.1)."""
    occasion = touch.occasion
    if occasion is None:
        return
    code = f"{touch.step_code}_call"
    session = db.session
    standing = session.scalar(select(Touch.id).where(Touch.occasion_id == occasion.id, Touch.step_code == code,
                                                     Touch.generation == touch.generation))
    calendar = store.calendar_for(occasion.office, occasion.client.timezone)
    anchors = store.dates_of(occasion)
    planned = replacement_call(store.step_of(touch).rule, anchors, now, calendar)
    # Once the client has flown nobody can be reminded: the red failure itself is what staff see.
    if standing is not None or not planned.is_planned:
        return
    call = Touch(occasion_id=occasion.id, client_id=touch.client_id, office_id=touch.office_id, step_id=touch.step_id,
                 step_code=code, generation=touch.generation, channel="call", automatic=False, created_at=now,
                 assignee_id=performer_for("seller", occasion.office_id, occasion.owner_id), replaces_id=touch.id,
                 planned_on=planned.due_on, due_on=planned.due_on, status="planned", reason="", note="", outcome="",
                 done_by="", attempts=0, pinned=False)
    session.add(call)


def _turn(touch: Touch, status: str, reason: str, now: datetime) -> None:
    before = snapshot(touch)
    touch.status, touch.reason = status, reason
    if status == "unknown":
        touch.done_at, touch.done_by = None, ""
    log(touch, status, before, actor=PLANNER, now=now)
