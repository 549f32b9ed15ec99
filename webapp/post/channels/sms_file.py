"""SMS provider for trying things out: one file per SMS under `outbox/sms` of the instance."""

from webapp.config import Settings
from webapp.post.channels import Outgoing, Provider
from webapp.post.channels.files import FileProvider


def provider(settings: Settings) -> Provider:
    """Writes `<number>-<key>.sms`: the phone number, an empty line, the text. `SMS_RATE` limits it per minute."""
    return FileProvider("sms_file", settings.instance / "outbox" / "sms", _files, proofs=("sms",),
                        per_minute=int(settings.sms.get("SMS_RATE") or 0))


def _files(message: Outgoing) -> dict[str, bytes]:
    return {"sms": f"{message.address}\n\n{message.text}\n".encode()}
