"""Who handles a complaint, who follows it, who is looking at it now."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from webapp.complaints.actions.rows import lock, note
from webapp.complaints.actions.tasks import hand_tasks
from webapp.complaints.models import Complaint, ComplaintViewer, ComplaintWatcher
from webapp.complaints.step_rules import Refused
from webapp.db import db, transaction
from webapp.staff.models import User
from webapp.staff.rules import DIRECTOR, SERVICE, Actor, BadInput

HERE = timedelta(seconds=60)


def give_to(complaint_id: int, user_id: int, *, seen: int | None = None, actor: Actor, now: datetime) -> Complaint:
    """Another colleague of customer service or a director handles it. Raises BadInput("no-such-person"), Refused."""
    actor.needs(SERVICE, DIRECTOR)
    with transaction() as session:
        row = lock(complaint_id, actor=actor, seen=seen, with_steps=True)
        if not row.is_open:
            raise Refused("no-move")
        person = session.get(User, user_id)
        if person is None or not person.works_here or not person.hats & {SERVICE, DIRECTOR}:
            raise BadInput("no-such-person", "owner")
        if row.owner_id != user_id:
            before, row.owner_id = row.owner_id, user_id
            note(row, "given", actor=actor, now=now, facts={"from": before, "to": user_id})
            hand_tasks(row, actor=actor, now=now)
        return row


def watch(complaint_id: int, *, actor: Actor, now: datetime) -> None:
    """Follow a complaint."""
    actor.needs(SERVICE, DIRECTOR)
    with transaction() as session:
        lock(complaint_id, actor=actor)
        if session.get(ComplaintWatcher, (complaint_id, actor.user_id)) is None:
            session.add(ComplaintWatcher(complaint_id=complaint_id, user_id=actor.user_id, since=now))


def stop_watching(complaint_id: int, *, actor: Actor) -> None:
    """Follow it no more."""
    actor.needs(SERVICE, DIRECTOR)
    with transaction() as session:
        session.execute(delete(ComplaintWatcher).where(
            ComplaintWatcher.complaint_id == complaint_id, ComplaintWatcher.user_id == actor.user_id))


def here(complaint_id: int, *, actor: Actor, now: datetime) -> list[str]:
    """The person has the complaint open; gives the names of colleagues who have, too."""
    actor.needs(SERVICE, DIRECTOR)
    with transaction() as session:
        lock(complaint_id, actor=actor)
        mine = session.get(ComplaintViewer, (complaint_id, actor.user_id))
        if mine is None:
            session.add(ComplaintViewer(complaint_id=complaint_id, user_id=actor.user_id, at=now))
        else:
            mine.at = now
    return list(db.session.scalars(select(User.name).join(ComplaintViewer, ComplaintViewer.user_id == User.id).where(
        ComplaintViewer.complaint_id == complaint_id, ComplaintViewer.at > now - HERE,
        User.id != actor.user_id).order_by(User.name)))
