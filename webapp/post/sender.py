"""Where letters come from and where answers go: one mailbox of the agency sends, a person gets the replies."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app

from webapp.letters.identities import refuse_lost_sale
from webapp.letters.signatures import Signature
from webapp.post.inbox import inbox_now
from webapp.post.relay import mail_words
from webapp.post.rules import split_sender
from webapp.staff.models import Office, User, setting

# Control, direction and half characters, ends of lines and paragraphs: they can only mislead whoever reads the name.
_INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")


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


@dataclass(frozen=True)
class Envelope:
    """From and Reply-To of a letter, each `Name <address>`; `reply_to` is "" where there is no address to answer to."""

    sender: str
    reply_to: str


def envelope(signature: Signature, office: Office, owner: User | None, *, letter_code: str = "",
             lost_by: Iterable[User | None] = ()) -> Envelope:
    """Who a letter says it is from, by its signature (`domain.md` §2.1).

    `owner` is the manager of the trip, `lost_by` whoever else may have lost the sale. Raises LostSaleManager for a
    refusal letter that one of them would sign, send or get the answers to.
    """
    made = Envelope(mail_sender(signature.name, office), reply_to(signature, office, owner))
    addresses = (split_sender(made.sender)[1], split_sender(made.reply_to)[1])
    refuse_lost_sale(letter_code, signature, addresses, (owner, *lost_by), office)
    return made


def reply_to(signature: Signature, office: Office, owner: User | None) -> str:
    """Where answers go: the identity's own mailbox, else the one that is read, else the manager while he works here,
    else the office. The address somebody signs in with would keep answers from everybody else."""
    manager = owner.email if owner is not None and owner.works_here and not signature.keeps_off_owner else ""
    has_own = signature.reply_to not in ("", office.email, owner.email if owner is not None else "")
    address = (signature.reply_to if has_own else read_mailbox()) or signature.reply_to or manager or office.email
    return f"{plain_name(signature.name)} <{address}>".strip() if address else ""


def has_relay() -> bool:
    """Going live without a mail server would only turn every row red."""
    return bool(_mail().get("MAIL_SERVER"))


def read_mailbox() -> str:
    """The mailbox whose answers are read by the program; "" when none is set up."""
    inbox = inbox_now(current_app.extensions["snova.settings"])
    return inbox.mailbox if inbox else ""


def plain_name(name: str) -> str:
    """A name that may stand in front of an address: without quotes, angle brackets, line ends and invisible signs."""
    return "".join(c for c in name if c not in '"<>' and unicodedata.category(c) not in _INVISIBLE).strip()


def _mail() -> Mapping[str, str]:
    return mail_words(current_app.extensions["snova.settings"])
