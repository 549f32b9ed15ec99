"""The shipped plan is complete: steps, names in both languages, outcomes, storage."""

import json
import re

import pytest

from webapp.touches.plan_rules import rule_to_json, step_from_json
from webapp.touches.starter import COLUMNS, NAMES, OUTCOMES, SHORT_NAMES, STARTER_PLAN, STEP_OUTCOMES

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def test_fifteen_steps_of_which_two_are_shipped_off():
    assert len({step.code for step in STARTER_PLAN}) == 15
    assert [step.code for step in STARTER_PLAN if not step.active] == ["service_call", "year_ago"]


def test_the_two_series_and_the_marketing_letters():
    assert [step.code for step in STARTER_PLAN if step.series == "before"] == [
        "thank_you",
        "packing",
        "challenge",
    ]
    assert [step.code for step in STARTER_PLAN if step.series == "after"] == [
        "welcome_home", "loyalty", "testimonial", "tell_friends",
    ]  # fmt: skip
    assert [step.code for step in STARTER_PLAN if step.klass == "marketing"] == [
        "challenge", "loyalty", "testimonial", "tell_friends", "year_ago",
    ]  # fmt: skip
    assert all((step.klass != "") == step.is_automatic for step in STARTER_PLAN)


@pytest.mark.parametrize("names", [NAMES, SHORT_NAMES])
def test_every_step_has_names_in_both_languages(names):
    assert set(names) == {step.code for step in STARTER_PLAN}
    for name in names.values():
        assert CYRILLIC.search(name.ru)
        assert name.en and not CYRILLIC.search(name.en)


def test_every_step_has_its_column_and_no_column_is_empty():
    assert {step.column for step in STARTER_PLAN} == set(COLUMNS)


def test_calls_and_visits_have_outcomes_and_others_have_none():
    talks = {step.code for step in STARTER_PLAN if step.channel in ("call", "visit")}
    assert set(STEP_OUTCOMES) == talks
    used = set().union(*STEP_OUTCOMES.values())
    assert used <= OUTCOMES.keys() and not used & {"told", "given"}
    assert {OUTCOMES[code].effect for code in used} == {
        "move_visit", "close_visit", "try_again", "open_complaint", "plan_trip", "add_lead",
    }  # fmt: skip


@pytest.mark.parametrize("step", STARTER_PLAN, ids=lambda step: step.code)
def test_a_step_survives_storage(step):
    stored = json.loads(json.dumps(rule_to_json(step)))
    assert (
        step_from_json(
            step.code,
            step.channel,
            stored,
            performer=step.performer,
            klass=step.klass,
            needs_outcome=step.needs_outcome,
            active=step.active,
            column=step.column,
            or_call=step.or_call,
        )
        == step
    )
