"""The day's list: what people must do today and what is overdue, what they did, what tomorrow brings; plain rows."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from webapp.clients.models import Client, Phone
from webapp.db import db
from webapp.kit.days import ONE_DAY, local_day, zone
from webapp.kit.phones import display
from webapp.staff.models import Office, User, UserOffice
from webapp.touches.answer_rules import is_ended_elsewhere, letter_of, outcomes_of
from webapp.touches.kind_words import About, Home, about, homes_of
from webapp.touches.models import Occasion, Touch, TouchEvent
from webapp.touches.plan_rules import CHATS
from webapp.touches.state_rules import BROKEN_STATUSES
from webapp.touches.store import StoredStep, step_with
from webapp.trips.board_columns import CHANNEL_ICONS, needs_panel, touch_name
from webapp.trips.board_scope import Days
from webapp.trips.models import Trip
from webapp.trips.recent import SHOWN_FOR, VERBS, Act

SPOKEN = ("call", "visit", "chat", *CHATS, "email", "sms")
MOST = 300
RECENT_LINES = 50_000
_CHANNEL_ORDER = {"call": 0, "chat": 1, **dict.fromkeys(CHATS, 1), "visit": 2, "gift": 3}


@dataclass(frozen=True, slots=True)
class Spoken:
    """The last personal contact with a client: its day in the office, by which channel, who, what came of it."""

    day: date
    channel: str
    by: str
    outcome: str
    note: str


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `kind`: broken, over, today, later, done or skip; `days` counts how late it is.

    `whose` names a colleague whose step it is; `act` is what somebody did with it lately and may take back.
    `is_past` says that the hour agreed for today has passed; `about` is what stands where others have a trip;
    `home` is the page on which it is done, where a tick would be a lie.
    """

    id: int
    kind: str
    days: int
    name: str
    icon: str
    channel: str
    client_id: int
    client: str
    short_name: str
    trip_id: int | None
    destination: str
    departure_on: date | None
    return_on: date | None
    due_on: date | None
    due_time: Any
    reason: str
    note: str
    outcome: str
    outcomes: tuple[str, ...]
    needs_outcome: bool
    attempts: int
    whose: str
    zone: str
    today: date
    phones: tuple[tuple[str, str], ...] = ()
    spoken: Spoken | None = None
    act: Act | None = None
    is_past: bool = False
    is_answer: bool = False
    about: About | None = None
    home: Home | None = None

    @property
    def is_open(self) -> bool:
        """True while somebody must act."""
        return self.kind in ("broken", "over", "today")


def tasks_of(days: Days, people: Collection[int] | None, me: int) -> list[Task]:
    """What these people (None: everybody) must do: overdue first, then agreed hours, then the nearest trips."""
    due = and_(Touch.status == "planned", Touch.automatic.is_(False), _on(days, lambda today: Touch.due_on <= today))
    broken = and_(Touch.status.in_(BROKEN_STATUSES), Touch.office_id.in_(list(days.by_office)))
    if people is not None:
        broken = and_(broken, or_(Occasion.owner_id.in_(people), Occasion.owner_id.is_(None)))
    due = and_(due, _of(days, people, me))
    rows = [*db.session.execute(_base().where(due).order_by(Touch.due_on, Touch.id).limit(MOST)),
            *db.session.execute(_base().where(broken).order_by(Touch.id).limit(MOST))]
    return sorted(_tasks(rows, days, me, {}), key=_order)


def tomorrow_of(days: Days, people: Collection[int] | None, me: int) -> list[Task]:
    """What is planned for tomorrow."""
    due = and_(Touch.status == "planned", Touch.automatic.is_(False),
               _on(days, lambda today: Touch.due_on == today + ONE_DAY), _of(days, people, me))
    rows = db.session.execute(_base().where(due).order_by(Touch.due_time, Touch.id).limit(MOST)).all()
    return sorted(_tasks(rows, days, me, {}), key=_order)


def acted_on(days: Days, me: int) -> list[Task]:
    """What this person did today and may still take back, the newest first."""
    acts = {touch_id: act for touch_id, act in _acts(TouchEvent.user_id == me, days.now).items()
            if local_day(act.at, zone(next(iter(days.zones.values()), "UTC"))) == max(days.by_office.values())}
    rows = db.session.execute(_base().where(Touch.id.in_(acts), Touch.office_id.in_(list(days.by_office)),
                                            ~Touch.step_code.startswith("attempt:"))).all()
    done = [task for task in _tasks([row for row in rows if not is_ended_elsewhere(row.step_code)], days, me, acts)
            if not task.is_open]
    return sorted(done, key=lambda task: task.act.at if task.act else days.now, reverse=True)


def task_of(touch_id: int, days: Days, me: int) -> Task | None:
    """One item, for the answer to a tick; None when it is out of this person's sight."""
    rows = db.session.execute(_base().where(Touch.id == touch_id, Touch.office_id.in_(list(days.by_office)))).all()
    return next(iter(_tasks(rows, days, me, _acts(TouchEvent.touch_id == touch_id, days.now))), None)


def _base() -> Any:
    return (select(
        Touch.id, Touch.step_id, Touch.step_code, Touch.channel, Touch.automatic, Touch.status, Touch.reason,
        Touch.due_on, Touch.due_time, Touch.note, Touch.outcome, Touch.attempts, Touch.assignee_id, Touch.office_id,
        Touch.client_id, Touch.replaces_id, Occasion.plan_version_id, Occasion.kind, Occasion.anchors, Occasion.facts,
        User.name.label("assignee"), Client.last_name, Client.first_name, Trip.id.label("trip_id"), Trip.destination,
        Trip.departure_on, Trip.return_on)
        .join(Client, Client.id == Touch.client_id).outerjoin(Occasion, Occasion.id == Touch.occasion_id)
        .outerjoin(Trip, Trip.occasion_id == Touch.occasion_id).outerjoin(User, User.id == Touch.assignee_id))


def _of(days: Days, people: Collection[int] | None, me: int) -> ColumnElement[bool]:
    """Steps of these people, or of everybody in the offices: by name, because the index of steps begins with it."""
    colleagues = select(UserOffice.user_id).where(UserOffice.office_id.in_(list(days.by_office)))
    named = Touch.assignee_id.in_(people) if people is not None else or_(
        Touch.assignee_id.in_(colleagues), Touch.assignee_id == me)
    # What belongs to nobody is everybody's, or it would be forgotten.
    return or_(named, Touch.assignee_id.is_(None))


def _on(days: Days, condition: Any) -> ColumnElement[bool]:
    """`condition(today)` for the touches of each office by its own date."""
    parts = [and_(Touch.office_id.in_(ids), condition(day)) for day, ids in days.groups.items()]
    return or_(false(), *parts)


def _tasks(rows: Sequence[Row[Any]], days: Days, me: int, acts: dict[int, Act]) -> list[Task]:
    clients = {row.client_id for row in rows}
    phones, spoken = _phones(clients), _spoken(clients, days)
    homes = homes_of(row.step_code for row in rows)
    return [_task(row, days, me, acts.get(row.id), phones.get(row.client_id, ()), spoken.get(row.client_id),
                  homes.get(row.step_code)) for row in rows]


def _task(row: Row[Any], days: Days, me: int, act: Act | None, phones: tuple[tuple[str, str], ...],
          spoken: Spoken | None, home: Home | None) -> Task:
    today = days.by_office[row.office_id]
    kind = _kind(row, today)
    step = step_with(row.step_id) if row.step_id else None
    asks = step is not None and row.replaces_id is None and kind != "broken"
    name = f"{row.last_name} {row.first_name}".strip()
    short = f"{row.last_name} {row.first_name[:1]}." if row.last_name and row.first_name else name
    return Task(
        row.id, kind, (today - row.due_on).days if row.due_on else 0,
        touch_name(row.plan_version_id, row.step_id, row.step_code, row.channel),
        "mail" if letter_of(row.step_code) else CHANNEL_ICONS.get(row.channel, "flag"),
        row.channel, row.client_id, name, short, row.trip_id,
        row.destination or "", row.departure_on, row.return_on, row.due_on, row.due_time,
        row.status if kind == "broken" else row.reason,
        row.note, row.outcome, _outcomes(step, row, asks), bool(step and asks and needs_panel(step)),
        row.attempts, (row.assignee or "").split(" ")[0] if row.assignee_id not in (me, None) else "",
        days.zones[row.office_id], today, phones, spoken, act,
        kind == "today" and row.due_time is not None
        and row.due_time < days.now.astimezone(zone(days.zones[row.office_id])).time(),
        letter_of(row.step_code) is not None, about(row.kind, row.client_id, row.anchors, row.facts), home)


def _outcomes(step: StoredStep | None, row: Row[Any], asks: bool) -> tuple[str, ...]:
    if step is None:
        return outcomes_of(row.step_code)
    return step.outcomes if asks else ()


def _kind(row: Row[Any], today: date) -> str:
    if row.status in BROKEN_STATUSES:
        return "broken"
    if row.status != "planned" or row.due_on is None:
        return "done" if row.status == "done" else "skip"
    return "over" if row.due_on < today else "today" if row.due_on == today else "later"


def _order(task: Task) -> tuple[Any, ...]:
    """Broken and overdue first, then by the clock, then calls to those whose journey, or other date, is nearest."""
    late = {"broken": 0, "over": 1}.get(task.kind, 2)
    clock = task.due_time.strftime("%H:%M") if task.due_time else "~"
    days = (task.departure_on, task.return_on, task.about.on if task.about else None)
    dates = [abs((day - task.today).days) for day in days if day]
    return (late, -task.days if late == 1 else 0, clock, _CHANNEL_ORDER.get(task.channel, 4), min(dates, default=999),
            task.id)


def _phones(client_ids: Iterable[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    query = (select(Phone.client_id, Phone.e164).where(Phone.client_id.in_(client_ids), Phone.broken_at.is_(None))
             .order_by(Phone.position, Phone.id))
    for row in db.session.execute(query):
        found[row.client_id] = (*found.get(row.client_id, ()), (row.e164, display(row.e164)))
    return found


def _spoken(client_ids: Iterable[int], days: Days) -> dict[int, Spoken]:
    newest = (select(func.max(Touch.id)).where(
        Touch.client_id.in_(client_ids), Touch.status == "done", Touch.automatic.is_(False),
        Touch.channel.in_(SPOKEN), Touch.done_at.is_not(None)).group_by(Touch.client_id))
    query = (select(Touch.client_id, Touch.done_at, Touch.channel, Touch.done_by, Touch.outcome, Touch.note,
                    Office.timezone).join(Office, Office.id == Touch.office_id).where(Touch.id.in_(newest)))
    return {row.client_id: Spoken(local_day(row.done_at, zone(row.timezone)), row.channel, row.done_by.split(" ")[0],
                                  row.outcome, row.note) for row in db.session.execute(query)}


def _acts(condition: ColumnElement[bool], now: datetime) -> dict[int, Act]:
    undo = aliased(TouchEvent)
    # The history is long and has no index by person; what happened today is among its last lines.
    last = select(func.coalesce(func.max(TouchEvent.id), 0)).scalar_subquery()
    query = (select(TouchEvent.touch_id, TouchEvent.verb, TouchEvent.actor, TouchEvent.at, TouchEvent.bundle)
             .outerjoin(undo, undo.undoes_id == TouchEvent.id)
             .where(condition, TouchEvent.id > last - RECENT_LINES,
                    TouchEvent.at > now - SHOWN_FOR - timedelta(hours=6), TouchEvent.verb.in_(VERBS),
                    TouchEvent.user_id.is_not(None), undo.id.is_(None), TouchEvent.bundle != "")
             .order_by(TouchEvent.id))
    return {row.touch_id: Act(*row) for row in db.session.execute(query)}
