"""People who work here: added, edited, dismissed, taken back; and the very first one of a new agency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.db import db, transaction
from webapp.staff import passwords
from webapp.staff.actions import checks
from webapp.staff.actions.rows import Facts, locked, put
from webapp.staff.actions.sessions import end_sessions, home_office
from webapp.staff.audit import actor_of, record
from webapp.staff.calendars import forget_substitutes
from webapp.staff.leaving import Leaving, hand_on
from webapp.staff.lists import admins_at_work, nobody_yet
from webapp.staff.models import Office, Setting, User, setting
from webapp.staff.rules import ADMIN, DIRECTOR, Actor, BadInput, NotAllowed, role_of

RIGHTS = ("role", "is_admin", "is_network")


@dataclass(frozen=True)
class Person:
    """What the form about a person hands over. `office_codes` may be empty for admins and network directors."""

    email: str
    name: str
    role: str
    office_codes: Sequence[str] = ()
    phone: str = ""
    is_admin: bool = False
    is_network: bool = False


def add_user(*, email: str, name: str, role: str, office_codes: Sequence[str], actor: Actor, now: datetime,
             password: str = "", phone: str = "", is_admin: bool = False, is_network: bool = False,
             language: str = "") -> User:
    """A new person; without a password they cannot sign in until they accept an invitation.

    `role` also takes "quality" (service) and "network" (network director). Raises BadInput with code bad-email,
    email-taken, no-name, unknown-role, unknown-office, no-office, admin-hat, network-hat, bad-phone or password-…;
    NotAllowed unless the actor is an admin or a job.
    """
    actor.needs(ADMIN)
    role, network_word = role_of(role)
    person = Person(email, name, role, tuple(office_codes), phone, is_admin, is_network or network_word)
    kept = passwords.hash_password(password) if password else ""
    with transaction() as session:
        values, offices = _checked(person)
        if password:
            checks.good_password(password, values["email"], values["name"])
        user = User(**values, language=language or setting("language", "ru"), created_at=now, offices=offices,
                    password_hash=kept)
        session.add(user)
        session.flush()
        facts = {key: [None, value] for key, value in values.items() if value}
        record(actor, "added", "user", user.id, now=now, office_id=home_office(user),
               facts={**facts, "offices": [None, [office.code for office in offices]]})
    return user


def edit_user(user: User, person: Person, *, actor: Actor, now: datetime) -> User:
    """Change a person. New rights end their sessions. Nobody takes admin rights from themselves or the last admin.

    Raises BadInput as `add_user`, NotAllowed("own-rights") or NotAllowed("last-admin").
    """
    actor.needs(ADMIN)
    with transaction():
        _lock_admins()
        values, offices = _checked(person, locked(user))
        _keep_an_admin(user, actor, person.role == ADMIN or person.is_admin)
        facts = put(user, values)
        facts.update(_put_offices(user, offices))
        if facts:
            if set(facts) & set(RIGHTS):
                end_sessions(user)
            record(actor, "edited", "user", user.id, now=now, office_id=home_office(user), facts=facts)
    return user


def dismiss(user: User, *, actor: Actor, now: datetime) -> None:
    """The person leaves: sessions end at once and signing in is over; what they did stays under their name.

    Work that may not wait for a successor (complaints) goes on at once.

    Raises NotAllowed("own-dismissal") or NotAllowed("last-admin"). Repeating it changes nothing.
    """
    actor.needs(ADMIN)
    if user.id == actor.user_id:
        raise NotAllowed("own-dismissal")
    with transaction() as session:
        hand_on(Leaving(user.id, session.scalars(select(Office.id)).all(), None, actor, now))
        _lock_admins()
        if not locked(user).works_here:
            return
        _keep_an_admin(user, actor, stays=False)
        user.dismissed_at = now
        forget_substitutes()
        end_sessions(user)
        record(actor, "dismissed", "user", user.id, now=now, office_id=home_office(user))


def take_back(user: User, *, actor: Actor, now: datetime) -> None:
    """The person works here again, with a new password: they need an invitation."""
    actor.needs(ADMIN)
    with transaction():
        if locked(user).works_here:
            return
        user.dismissed_at, user.password_hash = None, ""
        forget_substitutes()
        record(actor, "taken_back", "user", user.id, now=now, office_id=home_office(user))


def set_up_agency(*, agency: str, name: str, email: str, password: str, language: str, now: datetime) -> User:
    """The first person of an empty agency, director and admin in one, who signs in and sets everything up.

    Raises NotAllowed("not-empty") once there is anybody; two who try at once cannot both win.
    """
    kept = passwords.hash_password(password)
    with transaction() as session:
        # On PostgreSQL the lock on the offices lets one visitor in at a time.
        offices = list(session.scalars(select(Office).order_by(Office.id).with_for_update()))
        if not nobody_yet():
            raise NotAllowed("not-empty")
        if not offices:
            offices = [Office(code="main", name=agency)]
        address = checks.good_email(email)
        checks.good_password(password, address, name, agency)
        user = User(email=address, name=name, role=DIRECTOR, is_admin=True, is_network=True, language=language,
                    password_hash=kept, offices=offices, created_at=now)
        session.add(user)
        session.merge(Setting(key="agency_name", value=agency))
        session.merge(Setting(key="language", value=language))
        session.flush()
        record(actor_of(user), "set_up", "agency", None, now=now, office_id=offices[0].id,
               facts={"agency_name": [None, agency]})
    return user


def _checked(person: Person, user: User | None = None) -> tuple[Facts, list[Office]]:
    values: Facts = {"email": checks.good_email(person.email), "name": " ".join(person.name.split()),
                     "role": person.role, "is_admin": person.is_admin, "is_network": person.is_network,
                     "phone": checks.good_phone(person.phone)}
    if not values["name"]:
        raise BadInput("no-name", "name")
    role_of(person.role)
    checks.free_email(values["email"], user.id if user else None)
    kept = {office.code for office in user.offices if office.closed_on} if user else set()
    offices = checks.offices_of([code for code in person.office_codes if code not in kept])
    checks.good_rights(person.role, person.is_admin, person.is_network, offices)
    if user:
        offices += [office for office in user.offices if office.closed_on and office.code in person.office_codes]
    return values, offices


def _put_offices(user: User, offices: list[Office]) -> Facts:
    old, new = ([office.code for office in rows] for rows in (user.offices, offices))
    if set(old) == set(new):
        return {}
    user.offices = offices
    return {"offices": [sorted(old), sorted(new)]}


def _lock_admins() -> None:
    """Two admins who demote each other at the same moment must not leave the agency without one."""
    db.session.execute(admins_at_work().with_only_columns(User.id).with_for_update())


def _keep_an_admin(user: User, actor: Actor, stays: bool) -> None:
    if stays or ADMIN not in user.hats or not user.works_here:
        return
    if user.id == actor.user_id:
        raise NotAllowed("own-rights")
    if not db.session.scalar(admins_at_work().with_only_columns(User.id).where(User.id != user.id).limit(1)):
        raise NotAllowed("last-admin")
