"""The only place that reads the clock; everything else is told the time."""

from datetime import UTC, date, datetime, tzinfo


def now() -> datetime:
    """The present moment, timezone-aware, in UTC."""
    return datetime.now(UTC)


def today(tz: tzinfo) -> date:
    """The present calendar day in the zone `tz`."""
    return datetime.now(tz).date()
