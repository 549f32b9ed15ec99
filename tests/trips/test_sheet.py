"""The agency's own sheet becomes trips; what cannot become one is named by line, column, value and reason."""

import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.batches.defuse import bad_rows_csv
from webapp.batches.reading import Row, Table, read_file, read_table
from webapp.kit.phones import Phone
from webapp.trips.columns import guess_columns
from webapp.trips.sheet import Problem, Reading, Repeat, read_sheet, same_person
from webapp.trips.sheetrow import REASONS, reason_text

DATA = Path(__file__).parent.parent / "data"
TODAY = date(2026, 11, 22)
HEADINGS = "Клиент;Телефон;E-mail;Направление;Цена;Дата покупки;Дата вылета;Дата возвращения;Звонок;Комментарий"
GOOD = "Иванова Анна;8 916 123-45-67;a@example.ru;Сочи;100 000;01.11.2026;03.11.2026;10.11.2026;да;"

BAD_DEPARTURES = [
    (56, "уточнить", "unreadable-date"), (59, "", "missing-date"), (103, "18.10.2026", "departure-before-purchase"),
    (149, "", "missing-date"), (186, "уточнить", "unreadable-date"),
    (199, "10 октября 2026", "departure-before-purchase"), (204, "01.12.2026", "departure-before-purchase"),
    (289, "09/10/2026", "departure-before-purchase"), (308, "2026-11-03", "departure-before-purchase"),
    (361, "", "missing-date"), (375, "14 ноября 2026", "departure-before-purchase")]
BAD_RETURNS = [
    (60, "10.11.2026"), (105, "31.01.2027"), (218, "17 ноября 2026"), (230, "12.11.26"), (322, "4.12.26"),
    (372, "01.10.2026"), (381, "4 февраля 2027")]
WARNINGS = [
    (115, "E-mail", "z.ivanova850mail.example.ru", "bad-email"), (134, "Телефон", "+7 999", "bad-phone"),
    (150, "Телефон", "+7 999", "bad-phone"), (185, "E-mail", "нет", "bad-email"),
    (187, "Телефон", "звонить жене", "bad-phone"), (200, "E-mail", "p.kalinina230@mail", "bad-email"),
    (306, "Телефон", "+7 999", "bad-phone"), (307, "Телефон", "9196311", "bad-phone"),
    (403, "Телефон", "нет", "bad-phone")]
# Line 289 of the workbook holds a real date where the CSV has a typed one.
SHOWN_IN_WORKBOOK = {"09/10/2026": "09.10.2026"}


def read(text: str, **options) -> Reading:
    return read_sheet(read_table(text.encode()), today=TODAY, **options)


def one_row(row: str, headings: str = HEADINGS) -> Reading:
    return read(f"{headings}\n{row}\n")


def codes(reading: Reading) -> list[tuple[str, str, str]]:
    return [(p.column, p.value, p.reason) for p in reading.problems]


@pytest.mark.parametrize("name", ["checklist.csv", "checklist.xlsx"])
def test_the_agencys_own_sheet_is_read_to_the_last_row(name: str) -> None:
    reading = read_sheet(read_file(DATA / name), today=TODAY)
    assert (reading.rows, len(reading.trips), len(reading.bad), len(reading.repeats)) == (405, 382, 18, 5)
    assert (reading.blank, reading.totals) == (4, 1)
    assert reading.repeats == [Repeat(407, 62), Repeat(408, 333), Repeat(409, 172), Repeat(410, 239), Repeat(411, 221)]
    shown = SHOWN_IN_WORKBOOK if name.endswith("xlsx") else {}
    fatal = [Problem(line, "Дата вылета", shown.get(value, value), reason, True) for line, value,
        reason in BAD_DEPARTURES]
    fatal += [Problem(line, "Дата возвращения", value, "return-before-departure", True) for line, value in BAD_RETURNS]
    fatal += [Problem(204, "Дата покупки тура", "04.12.2026", "purchase-in-future", True)]
    warnings = [Problem(*found, False) for found in WARNINGS]
    assert sorted(reading.problems, key=repr) == sorted(fatal + warnings, key=repr)
    assert [row.line for row in reading.bad] == sorted({problem.line for problem in fatal})


def test_both_files_of_the_agency_hold_the_same_trips() -> None:
    one, other = (read_sheet(read_file(DATA / f), today=TODAY) for f in ("checklist.csv", "checklist.xlsx"))
    assert one.trips == other.trips
    assert len({trip.fingerprint for trip in one.trips}) == 382


@pytest.mark.parametrize(("encoding", "delimiter"),
    [("cp1251", ";"), ("utf-16", "\t"), ("koi8_r", ";"), ("utf-8", ";")])
def test_another_encoding_or_delimiter_changes_nothing(encoding: str, delimiter: str) -> None:
    table = read_file(DATA / "checklist.csv")
    cells = [[str(c).replace("✓", "+").replace("№", "N") for c in row.cells] for row in table.rows]
    lines = [delimiter.join('"' + c.replace('"', '""') + '"' if re.search('[;\n"]',
        c) else c for c in row) for row in cells]
    again = read_sheet(read_table("\r\n".join(lines).encode(encoding)), today=TODAY)
    first = read_sheet(table, today=TODAY)
    assert again.trips == first.trips and again.repeats == first.repeats
    assert [(p.line, p.value, p.reason) for p in again.problems] == [(p.line, p.value,
        p.reason) for p in first.problems]


def test_a_row_is_told_in_full() -> None:
    trip = read_sheet(read_file(DATA / "checklist.csv"), today=TODAY).trips[0]
    assert (trip.line, trip.name.full, trip.manager, trip.destination, trip.operator) == (
        3, "Матвеев Степан", "Игорь Савин", "Мальдивы", "Библио-Глобус")
    assert trip.phones == (Phone("+79245915102", "8 (924) 591-51-02"),)
    assert (trip.price_kopecks, trip.purchase, trip.departure, trip.return_) == (
        41_799_000, date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 17))
    assert trip.ticks == {"thank_you", "bon_voyage", "welcome_back_sms", "call_back"}


@pytest.mark.parametrize(("cell", "value", "reason"), [
    ("Клиент", "", "missing-name"), ("Клиент", "123", "missing-name"), ("Дата покупки", "", "missing-date"),
    ("Дата вылета", "скоро", "unreadable-date"), ("Дата возвращения", "10.11.2206", "unlikely-date"),
    ("Дата возвращения", "02.11.2026", "return-before-departure"),
    ("Дата вылета", "31.10.2026", "departure-before-purchase")])
def test_what_keeps_a_row_out_is_named(cell: str, value: str, reason: str) -> None:
    cells = dict(zip(HEADINGS.split(";"), GOOD.split(";"), strict=True)) | {cell: value}
    reading = one_row(";".join(cells.values()))
    assert not reading.trips and [row.line for row in reading.bad] == [2]
    assert reading.problems == [Problem(2, cell, value, reason, True)]


def test_a_purchase_today_is_taken_and_tomorrow_is_not() -> None:
    row = "Иванова Анна;;;;;{};01.12.2026;10.12.2026;;"
    assert one_row(row.format("22.11.2026")).trips
    assert codes(one_row(row.format("23.11.2026"))) == [("Дата покупки", "23.11.2026", "purchase-in-future")]


def test_what_cannot_be_read_but_is_not_needed_is_a_warning_and_is_kept() -> None:
    reading = one_row("Иванова Анна;звонить жене;a@gmial.com;Сочи;дорого;01.11.2026;03.11.2026;"
                      "10.11.2026;не дозвонились;")
    assert codes(reading) == [
        ("Телефон", "звонить жене", "bad-phone"), ("E-mail", "a@gmial.com", "email-typo"),
        ("Цена", "дорого", "bad-price"),
        ("Звонок", "не дозвонились", "unknown-tick")]
    assert not any(p.fatal for p in reading.problems) and reading.problems[1].hint == "a@gmail.com"
    assert reading.trips[0].leftovers == (("Телефон", "звонить жене"), ("Цена", "дорого"), ("Звонок", "не дозвонились"))
    assert reading.trips[0].emails == ("a@gmial.com",) and reading.trips[0].price_kopecks is None


@pytest.mark.parametrize(("typed", "done"), [
    *((t, True) for t in ("TRUE", "ИСТИНА", "да", "Да!", "✓", "✔️", "x", "Х", "+", "1", "v", "ок", "отправлено",
        "05.11.2026")),
    *((t, False) for t in ("FALSE", "ЛОЖЬ", "нет", "-", "—", "0", "", "no", "не отправлено"))])
def test_a_tick_is_a_tick_in_any_spelling(typed: str, done: bool) -> None:
    reading = one_row(f"Иванова Анна;;;Сочи;;01.11.2026;03.11.2026;10.11.2026;{typed};")
    assert ("call_back" in reading.trips[0].ticks) is done and reading.problems == []


def test_a_date_in_a_tick_column_tells_when_and_a_future_one_is_no_tick() -> None:
    row = "Иванова Анна;;;Сочи;;01.11.2026;03.11.2026;10.11.2026;{};"
    assert one_row(row.format("12.11.2026")).trips[0].ticked_on == {"call_back": date(2026, 11, 12)}
    late = one_row(row.format("12.12.2026"))
    assert late.trips[0].ticks == frozenset() and late.problems[0].reason == "unknown-tick"


@pytest.mark.parametrize("row", [
    ";;;;;;;;;", "ИТОГО;;;;100 000;;;;;", ";;;Всего:;100 000;;;;;", ";;;;=SUM(E2:E9);;;;;", ";;;;100 000;;;;;",
    "Ноябрь 2026;;;;;;;;;",
    HEADINGS, ";;;;;;;;FALSE;", ";;;;;;;;нет;"])
def test_totals_month_titles_blank_rows_and_empty_boxes_are_passed_over(row: str) -> None:
    reading = read(f"{HEADINGS}\n{GOOD}\n{row}\n")
    assert (reading.rows, len(reading.trips), reading.problems, reading.blank + reading.totals) == (1, 1, [], 1)


def test_a_row_with_only_a_name_is_not_passed_over() -> None:
    assert [p.reason for p in one_row("Иванова Анна;;;;;;;;;").problems] == ["missing-date"] * 3


@pytest.mark.parametrize("again", [
    "ИВАНОВА АННА;+79161234567;;сочи;;2026-11-01;3 ноября 2026;10/11/2026;;",
    "Анна Иванова;;;Сочи;;1.11.26;3.11.26;10.11.26;;",
    "Иванова А.;8 916 123 45 67;;Сочи;;01.11.2026;03.11.2026;10.11.2026;;",
    "Иванова Анна Петровна;;A@EXAMPLE.RU;Сочи;;01.11.2026;03.11.2026;10.11.2026;;"])
def test_the_same_trip_in_another_spelling_is_a_repeat(again: str) -> None:
    reading = read(f"{HEADINGS}\n{GOOD}\n{again}\n")
    assert reading.repeats == [Repeat(3, 2)] and len(reading.trips) == 1 and reading.rows == 2


@pytest.mark.parametrize("other", [
    "Иванов Иван;8 916 123-45-67;;Сочи;;01.11.2026;03.11.2026;10.11.2026;;",
    "Иванова Анна;;;Анапа;;01.11.2026;03.11.2026;10.11.2026;;",
    "Иванова Анна;;;Сочи;;01.11.2026;03.11.2026;11.11.2026;;",
    "Иванова Алла;;;Сочи;;01.11.2026;03.11.2026;10.11.2026;;"])
def test_another_person_place_or_day_is_another_trip(other: str) -> None:
    reading = read(f"{HEADINGS}\n{GOOD}\n{other}\n")
    assert reading.repeats == [] and len(reading.trips) == 2


def test_what_a_repeat_knows_more_is_added_to_the_first() -> None:
    reading = read(f"{HEADINGS};Визит\n{GOOD};\nИванова Анна;8 903 123-45-67;;Сочи;;01.11.2026;"
                   "03.11.2026;10.11.2026;;ждёт;да\n")
    trip, = reading.trips
    assert [p.e164 for p in trip.phones] == ["+79161234567", "+79031234567"]
    assert trip.ticks == {"call_back", "visit"} and trip.comment == "ждёт" and trip.price_kopecks == 10_000_000


def test_two_people_who_share_a_phone_on_one_journey_keep_their_own_repeats() -> None:
    row = "{};8 916 123-45-67;;Сочи;;01.11.2026;03.11.2026;10.11.2026;;"
    names = ("Иванов Иван", "Иванова Анна", "Иванов И.", "ИВАНОВА А.")
    reading = read("\n".join([HEADINGS, *(row.format(name) for name in names)]))
    assert [t.name.full for t in reading.trips] == ["Иванов Иван", "Иванова Анна"]
    assert reading.repeats == [Repeat(4, 2), Repeat(5, 3)]


def test_one_client_is_known_by_contact_and_fitting_name() -> None:
    trip, = one_row(GOOD).trips
    short = replace(trip, name=replace(trip.name, first="А.", middle="П."))
    assert same_person(trip, short)
    assert not same_person(trip, replace(short, phones=(), emails=()))
    assert not same_person(trip, replace(trip, name=replace(trip.name, last="Петров")))
    assert trip.person_keys == ("phone:+79161234567", "email:a@example.ru", "name:анна иванова")


def test_typed_cells_of_a_workbook_are_taken_as_they_are() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Клиент", "Телефон", "Цена", "Дата покупки", "Дата вылета", "Дата возвращения", "Звонок"])
    book.active.append(["Иванова Анна", 89161234567, 417990.5, date(2026, 11, 1), 46329, "10.11.2026", True])
    out = io.BytesIO()
    book.save(out)
    trip, = read_sheet(read_table(out.getvalue()), today=TODAY).trips
    assert (trip.phones[0].e164, trip.price_kopecks, trip.departure, trip.ticks) == (
        "+79161234567", 41_799_050, date(2026, 11, 3), {"call_back"})


def test_bad_rows_are_downloaded_corrected_and_imported_again() -> None:
    table = read_file(DATA / "checklist.xlsx")
    first = read_sheet(table, today=TODAY)
    heading = next(row for row in table.rows if row.line == first.columns.heading_line)
    file = bad_rows_csv(heading.cells, [(row.cells, first.reasons(row.line)[0].reason) for row in first.bad],
        "Что исправить")
    again = read_sheet(read_table(file), today=TODAY)
    assert len(again.bad) == 18 and not again.trips
    corrected = file.decode("utf-8-sig").replace("уточнить", "25.11.2026")
    third = read_sheet(read_table(corrected.encode("cp1251", "ignore")), today=TODAY)
    assert [t.name.full for t in third.trips] == ["Мясникова Глафира"]
    assert third.trips[0].leftovers == ()


def test_a_second_run_makes_the_same_fingerprints_and_a_corrected_comment_too() -> None:
    one, other = one_row(GOOD).trips[0], one_row(GOOD.replace("8 916 123-45-67", "") + "новое").trips[0]
    assert one.fingerprint == other.fingerprint and len(one.fingerprint) == 40


def test_every_reason_has_a_sentence() -> None:
    assert {reason_text(code) for code in REASONS} == set(REASONS.values())


CELLS = st.one_of(st.none(), st.text(max_size=12), st.booleans(), st.integers(-10, 10**12), st.floats(), st.dates(),
                  st.sampled_from(["Клиент", "Дата вылета", "01.11.2026", "Иванова Анна", "8 916 123-45-67", "ИТОГО"]))


@given(st.lists(st.lists(CELLS, max_size=8), max_size=12))
def test_any_table_at_all_is_read_and_every_row_is_accounted_for(cells: list[list[object]]) -> None:
    rows = [Row(n, tuple(row)) for n, row in enumerate(cells, 1)]
    for mapping in (None,
        {"client": [0], "purchase": [1], "departure": [2], "return_": [3], "phone": [4], "visit": [5]}):
        reading = read_sheet(Table(rows, "csv"), today=TODAY, mapping=mapping)
        assert reading.rows == len(reading.trips) + len(reading.bad) + len(reading.repeats)
        below = [row for row in rows if row.line > guess_columns(rows).heading_line]
        assert reading.rows + reading.blank + reading.totals == len(below)
        assert bool(reading.bad) <= bool(reading.problems)
