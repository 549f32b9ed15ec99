"""Whatever happens in whatever order, cards hold what an independent model says (`quality.md` §1, 9)."""

import os

import pytest
from club.ledger_machine import Ledger, prepare
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

SEQUENCES, STEPS = (int(os.environ.get(f"SNOVA_{name}", default)) for name, default in (
    ("SEQUENCES", "24"), ("STEPS", "24")))


# Every part begins with a fresh database: thousands of old cards would make each night longer than the last, most of all where
# the server knows no figures of new tables yet.
PART = 50


@pytest.mark.slow
@pytest.mark.parametrize("part", range(-(-SEQUENCES // PART)))
def test_any_sequence_of_movements_leaves_what_the_model_says(app, cast, part: int) -> None:
    prepare()
    assert Ledger.both_agree, "asked after every step"
    run_state_machine_as_test(Ledger, settings=settings(
        max_examples=min(PART, SEQUENCES - part * PART), stateful_step_count=STEPS, deadline=None, database=None, print_blob=True,
        suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate, Phase.shrink]))
