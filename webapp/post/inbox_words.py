"""How reading of the mailbox speaks: faults with what to do about them, kinds of letters."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

_FAULTS: dict[str, Any] = {
    "no-such-server": _l("There is no server “%(server)s”. Check its name for typing mistakes."),
    "no-way-there": _l("“%(server)s” cannot be reached. Is there internet on this machine?"),
    "port-closed": _l("“%(server)s” does not answer at port %(port)s. IMAP with TLS usually has port 993."),
    "no-answer": _l("“%(server)s” did not answer in time. Check the port and the encryption; a firewall may be in "
                    "the way."),
    "bad-certificate": _l("The certificate of “%(server)s” is not valid, so the password was not sent. Check the name "
                          "of the server."),
    "other-encryption": _l("The server speaks another encryption at port %(port)s. IMAP with TLS usually has port "
                           "993."),
    "no-encryption": _l("Over the internet the password must not travel openly. Choose TLS."),
    "login-not-offered": _l("The server takes no login at port %(port)s. Check the port and the encryption."),
    "login": _l("The mailbox did not open: the login or the password is not right, or mail programs are not allowed in "
                "its settings. It wants an app password, not the one you open your mailbox with."),
    "not-imap": _l("What answers at port %(port)s is no IMAP server, or it broke off. Check the server and the port."),
    "no-folder": _l("The login works, but there is no folder “%(folder)s”. INBOX is where letters come in."),
    "cannot-move": _l("The login works, but this server cannot move letters. Leave the folder for understood letters "
                      "empty."),
    "no-done-folder": _l("The login works, but the folder “%(done)s” could not be made. Make it in the mailbox "
                         "yourself, or leave the field empty."),
    "plus-refused": _l("The mailbox opens, but the mail server does not let letters leave with an address like "
                       "%(tagged)s. Take the tick away: answers are then recognised by the letter they quote."),
    "no-address": _l("Write the address of the mailbox: the login is not one."),
    "sender-refused": _l("The mail server refuses this sender. Look at the page of the mail server first."),
}
_SHORT: dict[str, Any] = {
    "login": _l("the login or the password is refused"), "no-folder": _l("the folder is not there"),
    "no-such-server": _l("the server cannot be found"), "no-answer": _l("the server does not answer"),
    "port-closed": _l("the server does not answer"), "bad-certificate": _l("the certificate is not valid"),
}
KINDS: dict[str, tuple[str, Any]] = {
    "reply": ("message", _l("answer")), "bounce": ("broken", _l("came back")),
    "complaint": ("warning", _l("marked as spam")), "auto": ("clock", _l("automatic reply")),
    "bulk": ("mail", _l("circular")), "other": ("mail", _l("letter")),
}
VERDICTS: dict[str, Any] = {
    "hard": _l("there is no such mailbox"), "soft": _l("the mailbox does not take letters now"),
    "policy": _l("taken for spam or not trusted"), "letter": _l("this letter is too big"),
    "delayed": _l("on its way, only late"), "fine": _l("delivered"),
}


def inbox_fault(code: str, **words: Any) -> str:
    """What went wrong while the mailbox was tried out, and what to do; `words`: server, port, folder, done, tagged."""
    return str(_FAULTS.get(code) or _l("No connection with “%(server)s” came about. Try again in a minute.")) % words


def inbox_trouble(error: str) -> str:
    """The last fault, kept as "code: text", in a few words."""
    code = error.partition(":")[0]
    return str(_SHORT.get(code) or _("no connection"))
