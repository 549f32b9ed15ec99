"""The mail relay in force: that of the operator's environment, or the one set in the form (`kept.py`)."""

import logging
from collections.abc import Mapping
from dataclasses import asdict

from webapp.config import Settings
from webapp.post.kept import read_kept, write_kept
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
    values = read_kept(settings.instance / FILE)
    if values is None:
        return None
    try:
        relay = Relay(**values)
    except TypeError:
        relay = None
    if relay is None or not relay.is_sound():
        log.warning("%s holds no mail server: set it anew", FILE)
        return None
    return relay


def keep_relay(settings: Settings, relay: Relay) -> None:
    """Keep what the form has set."""
    write_kept(settings.instance / FILE, asdict(relay))
