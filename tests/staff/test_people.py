"""People: added, edited, dismissed, taken back; who may, and what the log says."""

from typing import Any

import pytest
from staff.conftest import logged

from webapp.db import db
from webapp.staff import actions, passwords
from webapp.staff.actions.people import Person
from webapp.staff.audit import actor_of, job
from webapp.staff.models import User
from webapp.staff.rules import BadInput, NotAllowed

FILLED = {"name": "Тимур Алиев", "email": "timur@example.org", "phone": "", "role": "manager", "offices": ["main"]}


def add(cast: Any, now: Any, **changes: Any) -> User:
    given = {"email": "timur@example.org", "name": "Тимур Алиев", "role": "manager", "office_codes": ["main"],
             "actor": actor_of(cast.anna), "now": now}
    return actions.add_user(**{**given, **changes})


def edit(user: User, cast: Any, now: Any, **changes: Any) -> None:
    given = {"email": user.email, "name": user.name, "role": user.role, "is_admin": user.is_admin,
             "office_codes": tuple(o.code for o in user.offices), "is_network": user.is_network}
    actions.edit_user(user, Person(**{**given, **changes}), actor=actor_of(cast.anna), now=now)


def test_a_person_is_added_with_a_password_by_the_command_line(cast: Any, now: Any) -> None:
    user = add(cast, now, email="Timur@Example.ORG", password="пять тёплых морей", role="quality",
               office_codes=["main", "east"], actor=job("command line"))
    assert (user.email, user.role, [o.code for o in user.offices]) == ("timur@example.org", "service", ["main", "east"])
    assert passwords.matches(user.password_hash, "пять тёплых морей")
    line = logged()[-1]
    assert (line.actor, line.user_id, line.verb) == ("command line", None, "added")
    assert line.facts["offices"] == [None, ["main", "east"]]
    assert not [value for value in line.facts if "password" in value]


@pytest.mark.parametrize(("wrong", "code"), [
    ({"email": "timur"}, "bad-email"), ({"email": "olga@example.org"}, "email-taken"),
    ({"email": " OLGA@EXAMPLE.ORG"}, "email-taken"), ({"name": "  "}, "no-name"), ({"role": "boss"}, "unknown-role"),
    ({"office_codes": ["nowhere"]}, "unknown-office"), ({"office_codes": []}, "no-office"),
    ({"password": "коротко"}, "password-too-short"), ({"password": "qwertyuiop"}, "password-too-common"),
    ({"password": "Тимур Алиев"}, "password-too-personal"), ({"phone": "звоните"}, "bad-phone"),
    ({"is_admin": True}, "admin-hat"), ({"is_network": True}, "network-hat")])
def test_what_cannot_be_is_refused_with_its_reason(cast: Any, now: Any, wrong: dict[str, Any], code: str) -> None:
    before = db.session.query(User).count()
    with pytest.raises(BadInput) as refusal:
        add(cast, now, **wrong)
    assert refusal.value.code == code
    db.session.rollback()
    assert db.session.query(User).count() == before


def test_admins_and_network_directors_need_no_office(cast: Any, now: Any) -> None:
    assert add(cast, now, role="admin", office_codes=[]).offices == []
    boss = add(cast, now, role="network", office_codes=[], email="boss@example.org")
    assert (boss.role, boss.is_network, len(boss.office_ids)) == ("director", True, 2)


def test_the_form_adds_a_person_and_shows_their_link(cast: Any, browse: Any) -> None:
    page = browse(cast.anna).follow("/admin/users/new", FILLED)
    assert page.h1 == "Тимур Алиев"
    assert "/invite/" in page.root.one("input", id="link").attrs["value"]


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("wrong", "field"), [
    ({"name": ""}, "#name"), ({"email": "кто-то"}, "#email"), ({"email": "olga@example.org"}, "#email"),
    ({"role": ""}, "#role"), ({"role": "boss"}, "#role"), ({"offices": []}, "#offices"), ({"phone": "12"}, "#phone"),
    ({"is_admin": "y"}, "#is_admin"), ({"is_network": "y"}, "#is_network")])
def test_mistakes_are_linked_and_the_rest_stays(cast: Any, browse: Any, wrong: dict[str, Any], field: str,
                                                htmx: bool) -> None:
    answer = browse(cast.anna).post("/admin/users/new", {**FILLED, **wrong}, htmx=htmx)
    assert answer.status == 422
    assert answer.root.one("title").text.startswith("Ошибка:")
    assert field in [node.attrs["href"] for node in answer.root.one(class_="summary").all("a")]
    assert answer.root.one(id=field[1:])
    assert answer.root.one("input", name="email").attrs["value"] == {**FILLED, **wrong}["email"]
    assert db.session.query(User).count() == 7


def test_an_office_that_was_not_offered_is_refused(cast: Any, browse: Any) -> None:
    answer = browse(cast.anna).post("/admin/users/new", {**FILLED, "offices": ["moon"]})
    assert answer.status == 422


def test_a_change_is_logged_with_old_and_new(cast: Any, browse: Any) -> None:
    form = {"name": "Ольга Ветрова", "email": "olga@example.org", "phone": "", "role": "service",
            "offices": ["main", "east"]}
    page = browse(cast.anna).follow(f"/admin/users/{cast.olga.id}", form)
    assert page.h1 == "Ольга Ветрова"
    line = logged()[-1]
    assert line.user_id == cast.anna.id
    assert line.facts == {"name": ["Ольга Соколова", "Ольга Ветрова"], "role": ["manager", "service"],
                          "offices": [["main"], ["east", "main"]]}


def test_a_wrong_change_keeps_what_was_typed_and_changes_nothing(cast: Any, browse: Any) -> None:
    form = {"name": "Другая", "email": "pavel@example.org", "phone": "", "role": "manager", "offices": ["main"]}
    answer = browse(cast.anna).post(f"/admin/users/{cast.olga.id}", form)
    assert answer.status == 422
    assert answer.root.one("input", name="name").attrs["value"] == "Другая"
    assert db.session.get(User, cast.olga.id).name == "Ольга Соколова"


def test_a_leaver_is_out_at_once_and_can_be_taken_back(cast: Any, browse: Any) -> None:
    leaver = browse(cast.olga)
    admin = browse(cast.anna)
    assert "больше не работает" in admin.follow(f"/admin/users/{cast.olga.id}/dismissal").text
    assert leaver.get("/me").status == 302
    assert not db.session.get(User, cast.olga.id).works_here
    page = admin.follow(f"/admin/users/{cast.olga.id}/return")
    assert page.root.one("input", id="link")
    assert db.session.get(User, cast.olga.id).works_here
    assert [line.verb for line in logged()] == ["dismissed", "taken_back", "invited"]


def test_dismissing_twice_is_one_dismissal(cast: Any, now: Any) -> None:
    for _ in range(2):
        actions.dismiss(cast.olga, actor=actor_of(cast.anna), now=now)
    assert [line.verb for line in logged()] == ["dismissed"]


def test_nobody_dismisses_or_demotes_oneself(cast: Any, now: Any) -> None:
    add(cast, now, role="admin", office_codes=[])
    with pytest.raises(NotAllowed, match="own-dismissal"):
        actions.dismiss(cast.anna, actor=actor_of(cast.anna), now=now)
    with pytest.raises(NotAllowed, match="own-rights"):
        edit(cast.anna, cast, now, role="director")


def test_the_last_admin_stays(cast: Any, now: Any) -> None:
    with pytest.raises(NotAllowed, match="last-admin"):
        actions.dismiss(cast.anna, actor=job("night work"), now=now)
    with pytest.raises(NotAllowed, match="last-admin"):
        actions.edit_user(cast.anna, Person("anna@example.org", "Анна Орлова", "director", ("main",)),
                          actor=job("night work"), now=now)
    edit(cast.boris, cast, now, is_admin=True)
    actions.dismiss(cast.anna, actor=job("night work"), now=now)
    assert not cast.anna.works_here


def test_the_page_says_why_an_admin_cannot_leave(cast: Any, browse: Any) -> None:
    answer = browse(cast.anna).post(f"/admin/users/{cast.anna.id}/dismissal")
    assert answer.status == 403
    assert "Нельзя уволить самого себя" in answer.text


def test_a_director_reads_and_does_not_edit(cast: Any, browse: Any) -> None:
    browser = browse(cast.boris)
    page = browser.get(f"/admin/users/{cast.olga.id}")
    assert "olga@example.org" in page.text
    assert not page.root.one("main").all("form")
    form = {"name": "Другая", "email": "olga@example.org", "phone": "", "role": "director", "offices": ["main"]}
    for url, data in ((f"/admin/users/{cast.olga.id}", form), (f"/admin/users/{cast.olga.id}", {}),
                      (f"/admin/users/{cast.olga.id}/invitations", {}), (f"/admin/users/{cast.olga.id}/dismissal", {}),
                      (f"/admin/users/{cast.olga.id}/return", {}),
                      (f"/admin/users/{cast.olga.id}/second-factor/end", {})):
        assert browser.post(url, data).status == 403, url
    assert db.session.get(User, cast.olga.id).role == "manager"


def test_people_of_another_office_do_not_exist_for_a_director(cast: Any, browse: Any) -> None:
    browser = browse(cast.boris)
    assert browser.get(f"/admin/users/{cast.vera.id}").status == 404
    assert browser.post(f"/admin/users/{cast.vera.id}/dismissal").status == 404
    assert "Чайкина" not in browser.get("/admin/users").text
    assert "Чайкина" in browse(cast.nikolai).get("/admin/users").text
    assert "Чайкина" in browse(cast.anna).get("/admin/users").text


@pytest.mark.parametrize(("ask", "found"), [
    ("q=сокол", {"Ольга Соколова"}), ("q=СОКОЛОВА", {"Ольга Соколова"}), ("q=vera@", {"Вера Чайкина"}),
    ("q=%25", set()), ("office={east}", {"Вера Чайкина", "Николай Громов"}), ("show=left", {"Павел Дроздов"}),
    ("office=abc&q=дрозд", set())])
def test_the_list_is_searched(cast: Any, browse: Any, now: Any, ask: str, found: set[str]) -> None:
    actions.dismiss(cast.pavel, actor=actor_of(cast.anna), now=now)
    for htmx in (False, True):
        page = browse(cast.anna).get("/admin/users?" + ask.format(east=cast.east.id), htmx=htmx)
        assert page.is_full is not htmx
        rows = page.root.one(id="people").all("th", scope="row")
        assert {row.text.split(" ", 1)[1].rsplit(" ", 1)[0] for row in rows} == found


def test_the_list_says_who_is_away_and_who_waits(cast: Any, browse: Any, signing_in: Any, time: Any) -> None:
    from datetime import date
    signing_in(cast.olga, cast.pavel, cast.boris)
    actions.record_absence(cast.olga, cast.pavel, first_day=date(2026, 11, 16), last_day=date(2026, 11, 22), note="",
                           actor=actor_of(cast.boris), today=date(2026, 11, 16), now=time.now)
    rows = {row.all("th")[0].text: row.text for row in browse(cast.boris).get("/admin/users").root.all("tr")}
    assert "Нет на месте, замещает Павел Дроздов" in rows["ОС Ольга Соколова olga@example.org"]
    assert "Ждёт первого входа" in rows["ИМ Ирина Мельник irina@example.org"]
    assert "Работает" in rows["ПД Павел Дроздов pavel@example.org"]


def test_the_list_asks_the_same_number_of_questions_for_many_people(cast: Any, browse: Any, now: Any,
                                                                    queries: Any) -> None:
    browser = browse(cast.anna)
    browser.get("/admin/users")
    with queries() as few:
        browser.get("/admin/users")
    for i in range(15):
        add(cast, now, email=f"p{i}@example.org", office_codes=["main", "east"][: 1 + i % 2])
    with queries() as many:
        browser.get("/admin/users")
    assert len(many) == len(few)
    # Seven of them say above the page what is left of the first set-up.
    assert len(few) <= 19
