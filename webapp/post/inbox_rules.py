"""Pure facts of mailboxes that are read: well-known providers, the settings of one, and IMAP_URL."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from webapp.post.relay_rules import NONE, OTHER, TLS

PORTS = {TLS: 993, NONE: 143}
PLACES = {"yandex": "imap.yandex.ru", "mailru": "imap.mail.ru", "gmail": "imap.gmail.com"}
INBOX = "INBOX"
_NO_NAME = re.compile(r"[\x00-\x1f\x7f]")
_YES = {"1", "true", "yes", "on"}


@dataclass(frozen=True)
class Inbox:
    """A mailbox into which answers and reports come. `plus` says that `name+word@` reaches it, `done_folder` where
    letters go that were understood ("" leaves them), `keeps_strangers` whether letters of people we do not know are
    shown to staff. `office_id` sorts them (0: the first office)."""

    preset: str
    server: str
    port: int
    encryption: str
    login: str
    password: str = field(default="", repr=False)
    address: str = ""
    folder: str = INBOX
    done_folder: str = ""
    plus: bool = False
    keeps_strangers: bool = True
    office_id: int = 0
    is_on: bool = True

    @property
    def mailbox(self) -> str:
        """The address people write to; "" when neither is one."""
        return self.address or (self.login if "@" in self.login else "")

    @property
    def key(self) -> str:
        """What was read is remembered under this name: the password and the options may change."""
        return f"{self.login}@{self.server}:{self.port}/{self.folder}".lower()[:300]

    def is_sound(self) -> bool:
        """False when somebody has edited the file by hand and it cannot be a mailbox."""
        texts = (self.preset, self.server, self.encryption, self.login, self.password, self.address, self.folder,
                 self.done_folder)
        flags = (self.plus, self.keeps_strangers, self.is_on)
        return (all(isinstance(text, str) for text in texts) and all(isinstance(flag, bool) for flag in flags)
                and type(self.port) is int and 0 < self.port < 65536 and type(self.office_id) is int
                and self.encryption in PORTS and bool(self.server and self.folder)
                and not any(_NO_NAME.search(text) for text in texts))

    def facts(self) -> dict[str, str]:
        """What the log may tell of it: never the password."""
        return {"inbox_server": f"{self.server}:{self.port}", "inbox_login": self.login,
                "inbox_address": self.address, "inbox_folder": self.folder, "inbox_done": self.done_folder,
                "inbox_plus": "1" if self.plus else "", "inbox_strangers": "1" if self.keeps_strangers else "",
                "inbox_on": "1" if self.is_on else ""}

    def is_same_account(self, other: "Inbox | None") -> bool:
        """True when a password given for `other` goes to nobody else, and no more openly, with these settings."""
        return other is not None and all(
            getattr(self, name) == getattr(other, name) for name in ("server", "port", "encryption", "login"))


def read_url(url: str) -> Inbox | None:
    """The mailbox that IMAP_URL names: `imaps://login:password@server:993/INBOX?plus=1&done=Snova&address=…`.

    Login, password and folder are percent-encoded; `strangers=0` leaves letters of unknown people alone. None when it
    cannot be read.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        return None
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    encryption = TLS if parts.scheme == "imaps" else NONE
    inbox = Inbox(OTHER, parts.hostname, port or PORTS[encryption], encryption, unquote(parts.username),
                  unquote(parts.password or ""), options.get("address", ""),
                  unquote(parts.path.lstrip("/")) or INBOX, options.get("done", ""),
                  options.get("plus", "").lower() in _YES, options.get("strangers", "1").lower() in _YES)
    return inbox if inbox.is_sound() else None
