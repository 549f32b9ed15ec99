"""Planning again: what stands stays, what is open moves with the dates; imports plan nothing of the past."""

from dataclasses import replace
from datetime import timedelta

import pytest
from plan_make import MOSCOW, at, day, plan, seen, trip

from webapp.touches.rules import Existing

TRIP = trip("07-01", "07-15", "07-25")
ENTERED = at("07-01 12:00")


def standing(touches, **changes):
    """The touches as they stand in the database; `changes` maps a code to fields that changed since."""
    return [replace(touch.as_existing(), **changes.get(code, {})) for code, touch in touches.items()]


def test_running_the_planner_again_later_changes_nothing():
    first = plan(TRIP, at("07-03 22:00"))
    for hours in (0, 1, 12, 15, 24 * 3, 24 * 13, 24 * 60):
        again = plan(TRIP, at("07-03 22:00") + timedelta(hours=hours), existing=standing(first))
        assert {code: seen(touch) for code, touch in again.items()} == {
            code: seen(touch) for code, touch in first.items()
        }


def test_moved_dates_move_what_is_open_and_leave_what_is_done():
    first = plan(TRIP, ENTERED)
    done = {"status": "done"}
    moved = plan(
        trip("07-01", "07-18", "07-30"), at("07-05 12:00"),
        existing=standing(first, thank_you=done, packing=done),
    )  # fmt: skip
    assert seen(moved["thank_you"]) == "07-01 12:00"
    assert (seen(moved["packing"]), moved["packing"].status, moved["packing"].kept) == (
        "07-03 10:00",
        "done",
        True,
    )
    assert seen(moved["challenge"]) == "07-15 10:00"
    assert seen(moved["fly_tomorrow"]) == "07-17 12:00"
    assert seen(moved["visit"]) == "08-10"


def test_a_letter_already_sent_counts_as_the_one_before():
    sent = Existing("packing", "sent", day("07-12"), at("07-12 10:00"))
    assert seen(plan(TRIP, at("07-12 12:00"), existing=[sent])["challenge"]) == "07-13 10:00"


@pytest.mark.parametrize("status", ["skipped", "cancelled", "missed", "failed"])
def test_what_did_not_happen_stays_and_does_not_count(status):
    stood = Existing("packing", status, day("07-12"), reason="no-address")
    touches = plan(TRIP, at("07-12 09:30"), existing=[stood])
    assert (touches["packing"].status, touches["packing"].reason) == (status, "no-address")
    assert seen(touches["challenge"]) == "07-12 10:00"


def test_what_may_have_been_sent_counts():
    stood = Existing("packing", "unknown", day("07-12"), at("07-12 09:00"))
    assert seen(plan(TRIP, at("07-12 09:30"), existing=[stood])["challenge"]) == "07-13 10:00"


def test_a_pinned_day_is_never_moved_and_counts():
    pinned = Existing("call_back", "planned", day("08-05"), pinned=True)
    touches = plan(TRIP, ENTERED, existing=[pinned])
    assert (seen(touches["call_back"]), touches["call_back"].kept) == ("08-05", True)
    assert seen(touches["visit"]) == "08-06"


def test_a_tick_without_a_time_is_done_and_counts_from_its_own_day():
    ticked = Existing("thank_you", "done", None)
    touches = plan(trip("07-20", "07-21", "08-05"), at("07-20 12:00"), origin="import", existing=[ticked])
    assert (touches["thank_you"].status, touches["thank_you"].due_on) == ("done", None)
    assert seen(touches["packing"]) == "dropped no-room"


def test_a_tick_ahead_of_its_day_counts_from_today():
    ticked = Existing("packing", "done", None)
    touches = plan(trip("07-20", "07-24", "08-05"), at("07-20 12:00"), origin="import", existing=[ticked])
    assert seen(touches["challenge"]) == "07-21 10:00"


def test_a_letter_sent_early_does_not_let_the_next_one_overtake_the_first():
    stood = [
        Existing("thank_you", "planned", day("07-14"), at("07-14 10:00"), pinned=True),
        Existing("packing", "done", day("07-03"), at("07-03 10:00")),
    ]
    assert seen(plan(TRIP, ENTERED, existing=stood)["challenge"]) == "dropped no-room"


def test_a_call_put_after_the_holidays_stays_there_though_a_day_later_it_would_be_too_late():
    anchors = trip("12-01", "12-05", "12-15")  # the call was due on the 17th, fourteen days before the 31st
    first = plan(anchors, at("12-31 12:00"))
    assert first["call_back"].due_on == day("2027-01-11")
    assert plan(anchors, at("2027-01-01 12:00"))["call_back"].status == "skipped"
    for later in ("2027-01-01 12:00", "2027-01-11 12:00", "2027-01-12 12:00", "2027-03-01 12:00"):
        again = plan(anchors, at(later), existing=standing(first))
        assert again["call_back"].due_on == day("2027-01-11")


def test_an_overdue_call_stays_overdue_when_other_dates_move():
    first = plan(TRIP, ENTERED)
    moved = plan({**TRIP, "purchase": day("06-30")}, at("07-30 12:00"), existing=standing(first))
    assert seen(moved["call_back"]) == "07-27"


def test_an_overdue_call_whose_own_date_moves_is_planned_anew():
    first = plan(TRIP, ENTERED)
    moved = plan({**TRIP, "return": day("07-24")}, at("07-30 12:00"), existing=standing(first))
    assert seen(moved["call_back"]) == "07-30"


def test_what_had_no_room_finds_some_when_departure_moves():
    first = plan(trip("07-20", "07-22", "08-05"), at("07-20 12:00"))
    assert seen(first["challenge"]) == "dropped no-room"
    moved = plan(trip("07-20", "07-30", "08-05"), at("07-20 15:00"), existing=standing(first))
    assert seen(moved["thank_you"]) == "07-20 12:00"
    assert seen(moved["packing"]) == "07-22 10:00"
    assert seen(moved["challenge"]) == "07-27 10:00"


def test_an_open_letter_is_dropped_when_departure_comes_nearer():
    first = plan(TRIP, ENTERED)
    moved = plan(
        trip("07-01", "07-03", "07-25"),
        at("07-02 12:00"),
        existing=standing(first, thank_you={"status": "done"}),
    )
    assert seen(moved["packing"]) == "07-02 12:00"
    assert seen(moved["challenge"]) == "dropped no-room"
    assert seen(moved["fly_tomorrow"]) == "07-02 12:00"


@pytest.mark.parametrize(
    ("now", "planned"),
    [
        ("07-01 12:00", "thank_you packing challenge fly_tomorrow bon_voyage settled_in welcome_back_sms "
                        "welcome_home call_back loyalty testimonial tell_friends visit"),
        ("07-14 11:59", "fly_tomorrow bon_voyage settled_in welcome_back_sms "
                        "welcome_home call_back loyalty testimonial tell_friends visit"),
        ("07-14 12:01", "bon_voyage settled_in welcome_back_sms "
                        "welcome_home call_back loyalty testimonial tell_friends visit"),
        ("07-28 10:01", "call_back testimonial tell_friends visit"),
        ("12-01 12:00", ""),
    ],
)  # fmt: skip
def test_an_import_sends_nothing_about_the_past(now, planned):
    touches = plan(TRIP, at(now), origin="import")
    assert [code for code, touch in touches.items() if touch.is_planned] == planned.split()
    assert {touch.reason for touch in touches.values() if not touch.is_planned} <= {"entered-late"}


def test_an_imported_trip_planned_again_changes_nothing():
    first = plan(TRIP, at("07-10 08:00"), origin="import")
    again = plan(TRIP, at("07-14 12:05"), origin="import", existing=standing(first))
    assert [seen(touch, MOSCOW) for touch in again.values()] == [seen(touch, MOSCOW) for touch in first.values()]
