"""A plan while it is being changed: steps that may still have faults, what to do with them, how versions differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from webapp.touches.plan_rules import AUTOMATIC_CHANNELS, Step, rule_to_json, step_from_json

TRIP_ANCHORS = ("purchase", "departure", "return")
"""Dates the plan of trips counts from, in their order; those of other kinds stand in `shipped.py`."""


@dataclass(frozen=True)
class DraftStep:
    """One step as it is edited.

    `at` is a local HH:MM or None (at once), `truth` is (days, HH:MM or None, anchor or None). Other fields mean what
    they mean in `plan_rules.Step`; `letter` is the code of its text or script.
    """

    code: str
    channel: str
    anchor: str
    offset_days: int
    name_ru: str = ""
    name_en: str = ""
    short_ru: str = ""
    short_en: str = ""
    at: str | None = None
    before: str | None = None
    truth: tuple[int, str | None, str | None] | None = None
    performer: str = "auto"
    klass: str = ""
    series: str | None = None
    backward: bool = False
    flight: str | None = None
    letter: str = ""
    column: str = ""
    outcomes: tuple[str, ...] = ()
    needs_outcome: bool = False
    or_call: bool = False
    active: bool = True

    @property
    def is_automatic(self) -> bool:
        """Whether the program sends it."""
        return self.channel in AUTOMATIC_CHANNELS

    @property
    def text(self) -> str:
        """Code of the letter or script it uses."""
        return self.letter or self.code

    @property
    def part(self) -> str:
        """Where people look for it: "before" the departure, "during" the trip, or "after" it.

        In plans of other kinds: before its date, on that day, after it.
        """
        if self.anchor not in TRIP_ANCHORS:
            return "before" if self.offset_days < 0 else "after" if self.offset_days else "during"
        if self.anchor == "purchase" or (self.anchor == "departure" and self.offset_days < 0):
            return "before"
        return "during" if self.anchor == "departure" or self.offset_days < 0 else "after"

    def as_step(self) -> Step:
        """The step as the schedule reads it. Raises BadStep, ValueError."""
        return step_from_json(self.code, self.channel, self.rule, performer=self.performer, klass=self.klass,
                              needs_outcome=self.needs_outcome, active=self.active, column=self.column,
                              or_call=self.or_call)

    @property
    def rule(self) -> dict[str, Any]:
        """What decides its date, as it is stored."""
        return {"anchor": self.anchor, "offset_days": self.offset_days, "at": self.at, "before": self.before,
                "truth": list(self.truth) if self.truth else None, "series": self.series, "backward": self.backward,
                "flight": self.flight}

    def as_json(self) -> dict[str, Any]:
        """Plain data; `from_json` reads it back."""
        return asdict(self)


_FIELDS = frozenset(field.name for field in fields(DraftStep))


def from_json(values: Mapping[str, Any]) -> DraftStep:
    """A step from stored data; what a newer or older program knew besides is left out."""
    known = {name: value for name, value in values.items() if name in _FIELDS}
    truth = known.get("truth")
    return DraftStep(**{**known, "truth": (truth[0], truth[1], truth[2]) if truth else None,
                        "outcomes": tuple(known.get("outcomes") or ())})


def from_step(step: Step, *, name_ru: str, name_en: str, short_ru: str = "", short_en: str = "", letter: str = "",
              outcomes: Sequence[str] = ()) -> DraftStep:
    """A published step as it is edited."""
    return from_json({**rule_to_json(step), "code": step.code, "channel": step.channel, "performer": step.performer,
                      "klass": step.klass, "column": step.column, "needs_outcome": step.needs_outcome,
                      "or_call": step.or_call, "active": step.active, "name_ru": name_ru, "name_en": name_en,
                      "short_ru": short_ru, "short_en": short_en, "letter": letter, "outcomes": outcomes})


def put(steps: Sequence[DraftStep], step: DraftStep) -> list[DraftStep]:
    """The same steps with this one in the place of the one with its code; one that is new in its part ends it."""
    before = next((known for known in steps if known.code == step.code), None)
    if before is not None and before.part == step.part:
        return [step if known.code == step.code else known for known in steps]
    steps = removed(steps, step.code)
    parts = ["before", "during", "after"]
    rank = parts.index(step.part)
    place = max((number for number, known in enumerate(steps) if parts.index(known.part) <= rank), default=-1) + 1
    return [*steps[:place], step, *steps[place:]]


def switched(steps: Sequence[DraftStep], code: str, active: bool) -> list[DraftStep]:
    """The same steps with one on or off."""
    return [replace(step, active=active) if step.code == code else step for step in steps]


def moved(steps: Sequence[DraftStep], code: str, up: bool) -> list[DraftStep]:
    """The step changes places with its neighbour of the same part of the plan; at the end of it nothing happens."""
    here = next((number for number, step in enumerate(steps) if step.code == code), None)
    if here is None:
        return list(steps)
    others = range(here - 1, -1, -1) if up else range(here + 1, len(steps))
    there = next((number for number in others if steps[number].part == steps[here].part), None)
    found = list(steps)
    if there is not None:
        found[here], found[there] = found[there], found[here]
    return found


def removed(steps: Sequence[DraftStep], code: str) -> list[DraftStep]:
    """The same steps without this one."""
    return [step for step in steps if step.code != code]


def free_code(taken: Iterable[str]) -> str:
    """A code no version of the plan has ever used: a new step must not take the place of one that people have done."""
    numbers = [int(code[4:]) for code in taken if code.startswith("own_") and code[4:].isdigit()]
    return f"own_{max(numbers, default=0) + 1}"


@dataclass(frozen=True)
class StepChange:
    """How one step differs: `kind` is new, gone, on, off or changed; `names` are the fields that differ."""

    kind: str
    step: DraftStep
    before: DraftStep | None = None
    names: tuple[str, ...] = ()


def difference(old: Sequence[DraftStep], new: Sequence[DraftStep]) -> list[StepChange]:
    """What a version changes, in its order; what it no longer has comes last, a changed order alone as "order"."""
    before = {step.code: step for step in old}
    changes = [change for step in new if (change := _changed(before.get(step.code), step))]
    codes = {step.code for step in new}
    changes += [StepChange("gone", step, step) for step in old if step.code not in codes]
    kept = [step.code for step in new if step.code in before]
    if kept != [step.code for step in old if step.code in codes]:
        changes += [StepChange("order", step, before[step.code]) for step in _out_of_order(old, new)]
    return changes


def _changed(before: DraftStep | None, step: DraftStep) -> StepChange | None:
    if before is None:
        return StepChange("new", step)
    names = tuple(field.name for field in fields(DraftStep) if getattr(before, field.name) != getattr(step, field.name))
    if not names:
        return None
    if names == ("active",):
        return StepChange("on" if step.active else "off", step, before, names)
    return StepChange("changed", step, before, names)


def _out_of_order(old: Sequence[DraftStep], new: Sequence[DraftStep]) -> list[DraftStep]:
    """Steps that stand behind another one than before."""
    def followed(steps: Sequence[DraftStep], both: set[str]) -> dict[str, str]:
        codes = [step.code for step in steps if step.code in both]
        return dict(zip(codes, ["", *codes], strict=False))
    both = {step.code for step in old} & {step.code for step in new}
    was = followed(old, both)
    found = [step for step in new if step.code in both and followed(new, both)[step.code] != was[step.code]]
    return found[:1]
