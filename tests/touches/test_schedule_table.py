"""Every step of the shipped plan, lateness, quiet hours and ends of truth, as tables."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from plan_make import STEPS, ZONES, at, calendar, day, plan, seen, trip

from webapp.kit.days import local_day, moment, zone
from webapp.touches.rules import BadAnchors, BadStep, Step, Truth, schedule
from webapp.touches.starter import STARTER_PLAN

LONG_TRIP = trip("07-01", "07-15", "07-25")
ALL_STEPS = tuple(replace(step, active=True) for step in STARTER_PLAN)

ORDINARY = {
    "thank_you": "07-01 12:34",
    "service_call": "07-02",
    "packing": "07-03 10:00",
    "challenge": "07-12 10:00",
    "fly_tomorrow": "07-14 12:00",
    "bon_voyage": "07-15 09:00",
    "settled_in": "07-16 12:00",
    "welcome_back_sms": "07-25 18:00",
    "welcome_home": "07-26 10:00",
    "call_back": "07-27",
    "loyalty": "07-28 10:00",
    "testimonial": "07-30 10:00",
    "tell_friends": "08-01 10:00",
    "visit": "08-03",
    "year_ago": "06-20 10:00",
}


def test_a_trip_entered_on_the_day_of_purchase_gets_every_step_on_its_own_day():
    touches = plan(LONG_TRIP, at("07-01 12:34"), ALL_STEPS)
    assert {code: seen(touch) for code, touch in touches.items()} == ORDINARY
    assert touches["year_ago"].due_on == date(2027, 6, 20)


def test_only_active_steps_are_planned_and_in_the_order_of_the_plan():
    codes = [touch.code for touch in schedule(STARTER_PLAN, LONG_TRIP, at("07-01 12:34"), calendar())]
    assert codes == [code for code in ORDINARY if code not in ("service_call", "year_ago")]


@pytest.mark.parametrize(
    ("code", "until"),
    [
        ("thank_you", "07-04 00:00"),
        ("packing", "07-15 00:00"),
        ("challenge", "07-15 00:00"),
        ("fly_tomorrow", "07-15 00:00"),
        ("bon_voyage", "07-16 00:00"),
        ("settled_in", "07-17 00:00"),
        ("welcome_back_sms", "07-26 12:00"),
        ("welcome_home", "07-30 00:00"),
        ("loyalty", "08-05 00:00"),
        ("testimonial", "08-07 00:00"),
        ("tell_friends", "08-09 00:00"),
    ],
)
def test_every_automatic_step_carries_its_end_of_truth(code, until):
    assert plan(LONG_TRIP, at("07-01 12:34"))[code].true_until == at(until)


def test_steps_for_people_have_a_day_and_no_moment():
    touches = plan(LONG_TRIP, at("07-01 12:34"))
    assert [(touches[code].send_at, touches[code].true_until) for code in ("call_back", "visit")] == [
        (None, None)
    ] * 2


@pytest.mark.parametrize(
    ("now", "code", "expected"),
    [
        # At once, then late, then quiet, then over.
        ("07-01 00:00", "thank_you", "07-01 09:00"),
        ("07-01 08:59", "thank_you", "07-01 09:00"),
        ("07-01 09:00", "thank_you", "07-01 09:00"),
        ("07-01 20:59", "thank_you", "07-01 20:59"),
        ("07-01 21:00", "thank_you", "07-02 09:00"),
        ("07-01 23:59", "thank_you", "07-02 09:00"),
        ("07-02 15:00", "thank_you", "07-02 15:00"),
        ("07-03 20:59", "thank_you", "07-03 20:59"),
        ("07-03 21:00", "thank_you", "skipped entered-late"),
        ("07-04 00:00", "thank_you", "skipped entered-late"),
        # The letters before departure.
        ("07-03 10:00", "packing", "07-04 10:00"),
        ("07-04 12:00", "packing", "07-04 12:00"),
        ("07-14 20:59", "packing", "07-14 20:59"),
        ("07-14 21:00", "packing", "skipped entered-late"),
        ("07-14 20:59", "challenge", "dropped no-room"),
        ("07-13 12:00", "challenge", "07-14 10:00"),
        ("07-15 12:00", "challenge", "skipped entered-late"),
        # SMS never leave their day.
        ("07-14 11:59", "fly_tomorrow", "07-14 12:00"),
        ("07-14 12:01", "fly_tomorrow", "07-14 12:01"),
        ("07-14 20:59", "fly_tomorrow", "07-14 20:59"),
        ("07-14 21:00", "fly_tomorrow", "skipped entered-late"),
        ("07-15 08:59", "fly_tomorrow", "skipped entered-late"),
        ("07-15 08:59", "bon_voyage", "07-15 09:00"),
        ("07-15 20:59", "bon_voyage", "07-15 20:59"),
        ("07-15 21:00", "bon_voyage", "skipped entered-late"),
        ("07-16 13:00", "settled_in", "07-16 13:00"),
        ("07-16 21:00", "settled_in", "skipped entered-late"),
        ("07-25 19:00", "welcome_back_sms", "07-25 19:00"),
        ("07-25 21:00", "welcome_back_sms", "07-26 09:00"),
        ("07-26 12:00", "welcome_back_sms", "07-26 12:00"),
        ("07-26 12:01", "welcome_back_sms", "skipped entered-late"),
        # After the return.
        ("07-29 20:59", "welcome_home", "07-29 20:59"),
        ("07-29 21:00", "welcome_home", "skipped entered-late"),
        ("07-29 20:59", "loyalty", "07-30 10:00"),
        ("07-29 20:59", "testimonial", "07-31 10:00"),
        ("07-29 20:59", "tell_friends", "08-01 10:00"),
        ("08-04 20:59", "loyalty", "08-04 20:59"),
        ("08-04 21:00", "loyalty", "skipped entered-late"),
        ("08-04 21:00", "testimonial", "08-05 09:00"),
        ("08-04 21:00", "tell_friends", "08-06 10:00"),
        ("08-06 20:59", "testimonial", "08-06 20:59"),
        ("08-06 21:00", "tell_friends", "08-07 09:00"),
        ("08-08 21:00", "tell_friends", "skipped entered-late"),
    ],
)
def test_what_is_late_goes_now_waits_for_the_morning_or_is_left_out(now, code, expected):
    assert seen(plan(LONG_TRIP, at(now))[code]) == expected


@pytest.mark.parametrize(
    ("departure", "letters"),
    [
        ("07-25", ["07-20", "07-22", "07-23"]),
        ("07-24", ["07-20", "07-22", "07-23"]),
        ("07-23", ["07-20", "07-22", "dropped no-room"]),
        ("07-22", ["07-20", "07-21", "dropped no-room"]),
        ("07-21", ["07-20", "dropped no-room", "dropped no-room"]),
        ("07-20", ["07-20", "dropped no-room", "dropped no-room"]),
    ],
)
def test_letters_before_departure_keep_their_order_or_have_no_room(departure, letters):
    touches = plan(trip("07-20", departure, "08-05"), at("07-20 12:00"))
    assert [seen(touches[code])[: 5 if touches[code].is_planned else 99]
            for code in ("thank_you", "packing", "challenge")] == letters  # fmt: skip


def test_a_letter_the_night_pushes_on_pushes_the_next_one():
    touches = plan(trip("07-20", "07-23", "08-05"), at("07-22 22:00"))
    assert seen(touches["thank_you"]) == "skipped entered-late"
    # Nothing went before it, so it keeps its day; the night then carries it past the eve of departure.
    assert seen(touches["packing"]) == "skipped entered-late"
    touches = plan(trip("07-20", "07-26", "08-05"), at("07-21 22:00"))
    assert [seen(touches[code]) for code in ("thank_you", "packing", "challenge")] == [
        "07-22 09:00", "07-23 10:00", "07-24 10:00",
    ]  # fmt: skip


def test_the_eve_of_departure_is_taken_even_when_its_hour_has_passed():
    touches = plan(trip("07-15", "07-19", "08-05"), at("07-18 15:00"))
    assert seen(touches["thank_you"]) == "skipped entered-late"
    assert seen(touches["packing"]) == "07-18 15:00"
    assert seen(touches["challenge"]) == "dropped no-room"
    assert seen(touches["fly_tomorrow"]) == "07-18 15:00"


def test_a_trip_entered_on_the_day_of_departure_wishes_a_good_flight_and_no_more():
    touches = plan(trip("07-20", "07-20", "08-05"), at("07-20 14:00"))
    assert seen(touches["fly_tomorrow"]) == "skipped entered-late"
    assert seen(touches["bon_voyage"]) == "07-20 14:00"
    assert seen(touches["settled_in"]) == "07-21 12:00"


@pytest.mark.parametrize("name", ZONES)
def test_the_same_local_plan_in_every_zone(name):
    tz = zone(name)
    touches = plan(LONG_TRIP, at("07-01 12:34", tz), ALL_STEPS, calendar=calendar(name))
    assert {code: seen(touch, tz) for code, touch in touches.items()} == ORDINARY


@pytest.mark.parametrize(
    ("name", "back", "hours"),
    [
        ("Europe/Berlin", "2026-03-28", 23),
        ("Europe/Berlin", "2026-10-24", 25),
        ("America/New_York", "2026-03-07", 23),
        ("America/New_York", "2026-10-31", 25),
        ("Europe/Moscow", "2026-03-28", 24),
    ],
)
def test_local_hours_hold_over_a_change_of_clocks(name, back, hours):
    tz = zone(name)
    touches = plan(
        trip("2026-02-01", "2026-02-20", back), at("2026-02-01 12:00", tz), calendar=calendar(name)
    )
    sent = touches["welcome_home"].send_at
    assert sent.astimezone(tz).time() == time(10)
    assert sent - moment(day(back), time(10), tz) == timedelta(hours=hours)


def test_letters_live_in_the_zone_of_the_client_and_calls_in_that_of_the_office():
    where = calendar("Asia/Kamchatka", client="Europe/Kaliningrad")
    touches = plan(LONG_TRIP, at("07-25 23:30", zone("Europe/Kaliningrad")), calendar=where)
    home = zone("Europe/Kaliningrad")
    assert seen(touches["welcome_back_sms"], home) == "07-26 09:00"
    # In Kamchatka it is already the 26th, a Sunday; the own day of the call is the 27th.
    assert seen(touches["call_back"]) == "07-27"
    late = plan(LONG_TRIP, at("07-27 23:30", home), calendar=where)
    assert seen(late["call_back"]) == "07-28"


@pytest.mark.parametrize(
    ("anchors", "code"),
    [
        (trip("07-20", "07-19", "07-25"), "departure-before-purchase"),
        (trip("07-10", "07-15", "07-14"), "return-before-departure"),
        (trip("07-21", "07-25", "07-30"), "purchase-in-future"),
        ({"purchase": day("07-10"), "return": day("07-09")}, "return-before-purchase"),
    ],
)
def test_dates_that_cannot_be_true_are_refused(anchors, code):
    with pytest.raises(BadAnchors) as refused:
        plan(anchors, at("07-20 23:59"))
    assert refused.value.code == code


def test_a_purchase_of_today_is_judged_by_the_office_and_not_by_utc():
    kamchatka = zone("Asia/Kamchatka")
    now = at("07-21 01:00", kamchatka)
    assert local_day(now, zone("UTC")) == day("07-20")
    touches = plan(trip("07-21", "07-25", "07-30"), now, calendar=calendar("Asia/Kamchatka"))
    assert seen(touches["thank_you"], kamchatka) == "07-21 09:00"


def test_a_day_trip_and_a_purchase_on_the_day_of_departure_are_possible():
    touches = plan(trip("07-20", "07-20", "07-20"), at("07-20 08:00"))
    assert seen(touches["bon_voyage"]) == "07-20 09:00"
    assert seen(touches["welcome_back_sms"]) == "07-20 18:00"


def test_a_step_whose_date_is_not_known_is_dropped_and_hinders_nobody():
    touches = plan({"purchase": day("07-20")}, at("07-20 12:00"))
    assert seen(touches["visit"]) == "dropped no-date"
    assert seen(touches["packing"]) == "07-22 10:00"


def test_other_occasions_use_the_same_function_with_their_own_dates():
    refusal = (
        Step("letter_1", "email", "refused", 0, truth=Truth(3), series="refusal"),
        Step("letter_2", "email", "refused", 3, time(11), truth=Truth(7), series="refusal"),
    )
    touches = plan({"refused": day("07-20")}, at("07-22 22:00"), refusal)
    assert [seen(touch) for touch in touches.values()] == ["07-23 09:00", "07-24 11:00"]


def test_at_once_on_a_later_day_means_its_morning():
    soon = Step("soon", "email", "refused", 2, truth=Truth(0))
    assert seen(plan({"refused": day("07-20")}, at("07-20 12:00"), (soon,))["soon"]) == "07-22 09:00"


def test_a_step_planned_for_the_night_waits_or_has_no_room_by_its_own_fault():
    night = Step("night", "sms", "departure", 0, time(22), truth=Truth(1))
    assert seen(plan(LONG_TRIP, at("07-01 12:00"), (night,))["night"]) == "07-16 09:00"
    night = replace(night, truth=Truth(0))
    assert seen(plan(LONG_TRIP, at("07-01 12:00"), (night,))["night"]) == "dropped no-room"
    assert seen(plan(LONG_TRIP, at("07-15 22:30"), (night,))["night"]) == "skipped entered-late"


def test_nothing_marked_before_departure_leaves_on_its_day_whatever_its_end_of_truth():
    step = replace(STEPS["packing"], truth=Truth(30))
    assert seen(plan(LONG_TRIP, at("07-15 12:00"), (step,))["packing"]) == "skipped entered-late"


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": "pigeon"},
        {"channel": "call"},
        {"performer": "seller"},
        {"performer": "robot"},
        {"truth": None},
        {"flight": "sideways"},
        {"channel": "sms", "series": "before"},
    ],
)
def test_a_step_that_contradicts_itself_is_refused(wrong):
    with pytest.raises(BadStep):
        replace(STEPS["packing"], **wrong)


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="aware"):
        plan(LONG_TRIP, at("07-01 12:00").replace(tzinfo=None))
