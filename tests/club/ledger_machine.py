"""Any sequence of movements, played to the product and to the model beside it; after each step both must agree."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import club_make
import make
from club.burn_make import at
from club.ledger_model import Kept, Op, Trip, World
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, insert, select, text, update

from webapp.club.actions.burning import burn_due
from webapp.club.actions.cards import Sale, issue_card, lend, present, take_back, virtual_card
from webapp.club.actions.joining import merge_cards
from webapp.club.actions.ledger import credit, debit, reverse
from webapp.club.actions.sales import recount, use_card
from webapp.club.actions.settling import settle_cancelled, settle_returned
from webapp.club.actions.warning import open_warnings
from webapp.club.ledger_rules import BadPosting
from webapp.club.models import BonusOp, BonusPosting, BurnWarning, Level, TripBonus
from webapp.db import db, transaction
from webapp.staff.audit import job
from webapp.staff.models import Office
from webapp.touches.models import Occasion, PlanVersion, Touch
from webapp.trips.models import Trip as TripRow

START = date(2026, 11, 20)
RATE = 200
TEST = job("test")
CREDITS = ("accrual", "coupon", "referral", "compensation", "welcome_back")
_keys = count(1)
_STATE = text("SELECT card.id, purse.balance, purse.debt, card.burn_on, card.active_on, (SELECT coalesce(sum(amount), 0) "
              "FROM bonus_posting WHERE card_id = card.id), (SELECT coalesce(sum(amount), 0) FROM bonus_debt WHERE "
              "card_id = card.id), (SELECT count(*) FROM burn_warning WHERE card_id = card.id AND state = 'open') FROM card "
              "JOIN purse ON purse.card_id = card.id WHERE card.id >= :first ORDER BY card.id")


def prepare() -> None:
    """The one level all clients of these sequences have."""
    with transaction() as session:
        for level in session.scalars(select(Level)):
            level.rate_bp = RATE
        session.merge(Level(code="C", rank=1, name_ru="Гость", name_en="Guest", rate_bp=RATE, min_trips=0,
                            min_spend_kopecks=0))


class Ledger(RuleBasedStateMachine):
    """Three clients with a card each (the third's is virtual at first), in two offices."""

    points = some.integers(1, 900)
    which = some.integers(0, 2)

    @initialize(begin=some.lists(some.integers(0, 900), min_size=3, max_size=3))
    def three_cards(self, begin: list[int]) -> None:
        self.world = World(START)
        main, east = db.session.scalars(select(Office).order_by(Office.id)).all()
        self.offices = (main, east)
        self.clients = [make.client(office, phone=None, email=None, now=self.now) for office in (main, main, main)]
        rows = [club_make.card(client, main, now=self.now) for client in self.clients[:2]]
        rows.append(virtual_card(self.clients[2], actor=TEST, now=self.now))
        self.ids = [row.id for row in rows]
        self.is_virtual = True
        self.world.cards = [Kept(START) for _ in rows]
        for which, points in enumerate(begin):
            if points:
                self.points_come(which, points, "coupon")

    @property
    def now(self) -> datetime:
        return at(self.world.today)

    def why(self, name: str) -> Any:
        return club_make.why(f"{name}-{self.ids[0]}-{next(_keys)}")

    @rule(days=some.integers(0, 45))
    def days_pass(self, days: int) -> None:
        self.world.today += timedelta(days=days)

    @rule(which=which)
    def the_day_of_burning_comes(self, which: int) -> None:
        burns = self.world.cards[which].home.burns
        if burns and burns > self.world.today:
            self.night()
            self.world.today = max(self.world.today, burns - timedelta(days=31))
            self.night()
            self.world.today = self.world.cards[which].home.burns or self.world.today
            self.night()

    @rule(which=which, points=points, kind=some.sampled_from(CREDITS))
    def points_come(self, which: int, points: int, kind: str) -> None:
        op = credit(self.ids[which], points, kind, self.why("come"), actor=TEST, now=self.now)
        kept = self.world.cards[which]
        kept.home.comes(points, self.world.today, pays=kind != "compensation")
        self.world.ops.append(Op(op.id, kept, points))

    @rule(which=which, points=points, kind=some.sampled_from(CREDITS), spend=points, days=some.integers(1, 31))
    def points_come_and_go_in_the_month_of_the_warning(self, which: int, points: int, kind: str, spend: int,
                                                       days: int) -> None:
        burns = self.world.cards[which].home.burns
        if burns and burns - timedelta(days=31) > self.world.today:
            self.world.today = burns - timedelta(days=31)
            self.night()
            self.world.today = burns - timedelta(days=days)
            self.points_come(which, points, kind)
            self.points_are_spent(which, spend)
            self.the_day_of_burning_comes(which)

    @rule(which=which, points=points, kind=some.sampled_from(CREDITS), less=some.integers(0, 3))
    def points_are_taken_back_after_they_were_spent(self, which: int, points: int, kind: str, less: int) -> None:
        self.points_come(which, points, kind)
        op = self.world.ops[-1]
        self.points_are_spent(which, max(1, self.world.cards[which].home.balance - less))
        reverse(op.number, self.why("back"), actor=TEST, now=self.now)
        self.world.taken_back(op)

    @rule(which=which, points=points)
    def points_are_spent(self, which: int, points: int) -> None:
        kept, why = self.world.cards[which], self.why("spend")
        try:
            for _twice in range(2):
                op = debit(self.ids[which], points, "spending", why, actor=TEST, now=self.now)
        except BadPosting as refusal:
            assert refusal.code == "not-enough" and kept.home.balance < points
            return
        assert kept.home.goes(points)
        self.world.ops.append(Op(op.id, kept, -points))

    @rule(which=which, office=some.integers(0, 1))
    def the_card_is_presented(self, which: int, office: int) -> None:
        home = self.world.cards[which].home
        present(self.ids[self.world.cards.index(home)], office=self.offices[office], actor=TEST, now=self.now)
        home.used(self.world.today)

    @precondition(lambda self: self.world.today.day % 5 == 0)
    @rule(which=which)
    def the_card_is_lent_and_returned(self, which: int) -> None:
        card_id = self.ids[self.world.cards.index(self.world.cards[which].home)]
        lend(card_id, to=None, name="Пётр", office=self.offices[0], actor=TEST, now=self.now)
        take_back(card_id, office=self.offices[0], actor=TEST, now=self.now)

    @precondition(lambda self: any(not op.undone for op in self.world.ops))
    @rule(number=some.integers(0, 50))
    def an_operation_is_taken_back(self, number: int) -> None:
        left = [op for op in self.world.ops if not op.undone]
        op = left[number % len(left)]
        reverse(op.number, self.why("back"), actor=TEST, now=self.now)
        self.world.taken_back(op)

    @rule(which=which, points=points, kind=some.sampled_from(CREDITS), spend=points, later=some.integers(0, 900))
    def points_burn_before_they_are_taken_back(self, which: int, points: int, kind: str, spend: int, later: int) -> None:
        self.points_come(which, points, kind)
        op = self.world.ops[-1]
        self.points_are_spent(which, spend)
        self.the_day_of_burning_comes(which)
        if later:
            self.points_come(which, later, "coupon")
        reverse(op.number, self.why("back"), actor=TEST, now=self.now)
        self.world.taken_back(op)

    @rule(which=which, other=which)
    def two_cards_become_one(self, which: int, other: int) -> None:
        source, target = self.world.cards[which], self.world.cards[other]
        if source.gone_to or target.gone_to or source is target:
            return
        merge_cards(self.ids[which], self.ids[other], key=f"merge-{self.ids[which]}", actor=TEST, now=self.now)
        self.world.joined(source, target)

    @precondition(lambda self: self.is_virtual and not self.world.cards[2].gone_to)
    @rule()
    def the_virtual_card_becomes_plastic(self) -> None:
        card = issue_card(self.clients[2], Sale(50_000), office=self.offices[0], actor=TEST, now=self.now)
        assert card.id == self.ids[2]
        self.world.cards[2].used(self.world.today)
        self.is_virtual = False

    @rule(which=which, rubles=some.integers(1_000, 90_000), share=some.integers(0, 30), days=some.integers(1, 40))
    def a_trip_is_sold(self, which: int, rubles: int, share: int, days: int) -> None:
        kept = self.world.cards[which].home
        spend = min(rubles * share // 100, kept.balance)
        back = self.world.today + timedelta(days=days)
        trip = self._trip(which, rubles * 100, back)
        use_card(trip, self.ids[self.world.cards.index(kept)], spend=spend, key=f"t{trip}", actor=TEST, now=self.now)
        kept.used(self.world.today)
        if spend:
            kept.goes(spend)
        self.world.trips.append(Trip(kept, trip, back, rubles, spend))

    @precondition(lambda self: any(trip.state != "cancelled" for trip in self.world.trips))
    @rule(number=some.integers(0, 9), rubles=some.integers(1_000, 90_000))
    def the_price_changes_and_is_counted_anew(self, number: int, rubles: int) -> None:
        trips = [trip for trip in self.world.trips if trip.state != "cancelled"]
        trip = trips[number % len(trips)]
        with transaction() as session:
            session.execute(update(TripRow).where(TripRow.id == trip.number).values(price_kopecks=rubles * 100))
        recount(trip.number, actor=TEST, now=self.now)
        trip.rubles, most = rubles, min(rubles * 30 // 100, rubles - rubles * 3 // 100)
        if trip.spent > most:
            trip.card.home.spends_less(trip.spent, most, self.world.today)
            trip.spent = most
        points = trip.points(RATE)
        if trip.state == "over" and points != (trip.came.amount if trip.came else 0):
            if trip.came:
                self.world.taken_back(trip.came, anew=points)
            if points:
                trip.card.home.comes(points, self.world.today)
            # The right points are the old ones put right: what has burned of those has burned of these.
            old = trip.came or Op(0, trip.card, 0)
            trip.came = Op(0, trip.card, points, burns=[*old.burns], ended=old.ended) if points else None

    @precondition(lambda self: self.world.trips)
    @rule(number=some.integers(0, 9))
    def the_trip_is_over(self, number: int) -> None:
        trip = self.world.trips[number % len(self.world.trips)]
        self.world.today = max(self.world.today, trip.back + timedelta(days=1))
        was_open = trip.state == "open"
        points = trip.points(RATE)
        assert settle_returned(trip.number, now=self.now) is (was_open and points > 0)
        if was_open:
            trip.state = "over"
            if points:
                trip.came = Op(0, trip.card, points)
                trip.card.home.comes(points, self.world.today)
                trip.card.home.used(self.world.today)

    @precondition(lambda self: self.world.trips)
    @rule(number=some.integers(0, 9))
    def the_trip_is_cancelled(self, number: int) -> None:
        trip = self.world.trips[number % len(self.world.trips)]
        with transaction() as session:
            session.execute(update(TripRow).where(TripRow.id == trip.number).values(cancelled_at=self.now))
        assert settle_cancelled(trip.number, now=self.now) is (trip.state != "cancelled")
        if trip.state != "cancelled":
            trip.card.home.comes(trip.spent, self.world.today)
            if trip.came:
                self.world.taken_back(trip.came)
            trip.state = "cancelled"

    @rule()
    def night(self) -> None:
        open_warnings(now=self.now)
        self._tell()
        for kept in self.world.cards:
            kept.is_warned(self.world.today)
        before = db.session.scalar(select(func.max(BonusOp.id))) or 0
        burned = burn_due(now=self.now)
        self._tell()
        lost = [kept.burn(self.world.today) for kept in self.world.cards]
        assert burned["points"] == sum(lost)
        numbers = dict(db.session.execute(select(BonusPosting.card_id, BonusOp.id).join(
            BonusOp, BonusOp.id == BonusPosting.op_id).where(BonusOp.id > before, BonusOp.kind == "burn")).all())
        for kept, card_id, points in zip(self.world.cards, self.ids, lost, strict=True):
            if points:
                self.world.burned(kept, points, numbers[card_id])

    @invariant()
    def both_agree(self) -> None:
        if not hasattr(self, "ids"):
            return
        db.session.rollback()
        for row, kept in zip(db.session.execute(_STATE, {"first": self.ids[0]}), self.world.cards, strict=True):
            burns, active = (date.fromisoformat(day) if isinstance(day, str) else day for day in row[3:5])
            assert (row[1], row[2], burns) == (kept.balance, kept.debt, kept.burns), row
            assert (row[5], row[6]) == (kept.balance, kept.debt) and row[1] >= 0
            assert kept.gone_to or active == kept.active
            assert row[7] == bool(kept.warned), "open warnings"

    def teardown(self) -> None:
        """Nothing of this sequence is looked at by the nights of the next."""
        with transaction() as session:
            session.execute(text("UPDATE card SET burn_on = NULL WHERE burn_on IS NOT NULL"))
            session.execute(text("UPDATE burn_warning SET state = 'void' WHERE state = 'open'"))

    def _tell(self) -> None:
        """Customer service reaches everybody on the day the warning begins."""
        ours = select(BurnWarning.occasion_id).where(BurnWarning.state == "open", BurnWarning.card_id >= self.ids[0])
        with transaction() as session:
            session.execute(update(Touch).where(Touch.occasion_id.in_(ours), Touch.step_code == "burn_call",
                                                Touch.status == "planned")
                            .values(status="done", outcome="told", done_at=self.now),
                            execution_options={"synchronize_session": False})

    def _trip(self, which: int, price: int, back: date) -> int:
        """A trip without its plan, which would cost most of the time and moves no points."""
        version = db.session.scalar(select(PlanVersion.id).limit(1))
        today = self.world.today
        with transaction() as session:
            occasion = session.execute(insert(Occasion).values(
                kind="trip", client_id=self.clients[which].id, office_id=self.offices[0].id, opened_at=self.now, anchors={},
                facts={}, plan_version_id=version, origin="hand", broken=0, hold_reason="").returning(Occasion.id)).scalar_one()
            trip = session.execute(insert(TripRow).values(
                occasion_id=occasion, client_id=self.clients[which].id, office_id=self.offices[0].id, purchase_on=today,
                departure_on=today, return_on=back, price_kopecks=price, created_at=self.now).returning(TripRow.id)).scalar_one()
        assert db.session.scalar(select(TripBonus.id).where(TripBonus.trip_id == trip)) is None
        return int(trip)
