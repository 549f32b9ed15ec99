"""Where a client came from, when a room wrote it: the codes in `client.source`, and the words people read instead."""

from typing import Any

from flask_babel import force_locale

from webapp.web.i18n import LANGUAGES

EXAMPLE = "demo"
"""A client of the demo: not a real person."""
_WORDS: dict[str, Any] = {}


def add_source(code: str, words: Any) -> None:
    """A room writes this code into `client.source`; pages and forms say `words` (lazy) instead."""
    _WORDS[code] = words


def source_words(source: str) -> str:
    """The words of a code; what people have typed stays as it is."""
    return str(_WORDS.get(source, source))


def source_kept(typed: str, present: str) -> str:
    """The code that stands there, where its words were sent back in whatever language; else what was typed."""
    return present if present in _WORDS and typed.strip() in _spellings(present) else typed


def _spellings(code: str) -> set[str]:
    spelt = set()
    for language in LANGUAGES:
        with force_locale(language):
            spelt.add(str(_WORDS[code]))
    return spelt
