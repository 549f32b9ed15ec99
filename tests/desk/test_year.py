"""A year of the demo agency, moment by moment: letters in time and once, colours true every day, everything ticked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from complaint_make import bring_to, step
from sqlalchemy import func, select

from webapp.clients.models import Client
from webapp.complaints.actions import note_answer
from webapp.complaints.models import Complaint
from webapp.complaints.questions import actions_of
from webapp.complaints.step_rules import OPEN as OPEN_COMPLAINTS
from webapp.db import db
from webapp.desk.actions import tick
from webapp.desk.integrity import inspect
from webapp.kit.days import local_day, moment, zone
from webapp.post.models import Message, MessageEvent
from webapp.staff.audit import actor_of
from webapp.staff.calendars import calendar_of
from webapp.staff.models import Office, User
from webapp.touches.actions import ticking
from webapp.touches.answer_rules import is_ended_elsewhere
from webapp.touches.models import Occasion, Touch
from webapp.trips import board
from webapp.trips.actions import TripData, sell_trip
from webapp.trips.models import Trip

DAYS = 365
OPEN = ("planned", "queued", "missed", "failed", "unknown")
BROKEN = ("missed", "failed", "unknown")
PLACES = ("Анталья", "Пхукет", "Сочи", "Дубай", "Калининград", "Мальдивы", "Куда-нибудь ещё")
CALLS = ("come", "no", "no_answer", "plans_trip", "come", "recommends", "complains")
ENDS = {"burn_call": "told"}


@dataclass
class Year:
    """The clock of the test, the people, and what was noticed on the way."""

    now: datetime
    director: User
    offices: list[Office]
    sold: int = 0
    turn: int = 0
    heard: int = 0
    seen: dict[str, int] = field(default_factory=lambda: {"over": 0, "today": 0, "ticks": 0})

    def run_until(self, end: datetime) -> None:
        """The worker: a tick at every moment at which something falls due."""
        while (due := next_due()) is not None and due <= end:
            self.now = max(due, self.now)
            tick(now=self.now)
            self.seen["ticks"] += 1
            again = next_due()
            assert again is None or again > self.now, "a tick left behind what was due"
        self.now = end

    def day(self, day: date) -> None:
        """A look at nine, sales, work of people in the afternoon, and a white board in the evening."""
        for office in self.offices:
            self.run_until(moment(day, time(9), zone(office.timezone)))
        tick(now=self.now)
        self.compare_colours(whole=day.day in (1, 15))
        self.sell(day)
        self.run_until(moment(day, time(17), zone("Europe/Moscow")))
        self.work()
        left = board.counts_of(board.days_of(self.director, self.now), board.Wish())
        assert (left["over"], left["today"], left["broken"]) == (0, 0, 0), f"{day}: {left}"

    def compare_colours(self, *, whole: bool) -> None:
        """Colours worked out from the open touches alone are those of the board, row by row."""
        days = board.days_of(self.director, self.now)
        expected = dict(naive_states(days))
        shown: dict[int, str] = {}
        for wish in [board.Wish()] if whole else [board.Wish(show="over"), board.Wish(show="today")]:
            shown |= {row.trip_id: row.state for row in board.rows_of(days, wish, limit=900)[0]}
        coloured = {trip: state for trip, state in shown.items() if state in ("over", "today")}
        assert coloured == expected
        if whole:
            order = [("over", "today", "", "ended").index(state) for state in shown.values()]
            assert order == sorted(order)
        counts = board.counts_of(days, board.Wish())
        assert counts["over"] + counts["broken"] == list(expected.values()).count("over")
        assert counts["today"] == list(expected.values()).count("today")
        for state in ("over", "today"):
            self.seen[state] += list(expected.values()).count(state)

    def sell(self, day: date) -> None:
        """Every few days a client of one office buys again."""
        if day.toordinal() % 6:
            return
        office = self.offices[self.sold % len(self.offices)]
        client = db.session.scalars(select(Client).where(Client.office_id == office.id).order_by(Client.id)
                                    .offset(self.sold * 7 % 25)).first()
        assert client is not None
        seller = client.manager or self.director
        here = local_day(self.now, zone(office.timezone))
        away = here + timedelta(days=(0, 1, 2, 3, 5, 9, 20)[self.sold % 7])
        sell_trip(client, TripData(here, away, away + timedelta(days=self.sold % 12),
                                   destination=PLACES[self.sold % len(PLACES)],
                                   departure_time=time(2, 30) if self.sold % 3 == 0 else None,
                                   landing_time=time(21, 40) if self.sold % 4 == 0 else None),
                  seller=seller, actor=actor_of(seller), now=self.now, office=office)
        self.sold += 1

    def work(self) -> None:
        """Everybody does what is due on its very day; what broke is settled by customer service."""
        irina = db.session.scalars(select(User).where(User.role == "service")).one()
        self.hear_complaints()
        # A result may bring a task for the same day.
        while due := [touch for office in self.offices for touch in self.due(office)]:
            for touch in due:
                if touch.status in BROKEN:
                    ticking.tick(touch.id, actor=actor_of(irina), now=self.now, note="Позвонили")
                elif is_ended_elsewhere(touch.step_code):
                    self.hear_complaint(int(touch.step_code.partition(":")[2]))
                elif touch.id in {step.id for step in self.due(touch.client.office)}:
                    # The call before may have moved the visit.
                    self.finish(touch, local_day(self.now, zone(touch.client.office.timezone)))

    def hear_complaint(self, number: int) -> None:
        """What stands on the list for today: a draft is read, the client hears how it is handled."""
        row = db.session.get_one(Complaint, number)
        if row.state == "draft":
            step(row, "confirm", actor_of(self.director), self.now)
        bring_to(row, "told", actor_of(self.director), self.now)

    def hear_complaints(self) -> None:
        """A complaint takes three days from the first word to the last; the client is content."""
        boss = actor_of(self.director)
        for row in db.session.scalars(select(Complaint).where(Complaint.state.in_(OPEN_COMPLAINTS))).all():
            if row.state == "draft":
                step(row, "confirm", boss, self.now)
            elif row.state in ("received", "told"):
                bring_to(row, "investigated", boss, self.now)
            elif row.state not in ("shared", "waived"):
                bring_to(row, "shared", boss, self.now)
            elif not row.satisfaction:
                note_answer(row.id, "yes", actor=boss, now=self.now)
            elif not any(promise.is_open for promise in actions_of([row.id])):
                step(row, "close", boss, self.now)
                self.heard += 1
        # Letters that had waited for the end of a complaint find their steps.
        tick(now=self.now)

    def due(self, office: Office) -> list[Touch]:
        """Open steps that need a person in this office today."""
        today = local_day(self.now, zone(office.timezone))
        return list(db.session.scalars(select(Touch).where(Touch.office_id == office.id, Touch.status.in_(BROKEN) | (
            (Touch.status == "planned") & Touch.automatic.is_(False) & (Touch.due_on <= today))).order_by(Touch.id)))

    def finish(self, touch: Touch, today: date) -> None:
        """One step done with a result of its own."""
        self.turn += 1
        outcome = CALLS[self.turn % len(CALLS)] if touch.step_code == "call_back" else ENDS.get(touch.step_code, "")
        answers: dict[str, Any] = {"date": calendar_of(touch.client.office).on_or_after(today + timedelta(days=3)),
                                   "month": today + timedelta(days=120), "name": "Лидия"}
        user = touch.assignee or self.director
        ticking.tick(touch.id, actor=actor_of(user), now=self.now, outcome=outcome, note="Поговорили", answers=answers)


def next_due() -> datetime | None:
    """The next moment the rows themselves name."""
    found = [db.session.scalar(query) for query in (
        select(func.min(Touch.send_at)).join(Occasion, Occasion.id == Touch.occasion_id).where(
            Touch.status == "planned", Touch.automatic, Occasion.held_at.is_(None)),
        select(func.min(Message.next_try_at)).where(Message.state == "queued"))]
    return min((at for at in found if at is not None), default=None)


def naive_states(days: board.Days) -> Iterator[tuple[int, str]]:
    """(trip, colour) from the touches alone: the rule of the board as its users would tell it."""
    worst: dict[int, str] = {}
    query = (select(Trip.id, Trip.office_id, Touch.status, Touch.automatic, Touch.due_on, Touch.send_at,
                    Message.state.label("message_state"))
             .join(Touch, Touch.occasion_id == Trip.occasion_id).outerjoin(Message, Message.id == Touch.message_id)
             .where(Trip.cancelled_at.is_(None), Touch.status.in_(OPEN)))
    for row in db.session.execute(query):
        today = days.by_office[row.office_id]
        # What waits because its client complains is not late: nobody could do anything about it.
        is_held = row.message_state == "held"
        late = row.automatic and not is_held and row.send_at is not None and row.send_at + timedelta(hours=1) <= days.now
        for_people = not row.automatic and row.status == "planned" and row.due_on is not None
        if row.status in BROKEN or late or (for_people and row.due_on < today):
            worst[row.id] = "over"
        elif for_people and row.due_on == today:
            worst.setdefault(row.id, "today")
    yield from worst.items()


@pytest.mark.slow
def test_a_year_passes_without_a_late_letter_a_wrong_colour_or_a_forgotten_step(living: SimpleNamespace) -> None:
    director = db.session.scalars(select(User).where(User.role == "director")).one()
    year = Year(living.now, director, list(db.session.scalars(select(Office).order_by(Office.timezone.desc()))))
    last_message = db.session.scalar(select(func.max(Message.id))) or 0
    start = local_day(living.now, zone("Europe/Moscow"))
    year.work()
    for number in range(1, DAYS + 1):
        year.day(start + timedelta(days=number))
    assert year.sold > DAYS // 7 and year.seen["today"] > 100 and year.seen["over"] == 0
    messages = db.session.scalars(select(Message).where(Message.id > last_message)).all()
    assert len(messages) > 600
    assert year.heard > 3
    check_messages(list(messages))
    check_steps(start, start + timedelta(days=DAYS))
    assert inspect(now=year.now).faults == []


def check_messages(messages: list[Message]) -> None:
    """Each once, within a minute of its moment, while it is true, by day where its reader lives."""
    assert len({message.source for message in messages}) == len(messages)
    waited = set(db.session.scalars(select(MessageEvent.message_id).where(MessageEvent.code == "cap")))
    # Until the complaint of its reader was over.
    paused = set(db.session.scalars(select(MessageEvent.message_id).where(MessageEvent.code == "hold")))
    for message in messages:
        assert message.state in ("sent", "queued", "cancelled", "missed"), message.state
        if message.state == "missed" or message.state == "cancelled":
            assert message.id in paused or message.last_code in ("cap", "cancelled"), message.last_code
        if message.state != "sent":
            continue
        assert message.sent_at is not None
        due = message.next_try_at if message.id in waited else message.not_before
        assert timedelta(0) <= message.sent_at - due, message.source
        assert message.id in paused or message.sent_at - due <= timedelta(seconds=60), message.source
        assert message.true_until is None or message.sent_at < message.true_until
        assert time(9) <= message.sent_at.astimezone(zone(message.zone)).time() < time(21)


def check_steps(start: date, end: date) -> None:
    """Nothing planned for the past is open, and people did their steps on the day they were due."""
    for touch in db.session.scalars(select(Touch).where(Touch.status.in_(OPEN))):
        assert touch.due_on is None or touch.due_on >= end, (touch.step_code, touch.due_on)
    done = select(Touch).where(Touch.status == "done", Touch.automatic.is_(False), Touch.due_on > start,
                               Touch.done_at.is_not(None), ~Touch.step_code.startswith("attempt:"),
                               # Whoever tells the client of the procedure earlier than needed ends that task with it.
                               ~Touch.step_code.startswith("complaint"))
    for touch in db.session.scalars(done):
        assert touch.done_at is not None
        day = local_day(touch.done_at, zone(touch.client.office.timezone))
        assert day == touch.due_on or day <= start, (touch.step_code, touch.outcome, touch.note, day, touch.due_on)
