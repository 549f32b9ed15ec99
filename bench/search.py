"""Client search at 80,000 clients on SQLite and PostgreSQL: milliseconds of query, by kind of what is typed.

Run: python bench/search.py [--clients 80000] [--postgres URL]. Budget: 5 ms of query (quality, part C).
"""

import argparse
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, insert, text

from webapp.clients import rules
from webapp.clients.models import Client, Email, Phone
from webapp.clients.search import find_clients, find_ids
from webapp.db import Base, db, init_database, transaction
from webapp.staff.models import Office, User, UserOffice

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
STEMS = ("Иван", "Петр", "Сидор", "Кузнец", "Смирн", "Попов", "Соколов", "Лебед", "Новик", "Мороз", "Волк", "Козл",
         "Зайц", "Павл", "Семен", "Голуб", "Виноград", "Богдан", "Воробь", "Федор", "Михайл", "Беля", "Тарас", "Жуков",
         "Комар", "Орл", "Кисел", "Макар", "Андре", "Ковал", "Ильин", "Гус", "Тит", "Кузьмин", "Кудряв", "Баран")
ENDS = ("ов", "ова", "ев", "ева", "енко", "ин", "ина", "ский", "ская", "чук", "ченко", "ич")
FIRST = ("Анна", "Мария", "Елена", "Ольга", "Наталья", "Ирина", "Пётр", "Иван", "Сергей", "Алексей", "Дмитрий", "Ян")
MIDDLE = ("Ивановна", "Петровна", "Сергеевна", "Иванович", "Сергеевич", "Алексеевич", "")
HOSTS = ("mail.ru", "yandex.ru", "gmail.com", "bk.ru", "example.com")
TYPED = ("Ивановская", "ива", "ова", "ов", "а", "ян", "анна ивановская", "петр смир", "8 (916) 123-45", "+7916",
         "1234567", "123-45-67", "916", "4501@mail", "gmail", "mail.ru", "иванов 916", "новава", "щщщ", "ая ич")


def main() -> None:
    """Measure every engine given and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=80_000)
    options.add_argument("--postgres", default="postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
    options = options.parse_args()
    columns = {}
    with tempfile.TemporaryDirectory() as folder:
        columns["SQLite"] = measure(f"sqlite:///{Path(folder) / 'bench.db'}", options.clients)
        if options.postgres:
            with scratch_database(options.postgres) as url:
                columns["PostgreSQL"] = measure(url, options.clients)
    show(columns, options.clients)


def show(columns: dict[str, dict[str, tuple[float, ...]]], clients: int) -> None:
    """Print one line per thing typed: median ms for the large office, a small office, the network; and found."""
    print(f"client search, {clients} clients, ms of query (median): office of 90 % / of 1 % / whole network")
    for typed in TYPED:
        cells = [f"{name} {a:6.2f} {b:6.2f} {c:6.2f}  ({int(n)})"
                 for name, rows in columns.items() for a, b, c, n in [rows[typed]]]
        print(f"{typed:18s} " + "   ".join(cells))
    worst = {name: max(max(row[:3]) for row in rows.values()) for name, rows in columns.items()}
    print("worst:", ", ".join(f"{name} {value:.2f} ms" for name, value in worst.items()), "(budget 5 ms)")


def measure(url: str, clients: int) -> dict[str, tuple[float, ...]]:
    """Median milliseconds of every search on the database at `url`."""
    app = Flask("bench")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    init_database(app)
    with app.app_context():
        Base.metadata.create_all(db.engine)
        users = fill(clients)
        spent = {typed: tuple(timed(typed, user) for user in users) for typed in TYPED}
        found = {typed: find_clients(typed, users[2]).total for typed in TYPED}
        db.session.remove()
        db.engine.dispose()
    return {typed: (*spent[typed], found[typed]) for typed in TYPED}


def timed(typed: str, user: User) -> float:
    """Median of eleven runs, in ms, of finding and ordering the clients; loading the 50 shown comes on top."""
    taken = []
    for _ in range(11):
        db.session.expunge_all()
        offices, network = list(user.offices), user.is_network
        person = User(is_network=network, offices=offices)
        started = time.perf_counter()
        find_ids(typed, person)
        taken.append((time.perf_counter() - started) * 1000)
        db.session.rollback()
    return statistics.median(taken)


def fill(clients: int) -> list[User]:
    """Three offices (90, 9, 1 %) full of clients; gives a person of the first, of the last, and of the network."""
    rng = random.Random(7)
    with transaction() as session:
        session.execute(insert(Office), [{"id": n, "code": f"o{n}", "name": f"o{n}"} for n in (1, 2, 3)])
        session.execute(insert(User), [{"id": n, "email": f"u{n}@x", "name": "U", "role": "manager", "created_at": NOW,
                                        "is_network": n == 3} for n in (1, 2, 3)])
        session.execute(insert(UserOffice), [{"user_id": 1, "office_id": 1}, {"user_id": 2, "office_id": 3}])
        people, phones, emails = [], [], []
        for number in range(1, clients + 1):
            last, first = rng.choice(STEMS) + rng.choice(ENDS), rng.choice(FIRST)
            middle = rng.choice(MIDDLE)
            phone = f"+79{rng.randrange(10**9):09d}"
            address = f"client{number}{rng.choice('abcdefgh')}@{rng.choice(HOSTS)}"
            full = " ".join(filter(None, (last, first, middle)))
            people.append({"id": number, "office_id": rng.choices((1, 2, 3), (90, 9, 1))[0], "last_name": last,
                           "first_name": first, "middle_name": middle, "created_at": NOW,
                           "name_key": rules.name_key(last, first, middle),
                           "find_text": rules.find_text(full, [phone], [address])})
            phones.append({"client_id": number, "e164": phone})
            emails.append({"client_id": number, "address": address})
        for model, rows in ((Client, people), (Phone, phones), (Email, emails)):
            for start in range(0, len(rows), 5000):
                session.execute(insert(model), rows[start:start + 5000])
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    else:
        with transaction() as session:
            session.execute(text("ANALYZE"))
    return [db.session.get_one(User, n) for n in (1, 2, 3)]


@contextmanager
def scratch_database(url: str) -> Iterator[str]:
    """A PostgreSQL database of its own, dropped afterwards."""
    name = f"snova_bench_{uuid.uuid4().hex[:8]}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield f"{url.rsplit('/', 1)[0]}/{name}"
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


if __name__ == "__main__":
    main()
