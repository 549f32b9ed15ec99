"""Settings with a password, kept in a file of the instance: outside of the database, so outside of backups and dumps.

Read anew for every batch (a stat, then what is remembered), so the worker needs no restart.
"""

import json
import logging
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

log = logging.getLogger("snova.post")


def read_kept(path: Path) -> dict[str, Any] | None:
    """What the file holds; None without one, or with a damaged one."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return _read(path, seen.st_mtime_ns, seen.st_ino)


def write_kept(path: Path, values: dict[str, Any]) -> None:
    """Put it into the file, whole or not at all; only the owner of the process may read it."""
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(values, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int, _file: int) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text("utf-8"))
        if isinstance(found, dict):
            return found
        fault = "not a dictionary"
    except (OSError, ValueError) as error:
        fault = type(error).__name__
    # A damaged file must not stop the worker: messages wait, and the page says that nothing is set up.
    log.warning("%s cannot be read (%s): set it up anew", path, fault)
    return None
