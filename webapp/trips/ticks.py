"""What people put into a tick column: true and false in many spellings, and dates."""

from datetime import date, datetime

from webapp.kit.dates import BadDate, read_date
from webapp.kit.text import Cell, as_text, clean

_YES_WORDS = """true истина да yes y д 1 + ++ +++ v x х у ✓ ✔ ✅ ☑ √ т t ok ок окей есть on вкл done sent
called visited готово сделано сделан сделана выполнено отправлено отправлен отправила отправил послано ушло позвонили
позвонила позвонил звонили был была были пришел пришла получено"""
_YES = frozenset(_YES_WORDS.split())
_NO_WORDS = "false ложь нет no n н 0 - – — _ ✗ ✘ ☐ ❌ □ ○ . ? н/д n/a f off выкл not"
_NO = frozenset(_NO_WORDS.split()) | {
    "не надо", "не нужно", "не было", "не звонили", "не отправлено", "не отправляли", "не сделано",
    "не выполнено", "не был", "не была", "not sent", "not done", "not yet", "еще нет", "пока нет"}


class UnknownTick(ValueError):
    """Something that is neither yes nor no nor a date of the past."""


def read_tick(cell: Cell, *, today: date) -> bool | date:
    """Is the step done? A date means done on that day. Raises UnknownTick for other texts and for days
    after today."""
    if cell is None or isinstance(cell, bool):
        return bool(cell)
    if isinstance(cell, int | float) and cell in (0, 1):
        return bool(cell)
    text = clean(as_text(cell)).lower().replace("\ufe0f", "").strip(" !;,'\"").replace("ё", "е")
    if not isinstance(cell, date | datetime) and (text in _YES or text.rstrip(".") in _YES):
        return True
    if not text or text in _NO:
        return False
    try:
        day = read_date(cell)
    except BadDate:
        raise UnknownTick(text) from None
    if day > today:
        raise UnknownTick(text)
    return day
