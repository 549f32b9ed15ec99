"""Letters, SMS and scripts a step may use: their names and numbers, by code and by channel."""

from dataclasses import dataclass

from sqlalchemy import select

from webapp.db import db
from webapp.desk.letter_list import CHANNELS
from webapp.letters.models import Letter, LetterVersion
from webapp.web.i18n import page_language


@dataclass(frozen=True)
class TextName:
    """A text as the plan names it."""

    letter_id: int
    code: str
    channel: str
    title: str


def text_names() -> dict[str, TextName]:
    """Every text by its code, named in the reader's language where that has a name; one query."""
    rows = db.session.execute(
        select(Letter.id, Letter.code, Letter.channel, LetterVersion.title).join(
            LetterVersion, LetterVersion.letter_id == Letter.id).where(LetterVersion.variant == "").order_by(
            LetterVersion.language == page_language(), LetterVersion.number))
    found: dict[str, TextName] = {}
    for row in rows:
        known = found.get(row.code)
        found[row.code] = TextName(row.id, row.code, row.channel, row.title or (known.title if known else row.code))
    return found


def titles(names: dict[str, TextName]) -> dict[str, str]:
    """Names alone."""
    return {code: name.title for code, name in names.items()}


def choices(names: dict[str, TextName]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(heading, [(code, name), …]) for each channel, for the list of a form."""
    groups: dict[str, list[tuple[str, str]]] = {channel: [] for channel in CHANNELS}
    for name in sorted(names.values(), key=lambda name: name.title):
        groups.setdefault(name.channel, []).append((name.code, name.title))
    return [(str(CHANNELS.get(channel, channel)), rows) for channel, rows in groups.items() if rows]
