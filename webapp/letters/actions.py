"""Verbs of letters: install the shipped texts and identities."""

from datetime import datetime

from sqlalchemy import select

from webapp.db import transaction
from webapp.letters.models import Identity, Letter, LetterVersion
from webapp.letters.signatures import IDENTITIES
from webapp.letters.starters import LANGUAGES, load_starter
from webapp.staff.rules import Actor

AUTHOR = "Snova"


def install_starter(*, actor: Actor, now: datetime) -> int:
    """Add shipped texts that are not there yet; what an agency has changed stays. Gives how many were added."""
    with transaction() as session:
        known = {row.code: row for row in session.scalars(select(Letter))}
        versions = {(v.letter_id, v.language, v.variant) for v in session.scalars(select(LetterVersion))}
        added = 0
        for language in LANGUAGES:
            for starter in load_starter(language).values():
                letter = known.get(starter.code)
                if letter is None:
                    letter = known[starter.code] = Letter(
                        code=starter.code, channel=starter.channel, klass=starter.klass,
                        identity=starter.signature, requires=list(starter.requires))
                    session.add(letter)
                    session.flush()
                if (letter.id, language, starter.variant) in versions:
                    continue
                session.add(LetterVersion(
                    letter_id=letter.id, language=language, variant=starter.variant, number=1, title=starter.name,
                    subject=starter.subject, body=starter.body, parts=starter.parts, author=AUTHOR, created_at=now,
                    published_at=now))
                added += 1
        _install_identities(session.scalars(select(Identity.code)).all())
        return added


def _install_identities(known: object) -> None:
    with transaction() as session:
        for code in IDENTITIES:
            if code not in known:  # type: ignore[operator]
                session.add(Identity(code=code))
