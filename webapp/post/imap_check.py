"""Trying a mailbox out while somebody waits: connect, sign in, open the folder, and take nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread

from webapp.post.channels.smtp import SmtpProvider
from webapp.post.channels.smtp_check import PATIENCE, Fault, try_out
from webapp.post.imap_session import NoInbox, opened
from webapp.post.inbox_rules import Inbox
from webapp.post.tag_rules import tagged

_STEP = 8.0


@dataclass(frozen=True)
class Seen:
    """What was found: how many letters the folder holds, and the mark of its numbering (UIDVALIDITY)."""

    letters: int
    uidvalidity: int


def try_inbox(inbox: Inbox, relay: SmtpProvider | None, secret: str) -> Seen | Fault:
    """Open the mailbox; where it takes `name+word@`, ask the relay, too, whether it lets us write from there.

    Answers within PATIENCE seconds for each of the two: looking up a name knows no time-out.
    """
    found = _in_time(lambda: _look(inbox))
    if isinstance(found, Fault) or not inbox.plus or relay is None or not relay.host:
        return found
    if not inbox.mailbox:
        return Fault("no-address")
    # Number 0 belongs to no message; whatever comes back to it changes nothing.
    refused = try_out(relay, tagged(inbox.mailbox, 0, "<trial>", secret))
    if refused is None:
        return found
    return Fault("plus-refused" if refused.code == "sender-refused" else refused.code, refused.text)


def _look(inbox: Inbox) -> Seen | Fault:
    try:
        with opened(inbox, timeout=_STEP) as mailbox:
            if inbox.done_folder:
                mailbox.make_folder(inbox.done_folder)
            folder = mailbox.open(inbox.folder, to_write=bool(inbox.done_folder))
            return Seen(folder.letters, folder.uidvalidity)
    except NoInbox as error:
        return Fault(error.code, str(error))


def _in_time(work: Callable[[], Seen | Fault]) -> Seen | Fault:
    found: list[Seen | Fault] = []
    thread = Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return found[0] if found else Fault("no-answer")
