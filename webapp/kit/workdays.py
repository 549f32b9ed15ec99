"""Working days and hours: the office's week, public holidays with their transfers, days off."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import holidays

from webapp.kit.days import ONE_DAY, local_day, moment

Hours = tuple[time, time]

OFFICE_HOURS: Hours = (time(10), time(19))
DEFAULT_WEEK: tuple[Hours | None, ...] = (OFFICE_HOURS,) * 5 + (None, None)
_LONGEST_CLOSURE_DAYS = 800


class NeverOpen(ValueError):
    """The calendar has no working day for years: its weekly hours are empty."""

    code = "never-open"


class PublicHolidays(Container[date]):
    """Days off of a whole country, transfers included, worked out year by year when first asked.

    `country` is an ISO 3166 code of two letters. The government sets the transfers of a year in the
    autumn before; later years hold the days fixed by law only.
    """

    def __init__(self, country: str) -> None:
        self.country = country
        self._years: dict[int, frozenset[date]] = {}

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        year = self._years.get(day.year)
        if year is None:
            year = self._years[day.year] = self._days_of(day.year)
        return day in year

    def _days_of(self, year: int) -> frozenset[date]:
        # Neighbouring years can move a holiday over New Year's Eve.
        around = holidays.country_holidays(self.country, years=range(year - 1, year + 2))
        return frozenset(day for day in around if day.year == year)


@lru_cache(maxsize=64)
def public_holidays(country: str) -> PublicHolidays:
    """The public holidays of `country` ("RU"), shared by all who ask."""
    return PublicHolidays(country)


@dataclass(frozen=True)
class WorkingDays:
    """When people work: weekly hours (Monday first, None = closed), holidays, own days off and on.

    `days_off` closes any day; `days_on` opens a day that would be closed (a working Saturday, say):
    the office decides that itself, since its weekly hours hold no opening time for it.
    """

    week: tuple[Hours | None, ...] = DEFAULT_WEEK
    holidays: Container[date] = frozenset()
    days_off: frozenset[date] = frozenset()
    days_on: frozenset[date] = field(default_factory=frozenset)

    def is_working(self, day: date) -> bool:
        """Whether people work on `day`."""
        if day in self.days_off:
            return False
        if day in self.days_on:
            return True
        return self.week[day.weekday()] is not None and day not in self.holidays

    def on_or_after(self, day: date) -> date:
        """The first working day not before `day`. Raises NeverOpen."""
        return self._walk(day, ONE_DAY)

    def on_or_before(self, day: date) -> date:
        """The last working day not after `day`. Raises NeverOpen."""
        return self._walk(day, -ONE_DAY)

    def add_days(self, day: date, count: int) -> date:
        """The working day `count` (≥ 0) working days after `day`; 0 gives the first not before it."""
        found = self.on_or_after(day) if count == 0 else day
        for _ in range(count):
            found = self.on_or_after(found + ONE_DAY)
        return found

    def add_time(self, start: datetime, span: timedelta, tz: tzinfo) -> datetime:
        """The UTC moment when `span` of office hours in `tz` has gone by since the moment `start`."""
        day = self.on_or_after(local_day(start, tz))
        while True:
            opens, closes = (moment(day, at, tz) for at in self.hours_on(day))
            begin = max(start, opens)
            if begin + span <= closes:
                return begin + span
            span -= max(closes - begin, timedelta(0))
            day = self.on_or_after(day + ONE_DAY)

    def time_between(self, start: datetime, end: datetime, tz: tzinfo) -> timedelta:
        """Office hours in `tz` between two moments; nights and days off do not count."""
        day, last, spent = local_day(start, tz), local_day(end, tz), timedelta(0)
        while day <= last:
            if self.is_working(day):
                opens, closes = (moment(day, at, tz) for at in self.hours_on(day))
                spent += max(min(end, closes) - max(start, opens), timedelta(0))
            day += ONE_DAY
        return spent

    def hours_on(self, day: date) -> Hours:
        """Opening and closing time on `day`; the default hours on a day opened out of turn."""
        return self.week[day.weekday()] or OFFICE_HOURS

    def _walk(self, day: date, stride: timedelta) -> date:
        for _ in range(_LONGEST_CLOSURE_DAYS):
            if self.is_working(day):
                return day
            day += stride
        raise NeverOpen("no working day within two years")


def default_working_days(country: str = "RU") -> WorkingDays:
    """Monday to Friday, 10:00–19:00, with the public holidays of `country` (`domain.md` §1.2, 2)."""
    return WorkingDays(holidays=public_holidays(country))
