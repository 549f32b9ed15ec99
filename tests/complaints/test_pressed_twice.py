"""One button pressed twice is done once, quietly: nobody is told of a colleague who was faster."""

from datetime import timedelta

import make
import pytest
from complaint_make import bring_to, complaint, step
from complaint_visitor import from_address
from crowd import at_once
from sqlalchemy import select

from webapp.clients.models import Client
from webapp.club.models import BonusOp
from webapp.complaints import step_rules as rules
from webapp.complaints.actions import act, note_answer
from webapp.complaints.links import status_link
from webapp.complaints.models import ComplaintAction, ComplaintEvent
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.touches.actions.ticking import tick


@pytest.fixture(autouse=True)
def decided(cast, now, monkeypatch):
    """A complaint whose client has just been told the decision, a minute ago."""
    row = bring_to(complaint(make.client(cast.main, now=now), now=now), rules.RESOLVED, actor_of(cast.irina), now)
    monkeypatch.setattr(clock, "now", lambda: now.replace(minute=1))
    return row


def hidden(page, action):
    """What the form with this action carries unseen."""
    form = next(form for form in page.root.all("form") if form.attrs.get("action", "").partition("#")[0] == action)
    return {node.attrs["name"]: node.attrs["value"] for node in form.all("input", type="hidden")}


def verbs(row):
    db.session.rollback()
    return list(db.session.scalars(select(ComplaintEvent.verb).where(ComplaintEvent.complaint_id == row.id)))


@pytest.mark.parametrize(("name", "more", "verb"), [
    ("answer", {"answer": "yes"}, "answered"), ("answer", {"answer": "no"}, "answered"), ("ask", {}, "asked"),
    ("give", {"owner": "boris"}, "given"), ("reply", {"text": "Здравствуйте"}, "said-reply"),
    ("note", {"text": "Заметка"}, "said-note")])
def test_by_staff(browse, cast, decided, name, more, verb):
    page, path = browse(cast.irina), f"/complaints/{decided.id}/{name}"
    more = {key: str(cast.boris.id) if value == "boris" else value for key, value in more.items()}
    data = {**hidden(page.get(f"/complaints/{decided.id}"), path), **more}
    assert [page.post(path, data).status for _ in range(2)] == [303, 303]
    assert verbs(decided).count(verb) == 1


def test_the_same_form_with_something_else_in_it_is_told_and_keeps_the_words(browse, cast, decided):
    page, path = browse(cast.irina), f"/complaints/{decided.id}/answer"
    data = hidden(page.get(f"/complaints/{decided.id}"), path)
    assert page.post(path, {**data, "answer": "yes"}).status == 303
    answer = page.post(path, {**data, "answer": "partly", "words": "Скорее частично"})
    assert answer.status == 409 and "Скорее частично" in answer.html


def test_by_the_client_who_says_no(browse, decided, now):
    with transaction():
        path = "/k/" + status_link(decided, now=now).rpartition("/")[2]
    visitor = from_address(browse())
    data = {**hidden(visitor.get(path), f"{path}/answer"), "answer": "no", "words": "Плохо", "sure": "1"}
    assert [visitor.post(f"{path}/answer", data).status for _ in range(2)] == [303, 303]
    assert verbs(decided).count("reopen") == 1
    # Another form, seen before the answer, brings something new: this is how it stands now.
    assert visitor.post(f"{path}/answer", {"answer": "no"}).status == 409


def test_points_reach_a_card_of_another_office(cast, now):
    irina = actor_of(cast.irina)
    row = complaint(make.client(cast.east, now=now), office=cast.main, now=now)
    step(bring_to(row, rules.INVESTIGATED, irina, now), "resolve", irina, now, points=500)
    assert db.session.get_one(BonusOp, row.compensation_op_id).cause == f"complaint:{row.id}"


def test_a_new_complaint_and_the_end_of_the_one_before_do_not_wait_for_each_other(app, cast, now):
    boris = actor_of(cast.boris)
    for number in range(6):
        person = make.client(cast.main, phone=f"+7916222{number:04}", email=f"n{number}@example.com", now=now)
        first, later = bring_to(complaint(person, now=now), rules.RESOLVED, boris, now), now + timedelta(hours=1)
        step(first, "waive", boris, now)
        note_answer(first.id, "yes", actor=boris, now=now)
        for promise in db.session.scalars(select(ComplaintAction).where(ComplaintAction.complaint_id == first.id)).all():
            tick(promise.touch_id, actor=boris, now=now)
        ids = (first.id, person.id)

        def act_or_come(turn, ids=ids, later=later):
            if turn == 0:
                return act(ids[0], "close", actor=boris, now=later).state
            return complaint(db.session.get_one(Client, ids[1]), now=later).state
        assert at_once(app, 2, act_or_come) == [rules.CLOSED, rules.RECEIVED]
