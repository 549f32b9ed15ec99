"""Names of months, as budgets and reasons speak of them."""

from datetime import date

from babel.dates import format_date
from flask_babel import get_locale


def month_name(month: date) -> str:
    """«ноябрь», "November"."""
    return format_date(month, "LLLL", locale=get_locale())


def month_of_text(text: str) -> str:
    """The month that a reason keeps as 2026-11; "" for anything else."""
    try:
        return month_name(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return ""
