"""Letters about a complaint: one per event, to the contact given for the answer: e-mail, else SMS with the link.

Service class: a client is answered also while news are stopped. Call inside the transaction of what is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.complaints.links import status_link
from webapp.complaints.models import Complaint
from webapp.complaints.questions import days_of
from webapp.complaints.step_rules import INVESTIGATED, TOLD
from webapp.complaints.step_rules import RECEIVED as CAME
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.letters.placeholders import Value
from webapp.letters.rules import LetterError
from webapp.letters.store import InForce, letter_in_force
from webapp.letters.wording import day_and_month
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.post.rules import LANE_SERVICE, leaves_at
from webapp.staff.rules import Actor
from webapp.touches.actions.single import Single, send_single
from webapp.touches.writing import address_for
from webapp.web.i18n import clock

RECEIVED, PROCEDURE, DECISION, REPLY, ASK = (
    "complaint_received", "complaint_procedure", "complaint_decision", "complaint_reply", "complaint_ask")
LAST = "_last"
"""What the second decision is called, and the question about it: nobody looks at it once more, so neither says so."""
_TODAY = {"ru": "сегодня", "en": "today"}
NEWS_SMS = "complaint_news_sms"
GRACE = timedelta(seconds=15)
"""Time to notice a slip of the finger before the words leave (`ux.md` §0)."""


@dataclass(frozen=True)
class Way:
    """Where the answer goes: "email", "sms", or "" when only people can reach the client."""

    channel: str
    address: str


def way_to(row: Complaint) -> Way:
    """The contact given with the complaint before those of the client's record, e-mail before phone."""
    email = row.contact_email or address_for(row.client, "email")
    if email:
        return Way("email", email)
    phone = row.contact_phone or address_for(row.client, "sms")
    return Way("sms", phone) if phone else Way("", "")


def tell_received(row: Complaint, *, actor: Actor, now: datetime) -> Message | None:
    """Number, status link and the day by which the client hears how it will be handled."""
    return send(row, RECEIVED, "received", {}, actor=actor, now=now)


def send(row: Complaint, letter_code: str, event: str, given: Mapping[str, Value], *, actor: Actor, now: datetime,
         grace: timedelta = timedelta(0)) -> Message | None:
    """Write `letter_code` (in the second round its last words), or the SMS that leads to the status page; once per
    `event` of the complaint.

    None where nobody can be written to, or the agency has switched the text off.
    """
    way = way_to(row)
    letter = _letter(letter_code, row, way)
    if letter is None:
        return None
    own: dict[str, Value] = {
        "complaint.number": row.number, "links.complaint": status_link(row, channel=way.channel, now=now),
        "complaint.until": _until(row, letter.language, now + grace), **given}
    source = f"complaint:{row.id}:{event}"
    try:
        return send_single(Single(
            letter, row.client, way.address, source, source, own, office=row.office, person=row.owner,
            to_name=row.contact_name, group_key=row.hold_key, lane=LANE_SERVICE, grace=grace), actor=actor, now=now)
    except LetterError:
        return None


def call_off(row: Complaint, *events: str, reason: str, actor: Actor, now: datetime) -> int:
    """What waits of these events ("resolve", "ask", "word:12") does not leave any more; gives how many."""
    return sum(post.cancel_source(f"complaint:{row.id}:{event}", reason=reason, actor=actor, now=now)
               for event in events)


def _letter(code: str, row: Complaint, way: Way) -> InForce | None:
    if not way.channel:
        return None
    if way.channel == "sms":
        return letter_in_force(NEWS_SMS, row.language)
    last = letter_in_force(code + LAST, row.language) if row.rounds > 1 and code in (DECISION, ASK) else None
    return last or letter_in_force(code, row.language)


def _until(row: Complaint, language: str, leaves: datetime) -> str | None:
    """By when the client hears more, as the status page says; None where that would be past once it is read."""
    days, name = days_of(row), row.office.timezone
    at = leaves_at(leaves, row.client.zone, leaves)
    today, told_on = local_day(at, zone(name)), local_day(days.tell_by, zone(name))
    if row.state == CAME and at < days.tell_by:
        day = _TODAY.get(language, _TODAY["en"]) if told_on == today else day_and_month(told_on, language)
        return f"{clock(days.tell_by, name)} {day}"
    is_ahead = row.state in (TOLD, INVESTIGATED) and days.decide_by >= today
    return day_and_month(days.decide_by, language) if is_ahead else None


def waiting_letter(row: Complaint, event: str) -> Message | None:
    """The newest letter of an event that has not left yet."""
    begins = f"complaint:{row.id}:{event}"
    found = db.session.scalars(select(Message).where(Message.group_key == row.hold_key, Message.state.in_(
        ("queued", "held"))).order_by(Message.id.desc()))
    return next((one for one in found if f"{one.source}:".startswith(f"{begins}:")), None)
