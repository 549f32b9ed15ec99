"""Where this database lives: a mark that no copy of it has, so that a copy is held before anything leaves.

SQLite: the machine, the path and the file itself (its number on the disk, which a copied file does not keep).
PostgreSQL: the cluster, the database and the table of messages, which a dump that is put back gets anew; machines that
share one database share the mark. An older copy put into the same place is told by the history of messages: it ends
before what this machine has seen. What it has seen stands beside the data, not in them.
"""

import hashlib
import logging
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text

from webapp.config import Settings
from webapp.db import Base
from webapp.post.kept import read_kept, write_kept
from webapp.post.models import MessageEvent

PLACE, HELD_BECAUSE = "place", "held_because"
RESTORED, COPIED = "restored", "copied"
FILE = "seen.json"
_MACHINE = Path("/etc/machine-id")
_CLUSTER = text("SELECT (SELECT system_identifier FROM pg_control_system())::text, "
                "(SELECT oid FROM pg_database WHERE datname = current_database())::text, "
                "'message'::regclass::oid::text")
_events = Base.metadata.tables[MessageEvent.__tablename__]
_NEWEST = select(func.coalesce(func.max(_events.c.id), 0))
log = logging.getLogger("snova.post")


def mark_of(connection: Connection) -> str:
    """The mark of the place this database lives in now; a hash, since it is nobody's business in a backup."""
    if connection.dialect.name == "postgresql":
        words = [str(word) for word in connection.execute(_CLUSTER).one()]
    else:
        file = Path(str(connection.engine.url.database)).resolve()
        words = [_machine(), str(file), str(file.stat().st_ino)]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


def is_elsewhere(connection: Connection, settings: Settings, place: dict[str, Any]) -> bool:
    """True when the database was copied here, or an older copy was put in its place, since `place` was written."""
    if mark_of(connection) != place.get("mark"):
        return True
    kept = read_kept(settings.instance / FILE) or {}
    seen = kept.get("seen")
    return kept.get("epoch") == place.get("epoch") and isinstance(seen, int) and newest(connection) < seen


def newest(connection: Connection) -> int:
    """The number of the last line in the history of messages."""
    return int(connection.scalar(_NEWEST) or 0)


def note_seen(connection: Connection, settings: Settings, place: dict[str, Any]) -> None:
    """Remember beside the data how far their history goes. A disk that cannot keep it stops no letters."""
    seen = {"epoch": place.get("epoch"), "seen": newest(connection)}
    if read_kept(settings.instance / FILE) != seen:
        try:
            write_kept(settings.instance / FILE, seen)
        except OSError as error:
            log.warning("%s cannot be written: %s", FILE, type(error).__name__)


def _machine() -> str:
    try:
        return _MACHINE.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        # A container has none; there the number of the file must do.
        return ""
