"""Letters as rows: the text in force for a code, language and variant, and who signs it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from webapp.db import db
from webapp.kit.phones import display
from webapp.letters.liquid_text import CompiledLetter, compile_letter
from webapp.letters.models import Identity, Letter, LetterVersion
from webapp.letters.signatures import Signature
from webapp.staff.models import Office, User, setting


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


def letter_in_force(code: str, language: str, *, repeat_buyer: bool = False) -> InForce | None:
    """The newest published text; another text for repeat buyers where there is one; Russian where the language
    has none. None when there is no such letter."""
    letter = db.session.scalar(select(Letter).where(Letter.code == code))
    if letter is None:
        return None
    rows = db.session.scalars(select(LetterVersion).where(
        LetterVersion.letter_id == letter.id, LetterVersion.published_at.is_not(None))
        .order_by(LetterVersion.number)).all()
    chosen = _choose(rows, language, repeat_buyer)
    if chosen is None:
        return None
    # compile_letter keeps compiled texts by content, so this costs a look-up.
    return InForce(code, chosen.id, chosen.language, letter.channel, letter.klass, letter.identity, chosen.title,
                   tuple(letter.requires), compile_letter(chosen.subject, chosen.body))


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


def signature_for(identity: str, office: Office, owner: User | None) -> Signature:
    """Who signs: the seller himself, or the identity kept for the office or the agency (`domain.md` §2.1)."""
    if identity == "seller" and owner is not None:
        return Signature(name=owner.name, role="", email="", phone=display(owner.phone or office.phone))
    rows = db.session.scalars(select(Identity).where(
        Identity.code == identity, (Identity.office_id == office.id) | Identity.office_id.is_(None))
        .order_by(Identity.office_id.is_(None))).all()
    row = next((r for r in rows if r.name), None)
    if row is None:
        return Signature(name=agency_name(office), phone=display(office.phone), email=office.email)
    return Signature(name=row.name, role=row.role or agency_name(office), phone=display(row.phone or office.phone),
                     email=row.email)
