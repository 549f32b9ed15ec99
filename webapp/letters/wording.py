"""Dates and numbers in words, Russian and English, as letters say them."""

from datetime import date

_MONTHS_RU_OF = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_MONTHS_RU_IN = (
    "январе", "феврале", "марте", "апреле", "мае", "июне",
    "июле", "августе", "сентябре", "октябре", "ноябре", "декабре",
)  # fmt: skip
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_YEARS_RU = ("два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять")
_YEARS_EN = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def day_and_month(day: date | None, lang: str) -> str | None:
    """«10 июля» or "10 July"; None without a date."""
    if day is None:
        return None
    months = _MONTHS_RU_OF if lang == "ru" else _MONTHS_EN
    return f"{day.day} {months[day.month - 1]}"


def day_told(day: date | None, lang: str, today: date) -> str | None:
    """«10 июля», with its year where that is not the year of `today`: in November «до 22 мая» is a riddle."""
    said = day_and_month(day, lang)
    return said if day is None or day.year == today.year else f"{said} {day.year}"


def in_month(day: date | None, lang: str) -> str | None:
    """«в июле» or "in July"; None without a date."""
    if day is None:
        return None
    return f"в {_MONTHS_RU_IN[day.month - 1]}" if lang == "ru" else f"in {_MONTHS_EN[day.month - 1]}"


def nights_in_words(nights: int, lang: str) -> str:
    """«1 ночь, 2 ночи, 5 ночей» or "1 night, 2 nights"."""
    if lang != "ru":
        return f"{nights} night" if nights == 1 else f"{nights} nights"
    return f"{nights} {plural_ru(nights, 'ночь', 'ночи', 'ночей')}"


def time_ago(day: date | None, today: date, lang: str) -> str | None:
    """How long ago a trip ended, in years; from ten months on "almost a year"; None when sooner or ahead."""
    if day is None:
        return None
    months = (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day)
    if months < 10:
        return None
    if months < 12:
        return "почти год назад" if lang == "ru" else "almost a year ago"
    years = months // 12
    if years == 1:
        return "год назад" if lang == "ru" else "a year ago"
    if lang != "ru":
        return f"{_YEARS_EN[years - 2] if years <= 10 else years} years ago"
    number = _YEARS_RU[years - 2] if years <= 10 else str(years)
    return f"{number} {plural_ru(years, 'год', 'года', 'лет')} назад"


def plural_ru(number: int, one: str, few: str, many: str) -> str:
    """The Russian form of a noun after a whole number."""
    if number % 10 == 1 and number % 100 != 11:
        return one
    if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14:
        return few
    return many
