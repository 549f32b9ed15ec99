"""Words for occasions that are no trip, and for steps outside a plan: rooms on the right register theirs at import.

Where a trip would stand (cards of /today, the page of a step, timeline, outbox), other occasions show these.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.touches.shipped import TRIP, shipped_for
from webapp.web.i18n import day

Fact = Callable[[Mapping[str, Any], Mapping[str, date]], str]
Url = Callable[[int, Mapping[str, Any]], str]


@dataclass(frozen=True)
class KindWords:
    """How occasions of a kind are called: a lazy `label`, and what is told of one occasion besides.

    `fact(facts, anchors)` says it in a few words; without it the date is told where the kind has just one.
    `is_enough`: where there is a fact, it stands alone, because the steps beside it name the kind already.
    `url(client_id, facts)` is the page of the thing itself; without it the client's page stands for it.
    """

    label: Any
    fact: Fact | None = None
    url: Url | None = None
    is_enough: bool = False


@dataclass(frozen=True)
class StepWords:
    """A step outside a plan, named by what stands before the colon of its code: lazy strings."""

    name: Any
    purpose: Any = ""


@dataclass(frozen=True, slots=True)
class About:
    """What one occasion is about, ready to show: `on` is its earliest date, `url` "" where the client's page is all."""

    words: str
    on: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """The page of the thing a step outside a plan is about: `words` name it («Жалоба 482-913, до 14:00 сегодня»),
    `url` is "" for somebody who may not open it, `label` (lazy) stands on what leads there."""

    words: str
    url: str
    label: Any


Homes = Callable[[Collection[int]], Mapping[int, Home]]
_HOMES: dict[str, Homes] = {}
_KINDS: dict[str, KindWords] = {}
_STEPS: dict[str, StepWords] = {}
_PURPOSES: dict[str, Any] = {}


def add_kind_words(kind: str, label: Any, fact: Fact | None = None, *, url: Url | None = None, is_enough: bool = False,
                   purposes: Mapping[str, Any] | None = None) -> None:
    """Name a kind of occasions; `purposes` say by step of its plan what each is for. ValueError for one named twice."""
    if kind in _KINDS or kind == TRIP:
        raise ValueError(kind)
    _KINDS[kind] = KindWords(label, fact, url, is_enough)
    _PURPOSES.update(purposes or {})


def add_step_words(code: str, name: Any, purpose: Any = "") -> None:
    """Name steps outside a plan, whose codes are `code:…`. ValueError for one named twice."""
    if code in _STEPS:
        raise ValueError(code)
    _STEPS[code] = StepWords(name, purpose)


def kind_name(kind: str) -> str:
    """What occasions of a kind are called; the name of their plan where the room gave no words, else the code."""
    plan = shipped_for(kind)
    words = _KINDS.get(kind)
    return str(words.label) if words else plan.title if plan else kind


def about(kind: str | None, client_id: int, anchors: Mapping[str, Any], facts: Mapping[str, Any]) -> About | None:
    """What an occasion is about; None for a trip, which has words of its own, and without an occasion.

    `anchors` are as stored or dates.
    """
    if kind is None or kind == TRIP:
        return None
    dates = {code: value if isinstance(value, date) else date.fromisoformat(value)
             for code, value in anchors.items() if value}
    words = _KINDS.get(kind)
    told = words.fact(facts, dates) if words and words.fact else day(next(iter(dates.values()))) \
        if len(dates) == 1 else ""
    label = "" if told and words and words.is_enough else kind_name(kind)
    return About(": ".join(filter(None, (label, told))), min(dates.values(), default=None),
                 words.url(client_id, facts) if words and words.url else "")


def step_words(step_code: str) -> StepWords | None:
    """The words of a step outside a plan, where a room gave some."""
    return _STEPS.get(step_code.partition(":")[0])


def purpose_given(step_code: str) -> Any:
    """What a step of another plan, or outside one, is for; "" where no room said it."""
    code, _colon, follows = step_code.partition(":")
    if follows:
        words = _STEPS.get(code)
        return words.purpose if words else ""
    return _PURPOSES.get(code, "")


def add_homes(codes: Iterable[str], homes: Homes) -> None:
    """Lead from steps «code:7» to the page of what they are about; `homes` is asked once for all numbers of a list."""
    _HOMES.update(dict.fromkeys(codes, homes))


def homes_of(step_codes: Iterable[str]) -> dict[str, Home]:
    """Where these steps lead, by their code; most lead nowhere."""
    asked: dict[Homes, dict[str, int]] = {}
    for step_code in step_codes:
        code, _colon, number = step_code.partition(":")
        if code in _HOMES and number.isdecimal():
            asked.setdefault(_HOMES[code], {})[step_code] = int(number)
    found: dict[str, Home] = {}
    for homes, codes in asked.items():
        known = homes(set(codes.values()))
        found |= {step_code: known[number] for step_code, number in codes.items() if number in known}
    return found
