"""Signing in: the right password opens, wrong ones wait longer and longer, and nobody learns who works here."""

from importlib.util import find_spec, module_from_spec
from typing import Any

import pytest
from argon2 import PasswordHasher
from staff.conftest import PASSWORD, logged

from webapp.db import db, transaction
from webapp.staff import passwords
from webapp.staff.models import LoginThrottle, User


def attempt(browser: Any, email: str = "olga@example.org", password: str = "not this one", **options: Any) -> Any:
    return browser.post("/login", {"email": email, "password": password}, **options)


@pytest.mark.parametrize("email", ["olga@example.org", " OLGA@example.ORG "])
def test_the_right_password_opens_the_board(cast: Any, browse: Any, signing_in: Any, email: str) -> None:
    signing_in(cast.olga)
    answer = attempt(browse(), email, PASSWORD)
    assert (answer.status, answer.location) == (303, "/")


@pytest.mark.parametrize(("key", "first"), [
    ("olga", "/board"), ("irina", "/complaints"), ("boris", "/board"), ("anna", "/admin/users")])
def test_everybody_starts_on_the_page_of_their_role(cast: Any, browse: Any, key: str, first: str) -> None:
    assert browse(getattr(cast, key)).get("/").location == first


def test_strangers_are_sent_to_the_sign_in_page_and_brought_back(cast: Any, browse: Any, signing_in: Any) -> None:
    signing_in(cast.anna)
    browser = browse()
    asked = browser.get("/admin/users?q=ол")
    assert asked.status == 302
    assert asked.location.startswith("/login?next=/admin/users?q%3D") or "next=" in asked.location
    back = browser.post(asked.location, {"email": cast.anna.email, "password": PASSWORD})
    assert back.location.startswith("/admin/users?q=")


def test_a_part_asked_without_a_session_leads_the_whole_page_to_sign_in(browse: Any) -> None:
    answer = browse().get("/admin/users", htmx=True)
    assert answer.status == 401
    assert answer.headers["HX-Redirect"].startswith("/login")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example",
                                       "javascript:alert(1)"])
def test_the_next_page_is_always_our_own(cast: Any, browse: Any, signing_in: Any, elsewhere: str) -> None:
    signing_in(cast.olga)
    answer = browse().post("/login", {"email": "olga@example.org", "password": PASSWORD},
                           query_string={"next": elsewhere})
    assert answer.location == "/"


def test_a_wrong_password_keeps_the_e_mail_and_says_what_to_check(cast: Any, browse: Any, signing_in: Any) -> None:
    signing_in(cast.olga)
    answer = attempt(browse())
    assert answer.status == 422
    assert answer.root.one("title").text.startswith("Ошибка:")
    assert "не подходят" in answer.root.one(class_="summary").text
    assert answer.root.one("input", name="email").attrs["value"] == "olga@example.org"
    assert "value" not in answer.root.one("input", name="password").attrs or \
        not answer.root.one("input", name="password").attrs["value"]


def test_empty_fields_are_named(browse: Any) -> None:
    answer = attempt(browse(), "", "")
    assert answer.status == 422
    assert [link.attrs["href"] for link in answer.root.one(class_="summary").all("a")] == ["#email", "#password"]


@pytest.mark.parametrize("who", ["known", "unknown", "no password yet", "dismissed", "no address"])
def test_known_and_unknown_accounts_get_the_same_answer_for_the_same_work(
        cast: Any, browse: Any, signing_in: Any, now: Any, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    signing_in(cast.olga, cast.pavel)
    with transaction():
        cast.pavel.dismissed_at = now
    email = {"known": "olga@example.org", "unknown": "nobody@example.org", "no password yet": "vera@example.org",
             "dismissed": "pavel@example.org", "no address": "просто слова"}[who]
    compared: list[str] = []
    real = passwords.verify

    def counted(kept: str, text: str) -> bool:
        compared.append(kept)
        return real(kept, text)

    monkeypatch.setattr(passwords, "verify", counted)
    answer = attempt(browse(), email)
    assert len(compared) == 1
    assert compared[0].startswith("$argon2id$")
    assert (answer.status, answer.root.one(class_="summary").text.endswith("большие буквы.")) == (422, True)


def test_a_dismissed_person_cannot_sign_in_with_the_right_password(cast: Any, browse: Any, signing_in: Any,
                                                                   now: Any) -> None:
    signing_in(cast.olga)
    with transaction():
        cast.olga.dismissed_at = now
    assert attempt(browse(), password=PASSWORD).status == 422


def test_waits_grow_are_told_and_end(cast: Any, browse: Any, signing_in: Any, time: Any) -> None:
    signing_in(cast.olga)
    browser = browse()
    for _ in range(5):
        assert attempt(browser).status == 422
    waiting = attempt(browser, password=PASSWORD)
    assert waiting.status == 429
    assert "Подождите 15 секунд" in waiting.text
    assert waiting.headers["Retry-After"] == "16"
    time.turn(seconds=16)
    assert attempt(browser).status == 422
    assert "Подождите 30 секунд" in attempt(browser).text
    time.turn(seconds=31)
    assert attempt(browser, password=PASSWORD).status == 303


def test_waiting_tries_are_not_counted_so_nobody_is_kept_out_for_ever(cast: Any, browse: Any, signing_in: Any,
                                                                      time: Any) -> None:
    signing_in(cast.olga)
    browser = browse()
    for _ in range(40):
        attempt(browser)
    time.turn(seconds=16)
    assert attempt(browser, password=PASSWORD).status == 303


def test_an_unknown_account_waits_just_the_same(browse: Any, time: Any) -> None:
    browser = browse()
    for _ in range(5):
        assert attempt(browser, "nobody@example.org").status == 422
    assert attempt(browser, "nobody@example.org").status == 429


def test_an_address_that_tries_many_accounts_waits_for_all_of_them(browse: Any, time: Any) -> None:
    browser = browse()
    answers = [attempt(browser, f"person{i}@example.org").status for i in range(22)]
    assert answers == [422] * 21 + [429]
    elsewhere = attempt(browser, "person30@example.org", environ_overrides={"REMOTE_ADDR": "203.0.113.7"})
    assert elsewhere.status == 422


def test_one_good_account_does_not_free_an_address_to_guess_others(cast: Any, browse: Any, signing_in: Any,
                                                                   time: Any) -> None:
    signing_in(cast.pavel)
    browser = browse()
    for i in range(20):
        attempt(browser, f"person{i}@example.org")
    assert attempt(browser, "pavel@example.org", PASSWORD).status == 303
    answers = [attempt(browse(), f"other{i}@example.org").status for i in range(2)]
    assert answers == [422, 429]


def test_neighbours_of_one_ipv6_network_count_as_one_address(browse: Any, time: Any) -> None:
    for i in range(21):
        attempt(browse(), f"p{i}@example.org", environ_overrides={"REMOTE_ADDR": f"2001:db8:1:2::{i:x}"})
    answer = attempt(browse(), "p99@example.org", environ_overrides={"REMOTE_ADDR": "2001:db8:1:2:ffff::1"})
    assert answer.status == 429


def test_signing_in_forgets_the_fails_of_the_account(cast: Any, browse: Any, signing_in: Any, time: Any) -> None:
    signing_in(cast.olga)
    for _ in range(4):
        attempt(browse())
    assert attempt(browse(), password=PASSWORD).status == 303
    assert [attempt(browse()).status for _ in range(5)] == [422] * 5


def test_what_people_typed_is_not_kept_in_the_table_of_tries(browse: Any) -> None:
    attempt(browse(), "my secret password in the wrong field")
    keys = [row.key for row in db.session.query(LoginThrottle)]
    assert len(keys) == 2
    assert not [key for key in keys if "secret" in key]


def test_signing_in_and_out_is_logged(cast: Any, browse: Any, signing_in: Any) -> None:
    from webapp.staff.models import AuditEntry
    signing_in(cast.olga)
    browser = browse()
    attempt(browser, password=PASSWORD)
    browser.post("/logout")
    lines = [(row.verb, row.user_id) for row in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert lines == [("signed_in", cast.olga.id), ("signed_out", cast.olga.id)]
    assert logged() == []


def dear() -> PasswordHasher:
    """The hasher of the product: the one all other tests use is cheap."""
    spec = find_spec(passwords.__name__)
    assert spec and spec.loader
    fresh = module_from_spec(spec)
    spec.loader.exec_module(fresh)
    return fresh._hasher


def test_a_hash_is_dear_to_guess() -> None:
    hasher = dear()
    assert (hasher.type.name, hasher.time_cost >= 3, hasher.memory_cost >= 64 * 1024) == ("ID", True, True)


def test_a_hash_made_with_weaker_settings_is_made_anew(cast: Any, browse: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(passwords, "_hasher", dear())
    weak = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    with transaction():
        cast.olga.password_hash = weak
    assert attempt(browse(), password=PASSWORD).status == 303
    kept = db.session.get(User, cast.olga.id).password_hash
    assert kept != weak
    assert passwords.matches(kept, PASSWORD)


def test_visitors_choose_language_and_theme(browse: Any) -> None:
    browser = browse()
    assert browser.get("/login").h1 == "Войти"
    changed = browser.post("/me/language", {"language": "en", "next": "/login"})
    assert (changed.status, changed.location) == (303, "/login")
    browser.post("/me/theme", {"theme": "dark", "next": "/login"})
    page = browser.get("/login")
    assert page.h1 == "Sign in"
    assert page.root.one("html").attrs["data-theme"] == "dark"


@pytest.mark.parametrize(("url", "data"), [("/me/language", {"language": "tlh"}), ("/me/theme", {"theme": "<b>"})])
def test_unknown_languages_and_themes_change_nothing(browse: Any, url: str, data: dict[str, str]) -> None:
    browser = browse()
    assert browser.post(url, {**data, "next": "//evil.example"}).location == "/"
    page = browser.get("/login")
    assert (page.root.one("html").attrs["lang"], page.root.one("html").attrs["data-theme"]) == ("ru", "auto")
