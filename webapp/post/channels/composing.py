"""From a message of the outbox to its envelope and bytes; a retry gives the very same bytes."""

from dataclasses import dataclass

from webapp.post import mime
from webapp.post.channels import Outgoing, Refused
from webapp.post.enclosures import FileGone, parts_of
from webapp.post.refusal_rules import Refusal
from webapp.post.rules import split_sender
from webapp.post.tag_rules import tagged

_SHARED = 64 * 1024


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where answers and reports come to: a mailbox that takes `name+word@`, and the secret that signs the word."""

    address: str
    secret: str

    def for_message(self, message: Outgoing) -> str:
        """The address with the word of this message."""
        return tagged(self.address, message.id, message.message_id, self.secret)


def composed(message: Outgoing, back: WayBack | None = None) -> tuple[str, str, bytes]:
    """(envelope sender, envelope recipient, bytes of the mail) of an e-mail.

    With `back` reports come to an address of this very message, and answers too where they go to that mailbox anyway.
    Raises Refused for good when an address or a header cannot be put into a mail, or a file is gone.
    """
    sender, recipient, pieces = _composed(message, back)
    return sender, recipient, b"".join(pieces)


def dotted_pieces(message: Outgoing, back: WayBack | None = None) -> tuple[str, str, list[bytes]]:
    """The same as DATA carries it, without the final dot; big files are shared by all mails that carry them."""
    sender, recipient, pieces = _composed(message, back)
    made: list[bytes] = []
    for piece in pieces:
        # Files are base64, which knows no dots: they stay the objects they are.
        if len(piece) > _SHARED:
            made.append(dotted(piece))
        elif made and len(made[-1]) <= _SHARED:
            made[-1] += dotted(piece)
        else:
            made.append(dotted(piece))
    return sender, recipient, made


def dotted(body: bytes) -> bytes:
    """The body as DATA carries it: leading dots doubled, ended by CRLF, without the final dot."""
    if body.startswith(b"."):
        body = b"." + body
    if b"\r\n." in body:
        body = body.replace(b"\r\n.", b"\r\n..")
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def _composed(message: Outgoing, back: WayBack | None) -> tuple[str, str, list[bytes]]:
    name, sender = split_sender(message.sender)
    reply_to, returns = split_sender(message.reply_to)[1], sender
    if back is not None:
        returns = back.for_message(message)
        reply_to = returns if reply_to.lower() == back.address.lower() else reply_to
    try:
        inside, beside = parts_of(message.files)
        mail = mime.Mail(
            sender=sender, sender_name=name, to=message.address, to_name=message.to_name, subject=message.subject,
            text=message.text, html=message.html, message_id=message.message_id,
            date=max(message.created_at, message.not_before), reply_to=reply_to,
            unsubscribe_url=message.unsubscribe_url, inside=inside, beside=beside)
        return mime.mailbox("From", returns), mime.mailbox("To", message.address), mime.pieces(mail)
    except mime.HeaderRefused as error:
        code = "bad-address" if error.field == "To" else "cannot-be-built"
        raise Refused(Refusal(code, str(error), permanent=True)) from error
    except FileGone as error:
        raise Refused(Refusal("cannot-be-built", f"file: {error}"[:300], permanent=True)) from error
