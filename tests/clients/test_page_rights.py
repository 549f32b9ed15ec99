"""Who may open and change what about clients, odd addresses, both languages, and what pages cost."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import make
import pytest
from flask import Flask
from sqlalchemy import event

from webapp.clients.models import Client, consents_of
from webapp.db import db, transaction
from webapp.touches.models import Touch


@pytest.fixture
def anna(cast: SimpleNamespace, now: datetime) -> Client:
    """Ольга's client in Moscow."""
    return make.client(cast.main, middle_name="Петровна", manager=cast.olga, phone="+79161234567", now=now,
                       birthday=date(1985, 7, 21))


PAGES = ("/clients", "/clients/new", "/clients/pick", "/clients/{id}", "/clients/{id}/edit", "/clients/{id}/contacts",
         "/clients/{id}/contacts/remove?value=%2B79161234567", "/clients/{id}/consents", "/clients/{id}/manager")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("who", "sees"), [("olga", True), ("irina", True), ("boris", True), ("nikolai", True),
                                           ("vera", False), ("anna", False), (None, False)])
def test_every_page_opens_for_the_own_office_and_for_nobody_else(path: str, who: str | None, sees: bool, browse: Any,
                                                                 cast: SimpleNamespace, anna: Client) -> None:
    page = browse(getattr(cast, who) if who else None).get(path.format(id=anna.id))
    own_lists = who == "vera" and "{id}" not in path
    expected = 200 if sees or own_lists else 404 if who else 302
    if path.endswith("/manager") and who in ("olga", "irina"):
        expected = 404
    assert page.status == expected


POSTS = ("edit", "contacts", "contacts/first", "contacts/broken", "contacts/working", "contacts/remove", "consents",
         "manager")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("who", ["vera", "anna", None])
def test_nobody_else_changes_anything(path: str, who: str | None, browse: Any, cast: SimpleNamespace,
                                      anna: Client) -> None:
    answer = browse(getattr(cast, who) if who else None).post(
        f"/clients/{anna.id}/{path}", {"value": "+79161234567", "last_name": "Х", "contact": "+79160000000",
                                       "step": "stop", "channels": ["sms"], "how": "form", "manager": "0"})
    assert answer.status == (404 if who else 302)
    db.session.expire_all()
    assert anna.last_name == "Иванова" and len(anna.phones) == 1 and consents_of(anna.id) == {}


@pytest.mark.parametrize("path", ["/clients/999999", "/clients/0/edit", "/clients/abc", "/clients/1/contacts/eat",
                                  "/clients/9999999999999999999"])
def test_what_is_not_there_is_404(path: str, browse: Any, cast: SimpleNamespace, anna: Client) -> None:
    assert browse(cast.olga).get(path).status == 404


@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_english_too(path: str, browse: Any, cast: SimpleNamespace, anna: Client) -> None:
    with transaction():
        cast.boris.language = "en"
    page = browse(cast.boris).get(path.format(id=anna.id))
    names = " ".join([anna.full_name, cast.main.name, "Русский ОС", *(person.name for person in vars(cast).values())])
    cyrillic = re.sub(rf"\b({'|'.join(names.split())})\b", "", page.root.one("main").text)
    assert page.status == 200 and not re.search("[А-Яа-яЁё]{2,}", cyrillic), cyrillic


def statements_of(app: Flask, person: Any, url: str) -> int:
    """How many statements one GET costs."""
    seen: list[str] = []
    with app.app_context():
        listen = (db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        event.listen(*listen)
        assert person.get(url).status == 200
        event.remove(*listen)
    return len([sql for sql in seen if not sql.startswith(("PRAGMA", "BEGIN"))])


def test_a_longer_list_costs_no_more_statements(app: Flask, browse: Any, cast: SimpleNamespace,
                                                now: datetime) -> None:
    person = browse(cast.olga)
    person.get("/clients?q=кузнецов")  # the first search of a process looks whether the index is there
    counts = {}
    for size in (2, 40):
        for number in range(size):
            make.client(cast.main, last=f"Кузнецов{size}{number}", manager=cast.pavel if number % 2 else cast.olga,
                now=now)
        counts[size] = [statements_of(app, person, url) for url in ("/clients?q=кузнецов", "/clients")]
    # One of them is the number of complaints in the bar.
    assert counts[2] == counts[40] and max(counts[40]) <= 17, counts


def test_a_longer_history_costs_no_more_statements(app: Flask, browse: Any, cast: SimpleNamespace,
                                                   anna: Client) -> None:
    person = browse(cast.olga)
    counts = []
    for size in (1, 20):
        for number in range(size):
            _call(anna, cast, number, size)
        counts.append(statements_of(app, person, f"/clients/{anna.id}"))
    # Rooms on the right have their panels here: cards, level, friends, gifts, complaints, surveys, reviews.
    assert counts[0] == counts[1] and counts[1] <= 36, counts


def _call(client: Client, cast: SimpleNamespace, number: int, size: int) -> None:
    moment = datetime(2026, 10, number + 1, 9, tzinfo=UTC)
    with transaction() as session:
        session.add(Touch(client_id=client.id, office_id=client.office_id, step_code=f"journal:{size}:{number}",
                          channel="call", automatic=False, status="done", done_at=moment, done_by="Ольга",
                          created_at=moment, assignee_id=cast.olga.id))
        session.add(Touch(client_id=client.id, office_id=client.office_id, step_code=f"journal:{size}:{number}:next",
                          channel="task", automatic=False, status="planned", due_on=date(2026, 12, 1),
                          created_at=moment, assignee_id=cast.olga.id))
