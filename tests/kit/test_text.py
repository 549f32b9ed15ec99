"""Cleaning and comparing text, and telling the parts of a name."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kit.names import PersonName, aside, may_be_same, read_name
from webapp.kit.text import as_text, clean, match_key


def test_spaces_collapse_and_unseen_characters_go() -> None:
    assert clean("  Иванова\u00a0 \tАнна\x00\u200b\u202e ") == "Иванова Анна"
    assert clean("VIP\r\n  перезвонить ", keep_lines=True) == "VIP\nперезвонить"
    assert clean("VIP\n перезвонить") == "VIP перезвонить"
    assert clean("и\u0306") == "й"


@given(st.text())
def test_cleaning_twice_changes_nothing_and_leaves_no_control_characters(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "\x00" not in once and "\n" not in once and once == once.strip()


def test_spellings_that_look_alike_compare_as_equal() -> None:
    assert match_key("Семёнова-Тян\u00a0") == match_key("СЕМЕНОВА ТЯН")
    assert match_key("Ивaнoва") == match_key("Иванова")
    assert match_key("Куба, Варадеро") == match_key("куба варадеро")
    assert match_key("Ivanova") != match_key("Иванова")


@pytest.mark.parametrize(("cell", "text"), [
    (79161234567.0, "79161234567"), (12.5, "12.5"), (7, "7"), (True, "TRUE"), (False, "FALSE"), (None, ""),
    (date(2026, 11, 3), "03.11.2026"), (datetime(2026, 11, 3), "03.11.2026"),
    (datetime(2026, 11, 3, 9, 5), "03.11.2026 09:05"),
    (time(9, 5), "09:05"), ("как есть ", "как есть ")])
def test_cells_become_the_text_a_person_would_type(cell, text: str) -> None:
    assert as_text(cell) == text


@pytest.mark.parametrize(("typed", "parts"), [
    ("Иванова Анна Петровна", ("Иванова", "Анна", "Петровна")),
    ("Анна Петровна Иванова", ("Иванова", "Анна", "Петровна")),
    ("ИВАНОВА анна", ("Иванова", "Анна", "")), ("Анна Иванова", ("Иванова", "Анна", "")),
    ("МАРИНА ДОРОНИНА", ("Доронина", "Марина", "")), ("Октябрина Никифорова", ("Никифорова", "Октябрина", "")),
    ("Иванова А.П.", ("Иванова", "А.", "П.")), ("А. П. Иванова", ("Иванова", "А.", "П.")),
    ("Иванова АП", ("Иванова", "А.", "П.")),
    ("Иванова, Анна Петровна", ("Иванова", "Анна", "Петровна")), ("Иванова Анна (жена)", ("Иванова", "Анна", "")),
    ("Петрова-Водкина Анна-Мария", ("Петрова-Водкина", "Анна-Мария", "")),
    ("Роман Абрамович", ("Абрамович", "Роман", "")),
    ("Абрамович Роман", ("Абрамович", "Роман", "")), ("Кузьмин Лев Ильич", ("Кузьмин", "Лев", "Ильич")),
    ("Мамедов Али Гасан оглы", ("Мамедов", "Али", "Гасан оглы")), ("John Smith", ("Smith", "John", "")),
    ("IVANOVA ANNA", ("Ivanova", "Anna", "")), ("Шевченко Тарас", ("Шевченко", "Тарас", "")),
    ("Анна", ("", "Анна", "")),
    ("Иванова", ("Иванова", "", "")), ("Анна Петровна", ("", "Анна", "Петровна")), ("", ("", "", "")),
    ("12345", ("", "", "")),
    ("Иванов Иван +2", ("Иванов", "Иван", "")), ("Ли Мин Хо", ("Ли", "Мин", "Хо"))])
def test_the_parts_of_a_name_are_told_in_any_order(typed: str, parts: tuple[str, str, str]) -> None:
    assert read_name(typed) == PersonName(*parts)


def test_what_a_name_cell_holds_besides_the_name_is_not_lost() -> None:
    assert aside("Иванова Анна (жена), +2") == "(жена), +2"
    assert aside("Иванова Анна, Петров Пётр") == "Петров Пётр"
    assert aside("Иванова, Анна Петровна") == ""


@pytest.mark.parametrize(("one", "other", "same"), [
    ("Иванова Анна Петровна", "ИВАНОВА А.П.", True), ("Анна Иванова", "Иванова Анна Петровна", True),
    ("Семёнов Пётр", "СЕМЕНОВ ПЕТР", True), ("Анна Ивaнова", "Иванова Анна", True),
    ("Иванов Анатолий", "Иванов Андрей", False), ("Иванов Иван", "Иванова Анна", False),
    ("Иванова Анна Петровна", "Иванова Анна Сергеевна", False), ("Анна", "Анна Петровна", False)])
def test_two_spellings_may_be_one_person(one: str, other: str, same: bool) -> None:
    assert may_be_same(read_name(one), read_name(other)) is same
    assert may_be_same(read_name(other), read_name(one)) is same


def test_the_key_of_a_name_does_not_depend_on_order_case_or_yo() -> None:
    keys = {read_name(t).key for t in ("Фёклова Алёна Петровна", "алена петровна феклова", "АЛЁНА ФЁКЛОВА Петровна")}
    assert len(keys) == 1
    assert read_name("Иванова А.П.").initials and not read_name("Иванова Анна").initials


@given(st.text(max_size=60))
def test_any_text_has_a_name_key(text: str) -> None:
    name = read_name(text)
    assert "\x00" not in name.full and name.key == read_name(text).key
