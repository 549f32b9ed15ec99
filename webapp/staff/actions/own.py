"""What a person changes about themselves: profile, password, look and language."""

from datetime import datetime

from webapp.db import transaction
from webapp.staff import passwords
from webapp.staff.actions import checks
from webapp.staff.actions.rows import locked, put
from webapp.staff.actions.sessions import end_sessions, home_office
from webapp.staff.audit import actor_of, record
from webapp.staff.models import User
from webapp.staff.rules import BadInput


def edit_profile(user: User, *, name: str, phone: str, language: str, theme: str, keys_on: bool,
                 now: datetime) -> None:
    """Change one's own profile. Raises BadInput no-name or bad-phone."""
    name = " ".join(name.split())
    if not name:
        raise BadInput("no-name", "name")
    with transaction():
        facts = put(locked(user), {"name": name, "phone": checks.good_phone(phone), "language": language,
                                   "theme": theme, "keys_on": keys_on})
        if facts:
            record(actor_of(user), "edited", "user", user.id, now=now, office_id=home_office(user), facts=facts)


def change_password(user: User, *, current: str, new: str, now: datetime) -> None:
    """Change one's own password; all sessions end, this one too. Raises BadInput wrong-password or password-…"""
    if not passwords.matches(user.password_hash, current):
        raise BadInput("wrong-password", "current", "")
    checks.good_password(new, user.email, user.name)
    kept = passwords.hash_password(new)
    with transaction():
        locked(user).password_hash = kept
        end_sessions(user)
        record(actor_of(user), "password_changed", "user", user.id, now=now, office_id=home_office(user))


def strengthen(user: User, password: str) -> None:
    """Keep the password with today's settings of the hash, when it was hashed with weaker ones."""
    if passwords.is_outdated(user.password_hash):
        kept = passwords.hash_password(password)
        with transaction():
            locked(user).password_hash = kept


def set_theme(user: User, theme: str) -> None:
    """Light, dark or auto: a matter of taste, not of the log."""
    with transaction():
        user.theme = theme


def set_language(user: User, language: str) -> None:
    """Language of this person's pages, from the switch in the bar."""
    with transaction():
        user.language = language
