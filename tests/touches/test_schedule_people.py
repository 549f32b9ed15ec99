"""Calls and visits: working days, one after another, at most two weeks late; replacements of reminders."""

from dataclasses import replace
from datetime import timedelta

import pytest
from plan_make import EVERY_DAY, STEPS, at, calendar, day, plan, seen, trip

from webapp.kit.workdays import WorkingDays
from webapp.touches.rules import Flights, Step, replacement_call

SERVICE_CALL = replace(STEPS["service_call"], active=True)


@pytest.mark.parametrize(
    ("back", "call", "visit"),
    [
        ("2026-07-13", "2026-07-15", "2026-07-22"),  # Monday
        ("2026-07-15", "2026-07-17", "2026-07-24"),
        ("2026-07-16", "2026-07-20", "2026-07-27"),  # the call falls on a Saturday
        ("2026-07-17", "2026-07-20", "2026-07-27"),
        ("2026-07-18", "2026-07-20", "2026-07-27"),
        ("2026-12-28", "2026-12-30", "2027-01-11"),
        ("2026-12-29", "2027-01-11", "2027-01-12"),  # 31 December to 10 January are days off
        ("2026-12-31", "2027-01-11", "2027-01-12"),
        ("2027-01-01", "2027-01-11", "2027-01-12"),
        ("2027-01-09", "2027-01-11", "2027-01-18"),
        ("2026-04-29", "2026-05-04", "2026-05-08"),  # 1 May
        ("2026-04-30", "2026-05-04", "2026-05-12"),  # 9 May and its Monday
        ("2026-05-07", "2026-05-12", "2026-05-18"),
        ("2026-03-05", "2026-03-10", "2026-03-16"),  # 8 March and its Monday
        ("2028-02-27", "2028-02-29", "2028-03-07"),  # leap year
        ("2027-02-26", "2027-03-01", "2027-03-09"),
    ],
)
def test_calls_and_visits_fall_on_working_days_one_after_another(back, call, visit):
    anchors = {
        "purchase": day(back) - timedelta(30),
        "departure": day(back) - timedelta(7),
        "return": day(back),
    }
    touches = plan(anchors, at(f"{day(back) - timedelta(30)} 12:00"))
    assert (touches["call_back"].due_on, touches["visit"].due_on) == (day(call), day(visit))


@pytest.mark.parametrize(
    ("now", "call", "visit"),
    [
        ("07-15 12:00", "07-15", "07-22"),
        ("07-16 23:59", "07-16", "07-22"),
        ("07-18 12:00", "07-20", "07-22"),
        ("07-22 12:00", "07-22", "07-23"),
        ("07-24 12:00", "07-24", "07-27"),
        ("07-29 12:00", "07-29", "07-30"),  # fourteen days late
        ("07-30 12:00", "skipped entered-late", "07-30"),
        ("08-05 12:00", "skipped entered-late", "08-05"),
        ("08-06 12:00", "skipped entered-late", "skipped entered-late"),
    ],
)
def test_a_day_past_becomes_today_for_two_weeks(now, call, visit):
    touches = plan(trip("07-01", "07-06", "07-13"), at(now))
    assert (seen(touches["call_back"]), seen(touches["visit"])) == (call, visit)


def test_lateness_is_counted_from_the_working_day_and_not_from_a_holiday():
    anchors = trip("2026-12-01", "2026-12-20", "2026-12-30")
    assert plan(anchors, at("2027-01-25 12:00"))["call_back"].due_on == day("2027-01-25")
    assert plan(anchors, at("2027-01-26 12:00"))["call_back"].status == "skipped"


def test_the_day_of_people_is_that_of_the_office_late_in_the_evening():
    touches = plan(trip("07-01", "07-06", "07-13"), at("07-16 23:30"), calendar=calendar("Asia/Vladivostok"))
    assert seen(touches["call_back"]) == "07-17"


@pytest.mark.parametrize(
    ("departure", "now", "expected"),
    [
        ("07-20", "07-15 12:00", "07-16"),
        ("07-17", "07-15 12:00", "07-16"),
        ("07-16", "07-15 12:00", "dropped no-room"),
        ("07-15", "07-15 12:00", "dropped no-room"),
        ("07-19", "07-18 12:00", "dropped no-room"),
        ("07-30", "07-30 12:00", "dropped no-room"),
        ("07-30", "07-29 12:00", "07-29"),
        ("08-30", "07-31 12:00", "skipped entered-late"),
    ],
)
def test_the_service_call_precedes_departure_or_is_dropped(departure, now, expected):
    touches = plan(trip("07-15", departure, "09-20"), at(now), (SERVICE_CALL,))
    assert seen(touches["service_call"]) == expected


def test_a_service_call_counts_as_the_step_before_the_call_back():
    after_return = replace(SERVICE_CALL, before=None, anchor="return", offset_days=2)
    touches = plan(trip("07-01", "07-06", "07-13"), at("07-01 12:00"), (after_return, STEPS["call_back"]))
    assert [seen(touch) for touch in touches.values()] == ["07-15", "07-16"]


def test_own_days_off_of_the_office_are_leapt_over():
    where = calendar(working=WorkingDays(days_off=frozenset({day("07-15"), day("07-16")})))
    assert (
        seen(plan(trip("07-01", "07-06", "07-13"), at("07-01 12:00"), calendar=where)["call_back"]) == "07-17"
    )


def test_an_office_open_every_day_calls_on_sundays():
    where = calendar(working=EVERY_DAY)
    assert (
        seen(plan(trip("07-01", "07-06", "07-17"), at("07-01 12:00"), calendar=where)["call_back"]) == "07-19"
    )


@pytest.mark.parametrize(
    ("departure", "now", "expected"),
    [
        ("07-15", "07-01 12:00", "07-14"),
        ("07-15", "07-14 18:00", "07-14"),
        ("07-19", "07-01 12:00", "07-17"),  # the eve is a Saturday
        ("07-20", "07-01 12:00", "07-17"),  # the eve is a Sunday
        ("07-20", "07-18 12:00", "07-18"),  # Friday has passed: whoever is there calls
        ("07-20", "07-19 12:00", "07-19"),
        ("07-20", "07-20 08:00", "dropped no-room"),
        ("2027-01-05", "2026-12-01 12:00", "12-30"),
        ("07-15", "08-15 12:00", "skipped entered-late"),
    ],
)
def test_the_call_that_replaces_a_reminder_moves_backward(departure, now, expected):
    anchors = {"purchase": day("07-01"), "departure": day(departure), "return": day("2027-02-01")}
    call = replacement_call(STEPS["fly_tomorrow"], anchors, at(now), calendar())
    assert (call.code, call.channel) == ("fly_tomorrow", "call")
    assert seen(call) == expected


def test_gifts_tasks_and_chats_are_steps_for_people_too():
    steps = tuple(
        Step(channel, channel, "return", 2, performer="service") for channel in ("task", "gift", "chat")
    )
    touches = plan(trip("07-01", "07-06", "07-15"), at("07-01 12:00"), steps)
    assert [seen(touch) for touch in touches.values()] == ["07-17", "07-20", "07-21"]


@pytest.mark.parametrize(
    ("lands", "now", "expected"),
    [
        ("07-25 14:00", "07-01 12:00", "07-25 18:00"),
        ("07-25 16:00", "07-01 12:00", "07-25 18:00"),
        ("07-25 17:30", "07-01 12:00", "07-25 19:30"),
        ("07-25 18:59", "07-01 12:00", "07-25 20:59"),
        ("07-25 19:00", "07-01 12:00", "07-26 09:00"),
        ("07-26 07:30", "07-01 12:00", "07-26 09:30"),
        ("07-26 10:00", "07-01 12:00", "07-26 12:00"),
        ("07-26 10:01", "07-01 12:00", "dropped no-room"),
        ("07-25 17:30", "07-25 20:00", "07-25 20:00"),
        ("07-26 09:00", "07-26 11:30", "07-26 11:30"),
        ("07-26 09:00", "07-26 12:30", "skipped entered-late"),
    ],
)
def test_the_welcome_waits_two_hours_after_landing(lands, now, expected):
    touches = plan(trip("07-01", "07-15", "07-25"), at(now), flights=Flights(lands=at(lands)))
    assert seen(touches["welcome_back_sms"]) == expected


@pytest.mark.parametrize(
    ("departs", "tonight"), [("00:00", True), ("03:59", True), ("04:00", False), ("22:00", False)]
)
def test_the_reminder_says_tonight_for_flights_before_four(departs, tonight):
    flights = Flights(departs=at(f"07-15 {departs}").astimezone(calendar().office_zone).time())
    touches = plan(trip("07-01", "07-15", "07-25"), at("07-01 12:00"), flights=flights)
    assert [code for code, touch in touches.items() if touch.tonight] == (["fly_tomorrow"] if tonight else [])
