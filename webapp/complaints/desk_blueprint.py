"""The blueprint that pages of complaints share, and the questions each of them asks first."""

from flask import Blueprint, abort, g, url_for
from flask_login import current_user

from webapp.complaints.desk_query import Counts, counts_of
from webapp.complaints.models import Complaint
from webapp.complaints.questions import complaint_for
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.rules import DIRECTOR, SERVICE, Actor
from webapp.web.i18n import today_here

PEOPLE = (SERVICE, DIRECTOR)
"""Who works with complaints; managers have the list, the page of one and its form, and nothing else, to themselves."""
bp = Blueprint("complaints", __name__, url_prefix="/complaints")


def me() -> Actor:
    """The signed-in person as an author of changes."""
    return actor_of(current_user)


def complaint_or_404(complaint_id: int) -> Complaint:
    """The complaint, when the person sees it: own offices, for managers own clients."""
    return complaint_for(complaint_id, current_user, today=today_here()) or abort(404)


def card_url(row: Complaint, anchor: str | None = None) -> str:
    """The page of one complaint."""
    return url_for("complaints.show", complaint_id=row.id, _anchor=anchor)


def forget_counts() -> None:
    """Something has changed: what the bar says is counted anew."""
    g.pop("complaint_counts", None)


def my_counts() -> Counts:
    """Figures of the person's own offices; asked once per request."""
    if "complaint_counts" not in g:
        g.complaint_counts = counts_of(current_user, clock.now())
    counts: Counts = g.complaint_counts
    return counts
