"""Steps taken back, and what follows: the client's word, the lesson, the task, what was promised and closed."""

from datetime import date, timedelta
from threading import Thread

import make
import pytest
from complaint_make import bring_to, complaint, step
from crowd import at_once
from sqlalchemy import select

from webapp.complaints import step_rules as rules
from webapp.complaints.actions import act, note_answer, stepping
from webapp.complaints.lessons import lessons_of
from webapp.complaints.models import Complaint, ComplaintAction
from webapp.complaints.questions import due_of
from webapp.complaints.step_rules import Refused
from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.staff.audit import actor_of
from webapp.staff.rules import BadInput
from webapp.touches.actions.ticking import StaysDone, tick, undo
from webapp.touches.models import Touch, TouchEvent
from webapp.trips.models import Trip


def refused_decision(cast, now):
    """A complaint the client has agreed to be refused in."""
    irina = actor_of(cast.irina)
    row = bring_to(complaint(make.client(cast.main, manager=cast.olga, now=now), now=now), rules.INVESTIGATED, irina, now)
    step(row, "resolve", irina, now, told_how="phone", actions=[], decision="refuse")
    note_answer(row.id, "yes", words="Хорошо", actor=irina, now=now)
    return row, irina


def settled_with_promise(cast, now):
    """A complaint that may be closed: what was promised is done; gives it, the promise and the name of the tick."""
    irina = actor_of(cast.irina)
    row = bring_to(complaint(make.client(cast.main, now=now), now=now), rules.RESOLVED, irina, now)
    note_answer(row.id, "yes", actor=irina, now=now)
    row = bring_to(row, rules.SHARED, irina, now)
    promise = db.session.scalars(select(ComplaintAction).where(ComplaintAction.complaint_id == row.id)).one()
    tick(promise.touch_id, actor=irina, now=now)
    bundle = db.session.scalars(select(TouchEvent.bundle).where(TouchEvent.touch_id == promise.touch_id)
                                .order_by(TouchEvent.id.desc())).first()
    return row, promise, bundle


def is_closed_with_open_promise(number, promise_id):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Complaint, number).state == rules.CLOSED and db.session.get_one(
        ComplaintAction, promise_id).is_open


def test_a_complaint_is_closed_on_the_working_day_after_its_last_promise(cast, now):
    irina = actor_of(cast.irina)
    row = bring_to(complaint(make.client(cast.main, now=now), now=now), rules.INVESTIGATED, irina, now)
    step(row, "resolve", irina, now, actions=[("Вернуть доплату", irina.user_id, now.date() + timedelta(days=20))])
    note_answer(row.id, "yes", actor=irina, now=now)
    row = bring_to(row, rules.SHARED, irina, now)
    promise = db.session.scalars(select(ComplaintAction).where(ComplaintAction.complaint_id == row.id)).one()
    promised, tz = promise.due_on, zone(row.office.timezone)
    assert local_day(row.due_at, tz) > promised > local_day(now, tz)
    tick(promise.touch_id, actor=irina, now=now)
    assert local_day(now, tz) < local_day(due_of(row), tz) < promised


def test_a_new_decision_is_not_answered_by_the_yes_to_the_one_taken_back(cast, now):
    row, irina = refused_decision(cast, now)
    act(row.id, "back", {}, actor=irina, now=now)
    assert (row.decision, row.satisfaction, row.satisfaction_note, row.satisfied_at) == ("", "", "", None)


def test_nothing_is_closed_on_an_answer_to_another_decision(cast, now):
    row, irina = refused_decision(cast, now)
    act(row.id, "back", {}, actor=irina, now=now)
    step(row, "resolve", irina, now, told_how="phone", actions=[], decision="refuse", decision_reason="Передумали")
    row = bring_to(row, rules.SHARED, irina, now)
    with pytest.raises(Refused) as refused:
        act(row.id, "close", {}, actor=irina, now=now)
    assert refused.value.fields == ("satisfaction",)


@pytest.mark.parametrize("is_on_trip", [False, True])
def test_after_taking_back_step_two_somebody_is_reminded_to_tell_the_client(cast, now, is_on_trip):
    irina = actor_of(cast.irina)
    person = make.client(cast.main, now=now)
    trip = make.trip(person, purchase=now.date(), departure=now.date() + timedelta(days=20),
                     back=now.date() + timedelta(days=30), seller=cast.olga, now=now) if is_on_trip else None
    row = complaint(person, trip=trip, now=now)
    step(row, "tell", irina, now, told_how="phone")
    act(row.id, "back", {}, actor=irina, now=now)
    waiting = db.session.scalars(select(Touch).where(Touch.step_code == f"complaint:{row.id}",
                                                     Touch.status == "planned")).one()
    assert row.task_id == waiting.id
    step(row, "tell", irina, now, told_how="phone")
    assert waiting.status == "done"


def test_a_lesson_taken_back_is_nobodys_lesson(cast, now):
    irina = actor_of(cast.irina)
    row = bring_to(complaint(make.client(cast.main, now=now), now=now), rules.SHARED, irina, now)
    assert len(lessons_of(cast.irina.id)) == 1
    act(row.id, "back", {}, actor=irina, now=now)
    assert lessons_of(cast.irina.id) == []
    step(row, "share", irina, now)
    assert len(lessons_of(cast.irina.id)) == 1


def test_a_director_takes_back_two_steps_one_after_the_other(browse, cast, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    irina, boris = actor_of(cast.irina), actor_of(cast.boris)
    row = bring_to(complaint(make.client(cast.main, now=now), now=now), rules.ANALYSED, irina, now)
    act(row.id, "back", {}, actor=boris, now=now)
    shown = browse(cast.boris).get(f"/complaints/{row.id}")
    assert any(form.attrs.get("action") == f"/complaints/{row.id}/back" for form in shown.root.all("form"))
    act(row.id, "back", {}, actor=boris, now=now)
    assert row.state == rules.RESOLVED


def test_what_was_reopened_is_not_taken_back(cast, now):
    irina, boris = actor_of(cast.irina), actor_of(cast.boris)
    row = bring_to(complaint(make.client(cast.main, now=now), now=now), rules.RESOLVED, irina, now)
    act(row.id, "reopen", {"reason": "Ещё раз"}, actor=boris, now=now)
    step(row, "investigate", boris, now)
    act(row.id, "back", {}, actor=boris, now=now)
    with pytest.raises(Refused):
        act(row.id, "back", {}, actor=boris, now=now)


def test_a_promise_of_a_closed_complaint_stays_done(browse, cast, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    row, promise, bundle = settled_with_promise(cast, now)
    act(row.id, "close", {}, actor=actor_of(cast.irina), now=now)
    answer = browse(cast.irina).follow(f"/acts/{bundle}/undo", {"touch": str(promise.touch_id)})
    assert "директор может открыть жалобу снова" in answer.text
    assert not is_closed_with_open_promise(row.id, promise.id)


def test_nothing_is_closed_while_a_promise_is_unticked(app, cast, now, monkeypatch):
    row, promise, bundle = settled_with_promise(cast, now)
    irina, threads, real, ends = actor_of(cast.irina), [], stepping._filled, []

    def other():
        with app.app_context():
            try:
                undo(bundle, actor=irina, now=now)
            except StaysDone as error:
                ends.append(error)
            finally:
                db.session.remove()

    def slow(*given):
        found = real(*given)
        threads.append(Thread(target=other))
        threads[0].start()
        threads[0].join(1)
        return found

    monkeypatch.setattr(stepping, "_filled", slow)
    number, promise_id = row.id, promise.id
    act(number, "close", {}, actor=irina, now=now)
    threads[0].join(20)
    assert ends and not is_closed_with_open_promise(number, promise_id)


def test_a_new_complaint_and_a_second_look_at_the_one_before_never_wait_for_each_other(app, cast, now):
    """Both change the board: a new one repeats the old one, which holds it; the old one needs the client's occasions."""
    boris, person = actor_of(cast.boris), make.client(cast.main, now=now)
    trip = make.trip(person, purchase=now.date(), departure=now.date() + timedelta(days=20),
                     back=now.date() + timedelta(days=30), seller=cast.olga, now=now)
    old = [bring_to(complaint(person, trip=trip, now=now), rules.RESOLVED, boris, now).id for _ in range(3)]
    trip_id = trip.id

    def deed(number):
        if number % 2:
            act(old[number // 2], "reopen", {"reason": "Ещё раз"}, actor=boris, now=now)
        else:
            own = db.session.get_one(Trip, trip_id)
            complaint(own.client, trip=own, now=now)
        return "done"

    assert at_once(app, 6, deed) == ["done"] * 6


def test_a_step_taken_back_is_shown_as_it_was_filled_in(browse, cast, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    irina = actor_of(cast.irina)
    row = bring_to(complaint(make.client(cast.main, now=now), now=now), rules.RESOLVED, irina, now)
    act(row.id, "back", {}, actor=irina, now=now)
    form = browse(cast.irina).get(f"/complaints/{row.id}").root.one("li", id="step-4")
    assert form.one("textarea", name="decision_reason").text == "Вы правы."
    assert form.one("input", name="cost").attrs["value"] == "4\u00a0000" and form.one("input", name="what_1").attrs["value"] == "Вернуть 4 000 ₽"
    assert form.one("input", name="decision", value="satisfy").attrs.get("checked") is not None
    act(row.id, "back", {}, actor=irina, now=now)
    form = browse(cast.irina).get(f"/complaints/{row.id}").root.one("li", id="step-3")
    assert form.one("textarea", name="facts").text == "Бойлер был сломан."


def test_a_decision_with_points_offers_no_way_back(browse, cast, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    irina = actor_of(cast.irina)
    row = bring_to(complaint(make.client(cast.main, now=now), now=now), rules.INVESTIGATED, irina, now)
    step(row, "resolve", irina, now, points=300)
    assert not browse(cast.irina).get(f"/complaints/{row.id}").root.all("form", action=f"/complaints/{row.id}/back")
    with pytest.raises(Refused):
        act(row.id, "back", {}, actor=irina, now=now)


def test_a_promise_for_another_year_is_taken_for_a_slip(cast, now):
    irina = actor_of(cast.irina)
    row = bring_to(complaint(make.client(cast.main, now=now), now=now), rules.INVESTIGATED, irina, now)
    with pytest.raises(BadInput) as error:
        step(row, "resolve", irina, now, actions=[("Вернуть", cast.irina.id, date(2099, 1, 1))])
    assert error.value.code == "day-far"
