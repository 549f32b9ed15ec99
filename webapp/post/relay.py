"""The mail relay in force: that of the operator's environment, or the one set in the form.

What the form sets stands in a file of the instance and not in the database: the password must not travel with backups
and dumps. It is read anew for every batch, so the worker needs no restart.
"""

import json
import logging
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from webapp.config import Settings
from webapp.post.relay_rules import Relay

FILE = "mail.json"
_TUNING = ("MAIL_RATE", "MAIL_CONNECTIONS", "MAIL_TIMEOUT", "MAIL_ANSWER_TIMEOUT")
log = logging.getLogger("snova.post")


def is_operators(settings: Settings) -> bool:
    """True when the environment names a server: it is in force then, whatever the form has kept."""
    return bool(settings.mail.get("MAIL_SERVER"))


def mail_words(settings: Settings) -> Mapping[str, str]:
    """The relay in force in the words of the environment; without MAIL_SERVER there is none."""
    kept = None if is_operators(settings) else kept_relay(settings)
    if kept is None:
        return settings.mail
    tuning = {name: settings.mail[name] for name in _TUNING if name in settings.mail}
    return {**kept.words(), **tuning}


def kept_relay(settings: Settings) -> Relay | None:
    """What the form has kept on this machine."""
    path = settings.instance / FILE
    try:
        seen = path.stat()
    except OSError:
        return None
    return _read(path, seen.st_mtime_ns, seen.st_ino)


def keep_relay(settings: Settings, relay: Relay) -> None:
    """Put it into the file, whole or not at all; only the owner of the process may read it."""
    path = settings.instance / FILE
    scratch = path.with_name(f".{FILE}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(relay), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int, _file: int) -> Relay | None:
    try:
        return Relay(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        # A damaged file must not stop the worker: without a relay letters wait, and the page says that none is set.
        log.warning("%s cannot be read (%s): set the mail server anew", path, type(error).__name__)
        return None
