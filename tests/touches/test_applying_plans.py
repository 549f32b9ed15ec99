"""A plan is edited: new trips get it, open ones when asked; done, sent and pinned steps never change (`domain.md` §1.3)."""

from datetime import date, time, timedelta

import pytest
from plan_edit import apply, book, chat_text, draft, publish, sold, touches
from sqlalchemy import select

from webapp.batches.actions import run_batches
from webapp.batches.models import Batch
from webapp.db import db
from webapp.post.models import Message
from webapp.staff.audit import actor_of
from webapp.staff.models import AuditEntry
from webapp.staff.rules import NotAllowed
from webapp.touches import store
from webapp.touches.actions import plan_drafting, replanning, ticking
from webapp.touches.actions.occasions import preview
from webapp.touches.actions.sending import queue_due, settle
from webapp.touches.models import Occasion, TouchEvent
from webapp.touches.plan_draft_rules import DraftStep
from webapp.trips.models import Trip

HELLO = DraftStep("own_1", "telegram", "departure", -5, name_ru="Привет в Telegram", performer="seller", letter="chatty",
                  column="own_1")


@pytest.fixture(autouse=True)
def a_text_for_chats(cast, now):
    chat_text(now)


def test_a_draft_changes_nothing_until_it_is_published(cast, now):
    draft(cast.anna, now, loyalty={"active": False})
    assert touches(sold(cast, now))["loyalty"].status == "planned"
    version = plan_drafting.publish(book().plan.id, seen=book().stamp, actor=actor_of(cast.anna), now=now)
    assert version.number == 2 and book().draft is None
    assert "loyalty" not in touches(sold(cast, now, last="Петрова", phone="+79160000002", email="p@example.com"))


def test_a_draft_that_says_what_is_in_force_is_none(cast, now):
    draft(cast.anna, now, loyalty={"active": False})
    assert draft(cast.anna, now, loyalty={"active": True}).draft is None


def test_two_writers_do_not_overwrite_each_other(cast, now):
    old = book().stamp
    draft(cast.anna, now, loyalty={"active": False})
    for act in (lambda: plan_drafting.change(book().plan.id, list, seen=old, actor=actor_of(cast.anna), now=now),
                lambda: plan_drafting.publish(book().plan.id, seen=old, actor=actor_of(cast.anna), now=now)):
        with pytest.raises(plan_drafting.PlanMeanwhile):
            act()


def test_the_model_refuses_everybody_but_administrators(cast, now):
    number = book().plan.id
    for person in (cast.olga, cast.irina, cast.boris):
        who = {"actor": actor_of(person), "now": now}
        for act in (lambda who=who: plan_drafting.change(number, list, seen=book().stamp, **who),
                    lambda who=who: plan_drafting.publish(number, seen=book().stamp, **who),
                    lambda who=who: plan_drafting.discard(number, **who),
                    lambda who=who: plan_drafting.begin_from(number, book().in_force.id, **who),
                    lambda who=who: replanning.begin(number, **who)):
            with pytest.raises(NotAllowed):
                act()


def test_a_faulty_plan_is_not_published(cast, now):
    found = draft(cast.anna, now, loyalty={"truth": None})
    with pytest.raises(plan_drafting.PlanBlocked):
        plan_drafting.publish(found.plan.id, seen=found.stamp, actor=actor_of(cast.anna), now=now)
    assert book().in_force.number == 1


def test_an_older_version_becomes_a_draft_and_the_plan_says_the_same_again(cast, now):
    first = book().in_force.id
    publish(cast.anna, now, loyalty={"active": False}, visit={"offset_days": 12})
    found = plan_drafting.begin_from(book().plan.id, first, actor=actor_of(cast.anna), now=now)
    plan_drafting.publish(found.plan.id, seen=found.stamp, actor=actor_of(cast.anna), now=now)
    assert book().in_force.number == 3
    from webapp.touches.plan_book import steps_in
    assert steps_in(first) == book().published


def test_open_trips_keep_their_version_until_they_are_asked_for(cast, now):
    trip = sold(cast, now)
    publish(cast.anna, now, HELLO, loyalty={"active": False}, visit={"offset_days": 12})
    before = touches(trip)
    assert before["loyalty"].status == "planned" and "own_1" not in before
    batch = apply(cast.anna, now)
    after = touches(trip)
    assert batch.totals == {"changed": 1} and (batch.done_rows, batch.all_rows) == (1, 1)
    assert (after["loyalty"].status, after["loyalty"].reason) == ("dropped", "plan-changed")
    assert (after["own_1"].due_on, after["own_1"].channel, after["own_1"].assignee_id) == (
        date(2026, 12, 7), "telegram", cast.olga.id), "the fifth is a Saturday"
    assert after["visit"].due_on == date(2026, 12, 29) and after["visit"].planned_on == date(2026, 12, 28)
    assert {store.step_of(touch).rule.code for touch in after.values()} == set(after)
    occasion = db.session.get_one(Occasion, trip.occasion_id)
    assert occasion.plan_version_id == book().in_force.id
    said = db.session.scalars(select(TouchEvent.verb).where(TouchEvent.occasion_id == occasion.id)).all()
    assert set(said) == {"replanned"}


def test_applying_twice_changes_nothing_more(cast, now):
    trip = sold(cast, now)
    version = publish(cast.anna, now, HELLO, loyalty={"active": False})
    apply(cast.anna, now)
    assert replanning.begin(book().plan.id, actor=actor_of(cast.anna), now=now) is None
    assert replanning.Maker(version.id).apply(trip.occasion_id, actor=actor_of(cast.anna), now=now) == "passed"


def test_a_newer_version_is_not_taken_back_by_older_work(cast, now):
    trip = sold(cast, now)
    old = publish(cast.anna, now, loyalty={"active": False}).id
    publish(cast.anna, now, loyalty={"active": True}, visit={"active": False})
    apply(cast.anna, now)
    assert replanning.Maker(old).apply(trip.occasion_id, actor=actor_of(cast.anna), now=now) == "passed"
    assert touches(trip)["visit"].reason == "plan-changed"


def test_what_is_done_sent_or_pinned_stays(cast, now):
    trip = sold(cast, now, purchase=date(2026, 11, 1), departure=date(2026, 11, 8), back=date(2026, 11, 18))
    steps, actor = touches(trip), actor_of(cast.olga)
    ticking.move(steps["visit"].id, date(2026, 12, 3), actor=actor, now=now)
    ticking.tick(steps["call_back"].id, actor=actor, now=now, outcome="no")
    queue_due(now=now + timedelta(minutes=1))
    before = {code: (row.status, row.due_on, row.step_id) for code, row in touches(trip).items()}
    publish(cast.anna, now, call_back={"offset_days": 5}, welcome_home={"active": False}, visit={"active": False},
            year_ago={"active": True})
    apply(cast.anna, now)
    after = {code: (row.status, row.due_on, row.step_id) for code, row in touches(trip).items()}
    assert after["call_back"] == before["call_back"] and after["visit"] == before["visit"]
    assert after["year_ago"][:2] == ("planned", date(2027, 10, 14))


def test_a_queued_letter_of_a_step_switched_off_never_leaves(cast, now):
    trip = sold(cast, now)
    queue_due(now=now)
    assert touches(trip)["thank_you"].status == "queued"
    publish(cast.anna, now, thank_you={"active": False})
    apply(cast.anna, now)
    message = db.session.scalars(select(Message)).one()
    assert (message.state, message.last_code) == ("cancelled", "plan-changed")
    settle(now=now)
    queue_due(now=now + timedelta(hours=1))
    assert (touches(trip)["thank_you"].status, touches(trip)["thank_you"].reason) == ("dropped", "plan-changed")
    publish(cast.anna, now, thank_you={"active": True})
    apply(cast.anna, now)
    assert touches(trip)["thank_you"].reason == "entered-late", "it was at once, on the day of purchase"


def test_a_queued_letter_that_stays_in_the_plan_goes_out_as_it_is(cast, now):
    trip = sold(cast, now)
    queue_due(now=now)
    publish(cast.anna, now, loyalty={"active": False})
    apply(cast.anna, now)
    assert db.session.scalars(select(Message.state)).one() in ("queued", "held")
    assert touches(trip)["thank_you"].status == "queued"


def test_no_flood_of_late_letters_leaves(cast, now):
    """Fifty trips under way get a new letter whose day has passed for all of them: none is written."""
    for number in range(5):
        sold(cast, now, purchase=date(2026, 11, 1), departure=date(2026, 11, 10), back=date(2026, 12, 1),
             last=f"Клиент {number}", phone=f"+7916000001{number}", email=f"c{number}@example.com")
    queue_due(now=now + timedelta(minutes=1))
    written = len(db.session.scalars(select(Message.id)).all())
    late = DraftStep("own_1", "email", "departure", 2, name_ru="Как отдых?", at="10:00", truth=(30, None, None),
                     klass="service", letter="packing", column="departure")
    publish(cast.anna, now, late, welcome_back_sms={"anchor": "departure", "offset_days": 3, "flight": None,
                                                    "truth": (30, None, None)})
    apply(cast.anna, now)
    queue_due(now=now + timedelta(minutes=10))
    assert len(db.session.scalars(select(Message.id)).all()) == written
    for trip in db.session.scalars(select(Trip)):
        rows = touches(trip)
        assert (rows["own_1"].status, rows["own_1"].reason) == ("skipped", "entered-late")
        assert rows["welcome_back_sms"].due_on == date(2026, 12, 1), "it keeps its own day"


def test_a_step_that_changes_its_kind_changes_hands(cast, now):
    trip = sold(cast, now)
    publish(cast.anna, now, settled_in={"channel": "call", "performer": "not_seller", "at": None, "truth": None,
                                        "klass": "", "letter": "service_call"})
    apply(cast.anna, now)
    row = touches(trip)["settled_in"]
    assert (row.channel, row.automatic, row.assignee_id, row.send_at) == ("call", False, cast.irina.id, None)


def test_saving_a_trip_after_the_plan_changed_sends_nothing_at_once(cast, now):
    """A letter that kept its day because its new one had passed must not leave when somebody edits a note."""
    trip = sold(cast, now, purchase=date(2026, 11, 1), departure=date(2026, 11, 8), back=date(2026, 11, 18))
    publish(cast.anna, now, tell_friends={"offset_days": 1, "series": None})
    apply(cast.anna, now)
    stood = touches(trip)["tell_friends"].send_at
    assert stood > now
    from webapp.touches.actions.occasions import move_dates
    occasion = db.session.get_one(Occasion, trip.occasion_id)
    move_dates(occasion, store.dates_of(occasion), actor=actor_of(cast.olga), now=now)
    assert touches(trip)["tell_friends"].send_at == stood


def test_the_preview_of_a_draft_is_what_the_published_plan_makes(cast, now):
    from webapp.desk.plan_trying import stored
    found = draft(cast.anna, now, HELLO, visit={"offset_days": 12}, loyalty={"active": False})
    anchors = {"purchase": date(2026, 11, 20), "departure": date(2026, 12, 10), "return": date(2026, 12, 17)}
    shown = {touch.code: (touch.due_on, touch.send_at, touch.status) for _step, touch in preview(
        "trip", anchors, cast.main, now=now, steps=stored(found.steps))}
    plan_drafting.publish(found.plan.id, seen=found.stamp, actor=actor_of(cast.anna), now=now)
    assert shown == {code: (row.due_on, row.send_at, row.status) for code, row in touches(sold(cast, now)).items()}


def test_work_that_was_killed_goes_on_where_it_was(cast, now):
    for number in range(4):
        sold(cast, now, last=f"Клиент {number}", phone=f"+7916000001{number}", email=f"c{number}@example.com")
    publish(cast.anna, now, loyalty={"active": False})
    batch = replanning.begin(book().plan.id, actor=actor_of(cast.anna), now=now)
    steps = iter([True, True, True, False])
    run_batches(now=lambda: now, going=lambda: next(steps, False))
    done = db.session.get_one(Batch, batch.id, populate_existing=True)
    assert 0 < done.done_rows < 4 and done.state == "running"
    run_batches(now=lambda: now + timedelta(minutes=5))
    done = db.session.get_one(Batch, batch.id, populate_existing=True)
    assert (done.state, done.done_rows, done.totals) == ("done", 4, {"changed": 4})
    assert all(touches(trip)["loyalty"].reason == "plan-changed" for trip in db.session.scalars(select(Trip)))


def test_a_second_press_is_the_same_work(cast, now):
    sold(cast, now)
    publish(cast.anna, now, loyalty={"active": False})
    first, second = (replanning.begin(book().plan.id, actor=actor_of(cast.anna), now=now) for _ in range(2))
    assert first.id == second.id


def test_the_log_names_who_published_and_applied(cast, now):
    sold(cast, now)
    publish(cast.anna, now, loyalty={"active": False})
    apply(cast.anna, now)
    rows = db.session.execute(select(AuditEntry.verb, AuditEntry.actor).where(AuditEntry.subject == "plan")).all()
    assert [tuple(row) for row in rows] == [(verb, cast.anna.name) for verb in ("drafted", "published", "applied")]


def test_any_sms_may_become_a_call(cast, now):
    publish(cast.anna, now, bon_voyage={"or_call": True})
    trip = sold(cast, now, phone=None)
    from webapp.touches.actions.sending import plan_calls_instead
    plan_calls_instead(now=now + timedelta(days=10))
    rows = touches(trip)
    assert {"fly_tomorrow_call", "bon_voyage_call"} <= set(rows)
    assert rows["bon_voyage_call"].due_on == date(2026, 12, 10) and rows["settled_in"].status == "planned"
    assert time(9) == store.step_of(rows["bon_voyage"]).rule.at
