"""What tests of trip pages share: a form filled in, the hands of the clock, the worker's day."""

from datetime import datetime, timedelta

from sqlalchemy import select

from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.staff.models import Setting
from webapp.touches.models import Touch


def form(**more):
    """A good form for a new trip; `more` changes or removes (None) single fields."""
    fields = {"purchase_on": "20.11.2026", "departure_on": "10.12.2026", "return_on": "17.12.2026",
              "destination": "Анталья", "form_key": "key-1", "do": "save", **more}
    return {name: value for name, value in fields.items() if value is not None}


def touches(trip):
    """Touches of a trip by step, as they are in the database now."""
    db.session.rollback()
    rows = db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id).order_by(Touch.generation))
    return {touch.step_code: touch for touch in rows}


def in_trial():
    """Messages are written to files: nothing waits for an administrator."""
    with transaction() as session:
        session.merge(Setting(key="mode", value="trial"))


def live(start: datetime, days: int) -> datetime:
    """Let the worker look every six hours for so many days; gives the last moment."""
    moment = start
    for _ in range(days * 4):
        moment += timedelta(hours=6)
        tick(now=moment)
    db.session.rollback()
    return moment
