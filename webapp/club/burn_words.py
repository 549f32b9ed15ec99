"""Words for warnings before a burn: what became of each letter, SMS and call, with the state it is shown as."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.club.burn_report import Contact, Line
from webapp.web.i18n import day_short

_STATES = {"ahead": "wait", "waits": "wait", "sent": "ok", "told": "ok", "lost": "broken", "none": "skip",
           "talked": "skip"}
_WORDS: dict[tuple[str, str], Any] = {
    ("email", "ahead"): _l("letter on %(day)s"), ("email", "waits"): _l("the letter waits"),
    ("email", "sent"): _l("letter sent on %(day)s"), ("email", "lost"): _l("the letter did not arrive"),
    ("email", "none"): _l("no letter"),
    ("sms", "ahead"): _l("SMS on %(day)s"), ("sms", "waits"): _l("the SMS waits"),
    ("sms", "sent"): _l("SMS sent on %(day)s"), ("sms", "lost"): _l("the SMS did not arrive"),
    ("sms", "none"): _l("no SMS"),
    ("call", "ahead"): _l("call on %(day)s"), ("call", "told"): _l("told by phone on %(day)s"),
    ("call", "talked"): _l("the call told nothing"), ("call", "none"): _l("no call"),
}


def contact(one: Contact) -> tuple[str, str]:
    """(state, words) of one contact: «письмо ушло 19.04»."""
    known = _WORDS.get((one.channel, one.what), _WORDS[("call", one.what if one.what in ("ahead", "told") else "none")])
    return _STATES[one.what], str(known) % {"day": day_short(one.day)}


def reached(line: Line) -> tuple[str, str]:
    """(state, words): whether the owner knows."""
    if line.reached is not None:
        return "ok", _("knows since %(day)s", day=day_short(line.reached))
    if line.warn_on is not None:
        return "wait", _("hears of it from %(day)s", day=day_short(line.warn_on))
    if any(one.what in ("ahead", "waits") for one in line.contacts):
        return "wait", _("does not know yet")
    return "broken", _("nothing arrived: it will not burn")


def week(first: date, last: date) -> str:
    """«14.03–20.03»."""
    return f"{day_short(first)}–{day_short(last)}"
