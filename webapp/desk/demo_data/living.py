"""The past of the demo, lived day by day: deeds of people at their moments, and between them the clock ticks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from operator import itemgetter

from flask import current_app
from sqlalchemy import func, select

from webapp.db import db
from webapp.desk.actions import tick
from webapp.desk.demo_data import answers, cards, complaints, friends, habits, sales, surveys
from webapp.desk.demo_data.sales import Sale
from webapp.desk.demo_data.trouble import deliver_with_trouble
from webapp.desk.demo_data.working import MORNING, NIGHT, Work
from webapp.kit.days import ONE_DAY, moment, zone
from webapp.kit.workdays import WorkingDays
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.staff.calendars import calendar_of, today_of
from webapp.staff.models import Office
from webapp.touches.actions.sending import queue_due, settle
from webapp.touches.models import Occasion, Touch

AFTER_LUNCH = time(17, 20)
LEFT_OVERDUE = {"main": {-5: 1, -2: 1}, "ural": {-3: 1, -1: 1}}
LEFT_TODAY = {"main": 6, "ural": 2}
PUT_OFF_EARLIER = (-3, -2)
STARTED = 12
"""Days ago the agency began with Snova; older trips came with the sheet it had kept before."""
TROUBLES = {sales.FAILS: "fly_tomorrow", sales.SILENT: "bon_voyage"}
Deed = Callable[[datetime], object]
Told = Callable[[int, int], object]


@dataclass
class Life:
    """The time machine: what people do is planned first, then everything happens in its order."""

    work: Work
    now: datetime
    deeds: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    last: datetime | None = None

    def live(self, told: Told = lambda done, every: None) -> None:
        """Everything from the first sale until now; `told` hears how far it is."""
        for office in self.work.agency.offices.values():
            self._plan_office(office, today_of(office, self.now), calendar_of(office))
        for done, (at, _number, deed) in enumerate(sorted(self.deeds, key=itemgetter(0, 1))):
            self._tick_until(at)
            deed(at)
            told(done, len(self.deeds))
        self._tick_until(self.now)
        tick(now=self.now)

    def _plan_office(self, office: Office, today: date, calendar: WorkingDays) -> None:
        day = today - timedelta(days=STARTED)
        if office.code == "main":
            self._plan_letters(office, today)
        began = moment(day, time(9, 5), zone(office.timezone))
        self._plan_sales(office, today, calendar, began)
        self._plan_cards(office, today, calendar, began)
        for word in habits.WORDS:
            if self.work.office_of(word.number) == office.code:
                self._at(office, today + timedelta(days=word.day), time(13, word.number % 60),
                         lambda at, word=word: self.work.talk(word, today, at))  # type: ignore[misc]
        friends.plan(self.work, office, today, lambda *deed: self._at(office, *deed))
        surveys.plan(self.work, office, today, lambda *deed: self._at(office, *deed))
        complaints.plan(self.work, office, today, lambda *deed: self._at(office, *deed))
        while day <= today:
            self._plan_day(office, day, (day - today).days, calendar)
            day += ONE_DAY

    def _plan_letters(self, office: Office, today: date) -> None:
        """Clients answer, a stranger writes, one letter comes back."""
        for letter in answers.ANSWERS:
            self._at(office, today + timedelta(days=letter.day), time(letter.hour, 20),
                     lambda at, letter=letter: self.work.hear(office, letter, at))  # type: ignore[misc]
        self._at(office, today + timedelta(days=-1), time(11, 5), lambda at: self.work.lose(office, at))
        self._at(office, today + timedelta(days=answers.STRANGER.day), time(answers.STRANGER.hour, 3),
                 lambda at: answers.stranger(office, at))

    def _plan_sales(self, office: Office, today: date, calendar: WorkingDays, began: datetime) -> None:
        for sale in sales.sales(today):
            if sale.office == office.code:
                at = self._sold_at(sale, office, calendar)
                sell = self.work.bring if at < began else self.work.sell
                self._do(max(at, began), lambda now, sell=sell, sale=sale: sell(sale, now))  # type: ignore[misc]
                self._plan_fate(sale, office, max(at, began))

    def _plan_cards(self, office: Office, today: date, calendar: WorkingDays, began: datetime) -> None:
        """Cards of earlier, brought along with the trips; then one sold nearly every day."""
        self._do(began, lambda at: self.work.club.bring(office, self.work.trips, today, at))
        if cards.office_of(cards.TO_TELL) == office.code:
            self._at(office, today, time(0, 1), lambda at: self.work.expect(cards.TO_TELL, "burn_call", today, at))
        for bought in cards.recent():
            if bought.office == office.code:
                day = calendar.on_or_before(today - timedelta(days=bought.days))
                self._at(office, day, time(12, 10 + bought.client % 40), lambda at, bought=bought: (  # type: ignore[misc]
                    self.work.club.sell(bought, self.work.trips.get(bought.client), at)))

    def _sold_at(self, sale: Sale, office: Office, calendar: WorkingDays) -> datetime:
        tz = zone(office.timezone)
        day = calendar.on_or_before(sale.data.purchase_on)
        at = moment(day, time(10 + sale.number % 8, sale.number * 7 % 60), tz)
        if at > self.now - timedelta(minutes=5):
            at = moment(calendar.on_or_before(day - ONE_DAY), time(11 + sale.number % 7, sale.number % 60), tz)
        return at

    def _plan_fate(self, sale: Sale, office: Office, sold_at: datetime) -> None:
        landed = sale.data.departure_on + ONE_DAY
        if sale.fate == sales.CANCELLED:
            self._do(min(sold_at + timedelta(days=3, hours=2), self.now - timedelta(minutes=20)),
                     lambda at: self.work.cancel(sale, at))
        elif sale.fate == sales.STOPPED:
            self._at(office, landed, time(11), lambda at: self.work.stop(sale, at))
            self._at(office, landed + ONE_DAY, time(10, 5), lambda at: self.work.release(sale, at))

    def _plan_day(self, office: Office, day: date, ago: int, calendar: WorkingDays) -> None:
        wanted = LEFT_TODAY[office.code] if ago == 0 else LEFT_OVERDUE[office.code].get(ago, 0)
        if wanted:
            self._at(office, day - ONE_DAY, NIGHT, lambda at: self.work.agree(office, day, wanted, ago == 0, at))
            self._at(office, day, time(0), lambda at: self.work.leave(office, day, wanted))
        if ago in PUT_OFF_EARLIER:
            self._at(office, day, time(10, 1), lambda at: self.work.put_off(office, day, 1, 4 - ago, at))
        if calendar.is_working(day):
            for clock in (MORNING, AFTER_LUNCH):
                self._at(office, day, clock, lambda at: self.work.work(office, day, self.now, at))

    def _at(self, office: Office, day: date, clock: time, deed: Deed) -> None:
        self._do(moment(day, clock, zone(office.timezone)), deed)

    def _do(self, at: datetime, deed: Deed) -> None:
        if at <= self.now:
            self.deeds.append((at, len(self.deeds), deed))

    def _tick_until(self, end: datetime) -> None:
        """The worker's part: every moment at which something is due before `end`."""
        while (due := _next_due()) is not None and due <= end:
            at = due if self.last is None or due > self.last else self.last + timedelta(minutes=1)
            if at > end:
                return
            self._have_trouble(at)
            self._send(at)
            self.last = at

    def _send(self, at: datetime) -> None:
        """One tick; what only looks ahead is left to the first of the day, or loading would take minutes."""
        if self.last is None or at.date() != self.last.date():
            tick(now=at)
            return
        queue_due(now=at)
        post.deliver(now=at)
        settle(now=at)

    def _have_trouble(self, at: datetime) -> None:
        hit = {fate: self.work.phone_if_due(fate, step, at) for fate, step in TROUBLES.items()}
        if any(hit.values()):
            queue_due(now=at)
            deliver_with_trouble(current_app.extensions["snova.settings"], now=at,
                                 refused=frozenset(filter(None, [hit[sales.FAILS]])),
                                 silent=frozenset(filter(None, [hit[sales.SILENT]])))


def _next_due() -> datetime | None:
    """The next moment at which the worker has something to do."""
    letters = (select(func.min(Touch.send_at)).join(Occasion, Occasion.id == Touch.occasion_id)
               .where(Touch.status == "planned", Touch.automatic, Occasion.held_at.is_(None)))
    waiting = select(func.min(Message.next_try_at)).where(Message.state == "queued")
    leases = select(func.min(Message.lease_until)).where(Message.state.in_(("claimed", "handed")))
    return min((at for at in map(db.session.scalar, (letters, waiting, leases)) if at is not None), default=None)
