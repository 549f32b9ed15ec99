"""Invitation links: shown once, good once, for seven days."""

from typing import Any

import pytest
from staff.conftest import PASSWORD, logged

from webapp.db import db
from webapp.staff import actions, passwords
from webapp.staff.audit import actor_of
from webapp.staff.models import Invitation, User
from webapp.staff.rules import BadInput, NotAllowed

GOOD = {"password": "пять тёплых морей", "again": "пять тёплых морей"}


def link(cast: Any, now: Any, user: User | None = None) -> str:
    return "/invite/" + actions.invite(user or cast.vera, actor=actor_of(cast.anna), now=now)


def test_the_invited_person_sets_a_password_and_is_in(cast: Any, browse: Any, time: Any) -> None:
    url, browser = link(cast, time.now), browse()
    page = browser.get(url)
    assert "vera@example.org" in page.text
    answer = browser.post(url, GOOD)
    assert (answer.status, answer.location) == (303, "/")
    assert browser.get("/me").status == 200
    assert passwords.matches(db.session.get(User, cast.vera.id).password_hash, GOOD["password"])
    assert [line.verb for line in logged()] == ["invited", "password_set"]


def test_looking_at_the_link_uses_nothing_up(cast: Any, browse: Any, time: Any) -> None:
    url = link(cast, time.now)
    for _ in range(3):
        assert browse().get(url).status == 200
    assert browse().post(url, GOOD).status == 303


def test_a_link_works_once(cast: Any, browse: Any, time: Any) -> None:
    url = link(cast, time.now)
    browse().post(url, GOOD)
    assert browse().get(url).status == 404
    assert browse().post(url, {"password": "другой пароль совсем", "again": "другой пароль совсем"}).status == 404


@pytest.mark.parametrize(("days", "status"), [(6.99, 200), (7, 404), (70, 404)])
def test_a_link_works_for_seven_days(cast: Any, browse: Any, time: Any, days: float, status: int) -> None:
    url = link(cast, time.now)
    time.turn(days=days)
    assert browse().get(url).status == status


def test_a_new_link_ends_the_older_one(cast: Any, browse: Any, time: Any) -> None:
    old, new = link(cast, time.now), link(cast, time.now)
    assert (browse().get(old).status, browse().get(new).status) == (404, 200)


def test_the_link_of_a_leaver_is_over(cast: Any, browse: Any, time: Any) -> None:
    url = link(cast, time.now)
    actions.dismiss(cast.vera, actor=actor_of(cast.anna), now=time.now)
    assert browse().post(url, GOOD).status == 404


@pytest.mark.parametrize("token", ["x", "a" * 22, "%00", "..%2f..", "1' OR '1'='1"])
def test_a_made_up_link_says_it_does_not_work(browse: Any, token: str) -> None:
    assert browse().get(f"/invite/{token}").status == 404


def test_a_reset_ends_the_old_password_at_once(cast: Any, browse: Any, signing_in: Any, time: Any) -> None:
    signing_in(cast.olga)
    link(cast, time.now, cast.olga)
    answer = browse().post("/login", {"email": "olga@example.org", "password": PASSWORD})
    assert answer.status == 422


def test_only_a_hash_of_the_link_is_kept(cast: Any, time: Any) -> None:
    token = link(cast, time.now).split("/")[-1]
    assert len(token) == 22
    assert db.session.query(Invitation).one().token_hash == passwords.fingerprint(token)


def test_the_admin_sees_the_link_once(cast: Any, browse: Any, time: Any) -> None:
    browser = browse(cast.anna)
    page = browser.follow(f"/admin/users/{cast.vera.id}/invitations")
    url = page.root.one("input", id="link").attrs["value"]
    assert url.startswith("http://127.0.0.1:8000/invite/")
    assert not browser.get(f"/admin/users/{cast.vera.id}").root.all("input", id="link")
    assert browse().get(url.removeprefix("http://127.0.0.1:8000")).status == 200


@pytest.mark.parametrize(("password", "again", "field"), [
    ("", "", "#password"), ("коротко", "коротко", "#password"), ("vera@example.org", "vera@example.org", "#password"),
    ("пять тёплых морей", "пять холодных морей", "#again")])
def test_a_weak_or_mistyped_password_is_explained(cast: Any, browse: Any, time: Any, password: str, again: str,
                                                  field: str) -> None:
    answer = browse().post(link(cast, time.now), {"password": password, "again": again})
    assert answer.status == 422
    assert field in [node.attrs["href"] for node in answer.root.one(class_="summary").all("a")]


def test_the_code_from_the_phone_is_asked_for_here_too(cast: Any, browse: Any, time: Any) -> None:
    import pyotp
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    actions.start_second_factor(cast.boris, secret, pyotp.TOTP(secret).at(time.now), now=time.now)
    browser = browse()
    assert browser.post(link(cast, time.now, cast.boris), GOOD).location == "/login/code"
    assert browser.get("/me").status == 302


def test_nobody_invites_oneself_or_a_leaver(cast: Any, now: Any) -> None:
    with pytest.raises(NotAllowed, match="own-password"):
        actions.invite(cast.anna, actor=actor_of(cast.anna), now=now)
    actions.dismiss(cast.vera, actor=actor_of(cast.anna), now=now)
    with pytest.raises(NotAllowed, match="dismissed"):
        actions.invite(cast.vera, actor=actor_of(cast.anna), now=now)


def test_accepting_an_unknown_token_is_refused_in_the_model(app: Any, now: Any) -> None:
    with pytest.raises(BadInput, match="invitation over"):
        actions.accept_invitation("nothing", "пять тёплых морей", now=now)
