"""What letters say of a level that rose or will fall; the occasion's facts name it (`actions/levels.py`)."""

from datetime import date

from flask_babel import force_locale

from webapp.club.ladder import both_or_one, missing_words, shelves_of
from webapp.club.level_counts import earned_by, grades
from webapp.club.level_rules import gap_to
from webapp.club.models import ClientLevel
from webapp.club.words import percent
from webapp.db import db
from webapp.letters.placeholders import LetterContext, Value, placeholder
from webapp.letters.wording import day_told


@placeholder("bonus.new_level", "бонусы.новый_уровень", "bonus", "B «Друг»", "B “Friend”")
def _new_level(context: LetterContext) -> Value:
    code, name = context.facts.get("level"), context.facts.get(f"level_name_{context.lang}")
    if not code or not name:
        return None
    return f"{code} «{name}»" if context.lang == "ru" else f"{code} “{name}”"


@placeholder("bonus.privileges", "бонусы.что_даёт_уровень", "bonus",
             "Бонусы – 2 % с каждой поездки. Ранний доступ к чартерам. Выберем места рядом.",
             "Points: 2% of every trip. First to hear of charters. Seats side by side.")
def _privileges(context: LetterContext) -> Value:
    """The rate and the privileges of the level the letter speaks of, else of the client's own, as sentences."""
    code = context.facts.get("level") or (_own_level(context.client_id) if context.client_id else None)
    if not code:
        return None
    with force_locale(context.lang):
        shelf = next((shelf for shelf in shelves_of(context.lang) if shelf.grade.code == code), None)
        if shelf is None:
            return None
        rate = percent(shelf.grade.rate_bp)
    first = f"Бонусы – {rate} с каждой поездки" if context.lang == "ru" else f"Points: {rate} of every trip"
    return " ".join(_sentence(text) for text in (first, *shelf.privileges))


@placeholder("bonus.fall_day", "бонусы.день_снижения", "bonus", "14 марта", "14 March")
def _fall_day(context: LetterContext) -> Value:
    day = context.facts.get("fall_on")
    return day_told(date.fromisoformat(day), context.lang, context.today) if day else None


@placeholder("bonus.to_keep_level", "бонусы.для_сохранения", "bonus", "ещё 1 поездка или 38 000 ₽",
             "1 more trip or 38 000 ₽")
def _to_keep_level(context: LetterContext) -> Value:
    """What is missing to keep the level the client has."""
    if not context.client_id:
        return None
    own = _own_level(context.client_id)
    grade = next((grade for grade in grades() if grade.code == own), None)
    gap = gap_to(grade, earned_by(context.client_id, context.today)) if grade else None
    if not gap:
        return None
    with force_locale(context.lang):
        return both_or_one(missing_words(gap), both=gap.both)


def _own_level(client_id: int) -> str | None:
    row = db.session.get(ClientLevel, client_id)
    return row.level_code if row else None


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) else ".")
