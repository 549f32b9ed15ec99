"""The first set-up as pure rules: which steps are settled, how many are left, where it goes on."""

import itertools

import pytest

from webapp.desk.setup_rules import AGENCY, DATA, LETTERS, SIGNATURES, STEPS, Facts, after, left, states

NOTHING = Facts()
MARKED = [dict(zip(STEPS, marks, strict=True)) for marks in itertools.product(("done", "skipped", "open"), repeat=4)]


@pytest.mark.parametrize(("marks", "facts", "expected"), [
    ({}, NOTHING, ["open"] * 4),
    ({AGENCY: "done", LETTERS: "skipped"}, NOTHING, ["done", "open", "skipped", "open"]),
    ({AGENCY: "something else"}, NOTHING, ["open"] * 4),
    ({}, Facts(has_sender=True, has_signers=True), ["done", "done", "open", "open"]),
    ({DATA: "skipped"}, Facts(has_trips=True), ["open", "open", "open", "done"]),
    ({SIGNATURES: "skipped"}, Facts(is_live=True), ["done"] * 4),
])
def test_what_people_settled_and_what_the_agency_shows(marks, facts, expected):
    assert list(states(marks, facts).values()) == expected


@pytest.mark.parametrize("found", MARKED)
def test_it_goes_on_with_an_open_step_until_none_is_left(found):
    for step in STEPS:
        following = after(step, found)
        others = [name for name in STEPS if found[name] == "open" and name != step]
        assert (following in others) if others else following == ""
    assert left(found) == sum(state == "open" for state in found.values())
