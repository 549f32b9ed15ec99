"""What complaints need by themselves: silence counts, a draft ends whose cause was taken back, and none
stays with somebody who cannot open it."""

from datetime import datetime

from sqlalchemy import String, and_, cast, literal, or_, select
from sqlalchemy.orm import aliased

from webapp.complaints.actions.answering import count_silence
from webapp.complaints.actions.claim_mailing import remind_of_claims
from webapp.complaints.actions.leaving import pass_on_stranded
from webapp.complaints.actions.rows import lock
from webapp.complaints.actions.stepping import act
from webapp.complaints.actions.tasks import WORD, ask_again_for, keep_task, stands
from webapp.complaints.models import Complaint, ComplaintWord
from webapp.complaints.questions import due_of
from webapp.complaints.step_rules import DRAFT, OPEN, Refused
from webapp.db import db, transaction
from webapp.post.models import Message
from webapp.post.rules import BROKEN
from webapp.staff.audit import job
from webapp.touches.models import Touch, TouchEvent

JOB = job("complaints")
UNDONE = "undone"


def look_after_complaints(*, now: datetime) -> dict[str, int]:
    """Everything due at `now`; safe to run twice and by several workers. Gives figures by name."""
    # What was no complaint goes first: its line on /today does not come back.
    undone = _drop_undone(now)
    _keep_deadlines(now)
    return {"complaints_silent": count_silence(now=now), "complaints_undone": undone,
            "complaints_owed_again": _owe_again(now),
            "complaints_passed_on": pass_on_stranded(now=now), "claims_unanswered": remind_of_claims(now=now)}


def _owe_again(now: datetime) -> int:
    """An answer that never reached the client is none: what it answered waits again, once; gives how many.

    The task still says that it was done by that answer; one that people have closed since says something else.
    """
    source = literal("complaint:").concat(cast(Complaint.id, String)).concat(":word:").concat(
        cast(ComplaintWord.id, String))
    code = literal(f"{WORD}:").concat(cast(Complaint.id, String))
    newest = select(Message.state).where(Message.source == source).order_by(Message.id.desc()).limit(1)
    lost = db.session.execute(select(Complaint.id, ComplaintWord.at).join(
        ComplaintWord, ComplaintWord.complaint_id == Complaint.id).join(Touch, and_(
            Touch.client_id == Complaint.client_id, Touch.step_code == code, Touch.status == "done",
            Touch.done_at == ComplaintWord.at)).where(
        Complaint.state.in_(OPEN), ComplaintWord.kind == "reply",
        newest.scalar_subquery().in_((*BROKEN, "cancelled"))).distinct()).all()
    for found in lost:
        with transaction():
            ask_again_for(lock(found.id, actor=JOB), found.at, actor=JOB, now=now)
    return len(lost)


def _keep_deadlines(now: datetime) -> None:
    """Deadlines follow when an office changes its hours or days off; a line that /today has lost comes back."""
    for number in db.session.scalars(select(Complaint.id).where(Complaint.state.in_(OPEN)).order_by(Complaint.id)):
        row = db.session.get_one(Complaint, number)
        if row.due_at != due_of(row) or not stands(row, now):
            with transaction():
                row = lock(number, actor=JOB, with_steps=True)
                row.due_at = due_of(row)
                keep_task(row, actor=JOB, now=now)


def _drop_undone(now: datetime) -> int:
    """«Жалуется» was pressed by mistake and taken back: its draft goes with it."""
    undone, undoing = aliased(TouchEvent), aliased(TouchEvent)
    # By the action itself, not by how the step stands now: it may have been pressed anew since.
    of_this = Complaint.origin == literal("touch:").concat(cast(undone.touch_id, String)).concat(":").concat(
        undone.bundle)
    taken_back = select(undone.id).join(undoing, undoing.undoes_id == undone.id).where(
        undone.touch_id == Complaint.touch_id, of_this).exists()
    query = select(Complaint.id, Complaint.version).join(Touch, Touch.id == Complaint.touch_id)
    found = db.session.execute(query.where(
        Complaint.state == DRAFT, or_(Touch.outcome != "complains", taken_back))).all()
    dropped = 0
    for row in found:
        try:
            act(row.id, "void", {"reason": UNDONE}, seen=row.version, actor=JOB, now=now)
            dropped += 1
        except Refused:
            # Somebody confirmed it at this moment.
            continue
    return dropped
