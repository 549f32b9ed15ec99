"""Complaints on other pages: a client, a trip, a step, a letter that came; and what their steps are called."""

from collections.abc import Collection

from flask import Flask, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.clients.models import Client
from webapp.complaints import due_words, words
from webapp.complaints.actions import leaving
from webapp.complaints.actions.deciding import STEP as PROMISE
from webapp.complaints.actions.tasks import AGAIN, CLAIM, DRAFT_STEP, STEP, WORD
from webapp.complaints.claims import complaint_of
from webapp.complaints.desk_blueprint import PEOPLE
from webapp.complaints.desk_query import of_client
from webapp.complaints.models import Complaint, OperatorClaim
from webapp.complaints.questions import complaint_for, may_work_with, seen_among
from webapp.complaints.step_rules import DRAFT, step_number
from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.post.models import Message
from webapp.staff.leaving import OwnWork, add_own_work
from webapp.touches.kind_words import Home, add_homes, add_step_words
from webapp.touches.models import Touch
from webapp.trips.models import Trip
from webapp.web.guard import DESK
from webapp.web.i18n import today_here
from webapp.web.panels import add_panel

_WHO_GETS_THEM = _l(
    "Complaints go to this colleague where they may handle them: customer service and directors. Otherwise they go to "
    "the customer service of the office, and without one to the director.")
COMPLAINS = "complains"
STEPS = (STEP, DRAFT_STEP, AGAIN, WORD, CLAIM, PROMISE)
add_step_words("complaint", _l("Complaint: tell the client how it is handled"),
               _l("The client hears how the complaint is handled and by when. Do it on the page of the complaint."))
add_step_words(DRAFT_STEP, _l("Confirm: is this a complaint?"),
               _l("Nobody has confirmed it yet. Read it and say whether it is a complaint."))
add_step_words(AGAIN, _l("Look at the complaint once more"),
               _l("The client is not satisfied with the first decision: a director looks at everything anew."))
add_step_words("complaint_word", _l("Complaint: answer the client"),
               _l("The client wrote about a complaint and waits for an answer."))
add_step_words(CLAIM, _l("The tour operator has not answered the claim"),
               _l("The day for its answer has come. Ask the operator for it, and write down on the page of the claim "
                  "what it says."))
add_step_words("complaint_action", _l("Promised to a client after a complaint"),
               _l("It was promised to the client by this day. The complaint cannot be closed before it is done."))


def register(app: Flask) -> None:
    """Stand on the pages of clients, trips, steps and letters."""
    add_panel(app, "client-aside", _on_client, order=30)
    add_panel(app, "trip", _on_trip, order=30)
    add_panel(app, "step", _at_step, order=10)
    add_panel(app, "after-step", _after_step, order=30)
    add_panel(app, "letter", _at_letter, order=30)
    add_homes((STEP, DRAFT_STEP, AGAIN, WORD), _homes)
    add_homes((CLAIM,), _claim_homes)
    add_own_work(app, OwnWork(_l("Open complaints"), _WHO_GETS_THEM, leaving.in_hand, leaving.hand_on, _counted))


def _homes(ids: Collection[int]) -> dict[int, Home]:
    """Where lines of /today lead: the page of the complaint, with its deadline."""
    now, seen = clock.now(), seen_among(ids, current_user, today=today_here())
    found = db.session.scalars(select(Complaint).where(Complaint.id.in_(ids)).options(joinedload(Complaint.office)))
    homes = {}
    for row in found:
        due = due_words.due_of(row, now, current_user.zone)
        named = ", ".join(filter(None, (f"{_('Complaint')} {row.number}", due.words if due else "")))
        homes[row.id] = Home(named, url_for("complaints.show", complaint_id=row.id) if row.id in seen else "",
                             _l("To the complaint"))
    return homes


def _claim_homes(ids: Collection[int]) -> dict[int, Home]:
    """The page of the claim, with the day by which its operator should have answered."""
    now, may_open = clock.now(), may_work_with(current_user)
    found = db.session.execute(select(Complaint, OperatorClaim).join(
        OperatorClaim, OperatorClaim.complaint_id == Complaint.id).where(Complaint.id.in_(ids)))
    homes = {}
    for row, claim in found:
        due = due_words.claim_answer_due(claim.answer_by, local_day(now, zone(row.office.timezone))) \
            if claim.answer_by else None
        named = ", ".join(filter(None, (f"{_('Complaint')} {row.number}", due.words if due else "")))
        is_mine = may_open and row.office_id in current_user.office_ids
        homes[row.id] = Home(named, url_for("complaints.claim", complaint_id=row.id) if is_mine else "",
                             _l("To the claim"))
    return homes


def _on_client(client: Client) -> Markup | None:
    return _panel(of_client(client.id), client, None)


def _on_trip(trip: Trip) -> Markup | None:
    return _panel(of_client(trip.client_id, trip.id), trip.client, trip)


def _panel(rows: list[Complaint], client: Client, trip: Trip | None) -> Markup | None:
    """Who sees a complaint is led on; of colleagues' clients managers see number, stage and deadline, and no words."""
    may_write = client.office_id in current_user.office_ids
    if not current_user.hats & set(DESK) or not (rows or may_write):
        return None
    now, ids = clock.now(), [row.id for row in rows]
    new = url_for("complaints.new", client=client.id, trip=trip.id if trip else None) if may_write else ""
    return _rendered("complaints/_panel.html", rows=rows, new=new, words=words,
                     seen=seen_among(ids, current_user, today=today_here()),
                     due={row.id: due_words.due_of(row, now, current_user.zone) for row in rows},
                     done={row.id: step_number(row.state) for row in rows})


def _at_step(touch: Touch) -> Markup | None:
    code, _colon, number = touch.step_code.partition(":")
    if code not in STEPS or not number.isdecimal():
        return None
    row = db.session.scalar(select(Complaint).where(Complaint.id == int(number)))
    if row is None:
        return None
    return _rendered("complaints/_at_step.html", row=row,
                     may_open=bool(seen_among([row.id], current_user, today=today_here())))


def _after_step(touch: Touch) -> Markup | None:
    """«Complains» leads on to what it made: whoever pressed it knows the most about it right now."""
    if touch.outcome != COMPLAINS:
        return None
    row = db.session.scalar(select(Complaint).where(Complaint.touch_id == touch.id, Complaint.state == DRAFT)
                            .order_by(Complaint.id.desc()).limit(1))
    if row is None:
        return None
    return _rendered("complaints/_arose.html", row=row,
                     may_open=bool(seen_among([row.id], current_user, today=today_here())))


def _at_letter(row: object) -> Markup | None:
    """A letter of a client may be a complaint."""
    client_id, letter_id = getattr(row, "client_id", None), getattr(row, "id", 0)
    claimed = _claim_answered_by(row)
    if claimed is not None:
        return _rendered("complaints/_at_letter.html", claimed=claimed)
    if client_id is None or getattr(row, "kind", "") != "reply" or not current_user.hats & set(PEOPLE):
        return None
    known = db.session.scalar(select(Complaint).where(Complaint.origin == f"incoming:{letter_id}"))
    return _rendered("complaints/_at_letter.html", known=known,
                     new=url_for("complaints.new", client=client_id, letter=letter_id))


def _claim_answered_by(row: object) -> Complaint | None:
    """The complaint whose claim the tour operator answers with this letter, for those who may open it."""
    message = db.session.get(Message, getattr(row, "message_id", None) or 0)
    number = complaint_of(message.source) if message is not None else None
    if number is None or not may_work_with(current_user):
        return None
    return complaint_for(number, current_user, today=today_here())


def _counted(number: int) -> str:
    return ngettext("%(num)d complaint", "%(num)d complaints", number)


def _rendered(template: str, **context: object) -> Markup:
    return Markup(render_template(template, **context))  # noqa: S704 - a template of ours
