"""Examples of dates for fields and errors, always near the present day: one of last year misleads whoever copies it."""

from datetime import UTC, timedelta

from flask_babel.speaklater import LazyString

from webapp.kit import clock

A_LIFE_AGO, SOME_MONTHS = 365 * 35, 210


def example_day(days: int = 7) -> str:
    """«29.11.2026»: so many days from today."""
    return (clock.today(UTC) + timedelta(days=days)).strftime("%d.%m.%Y")


def example_month() -> str:
    """«06.2027»: the month of a next trip."""
    return (clock.today(UTC) + timedelta(days=SOME_MONTHS)).strftime("%m.%Y")


def lazy_day(days: int = 7) -> LazyString:
    """The same for forms, whose words are made long before a page shows them."""
    return LazyString(example_day, days)
