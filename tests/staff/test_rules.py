"""Roles, rights of an author, and who works instead of whom: pure rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.staff.rules import Actor, BadInput, NotAllowed, initials, role_of, substitutes


@pytest.mark.parametrize(("away", "gone", "found"), [
    ({}, set(), {}),
    ({1: 2}, set(), {1: 2}),
    ({1: 2, 2: 3}, set(), {1: 3, 2: 3}),
    ({1: 2, 2: 3, 3: 4}, set(), {1: 4, 2: 4, 3: 4}),
    ({1: 2, 2: 1}, set(), {}),
    ({1: 1}, set(), {}),
    ({1: 2, 2: 3, 3: 2}, set(), {}),
    ({1: 2, 2: 3, 3: 1, 4: 1, 5: 6}, set(), {5: 6}),
    ({1: 2}, {2}, {}),
    ({1: 2, 2: 3}, {3}, {})])
def test_chains_are_followed_and_circles_are_not(away: dict[int, int], gone: set[int], found: dict[int, int]) -> None:
    assert substitutes(away, gone) == found


@given(st.dictionaries(st.integers(1, 12), st.integers(1, 12)), st.sets(st.integers(1, 12), max_size=3))
def test_whoever_works_instead_is_there(away: dict[int, int], gone: set[int]) -> None:
    found = substitutes(away, gone)
    assert set(found) <= set(away)
    assert not set(found.values()) & (set(away) | gone)


@pytest.mark.parametrize(("word", "role"), [
    ("manager", ("manager", False)), ("service", ("service", False)), ("quality", ("service", False)),
    ("director", ("director", False)), ("network", ("director", True)), ("admin", ("admin", False))])
def test_roles_have_words_of_the_command_line(word: str, role: tuple[str, bool]) -> None:
    assert role_of(word) == role


def test_an_unknown_role_is_named() -> None:
    with pytest.raises(BadInput, match="unknown role: boss"):
        role_of("boss")


def test_people_need_the_role_and_jobs_may_do_everything() -> None:
    Actor("night work").needs("admin")
    Actor("Анна", 1, frozenset({"director", "admin"})).needs("admin")
    with pytest.raises(NotAllowed):
        Actor("Борис", 2, frozenset({"director"})).needs("admin")


@pytest.mark.parametrize(("name", "badge"), [("Ольга Соколова", "ОС"), ("Ольга", "О"), ("", "?"), ("a b c", "AB")])
def test_initials(name: str, badge: str) -> None:
    assert initials(name) == badge
