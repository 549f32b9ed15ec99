"""Phones in any spelling become E.164; what is no phone stays out."""

import re

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.kit import phones

ONE_NUMBER = "+79161234567"


@pytest.mark.parametrize("typed", [
    "8 (916) 123-45-67", "8 916 123 45 67 ", "8-916-123-45-67", "89161234567", "79161234567", "9161234567",
    "+7 916 123-45-67", "+7(916)1234567", "8(916)1234567", "+7\u00a0916\u00a0123\u201145\u201167", "916 12 345 67",
    "'+79161234567", "8.916.123.45.67", "8 (916) 123-45-67 доб. 12", "тел. 8 916 123-45-67 жена",
    "моб: 89161234567", "79161234567 (WhatsApp)", "8 9161234567",
])
def test_one_mobile_number_in_any_spelling_is_the_same_number(typed: str) -> None:
    assert [p.e164 for p in phones.find(typed)] == [ONE_NUMBER]


@pytest.mark.parametrize(("typed", "numbers"), [
    ("+79833202833, 89788086310", ["+79833202833", "+79788086310"]),
    ("8 926 442 84 88 , 79310885445", ["+79264428488", "+79310885445"]),
    ("89161234567 89031234567", ["+79161234567", "+79031234567"]),
    ("8 916 123 45 67 8 903 123 45 67", ["+79161234567", "+79031234567"]),
    ("8-916-123-45-67/8-903-123-45-67", ["+79161234567", "+79031234567"]),
    ("+79161234567+79031234567", ["+79161234567", "+79031234567"]),
    ("9161234567 Анна, 9031234567 муж", ["+79161234567", "+79031234567"]),
    ("моб 89161234567\nдом (495) 123-45-67", ["+79161234567", "+74951234567"]),
    ("8 916 123 45 67 и 8 903 123 45 67", ["+79161234567", "+79031234567"]),
    ("+44 20 7946 0958 или 8 916 123-45-67", ["+442079460958", "+79161234567"]),
    ("89161234567, +7 (916) 123-45-67", ["+79161234567"]),
])
def test_several_numbers_in_a_cell_are_all_found_once_and_in_order(typed: str, numbers: list[str]) -> None:
    assert [p.e164 for p in phones.find(typed)] == numbers


@pytest.mark.parametrize(("typed", "e164"), [
    ("+49 30 901820", "+4930901820"), ("+375 29 123 45 67", "+375291234567"), ("+998 90 123 45 67", "+998901234567"),
    ("8 10 375 29 123 45 67", "+375291234567"), ("+7 701 123 4567", "+77011234567"),
    ("8 495 123-45-67", "+74951234567"), ("8 (800) 555-35-35", "+78005553535"), ("+49 8916123456", "+498916123456"),
])
def test_foreign_and_land_line_numbers_keep_their_country(typed: str, e164: str) -> None:
    assert phones.normalise(typed) == e164
    assert [p.e164 for p in phones.find(typed)] == [e164]


@pytest.mark.parametrize("typed", [
    "", "нет", "-", "+7 999", "9196311", "звонить жене", "дом. 9-99-99", "999999", "8 916 123-45-6О",
    "+8 916 123 45 67",
    "+7 916 123 45 678", "+79300000000", "15.12.2026", "123", "уточнить",
])
def test_what_is_no_phone_number_gives_none(typed: str) -> None:
    assert phones.find(typed) == []
    assert phones.normalise(typed) is None


def test_the_spelling_a_person_typed_is_kept() -> None:
    assert phones.find("8 (916) 123-45-67, 8 903 1234567") == [
        phones.Phone("+79161234567", "8 (916) 123-45-67"), phones.Phone("+79031234567", "8 903 1234567")]


def by_library(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, 0) if phonenumbers.is_valid_number(number) else None


PREFIXES = st.sampled_from(["", "8", "7", "+7", "+", "+8", "+49", "+375", "+1", "00", "8 10 ", "9", "+7 7"])
GAPS = st.sampled_from(["", "", " ", "-", " (", ") ", "(", ")", "  ", "--", "\u00a0", "."])
DIGITS = st.one_of(
    st.from_regex(r"9[0-9]{9}", fullmatch=True), st.from_regex(r"[0-9]{9,11}", fullmatch=True),
    st.just("9300000000"))


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(PREFIXES, DIGITS, GAPS, GAPS, GAPS, GAPS)
def test_the_quick_rule_never_disagrees_with_the_numbering_plan(prefix, digits, a, b, c, d) -> None:
    typed = f"{prefix}{a}{digits[:3]}{b}{digits[3:6]}{c}{digits[6:8]}{d}{digits[8:]}"
    expected = by_library(re.sub("\u00a0", " ", typed).strip(" ."))
    assert phones.normalise(typed) == expected
    if expected:
        assert [p.e164 for p in phones.find(typed)] == [expected]


def test_every_mobile_code_of_russia_goes_the_quick_way_and_agrees() -> None:
    typed = [f"8 ({code}) {n[:3]}-{n[3:5]}-{n[5:]}" for code in range(900, 1000) for n in ("0000000", "1234567",
        "9999999")]
    assert [phones.normalise(t) for t in typed] == [by_library(t) for t in typed]


def test_mobiles_are_told_from_land_lines() -> None:
    assert phones.is_mobile("+79161234567")
    assert phones.is_mobile("+375291234567")
    assert not phones.is_mobile("+74951234567")
    assert not phones.is_mobile("nonsense")


def test_numbers_are_shown_in_groups() -> None:
    assert phones.display("+79161234567") == "+7 916 123-45-67"
    assert phones.display("+4930901820") == "+49 30 901820"


@pytest.mark.parametrize(("typed", "digits"), [
    ("8 (916) 12", "791612"), ("+7 916", "7916"), ("916-12", "91612"), ("8", "8"), ("+8 6", "86"), ("Иванова", "")])
def test_a_search_for_part_of_a_number_finds_plus_seven(typed: str, digits: str) -> None:
    assert phones.search_digits(typed) == digits


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_any_text_at_all_is_survived(text: str) -> None:
    assert all(re.fullmatch(r"\+[1-9]\d{4,14}", p.e164) for p in phones.find(text))
