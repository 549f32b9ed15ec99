"""The vocabulary of a plan: steps, their ends of truth, and how they are stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from webapp.kit.days import end_of_day, moment

AUTOMATIC_CHANNELS = frozenset({"email", "sms"})
# Names of their own, the same in every language.
CHAT_NAMES = {"telegram": "Telegram", "max": "MAX", "whatsapp": "WhatsApp", "vk": "VK"}
CHATS = tuple(CHAT_NAMES)
CHANNELS = AUTOMATIC_CHANNELS | {"call", "visit", "gift", "task", "chat", *CHATS}
PERFORMERS = frozenset({"auto", "seller", "not_seller", "service"})
FLIGHT_TIMES = frozenset({None, "departs", "lands"})

Anchors = Mapping[str, date]


class BadStep(ValueError):
    """A step contradicts itself; `code` names how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Truth:
    """Until when the text of an automatic step is true (`domain.md` §1.2, 6).

    The day is `days` after the step's own day, or after the date `anchor` where one is named ("end of
    D−1"); the moment is the local time `at` of that day, or the midnight that ends it.
    """

    days: int
    at: time | None = None
    anchor: str | None = None

    def ends(self, own: date, anchors: Anchors, tz: tzinfo) -> datetime | None:
        """The last UTC moment of truth; None where the named date is not known."""
        start = own if self.anchor is None else anchors.get(self.anchor)
        if start is None:
            return None
        day = start + timedelta(days=self.days)
        return end_of_day(day, tz) if self.at is None else moment(day, self.at, tz)


@dataclass(frozen=True)
class Step:
    """One contact of a plan: which channel, how many days from which date, by whom.

    `at` is a local time, None = at once (people: none). `before` names the date it must precede. `series`
    is kept in order, one day apart. `backward` moves a call of people to an earlier working day instead of
    a later one. `flight` says which flight time refines it: "departs" or "lands". `column` is its place on
    the board. `or_call`: an SMS that cannot arrive becomes a call.
    """

    code: str
    channel: str
    anchor: str
    offset_days: int
    at: time | None = None
    before: str | None = None
    truth: Truth | None = None
    performer: str = "auto"
    klass: str = ""
    series: str | None = None
    backward: bool = False
    flight: str | None = None
    needs_outcome: bool = False
    active: bool = True
    column: str = ""
    or_call: bool = False

    def __post_init__(self) -> None:
        if self.channel not in CHANNELS or self.performer not in PERFORMERS:
            raise BadStep("unknown-channel-or-performer")
        if self.is_automatic != (self.channel in AUTOMATIC_CHANNELS):
            raise BadStep("letters-go-by-themselves-the-rest-is-for-people")
        if self.is_automatic and self.truth is None:
            raise BadStep("automatic-step-needs-an-end-of-truth")
        if self.flight not in FLIGHT_TIMES:
            raise BadStep("unknown-flight-time")
        if self.series is not None and self.channel != "email":
            # An SMS is tied to its day and never moves for the sake of an order (§1.2, 3).
            raise BadStep("only-letters-form-a-series")
        if self.or_call and self.channel != "sms":
            raise BadStep("only-sms-become-calls")

    @property
    def is_automatic(self) -> bool:
        """Whether the program sends it; otherwise a person does it and ticks."""
        return self.performer == "auto"

    def own_day(self, anchors: Anchors) -> date | None:
        """Anchor date + offset (`domain.md` §1.2, 1); None without that date."""
        start = anchors.get(self.anchor)
        return None if start is None else start + timedelta(days=self.offset_days)


def rule_to_json(step: Step) -> dict[str, Any]:
    """The part of a step that decides its date, as plain JSON data; `step_from_json` reads it back."""
    truth = step.truth
    return {
        "anchor": step.anchor,
        "offset_days": step.offset_days,
        "at": step.at and step.at.isoformat("minutes"),
        "before": step.before,
        "truth": truth and [truth.days, truth.at and truth.at.isoformat("minutes"), truth.anchor],
        "series": step.series,
        "backward": step.backward,
        "flight": step.flight,
    }


def step_from_json(code: str, channel: str, rule: Mapping[str, Any], **rest: Any) -> Step:
    """The step `code` from its stored rule; `rest` are the fields the rule does not hold.

    Raises BadStep.
    """
    values = dict(rule)
    truth = values.pop("truth", None)
    at = values.pop("at", None)
    if truth is not None:
        days, until, anchor = truth
        truth = Truth(days, time.fromisoformat(until) if until else None, anchor)
    return Step(code, channel, at=time.fromisoformat(at) if at else None, truth=truth, **values, **rest)
