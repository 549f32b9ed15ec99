"""Dates as people type them: six spellings of the agency's sheet and some more."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kit.dates import BadDate, read_date

MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря")
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize("typed", [
    "02/11/2026", "02.11.2026", "2026-11-02", "2 ноября 2026", "02.11.26", "2.11.26",
    "2 ноя 26", "2 нояб. 2026 г.", "2-ноя-2026", "2.11.2026 г.", "2026.11.02", "2026/11/02", "20261102",
    " 02 . 11 . 2026 ",
    "02.11.2026 14:30", "2026-11-02T00:00:00", "2026-11-02 00:00:00", "пн, 02.11.2026",
    "понедельник, 2 ноября 2026 года",
    "02.11.2026 (пн)", "Mon, 2 Nov 2026", "November 2, 2026", "2nd November 2026", "Nov 2 2026", "02-11-2026",
    "02–11–2026",
    "'02.11.2026", "02\u00a0ноября\u00a02026", "46328", 46328, 46328.75, "46328.0",
    date(2026, 11, 2), datetime(2026, 11, 2, 18, 45), "2 НОЯБРЯ 2026", "2ноября2026"])
def test_the_second_of_november_is_read_from_any_spelling(typed) -> None:
    assert read_date(typed) == date(2026, 11, 2)


@pytest.mark.parametrize(("typed", "code"), [
    ("", "missing-date"), (None, "missing-date"), ("  ", "missing-date"), ("—", "missing-date"), ("-", "missing-date"),
    ("уточнить", "unreadable-date"), ("31.02.2026", "unreadable-date"), ("29.02.2027", "unreadable-date"),
    ("11/25/2026", "unreadable-date"), ("15.12", "unreadable-date"), ("15 декабря", "unreadable-date"),
    ("ноябрь 2026", "unreadable-date"), ("понедельник", "unreadable-date"), ("5 маю 2026", "unreadable-date"),
    ("3.11.226", "unreadable-date"), ("00.00.0000", "unreadable-date"), (True, "unreadable-date"),
    (float("nan"), "unreadable-date"), (float("inf"), "unreadable-date"), (-1, "unreadable-date"),
    (1e9, "unreadable-date"),
    ("#REF!", "unreadable-date"), ("t" * 32_000, "unreadable-date"), ("(" * 32_000, "unreadable-date"),
    ("02.11.2026 или 03.11.2026", "unreadable-date"),
    ("1.1.1970", "unlikely-date"), ("02.11.2206", "unlikely-date"), (date(1999, 12, 31), "unlikely-date"),
    (2026, "unlikely-date")])
def test_what_is_no_usable_date_says_why(typed, code: str) -> None:
    with pytest.raises(BadDate) as bad:
        read_date(typed)
    assert bad.value.code == code


@given(DAYS, st.sampled_from([
    "{d:02}/{m:02}/{y}", "{d:02}.{m:02}.{y}", "{y}-{m:02}-{d:02}", "{d} {word} {y}", "{d:02}.{m:02}.{yy:02}",
    "{d}.{m}.{yy:02}"]))
def test_all_six_spellings_of_the_sheet_read_back(day: date, form: str) -> None:
    typed = form.format(d=day.day, m=day.month, y=day.year, yy=day.year % 100, word=MONTHS[day.month - 1])
    assert read_date(typed) == day


@given(DAYS)
def test_a_serial_number_of_a_spreadsheet_reads_back(day: date) -> None:
    assert read_date((day - date(1899, 12, 30)).days) == day


def test_two_digit_years_of_birthdays_fall_in_the_past() -> None:
    assert read_date("1.4.93", earliest=1900, latest=2026) == date(1993, 4, 1)
    assert read_date("23.6.04", earliest=1900, latest=2026) == date(2004, 6, 23)


@given(st.text(max_size=40))
def test_any_text_gives_a_date_or_a_reason(text: str) -> None:
    try:
        assert 2000 <= read_date(text).year <= 2100
    except BadDate as bad:
        assert bad.code in ("missing-date", "unreadable-date", "unlikely-date")
