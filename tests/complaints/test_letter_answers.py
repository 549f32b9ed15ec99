"""Answers by e-mail to letters about a complaint: into its conversation, once; when it is over, an ordinary letter."""

import itertools
from datetime import timedelta

import make
import pytest
from complaint_make import complaint, step
from crowd import at_once
from sqlalchemy import select

from webapp.complaints.models import ComplaintWord
from webapp.db import db
from webapp.post.actions.taking import Place, take
from webapp.post.incoming_rules import read_letter
from webapp.post.models import Incoming, Message
from webapp.staff.audit import actor_of
from webapp.touches.actions.answering import take_answers
from webapp.touches.models import Touch

_numbers = itertools.count(1)


@pytest.fixture
def row(cast, now):
    return complaint(make.client(cast.main, manager=cast.olga, now=now), now=now)


@pytest.fixture
def writes(cast, now):
    """`writes("text", row)` is a letter from Anna that answers the first letter about a complaint."""
    def send(text, row, parts=""):
        told = db.session.scalars(select(Message).where(Message.source == f"complaint:{row.id}:received")).one()
        kind = 'multipart/mixed; boundary="b"' if parts else "text/plain; charset=utf-8"
        body = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n{parts}--b--\n" if parts else f"{text}\n"
        raw = (f"From: Анна <anna@example.com>\nTo: post@agency.ru\nSubject: Re: Обращение\n"
               f"Message-ID: <k{next(_numbers)}@x.ru>\nIn-Reply-To: {told.message_id}\nMIME-Version: 1.0\n"
               f"Content-Type: {kind}\n\n{body}").encode()
        at = now + timedelta(hours=1)
        return take(read_letter(raw), Place("test", "post@agency.ru", 1, next(_numbers), at, cast.main.id), now=at)
    return send


def words():
    db.session.rollback()
    return list(db.session.scalars(select(ComplaintWord).order_by(ComplaintWord.id)))


def steps(code):
    return list(db.session.scalars(select(Touch).where(Touch.step_code.startswith(f"{code}:"))))


def test_an_answer_goes_into_the_conversation_and_nobody_gets_a_second_task(row, writes, now):
    assert writes("Отель так и не ответил.", row) == "reply"
    for _ in range(2):
        take_answers(now=now + timedelta(hours=1))
    (word,) = words()
    assert (word.kind, word.via, word.text) == ("client", "letter", "Отель так и не ответил.")
    assert steps("reply") == [] and len(steps("incoming")) == 1
    assert db.session.scalars(select(Incoming)).one().state == "done"


def test_files_of_a_letter_are_named_only(row, writes, now):
    writes("Вот чек", row, parts='--b\nContent-Type: image/jpeg\nContent-Disposition: attachment; filename="check.jpg"\n'
                                 'Content-Transfer-Encoding: base64\n\n/9j/\n')
    take_answers(now=now + timedelta(hours=1))
    (word,) = words()
    assert word.text.startswith("Вот чек") and word.text.endswith("Вложения: check.jpg")


def test_an_answer_to_one_that_is_over_is_a_letter_somebody_has_to_answer(row, writes, cast, now):
    step(row, "void", actor_of(cast.boris), now)
    writes("Всё-таки посмотрите", row)
    take_answers(now=now + timedelta(hours=1))
    assert words() == [] and [task.note for task in steps("reply")] == ["Всё-таки посмотрите"]


def test_three_workers_take_each_answer_once(app, row, writes, now):
    for number in range(4):
        writes(f"Письмо {number}", row)
    later = now + timedelta(hours=1)
    assert sum(at_once(app, 3, lambda _number: take_answers(now=later))) + take_answers(now=later) == 4
    assert sorted(word.text for word in words()) == [f"Письмо {number}" for number in range(4)]
