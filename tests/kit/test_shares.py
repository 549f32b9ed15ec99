"""Per cent: one rule for every page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kit.shares import per_cent


@pytest.mark.parametrize(("part", "whole", "said"), [
    (11, 30, 37), (2, 3, 67), (1, 3, 33), (1, 2, 50), (1, 200, 1), (0, 5, 0), (5, 5, 100), (0, 0, None),
    (999, 1000, 99), (1, 1000, 1)])
def test_a_share_is_rounded_half_up_and_only_all_is_a_hundred(part, whole, said):
    assert per_cent(part, whole) == said


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_share_is_less_than_a_point_from_the_truth(part, whole):
    part = min(part, whole)
    assert abs(per_cent(part, whole) - 100 * part / whole) < 1
