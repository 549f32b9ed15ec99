"""The journal: any contact by any channel, recorded in two clicks (`domain.md` §4.1)."""

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.db import transaction
from webapp.kit.days import local_day, zone
from webapp.staff.models import User, UserOffice, setting
from webapp.staff.rules import DIRECTOR, Actor, NotAllowed
from webapp.touches.history import log, new_bundle, snapshot
from webapp.touches.models import Occasion, Touch
from webapp.touches.plan_rules import CHATS
from webapp.touches.standing import refresh

BY_LAW, LOOK_INTO = timedelta(days=30), timedelta(days=7)
"""Data whose consent is taken back go within thirty days (152-ФЗ, art. 21); a person looks into it within a week."""
CHANNELS = ("call", "visit", "email", "sms", "chat", *CHATS)


def record_contact(client: Client, *, channel: str, direction: str, note: str, actor: Actor, now: datetime,
                   result: str = "", occasion: Occasion | None = None, next_on: date | None = None,
                   next_note: str = "") -> Touch:
    """Write a contact that happened into the timeline; `next_on` adds a task for its author on that day.

    Raises NotAllowed, ValueError for an unknown channel or a next step in the past.
    """
    if channel not in CHANNELS or direction not in ("in", "out"):
        raise ValueError("channel")
    if not actor.may_see(client.office_id):
        raise NotAllowed("office")
    today = local_day(now, zone(client.office.timezone))
    if next_on is not None and next_on < today:
        raise ValueError("next-past")
    with transaction() as session:
        bundle = new_bundle()
        touch = _touch(client, occasion, channel, "done", today, actor, now)
        touch.direction, touch.note, touch.outcome = direction, note, result
        touch.done_at, touch.done_by, touch.done_by_id = now, actor.name, actor.user_id
        rows = [touch]
        if next_on is not None:
            task = _touch(client, occasion, "task", "planned", next_on, actor, now)
            task.note, task.pinned = next_note or note, True
            rows.append(task)
        session.add_all(rows)
        session.flush()
        for row in rows:
            log(row, "recorded", {**snapshot(row), "status": "cancelled"}, actor=actor, now=now, bundle=bundle)
        if occasion is not None:
            refresh(session.get_one(Occasion, occasion.id), now=now)
        return touch


def remind_of_withdrawal(client: Client, actor: Actor, now: datetime) -> None:
    """The client no longer agrees that personal data are kept: a task for a director, a week ahead of the law's day."""
    words = {"ru": "Отозвано согласие на персональные данные. Удалите данные на странице клиента до {day}, "
                   "если закон не велит их хранить.",
             "en": "The consent to keep personal data is taken back. Erase the data on the client's page by {day}, "
                   "unless a law says that they stay."}
    today = local_day(now, zone(client.office.timezone))
    with transaction() as session:
        director = session.scalars(
            select(User.id).join(UserOffice, UserOffice.user_id == User.id)
            .where(UserOffice.office_id == client.office_id, User.role == DIRECTOR, User.dismissed_at.is_(None))
            .order_by(User.id).limit(1)).first()
        task = _touch(client, None, "task", "planned", today + LOOK_INTO, actor, now)
        task.assignee_id, task.pinned = director or client.manager_id, True
        day = (today + BY_LAW).strftime("%d.%m.%Y")
        task.note = words.get(str(setting("language") or "ru"), words["ru"]).format(day=day)
        session.add(task)
        session.flush()
        log(task, "recorded", {**snapshot(task), "status": "cancelled"}, actor=actor, now=now, bundle=new_bundle())


def _touch(client: Client, occasion: Occasion | None, channel: str, status: str, day: date, actor: Actor,
           now: datetime) -> Touch:
    return Touch(occasion_id=occasion.id if occasion else None, client_id=client.id, office_id=client.office_id,
                 step_code=f"journal:{uuid.uuid4().hex[:16]}", generation=1, channel=channel, automatic=False,
                 assignee_id=actor.user_id, planned_on=day, due_on=day, status=status, created_at=now, reason="",
                 note="", outcome="", done_by="", attempts=0, pinned=False)
