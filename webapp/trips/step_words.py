"""Sentences about steps: why something was refused, why a step is grey or red, what a result is called."""

from datetime import date

from babel.dates import format_date
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.post import wording
from webapp.post.models import Message
from webapp.touches.starter import OUTCOMES
from webapp.touches.state_rules import MANY_TRIES
from webapp.web.examples import example_day, example_month

# Put into words when shown: a page of broken rows asks for fifty of them.
_REASONS = {
    "no-consent": _l("no consent"), "no-email": _l("no e-mail"), "no-mobile": _l("no mobile"),
    "entered-late": _l("entered late"), "no-room": _l("no time left"), "write-nothing": _l("we write nothing"),
    "stopped": _l("client said stop"), "no-value": _l("nothing to send yet"), "no-letter": _l("no text"),
    "letter-broken": _l("text has an error"), "too-late": _l("too late"), "missed": _l("missed"),
    "failed": _l("not sent"), "unknown": _l("unclear"), "late": _l("delayed"),
    "not-needed": _l("not needed"), "wont-come": _l("won't come"), "complains": _l("complains"),
    "paused": _l("complaint is open"),
    "trip-cancelled": _l("trip cancelled"), "called-instead": _l("called instead"), "held": _l("on hold"),
    "time-unknown": _l("time unknown"), "no-date": _l("no date"), "cap": _l("letters enough for now"),
    "dates-moved": _l("dates moved"), "sms-budget": _l("SMS budget is used up"),
    "plan-changed": _l("switched off or taken out of the plan"),
    "manager-signs": _l("the manager would sign"), "given-already": _l("handed over already"),
    "level-changed": _l("level changed meanwhile"), "answered": _l("has answered already"),
    "not-wanted": _l("not wanted any more"),
}
_NOT_SENT = _l("not sent")
_LETTER_REASONS = {
    "no-mailbox": _l("no such mailbox"), "no-domain": _l("no such mailbox"), "mailbox-full": _l("mailbox full"),
    "mailbox-closed": _l("mailbox closed"), "spam": _l("taken for spam"), "forwarded": _l("came back"),
    "gave-up": _l("came back"), "refused": _l("came back"), "too-big": _l("too big"),
}


def refusal(code: str) -> str:
    """What to tell somebody whose tick was refused."""
    words = {
        "outcome-needed": _("Choose how the talk ended."),
        "elsewhere": _("This is not ticked here: it is done as soon as the step itself is done. Go there."),
        "date-needed": _("Which day was agreed? Write it like %(day)s.", day=example_day()),
        "date-past": _("This day has passed. Choose today or later."),
        "date-far": _("This is more than two years away. Please check the year."),
        "date-unreadable": _("We could not read this date. Write it like %(day)s.", day=example_day()),
        "time-unreadable": _("We could not read this hour. Write it like 15:00."),
        "month-needed": _("Say the month of the next trip, like %(month)s.", month=example_month()),
        "month-past": _("This month has passed. Choose a later one."),
        "month-unreadable": _("We could not read this month. Write it like %(month)s.", month=example_month()),
        "note-needed": _("This is a colleague's client: write a short note about what you did."),
        "complaint-needed": _("Write in a few words what the client complains about."),
        "friend-needed": _("Write the friend's name or phone."),
        "reason-needed": _("Write in a few words why, so that colleagues understand it later."),
        "unknown-outcome": _("This result does not fit this step."),
        "role": _("Your role may look at steps but not tick them."),
    }
    return words.get(code, _("This cannot be done now."))


def reason(code: str) -> str:
    """Why a step is grey or red, in two or three words."""
    return str(_REASONS.get(code, _NOT_SENT)) if code else ""


def letter_reason(code: str) -> str:
    """The same for a letter: what its reader's mailbox says."""
    return str(_LETTER_REASONS[code]) if code in _LETTER_REASONS else reason(code)


def reason_or_text(text: str) -> str:
    """The words of a reason that has a code; what a person wrote stays as it is."""
    return reason(text) if text in _REASONS else text


def message_reason(message: Message | None) -> str:
    """Why a message did not arrive and what to do about it, in one sentence."""
    if message is None:
        return ""
    said = wording.reason(message.state, message.last_code, message.last_text, channel=message.channel)
    return said or message.last_text or reason(message.last_code)


def outcome_name(code: str) -> str:
    """A result as people call it."""
    if code == "unreachable":
        return _("Unreachable")
    if code not in OUTCOMES:
        return code
    locale = get_locale()
    name = OUTCOMES[code].name
    return name.en if locale is not None and locale.language == "en" else name.ru


def tries(attempts: int, moved_to: date | None = None) -> str:
    """«не отвечает · попытка 1 из 3, перенесено на вт» for a step that nobody has answered yet; "" before any try."""
    if not attempts:
        return ""
    if moved_to is None:
        return _("no answer · tries: %(num)d of %(most)d", num=attempts, most=MANY_TRIES)
    weekday = format_date(moved_to, "EEE", locale=get_locale())
    return _("no answer · try %(num)d of %(most)d, moved to %(day)s", num=attempts, most=MANY_TRIES, day=weekday)


def tries_short(attempts: int) -> str:
    """The same for a cell of the board, which shows the day itself."""
    return _("no answer · %(num)d of %(most)d", num=attempts, most=MANY_TRIES) if attempts else ""


def day_words(day: date) -> str:
    """«вт, 21 июля»."""
    return format_date(day, "EEE, d MMMM", locale=get_locale())
