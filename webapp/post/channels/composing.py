"""From a message of the outbox to its envelope and bytes; a retry gives the very same bytes."""

from webapp.post import mime
from webapp.post.channels import Outgoing, Refused
from webapp.post.enclosures import FileGone, parts_of
from webapp.post.refusal_rules import Refusal
from webapp.post.rules import split_sender

_SHARED = 64 * 1024


def composed(message: Outgoing) -> tuple[str, str, bytes]:
    """(envelope sender, envelope recipient, bytes of the mail) of an e-mail.

    Raises Refused for good when an address or a header cannot be put into a mail, or a file is gone.
    """
    sender, recipient, pieces = _composed(message)
    return sender, recipient, b"".join(pieces)


def dotted_pieces(message: Outgoing) -> tuple[str, str, list[bytes]]:
    """The same as DATA carries it, without the final dot; big files are shared by all mails that carry them."""
    sender, recipient, pieces = _composed(message)
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


def _composed(message: Outgoing) -> tuple[str, str, list[bytes]]:
    name, sender = split_sender(message.sender)
    try:
        inside, beside = parts_of(message.files)
        mail = mime.Mail(
            sender=sender, sender_name=name, to=message.address, to_name=message.to_name, subject=message.subject,
            text=message.text, html=message.html, message_id=message.message_id,
            date=max(message.created_at, message.not_before), reply_to=split_sender(message.reply_to)[1],
            unsubscribe_url=message.unsubscribe_url, inside=inside, beside=beside)
        return mime.mailbox("From", sender), mime.mailbox("To", message.address), mime.pieces(mail)
    except mime.HeaderRefused as error:
        code = "bad-address" if error.field == "To" else "cannot-be-built"
        raise Refused(Refusal(code, str(error), permanent=True)) from error
    except FileGone as error:
        raise Refused(Refusal("cannot-be-built", f"file: {error}"[:300], permanent=True)) from error
