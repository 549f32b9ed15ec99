"""The history of a trip in words: who changed which step and which fact, newest first; and the words for the log."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, or_, select

from webapp.clients import labels
from webapp.clients.models import Client
from webapp.db import db
from webapp.staff.log_words import add_log_words, read
from webapp.staff.models import AuditEntry
from webapp.touches.models import Occasion, Touch, TouchEvent
from webapp.trips.board_columns import touch_name
from webapp.trips.models import Trip
from webapp.trips.step_words import outcome_name, reason, reason_or_text
from webapp.web.i18n import day_short

LIMIT = 200
_QUIET = ("queued",)


@dataclass(frozen=True)
class Entry:
    """One change: when, by whom (empty for the product itself), what, and what became of each value."""

    at: datetime
    who: str
    text: str
    changes: tuple[tuple[str, str, str], ...] = ()


def history_of(trip: Trip) -> list[Entry]:
    """What people and the product changed about this trip, newest first."""
    return sorted([*_of_steps(trip), *_of_facts(trip)], key=lambda entry: entry.at, reverse=True)[:LIMIT]


def _of_steps(trip: Trip) -> Iterable[Entry]:
    rows = db.session.execute(
        select(TouchEvent, Touch).join(Touch, Touch.id == TouchEvent.touch_id)
        .where(TouchEvent.occasion_id == trip.occasion_id, TouchEvent.verb.not_in(_QUIET))
        .order_by(TouchEvent.id.desc()).limit(LIMIT)).all()
    for event, touch in rows:
        name = touch_name(trip.occasion.plan_version_id, touch.step_id, touch.step_code, touch.channel)
        said = step_event_words(event.verb, event.after)
        yield Entry(event.at, event.actor if event.user_id else "", f"{name}: {said}", _moved(event))


def _of_facts(trip: Trip) -> Iterable[Entry]:
    rows = db.session.scalars(select(AuditEntry).where(or_(
        and_(AuditEntry.subject == "trip", AuditEntry.subject_id == trip.id),
        and_(AuditEntry.subject == "occasion", AuditEntry.subject_id == trip.occasion_id,
             AuditEntry.verb != "cancelled"))).order_by(AuditEntry.id.desc()).limit(LIMIT)).all()
    for line in read(rows):
        yield Entry(line.at, "" if line.is_job else line.who, line.sentence, tuple(line.changes))


def step_event_words(verb: str, after: Mapping[str, Any]) -> str:
    """What happened to a step, with its result or reason; `verb` and `after` as the history of steps keeps them."""
    words = {
        "done": _("done"), "undone": _("put back"), "no-answer": _("no answer, moved on"), "attempt": _("no answer"),
        "snoozed": _("put off"), "date-chosen": _("another day"), "agreed": _("day agreed with the client"),
        "not-needed": _("not needed"), "handed-over": _("handed over"), "added": _("added"), "recorded": _("recorded"),
        "moved": _("moved with the dates"), "cancelled": _("cancelled"), "closed": _("closed"), "sent": _("sent"),
        "skipped": _("left out"), "missed": _("missed"), "failed": _("not sent"),
        "unknown": _("unclear whether it went"), "taken-back": _("taken back from the outbox"), "note": _("note"),
        "replanned": _("changed with the plan"),
    }
    said = words.get(verb, verb)
    outcome, why = after.get("outcome"), after.get("reason")
    if outcome:
        return f"{said}, {outcome_name(outcome)}"
    return f"{said}, {reason(why)}" if why and reason(why) not in (said, "") else said


def _moved(event: TouchEvent) -> tuple[tuple[str, str, str], ...]:
    if "due_on" in event.after:
        return ((_("Day"), _day(event.before.get("due_on")), _day(event.after["due_on"])),)
    note = event.after.get("note")
    return ((_("Note"), "", note),) if note else ()


def _day(text: str | None) -> str:
    return day_short(date.fromisoformat(text)) if text else ""


def _names(ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(Trip.id, Client.last_name, Client.first_name, Trip.destination)
                              .join(Client, Client.id == Trip.client_id).where(Trip.id.in_(ids)))
    return {row.id: _named(row.last_name, row.first_name, row.destination) for row in rows}


def _occasion_names(ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(Occasion.id, Client.last_name, Client.first_name)
                              .join(Client, Client.id == Occasion.client_id).where(Occasion.id.in_(ids)))
    return {row.id: _named(row.last_name, row.first_name, "") for row in rows}


def _named(last: str, first: str, where: str) -> str:
    return ", ".join(filter(None, (f"{last} {first}".strip(), where)))


def tell_the_log() -> None:
    """Give the log of the agency the words for trips."""
    add_log_words("trip", _l("Trips"), {
        "added": _l("New trip: %(name)s"), "changed": _l("Changed the trip: %(name)s"),
        "cancelled": _l("Cancelled the trip: %(name)s"), "texted": _l("Wrote to the client: %(name)s"),
    }, _names, {
        "client": _l("Client"), "destination": _l("Where to"), "operator": _l("Tour operator"),
        "booking": _l("Booking number"), "price": _l("Price"), "purchase": _l("Bought on"),
        "departure": _l("Departure"), "return": _l("Return"), "departs": _l("Departs at"),
        "lands": _l("Lands at home at"), "companions": _l("Who travels along"), "addons": _l("Bought as well"),
        "note": _l("Note for colleagues"), "reason": _l("Reason"), "text": _l("Text"), "to": _l("To whom"),
        "occasions": _l("Trips and other occasions"),
        "touches": _l("Steps"), "external_ref": _l("Number in the booking system"),
    })
    add_log_words("occasion", _l("Letters of trips"), {
        "held": _l("Letters on hold: %(name)s"), "released": _l("Letters go again: %(name)s"),
        "cancelled": _l("Letters stopped: %(name)s"), "handed-over": _l("Handed the trip over: %(name)s"),
    }, _occasion_names)
    add_log_words("client", _l("Clients"), {
        "added": _l("New client: %(name)s"), "edited": _l("Changed the client %(name)s"),
        "assigned": _l("Another manager for %(name)s"), "consent": _l("Consent of %(name)s"),
        "consent-asked": _l("Asked %(name)s for consents"), "exported": _l("Downloaded everything about %(name)s"),
        "erased": _l("Erased a client"), "card-link": _l("Made a link to the card of %(name)s"),
    }, _client_names, {
        "contact": _l("Phone or e-mail"), "phones": _l("Phones"), "emails": _l("E-mail addresses"),
        "manager": _l("Manager"), "email": _l("E-mail"), "sms": "SMS", "kind": _l("What it was"), "file": _l("File"),
        "call": _l("Calls"), "data": _l("Personal data"),
    }, {name: labels.consent_word for name in ("email", "sms", "call", "data")} | {"reason": reason_or_text})
    add_log_words("touch", _l("Steps of trips"), {
        "done": _l("Ticked: %(name)s"), "no-answer": _l("Nobody answered: %(name)s"),
        "snoozed": _l("Put off: %(name)s"), "date-chosen": _l("Another day: %(name)s"),
        "not-needed": _l("Not needed any more: %(name)s"), "undone": _l("Took back what was done: %(name)s"),
        "note": _l("Note about a step: %(name)s"), "recorded": _l("Wrote down a contact: %(name)s"),
        "handed-over": _l("Handed the step over: %(name)s"),
    }, _step_names, {"touch_outcome": _l("Result"), "touch_due_on": _l("Day"), "touch_note": _l("Note")},
        {"touch_outcome": outcome_name})
    add_log_words("user", _l("People"), {"handed-over": _l("Handed the trips over: %(name)s")})


def _step_names(ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(
        select(Touch.id, Touch.step_id, Touch.step_code, Touch.channel, Occasion.plan_version_id, Client.last_name,
               Client.first_name).join(Client, Client.id == Touch.client_id)
        .outerjoin(Occasion, Occasion.id == Touch.occasion_id).where(Touch.id.in_(ids)))
    return {row.id: _named(touch_name(row.plan_version_id, row.step_id, row.step_code, row.channel), "",
                           f"{row.last_name} {row.first_name}".strip()) for row in rows}


def _client_names(ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(Client.id, Client.last_name, Client.first_name).where(Client.id.in_(ids)))
    return {row.id: f"{row.last_name} {row.first_name}".strip() for row in rows}
