"""Verbs of plans: install the shipped one."""

from datetime import datetime

from sqlalchemy import select

from webapp.db import db, transaction
from webapp.touches.models import Plan, PlanStep, PlanVersion
from webapp.touches.plan_rules import rule_to_json
from webapp.touches.starter import NAMES, STARTER_PLAN, STEP_OUTCOMES

AUTHOR = "Snova"


def install_starter_plan(*, now: datetime) -> bool:
    """Add the shipped plan of trips when there is none yet; True when it was added."""
    with transaction() as session:
        if session.scalar(select(Plan.id).where(Plan.code == "trip")):
            return False
        plan = Plan(code="trip", kind="trip", name="Trip")
        session.add(plan)
        session.flush()
        version = PlanVersion(plan_id=plan.id, number=1, author=AUTHOR, published_at=now)
        session.add(version)
        session.flush()
        for position, step in enumerate(STARTER_PLAN):
            session.add(PlanStep(
                version_id=version.id, position=position, code=step.code, name_ru=NAMES[step.code].ru,
                name_en=NAMES[step.code].en, channel=step.channel, klass=step.klass, rule=rule_to_json(step),
                letter_code=step.code, column=step.column, performer=step.performer,
                outcomes=list(STEP_OUTCOMES.get(step.code, ())), needs_outcome=step.needs_outcome,
                active=step.active))
        return True


def switch_step(code: str, active: bool, *, plan_code: str = "trip", author: str, now: datetime) -> PlanVersion:
    """Turn a step of a plan on or off for new occasions: a new version, since touches remember theirs."""
    with transaction() as session:
        last = session.scalars(select(PlanVersion).join(Plan).where(Plan.code == plan_code)
                               .order_by(PlanVersion.number.desc()).limit(1)).one()
        version = PlanVersion(plan_id=last.plan_id, number=last.number + 1, author=author, published_at=now)
        session.add(version)
        session.flush()
        for step in last.steps:
            copy = {column.key: getattr(step, column.key) for column in PlanStep.__table__.columns
                    if column.key not in ("id", "version_id")}
            row = PlanStep(version_id=version.id, **copy)
            row.active = active if row.code == code else row.active
            session.add(row)
        db.session.flush()
        return version
