"""Pure: names of what follows from a client's letter, and how its step may end."""

CAME, ANSWER = "incoming", "reply"
"""Step codes begin with these and go on with the number of the letter."""
ANSWER_OUTCOMES = ("complains", "plans_trip", "recommends")
_OUTCOMES: dict[str, tuple[str, ...]] = {ANSWER: ANSWER_OUTCOMES}
_ELSEWHERE: set[str] = set()
QUALITY_KINDS = frozenset({"refusal"})
"""Occasions whose answers go to customer service, never to whoever owns them (`domain.md` §3)."""
MOST_NOTE, MOST_TOLD = 300, 2_000


def letter_of(step_code: str) -> int | None:
    """The number of the letter a step is about; None for all other steps."""
    kind, _colon, number = step_code.partition(":")
    return int(number) if kind in (CAME, ANSWER) and number.isdigit() and len(number) < 10 else None


def outcomes_of(step_code: str) -> tuple[str, ...]:
    """How a step outside of the plan may end, besides being done."""
    kind, colon, _rest = step_code.partition(":")
    return _OUTCOMES.get(kind, ()) if colon else ()


def may_end(kind: str, outcomes: tuple[str, ...]) -> None:
    """A room on the right says how its own steps outside of plans may end; `kind` is what their codes begin with."""
    _OUTCOMES[kind] = outcomes


def ends_elsewhere(*kinds: str) -> None:
    """A room on the right says that its steps of these kinds end with the very thing they are about: nobody ticks one,
    puts it off or says that it is not needed."""
    _ELSEWHERE.update(kinds)


def ended_elsewhere() -> frozenset[str]:
    """The kinds of these steps."""
    return frozenset(_ELSEWHERE)


def is_ended_elsewhere(step_code: str) -> bool:
    """Whether a step ends only with what it is about."""
    kind, colon, _rest = step_code.partition(":")
    return bool(colon) and kind in _ELSEWHERE


def shortened(text: str, most: int) -> str:
    """The beginning of a text on one or more lines, no longer than `most` signs."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip() + " …"
