"""The plan of trips in force with the letter behind each step, as the first set-up shows it."""

from dataclasses import dataclass

from sqlalchemy import select

from webapp.db import db
from webapp.desk.letter_list import ICONS
from webapp.letters.models import Letter
from webapp.touches.models import PlanStep
from webapp.touches.shipped import TRIP
from webapp.touches.store import current_version
from webapp.web.i18n import page_language

_STEP_ICONS = {**ICONS, "call": "phone", "visit": "person"}


@dataclass(frozen=True)
class PlanText:
    """One step: what it is called, its letter (0: none) and its picture."""

    step: PlanStep
    name: str
    letter_id: int
    icon: str


def plan_texts() -> list[PlanText]:
    """All steps of a trip in the order of the plan."""
    letters = {row.code: row.id for row in db.session.execute(select(Letter.code, Letter.id))}
    steps = db.session.scalars(select(PlanStep).where(PlanStep.version_id == current_version(TRIP).id)
                               .order_by(PlanStep.position))
    return [PlanText(step, step.name_ru if page_language() == "ru" else step.name_en,
                     letters.get(step.letter_code or step.code, 0), _STEP_ICONS.get(step.channel, "mail"))
            for step in steps]
