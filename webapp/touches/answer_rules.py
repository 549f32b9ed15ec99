"""Pure: names of what follows from a client's letter, and how its step may end."""

CAME, ANSWER = "incoming", "reply"
"""Step codes begin with these and go on with the number of the letter."""
ANSWER_OUTCOMES = ("complains", "plans_trip", "recommends")
QUALITY_KINDS = frozenset({"refusal"})
"""Occasions whose answers go to customer service, never to whoever owns them (`domain.md` §3)."""
MOST_NOTE, MOST_TOLD = 300, 2_000


def letter_of(step_code: str) -> int | None:
    """The number of the letter a step is about; None for all other steps."""
    kind, _colon, number = step_code.partition(":")
    return int(number) if kind in (CAME, ANSWER) and number.isdigit() and len(number) < 10 else None


def outcomes_of(step_code: str) -> tuple[str, ...]:
    """How a step outside of the plan may end, besides being done."""
    return ANSWER_OUTCOMES if step_code.startswith(f"{ANSWER}:") else ()


def shortened(text: str, most: int) -> str:
    """The beginning of a text on one or more lines, no longer than `most` signs."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip() + " …"
