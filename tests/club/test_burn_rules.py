"""Dates of burning and what makes a burn fair, against calendars of our own (`domain.md` §5.4)."""

from datetime import date, timedelta

import pytest
from club.ledger_model import months_later
from hypothesis import given
from hypothesis import strategies as some

from webapp.club.burn_rules import (
    FAIR_DAYS,
    WARN_DAYS,
    Standing,
    Verdict,
    Warned,
    burn_day,
    burnable,
    day_to_warn_of,
    fair_from,
    fresh_day,
    last_usable,
    reached_on,
    verdict,
    warn_from,
)

TODAY = date(2027, 5, 20)
ONE_DAY = timedelta(days=1)
FOUR_YEARS = [date(2026, 1, 1) + timedelta(days=number) for number in range(4 * 365 + 1)]


@pytest.mark.parametrize("months", [1, 2, 3, 6, 11, 12, 18])
def test_every_day_of_four_years_burns_when_the_calendar_says(months) -> None:
    assert FOUR_YEARS[-1] == date(2029, 12, 31)
    for day in FOUR_YEARS:
        burns = burn_day(day, months)
        assert burns == months_later(day, months), day
        assert last_usable(burns) == burns - ONE_DAY and warn_from(burns) == burns - 31 * ONE_DAY


@pytest.mark.parametrize(("used", "burns"), [
    ("2026-08-31", "2027-02-28"), ("2027-08-31", "2028-02-29"), ("2027-08-29", "2028-02-29"), ("2027-08-30", "2028-02-29"),
    ("2026-08-29", "2027-02-28"), ("2026-03-31", "2026-09-30"), ("2026-02-28", "2026-08-28"), ("2028-02-29", "2028-08-29"),
    ("2026-12-31", "2027-06-30"), ("2026-05-31", "2026-11-30"), ("2026-10-31", "2027-04-30"), ("2026-09-14", "2027-03-14")])
def test_the_ends_of_months(used, burns) -> None:
    assert burn_day(date.fromisoformat(used)) == date.fromisoformat(burns)


def test_a_later_day_may_be_set_and_an_earlier_one_never() -> None:
    used = date(2026, 11, 20)
    assert burn_day(used, 6, date(2027, 6, 20)) == date(2027, 6, 20)
    assert burn_day(used, 6, date(2027, 4, 20)) == date(2027, 5, 20)


def test_the_first_contact_that_reached_the_client_counts() -> None:
    days = [Warned(TODAY - 5 * ONE_DAY, True), Warned(TODAY - 9 * ONE_DAY, False), Warned(TODAY - 7 * ONE_DAY, True)]
    assert reached_on(days) == TODAY - 7 * ONE_DAY and reached_on(days[1:2]) is None and reached_on([]) is None


def test_points_that_came_after_the_warning_stay_and_spending_takes_the_older_ones_first() -> None:
    assert [burnable(*pair) for pair in ((500, 0), (500, 200), (150, 200), (0, 0))] == [500, 300, 0, 0]


def standing(**more) -> Standing:
    return Standing(**{"real_day": TODAY, "balance": 500, "warned_of": TODAY, "reached": TODAY - 30 * ONE_DAY, **more})


@pytest.mark.parametrize(("card", "what"), [
    (standing(), Verdict("burn", 500)),
    (standing(reached=TODAY - 28 * ONE_DAY), Verdict("burn", 500)),
    (standing(reached=TODAY - 27 * ONE_DAY), Verdict("later", day=TODAY + ONE_DAY)),
    (standing(reached=TODAY), Verdict("later", day=TODAY + 28 * ONE_DAY)),
    (standing(reached=None), Verdict("unproven", day=TODAY + 31 * ONE_DAY)),
    (standing(credited_since=200), Verdict("burn", 300, TODAY + 31 * ONE_DAY)),
    (standing(credited_since=500), Verdict("anew", day=TODAY + 31 * ONE_DAY)),
    (standing(credited_since=900), Verdict("anew", day=TODAY + 31 * ONE_DAY)),
    (standing(warned_of=None), Verdict("unwarned")),
    (standing(warned_of=TODAY + ONE_DAY), Verdict("later", day=TODAY + ONE_DAY)),
    (standing(real_day=TODAY + ONE_DAY), Verdict("stale", day=TODAY + ONE_DAY)),
])
def test_what_is_done_with_a_card_whose_day_has_come(card, what) -> None:
    assert verdict(card, TODAY) == what


@given(real=some.integers(-40, 40), warned=some.none() | some.integers(-40, 40), reached=some.none() | some.integers(-60, 0),
       balance=some.integers(1, 9000), since=some.integers(0, 9000))
def test_nothing_burns_that_was_not_fairly_warned_of(real, warned, reached, balance, since) -> None:
    days = [None if number is None else TODAY + number * ONE_DAY for number in (real, warned, reached)]
    what = verdict(Standing(days[0], balance, days[1], days[2], since), TODAY)
    if what.what == "burn":
        assert real <= 0 and warned is not None and warned <= 0 and reached is not None and reached <= -FAIR_DAYS
        assert 0 < what.points <= balance and balance - what.points >= min(balance, since)
    else:
        assert what.points == 0
    if what.day:
        assert what.day > TODAY, "a day that moves, moves ahead"


@given(ahead=some.integers(-90, 90))
def test_a_warning_names_a_day_that_is_fair_and_moves_it_only_where_it_must(ahead) -> None:
    day = TODAY + ahead * ONE_DAY
    named = day_to_warn_of(day, TODAY)
    assert fair_from(TODAY) <= named and named >= day
    assert named == (day if ahead >= FAIR_DAYS else TODAY + WARN_DAYS * ONE_DAY) and fresh_day(TODAY) >= fair_from(TODAY)
