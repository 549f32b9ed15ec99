"""Trial mode: every message becomes files under `outbox/` of the instance, and nothing leaves (`domain.md` §2.7)."""

from webapp.config import Settings
from webapp.post.channels import Outgoing, Provider
from webapp.post.channels.composing import composed
from webapp.post.channels.files import FileProvider


def provider(settings: Settings) -> Provider:
    """E-mails as .eml with a readable .txt beside it, SMS as .sms."""
    return FileProvider("trial", settings.instance / "outbox", _files, proofs=("eml", "sms"))


def _files(message: Outgoing) -> dict[str, bytes]:
    if message.channel != "email":
        return {"sms": readable(message)}
    return {"txt": readable(message), "eml": composed(message)[2]}


def readable(message: Outgoing) -> bytes:
    """The message as a person reads it in a text editor."""
    head = [f"{message.sender} → {message.address}", message.subject, ""]
    return "\n".join([line for line in head if line or not message.subject] + [message.text, ""]).encode()
