"""Colour and cells of the board, from plain rows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from webapp.trips.board_rules import Column, Mark, cell_of, row_state

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
LETTERS = Column("after", "Письма после", "mail", True)
CALL = Column("call", "Звонок", "phone", False)
EVE = Column("eve", "Накануне", "sms", False)


def mark(**more):
    base = dict(id=1, occasion_id=1, column="call", name="Звонок", step_code="call_back", channel="call",
                automatic=False, status="planned", reason="", due_on=TODAY, due_time=None, send_at=None,
                snoozed_until=None, done_on=None, outcome="", needs_outcome=True, attempts=0)
    return Mark(**{**base, **more})


def letter(status, day=0, **more):
    due = TODAY + timedelta(days=day)
    return mark(automatic=True, channel="email", status=status, due_on=due, column="after",
                send_at=datetime(due.year, due.month, due.day, 10, tzinfo=UTC), needs_outcome=False, **more)


def cell(column, *marks):
    return cell_of(column, marks, today=TODAY, now=NOW)


@pytest.mark.parametrize(("attention", "broken", "breaks", "closed", "state"), [
    (None, 0, None, False, ""), (None, 0, None, True, "ended"), (TODAY, 0, None, False, "today"),
    (TODAY - timedelta(days=1), 0, None, False, "over"), (TODAY + timedelta(days=1), 0, None, False, ""),
    (TODAY, 1, None, False, "over"), (None, 2, None, True, "over"),
    (None, 0, NOW, False, "over"), (None, 0, NOW + timedelta(seconds=1), False, ""),
    (TODAY, 0, NOW - timedelta(days=1), False, "over")])
def test_a_row_is_red_or_yellow_by_its_worst_step(attention, broken, breaks, closed, state):
    assert row_state(attention, broken, breaks, closed, today=TODAY, now=NOW) == state


@pytest.mark.parametrize(("day", "kind", "days"), [(0, "today", 0), (-1, "over", 1), (-14, "over", 14), (1, "ahead", 0)])
def test_a_step_for_people_is_yellow_today_and_red_afterwards(day, kind, days):
    found = cell(CALL, mark(due_on=TODAY + timedelta(days=day)))
    assert (found.kind, found.days, found.needs_person) == (kind, days, kind != "ahead")


@pytest.mark.parametrize("status", ["failed", "missed", "unknown"])
def test_an_automatic_step_that_went_wrong_needs_a_person_and_says_why(status):
    found = cell(EVE, letter(status))
    assert (found.kind, found.reason, found.needs_person) == ("broken", status, True)


def test_an_automatic_step_over_an_hour_late_is_red_before_that_it_only_waits():
    on_time = mark(automatic=True, channel="sms", send_at=NOW - timedelta(minutes=59), column="eve")
    late = mark(automatic=True, channel="sms", send_at=NOW - timedelta(minutes=60), column="eve")
    assert (cell(EVE, on_time).kind, cell(EVE, late).kind, cell(EVE, late).reason) == ("ahead", "broken", "late")


def test_a_series_counts_what_is_done_and_shows_when_it_goes_on():
    found = cell(LETTERS, letter("done", -3), letter("done", -1), letter("planned", 1), letter("planned", 3))
    assert (found.kind, found.done, found.total, found.next_day) == ("part", 2, 4, TODAY + timedelta(days=1))


def test_a_series_that_has_not_begun_shows_its_first_day_and_a_finished_one_only_its_count():
    assert cell(LETTERS, letter("planned", 2), letter("planned", 5)).day == TODAY + timedelta(days=2)
    finished = cell(LETTERS, letter("done", -5), letter("done", -2), letter("skipped", 0, reason="no-consent"))
    assert (finished.kind, finished.done, finished.total, finished.reason) == ("done", 2, 2, "no-consent")


def test_a_column_with_nothing_left_to_do_is_grey_with_its_reason():
    found = cell(LETTERS, letter("skipped", 0, reason="no-email"))
    assert (found.kind, found.reason, found.needs_person) == ("skip", "no-email", False)


def test_a_step_put_off_shows_until_when_and_what_is_on_hold_a_pause():
    later = TODAY + timedelta(days=4)
    assert (cell(CALL, mark(due_on=later, snoozed_until=later)).kind) == "pause"
    assert cell(EVE, letter("planned", 0, held=True)).kind == "pause"


def test_the_worst_of_several_steps_wins_and_the_others_stay_within_reach():
    found = cell(CALL, mark(id=1), mark(id=2, due_on=TODAY - timedelta(days=3)))
    assert (found.kind, found.mark.id, [m.id for m in found.also]) == ("over", 2, [1])


def test_an_empty_column_says_nothing():
    assert cell(CALL).kind == "none"
