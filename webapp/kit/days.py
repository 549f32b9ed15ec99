"""Days and moments: zones, local times as UTC moments, months, birthdays."""

from calendar import isleap, monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


class UnknownZone(ValueError):
    """The name is not a time zone of the IANA list."""

    code = "bad-zone"


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The time zone called `name` ("Europe/Moscow"). Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    # ZoneInfo answers a folder, an empty or an odd name with whatever the file system says.
    except (KeyError, ValueError, OSError) as error:
        raise UnknownZone(f"no such time zone: {name!r}") from error


def moment(day: date, at: time, tz: tzinfo) -> datetime:
    """The UTC moment at which clocks in `tz` show `at` on `day`.

    An hour that clocks jump over is taken as if they had not jumped yet (02:30 becomes 03:30);
    of an hour that comes twice the first is meant.
    """
    return datetime.combine(day, at.replace(fold=0) if at.fold else at, tzinfo=tz).astimezone(UTC)


def end_of_day(day: date, tz: tzinfo) -> datetime:
    """The UTC moment of the midnight that ends `day` in `tz`."""
    return moment(day + ONE_DAY, time(0), tz)


def local_day(when: datetime, tz: tzinfo) -> date:
    """The calendar day in `tz` at the aware moment `when`."""
    return when.astimezone(tz).date()


def aware(when: datetime, tz: tzinfo) -> datetime:
    """`when` as a UTC moment; a naive one is local time in `tz`."""
    if when.tzinfo is None:
        return moment(when.date(), when.time(), tz)
    return when.astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same day `months` later (or earlier, if negative); the last of the month where it is missing.

    31 August + 6 months is 28 or 29 February (`domain.md` §5.4).
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def birthday_in(year: int, born: date) -> date:
    """The day on which a birthday is kept in `year`; 29 February on the 28th in common years (§1.2, 10)."""
    if (born.month, born.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return born.replace(year=year)


def next_birthday(born: date, today: date) -> date:
    """The first birthday kept on `today` or later."""
    this_year = birthday_in(today.year, born)
    return this_year if this_year >= today else birthday_in(today.year + 1, born)
