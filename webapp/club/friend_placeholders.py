"""What letters and scripts may say about friends and gifts; worth a query, so only asked for where it is named."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from webapp.club.actions.inviting import invitation
from webapp.club.gifts import gift_name
from webapp.club.inviting import EXAMPLE_CODE, url_of
from webapp.club.models import Gift, Referral, terms
from webapp.db import db
from webapp.letters.placeholders import LetterContext, Value, placeholder
from webapp.letters.wording import day_told, plural_ru
from webapp.touches.letter_links import letter_link


def points_in(number: int, lang: str) -> str:
    """«1 000 бонусов»; the space inside the number does not break."""
    shown = f"{number:,}".replace(",", "\u00a0")
    if lang == "ru":
        return f"{shown} {plural_ru(number, 'бонус', 'бонуса', 'бонусов')}"
    return f"{shown} {'point' if number == 1 else 'points'}"


@letter_link("links.invite", example=lambda: url_of(EXAMPLE_CODE))
def _invite(client_id: int, *, source: str, facts: Mapping[str, Any], now: datetime) -> str | None:
    """The standing invitation of the client, made with the first letter that offers it."""
    return invitation(client_id, now=now)


@placeholder("bonus.reward", "бонусы.за_друга", "bonus", "1 000 бонусов", "1 000 points")
def _reward(context: LetterContext) -> Value:
    points = context.facts.get("points") if "referral" in context.facts else None
    return points_in(int(points), context.lang) if points else None


@placeholder("bonus.inviter_reward", "бонусы.награда_пригласившему", "bonus", "1 000 бонусов", "1 000 points")
def _inviter_reward(context: LetterContext) -> Value:
    return _promised(context, "inviter_points")


@placeholder("bonus.friend_reward", "бонусы.награда_другу", "bonus", "500 бонусов", "500 points")
def _friend_reward(context: LetterContext) -> Value:
    return _promised(context, "friend_points")


@placeholder("bonus.invited_by", "бонусы.кто_позвал", "bonus", "Иванова Анна", "Anna Ivanova")
def _invited_by(context: LetterContext) -> Value:
    row = _referral(context)
    return row.inviter.full_name if row else None


@placeholder("bonus.friend_wish", "бонусы.пожелание_друга", "bonus", "на море в мае", "the sea in May")
def _wish(context: LetterContext) -> Value:
    row = _referral(context)
    return row.wish if row else None


@placeholder("bonus.gift", "бонусы.подарок", "bonus", "альбом с фотографиями", "photo album")
def _gift(context: LetterContext) -> Value:
    """Nothing once it was handed over or is not needed: what speaks of it then stays unsent."""
    gift = _waiting(context)
    return gift_name(gift.kind, context.lang) if gift else None


@placeholder("bonus.gift_until", "бонусы.подарок_до", "bonus", "31 декабря", "31 December")
def _gift_until(context: LetterContext) -> Value:
    gift = _waiting(context)
    return day_told(gift.until, context.lang, context.today) if gift and gift.until else None


def _promised(context: LetterContext, name: str) -> Value:
    if context.client_id is None:
        return None
    points = getattr(terms(), name)
    return points_in(points, context.lang) if points else None


def _referral(context: LetterContext) -> Referral | None:
    number = context.facts.get("referral")
    return db.session.get(Referral, number) if isinstance(number, int) else None


def _waiting(context: LetterContext) -> Gift | None:
    number = context.facts.get("gift")
    gift = db.session.get(Gift, number) if isinstance(number, int) else None
    return gift if gift is not None and gift.touch.status == "planned" else None
