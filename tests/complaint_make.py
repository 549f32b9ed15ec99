"""Factories of complaints, and the whole way of one in a few lines."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from webapp.complaints.actions import Intake, act, receive
from webapp.complaints.models import Complaint, Procedure, RootCause
from webapp.complaints.step_rules import next_step
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.staff.audit import job
from webapp.staff.rules import Actor

_numbers = count(1)
STORY = "В отеле не было горячей воды три дня."


def complaint(client: Any, *, now: datetime, draft: bool = False, source: str = "phone", **more: Any) -> Complaint:
    """A complaint that has just come."""
    return receive(Intake(client=client, source=source, story=more.pop("story", STORY),
                          origin=more.pop("origin", f"test:{next(_numbers)}"), **more),
                   draft=draft, actor=more.pop("actor", job("test")), now=now)


def procedure(code: str = "apology") -> Procedure:
    """A shipped procedure."""
    return db.session.scalars(select(Procedure).where(Procedure.code == code)).one()


def cause(code: str = "hotel") -> RootCause:
    """A shipped root cause."""
    return db.session.scalars(select(RootCause).where(RootCause.code == code)).one()


def given_for(verb: str, row: Complaint, actor: Actor, now: datetime) -> dict[str, Any]:
    """A form that is filled in well for this verb."""
    day = local_day(now, zone(row.office.timezone)) + timedelta(days=1)
    return {
        "confirm": {"story": row.story},
        "tell": {"procedure": procedure().id, "procedure_text": "Разберёмся за пять дней.", "told_how": "letter"},
        "investigate": {"facts": "Бойлер был сломан.", "justified": "yes", "solution": "Вернуть часть денег."},
        "resolve": {"decision": "satisfy", "decision_reason": "Вы правы.", "cost": 400_000, "told_how": "letter",
                    "actions": [("Вернуть 4 000 ₽", actor.user_id, day)]},
        "document": {"cause": "Отель скрыл поломку.", "result": "Деньги возвращены."},
        "analyse": {"root_cause": cause().id, "prevention": "Спрашивать отель о ремонте."},
        "share": {"lesson": "Перед заездом спросите отель о ремонте.", "readers": [actor.user_id]},
        "waive": {"reason": "Сезонный случай, выводы сделаны раньше."},
        "reopen": {"reason": "Клиент не согласен."},
        "void": {"reason": "Спам"},
    }.get(verb, {})


def step(row: Complaint, verb: str, actor: Actor, now: datetime, **more: Any) -> Complaint:
    """Do one step with a well-filled form; `more` changes what is in it."""
    return act(row.id, verb, {**given_for(verb, row, actor, now), **more}, actor=actor, now=now)


def bring_to(row: Complaint, state: str, actor: Actor, now: datetime) -> Complaint:
    """Go along the seven steps until `state`."""
    while row.state != state:
        move = next_step(row.state)
        assert move
        row = step(row, move.verb, actor, now)
    return row
