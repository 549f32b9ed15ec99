"""Both clocks of a complaint, hand-computed: weekends, New Year holidays, zones, hours of offices."""

from datetime import UTC, date, datetime, time

import pytest

from webapp.complaints import step_rules as rules
from webapp.complaints.clock_rules import (
    CALM,
    RED,
    YELLOW,
    Terms,
    Times,
    answer_by,
    colour,
    file_by,
    legal_day,
    nearest,
    own_deadline,
)
from webapp.kit.days import moment, zone
from webapp.kit.workdays import WorkingDays, public_holidays

MOSCOW, URAL, KAMCHATKA, KALININGRAD, BERLIN = (zone(name) for name in (
    "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Kamchatka", "Europe/Kaliningrad", "Europe/Berlin"))
TEN_TO_SEVEN = (time(10), time(19))
WEEK = (TEN_TO_SEVEN,) * 5 + (None, None)
RUSSIA = WorkingDays(WEEK, public_holidays("RU"))
WITH_SATURDAY = WorkingDays((*((time(9), time(18)),) * 5, (time(11), time(15)), None), public_holidays("RU"))
GERMANY = WorkingDays(WEEK, public_holidays("DE"))
TERMS = Terms()


def at(text, tz=MOSCOW):
    """«20.11.2026 12:00» on a clock in `tz`."""
    read = datetime.strptime(text, "%d.%m.%Y %H:%M")
    return moment(read.date(), read.time(), tz)


@pytest.mark.parametrize(("came", "told_by"), [
    ("20.11.2026 10:00", "20.11.2026 14:00"),   # Friday morning
    ("20.11.2026 12:30", "20.11.2026 16:30"),
    ("20.11.2026 15:00", "20.11.2026 19:00"),   # just fits into the day
    ("20.11.2026 16:00", "23.11.2026 11:00"),   # three hours on Friday, one on Monday
    ("20.11.2026 18:59", "23.11.2026 13:59"),
    ("20.11.2026 19:00", "23.11.2026 14:00"),   # closed: Monday
    ("20.11.2026 23:30", "23.11.2026 14:00"),
    ("20.11.2026 03:00", "20.11.2026 14:00"),   # at night: from opening
    ("21.11.2026 12:00", "23.11.2026 14:00"),   # Saturday
    ("22.11.2026 23:59", "23.11.2026 14:00"),   # Sunday
    ("03.11.2026 17:00", "05.11.2026 12:00"),   # 4 November is a holiday
    ("30.12.2026 17:00", "11.01.2027 12:00"),   # 31 December is off in 2026, work begins on 11 January
    ("31.12.2026 12:00", "11.01.2027 14:00"),
    ("05.01.2027 12:00", "11.01.2027 14:00"),
    ("07.03.2027 12:00", "09.03.2027 14:00"),   # Sunday before 8 March, a Monday
    ("30.04.2027 16:30", "04.05.2027 11:30"),   # 1 May is a Saturday: the day off moves to Monday, 3 May
])
def test_the_client_hears_within_four_working_hours(came, told_by):
    for state in (rules.DRAFT, rules.RECEIVED):
        assert own_deadline(state, Times(at(came)), TERMS, RUSSIA, MOSCOW) == at(told_by)


@pytest.mark.parametrize(("tz", "came", "told_by"), [
    (MOSCOW, datetime(2026, 11, 20, 9, 0, tzinfo=UTC), datetime(2026, 11, 20, 13, 0, tzinfo=UTC)),       # 12:00
    (URAL, datetime(2026, 11, 20, 9, 0, tzinfo=UTC), datetime(2026, 11, 20, 13, 0, tzinfo=UTC)),         # 14:00 to 18:00
    (URAL, datetime(2026, 11, 20, 13, 0, tzinfo=UTC), datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),         # 18:00: 1 h + 3 h
    (KAMCHATKA, datetime(2026, 11, 20, 9, 0, tzinfo=UTC), datetime(2026, 11, 23, 2, 0, tzinfo=UTC)),     # 21:00: Monday
    (KAMCHATKA, datetime(2026, 11, 19, 23, 0, tzinfo=UTC), datetime(2026, 11, 20, 3, 0, tzinfo=UTC)),    # Friday 11:00
    (KALININGRAD, datetime(2026, 11, 20, 9, 0, tzinfo=UTC), datetime(2026, 11, 20, 13, 0, tzinfo=UTC)),  # 11:00
    (KALININGRAD, datetime(2026, 11, 20, 16, 59, tzinfo=UTC), datetime(2026, 11, 23, 11, 59, tzinfo=UTC)),
])
def test_hours_are_those_of_the_office(tz, came, told_by):
    assert own_deadline(rules.RECEIVED, Times(came), TERMS, RUSSIA, tz) == told_by


@pytest.mark.parametrize(("came", "told_by"), [
    # Clocks go back on 25 October 2026 and forward on 28 March 2027: working hours stay those on the wall.
    ("23.10.2026 17:00", "26.10.2026 12:00"), ("26.03.2027 10:00", "30.03.2027 14:00"),
    ("27.03.2027 12:00", "30.03.2027 14:00"),
])
def test_clocks_that_jump_change_nothing(came, told_by):
    if came.startswith("26.03"):
        # Good Friday 2027, and Easter Monday after it.
        assert not GERMANY.is_working(date(2027, 3, 26))
    assert own_deadline(rules.RECEIVED, Times(at(came, BERLIN)), TERMS, GERMANY, BERLIN) == at(told_by, BERLIN)


@pytest.mark.parametrize(("came", "told_by"), [
    ("20.11.2026 16:00", "21.11.2026 13:00"),   # Friday until 18:00, the rest on Saturday from 11:00
    ("21.11.2026 14:00", "23.11.2026 12:00"),   # an hour on Saturday, three on Monday from 9:00
])
def test_an_office_open_on_saturday(came, told_by):
    assert own_deadline(rules.RECEIVED, Times(at(came)), TERMS, WITH_SATURDAY, MOSCOW) == at(told_by)


@pytest.mark.parametrize(("state", "since", "decided", "by"), [
    (rules.TOLD, "20.11.2026 12:00", None, "25.11.2026 19:00"),           # three working days: Wednesday
    (rules.INVESTIGATED, "20.11.2026 12:00", None, "27.11.2026 19:00"),   # five
    (rules.TOLD, "21.11.2026 12:00", None, "25.11.2026 19:00"),           # since Saturday
    (rules.INVESTIGATED, "28.12.2026 12:00", None, "13.01.2027 19:00"),   # 29, 30 December, 11, 12, 13 January
    (rules.RESOLVED, "20.11.2026 12:00", "27.11.2026 15:00", "01.12.2026 19:00"),
    (rules.DOCUMENTED, "20.11.2026 12:00", "27.11.2026 15:00", "04.12.2026 19:00"),
    (rules.ANALYSED, "20.11.2026 12:00", "27.11.2026 15:00", "08.12.2026 19:00"),
    (rules.RESOLVED, "20.12.2026 12:00", "30.12.2026 15:00", "12.01.2027 19:00"),
])
def test_days_are_working_days_until_the_office_closes(state, since, decided, by):
    times = Times(at(since), at(decided) if decided else None)
    assert own_deadline(state, times, TERMS, RUSSIA, MOSCOW) == at(by)


def test_waiting_for_the_client_is_seven_whole_days():
    asked = at("30.12.2026 15:00")
    assert own_deadline(rules.SHARED, Times(at("20.12.2026 12:00"), asked, asked), TERMS, RUSSIA, MOSCOW) == at(
        "06.01.2027 15:00")


@pytest.mark.parametrize(("ready", "owed", "by"), [
    ("20.11.2026 15:00", None, "23.11.2026 19:00"),              # Friday: Monday until the office closes
    ("20.11.2026 15:00", date(2026, 11, 10), "23.11.2026 19:00"),
    ("20.11.2026 15:00", date(2026, 12, 3), "04.12.2026 19:00"),   # something is owed until Thursday
    ("30.12.2026 15:00", None, "11.01.2027 19:00"),
    ("20.11.2026 23:30", date(2026, 11, 22), "23.11.2026 19:00")])
def test_a_case_is_closed_on_the_working_day_after_nothing_is_owed_any_more(ready, owed, by):
    asked = at("10.11.2026 12:00")
    times = Times(asked, asked, asked, ready=at(ready), owed=owed)
    assert own_deadline(rules.SHARED, times, TERMS, RUSSIA, MOSCOW) == at(by)
    assert own_deadline(rules.WAIVED, times, TERMS, RUSSIA, MOSCOW) == at(by)
    assert own_deadline(rules.CLOSED, times, TERMS, RUSSIA, MOSCOW) is None


def test_what_is_due_by_midnight_is_due_today():
    noon, midnight = at("20.11.2026 12:00"), at("21.11.2026 00:00")
    assert colour(midnight, None, rules.SHARED, now=noon, tz=MOSCOW) == YELLOW
    assert colour(midnight, None, rules.SHARED, now=at("19.11.2026 23:59"), tz=MOSCOW) == CALM
    assert colour(midnight, None, rules.SHARED, now=midnight, tz=MOSCOW) == RED


@pytest.mark.parametrize(("tz", "came", "day"), [
    (MOSCOW, datetime(2026, 11, 20, 9, 0, tzinfo=UTC), date(2026, 11, 30)),
    (MOSCOW, datetime(2026, 11, 20, 20, 59, tzinfo=UTC), date(2026, 11, 30)),   # 23:59
    (MOSCOW, datetime(2026, 11, 20, 21, 0, tzinfo=UTC), date(2026, 12, 1)),     # midnight: the next day
    (KAMCHATKA, datetime(2026, 11, 20, 12, 0, tzinfo=UTC), date(2026, 12, 1)),  # the 21st there already
    (KALININGRAD, datetime(2026, 11, 20, 21, 30, tzinfo=UTC), date(2026, 11, 30)),
    (MOSCOW, datetime(2026, 12, 28, 9, 0, tzinfo=UTC), date(2027, 1, 7)),       # holidays do not stop the law
    (MOSCOW, datetime(2028, 2, 20, 9, 0, tzinfo=UTC), date(2028, 3, 1)),        # a leap year
])
def test_the_legal_day_counts_calendar_days_of_the_office(tz, came, day):
    assert legal_day(came, TERMS, tz) == day


def test_the_clients_own_days_towards_the_operator():
    assert file_by(date(2026, 11, 20), TERMS) == date(2026, 12, 10)
    assert file_by(date(2026, 12, 20), TERMS) == date(2027, 1, 9)
    assert answer_by(date(2026, 12, 25), TERMS) == date(2027, 1, 4)


def test_the_nearer_of_both_clocks_stands_in_the_list():
    long_holidays = Times(at("30.12.2026 12:00"))
    law = legal_day(long_holidays.since, TERMS, MOSCOW)
    found = nearest(rules.INVESTIGATED, long_holidays, TERMS, RUSSIA, MOSCOW, law)
    assert (found.at, found.is_legal) == (at("10.01.2027 00:00"), True)
    usual = Times(at("20.11.2026 12:00"))
    found = nearest(rules.INVESTIGATED, usual, TERMS, RUSSIA, MOSCOW, legal_day(usual.since, TERMS, MOSCOW))
    assert (found.at, found.is_legal) == (at("27.11.2026 19:00"), False)
    assert nearest(rules.RESOLVED, usual, TERMS, RUSSIA, MOSCOW, date(2020, 1, 1)).is_legal is False


@pytest.mark.parametrize(("now", "state", "wanted"), [
    ("20.11.2026 11:00", rules.TOLD, CALM), ("24.11.2026 23:59", rules.TOLD, CALM),
    ("25.11.2026 00:00", rules.TOLD, YELLOW), ("25.11.2026 18:59", rules.TOLD, YELLOW),
    ("25.11.2026 19:00", rules.TOLD, RED), ("26.11.2026 09:00", rules.TOLD, RED),
])
def test_yellow_on_its_day_red_once_it_has_passed(now, state, wanted):
    due = at("25.11.2026 19:00")
    assert colour(due, date(2026, 11, 30), state, now=at(now), tz=MOSCOW) == wanted


@pytest.mark.parametrize(("now", "wanted"), [
    ("27.11.2026 23:59", CALM), ("28.11.2026 00:00", YELLOW), ("30.11.2026 23:59", YELLOW), ("01.12.2026 00:00", RED)])
def test_the_law_turns_yellow_two_days_ahead(now, wanted):
    assert colour(at("10.12.2026 19:00"), date(2026, 11, 30), rules.TOLD, now=at(now), tz=MOSCOW) == wanted
    assert colour(at("10.12.2026 19:00"), date(2026, 11, 30), rules.RESOLVED, now=at(now), tz=MOSCOW) == CALM
