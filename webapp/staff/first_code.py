"""The code that proves who started the program: without it nobody on the internet can claim a fresh server.

It is made from the secret of the instance, so it is kept nowhere, is the same in all processes, and is printed by
`setup` where only whoever runs the program reads it. It ends when there is anybody.
"""

import base64
import hashlib
import hmac

from webapp.config import Settings

_LENGTH = 16


def first_code(settings: Settings) -> str:
    """`ABCD-EFGH-IJKL-MNOP`: eighty bits in letters and digits that are not mistaken for each other."""
    word = hmac.new(settings.secret_key.encode(), b"first person of the agency", hashlib.sha256).digest()
    letters = base64.b32encode(word).decode("ascii")[:_LENGTH]
    return "-".join(letters[start:start + 4] for start in range(0, _LENGTH, 4))


def is_first_code(settings: Settings, typed: str) -> bool:
    """True for the code however it was typed: small letters, spaces, no hyphens, and with the digits 0 and 1."""
    plain = "".join(char for char in typed.upper() if char.isalnum()).translate(str.maketrans("01", "OI"))
    return hmac.compare_digest(plain.encode(), first_code(settings).replace("-", "").encode())


def first_address(settings: Settings) -> str:
    """The address at which the first person sets up the agency."""
    return f"{settings.public_url}/welcome?code={first_code(settings)}"
