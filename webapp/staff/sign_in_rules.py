"""Signing in, pure: growing waits after failed tries, limits of sessions, which passwords are too weak."""

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

IDLE_LIMIT = timedelta(hours=12)
ABSOLUTE_LIMIT = timedelta(days=14)
# A session notes that it is in use at most this often: a write on every page would hold the lock for nothing.
FRESHEN_AFTER = timedelta(minutes=5)
SECOND_STEP_LIMIT = timedelta(minutes=10)
INVITATION_LIMIT = timedelta(days=7)

ACCOUNT_FREE_TRIES = 4
# A whole office shares one address.
ADDRESS_FREE_TRIES = 20
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=24)

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
_FEWEST_SIGNS = 5
_FILLING = "!.,-_?*#@$ "
_LINES = ("1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю.",
          "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "1йфя", "2цыч", "3увс", "4кам", "5епи", "6нрт",
          "7гоь")


def wait_after(fails: int, free_tries: int) -> timedelta:
    """How long the next try waits after `fails` failed ones: nothing at first, then doubling, never for ever."""
    over = fails - free_tries
    if over <= 0:
        return timedelta(0)
    return min(FIRST_WAIT * 2 ** min(over - 1, 20), LONGEST_WAIT)


def fails_before(fails: int, last_at: datetime, now: datetime) -> int:
    """Failed tries that still count at `now`; a quiet day forgives them."""
    return 0 if now - last_at >= FORGET_AFTER else fails


def session_alive(created_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Neither idle for 12 hours nor older than 14 days."""
    return now - seen_at < IDLE_LIMIT and now - created_at < ABSOLUTE_LIMIT


def password_fault(password: str, *about: str) -> str | None:
    """Why `password` is too weak: too-short, too-long, too-common, too-personal; None when it will do.

    `about` holds what others know of the person: name, e-mail.
    """
    if len(password) < SHORTEST_PASSWORD:
        return "too-short"
    if len(password) > LONGEST_PASSWORD:
        return "too-long"
    plain = password.casefold().replace("ё", "е")
    if plain in _common() or len(set(plain)) < _FEWEST_SIGNS or _is_run(plain) or _is_walk(plain):
        return "too-common"
    if any(_says(plain, fact) for fact in about):
        return "too-personal"
    return None


def _is_run(text: str) -> bool:
    """Signs that simply follow each other: 23456789012 or abcdefghijk."""
    strides = {ord(b) - ord(a) for a, b in zip(text, text[1:], strict=False)}
    return strides <= {1, -9} or strides <= {-1, 9}


def _is_walk(text: str) -> bool:
    """Nothing but keys that lie side by side, and digits: qwerty1234567, йцукен2026, 1qaz2wsx3edc."""
    walks, at = 0, 0
    while at < len(text):
        length = next((n for n in range(len(text) - at, 2, -1) if _lies_on_a_line(text[at:at + n])), 0)
        if not length and not text[at].isdecimal() and text[at] not in _FILLING:
            return False
        walks += bool(length)
        at += length or 1
    return walks > 0 and any(sign.isalpha() for sign in text)


def _lies_on_a_line(text: str) -> bool:
    return any(text in line or text[::-1] in line for line in _LINES)


def _says(password: str, fact: str) -> bool:
    fact = fact.casefold().replace("ё", "е")
    pieces = [fact, fact.replace(" ", ""), *fact.replace("@", " ").split()]
    bare = password.strip("0123456789!.,-_?*#@ ")
    return bool(fact) and (password in pieces or bare in [p for p in pieces if len(p) >= 4])


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    lines = (Path(__file__).parent / "common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))
