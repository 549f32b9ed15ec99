"""Trips that are over, counts of levels, and what they left behind."""

from datetime import date, datetime, timedelta
from typing import Any

import make
from sqlalchemy import select

from webapp.club.actions.levels import count_levels
from webapp.club.models import ClientLevel, LevelEvent
from webapp.db import db
from webapp.touches.models import Occasion, Touch


def back(client: Any, day: date, *, now: datetime, rubles: int | None = 50_000, **more: Any) -> Any:
    """A trip the client came back from on `day`."""
    return make.trip(client, purchase=day - timedelta(40), departure=day - timedelta(8), back=day, seller=None, now=now,
                     price_kopecks=None if rubles is None else rubles * 100, **more)


def counted(now: datetime) -> dict[str, int]:
    """The figures of a count that are not nought."""
    db.session.rollback()
    return {verb: number for verb, number in count_levels(now=now).items() if number}


def level(client: Any) -> str | None:
    """The kept level; None without a row."""
    db.session.rollback()
    return db.session.scalar(select(ClientLevel.level_code).where(ClientLevel.client_id == client.id))


def events(client: Any) -> list[tuple[str, str, str]]:
    """What happened to the level, in order."""
    rows = db.session.scalars(select(LevelEvent).where(LevelEvent.client_id == client.id).order_by(LevelEvent.id))
    return [(row.verb, row.old_code, row.new_code) for row in rows]


def letters(client: Any) -> list[tuple[str, str, date | None]]:
    """Steps about levels with their state and day, in order."""
    db.session.rollback()
    rows = db.session.scalars(select(Touch).join(Occasion, Occasion.id == Touch.occasion_id).where(
        Touch.client_id == client.id, Occasion.kind.in_(("level_up", "level_down"))).order_by(Touch.id))
    return [(row.step_code, row.status, row.due_on) for row in rows]
