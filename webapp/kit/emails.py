"""E-mail addresses out of free text: validation without the network, normal form, likely typing mistakes."""

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from webapp.kit.text import clean

# Addresses that email-validator is known to accept unchanged; the rest goes through the library itself.
_PLAIN = re.compile(
    r"[a-z0-9](?:[a-z0-9_+-]|\.(?=[a-z0-9_+-])){0,62}(?<!\.)@(?:[a-z0-9]{1,61}\.){1,3}[a-z]{2,10}")
_SPECIAL = {"local", "localhost", "invalid", "onion", "test", "arpa", "alt"}
_PARTS = re.compile(r"[\s,;|<>()«»\"]+|(?<=[a-zа-я])/(?=[^/]*@)")
_LATIN = re.compile(r"[a-z]")
_CYRILLIC = re.compile(r"[а-яё]")
_LOOKALIKES = str.maketrans("асеорхукмтвнё", "aceopxykmtbhe")
_TYPOS = {
    "gmial.com": "gmail.com", "gmai.com": "gmail.com", "gmal.com": "gmail.com", "gmail.ru": "gmail.com",
    "gmail.con": "gmail.com", "gmail.co": "gmail.com", "gmail.om": "gmail.com", "gmil.com": "gmail.com",
    "gmali.com": "gmail.com", "gnail.com": "gmail.com", "gamil.com": "gmail.com",
    "gmaill.com": "gmail.com", "gmail.cm": "gmail.com", "gmail.comm": "gmail.com",
    "googlemail.ru": "gmail.com", "jmail.com": "gmail.com", "mail.ry": "mail.ru", "mail.ri": "mail.ru",
    "mail.u": "mail.ru", "mail.r": "mail.ru", "mail.rru": "mail.ru", "mail.tu": "mail.ru",
    "mail.eu": "mail.ru", "maii.ru": "mail.ru", "mal.ru": "mail.ru", "mil.ru": "mail.ru",
    "meil.ru": "mail.ru", "maul.ru": "mail.ru", "mai.ru": "mail.ru", "mail.ruu": "mail.ru",
    "mali.ru": "mail.ru", "ail.ru": "mail.ru", "maill.ru": "mail.ru", "mail.ru.ru": "mail.ru",
    "mail.ru.com": "mail.ru", "yandex.ry": "yandex.ru", "yandx.ru": "yandex.ru", "yadex.ru": "yandex.ru",
    "yndex.ru": "yandex.ru", "jandex.ru": "yandex.ru", "yandex.u": "yandex.ru", "yande.ru": "yandex.ru",
    "yandex.tu": "yandex.ru", "ynadex.ru": "yandex.ru", "yandeks.ru": "yandex.ru",
    "yandex.rru": "yandex.ru", "yandex.com.ru": "yandex.ru", "ya.ry": "ya.ru", "bk.ry": "bk.ru",
    "list.ry": "list.ru", "inbox.ry": "inbox.ru", "inbx.ru": "inbox.ru", "rambler.ry": "rambler.ru",
    "ramler.ru": "rambler.ru", "rambler.u": "rambler.ru", "ramble.ru": "rambler.ru",
    "iclod.com": "icloud.com", "icloud.ru": "icloud.com", "icloud.con": "icloud.com",
    "iclaud.com": "icloud.com", "hotmial.com": "hotmail.com", "hotmai.com": "hotmail.com",
    "outlok.com": "outlook.com", "outloo.com": "outlook.com", "yaho.com": "yahoo.com",
    "yahoo.con": "yahoo.com",
}


@dataclass(frozen=True)
class Email:
    """One address: `address` in normal form (lower case), `raw` as it was typed."""

    address: str
    raw: str


@dataclass(frozen=True)
class Found:
    """What a cell holds: usable addresses, each once, and the pieces that look like addresses but are
    none."""

    emails: tuple[Email, ...]
    bad: tuple[str, ...]


def normalise(text: str) -> str | None:
    """The valid address a text consists of, in lower case and without stray spaces or dots; None when it
    is none."""
    address = clean(text).lower().removeprefix("mailto:").strip(" .,;:'<>\"")
    if _PLAIN.fullmatch(address) and address.rpartition(".")[2] not in _SPECIAL:
        return address
    if _mixes_alphabets(address):
        return None
    try:
        return validate_email(address, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None


def find(text: str) -> Found:
    """All addresses in a cell; when it holds none, the whole text is what is bad."""
    text = clean(text)
    if not text.strip("-–— "):
        return Found((), ())
    if address := normalise(text):
        return Found((Email(address, text),), ())
    pieces = [p for p in _PARTS.split(re.sub(r"\s*@\s*", "@", text)) if "@" in p]
    found: dict[str, str] = {}
    for piece in pieces:
        if address := normalise(piece):
            found.setdefault(address, piece)
    bad = tuple(piece for piece in pieces if not normalise(piece)) if found else (text,)
    return Found(tuple(Email(address, raw) for address, raw in found.items()), bad)


def suggestion(text: str) -> str | None:
    """The address probably meant: a known typing mistake in the domain, Cyrillic letters among Latin
    ones; or None."""
    address = clean(text).lower().strip(" .,;:'<>\"")
    fixed = address.translate(_LOOKALIKES) if _mixes_alphabets(address) else address
    name, at, domain = fixed.rpartition("@")
    fixed = name + at + _TYPOS.get(domain, domain)
    return fixed if fixed != address and normalise(fixed) == fixed else None


def _mixes_alphabets(address: str) -> bool:
    return any(_LATIN.search(label) and _CYRILLIC.search(label) for label in re.split(r"[.@]", address))
