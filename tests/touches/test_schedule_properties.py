"""What holds for every plan, every trip and every moment of entering (`quality.md` promise 12)."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_make import STEPS, ZONES

from webapp.kit.days import local_day, moment, zone
from webapp.kit.workdays import default_working_days
from webapp.touches.rules import Calendar, Flights, Step, Truth, schedule
from webapp.touches.starter import STARTER_PLAN

WORKING = default_working_days()
DAY = timedelta(days=1)
ALL_ACTIVE = tuple(replace(step, active=True) for step in STARTER_PLAN)
FAR = Truth(400)


@st.composite
def entries(draw):
    """Dates of a trip, a moment of entering not before the purchase, and a calendar."""
    office = zone(draw(st.sampled_from(ZONES)))
    client = draw(st.none() | st.sampled_from(ZONES).map(zone))
    purchase = draw(st.dates(date(2024, 1, 1), date(2028, 12, 31)))
    departure = purchase + draw(st.integers(0, 40)) * DAY
    back = departure + draw(st.integers(0, 25)) * DAY
    clock = draw(st.times() | st.sampled_from([time(20, 59), time(21), time(8, 59), time(9)]))
    now = moment(purchase + draw(st.integers(0, 90)) * DAY, clock.replace(fold=0), office)
    anchors = {"purchase": purchase, "departure": departure, "return": back}
    return anchors, now, Calendar(office, WORKING, client)


@st.composite
def plans(draw):
    """Any plan an admin could put together from letters, SMS and calls around a trip."""
    steps = []
    for number in range(draw(st.integers(1, 8))):
        channel = draw(st.sampled_from(["email", "email", "sms", "call", "visit"]))
        automatic = channel in ("email", "sms")
        steps.append(
            Step(
                f"step_{number}",
                channel,
                draw(st.sampled_from(["purchase", "departure", "return"])),
                draw(st.integers(-5, 15)),
                draw(st.none() | st.times()) if automatic else None,
                draw(st.sampled_from([None, "departure"])),
                Truth(draw(st.integers(0, 9))) if automatic else None,
                "auto" if automatic else "seller",
                series=draw(st.sampled_from([None, "one", "two"])) if channel == "email" else None,
            )
        )
    return tuple(steps)


ANY_PLAN = st.just(STARTER_PLAN) | st.just(ALL_ACTIVE) | plans()
MANY = settings(max_examples=400, deadline=None)


def planned(plan, touches):
    steps = {step.code: step for step in plan}
    return [(steps[touch.code], touch) for touch in touches if touch.is_planned]


@pytest.mark.slow
@MANY
@given(entries(), ANY_PLAN)
def test_every_active_step_gets_one_answer_with_a_reason_where_it_is_not_planned(entry, plan):
    touches = schedule(plan, *entry)
    assert [touch.code for touch in touches] == [step.code for step in plan if step.active]
    for touch in touches:
        assert touch.status in ("planned", "dropped", "skipped")
        assert (touch.reason is None) == (touch.due_on is not None) == touch.is_planned


@MANY
@given(entries(), ANY_PLAN)
def test_letters_of_a_series_and_steps_of_people_keep_their_order_a_day_apart(entry, plan):
    rows = {}
    for step, touch in planned(plan, schedule(plan, *entry)):
        row = step.series if step.is_automatic else "people"
        if row:
            rows.setdefault(row, []).append(touch.due_on)
    for days in rows.values():
        assert all(later - earlier >= DAY for earlier, later in zip(days, days[1:], strict=False))


@MANY
@given(entries(), ANY_PLAN)
def test_messages_leave_by_day_not_before_now_and_never_after_their_end_of_truth(entry, plan):
    _, now, calendar = entry
    for step, touch in planned(plan, schedule(plan, *entry)):
        if step.is_automatic:
            local = touch.send_at.astimezone(calendar.send_zone)
            assert time(9) <= local.time() < time(21)
            assert now <= touch.send_at <= touch.true_until
            assert touch.due_on == local.date()
            assert touch.due_on >= touch.own_day or step.before


@MANY
@given(entries(), ANY_PLAN)
def test_people_are_asked_on_working_days_from_today_on(entry, plan):
    _, now, calendar = entry
    for step, touch in planned(plan, schedule(plan, *entry)):
        if not step.is_automatic:
            assert touch.send_at is None
            assert WORKING.is_working(touch.due_on)
            assert touch.due_on >= max(touch.own_day, local_day(now, calendar.office_zone))


@MANY
@given(entries(), ANY_PLAN)
def test_what_must_precede_departure_does(entry, plan):
    anchors = entry[0]
    for step, touch in planned(plan, schedule(plan, *entry)):
        if step.before:
            assert touch.due_on < anchors["departure"]


@MANY
@given(entries())
def test_an_sms_of_the_trip_never_leaves_its_day(entry):
    days = {touch.code: touch for touch in schedule(STARTER_PLAN, *entry)}
    for code in ("fly_tomorrow", "bon_voyage", "settled_in"):
        assert days[code].due_on in (None, days[code].own_day)
    back = days["welcome_back_sms"]
    assert back.due_on in (None, back.own_day, back.own_day + DAY)


@MANY
@given(entries(), ANY_PLAN, st.sampled_from(["hand", "import"]))
def test_planning_again_changes_nothing(entry, plan, origin):
    touches = schedule(plan, *entry, origin=origin)
    again = schedule(plan, *entry, origin=origin, existing=[touch.as_existing() for touch in touches])
    assert [replace(touch, kept=False) for touch in again] == touches


@pytest.mark.slow
@MANY
@given(entries(), ANY_PLAN, st.sampled_from(["hand", "import"]), st.integers(1, 60 * 24 * 60))
def test_planning_again_later_changes_nothing_either(entry, plan, origin, minutes):
    anchors, now, calendar = entry
    touches = schedule(plan, *entry, origin=origin)
    stand = [touch.as_existing() for touch in touches]
    later = now + timedelta(minutes=minutes)
    again = schedule(plan, anchors, later, calendar, origin=origin, existing=stand)
    assert [replace(touch, kept=False) for touch in again] == touches


@MANY
@given(entries(), st.integers(1, 60 * 24 * 30))
def test_who_enters_later_never_gets_back_what_was_skipped(entry, minutes):
    anchors, now, calendar = entry
    early = schedule(STARTER_PLAN, *entry)
    late = schedule(STARTER_PLAN, anchors, now + timedelta(minutes=minutes), calendar)
    skipped = {touch.code for touch in early if touch.status == "skipped"}
    assert not skipped & {touch.code for touch in late if touch.is_planned}


@MANY
@given(entries(), ANY_PLAN)
def test_an_import_sends_nothing_in_a_hurry(entry, plan):
    calendar = entry[2]
    for step, touch in planned(plan, schedule(plan, *entry, origin="import")):
        if step.is_automatic and step.at is not None:
            in_the_night = step.at < time(9) or step.at >= time(21)
            assert touch.send_at.astimezone(calendar.send_zone).time() == (
                time(9) if in_the_night else step.at
            )


@MANY
@given(entries(), st.integers(-20, 20), st.integers(0, 20), st.sets(st.sampled_from(sorted(STEPS))))
def test_moved_dates_never_touch_what_is_done(entry, move, more, done):
    anchors, now, calendar = entry
    first = schedule(STARTER_PLAN, *entry)
    stand = [
        replace(touch.as_existing(), status="done")
        if touch.code in done and touch.is_planned
        else touch.as_existing()
        for touch in first
    ]
    departure = max(anchors["purchase"], anchors["departure"] + move * DAY)
    moved = {**anchors, "departure": departure, "return": departure + more * DAY}
    again = schedule(STARTER_PLAN, moved, now + DAY, calendar, existing=stand)
    for before, after in zip(stand, again, strict=True):
        if before.status in ("done", "skipped"):
            assert (after.status, after.due_on, after.send_at) == (
                before.status,
                before.due_on,
                before.send_at,
            )
        elif after.is_planned and after.send_at and after.send_at != before.send_at:
            assert now + DAY <= after.send_at <= after.true_until


@pytest.mark.parametrize("name", ZONES)
def test_every_day_of_two_years_in_every_zone_keeps_local_hours(name):
    tz = zone(name)
    calendar = Calendar(tz, WORKING)
    for number in range(0, 731):
        start = date(2027, 1, 1) + number * DAY
        anchors = {"purchase": start, "departure": start + 9 * DAY, "return": start + 16 * DAY}
        touches = schedule(STARTER_PLAN, anchors, moment(start, time(11), tz), calendar, flights=Flights())
        hours = [datetime.time(t.send_at.astimezone(tz)) for t in touches if t.send_at]
        assert hours == [time(h) for h in (11, 10, 10, 12, 9, 12, 18, 10, 10, 10, 10)]
