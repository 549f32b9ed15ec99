"""The quality table: one example worked out by hand on paper, every fault, and what holds for all tables."""

from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kit.numbers import display, rounded
from webapp.quality.number_rules import BadNumber, from_parts, plain, read_number, to_parts
from webapp.quality.table_rules import (
    LESS,
    MORE,
    Fault,
    Indicator,
    changes,
    faults_of,
    made_whole,
    relative,
    table_of,
    verdict,
)

# Worked out with pencil and paper:
#   reviews, 0–10          more   0.30   4.0 → 5.0    5.0 ÷ 4.0 = 1.25          × 0.30 = 0.375
#   minutes to an answer   less   0.25   30  → 40     30 ÷ 40   = 0.75          × 0.25 = 0.1875
#   repeat buyers, %       more   0.20   24  → 18     18 ÷ 24   = 0.75          × 0.20 = 0.15
#   complaints per 100     less   0.15   3   → 2      3 ÷ 2     = 1.5           × 0.15 = 0.225
#   hours open             more   0.10   54  → 54     54 ÷ 54   = 1             × 0.10 = 0.1
#   sum: 0.375 + 0.1875 + 0.15 + 0.225 + 0.1 = 1.0375
BY_HAND = [
    Indicator("Оценка в отзывах", D("0.30"), D("4.0"), D("5.0")),
    Indicator("Минут до ответа", D("0.25"), D(30), D(40), LESS),
    Indicator("Повторные покупатели", D("0.20"), D(24), D(18), unit="%"),
    Indicator("Жалоб на 100 поездок", D("0.15"), D(3), D(2), LESS),
    Indicator("Часов работы в неделю", D("0.10"), D(54), D(54)),
]


def test_the_sums_agree_with_the_example_worked_out_by_hand() -> None:
    table = table_of(BY_HAND)
    assert [line.relative for line in table.lines] == [D("1.25"), D("0.75"), D("0.75"), D("1.5"), D(1)]
    assert [line.weighted for line in table.lines] == [D("0.375"), D("0.1875"), D("0.15"), D("0.225"), D("0.1")]
    assert table.weights == 1 and table.total == D("1.0375") and faults_of(BY_HAND) == []


def test_a_quotient_without_an_end_is_rounded_once_and_the_total_is_the_sum_of_what_is_shown() -> None:
    # 1 ÷ 3 = 0.3333…; × 0.5 = 0.16666… → 0.1667, twice: 0.3334 as a calculator adds up what the page shows.
    table = table_of([Indicator("a", D("0.5"), D(3), D(1)), Indicator("b", D("0.5"), D(1), D(3), LESS)])
    assert [line.weighted for line in table.lines] == [D("0.1667"), D("0.1667")] and table.total == D("0.3334")


@pytest.mark.parametrize("better, theirs, ours, wanted", [
    (MORE, "4", "5", "1.25"), (LESS, "4", "5", "0.8"), (MORE, "5", "4", "0.8"), (LESS, "5", "4", "1.25"),
    (MORE, "7", "7", "1"), (LESS, "7", "7", "1"), (MORE, "4", "0", "0"), (LESS, "0", "5", "0"),
    (MORE, "0", "5", None), (LESS, "4", "0", None), (MORE, "0", "0", None), (MORE, "-1", "5", None),
    (LESS, "4", "-5", None), (MORE, "0.001", "1000000000", "1000000000000"),
])
def test_more_is_ours_by_theirs_and_less_the_inverse(better, theirs, ours, wanted) -> None:
    found = relative(Indicator("x", D(1), D(theirs), D(ours), better))
    assert found == (None if wanted is None else D(wanted))


@pytest.mark.parametrize("changed, fault", [
    ({"name": " "}, Fault(1, "name", "no-name")),
    ({"name": "оценка  в ОТЗЫВАХ"}, Fault(1, "name", "twice")),
    ({"weight": None}, Fault(1, "weight", "no-weight")),
    ({"weight": D(0)}, Fault(1, "weight", "weight-not-positive")),
    ({"weight": D("-0.25")}, Fault(1, "weight", "weight-not-positive")),
    ({"weight": D("0.2")}, Fault(None, "weight", "weights-short", D("0.95"))),
    ({"weight": D(25)}, Fault(None, "weight", "weights-over", D("25.75"))),
    ({"theirs": None}, Fault(1, "theirs", "no-value")),
    ({"ours": None}, Fault(1, "ours", "no-value")),
    ({"theirs": D(-3)}, Fault(1, "theirs", "negative")),
    ({"ours": D("-0.5")}, Fault(1, "ours", "negative")),
    ({"ours": D(0)}, Fault(1, "ours", "zero-less")),
    ({"theirs": D(0), "better": MORE}, Fault(1, "theirs", "zero-more")),
])
def test_every_fault_is_named_with_its_place(changed, fault) -> None:
    assert faults_of([BY_HAND[0], replace(BY_HAND[1], **changed), *BY_HAND[2:]]) == [fault]


@pytest.mark.parametrize("changed", [{"theirs": D(0)}, {"ours": D(0), "better": MORE}])
def test_zero_is_a_value_where_nothing_is_divided_by_it(changed) -> None:
    lines = [BY_HAND[0], replace(BY_HAND[1], **changed), *BY_HAND[2:]]
    assert faults_of(lines) == [] and table_of(lines).lines[1].weighted == 0


def test_an_empty_table_and_one_too_long_are_refused() -> None:
    assert [fault.code for fault in faults_of([])] == ["no-lines"]
    many = made_whole([Indicator(f"line {number}", D(1), D(1), D(1)) for number in range(31)])
    assert [fault.code for fault in faults_of(many)] == ["too-many"]


def test_a_table_half_filled_in_has_no_total_but_what_can_be_said() -> None:
    table = table_of([BY_HAND[0], replace(BY_HAND[1], ours=None)])
    assert table.total is None and table.lines[0].weighted == D("0.375") and table.weights == D("0.55")
    assert table_of([]).total is None


@pytest.mark.parametrize("weights, wanted", [
    (["30", "25", "20", "15", "10"], ["0.3", "0.25", "0.2", "0.15", "0.1"]),
    (["0.3", "0.3"], ["0.5", "0.5"]),
    (["1", "1", "1"], ["0.334", "0.333", "0.333"]),
    (["2", None, "1"], ["0.667", "0", "0.333"]),
    ([None, None], ["0.5", "0.5"]),
    (["-1", "1"], ["0", "1"]),
    (["0.125", "0.875"], ["0.125", "0.875"]),
    (["1000", "1"], ["0.999", "0.001"]),
    (["100000", "1"], ["0.9999", "0.0001"]),
])
def test_weights_are_made_whole_in_their_proportions(weights, wanted) -> None:
    lines = [Indicator(str(n), None if weight is None else D(weight), D(1), D(1)) for n, weight in enumerate(weights)]
    assert [one.weight for one in made_whole(lines)] == [D(weight) for weight in wanted]


def test_nothing_to_make_whole_stays_nothing() -> None:
    assert made_whole([]) == []


def test_the_weakest_are_those_that_cost_most_not_those_that_look_worst() -> None:
    table = table_of([Indicator("far behind, light", D("0.1"), D(10), D(4)), Indicator("near, heavy", D("0.7"), D(10), D(8)),
                      Indicator("ahead", D("0.2"), D(10), D(12))])
    assert [line.indicator.name for line in table.weakest] == ["near, heavy", "far behind, light"]
    assert [line.loss for line in table.weakest] == [D("0.14"), D("0.06")]


def test_changes_follow_an_indicator_by_its_name_however_it_is_spelt() -> None:
    before = table_of(BY_HAND)
    later = [replace(BY_HAND[0], name="Оценка  в отзывах", ours=D("5.2")), *BY_HAND[1:4],
             Indicator("Своя парковка", D("0.10"), D(1), D(1))]
    found = changes(table_of(later), before)
    assert found.relative[BY_HAND[0].key] == D("0.05") and found.relative[BY_HAND[1].key] == 0
    assert found.new == {later[4].key} and found.gone == ("Часов работы в неделю",)
    assert found.total == D("0.015")
    assert changes(table_of(later), None).total is None


@pytest.mark.parametrize("total, said", [("1.0051", "better"), ("1.005", "par"), ("1", "par"), ("0.995", "par"),
                                         ("0.9949", "worse")])
def test_a_difference_nobody_would_feel_is_no_verdict(total, said) -> None:
    assert verdict(D(total)) == said


@pytest.mark.parametrize("text, number", [
    ("4,7", "4.7"), ("4.7", "4.7"), (" 1 250 ", "1250"), ("1\u00a0250,5", "1250.5"), ("-3", "-3"), ("−3", "-3"), ("0", "0"),
    ("+2", "2"), ("98 %", "98"), (",5", "0.5"), ("5.", "5"), ("", None), ("   ", None), ("1000000000", "1000000000"),
])
def test_values_are_read_as_people_type_them(text, number) -> None:
    assert read_number(text) == (None if number is None else D(number))


@pytest.mark.parametrize("text, code", [
    ("много", "not-a-number"), ("1,2,3", "not-a-number"), ("1e5", "not-a-number"), ("NaN", "not-a-number"),
    ("Infinity", "not-a-number"), ("--1", "not-a-number"), ("²", "not-a-number"), ("-", "not-a-number"), (".", "not-a-number"),
    ("1,2345", "too-fine"), ("1000000001", "too-big"), ("9" * 39, "too-big"), ("9" * 5000, "not-a-number"),
])
def test_what_is_no_number_says_why(text, code) -> None:
    with pytest.raises(BadNumber) as error:
        read_number(text)
    assert error.value.code == code


def test_weights_are_read_as_parts_or_per_cent() -> None:
    assert read_number("15 %", 10_000) == D("0.15") and read_number("0,1234", 10_000) == D("0.1234")
    with pytest.raises(BadNumber):
        read_number("12,345 %", 10_000)


@pytest.mark.parametrize("number, options, text", [
    ("1250.5", {}, "1\u00a0250,5"), ("4.700", {}, "4,7"), ("100", {}, "100"), ("0", {}, "0"), ("-0.5", {}, "−0,5"),
    ("1.0005", {"digits": 3}, "1,001"), ("0.03", {"digits": 3, "sign": True}, "+0,030"), ("0", {"sign": True}, "0"),
    ("-0.0001", {"digits": 3, "sign": True}, "0,000"), ("1.25", {"comma": False}, "1.25"), ("1250", {"comma": False}, "1,250"),
])
def test_numbers_are_said_in_the_readers_language(number, options, text) -> None:
    assert display(D(number), **options) == text


WEIGHTS = st.integers(1, 10_000).map(lambda number: from_parts(number, 10_000))
VALUES = st.integers(1, 10**9).map(from_parts)
LINES = st.lists(st.builds(Indicator, name=st.uuids().map(str), weight=WEIGHTS, theirs=VALUES, ours=VALUES,
                           better=st.sampled_from([MORE, LESS])), min_size=1, max_size=30)


@given(LINES)
def test_weights_made_whole_are_always_kept(lines) -> None:
    whole = made_whole(lines)
    assert sum(one.weight for one in whole) == 1 and min(one.weight for one in whole) > 0
    assert faults_of(whole) == [] and made_whole(whole) == whole


@given(LINES)
def test_a_table_is_the_sum_of_its_lines_and_equals_make_exactly_one(lines) -> None:
    whole = made_whole(lines)
    table = table_of(whole)
    assert table.total == sum(line.weighted for line in table.lines)
    assert table_of([replace(one, ours=one.theirs) for one in whole]).total == 1


@given(LINES)
def test_changing_sides_turns_every_relative_value_over(lines) -> None:
    there = table_of(lines)
    back = table_of([replace(one, theirs=one.ours, ours=one.theirs) for one in lines])
    for one, other in zip(there.lines, back.lines, strict=True):
        assert abs(one.relative * other.relative - 1) < D("1e-20")
        assert (one.relative > 1) == (other.relative < 1) or one.relative == other.relative == 1


@given(LINES, st.data())
def test_getting_better_anywhere_never_lowers_the_total(lines, data) -> None:
    whole = made_whole(lines)
    place = data.draw(st.integers(0, len(whole) - 1))
    one = whole[place]
    better = replace(one, ours=one.ours * 2 if one.better == MORE else one.ours / 2)
    assert table_of([*whole[:place], better, *whole[place + 1:]]).total >= table_of(whole).total


@given(VALUES)
def test_a_number_is_read_again_as_it_was_kept(number) -> None:
    assert read_number(plain(number)) == number == from_parts(to_parts(number))
    assert rounded(number, 3) == number
