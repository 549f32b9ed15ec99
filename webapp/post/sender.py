"""The address letters come from: one mailbox of the agency, whoever signs."""

import unicodedata
from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import current_app

from webapp.post.relay import mail_words
from webapp.post.rules import split_sender
from webapp.staff.models import Office, setting

# Control, direction and half characters: they can only mislead whoever reads the name.
_INVISIBLE = ("Cc", "Cf", "Cs")


def mail_from(office: Office) -> str:
    """The agency's mailbox: what the relay was set up with, else the office's own address.

    One verified mailbox keeps letters out of spam folders; replies go to the person by Reply-To.
    """
    return address_of(_mail(), office)


def address_of(mail: Mapping[str, str], office: Office) -> str:
    """The mailbox of a relay in the words of the environment."""
    login = mail.get("MAIL_USERNAME", "")
    configured = split_sender(mail.get("MAIL_DEFAULT_SENDER", ""))[1] or (login if "@" in login else "")
    host = urlsplit(current_app.extensions["snova.settings"].public_url).hostname or "localhost"
    return str(configured or office.email or f"noreply@{host}")


def mail_sender(name: str, office: Office) -> str:
    """`Name <address>` for the outbox; without a name that of the relay's sender, or the agency's.

    Quotes and angle brackets in a name would end it early.
    """
    plain = next(filter(None, map(plain_name, (name, split_sender(_mail().get("MAIL_DEFAULT_SENDER", ""))[0],
                                               str(setting("agency_name") or ""), office.name))), "")
    return f"{plain} <{mail_from(office)}>" if plain else mail_from(office)


def has_relay() -> bool:
    """Going live without a mail server would only turn every row red."""
    return bool(_mail().get("MAIL_SERVER"))


def plain_name(name: str) -> str:
    """A name that may stand in front of an address: without quotes, angle brackets, line ends and invisible signs."""
    return "".join(c for c in name if c not in '"<>' and unicodedata.category(c) not in _INVISIBLE).strip()


def _mail() -> Mapping[str, str]:
    return mail_words(current_app.extensions["snova.settings"])
