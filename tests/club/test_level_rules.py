"""Levels: who has earned which, what is missing, and no level is lost without a month's notice."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.club.level_rules import (
    Earned,
    Gap,
    Grade,
    LevelFault,
    Progress,
    Standing,
    Verdict,
    count,
    earned_level,
    faults,
    fresh_from,
    gap_to,
    is_news,
    meets,
    progress_to,
    window_of,
)
from webapp.kit.days import add_months

C, B, A = Grade("C", 1), Grade("B", 2, 3, 250_000), Grade("A", 3, 6, 700_000)
LEVELS = (C, B, A)
DAY = date(2027, 2, 14)
SOON = date(2027, 3, 14)


@pytest.mark.parametrize(("trips", "spend", "level"), [
    (0, 0, "C"), (2, 249_999, "C"), (3, 0, "B"), (0, 250_000, "B"), (3, 250_000, "B"), (5, 699_999, "B"),
    (6, 0, "A"), (0, 700_000, "A"), (60, 9_000_000, "A")])
def test_either_trips_or_spend_earn_a_level(trips, spend, level) -> None:
    assert earned_level(LEVELS, Earned(trips, spend)).code == level


@pytest.mark.parametrize(("trips", "spend", "is_met"), [
    (3, 249_999, False), (2, 250_000, False), (3, 250_000, True), (0, 0, False)])
def test_where_both_are_wanted_one_is_not_enough(trips, spend, is_met) -> None:
    assert meets(Grade("B", 2, 3, 250_000, both=True), Earned(trips, spend)) is is_met


@pytest.mark.parametrize("both", [False, True])
def test_nothing_is_asked_where_a_condition_is_nought(both) -> None:
    assert meets(Grade("B", 2, 0, 100, both=both), Earned(0, 100))
    assert not meets(Grade("B", 2, 0, 100, both=both), Earned(99, 99))
    assert meets(Grade("B", 2, 2, 0, both=both), Earned(2, 0))
    assert not meets(Grade("B", 2, 2, 0, both=both), Earned(1, 10**9))
    assert meets(Grade("C", 1, 0, 0, both=both), Earned())


@pytest.mark.parametrize(("grade", "earned", "gap"), [
    (B, Earned(2, 212_000), Gap(1, 38_000)),
    (B, Earned(0, 0), Gap(3, 250_000)),
    (B, Earned(3, 0), Gap()),
    (A, Earned(2, 212_000), Gap(4, 488_000)),
    (Grade("B", 2, 3, 250_000, both=True), Earned(2, 212_000), Gap(1, 38_000, both=True)),
    (Grade("B", 2, 3, 250_000, both=True), Earned(3, 212_000), Gap(0, 38_000)),
    (Grade("B", 2, 3, 250_000, both=True), Earned(1, 900_000), Gap(2, 0)),
    (Grade("B", 2, 3, 0), Earned(1, 900_000), Gap(2, 0)),
    (Grade("B", 2, 0, 250_000), Earned(7, 1), Gap(0, 249_999)),
])
def test_the_gap_is_exactly_what_is_missing(grade, earned, gap) -> None:
    assert gap_to(grade, earned) == gap


@pytest.mark.parametrize(("grade", "earned", "progress"), [
    (B, Earned(2, 100_000), Progress(2, 3, True)),
    (B, Earned(1, 212_000), Progress(212_000, 250_000, False)),
    (B, Earned(0, 0), Progress(0, 3, True)),
    (Grade("B", 2, 3, 250_000, both=True), Earned(3, 25_000), Progress(25_000, 250_000, False)),
    (C, Earned(), None),
])
def test_the_bar_shows_the_way_nearest_to_its_end(grade, earned, progress) -> None:
    assert progress_to(grade, earned) == progress


def stays(code: str) -> Verdict:
    return Verdict(Standing(code))


@pytest.mark.parametrize(("standing", "earned", "verdict"), [
    (Standing("C"), Earned(), stays("C")),
    (Standing("C"), Earned(3), Verdict(Standing("B"), (("rose", "B"),))),
    (Standing("C"), Earned(6), Verdict(Standing("A"), (("rose", "A"),))),
    (Standing("B"), Earned(3), stays("B")),
    # A fall is announced first, a month ahead.
    (Standing("A"), Earned(3), Verdict(Standing("A", "B", SOON), (("announced", "B"),))),
    (Standing("A"), Earned(0), Verdict(Standing("A", "C", SOON), (("announced", "C"),))),
    # Announced, and the day has not come.
    (Standing("A", "B", date(2027, 2, 15)), Earned(3), Verdict(Standing("A", "B", date(2027, 2, 15)))),
    # Earned again: called off. More than that: up.
    (Standing("B", "C", date(2027, 2, 15)), Earned(3), Verdict(Standing("B"), (("kept", "B"),))),
    (Standing("B", "C", DAY), Earned(4), Verdict(Standing("B"), (("kept", "B"),))),
    (Standing("B", "C", SOON), Earned(6), Verdict(Standing("A"), (("kept", "B"), ("rose", "A")))),
    # The day has come, or was slept through.
    (Standing("B", "C", DAY), Earned(0), Verdict(Standing("C"), (("fell", "C"),))),
    (Standing("B", "C", date(2027, 1, 2)), Earned(0), Verdict(Standing("C"), (("fell", "C"),))),
    # What was earned meanwhile holds.
    (Standing("A", "C", SOON), Earned(3), Verdict(Standing("A", "B", SOON))),
    (Standing("A", "C", DAY), Earned(3), Verdict(Standing("B"), (("fell", "B"),))),
    # What was lost meanwhile was not announced: one step down, and a month for the next.
    (Standing("A", "B", DAY), Earned(0), Verdict(Standing("B", "C", SOON), (("fell", "B"), ("announced", "C")))),
])
def test_a_count_raises_at_once_and_lowers_a_month_after_it_was_announced(standing, earned, verdict) -> None:
    assert count(standing, earned, LEVELS, DAY) == verdict


def test_a_month_is_a_month_of_the_calendar() -> None:
    assert count(Standing("B"), Earned(), LEVELS, date(2027, 1, 31)).standing.fall_on == date(2027, 2, 28)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 8), st.integers(0, 900_000)), max_size=40))
def test_whatever_happens_no_level_is_lost_without_a_months_notice(days) -> None:
    today, standing, told = date(2026, 1, 31), Standing("C"), None
    rank = {grade.code: grade.rank for grade in LEVELS}
    for passed, trips, spend in days:
        today += timedelta(days=passed)
        earned = Earned(trips, spend)
        before, verdict = standing, count(standing, earned, LEVELS, today)
        standing = verdict.standing
        assert rank[standing.code] >= rank[earned_level(LEVELS, earned).code]
        if rank[standing.code] < rank[before.code]:
            assert told and today >= add_months(told, 1) and before.fall_on and today >= before.fall_on
        assert (standing.fall_on is None) == (standing.fall_to is None)
        if standing.fall_on:
            assert rank[standing.fall_to] < rank[standing.code] and standing.fall_on > today
        if any(verb == "announced" for verb, _code in verdict.events):
            told = today
        elif standing.fall_on is None:
            told = None
        # The same count once more changes nothing.
        assert count(standing, earned, LEVELS, today) == Verdict(standing)


grades_of = st.builds(lambda trips, spend, both, rate: Grade("B", 2, trips, spend, both, rate),
                      st.integers(0, 9), st.integers(0, 900), st.booleans(), st.integers(0, 300))


@given(grades_of, st.integers(0, 9), st.integers(0, 900))
def test_whoever_brings_what_is_missing_has_the_level_and_less_does_not_do(grade, trips, spend) -> None:
    gap = gap_to(grade, Earned(trips, spend))
    assert bool(gap) != meets(grade, Earned(trips, spend))
    if not gap:
        return
    if gap.both or grade.both:
        assert meets(grade, Earned(trips + gap.trips, spend + gap.spend_kopecks))
        return
    for more, least in ((Earned(trips + gap.trips, spend), gap.trips),
                        (Earned(trips, spend + gap.spend_kopecks), gap.spend_kopecks)):
        assert meets(grade, more) == bool(least)
    assert not meets(grade, Earned(trips + max(0, gap.trips - 1), spend + max(0, gap.spend_kopecks - 1)))


@pytest.mark.parametrize(("levels", "found"), [
    (LEVELS, []),
    ((Grade("C", 1, 1), Grade("B", 2, 3)), [LevelFault("lowest-asks", "C")]),
    ((C, Grade("B", 2)), [LevelFault("asks-nothing", "B", "C")]),
    ((C, B, Grade("A", 3, 3, 250_000)), [LevelFault("asks-less", "A", "B")]),
    ((C, B, Grade("A", 3, 2, 900_000)), [LevelFault("asks-less", "A", "B")]),
    ((C, B, Grade("A", 3, 0, 900_000)), []),
    ((C, B, Grade("A", 3, 3, 250_000, both=True)), []),
    ((C, Grade("B", 2, 3, 250_000, both=True), Grade("A", 3, 6, 900_000)), [LevelFault("asks-less", "A", "B")]),
    ((C, Grade("B", 2, 3, rate_bp=200), Grade("A", 3, 6, rate_bp=100)), [LevelFault("gives-less", "A", "B")]),
    ((C, Grade("B", 2, 3, rate_bp=200), Grade("A", 3, 6, rate_bp=200)), []),
    ((Grade("C", 1, rate_bp=300), Grade("B", 2, 3, rate_bp=200)), [LevelFault("gives-less", "B", "C")]),
])
def test_a_higher_level_asks_for_more_and_gives_no_less(levels, found) -> None:
    assert faults(levels) == found


@given(st.lists(grades_of, min_size=2, max_size=2), st.integers(0, 9), st.integers(0, 900))
def test_where_no_fault_is_found_whoever_has_the_higher_level_has_earned_the_lower_one(pair, trips, spend) -> None:
    lower, higher = (Grade(code, rank, g.min_trips, g.min_spend_kopecks, g.both, g.rate_bp)
                     for code, rank, g in zip("BA", (2, 3), pair, strict=True))
    if not faults((C, lower, higher)) and meets(higher, Earned(trips, spend)):
        assert meets(lower, Earned(trips, spend))


def test_the_window_is_twenty_four_months_up_to_today() -> None:
    assert window_of(date(2027, 2, 14)) == (date(2025, 2, 15), date(2027, 2, 14))
    assert window_of(date(2028, 2, 29)) == (date(2026, 3, 1), date(2028, 2, 29))
    assert fresh_from(DAY) == date(2027, 1, 31)


def test_news_is_what_a_trip_of_these_days_made_or_new_conditions() -> None:
    assert is_news(Earned(2), LEVELS, level="B", same=False)
    assert not is_news(Earned(3), LEVELS, level="B", same=False)
    assert is_news(Earned(3), LEVELS, level="A", same=False)
    assert is_news(Earned(3), LEVELS, level="B", same=True)
