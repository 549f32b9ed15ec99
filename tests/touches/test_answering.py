"""Letters of clients on their way to people: the timeline, the step that asks for an answer, and whose it is."""

import itertools
from datetime import date, timedelta

import make
import pytest
from post.making import consent, mode
from sqlalchemy import select, update

from webapp.clients.models import Consent
from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.desk.integrity import inspect
from webapp.post.actions.taking import Place, take
from webapp.post.incoming_rules import read_letter
from webapp.post.models import Incoming, Message
from webapp.staff.audit import actor_of
from webapp.touches.actions import ticking
from webapp.touches.actions.answering import take_answers
from webapp.touches.effects import BadOutcome
from webapp.touches.models import Occasion, Touch

_numbers = itertools.count(1)


@pytest.fixture
def trip(cast, now):
    mode("trial", now)
    client = make.client(cast.main, manager=cast.pavel, middle_name="", now=now)
    row = make.trip(client, purchase=date(2026, 11, 20), departure=date(2027, 2, 1), back=date(2027, 2, 10),
                    seller=cast.olga, now=now)
    tick(now=now + timedelta(minutes=1))
    return row


@pytest.fixture
def writes(cast, now):
    """`writes("text", answers=message)` is a letter from Anna, taken and brought to people."""
    def send(text, answers=None, at=None, sender="anna@example.com"):
        head = f"From: Анна <{sender}>\nTo: post@agency.ru\nSubject: Re: Спасибо\nMessage-ID: <{next(_numbers)}@x.ru>\n"
        head += f"In-Reply-To: {answers.message_id}\n" if answers is not None else ""
        raw = f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n".encode()
        at = at or now + timedelta(hours=1)
        place = Place("test", "post@agency.ru", 1, next(_numbers), at, cast.main.id)
        kind = take(read_letter(raw), place, now=at)
        take_answers(now=at)
        return kind
    return send


def letter_of(trip):
    return db.session.scalars(select(Message).where(Message.group_key == f"occasion:{trip.occasion_id}")).first()


def steps(code):
    db.session.rollback()
    return db.session.scalars(select(Touch).where(Touch.step_code.startswith(f"{code}:")).order_by(Touch.id)).all()


def test_an_answer_lands_in_the_timeline_and_on_the_list_of_who_sold_the_trip(trip, writes, cast, now):
    assert writes("А страховка уже оплачена?", letter_of(trip)) == "reply"
    [came] = steps("incoming")
    assert (came.status, came.direction, came.channel, came.note) == ("done", "in", "email", "А страховка уже оплачена?")
    [step] = steps("reply")
    assert (step.status, step.assignee_id, step.occasion_id) == ("planned", cast.olga.id, trip.occasion_id)
    assert step.due_on == date(2026, 11, 20), "Friday, the same day"
    occasion = db.session.get(Occasion, trip.occasion_id)
    assert occasion.attention_on == date(2026, 11, 20), "the row of the board is yellow today and red tomorrow"
    assert not inspect(now=now).faults


def test_a_letter_on_a_sunday_waits_for_monday(trip, writes, now):
    writes("Вопрос", letter_of(trip), at=now + timedelta(days=2))
    assert steps("reply")[0].due_on == date(2026, 11, 23)


def test_three_letters_in_a_row_want_one_answer(trip, writes, now):
    for number in range(3):
        writes(f"Письмо {number}", letter_of(trip), at=now + timedelta(hours=1 + number))
    assert len(steps("incoming")) == 3
    [step] = steps("reply")
    assert step.note == "Письмо 2"


def test_after_the_answer_the_next_letter_opens_a_step_of_its_own(trip, writes, cast, now):
    writes("Раз", letter_of(trip))
    ticking.tick(steps("reply")[0].id, actor=actor_of(cast.olga), now=now + timedelta(hours=2), note="ответила")
    writes("Два", letter_of(trip), at=now + timedelta(hours=3))
    assert [step.status for step in steps("reply")] == ["done", "planned"]


def test_how_an_answer_may_end(trip, writes, cast, now):
    writes("Гид опоздал на два часа", letter_of(trip))
    step = steps("reply")[0]
    with pytest.raises(BadOutcome):
        ticking.tick(step.id, actor=actor_of(cast.olga), now=now + timedelta(hours=2), outcome="come")
    ticking.tick(step.id, actor=actor_of(cast.olga), now=now + timedelta(hours=2), outcome="complains", note="гид")
    [complaint] = steps("complaint_draft")
    assert complaint.assignee_id == cast.irina.id
    ticking.undo(_bundle(step), actor=actor_of(cast.olga), now=now + timedelta(hours=3))
    assert steps("reply")[0].status == "planned"


def _bundle(step):
    from webapp.touches.models import TouchEvent
    return db.session.scalar(select(TouchEvent.bundle).where(TouchEvent.touch_id == step.id, TouchEvent.verb == "done"))


def test_a_letter_about_nothing_in_particular_belongs_to_the_open_trip(trip, writes, cast):
    writes("Когда будут документы?")
    assert steps("reply")[0].occasion_id == trip.occasion_id


def test_who_has_no_trip_writes_to_the_manager_and_who_has_none_to_the_office(cast, writes, now):
    client = make.client(cast.main, manager=cast.pavel, now=now)
    writes("Здравствуйте")
    assert (steps("reply")[0].assignee_id, steps("reply")[0].occasion_id) == (cast.pavel.id, None)
    with transaction() as session:
        session.merge(client).manager_id = None
        session.execute(update(Touch).values(status="done"))
    writes("Здравствуйте снова")
    assert steps("reply")[1].assignee_id is None


def test_a_letter_about_a_lost_sale_goes_to_customer_service_and_never_to_who_lost_it(trip, writes, cast, now):
    with transaction() as session:
        session.execute(update(Occasion).values(kind="refusal"))
    writes("Просто было дешевле", letter_of(trip))
    assert steps("reply")[0].assignee_id == cast.irina.id
    with transaction() as session:
        session.execute(update(Touch).values(status="done"))
        session.execute(update(Occasion).values(owner_id=cast.irina.id))
    writes("И ещё", letter_of(trip), at=now + timedelta(hours=2))
    assert steps("reply")[1].assignee_id == cast.boris.id, "the director, where customer service itself lost it"


def test_a_cancelled_trip_is_not_opened_again_by_a_letter(trip, writes, now):
    from webapp.staff.audit import job
    from webapp.trips.actions import cancel_trip
    message = letter_of(trip)
    cancel_trip(trip, reason="передумали", actor=job("test"), now=now + timedelta(minutes=5))
    writes("Верните деньги", message)
    [step] = steps("reply")
    assert (step.occasion_id, step.status) == (None, "planned")
    assert not inspect(now=now).faults


def test_nothing_but_stop_stops_the_news_at_once(trip, writes, now):
    consent(trip.client, now)
    writes("стоп", letter_of(trip))
    db.session.rollback()
    assert db.session.get(Consent, (trip.client_id, "email")).marketing is False
    assert db.session.scalar(select(Incoming.asks_stop)) == "stopped"
    assert len(steps("reply")) == 1, "somebody sees it"


@pytest.mark.parametrize(("text", "is_answer"), [("Не пишите мне про лыжи, а про море пишите", True), ("стоп", False)])
def test_what_is_not_sure_or_not_proven_only_offers_it(trip, writes, now, text, is_answer):
    consent(trip.client, now)
    writes(text, letter_of(trip) if is_answer else None)
    db.session.rollback()
    assert db.session.get(Consent, (trip.client_id, "email")).marketing is True
    assert db.session.scalar(select(Incoming.asks_stop)) in ("maybe", "sure")


def test_taking_twice_changes_nothing(trip, writes, now):
    writes("Да", letter_of(trip))
    assert take_answers(now=now + timedelta(hours=2)) == 0
    assert len(steps("incoming")) == len(steps("reply")) == 1
