"""Working days and office hours."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kit.days import moment, zone
from webapp.kit.workdays import DEFAULT_WEEK, NeverOpen, WorkingDays, default_working_days, public_holidays

RUSSIA = default_working_days()
MOSCOW = zone("Europe/Moscow")


@pytest.mark.parametrize(
    ("day", "next_working"),
    [
        (date(2026, 7, 17), date(2026, 7, 17)),
        (date(2026, 7, 18), date(2026, 7, 20)),
        (date(2026, 12, 30), date(2026, 12, 30)),
        (date(2026, 12, 31), date(2027, 1, 11)),
        (date(2027, 1, 10), date(2027, 1, 11)),
        (date(2025, 12, 31), date(2026, 1, 12)),
        (date(2026, 1, 9), date(2026, 1, 12)),
        (date(2024, 12, 28), date(2025, 1, 9)),
        (date(2026, 5, 9), date(2026, 5, 12)),
        (date(2026, 3, 7), date(2026, 3, 10)),
        (date(2026, 6, 12), date(2026, 6, 15)),
        (date(2026, 11, 4), date(2026, 11, 5)),
        (date(2025, 5, 8), date(2025, 5, 12)),
    ],
)
def test_the_next_working_day_leaps_weekends_holidays_and_their_transfers(day, next_working):
    assert RUSSIA.on_or_after(day) == next_working


def test_backward_it_finds_the_last_working_day_before():
    assert RUSSIA.on_or_before(date(2027, 1, 10)) == date(2026, 12, 30)
    assert RUSSIA.on_or_before(date(2026, 7, 19)) == date(2026, 7, 17)
    assert RUSSIA.on_or_before(date(2026, 7, 17)) == date(2026, 7, 17)


def test_a_saturday_the_state_declares_working_stays_closed_unless_the_office_opens_it():
    saturday = date(2025, 11, 1)
    assert RUSSIA.on_or_after(saturday) == date(2025, 11, 5)
    opened = WorkingDays(holidays=public_holidays("RU"), days_on=frozenset({saturday}))
    assert opened.on_or_after(saturday) == saturday
    assert opened.hours_on(saturday) == (time(10), time(19))


def test_own_days_off_close_even_a_day_opened():
    day = date(2026, 7, 20)
    closed = WorkingDays(days_off=frozenset({day}), days_on=frozenset({day}))
    assert closed.on_or_after(day) == date(2026, 7, 21)


def test_an_office_open_at_weekends_works_then():
    week = DEFAULT_WEEK[:5] + ((time(11), time(16)), None)
    assert WorkingDays(week).on_or_after(date(2026, 7, 18)) == date(2026, 7, 18)
    assert WorkingDays(week).on_or_after(date(2026, 7, 19)) == date(2026, 7, 20)


def test_an_office_that_never_opens_is_an_error_and_not_an_endless_search():
    with pytest.raises(NeverOpen):
        WorkingDays((None,) * 7).on_or_after(date(2026, 7, 20))


def test_every_year_of_the_holidays_holds_new_year_and_no_day_of_another_year():
    days = public_holidays("RU")
    assert all(date(year, 1, 1) in days and date(year, 5, 9) in days for year in range(2020, 2040))
    assert date(2026, 7, 20) not in days
    assert "2026-01-01" not in days


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (date(2026, 7, 17), 0, date(2026, 7, 17)),
        (date(2026, 7, 18), 0, date(2026, 7, 20)),
        (date(2026, 7, 17), 1, date(2026, 7, 20)),
        (date(2026, 7, 18), 1, date(2026, 7, 20)),
        (date(2026, 12, 28), 5, date(2027, 1, 13)),
    ],
)
def test_working_days_are_counted(start, days, expected):
    assert RUSSIA.add_days(start, days) == expected


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ((date(2026, 7, 20), time(11)), 4, (date(2026, 7, 20), time(15))),
        ((date(2026, 7, 20), time(15)), 4, (date(2026, 7, 20), time(19))),
        ((date(2026, 7, 20), time(17)), 4, (date(2026, 7, 21), time(12))),
        ((date(2026, 7, 20), time(7)), 4, (date(2026, 7, 20), time(14))),
        ((date(2026, 7, 20), time(22)), 4, (date(2026, 7, 21), time(14))),
        ((date(2026, 7, 17), time(18)), 4, (date(2026, 7, 20), time(13))),
        ((date(2026, 7, 18), time(12)), 20, (date(2026, 7, 22), time(12))),
    ],
)
def test_office_hours_are_counted_over_nights_and_weekends(start, hours, expected):
    assert RUSSIA.add_time(moment(*start, MOSCOW), timedelta(hours=hours), MOSCOW) == moment(
        *expected, MOSCOW
    )


@given(st.dates(date(2023, 1, 1), date(2035, 1, 1)))
def test_a_day_found_is_working_and_none_was_left_out(day):
    found = RUSSIA.on_or_after(day)
    assert RUSSIA.is_working(found)
    assert not any(RUSSIA.is_working(day + timedelta(n)) for n in range((found - day).days))


@pytest.mark.parametrize(("start", "end", "hours"), [
    (((2026, 11, 16), time(11)), ((2026, 11, 16), time(15)), 4),
    (((2026, 11, 16), time(17)), ((2026, 11, 17), time(11)), 3),
    (((2026, 11, 20), time(16)), ((2026, 11, 23), time(11)), 4),
    (((2026, 11, 21), time(12)), ((2026, 11, 22), time(12)), 0),
    (((2026, 11, 16), time(23)), ((2026, 11, 17), time(5)), 0),
])
def test_time_between_counts_office_hours_only(start, end, hours):
    begin, finish = (moment(date(*day), at, MOSCOW) for day, at in (start, end))
    assert RUSSIA.time_between(begin, finish, MOSCOW) == timedelta(hours=hours)
