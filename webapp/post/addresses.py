"""The keyed hash of an address: a suppression outlives the person, and tells nobody whom it is about."""

import hashlib
import hmac
from functools import lru_cache

from flask import current_app


def address_hash(address: str, channel: str) -> str:
    """The hash of an e-mail address or phone number on a channel, keyed with the instance's secret."""
    return _hash(str(current_app.config["SECRET_KEY"]), address.strip().casefold(), channel)


@lru_cache(maxsize=4096)
def _hash(secret: str, address: str, channel: str) -> str:
    words = f"{channel}\0{address}".encode()
    return hmac.new(f"address {secret}".encode(), words, hashlib.sha256).hexdigest()[:40]
