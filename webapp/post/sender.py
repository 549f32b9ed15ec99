"""The address letters come from: one mailbox of the agency, whoever signs."""

from urllib.parse import urlsplit

from flask import current_app

from webapp.staff.models import Office, setting


def mail_from(office: Office) -> str:
    """The agency's mailbox: its setting, else what the relay was configured with, else the office's own address.

    One verified mailbox keeps letters out of spam folders; replies go to the person by Reply-To.
    """
    config = current_app.config
    login = str(config.get("MAIL_USERNAME") or "")
    relay = current_app.extensions["mail"].default_sender or (login if "@" in login else "")
    configured = setting("mail_from") or relay
    host = urlsplit(current_app.extensions["snova.settings"].public_url).hostname or "localhost"
    return str(configured or office.email or f"noreply@{host}")


def mail_sender(name: str, office: Office) -> str:
    """`Name <address>` for the outbox; quotes and angle brackets in a name would end it early."""
    plain = plain_name(name)
    return f"{plain} <{mail_from(office)}>" if plain else mail_from(office)


def plain_name(name: str) -> str:
    """A name that may stand in front of an address: without quotes, angle brackets and line ends."""
    return "".join(c for c in name if c not in '"<>\r\n').strip()
