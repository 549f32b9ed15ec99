"""The first person of an empty agency: set up once, then never again."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from webapp.db import db, transaction
from webapp.staff import actions
from webapp.staff.models import AuditEntry, Office, Setting, User, UserOffice
from webapp.staff.rules import NotAllowed

FILLED = {"agency": "Попутный ветер", "name": "Анна Орлова", "email": "Anna@Example.org",
          "password": "пять тёплых морей", "again": "пять тёплых морей"}


@pytest.fixture
def empty(app: Flask) -> Flask:
    """An agency in which nobody works yet."""
    with transaction() as session:
        session.execute(delete(UserOffice))
        session.execute(delete(User))
    return app


def test_an_empty_agency_leads_to_its_setting_up(empty: Flask, browse: Any) -> None:
    assert browse().get("/login").location == "/welcome"


def test_the_first_person_is_director_and_admin_and_is_in(empty: Flask, browse: Any) -> None:
    browser = browse()
    assert browser.get("/welcome").h1 == "Откройте своё агентство"
    answer = browser.post("/welcome", FILLED)
    assert (answer.status, answer.location) == (303, "/")
    user = db.session.query(User).one()
    assert (user.email, user.hats, user.is_network) == ("anna@example.org", {"director", "admin"}, True)
    assert db.session.get(Setting, "agency_name").value == "Попутный ветер"
    assert browser.get("/me").status == 200
    assert browser.get("/admin/users").status == 200
    assert [row.verb for row in db.session.query(AuditEntry).order_by(AuditEntry.id)] == ["set_up", "signed_in"]


def test_it_is_gone_as_soon_as_there_is_anybody(empty: Flask, browse: Any) -> None:
    browse().post("/welcome", FILLED)
    assert browse().get("/welcome").status == 404
    assert browse().post("/welcome", {**FILLED, "email": "evil@example.org"}).status == 404
    assert db.session.query(User).count() == 1


def test_the_model_refuses_a_second_first_person(app: Flask, now: Any) -> None:
    with pytest.raises(NotAllowed, match="not-empty"):
        actions.set_up_agency(agency="A", name="B", email="b@example.org", password="пять тёплых морей",
                              language="ru", now=now)


def test_without_any_office_one_is_made(empty: Flask, browse: Any) -> None:
    with transaction() as session:
        session.execute(delete(Office))
    browse().post("/welcome", FILLED)
    office = db.session.query(Office).one()
    assert (office.code, office.name, office.timezone) == ("main", "Попутный ветер", "Europe/Moscow")


@pytest.mark.parametrize(("wrong", "field"), [
    ({"agency": ""}, "#agency"), ({"name": " "}, "#name"), ({"email": "анна собака пример"}, "#email"),
    ({"password": "qwertyuiop", "again": "qwertyuiop"}, "#password"),
    ({"password": "попутный ветер", "again": "попутный ветер"}, "#password"), ({"again": "другое"}, "#again")])
def test_mistakes_are_explained_and_what_was_typed_stays(empty: Flask, browse: Any, wrong: dict[str, str],
                                                         field: str) -> None:
    answer = browse().post("/welcome", {**FILLED, **wrong})
    assert answer.status == 422
    assert field in [node.attrs["href"] for node in answer.root.one(class_="summary").all("a")]
    for name in ("agency", "name", "email"):
        assert answer.root.one("input", name=name).attrs.get("value", "") == {**FILLED, **wrong}[name].strip()
    assert db.session.query(User).count() == 0
