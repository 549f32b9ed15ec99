"""A person's own page."""

from typing import Any

import pytest
from staff.conftest import PASSWORD, logged

from webapp.db import db
from webapp.staff import passwords
from webapp.staff.models import User

FILLED = {"name": "Ольга Соколова", "phone": "8 (916) 123-45-67", "language": "ru", "theme": "auto", "keys_on": "y"}
NEW = {"password-current": PASSWORD, "password-password": "четыре синих облака",
       "password-again": "четыре синих облака"}


def me(cast: Any) -> User:
    user = db.session.get(User, cast.olga.id)
    assert user is not None
    return user


def test_the_profile_is_saved_and_logged_with_old_and_new(cast: Any, browse: Any) -> None:
    browse(cast.olga).follow("/me", {**FILLED, "name": "Ольга  Ветрова", "language": "en", "theme": "dark"})
    user = me(cast)
    assert (user.name, user.phone, user.language, user.theme, user.keys_on) == (
        "Ольга Ветрова", "+79161234567", "en", "dark", True)
    facts = logged()[-1].facts
    assert facts["name"] == ["Ольга Соколова", "Ольга Ветрова"]
    assert facts["language"] == ["ru", "en"]
    assert "keys_on" not in facts


def test_unticking_switches_the_keys_off(cast: Any, browse: Any) -> None:
    browse(cast.olga).follow("/me", {key: value for key, value in FILLED.items() if key != "keys_on"})
    assert not me(cast).keys_on


def test_saving_without_a_change_writes_no_line(cast: Any, browse: Any) -> None:
    browser = browse(cast.olga)
    browser.follow("/me", FILLED)
    browser.follow("/me", FILLED)
    assert len(logged()) == 1


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("wrong", "field"), [
    ({"name": ""}, "#name"), ({"phone": "позвоните мне"}, "#phone"), ({"language": "fr"}, "#language"),
    ({"theme": "pink"}, "#theme")])
def test_mistakes_keep_what_was_typed(cast: Any, browse: Any, wrong: dict[str, str], field: str, htmx: bool) -> None:
    answer = browse(cast.olga).post("/me", {**FILLED, **wrong}, htmx=htmx)
    assert answer.status == 422
    assert answer.root.one("title").text.startswith("Ошибка:")
    assert field in [node.attrs["href"] for node in answer.root.one(class_="summary").all("a")]
    assert answer.root.one("input", name="phone").attrs["value"] == {**FILLED, **wrong}["phone"]
    assert me(cast).phone == ""


def test_htmx_gets_the_next_page_in_a_header(cast: Any, browse: Any) -> None:
    answer = browse(cast.olga).post("/me", FILLED, htmx=True)
    assert (answer.status, answer.headers["HX-Redirect"]) == (204, "/me")


def test_a_changed_password_leaves_this_browser_in_and_all_others_out(cast: Any, browse: Any,
                                                                      signing_in: Any) -> None:
    signing_in(cast.olga)
    here, there = browse(cast.olga), browse(cast.olga)
    assert "Пароль изменён" in here.follow("/me/password", NEW).text
    assert there.get("/me").status == 302
    assert passwords.matches(me(cast).password_hash, "четыре синих облака")


@pytest.mark.parametrize(("wrong", "field"), [
    ({"password-current": "не тот пароль"}, "#password-current"), ({"password-current": ""}, "#password-current"),
    ({"password-password": "Ольга Соколова", "password-again": "Ольга Соколова"}, "#password-password"),
    ({"password-again": "четыре красных облака"}, "#password-again")])
def test_a_wrong_password_form_changes_nothing(cast: Any, browse: Any, signing_in: Any, wrong: dict[str, str],
                                               field: str) -> None:
    signing_in(cast.olga)
    answer = browse(cast.olga).post("/me/password", {**NEW, **wrong})
    assert answer.status == 422
    assert field in [node.attrs["href"] for node in answer.root.one(class_="summary").all("a")]
    assert passwords.matches(me(cast).password_hash, PASSWORD)


def test_the_present_password_cannot_be_guessed_at_speed(cast: Any, browse: Any, signing_in: Any, time: Any) -> None:
    signing_in(cast.olga)
    browser = browse(cast.olga)
    for _ in range(5):
        browser.post("/me/password", {**NEW, "password-current": "guess guess"})
    answer = browser.post("/me/password", NEW)
    assert "Подождите 15 секунд" in answer.root.one(class_="summary").text
    assert passwords.matches(me(cast).password_hash, PASSWORD)


def test_the_bar_changes_language_and_theme_and_comes_back(cast: Any, browse: Any) -> None:
    browser = browse(cast.olga)
    assert browser.post("/me/language", {"language": "en", "next": "/me?x=1"}).location == "/me?x=1"
    browser.post("/me/theme", {"theme": "dark", "next": "/me"})
    page = browser.get("/me")
    assert page.h1 == "My profile"
    assert page.root.one("html").attrs["data-theme"] == "dark"


def test_everybody_but_managers_and_service_sees_the_second_factor(cast: Any, browse: Any) -> None:
    for key, offered in (("olga", False), ("irina", False), ("boris", True), ("anna", True)):
        links = [node.attrs["href"] for node in browse(getattr(cast, key)).get("/me").root.one("main").all("a")]
        assert ("/me/second-factor" in links) is offered, key
