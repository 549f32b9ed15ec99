"""The second factor: switched on with a code, used once per code, switched off, replaced by recovery codes."""

from datetime import datetime

from sqlalchemy import delete, select

from webapp.db import db, transaction
from webapp.staff import passwords, second_factor
from webapp.staff.actions.rows import locked
from webapp.staff.actions.sessions import end_sessions, home_office
from webapp.staff.audit import actor_of, record
from webapp.staff.models import RecoveryCode, User
from webapp.staff.rules import ADMIN, Actor, BadInput, NotAllowed, may_have_second_factor

CODES = 10


def start_second_factor(user: User, secret: str, code: str, *, now: datetime) -> list[str]:
    """Ask for a code from now on; gives ten recovery codes, of which only hashes stay.

    `code` proves that the phone has the secret. Raises BadInput("wrong-code"), NotAllowed("second-factor").
    """
    if not may_have_second_factor(user.hats):
        raise NotAllowed("second-factor")
    with transaction() as session:
        step = second_factor.accepted_step(secret, code, 0, now)
        if step is None:
            raise BadInput("wrong-code", "code")
        locked(user).totp_secret, user.totp_last = secret, step
        codes = [passwords.new_code() for _ in range(CODES)]
        _forget_codes(user)
        session.add_all(RecoveryCode(user_id=user.id, code_hash=passwords.code_fingerprint(code)) for code in codes)
        record(actor_of(user), "second_factor_on", "user", user.id, now=now, office_id=home_office(user))
    return codes


def stop_second_factor(user: User, *, password: str, now: datetime) -> None:
    """No code is asked for any more. Raises BadInput("wrong-password")."""
    if not passwords.matches(user.password_hash, password):
        raise BadInput("wrong-password", "password", "")
    _switch_off(user, actor_of(user), now)


def clear_second_factor(user: User, *, actor: Actor, now: datetime) -> None:
    """An admin helps somebody who lost phone and codes: off, and their sessions end."""
    actor.needs(ADMIN)
    if user.id == actor.user_id:
        raise NotAllowed("own-password")
    with transaction():
        _switch_off(user, actor, now)
        end_sessions(user)


def use_second_factor(user: User, code: str, *, now: datetime) -> bool:
    """True for a right code that was not used before; it cannot be used again."""
    with transaction():
        step = second_factor.accepted_step(locked(user).totp_secret, code, user.totp_last, now)
        if step is not None:
            user.totp_last = step
    return step is not None


def use_recovery_code(user: User, code: str, *, now: datetime) -> bool:
    """True for one of the person's unused recovery codes; it is used up by that."""
    with transaction() as session:
        locked(user)
        row = session.scalar(select(RecoveryCode).where(
            RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None),
            RecoveryCode.code_hash == passwords.code_fingerprint(code)))
        if row is None:
            return False
        row.used_at = now
        record(actor_of(user), "recovery_code_used", "user", user.id, now=now, office_id=home_office(user))
    return True


def _switch_off(user: User, actor: Actor, now: datetime) -> None:
    with transaction():
        if not locked(user).totp_secret:
            return
        user.totp_secret, user.totp_last = "", 0
        _forget_codes(user)
        record(actor, "second_factor_off", "user", user.id, now=now, office_id=home_office(user))


def _forget_codes(user: User) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
