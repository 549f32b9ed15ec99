"""Another version of the plan for a trip under way: nothing of the past begins, what is done or pinned stays (§1.3)."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_make import at, calendar, day, plan, trip
from touches.test_schedule_properties import ANY_PLAN, entries

from webapp.kit.days import local_day
from webapp.touches.plan_rules import Step, Truth
from webapp.touches.replan_rules import OFF, SHOWN, counts, replan
from webapp.touches.rules import schedule
from webapp.touches.starter import STARTER_PLAN

TRIP = trip("07-01", "07-15", "07-25")
ENTERED = at("07-01 12:00")
PLAN = list(STARTER_PLAN)


def other(**changes):
    """The shipped plan with some steps changed: `code={field: value}`."""
    return [replace(step, **changes.get(step.code, {})) for step in PLAN]


def under_way(now, anchors=TRIP, steps=STARTER_PLAN, **states):
    """Touches of a trip entered on the day of purchase; `code={field: value}` says what has become of some since."""
    touches = plan(anchors, ENTERED, steps=tuple(steps)).values()
    found = [replace(touch.as_existing(), **states.get(touch.code, {})) for touch in touches]
    return [replace(touch, status="done") if touch.status == "planned" and touch.send_at and touch.send_at < now
            else touch for touch in found]


def change(steps, now, existing=None, **more):
    """The difference by code, only what people should know about."""
    shifts = replan(steps, TRIP, now, calendar(), existing=under_way(now) if existing is None else existing, **more)
    return {shift.code: shift for shift in shifts if shift.kind in SHOWN}


def test_the_same_plan_changes_nothing():
    for now in ("07-02 12:00", "07-14 13:00", "07-20 12:00", "07-28 12:00", "08-20 12:00"):
        assert change(PLAN, at(now)) == {}


def test_a_step_switched_off_leaves_every_trip_where_it_is_still_open():
    off = other(loyalty={"active": False})
    shift = change(off, at("07-20 12:00"))["loyalty"]
    assert (shift.kind, shift.old, shift.new) == ("off", day("07-28"), None)
    assert "loyalty" not in change(off, at("07-29 12:00")), "it was sent: that stays"


def test_a_step_that_is_gone_is_the_same_as_one_switched_off():
    steps = [step for step in PLAN if step.code != "visit"]
    assert change(steps, at("07-20 12:00"))["visit"].kind == "off"


@pytest.mark.parametrize(("now", "kind", "new"), [
    ("07-02 08:00", "added", "07-02"),   # its day is today, its hour still to come
    ("07-01 12:00", "added", "07-02"),
    ("07-02 10:01", "late", None),
    ("07-20 12:00", "late", None),
])
def test_a_new_letter_goes_only_where_its_moment_is_still_to_come(now, kind, new):
    step = Step("own_1", "email", "purchase", 1, time(10), truth=Truth(30),
                klass="service")
    shift = change([*PLAN, step], at(now))["own_1"]
    assert (shift.kind, shift.new) == (kind, day(new) if new else None)


def test_a_new_letter_at_once_is_not_sent_to_those_who_bought_today():
    step = Step("own_1", "email", "purchase", 0, truth=Truth(5), klass="service")
    assert change([*PLAN, step], ENTERED + timedelta(hours=1))["own_1"].kind == "late"


def test_the_order_of_a_series_does_not_bring_a_late_letter_back():
    step = Step("own_1", "email", "return", 1, truth=Truth(30), klass="service", series="after")
    steps = [*PLAN[:9], step, *PLAN[9:]]
    now = at("07-27 09:30")
    existing = [replace(touch, status="planned", send_at=at("07-27 10:00"), due_on=day("07-27"))
                if touch.code == "welcome_home" else touch for touch in under_way(now)]
    assert change(steps, now, existing)["own_1"].kind == "late"


@pytest.mark.parametrize(("now", "kind"), [("07-01 12:00", "added"), ("07-02 12:00", "added"), ("07-03 12:00", "late")])
def test_a_new_call_does_not_pile_up_for_those_whose_day_has_passed(now, kind):
    assert change(other(service_call={"active": True}), at(now))["service_call"].kind == kind


def test_an_open_letter_moves_with_its_step():
    shift = change(other(loyalty={"offset_days": 4}), at("07-20 12:00"))["loyalty"]
    assert (shift.kind, shift.old, shift.new) == ("moved", day("07-28"), day("07-29"))


def test_an_open_letter_whose_new_day_has_passed_keeps_its_own():
    steps = other(tell_friends={"offset_days": 1, "series": None})
    assert "tell_friends" not in change(steps, at("07-28 12:00")), "a letter must not leave at once for a change of plan"


def test_an_open_call_whose_new_day_has_passed_keeps_its_own():
    assert "visit" not in change(other(visit={"offset_days": 1}), at("07-30 12:00"))
    overdue = under_way(at("07-30 12:00"))
    assert "call_back" not in change(other(call_back={"offset_days": 1}), at("07-30 12:00"), overdue)


def test_an_hour_that_has_passed_today_does_not_send_at_once():
    now = at("07-28 09:30")
    shifts = {s.code: s for s in replan(other(loyalty={"at": time(9)}), TRIP, now,
                                        calendar(), existing=under_way(now))}
    assert shifts["loyalty"].new_at == at("07-28 10:00")


def test_a_pinned_visit_stays_where_the_client_agreed_even_if_the_plan_has_none():
    pinned = {"visit": {"due_on": day("08-11"), "pinned": True}}
    existing = under_way(at("07-30 12:00"), **pinned)
    for steps in (PLAN, other(visit={"offset_days": 20}), other(visit={"active": False}), PLAN[:-2]):
        shifts = {s.code: s for s in replan(steps, TRIP, at("07-30 12:00"), calendar(), existing=existing)}
        assert shifts["visit"].kind == "pinned"


def test_what_was_taken_out_comes_back_with_the_step_if_there_is_time():
    now = at("07-20 12:00")
    existing = [replace(touch, status="dropped", reason=OFF, due_on=None, send_at=None) if touch.code == "loyalty"
                else touch for touch in under_way(now)]
    assert change(PLAN, now, existing)["loyalty"].kind == "added"
    assert change(PLAN, at("07-30 12:00"), existing)["loyalty"].kind == "late"


def test_a_queued_letter_goes_out_as_it_is_unless_it_is_taken_back():
    now = at("07-28 10:00")
    existing = under_way(now, loyalty={"status": "queued"})
    off = other(loyalty={"active": False})
    assert "loyalty" not in change(off, now, existing)
    assert change(off, now, existing, recalled=["loyalty"])["loyalty"].kind == "off"


STATES = st.sampled_from(["planned", "planned", "done", "skipped", "queued", "missed", "failed", "unknown", "cancelled"])


@given(entry=entries(), old=ANY_PLAN, new=ANY_PLAN, data=st.data(), days=st.integers(0, 60))
@settings(max_examples=300, deadline=None)
def test_applying_a_plan_twice_changes_nothing_and_never_touches_what_is_done_or_pinned(entry, old, new, data, days):
    anchors, entered, where = entry
    now = entered + timedelta(days=days)
    rules = {step.code: step for step in old}
    existing = []
    for touch in schedule(old, anchors, entered, where):
        found = touch.as_existing()
        if found.status == "planned":
            found = replace(found, status=data.draw(STATES), pinned=data.draw(st.booleans()))
        existing.append(replace(found, own_day=rules[found.code].own_day(anchors)))
    first = replan(new, anchors, now, where, existing=existing)
    before = {touch.code: touch for touch in existing}
    for shift in first:
        stood = before.get(shift.code)
        if stood is not None and (stood.pinned or stood.status not in ("planned", "dropped")):
            assert shift.kind in ("pinned", "kept", "same") or stood.status == "dropped"
        if shift.kind in ("added", "moved") and shift.new_at is not None:
            stood_at = stood.send_at if stood is not None else None
            assert shift.new_at >= now or (stood_at is not None and stood_at <= now), "nothing of the past leaves now"
        if shift.kind == "added" and shift.touch.own_day is not None and shift.new_at is not None:
            assert shift.touch.own_day >= local_day(now, where.send_zone)
    again = replan(new, anchors, now, where, existing=[_after(shift, before, new, anchors) for shift in first])
    assert not counts(again)


def _after(shift, before, new, anchors):
    """The touch as it stands once the difference has been applied."""
    if shift.kind in ("kept", "pinned"):
        return before[shift.code]
    if shift.touch is None:
        return replace(before[shift.code], status="dropped", reason=OFF, due_on=None, send_at=None)
    step = next(step for step in new if step.code == shift.code)
    return replace(shift.touch.as_existing(), own_day=step.own_day(anchors))
