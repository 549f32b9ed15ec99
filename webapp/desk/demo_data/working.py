"""What people of the demo do: sell, call, meet, agree, put off, forget a few; all through the verbs real people use."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

from sqlalchemy import Select, select

from webapp.db import db
from webapp.desk.demo_data import answers, habits, routes, sales
from webapp.desk.demo_data.actions import Opened, sell
from webapp.desk.demo_data.clubbing import Club
from webapp.desk.demo_data.sales import Sale
from webapp.kit.days import zone
from webapp.post.models import Message
from webapp.staff.audit import actor_of
from webapp.staff.calendars import calendar_of
from webapp.staff.models import Office, User
from webapp.staff.rules import Actor
from webapp.touches.actions import journal, occasions, ticking
from webapp.touches.actions.sending import settle
from webapp.touches.answer_rules import ended_elsewhere
from webapp.touches.models import Touch
from webapp.trips.actions import cancel_trip, release_letters, stop_letters
from webapp.trips.models import Trip

MORNING, NIGHT = time(10, 10), time(18, 40)
EVERY = timedelta(minutes=17)
STOP_REASON = "Закрыт аэропорт, ждём новостей от оператора"


@dataclass
class Work:
    """The people, their trips so far by number, and the steps they will leave undone."""

    agency: Opened
    trips: dict[int, int] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    turns: Iterator[int] = field(default_factory=count)
    fates: dict[str, int] = field(default_factory=dict)
    heard: set[int | None] = field(default_factory=set)
    club: Club = field(init=False)

    def __post_init__(self) -> None:
        self.club = Club(self.agency)

    def office_of(self, number: int) -> str:
        """Code of the office that sells trip `number`."""
        return sales.office_of(sales.client_of(number))

    def sell(self, sale: Sale, at: datetime) -> None:
        """Sell the trip; managers of the same office take turns."""
        office = self.agency.offices[sale.office]
        day = at.astimezone(zone(office.timezone)).date()
        self._sold(sale, sell(sale.bought_on(day), office, self._seller(sale), now=at))
        self.club.travel(sale.client, self.trips[sale.number], at)

    def bring(self, sale: Sale, at: datetime) -> None:
        """A trip out of the sheet kept before: what was due by then is ticked, its time unknown."""
        office = self.agency.offices[sale.office]
        planned = occasions.preview("trip", sale.data.anchors, office, origin="import", now=at)
        today = at.astimezone(zone(office.timezone)).date()
        days = {step.code: step.rule.own_day(sale.data.anchors) or today for step, _touch in planned}
        done = frozenset(step.code for step, touch in planned if touch.status == "skipped" or (
            not step.rule.is_automatic and days[step.code] < today))
        self._sold(sale, sell(sale, office, self._seller(sale), done_steps=done, now=at))

    def _sold(self, sale: Sale, trip: Trip) -> None:
        self.trips[sale.number] = trip.id
        if sale.fate:
            self.fates[sale.fate] = trip.id

    def cancel(self, sale: Sale, at: datetime) -> None:
        """The client will not go."""
        reason = routes.WHY_CANCELLED[sale.number % len(routes.WHY_CANCELLED)]
        cancel_trip(self._trip(sale.number), reason=reason, actor=actor_of(self._seller(sale)), now=at)

    def stop(self, sale: Sale, at: datetime) -> None:
        """The director stops the letters of a trip."""
        stop_letters([self._trip(sale.number)], reason=STOP_REASON, actor=actor_of(self.agency.staff["boris"]), now=at)

    def release(self, sale: Sale, at: datetime) -> None:
        """The stop is lifted, for one SMS too late."""
        release_letters([self._trip(sale.number)], actor=actor_of(self.agency.staff["boris"]), now=at)

    def talk(self, word: habits.Word, today: date, at: datetime) -> None:
        """A contact outside the plan is written into the journal, perhaps with a next step."""
        trip = self._trip(word.number)
        journal.record_contact(
            trip.client, channel=word.channel, direction=word.direction, note=word.note, now=at,
            actor=actor_of(trip.seller or self.agency.staff["irina"]), next_note=word.next_note,
            next_on=None if word.next_in is None else today + timedelta(days=word.next_in))

    def hear(self, office: Office, said: answers.Answer, at: datetime) -> None:
        """The client who got the newest letter and has not written yet answers it."""
        for letter in self._unheard(office, at):
            answers.answer(letter, said.text, office, at)
        if said.day == 0:
            open_still = _for_people(office).where(Touch.step_code.startswith("reply:"))
            self.left |= {touch.id for touch in db.session.scalars(open_still)}

    def lose(self, office: Office, at: datetime) -> None:
        """The newest letter of somebody who has not written comes back."""
        for letter in self._unheard(office, at):
            answers.come_back(letter, office, at)
            settle(now=at)

    def _unheard(self, office: Office, at: datetime) -> list[Message]:
        found = [row for row in answers.last_letters(office, at) if row.client_id not in self.heard][:1]
        self.heard |= {row.client_id for row in found}
        return found

    def work(self, office: Office, day: date, now: datetime, at: datetime) -> None:
        """Everything due by `day` in this office gets done one by one, but for what was left."""
        due = _for_people(office).where(Touch.due_on <= day).order_by(Touch.due_on, Touch.id)
        for number, touch_id in enumerate(db.session.scalars(due.with_only_columns(Touch.id)).all()):
            moment_of_it = at + number * EVERY
            touch = db.session.get_one(Touch, touch_id)
            # A call just made may have moved the visit.
            still = touch.status == "planned" and touch.due_on is not None and touch.due_on <= day
            if still and touch_id not in self.left and moment_of_it < now:
                self._finish(touch, office, day, moment_of_it)

    def agree(self, office: Office, day: date, wanted: int, put_off: bool, at: datetime) -> None:
        """On the evening before `day`: as many steps as `wanted` (two more at most when `put_off`)."""
        due = self._due_on(office, day)
        if put_off and len(due) > wanted + 2:
            self.put_off(office, day, len(due) - wanted - 2, 1, at)
        if len(due) >= wanted:
            return
        sooner = (_for_people(office).join(Trip, Trip.occasion_id == Touch.occasion_id)
                  .where(Touch.due_on > day, Trip.return_on < day).order_by(Touch.due_on, Touch.id))
        busy = {touch.occasion_id for touch in due}
        for touch in db.session.scalars(sooner.limit(40)).all():
            if touch.occasion_id not in busy and len(busy) < wanted:
                busy.add(touch.occasion_id)
                self._bring_forward(touch, day, at)

    def leave(self, office: Office, day: date, wanted: int) -> None:
        """Some steps of `day` will not be done: timed meetings first, then one by one of different trips."""
        due = sorted(self._due_on(office, day), key=lambda touch: (touch.due_time is None, touch.id))
        self.left |= {touch.id for touch in due[:wanted]}
        loose = _for_people(office).where(Touch.due_on == day, Touch.occasion_id.is_(None))
        self.left |= {touch.id for touch in db.session.scalars(loose)}

    def expect(self, trip: int, step_code: str, day: date, at: datetime) -> None:
        """The step of the client of this trip stays open, and stands on `day` even where that is a day off."""
        client_id = self._trip(trip).client_id
        for touch in db.session.scalars(select(Touch).where(
                Touch.client_id == client_id, Touch.step_code == step_code, Touch.status == "planned")).all():
            self.left.add(touch.id)
            if touch.due_on != day:
                ticking.move(touch.id, day, actor=self._actor(touch), now=at)

    def put_off(self, office: Office, day: date, how_many: int, by_days: int, at: datetime) -> None:
        """Clients ask for another day."""
        calm = [touch for touch in self._due_on(office, day) if touch.due_time is None]
        for number, touch in enumerate(calm[:how_many]):
            later = calendar_of(office).on_or_after(day + timedelta(days=by_days + number % 3))
            note = habits.PUT_OFF_NOTES[next(self.turns) % len(habits.PUT_OFF_NOTES)]
            ticking.move(touch.id, later, actor=self._actor(touch), now=at, note=note, snooze=True)

    def phone_if_due(self, fate: str, step_code: str, at: datetime) -> str:
        """The phone to which the step of the trip with this `fate` goes now; "" when it is not its moment."""
        if fate not in self.fates:
            return ""
        touch = db.session.scalar(select(Touch).join(Trip, Trip.occasion_id == Touch.occasion_id).where(
            Trip.id == self.fates[fate], Touch.step_code == step_code, Touch.status == "planned", Touch.send_at <= at))
        return touch.client.phones[0].e164 if touch else ""

    def _bring_forward(self, touch: Touch, day: date, at: datetime) -> None:
        """A meeting is agreed for an hour of that day, a call just for the day."""
        if touch.channel != "visit":
            ticking.move(touch.id, day, actor=self._actor(touch), now=at)
            return
        clock = habits.MEETING_TIMES[next(self.turns) % len(habits.MEETING_TIMES)]
        ticking.tick(touch.id, actor=self._actor(touch), now=at, outcome="come", answers={"date": day, "time": clock})

    def _finish(self, touch: Touch, office: Office, day: date, at: datetime) -> None:
        result = habits.result_of(touch, next(self.turns), day, calendar_of(office))
        ticking.tick(touch.id, actor=self._actor(touch), now=at, outcome=result.outcome, note=result.note,
                     answers=result.answers)

    def _due_on(self, office: Office, day: date) -> list[Touch]:
        """One step per trip due on `day`, not left already."""
        rows = db.session.scalars(_for_people(office).join(Trip, Trip.occasion_id == Touch.occasion_id).where(
            Touch.due_on == day).order_by(Touch.id)).all()
        return [touch for touch in {row.occasion_id: row for row in rows}.values() if touch.id not in self.left]

    def _actor(self, touch: Touch) -> Actor:
        user = touch.assignee
        return actor_of(user if user is not None else self.agency.staff["irina"])

    def _trip(self, number: int) -> Trip:
        return db.session.get_one(Trip, self.trips[number])

    def _seller(self, sale: Sale) -> User:
        if sale.office == "ural":
            return self.agency.staff["elena"]
        return self.agency.staff["olga" if sale.client % 2 == 0 else "pavel"]


def _for_people(office: Office) -> Select[Touch]:
    """Open steps of people in one office."""
    return select(Touch).where(Touch.office_id == office.id, Touch.status == "planned", Touch.automatic.is_(False),
                               Touch.due_on.is_not(None),
                               *(~Touch.step_code.startswith(f"{kind}:") for kind in sorted(ended_elsewhere())))
