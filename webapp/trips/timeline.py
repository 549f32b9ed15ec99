"""The timeline of one trip: every step with its state, day, person, result and message, and what comes next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.post.models import Message
from webapp.post.wording import SMS_FILE
from webapp.touches import store
from webapp.touches.actions.occasions import group_key
from webapp.touches.answer_rules import is_ended_elsewhere
from webapp.touches.models import Touch
from webapp.touches.state_rules import BROKEN_STATUSES
from webapp.trips.board_columns import CHANNEL_ICONS, needs_panel, touch_name
from webapp.trips.models import Trip
from webapp.trips.reach import reach_now
from webapp.trips.recent import Act, acts_of
from webapp.trips.step_words import day_words, outcome_name, reason, tries
from webapp.web.i18n import day_short

LATE_AFTER = timedelta(hours=1)
PEOPLE_FIRST = ("broken", "over", "today")


@dataclass(frozen=True)
class Stop:
    """One place of the route. `kind`: done, broken, over, today, pause, wait, ahead, skip, or date for a milestone.

    `words` say the state, `when` the day; `touch` is None for a milestone; `can_tick` says that a person can act.
    """

    key: str
    name: str
    icon: str
    kind: str
    words: str = ""
    when: str = ""
    day: date | None = None
    moment: datetime | None = None
    who: str = ""
    outcome: str = ""
    note: str = ""
    touch: Touch | None = None
    message: Message | None = None
    act: Act | None = None
    can_tick: bool = False
    needs_outcome: bool = False

    @property
    def tries(self) -> str:
        """What to know about calls nobody answered."""
        if self.touch is None or self.touch.status != "planned":
            return ""
        return tries(self.touch.attempts, None if self.is_due else self.touch.due_on)

    @property
    def is_due(self) -> bool:
        """True when a person must act here today."""
        return self.kind in PEOPLE_FIRST

    @property
    def route_kind(self) -> str:
        """The look of the stop in the figure of the route."""
        return {"done": "done", "broken": "over", "over": "over", "today": "today"}.get(self.kind, "ahead")


def stops_of(trip: Trip, *, now: datetime) -> list[Stop]:
    """All stops in the order of their days: three dates of the trip, and every step planned, done or left out."""
    touches = db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id).order_by(Touch.id)).all()
    ids = [touch.message_id for touch in touches if touch.message_id]
    messages = {m.id: m for m in db.session.scalars(select(Message).where(Message.id.in_(ids)))} if ids else {}
    reader = _Reader(trip, messages, acts_of([trip.occasion_id], now), now)
    stops = [*_milestones(trip), *(reader.stop(touch) for touch in touches)]
    return sorted(stops, key=lambda stop: _place(stop, reader))


def next_of(stops: Sequence[Stop]) -> Stop | None:
    """The one step to do next: what broke, what is overdue, what is due, else the nearest ahead for a person."""
    waiting = [stop for stop in stops if stop.can_tick]
    order = {"broken": 0, "over": 1, "today": 2}
    return min(waiting, key=lambda stop: (order.get(stop.kind, 3), stop.day or date.max), default=None)


def next_letter(stops: Sequence[Stop]) -> Stop | None:
    """The nearest letter or SMS that goes by itself."""
    return next((s for s in stops if s.touch is not None and s.touch.automatic and s.kind in ("ahead", "wait")), None)


def messages_of(trip: Trip) -> Sequence[Message]:
    """Everything written for this trip, newest first."""
    return db.session.scalars(select(Message).where(Message.group_key == group_key(trip.occasion_id))
                              .order_by(Message.id.desc())).all()


def waiting_count(trip: Trip) -> tuple[int, int]:
    """(messages waiting in the outbox, letters and SMS still planned that would go): what cancelling stops."""
    waiting = sum(m.state in ("held", "queued", "claimed") for m in messages_of(trip))
    planned = db.session.scalars(select(Touch).where(
        Touch.occasion_id == trip.occasion_id, Touch.automatic, Touch.status == "planned")).all()
    reach = reach_now(trip.client)
    return waiting, sum(not reach.why_not(touch.channel, touch.klass) for touch in planned)


def _milestones(trip: Trip) -> Iterable[Stop]:
    for key, name, icon, day in (("purchase", _("Purchase"), "ticket", trip.purchase_on),
                                 ("departure", _("Departure"), "plane", trip.departure_on),
                                 ("return", _("Return"), "home", trip.return_on)):
        yield Stop(key, name, icon, "date", when=day_words(day), day=day)


def _place(stop: Stop, reader: "_Reader") -> tuple[Any, ...]:
    first = {"purchase": 0, "departure": 0, "return": 0}.get(stop.key, 1)
    touch = stop.touch
    # A step of the day of departure stands after the date, even before it has a moment.
    return (stop.day or date.max, first, stop.moment or reader.midday(stop.day), touch.id if touch else 0)


@dataclass
class _Reader:
    """Reads touches of one trip into stops."""

    trip: Trip
    messages: Mapping[int, Message]
    acts: Mapping[int, Act]
    now: datetime

    def __post_init__(self) -> None:
        self.tz = zone(self.trip.office.timezone)
        self.send_tz = zone(self.trip.client.zone)
        self.today = local_day(self.now, self.tz)
        occasion = self.trip.occasion
        self.version = occasion.plan_version_id
        self.anchors = store.dates_of(occasion)
        self.is_held = occasion.held_at is not None
        self.reach = reach_now(self.trip.client)

    def midday(self, day: date | None) -> datetime:
        """A moment for steps that have a day only."""
        return datetime.combine(day or date.max.replace(month=1), time(12), tzinfo=self.tz)

    def stop(self, touch: Touch) -> Stop:
        """The stop of one touch."""
        message = self.messages.get(touch.message_id or 0)
        kind, words = self._state(touch, message)
        step = store.step_with(touch.step_id) if touch.step_id else None
        day = self._day(touch)
        is_open = (touch.status == "planned" and not touch.automatic) or touch.status in BROKEN_STATUSES
        return Stop(
            f"touch-{touch.id}", touch_name(self.version, touch.step_id, touch.step_code, touch.channel),
            CHANNEL_ICONS.get(touch.channel, "flag"), kind, words, self._when(touch, day), day,
            touch.done_at or touch.send_at, self._who(touch),
            outcome_name(touch.outcome) if touch.outcome else "", touch.note, touch, message,
            self.acts.get(touch.id), can_tick=is_open and self.trip.cancelled_at is None,
            needs_outcome=is_ended_elsewhere(touch.step_code) or touch.status in BROKEN_STATUSES or bool(
                step and needs_panel(step) and touch.replaces_id is None))

    def _state(self, touch: Touch, message: Message | None) -> tuple[str, str]:
        if touch.status in BROKEN_STATUSES:
            return "broken", reason(touch.status)
        if touch.status == "done":
            return "done", _done_words(touch, message)
        if touch.status in ("skipped", "dropped", "cancelled"):
            return "skip", reason(touch.reason) or _("left out")
        if touch.automatic:
            return self._automatic(touch, message)
        if touch.due_on is not None and touch.due_on < self.today:
            days = (self.today - touch.due_on).days
            return "over", ngettext("overdue for %(num)d day", "overdue for %(num)d days", days)
        if touch.due_on == self.today:
            return "today", _("today")
        if touch.snoozed_until:
            return "pause", _("put off until %(day)s", day=day_short(touch.snoozed_until))
        return "ahead", ""

    def _automatic(self, touch: Touch, message: Message | None) -> tuple[str, str]:
        blocked = self.reach.why_not(touch.channel, touch.klass) if touch.status == "planned" else ""
        if blocked:
            # Its day stays: an address or a consent given until then brings it back.
            return "skip", reason(blocked)
        if self.is_held or (message is not None and message.state == "held"):
            return "pause", reason("held")
        if touch.send_at is not None and touch.send_at + LATE_AFTER <= self.now:
            return "broken", reason("late")
        return ("wait", _("on its way")) if touch.status == "queued" else ("ahead", "")

    def _day(self, touch: Touch) -> date | None:
        if touch.done_at is not None and touch.status == "done":
            return local_day(touch.done_at, self.tz)
        if touch.due_on or touch.planned_on:
            return touch.due_on or touch.planned_on
        step = store.step_with(touch.step_id) if touch.step_id else None
        own = step.rule.own_day(self.anchors) if step else None
        # What had no room may belong to a day before the purchase; nothing of a trip comes before that.
        return max(own, self.trip.purchase_on) if own else None

    def _when(self, touch: Touch, day: date | None) -> str:
        if touch.status in ("skipped", "dropped", "cancelled") or day is None:
            return ""
        at = touch.done_at if touch.status == "done" else touch.send_at
        if touch.reason == "time-unknown":
            return ""
        if at is not None:
            tz = self.tz if touch.status == "done" else self.send_tz
            return f"{day_words(local_day(at, tz))}, {at.astimezone(tz):%H:%M}"
        clock = f", {touch.due_time:%H:%M}" if touch.due_time else ""
        return f"{day_words(day)}{clock}"

    def _who(self, touch: Touch) -> str:
        if touch.status == "done" or touch.done_by:
            return "" if touch.done_by == "post" else touch.done_by
        return touch.assignee.name if touch.assignee else ""


def _done_words(touch: Touch, message: Message | None) -> str:
    if touch.reason == "time-unknown":
        return _("done, time unknown")
    if touch.reason in ("called-instead", "not-needed"):
        return reason(touch.reason)
    if touch.automatic and touch.done_by_id is not None:
        # It never arrived: a person dealt with it in another way.
        return _("settled")
    if message is None or not touch.automatic:
        return _("done")
    if message.state == "delivered":
        return _("delivered")
    return _("written to a file") if message.provider == SMS_FILE else _("sent")
