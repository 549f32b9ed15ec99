"""Sessions of signed-in browsers: opened, kept in use, ended."""

from datetime import datetime

from sqlalchemy import delete, or_

from webapp.db import db, transaction
from webapp.staff import passwords
from webapp.staff.actions.rows import locked
from webapp.staff.audit import actor_of, record
from webapp.staff.models import User, UserSession
from webapp.staff.sign_in_rules import ABSOLUTE_LIMIT, IDLE_LIMIT


def open_session(user: User, *, agent: str, now: datetime) -> str:
    """Sign `user` in on one browser; gives the token the browser keeps (here only its hash stays)."""
    token = passwords.new_token()
    with transaction() as session:
        _sweep(now)
        user.last_seen_at = now
        session.add(UserSession(token_hash=passwords.fingerprint(token), user_id=user.id, agent=agent[:200],
                                version=user.session_version, created_at=now, seen_at=now))
        record(actor_of(user), "signed_in", "user", user.id, now=now, office_id=home_office(user))
    return token


def close_session(token: str, *, now: datetime) -> None:
    """Sign one browser out; an unknown token changes nothing."""
    with transaction() as session:
        row = session.query(UserSession).filter_by(token_hash=passwords.fingerprint(token)).one_or_none()
        if row is not None:
            record(actor_of(row.user), "signed_out", "user", row.user_id, now=now, office_id=home_office(row.user))
            session.delete(row)


def sign_out_everywhere(user: User, *, now: datetime) -> None:
    """End all sessions of `user`, on every computer and phone."""
    with transaction():
        end_sessions(locked(user))
        record(actor_of(user), "signed_out_everywhere", "user", user.id, now=now, office_id=home_office(user))


def note_use(row: UserSession, *, now: datetime) -> None:
    """Keep a session from going idle."""
    with transaction():
        row.seen_at = now
        row.user.last_seen_at = now


def end_sessions(user: User) -> None:
    """End all sessions of `user`; call inside a transaction. The raised version ends even one being opened now."""
    user.session_version += 1
    db.session.execute(delete(UserSession).where(UserSession.user_id == user.id))


def home_office(user: User) -> int | None:
    """The office under which a line about `user` is logged: the first of the person's offices."""
    return user.offices[0].id if user.offices else None


def _sweep(now: datetime) -> None:
    db.session.execute(delete(UserSession).where(or_(UserSession.seen_at <= now - IDLE_LIMIT,
                                                     UserSession.created_at <= now - ABSOLUTE_LIMIT)))
