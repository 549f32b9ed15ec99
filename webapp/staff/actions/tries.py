"""Tries to sign in: counted per account and per address before the password is looked at."""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from webapp.db import db, transaction
from webapp.kit import emails
from webapp.staff.models import LoginThrottle
from webapp.staff.passwords import fingerprint
from webapp.staff.sign_in_rules import (
    ACCOUNT_FREE_TRIES,
    ADDRESS_FREE_TRIES,
    FORGET_AFTER,
    fails_before,
    wait_after,
)


def begin_try(account: str, address: str, *, now: datetime) -> timedelta:
    """Count one try for `account` (an e-mail as typed, or a name of our own) from `address`.

    Zero means: go on, and call `forgive_tries` when it was right. Otherwise the time to wait; such a try is not
    counted, so nobody is kept out for ever. Counting comes first: ten tries at once are ten tries.
    """
    with transaction():
        rows = [(_row(_account_key(account), now), ACCOUNT_FREE_TRIES),
                (_row(_address_key(address), now), ADDRESS_FREE_TRIES)]
        waits = [row.wait_until - now for row, _free in rows if row.wait_until and row.wait_until > now]
        if waits:
            return max(waits)
        for row, free in rows:
            row.fails = fails_before(row.fails, row.last_at, now) + 1
            row.last_at = now
            wait = wait_after(row.fails, free)
            row.wait_until = now + wait if wait else None
    return timedelta(0)


def forgive_tries(account: str, address: str, *, now: datetime) -> None:
    """The try was right: forget the account's fails, and take back the one counted for the address.

    The address keeps its other fails: somebody with one good account must not be free to guess others.
    """
    with transaction() as session:
        session.execute(delete(LoginThrottle).where(LoginThrottle.last_at <= now - FORGET_AFTER))
        session.execute(delete(LoginThrottle).where(LoginThrottle.key == _account_key(account)))
        row = _row(_address_key(address), now)
        row.fails = max(row.fails - 1, 0)
        if not wait_after(row.fails, ADDRESS_FREE_TRIES):
            row.wait_until = None


def _account_key(account: str) -> str:
    # Hashed: people type passwords into the wrong field.
    return "account:" + fingerprint(emails.normalise(account) or account.casefold().strip())


def _address_key(address: str) -> str:
    try:
        ip = ip_address(address)
    except ValueError:
        return "address:unknown"
    # One household has a whole /64 of IPv6.
    return f"address:{ip.exploded[:19]}" if isinstance(ip, IPv6Address) else f"address:{ip}"


def _row(key: str, now: datetime) -> LoginThrottle:
    row = db.session.get(LoginThrottle, key, with_for_update=True)
    if row is not None:
        return row
    try:
        with db.session.begin_nested():
            db.session.add(LoginThrottle(key=key, fails=0, last_at=now))
    except IntegrityError:
        pass
    return db.session.get_one(LoginThrottle, key, with_for_update=True)
