"""Procedures, root causes and deadlines in forms."""

import make
import pytest
from complaint_make import bring_to, cause, complaint, procedure
from crowd import at_once
from sqlalchemy import select

from webapp.complaints import step_rules as rules
from webapp.complaints.actions.maintaining import Wording, save_cause, save_procedure, save_terms
from webapp.complaints.clock_rules import Terms
from webapp.complaints.day_holes import fill_days
from webapp.complaints.models import Complaint, Procedure, RootCause
from webapp.complaints.procedures import all_procedures, wording_of
from webapp.complaints.questions import terms_for
from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.rules import NotAllowed

TEXT = "Мы всё выясним за три дня."


def filled(page, address):
    """A form as it stands on the page."""
    form = page.get(address).root.one("form", action=address)
    data = {node.attrs["name"]: node.attrs.get("value", "") for node in form.all("input")
            if node.attrs.get("type") != "checkbox" or "checked" in node.attrs}
    data |= {node.attrs["name"]: node.text for node in form.all("textarea")}
    for node in form.all("select"):
        data[node.attrs["name"]] = next(o.attrs["value"] for o in node.all("option") if "selected" in o.attrs)
    return data


def test_a_procedure_is_changed_and_complaints_keep_what_was_told(browse, cast):
    now = clock.now()
    row = bring_to(complaint(make.client(cast.main, now=now), now=now), rules.TOLD, actor_of(cast.irina), now)
    told, page, number = row.procedure_text, browse(cast.anna), procedure().id
    address = f"/admin/procedures/{number}"
    page.follow(address, {**filled(page, address), "text_ru": TEXT, "decide_days": "3"})
    assert procedure().text_ru == TEXT
    kept = db.session.get_one(Complaint, row.id)
    assert kept.procedure_text == told
    assert terms_for(procedure()).decide_days == 3
    assert page.post(address, {**filled(page, address), "text_ru": ""}).status == 422
    assert page.post(address, {**filled(page, address), "decide_days": "900"}).status == 422


def test_an_own_procedure_can_be_chosen_and_one_switched_off_cannot(browse, cast):
    page, now = browse(cast.anna), clock.now()
    page.follow("/admin/procedures/new", {"kind": "apology", "name_ru": "Свой порядок", "text_ru": TEXT, "active": "y"})
    row = complaint(make.client(cast.main, now=now), now=now)
    assert "Свой порядок" in browse(cast.irina).get(f"/complaints/{row.id}").text
    own = db.session.scalars(select(Procedure).where(Procedure.name_ru == "Свой порядок")).one()
    address = f"/admin/procedures/{own.id}"
    data = filled(page, address)
    data.pop("active")
    page.follow(address, data)
    assert "Свой порядок" not in browse(cast.irina).get(f"/complaints/{row.id}").text


@pytest.mark.parametrize(("path", "table", "data"), [
    ("/admin/procedures/new", Procedure, {"kind": "refund", "text_ru": TEXT}),
    ("/admin/procedures/causes/new", RootCause, {})])
def test_a_new_one_pressed_twice_is_one(browse, cast, path, table, data):
    page = browse(cast.anna)
    key = page.get(path).root.one("input", name="form_key").attrs["value"]
    data = {**data, "form_key": key, "name_ru": "Своя", "active": "y"}
    assert [page.post(path, data).status for _press in range(2)] == [303, 303]
    # Back in the browser for another one: nothing is lost, and nothing is made behind one's back.
    answer = page.post(path, {**data, "name_ru": "Вторая"})
    assert answer.status == 422 and answer.root.one("input", name="name_ru").attrs["value"] == "Вторая"
    assert list(db.session.scalars(select(table.name_ru).where(table.name_ru.in_(["Своя", "Вторая"])))) == ["Своя"]
    again = answer.root.one("input", name="form_key").attrs["value"]
    assert again != key and page.post(path, {**data, "form_key": again, "name_ru": "Вторая"}).status == 303


def test_what_two_add_at_the_same_moment_are_two(app, cast):
    anna, now = actor_of(cast.anna), clock.now()
    made = at_once(app, 6, lambda n: save_procedure(None, Wording("refund", f"Имя {n}", TEXT), actor=anna, now=now).code)
    assert len(set(made)) == 6
    at_once(app, 6, lambda n: save_cause(None, f"Причина {n}", "", actor=anna, now=now))
    places = list(db.session.scalars(select(RootCause.position)))
    assert len(set(places)) == len(places)


def test_deadlines_saved_for_the_first_time_by_two_are_the_later_ones(app, cast):
    anna, now = actor_of(cast.anna), clock.now()
    at_once(app, 6, lambda n: save_terms(Terms(tell_hours=n + 1), actor=anna, now=now))
    assert terms_for().tell_hours in range(1, 7)


def test_causes_are_added_ordered_and_switched_off_but_never_lost(browse, cast):
    page = browse(cast.anna)
    page.follow("/admin/procedures/causes/new", {"name_ru": "Погода", "active": "y"})
    weather = db.session.scalars(select(RootCause).where(RootCause.name_ru == "Погода")).one()
    before = [row.id for row in db.session.scalars(select(RootCause).order_by(RootCause.position))]
    page.follow(f"/admin/procedures/causes/{weather.id}/place", {"to": "up"})
    after = [row.id for row in db.session.scalars(select(RootCause).order_by(RootCause.position))]
    assert after == [*before[:-2], before[-1], before[-2]]
    page.follow(f"/admin/procedures/causes/{cause().id}", {"name_ru": cause().name_ru})
    assert not cause().active
    assert page.post("/admin/procedures/causes/new", {"name_ru": ""}).status == 422


def test_terms_move_the_deadlines_of_open_complaints(browse, cast):
    now = clock.now()
    row = complaint(make.client(cast.main, now=now), now=now)
    due, page = row.due_at, browse(cast.anna)
    data = {name: str(value) for name, value in Terms().__dict__.items()}
    page.follow("/admin/procedures/terms", {**data, "tell_hours": "8"})
    assert terms_for().tell_hours == 8
    assert db.session.get_one(Complaint, row.id).due_at > due
    assert page.post("/admin/procedures/terms", {**data, "legal_days": "0"}).status == 422
    assert page.post("/admin/procedures/terms", {**data, "legal_days": "десять"}).status == 422
    assert "Изменены сроки по жалобам" in browse(cast.anna).get("/admin/log").text


@pytest.mark.parametrize("who", ["olga", "irina", "boris"])
def test_everybody_reads_them_and_only_administrators_change_them(browse, cast, who):
    page, address = browse(getattr(cast, who)), f"/admin/procedures/{procedure().id}"
    shown = page.get("/admin/procedures")
    assert shown.status == 200 and procedure().name_ru in shown.text
    assert not [form for form in shown.root.one("main").all("form")]
    read = page.get(address)
    assert read.status == 200 and "5 рабочих дней" in read.text and not read.root.one("main").all("form")
    for refused in ("/admin/procedures/terms", address, "/admin/procedures/new", "/admin/procedures/causes/new",
                    f"/admin/procedures/causes/{cause().id}/place"):
        assert page.post(refused, {}).status == 404
    with pytest.raises(NotAllowed):
        save_terms(Terms(tell_hours=8), actor=actor_of(getattr(cast, who)), now=clock.now())


@pytest.mark.parametrize(("text", "language", "said"), [
    ("в течение {{ срок.решение }}", "ru", "в течение 5 рабочих дней"),
    ("в течение {{срок.закон}}", "ru", "в течение 21 дня"),
    ("within {{ term.decision }}", "en", "within 5 working days"),
    ("within {{ term.claim }}, {{ term.operator }}", "en", "within 20 days, 1 day"),
    ("{{ нет.такого }}", "ru", "{{ нет.такого }}"),
])
def test_texts_say_the_days_that_are_counted(text, language, said):
    assert fill_days(text, Terms(legal_days=21, operator_days=1), language) == said


def test_a_text_follows_the_days_of_its_procedure_and_strange_holes_are_refused(browse, cast):
    page, address = browse(cast.anna), f"/admin/procedures/{procedure().id}"
    refused = page.post(address, {**filled(page, address), "text_ru": "Ответим за {{ нет.такого }}."})
    assert refused.status == 422 and "В двойных скобках" in refused.text
    page.follow(address, {**filled(page, address), "decide_days": "3"})
    assert "в течение 3 рабочих дней" in wording_of(procedure(), "text", "ru")
    assert all("{{" not in wording_of(row, name, language) for row in all_procedures()
               for name in ("text", "remedy") for language in ("ru", "en"))
