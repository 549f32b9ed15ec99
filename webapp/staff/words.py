"""Sentences of the staff room: roles, what is wrong with an input, why something is not allowed, how long to wait."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.staff.rules import BadInput, NotAllowed

ROLES = {
    "manager": _l("Manager"),
    "service": _l("Client service"),
    "director": _l("Director"),
    "admin": _l("Administrator"),
}
LANGUAGES = {"ru": "Русский", "en": "English"}
THEMES = {"auto": _l("Auto"), "light": _l("Light"), "dark": _l("Dark")}

_FAULTS = {
    "bad-email": _l("“%(value)s” is not an e-mail address. Check it letter by letter."),
    "email-taken": _l("Somebody already signs in with %(value)s. Find this person in the list."),
    "bad-phone": _l("“%(value)s” is not a phone number. Write it like +7 916 123-45-67."),
    "bad-site": _l("“%(value)s” is not the address of a site. Write it like www.example.ru."),
    "no-name": _l("Please write the name."),
    "wrong-first-code": _l("This is not the code. Copy the whole address from the window in which the program was "
                           "started."),
    "unknown-role": _l("There is no role “%(value)s”."),
    "unknown-office": _l("There is no open office “%(value)s”."),
    "no-office": _l("Choose at least one office."),
    "admin-hat": _l("Only a director can be an administrator as well. Choose the role “Administrator” instead."),
    "network-hat": _l("Only a director can look after all offices."),
    "bad-code": _l("A code is up to 20 small Latin letters, digits and hyphens, like “center”."),
    "code-taken": _l("There is an office with the code “%(value)s” already. Choose another one."),
    "unknown-zone": _l("There is no time zone “%(value)s”."),
    "never-open": _l("Give the hours of at least one day: with none, no call could ever be planned."),
    "bad-hours": _l("It closes before it opens: %(value)s. Check the hours."),
    "last-before-first": _l("The last day is before the first one. Check both dates."),
    "already-over": _l("These days are over. Only what is still ahead can be handed over."),
    "self-substitute": _l("Nobody can stand in for themselves. Choose somebody else."),
    "other-office": _l("Choose somebody who works in the same office."),
    "overlaps": _l("This person is already away on some of these days. End that absence first."),
    "circle": _l("%(value)s is away too, and their work goes to this very person. Choose somebody else."),
    "password-too-short": _l("Take at least 10 characters: three or four words are easy to remember."),
    "password-too-long": _l("Take at most 200 characters."),
    "password-too-common": _l("This password is one of the first that strangers try. Think of another one."),
    "password-too-personal": _l("This password repeats your name or address. Think of another one."),
    "wrong-password": _l("This is not your present password."),
    "wrong-code": _l("This code does not fit. Check that the clock of your phone is right and take the next code."),
    "invitation-over": _l("This link has been used or is out of date. Ask your administrator for a new one."),
}
_REASONS: dict[str, Any] = {
    "role": _l("Your role does not include this. Ask your director or administrator."),
    "own-rights": _l("You cannot take the administrator's rights from yourself. Ask another administrator."),
    "own-dismissal": _l("You cannot dismiss yourself. Ask another administrator."),
    "own-password": _l("You change this for yourself on your profile page."),
    "last-admin": _l("This is the last administrator. Make somebody else an administrator first."),
    "last-office": _l("This is the last open office. Open another one first."),
    "people-left": _l("Some people work only in this office. Move them to another one first."),
    "dismissed": _l("This person does not work here any more. Take them back first."),
    "not-empty": _l("The agency is already set up. Please sign in."),
    "second-factor": _l("Codes from the phone are for directors and administrators."),
}


def fault(error: BadInput) -> str:
    """The sentence that tells what is wrong and what to do."""
    known = _FAULTS.get(error.code)
    return str(known) % {"value": error.value} if known else error.code


def reason(error: NotAllowed) -> str:
    """The sentence for somebody who may see but not do this."""
    return str(_REASONS.get(error.reason) or _REASONS["role"])


def add_reasons(reasons: dict[str, Any]) -> None:
    """Rooms to the right add their sentences for NotAllowed, by reason."""
    _REASONS.update(reasons)


def wait_sentence(wait: timedelta) -> str:
    """How long to wait before the next try."""
    seconds = max(int(wait.total_seconds() + 0.999), 1)
    if seconds < 60:
        time = ngettext("%(num)d second", "%(num)d seconds", seconds)
    else:
        time = ngettext("%(num)d minute", "%(num)d minutes", -(-seconds // 60))
    return _("Too many tries. Wait %(time)s and try again.", time=time)
