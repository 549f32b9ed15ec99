"""Verbs of plans: install the shipped one."""

from datetime import datetime

from sqlalchemy import select

from webapp.db import transaction
from webapp.touches.models import Plan, PlanStep, PlanVersion
from webapp.touches.plan_rules import rule_to_json
from webapp.touches.starter import NAMES, SHORT_NAMES, STARTER_PLAN, STEP_OUTCOMES

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
                active=step.active, short_ru=SHORT_NAMES[step.code].ru, short_en=SHORT_NAMES[step.code].en,
                or_call=step.or_call))
        return True
