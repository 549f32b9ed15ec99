"""A letter gets one more text: in another language, or for those who come again; and loses the latter again."""

from datetime import datetime

from webapp.db import transaction
from webapp.letters.actions.texts import locked, new_version, which
from webapp.letters.drafts import Edition, editions_of, words_of
from webapp.letters.models import Letter, LetterVersion
from webapp.letters.starters import LANGUAGES
from webapp.staff.audit import record
from webapp.staff.rules import ADMIN, Actor

VARIANTS = ("", "repeat")


def add_edition(letter: Letter, language: str, variant: str, *, actor: Actor, now: datetime) -> Edition:
    """Begin a text with the words of the nearest one, as a draft; nothing goes out with it. Once is as good as twice.

    The nearest: what it was before it was given up, the ordinary text of the language, that of another language.
    Raises LookupError for a language or variant there is none of, NotAllowed.
    """
    actor.needs(ADMIN)
    if language not in LANGUAGES or variant not in VARIANTS or (variant and letter.channel == "script"):
        raise LookupError(f"{language} {variant}")
    with transaction() as session:
        edition = locked(Edition(letter, language, variant, []))
        if not edition.is_given_up:
            return edition
        start = _nearest(letter, edition)
        if start is None:
            raise LookupError("a letter without any text")
        session.add(new_version(edition, words_of(start), actor, now))
        record(actor, "drafted", "letter", letter.id, now=now, facts=which(edition))
        session.flush()
        return locked(edition)


def give_up_variant(edition: Edition, *, actor: Actor, now: datetime) -> bool:
    """Those who come again get the ordinary text; what was published stays in the history. False when nothing changed.

    Raises LookupError for an ordinary text, which cannot be given up, NotAllowed.
    """
    actor.needs(ADMIN)
    if not edition.variant:
        raise LookupError("an ordinary text")
    with transaction() as session:
        edition = locked(edition)
        if edition.is_given_up:
            return False
        if edition.draft is not None:
            session.delete(edition.draft)
        for row in edition.published:
            row.retired_at = row.retired_at or now
        record(actor, "gave-up", "letter", edition.letter.id, now=now, facts=which(edition))
        session.flush()
        return True


def _nearest(letter: Letter, edition: Edition) -> LetterVersion | None:
    if edition.published:
        return edition.published[0]
    known = editions_of(letter)
    order = [(edition.language, ""), *((language, variant) for variant in (edition.variant, "")
                                       for language in LANGUAGES)]
    return next((known[key].shown for key in order if key in known and known[key].shown is not None), None)
