"""What a client is told of a card: plans for a new card, for points of a trip, for points given."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.touches.kind_words import add_kind_words
from webapp.touches.plan_rules import Step, Truth
from webapp.touches.shipped import Anchor, ShippedPlan, ship
from webapp.touches.starter import Name

NEW_CARD, TRIP_POINTS, GIVEN_POINTS = "card", "points", "grant"
_MORNING, _LATE_MORNING = time(10), time(11)

ship(ShippedPlan(
    NEW_CARD, NEW_CARD, "A new card", "Новая карта",
    anchors=[Anchor("issued", "the day of the card", "день выдачи карты")],
    steps=[Step("card_welcome_sms", "sms", "issued", 0, truth=Truth(2), klass="service"),
           Step("card_welcome", "email", "issued", 1, _MORNING, truth=Truth(14), klass="service")],
    names={"card_welcome_sms": Name("Your card is ready", "SMS «Ваша карта готова»"),
           "card_welcome": Name("Welcome to the club", "Письмо «Добро пожаловать в клуб»")},
    short_names={"card_welcome_sms": Name("SMS", "SMS"), "card_welcome": Name("Welcome", "Знакомство")}))

# The day after the points have come; the welcome home and its survey have had their morning by then.
ship(ShippedPlan(
    TRIP_POINTS, TRIP_POINTS, "Points for a trip", "Бонусы за поездку",
    anchors=[Anchor("credited", "the day the points come", "день начисления")],
    steps=[Step("points_for_trip", "email", "credited", 1, _LATE_MORNING, truth=Truth(14), klass="service")],
    names={"points_for_trip": Name("Points for a trip have come", "Письмо «Пришли бонусы за поездку»")},
    short_names={"points_for_trip": Name("Points", "Бонусы")}))

ship(ShippedPlan(
    GIVEN_POINTS, GIVEN_POINTS, "Points given", "Бонусы в подарок",
    anchors=[Anchor("given", "the day the points are given", "день подарка")],
    steps=[Step("points_given", "email", "given", 0, truth=Truth(7), klass="service")],
    names={"points_given": Name("We added points for you", "Письмо «Мы добавили вам бонусов»")},
    short_names={"points_given": Name("Points", "Бонусы")}))


def _number(facts: Mapping[str, Any], _dates: Mapping[str, date]) -> str:
    return str(facts.get("number") or "")


def _points(facts: Mapping[str, Any], _dates: Mapping[str, date]) -> str:
    return f"+{facts['points']}" if facts.get("points") else ""


add_kind_words(NEW_CARD, _l("New card"), _number, purposes={
    "card_welcome_sms": _l("The client gets the number of the card and the link to its page."),
    "card_welcome": _l("The client learns how to live with the card, and that points burn.")})
add_kind_words(TRIP_POINTS, _l("Points for a trip"), _points, purposes={
    "points_for_trip": _l("The client hears how many points came, and until when they are good.")})
add_kind_words(GIVEN_POINTS, _l("Points given"), _points, purposes={
    "points_given": _l("The client hears how many points came, and what for.")})
