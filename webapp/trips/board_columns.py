"""Where a touch stands on the board: columns of the plan in force, names of steps in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import get_locale, gettext

from webapp.touches.answer_rules import is_ended_elsewhere
from webapp.touches.kind_words import step_words
from webapp.touches.plan_rules import CHAT_NAMES, CHATS
from webapp.touches.starter import COLUMNS, NAMES, SHORT_NAMES, Name
from webapp.touches.store import StoredStep, step_with, steps_of
from webapp.trips.board_rules import Column

ICONS = {"before": "mail", "service_call": "phone", "eve": "sms", "departure": "plane", "return": "home",
         "after": "mail", "call": "phone", "visit": "visit", "year_ago": "mail"}
CHANNEL_ICONS = {"email": "mail", "sms": "sms", "call": "phone", "visit": "visit", "gift": "gift", "task": "flag",
                 "chat": "send", **dict.fromkeys(CHATS, "message")}


_by_id: dict[int, tuple[tuple[StoredStep, ...], dict[int, StoredStep]]] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """Column of a touch, what it is called there, and whether its result must be told."""

    column: str
    name: str
    needs_outcome: bool


def columns_of(steps: Sequence[StoredStep]) -> list[Column]:
    """One column per place named by active steps, in the order of the plan."""
    found: dict[str, Column] = {}
    for step in steps:
        if step.rule.active and step.column and step.column not in found:
            series = step.rule.series is not None
            found[step.column] = Column(step.column, column_name(step.column) or step_short_name(step),
                                        ICONS.get(step.column) or CHANNEL_ICONS.get(step.rule.channel, "flag"), series)
    return list(found.values())


def place_of(version_id: int, step_id: int | None, step_code: str, channel: str) -> Place | None:
    """Where a touch is shown; None for what belongs to the timeline only (attempts, the journal's past)."""
    if step_code.startswith(("attempt:", "missed_you:", "incoming:")):
        return None
    step = _step(version_id, step_id) if step_id else None
    if step is not None:
        replaced = step_code != step.code
        return Place(step.column, gettext("Call instead of the SMS") if replaced else step_name(step),
                     needs_panel(step) and not replaced)
    return Place("visit" if channel == "visit" else "call", follow_up_name(step_code),
                 is_ended_elsewhere(step_code))


def step_name(step: StoredStep) -> str:
    """A step's full name in the reader's language; the other one where there is only that."""
    return (step.name_en or step.name_ru) if _english() else (step.name_ru or step.name_en)


def step_short_name(step: StoredStep) -> str:
    """A step's short name, where space is scarce."""
    short = (step.short_en or step.short_ru) if _english() else (step.short_ru or step.short_en)
    return short or _pick(SHORT_NAMES.get(step.code)) or step_name(step)


def needs_panel(step: StoredStep) -> bool:
    """Whether one press is not enough: a result must be told, or a text copied into a chat first."""
    return step.needs_outcome or step.rule.channel in CHATS


def touch_name(version_id: int | None, step_id: int | None, step_code: str, channel: str) -> str:
    """What a touch is called anywhere: its step's name, its follow-up's, or its channel's."""
    step = _step(version_id, step_id) if version_id and step_id else None
    if step is not None:
        return gettext("Call instead of the SMS") if step_code != step.code else step_name(step)
    return follow_up_name(step_code) if ":" in step_code and not step_code.startswith(
        ("journal:", "attempt:")) else channel_name(channel)


def column_name(code: str) -> str:
    """Heading of a column that comes with the product; "" for one that is named after its step."""
    return _pick(COLUMNS.get(code)) or _pick(NAMES.get(code))


def channel_name(channel: str) -> str:
    """A channel as people call it."""
    return {"email": gettext("Letter"), "sms": "SMS", "call": gettext("Call"), "visit": gettext("Visit"),
            "gift": gettext("Gift"), "task": gettext("Task"), "chat": gettext("Chat"),
            **CHAT_NAMES}.get(channel, channel)


def follow_up_name(step_code: str) -> str:
    """What a touch outside the plan is about."""
    kind, words = step_code.split(":")[0], step_words(step_code)
    if words is not None:
        return str(words.name)
    return {"complaint": gettext("Complaint: find out and answer"), "visit": gettext("Visit"),
            "planned_trip": gettext("Call about the planned trip"),
            "recommended": gettext("Call the recommended friend"),
            "incoming": gettext("Letter from the client"), "reply": gettext("Answer the client"),
            "missed_you": gettext("SMS “we could not reach you”")}.get(kind, gettext("Next step"))


def _step(version_id: int, step_id: int) -> StoredStep | None:
    # What was done before the trip got another version of the plan came from an older one.
    return _steps_by_id(version_id).get(step_id) or step_with(step_id)


def _steps_by_id(version_id: int) -> dict[int, StoredStep]:
    steps = steps_of(version_id)
    known = _by_id.get(version_id)
    # Compared by identity: to hash the steps costs more than all that is done with them.
    if known is None or known[0] is not steps:
        known = _by_id[version_id] = (steps, {step.row_id: step for step in steps})
    return known[1]


def _pick(name: Name | None) -> str:
    return "" if name is None else name.en if _english() else name.ru


def _english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"
