"""Factories: plain functions that make rows for tests, and the cast every test shares."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from webapp.clients.models import Client, Email, Phone
from webapp.db import db, transaction
from webapp.desk.actions import install_shipped
from webapp.staff.audit import actor_of, job
from webapp.staff.models import Office, User
from webapp.trips.actions import TripData, sell_trip
from webapp.trips.models import Trip

PEOPLE = (
    ("olga", "Ольга Соколова", "manager", ("main",)),
    ("pavel", "Павел Дроздов", "manager", ("main",)),
    ("irina", "Ирина Мельник", "service", ("main",)),
    ("boris", "Борис Ветров", "director", ("main",)),
    ("anna", "Анна Орлова", "admin", ("main",)),
    ("vera", "Вера Чайкина", "manager", ("east",)),
    ("nikolai", "Николай Громов", "director", ("main", "east")),
)


def cast(now: datetime) -> dict[str, int]:
    """Make the offices and people of the cast; gives their ids by name."""
    with transaction() as session:
        main = Office(code="main", name="Сто дорог", timezone="Europe/Moscow", city="Москва", phone="+74950000000")
        east = Office(code="east", name="Сто дорог Восток", timezone="Asia/Vladivostok", city="Владивосток")
        session.add_all([main, east])
        offices = {"main": main, "east": east}
        users = {}
        for key, name, role, codes in PEOPLE:
            users[key] = User(email=f"{key}@example.org", name=name, role=role, created_at=now,
                              is_network=key == "nikolai", offices=[offices[code] for code in codes])
        session.add_all(users.values())
        session.flush()
        install_shipped(now=now)
        return {**{key: user.id for key, user in users.items()}, **{key: row.id for key, row in offices.items()}}


def people(ids: dict[str, int]) -> SimpleNamespace:
    """The cast as rows of the present session."""
    # Two questions for all of them: every page test asks.
    rows: dict[tuple[bool, int], Any] = {(False, user.id): user for user in db.session.scalars(select(User))}
    rows |= {(True, office.id): office for office in db.session.scalars(select(Office))}
    return SimpleNamespace(**{key: rows[key in ("main", "east"), row_id] for key, row_id in ids.items()})


def client(office: Office, *, last: str = "Иванова", first: str = "Анна", phone: str | None = "+79160000001",
           email: str | None = "anna@example.com", manager: User | None = None, now: datetime,
           birthday: date | None = None, **more: Any) -> Client:
    """A client with one phone and one e-mail unless told otherwise."""
    with transaction() as session:
        row = Client(office_id=office.id, manager_id=manager.id if manager else None, last_name=last,
                     first_name=first, created_at=now, birthday=birthday, **more)
        if phone:
            row.phones.append(Phone(e164=phone, raw=phone))
        if email:
            row.emails.append(Email(address=email))
        row.keep_findable()
        session.add(row)
        session.flush()
        return row


def trip(client_row: Client, *, purchase: date, departure: date, back: date, seller: User | None, now: datetime,
         destination: str = "Анталья", **more: Any) -> Trip:
    """A trip sold by hand at `now`, with its plan."""
    actor = actor_of(seller) if seller else job("test")
    return sell_trip(client_row, TripData(purchase, departure, back, destination=destination, **more),
                     seller=seller, actor=actor, now=now)
