"""Absences: planned by directors and admins, never in circles, ended early."""

from datetime import date
from typing import Any

import pytest
from staff.conftest import logged

from webapp.db import db
from webapp.staff import actions, calendars
from webapp.staff.audit import actor_of
from webapp.staff.models import Absence
from webapp.staff.rules import BadInput, NotAllowed

TODAY = date(2026, 11, 20)


def november(day: int) -> date:
    return date(2026, 11, day)


def plan(cast: Any, now: Any, who: str = "olga", instead: str = "pavel", first: int = 23, last: int = 29,
         by: str = "boris") -> Absence:
    return actions.record_absence(getattr(cast, who), getattr(cast, instead), first_day=november(first),
                                  last_day=november(last), note="", actor=actor_of(getattr(cast, by)), today=TODAY,
                                  now=now)


def form(cast: Any, **changes: str) -> dict[str, str]:
    return {"user": str(cast.olga.id), "substitute": str(cast.pavel.id), "first_day": "23.11.2026",
            "last_day": "29.11.26", "note": "отпуск", **changes}


@pytest.mark.parametrize("by", ["boris", "nikolai", "anna"])
def test_directors_and_admins_plan_and_the_log_says_who_works_instead(cast: Any, now: Any, by: str) -> None:
    plan(cast, now, by=by)
    line = logged()[-1]
    assert (line.verb, line.user_id, line.subject_id) == ("away", getattr(cast, by).id, cast.olga.id)
    assert line.facts["substitute"] == [None, "Павел Дроздов"]


@pytest.mark.parametrize("by", ["olga", "irina", "vera"])
def test_others_do_not_plan(cast: Any, now: Any, by: str) -> None:
    with pytest.raises(NotAllowed):
        plan(cast, now, by=by)


def test_a_director_plans_for_the_own_office_only(cast: Any, now: Any) -> None:
    with pytest.raises(NotAllowed):
        plan(cast, now, who="vera", instead="nikolai")
    plan(cast, now, who="vera", instead="nikolai", by="nikolai")


@pytest.mark.parametrize(("given", "code"), [
    ({"first": 24, "last": 23}, "last-before-first"), ({"first": 10, "last": 19}, "already-over"),
    ({"instead": "olga"}, "self-substitute"), ({"instead": "vera"}, "other-office")])
def test_what_cannot_be_is_refused_with_its_reason(cast: Any, now: Any, given: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        plan(cast, now, **given)
    assert refusal.value.code == code


def test_a_leaver_is_no_substitute(cast: Any, now: Any) -> None:
    actions.dismiss(cast.pavel, actor=actor_of(cast.anna), now=now)
    with pytest.raises(BadInput, match="other office"):
        plan(cast, now)


@pytest.mark.parametrize(("first", "last", "clash"), [
    (20, 22, False), (20, 23, True), (25, 26, True), (29, 30, True), (30, 30, False), (20, 30, True)])
def test_one_person_is_away_once_at_a_time(cast: Any, now: Any, first: int, last: int, clash: bool) -> None:
    plan(cast, now)
    if clash:
        with pytest.raises(BadInput, match="overlaps"):
            plan(cast, now, first=first, last=last)
    else:
        plan(cast, now, first=first, last=last)


@pytest.mark.parametrize(("first", "last", "circle"), [
    (20, 22, False), (20, 23, True), (25, 25, True), (29, 30, True), (30, 30, False), (21, 30, True)])
def test_two_who_are_away_do_not_stand_in_for_each_other(cast: Any, now: Any, first: int, last: int,
                                                         circle: bool) -> None:
    plan(cast, now)
    if circle:
        with pytest.raises(BadInput, match="circle"):
            plan(cast, now, who="pavel", instead="olga", first=first, last=last)
    else:
        plan(cast, now, who="pavel", instead="olga", first=first, last=last)


def test_three_do_not_stand_in_for_each_other_either(cast: Any, now: Any) -> None:
    plan(cast, now, who="olga", instead="pavel", first=20, last=25)
    plan(cast, now, who="pavel", instead="irina", first=24, last=28)
    plan(cast, now, who="irina", instead="olga", first=26, last=28)
    actions.end_absence(db.session.query(Absence).filter_by(user_id=cast.irina.id).one(), today=TODAY, now=now,
                        actor=actor_of(cast.boris))
    with pytest.raises(BadInput, match="circle"):
        plan(cast, now, who="irina", instead="olga", first=22, last=26)


def test_back_early_ends_it_yesterday(cast: Any, now: Any) -> None:
    row = plan(cast, now, first=18, last=29)
    actions.end_absence(row, actor=actor_of(cast.boris), today=TODAY, now=now)
    assert calendars.substitute_of(cast.olga, november(19)) is cast.pavel
    assert calendars.substitute_of(cast.olga, TODAY) is None
    assert logged()[-1].facts == {"last_day": ["2026-11-29", "2026-11-19"]}


def test_what_is_called_off_never_happens(cast: Any, now: Any) -> None:
    row = plan(cast, now)
    actions.end_absence(row, actor=actor_of(cast.boris), today=TODAY, now=now)
    assert [calendars.substitute_of(cast.olga, november(day)) for day in (22, 23, 29)] == [None] * 3
    plan(cast, now)


def test_ending_what_is_over_changes_nothing(cast: Any, now: Any) -> None:
    row = plan(cast, now, first=18, last=20)
    actions.end_absence(row, actor=actor_of(cast.boris), today=november(25), now=now)
    assert row.last_day == november(20)
    assert [line.verb for line in logged()] == ["away"]


def test_the_page_plans_and_lists(cast: Any, browse: Any, time: Any) -> None:
    browser = browse(cast.boris)
    assert "Все на месте" in browser.get("/admin/absences").text
    page = browser.follow("/admin/absences", form(cast))
    assert "Замещает Павел Дроздов" in page.text
    row = page.root.one("tbody").one("tr")
    assert row.one("th").text == "Ольга Соколова"
    assert "пн, 23 ноября – вс, 29 ноября" in row.text


@pytest.mark.parametrize("htmx", [False, True])
def test_the_page_ends_an_absence(cast: Any, browse: Any, time: Any, htmx: bool) -> None:
    row_id = plan(cast, time.now).id
    answer = browse(cast.boris).post(f"/admin/absences/{row_id}/end", htmx=htmx)
    assert answer.status == (200 if htmx else 303)
    if htmx:
        assert not answer.is_full
        assert "Все на месте" in answer.text
    assert db.session.get(Absence, row_id).ended_at == time.now


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("wrong", "field"), [
    ({"user": ""}, "#user"), ({"substitute": ""}, "#substitute"), ({"first_day": ""}, "#first_day"),
    ({"last_day": "потом"}, "#last_day"), ({"last_day": "20.11.2026"}, "#last_day"), ({"user": "999"}, "#user"),
    ({"substitute": "{olga}"}, "#substitute")])
def test_mistakes_keep_what_was_chosen(cast: Any, browse: Any, time: Any, wrong: dict[str, str], field: str,
                                       htmx: bool) -> None:
    sent = {key: value.format(olga=cast.olga.id) for key, value in form(cast, **wrong).items()}
    answer = browse(cast.boris).post("/admin/absences", sent, htmx=htmx)
    assert answer.status == 422
    assert field in [node.attrs["href"] for node in answer.root.one(class_="summary").all("a")]
    assert answer.root.one("input", name="note").attrs["value"] == "отпуск"
    chosen = [node.attrs["value"] for node in answer.root.one("select", name="user").all("option")
              if "selected" in node.attrs]
    assert chosen == ([sent["user"]] if sent["user"] != "999" else [])
    assert db.session.query(Absence).count() == 0


def test_absences_of_another_office_do_not_exist(cast: Any, browse: Any, time: Any) -> None:
    row_id = plan(cast, time.now, who="vera", instead="nikolai", by="anna").id
    browser = browse(cast.boris)
    assert "Чайкина" not in browser.get("/admin/absences").text
    assert browser.post(f"/admin/absences/{row_id}/end").status == 404
    assert browser.post("/admin/absences", form(cast, user=str(cast.vera.id))).status == 422
    assert "Чайкина" in browse(cast.nikolai).get("/admin/absences").text
