"""Settings of the agency: admins edit, directors read, pages show."""

from typing import Any

import pytest
from staff.conftest import logged

from webapp.db import db
from webapp.staff import actions
from webapp.staff.audit import actor_of, job
from webapp.staff.models import Setting, User, setting
from webapp.staff.rules import NotAllowed

FILLED = {"agency_name": "Попутный  ветер", "language": "ru", "agency_phone": "8 (495) 123-45-67",
          "agency_email": "Info@Example.org", "agency_site": "www.example.ru"}


def test_the_name_shows_on_every_page(cast: Any, browse: Any) -> None:
    page = browse(cast.anna).follow("/admin/settings", FILLED)
    assert page.root.one("footer").text.startswith("Попутный ветер")
    assert browse().get("/login").root.one("footer").text == "Попутный ветер"
    assert (setting("agency_phone"), setting("agency_email"), setting("agency_site")) == (
        "+74951234567", "info@example.org", "https://www.example.ru")
    assert logged("settings")[-1].facts["agency_name"] == [None, "Попутный ветер"]


def test_a_name_is_text_and_never_markup(cast: Any, browse: Any) -> None:
    page = browse(cast.anna).follow("/admin/settings", {**FILLED, "agency_name": "<b>Ветер</b> & море"})
    assert "<b>Ветер" not in page.html
    assert page.root.one("footer").text.startswith("<b>Ветер</b> & море") or "&lt;b&gt;Ветер" in page.html


def test_the_language_of_the_agency_is_for_visitors_and_new_people(cast: Any, browse: Any, now: Any) -> None:
    browse(cast.anna).follow("/admin/settings", {**FILLED, "language": "en"})
    assert browse().get("/login").h1 == "Sign in"
    user = actions.add_user(email="t@example.org", name="Tim", role="manager", office_codes=["main"], now=now,
                            actor=job("command line"))
    assert user.language == "en"
    assert db.session.get(User, cast.olga.id).language == "ru"


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("wrong", "field"), [
    ({"agency_name": " "}, "#agency_name"), ({"agency_phone": "звоните"}, "#agency_phone"),
    ({"agency_email": "почта"}, "#agency_email"), ({"language": "fr"}, "#language"),
    ({"agency_site": "наш сайт"}, "#agency_site"), ({"agency_site": "javascript://x.ru"}, "#agency_site"),
    ({"agency_site": "http://["}, "#agency_site")])
def test_mistakes_keep_what_was_typed(cast: Any, browse: Any, wrong: dict[str, str], field: str, htmx: bool) -> None:
    answer = browse(cast.anna).post("/admin/settings", {**FILLED, **wrong}, htmx=htmx)
    assert answer.status == 422
    assert field in [node.attrs["href"] for node in answer.root.one(class_="summary").all("a")]
    assert answer.root.one("input", name="agency_phone").attrs["value"] == {**FILLED, **wrong}["agency_phone"]
    assert db.session.query(Setting).count() == 0


def test_only_what_changed_is_logged_and_nothing_when_nothing_did(cast: Any, browse: Any) -> None:
    browser = browse(cast.anna)
    browser.follow("/admin/settings", FILLED)
    browser.follow("/admin/settings", FILLED)
    browser.follow("/admin/settings", {**FILLED, "agency_phone": ""})
    assert [set(line.facts) for line in logged("settings")][1:] == [{"agency_phone"}]


def test_a_director_reads_and_does_not_edit(cast: Any, browse: Any, now: Any) -> None:
    actions.change_settings({"agency_name": "Попутный ветер"}, actor=actor_of(cast.anna), now=now)
    browser = browse(cast.boris)
    page = browser.get("/admin/settings")
    assert "Попутный ветер" in page.root.one("main").text
    assert not page.root.one("main").all("form")
    for data in (FILLED, {}):
        assert browser.post("/admin/settings", data).status == 403
    with pytest.raises(NotAllowed):
        actions.change_settings({"x": 1}, actor=actor_of(cast.boris), now=now)
