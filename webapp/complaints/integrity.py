"""Proof that complaints agree with their history and with what they pause; every question asked of all rows at once."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import and_, func, or_, select

from webapp.batches.models import last_worker
from webapp.complaints import form_rules as limits
from webapp.complaints.actions.pausing import REASON
from webapp.complaints.actions.uploading import taken
from webapp.complaints.models import Complaint, ComplaintEntry, ComplaintEvent, ComplaintTaken
from webapp.complaints.step_rules import OPEN
from webapp.db import db
from webapp.post.models import Hold
from webapp.post.rules import MARKETING
from webapp.staff.models import User

MOST = 100
STUCK_AFTER = timedelta(hours=1)


def faults() -> Iterator[str]:
    """A sentence for every row that disagrees with the others; reads only."""
    yield from _states()
    yield from _pauses()
    yield from _entries()
    yield from _files()
    yield from _keepers()


def _states() -> Iterator[str]:
    """A complaint stands where its last line of history left it."""
    last = select(func.max(ComplaintEvent.id)).group_by(ComplaintEvent.complaint_id)
    query = (select(Complaint.id).outerjoin(ComplaintEvent, and_(
        ComplaintEvent.complaint_id == Complaint.id, ComplaintEvent.id.in_(last)))
        .where(or_(ComplaintEvent.id.is_(None), ComplaintEvent.after != Complaint.state)))
    for number in db.session.scalars(query.order_by(Complaint.id).limit(MOST)):
        yield f"complaint {number}: its state is not that of its history"


def _pauses() -> Iterator[str]:
    """While a complaint is open, marketing to its client waits; and only then."""
    held = select(Hold.client_id).where(Hold.released_at.is_(None), Hold.klass == MARKETING, Hold.reason == REASON,
                                        Hold.client_id.is_not(None))
    open_ones = select(Complaint.client_id).where(Complaint.state.in_(OPEN))
    for number in db.session.scalars(open_ones.where(Complaint.client_id.not_in(held)).distinct().limit(MOST)):
        yield f"client {number}: a complaint is open and marketing is not paused"
    for paused in db.session.scalars(held.where(Hold.client_id.not_in(open_ones)).distinct().limit(MOST)):
        yield f"client {paused}: marketing is paused without an open complaint"


def _entries() -> Iterator[str]:
    """What came by the public form is opened by a living worker; without one it waits and nothing is lost."""
    beat = last_worker()
    if beat is None:
        return
    for number in db.session.scalars(select(ComplaintEntry.number).where(
            ComplaintEntry.looked_at.is_(None), ComplaintEntry.created_at < beat - STUCK_AFTER).limit(MOST)):
        yield f"complaint {number} by the public form: still waits to be opened"


def _files() -> Iterator[str]:
    """Nobody fills the disk; while a day's room is used up, clients cannot add files, and somebody must know."""
    newest = db.session.scalar(select(func.max(ComplaintTaken.at)))
    if newest is not None and taken(
            ComplaintTaken.at > newest - limits.DAY)[1] > limits.BYTES_A_DAY - limits.MOST_EACH:
        yield f"files of complaints: the room of a day is used up ({newest:%Y-%m-%d}), no more were taken"


def _keepers() -> Iterator[str]:
    """Nothing open is left with somebody who cannot sign in."""
    gone = select(User.id).where(User.dismissed_at.is_not(None))
    for number in db.session.scalars(select(Complaint.id).where(
            Complaint.state.in_(OPEN), Complaint.owner_id.in_(gone)).order_by(Complaint.id).limit(MOST)):
        yield f"complaint {number}: is handled by somebody who works here no more"
