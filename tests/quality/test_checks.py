"""Checks of staff: planned, written down, corrected; the director's task when the day comes; nobody else's business."""

from datetime import date, timedelta

import pytest
from club.burn_make import asked
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from webapp.db import db, transaction
from webapp.kit import clock
from webapp.quality.actions.checking import Outcome, correct_check, plan_checks, write_down
from webapp.quality.models import StaffCheck, StaffCheckDue
from webapp.staff.audit import actor_of
from webapp.staff.models import User
from webapp.staff.rules import BadInput, NotAllowed

TODAY = date(2026, 11, 20)
URL = "/quality/staff"
TOPIC = "Знание направлений"


@pytest.fixture
def boris(monkeypatch, browse, cast, now):
    monkeypatch.setattr(clock, "now", lambda: now)
    return browse(cast.boris)


def due():
    db.session.rollback()
    return {(row.user_id, row.topic): row.due_on for row in db.session.scalars(select(StaffCheckDue))}


def planned(cast, now, *people, day=TODAY, topic=TOPIC):
    return plan_checks(people or [cast.olga], topic, day, actor=actor_of(cast.boris), today=TODAY, now=now)


def wrote(cast, now, person=None, **more):
    outcome = Outcome(**{"topic": TOPIC, "checked_on": TODAY, "result": "good", **more})
    return write_down(person or cast.olga, outcome, actor=actor_of(cast.boris), today=TODAY, now=now)


def test_a_check_is_planned_for_several_people_at_once(boris, cast) -> None:
    data = {"people": [str(cast.olga.id), str(cast.pavel.id)], "topic": TOPIC, "due_on": "25.11.2026"}
    page = boris.follow(URL, data)
    assert "Запланированы 2 проверки." in page.text and "через 5 дней" in page.text
    assert due() == {(cast.olga.id, TOPIC): date(2026, 11, 25), (cast.pavel.id, TOPIC): date(2026, 11, 25)}
    assert boris.follow(URL, {**data, "people": [str(cast.olga.id)], "topic": "знание  НАПРАВЛЕНИЙ", "due_on": "27.11.2026"})
    assert due()[(cast.olga.id, "знание НАПРАВЛЕНИЙ")] == date(2026, 11, 27) and len(due()) == 2


def test_everything_that_is_missing_is_said_at_once(boris) -> None:
    page = boris.post(URL, {})
    assert all(said in page.text for said in ("Выберите хотя бы одного человека.", "Напишите, что проверяем.", "Напишите день."))


@pytest.mark.parametrize("changed, said", [
    ({"people": []}, "Выберите хотя бы одного человека."), ({"topic": " "}, "Напишите, что проверяем."),
    ({"due_on": "19.11.2026"}, "Этот день уже прошёл."), ({"due_on": "вчерась"}, "не дата"), ({"due_on": ""}, "Напишите день."),
    ({"topic": "x" * 81}, "Слишком длинно"), ({"people": ["999"]}, ""), ({"people": ["x"]}, ""),
])
def test_a_plan_without_whom_what_or_when_is_refused(boris, cast, changed, said) -> None:
    page = boris.post(URL, {"people": [str(cast.olga.id)], "topic": TOPIC, "due_on": "25.11.2026", **changed})
    assert page.status == 422 and said in page.text and due() == {}


def test_the_task_stands_on_the_directors_list_and_in_the_bar_when_its_day_comes(boris, browse, cast, now) -> None:
    planned(cast, now, cast.olga, day=TODAY)
    planned(cast, now, cast.pavel, day=TODAY + timedelta(days=1))
    page = boris.get("/today")
    assert "Ольга Соколова, Знание направлений" in page.text and "Павел Дроздов" not in page.root.one(
        "section", **{"aria-labelledby": "quality-title"}).text
    assert boris.get("/board").root.one("span", id="count-quality-index").text == "1"
    for who in ("olga", "irina", "vera"):
        assert TOPIC not in browse(getattr(cast, who)).get("/today").text
    link = next(a.attrs["href"] for a in page.root.all("a") if TOPIC in a.text)
    form = boris.get(link)
    assert form.root.one("input", name="topic").attrs["value"] == TOPIC
    assert form.root.one("input", name="next_on").attrs["value"] == "20.05.2027"


def test_a_result_ends_the_task_and_plans_the_next_one(boris, cast, now) -> None:
    planned(cast, now, day=TODAY - timedelta(days=0))
    data = {"user": str(cast.olga.id), "topic": TOPIC, "checked_on": "20.11.2026", "result": "partly", "note": "Слаба в Азии",
            "next_on": "20.02.2027", "form_key": "k"}
    page = boris.follow(f"{URL}/new", data)
    assert boris.post(f"{URL}/new", data).status == 303
    other = boris.post(f"{URL}/new", {**data, "note": "Сильна в Европе"})
    assert other.status == 409 and "уже отправлена" in other.text and "Сильна в Европе" in other.text
    assert page.h1 == "Проверки: Ольга Соколова" and "частично" in page.text and "Слаба в Азии" in page.text
    assert due() == {(cast.olga.id, TOPIC): date(2027, 2, 20)} and len(db.session.scalars(select(StaffCheck)).all()) == 1
    assert "Запланировали проверку: Ольга Соколова" in boris.get("/admin/log").text
    assert "Проверили: Ольга Соколова" in boris.get("/admin/log").text
    assert "Сдали" in boris.get("/quality/period").text


def test_without_a_next_day_the_task_is_gone(cast, now) -> None:
    planned(cast, now)
    wrote(cast, now)
    assert due() == {}


@pytest.mark.parametrize("changed, said", [
    ({"user": ""}, "Выберите человека"), ({"user": "999999"}, ""), ({"topic": ""}, "Напишите, что проверяем."),
    ({"checked_on": "21.11.2026"}, "Этот день ещё не наступил."), ({"checked_on": "x"}, "не дата"),
    ({"result": ""}, ""), ({"result": "god"}, ""), ({"next_on": "20.11.2026"}, "Следующая проверка бывает после этой."),
    ({"note": "x" * 1001}, "Слишком длинно"),
])
def test_a_result_that_cannot_be_is_refused_and_stays_in_the_form(boris, cast, changed, said) -> None:
    data = {"user": str(cast.olga.id), "topic": TOPIC, "checked_on": "20.11.2026", "result": "good", **changed}
    page = boris.post(f"{URL}/new", data)
    assert page.status == 422 and said in page.text
    assert not db.session.scalars(select(StaffCheck)).all()


def test_a_correction_is_another_row_and_moves_the_next_check(boris, cast, now) -> None:
    row = wrote(cast, now, next_on=date(2027, 2, 20))
    page = boris.get(f"{URL}/checks/{row.id}")
    assert page.root.one("input", name="next_on").attrs["value"] == "20.02.2027"
    data = {"topic": TOPIC, "checked_on": "19.11.2026", "result": "poor", "next_on": "20.12.2026"}
    assert boris.post(f"{URL}/checks/{row.id}", data).status == 422
    page = boris.follow(f"{URL}/checks/{row.id}", {**data, "reason": "Перепутали людей"})
    assert "Перепутали людей" in page.text and "позже исправлено" in page.text and "не сдано" in page.text
    assert due() == {(cast.olga.id, TOPIC): date(2026, 12, 20)}
    assert "не сдано" in boris.get(URL).text and "сдано 20.11" not in boris.get(URL).text
    with pytest.raises(BadInput):
        correct_check(row, Outcome(TOPIC, TODAY, "good"), reason="ещё", actor=actor_of(cast.boris), today=TODAY, now=now)
    assert boris.post(f"{URL}/checks/{row.id}", {**data, "reason": "ещё"}).status == 422


def test_a_day_planned_by_hand_meanwhile_stays_when_an_old_result_is_corrected(cast, now) -> None:
    row = wrote(cast, now, next_on=date(2027, 2, 20))
    planned(cast, now, day=date(2026, 12, 1))
    correct_check(row, Outcome(TOPIC, TODAY, "poor", next_on=date(2027, 5, 1)), reason="x", actor=actor_of(cast.boris),
                  today=TODAY, now=now)
    assert due() == {(cast.olga.id, TOPIC): date(2026, 12, 1)}


def test_a_planned_check_is_taken_off_the_list(boris, cast, now) -> None:
    planned(cast, now)
    row_id = db.session.scalar(select(StaffCheckDue.id))
    page = boris.follow(f"{URL}/planned/{row_id}/removal")
    assert f"Убрано из списка: {cast.olga.name}, {TOPIC}" in page.text and due() == {}
    form = next(form for form in page.root.all("form") if form.attrs["action"].endswith("/return"))
    back = {node.attrs["name"]: node.attrs["value"] for node in form.all("input")}
    for _twice in range(2):
        assert "Проверка снова в плане." in boris.follow(form.attrs["action"], back).text and len(due()) == 1
    assert boris.post(form.attrs["action"], {**back, "off": "999"}).status == 404
    row_id = db.session.scalar(select(StaffCheckDue.id))
    boris.post(f"{URL}/planned/{row_id}/removal")
    assert due() == {} and boris.post(f"{URL}/planned/{row_id}/removal").status == 404


@pytest.mark.parametrize("who", ["olga", "irina", "anna"])
def test_checks_are_nobodys_business_but_the_directors(boris, browse, cast, now, who) -> None:
    row = wrote(cast, now)
    person = browse(getattr(cast, who))
    addresses = (URL, f"{URL}/new", f"{URL}/{cast.olga.id}", f"{URL}/checks/{row.id}")
    assert [person.get(url).status for url in addresses] == [404] * 4
    assert "Проверки сотрудников" not in browse(cast.irina).get("/quality/period").text
    with pytest.raises(NotAllowed):
        write_down(cast.olga, Outcome(TOPIC, TODAY, "good"), actor=actor_of(getattr(cast, who)), today=TODAY, now=now)


def test_people_of_other_offices_are_other_directors_business(boris, browse, cast, now) -> None:
    row = write_down(cast.vera, Outcome(TOPIC, TODAY, "good", next_on=TODAY + timedelta(days=1)), actor=actor_of(cast.nikolai),
                     today=TODAY, now=now)
    planned_id = db.session.scalar(select(StaffCheckDue.id))
    assert "Вера Чайкина" not in boris.get(URL).text
    assert [boris.get(url).status for url in (f"{URL}/{cast.vera.id}", f"{URL}/checks/{row.id}")] == [404, 404]
    assert boris.post(f"{URL}/planned/{planned_id}/removal").status == 404
    assert boris.get(f"{URL}/new?due={planned_id}").root.one("input", name="topic").attrs.get("value", "") == ""
    assert "Вера Чайкина" in browse(cast.nikolai).get(URL).text
    with pytest.raises(NotAllowed):
        plan_checks([cast.vera], TOPIC, TODAY, actor=actor_of(cast.boris), today=TODAY, now=now)


def test_an_administrators_hat_opens_no_checks_of_other_offices(boris, browse, cast) -> None:
    with transaction() as session:
        session.get_one(User, cast.boris.id).is_admin = True
    assert "Вера Чайкина" not in browse(cast.boris).get(URL).text


def test_who_left_is_no_task_any_more(boris, cast, now) -> None:
    planned(cast, now)
    with transaction() as session:
        session.get_one(User, cast.olga.id).dismissed_at = now
    assert TOPIC not in boris.get("/today").text and TOPIC not in boris.get(URL).root.one("main").all("table")[0].text
    assert boris.get("/board").root.one("span", id="count-quality-index").attrs.get("hidden") is not None


@pytest.mark.parametrize("statement", ["UPDATE staff_check SET result = 'good'", "DELETE FROM staff_check"])
def test_the_database_lets_nobody_rewrite_a_result(cast, now, statement) -> None:
    wrote(cast, now, result="poor")
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text(statement))


def test_the_list_asks_the_same_for_few_results_and_many(boris, cast, now) -> None:
    numbers = []
    boris.get(URL)
    for many in (1, 20):
        for number in range(many):
            wrote(cast, now, cast.pavel, topic=f"Тема {many} {number}", next_on=TODAY + timedelta(days=9))
        with asked() as found:
            boris.get(URL)
        numbers.append(len(found))
    assert numbers[0] == numbers[1]


def test_nothing_planned_says_what_to_do(boris) -> None:
    page = boris.get(URL)
    assert "Проверок в планах нет." in page.text and "ещё не проверяли" in page.text
    assert "Знание направлений" in [node.attrs["value"] for node in page.root.all("option")]
