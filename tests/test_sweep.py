"""Promise 14: every address × every role × own and other office × odd input: never a 500, the matrix exact."""

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import make
import pytest
from board_make import six_trips
from sqlalchemy import select
from werkzeug.routing import Rule

from webapp.db import db
from webapp.kit import clock
from webapp.letters.models import LetterVersion
from webapp.touches.models import Touch
from webapp.web.guard import access_of

ROLES = ("stranger", "olga", "irina", "boris", "anna", "vera", "nikolai")
ODD = (
    {}, {"note": "x" * 5000, "outcome": "нет такого", "date": "31.02.2026", "day": "-1", "trip": ["0", "a", "9" * 30]},
    {"name": "<script>alert(1)</script>", "email": "a@b\r\nBcc: x@y", "phone": "\x00+7", "reason": "'; DROP TABLE trip",
     "back": "//evil.example/", "next": "https://evil.example/", "verb": "tick", "price": "-1", "q": "%_\\", "from": "-5",
     "purchase_on": "2026-13-40", "departure_on": "вчера", "return_on": "00.00.0000", "office": "abc", "role": "god"},
)
# Signing out or ending sessions would change who asks in the middle of the sweep.
LEFT_OUT = {"/logout", "/me/sessions/end", "/static/<path:filename>"}


@pytest.fixture
def world(app: Any, cast: SimpleNamespace) -> SimpleNamespace:
    """Rows of the main office and of the other one."""
    trips = six_trips(cast)
    now = clock.now()
    far_client = make.client(cast.east, last="Дальняя", phone="+79990000001", email="far@example.com", now=now)
    far_trip = make.trip(far_client, purchase=date(2026, 1, 10), departure=date(2026, 2, 1), back=date(2026, 2, 9),
                         seller=cast.vera, now=now)
    db.session.rollback()

    def touch_of(trip: Any) -> int:
        return db.session.scalars(select(Touch.id).where(Touch.occasion_id == trip.occasion_id)).first() or 0
    version = db.session.scalars(select(LetterVersion).order_by(LetterVersion.id)).first()
    letters = {"letter_id": version.letter_id, "version_id": version.id}
    own = {**letters, "trip_id": trips["near"].id, "client_id": trips["near"].client_id, "touch_id": touch_of(trips["near"]),
           "office_id": cast.main.id, "user_id": cast.pavel.id}
    other = {**letters, "trip_id": far_trip.id, "client_id": far_client.id, "touch_id": touch_of(far_trip),
             "office_id": cast.east.id, "user_id": cast.vera.id}
    return SimpleNamespace(own=own, other=other)


def address(rule: Rule, ids: dict[str, int]) -> str:
    """The rule with its gaps filled: known names by id, others with something that does not exist."""
    url = re.sub(r"<any\((\w+).*?\):\w+>", r"\1", str(rule))
    for name in rule.arguments:
        value = str(ids.get(name, 999_999_999)) if f"<int:{name}>" in url else "no-such"
        url = url.replace(f"<int:{name}>", value).replace(f"<{name}>", value).replace(f"<path:{name}>", value)
    return url


def allowed(who: str, cast: SimpleNamespace, access: Any) -> bool:
    """What the declared access says about this person."""
    if access.public or access.token:
        return True
    return who != "stranger" and bool(access.roles & getattr(cast, who).hats)


@pytest.mark.parametrize("who", ROLES)
def test_no_address_breaks_and_nobody_gets_past_what_it_declares(app, browse, cast, world, who, monkeypatch):
    person = browse(None if who == "stranger" else getattr(cast, who))
    # As in production: a fault becomes a page, and is counted here.
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    faults = []
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if str(rule) in LEFT_OUT or access is None:
            continue
        for method in sorted(rule.methods & {"GET", "POST", "DELETE"}):
            for url in dict.fromkeys(address(rule, ids) for ids in (world.own, world.other)):
                faults += try_one(app, person, rule, method, url, allowed(who, cast, access), who)
    assert faults == []


def try_one(app: Any, person: Any, rule: Rule, method: str, url: str, may: bool, who: str) -> list[str]:
    """One address with every odd input (one is enough where nobody reads it); gives what went wrong."""
    faults = []
    for data in ODD if may else ODD[-1:]:
        for htmx in (False, True):
            with app.app_context():
                headers = {"HX-Request": "true"} if htmx else {}
                options = {"query_string": data} if method == "GET" else {"data": data}
                status = person.http.open(url, method=method, headers=headers, **options).status_code
            db.session.rollback()
            if status >= 500:
                faults.append(f"{who} {method} {url} {sorted(data)[:3]}: {status}")
            elif not may and status not in ((302, 401) if who == "stranger" else (404,)):
                faults.append(f"{who} {method} {url}: {status}, may not")
    return faults


@pytest.mark.parametrize("who", ["olga", "irina", "boris"])
def test_rows_of_another_office_do_not_exist(app, browse, cast, world, who):
    """Pages that read a row of the own office answer; the same page for the other office's row is 404."""
    person = browse(getattr(cast, who))
    seen = 0
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if "GET" not in rule.methods or not rule.arguments & {"trip_id", "client_id", "touch_id"} or not access:
            continue
        if access.roles & getattr(cast, who).hats:
            status = person.http.get(address(rule, world.other)).status_code
            assert status == 404, f"{who} {rule}: {status}"
            seen += 1
    assert seen >= 4
