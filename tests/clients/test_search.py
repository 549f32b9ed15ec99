"""Search over real rows: spellings, parts, order, scope, and that the index follows every change."""

from datetime import datetime
from types import SimpleNamespace

import make
import pytest
from flask import Flask
from sqlalchemy import delete, text, update

from webapp.clients import search
from webapp.clients.index import statements
from webapp.clients.models import Client, Phone
from webapp.clients.search import MOST, find_clients, find_ids, recent_clients
from webapp.db import db, transaction


@pytest.fixture
def people(cast: SimpleNamespace, now: datetime) -> dict[str, Client]:
    """Some clients of both offices."""
    return {
        "anna": make.client(cast.main, last="Иванова", first="Анна", middle_name="Петровна", now=now,
                            phone="+79161234567", email="anna.k@example.com"),
        "petr": make.client(cast.main, last="Семёнов-Тянь", first="Пётр", phone="+74951112233",
                            email="petr_1985@mail.ru", now=now),
        "li": make.client(cast.main, last="Ли", first="Ян", phone="+4930901820", email=None, now=now),
        "east": make.client(cast.east, last="Иванова", first="Вера", phone="+79169999999", email=None, now=now),
    }


def names(typed: str, user: object) -> list[str]:
    """First names found, in order."""
    return [row.first_name for row in find_clients(typed, user).clients]  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", [
    "8 (916) 123-45-67", "+7916", "+7 916 123 45 67", "89161234567", "9161234567", "123-45", "1234567", "4567",
    "Иванова", "иванова анна", "Анна Иванова", "петровна анна", "ИВАНОВ", "анн", "вано", "Петровна 916",
    "anna.k@example.com", "anna.k", "ANNA", "k@exam", "Ан", "а иван", "нн", "иванова, анна",
])
def test_a_client_is_found_by_any_part_in_any_spelling(typed: str, people: dict[str, Client],
                                                       cast: SimpleNamespace) -> None:
    assert "Анна" in names(typed, cast.olga)


@pytest.mark.parametrize(("typed", "first"), [
    ("Семенов", "Пётр"), ("СЕМЁНОВ", "Пётр"), ("петр тянь", "Пётр"), ("Петр", "Пётр"), ("8 495 111", "Пётр"),
    ("petr_1985", "Пётр"), ("1985@", "Пётр"), ("+49 30", "Ян"), ("0049 30 901820", "Ян"), ("ли", "Ян"),
    ("ян ли", "Ян"),
    ("л", "Ян"),
])
def test_yo_hyphens_short_names_and_foreign_phones_are_no_obstacle(typed: str, first: str, people: dict[str, Client],
                                                                   cast: SimpleNamespace) -> None:
    assert first in names(typed, cast.olga)


@pytest.mark.parametrize("typed", ["", "  ", "%", "_", "*", '"', "' OR 1=1 --", "щщщ", "иванова анна 000", "NEAR(",
                                   "AND",
                                   "\x00", "а" * 5000, "##"])
def test_odd_input_finds_nobody_and_breaks_nothing(typed: str, people: dict[str, Client],
                                                   cast: SimpleNamespace) -> None:
    assert find_clients(typed, cast.olga).clients == []


def test_only_clients_of_the_own_offices_are_found(people: dict[str, Client], cast: SimpleNamespace) -> None:
    assert names("иванова", cast.olga) == ["Анна"]
    assert names("иванова", cast.vera) == ["Вера"]
    assert sorted(names("иванова", cast.nikolai)) == ["Анна", "Вера"]
    assert names("+79169999999", cast.olga) == []
    assert [row.office_id for row in recent_clients(cast.vera).clients] == [cast.east.id]


def test_those_whose_surname_begins_with_the_word_come_first(cast: SimpleNamespace, now: datetime) -> None:
    for last, first in (("Попов", "Иван"), ("Иванова", "Вера"), ("Арбузов", "Иван"), ("Ивашов", "Олег")):
        make.client(cast.main, last=last, first=first, phone=None, email=None, now=now)
    assert [row.last_name for row in find_clients("ива", cast.olga).clients] == ["Иванова", "Ивашов", "Арбузов",
                                                                               "Попов"]


def test_a_broken_search_index_is_never_left_behind_by_a_change(people: dict[str, Client],
                                                                cast: SimpleNamespace) -> None:
    with transaction() as session:
        session.execute(update(Client).where(Client.id == people["anna"].id)
                        .values(find_text=" новикова", name_key="новикова"))
        session.execute(update(Client).where(Client.id == people["petr"].id).values(office_id=cast.east.id))
        session.execute(delete(Phone).where(Phone.client_id == people["li"].id))
        session.execute(delete(Client).where(Client.id == people["li"].id))
    assert names("иванова", cast.olga) == []
    assert names("новик", cast.olga) == ["Анна"]
    assert names("семенов", cast.olga) == [] and names("семенов", cast.vera) == ["Пётр"]
    assert names("901820", cast.nikolai) == []


def test_without_the_index_search_finds_the_same(people: dict[str, Client], cast: SimpleNamespace,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    typed = ["иванова", "8 (916) 123-45-67", "ли", "anna.k@ex", "анн 916", "щщщ"]
    with_index = [find_ids(text_, cast.nikolai) for text_ in typed]
    monkeypatch.setattr(search, "_has_index", lambda: False)
    assert [find_ids(text_, cast.nikolai) for text_ in typed] == with_index


def test_the_index_can_be_made_for_clients_who_are_there_already(people: dict[str, Client],
                                                                 cast: SimpleNamespace) -> None:
    dialect = db.engine.dialect.name
    drops = ("DROP TRIGGER client_find_insert", "DROP TRIGGER client_find_update", "DROP TRIGGER client_find_delete",
             "DROP TABLE client_find") if dialect == "sqlite" else ("DROP INDEX ix_client_find_text",)
    with transaction() as session:
        for sql in (*drops, *statements(dialect)):
            session.execute(text(sql))
    assert names("иванова", cast.olga) == ["Анна"]


def test_too_many_are_said_to_be_too_many(cast: SimpleNamespace, now: datetime) -> None:
    with transaction() as session:
        session.add_all(Client(office_id=cast.main.id, last_name=f"Кузнецов{n}", created_at=now,
                               name_key=f"кузнецов{n}", find_text=f" кузнецов{n}") for n in range(MOST + 5))
    found = find_clients("кузнец", cast.olga)
    assert (found.total, found.capped, len(found.clients), found.next_offset) == (MOST, True, 50, 50)
    assert not find_clients("кузнецов77", cast.olga).capped


def test_show_more_goes_on_where_the_page_ended(cast: SimpleNamespace, now: datetime) -> None:
    with transaction() as session:
        session.add_all(Client(office_id=cast.main.id, last_name="Кузнецов", first_name=f"{n:03d}", created_at=now,
                               name_key=f"кузнецов {n:03d}", find_text=f" кузнецов {n:03d}") for n in range(60))
    first, second = find_clients("кузнецов", cast.olga), find_clients("кузнецов", cast.olga, offset=50)
    assert [row.first_name for row in first.clients + second.clients] == [f"{n:03d}" for n in range(60)]
    assert second.next_offset is None


def test_the_scope_holds_for_a_person_without_an_office(app: Flask, people: dict[str, Client],
                                                        cast: SimpleNamespace) -> None:
    with transaction():
        cast.pavel.offices = []
    assert names("иванова", cast.pavel) == [] and recent_clients(cast.pavel).clients == []
