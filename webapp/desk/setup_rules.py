"""Pure rules of the first set-up: its four steps, which are settled, and how many are left (`ux.md` §1)."""

from collections.abc import Mapping
from dataclasses import dataclass

AGENCY, SIGNATURES, LETTERS, DATA = "agency", "signatures", "letters", "data"
STEPS = (AGENCY, SIGNATURES, LETTERS, DATA)
DONE, SKIPPED, OPEN = "done", "skipped", "open"


@dataclass(frozen=True)
class Facts:
    """What the agency itself shows: some steps were done long before anybody opened the wizard."""

    has_sender: bool = False
    has_signers: bool = False
    has_trips: bool = False
    is_live: bool = False


def states(marks: Mapping[str, str], facts: Facts) -> dict[str, str]:
    """"done", "skipped" or "open" for each step. `marks` is what people have settled in the wizard.

    An agency whose letters leave has nothing left to set up; what the agency shows counts as done, skipped or not.
    """
    shown = {AGENCY: facts.has_sender, SIGNATURES: facts.has_signers, LETTERS: False, DATA: facts.has_trips}
    return {step: DONE if facts.is_live or shown[step] else _mark(marks.get(step)) for step in STEPS}


def left(found: Mapping[str, str]) -> int:
    """How many steps nobody has settled yet."""
    return sum(state == OPEN for state in found.values())


def after(step: str, found: Mapping[str, str]) -> str:
    """The open step to go on with after `step`: the next one, else the first; "" when nothing is left."""
    place = STEPS.index(step) + 1
    return next((name for name in (*STEPS[place:], *STEPS[:place]) if found[name] == OPEN and name != step), "")


def _mark(mark: str | None) -> str:
    return mark if mark in (DONE, SKIPPED) else OPEN
