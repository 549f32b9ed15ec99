"""From a message of the outbox to its envelope and bytes; a retry gives the very same bytes."""

from webapp.post import mime
from webapp.post.channels import Outgoing, Refused
from webapp.post.refusal_rules import Refusal
from webapp.post.rules import split_sender


def composed(message: Outgoing) -> tuple[str, str, bytes]:
    """(envelope sender, envelope recipient, bytes of the mail) of an e-mail.

    Raises Refused for good when an address or a header cannot be put into a mail.
    """
    name, sender = split_sender(message.sender)
    mail = mime.Mail(
        sender=sender, sender_name=name, to=message.address, to_name=message.to_name, subject=message.subject,
        text=message.text, html=message.html, message_id=message.message_id,
        date=max(message.created_at, message.not_before), reply_to=split_sender(message.reply_to)[1],
        unsubscribe_url=message.unsubscribe_url,
    )
    try:
        return mime.mailbox("From", sender), mime.mailbox("To", message.address), mime.build(mail)
    except mime.HeaderRefused as error:
        code = "bad-address" if error.field == "To" else "cannot-be-built"
        raise Refused(Refusal(code, str(error), permanent=True)) from error


def dotted(body: bytes) -> bytes:
    """The body as DATA carries it: leading dots doubled, ended by CRLF, without the final dot."""
    if body.startswith(b"."):
        body = b"." + body
    if b"\r\n." in body:
        body = body.replace(b"\r\n.", b"\r\n..")
    return body if body.endswith(b"\r\n") else body + b"\r\n"
