"""Promise 14: every address × every role × own and other office × odd input: never a 500, the matrix exact."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from sweep_world import build
from werkzeug.routing import Rule

from webapp.db import db
from webapp.web.guard import access_of

ROLES = ("stranger", "olga", "irina", "boris", "anna", "vera", "nikolai")
# The run before every commit looks with the eyes of nobody and of a manager elsewhere.
QUICK = ("stranger", "vera")
ODD = (
    {}, {"note": "x" * 5000, "outcome": "нет такого", "date": "31.02.2026", "day": "-1", "trip": ["0", "a", "9" * 30]},
    {"name": "<script>alert(1)</script>", "email": "a@b\r\nBcc: x@y", "phone": "\x00+7", "reason": "'; DROP TABLE trip",
     "back": "//evil.example/", "next": "https://evil.example/", "verb": "tick", "price": "-1", "q": "%_\\", "from": "-5",
     "purchase_on": "2026-13-40", "departure_on": "вчера", "return_on": "00.00.0000", "office": "abc", "role": "god"},
)
# What belongs to an office; to people of another one it does not exist.
OF_AN_OFFICE = {"trip_id", "client_id", "touch_id", "assessment_id", "check_id", "improvement_id", "due_id", "complaint_id",
                "review_id", "referral_id", "incoming_id", "message_id", "user_id", "office_id", "number"}
# A card may be shown and spent anywhere (docs/decisions/0019-cards-at-the-counter.md): these know it by its number.
AT_ANY_COUNTER = {"/cards/<number>", "/cards/<number>/presentation", "/cards/<number>/spending"}
# Signing out or ending sessions would change who asks in the middle of the sweep.
LEFT_OUT = {"/logout", "/me/sessions/end", "/static/<path:filename>"}


@pytest.fixture
def world(app: Any, cast: SimpleNamespace) -> SimpleNamespace:
    """Rows of the main office and of the other one."""
    return build(cast)


def gap(rule: Rule, name: str, ids: dict[str, Any]) -> Any:
    """What stands in this gap of this address; None where the world holds nothing of the kind."""
    parts = [part for part in str(rule).split("/") if part and "<" not in part]
    return next((ids[f"{part}:{name}"] for part in parts if f"{part}:{name}" in ids), ids.get(name))


def addresses(rule: Rule, ids: dict[str, Any]) -> list[str]:
    """The rule with its gaps filled: known names by id, others with something that does not exist, choices with each of them."""
    url = str(rule)
    for name in rule.arguments:
        known = gap(rule, name, ids)
        value = str(known if known is not None else 999_999_999 if f"<int:{name}>" in url else "no-such")
        url = url.replace(f"<int:{name}>", value).replace(f"<{name}>", value).replace(f"<path:{name}>", value)
    choice = re.search(r"<any\(([^)]*)\):\w+>", url)
    return [url.replace(choice.group(), one.strip()) for one in choice.group(1).split(",")] if choice else [url]


def allowed(who: str, cast: SimpleNamespace, access: Any) -> bool:
    """What the declared access says about this person."""
    if access.public or access.token:
        return True
    return who != "stranger" and bool(access.roles & getattr(cast, who).hats)


@pytest.mark.parametrize("who", [who if who in QUICK else pytest.param(who, marks=pytest.mark.slow) for who in ROLES])
def test_no_address_breaks_and_nobody_gets_past_what_it_declares(app, browse, cast, world, who, monkeypatch):
    person = browse(None if who == "stranger" else getattr(cast, who))
    # As in production: a fault becomes a page, and is counted here.
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    faults = []
    mine, others = (world.other, world.own) if who == "vera" else (world.own, world.other)
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if str(rule) in LEFT_OUT or access is None:
            continue
        for method in sorted(rule.methods & {"GET", "POST", "DELETE"}):
            may, own = allowed(who, cast, access), addresses(rule, mine)
            for url in dict.fromkeys(own + addresses(rule, others)):
                # Whatever can be typed is tried where somebody may read it: elsewhere one is enough.
                faults += try_one(app, person, method, url, ODD if may and url in own else ODD[-1:], may, who)
    assert faults == []


def try_one(app: Any, person: Any, method: str, url: str, inputs: Any, may: bool, who: str) -> list[str]:
    """One address with odd inputs; gives what went wrong."""
    faults = []
    for data in inputs:
        # As a part it is asked for once: what is typed is read by the same form.
        for htmx in (False, True) if data is inputs[-1] else (False,):
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
    """Whatever is asked about a row of the other office, read or changed: 404, as if there were none."""
    person, found, seen = browse(getattr(cast, who)), {}, 0
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if not rule.arguments & OF_AN_OFFICE or str(rule) in AT_ANY_COUNTER or not access:
            continue
        if not access.roles & getattr(cast, who).hats:
            continue
        for method in sorted(rule.methods & {"GET", "POST", "DELETE"}):
            for url in addresses(rule, world.other):
                with app.app_context():
                    found[f"{method} {url}"] = person.http.open(url, method=method).status_code
                db.session.rollback()
                seen += 1
    assert {said: status for said, status in found.items() if status != 404} == {}
    assert seen >= 40


def test_every_row_of_the_sweep_is_really_there(app, browse, cast, world):
    """What the sweep puts into addresses opens for somebody, or it would try nothing but pages that do not exist."""
    # The one that reads which contact from its question, and is no page without it.
    apart = {"/clients/<int:client_id>/contacts/remove"}
    people = [browse(getattr(cast, who)) for who in ("boris", "irina", "olga", "anna")]
    missing = []
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if "GET" not in rule.methods or not rule.arguments or access is None or str(rule) in apart or any(
                gap(rule, name, world.own) is None for name in rule.arguments):
            continue
        found = set()
        for person in people:
            with app.app_context():
                found.add(person.http.get(addresses(rule, world.own)[0]).status_code)
            if found & {200, 302, 303}:
                break
        else:
            missing.append((str(rule), found))
    assert missing == []
