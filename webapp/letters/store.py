"""Letters as rows: the text in force for a code, language and variant, with what goes along with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from webapp.db import db
from webapp.letters.files import Attached, attached
from webapp.letters.liquid_text import CompiledLetter, compile_letter
from webapp.letters.models import Letter, LetterVersion
from webapp.letters.rendering import FOOT
from webapp.staff.models import Office, setting


@dataclass(frozen=True)
class InForce:
    """The published text of a letter: compiled, with what sending must know about it."""

    code: str
    version_id: int
    language: str
    channel: str
    klass: str
    identity: str
    title: str
    requires: tuple[str, ...]
    compiled: CompiledLetter
    files: tuple[Attached, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Placeholders whose values filling it in takes: those it names and requires, and those of the foot."""
        return self.compiled.names | frozenset(self.requires) | (FOOT if self.channel == "email" else frozenset())


def letter_in_force(code: str, language: str, *, repeat_buyer: bool = False) -> InForce | None:
    """The newest published text; another text for repeat buyers where there is one; Russian where the language
    has none. None when there is no such letter."""
    letter = db.session.scalar(select(Letter).where(Letter.code == code))
    if letter is None:
        return None
    rows = db.session.scalars(select(LetterVersion).where(
        LetterVersion.letter_id == letter.id, LetterVersion.published_at.is_not(None),
        LetterVersion.retired_at.is_(None)).order_by(LetterVersion.number)).all()
    chosen = _choose(rows, language, repeat_buyer)
    if chosen is None:
        return None
    # compile_letter keeps compiled texts by content, so this costs a look-up.
    return InForce(code, chosen.id, chosen.language, letter.channel, letter.klass, letter.identity, chosen.title,
                   tuple(letter.requires), compile_letter(chosen.subject, chosen.body), attached(chosen.files))


def _choose(rows: Sequence[LetterVersion], language: str, repeat_buyer: bool) -> LetterVersion | None:
    newest = {(row.language, row.variant): row for row in rows}
    for lang in (language, "ru", "en"):
        for variant in (("repeat", "") if repeat_buyer else ("",)):
            if (lang, variant) in newest:
                return newest[lang, variant]
    return None


def agency_name(office: Office | None = None) -> str:
    """How the agency calls itself in letters: its setting, else the office's name."""
    return str(setting("agency_name") or (office.name if office else "") or "")
