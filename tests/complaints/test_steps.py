"""The way of a complaint: along its steps, and nowhere else."""

from datetime import timedelta

import make
import pytest
from complaint_make import bring_to, cause, complaint, given_for, procedure, step
from flask import g
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from webapp.club.models import head_of
from webapp.complaints import step_rules as rules
from webapp.complaints.actions import act, ask_again, count_silence, mark_read, note_answer, reply
from webapp.complaints.actions.answering import answer
from webapp.complaints.actions.nightly import look_after_complaints
from webapp.complaints.integrity import faults
from webapp.complaints.models import Complaint, ComplaintAction, ComplaintEvent, LessonReader
from webapp.complaints.questions import actions_of
from webapp.complaints.step_rules import Refused
from webapp.db import db, transaction
from webapp.post import actions as post
from webapp.post.models import Hold, Message
from webapp.staff.audit import actor_of
from webapp.staff.models import DayOff
from webapp.touches.actions.ticking import tick, undo
from webapp.touches.models import Touch, TouchEvent


@pytest.fixture
def person(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def irina(cast):
    return actor_of(cast.irina)


@pytest.fixture
def boris(cast):
    return actor_of(cast.boris)


def test_a_complaint_goes_through_all_seven_steps_and_closes(person, irina, now):
    row = complaint(person, now=now)
    bring_to(row, rules.SHARED, irina, now)
    with pytest.raises(Refused) as refused:
        step(row, "close", irina, now)
    assert refused.value.fields == ("satisfaction", "actions_done")
    answer(row.id, "yes", now=now)
    tick(db.session.scalars(select(ComplaintAction)).one().touch_id, actor=irina, now=now)
    assert step(row, "close", irina, now).state == rules.CLOSED
    assert [event.verb for event in db.session.scalars(select(ComplaintEvent).order_by(ComplaintEvent.id))] == [
        "received", "tell", "investigate", "resolve", "document", "analyse", "share", "answered", "close"]


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("verb", rules.VERBS)
def test_whatever_is_not_in_the_table_is_refused(state, verb):
    everything = {field for move in rules.TABLE for field in move.needs}
    ask = dict(hats={"director"}, rounds=1, decision="satisfy")
    if (state, verb) in rules.MOVES:
        assert rules.check(state, verb, everything, **ask).target == rules.MOVES[state, verb].target
    else:
        with pytest.raises(Refused, match="no-move"):
            rules.check(state, verb, everything, **ask)


@pytest.mark.parametrize(("state", "verb"), rules.MOVES)
def test_every_fact_a_step_needs_is_asked_for(state, verb):
    move = rules.MOVES[state, verb]
    for field in move.needs:
        with pytest.raises(Refused) as refused:
            rules.check(state, verb, set(move.needs) - {field}, hats={"director"})
        assert refused.value.fields == (field,)


def test_the_database_itself_refuses_a_skipped_step(person, now):
    row = complaint(person, now=now)
    for state in rules.STATES:
        if state in (rules.RECEIVED, rules.DRAFT):
            continue
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(text("UPDATE complaint SET state = :state WHERE id = :id"), {"state": state, "id": row.id})


def test_marketing_pauses_until_the_last_complaint_is_over(person, irina, boris, now):
    first, second = complaint(person, now=now), complaint(person, now=now)
    assert second.repeats_id == first.id
    step(first, "void", boris, now)
    assert db.session.scalars(select(Hold).where(Hold.released_at.is_(None))).one().klass == "marketing"
    step(second, "void", boris, now)
    assert db.session.scalars(select(Hold).where(Hold.released_at.is_(None))).all() == []


def test_not_satisfied_reopens_once_to_the_director(person, cast, irina, boris, now):
    row = bring_to(complaint(person, now=now), rules.DOCUMENTED, irina, now)
    answer(row.id, "no", words="Мало", now=now)
    assert (row.state, row.rounds, row.owner_id) == (rules.TOLD, 2, cast.boris.id)
    step(row, "investigate", irina, now)
    with pytest.raises(Refused, match="director"):
        step(row, "resolve", irina, now)
    step(row, "resolve", boris, now)
    answer(row.id, "no", now=now)
    assert row.state == rules.RESOLVED
    with pytest.raises(Refused, match="second-round"):
        step(row, "reopen", boris, now)


def test_a_director_may_waive_the_last_steps_with_a_reason(person, irina, boris, now):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    with pytest.raises(Refused, match="role"):
        step(row, "waive", irina, now)
    with pytest.raises(Refused, match="missing"):
        step(row, "waive", boris, now, reason=" ")
    assert step(row, "waive", boris, now).waive_reason


def test_silence_counts_only_after_the_question_has_arrived(person, irina, now):
    row = bring_to(complaint(person, now=now), rules.SHARED, irina, now)
    later = now + rules.SILENCE + timedelta(hours=1)
    assert count_silence(now=later) == 0
    with transaction() as session:
        message = session.get_one(Message, row.asked_message_id)
        message.state, message.sent_at = "sent", now
    assert count_silence(now=later) == 1
    assert row.satisfaction == "no_answer"
    assert count_silence(now=later) == 0


def test_compensation_reaches_the_clients_card_once(person, irina, now):
    row = bring_to(complaint(person, now=now), rules.INVESTIGATED, irina, now)
    step(row, "resolve", irina, now, points=1500)
    card_id = db.session.scalar(text("SELECT id FROM card"))
    assert head_of(card_id).balance == 1500
    with pytest.raises(Refused, match="left"):
        step(row, "back", irina, now)


def test_a_step_done_by_mistake_is_taken_back_before_it_leaves(person, irina, now):
    row = bring_to(complaint(person, now=now), rules.TOLD, irina, now)
    step(row, "back", irina, now)
    assert (row.state, row.told_at) == (rules.RECEIVED, None)
    letters = db.session.scalars(select(Message).where(Message.source.like("complaint:%:tell%"))).all()
    assert [letter.state for letter in letters] == ["cancelled"]
    step(row, "tell", irina, now + timedelta(minutes=1))
    with pytest.raises(Refused, match="too-late"):
        step(bring_to(row, rules.INVESTIGATED, irina, now), "back", irina, now + timedelta(hours=1))


def test_a_decision_taken_back_promises_nothing(person, irina, now):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    step(row, "back", irina, now + timedelta(seconds=5))
    assert (row.state, row.decision, row.resolved_at) == (rules.INVESTIGATED, "", None)
    tasks = db.session.scalars(select(Touch).where(Touch.step_code == f"complaint_action:{row.id}")).all()
    assert [(task.status, task.reason) for task in tasks] == [("cancelled", "taken-back")]
    assert not list(faults())


def test_a_colleague_who_was_first_is_noticed(person, irina, boris, now):
    row = complaint(person, now=now)
    seen = row.version
    reply(row.id, "Разбираемся", seen=seen, key="a", actor=boris, now=now)
    with pytest.raises(Refused, match="collision"):
        reply(row.id, "Уже занимаемся", seen=seen, key="b", actor=irina, now=now)
    assert reply(row.id, "Разбираемся", seen=seen, key="a", actor=boris, now=now).text == "Разбираемся"
    assert len(db.session.scalars(select(Message).where(Message.source.like("complaint:%:word%"))).all()) == 1


def test_a_drafts_way(person, irina, now):
    row = complaint(person, now=now, draft=True)
    assert db.session.scalars(select(Message)).all() == []
    step(row, "confirm", irina, now)
    assert row.state == rules.RECEIVED
    assert db.session.scalars(select(Message)).one().source == f"complaint:{row.id}:received"


def test_who_read_the_lesson_is_seen(person, cast, irina, now):
    row = bring_to(complaint(person, now=now), rules.ANALYSED, irina, now)
    step(row, "share", irina, now, readers=[cast.irina.id, cast.olga.id])
    olga, later = actor_of(cast.olga), now + timedelta(hours=1)
    assert not mark_read(row.id, actor=irina, now=later), "who wrote it knows it"
    assert mark_read(row.id, actor=olga, now=later)
    assert not mark_read(row.id, actor=olga, now=later + timedelta(hours=1))
    marks = {reader.user_id: reader.read_at for reader in db.session.scalars(select(LessonReader))}
    assert marks == {cast.irina.id: now, cast.olga.id: later}


def test_other_words_about_the_decision(person, irina, now):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    note_answer(row.id, "partly", actor=irina, now=now)
    with pytest.raises(Refused):
        ask_again(row.id, actor=irina, now=now)
    note_answer(row.id, "yes", actor=irina, now=now)
    assert row.satisfaction == "yes"
    assert cause().id
    assert given_for("void", row, irina, now)
    assert procedure().active
    with pytest.raises(LookupError):
        act(10 ** 6, "close", actor=irina, now=now)
    assert post.cancel_group(row.hold_key, reason="cancelled", actor=irina, now=now) >= 1
    assert db.session.scalars(select(Complaint)).one() is row


def test_a_closed_one_reopened_by_its_client_pauses_letters_again(person, irina, now):
    row = bring_to(complaint(person, now=now), rules.SHARED, irina, now)
    tick(actions_of([row.id])[0].touch_id, actor=irina, now=now)
    with transaction() as session:
        message = session.get_one(Message, row.asked_message_id)
        message.state, message.sent_at = "sent", now
    later = now + timedelta(days=8)
    assert count_silence(now=later) == 1
    step(row, "close", irina, later)
    assert list(faults()) == []
    answer(row.id, "no", words="Деньги не пришли", now=later)
    assert (row.state, row.rounds) == (rules.TOLD, 2)
    assert list(faults()) == []
    task = db.session.get_one(Touch, row.task_id)
    assert (task.status, task.assignee_id) == ("planned", row.owner_id)


def test_deadlines_follow_the_hours_of_the_office(person, cast, now):
    row = complaint(person, now=now)
    before = row.due_at
    with transaction() as session:
        session.add(DayOff(office_id=cast.main.id, day=now.date(), working=False, note=""))
    g.pop("staff_calendars", None)
    look_after_complaints(now=now)
    assert row.due_at > before


def test_a_press_by_mistake_on_complains_ends_its_draft(person, cast, irina, now):
    trip = make.trip(person, purchase=now.date() - timedelta(days=20), departure=now.date() - timedelta(days=10),
                     back=now.date() - timedelta(days=2), seller=cast.olga, now=now)
    olga = actor_of(cast.olga)
    call = db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id, Touch.step_code == "call_back")).one()
    tick(call.id, actor=olga, now=now, outcome="complains", note="Плохой номер")
    row = db.session.scalars(select(Complaint)).one()
    assert (row.state, row.trip_id, row.manager_id, row.owner_id) == (rules.DRAFT, trip.id, cast.olga.id, cast.irina.id)
    look_after_complaints(now=now)
    assert row.state == rules.DRAFT
    bundle = db.session.scalars(select(TouchEvent.bundle).where(TouchEvent.touch_id == call.id)
                                .order_by(TouchEvent.id.desc())).first()
    undo(bundle, actor=olga, now=now)
    look_after_complaints(now=now)
    assert row.state == rules.VOID
    assert list(faults()) == []
