"""The plan of somebody who has not answered the survey: one letter, once."""

from datetime import time

from webapp.surveys.asking import KIND
from webapp.touches.plan_rules import Step, Truth
from webapp.touches.shipped import Anchor, ShippedPlan, ship
from webapp.touches.starter import Name

REMINDER = ship(ShippedPlan(
    KIND, KIND, "A survey nobody answered", "Анкета без ответа",
    anchors=[Anchor("asked", "the day of the survey", "день анкеты")],
    steps=[Step("survey_reminder", "email", "asked", 4, time(11), truth=Truth(7), klass="service")],
    names={"survey_reminder": Name("One reminder of the survey", "Письмо «Напомним об анкете»")},
    short_names={"survey_reminder": Name("Survey", "Анкета")}))
