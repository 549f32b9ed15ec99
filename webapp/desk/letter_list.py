"""The list of letters: by channel, in the order of the plan, with where each is used and who changed it last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from webapp.db import db
from webapp.desk.plan_dates import day_of_step
from webapp.letters.drafts import Edition, all_editions
from webapp.touches.models import PlanStep, PlanVersion
from webapp.web.i18n import page_language

CHANNELS: dict[str, Any] = {"email": _l("Letters by e-mail"), "sms": "SMS",
                            "script": _l("What to say on calls and visits")}
ICONS = {"email": "mail", "sms": "sms", "script": "phone"}
IDENTITIES: dict[str, Any] = {"director": _l("director"), "seller": _l("the client's manager"),
                              "quality": _l("quality director"), "agency": _l("agency")}
CLASSES: dict[str, Any] = {"service": _l("about a trip or the card"), "marketing": _l("news and offers")}
_ELSEWHERE = _l("for clients who bought elsewhere; does not leave by itself yet")
OUTSIDE: dict[str, Any] = {
    "handover": _l("when a client goes over to another manager"),
    "missed_you": _l("after three calls that nobody took"),
    "fly_tomorrow_call": _l("instead of the SMS about the flight, when it cannot arrive"),
    "consent_request": _l("when a colleague asks for a consent"),
    "consent_request_sms": _l("when a colleague asks for a consent"),
    "complaint_received": _l("as soon as a complaint has its number"),
    "complaint_procedure": _l("at step 2 of a complaint: how we look into it"),
    "complaint_reply": _l("with an answer from the page of a complaint"),
    "complaint_decision": _l("at step 4 of a complaint: the decision"),
    "complaint_decision_last": _l("at step 4, when the director has looked once more"),
    "complaint_ask": _l("when a colleague asks once more whether the decision suits"),
    "complaint_ask_last": _l("when a colleague asks about the second decision"),
    "complaint_news_sms": _l("instead of letters about a complaint, when there is no e-mail"),
    "balance_link": _l("when a colleague sends the link from the page of the card"),
    "balance_link_sms": _l("when a colleague sends the link, or the client asks for it"),
    "balance_code": _l("when a client wants to see the points by phone number"),
    "friend_call": _l("when a friend of a client is called"),
    "refusal_wish": _ELSEWHERE, "refusal_ask": _ELSEWHERE}
"""What else makes a text leave, or be said, than a step of a plan."""
LANGUAGE_NAMES = {"ru": "Русский", "en": "English"}


@dataclass(frozen=True)
class Row:
    """One letter of the list."""

    letter_id: int
    title: str
    uses: Sequence[str]
    editions: Sequence[Edition]
    author: str
    changed_at: datetime | None


def groups() -> list[tuple[str, Any, list[Row]]]:
    """(channel, its word, rows in the order of the plan), channels without letters left out."""
    steps = current_steps()
    order = {code: place for place, code in enumerate(steps)}
    rows: dict[str, list[tuple[int, Row]]] = {channel: [] for channel in CHANNELS}
    for code, editions in all_editions().items():
        letter = next(iter(editions.values())).letter
        used = steps.get(code, [])
        rows.setdefault(letter.channel, []).append((order.get(code, 999), _row(used, list(editions.values()))))
    return [(channel, CHANNELS.get(channel, channel), [row for _place, row in sorted(
        found, key=lambda pair: (pair[0], pair[1].title))]) for channel, found in rows.items() if found]


def current_steps() -> dict[str, list[PlanStep]]:
    """Steps of the plans in force by the letter they use, in the order of the plan."""
    newest = select(func.max(PlanVersion.id)).group_by(PlanVersion.plan_id)
    found: dict[str, list[PlanStep]] = {}
    for step in db.session.scalars(select(PlanStep).where(PlanStep.version_id.in_(newest)).order_by(
            PlanStep.version_id, PlanStep.position)):
        found.setdefault(step.letter_code or step.code, []).append(step)
    return found


def title_of(editions: Sequence[Edition]) -> str:
    """The name in the reader's language, where there is one."""
    chosen = next((it for it in editions if it.language == page_language() and not it.variant), editions[0])
    shown = chosen.shown
    return (shown.title if shown else "") or chosen.letter.code


def variant_words(variant: str) -> str:
    """For whom a text is."""
    return _("for those who come again") if variant else _("for everybody")


def edition_name(edition: Edition) -> str:
    """«Русский», «Русский, едут снова»."""
    language = LANGUAGE_NAMES.get(edition.language, edition.language)
    again = _("for those who come again")
    return f"{language}, {again}" if edition.variant == "repeat" else language


def uses_of(code: str, steps: Sequence[PlanStep]) -> list[str]:
    """When a text leaves or is said, in words; nothing for one that is not used."""
    return [use_words(step) for step in steps] or ([str(OUTSIDE[code])] if code in OUTSIDE else [])


def use_words(step: PlanStep) -> str:
    """Where in the plan a letter stands: «за 3 дня до вылета, 10:00»."""
    days, anchor = int(step.rule.get("offset_days") or 0), str(step.rule.get("anchor") or "")
    at = step.rule.get("at")
    said = day_of_step(anchor, days)
    said = f"{said}, {at}" if at else said
    off = _("not in use")
    return said if step.active else f"{said} ({off})"


def _row(steps: Sequence[PlanStep], editions: Sequence[Edition]) -> Row:
    latest = max((it.shown for it in editions if it.shown), key=lambda row: row.created_at)
    letter = editions[0].letter
    return Row(letter.id, title_of(editions), uses_of(letter.code, steps), editions, latest.author, latest.created_at)
