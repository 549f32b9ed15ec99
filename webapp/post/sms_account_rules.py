"""Pure facts of SMS providers: who they are, what they want to know, and one account with one of them."""

from dataclasses import dataclass, field

SMSRU, SMSC, SMSAERO = "smsru", "smsc", "smsaero"
PROVIDERS = (SMSRU, SMSC, SMSAERO)
WANTS_LOGIN = (SMSAERO,)
"""Others take a key alone; SMSC takes a login if there is one."""
TAKES_LOGIN = (SMSC, SMSAERO)


@dataclass(frozen=True)
class Account:
    """An account with a provider as people set it in the form."""

    provider: str
    login: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""

    def words(self) -> dict[str, str]:
        """The same in the words of the environment."""
        return {"SMS_PROVIDER": self.provider, "SMS_LOGIN": self.login, "SMS_PASSWORD": self.password,
                "SMS_SENDER": self.sender}

    def facts(self) -> dict[str, str]:
        """What the log may tell of it: never the key."""
        return {"sms_provider": self.provider, "sms_login": self.login, "sms_sender": self.sender}

    def is_same_account(self, other: "Account | None") -> bool:
        """True when a key given for `other` goes to nobody else with these settings."""
        return other is not None and (self.provider, self.login) == (other.provider, other.login)
