"""Sums in any usual spelling become whole kopecks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kit.money import LIMIT_KOPECKS, BadMoney, display, read_kopecks


@pytest.mark.parametrize(("typed", "kopecks"), [
    ("417 990", 41799000), ("427000 руб.", 42700000), ("571990", 57199000), (571990, 57199000), (571990.0, 57199000),
    ("1 234,50 ₽", 123450), ("1234.5", 123450), ("417\u00a0990", 41799000), ("417.990", 41799000),
    ("417,990", 41799000),
    ("1.234.567,89", 123456789), ("1,234.50", 123450), ("12,5", 1250), ("427 000-00", 42700000), ("₽ 500", 50000),
    ("120 тыс.", 12000000), ("120 т.р.", 12000000), ("1,5 тыс руб", 150000), ("427 000 руб. 50 коп.", 42700050),
    ("0", 0), ("  5 р ", 500), ("417990=", 41799000), (0.1, 10), (1234.565, 123457), ("", None), (None, None),
    ("—", None),
])
def test_a_sum_is_read_in_whole_kopecks(typed, kopecks) -> None:
    assert read_kopecks(typed) == kopecks


@pytest.mark.parametrize("typed", [
    "уточнить", "$100", "100 €", "100 у.е.", "-5", "от 5 до 6", "=SUM(H3:H999)", "1e5", "1 2 3", "12 34 567", "р.",
    True,
    float("nan"), float("inf"), "9" * 30, "50 коп"])
def test_what_is_no_sum_of_rubles_is_refused(typed) -> None:
    with pytest.raises(BadMoney):
        read_kopecks(typed)


@given(st.integers(0, LIMIT_KOPECKS))
def test_a_shown_sum_reads_back_as_itself(kopecks: int) -> None:
    assert read_kopecks(display(kopecks)) == kopecks


def test_kopecks_are_shown_only_where_there_are_any() -> None:
    assert display(41799000) == "417\u00a0990\u00a0₽"
    assert display(123450) == "1\u00a0234,50\u00a0₽"
    assert display(-5) == "−0,05\u00a0₽"
