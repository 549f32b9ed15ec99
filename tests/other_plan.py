"""A plan of a room further right, around no trip: «days of fading», with a letter, an SMS and a call, for one test."""

from datetime import date, datetime, time
from typing import Any

import pytest

from webapp.clients.models import Client
from webapp.db import transaction
from webapp.letters.models import Letter, LetterVersion
from webapp.staff.audit import job
from webapp.touches import kind_words, shipped
from webapp.touches.actions.occasions import open_occasion
from webapp.touches.actions.plans import install_plans
from webapp.touches.models import Occasion
from webapp.touches.plan_rules import Step, Truth
from webapp.touches.shipped import Anchor, ShippedPlan
from webapp.touches.starter import Name

KIND = "fading"
PLAN = ShippedPlan(
    "fading_plan", KIND, "Points fade", "Баллы выцветают", anchors=[Anchor("fade", "the day of fading", "день выцветания")],
    steps=[
        Step("fade_letter", "email", "fade", -31, time(10), truth=Truth(-1, anchor="fade"), klass="service"),
        Step("fade_sms", "sms", "fade", -30, time(12), truth=Truth(3), klass="service"),
        Step("fade_call", "call", "fade", -29, performer="service", needs_outcome=True),
        Step("fade_task", "task", "fade", 1, performer="seller"),
    ],
    names={"fade_letter": Name("Letter about fading", "Письмо о выцветании"),
           "fade_sms": Name("SMS about fading", "SMS о выцветании"),
           "fade_call": Name("Call about fading", "Звонок о выцветании"),
           "fade_task": Name("Look what is left", "Посмотреть, что осталось")},
    outcomes={"fade_call": ("told", "no_answer", "complains")}, letters={"fade_task": ""})
TEXTS = {"fade_letter": ("email", "Скоро {{ client.first_name }} ничего не увидит."),
         "fade_sms": ("sms", "{{ client.first_name }}, баллы выцветают."),
         "fade_call": ("script", "## Начало\n\n{{ client.first_name }}, это {{ office.name }}. {{ trip.destination }}")}
FADES = date(2027, 1, 15)


def ship_it(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """The product ships the plan during this test, and the agency has it with its texts."""
    monkeypatch.setattr(shipped, "_PLANS", {**shipped._PLANS})
    shipped.ship(PLAN)
    for name in ("_KINDS", "_STEPS", "_PURPOSES"):
        monkeypatch.setattr(kind_words, name, {**getattr(kind_words, name)})
    install_plans(now=now)
    with transaction() as session:
        for code, (channel, body) in TEXTS.items():
            row = Letter(code=code, channel=channel, klass="service", identity="agency", requires=[])
            session.add(row)
            session.flush()
            session.add_all(LetterVersion(
                letter_id=row.id, language=language, number=1, title=PLAN.names[code].ru, subject="Тема", body=body,
                author="Snova", created_at=now, published_at=now) for language in ("ru", "en"))


def opened(client: Client, *, now: datetime, day: date = FADES, **more: Any) -> Occasion:
    """An occasion of this kind: points of the client that fade on `day`."""
    return open_occasion(KIND, client, anchors={"fade": day}, owner_id=client.manager_id, actor=job("test"), now=now,
                         **more)
