"""What letters may say about a client's card: points, the day they burn, number, discount, level; and the link to it.

What the occasion says wins (`facts`: card, points, burn_on): a warning speaks of what it warned of. Otherwise it is the
client's first usable card, read once per letter and only for letters that speak of it.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale

from webapp.clients.actions import make_link
from webapp.clients.links import example_url, url_of
from webapp.club.balance import Held, card_for, pending
from webapp.club.burn_rules import last_usable
from webapp.club.card_links import CARD, LASTS, source_of
from webapp.club.ladder import HERE, Rung, ladder_of
from webapp.club.models import terms
from webapp.club.number_rules import display
from webapp.club.sale_rules import Terms
from webapp.club.words import percent
from webapp.letters.placeholders import LetterContext, Value, placeholder
from webapp.letters.wording import day_told, plural_ru
from webapp.touches.letter_links import letter_link

_GIVEN_FOR = {
    "compensation": ("в знак извинения", "as our apology"), "coupon": ("в подарок", "as a present"),
    "welcome_back": ("к вашему возвращению", "to welcome you back"), "referral": ("за друга", "for your friend"),
}
Known = tuple[LetterContext, dict[str, Any]]
_known: ContextVar[Known | None] = ContextVar("what a letter has read", default=None)


@letter_link("links.balance", example=lambda: example_url(CARD))
def balance_link(client_id: int, *, source: str, facts: Mapping[str, Any], now: datetime) -> str | None:
    """The page of the card the letter is about; without one of its own all cards of the client. None without a card."""
    if card_for(client_id, facts.get("card")) is None:
        return None
    wanted = source_of([facts["card"]]) if facts.get("card") else source
    return url_of(CARD, make_link(CARD, client_id, source=wanted, expires_at=now + LASTS, now=now))


@placeholder("bonus.balance", "бонусы.баланс", "bonus", "1 840", "1,840")
def _balance(context: LetterContext) -> Value:
    return _of_card(context, lambda card: number(card.balance, context.lang))


@placeholder("bonus.points", "бонусы.на_карте", "bonus", "1 840 бонусов", "1,840 points")
def _points(context: LetterContext) -> Value:
    return _of_card(context, lambda card: points_words(card.balance, context.lang))


@placeholder("bonus.card_number", "бонусы.номер_карты", "bonus", "2604 1187 3", "2604 1187 3")
def _card_number(context: LetterContext) -> Value:
    return _of_card(context, lambda card: display(card.number) if card.number else None)


@placeholder("bonus.burning", "бонусы.сгорает", "bonus", "1 840 бонусов", "1,840 points")
def _burning(context: LetterContext) -> Value:
    """The points the warning names, as far as they are still there; else all on a card with a day of burning."""
    if "burn_on" in context.facts and context.facts.get("points"):
        named, card = int(context.facts["points"]), _card(context)
        left = min(named, card.balance) if card else named
        return points_words(left, context.lang) if left > 0 else None
    return _of_card(context, lambda card: points_words(card.balance, context.lang) if card.burn_on else None)


@placeholder("bonus.burn_on", "бонусы.сгорят", "bonus", "14 марта", "14 March")
def _burn_on(context: LetterContext) -> Value:
    return day_told(_burn_day(context), context.lang, context.today)


@placeholder("bonus.last_day", "бонусы.последний_день", "bonus", "13 марта", "13 March")
def _last_day(context: LetterContext) -> Value:
    day = _burn_day(context)
    return day_told(last_usable(day), context.lang, context.today) if day else None


@placeholder("bonus.days_left", "бонусы.осталось", "bonus", "12 дней", "12 days")
def _days_left(context: LetterContext) -> Value:
    day = _burn_day(context)
    left = (day - context.today).days if day else 0
    if left <= 0:
        return None
    if context.lang == "ru":
        return f"{left} {plural_ru(left, 'день', 'дня', 'дней')}"
    return f"{left} day" if left == 1 else f"{left} days"


@placeholder("bonus.credited", "бонусы.начислено", "bonus", "1 240 бонусов", "1,240 points")
def _credited(context: LetterContext) -> Value:
    """The points that came, as the occasion tells them."""
    points = context.facts.get("points")
    return points_words(int(points), context.lang) if points and "burn_on" not in context.facts else None


@placeholder("bonus.pending", "бонусы.ожидают", "bonus", "966 бонусов", "966 points")
def _pending(context: LetterContext) -> Value:
    """Points that trips will bring once they are over."""
    card = _card(context)
    coming = sum(each.points for each in pending(card.id, context.today)) if card else 0
    return points_words(coming, context.lang) if coming else None


@placeholder("bonus.discount", "бонусы.скидка", "bonus", "3 %", "3%")
def _discount(context: LetterContext) -> Value:
    """What the card takes off; the terms of the club, whether the client has a card or not."""
    own = _terms(context)
    if own is None or not own.discount_bp:
        return None
    with force_locale(context.lang):
        return percent(own.discount_bp)


@placeholder("bonus.price", "бонусы.цена_карты", "bonus", "500 ₽", "500 ₽")
def _price(context: LetterContext) -> Value:
    """What a card costs; nothing where it is free."""
    own = _terms(context)
    rubles = own.price_kopecks // 100 if own else 0
    return f"{number(rubles, context.lang)}\u00a0₽" if rubles else None


@placeholder("bonus.life", "бонусы.срок_жизни", "bonus", "6 месяцев", "6 months")
def _life(context: LetterContext) -> Value:
    """How long points live after the card was last used."""
    own = _terms(context)
    if own is None:
        return None
    months = own.months
    if context.lang == "ru":
        return f"{months} {plural_ru(months, 'месяц', 'месяца', 'месяцев')}"
    return f"{months} month" if months == 1 else f"{months} months"


@placeholder("bonus.level", "бонусы.уровень", "bonus", "C «Гость»", "C “Guest”")
def _level(context: LetterContext) -> Value:
    """The client's level; what the occasion says of a new one wins."""
    here = _here(context)
    return _level_words(here, context.lang) if here else None


@placeholder("bonus.next_level", "бонусы.следующий_уровень", "bonus", "B «Друг»", "B “Friend”")
def _next_level(context: LetterContext) -> Value:
    here, ladder = _here(context), _ladder(context)
    above = next((rung for rung in ladder if here and here.way and rung.code == here.way.to), None)
    return _level_words(above, context.lang) if above else None


@placeholder("bonus.gap", "бонусы.до_уровня", "bonus", "ещё 1 поездка или 38 000 ₽", "1 more trip or 38 000 ₽")
def _gap(context: LetterContext) -> Value:
    """What is missing to the next level."""
    here = _here(context)
    if here is None or here.way is None:
        return None
    with force_locale(context.lang):
        return here.way.words


@placeholder("bonus.given_for", "бонусы.за_что", "bonus", "в знак извинения", "as our apology")
def _given_for(context: LetterContext) -> Value:
    """Why points came without a trip, as the occasion tells it."""
    words = _GIVEN_FOR.get(str(context.facts.get("kind")))
    return words[0 if context.lang == "ru" else 1] if words else None


@placeholder("bonus.code", "бонусы.код", "bonus", "120746", "120746")
def _code(context: LetterContext) -> Value:
    """The code that opens the balance page; only the SMS with it has one."""
    return None


def number(value: int, lang: str) -> str:
    """«1 840» or "1,840"."""
    text = f"{value:,}"
    return text.replace(",", "\u00a0") if lang == "ru" else text


def points_words(points: int, lang: str) -> str:
    """«1 840 бонусов» or "1,840 points", as letters say them."""
    if lang == "ru":
        return f"{number(points, lang)} {plural_ru(points, 'бонус', 'бонуса', 'бонусов')}"
    return f"{number(points, lang)} point" if points == 1 else f"{number(points, lang)} points"


def _once(context: LetterContext, what: str, read: Callable[[], Any]) -> Any:
    """Reads it for the first placeholder of a letter that wants it; the others get the same."""
    known = _known.get()
    if known is None or known[0] is not context:
        known = (context, {})
        _known.set(known)
    if what not in known[1]:
        known[1][what] = read()
    return known[1][what]


def _card(context: LetterContext) -> Held | None:
    client_id = context.client_id
    if client_id is None:
        return None
    found: Held | None = _once(context, "card", lambda: card_for(client_id, context.facts.get("card")))
    return found


def _terms(context: LetterContext) -> Terms | None:
    if context.client_id is None:
        return None
    found: Terms = _once(context, "terms", terms)
    return found


def _of_card(context: LetterContext, value: Callable[[Held], Value]) -> Value:
    card = _card(context)
    return value(card) if card else None


def _burn_day(context: LetterContext) -> date | None:
    told = context.facts.get("burn_on")
    if told:
        return date.fromisoformat(str(told))
    card = _card(context)
    return card.burn_on if card else None


def _ladder(context: LetterContext) -> list[Rung]:
    client_id = context.client_id
    if client_id is None:
        return []
    with force_locale(context.lang):
        found: list[Rung] = _once(context, "ladder", lambda: ladder_of(client_id, context.today))
    return found


def _here(context: LetterContext) -> Rung | None:
    return next((rung for rung in _ladder(context) if rung.state == HERE), None)


def _level_words(rung: Rung, lang: str) -> str:
    return f"{rung.code} «{rung.name}»" if lang == "ru" else f"{rung.code} “{rung.name}”"
