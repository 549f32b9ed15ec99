"""Weekly hours in words: names of weekdays, and «пн–пт 10:00–19:00»."""

from typing import Any

from babel.dates import get_day_names


def day_name(day: int, language: str) -> str:
    """Name of a weekday, Monday = 0, with a capital as it stands alone."""
    return get_day_names("wide", context="stand-alone", locale=language)[day].capitalize()


def hours_text(hours: dict[str, Any], language: str) -> str:
    """«пн–пт 10:00–19:00, сб 11:00–16:00»: neighbouring days with the same hours stand together."""
    runs: list[list[Any]] = []
    for day in range(7):
        pair = hours.get(str(day))
        if pair and runs and runs[-1][1] == day - 1 and runs[-1][2] == pair:
            runs[-1][1] = day
        elif pair:
            runs.append([day, day, pair])
    return ", ".join(f"{_days(first, last, language)} {opens}–{closes}" for first, last, (opens, closes) in runs)


def _days(first: int, last: int, language: str) -> str:
    names = get_day_names("abbreviated", context="stand-alone", locale=language)
    return names[first] if first == last else f"{names[first]}–{names[last]}"
