"""Dates as people type them into sheets: day first, month names, ISO, spreadsheet serial numbers."""

import re
from datetime import date, datetime, time, timedelta

from webapp.kit.text import Cell, clean

MISSING, UNREADABLE, UNLIKELY = "missing-date", "unreadable-date", "unlikely-date"

_LONGEST = 60
_SERIAL_ZERO = date(1899, 12, 30)
_MONTHS = {stem: number for number, stems in enumerate((
    "янв jan", "фев feb", "мар mar", "апр apr", "мая май may", "июн jun",
    "июл jul", "авг aug", "сен sep", "окт oct", "ноя nov", "дек dec"), 1) for stem in stems.split()}
_NAMES = (
    "января январь январе янв", "февраля февраль феврале февр фев", "марта март марте мар",
    "апреля апрель апреле апр",
    "мая май мае", "июня июнь июне июн", "июля июль июле июл", "августа август августе авг",
    "сентября сентябрь сентябре сент сен", "октября октябрь октябре окт", "ноября ноябрь ноябре нояб ноя",
    "декабря декабрь декабре дек",
    "january jan", "february febr feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
    "september sept sep", "october oct", "november nov", "december dec")
_WORDS = {word for names in _NAMES for word in names.split()}
_WEEKDAYS = (r"(?:понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье|пн|вт|ср|чт|пт|сб|вс"
             r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)")
_AROUND = re.compile(rf"^{_WEEKDAYS}\b[.,]?\s*|[\s,(]+{_WEEKDAYS}[.)]*$")
_TIME = re.compile(r"[t\s,]+(?:в\s+|at\s+)?\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:z|[+-]\d\d:?\d\d)?$")
_YEAR_WORD = re.compile(r"[\s.]*\b(?:года|год|г)\.?$|(?<=\d)г\.?$")
_SEP = r"\s*[./\-–—\s]\s*"
_YEAR_FIRST = re.compile(rf"(\d{{4}}){_SEP}(\d{{1,2}}){_SEP}(\d{{1,2}})")
_DAY_FIRST = re.compile(rf"(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}(\d{{4}}|\d\d)")
_DAY_WORD = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|-?го|-?е)?[\s.\-–—/]*(?:of\s+)?([^\W\d_]{3,9})[\s.,\-–—/]*(\d{4}|\d\d)")
_WORD_DAY = re.compile(r"([^\W\d_]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?[\s,]+(\d{4})")
_NO_YEAR = re.compile(r"(\d{1,2})\s*[./\-–—]\s*(\d{1,2})")
_NO_YEAR_WORD = re.compile(r"(\d{1,2})(?:st|nd|rd|th|-?го|-?е)?[\s.\-–—/]*(?:of\s+)?([^\W\d_]{3,9})")
_NO_YEAR_WORD_FIRST = re.compile(r"([^\W\d_]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?")
_NEAR = {"позавчера": -2, "вчера": -1, "yesterday": -1, "сегодня": 0, "today": 0, "завтра": 1, "tomorrow": 1,
         "послезавтра": 2, "day after tomorrow": 2, "the day after tomorrow": 2}
_HOUR = re.compile(r"(.*[^\s,])[\s,]+(?:(?:в|at)\s+(\d{1,2}(?:[:.\-]\d\d)?)|(\d{1,2}:\d\d))", re.IGNORECASE)
_CLOCK = re.compile(r"(?:в\s+|at\s+)?(\d{1,2}?)(?:\s*[:.\-\s]?\s*(\d\d)(?::\d\d)?)?\s*(?:ч\.?|час(?:а|ов)?)?")
A_WHILE, A_YEAR = timedelta(days=60), timedelta(days=364)


class BadDate(ValueError):
    """A cell that holds no usable date; `code` is one of MISSING, UNREADABLE, UNLIKELY."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_date(cell: Cell, *, earliest: int = 2000, latest: int = 2100) -> date:
    """Read one date, day before month (domain.md §1.5). Two-digit years fall in the range of years allowed.

    Takes a typed text, a date, a moment (its day is taken) or a spreadsheet serial number (days since
    30.12.1899). Raises BadDate with a code; years outside earliest…latest are "unlikely-date".
    """
    found = _typed(cell)
    if found is None:
        text = clean(str(cell or "")).lower()
        if not text.strip("'-–—_. "):
            raise BadDate(MISSING)
        found = _read_text(_bare(text), latest) if len(text) <= _LONGEST else None
    if found is None:
        raise BadDate(UNREADABLE)
    if not earliest <= found.year <= latest:
        raise BadDate(UNLIKELY)
    return found


def read_near_date(text: str, *, today: date, back: timedelta = A_WHILE) -> date:
    """Read a date as people type it into a form: «28.11», «28 ноября» and «завтра» too, seen from `today`.

    Without a year it is the first such day on or after `today` minus `back`; A_YEAR makes it the latest not
    after today. Sheets are read by `read_date` alone: months after the purchase a guess of the year is wrong.
    """
    try:
        return read_date(text)
    except BadDate as bad:
        found = _near(_bare(clean(text).lower()), today, back) if len(text) <= _LONGEST else None
        if bad.code != UNREADABLE or found is None:
            raise
        return found


def split_hour(text: str) -> tuple[str, str]:
    """«28.11 15:00», «завтра в 15» → the day and the hour, still as typed; "" when there is no hour."""
    match = _HOUR.fullmatch(clean(text)) if len(text) <= _LONGEST else None
    return (match[1], match[2] or match[3]) if match else (text, "")


def read_time(text: str) -> time:
    """A time of day: «15:00», «15-30», «9.05», «0905», «15», «в 15 ч». Raises ValueError."""
    match = _CLOCK.fullmatch(clean(text).lower())
    if not match:
        raise ValueError(text)
    return time(int(match[1]), int(match[2] or 0))


def _near(text: str, today: date, back: timedelta) -> date | None:
    if text in _NEAR:
        return today + timedelta(days=_NEAR[text])
    if match := _NO_YEAR.fullmatch(text):
        day, month = match.groups()
    elif match := _NO_YEAR_WORD.fullmatch(text):
        day, month = match[1], _month(match[2])
    elif match := _NO_YEAR_WORD_FIRST.fullmatch(text):
        day, month = match[2], _month(match[1])
    else:
        return None
    first = today - back
    days = (_make(str(year), month, day, year) for year in (first.year, first.year + 1))
    return next((found for found in days if found and found >= first), None)


def _typed(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool):
        raise BadDate(UNREADABLE)
    if isinstance(cell, int | float):
        return _serial(cell)
    return None


def _serial(number: float) -> date:
    if number != number or not 1 <= number < 2_958_466:
        raise BadDate(UNREADABLE)
    return _SERIAL_ZERO + timedelta(days=int(number))


def _bare(text: str) -> str:
    """Without weekday, time of day, the word «год» and a leading apostrophe."""
    text = text.lstrip("'`").strip(" .,;")
    text = _TIME.sub("", _AROUND.sub("", text).strip())
    return _YEAR_WORD.sub("", _AROUND.sub("", text).strip()).strip(" .,;()\"«»")


def _read_text(text: str, latest: int) -> date | None:
    if re.fullmatch(r"\d{5}(?:[.,]\d+)?", text):
        return _serial(int(text[:5]))
    if re.fullmatch(r"(?:19|20)\d{6}", text):
        return _make(text[:4], text[4:6], text[6:], latest)
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = match.groups()
        return _make(year, month, day, latest)
    if match := _DAY_FIRST.fullmatch(text):
        day, month, year = match.groups()
        return _make(year, month, day, latest)
    return _read_words(text, latest)


def _read_words(text: str, latest: int) -> date | None:
    if match := _DAY_WORD.fullmatch(text):
        day, word, year = match.groups()
    elif match := _WORD_DAY.fullmatch(text):
        word, day, year = match.groups()
    else:
        return None
    return _make(year, _month(word), day, latest)


def _month(word: str) -> str:
    """The number of a month by its name; "0", which is no month, for any other word."""
    return str(_MONTHS[word[:3]]) if word in _WORDS and word[:3] in _MONTHS else "0"


def _make(year: str, month: str, day: str, latest: int) -> date | None:
    number = int(year)
    if len(year) == 2:
        number += 2000 if 2000 + number <= latest else 1900
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None
