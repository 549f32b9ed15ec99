"""Passwords and link tokens: argon2id hashes, an equal answer for unknown accounts, hashes of random tokens."""

import hashlib
import secrets
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_CODE_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def hash_password(text: str) -> str:
    """The argon2id hash to keep instead of the password."""
    return _hasher.hash(_same_spelling(text))


def matches(kept: str, text: str) -> bool:
    """Whether `text` is the password behind the hash `kept`.

    Without a hash (unknown account, no password yet) a dummy is verified, so that the answer takes as long.
    """
    known = verify(kept or _dummy(), text)
    return bool(kept) and known


def verify(kept: str, text: str) -> bool:
    """One real comparison; False for a hash that cannot be read."""
    try:
        return _hasher.verify(kept, _same_spelling(text))
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """True when the hash was made with weaker settings than today's and should be made anew."""
    return _hasher.check_needs_rehash(kept)


def new_token() -> str:
    """128 random bits for a link or a session, safe in a URL."""
    return secrets.token_urlsafe(16)


def new_code() -> str:
    """A recovery code as people copy it, without look-alikes: «7kqm-x3pd-9wfa-t2hs» (79 bits)."""
    signs = "".join(secrets.choice(_CODE_SIGNS) for _ in range(16))
    return "-".join(signs[i:i + 4] for i in range(0, 16, 4))


def fingerprint(token: str) -> str:
    """What is kept of a random token: enough to recognise it, useless to whoever reads the table."""
    return hashlib.sha256(token.encode()).hexdigest()


def code_fingerprint(typed: str) -> str:
    """Fingerprint of a recovery code, however it was typed: capitals, spaces, dashes do not matter."""
    return fingerprint("".join(sign for sign in typed.casefold() if sign.isalnum()))


@lru_cache(maxsize=1)
def _dummy() -> str:
    return _hasher.hash(secrets.token_hex(16))


def _same_spelling(text: str) -> str:
    # Phones and computers compose «й» and «ё» differently; both must open the door.
    return unicodedata.normalize("NFC", text).strip()
