"""The mailbox that is read: that of the operator's environment, or the one set in the form (`kept.py`)."""

import logging
from dataclasses import asdict

from webapp.config import Settings
from webapp.post.inbox_rules import Inbox, read_url
from webapp.post.kept import read_kept, write_kept

FILE = "imap.json"
log = logging.getLogger("snova.post")


def is_operators_inbox(settings: Settings) -> bool:
    """True when the environment names a mailbox: it is in force then, whatever the form has kept."""
    return bool(settings.imap_url.strip())


def inbox_now(settings: Settings) -> Inbox | None:
    """The mailbox in force; None where none is set up or reading is switched off."""
    found = read_url(settings.imap_url) if is_operators_inbox(settings) else kept_inbox(settings)
    return found if found is not None and found.is_on else None


def kept_inbox(settings: Settings) -> Inbox | None:
    """What the form has kept on this machine, read or not."""
    values = read_kept(settings.instance / FILE)
    if values is None:
        return None
    try:
        inbox = Inbox(**values)
    except TypeError:
        inbox = None
    if inbox is None or not inbox.is_sound():
        log.warning("%s holds no mailbox: set it anew", FILE)
        return None
    return inbox


def keep_inbox(settings: Settings, inbox: Inbox) -> None:
    """Keep what the form has set."""
    write_kept(settings.instance / FILE, asdict(inbox))
