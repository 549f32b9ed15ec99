"""Offices: opened, edited, closed; hours and days that differ from them."""

from datetime import date
from typing import Any

import pytest
from staff.conftest import logged

from webapp.db import db
from webapp.staff import actions, zones
from webapp.staff.actions.offices import Place
from webapp.staff.audit import actor_of, job
from webapp.staff.models import DayOff, Office
from webapp.staff.rules import DEFAULT_HOURS, BadInput, NotAllowed
from webapp.staff.week import hours_text

WEEK = {f"{end}_{day}": "" for day in range(7) for end in ("opens", "closes")}
FILLED = {**WEEK, "code": "north", "name": "Сто дорог Север", "zone": "Europe/Kaliningrad", "city": "Калининград",
          "address": "", "phone": "8 4012 12-34-56", "email": "", "opens_0": "9:30", "closes_0": "18.00",
          "opens_5": "1100", "closes_5": "16:00"}


def add(cast: Any, now: Any, **changes: Any) -> Office:
    return actions.add_office(**{"code": "north", "name": "Север", "zone": "Europe/Kaliningrad", "now": now,
                                 "actor": actor_of(cast.anna), **changes})


def test_the_command_line_adds_an_office_with_usual_hours(cast: Any, now: Any) -> None:
    office = add(cast, now, code=" North ", actor=job("command line"))
    assert (office.code, office.timezone, office.hours) == ("north", "Europe/Kaliningrad", DEFAULT_HOURS)
    assert (logged("office")[-1].actor, logged("office")[-1].verb) == ("command line", "added")


@pytest.mark.parametrize(("wrong", "code"), [
    ({"code": "main"}, "code-taken"), ({"code": "MAIN"}, "code-taken"), ({"code": "офис"}, "bad-code"),
    ({"code": ""}, "bad-code"), ({"code": "a" * 21}, "bad-code"), ({"code": "-x"}, "bad-code"),
    ({"zone": "Europe/Mosco"}, "unknown-zone"), ({"zone": ""}, "unknown-zone"), ({"zone": "../etc"}, "unknown-zone"),
    ({"name": " "}, "no-name"), ({"phone": "12"}, "bad-phone"), ({"email": "x"}, "bad-email"),
    ({"hours": {}}, "never-open"), ({"hours": {"0": ["19:00", "10:00"]}}, "bad-hours"),
    ({"hours": {"0": ["10:00", "10:00"]}}, "bad-hours"), ({"hours": {"7": ["10:00", "19:00"]}}, "bad-hours")])
def test_what_cannot_be_is_refused_with_its_reason(cast: Any, now: Any, wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refusal:
        add(cast, now, **wrong)
    assert refusal.value.code == code
    assert db.session.query(Office).count() == 2


def test_the_form_adds_an_office_with_its_hours(cast: Any, browse: Any) -> None:
    page = browse(cast.anna).follow("/admin/offices/new", FILLED)
    assert page.h1 == "Сто дорог Север north"
    office = db.session.query(Office).filter_by(code="north").one()
    assert office.hours == {"0": ["09:30", "18:00"], "5": ["11:00", "16:00"]}
    assert office.phone == "+74012123456"


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(("wrong", "field"), [
    ({"code": "main"}, "#code"), ({"name": ""}, "#name"), ({"zone": "Mars/Base"}, "#zone"), ({"phone": "1"}, "#phone"),
    ({"email": "почта"}, "#email"), ({"opens_0": "утром"}, "#opens_0"), ({"closes_0": ""}, "#closes_0"),
    ({"closes_0": "9:00"}, "#closes_0"), ({**WEEK}, "#opens_0")])
def test_mistakes_are_linked_and_the_rest_stays(cast: Any, browse: Any, wrong: dict[str, str], field: str,
                                                htmx: bool) -> None:
    sent = {**FILLED, **wrong}
    answer = browse(cast.anna).post("/admin/offices/new", sent, htmx=htmx)
    assert answer.status == 422
    assert field in [node.attrs["href"] for node in answer.root.one(class_="summary").all("a")]
    assert answer.root.one(id=field[1:])
    for name in ("city", "opens_0", "closes_5"):
        assert answer.root.one("input", name=name).attrs["value"] == sent[name]
    assert db.session.query(Office).count() == 2


def test_a_change_is_logged_and_the_code_stays(cast: Any, browse: Any) -> None:
    browse(cast.anna).follow(f"/admin/offices/{cast.main.id}", {**FILLED, "code": "other"})
    office = db.session.get(Office, cast.main.id)
    assert (office.code, office.name, office.timezone) == ("main", "Сто дорог Север", "Europe/Kaliningrad")
    facts = logged("office")[-1].facts
    assert facts["timezone"] == ["Europe/Moscow", "Europe/Kaliningrad"]
    assert facts["hours"][0] == DEFAULT_HOURS


def test_an_unchanged_office_writes_no_line(cast: Any, now: Any) -> None:
    main = cast.main
    place = Place(main.name, main.timezone, main.city, main.address, main.phone, main.email, main.hours)
    actions.edit_office(main, place, actor=actor_of(cast.anna), now=now)
    assert logged("office") == []


def test_an_office_is_closed_only_when_people_have_another_one(cast: Any, browse: Any, now: Any) -> None:
    browser = browse(cast.anna)
    refused = browser.post(f"/admin/offices/{cast.east.id}/closing")
    assert refused.status == 403
    assert "Сначала переведите" in refused.text
    actions.dismiss(cast.vera, actor=actor_of(cast.anna), now=now)
    assert "Закрыто" in browser.follow(f"/admin/offices/{cast.east.id}/closing").text
    assert "офис закрыт" in browser.get("/admin/offices").text
    with pytest.raises(NotAllowed, match="last-office"):
        actions.close_office(cast.main, actor=actor_of(cast.anna), now=now)
    browser.follow(f"/admin/offices/{cast.east.id}/opening")
    assert db.session.get(Office, cast.east.id).closed_on is None
    assert [line.verb for line in logged("office")] == ["closed", "reopened"]


def test_closing_twice_is_one_closing(cast: Any, now: Any) -> None:
    actions.dismiss(cast.vera, actor=actor_of(cast.anna), now=now)
    for _ in range(2):
        actions.close_office(cast.east, actor=actor_of(cast.anna), now=now)
    assert [line.verb for line in logged("office")] == ["closed"]


def test_nobody_is_put_into_a_closed_office(cast: Any, browse: Any, now: Any) -> None:
    actions.dismiss(cast.vera, actor=actor_of(cast.anna), now=now)
    actions.close_office(cast.east, actor=actor_of(cast.anna), now=now)
    with pytest.raises(BadInput, match="unknown office: east"):
        actions.add_user(email="t@example.org", name="Т", role="manager", office_codes=["east"],
                         actor=actor_of(cast.anna), now=now)
    page = browse(cast.anna).get("/admin/users/new")
    assert [node.attrs["value"] for node in page.root.all("input", name="offices")] == ["main"]


@pytest.mark.parametrize("htmx", [False, True])
def test_days_off_are_added_and_removed(cast: Any, browse: Any, time: Any, htmx: bool) -> None:
    browser, url = browse(cast.anna), f"/admin/offices/{cast.main.id}/days"
    sent = {"day-day": "31 декабря 2026", "day-working": "0", "day-note": "короткий день"}
    answer = browser.post(url, sent, htmx=htmx)
    assert answer.status == (200 if htmx else 303)
    shown = answer if htmx else browser.get(f"/admin/offices/{cast.main.id}")
    assert shown.is_full is not htmx
    assert "31 декабря 2026: выходной короткий день" in shown.root.one(id="days").text
    row = db.session.query(DayOff).one()
    assert (row.day, row.working, row.note) == (date(2026, 12, 31), False, "короткий день")
    removal = f"{url}/{row.id}/removal"
    browser.post(removal, htmx=htmx)
    assert db.session.query(DayOff).count() == 0
    browser.post(removal, htmx=htmx)
    assert [line.verb for line in logged("office")] == ["day_off", "ordinary_day"]


@pytest.mark.parametrize("htmx", [False, True])
def test_a_wrong_day_is_explained_and_stays(cast: Any, browse: Any, htmx: bool) -> None:
    answer = browse(cast.anna).post(f"/admin/offices/{cast.main.id}/days",
                                    {"day-day": "вчерашний", "day-working": "1", "day-note": "x"}, htmx=htmx)
    assert answer.status == 422
    assert answer.is_full is not htmx
    assert answer.root.one("input", name="day-day").attrs["value"] == "вчерашний"
    assert "не дата" in answer.root.one(id="day-day-error").text


def test_the_same_day_given_again_replaces_what_was_said(cast: Any, now: Any) -> None:
    for working in (False, True):
        actions.add_day_off(cast.main, date(2027, 1, 9), working=working, note="", actor=actor_of(cast.anna), now=now)
    assert [row.working for row in db.session.query(DayOff)] == [True]


def test_a_day_of_another_office_is_not_removed(cast: Any, browse: Any, now: Any) -> None:
    row = actions.add_day_off(cast.east, date(2027, 1, 9), working=True, note="", actor=actor_of(cast.anna), now=now)
    browse(cast.anna).post(f"/admin/offices/{cast.main.id}/days/{row.id}/removal")
    assert db.session.query(DayOff).count() == 1


def test_a_director_reads_own_offices_only(cast: Any, browse: Any) -> None:
    browser = browse(cast.boris)
    page = browser.get(f"/admin/offices/{cast.main.id}")
    assert "пн–пт 10:00–19:00" in page.text
    assert not page.root.one("main").all("form")
    assert browser.get(f"/admin/offices/{cast.east.id}").status == 404
    assert "Восток" not in browser.get("/admin/offices").text
    for tail in ("", "/days", "/closing", "/opening"):
        assert browser.post(f"/admin/offices/{cast.main.id}{tail}", FILLED).status == 403, tail
        assert browser.post(f"/admin/offices/{cast.east.id}{tail}", FILLED).status == 404, tail


def test_the_list_counts_people_without_a_question_per_row(cast: Any, browse: Any, now: Any, queries: Any) -> None:
    browser = browse(cast.anna)
    browser.get("/admin/offices")
    with queries() as few:
        page = browser.get("/admin/offices")
    counts = {row.all("th")[0].text: row.one(class_="num").text for row in page.root.one("tbody").all("tr")}
    assert counts == {"Сто дорог": "6", "Сто дорог Восток": "2"}
    for i in range(10):
        add(cast, now, code=f"o{i}")
    with queries() as many:
        browser.get("/admin/offices")
    assert len(many) == len(few)


@pytest.mark.parametrize(("hours", "ru", "en"), [
    (DEFAULT_HOURS, "пн–пт 10:00–19:00", "Mon–Fri 10:00–19:00"),
    ({}, "", ""),
    ({"5": ["11:00", "16:00"]}, "сб 11:00–16:00", "Sat 11:00–16:00"),
    ({**DEFAULT_HOURS, "2": ["12:00", "20:00"], "6": ["12:00", "15:00"]},
     "пн–вт 10:00–19:00, ср 12:00–20:00, чт–пт 10:00–19:00, вс 12:00–15:00",
     "Mon–Tue 10:00–19:00, Wed 12:00–20:00, Thu–Fri 10:00–19:00, Sun 12:00–15:00")])
def test_hours_in_words(hours: dict[str, Any], ru: str, en: str) -> None:
    assert (hours_text(hours, "ru"), hours_text(hours, "en")) == (ru, en)


@pytest.mark.parametrize(("zone", "shift"), [
    ("Europe/Kaliningrad", "UTC+2"), ("Europe/Moscow", "UTC+3"), ("Asia/Kamchatka", "UTC+12"),
    ("Asia/Kolkata", "UTC+5:30"), ("America/Sao_Paulo", "UTC−3"), ("UTC", "UTC+0")])
def test_zones_show_their_shift(now: Any, zone: str, shift: str) -> None:
    assert zones.offset(zone, now) == shift


def test_every_russian_zone_can_be_chosen_by_its_city(app: Any, now: Any) -> None:
    from zoneinfo import available_timezones
    assert set(zones.RUSSIAN) | set(zones.NEAR) <= available_timezones()
    with app.test_request_context():
        groups = zones.choices(now)
    assert list(groups) == ["Россия", "Соседние страны", "Остальные"]
    assert groups["Россия"]["Asia/Vladivostok"] == "Владивосток, Хабаровск – UTC+10"
    all_zones = [zone for group in groups.values() for zone in group]
    assert len(all_zones) == len(set(all_zones))
