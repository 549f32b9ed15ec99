"""People tick, undo, put off and close steps; what an outcome causes."""

from datetime import date, timedelta

import make
import pytest
from sqlalchemy import func, select

from webapp.db import db
from webapp.staff.audit import actor_of
from webapp.staff.rules import NotAllowed
from webapp.touches.actions import bulk, ticking
from webapp.touches.effects import BadOutcome
from webapp.touches.models import Touch, TouchEvent

TODAY = date(2026, 11, 20)


@pytest.fixture
def trip(cast, now):
    """Came home on Wednesday 18 November, so the call is due today; sold by Olga."""
    client = make.client(cast.main, manager=cast.olga, now=now)
    sold = now - timedelta(days=20)
    row = make.trip(client, purchase=sold.date(), departure=date(2026, 11, 8), back=date(2026, 11, 18),
                    seller=cast.olga, now=sold)
    for touch in db.session.scalars(select(Touch).where(Touch.automatic)):
        assert touch.due_on is not None
    return row


def step(trip, code):
    db.session.rollback()
    return db.session.scalar(select(Touch).where(Touch.occasion_id == trip.occasion_id, Touch.step_code == code)
                             .order_by(Touch.id.desc()))


def test_a_call_that_is_due_makes_the_row_yellow_and_a_result_makes_it_white(trip, cast, now):
    assert trip.occasion.attention_on == TODAY
    ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.olga), now=now, outcome="no")
    assert step(trip, "call_back").status == "done"
    assert step(trip, "visit").status == "skipped" and step(trip, "visit").reason == "wont-come"
    assert trip.occasion.attention_on is None


def test_a_call_needs_its_result(trip, cast, now):
    with pytest.raises(BadOutcome, match="outcome-needed"):
        ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.olga), now=now)
    assert step(trip, "call_back").status == "planned"


def test_will_come_moves_the_visit_to_the_day_agreed_and_pins_it(trip, cast, now):
    day = date(2026, 11, 23)
    ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.olga), now=now, outcome="come",
                 answers={"date": day})
    visit = step(trip, "visit")
    assert (visit.due_on, visit.pinned, trip.occasion.attention_on) == (day, True, day)


@pytest.mark.parametrize(("outcome", "answers", "code"), [
    ("come", {}, "date-needed"), ("come", {"date": TODAY - timedelta(days=1)}, "date-past"),
    ("plans_trip", {}, "month-needed"), ("plans_trip", {"month": date(2026, 10, 1)}, "month-past"),
    ("recommends", {}, "friend-needed"), ("complains", {}, "complaint-needed"), ("dances", {}, "unknown-outcome")])
def test_a_result_without_what_it_needs_changes_nothing(trip, cast, now, outcome, answers, code):
    before = db.session.scalar(select(func.count()).select_from(TouchEvent))
    with pytest.raises(BadOutcome) as refused:
        ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.olga), now=now, outcome=outcome, answers=answers)
    assert refused.value.code == code
    assert step(trip, "call_back").status == "planned" and step(trip, "visit").pinned is False
    assert db.session.scalar(select(func.count()).select_from(TouchEvent)) == before


def test_no_answer_logs_the_attempt_and_moves_the_call_to_the_next_working_day(trip, cast, now):
    ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.olga), now=now, outcome="no_answer", note="занято")
    call = step(trip, "call_back")
    assert (call.status, call.due_on, call.attempts) == ("planned", date(2026, 11, 23), 1)
    attempt = db.session.scalar(select(Touch).where(Touch.step_code.startswith("attempt:")))
    assert (attempt.status, attempt.outcome, attempt.note, attempt.done_by) == (
        "done", "no_answer", "занято", cast.olga.name)


def test_the_third_no_answer_closes_the_call_as_unreachable(trip, cast, now):
    for _ in range(3):
        ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.olga), now=now, outcome="no_answer")
    call = step(trip, "call_back")
    assert (call.status, call.outcome, call.attempts) == ("done", "unreachable", 3)


def test_a_complaint_becomes_a_task_of_customer_service_and_nobody_is_asked_to_recommend(trip, cast, now):
    ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.olga), now=now, outcome="complains", note="Шум")
    task = db.session.scalar(select(Touch).where(Touch.step_code.startswith("complaint_draft:")))
    assert (task.assignee_id, task.due_on, task.note) == (cast.irina.id, TODAY, "Шум")
    assert (step(trip, "tell_friends").status, step(trip, "tell_friends").reason) == ("skipped", "complains")


def test_a_planned_trip_becomes_a_call_sixty_days_before_its_month(trip, cast, now):
    ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.olga), now=now, outcome="plans_trip",
                 answers={"month": date(2027, 7, 14)})
    call = db.session.scalar(select(Touch).where(Touch.step_code.startswith("planned_trip:")))
    # 60 days before 1 July is Sunday 2 May; Monday 3 May is a transferred day off or the next working day counts.
    assert call.due_on >= date(2027, 5, 2) and call.due_on <= date(2027, 5, 12)


@pytest.mark.parametrize("outcome", ["no", "no_answer", "complains", "recommends"])
def test_undo_puts_everything_back_that_a_result_changed(trip, cast, now, outcome):
    def state():
        db.session.rollback()
        return sorted((t.step_code.split(":")[0], t.status, t.reason, t.due_on, t.pinned, t.note)
                      for t in db.session.scalars(select(Touch)) if t.status != "cancelled")
    before, attention = state(), trip.occasion.attention_on
    ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.olga), now=now, outcome=outcome, note="так",
                 answers={"name": "Пётр", "phone": "+79000000000"})
    assert state() != before
    bundle = db.session.scalar(select(TouchEvent.bundle).order_by(TouchEvent.id.desc()))
    ticking.undo(bundle, actor=actor_of(cast.olga), now=now)
    assert state() == before
    assert trip.occasion.attention_on == attention
    with pytest.raises(ticking.NothingToUndo):
        ticking.undo(bundle, actor=actor_of(cast.olga), now=now)


def test_a_second_tick_changes_nothing_and_says_who_was_first(trip, cast, now):
    call = step(trip, "call_back").id
    ticking.tick(call, actor=actor_of(cast.olga), now=now, outcome="no")
    with pytest.raises(ticking.AlreadyDone) as seen:
        ticking.tick(call, actor=actor_of(cast.irina), now=now + timedelta(minutes=4), outcome="no")
    assert seen.value.touch.done_by == cast.olga.name


def test_a_manager_ticks_a_colleagues_step_only_with_a_note(trip, cast, now):
    with pytest.raises(NotAllowed, match="note-needed"):
        ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.pavel), now=now, outcome="no")
    ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.pavel), now=now, outcome="no", note="говорил сам")
    assert step(trip, "call_back").done_by == cast.pavel.name


@pytest.mark.parametrize("who", ["irina", "boris", "nikolai"])
def test_customer_service_and_directors_tick_any_step(trip, cast, now, who):
    ticking.tick(step(trip, "call_back").id, actor=actor_of(getattr(cast, who)), now=now, outcome="no")
    assert step(trip, "call_back").status == "done"


def test_another_office_does_not_see_the_step(trip, cast, now):
    with pytest.raises(LookupError):
        ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.vera), now=now, outcome="no", note="x")


def test_an_administrator_ticks_nothing(trip, cast, now):
    with pytest.raises(NotAllowed):
        ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.anna), now=now, outcome="no", note="x")


def test_putting_off_pins_the_new_day_and_keeps_the_first_plan(trip, cast, now):
    call = step(trip, "call_back")
    planned = call.planned_on
    ticking.move(call.id, date(2026, 11, 25), actor=actor_of(cast.olga), now=now, snooze=True)
    call = step(trip, "call_back")
    assert (call.due_on, call.snoozed_until, call.pinned, call.planned_on) == (
        date(2026, 11, 25), date(2026, 11, 25), True, planned)
    with pytest.raises(BadOutcome, match="date-past"):
        ticking.move(call.id, date(2026, 11, 19), actor=actor_of(cast.olga), now=now)


def test_not_needed_wants_a_reason_and_closes_the_step(trip, cast, now):
    with pytest.raises(BadOutcome, match="reason-needed"):
        ticking.not_needed(step(trip, "visit").id, reason="", actor=actor_of(cast.olga), now=now)
    ticking.not_needed(step(trip, "visit").id, reason="живёт в другом городе", actor=actor_of(cast.olga), now=now)
    assert (step(trip, "visit").status, step(trip, "visit").reason) == ("skipped", "not-needed")


def test_a_bulk_tick_leaves_out_steps_that_need_a_result_and_one_undo_returns_the_rest(trip, cast, now):
    call, visit = step(trip, "call_back").id, step(trip, "visit").id
    result = bulk.bulk("tick", [call, visit], actor=actor_of(cast.olga), now=now)
    assert (result.done, result.left_out) == ((visit,), ((call, "outcome-needed"),))
    ticking.undo(result.bundle, actor=actor_of(cast.olga), now=now)
    assert step(trip, "visit").status == "planned"


def test_the_history_of_touches_can_only_grow(trip, cast, now):
    ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.olga), now=now, outcome="no")
    from sqlalchemy import delete, update
    for statement in (update(TouchEvent).values(actor="x"), delete(TouchEvent)):
        with pytest.raises(Exception, match="append-only"), db.engine.begin() as connection:
            connection.execute(statement)


def test_after_the_third_call_without_an_answer_one_sms_may_be_sent(trip, cast, now):
    from webapp.desk.actions import tick
    from webapp.post import actions as post
    from webapp.post.models import Message
    from webapp.staff.audit import job
    from webapp.touches.actions.offering import may_offer, send_missed_you
    post.set_mode("trial", actor=job("test"), now=now)
    for _ in range(3):
        ticking.tick(step(trip, "call_back").id, actor=actor_of(cast.olga), now=now, outcome="no_answer")
    call = step(trip, "call_back")
    assert may_offer(call)
    for _ in range(2):
        send_missed_you(call.id, actor=actor_of(cast.olga), now=now)
    tick(now=now + timedelta(minutes=1))
    db.session.rollback()
    sent = db.session.scalars(select(Message).where(Message.channel == "sms", Message.state == "sent")).all()
    assert [m for m in sent if "не застали" in m.text or "missed you" in m.text] != []
    assert not may_offer(step(trip, "call_back"))
    with pytest.raises(LookupError):
        send_missed_you(step(trip, "visit").id, actor=actor_of(cast.olga), now=now)


def test_the_same_no_answer_sent_twice_is_one_attempt(trip, cast, now):
    call = step(trip, "call_back")
    ticking.tick(call.id, actor=actor_of(cast.olga), now=now, outcome="no_answer", seen=0)
    with pytest.raises(ticking.AlreadyDone):
        ticking.tick(call.id, actor=actor_of(cast.olga), now=now, outcome="no_answer", seen=0)
    assert step(trip, "call_back").attempts == 1


def test_nobody_puts_a_step_off_by_a_slip_of_a_digit(trip, cast, now):
    with pytest.raises(BadOutcome, match="date-far"):
        ticking.move(step(trip, "call_back").id, date(2100, 12, 31), actor=actor_of(cast.olga), now=now)
