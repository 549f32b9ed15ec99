"""Nothing of a complaint stays with somebody who is gone: it goes to the successor, else to whoever may handle it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select

from webapp.complaints.actions.rows import lock_occasions, note
from webapp.complaints.actions.tasks import hand_tasks
from webapp.complaints.models import Complaint, ComplaintAction, ComplaintWatcher
from webapp.complaints.owners import can_handle, owner_for
from webapp.complaints.step_rules import OPEN
from webapp.db import db, transaction
from webapp.staff.audit import job
from webapp.staff.leaving import Leaving
from webapp.staff.models import User, UserOffice
from webapp.staff.rules import DIRECTOR, SERVICE
from webapp.touches.history import log, new_bundle, snapshot
from webapp.touches.models import Touch
from webapp.touches.state_rules import OPEN_STATUSES

JOB = job("complaints")
PASSED = "passed-on"


def in_hand(user_id: int, office_ids: Collection[int]) -> int:
    """How many open complaints of these offices somebody handles or follows, or has promised something in."""
    return int(db.session.scalar(select(func.count()).select_from(Complaint).where(_of(user_id, office_ids))) or 0)


def hand_on(leaving: Leaving) -> int:
    """Everything open goes on; gives how many complaints. The history of each tells from whom to whom.

    Who was chosen gets it where that person may handle complaints and is not the one complained of; else customer
    service, else a director, as when it came.
    """
    with transaction() as session:
        # Occasions first, as for whoever works on one; then all complaints before any task.
        lock_occasions(session.scalars(select(Complaint.id).where(_of(leaving.leaver_id, leaving.office_ids))).all())
        rows = session.scalars(select(Complaint).where(_of(leaving.leaver_id, leaving.office_ids)).order_by(
            Complaint.id).with_for_update(of=Complaint, key_share=True).execution_options(populate_existing=True)).all()
        for row in rows:
            _hand_on(row, leaving)
        return len(rows)


def pass_on_stranded(*, now: datetime) -> int:
    """Complaints whose keeper works here no more, or no longer with complaints of that office; gives how many.

    Roles and offices of people change, too: whoever cannot open a complaint cannot handle it.
    """
    return sum(_pass_on(number, now) for number in db.session.scalars(stranded()).all())


def stranded() -> Select[int]:
    """Ids of open complaints kept by somebody who cannot open them."""
    at_home = select(UserOffice.user_id).where(UserOffice.user_id == User.id,
                                               UserOffice.office_id == Complaint.office_id).exists()
    return select(Complaint.id).join(User, User.id == Complaint.owner_id).where(Complaint.state.in_(OPEN), or_(
        User.dismissed_at.is_not(None), User.role.not_in((SERVICE, DIRECTOR)),
        and_(User.is_network.is_(False), ~at_home))).order_by(Complaint.id)


def _pass_on(complaint_id: int, now: datetime) -> bool:
    with transaction() as session:
        lock_occasions([complaint_id])
        row = session.scalar(select(Complaint).where(Complaint.id == complaint_id)
                             .with_for_update(of=Complaint, key_share=True)
                             .execution_options(populate_existing=True))
        if row is None or row.owner_id is None or not row.is_open or can_handle(row.owner_id, row.office_id):
            return False
        return _hand_on(row, Leaving(row.owner_id, [row.office_id], None, JOB, now))


def _hand_on(row: Complaint, leaving: Leaving) -> bool:
    heir = leaving.to_id if leaving.to_id != row.manager_id and can_handle(leaving.to_id, row.office_id) else \
        owner_for(row.office, row.manager_id, leaving.now, besides=[leaving.leaver_id])
    was_kept = row.owner_id == leaving.leaver_id
    if was_kept:
        row.owner_id = heir
    _follow_on(row, leaving)
    _keep_promises(row, leaving)
    note(row, PASSED, actor=leaving.actor, now=leaving.now,
         facts={"from": leaving.leaver_id, "to": heir if was_kept else leaving.to_id})
    if was_kept:
        hand_tasks(row, actor=leaving.actor, now=leaving.now)
    return True


def _follow_on(row: Complaint, leaving: Leaving) -> None:
    """The successor follows what the leaver followed, where that person may open it; nobody else is made to."""
    gone = db.session.execute(delete(ComplaintWatcher).where(
        ComplaintWatcher.complaint_id == row.id, ComplaintWatcher.user_id == leaving.leaver_id))
    followed, to = bool(gone.rowcount), leaving.to_id  # type: ignore[attr-defined]
    if followed and to is not None and to != row.owner_id and can_handle(to, row.office_id) and db.session.get(
            ComplaintWatcher, (row.id, to)) is None:
        db.session.add(ComplaintWatcher(complaint_id=row.id, user_id=to, since=leaving.now))


def _keep_promises(row: Complaint, leaving: Leaving) -> None:
    """What the leaver promised the client is done by the successor, whoever that is; else by who handles it now."""
    person, bundle = leaving.to_id or row.owner_id, new_bundle()
    for promise in db.session.scalars(select(ComplaintAction).where(
            ComplaintAction.complaint_id == row.id, ComplaintAction.user_id == leaving.leaver_id)):
        if promise.is_open and person is not None:
            before = snapshot(promise.touch)
            promise.user_id = promise.touch.assignee_id = person
            log(promise.touch, "handed-over", before, actor=leaving.actor, now=leaving.now, bundle=bundle)


def _of(user_id: int, office_ids: Collection[int]) -> ColumnElement[bool]:
    follows = select(ComplaintWatcher.user_id).where(ComplaintWatcher.complaint_id == Complaint.id,
                                                     ComplaintWatcher.user_id == user_id).exists()
    promised = select(ComplaintAction.id).join(Touch, Touch.id == ComplaintAction.touch_id).where(
        ComplaintAction.complaint_id == Complaint.id, ComplaintAction.user_id == user_id,
        Touch.status.in_(OPEN_STATUSES)).exists()
    return and_(Complaint.state.in_(OPEN), Complaint.office_id.in_(office_ids),
                or_(Complaint.owner_id == user_id, follows, promised))
