"""An occasion that has become pointless takes its plan with it, and nothing that people have added to it."""

from datetime import date

import make
import pytest
from sqlalchemy import select

from webapp.db import db, transaction
from webapp.staff.audit import job
from webapp.touches.actions.ending import call_off
from webapp.touches.actions.ticking import tick
from webapp.touches.models import Occasion, Touch

CLUB = job("club")


def states(occasion_id: int) -> dict[str, str]:
    db.session.rollback()
    return {touch.step_code: touch.status for touch in db.session.scalars(
        select(Touch).where(Touch.occasion_id == occasion_id))}


@pytest.fixture
def occasion(cast, now):
    trip = make.trip(make.client(cast.main, now=now), purchase=date(2026, 11, 20), departure=date(2026, 12, 10),
                     back=date(2026, 12, 17), seller=cast.olga, now=now)
    return trip.occasion


def test_the_plan_is_called_off_and_a_task_of_people_stays_open(occasion, cast, now) -> None:
    with transaction() as session:
        session.add(Touch(occasion_id=occasion.id, client_id=occasion.client_id, office_id=occasion.office_id,
                          step_code="service_call:1", channel="task", automatic=False, due_on=date(2026, 11, 20),
                          planned_on=date(2026, 11, 20), assignee_id=cast.irina.id, created_at=now))
    call_off(occasion.id, reason="burn-saved", actor=CLUB, now=now)
    found = states(occasion.id)
    assert found.pop("service_call:1") == "planned" and set(found.values()) == {"cancelled"}
    row = db.session.get(Occasion, occasion.id)
    assert row.closed_at is None and row.attention_on == date(2026, 11, 20)
    task = db.session.scalars(select(Touch).where(Touch.step_code == "service_call:1")).one()
    tick(task.id, actor=CLUB, now=now)
    assert db.session.get(Occasion, occasion.id).closed_at == now


def test_without_such_tasks_it_ends_at_once_and_stays_ended(occasion, now) -> None:
    call_off(occasion.id, reason="burn-saved", actor=CLUB, now=now)
    assert db.session.get(Occasion, occasion.id).closed_at == now
    assert call_off(occasion.id, reason="other", actor=CLUB, now=now) == 0
    assert {touch.reason for touch in db.session.scalars(select(Touch))} == {"burn-saved"}
