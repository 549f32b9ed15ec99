"""Plans about friends and gifts: letters the day after the reward, an SMS the day after a gift is ready."""

from datetime import time

from webapp.touches.plan_rules import Step, Truth
from webapp.touches.shipped import Anchor, ShippedPlan, ship
from webapp.touches.starter import Name

REWARD = Anchor("reward", "the day of the reward", "день награды")

FRIEND_REWARD = ship(ShippedPlan(
    "friend_reward", "friend_reward", "A friend came back: who invited", "Друг вернулся: тому, кто позвал",
    anchors=[REWARD],
    steps=[Step("friend_came", "email", "reward", 1, time(11), truth=Truth(14), klass="service")],
    names={"friend_came": Name("Your friend is back, points for you", "Письмо «Друг вернулся, бонусы вам»")},
    short_names={"friend_came": Name("Friend came", "Друг")}))

FRIEND_WELCOME = ship(ShippedPlan(
    "friend_welcome", "friend_welcome", "A friend came back: the friend", "Друг вернулся: самому другу",
    anchors=[REWARD],
    steps=[Step("friend_welcome", "email", "reward", 1, time(11), truth=Truth(14), klass="service")],
    names={"friend_welcome": Name("Points for a friend after the first trip",
                                  "Письмо «Бонусы другу после первой поездки»")},
    short_names={"friend_welcome": Name("First points", "Первые бонусы")}))

GIFT = ship(ShippedPlan(
    "gift", "gift", "A gift is waiting", "Ждёт подарок",
    anchors=[Anchor("ready", "the day the gift is ready", "день готовности подарка")],
    steps=[Step("gift_ready", "sms", "ready", 1, time(12), truth=Truth(7), klass="service")],
    names={"gift_ready": Name("A gift is waiting", "SMS «Вас ждёт подарок»")},
    short_names={"gift_ready": Name("Gift", "Подарок")}))
