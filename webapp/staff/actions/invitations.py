"""Invitations: a link with which a person sets a password, once, within seven days."""

from datetime import datetime

from sqlalchemy import delete, select

from webapp.db import transaction
from webapp.staff import passwords
from webapp.staff.actions import checks
from webapp.staff.actions.rows import locked
from webapp.staff.actions.sessions import end_sessions, home_office
from webapp.staff.audit import actor_of, record
from webapp.staff.models import Invitation, User
from webapp.staff.rules import ADMIN, Actor, BadInput, NotAllowed
from webapp.staff.sign_in_rules import INVITATION_LIMIT


def invite(user: User, *, actor: Actor, now: datetime) -> str:
    """A new link for `user`; gives its token, which is kept nowhere. Older links and the old password end now.

    Raises NotAllowed("own-password") for oneself, NotAllowed("dismissed") for a leaver.
    """
    actor.needs(ADMIN)
    if user.id == actor.user_id:
        raise NotAllowed("own-password")
    token = passwords.new_token()
    with transaction() as session:
        if not locked(user).works_here:
            raise NotAllowed("dismissed")
        session.execute(delete(Invitation).where(Invitation.user_id == user.id, Invitation.used_at.is_(None)))
        session.add(Invitation(token_hash=passwords.fingerprint(token), user_id=user.id, created_at=now,
                               expires_at=now + INVITATION_LIMIT))
        user.password_hash = ""
        end_sessions(user)
        record(actor, "invited", "user", user.id, now=now, office_id=home_office(user))
    return token


def accept_invitation(token: str, password: str, *, now: datetime) -> User:
    """Set the password of the invited person. Raises BadInput("invitation-over") or BadInput("password-…")."""
    kept = passwords.hash_password(password)
    with transaction() as session:
        query = select(Invitation).where(Invitation.token_hash == passwords.fingerprint(token))
        invitation = session.scalar(query.with_for_update())
        if invitation is None or not is_open(invitation, now):
            raise BadInput("invitation-over")
        user = locked(invitation.user)
        checks.good_password(password, user.email, user.name)
        invitation.used_at = now
        user.password_hash = kept
        end_sessions(user)
        record(actor_of(user), "password_set", "user", user.id, now=now, office_id=home_office(user))
    return user


def is_open(invitation: Invitation, now: datetime) -> bool:
    """Neither used nor over, and the person works here."""
    return invitation.used_at is None and now < invitation.expires_at and invitation.user.works_here
