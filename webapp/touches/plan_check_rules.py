"""What blocks publishing a plan and what only deserves a second look, as codes; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import time
from typing import Any

from webapp.touches.plan_draft_rules import TRIP_ANCHORS, DraftStep
from webapp.touches.plan_rules import CHANNELS, CHATS, FLIGHT_TIMES, PERFORMERS

QUIET_FROM, QUIET_TO = time(21), time(9)
MOST_DAYS = 1000
LETTER_FOR = {"email": "email", "sms": "sms"}
"""Which texts fit a step; whatever people do has a script, where it has a text at all."""


@dataclass(frozen=True)
class Text:
    """What is known of a letter or script; `is_spoken`: its headings are for the colleague who calls."""

    channel: str
    klass: str = "service"
    languages: frozenset[str] = frozenset({"ru", "en"})
    has_links: bool = False
    is_spoken: bool = False


@dataclass(frozen=True)
class PlanFinding:
    """One thing found: at which step ("" is the whole plan) and field of its form, `code` says what."""

    step: str
    where: str
    code: str
    facts: dict[str, Any] = field(default_factory=dict)


def faults_of(steps: Sequence[DraftStep], texts: Mapping[str, Text],
              anchors: Sequence[str] = TRIP_ANCHORS) -> list[PlanFinding]:
    """What blocks publishing; a draft may be kept with all of it. Steps that are switched off are checked too.

    `anchors` are the dates of this kind of plan, in their order; none where nobody knows them.
    """
    found: list[PlanFinding] = []
    for step in steps:
        found += [PlanFinding(step.code, where, code, facts) for where, code, facts in _faults(step, texts, anchors)]
    return found + list(_doubles(steps))


def warnings_of(steps: Sequence[DraftStep], texts: Mapping[str, Text],
                anchors: Sequence[str] = TRIP_ANCHORS) -> list[PlanFinding]:
    """What an administrator should know before publishing."""
    on = [step for step in steps if step.active]
    found = [PlanFinding("", "", "nothing-on")] if not on else []
    for step in on:
        found += [PlanFinding(step.code, where, code, facts) for where, code, facts in _doubts(step, texts)]
    return found + list(_missed(on, tuple(anchors) == TRIP_ANCHORS)) + list(_disorder(on))


def with_classes(steps: Sequence[DraftStep], texts: Mapping[str, Text]) -> list[DraftStep]:
    """The steps with the class of their letters: a letter has a class, a step only repeats it (`domain.md` §2.1)."""
    return [replace(step, klass=texts[step.text].klass) if step.is_automatic and step.text in texts else step
            for step in steps]


Said = tuple[str, str, dict[str, Any]]


def _faults(step: DraftStep, texts: Mapping[str, Text], anchors: Sequence[str]) -> Iterator[Said]:
    if not step.name_ru.strip() and not step.name_en.strip():
        yield "name_ru", "no-name", {}
    if step.channel not in CHANNELS or step.performer not in PERFORMERS or step.flight not in FLIGHT_TIMES:
        yield "kind", "unknown-kind", {}
        return
    if anchors and step.anchor not in anchors:
        yield "anchor", "unknown-date", {}
    if abs(step.offset_days) > MOST_DAYS:
        yield "days", "too-far", {"most": MOST_DAYS}
    if (step.performer == "auto") != step.is_automatic:
        yield "performer", "nobody", {}
    yield from _text_faults(step, texts)
    yield from _order_faults(step, anchors)
    if step.is_automatic:
        yield from _truth_faults(step, anchors)
    elif step.needs_outcome and not step.outcomes:
        yield "needs_outcome", "no-results", {}


def _text_faults(step: DraftStep, texts: Mapping[str, Text]) -> Iterator[Said]:
    text = texts.get(step.text)
    fits = LETTER_FOR.get(step.channel, "script")
    if text is None:
        # A task may have no words; a letter and a chat have nothing else. Published, it names one with its own code.
        if step.is_automatic or step.channel in CHATS or step.letter not in ("", step.code):
            yield "letter", "no-letter", {}
    elif text.channel != fits:
        yield "letter", "other-channel", {}
    elif not text.languages:
        yield "letter", "not-published", {}
    elif step.channel in CHATS and text.is_spoken:
        yield "letter", "script-in-chat", {}


def _order_faults(step: DraftStep, anchors: Sequence[str]) -> Iterator[Said]:
    if step.before in anchors and step.anchor in anchors:
        if anchors.index(step.anchor) > anchors.index(step.before):
            yield "before", "before-too-late", {}
        elif step.anchor == step.before and step.offset_days >= 0:
            yield "before", "before-own-date", {}
    if step.series is not None and step.channel != "email":
        yield "series", "series-not-letter", {}
    if step.or_call and step.channel != "sms":
        yield "kind", "unknown-kind", {}
    if step.flight is not None and step.anchor != {"departs": "departure", "lands": "return"}.get(step.flight):
        yield "flight", "other-flight", {}


def _truth_faults(step: DraftStep, anchors: Sequence[str]) -> Iterator[Said]:
    if step.truth is None:
        yield "truth_days", "no-truth", {}
        return
    days, until, anchor = step.truth
    if anchor is not None and anchor != step.anchor:
        # The step's own date never comes before that one: then it must not be later by days either.
        later = anchor in anchors and step.anchor in anchors and anchors.index(step.anchor) > anchors.index(anchor)
        if later and step.offset_days > days:
            yield "truth_days", "truth-over", {}
        return
    last = days if anchor is None else days - step.offset_days
    if last < 0 or (last == 0 and until is not None and until <= (step.at or "00:00")):
        yield "truth_days", "truth-over", {}


def _doubles(steps: Sequence[DraftStep]) -> Iterator[PlanFinding]:
    named: dict[str, str] = {}
    seen: dict[tuple[Any, ...], str] = {}
    for step in steps:
        name = (step.name_ru or step.name_en).strip().casefold()
        what = (step.channel, step.anchor, step.offset_days, step.at, step.text)
        if name and name in named:
            yield PlanFinding(step.code, "name_ru", "same-name")
        if what in seen:
            yield PlanFinding(step.code, "letter", "same-step", {"other": seen[what]})
        named.setdefault(name, step.code)
        seen.setdefault(what, step.code)


def _doubts(step: DraftStep, texts: Mapping[str, Text]) -> Iterator[Said]:
    text = texts.get(step.text)
    if step.is_automatic and step.at is not None and not (QUIET_TO <= time.fromisoformat(step.at) < QUIET_FROM):
        yield "at", "at-night", {}
    if text is not None and len(text.languages) == 1:
        yield "letter", "one-language", {"language": next(iter(text.languages))}
    if text is not None and step.is_automatic and step.klass != text.klass:
        yield "letter", "other-class", {"klass": text.klass}
    if text is None and step.channel in ("call", "visit"):
        yield "letter", "no-script", {}
    if step.channel in CHATS and text is not None and text.has_links:
        yield "letter", "links-in-chat", {}
    if step.or_call and step.offset_days >= 0:
        yield "kind", "call-after", {}


def _missed(on: Sequence[DraftStep], around_trip: bool) -> Iterator[PlanFinding]:
    """Shipped steps that others rely on."""
    codes = {step.code for step in on}
    for step in on:
        if "come" in step.outcomes and step.channel != "visit" and "visit" not in codes:
            yield PlanFinding(step.code, "outcomes", "no-visit")
    spoken = {step.text for step in on if step.channel in ("call", "visit")}
    for step in on:
        if step.channel in CHATS and step.text in spoken:
            yield PlanFinding(step.code, "letter", "said-too")
    if around_trip and on and not any(step.or_call for step in on):
        yield PlanFinding("", "", "no-reminder")


def _disorder(on: Sequence[DraftStep]) -> Iterator[PlanFinding]:
    """A letter of a series, or a step for people, that stands behind one with a later day waits for it."""
    last: dict[tuple[str, str], DraftStep] = {}
    for step in on:
        if step.series is None and step.is_automatic:
            continue
        row = (step.series or "", step.anchor)
        if row in last and last[row].offset_days > step.offset_days:
            where, code = ("series", "out-of-order") if step.series else ("days", "people-out-of-order")
            yield PlanFinding(step.code, where, code, {"other": last[row].code})
        last[row] = step
