"""The code from the phone (TOTP): secrets, the picture to scan, checking a code without replay."""

from datetime import datetime
from io import BytesIO

import pyotp
import segno

_STEP = 30
# A phone's clock may be half a minute off.
_DRIFT = (-1, 0, 1)


def new_secret() -> str:
    """A fresh shared secret, base32."""
    return pyotp.random_base32()


def accepted_step(secret: str, code: str, last: int, now: datetime) -> int | None:
    """The number of the 30-second step whose code was typed; None when wrong or not newer than `last` (replay)."""
    typed = "".join(sign for sign in code if sign.isdigit())
    if not secret or len(typed) != 6:
        return None
    clock = pyotp.TOTP(secret)
    here = int(now.timestamp()) // _STEP
    for step in (here + drift for drift in _DRIFT):
        if step > last and pyotp.utils.strings_equal(clock.generate_otp(step), typed):
            return step
    return None


def link(secret: str, email: str, agency: str) -> str:
    """What the picture says: an otpauth link with the account's name."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=agency)


def picture(text: str) -> bytes:
    """The QR code of `text` as an SVG file, dark on white in both themes so that every phone reads it."""
    out = BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=5, border=4, light="white", xmldecl=False)
    return out.getvalue()
