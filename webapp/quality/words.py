"""How quality speaks: numbers in the reader's language, faults of a table as sentences, verdicts, results of checks."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.kit.numbers import rounded
from webapp.quality.table_rules import DIGITS, LESS, MORE, ONE, Fault, verdict
from webapp.staff.rules import BadInput
from webapp.web.i18n import number as num

RELATIVE, TOTAL = 3, 3
SHORTER: dict[str, Any] = {MORE: _l("the more the better"), LESS: _l("the less the better")}
BETTER: dict[str, Any] = {MORE: _l("more is better"), LESS: _l("less is better")}
RESULTS: dict[str, Any] = {"good": _l("passed the check"), "partly": _l("partly"), "poor": _l("not passed")}
RESULT_KINDS = {"good": "ok", "partly": "today", "poor": "over"}
NUMBERS: dict[str, Any] = {
    "not-a-number": _l("This is not a number. Write it like 4.7 or 1250."),
    "too-fine": _l("Three digits behind the comma are enough."), "too-big": _l("Up to a billion."),
    "weight-too-fine": _l("Four digits behind the comma are enough for a weight.")}
_FAULTS: dict[str, Any] = {
    "no-lines": _l("Fill in at least one indicator."),
    "too-many": _l("Thirty indicators are the most: whoever watches everything watches nothing."),
    "no-name": _l("Write what is measured."),
    "twice": _l("This indicator stands above already: leave one of them."),
    "no-weight": _l("Write the weight: how much this indicator means, as a part of 1."),
    "no-value": _l("Write the value, or empty the whole line."),
    "weight-not-positive": _l("A weight is more than 0. What means nothing can be left out: empty the line."),
    "negative": _l("Less than zero cannot be compared. Turn the indicator round: not “profit” but “costs”."),
    "zero-more": _l("We divide by the competitor’s value, so it cannot be 0. Take a longer time or another measure."),
    "zero-less": _l("We divide by our value, so it cannot be 0. Take a longer time, or count the good: trips without "
                    "complaints instead of complaints."),
}
_REFUSED: dict[str, Any] = {
    "competitor-empty": _l("Write whom you compare yourself with."),
    "competitor-long": _l("Too long. Eighty characters are enough."),
    "day-ahead": _l("This day is still to come."),
    "day-taken": _l("This day has its assessment already. Correct that one, or choose another day."),
    "reason-empty": _l("Write in a few words why, so that colleagues understand it later."),
    "what-empty": _l("Write what is done."), "due-past": _l("This day has passed. Choose today or a later one."),
    "not-here": _l("Choose somebody who works in this office."),
    "result-empty": _l("Write in a few words what came of it."),
    "topic-empty": _l("Write what is checked."), "nobody": _l("Choose at least one person."),
    "next-past": _l("The next check comes after this one."),
    "unknown-result": _l("Choose what the check showed."),
    "corrected-already": _l("This result has been corrected already. Open the newest one."),
}


def relative(value: Decimal | None) -> str:
    """«1,095»; a dash where it cannot be worked out."""
    return num(value, RELATIVE) or "–"


def weighted(value: Decimal | None) -> str:
    """«0,3286»."""
    return num(value, DIGITS) or "–"


def change(value: Decimal | None) -> str:
    """«+0,031», «без изменений», or nothing where there is nothing to compare with."""
    if value is None:
        return ""
    said = num(value, RELATIVE, sign=True)
    return said if said.strip("0,.") else _("no change")


def tone(value: Decimal | None) -> str:
    """The class of a change: ground gained, lost, or neither."""
    if value is None or not rounded(value, RELATIVE):
        return ""
    return "gain" if value > 0 else "drop"


def standing(total: Decimal) -> tuple[str, str]:
    """(kind of state, words): how we stand beside the competitor."""
    kind = verdict(total)
    per_cent = num(abs(total - ONE) * 100, 1)
    if kind == "par":
        return "ok", _("on a par")
    if kind == "better":
        return "ok", _("%(number)s %% better", number=per_cent)
    return "over", _("%(number)s %% behind", number=per_cent)


def weights_said(weights: Decimal) -> str:
    """What the weights make together, and what is missing."""
    missing = ONE - weights
    if not missing:
        return _("The weights make 1.")
    if missing > 0:
        return _("The weights make %(sum)s instead of 1: %(rest)s is missing.", sum=num(weights), rest=num(missing))
    return _("The weights make %(sum)s instead of 1: %(rest)s too much.", sum=num(weights), rest=num(-missing))


def fault(found: Fault) -> str:
    """A fault as a sentence."""
    if found.code in ("weights-short", "weights-over") and found.value is not None:
        return weights_said(found.value)
    return str(_FAULTS[found.code])


def refused(error: BadInput) -> str:
    """Why something was refused."""
    return str(_REFUSED.get(error.code, error.code))


def when(day: date, today: date) -> tuple[str, str]:
    """(kind of state, words): a task by its day."""
    days = (day - today).days
    if days < 0:
        return "over", ngettext("%(num)d day late", "%(num)d days late", -days)
    if days == 0:
        return "today", _("today")
    return "wait", ngettext("in %(num)d day", "in %(num)d days", days)


def planned(number: int) -> str:
    """After checks were planned."""
    return ngettext("%(num)d check is planned.", "%(num)d checks are planned.", number)
