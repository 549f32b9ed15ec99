"""Examples of dates for fields and errors, always near the present day: one of last year misleads whoever copies it."""

from datetime import UTC, timedelta

from flask_babel.speaklater import LazyString

from webapp.kit import clock

A_LIFE_AGO, SOME_MONTHS = 365 * 35, 210
FRIDAY = 4


def example_day(days: int = 7) -> str:
    """«30.11.2026»: so many days from today; a day to come is no Saturday or Sunday, when offices are closed."""
    day = clock.today(UTC) + timedelta(days=days)
    if days > 0 and day.weekday() > FRIDAY:
        day += timedelta(days=7 - day.weekday())
    return day.strftime("%d.%m.%Y")


def example_month() -> str:
    """«06.2027»: the month of a next trip."""
    return (clock.today(UTC) + timedelta(days=SOME_MONTHS)).strftime("%m.%Y")


def lazy_day(days: int = 7) -> LazyString:
    """The same for forms, whose words are made long before a page shows them."""
    return LazyString(example_day, days)
