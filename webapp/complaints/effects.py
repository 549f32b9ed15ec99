"""«Жалуется» on a call or a meeting opens a complaint that customer service confirms; what was promised in one that is
closed stays as it was done."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.complaints.actions.receiving import Intake, receive
from webapp.complaints.models import Complaint, ComplaintAction
from webapp.complaints.step_rules import CLOSED
from webapp.db import db
from webapp.touches.effects import BadOutcome, Case, ask_no_favour, effect, holds_done
from webapp.touches.models import Touch
from webapp.trips.models import Trip

_SOURCES = {"visit": "visit"}


@effect("open_complaint")
def _open_complaint(case: Case) -> None:
    """The words of the client become a draft, with trip, manager and operator filled in."""
    if not case.note.strip():
        raise BadOutcome("complaint-needed")
    ask_no_favour(case)
    trip = db.session.scalar(select(Trip).where(Trip.occasion_id == case.touch.occasion_id)) \
        if case.touch.occasion_id else None
    receive(Intake(client=case.touch.client, source=_SOURCES.get(case.touch.channel, "phone"), story=case.note,
                   office=trip.office if trip else None, trip=trip, touch_id=case.touch.id,
                   origin=f"touch:{case.touch.id}:{case.bundle}", bundle=case.bundle),
            draft=True, actor=case.actor, now=case.now)



@holds_done(_l("The complaint in which this was promised is closed, so it stays as it is. If something is still owed, "
               "a director can open the complaint once more."))
def _is_promise_of_closed(touch: Touch) -> bool:
    """It was closed because nothing was owed any more."""
    return db.session.scalar(select(Complaint.id).where(Complaint.state == CLOSED, Complaint.id.in_(
        select(ComplaintAction.complaint_id).where(ComplaintAction.touch_id == touch.id)))) is not None
