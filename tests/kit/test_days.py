"""Zones, moments, months and birthdays."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kit import clock
from webapp.kit.days import (
    UnknownZone,
    add_months,
    aware,
    birthday_in,
    end_of_day,
    local_day,
    moment,
    next_birthday,
    zone,
)


def test_the_clock_tells_an_aware_utc_moment_and_the_day_of_a_zone():
    assert clock.now().utcoffset() == timedelta(0)
    ahead, behind = clock.today(zone("Pacific/Kiritimati")), clock.today(zone("Pacific/Niue"))
    assert timedelta(1) <= ahead - behind <= timedelta(2)


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "../etc/passwd", "/etc/passwd", "Europe", "Europe/Mos\0cow"]
)
def test_an_unknown_zone_is_refused_by_name(name):
    with pytest.raises(UnknownZone) as refused:
        zone(name)
    assert refused.value.code == "bad-zone"


@pytest.mark.parametrize(
    ("name", "hour_utc"),
    [
        ("Europe/Kaliningrad", 8), ("Europe/Moscow", 7), ("Europe/Samara", 6), ("Asia/Yekaterinburg", 5),
        ("Asia/Omsk", 4), ("Asia/Krasnoyarsk", 3), ("Asia/Irkutsk", 2), ("Asia/Yakutsk", 1),
        ("Asia/Vladivostok", 0),
    ],
)  # fmt: skip
def test_ten_in_the_morning_is_another_moment_in_every_russian_zone(name, hour_utc):
    assert moment(date(2026, 7, 20), time(10), zone(name)) == datetime(2026, 7, 20, hour_utc, tzinfo=UTC)


def test_ten_in_the_morning_in_kamchatka_is_the_evening_before_in_utc():
    assert moment(date(2026, 7, 20), time(10), zone("Asia/Kamchatka")) == datetime(
        2026, 7, 19, 22, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("name", "day", "at", "expected"),
    [
        ("Europe/Berlin", date(2026, 3, 28), time(10), datetime(2026, 3, 28, 9, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 3, 29), time(10), datetime(2026, 3, 29, 8, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30, fold=1), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("America/New_York", date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 1), time(10), datetime(2026, 11, 1, 15, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_a_missing_hour_moves_on_and_of_a_double_hour_the_first_is_meant(name, day, at, expected):
    assert moment(day, at, zone(name)) == expected


def test_a_day_ends_at_local_midnight_also_when_it_is_an_hour_short():
    berlin = zone("Europe/Berlin")
    assert end_of_day(date(2026, 3, 29), berlin) - end_of_day(date(2026, 3, 28), berlin) == timedelta(
        hours=23
    )
    assert end_of_day(date(2026, 10, 25), berlin) - end_of_day(date(2026, 10, 24), berlin) == timedelta(
        hours=25
    )
    # In Cairo clocks jump from midnight to one o'clock: the day before ends at that jump.
    assert end_of_day(date(2026, 4, 23), zone("Africa/Cairo")) == datetime(2026, 4, 23, 22, tzinfo=UTC)


def test_a_naive_moment_is_local_and_an_aware_one_keeps_its_instant():
    moscow = zone("Europe/Moscow")
    assert aware(datetime(2026, 7, 20, 12), moscow) == datetime(2026, 7, 20, 9, tzinfo=UTC)
    assert aware(datetime(2026, 7, 20, 12, tzinfo=UTC), moscow) == datetime(2026, 7, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2026, 5, 31), 0, date(2026, 5, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 6, 30), -18, date(2024, 12, 30)),
    ],
)
def test_months_keep_the_day_or_take_the_last_one(day, months, expected):
    assert add_months(day, months) == expected


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(-240, 240))
def test_a_month_added_never_leaves_the_month_meant(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(1)).day == 1)


@pytest.mark.parametrize(
    ("year", "kept"),
    [
        (2026, date(2026, 2, 28)),
        (2028, date(2028, 2, 29)),
        (2100, date(2100, 2, 28)),
        (2000, date(2000, 2, 29)),
    ],
)
def test_a_birthday_of_29_february_is_kept_on_the_28th_in_common_years(year, kept):
    assert birthday_in(year, date(1992, 2, 29)) == kept


@pytest.mark.parametrize(
    ("today", "kept"),
    [
        (date(2026, 2, 28), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2027, 2, 28)),
        (date(2027, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_the_next_birthday_may_be_today(today, kept):
    assert next_birthday(date(1992, 2, 29), today) == kept


@given(st.dates(date(1930, 1, 1), date(2026, 1, 1)), st.dates(date(2026, 1, 1), date(2060, 1, 1)))
def test_the_next_birthday_is_within_a_year_and_in_the_month_of_birth(born, today):
    kept = next_birthday(born, today)
    assert today <= kept <= today + timedelta(days=366)
    assert kept.month == born.month


def test_the_day_of_a_moment_depends_on_the_zone():
    evening = datetime(2026, 7, 20, 20, tzinfo=UTC)
    assert local_day(evening, zone("Europe/Kaliningrad")) == date(2026, 7, 20)
    assert local_day(evening, zone("Asia/Kamchatka")) == date(2026, 7, 21)
