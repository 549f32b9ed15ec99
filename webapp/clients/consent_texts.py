"""Texts of consents: the version in force, older ones, the shipped ones, and how a text is cut into paragraphs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from webapp.clients.models import ConsentText
from webapp.db import db
from webapp.staff.models import setting

DATA, NEWS = "data", "news"
KINDS = (DATA, NEWS)
LANGUAGES = ("ru", "en")
AGENCY = re.compile(r"\[\s*(agency|агентство)\s*\]", re.IGNORECASE)
"""Stands for the agency's name, so that the shipped texts fit every agency."""
_SHIPPED = Path(__file__).resolve().parent / "starter"


@dataclass(frozen=True)
class Block:
    """A paragraph, or a list of points."""

    lines: Sequence[str]
    is_list: bool = False


def text_in_force(kind: str, language: str) -> ConsentText | None:
    """The newest version of a text in a language, else in Russian; None before anything was set up."""
    known = language if language in LANGUAGES else "ru"
    query = select(ConsentText).where(ConsentText.kind == kind, ConsentText.language == known)
    return db.session.scalars(query.order_by(ConsentText.number.desc()).limit(1)).first()


def code_in_force(kind: str, language: str) -> str:
    """What the log of consents calls that version («news-2-ru»); "" before anything was set up."""
    text = text_in_force(kind, language)
    return text.code if text else ""


def versions_of(kind: str) -> list[ConsentText]:
    """All versions in all languages, the newest first."""
    query = select(ConsentText).where(ConsentText.kind == kind)
    return list(db.session.scalars(query.order_by(ConsentText.number.desc(), ConsentText.language.desc())))


def text_of(code: str) -> ConsentText | None:
    """The text a line of the consent log names («news-2-ru»); None for words somebody typed."""
    kind, _dash, rest = code.partition("-")
    number, _dash, language = rest.partition("-")
    if kind not in KINDS or not (number.isascii() and number.isdigit()) or len(number) > 6:
        return None
    return db.session.scalar(select(ConsentText).where(
        ConsentText.kind == kind, ConsentText.number == int(number), ConsentText.language == language))


def next_number(kind: str) -> int:
    """The number of the version that will be published next."""
    return int(db.session.scalar(select(func.max(ConsentText.number)).where(ConsentText.kind == kind)) or 0) + 1


def shipped(kind: str, language: str) -> tuple[str, str]:
    """Title and body of the text that comes with the product."""
    title, _blank, body = (_SHIPPED / language / f"{kind}.md").read_text("utf-8").partition("\n\n")
    return title.strip(), body.strip()


def blocks(body: str, agency: str | None = None) -> Iterator[Block]:
    """Paragraphs and lists of a text, with the agency's name put in."""
    name = str(setting("agency_name") or "") if agency is None else agency
    for part in AGENCY.sub(lambda _hole: name, body.replace("\r\n", "\n")).split("\n\n"):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        if lines and all(line.startswith(("- ", "– ")) for line in lines):
            yield Block([line[2:] for line in lines], True)
        elif lines:
            yield Block([" ".join(lines)])
