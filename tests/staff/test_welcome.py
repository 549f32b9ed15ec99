"""The first person of an empty agency: set up once, then never again."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from webapp.config import Settings
from webapp.db import db, transaction
from webapp.staff import actions
from webapp.staff.first_code import first_code, is_first_code
from webapp.staff.models import AuditEntry, Office, Setting, User, UserOffice
from webapp.staff.rules import NotAllowed

CODE = first_code(Settings(instance=Path("."), secret_key="k" * 64, database_url=""))
FILLED = {"code": CODE, "agency": "Попутный ветер", "name": "Анна Орлова", "email": "Anna@Example.org",
          "password": "пять тёплых морей", "again": "пять тёплых морей"}


@pytest.fixture
def empty(app: Flask, cast: Any) -> Flask:
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
    assert (answer.status, answer.location) == (303, "/setup")
    user = db.session.query(User).one()
    assert (user.email, user.hats, user.is_network) == ("anna@example.org", {"director", "admin"}, True)
    assert db.session.get(Setting, "agency_name").value == "Попутный ветер"
    assert browser.get("/me").status == 200
    assert browser.get("/admin/users").status == 200
    assert [row.verb for row in db.session.query(AuditEntry).order_by(AuditEntry.id)][-2:] == ["set_up", "signed_in"]


def test_the_printed_address_brings_the_code_along(empty: Flask, browse: Any) -> None:
    page = browse().get(f"/welcome?code={CODE}")
    assert page.root.one("input", name="code").attrs["type"] == "hidden"
    assert page.root.one("input", name="code").attrs["value"] == CODE


@pytest.mark.parametrize("code", ["", "AAAA-BBBB-CCCC-DDDD", CODE[:-1], f"{CODE}A", "я" * 16])
def test_a_stranger_without_the_code_cannot_claim_a_fresh_server(empty: Flask, browse: Any, code: str) -> None:
    answer = browse().post("/welcome", {**FILLED, "code": code})
    assert answer.status == 422
    assert "#code" in [node.attrs["href"] for node in answer.root.one(class_="summary").all("a")]
    assert answer.root.one("input", name="agency").attrs["value"] == FILLED["agency"]
    assert db.session.query(User).count() == 0


def test_the_code_is_known_however_it_is_typed_and_belongs_to_one_instance() -> None:
    mine, other = (Settings(instance=Path("."), secret_key=key * 64, database_url="") for key in "ab")
    code = first_code(mine)
    assert is_first_code(mine, code.lower().replace("-", " "))
    assert is_first_code(mine, code.replace("O", "0").replace("I", "1"))
    assert not is_first_code(other, code)


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
