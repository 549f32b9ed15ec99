"""The monthly SMS budget as pure rules: what fits, when people are told, when a month begins."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.post.budget_rules import Budget, Spent, fits, level, month_of, next_month, percent

sums = st.integers(0, 10**7)
limits = st.none() | st.integers(1, 10**6)
budgets = st.builds(Budget, limits, limits, st.none() | st.integers(100, 300))
spends = st.builds(Spent, sums, st.integers(0, 10**5))
sizes = st.builds(Spent, st.integers(0, 5000), st.integers(1, 10))


@given(budgets, spends, sizes)
def test_news_never_leave_above_the_budget_and_whatever_news_may_do_trips_may_too(budget, spent, size):
    after = spent.plus(size)
    if fits(budget, spent, size, "marketing"):
        assert budget.kopecks is None or after.kopecks <= budget.kopecks
        assert budget.parts is None or after.parts <= budget.parts
        assert fits(budget, spent, size, "service")
    assert fits(budget, spent, size, "test")


@given(budgets, spends, sizes, spends)
def test_what_does_not_fit_does_not_fit_when_more_was_spent(budget, spent, size, more):
    for klass in ("marketing", "service", "code"):
        if not fits(budget, spent, size, klass):
            assert not fits(budget, spent.plus(more), size, klass)


@given(budgets, st.lists(sizes, max_size=40), st.lists(st.sampled_from(["marketing", "service"]), min_size=40))
def test_one_after_the_other_never_spends_more_than_its_line(budget, wished, klasses):
    spent = Spent()
    for size, klass in zip(wished, klasses, strict=False):
        if fits(budget, spent, size, klass):
            spent = spent.plus(size)
            share = 100 if klass == "marketing" else budget.hard
            for limit, used in ((budget.kopecks, spent.kopecks), (budget.parts, spent.parts)):
                assert limit is None or share is None or used * 100 <= limit * share


@pytest.mark.parametrize(("budget", "spent", "expected"), [
    (Budget(), Spent(10**6, 10**4), ""),
    (Budget(kopecks=1000_00), Spent(799_00, 160), ""),
    (Budget(kopecks=1000_00), Spent(800_00, 160), "near"),
    (Budget(kopecks=1000_00), Spent(995_00, 199), "near"),
    (Budget(kopecks=1000_00), Spent(996_00, 199), "full"),
    (Budget(parts=100), Spent(0, 79), ""),
    (Budget(parts=100), Spent(0, 80), "near"),
    (Budget(parts=100), Spent(0, 100), "full"),
    (Budget(parts=100, hard=100), Spent(0, 100), "closed"),
    (Budget(parts=100, hard=120), Spent(0, 119), "full"),
    (Budget(parts=100, hard=120), Spent(0, 120), "closed"),
    (Budget(kopecks=1000_00, parts=100), Spent(100_00, 85), "near"),
])
def test_people_are_told_at_eighty_per_cent_and_when_nothing_more_fits(budget, spent, expected):
    assert level(budget, spent, 5_00) == expected


@given(budgets, spends)
def test_the_share_is_that_of_the_limit_that_is_nearer(budget, spent):
    found = percent(budget, spent)
    assert budget.kopecks is None or found >= spent.kopecks * 100 // budget.kopecks
    assert budget.parts is None or found >= spent.parts * 100 // budget.parts
    assert budget.is_set or found == 0


@pytest.mark.parametrize(("at", "zone", "month"), [
    (datetime(2026, 11, 30, 20, 59, tzinfo=UTC), "Europe/Moscow", date(2026, 11, 1)),
    (datetime(2026, 11, 30, 21, 0, tzinfo=UTC), "Europe/Moscow", date(2026, 12, 1)),
    (datetime(2026, 11, 30, 14, 0, tzinfo=UTC), "Asia/Vladivostok", date(2026, 12, 1)),
    (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "UTC", date(2026, 12, 1)),
])
def test_a_month_begins_at_midnight_of_the_main_office(at, zone, month):
    assert month_of(at, zone) == month
    assert month_of(next_month(month, zone), zone) > month


def test_what_waits_leaves_on_the_first_morning():
    assert next_month(date(2026, 12, 1), "Europe/Moscow") == datetime(2027, 1, 1, 6, 0, tzinfo=UTC)
