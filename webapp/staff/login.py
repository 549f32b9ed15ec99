"""Who is signed in: the session cookie leads to a server-side session, and that to a person."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, g, request, session
from flask_login import AnonymousUserMixin, current_user
from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from webapp.db import db
from webapp.staff import actions
from webapp.staff.models import User, UserSession
from webapp.staff.passwords import fingerprint
from webapp.staff.rules import NotAllowed
from webapp.staff.sign_in_rules import FRESHEN_AFTER, SECOND_STEP_LIMIT, session_alive

SESSION_KEY = "signed_in"
_SECOND_STEP = "second_step"
THEMES = ("auto", "light", "dark")
# Asked by every request: built once, and one query for the person with their offices.
_SESSION = (select(UserSession).where(UserSession.token_hash == bindparam("token_hash"))
            .options(joinedload(UserSession.user, innerjoin=True).joinedload(User.offices)))


class Visitor(AnonymousUserMixin):
    """Somebody not signed in; the look of their pages is kept in a cookie."""

    @property
    def theme(self) -> str:
        """Theme chosen on this computer before."""
        wished = request.cookies.get("theme", "")
        return wished if wished in THEMES else "auto"


def init_login(app: Flask, moment: Callable[[], datetime]) -> None:
    """Tell flask-login whom a request belongs to, and keep sessions in use from going idle. `moment` is the clock."""
    manager = app.login_manager  # type: ignore[attr-defined]
    manager.anonymous_user = Visitor
    # It compares addresses and browsers; ours ends sessions by their own limits.
    manager.session_protection = None
    manager.request_loader(lambda _request: _person_at(moment()))
    app.before_request(lambda: _keep_in_use(moment()))


def sign_in(user: User, *, now: datetime) -> None:
    """Start a session for this browser under a new token; what the browser held before is dropped."""
    sign_out(now=now)
    session[SESSION_KEY] = actions.open_session(user, agent=request.user_agent.string, now=now)
    session.permanent = True


def sign_out(*, now: datetime) -> None:
    """End this browser's session, here and on the server."""
    token = session.get(SESSION_KEY)
    if token:
        actions.close_session(token, now=now)
    session.clear()


def person() -> User:
    """The signed-in person. Raises NotAllowed when nobody is."""
    user = current_user._get_current_object()
    if not isinstance(user, User):
        raise NotAllowed("role")
    return user


def begin_second_step(user: User, next_url: str, *, now: datetime) -> None:
    """Remember for ten minutes that the password was right; the code is still to come."""
    session.clear()
    session[_SECOND_STEP] = {"user": user.id, "version": user.session_version, "at": now.timestamp(),
                             "next": next_url}


def second_step(now: datetime) -> tuple[User, str] | None:
    """(person, next page) of a sign-in that waits for its code; None when there is none, or it is too old."""
    kept: dict[str, Any] = session.get(_SECOND_STEP) or {}
    if not kept or now.timestamp() - kept["at"] > SECOND_STEP_LIMIT.total_seconds():
        return None
    user = db.session.get(User, kept["user"])
    if user is None or not user.works_here or user.session_version != kept["version"]:
        return None
    return user, kept["next"]


def _person_at(now: datetime) -> User | None:
    token = session.get(SESSION_KEY)
    if not token:
        return None
    row = db.session.scalars(_SESSION, {"token_hash": fingerprint(token)}).unique().one_or_none()
    if row is None or row.version != row.user.session_version or not row.user.works_here:
        return None
    if not session_alive(row.created_at, row.seen_at, now):
        return None
    g.user_session = row
    return row.user


def _keep_in_use(now: datetime) -> None:
    row = g.get("user_session")
    if row is not None and now - row.seen_at >= FRESHEN_AFTER:
        actions.note_use(row, now=now)
