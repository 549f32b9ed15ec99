"""Trying a relay out while somebody waits: connect, sign in, name sender and reader, and take it all back."""

import logging
import re
import smtplib
from dataclasses import dataclass, replace
from threading import Thread

from webapp.post.channels import Unreachable
from webapp.post.channels.smtp import SmtpLine, SmtpProvider
from webapp.post.mime import HeaderRefused, mailbox

log = logging.getLogger("snova.post")
PATIENCE = 15.0
_STEP = 8.0
# Many relays answer about the sender only when they hear the reader.
_ABOUT_SENDER = re.compile(r"sender|not owned|from address|relay|authenticat|\b[45]\.7\.", re.IGNORECASE)


@dataclass(frozen=True)
class Fault:
    """What went wrong: `code` is one of `wording.py`, `text` what the server answered, if it did."""

    code: str
    text: str = ""


def try_out(provider: SmtpProvider, sender: str, reader: str = "") -> Fault | None:
    """None when the relay takes mail from `sender` (to `reader`, where one is named); nothing is sent.

    Answers within PATIENCE seconds: looking up a name knows no time-out, so it happens in a thread of its own.
    """
    found: list[Fault | None] = []
    swift = replace(provider, timeout=min(_STEP, PATIENCE), answer_timeout=_STEP)
    thread = Thread(target=lambda: found.append(_dialogue(swift, sender, reader)), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return found[0] if found else Fault("no-answer")


def _dialogue(provider: SmtpProvider, sender: str, reader: str) -> Fault | None:
    try:
        sender, reader = mailbox("From", sender), mailbox("To", reader) if reader else ""
        line = provider.open()
    except Unreachable as error:
        return Fault(error.code, str(error) if str(error)[:3].isdigit() else "")
    except HeaderRefused as error:
        return Fault("sender-refused" if error.field == "From" else "reader-refused")
    try:
        return _envelope(line.smtp, sender, reader)
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        log.info("trying out %s: %s", provider.host, error)
        return Fault("no-connection")
    finally:
        _leave(line)


def _envelope(smtp: smtplib.SMTP, sender: str, reader: str) -> Fault | None:
    number, said = smtp.docmd(f"MAIL FROM:<{sender}>")
    if number >= 400:
        return Fault("sender-refused", _text(number, said))
    number, said = smtp.docmd(f"RCPT TO:<{reader}>") if reader else (250, b"")
    if number >= 400:
        text = _text(number, said)
        return Fault("sender-refused" if _ABOUT_SENDER.search(text) else "reader-refused", text)
    smtp.rset()
    return None


def _leave(line: SmtpLine) -> None:
    line.leftovers = False
    line.close()


def _text(number: int, said: bytes) -> str:
    return f"{number} {said.decode('utf-8', 'replace')}"[:300]
