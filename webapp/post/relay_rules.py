"""Pure facts of mail relays: well-known providers, the settings of one relay, and what may go without encryption."""

import ipaddress
from dataclasses import dataclass, field

TLS, STARTTLS, NONE = "tls", "starttls", "none"
ENCRYPTIONS = (TLS, STARTTLS, NONE)
PORTS = {TLS: 465, STARTTLS: 587, NONE: 25}
OTHER = "other"


@dataclass(frozen=True)
class Way:
    """Where a provider takes mail."""

    server: str
    port: int
    encryption: str


PRESETS = {
    "yandex": Way("smtp.yandex.ru", 465, TLS),
    "mailru": Way("smtp.mail.ru", 465, TLS),
    "gmail": Way("smtp.gmail.com", 587, STARTTLS),
}


@dataclass(frozen=True)
class Relay:
    """One mail relay as people set it in the form. `sender` may be empty: the login is the address then."""

    preset: str
    server: str
    port: int
    encryption: str
    login: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    sender_name: str = ""

    def words(self) -> dict[str, str]:
        """The same in the words of the environment."""
        return {
            "MAIL_SERVER": self.server, "MAIL_PORT": str(self.port), "MAIL_USERNAME": self.login,
            "MAIL_PASSWORD": self.password, "MAIL_USE_SSL": "1" if self.encryption == TLS else "",
            "MAIL_USE_TLS": "1" if self.encryption == STARTTLS else "",
            "MAIL_DEFAULT_SENDER": f"{self.sender_name} <{self.sender}>" if self.sender_name else self.sender,
        }

    def is_sound(self) -> bool:
        """False when somebody has edited the file by hand and it cannot be a relay."""
        texts = (self.preset, self.server, self.encryption, self.login, self.password, self.sender, self.sender_name)
        return (all(isinstance(text, str) for text in texts) and type(self.port) is int and 0 < self.port < 65536
                and self.encryption in ENCRYPTIONS)

    def facts(self) -> dict[str, str]:
        """What the log may tell of it: never the password."""
        return {"mail_server": f"{self.server}:{self.port}", "mail_encryption": self.encryption.upper(),
                "mail_login": self.login, "mail_sender": self.sender, "mail_sender_name": self.sender_name}

    def is_same_account(self, other: "Relay | None") -> bool:
        """True when a password given for `other` goes to nobody else, and no more openly, with these settings."""
        return other is not None and all(
            getattr(self, name) == getattr(other, name) for name in ("server", "port", "encryption", "login"))


def is_local(server: str) -> bool:
    """True for this machine and the own network, where mail may go without encryption."""
    if server.strip().lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(server.strip().strip("[]")).is_private
    except ValueError:
        return False
