"""What the people of the demo do with cards; all through the verbs of the club."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from webapp.club.actions import cards as verbs
from webapp.club.actions import granting, spending
from webapp.club.actions.sales import use_card
from webapp.club.actions.warning import open_warnings
from webapp.club.burn_rules import WARN_DAYS
from webapp.club.models import head_of, terms
from webapp.club.sale_rules import discount, most_points
from webapp.db import db
from webapp.desk.demo_data import cards, habits
from webapp.desk.demo_data.actions import Opened
from webapp.desk.demo_data.cards import Bought
from webapp.kit.days import add_months, moment, zone
from webapp.post import actions as post
from webapp.staff.audit import actor_of
from webapp.staff.models import Office, User
from webapp.touches.actions import ticking
from webapp.touches.actions.sending import queue_due, settle
from webapp.touches.models import Touch
from webapp.trips.models import Trip

MINUTE = timedelta(minutes=1)
CARRIED_POINTS = 1840
MOST_SPENT = 700


@dataclass
class Club:
    """Cards by number of the client who has them."""

    agency: Opened
    held: dict[int, int] = field(default_factory=dict)

    def bring(self, office: Office, trips: dict[int, int], today: date, at: datetime) -> None:
        """Cards handed out before: each at its own day, with what was on it; and what became of some."""
        for bought in cards.past():
            if bought.office == office.code and bought.client in trips:
                day = today - timedelta(days=bought.days)
                noon = moment(day, time(12, bought.client % 60), zone(office.timezone))
                self._hand_out(bought, trips[bought.client], noon)
                self._fate(bought, office, at)
        if cards.office_of(cards.VIRTUAL) == office.code and cards.VIRTUAL in trips:
            trip = db.session.get_one(Trip, trips[cards.VIRTUAL])
            granting.welcome_back(trip.client, cause=f"trip:{trip.id}", now=at,
                                  actor=actor_of(self.agency.staff["irina"]))
        self._bring_unused(office, trips, today)
        burning = next(number for number, fate in cards.FATES.items() if fate == cards.BURNING)
        if cards.office_of(burning) == office.code and burning in trips:
            sold_on = add_months(today + timedelta(days=cards.BURNS_IN), -terms().months)
            self._hand_out(Bought(burning, 0, points=CARRIED_POINTS), trips[burning],
                           moment(sold_on, time(15, 5), zone(office.timezone)))
        for client in cards.TRAVEL:
            if client in self.held and client in trips and cards.office_of(client) == office.code:
                self.travel(client, trips[client], at)

    def _bring_unused(self, office: Office, trips: dict[int, int], today: date) -> None:
        """Cards nobody shows: of two the points burn in the days the demo lives through, for one a call is due."""
        burned_on = today - timedelta(days=cards.BURNED_AGO)
        of_here = {client: points for client, points in (cards.BURNED | cards.SAVED).items()
                   if cards.office_of(client) == office.code and client in trips}
        for client, points in of_here.items():
            self._asleep(office, client, trips[client], points, burned_on)
        if of_here:
            self._warned(office, burned_on)
            self._shown_in_time(office, of_here, burned_on - timedelta(days=cards.SAVED_BEFORE))
        if cards.office_of(cards.TO_TELL) == office.code and cards.TO_TELL in trips:
            self._asleep(office, cards.TO_TELL, trips[cards.TO_TELL], cards.TO_TELL_POINTS,
                         today + timedelta(days=cards.TO_TELL_IN))

    def _asleep(self, office: Office, client: int, trip_id: int, points: int, burns_on: date) -> None:
        sold_on = add_months(burns_on, -terms().months)
        self._hand_out(Bought(client, 0, points=points), trip_id,
                       moment(sold_on, time(14, client % 60), zone(office.timezone)))

    def _warned(self, office: Office, burns_on: date) -> None:
        """A month before: letter and SMS at their moments, and the call two days later."""
        def then(days: int, clock: time) -> datetime:
            return moment(burns_on - timedelta(days=days), clock, zone(office.timezone))
        open_warnings(now=then(WARN_DAYS, time(9)))
        for at in (then(WARN_DAYS, time(10)), then(WARN_DAYS - 1, time(12))):
            queue_due(now=at)
            post.deliver(now=at + MINUTE)
            settle(now=at + MINUTE)
        for touch in db.session.scalars(select(Touch).where(Touch.step_code == "burn_call", Touch.status == "planned")):
            ticking.tick(touch.id, outcome="told", note=habits.NO_HURRY, actor=actor_of(self.agency.staff["irina"]),
                         now=moment(touch.due_on or burns_on, time(12, 25), zone(office.timezone)))

    def _shown_in_time(self, office: Office, clients: Collection[int], day: date) -> None:
        for client in sorted(cards.SAVED.keys() & set(clients)):
            verbs.present(self.held[client], office=office, actor=actor_of(self.agency.staff["irina"]),
                          now=moment(day, time(16, client % 60), zone(office.timezone)))

    def sell(self, bought: Bought, trip_id: int | None, at: datetime) -> None:
        """A card over the counter."""
        if trip_id is not None and bought.client not in self.held:
            self._hand_out(bought, trip_id, at, is_news=True)

    def travel(self, client: int, trip_id: int, at: datetime) -> None:
        """The client shows the card when buying a trip; every other one pays a part with points."""
        trip = db.session.get_one(Trip, trip_id)
        if client not in self.held or client in cards.FATES or trip.cancelled_at is not None or not trip.price_kopecks:
            return
        price = trip.price_kopecks
        most = most_points(price, discount(price, terms().discount_bp), head_of(self.held[client]).balance,
                           terms().share_bp)
        spend = min(most, MOST_SPENT) // 100 * 100 if client % 2 else 0
        use_card(trip_id, self.held[client], spend=spend, key=f"demo:{trip_id}", now=at,
                 actor=actor_of(self._seller(trip)))

    def _hand_out(self, bought: Bought, trip_id: int, at: datetime, *, is_news: bool = False) -> None:
        trip = db.session.get_one(Trip, trip_id)
        seller = self._seller(trip)
        sale = verbs.Sale(bought.price, receipt=f"{bought.client + 200}" if bought.price else "", seller_id=seller.id,
                          note="" if bought.price else "День рождения", is_news=is_news)
        card = verbs.issue_card(trip.client, sale, office=trip.office, actor=actor_of(seller), now=at)
        if bought.points:
            granting.put_right(card.id, bought.points, cards.CARRIED_OVER, key=f"demo:{card.id}",
                               actor=actor_of(self.agency.staff["boris"]), now=at + MINUTE)
        self.held[bought.client] = card.id

    def _fate(self, bought: Bought, office: Office, at: datetime) -> None:
        card_id, actor = self.held[bought.client], actor_of(self.agency.staff["irina"])
        if bought.fate == cards.LENT:
            verbs.lend(card_id, to=None, name=cards.FRIEND, office=office, actor=actor, now=at)
        elif bought.fate == cards.BLOCKED:
            verbs.block(card_id, reason=cards.BLOCK_REASON, office=office, actor=actor, now=at)
        elif bought.fate == cards.PAYS:
            spending.spend(card_id, 300, what=cards.SERVICE, cost_kopecks=cards.SERVICE_COST,
                           receipt=cards.RECEIPT, office=office, key=f"demo:{card_id}", actor=actor, now=at)

    def _seller(self, trip: Trip) -> User:
        return trip.seller or self.agency.staff["irina"]
