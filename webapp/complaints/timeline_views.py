"""Complaints in a client's timeline: came, was decided, closed, opened once more. Nobody's words stand there."""

from collections.abc import Iterable

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from webapp.complaints import words
from webapp.complaints.models import Complaint, ComplaintEvent
from webapp.complaints.questions import seen_among
from webapp.complaints.step_rules import VOID
from webapp.db import db
from webapp.touches.timeline_lines import Line, add_to_timeline
from webapp.web.i18n import today_here

BACK = "back"
TOLD = ("received", "resolve", "close", "reopen")


def register(app: Flask) -> None:
    """Stand in the timeline of the client."""
    add_to_timeline(app, lines_of)


def lines_of(client_id: int, limit: int) -> Iterable[Line]:
    """The newest lines; a step that was taken back, and what was no complaint, are left out.

    Of a colleague's client managers read that something happened; what was decided and the way there are for those who
    may open the complaint.
    """
    query = (select(ComplaintEvent, Complaint).join(Complaint, Complaint.id == ComplaintEvent.complaint_id)
             .where(Complaint.client_id == client_id, Complaint.state != VOID,
                    ComplaintEvent.verb.in_((*TOLD, BACK))).order_by(ComplaintEvent.id.desc()))
    told = db.session.execute(query).all()
    seen = seen_among({row.id for _event, row in told}, current_user, today=today_here())
    found: list[Line] = []
    taken_back: set[tuple[int, str]] = set()
    for event, row in told:
        if event.verb == BACK:
            taken_back.add((row.id, event.before))
        elif (row.id, event.after) in taken_back and event.before != event.after:
            taken_back.discard((row.id, event.after))
        else:
            found.append(_line(event, row, may_open=row.id in seen))
    return found[:limit]


def _line(event: ComplaintEvent, row: Complaint, *, may_open: bool) -> Line:
    titles = {"received": _("Complaint %(number)s came", number=row.number),
              "resolve": _("Complaint %(number)s was decided", number=row.number),
              "close": _("Complaint %(number)s was closed", number=row.number),
              "reopen": _("Complaint %(number)s was opened once more", number=row.number)}
    said = str(words.DECIDED.get(event.facts.get("decision", ""), "")) if event.verb == "resolve" and may_open else ""
    return Line(event.at, "flag", titles[event.verb], result=said, by=event.actor if event.user_id else "",
                ours=event.verb != "received",
                url=url_for("complaints.show", complaint_id=row.id) if may_open else "")
