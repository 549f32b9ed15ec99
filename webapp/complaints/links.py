"""The client's way to the status page: one personal link per letter, for one complaint."""

from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.clients.actions import make_link
from webapp.clients.links import PLACES, find_link, url_of
from webapp.clients.models import PersonalLink
from webapp.complaints.models import Complaint
from webapp.db import db

STATUS = "complaint"
LASTS = timedelta(days=365)
PLACES[STATUS] = "k"


def status_link(complaint: Complaint, *, channel: str = "", now: datetime) -> str:
    """A new address of the status page, for a year; call inside the transaction of what it goes out with."""
    return url_of(STATUS, make_link(STATUS, complaint.client_id, channel=channel, source=f"complaint:{complaint.id}",
                                    expires_at=now + LASTS, now=now))


def complaint_behind(token: str, *, now: datetime) -> tuple[PersonalLink, Complaint] | None:
    """The link and its complaint; None for a token that opens nothing."""
    link = find_link(STATUS, token, now=now)
    number = link.source.partition(":")[2] if link else ""
    row = db.session.scalar(select(Complaint).where(Complaint.id == int(number))) if number.isdigit() else None
    return (link, row) if link is not None and row is not None else None
