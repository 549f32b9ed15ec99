"""Six trips around the real today, one in every state the board knows."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import make
from sqlalchemy import select

from webapp.db import transaction
from webapp.kit import clock
from webapp.touches.models import Occasion, Touch
from webapp.touches.standing import refresh
from webapp.trips.models import Trip

STARTS = {"broken": -3, "overdue": -12, "today": -10, "near": -9, "ahead": 20, "finished": -60}


def six_trips(cast: SimpleNamespace) -> dict[str, Trip]:
    """Trips by state; every second one is Olga's, the others Pavel's. "Today" is Moscow's."""
    now = clock.now()
    today = (now + timedelta(hours=3)).date()
    trips = {}
    for number, (name, offset) in enumerate(STARTS.items()):
        client = make.client(cast.main, last=name.title(), first="Анна", phone=f"+7916000000{number}",
                             email=f"{name}@example.com", manager=cast.olga, now=now)
        start = today + timedelta(days=offset)
        bought = min(start, today) - timedelta(days=30)
        trips[name] = make.trip(client, purchase=bought, departure=start, back=start + timedelta(days=7),
                                seller=cast.olga if number % 2 else cast.pavel,
                                now=datetime(bought.year, bought.month, bought.day, 9, tzinfo=UTC),
                                destination="Сочи" if name == "ahead" else "Анталья")
    _shape(trips, today, now)
    return trips


def _shape(trips: dict[str, Trip], today: date, now: datetime) -> None:
    with transaction() as session:
        for name, trip in trips.items():
            for touch in session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id)):
                _shape_touch(touch, name, today)
        for trip in trips.values():
            refresh(session.get_one(Occasion, trip.occasion_id), now=now)


def _shape_touch(touch: Any, name: str, today: date) -> None:
    if name == "finished" or (touch.automatic and touch.due_on and touch.due_on <= today):
        touch.status = "done"
    elif not touch.automatic:
        due = {"overdue": today - timedelta(days=2), "today": today, "near": today}
        later = max(touch.due_on, today + timedelta(days=9))
        touch.due_on = due.get(name, later) if touch.step_code == "call_back" else later
    if name == "broken" and touch.step_code == "bon_voyage":
        touch.status = "failed"


def visit_due(trip: Trip) -> None:
    """The call is done and the visit is due today: a step that one click ticks."""
    now = clock.now()
    with transaction() as session:
        for touch in session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id,
                                                         Touch.step_code.in_(("call_back", "visit")))):
            if touch.step_code == "call_back":
                touch.status = "done"
            else:
                touch.due_on = (now + timedelta(hours=3)).date()
        refresh(session.get_one(Occasion, trip.occasion_id), now=now)
