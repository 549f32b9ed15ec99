"""Points burn after a fair warning, once, by the day of the card's home office (`domain.md` §5.4)."""

from datetime import date, timedelta

import club_make
import make
import pytest
from club.burn_make import (
    BURNS,
    ISSUED,
    ONE_DAY,
    asked,
    at,
    become,
    burns,
    fresh,
    live,
    many,
    open_steps,
    send_warning,
    the_call,
    warned,
    warnings,
)
from crowd import at_once
from sqlalchemy import func, select, update
from trip_make import in_trial

from webapp.clients.models import Client
from webapp.club.actions.burning import burn_due
from webapp.club.actions.cards import block, present
from webapp.club.actions.joining import merge_cards
from webapp.club.actions.nightly import look_after_club
from webapp.club.actions.sales import use_card
from webapp.club.actions.settling import settle_trips
from webapp.club.actions.warning import open_warnings
from webapp.club.models import BonusOp, BurnWarning, Card, Level
from webapp.club.sale_rules import Terms, terms_to
from webapp.db import db, transaction
from webapp.desk.actions import look, tick
from webapp.desk.integrity import inspect
from webapp.post.models import Message
from webapp.staff.audit import actor_of
from webapp.staff.models import Setting
from webapp.touches import store
from webapp.touches.actions import ticking
from webapp.touches.models import PlanStep, Touch
from webapp.trips.actions import cancel_trip


def tell(day: date, cast, outcome: str = "told") -> None:
    ticking.tick(the_call().id, actor=actor_of(cast.irina), now=at(day), outcome=outcome)


def test_the_client_is_warned_by_letter_sms_and_call_and_the_points_burn_on_the_day(cast, now) -> None:
    row = warned(cast, now)
    sent = db.session.execute(select(Message.channel, Message.state).order_by(Message.id)).all()
    assert [(m.channel, m.state) for m in sent] == [("email", "sent"), ("sms", "sent")]
    call = the_call()
    assert (call.due_on, call.assignee_id, call.status) == (date(2027, 4, 21), cast.irina.id, "planned")
    assert live(at(BURNS - ONE_DAY, 23, 50))["burned"] == 0 and club_make.balance(row) == 1840
    figures = live(at(BURNS, 0, 10))
    assert (figures["burned"], figures["burned_points"]) == (1, 1840)
    assert (club_make.balance(row), burns(row)) == (0, [(f"burn:{row.id}:2027-05-20", -1840)])
    assert warnings(row) == ["burned"] and fresh(row).burn_on is None and open_steps() == []
    assert inspect(now=at(BURNS)).faults == []


def test_looking_again_and_again_burns_and_warns_once(cast, now) -> None:
    row = warned(cast, now)
    for hour in range(1, 6):
        live(at(BURNS, hour))
    assert len(burns(row)) == 1 and warnings(row) == ["burned"]
    assert db.session.scalar(select(func.count()).select_from(Message)) == 2


def test_presenting_the_card_ends_the_warning_at_once_with_everything_that_was_to_come(cast, now) -> None:
    row = warned(cast, now)
    day = BURNS - 10 * ONE_DAY
    present(row.id, office=cast.east, actor=actor_of(cast.vera), now=at(day))
    assert warnings(row) == ["saved"] and open_steps() == []
    live(at(BURNS, 1), at(BURNS + 5 * ONE_DAY))
    assert club_make.balance(row) == 1840 and fresh(row).burn_on == date(2027, 11, 10)


def test_a_presentation_in_the_last_minute_of_the_home_office_saves_the_points(cast, now) -> None:
    in_trial()
    person = make.client(cast.east, now=now)
    row = club_make.card(person, cast.east, points=700, now=now)
    tz = "Asia/Vladivostok"
    for day, hour in ((31, 10), (30, 12)):
        live(at(BURNS - day * ONE_DAY, hour, tz=tz))
    last = at(BURNS - ONE_DAY, 23, 59, tz=tz)
    # In Moscow, where this office stands, it is still the afternoon of the same day.
    present(row.id, office=cast.main, actor=actor_of(cast.olga), now=last)
    live(last + timedelta(minutes=2))
    assert (fresh(row).active_on, club_make.balance(row)) == (BURNS - ONE_DAY, 700)


def test_points_burn_at_the_midnight_of_the_home_office_not_at_ours(cast, now) -> None:
    in_trial()
    rows = [club_make.card(make.client(office, phone=f"+7916000001{n}", email=f"n{n}@example.com", now=now), office,
                           points=100, now=now) for n, office in enumerate((cast.east, cast.main))]
    for office in ("Asia/Vladivostok", "Europe/Moscow"):
        live(at(BURNS - 31 * ONE_DAY, 10, tz=office), at(BURNS - 30 * ONE_DAY, 12, tz=office))
    live(at(BURNS, 0, 5, tz="Asia/Vladivostok"))
    assert [club_make.balance(row) for row in rows] == [0, 100]
    live(at(BURNS, 0, 5))
    assert [club_make.balance(row) for row in rows] == [0, 0]


@pytest.mark.parametrize(("late", "burned"), [(27, False), (28, True)])
def test_a_letter_that_arrived_28_days_before_is_enough_and_27_are_not(cast, now, late, burned) -> None:
    row = warned(cast, now, phone=None, bounced=())
    with transaction() as session:
        session.execute(update(Message).values(sent_at=at(BURNS - late * ONE_DAY, 23, 30)))
    live(at(BURNS, 1))
    assert bool(burns(row)) is burned
    if not burned:
        assert fresh(row).burn_on == BURNS + ONE_DAY and warnings(row) == ["open"]
        live(at(BURNS + ONE_DAY, 1))
        assert burns(row) == [(f"burn:{row.id}:2027-05-21", -1840)]


@pytest.mark.parametrize("fate", ["bounced", "complained", "failed", "unknown", "cancelled"])
def test_a_letter_that_did_not_arrive_is_no_proof_and_staff_are_told(cast, now, fate) -> None:
    row = warned(cast, now)
    become(fate, "email")
    become(fate, "sms")
    figures = live(at(BURNS, 1))
    assert (figures["burned"], figures["burn_unproven"]) == (0, 1)
    assert club_make.balance(row) == 1840 and warnings(row) == ["void", "open"]
    assert fresh(row).burn_on == BURNS + 31 * ONE_DAY
    call = the_call()
    assert (call.due_on, call.assignee_id, call.status) == (BURNS, cast.irina.id, "planned")
    assert "20.06.2027" in call.note and "не дошли" in call.note
    assert live(at(BURNS, 2))["burn_unproven"] == 0, "staff are told once"


def test_what_staff_told_by_phone_is_proof(cast, now) -> None:
    row = warned(cast, now, bounced=("email", "sms"))
    tell(BURNS - 28 * ONE_DAY, cast)
    live(at(BURNS, 1))
    assert [amount for _key, amount in burns(row)] == [-1840]


def test_a_call_nobody_answered_is_no_proof_and_one_that_came_late_moves_the_day(cast, now) -> None:
    row = warned(cast, now, bounced=("email", "sms"))
    tell(BURNS - 28 * ONE_DAY, cast, "no_answer")
    tell(BURNS - 20 * ONE_DAY, cast)
    assert live(at(BURNS, 1))["burn_later"] == 1
    assert fresh(row).burn_on == BURNS + 8 * ONE_DAY and not burns(row)
    live(at(BURNS + 8 * ONE_DAY, 1))
    assert burns(row) == [(f"burn:{row.id}:2027-05-28", -1840)]


def test_after_the_second_warning_has_arrived_the_points_burn(cast, now) -> None:
    row = warned(cast, now, bounced=("email", "sms"))
    live(at(BURNS, 11))
    second = BURNS + 31 * ONE_DAY
    live(at(BURNS + ONE_DAY, 13))
    live(at(second - ONE_DAY, 13))
    assert not burns(row)
    live(at(second, 1))
    assert burns(row) == [(f"burn:{row.id}:2027-06-20", -1840)] and warnings(row) == ["void", "burned"]


@pytest.fixture
def without_call(cast):
    """The agency has taken the call out of the plan."""
    with transaction() as session:
        for step in session.scalars(select(PlanStep).where(PlanStep.code == "burn_call")):
            step.active = False
    store.forget_steps()
    yield
    store.forget_steps()


def test_where_the_plan_has_no_call_any_more_staff_get_a_task(cast, now, without_call) -> None:
    row = warned(cast, now, bounced=("email", "sms"))
    live(at(BURNS, 1))
    task = db.session.scalars(select(Touch).where(Touch.step_code.startswith("burn_tell:"))).one()
    assert (task.channel, task.assignee_id, task.due_on) == ("task", cast.irina.id, BURNS) and "не дошли" in task.note
    present(row.id, office=cast.main, actor=actor_of(cast.olga), now=at(BURNS))
    assert fresh(row).burn_on == date(2027, 11, 20) and open_steps() == []


def test_points_that_came_after_the_warning_are_warned_of_anew(cast, now) -> None:
    row = warned(cast, now)
    club_make.give(row, 300, now=at(BURNS - 10 * ONE_DAY), kind="compensation")
    live(at(BURNS, 1))
    assert (club_make.balance(row), fresh(row).burn_on) == (300, BURNS + 31 * ONE_DAY)
    live(at(BURNS, 11), at(BURNS + ONE_DAY, 12))
    assert warnings(row) == ["burned", "open"]
    live(at(BURNS + 31 * ONE_DAY, 1))
    assert [amount for _key, amount in burns(row)] == [-1840, -300]


def test_what_was_spent_since_counts_against_the_points_that_were_warned_of(cast, now) -> None:
    row = warned(cast, now, points=1000)
    club_make.give(row, 500, now=at(BURNS - 10 * ONE_DAY), kind="compensation")
    club_make.spend(row, 600, now=at(BURNS - 9 * ONE_DAY))
    live(at(BURNS, 1))
    assert [amount for _key, amount in burns(row)] == [-400] and club_make.balance(row) == 500


def test_only_new_points_are_left_and_nothing_burns_without_their_own_warning(cast, now) -> None:
    row = warned(cast, now, points=100)
    club_make.give(row, 500, now=at(BURNS - 10 * ONE_DAY), kind="compensation")
    club_make.spend(row, 100, now=at(BURNS - 9 * ONE_DAY))
    live(at(BURNS, 1))
    assert not burns(row) and warnings(row) == ["void", "open"] and fresh(row).burn_on == BURNS + 31 * ONE_DAY


def test_a_card_without_points_is_neither_warned_nor_burned(cast, now) -> None:
    row = club_make.card(make.client(cast.main, now=now), cast.main, now=now)
    live(at(BURNS - 31 * ONE_DAY), at(BURNS))
    assert warnings(row) == [] and burns(row) == []


def test_points_that_are_gone_end_the_warning_at_once(cast, now) -> None:
    row = warned(cast, now)
    club_make.spend(row, 1840, now=at(BURNS - 9 * ONE_DAY))
    assert warnings(row) == ["void"] and open_steps() == []


def test_a_blocked_card_never_burns_and_lives_on_when_it_is_unblocked(cast, now) -> None:
    row = warned(cast, now)
    block(row.id, reason="потеряна", office=cast.main, actor=actor_of(cast.olga), now=at(BURNS - 5 * ONE_DAY))
    live(at(BURNS, 1), at(BURNS + 40 * ONE_DAY))
    assert warnings(row) == ["void"] and club_make.balance(row) == 1840


def test_of_two_merged_cards_the_longer_life_counts(cast, now) -> None:
    row = warned(cast, now)
    later = at(BURNS - 20 * ONE_DAY)
    other = club_make.card(make.client(cast.main, phone="+79160000002", email=None, now=now), cast.main, points=50,
                           now=later)
    merge_cards(row.id, other.id, key="m", actor=club_make.CLUB, now=later)
    live(at(BURNS, 1))
    assert club_make.balance(other) == 1890 and warnings(row) == ["void"] and not burns(row)


def test_points_credited_late_get_a_whole_month(cast, now) -> None:
    in_trial()
    row = club_make.card(make.client(cast.main, now=now), cast.main, now=now)
    day = BURNS - 5 * ONE_DAY
    club_make.give(row, 400, now=at(day), kind="compensation")
    live(at(day, 13))
    assert fresh(row).burn_on == day + 31 * ONE_DAY and warnings(row) == ["open"]
    live(at(BURNS, 1))
    assert not burns(row)


def test_a_worker_that_slept_for_two_days_moves_no_day(cast, now) -> None:
    in_trial()
    row = club_make.card(make.client(cast.main, now=now), cast.main, points=400, now=now)
    live(at(BURNS - 29 * ONE_DAY, 11))
    assert fresh(row).burn_on == BURNS
    live(at(BURNS, 1))
    assert len(burns(row)) == 1


def set_months(months: int) -> None:
    """The terms change; the kept days are those of before until somebody counts them anew."""
    with transaction() as session:
        session.merge(Setting(key="club", value=terms_to(Terms(months=months))))


def count_days(months: int) -> None:
    from webapp.club.activity import keep_burn_day
    set_months(months)
    with transaction() as session:
        for row in session.scalars(select(Card)):
            keep_burn_day(row)


def test_a_shorter_life_of_points_burns_nothing_without_a_fair_warning(cast, now) -> None:
    in_trial()
    row = club_make.card(make.client(cast.main, now=now), cast.main, points=400, now=now)
    count_days(1)
    day = ISSUED + 60 * ONE_DAY
    assert fresh(row).burn_on == date(2026, 12, 20)
    live(at(day, 11))
    assert not burns(row) and fresh(row).burn_on == day + 31 * ONE_DAY
    live(at(day + ONE_DAY, 12), at(day + 30 * ONE_DAY, 12))
    assert not burns(row)
    live(at(day + 31 * ONE_DAY, 1))
    assert len(burns(row)) == 1


def test_a_shorter_life_breaks_no_promise_of_a_warning_that_was_given(cast, now) -> None:
    row = warned(cast, now)
    count_days(5)
    live(at(BURNS - 20 * ONE_DAY))
    assert fresh(row).burn_on == BURNS and warnings(row) == ["open"]
    live(at(BURNS - ONE_DAY))
    assert not burns(row)
    live(at(BURNS, 1))
    assert len(burns(row)) == 1


@pytest.mark.parametrize("counted", [True, False])
def test_a_longer_life_ends_the_warning(cast, now, counted) -> None:
    row = warned(cast, now)
    (count_days if counted else set_months)(12)
    live(at(BURNS, 1), at(BURNS, 2))
    assert not burns(row) and warnings(row) == ["void"] and fresh(row).burn_on == date(2027, 11, 20)


def test_a_client_who_was_erased_is_neither_warned_nor_burned(cast, now) -> None:
    in_trial()
    person = make.client(cast.main, now=now)
    row = club_make.card(person, cast.main, points=400, now=now)
    with transaction():
        person.erased_at = now
    live(at(BURNS - 31 * ONE_DAY), at(BURNS), at(BURNS + 40 * ONE_DAY))
    assert warnings(row) == [] and burns(row) == []


def test_in_live_mode_an_sms_that_only_became_a_file_has_told_nobody(cast, now) -> None:
    row = warned(cast, now, email=None)
    with transaction() as session:
        session.merge(Setting(key="mode", value="live"))
        session.execute(update(Message).values(provider="sms_file"))
    assert look_after_club(now=at(BURNS, 1))["burn_unproven"] == 1 and not burns(row)


def test_what_was_rehearsed_in_trial_mode_is_no_proof_once_the_agency_is_live(cast, now) -> None:
    row = warned(cast, now)
    with transaction() as session:
        session.merge(Setting(key="mode", value="live"))
    assert look_after_club(now=at(BURNS, 1))["burn_unproven"] == 1 and not burns(row)


def test_in_trial_mode_only_points_of_the_demo_burn(cast, now, browse) -> None:
    real, example = warned(cast, now), club_make.card(
        make.client(cast.main, phone="+79160000002", email="two@example.com", now=now), cast.main, points=300, now=now)
    send_warning()
    with transaction() as session:
        session.get_one(Client, real.client_id).source = ""
    figures = burn_due(now=at(BURNS, 1))
    assert (figures["burned"], club_make.balance(real), club_make.balance(example)) == (1, 1840, 0)
    assert "у клиентов бонусы не сгорают" in browse(cast.boris).get("/cards/burning").text
    with transaction() as session:
        session.merge(Setting(key="mode", value="live"))
    assert burn_due(now=at(BURNS, 2))["unproven"] == 1 and club_make.balance(real) == 1840
    assert "у клиентов бонусы не сгорают" not in browse(cast.boris).get("/cards/burning").text


@pytest.mark.slow
def test_nobody_reached_says_so_every_month_and_burns_nothing(cast, now) -> None:
    in_trial()
    row = club_make.card(make.client(cast.main, phone=None, email=None, now=now), cast.main, points=400, now=now)
    told = [live(at(BURNS + n * ONE_DAY, 12))["burn_unproven"] for n in range(-31, 95)]
    assert sum(told) == 4 and not burns(row) and warnings(row) == ["void"] * 4 + ["open"]
    assert inspect(now=at(BURNS)).faults == []


def test_letters_that_failed_or_wait_are_put_away_with_the_burn(cast, now) -> None:
    row = warned(cast, now)
    become("failed", "sms")
    live(at(BURNS - 29 * ONE_DAY))
    live(at(BURNS, 1))
    assert len(burns(row)) == 1 and open_steps() == []
    assert inspect(now=at(BURNS)).faults == []


def test_two_workers_at_once_warn_and_burn_each_card_once(app, cast, now) -> None:
    in_trial()
    rows = many(cast.main, 12, now)
    given = at_once(app, 2, lambda _n: open_warnings(now=at(BURNS - 31 * ONE_DAY, 9)))
    assert sum(given) + open_warnings(now=at(BURNS - 31 * ONE_DAY, 9)) == 12
    assert [warnings(row) for row in rows] == [["open"]] * 12
    send_warning()
    found = at_once(app, 2, lambda _n: burn_due(now=at(BURNS, 1))["burned"])
    assert sum(found) + burn_due(now=at(BURNS, 1))["burned"] == 12
    assert [amount for row in rows for _key, amount in burns(row)] == [-(100 + n) for n in range(12)]
    assert inspect(now=at(BURNS)).faults == []


def test_a_burn_costs_the_same_number_of_queries_for_one_card_and_for_twenty(cast, now) -> None:
    in_trial()
    found = []
    for number, start in ((1, 0), (20, 100)):
        for n in range(start, start + number):
            club_make.card(make.client(cast.main, phone=f"+7916{n:07d}", email=f"n{n}@example.com", now=now), cast.main,
                           points=100, now=at(ISSUED + start * ONE_DAY))
        day = date(2027, 5, 20) if start == 0 else date(2027, 8, 28)
        send_warning(day)
        with asked() as counted:
            assert burn_due(now=at(day, 1))["burned"] == number
        found.append(len(counted))
    assert found[1] <= found[0] + 2


def test_a_trip_nobody_showed_the_card_for_brings_its_points_and_one_without_a_price_does_not(cast, now) -> None:
    in_trial()
    person = make.client(cast.main, now=now)
    row = club_make.card(person, cast.main, now=now)
    with transaction() as session:
        session.merge(Level(code="C", rank=1, name_ru="Гость", name_en="Guest", rate_bp=100))
    for price, day in ((10_000_000, 10), (None, 12), (5_000_000, 13)):
        make.trip(person, purchase=ISSUED, departure=date(2026, 12, 1), back=date(2026, 12, day), seller=cast.olga,
                  now=now, price_kopecks=price)
    assert live(at(date(2026, 12, 10), 23))["collected"] == 0
    figures = live(at(date(2026, 12, 11), 1))
    assert (figures["collected"], figures["accrued"]) == (1, 1)
    assert (club_make.balance(row), fresh(row).active_on) == (1000, date(2026, 12, 11))
    live(at(date(2027, 2, 20), 1))
    assert club_make.balance(row) == 1000, "a trip that ended more than sixty days ago is left alone"


def test_a_trip_bought_before_the_card_brings_nothing(cast, now) -> None:
    person = make.client(cast.main, now=now)
    row = club_make.card(person, cast.main, now=now)
    with transaction() as session:
        session.merge(Level(code="C", rank=1, name_ru="Гость", name_en="Guest", rate_bp=100))
    make.trip(person, purchase=ISSUED - ONE_DAY, departure=date(2026, 12, 1), back=date(2026, 12, 10), seller=cast.olga,
              now=now, price_kopecks=10_000_000)
    assert tick(now=at(date(2026, 12, 12)))["collected"] == 0 and club_make.balance(row) == 0


def test_a_cancelled_trip_gives_its_points_back_within_the_minute_and_looking_costs_five_questions(cast, now) -> None:
    person = make.client(cast.main, now=now)
    row = club_make.card(person, cast.main, points=500, now=now)
    trip = make.trip(person, purchase=ISSUED, departure=date(2026, 12, 1), back=date(2026, 12, 10), seller=cast.olga,
                     now=now, price_kopecks=10_000_000)
    use_card(trip.id, row.id, spend=400, key="k", actor=actor_of(cast.olga), now=now)
    with asked() as questions:
        settle_trips(now=now + timedelta(minutes=1))
    assert len([said for said in questions if said.startswith("SELECT")]) <= 5
    cancel_trip(trip, reason="передумали", actor=actor_of(cast.olga), now=now)
    assert look(now=now + timedelta(minutes=1))["reversed"] == 1 and club_make.balance(row) == 500


def test_the_ledger_says_who_burned_what_and_why(cast, now) -> None:
    row = warned(cast, now)
    live(at(BURNS, 1))
    op = db.session.scalars(select(BonusOp).where(BonusOp.kind == "burn")).one()
    warning = db.session.scalars(select(BurnWarning)).one()
    assert (op.actor, op.reason, op.cause, op.day, op.office_id) == (
        "burning", "burn", f"warning:{warning.id}", BURNS, cast.main.id)
    assert (warning.closed_on, warning.amount, warning.card_id) == (BURNS, 1840, row.id)
