"""What goes along with a letter: attachments and the photo of its signature, named in rows, kept once by content."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select

from webapp.db import Base, db
from webapp.letters.models import LetterFile

MOST_EACH, MOST_TOGETHER = 5 * 1024 * 1024, 10 * 1024 * 1024
MOST_FILES = 10
HEAVY = 3 * 1024 * 1024
"""From here on letters load slowly on phones, and strict mail servers look twice."""
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
_kept = Base.metadata.tables[LetterFile.__tablename__]
_DATA = select(_kept.c.data).where(_kept.c.sha256 == bindparam("sha"))
_PLACES: dict[str, Callable[[str], bytes | None]] = {}


@dataclass(frozen=True, slots=True)
class Attached:
    """One file of a letter: the hash of its bytes, how its reader sees it named, its type and size in bytes.

    A file that another room keeps has «place:name» for its hash (`add_bytes`).
    With `cid` it stands inside of the letter (`<img src="cid:…">`) and not beside it.
    """

    sha: str
    name: str
    type: str
    size: int
    cid: str = ""


def attached(rows: Iterable[Any]) -> tuple[Attached, ...]:
    """Files as a version keeps them."""
    return tuple(Attached(**row) for row in rows)


def as_rows(files: Sequence[Attached]) -> list[dict[str, Any]]:
    """The form in which a version keeps them."""
    return [asdict(file) for file in files]


def as_text(files: Sequence[Attached]) -> str:
    """The form in which a message keeps them: "" for none."""
    return json.dumps(as_rows(files), ensure_ascii=False) if files else ""


@lru_cache(maxsize=256)
def from_text(kept: str) -> tuple[Attached, ...]:
    """Files of a message."""
    return attached(json.loads(kept)) if kept else ()


def total(files: Iterable[Attached]) -> int:
    """Bytes of them all, before a mail makes them a third longer."""
    return sum(file.size for file in files)


def add_bytes(place: str, ask: Callable[[str], bytes | None]) -> None:
    """A room on the right keeps files itself: those named «place:…». `ask` reads one past the session; the same name
    gives the same bytes for ever, or None."""
    _PLACES[place] = ask


def bytes_of(sha: str) -> bytes | None:
    """The content of a file, read past the session; None when there is none."""
    place, colon, name = sha.partition(":")
    if colon:
        ask = _PLACES.get(place)
        return ask(name) if ask else None
    with db.engine.connect() as connection:
        return connection.scalar(_DATA, {"sha": sha})


def with_pictures(html: str, files: Iterable[Attached]) -> str:
    """A letter for a page: pictures that come along in the mail stand in it as data."""
    for file in files:
        if file.cid and f'"cid:{file.cid}"' in html:
            data = b64encode(bytes_of(file.sha) or b"").decode("ascii")
            html = html.replace(f'"cid:{file.cid}"', f'"data:{file.type};base64,{data}"')
    return html


def photo_cid(sha: str) -> str:
    """By which a letter calls the picture that comes along with it."""
    return f"{sha[:24]}@photo"


def photo_of(sha: str, size: int) -> Attached:
    """The photo of a signature as a part of the mail."""
    return Attached(sha, "photo.jpg", JPEG, size, photo_cid(sha))
