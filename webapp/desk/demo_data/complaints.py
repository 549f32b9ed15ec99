"""Complaints of the demo at five different steps: one just came, one waits for a decision, one for the client."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from webapp.complaints.actions import Intake, act, add_client_word, add_note, note_answer, receive, reply
from webapp.complaints.models import Complaint, ComplaintAction, Procedure, RootCause
from webapp.complaints.procedures import wording_of
from webapp.complaints.step_rules import next_step
from webapp.db import db
from webapp.desk.demo_data.working import Work
from webapp.kit.days import local_day, zone
from webapp.staff.audit import actor_of, job
from webapp.staff.models import Office, User
from webapp.staff.rules import Actor
from webapp.touches.actions import ticking
from webapp.trips.models import Trip

Diary = Callable[[date, time, Callable[[datetime], object]], None]
CAME = time(11, 20)


@dataclass(frozen=True)
class Case:
    """A complaint that came `day` days from today about trip `number`, and how many of its steps are done by now."""

    key: str
    day: int
    number: int
    source: str
    story: str
    wants: str = ""
    steps: int = 1
    procedure: str = "apology"
    answer: str = ""


CASES = (
    Case("shared", -11, 9, "phone", "В аэропорту нас никто не встретил, до отеля добирались на такси сами.",
         "Вернуть деньги за такси", 7, "refund", "yes"),
    Case("decided", -5, 15, "form", "Номер дали с видом на стройку, хотя платили за вид на море. Шум с семи утра.",
         "Вернуть доплату за вид", 4, "operator"),
    Case("looking", -4, 34, "reply", "Экскурсию, которую вы продали, отменили в день выезда и ничего не предложили.",
         "Компенсацию", 3, "bonus"),
    Case("told", -2, 35, "survey", "Неделю не могли дозвониться до менеджера, узнали о переносе рейса от туроператора.",
         "", 2),
    Case("draft", 0, 41, "phone", "Говорит, что в документах перепутали отчество, пришлось доплачивать.", "", 0),
)
SAID: dict[str, dict[str, Any]] = {
    "tell": {"told_how": "letter"},
    "investigate": {"facts": "Спросили туроператора и гида: подтверждают. Договор и переписка это показывают.",
                    "justified": "yes", "solution": "Вернуть потраченное и извиниться."},
    "resolve": {"decision": "satisfy", "cost": 380_000, "told_how": "letter",
                "decision_reason": "Вы правы: это наша ошибка. Вернём вам 3 800 ₽ и приносим извинения."},
    "document": {"cause": "Гид перепутал рейсы, мы не перезвонили накануне.",
                 "result": "Деньги возвращены, клиент доволен."},
    "analyse": {"prevention": "Накануне вылета сверять с туроператором встречу и номер рейса."},
    "share": {
        "lesson": "За день до вылета сверьте с туроператором, кто и где встречает: номер рейса, имя гида, телефон."}}


def plan(work: Work, office: Office, today: date, at: Diary) -> None:
    """Put complaints of this office into the diary: `at(day, clock, deed)` is told what happens when."""
    for case in CASES:
        if work.office_of(case.number) == office.code:
            day = today + timedelta(days=case.day)
            at(day, CAME, partial(_come, work, case))
            for number in range(1, case.steps):
                later = min(day + timedelta(days=number), today - timedelta(days=1))
                at(later, time(15, 10 + number), partial(_step, work, case))
            if case.key == "looking":
                at(today - timedelta(days=1), time(16, 30), partial(_talk, work, case))
            if case.answer:
                at(min(day + timedelta(days=6), today - timedelta(days=1)), time(17, 5), partial(_answer, work, case))


def _come(work: Work, case: Case, now: datetime) -> None:
    trip = _trip(work, case)
    if trip is not None:
        receive(Intake(client=trip.client, source=case.source, story=case.story, wants=case.wants, trip=trip,
                       origin=f"demo:{case.key}", operator=trip.operator or "Анекс Тур"),
                draft=case.steps == 0, actor=job("client"), now=now)


def _step(work: Work, case: Case, now: datetime) -> None:
    row = _row(case)
    move = next_step(row.state) if row else None
    if row is None or move is None:
        return
    by = actor_of(_owner(work, row))
    given = dict(SAID[move.verb])
    if move.verb == "tell":
        procedure = db.session.scalars(select(Procedure).where(Procedure.code == case.procedure)).one()
        given |= {"procedure": procedure.id, "procedure_text": wording_of(procedure, "text", row.language)}
    elif move.verb == "resolve":
        day = local_day(now, zone(row.office.timezone)) + timedelta(days=20)
        given["actions"] = [("Вернуть 3 800 ₽", by.user_id, day)]
    elif move.verb == "analyse":
        given["root_cause"] = db.session.scalars(select(RootCause.id).where(RootCause.code == "guide")).one()
    elif move.verb == "share":
        given["readers"] = [user.id for user in work.agency.staff.values()]
    act(row.id, move.verb, given, actor=by, now=now)
    if move.verb == "resolve" and case.answer:
        _keep_promises(row, by, now + timedelta(hours=1))


def _keep_promises(row: Complaint, by: Actor, now: datetime) -> None:
    for promise in db.session.scalars(select(ComplaintAction).where(ComplaintAction.complaint_id == row.id)).all():
        ticking.tick(promise.touch_id, actor=by, now=now)


def _talk(work: Work, case: Case, now: datetime) -> None:
    row = _row(case)
    if row is None:
        return
    by = actor_of(_owner(work, row))
    add_note(row.id, "Гид говорит, что предлагал замену. Проверить по переписке в чате группы.", actor=by,
             key=f"demo:{case.key}:n", now=now)
    add_client_word(row.id, "Есть новости? Мы сохранили чек и переписку с гидом.", via="page",
                    key=f"demo:{case.key}:c", now=now + timedelta(minutes=3))
    reply(row.id, "Спасибо, чек очень поможет. Завтра получим ответ туроператора и сразу вам напишем.",
          key=f"demo:{case.key}:r", actor=by, now=now + timedelta(minutes=9))


def _answer(work: Work, case: Case, now: datetime) -> None:
    row = _row(case)
    if row is not None and row.decision:
        note_answer(row.id, case.answer, words="Спасибо, что разобрались так быстро", now=now,
                    actor=actor_of(_owner(work, row)))
        if next_step(row.state) is None:
            act(row.id, "close", {}, actor=actor_of(_owner(work, row)), now=now + timedelta(minutes=5))


def _owner(work: Work, row: Complaint) -> User:
    owner = row.owner
    return owner if owner is not None and owner.role in ("service", "director") else work.agency.staff["irina"]


def _trip(work: Work, case: Case) -> Trip | None:
    number = work.trips.get(case.number)
    return db.session.get(Trip, number) if number else None


def _row(case: Case) -> Complaint | None:
    return db.session.scalar(select(Complaint).where(Complaint.origin == f"demo:{case.key}"))
