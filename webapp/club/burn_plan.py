"""The plan of a card whose points are about to burn: a letter, an SMS and a call, a month ahead (`domain.md` §5.4)."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.club.burn_rules import WARN_DAYS
from webapp.touches.kind_words import add_kind_words, add_step_words
from webapp.touches.plan_rules import Step, Truth
from webapp.touches.shipped import Anchor, ShippedPlan, ship
from webapp.touches.starter import Name
from webapp.web.i18n import day

KIND, ANCHOR = "burning", "burn"
# The last day on which the points can be used is the day before.
_USABLE = Truth(-1, anchor=ANCHOR)

ship(ShippedPlan(
    KIND, KIND, "Points are about to burn", "Бонусы скоро сгорят",
    anchors=[Anchor(ANCHOR, "the day of burning", "день сгорания")],
    steps=[
        Step("burn_warning", "email", ANCHOR, -WARN_DAYS, time(10), truth=_USABLE, klass="service"),
        Step("burn_warning_sms", "sms", ANCHOR, -WARN_DAYS + 1, time(12), truth=_USABLE, klass="service"),
        Step("burn_call", "call", ANCHOR, -WARN_DAYS + 2, before=ANCHOR, performer="service", needs_outcome=True),
    ],
    names={
        "burn_warning": Name("Letter: points are about to burn", "Письмо «Бонусы скоро сгорят»"),
        "burn_warning_sms": Name("SMS: points are about to burn", "SMS «Бонусы скоро сгорят»"),
        "burn_call": Name("Call: points are about to burn", "Звонок о сгорающих бонусах"),
    },
    short_names={
        "burn_warning": Name("Letter", "Письмо"), "burn_warning_sms": Name("SMS", "SMS"),
        "burn_call": Name("Call", "Звонок"),
    },
    caution=Name("Points never burn without a warning: with fewer steps there are fewer ways to warn the client.",
                 "Без предупреждения бонусы не сгорают: останется меньше способов предупредить клиента."),
    outcomes={"burn_call": ("told", "no_answer", "complains", "plans_trip")}))


def _what_burns(facts: Mapping[str, Any], dates: Mapping[str, date]) -> str:
    """«1 840 бонусов, 14 марта»."""
    points = int(facts.get("points") or 0)
    words = ngettext("%(points)s point", "%(points)s points", points, points=f"{points:,}".replace(",", "\u00a0"))
    return ", ".join(filter(None, (words if points else "", day(dates[ANCHOR]) if ANCHOR in dates else "")))


def _card_page(_client_id: int, facts: Mapping[str, Any]) -> str:
    return f"/cards/{facts['number']}" if facts.get("number") else ""


add_kind_words(KIND, _l("Points are about to burn"), _what_burns, url=_card_page, purposes={
    "burn_warning": _l("The client hears how many points burn, on which day, and what keeps them."),
    "burn_warning_sms": _l("The same in two lines, for those who read no letters."),
    "burn_call": _l("Tell the client in person: use the points, show the card, or give it to a friend. "
                    "«Told» counts as a warning.")})
add_step_words("burn_tell", _l("Tell the client that points burn"),
               _l("No letter reached the client, and points burn only after a warning that did."))
