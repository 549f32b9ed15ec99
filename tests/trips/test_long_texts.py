"""Whatever people write, a text that does not fit is refused with the limit and kept as it was typed."""

import pytest
from board_make import six_trips
from sqlalchemy import select
from trip_make import form

from webapp.db import db
from webapp.touches.models import Touch
from webapp.trips.models import ApiToken, Trip


@pytest.fixture
def trips(app, cast):
    return six_trips(cast)


def call_of(trip):
    db.session.rollback()
    return db.session.scalar(select(Touch).where(Touch.occasion_id == trip.occasion_id, Touch.step_code == "call_back"))


def is_kept(page, text, most):
    """Refused with both numbers, and the text stands in a field that does not cut it."""
    assert page.status == 422
    fields = [(field, field.text) for field in page.root.all("textarea")]
    fields += [(field, field.attrs.get("value", "")) for field in page.root.all("input")]
    kept = [field for field, value in fields if value == text and field.attrs.get("type") != "hidden"]
    assert kept and all("maxlength" not in field.attrs for field in kept)
    return f"знаков {len(text)}, а помещается до {most}" in page.text


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(("verb", "field", "most", "more"), [
    ("tick", "note", 1000, {"outcome": "no"}), ("snooze", "note", 1000, {"day": "1"}), ("note", "note", 1000, {}),
    ("dismissal", "reason", 300, {})])
def test_a_note_to_a_step(browse, cast, trips, htmx, verb, field, most, more):
    touch, text = call_of(trips["near"]), "о" * (most + 1)
    olga = browse(cast.olga)
    page = olga.post(f"/touches/{touch.id}/{verb}", {**more, field: text, "view": "board" if htmx else "page"}, htmx=htmx)
    assert is_kept(page, text, most)
    assert (call_of(trips["near"]).status, call_of(trips["near"]).note) == ("planned", "")
    assert olga.post(f"/touches/{touch.id}/{verb}", {**more, field: text[1:]}).status == 303


def test_a_note_to_many_steps_can_be_shortened_and_sent_on(browse, cast, trips):
    boris, text = browse(cast.boris), "о" * 1001
    sent = {"verb": "snooze", "day": "3", "to": "", "trip": [trips["near"].id, trips["today"].id], "back": "/board?show=today"}
    page = boris.post("/board/bulk", {**sent, "note": text})
    assert is_kept(page, text, 1000) and call_of(trips["near"]).snoozed_until is None
    again = [(n.attrs["name"], n.attrs["value"]) for n in page.root.one("main").all("input", type="hidden")]
    fields = {name: [v for n, v in again if n == name] for name, _value in again if name != "csrf_token"}
    assert boris.post("/board/bulk", {**fields, "note": "коротко"}).location == "/board?show=today"
    assert {call_of(trips[name]).note for name in ("near", "today")} == {"коротко"}


@pytest.mark.parametrize(("field", "most"), [("note", 4000), ("companions", 4000), ("destination", 120), ("operator", 120),
                                             ("booking_number", 120), ("price", 120)])
def test_facts_of_a_trip(browse, cast, trips, field, most):
    text = "1" * (most + 1)
    client = db.session.get_one(Trip, trips["near"].id).client_id
    assert is_kept(browse(cast.olga).post("/trips/new", form(client=client, **{field: text})), text, most)


def test_why_a_trip_is_cancelled(browse, cast, trips):
    text = "о" * 301
    assert is_kept(browse(cast.olga).post(f"/trips/{trips['near'].id}/cancellation", {"reason": text}), text, 300)


def test_why_letters_are_stopped(browse, cast, trips):
    text = "о" * 201
    page = browse(cast.boris).post("/stop/holds", {"trip": [trips["near"].id], "reason": text, "destination": "анталья"})
    assert is_kept(page, text, 200)


@pytest.mark.parametrize(("field", "most"), [("note", 4000), ("wishes", 4000), ("allergies", 400), ("city", 120)])
def test_what_is_known_about_a_client(browse, cast, field, most):
    text = "о" * (most + 1)
    page = browse(cast.olga).post("/clients/new", {"last_name": "Иванова", "phones": "89160000001", field: text})
    assert is_kept(page, text, most)


@pytest.mark.parametrize(("field", "most"), [("note", 1000), ("next_note", 300)])
def test_a_contact_that_is_written_down(browse, cast, trips, field, most):
    text = "о" * (most + 1)
    client = db.session.get_one(Trip, trips["near"].id).client_id
    page = browse(cast.olga).post(f"/clients/{client}/contacts-log", {"note": "Звонили", field: text})
    assert is_kept(page, text, most)


def test_what_a_token_is_for(browse, cast):
    text = "о" * 61
    assert is_kept(browse(cast.anna).post("/admin/tokens", {"name": text, "office": cast.main.id}), text, 60)
    assert not db.session.scalars(select(ApiToken)).all()
