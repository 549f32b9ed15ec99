"""A booking system makes, moves and cancels trips by its own number; repeats change nothing."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import make
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from webapp.clients.models import Client
from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.post.models import Message
from webapp.staff.audit import actor_of
from webapp.staff.models import AuditEntry
from webapp.staff.rules import NotAllowed
from webapp.touches.models import Touch
from webapp.trips.actions.tokens import make_token, revoke_token
from webapp.trips.api_docs import openapi
from webapp.trips.api_rules import FIELDS, BadBody, read_order
from webapp.trips.models import ApiToken, Trip

URL = "/api/v1/trips"
TODAY = local_day(clock.now(), zone("Europe/Moscow"))
DATES = {"purchase": TODAY.isoformat(), "departure": (TODAY + timedelta(days=30)).isoformat(),
         "return": (TODAY + timedelta(days=40)).isoformat()}
BODY = {"external_ref": "A-1024", "client": {"name": "Иванова Анна", "phones": ["8 (916) 123-45-67"],
                                             "emails": ["Anna@Example.com"]},
        **DATES, "destination": "Кемер", "price": 184000.5, "seller": "olga@example.org", "companions": ["Иванов Лев"],
        "departure_time": "07:05", "note": "люкс"}


@pytest.fixture
def secret(cast) -> str:
    return make_token("Бронь", office_id=cast.main.id, actor=actor_of(cast.anna), now=clock.now())[1]


@pytest.fixture
def ask(app, secret):
    """`ask(body)` posts a body and gives the answer; `ask(ref=…)` reads a trip."""
    def send(body: Any = None, *, ref: str = "", token: str = secret, url: str = URL, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        with app.app_context():
            http = app.test_client()
            if ref:
                answer = http.get(f"{URL}/{ref}", headers=headers)
            elif isinstance(body, bytes):
                answer = http.post(url, data=body, headers={"Content-Type": "application/json", **headers})
            else:
                answer = http.post(url, json=body, headers=headers, **options)
        db.session.rollback()
        return answer
    return send


def count(table: type, *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def only_trip() -> Trip:
    return db.session.scalars(select(Trip)).one()


def test_a_body_makes_a_trip_with_its_client_and_plan(ask, cast) -> None:
    answer = ask(BODY)
    assert (answer.status_code, answer.json["result"], answer.headers["Location"]) == (201, "created", f"{URL}/A-1024")
    trip = only_trip()
    assert (trip.external_ref, trip.office_id, trip.seller_id, trip.price_kopecks, trip.destination, trip.note) == (
        "A-1024", cast.main.id, cast.olga.id, 18_400_050, "Кемер", "люкс")
    assert (trip.occasion.owner_id, trip.client.manager_id) == (cast.olga.id, cast.olga.id)
    assert [p.e164 for p in trip.client.phones] == ["+79161234567"]
    assert [e.address for e in trip.client.emails] == ["anna@example.com"]
    assert count(Touch) == len(answer.json["plan"]) == 13
    assert db.session.scalars(select(AuditEntry.actor).where(AuditEntry.verb == "added", AuditEntry.subject == "trip")
                              ).all() == ["API: Бронь"]


def test_the_same_body_again_changes_nothing(ask) -> None:
    first = ask(BODY).json
    before = (count(AuditEntry), count(Client), count(Touch))
    again = ask(BODY)
    assert (again.status_code, again.json) == (200, {**first, "result": "same"})
    assert (count(AuditEntry), count(Client), count(Touch)) == before


def test_other_dates_move_the_trip_and_its_touches(ask) -> None:
    ask(BODY)
    later = (TODAY + timedelta(days=33)).isoformat()
    answer = ask({"external_ref": "A-1024", "departure": later})
    assert (answer.status_code, answer.json["result"], answer.json["departure"]) == (200, "changed", later)
    assert only_trip().return_on.isoformat() == DATES["return"]
    due = {step["step"]: step["due_on"] for step in answer.json["plan"]}
    assert due["bon_voyage"] == later
    assert ask({"external_ref": "A-1024", "departure": later}).json["result"] == "same"


def test_cancelling_stops_every_letter_and_cannot_be_taken_back(ask) -> None:
    ask(BODY)
    answer = ask({"external_ref": "A-1024", "status": "cancelled"})
    assert (answer.status_code, answer.json["status"], answer.json["result"]) == (200, "cancelled", "changed")
    assert count(Touch, Touch.status.in_(("planned", "queued"))) == 0
    assert count(Message, Message.state.in_(("queued", "held"))) == 0
    assert ask({"external_ref": "A-1024", "status": "cancelled"}).json["result"] == "same"
    assert ask(BODY).status_code == 409
    assert ask({"external_ref": "B", "status": "cancelled"}).status_code == 404


def test_a_trip_is_read_by_its_number(ask) -> None:
    made = ask({**BODY, "external_ref": "2026/11 №7"}).json
    read = ask(ref="2026/11 №7")
    assert read.status_code == 200 and {**read.json, "result": "created"} == made
    assert (read.json["price"], read.json["departure_time"], read.json["companions"]) == (184000.5, "07:05", ["Иванов Лев"])
    assert ask(ref="nothing").status_code == 404


def test_a_known_client_gets_the_trip_and_the_new_contacts(ask, cast) -> None:
    known = make.client(cast.main, phone="+79161234567", email=None, now=clock.now())
    ask(BODY)
    db.session.expire_all()
    assert only_trip().client_id == known.id and [e.address for e in known.emails] == ["anna@example.com"]


def test_a_trip_entered_by_hand_gets_the_number_and_is_not_doubled(ask, cast) -> None:
    known = make.client(cast.main, phone="+79161234567", email=None, now=clock.now())
    trip = make.trip(known, purchase=TODAY, departure=TODAY + timedelta(days=30), back=TODAY + timedelta(days=40),
                     destination="кемер", seller=cast.olga, now=clock.now())
    assert ask(BODY).json["result"] == "changed"
    db.session.expire_all()
    assert only_trip().id == trip.id and only_trip().external_ref == "A-1024"
    assert ask({**BODY, "external_ref": "A-1025"}).status_code == 201 and count(Trip) == 2


def test_an_unknown_seller_stays_as_text(ask) -> None:
    answer = ask({**BODY, "seller": "Зинаида"})
    assert (answer.json["seller"], answer.json["seller_known"], only_trip().occasion.owner_id) == ("Зинаида", False, None)


@pytest.mark.parametrize(("change", "field"), [
    ({"external_ref": ""}, "external_ref"), ({"external_ref": 7}, "external_ref"),
    ({"external_ref": "x" * 101}, "external_ref"), ({"external_ref": "a\u0000b"}, "external_ref"), ({"status": "sleeping"}, "status"), ({"status": None}, "status"),
    ({"client": "Анна"}, "client"), ({"client": {"phones": ["8 916 123-45-67"]}}, "client.name"),
    ({"client": {"name": "123"}}, "client.name"), ({"client": {"name": ["Анна"]}}, "client.name"),
    ({"client": {"name": "Анна", "phones": "8 916"}}, "client.phones"),
    ({"client": {"name": "Анна", "phones": ["12"]}}, "client.phones[0]"),
    ({"client": {"name": "Анна", "emails": ["anna@"]}}, "client.emails[0]"),
    ({"client": {"name": "Анна", "emails": [None]}}, "client.emails[0]"),
    ({"client": {"name": "Анна", "age": 5}}, "client.age"),
    ({"purchase": "21.07.2026"}, "purchase"), ({"departure": "2026-02-30"}, "departure"), ({"return": 5}, "return"),
    ({"departure": None}, "departure"), ({"departure": "2026-12-01T10:00"}, "departure"), ({"return": "9999-01-01"}, "return"),
    ({"purchase": (TODAY + timedelta(days=1)).isoformat()}, "purchase"),
    ({"departure": "2020-01-01"}, "departure"), ({"return": TODAY.isoformat()}, "return"),
    ({"departure_time": "25:00"}, "departure_time"), ({"landing_time": "утром"}, "landing_time"),
    ({"price": -1}, "price"), ({"price": "дорого"}, "price"), ({"price": True}, "price"), ({"price": [1]}, "price"),
    ({"price": 1e300}, "price"), ({"destination": 5}, "destination"), ({"destination": "x" * 201}, "destination"),
    ({"note": "x" * 4001}, "note"), ({"companions": "Лев"}, "companions"), ({"companions": [1]}, "companions"),
    ({"seller": {}}, "seller"), ({"departue": "2026-12-01"}, "departue")])
def test_a_field_that_cannot_be_taken_is_named(ask, change, field) -> None:
    answer = ask({**BODY, **change})
    assert answer.status_code == 422 and answer.mimetype == "application/problem+json"
    assert list(answer.json["fields"]) == [field] and answer.json["status"] == 422 and answer.json["title"]
    assert count(Trip) == count(Client) == 0


def test_a_new_trip_says_everything_it_lacks(ask) -> None:
    assert set(ask({"external_ref": "x"}).json["fields"]) == {"client.name", "purchase", "departure", "return"}


@pytest.mark.parametrize(("body", "code"), [
    (b"", 400), (b"{", 400), (b"\xff\xfe", 400), (b'{"price": NaN}', 400), (b"[" * 5000, 400), (b"[]", 422), (b"null", 422),
    (b'{"external_ref": "' + b"x" * 70_000 + b'"}', 413)])
def test_what_is_no_small_json_object_is_refused(ask, body, code) -> None:
    answer = ask(body)
    assert answer.status_code == code and answer.json["status"] == code


def test_only_json_and_only_known_addresses(app, ask, secret) -> None:
    headers = {"Authorization": f"Bearer {secret}"}
    http = app.test_client()
    assert http.post(URL, data={"external_ref": "x"}, headers=headers).status_code == 415
    wrong = http.get(URL, headers=headers)
    assert (wrong.status_code, wrong.headers["Allow"], wrong.mimetype) == (405, "POST", "application/problem+json")
    assert http.get("/api/v1/leads", headers=headers).json["status"] == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic snova_x", "Bearer snova_x", "Bearer \u00e9"])
def test_without_a_token_nothing_is_told(app, ask, header) -> None:
    ask(BODY)
    for answer in (app.test_client().get(f"{URL}/A-1024", headers={"Authorization": header}),
                   app.test_client().post(URL, json=BODY, headers={"Authorization": header})):
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "Кемер" not in answer.get_data(as_text=True)


def test_a_token_of_another_office_sees_and_changes_nothing_here(ask, cast) -> None:
    ask(BODY)
    east = make_token("Восток", office_id=cast.east.id, actor=actor_of(cast.anna), now=clock.now())[1]
    assert ask(ref="A-1024", token=east).status_code == 404
    assert ask({"external_ref": "A-1024", "status": "cancelled"}, token=east).status_code == 404
    assert ask(BODY, token=east).status_code == 201
    trips = {t.office_id: t for t in db.session.scalars(select(Trip))}
    assert len(trips) == 2 and trips[cast.main.id].client_id != trips[cast.east.id].client_id


def test_a_revoked_token_works_no_longer(ask, cast) -> None:
    token = db.session.scalars(select(ApiToken)).one()
    revoke_token(token.id, actor=actor_of(cast.anna), now=clock.now())
    assert ask(BODY).status_code == 401 and count(Trip) == 0


def test_the_token_itself_is_kept_nowhere(ask, secret) -> None:
    ask(BODY)
    row = db.session.scalars(select(ApiToken)).one()
    assert row.last_used_at is not None and row.tail == secret[-4:]
    kept = json.dumps([str(vars(row)), *map(str, db.session.scalars(select(AuditEntry.facts)))])
    assert secret not in kept and secret[6:] not in kept


def test_only_administrators_make_tokens(cast) -> None:
    for person in (cast.olga, cast.irina, cast.boris, cast.nikolai):
        with pytest.raises(NotAllowed):
            make_token("x", office_id=cast.main.id, actor=actor_of(person), now=clock.now())


def test_ten_equal_requests_at_once_make_one_trip(app, cast, secret) -> None:
    def send(_: int) -> int:
        with app.app_context():
            return app.test_client().post(URL, json=BODY, headers={"Authorization": f"Bearer {secret}"}).status_code

    with ThreadPoolExecutor(5) as pool:
        codes = sorted(pool.map(send, range(10)))
    db.session.rollback()
    assert codes == [200] * 9 + [201]
    assert (count(Trip), count(Client), count(Touch)) == (1, 1, 13)


def test_each_token_has_its_own_rate(app, ask, cast) -> None:
    other = make_token("Сайт", office_id=cast.main.id, actor=actor_of(cast.anna), now=clock.now())[1]
    limiter, = app.extensions["limiter"]
    limiter.enabled = True
    try:
        codes = [ask(ref="nothing").status_code for _ in range(121)]
        assert codes == [404] * 120 + [429]
        late = ask(ref="nothing")
        assert late.mimetype == "application/problem+json" and int(late.headers["Retry-After"]) > 0
        assert ask(ref="nothing", token=other).status_code == 404
    finally:
        limiter.reset()
        limiter.enabled = False


def test_a_foreign_site_cannot_use_the_session_of_somebody_signed_in(app, browse, cast) -> None:
    browser = browse(cast.boris)
    assert browser.http.post(URL, json=BODY).status_code == 401


def test_a_purchase_of_today_in_the_office_is_taken(ask) -> None:
    assert ask({**BODY, "departure": DATES["purchase"]}).status_code == 201


def test_the_description_names_every_field(app) -> None:
    told = app.test_client().get("/api/v1/openapi.json").json
    assert told == json.loads(json.dumps(openapi("http://127.0.0.1:8000")))
    assert set(told["components"]["schemas"]["TripBody"]["properties"]) == set(FIELDS)
    used = json.dumps(told["paths"])
    assert all(f"#/components/schemas/{name}" in used for name in told["components"]["schemas"])


@pytest.mark.parametrize("who", ["", "anna", "olga"])
def test_the_page_for_programmers_names_every_field(browse, cast, who) -> None:
    page = browse(getattr(cast, who) if who else None).get("/api")
    assert page.status == 200 and all(name in page.text for name in FIELDS)
    assert "http" not in " ".join(node.attrs.get("src", "") + node.attrs.get("href", "") for node in page.root.all())


def test_an_administrator_makes_a_token_sees_it_once_and_revokes_it(browse, cast, ask) -> None:
    browser = browse(cast.anna)
    key = browser.get("/admin/tokens").root.one("input", name="form_key").attrs["value"]
    form = {"form_key": key, "name": "Сайт", "office": cast.main.id}
    page = browser.post("/admin/tokens", form)
    secret = page.root.one("input", id="secret").attrs["value"]
    assert secret.startswith("snova_") and ask(BODY, token=secret).status_code == 201
    assert browser.post("/admin/tokens", form).status == 303 and count(ApiToken) == 2
    later = browser.get("/admin/tokens")
    assert secret not in later.html and secret[-4:] in later.html
    row = db.session.scalars(select(ApiToken).where(ApiToken.name == "Сайт")).one()
    assert "больше не действует" in browser.follow(f"/admin/tokens/{row.id}/revoke").text
    assert ask(BODY, token=secret).status_code == 401
    assert "Новый токен: Сайт" in browser.get("/admin/log").text


def test_one_form_makes_one_token_whatever_is_written_in_it_later(browse, cast) -> None:
    browser = browse(cast.anna)
    form = {"form_key": "token-form", "name": "Сайт", "office": cast.main.id}
    assert browser.post("/admin/tokens", form).status == 200
    made = count(ApiToken)
    page = browser.post("/admin/tokens", {**form, "name": "Касса"})
    assert page.status == 409 and "токен уже создан" in page.root.one("section", id="errors").text
    assert page.root.one("input", id="name").attrs["value"] == "Касса" and count(ApiToken) == made
    key = page.root.one("input", name="form_key").attrs["value"]
    assert browser.post("/admin/tokens", {**form, "name": "Касса", "form_key": key}).status == 200
    assert count(ApiToken) == made + 1


def test_a_token_without_a_name_keeps_the_form(browse, cast) -> None:
    page = browse(cast.anna).post("/admin/tokens", {"name": " ", "office": cast.east.id})
    assert page.status == 422 and page.root.one("section", class_="summary")
    assert page.root.one("option", selected="").attrs["value"] == str(cast.east.id)


@pytest.mark.parametrize("who", ["olga", "irina", "boris"])
def test_others_see_no_tokens(browse, cast, who) -> None:
    browser = browse(getattr(cast, who))
    assert browser.get("/admin/tokens").status == 404
    assert browser.post("/admin/tokens", {"name": "x", "office": cast.main.id}).status == 404
    assert browser.post("/admin/tokens/1/revoke").status == 404


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
                    max_leaves=8)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from([*FIELDS, "x"]), JSON) | JSON)
def test_any_json_at_all_is_read_or_refused_with_a_reason(body) -> None:
    try:
        order = read_order(body)
    except BadBody as bad:
        assert bad.fields and all(bad.fields.values())
    else:
        assert order.external_ref and all(isinstance(order.given.get(k, date.min), date) for k in ("purchase_on",))
