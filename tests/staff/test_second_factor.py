"""The code from the phone: on, asked for, never twice, replaced by recovery codes, off."""

from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from staff.conftest import PASSWORD, logged

from webapp.db import db
from webapp.staff import actions, second_factor
from webapp.staff.audit import actor_of
from webapp.staff.models import RecoveryCode, User
from webapp.staff.rules import NotAllowed

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def shown(now: datetime, steps: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(now + timedelta(seconds=30 * steps))


def switch_on(user: User, now: datetime) -> list[str]:
    return actions.start_second_factor(user, SECRET, shown(now), now=now)


def after_password(browse: Any, user: User) -> Any:
    browser = browse()
    answer = browser.post("/login?next=/me", {"email": user.email, "password": PASSWORD})
    assert answer.location == "/login/code"
    return browser


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(now: datetime, steps: int, good: bool) -> None:
    assert (second_factor.accepted_step(SECRET, shown(now, steps), 0, now) is not None) is good


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６７", "000 00"])
def test_what_is_no_code_is_refused(now: datetime, typed: str) -> None:
    assert second_factor.accepted_step(SECRET, typed, 0, now) is None


def test_a_code_may_be_typed_with_a_space(now: datetime) -> None:
    code = shown(now)
    assert second_factor.accepted_step(SECRET, f" {code[:3]} {code[3:]} ", 0, now) is not None


def test_enrolment_shows_a_picture_asks_for_a_code_and_gives_ten_codes_once(cast: Any, browse: Any, time: Any) -> None:
    browser = browse(cast.boris)
    page = browser.get("/me/second-factor")
    assert page.root.one("img").attrs["src"] == "/me/second-factor/picture.svg"
    secret = page.root.one("code").text
    picture = browser.get("/me/second-factor/picture.svg")
    assert picture.response.mimetype == "image/svg+xml"
    assert b"<svg" in picture.response.data
    wrong = browser.post("/me/second-factor", {"code": "000000"})
    assert wrong.status == 422
    assert wrong.root.one("code").text == secret
    right = browser.post("/me/second-factor", {"code": pyotp.TOTP(secret).at(time.now)})
    codes = [node.text for node in right.root.all("code")]
    assert len(set(codes)) == 10
    assert db.session.get(User, cast.boris.id).totp_secret == secret
    assert not [code for code in codes if code in browser.get("/me").text]
    assert browser.get("/me/second-factor").status == 302


def test_the_code_is_asked_for_after_the_password(cast: Any, browse: Any, signing_in: Any, time: Any) -> None:
    signing_in(cast.boris)
    switch_on(cast.boris, time.now)
    time.turn(minutes=5)
    browser = after_password(browse, cast.boris)
    assert browser.get("/me").status == 302
    assert browser.post("/login/code", {"code": "000000"}).status == 422
    entered = browser.post("/login/code", {"code": shown(time.now)})
    assert (entered.status, entered.location) == (303, "/me")
    assert browser.get("/me").status == 200


def test_a_code_works_once(cast: Any, browse: Any, signing_in: Any, time: Any) -> None:
    signing_in(cast.boris)
    switch_on(cast.boris, time.now)
    assert after_password(browse, cast.boris).post("/login/code", {"code": shown(time.now)}).status == 422
    time.turn(minutes=1)
    assert after_password(browse, cast.boris).post("/login/code", {"code": shown(time.now)}).status == 303
    again = after_password(browse, cast.boris)
    assert again.post("/login/code", {"code": shown(time.now)}).status == 422
    assert again.post("/login/code", {"code": shown(time.now, -1)}).status == 422


def test_each_recovery_code_replaces_the_phone_once(cast: Any, browse: Any, signing_in: Any, time: Any) -> None:
    signing_in(cast.boris)
    codes = switch_on(cast.boris, time.now)
    assert after_password(browse, cast.boris).post("/login/code", {"code": codes[3].upper()}).status == 303
    browser = after_password(browse, cast.boris)
    assert browser.post("/login/code", {"code": codes[3]}).status == 422
    assert browser.post("/login/code", {"code": codes[4].replace("-", " ")}).status == 303
    assert [line.verb for line in logged()] == ["second_factor_on", "recovery_code_used", "recovery_code_used"]


def test_recovery_codes_are_kept_as_hashes_and_belong_to_one_person(cast: Any, now: datetime) -> None:
    codes = switch_on(cast.boris, now)
    assert db.session.query(RecoveryCode).count() == 10
    assert not [row for row in db.session.query(RecoveryCode) if row.code_hash in codes]
    assert not actions.use_recovery_code(cast.anna, codes[0], now=now)


def test_guessing_codes_waits_like_guessing_passwords(cast: Any, browse: Any, signing_in: Any, time: Any) -> None:
    signing_in(cast.boris)
    switch_on(cast.boris, time.now)
    time.turn(minutes=2)
    browser = after_password(browse, cast.boris)
    answers = [browser.post("/login/code", {"code": f"{i:06}"}).status for i in range(6)]
    assert answers == [422] * 5 + [429]
    assert browser.post("/login/code", {"code": shown(time.now)}).status == 429
    assert after_password(browse, cast.boris).post("/login/code", {"code": shown(time.now)}).status == 429


def test_the_second_step_waits_ten_minutes_and_ends_with_a_changed_password(
        cast: Any, browse: Any, signing_in: Any, time: Any) -> None:
    signing_in(cast.boris)
    switch_on(cast.boris, time.now)
    late, changed = after_password(browse, cast.boris), after_password(browse, cast.boris)
    actions.change_password(cast.boris, current=PASSWORD, new="четыре синих облака", now=time.now)
    time.turn(minutes=9)
    assert changed.post("/login/code", {"code": shown(time.now)}).location == "/login"
    time.turn(minutes=2)
    assert late.get("/login/code").location == "/login"


def test_without_a_password_first_there_is_no_code_page(browse: Any) -> None:
    assert browse().get("/login/code").location == "/login"


def test_switching_off_needs_the_password(cast: Any, browse: Any, signing_in: Any, time: Any) -> None:
    signing_in(cast.boris)
    switch_on(cast.boris, time.now)
    browser = browse(cast.boris)
    wrong = browser.post("/me/second-factor/end", {"factor-password": "guess guess guess"})
    assert wrong.status == 422
    assert wrong.root.one(class_="summary").all("a")[0].attrs["href"] == "#factor-password"
    assert browser.follow("/me/second-factor/end", {"factor-password": PASSWORD}).h1 == "Мой профиль"
    assert not db.session.get(User, cast.boris.id).has_second_factor
    assert db.session.query(RecoveryCode).count() == 0


def test_an_admin_helps_who_lost_phone_and_codes_but_not_oneself(cast: Any, browse: Any, now: datetime) -> None:
    switch_on(cast.boris, now)
    there = browse(cast.boris)
    page = browse(cast.anna).follow(f"/admin/users/{cast.boris.id}/second-factor/end")
    assert "без кода" in page.text
    assert not db.session.get(User, cast.boris.id).has_second_factor
    assert there.get("/me").status == 302
    assert [line.user_id for line in logged()] == [cast.boris.id, cast.anna.id]
    with pytest.raises(NotAllowed):
        actions.clear_second_factor(cast.anna, actor=actor_of(cast.anna), now=now)


@pytest.mark.parametrize("key", ["olga", "irina"])
def test_only_directors_and_admins_have_it(cast: Any, browse: Any, now: datetime, key: str) -> None:
    user = getattr(cast, key)
    assert browse(user).get("/me/second-factor").status == 404
    with pytest.raises(NotAllowed):
        switch_on(user, now)
