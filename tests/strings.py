"""Strings of the screen, found in the sources and compared with the po files. `make i18n` lists what is missing."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from webapp.app import ROOMS
from webapp.config import ROOT

PO = ROOT / "webapp" / "translations" / "ru"
KEYWORDS: dict[str, Any] = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2),
                            "_n": (1, 2)}
METHODS = [("webapp/**.py", "python"), ("templates/styleguide/**", "ignore"), ("templates/**.html", "jinja2")]
HOLE = re.compile(r"%\((\w+)\)[sd]")
Key = str | tuple[str, ...]


@dataclass
class Found:
    """A string of the screen and where it stands."""

    key: Key
    places: list[str]

    @property
    def room(self) -> str:
        """Whose po file should hold it."""
        parts = self.places[0].split(":")[0].split("/")
        return parts[1] if parts[1] in ROOMS else "web"


@cache
def extracted() -> dict[str, Found]:
    """All strings by their singular id."""
    found: dict[str, Found] = {}
    for folder in ("webapp", "templates"):
        methods = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in METHODS
                   if pattern.startswith(folder)]
        for file, line, key, _comments, _context in extract_from_dir(
                ROOT / folder, methods, {"**.html": {"extensions": "", "silent": "false"}}, keywords=KEYWORDS):
            entry = found.setdefault(key if isinstance(key, str) else key[0], Found(key, []))
            if isinstance(key, tuple):
                entry.key = key
            entry.places.append(f"{folder}/{file}:{line}")
    return found


def translated() -> Iterator[tuple[Path, Message]]:
    """Every message of every Russian po file."""
    for path in sorted(PO.glob("*.po")):
        with path.open("rb") as file:
            yield from ((path, message) for message in read_po(file, locale="ru") if message.id)


def id_of(message: Message) -> str:
    """The singular id."""
    return str(message.id if isinstance(message.id, str) else message.id[0])


def missing() -> dict[str, list[Found]]:
    """Strings without a finished translation, by room."""
    good = {id_of(message) for _path, message in translated() if is_finished(message)}
    rooms: dict[str, list[Found]] = defaultdict(list)
    for key, found in sorted(extracted().items()):
        if key not in good:
            rooms[found.room].append(found)
    return dict(rooms)


def is_finished(message: Message) -> bool:
    """All forms are there and none is marked as a guess."""
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return not message.fuzzy and all(forms) and (isinstance(message.id, str) or len(forms) == 3)


def obsolete() -> list[str]:
    """Translations of what no page says any more."""
    present = extracted()
    return [f"{path.name}: {id_of(m)!r}" for path, m in translated() if id_of(m) not in present]


if __name__ == "__main__":
    todo = missing()
    for room, strings in sorted(todo.items()):
        print(f"\n{room}.po, {len(strings)} missing:")
        for string in strings:
            print(f"  {string.places[0]}  {string.key!r}")
    gone = obsolete()
    print("\nNo page says any more:\n  " + "\n  ".join(gone) if gone else "\nNothing is out of date.")
    print("Everything is translated." if not todo else "")
