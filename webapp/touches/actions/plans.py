"""Verbs of plans: install those that come with the product."""

from datetime import datetime

from sqlalchemy import select

from webapp.db import transaction
from webapp.touches import store
from webapp.touches.models import Plan, PlanStep, PlanVersion
from webapp.touches.plan_rules import Step, rule_to_json
from webapp.touches.shipped import ShippedPlan, shipped
from webapp.touches.starter import OUTCOMES, Name

AUTHOR = "Snova"
_NO_NAME = Name("", "")


def install_plans(*, now: datetime) -> list[str]:
    """Add every shipped plan that is not there yet; gives their codes. What the agency made of one stays.

    Raises ValueError for a plan with an outcome nobody has declared.
    """
    with transaction() as session:
        there = set(session.scalars(select(Plan.code)))
        missing = [plan for plan in shipped() if plan.code not in there]
        for plan in missing:
            row = Plan(code=plan.code, kind=plan.kind, name=plan.name_en)
            session.add(row)
            session.flush()
            version = PlanVersion(plan_id=row.id, number=1, author=AUTHOR, published_at=now)
            session.add(version)
            session.flush()
            session.add_all(_row(version.id, position, step, plan) for position, step in enumerate(plan.steps))
        if missing:
            # A version that was rolled back may have left its steps under the same number.
            store.forget_steps()
        return [plan.code for plan in missing]


def _row(version_id: int, position: int, step: Step, plan: ShippedPlan) -> PlanStep:
    name, short = plan.names[step.code], plan.short_names.get(step.code, _NO_NAME)
    outcomes = list(plan.outcomes.get(step.code, ()))
    if set(outcomes) - OUTCOMES.keys():
        raise ValueError(f"{plan.code}: {step.code} may end as nobody has declared")
    return PlanStep(
        version_id=version_id, position=position, code=step.code, name_ru=name.ru, name_en=name.en,
        short_ru=short.ru, short_en=short.en, channel=step.channel, klass=step.klass, rule=rule_to_json(step),
        letter_code=plan.letters.get(step.code, step.code), column=step.column or step.code, performer=step.performer,
        outcomes=outcomes, needs_outcome=step.needs_outcome, active=step.active, or_call=step.or_call)
