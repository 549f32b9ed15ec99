"""Several people, or one attacker, at the very same moment."""

from datetime import timedelta
from typing import Any

from crowd import at_once
from flask import Flask
from sqlalchemy import delete

from webapp.db import db, transaction
from webapp.staff import actions
from webapp.staff.audit import actor_of
from webapp.staff.models import LoginThrottle, User, UserOffice


def test_twelve_tries_at_once_are_not_twelve_free_ones(app: Flask, now: Any) -> None:
    waits = at_once(app, 12, lambda _: actions.begin_try("olga@example.org", "203.0.113.7", now=now))
    assert waits.count(timedelta(0)) == 5
    assert db.session.query(LoginThrottle).count() == 2


def test_two_first_visitors_cannot_both_set_the_agency_up(app: Flask, now: Any) -> None:
    with transaction() as session:
        session.execute(delete(UserOffice))
        session.execute(delete(User))
    outcomes = at_once(app, 4, lambda number: actions.set_up_agency(
        agency="Ветер", name="Анна", email=f"anna{number}@example.org", password="пять тёплых морей", language="ru",
        now=now).id)
    assert outcomes.count("not-empty") == 3
    assert db.session.query(User).count() == 1


def test_two_admins_cannot_dismiss_each_other(app: Flask, cast: Any, now: Any) -> None:
    other = actions.add_user(email="second@example.org", name="Тимур", role="admin", office_codes=[], now=now,
                             actor=actor_of(cast.anna))
    pair = [cast.anna.id, other.id]
    actors = [actor_of(cast.anna), actor_of(other)]

    def dismiss(number: int) -> None:
        actions.dismiss(db.session.get_one(User, pair[1 - number]), actor=actors[number], now=now)

    outcomes = at_once(app, 2, dismiss)
    assert sorted(map(str, outcomes)) == ["None", "last-admin"]
    assert db.session.query(User).filter(User.id.in_(pair), User.dismissed_at.is_(None)).count() == 1


def test_an_invitation_clicked_twice_sets_one_password(app: Flask, cast: Any, now: Any) -> None:
    from webapp.staff.rules import BadInput
    token = actions.invite(cast.vera, actor=actor_of(cast.anna), now=now)

    def accept(number: int) -> str:
        try:
            actions.accept_invitation(token, f"пять тёплых морей {number}", now=now)
        except BadInput as error:
            return error.code
        return "set"

    assert sorted(at_once(app, 4, accept)) == ["invitation-over"] * 3 + ["set"]


def test_a_code_used_twice_at_once_opens_once(app: Flask, cast: Any, now: Any) -> None:
    import pyotp
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    codes = actions.start_second_factor(cast.boris, secret, pyotp.TOTP(secret).at(now), now=now)
    later = now + timedelta(minutes=5)
    typed, boris = pyotp.TOTP(secret).at(later), cast.boris.id
    opened = at_once(app, 4, lambda _: actions.use_second_factor(db.session.get_one(User, boris), typed, now=later))
    assert sorted(opened) == [False, False, False, True]
    opened = at_once(app, 4, lambda _: actions.use_recovery_code(db.session.get_one(User, boris), codes[0], now=later))
    assert sorted(opened) == [False, False, False, True]
