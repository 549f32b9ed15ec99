"""Questions about letters as they are edited: the text in force, the draft beside it, older versions."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from webapp.db import db
from webapp.letters.draft_rules import plain_part
from webapp.letters.files import Attached, attached
from webapp.letters.liquid_text import compile_letter
from webapp.letters.models import Letter, LetterVersion
from webapp.letters.rules import PARTS, LetterError, clean_line, join_parts

_TITLE = 120


@dataclass(frozen=True)
class Words:
    """A text as it is typed: `body` in one piece, or `parts` of the welcome letter."""

    title: str = ""
    subject: str = ""
    body: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    files: tuple[Attached, ...] = ()

    @property
    def source(self) -> str:
        """The whole body as it is stored and compiled."""
        return join_parts(self.parts) if self.parts else self.body

    def names(self) -> frozenset[str]:
        """Codes of the placeholders in it; none when it cannot be read."""
        try:
            return compile_letter(self.subject, self.source).names
        except LetterError:
            return frozenset()

    def tidy(self) -> "Words":
        """As it is kept: one line of subject, LF only, no headings of parts inside of a part."""
        body = self.body.replace("\r\n", "\n").replace("\r", "\n").strip()
        return Words(clean_line(self.title)[:_TITLE], clean_line(self.subject), body,
                     {name: plain_part(self.parts.get(name, "")) for name in PARTS} if self.parts else {}, self.files)

    def says_the_same(self, other: "Words") -> bool:
        """Equal but for white space at the ends."""
        return self.tidy() == other.tidy()


@dataclass(frozen=True)
class Edition:
    """All versions of one letter in one language for one kind of reader, newest first."""

    letter: Letter
    language: str
    variant: str
    versions: Sequence[LetterVersion]

    @property
    def draft(self) -> LetterVersion | None:
        """What is written and not yet published."""
        return next((row for row in self.versions if row.published_at is None), None)

    @property
    def published(self) -> list[LetterVersion]:
        """Published ones, newest first, also those of a kind of reader that was given up for a while."""
        return [row for row in self.versions if row.published_at is not None]

    @property
    def in_force(self) -> LetterVersion | None:
        """The text that goes out now."""
        return next((row for row in self.published if row.retired_at is None), None)

    @property
    def is_given_up(self) -> bool:
        """Nobody gets it and nobody writes it: it is only remembered."""
        return self.draft is None and self.in_force is None

    @property
    def shown(self) -> LetterVersion | None:
        """What the editor opens with: the draft, else what is in force."""
        return self.draft or self.in_force

    @property
    def stamp(self) -> str:
        """Changes whenever somebody saves or publishes."""
        shown = self.shown
        return f"{shown.id}-{shown.created_at.timestamp():.6f}" if shown else ""

    @property
    def is_parted(self) -> bool:
        """The welcome letter: three parts, each required."""
        return self.letter.channel == "email" and any(row.parts for row in self.versions)


def words_of(row: LetterVersion | None) -> Words:
    """The text of a version."""
    return Words() if row is None else Words(row.title, row.subject, row.body, {
        name: str(row.parts.get(name, "")) for name in PARTS} if row.parts else {}, attached(row.files))


def editions_of(letter: Letter) -> dict[tuple[str, str], Edition]:
    """By language and variant, Russian first, the ordinary text before that for repeat buyers."""
    rows = db.session.scalars(select(LetterVersion).where(LetterVersion.letter_id == letter.id)
                              .order_by(LetterVersion.number.desc())).all()
    keys = sorted({(row.language, row.variant) for row in rows}, key=lambda key: (key[0] != "ru", key))
    return {key: Edition(letter, *key, [row for row in rows if (row.language, row.variant) == key]) for key in keys}


def other_languages(edition: Edition) -> list[Words]:
    """Texts in force of the same letter for the same kind of reader in other languages."""
    return [words_of(it.in_force) for it in editions_of(edition.letter).values()
            if it.variant == edition.variant and it.language != edition.language and it.in_force is not None]


def shown_editions(letter: Letter) -> dict[tuple[str, str], Edition]:
    """The same without those that were given up."""
    return {key: edition for key, edition in editions_of(letter).items() if not edition.is_given_up}


def all_editions() -> dict[str, dict[tuple[str, str], Edition]]:
    """Every letter by its code; two queries."""
    found: dict[str, dict[tuple[str, str], Edition]] = {}
    letters = {row.id: row for row in db.session.scalars(select(Letter))}
    grouped: dict[tuple[int, str, str], list[LetterVersion]] = {}
    for row in db.session.scalars(select(LetterVersion).order_by(LetterVersion.number.desc())):
        grouped.setdefault((row.letter_id, row.language, row.variant), []).append(row)
    for letter_id, language, variant in sorted(grouped, key=lambda key: (key[0], key[1] != "ru", key[1:])):
        letter = letters[letter_id]
        edition = Edition(letter, language, variant, grouped[letter_id, language, variant])
        if not edition.is_given_up:
            found.setdefault(letter.code, {})[language, variant] = edition
    return found
