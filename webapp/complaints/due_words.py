"""Deadlines in words: «до 14:30 сегодня», «просрочено 2 дня», the day of the law named as such."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.complaints.clock_rules import RED, YELLOW, colour
from webapp.complaints.models import Complaint
from webapp.complaints.step_rules import UNDECIDED
from webapp.complaints.words import letter_waits
from webapp.kit.days import end_of_day, local_day, zone
from webapp.post.models import Message
from webapp.post.rules import BREATH, leaves_at
from webapp.web.i18n import clock, day

_KINDS = {RED: "over", YELLOW: "today"}


@dataclass(frozen=True)
class Due:
    """The nearest deadline as it is shown: `kind` of the state mark, words, and the law's day where that is another."""

    kind: str
    words: str
    law: str = ""


def due_of(row: Complaint, now: datetime, reader: str = "") -> Due | None:
    """The deadline of a complaint; None for one that is over. Its colour and the law's day are those of its office, the
    hours those of the `reader`'s zone: two offices stand in one list, and hers is the clock she looks at."""
    if row.due_at is None:
        return None
    tz = zone(row.office.timezone)
    kind = _KINDS.get(colour(row.due_at, row.legal_by, row.state, now=now, tz=tz), "wait")
    law = row.legal_by if row.state in UNDECIDED else None
    if law and end_of_day(law, tz) == row.due_at:
        return Due(kind, _law(law, local_day(now, tz)))
    own = own_words(row.due_at, reader or row.office.timezone, now)
    return Due(kind, own, _law(law, local_day(now, tz)) if law else "")


def own_words(due_at: datetime, timezone: str, now: datetime) -> str:
    """«до 14:30 сегодня», «до 14:30 завтра», «до вт, 24 ноября», «просрочено 2 дня», «просрочено с 14:30»."""
    tz = zone(timezone)
    # Midnight is the end of the day before.
    due_on, today, at = local_day(due_at - timedelta(seconds=1), tz), local_day(now, tz), clock(due_at, timezone)
    if due_at <= now:
        days = (today - due_on).days
        return ngettext("overdue %(num)d day", "overdue %(num)d days", days) if days else _(
            "overdue since %(time)s", time=at)
    if due_on == today:
        return _("today by the end of the day") if at == "00:00" else _("by %(time)s today", time=at)
    if due_on == today + timedelta(days=1):
        return _("tomorrow by the end of the day") if at == "00:00" else _("by %(time)s tomorrow", time=at)
    return _("by %(day)s", day=day(due_on))


def day_words(due_on: date, today: date) -> str:
    """The same for a whole day."""
    late = (today - due_on).days
    if late > 0:
        return ngettext("overdue %(num)d day", "overdue %(num)d days", late)
    return _("today") if not late else _("by %(day)s", day=day(due_on))


def day_kind(due_on: date, today: date, ahead: int = 0) -> str:
    """Red behind its day, yellow on it or within `ahead` days before."""
    left = (due_on - today).days
    return "over" if left < 0 else "today" if left <= ahead else "wait"


def claim_due(file_by: date, today: date, ahead: int) -> Due:
    """Until when the client may file the claim; a day that has passed is named, and counts no further."""
    if file_by < today:
        return Due("over", _("the day has passed: %(day)s", day=day(file_by)))
    return Due(day_kind(file_by, today, ahead), day_words(file_by, today))


def claim_answer_due(answer_by: date, today: date) -> Due:
    """Until when the operator answers."""
    if answer_by < today:
        return Due("over", _("no answer, it was due by %(day)s", day=day(answer_by)))
    return Due(day_kind(answer_by, today, 2), day_words(answer_by, today))


def claim_leaves_words(letter: Message | None, timezone: str, now: datetime) -> str:
    """When the letter with a claim really leaves, for whoever sends it, and why not now; "" where it waits no more."""
    if letter is None or letter.state not in ("queued", "held"):
        return ""
    if letter.state == "held" and letter.hold_reason != "hold":
        return leaves_words(letter, timezone, now)
    at = leaves_at(letter.not_before, letter.zone, now)
    if letter.state == "queued" and at > now + BREATH:
        return _("It is night: the letter leaves at %(time)s.", time=clock(at, timezone))
    if letter.state == "queued" and letter.not_before > now:
        return leaves_words(letter, timezone, now)
    said = _("The letter still waits; until it leaves it can be called back.")
    return f"{said} {letter_waits(letter.hold_reason if letter.state == 'held' else letter.last_code)}".strip()


def _law(law: date, today: date) -> str:
    late = (today - law).days
    if late > 0:
        return ngettext("overdue by law: %(num)d day", "overdue by law: %(num)d days", late)
    if not late:
        return _("by law: today is the last day")
    return _("by law: until %(day)s", day=day(law))


def leaves_words(message: Message | None, timezone: str, now: datetime) -> str:
    """When a letter that was just written really leaves, as a sentence for whoever wrote it; "" without a letter."""
    if message is None or message.state not in ("queued", "held"):
        return ""
    if message.state == "held":
        return _("The letter waits until sending is switched on.")
    at = leaves_at(message.not_before, message.zone, now)
    if at <= now + BREATH:
        return _("The letter leaves in 15 seconds.")
    hour, ahead = clock(at, timezone), (local_day(at, zone(timezone)) - local_day(now, zone(timezone))).days
    if ahead == 0:
        return _("It is night where the client is: the letter leaves today at %(time)s.", time=hour)
    return _("It is night where the client is: the letter leaves tomorrow at %(time)s.", time=hour)
