"""How the audit log speaks: a sentence per change, the names of what was changed, old and new values in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.db import db
from webapp.staff import words
from webapp.staff.models import AuditEntry, Office, User
from webapp.staff.week import hours_text
from webapp.web import i18n

Names = Callable[[set[int]], dict[int, str]]


@dataclass(frozen=True)
class Line:
    """One line as it is read: when, who, what happened, and what became of each value."""

    at: datetime
    who: str
    is_job: bool
    sentence: str
    changes: list[tuple[str, str, str]]


_SUBJECTS: dict[str, Any] = {"user": _l("People"), "office": _l("Offices"), "settings": _l("Settings"),
                             "agency": _l("Agency")}
_NAMES: dict[str, Names] = {}
_VALUES: dict[str, Callable[[str], str]] = {}
_SENTENCES: dict[tuple[str, str], Any] = {
    ("user", "added"): _l("New person: %(name)s"),
    ("user", "edited"): _l("Changed a person: %(name)s"),
    ("user", "dismissed"): _l("No longer works here: %(name)s"),
    ("user", "taken_back"): _l("Works here again: %(name)s"),
    ("user", "invited"): _l("New invitation link for %(name)s; the old password ended"),
    ("user", "password_set"): _l("Set a password through the invitation"),
    ("user", "password_changed"): _l("Changed the own password"),
    ("user", "signed_in"): _l("Signed in"),
    ("user", "signed_out"): _l("Signed out"),
    ("user", "signed_out_everywhere"): _l("Signed out on all devices"),
    ("user", "second_factor_on"): _l("Signing in with a code from the phone: on"),
    ("user", "second_factor_off"): _l("Signing in with a code from the phone: off, %(name)s"),
    ("user", "recovery_code_used"): _l("Signed in with a recovery code"),
    ("user", "away"): _l("Will be away: %(name)s"),
    ("user", "back"): _l("Back earlier: %(name)s"),
    ("office", "added"): _l("New office: %(name)s"),
    ("office", "edited"): _l("Changed the office %(name)s"),
    ("office", "closed"): _l("Closed the office %(name)s"),
    ("office", "reopened"): _l("The office works again: %(name)s"),
    ("office", "day_off"): _l("Day off in the office %(name)s"),
    ("office", "working_day"): _l("Working day in the office %(name)s"),
    ("office", "ordinary_day"): _l("An ordinary day again in the office %(name)s"),
    ("settings", "edited"): _l("Changed the settings of the agency"),
    ("agency", "set_up"): _l("Set up the agency"),
}
_FIELDS: dict[str, Any] = {
    "email": _l("E-mail"), "name": _l("Name or title"), "role": _l("Role"), "is_admin": _l("Administrator as well"),
    "is_network": _l("Looks after all offices"), "phone": _l("Phone"), "offices": _l("Offices"),
    "language": _l("Language"), "theme": _l("Theme"), "keys_on": _l("Keyboard shortcuts on the board"),
    "code": _l("Code"), "timezone": _l("Time zone"), "city": _l("City"), "address": _l("Address"),
    "hours": _l("Working hours"), "closed_on": _l("Closed since"), "day": _l("Day"), "first_day": _l("First day away"),
    "last_day": _l("Last day away"), "substitute": _l("Who works instead"),
    "agency_name": _l("Name of the agency"), "agency_phone": _l("Phone for clients"),
    "agency_email": _l("E-mail for clients"), "agency_site": _l("Web site"),
}


def add_log_words(subject: str, label: Any, sentences: dict[str, Any], names: Names | None = None,
                  fields: dict[str, Any] | None = None,
                  values: dict[str, Callable[[str], str]] | None = None) -> None:
    """A room says how its changes read: `sentences` by verb, with %(name)s where the subject is named.

    `names` gives names of many subjects by id in one query; `fields` the words for keys of `facts`, `values` those
    for the codes that stand there.
    """
    _VALUES.update(values or {})
    _SUBJECTS[subject] = label
    _SENTENCES.update({(subject, verb): sentence for verb, sentence in sentences.items()})
    _FIELDS.update(fields or {})
    if names:
        _NAMES[subject] = names


def subject_label(subject: str) -> str:
    """What the filter calls a subject."""
    return str(_SUBJECTS.get(subject, subject))


def read(entries: Iterable[AuditEntry]) -> list[Line]:
    """Entries as people read them; one query for the names of each kind of subject."""
    entries = list(entries)
    named = _named(entries)
    return [Line(entry.at, entry.actor, entry.user_id is None, _sentence(entry, named), _changes(entry.facts))
            for entry in entries]


def _named(entries: list[AuditEntry]) -> dict[tuple[str, int], str]:
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        if entry.subject_id is not None:
            wanted.setdefault(entry.subject, set()).add(entry.subject_id)
    return {(subject, row_id): name for subject, ids in wanted.items() if subject in _NAMES
            for row_id, name in _NAMES[subject](ids).items()}


def _sentence(entry: AuditEntry, named: dict[tuple[str, int], str]) -> str:
    name = named.get((entry.subject, entry.subject_id or 0), f"№ {entry.subject_id}" if entry.subject_id else "")
    known = _SENTENCES.get((entry.subject, entry.verb))
    if known is None:
        return f"{subject_label(entry.subject)}: {name} [{entry.verb}]"
    return str(known) % {"name": name}


def _changes(facts: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(str(_FIELDS.get(key, key)), _said(key, pair[0]), _said(key, pair[1]))
            for key, pair in facts.items() if isinstance(pair, list) and len(pair) == 2]


def _said(key: str, value: Any) -> str:
    """A value in words: yes and no, roles, days, hours."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if key == "hours":
        return hours_text(value, i18n.page_language())
    if not isinstance(value, str):
        return str(value)
    if key in _VALUES:
        return _VALUES[key](value)
    lists = {"role": words.ROLES, "language": words.LANGUAGES, "theme": words.THEMES}
    return str(lists.get(key, {}).get(value) or _day(value))


def _day(value: Any) -> Any:
    try:
        return i18n.day_long(date.fromisoformat(value))
    except (TypeError, ValueError):
        return value


_NAMES["user"] = lambda ids: {row.id: row.name for row in
                              db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))}
_NAMES["office"] = lambda ids: {row.id: row.name for row in
                                db.session.execute(select(Office.id, Office.name).where(Office.id.in_(ids)))}
