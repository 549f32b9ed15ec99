"""Dates as people type them: six spellings of the agency's sheet and some more."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kit.dates import A_YEAR, BadDate, read_date, read_near_date, read_time, split_hour

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


SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(("typed", "day"), [
    ("28.11", date(2026, 11, 28)), ("28.11.", date(2026, 11, 28)), ("28/11", date(2026, 11, 28)),
    ("28-11", date(2026, 11, 28)), ("28 ноября", date(2026, 11, 28)), ("28 нояб.", date(2026, 11, 28)),
    ("28-го ноября", date(2026, 11, 28)), ("28 НОЯБРЯ", date(2026, 11, 28)), ("28 Nov", date(2026, 11, 28)),
    ("November 28th", date(2026, 11, 28)), ("сб, 28.11", date(2026, 11, 28)), ("28.11 (сб)", date(2026, 11, 28)),
    ("28.11 15:00", date(2026, 11, 28)), ("28 ноября в 15:00", date(2026, 11, 28)),
    ("1.12", date(2026, 12, 1)), ("01.12", date(2026, 12, 1)), ("5.1", date(2027, 1, 5)),
    ("5 января", date(2027, 1, 5)), ("22.11", SUNDAY), ("21.11", date(2026, 11, 21)),
    ("23.09", date(2026, 9, 23)), ("22.09", date(2027, 9, 22)), ("1 мая", date(2027, 5, 1)),
    ("сегодня", SUNDAY), ("Завтра", date(2026, 11, 23)), ("послезавтра", date(2026, 11, 24)),
    ("вчера", date(2026, 11, 21)), ("tomorrow", date(2026, 11, 23)), ("today", SUNDAY),
    ("28.11.2027", date(2027, 11, 28)), ("28.11.26", date(2026, 11, 28)), ("2026-11-28", date(2026, 11, 28))])
def test_a_form_takes_a_date_without_a_year_as_the_nearest_sensible_one(typed: str, day: date) -> None:
    assert read_near_date(typed, today=SUNDAY) == day


@pytest.mark.parametrize(("typed", "day"), [
    ("22.11", SUNDAY), ("23.11", date(2025, 11, 23)), ("28 декабря", date(2025, 12, 28)), ("1.3", date(2026, 3, 1)),
    ("вчера", date(2026, 11, 21))])
def test_a_purchase_without_a_year_is_the_latest_such_day_not_after_today(typed: str, day: date) -> None:
    assert read_near_date(typed, today=SUNDAY, back=A_YEAR) == day


@pytest.mark.parametrize("typed", ["29.02", "31.11", "11.28", "12.2026", "28", "ноября", "28 маю", "10:00", "0.0",
                                   "когда-нибудь", "", "28.11 или 29.11", "t" * 100])
def test_a_near_date_that_does_not_exist_is_refused(typed: str) -> None:
    with pytest.raises(BadDate):
        read_near_date(typed, today=SUNDAY)


def test_the_29th_of_february_needs_no_year_when_it_is_near() -> None:
    assert read_near_date("29.02", today=date(2027, 12, 1)) == date(2028, 2, 29)
    assert read_near_date("29 февраля", today=date(2028, 3, 30)) == date(2028, 2, 29)


@given(DAYS, st.integers(0, 304))
def test_a_day_of_the_year_to_come_needs_no_year(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    assert read_near_date(f"{day.day}.{day.month:02}", today=today) == day


@pytest.mark.parametrize(("typed", "at"), [
    ("15:00", time(15)), ("15-00", time(15)), ("15.30", time(15, 30)), ("15", time(15)), ("9", time(9)),
    ("0905", time(9, 5)), ("905", time(9, 5)), ("9:05", time(9, 5)), ("в 15", time(15)), ("15 ч", time(15)),
    ("15 30", time(15, 30)), ("15:00:00", time(15))])
def test_an_hour_is_read_as_people_write_it(typed: str, at: time) -> None:
    assert read_time(typed) == at


@pytest.mark.parametrize("typed", ["", "25", "24:00", "15:60", "полдень", "15:", "1:2", "12345", "15:00 и 16:00"])
def test_what_is_no_hour_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        read_time(typed)


@pytest.mark.parametrize(("typed", "parts"), [
    ("28.11 15:00", ("28.11", "15:00")), ("28 ноября в 15", ("28 ноября", "15")), ("завтра 9:30", ("завтра", "9:30")),
    ("28.11.2026, 15:00", ("28.11.2026", "15:00")), ("28.11", ("28.11", "")), ("28 11", ("28 11", "")), ("", ("", ""))])
def test_an_hour_behind_a_day_is_told_from_it(typed: str, parts: tuple[str, str]) -> None:
    assert split_hour(typed) == parts
