"""Publishing texts of consents: every change is a new version, and the old ones stay readable."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.clients import consent_texts as texts
from webapp.clients.models import ConsentText
from webapp.db import one_at_a_time, transaction
from webapp.staff.audit import record
from webapp.staff.rules import ADMIN, Actor, BadInput

_LOCK = "consent texts"


class TextMeanwhile(Exception):
    """Somebody published another version since the writer began; `number` is the one in force now."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def publish_text(kind: str, words: Mapping[str, tuple[str, str]], *, seen: int, actor: Actor, now: datetime) -> int:
    """A new version in all languages: `words` gives (title, body) per language, `seen` is the number of the version
    the writer began with; gives the number of the new one.

    Consents given before stay given, to the version they name. The same words again publish nothing and give the
    number in force. Raises TextMeanwhile, BadInput("empty") or ("bad-choice"), NotAllowed.
    """
    actor.needs(ADMIN)
    if kind not in texts.KINDS or set(words) != set(texts.LANGUAGES):
        raise BadInput("bad-choice", "kind")
    for language, (title, body) in words.items():
        if not title.strip() or not body.strip():
            raise BadInput("empty", f"{'body' if title.strip() else 'title'}_{language}")
    with transaction() as session:
        one_at_a_time(_LOCK)
        in_force = texts.next_number(kind) - 1
        if all(_stands(kind, language, *pair) for language, pair in words.items()):
            return in_force
        if seen != in_force:
            raise TextMeanwhile(in_force)
        number = _add(session, kind, words, actor, now)
        record(actor, "published", "consent-text", None, now=now, facts={"version": ["", f"{kind}-{number}"]})
    return number


def install_texts(*, actor: Actor, now: datetime) -> None:
    """The shipped texts, where the agency has none yet; the log tells only what people changed."""
    with transaction() as session:
        one_at_a_time(_LOCK)
        for kind in texts.KINDS:
            if texts.next_number(kind) == 1:
                words = {language: texts.shipped(kind, language) for language in texts.LANGUAGES}
                _add(session, kind, words, actor, now)


def _add(session: Session, kind: str, words: Mapping[str, tuple[str, str]], actor: Actor, now: datetime) -> int:
    number = texts.next_number(kind)
    session.add_all(ConsentText(kind=kind, number=number, language=language, title=title.strip(), body=body.strip(),
                                actor=actor.name, published_at=now) for language, (title, body) in words.items())
    session.flush()
    return number


def _stands(kind: str, language: str, title: str, body: str) -> bool:
    row = texts.text_in_force(kind, language)
    return row is not None and (row.title, row.body) == (title.strip(), body.strip())
