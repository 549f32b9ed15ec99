"""Letters, SMS and scripts a step may use: their names and numbers, by code and by channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.db import db
from webapp.desk.letter_list import CHANNELS
from webapp.letters.models import Letter, LetterVersion
from webapp.touches.plan_check_rules import Text
from webapp.touches.plan_rules import CHATS
from webapp.web.i18n import page_language

CHAT = "chat"
HEADINGS: dict[str, Any] = {**CHANNELS, CHAT: _l("Texts for chats and tasks")}


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


def choices(names: dict[str, TextName], texts: Mapping[str, Text],
            channel: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """(heading, [(code, name), …]) by what texts are for, those that fit a step of this channel first."""
    fits = channel if channel in ("email", "sms") else CHAT if channel in (*CHATS, "task", "chat") else "script"
    groups: dict[str, list[tuple[str, str]]] = {fits: [], **{group: [] for group in HEADINGS}}
    for name in sorted(names.values(), key=lambda name: name.title):
        text = texts.get(name.code)
        group = CHAT if name.channel == "script" and text and not text.is_spoken else name.channel
        groups.setdefault(group, []).append((name.code, name.title))
    return [(str(HEADINGS.get(group, group)), rows) for group, rows in groups.items() if rows]
