"""Pure: the signed word in an address of ours, which tells which letter an answer or a report belongs to.

`post@agency.ru` becomes `post+r2n9c-k3v…@agency.ru`: the number of the message, then the beginning of an HMAC over
number and Message-ID. Who has not seen the letter cannot make one up, and a number that another message got after a
restore does not fit any more.
"""

import hashlib
import hmac
import re
from base64 import b32encode

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SIGNS = 16
"""Sixteen letters of base32 are 80 bits."""
_MOST_LOCAL = 64
_MOST_ROWS = 2**31 - 1
"""A number no row can have belongs to nobody's letter; a database would stumble over it."""
_TAGGED = re.compile(r"(?<![^\s<\"',:;])([^\s<>\"',:;@]{1,40})\+r([0-9a-z]{1,7})-([a-z2-7]{16})@([a-z0-9.-]{1,253})",
                     re.IGNORECASE)


def tagged(address: str, row_id: int, message_id: str, secret: str) -> str:
    """`address` with the word of this message; as it is where there is no room for it or it has one already."""
    local, _at, domain = address.rpartition("@")
    word = f"+r{_number(row_id)}-{_signature(row_id, message_id, secret)}"
    if not local or "+" in local or len(local) + len(word) > _MOST_LOCAL:
        return address
    return f"{local}{word}@{domain}"


def named_in(text: str, address: str) -> list[tuple[int, str]]:
    """(row, signature) of every word in `text` that belongs to `address`; nothing is proven yet."""
    local, _at, domain = address.lower().rpartition("@")
    return [(int(found[2], 36), found[3].lower()) for found in _TAGGED.finditer(text[:20_000])
            if (found[1].lower(), found[4].lower().rstrip(".")) == (local, domain) and int(found[2], 36) <= _MOST_ROWS]


def is_signed(row_id: int, message_id: str, signature: str, secret: str) -> bool:
    """True when the signature is ours; takes the same time wherever it differs."""
    return hmac.compare_digest(_signature(row_id, message_id, secret).encode(), signature.encode())


def _signature(row_id: int, message_id: str, secret: str) -> str:
    words = f"return {row_id} {message_id}".encode()
    return b32encode(hmac.new(secret.encode(), words, hashlib.sha256).digest())[:_SIGNS].decode().lower()


def _number(row_id: int) -> str:
    found = ""
    while row_id or not found:
        row_id, digit = divmod(row_id, 36)
        found = _DIGITS[digit] + found
    return found
