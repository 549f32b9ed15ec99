"""A large agency in seconds: trips in the states a real one has, twelve touches each, clients, managers, offices."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from bench.rows import put, settle
from webapp.app import create_app
from webapp.clients import rules as client_rules
from webapp.config import Settings
from webapp.db import Base, db, transaction
from webapp.desk.actions import install_shipped
from webapp.staff.models import Office, Setting, User, UserOffice
from webapp.touches.models import Plan, PlanStep, PlanVersion
from webapp.touches.starter import NAMES, STARTER_PLAN, STEP_OUTCOMES
from webapp.touches.store import forget_steps

# Twelve steps, each in a column of its own: a wider board than the one that is shipped.
STEPS = [step for step in STARTER_PLAN if step.active and step.code != "testimonial"]
ZONES = ("Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Vladivostok")
LAST = ("Иванова", "Петров", "Сидорова", "Кузнецов", "Смирнова", "Попов", "Соколова", "Лебедев", "Новикова", "Мороз")
FIRST = ("Анна", "Мария", "Елена", "Ольга", "Пётр", "Иван", "Сергей", "Алексей", "Дмитрий", "Ян")
PLACES = ("Анталья", "Хургада", "Пхукет", "Сочи", "Шри-Ланка", "Мальдивы", "Стамбул", "Дубай", "Бали", "Калининград")
SHARES = {"over": 4, "broken": 1, "today": 5, "open": 90, "finished": 900}
DIRECTOR, NETWORK = 21, 22
SHARE_CYCLE = [state for state, share in SHARES.items() for _ in range(share)]
# The same mix everywhere in the table, whatever its length.
random.Random(5).shuffle(SHARE_CYCLE)


@dataclass(frozen=True)
class Size:
    """How much there is. Every office has its managers; trips and clients are spread over the offices."""

    trips: int = 100_000
    offices: int = 1
    clients: int = 80_000
    managers: int = 20


def make_app(folder: Path, url: str = "") -> Flask:
    """The product on a database of its own in `folder`, or at `url`."""
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app(settings(folder, url))
    app.config["RATELIMIT_ENABLED"] = False
    return app


def settings(folder: Path, url: str = "") -> Settings:
    """Settings of a production instance: the session key is known, so that every process agrees on it."""
    return Settings(instance=folder, secret_key="bench" * 12, database_url=url or f"sqlite:///{folder / 'snova.db'}")


def fill(size: Size, *, now: datetime) -> None:
    """Create the tables and fill them; call inside the app's context."""
    Base.metadata.create_all(db.engine)
    install_shipped(now=now)
    _people(size, now)
    version, steps = _wide_plan(now)
    _clients(size, now)
    trips = [_Trip(number, size, now) for number in range(1, size.trips + 1)]
    put("occasion", _Trip.OCCASION, (trip.occasion(version) for trip in trips))
    put("trip", _Trip.TRIP, (trip.row() for trip in trips))
    messages: list[tuple[Any, ...]] = []
    touches = list(_touches(trips, steps, now, messages))
    put("message", MESSAGE, messages)
    put("touch", TOUCH, touches)
    settle()
    forget_steps()


def _people(size: Size, now: datetime) -> None:
    users = [{"id": n, "email": f"manager{n}@example.com", "name": f"{FIRST[n % 10]} {LAST[n % 10]}",
              "role": "manager", "created_at": now} for n in range(1, size.managers + 1)]
    users += [{"id": DIRECTOR, "email": "director@example.com", "name": "Борис Ветров", "role": "director",
               "created_at": now},
              {"id": NETWORK, "email": "network@example.com", "name": "Николай Громов", "role": "director",
               "created_at": now}]
    with transaction() as session:
        session.execute(insert(Office), [{"id": n, "code": f"o{n}", "name": f"Офис {n}", "timezone": ZONES[n % 5]
                                          if size.offices > 1 else ZONES[0]} for n in range(1, size.offices + 1)])
        session.execute(insert(User), users)
        session.get_one(User, NETWORK).is_network = True
        links = [{"user_id": user["id"], "office_id": (user["id"] - 1) % size.offices + 1} for user in users]
        session.execute(insert(UserOffice), links)
        session.add(Setting(key="mode", value="live"))


def _wide_plan(now: datetime) -> tuple[int, list[tuple[int, Any]]]:
    """A published version of the plan with a column per step: (its id, its steps as (row id, rule))."""
    with transaction() as session:
        plan = session.scalars(select(Plan).where(Plan.kind == "trip")).one()
        shipped = session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan.id)).first()
        rules = {row.code: row for row in shipped.steps} if shipped else {}
        version = PlanVersion(plan_id=plan.id, number=99, author="bench", published_at=now)
        session.add(version)
        session.flush()
        rows = []
        for position, step in enumerate(STEPS):
            rows.append(PlanStep(
                version_id=version.id, position=position, code=step.code, name_ru=NAMES[step.code].ru,
                name_en=NAMES[step.code].en, channel=step.channel, klass=step.klass or "",
                rule={**rules[step.code].rule, "series": None},
                letter_code=rules[step.code].letter_code, column=step.code, performer=step.performer,
                outcomes=list(STEP_OUTCOMES.get(step.code, ())), needs_outcome=step.needs_outcome))
        session.add_all(rows)
        session.flush()
        return version.id, [(row.id, step) for row, step in zip(rows, STEPS, strict=True)]


def _clients(size: Size, now: datetime) -> None:
    put("client", ("id", "office_id", "manager_id", "last_name", "first_name", "name_key", "find_text", "created_at"),
        (_client(n, size, now) for n in range(1, size.clients + 1)))
    put("phone", ("client_id", "e164"), ((n, _phone(n)) for n in range(1, size.clients + 1)))
    put("email", ("client_id", "address"), ((n, f"client{n}@example.com") for n in range(1, size.clients + 1)))


def _client(n: int, size: Size, now: datetime) -> tuple[Any, ...]:
    last, first = LAST[n % 10] + ("-" + LAST[n // 10 % 10] if n % 7 == 0 else ""), FIRST[n // 100 % 10]
    full = f"{last} {first}"
    return (n, n % size.offices + 1, n % size.managers + 1, last, first, client_rules.name_key(full),
            client_rules.find_text(full, [_phone(n)], [f"client{n}@example.com"]), now)


def _phone(n: int) -> str:
    return f"+79{n * 7919 % 10**9:09d}"


class _Trip:
    """One trip: its state gives its dates, and these give what its touches are."""

    OCCASION = ("id", "kind", "client_id", "office_id", "owner_id", "anchors", "plan_version_id", "attention_on",
                "broken", "breaks_at", "next_on", "opened_at", "closed_at")
    TRIP = ("id", "occasion_id", "client_id", "office_id", "seller_id", "destination", "purchase_on", "departure_on",
            "return_on", "created_at")

    def __init__(self, number: int, size: Size, now: datetime) -> None:
        self.number, self.now, self.today = number, now, now.date()
        self.state = SHARE_CYCLE[number % len(SHARE_CYCLE)]
        self.client_id = number * 31 % size.clients + 1
        self.office_id = self.client_id % size.offices + 1
        self.owner_id = (number * 17 + number // len(SHARE_CYCLE)) % size.managers + 1
        # The call after the trip falls two days after the return: it makes a trip overdue or due today.
        # Nine days after it the visit does; half of them wait for the one, half for the other.
        extra = 7 if number // len(SHARE_CYCLE) % 2 else 0
        back = {"over": -3 - number % 6 - extra, "today": -2 - extra, "broken": -1, "open": number % 80 - 1,
                "finished": -30 - number // 3 % 900}[self.state]
        self.back = self.today + timedelta(days=back)
        self.dates = {"return": self.back, "departure": self.back - timedelta(days=7 + number % 5),
                      "purchase": self.back - timedelta(days=40 + number % 30)}
        self.closed = (datetime.combine(self.back + timedelta(days=9), now.time(), now.tzinfo)
                       if self.state == "finished" else None)

    def due(self, step: Any) -> date:
        """The day of a step, roughly as the plan has it."""
        return self.dates[step.anchor] + timedelta(days=step.offset_days)

    def status(self, step: Any) -> str:
        """What became of a step."""
        if self.state == "broken" and step.code == "welcome_back_sms":
            return "failed"
        due = self.due(step)
        # Who waits for the visit has been called; a call is never more than six days late.
        is_past = due <= self.today if step.is_automatic else due < self.today - timedelta(days=6)
        return "done" if is_past or self.state == "finished" else "planned"

    def occasion(self, version: int) -> tuple[Any, ...]:
        """The row behind the board, with its kept columns."""
        waiting = [step for step in STEPS if self.status(step) == "planned"]
        people = [self.due(step) for step in waiting if not step.is_automatic]
        sends = [_send_at(self.due(step), self.now) for step in waiting if step.is_automatic]
        anchors = json.dumps({name: day.isoformat() for name, day in self.dates.items()})
        return (self.number, "trip", self.client_id, self.office_id, self.owner_id, anchors, version,
                min(people, default=None), int(self.state == "broken"),
                min(sends) + timedelta(hours=1) if sends else None, min(map(self.due, waiting), default=None),
                self.now, self.closed)

    def row(self) -> tuple[Any, ...]:
        """The row of the trip."""
        return (self.number, self.number, self.client_id, self.office_id, self.owner_id,
                PLACES[self.number % 10], self.dates["purchase"], self.dates["departure"], self.back, self.now)


TOUCH = ("occasion_id", "client_id", "office_id", "step_id", "step_code", "channel", "klass", "automatic",
         "assignee_id", "planned_on", "due_on", "send_at", "status", "done_at", "done_by", "outcome", "message_id",
         "created_at")
MESSAGE = ("id", "key", "source", "office_id", "client_id", "klass", "channel", "address", "address_hash", "message_id",
           "zone", "created_at", "not_before", "state", "next_try_at", "provider", "settled")


def _touches(trips: list[_Trip], steps: list[tuple[int, Any]], now: datetime,
             messages: list[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    for trip in trips:
        for step_id, step in steps:
            due, status = trip.due(step), trip.status(step)
            at = _send_at(due, now)
            message_id = None
            # The letters of trips long over would only make the file larger: no board page reads them.
            if step.is_automatic and status in ("done", "failed") and trip.state != "finished":
                message_id = len(messages) + 1
                messages.append(sent_message(message_id, trip.office_id, trip.client_id, step, status, at))
            is_done = status == "done"
            yield (trip.number, trip.client_id, trip.office_id, step_id, step.code, step.channel, step.klass or "",
                   step.is_automatic, None if step.is_automatic else trip.owner_id, due, due,
                   at if step.is_automatic else None, status, at if is_done else None,
                   ("post" if step.is_automatic else "Ольга") if is_done else "",
                   "come" if is_done and step.needs_outcome else "", message_id, now)


def sent_message(number: int, office_id: int, client_id: int, step: Any, status: str, at: datetime) -> tuple[Any, ...]:
    """A message that has ended, as a row."""
    return (number, f"bench:{number}", f"bench:{number}", office_id, client_id, step.klass or "service", step.channel,
            f"client{client_id}@example.com", f"hash{client_id}", f"<{number}@bench>", ZONES[0], at, at,
            "sent" if status == "done" else "failed", at, "relay", True)


def _send_at(day: date, now: datetime) -> datetime:
    return datetime.combine(day, now.time().replace(hour=9, minute=0, second=0, microsecond=0), now.tzinfo)
