"""The starter texts shipped with the product: one file per letter, SMS or script in each language."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from webapp.letters.rules import split_parts
from webapp.letters.signatures import IDENTITIES, IdentityCode

Channel = Literal["email", "sms", "script"]
Klass = Literal["service", "marketing"]

LANGUAGES = ("ru", "en")
_FOLDER = Path(__file__).resolve().parent / "starter"
_FIELDS = {"code", "variant", "name", "channel", "class", "signature", "subject", "requires"}


@dataclass(frozen=True, slots=True)
class StarterLetter:
    """One shipped text. `variant` is empty or `repeat` (another text for those who buy again).

    `requires` names placeholders by code: without a value for one of them the letter is skipped.
    """

    code: str
    variant: str
    name: str
    channel: Channel
    klass: Klass
    signature: IdentityCode
    subject: str
    body: str
    requires: tuple[str, ...]

    @property
    def parts(self) -> dict[str, str]:
        """The named parts of the body (the welcome letter's three), {} for a letter in one piece."""
        return split_parts(self.body)


@lru_cache(maxsize=len(LANGUAGES))
def load_starter(lang: str) -> MappingProxyType[str, StarterLetter]:
    """All starter texts of a language by code; a variant's key is `code.variant`. Raises ValueError."""
    if lang not in LANGUAGES:
        raise ValueError(f"no starter texts in {lang!r}")
    letters = {}
    for path in sorted((_FOLDER / lang).glob("*.md")):
        letter = parse_letter(path.read_text(encoding="utf-8"))
        key = f"{letter.code}.{letter.variant}" if letter.variant else letter.code
        if key != path.stem:
            raise ValueError(f"{path.name} holds {key}")
        letters[key] = letter
    return MappingProxyType(letters)


def parse_letter(source: str) -> StarterLetter:
    """Read a text with its head: `---`, lines `field: value`, `---`, body. Odd heads: ValueError."""
    opening, head, body = source.split("---\n", 2)
    fields = dict.fromkeys(_FIELDS, "")
    for line in head.splitlines():
        name, colon, value = line.partition(":")
        if not colon or name not in _FIELDS:
            raise ValueError(f"odd line in the head of a letter: {line}")
        fields[name] = value.strip()
    channel, klass, signature = fields["channel"], fields["class"], fields["signature"]
    known = channel in get_args(Channel) and klass in get_args(Klass) and signature in IDENTITIES
    if opening or not known or not fields["code"]:
        raise ValueError(f"incomplete head of letter {fields['code']!r}")
    return StarterLetter(
        code=fields["code"],
        variant=fields["variant"],
        name=fields["name"],
        channel=channel,  # type: ignore[arg-type]
        klass=klass,  # type: ignore[arg-type]
        signature=signature,  # type: ignore[arg-type]
        subject=fields["subject"],
        body=body.strip(),
        requires=tuple(name.strip() for name in fields["requires"].strip("[]").split(",") if name.strip()),
    )
