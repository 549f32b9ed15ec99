"""Verbs of texts: install the shipped ones, keep a draft, publish, return to an older version."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from webapp.db import transaction
from webapp.letters.checks import Finding, faults_of, kind_of
from webapp.letters.drafts import Edition, Words, editions_of, other_languages, words_of
from webapp.letters.files import as_rows
from webapp.letters.models import Identity, Letter, LetterVersion
from webapp.letters.signatures import IDENTITIES
from webapp.letters.starters import LANGUAGES, load_starter
from webapp.staff.audit import record
from webapp.staff.rules import ADMIN, Actor

AUTHOR = "Snova"
CHANNELS, CLASSES = ("email", "sms", "script"), ("service", "marketing")


class Meanwhile(Exception):
    """Somebody saved or published while this was being written; `edition` is how it stands now."""

    def __init__(self, edition: Edition) -> None:
        super().__init__("changed meanwhile")
        self.edition = edition


class Blocked(Exception):
    """The text may not be published; `findings` say why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(", ".join(finding.code for finding in findings))
        self.findings = findings


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


def create(title: str, *, channel: str, klass: str, identity: str, actor: Actor, now: datetime) -> Letter:
    """A new text without words yet: a draft in every language, which nobody gets before it is published.

    Its code is a number of its own and is never used again. Raises NotAllowed, ValueError for what there is not.
    """
    actor.needs(ADMIN)
    if channel not in CHANNELS or klass not in CLASSES or identity not in IDENTITIES:
        raise ValueError("no such kind of letter")
    with transaction() as session:
        last = session.scalar(select(func.max(Letter.id))) or 0
        letter = Letter(code=f"own_{last + 1}_{now:%y%m%d%H%M%S}", channel=channel, requires=[],
                        klass="service" if channel == "script" else klass, identity=identity)
        session.add(letter)
        session.flush()
        session.add_all(LetterVersion(letter_id=letter.id, language=language, title=Words(title).tidy().title, body="",
                                      author=actor.name, created_at=now) for language in LANGUAGES)
        record(actor, "created", "letter", letter.id, now=now)
        return letter


def save_draft(edition: Edition, words: Words, *, seen: str | None, actor: Actor, now: datetime) -> Edition:
    """Keep what is written; nothing goes out with it. A text like the one in force needs no draft.

    `seen` is the stamp of the edition the writer started from. Raises Meanwhile, NotAllowed.
    """
    actor.needs(ADMIN)
    with transaction() as session:
        edition = locked(edition)
        if seen is not None and seen != edition.stamp:
            raise Meanwhile(edition)
        words, draft = words.tidy(), edition.draft
        if edition.in_force is not None and words.says_the_same(words_of(edition.in_force)):
            if draft is not None:
                session.delete(draft)
        elif draft is None:
            session.add(new_version(edition, words, actor, now))
            record(actor, "drafted", "letter", edition.letter.id, now=now, facts=which(edition))
        elif not words.says_the_same(words_of(draft)):
            _put(draft, words)
            draft.author, draft.created_at = actor.name, now
        session.flush()
        return locked(edition)


def discard_draft(edition: Edition, *, actor: Actor, now: datetime) -> None:
    """Throw the draft away; the text in force stays. Raises NotAllowed."""
    actor.needs(ADMIN)
    with transaction() as session:
        draft = locked(edition).draft
        if draft is not None:
            session.delete(draft)
            record(actor, "discarded", "letter", edition.letter.id, now=now, facts=which(edition))


def publish(edition: Edition, *, seen: str, actor: Actor, now: datetime) -> LetterVersion:
    """Make the draft the text in force: a version that never changes. Raises Meanwhile, Blocked, NotAllowed.

    Without a draft there is nothing to do, and the version in force is given.
    """
    actor.needs(ADMIN)
    with transaction() as session:
        edition = locked(edition)
        if seen != edition.stamp:
            raise Meanwhile(edition)
        draft = edition.draft
        if draft is None:
            return edition.published[0]
        _refuse_faulty(edition, words_of(draft))
        # A version restored meanwhile has taken a later number.
        if draft.number < edition.versions[0].number:
            draft.number = edition.versions[0].number + 1
        draft.author, draft.published_at = actor.name, now
        _say("published", edition, draft.number, actor, now)
        session.flush()
        return draft


def restore(edition: Edition, version: LetterVersion, *, actor: Actor, now: datetime) -> LetterVersion:
    """Publish the text of an older version again, as a new version; a draft stays. Raises Blocked, NotAllowed."""
    actor.needs(ADMIN)
    with transaction() as session:
        edition = locked(edition)
        words = words_of(version)
        if edition.in_force is not None and words.says_the_same(words_of(edition.in_force)):
            return edition.in_force
        _refuse_faulty(edition, words)
        row = new_version(edition, words, actor, now)
        row.published_at = now
        session.add(row)
        _say("restored", edition, row.number, actor, now)
        session.flush()
        return row


def locked(edition: Edition) -> Edition:
    """The edition as it stands now; two people who write the same letter wait for each other here."""
    with transaction() as session:
        letter = session.get_one(Letter, edition.letter.id, with_for_update=True)
        return editions_of(letter).get((edition.language, edition.variant)) or Edition(
            letter, edition.language, edition.variant, [])


def new_version(edition: Edition, words: Words, actor: Actor, now: datetime) -> LetterVersion:
    """A row for these words, not yet published, with the next number."""
    number = edition.versions[0].number + 1 if edition.versions else 1
    row = LetterVersion(letter_id=edition.letter.id, language=edition.language, variant=edition.variant,
                        number=number, author=actor.name, created_at=now)
    _put(row, words)
    return row


def _put(row: LetterVersion, words: Words) -> None:
    row.title, row.subject, row.body, row.parts = words.title, words.subject, words.source, dict(words.parts)
    row.files = as_rows(words.files)


def _refuse_faulty(edition: Edition, words: Words) -> None:
    findings = faults_of(words, kind_of(edition.letter), others=other_languages(edition))
    if findings:
        raise Blocked(findings)


def _say(verb: str, edition: Edition, number: int, actor: Actor, now: datetime) -> None:
    old = edition.in_force
    record(actor, verb, "letter", edition.letter.id, now=now,
           facts={**which(edition), "version": [old.number if old else "", number]})


def which(edition: Edition) -> dict[str, list[str]]:
    """Language and kind of reader, as the log keeps them."""
    return {"language": ["", edition.language], **({"variant": ["", edition.variant]} if edition.variant else {})}
