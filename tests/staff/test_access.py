"""Who may open which page of the room: every role, every page, both languages."""

from typing import Any

import pytest
from flask import Flask

from webapp.staff import actions
from webapp.web.guard import access_of

PEOPLE = ("stranger", "olga", "irina", "boris", "nikolai", "anna")
EVERYBODY = {"olga": 200, "irina": 200, "boris": 200, "nikolai": 200, "anna": 200, "stranger": 302}
LEADS = {**EVERYBODY, "olga": 404, "irina": 404}
OWN_OFFICE_ONLY = {**LEADS, "boris": 404}
ADMINS = {**LEADS, "boris": 404, "nikolai": 404}
PAGES = {
    "/me": EVERYBODY,
    "/me/second-factor": LEADS,
    "/admin/users": LEADS,
    "/admin/users/new": ADMINS,
    "/admin/users/{olga}": LEADS,
    "/admin/users/{vera}": OWN_OFFICE_ONLY,
    "/admin/users/999": {**LEADS, "boris": 404, "nikolai": 404, "anna": 404},
    "/admin/offices": LEADS,
    "/admin/offices/new": ADMINS,
    "/admin/offices/{main}": LEADS,
    "/admin/offices/{east}": OWN_OFFICE_ONLY,
    "/admin/absences": LEADS,
    "/admin/log": LEADS,
    "/admin/settings": LEADS,
}
LEADS_POST = {"stranger": 302, "olga": 404, "irina": 404, "boris": 403, "nikolai": 403}
POSTS = {
    "/admin/users/{pavel}": LEADS_POST,
    "/admin/users/{pavel}/invitations": LEADS_POST,
    "/admin/users/{pavel}/dismissal": LEADS_POST,
    "/admin/users/{pavel}/return": LEADS_POST,
    "/admin/users/{pavel}/second-factor/end": LEADS_POST,
    "/admin/offices/{main}": LEADS_POST,
    "/admin/offices/{main}/days": LEADS_POST,
    "/admin/offices/{main}/closing": LEADS_POST,
    "/admin/offices/{main}/opening": LEADS_POST,
    "/admin/settings": LEADS_POST,
    "/admin/users/new": {**LEADS_POST, "boris": 404, "nikolai": 404},
    "/admin/offices/new": {**LEADS_POST, "boris": 404, "nikolai": 404},
}


def ids(cast: Any) -> dict[str, int]:
    return {key: row.id for key, row in vars(cast).items()}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("who", PEOPLE)
def test_pages_by_role(cast: Any, browse: Any, who: str, language: str) -> None:
    user = getattr(cast, who, None)
    if user:
        actions.set_language(user, language)
    browser = browse(user)
    for url, answers in PAGES.items():
        page = browser.get(url.format(**ids(cast)))
        assert page.status == answers[who], url
        if page.status == 200:
            assert page.root.one("html").attrs["lang"] == language
            assert page.root.one("title").text.startswith(page.h1.split(" ")[0])


@pytest.mark.parametrize("who", [who for who in PEOPLE if who != "anna"])
def test_changes_by_role(cast: Any, browse: Any, who: str) -> None:
    browser = browse(getattr(cast, who, None))
    for url, answers in POSTS.items():
        assert browser.post(url.format(**ids(cast))).status == answers[who], url


def test_every_page_of_the_room_says_who_may_open_it(app: Flask) -> None:
    ours = [rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("staff.")]
    assert len(ours) > 25
    assert [endpoint for endpoint in ours if access_of(app, endpoint) is None] == []


def test_what_changes_something_is_never_a_get(cast: Any, browse: Any, queries: Any) -> None:
    browser = browse(cast.anna)
    with queries() as asked:
        for url in PAGES:
            browser.get(url.format(**ids(cast)))
    assert [sql for sql in asked if sql.split()[0] in ("INSERT", "UPDATE", "DELETE")] == []


@pytest.mark.parametrize(("who", "words"), [
    ("olga", []), ("boris", ["Агентство", "Сотрудники", "Офисы", "Отпуска и замены", "Журнал", "Настройки"]),
    ("anna", ["Агентство", "Сотрудники", "Офисы", "Отпуска и замены", "Настройка по шагам", "Журнал", "Настройки"])])
def test_the_bar_holds_what_one_may_open(cast: Any, browse: Any, who: str, words: list[str]) -> None:
    bar = browse(getattr(cast, who)).get("/me").root.one("nav", class_="nav")
    ours = [node.attrs["href"] for node in bar.all("a")
            if node.attrs["href"].split("/")[-1] in ("users", "offices", "absences", "log", "settings")]
    assert len(ours) == (5 if words else 0)
    for word in words:
        assert word in bar.text
    # Letters and plans are read by everybody who works here.
    assert "Письма" in bar.text and "Планы" in bar.text


def test_the_forms_carry_the_token(cast: Any, browse: Any, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        browser = browse(cast.anna)
        for url in ("/me", f"/admin/users/{cast.olga.id}", f"/admin/offices/{cast.main.id}", "/admin/settings",
                    "/admin/absences", "/admin/users/new"):
            for form in browser.get(url).root.all("form"):
                if form.attrs.get("method") == "post":
                    assert [f for f in form.all("input") if f.attrs.get("name") == "csrf_token"], url
        refused = browser.post("/me/theme", {"theme": "dark"})
        assert refused.status == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
