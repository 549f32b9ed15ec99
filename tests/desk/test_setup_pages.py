"""The first set-up: four steps that can be left, skipped and returned to, and the demo that leaves with one click."""

import pytest
from sqlalchemy import select

from webapp.db import db, transaction
from webapp.desk.actions import install_shipped
from webapp.desk.setup_state import setup_states
from webapp.letters.models import Identity
from webapp.post.actions.modes import present_mode
from webapp.staff.models import AuditEntry, Office, Setting, User, setting
from webapp.touches.models import PlanStep, PlanVersion
from webapp.touches.store import forget_steps

PLACE = {"agency_name": "Попутный ветер", "agency_phone": "8 (495) 123-45-67", "agency_email": "Mail@Poputny.Example",
         "agency_site": "poputny.example", "office_name": "На Тверской", "city": "Москва", "address": "Тверская, 1",
         "timezone": "Europe/Samara"}
SIGNERS = {"director_name": "Борис Ветров", "director_role": "директор", "director_email": "",
           "quality_name": "Марина Ясная", "quality_role": "директор по качеству", "quality_email": "q@poputny.example"}


@pytest.fixture
def anna(browse, cast, now):
    install_shipped(now=now)
    forget_steps()
    return browse(cast.anna)


def states():
    db.session.rollback()
    return list(setup_states().values())


def test_the_line_above_every_page_says_how_many_steps_are_left_and_leads_there(anna, browse, cast):
    strip = anna.get("/admin/users").root.one(class_="strip")
    assert "Настройка: осталось 4 из 4" in strip.text
    assert strip.one("a").attrs["href"] == "/setup"
    assert "Настройка: осталось" not in browse(cast.olga).get("/board").text
    assert anna.get("/setup").h1 == "Настройка"


@pytest.mark.parametrize(("who", "status"), [("olga", 404), ("irina", 404), ("boris", 200), ("anna", 200)])
def test_only_administrators_set_up_and_a_director_reads_whom_to_ask(browse, cast, who, status):
    person = browse(getattr(cast, who))
    page = person.get("/setup")
    assert page.status == status
    if who == "boris":
        assert f"настраивает администратор: {cast.anna.name}" in page.text
    if who != "anna":
        assert {person.get(f"/setup/{step}").status for step in ("agency", "signatures", "letters", "data", "demo")} == {404}
        assert {person.post(url).status for url in ("/setup/agency", "/setup/agency/skip", "/setup/demo/removal",
                                                    "/setup/letters/service-call")} == {404}


def test_agency_and_office_are_saved_and_it_goes_on_with_the_next_step(anna):
    answer = anna.post("/setup/agency", PLACE)
    assert (answer.status, answer.location) == (303, "/setup/signatures")
    db.session.rollback()
    office = db.session.scalars(select(Office).order_by(Office.id)).first()
    assert (office.name, office.city, office.timezone) == ("На Тверской", "Москва", "Europe/Samara")
    assert (setting("agency_phone"), setting("agency_email")) == ("+74951234567", "mail@poputny.example")
    assert setting("agency_site") == "https://poputny.example"
    assert states() == ["done", "open", "open", "open"]
    assert anna.get("/setup/agency").root.one("input", id="office_name").attrs["value"] == "На Тверской"


def test_the_mailbox_of_the_first_step_is_reached_with_everything_typed_kept(anna):
    answer = anna.post("/setup/agency", PLACE | {"then": "mail"})
    assert (answer.status, answer.location) == (303, "/admin/sending/mail")
    assert anna.get("/setup/agency").root.one("input", id="city").attrs["value"] == "Москва"


@pytest.mark.parametrize(("wrong", "field"), [
    ({"agency_name": ""}, "agency_name"), ({"agency_phone": "позвоните"}, "agency_phone"),
    ({"agency_email": "mail@"}, "agency_email"), ({"agency_site": "не сайт"}, "agency_site"),
    ({"office_name": " "}, "office_name"), ({"timezone": "Луна"}, "timezone")])
def test_what_is_wrong_is_told_beside_its_field_and_all_values_stay(anna, wrong, field):
    answer = anna.post("/setup/agency", PLACE | wrong)
    assert answer.status == 422 and answer.root.one(id=f"{field}-error").text
    for name in ("city", "address"):
        assert answer.root.one("input", id=name).attrs["value"] == PLACE[name]
    assert states() == ["open"] * 4
    db.session.rollback()
    assert db.session.scalars(select(Office).order_by(Office.id)).first().name != "На Тверской"


def test_signatures_are_those_letters_carry(anna):
    anna.follow("/setup/signatures", SIGNERS)
    db.session.rollback()
    rows = {row.code: row for row in db.session.scalars(select(Identity).where(Identity.office_id.is_(None)))}
    assert (rows["quality"].name, rows["quality"].email) == ("Марина Ясная", "q@poputny.example")
    assert rows["director"].role == "директор"
    assert states()[1] == "done"


def test_answers_of_lost_clients_never_go_to_a_seller(anna, cast):
    answer = anna.post("/setup/signatures", SIGNERS | {"quality_email": cast.olga.email.upper()})
    assert answer.status == 422
    assert "не должны приходить тому, кто упустил продажу" in answer.root.one(id="quality_email-error").text
    assert answer.root.one("input", id="quality_name").attrs["value"] == "Марина Ясная"


def test_a_step_is_skipped_and_returned_to(anna):
    assert anna.post("/setup/agency/skip").location == "/setup/signatures"
    assert states() == ["skipped", "open", "open", "open"]
    page = anna.get("/setup")
    assert "Осталось 3 из 4" in page.text and "пропущено" in page.text
    anna.follow("/setup/agency", PLACE)
    assert states()[0] == "done"
    anna.post("/setup/agency/skip")
    assert states()[0] == "done", "what was done stays done"
    for step in ("signatures", "letters", "data"):
        answer = anna.post(f"/setup/{step}/skip")
    assert answer.location == "/setup" and "Всё настроено" in anna.get("/setup").text
    assert "Настройка: осталось" not in anna.get("/admin/users").text


def test_the_plan_is_read_with_its_letters_and_the_call_is_switched_on_and_off(anna):
    page = anna.get("/setup/letters")
    assert "за 3 дня до вылета" in page.text
    links = [node.attrs["href"] for node in page.root.one("main").all("a") if "/admin/letters/" in node.attrs["href"]]
    assert len(links) == 15 and anna.get(links[0]).status == 200
    assert "ставится для новых поездок" in anna.follow("/setup/letters/service-call", {"active": "1"}).text
    assert is_planned() is True
    anna.follow("/setup/letters/service-call")
    assert is_planned() is False
    assert "service-call-on" in set(db.session.scalars(select(AuditEntry.verb)))
    assert anna.post("/setup/letters").location == "/setup/data"


def is_planned():
    db.session.rollback()
    return db.session.scalars(select(PlanStep.active).join(PlanVersion).where(PlanStep.code == "service_call")
                              .order_by(PlanVersion.number.desc())).first()


def test_beginning_empty_or_with_a_sheet(anna, browse, cast):
    assert anna.post("/setup/data", {}).status == 422
    anna.follow("/setup/data", {"way": "empty"})
    assert states()[3] == "done"


def test_the_demo_is_loaded_by_the_worker_and_only_where_it_has_a_place(anna, letter_waits):
    answer = anna.post("/setup/data", {"way": "demo"})
    assert answer.status == 422 and "Здесь ждут отправки письма" in answer.text
    letter_waits.cancel()
    answer = anna.post("/setup/data", {"way": "demo"})
    assert answer.status == 303
    page = anna.get(answer.location)
    assert page.h1 == "Загрузка учебного агентства" and "строк" not in page.text.lower()


@pytest.fixture
def letter_waits(cast, now):
    from types import SimpleNamespace

    import make
    from post.making import JOB, write

    from webapp.post.actions import cancel_source
    row = write(cast.main, make.client(cast.main, now=now), now=now)
    return SimpleNamespace(cancel=lambda: cancel_source(row.source, reason="person", actor=JOB, now=now))


def as_demo(people):
    with transaction() as session:
        session.merge(Setting(key="demo", value={"users": [person.id for person in people], "offices": [],
                                                 "identities": {}, "agency_name": None, "finished": True}))
        session.merge(Setting(key="mode", value="trial"))


def test_the_demo_leaves_with_one_click_and_the_agency_stays_held(anna, cast):
    as_demo([cast.pavel])
    email = cast.pavel.email
    strip = anna.get("/admin/users").root.one(class_="strip")
    assert strip.one("a").attrs["href"] == "/setup/demo"
    page = anna.get("/setup/demo")
    assert cast.olga.name in page.text and cast.pavel.name not in page.text
    answer = anna.post("/setup/demo/removal")
    assert answer.location == "/setup"
    db.session.rollback()
    assert present_mode() == "held" and setting("demo") is None
    assert email not in set(db.session.scalars(select(User.email)))
    assert anna.get("/setup").status == 200
    assert "demo-removed" in set(db.session.scalars(select(AuditEntry.verb)))


def test_where_only_the_demo_works_the_first_real_person_follows(anna, cast):
    as_demo(db.session.scalars(select(User)).all())
    answer = anna.post("/setup/demo/removal")
    assert answer.location.startswith("/welcome?code=")
    page = anna.get(answer.location)
    assert page.h1 == "Откройте своё агентство" and page.root.one("input", name="code").attrs["type"] == "hidden"
    assert db.session.scalars(select(User.id)).all() == []
    answer = anna.post("/welcome", {"code": page.root.one("input", name="code").attrs["value"],
                                    "agency": "Попутный ветер", "name": "Мария", "email": "maria@example.org",
                                    "password": "пять тёплых морей", "again": "пять тёплых морей"})
    assert answer.location == "/setup"


def test_going_live_with_the_demo_loaded_leads_to_its_removal(anna, cast):
    as_demo([cast.pavel])
    page = anna.post("/admin/sending/mode", {"to": "live", "confirmed": "0"})
    assert page.status == 422
    assert "/setup/demo" in [node.attrs["href"] for node in page.root.one("main").all("a")]
