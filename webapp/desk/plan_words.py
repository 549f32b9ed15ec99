"""Words for plans: kinds of steps, when they come, who does them, what is wrong with them, what a version changes."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.desk.letter_list import CLASSES, LANGUAGE_NAMES
from webapp.desk.plan_dates import day_of_step, of_date
from webapp.touches.models import Plan
from webapp.touches.plan_check_rules import PlanFinding
from webapp.touches.plan_draft_rules import DraftStep, StepChange
from webapp.touches.plan_rules import CHAT_NAMES
from webapp.touches.shipped import anchor_named, shipped_for
from webapp.touches.starter import COLUMNS
from webapp.trips.board_columns import CHANNEL_ICONS, column_name
from webapp.trips.step_words import outcome_name
from webapp.web.i18n import page_language

KINDS: dict[str, Any] = {
    "email": _l("Letter by e-mail"), "sms": "SMS", "sms_call": _l("SMS, and a call if it cannot arrive"),
    "call": _l("Call"), "visit": _l("Meeting in the office"), "gift": _l("Hand something over"), "task": _l("Task"),
    **CHAT_NAMES}
PERFORMERS: dict[str, Any] = {
    "auto": _l("goes by itself"), "seller": _l("the manager of the client"),
    "not_seller": _l("somebody else than the manager"), "service": _l("customer service")}
SERIES: dict[str, Any] = {"before": _l("letters before the trip"), "after": _l("letters after the trip")}
FLIGHTS: dict[str, Any] = {"departs": _l("the time of departure"), "lands": _l("the time of landing")}
FIELDS: dict[str, Any] = {
    "name_ru": _l("Name in Russian"), "name_en": _l("Name in English"), "short_ru": _l("Short name in Russian"),
    "short_en": _l("Short name in English"), "kind": _l("What happens"), "channel": _l("What happens"),
    "or_call": _l("What happens"), "days": _l("Days"), "offset_days": _l("Days"), "anchor": _l("Counted from"),
    "at": _l("Hour"), "before": _l("Only before the departure"), "truth": _l("True until"),
    "truth_days": _l("Days"), "series": _l("Series"), "performer": _l("Who does it"),
    "klass": _l("Kind of letter"),
    "letter": _l("Text"), "column": _l("Column of the board"), "outcomes": _l("Results"),
    "needs_outcome": _l("A result must be told"), "flight": _l("Flight time"), "active": _l("In use"),
    "backward": _l("Moves to an earlier day")}
_SENTENCES: dict[str, Any] = {
    "no-name": _l("The step needs a name."),
    "unknown-kind": _l("Choose what happens in this step."),
    "unknown-date": _l("Choose the date from which the days are counted."),
    "too-far": _l("This is too far away: at most %(most)s days."),
    "nobody": _l("Choose who does it: calls, meetings and chats do not go by themselves."),
    "no-letter": _l("Choose the text. Without it there is nothing to send or to say."),
    "other-channel": _l("This text is for another kind of step: an SMS needs the text of an SMS, a letter that of a "
                        "letter."),
    "not-published": _l("This text is not published yet. Publish it first, then the plan."),
    "before-too-late": _l("A step counted from the return cannot come before the departure."),
    "before-own-date": _l("On the day of departure or later, “only before the departure” leaves no day for "
                          "it."),
    "series-not-letter": _l("Only letters by e-mail form a series; an SMS keeps its day."),
    "other-flight": _l("The time of departure refines steps around the departure, that of landing steps around the "
                       "return."),
    "no-truth": _l("Say until when the text is true: a letter that comes later would be wrong."),
    "truth-over": _l("The text is no longer true when it goes out. Choose a later end."),
    "no-results": _l("A result must be told, but none can be chosen. Tick the possible results."),
    "same-name": _l("Another step has this name already."),
    "same-step": _l("The same text goes out on the same day twice."),
    "nothing-on": _l("No step is in use: clients get nothing and nobody is reminded."),
    "at-night": _l("Nothing goes out between 21:00 and 9:00: it waits for the morning."),
    "no-script": _l("There are no words to say yet. A colleague who stands in will not know what to ask."),
    "links-in-chat": _l("Personal links stay empty in a chat: nobody may open somebody else's page by mistake."),
    "said-too": _l("The same text is said on a call. Look whether a client can read it as it is."),
    "script-in-chat": _l("This text is what a colleague says on a call. For a chat write one that the client can read "
                         "as it is."),
    "call-after": _l("If the SMS cannot arrive, the call falls on the next working day."),
    "no-visit": _l("The result “Will come” moves the meeting in the office, but that step is not in use. The visit "
                   "will be a task of its own."),
    "no-reminder": _l("No step reminds of the flight with a call when the SMS cannot arrive."),
    "people-out-of-order": _l("It stands behind a step for people with a later day, so it comes only after that one. "
                              "Move it up."),
    "out-of-order": _l("In its series it stands behind a letter with a later day, so it waits for that one. Move "
                       "it up."),
}


def sentence(finding: PlanFinding) -> str:
    """What was found and what to do about it."""
    facts = finding.facts
    if finding.code == "other-class":
        return _("The kind of its text has become “%(klass)s”. The step takes it when the plan is published next.",
                 klass=CLASSES.get(facts["klass"], facts["klass"]))
    if finding.code == "one-language":
        return _("The text is published in one language only: %(language)s. Other clients get it, too.",
                 language=LANGUAGE_NAMES.get(facts["language"], facts["language"]))
    return str(_SENTENCES[finding.code]) % facts


def plan_name(plan: Plan) -> str:
    """What a plan is called."""
    shipped = shipped_for(plan.kind)
    return shipped.title if shipped else plan.name


def name_of(step: DraftStep) -> str:
    """The step's name in the reader's language, or the other one."""
    names = [step.name_ru, step.name_en] if page_language() == "ru" else [step.name_en, step.name_ru]
    return next((name for name in names if name), _("A step without a name"))


def kind_of(step: DraftStep) -> str:
    """The kind as the form knows it."""
    return "sms_call" if step.channel == "sms" and step.or_call else step.channel


def icon_of(step: DraftStep) -> str:
    """The icon of its channel."""
    return CHANNEL_ICONS.get(step.channel, "flag")


def when(step: DraftStep) -> str:
    """«за 3 дня до вылета, 10:00»."""
    day = day_of_step(step.anchor, step.offset_days)
    if not step.is_automatic:
        return day
    return f"{day}, {step.at}" if step.at else f"{day}, {_('at once')}"


def truth(step: DraftStep) -> str:
    """«до конца дня накануне вылета»: until when its text is true."""
    if step.truth is None:
        return ""
    days, until, anchor = step.truth
    if anchor is not None:
        day = day_of_step(anchor, days)
    elif days == 0:
        day = _("on the same day")
    else:
        day = ngettext("%(num)d day after its own day", "%(num)d days after its own day", days)
    return f"{day}, {until}" if until else _("%(day)s, till midnight", day=day)


def notes(step: DraftStep) -> list[str]:
    """What else matters about a step, in few words each."""
    said = [str(PERFORMERS.get(step.performer, step.performer))]
    if step.is_automatic and step.klass == "marketing":
        said.append(_("only with consent to news"))
    if step.before == "departure":
        said.append(_("only before the departure"))
    elif step.before and (anchor := anchor_named(step.before)):
        said.append(_("only before %(date)s", date=of_date(anchor)))
    if step.series in SERIES:
        said.append(str(SERIES[step.series]))
    if step.needs_outcome:
        said.append(_("a result must be told"))
    return said


def column_words(step: DraftStep) -> str:
    """Where it stands on the board."""
    return column_name(step.column) or _("its own column")


def columns() -> list[tuple[str, str]]:
    """Columns that come with the product."""
    return [(code, column_name(code)) for code in COLUMNS]


def value(step: DraftStep, name: str, titles: dict[str, str]) -> str:
    """A field of a step in words, for differences."""
    raw = getattr(step, name)
    if name in ("offset_days", "anchor", "at"):
        return when(step)
    if name in ("channel", "or_call"):
        return str(KINDS.get(kind_of(step), step.channel))
    if name == "truth":
        return truth(step)
    if name == "outcomes":
        return ", ".join(map(outcome_name, raw))
    if name == "letter":
        return titles.get(step.text, step.text)
    if name == "column":
        return column_words(step)
    if isinstance(raw, bool) or name == "before":
        return _("yes") if raw else _("no")
    lists = {"performer": PERFORMERS, "klass": CLASSES, "series": SERIES, "flight": FLIGHTS}
    return str(lists.get(name, {}).get(raw) or raw or "")


def change_rows(change: StepChange, titles: dict[str, str]) -> list[dict[str, str]]:
    """What differs in a changed step, one row for all that make up its moment."""
    if change.before is None or change.kind != "changed":
        return []
    rows: dict[str, dict[str, str]] = {}
    for name in change.names:
        label = str(FIELDS["days" if name in ("offset_days", "anchor", "at") else name])
        if name in ("offset_days", "anchor", "at"):
            label = _("When")
        old, new = value(change.before, name, titles), value(change.step, name, titles)
        if old != new:
            rows[label] = {"label": label, "old": old or "—", "new": new or "—"}
    return list(rows.values())


CHANGES: dict[str, Any] = {"new": _l("new"), "gone": _l("taken out"), "on": _l("switched on"),
                           "off": _l("switched off"), "changed": _l("changed"), "order": _l("another place")}
CHANGE_STATES = {"new": "ok", "gone": "over", "on": "ok", "off": "skip", "changed": "pause", "order": "pause"}


def summary(changes: Sequence[StepChange]) -> str:
    """«3 изменения»."""
    return ngettext("%(num)d change", "%(num)d changes", len(changes))


def by_step(findings: Iterable[PlanFinding]) -> dict[str, list[str]]:
    """Sentences by the code of the step; "" holds those about the whole plan."""
    found: dict[str, list[str]] = {}
    for finding in findings:
        found.setdefault(finding.step, []).append(sentence(finding))
    return found
