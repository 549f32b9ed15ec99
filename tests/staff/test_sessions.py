"""Sessions live on the server and end where promised (`quality.md` §2)."""

from collections.abc import Callable
from typing import Any

import pytest
from staff.conftest import PASSWORD

from webapp.db import db, transaction
from webapp.staff import actions
from webapp.staff.actions.people import Person
from webapp.staff.audit import actor_of
from webapp.staff.models import User, UserSession


def as_person(user: User, **changes: Any) -> Person:
    return Person(**{"email": user.email, "name": user.name, "role": user.role, "phone": user.phone,
                     "office_codes": tuple(o.code for o in user.offices), "is_admin": user.is_admin,
                     "is_network": user.is_network, **changes})


def is_in(browser: Any) -> bool:
    return browser.get("/me").status == 200


def edit(**changes: Any) -> Callable[[Any, Any], None]:
    return lambda cast, now: actions.edit_user(cast.boris, as_person(cast.boris, **changes), now=now,
                                               actor=actor_of(cast.anna))


ENDS: dict[str, Callable[[Any, Any], Any]] = {
    "dismissal": lambda cast, now: actions.dismiss(cast.boris, actor=actor_of(cast.anna), now=now),
    "another role": edit(role="manager"),
    "an admin's hat": edit(is_admin=True),
    "the whole network": edit(is_network=True),
    "a reset password": lambda cast, now: actions.invite(cast.boris, actor=actor_of(cast.anna), now=now),
    "a changed password": lambda cast, now: actions.change_password(cast.boris, current=PASSWORD,
                                                                    new="четыре синих облака", now=now),
    "signing out everywhere": lambda cast, now: actions.sign_out_everywhere(cast.boris, now=now),
}


@pytest.mark.parametrize("how", ENDS)
def test_all_sessions_end_with(cast: Any, browse: Any, signing_in: Any, now: Any, how: str) -> None:
    signing_in(cast.boris)
    here, there, other = browse(cast.boris), browse(cast.boris), browse(cast.olga)
    assert is_in(here) and is_in(there)
    ENDS[how](cast, now)
    assert not is_in(here)
    assert not is_in(there)
    assert is_in(other)


@pytest.mark.parametrize("changes", [{"name": "Борис Б. Ветров"}, {"phone": "+79160000002"},
                                     {"email": "boris.vetrov@example.org"}])
def test_sessions_survive_a_change_that_gives_no_rights(cast: Any, browse: Any, now: Any,
                                                        changes: dict[str, str]) -> None:
    here = browse(cast.boris)
    edit(**changes)(cast, now)
    assert is_in(here)


def test_signing_out_ends_the_session_on_the_server_too(cast: Any, browse: Any) -> None:
    browser, other = browse(cast.olga), browse(cast.olga)
    with browser.http.session_transaction() as kept:
        stolen = dict(kept)
    assert browser.post("/logout").location == "/login"
    with browser.http.session_transaction() as kept:
        kept.update(stolen)
    assert not is_in(browser)
    assert is_in(other)


def test_a_session_idle_for_12_hours_ends_and_a_used_one_does_not(cast: Any, browse: Any, time: Any) -> None:
    idle, used = browse(cast.olga), browse(cast.olga)
    time.turn(hours=11)
    assert is_in(used)
    time.turn(hours=1)
    assert is_in(used)
    assert not is_in(idle)


def test_even_a_used_session_ends_after_14_days(cast: Any, browse: Any, time: Any) -> None:
    browser = browse(cast.olga)
    for _ in range(14 * 3 - 1):
        time.turn(hours=8)
        assert is_in(browser)
    time.turn(hours=8)
    assert not is_in(browser)


def test_use_is_noted_at_most_every_five_minutes(cast: Any, browse: Any, time: Any, queries: Any) -> None:
    browser = browse(cast.olga)
    time.turn(minutes=4)
    with queries() as asked:
        browser.get("/me")
    assert not [sql for sql in asked if sql.startswith("UPDATE")]
    time.turn(minutes=2)
    with queries() as asked:
        browser.get("/me")
    assert [sql for sql in asked if sql.startswith("UPDATE")]


def test_signing_in_gives_a_new_token_and_drops_the_old_session(cast: Any, browse: Any, signing_in: Any) -> None:
    signing_in(cast.olga)
    browser = browse(cast.pavel)
    with browser.http.session_transaction() as kept:
        before = dict(kept)
    browser.post("/logout")
    browser.post("/login", {"email": "olga@example.org", "password": PASSWORD})
    with browser.http.session_transaction() as kept:
        assert kept["signed_in"] != before["signed_in"]
        kept["signed_in"] = before["signed_in"]
    assert not is_in(browser)


def test_the_table_holds_only_hashes_of_tokens(cast: Any, now: Any) -> None:
    token = actions.open_session(cast.olga, agent="Firefox", now=now)
    row = db.session.query(UserSession).one()
    assert token not in (row.token_hash, row.agent)
    assert len(row.token_hash) == 64


def test_dead_sessions_are_swept_when_somebody_signs_in(cast: Any, time: Any) -> None:
    actions.open_session(cast.olga, agent="", now=time.now)
    actions.open_session(cast.pavel, agent="", now=time.turn(hours=13))
    assert [row.user_id for row in db.session.query(UserSession)] == [cast.pavel.id]


@pytest.mark.parametrize("token", ["", "x" * 22, "' OR 1=1 --"])
def test_a_made_up_token_opens_nothing(browse: Any, token: str) -> None:
    browser = browse()
    with browser.http.session_transaction() as kept:
        kept["signed_in"] = token
    assert not is_in(browser)


def test_the_cookie_is_hidden_from_scripts_and_other_sites(cast: Any, browse: Any, signing_in: Any) -> None:
    signing_in(cast.olga)
    answer = browse().post("/login", {"email": "olga@example.org", "password": PASSWORD})
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("snova="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_an_old_version_opens_nothing_even_when_its_row_is_left(cast: Any, browse: Any) -> None:
    browser = browse(cast.olga)
    with transaction():
        cast.olga.session_version += 1
    assert not is_in(browser)
