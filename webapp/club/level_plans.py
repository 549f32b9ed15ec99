"""What a client is told when the level changes: shipped plans of one letter each."""

from datetime import time

from flask_babel import lazy_gettext as _l

from webapp.touches.kind_words import add_kind_words
from webapp.touches.plan_rules import Step, Truth
from webapp.touches.shipped import Anchor, ShippedPlan, ship
from webapp.touches.starter import Name

UP, DOWN = "level_up", "level_down"
MORNING = time(10)

# Two days after the count: the day after the return belongs to «С возвращением», and the manager calls on the second.
ship(ShippedPlan(
    UP, UP, "The level rises", "Уровень вырос",
    anchors=[Anchor("change", "the day of the new level", "день нового уровня")],
    steps=[Step(UP, "email", "change", 2, MORNING, truth=Truth(14), klass="service")],
    names={UP: Name("You have a new level", "Письмо «У вас новый уровень»")},
    short_names={UP: Name("New level", "Новый уровень")}))

ship(ShippedPlan(
    DOWN, DOWN, "The level will fall", "Уровень снизится",
    anchors=[Anchor("fall", "the day the level falls", "день снижения уровня")],
    steps=[Step(DOWN, "email", "fall", -31, MORNING, truth=Truth(-1, anchor="fall"), klass="service")],
    names={DOWN: Name("How to keep your level", "Письмо «Как сохранить уровень»")},
    short_names={DOWN: Name("Keep the level", "Сохранить уровень")}))

add_kind_words(UP, _l("New level"), lambda facts, _dates: str(facts.get("level", "")), purposes={
    UP: _l("The client hears of the new level and what it gives.")})
add_kind_words(DOWN, _l("The level will fall"), purposes={
    DOWN: _l("The client hears a month ahead that the level will fall, and what keeps it.")})
