"""What is due becomes messages, what came back settles; skipped, missed and failed touches."""

from datetime import UTC, date, datetime, timedelta

import make
import pytest
from sqlalchemy import select, update

from webapp.clients.models import Consent
from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.desk.integrity import inspect
from webapp.letters.models import Letter
from webapp.letters.placeholders import REGISTRY, Registry
from webapp.letters.store import letter_in_force
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.staff.audit import actor_of, job
from webapp.touches.actions import occasions, ticking
from webapp.touches.actions.sending import settle
from webapp.touches.models import Occasion, Touch
from webapp.trips.actions import cancel_trip

SOLD = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _trial(app):
    post.set_mode("trial", actor=job("test"), now=SOLD)


@pytest.fixture
def sell(cast):
    def _sell(departure=date(2026, 11, 20), back=date(2026, 11, 27), marketing=False, **more):
        client = make.client(cast.main, manager=cast.olga, now=SOLD, **more)
        if marketing:
            with transaction() as session:
                session.add(Consent(client_id=client.id, channel="email", marketing=True, since=SOLD))
        return make.trip(client, purchase=date(2026, 11, 2), departure=departure, back=back, seller=cast.olga, now=SOLD)
    return _sell


def touch(trip, code):
    db.session.rollback()
    return db.session.scalar(select(Touch).where(Touch.occasion_id == trip.occasion_id, Touch.step_code == code)
                             .order_by(Touch.generation.desc()))


def sent():
    db.session.rollback()
    return [m.source for m in db.session.scalars(select(Message).where(Message.state == "sent"))]


def test_the_thanks_leave_fifteen_seconds_after_the_sale_not_before(sell):
    trip = sell()
    tick(now=SOLD + timedelta(seconds=5))
    assert sent() == []
    tick(now=SOLD + timedelta(seconds=20))
    assert sent() == [f"touch:{touch(trip, 'thank_you').id}"]
    assert (touch(trip, "thank_you").status, touch(trip, "thank_you").done_by) == ("done", "post")


def test_running_twice_sends_nothing_twice(sell):
    sell()
    for _ in range(3):
        tick(now=SOLD + timedelta(minutes=1))
    assert len(sent()) == 1


def test_letters_without_consent_or_without_an_address_are_grey_never_red(sell):
    trip = sell(email=None)
    tick(now=SOLD + timedelta(minutes=1))
    assert (touch(trip, "thank_you").status, touch(trip, "thank_you").reason) == ("skipped", "no-email")
    other = sell(last="Петрова", email="petrova@example.com", phone="+79160000002")
    tick(now=SOLD + timedelta(minutes=1))
    tick(now=datetime(2026, 11, 4, 9, 0, tzinfo=UTC))
    tick(now=datetime(2026, 11, 17, 8, 0, tzinfo=UTC))
    assert (touch(other, "challenge").status, touch(other, "challenge").reason) == ("skipped", "no-consent")
    assert db.session.get(Occasion, other.occasion_id).broken == 0


def test_with_consent_the_marketing_letter_leaves(sell):
    trip = sell(marketing=True)
    for day in (2, 4, 17):
        tick(now=datetime(2026, 11, day, 9, 30, tzinfo=UTC))
    assert touch(trip, "challenge").status == "done"


def test_a_letter_past_its_end_of_truth_is_missed_and_the_row_is_red(sell):
    trip = sell()
    tick(now=datetime(2026, 11, 20, 5, 30, tzinfo=UTC))
    reminder = touch(trip, "fly_tomorrow")
    assert (reminder.status, db.session.get(Occasion, trip.occasion_id).broken >= 1) == ("missed", True)
    assert f"touch:{reminder.id}" not in sent()


def test_a_client_without_a_mobile_gets_a_call_instead_of_the_reminder(sell, cast):
    trip = sell(phone=None)
    tick(now=SOLD + timedelta(minutes=1))
    tick(now=datetime(2026, 11, 10, 9, 0, tzinfo=UTC))
    assert touch(trip, "fly_tomorrow").reason == "no-mobile"
    call = touch(trip, "fly_tomorrow_call")
    assert (call.status, call.due_on, call.assignee_id) == ("planned", date(2026, 11, 19), cast.olga.id)


def test_the_call_made_instead_closes_the_failed_reminder(sell, cast):
    trip = sell()
    late = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
    for moment in (SOLD + timedelta(minutes=1), datetime(2026, 11, 4, 9, 0, tzinfo=UTC), late):
        tick(now=moment)
    reminder = touch(trip, "fly_tomorrow")
    message = db.session.get(Message, reminder.message_id)
    with transaction() as session:
        row = session.get(Message, message.id)
        row.state, row.settled, row.last_code = "failed", False, "no-mailbox"
    tick(now=late + timedelta(minutes=1))
    assert touch(trip, "fly_tomorrow").status == "failed"
    call = touch(trip, "fly_tomorrow_call")
    assert call.due_on == date(2026, 11, 19)
    ticking.tick(call.id, actor=actor_of(cast.olga), now=late + timedelta(minutes=5), note="дозвонилась")
    assert (touch(trip, "fly_tomorrow").status, touch(trip, "fly_tomorrow").reason) == ("done", "called-instead")
    assert db.session.get(Occasion, trip.occasion_id).broken == 0


def test_a_word_taken_back_makes_the_step_red_again_and_a_second_letter_settles_it(sell, cast):
    trip, who, now = sell(), actor_of(cast.olga), SOLD + timedelta(minutes=1)
    tick(now=now)
    row = db.session.scalars(select(Message)).one()
    with transaction() as session:
        session.execute(update(Message).where(Message.id == row.id).values(state="unknown", settled=False))
        session.execute(update(Touch).where(Touch.message_id == row.id).values(status="queued", done_by="", done_at=None))
    settle(now=now)
    assert touch(trip, "thank_you").status == "unknown"

    def decided(decision, at):
        post.decide_unknown(db.session.get(Message, row.id), decision, actor=who, now=at)
        settle(now=at)
        return touch(trip, "thank_you").status
    assert decided("count_as_sent", now + timedelta(minutes=1)) == "done"
    post.take_back(row, actor=who, now=now + timedelta(minutes=2))
    settle(now=now + timedelta(minutes=2))
    assert (touch(trip, "thank_you").status, touch(trip, "thank_you").done_at) == ("unknown", None)
    assert db.session.get(Occasion, trip.occasion_id).broken == 1
    assert decided("count_as_failed", now + timedelta(minutes=3)) == "failed"
    assert db.session.get(Occasion, trip.occasion_id).broken == 1
    post.take_back(row, actor=who, now=now + timedelta(minutes=4))
    settle(now=now + timedelta(minutes=4))
    assert touch(trip, "thank_you").status == "unknown"
    assert decided("send_again", now + timedelta(minutes=20)) == "unknown"
    post.take_back(row, actor=who, now=now + timedelta(minutes=20))
    assert decided("count_as_sent", now + timedelta(minutes=21)) == "done"
    assert db.session.get(Occasion, trip.occasion_id).broken == 0


def test_a_step_somebody_has_ticked_is_not_opened_by_news_of_its_letter(sell, cast):
    trip, now = sell(), SOLD + timedelta(minutes=1)
    tick(now=now)
    with transaction() as session:
        session.execute(update(Message).values(state="unknown", settled=False))
        session.execute(update(Touch).where(Touch.message_id.is_not(None)).values(done_by="Ольга Соколова"))
    settle(now=now)
    assert touch(trip, "thank_you").status == "done"


def test_after_cancelling_nothing_leaves(sell, cast):
    trip = sell(marketing=True)
    tick(now=SOLD + timedelta(seconds=5))
    cancel_trip(trip, reason="заболели", actor=actor_of(cast.olga), now=SOLD + timedelta(seconds=10))
    for day in range(2, 30):
        tick(now=datetime(2026, 11, day, 12, 0, tzinfo=UTC))
    assert sent() == []
    assert {t.status for t in db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id))} <= {
        "cancelled", "dropped", "skipped"}
    assert inspect(now=datetime(2026, 11, 30, tzinfo=UTC)).faults == []


def test_the_stop_button_holds_letters_and_release_lets_go_what_is_still_true(sell, cast):
    trip = sell()
    occasions.hold_occasions([trip.occasion_id], reason="аэропорт закрыт", actor=actor_of(cast.boris), now=SOLD)
    tick(now=datetime(2026, 11, 4, 9, 0, tzinfo=UTC))
    assert sent() == []
    occasions.release_occasions([trip.occasion_id], actor=actor_of(cast.boris), now=datetime(2026, 11, 6, 9, tzinfo=UTC))
    tick(now=datetime(2026, 11, 6, 9, 1, tzinfo=UTC))
    assert touch(trip, "thank_you").status == "missed"
    assert touch(trip, "packing").status == "done"


def test_held_mode_keeps_messages_and_the_row_is_not_red(sell):
    post.set_mode("held", actor=job("test"), now=SOLD)
    trip = sell()
    tick(now=SOLD + timedelta(minutes=1))
    tick(now=SOLD + timedelta(hours=3))
    assert sent() == []
    occasion = db.session.get(Occasion, trip.occasion_id)
    assert (touch(trip, "thank_you").status, occasion.breaks_at is None or occasion.breaks_at > SOLD + timedelta(days=1)
            ) == ("queued", True)


def test_moving_the_departure_moves_open_steps_and_leaves_done_ones(sell, cast, now):
    trip = sell()
    tick(now=SOLD + timedelta(minutes=1))
    tick(now=datetime(2026, 11, 4, 9, 0, tzinfo=UTC))
    done = {code: touch(trip, code).due_on for code in ("thank_you", "packing")}
    from webapp.trips.actions import TripData, change_trip
    data = TripData(date(2026, 11, 2), date(2026, 12, 1), date(2026, 12, 8), destination="Анталья")
    change_trip(trip, data, actor=actor_of(cast.olga), now=datetime(2026, 11, 5, 9, tzinfo=UTC))
    assert {code: touch(trip, code).due_on for code in done} == done
    assert touch(trip, "fly_tomorrow").due_on == date(2026, 11, 30)
    assert touch(trip, "call_back").due_on == date(2026, 12, 10)


def test_a_reminder_sent_for_the_old_date_is_sent_again_only_when_asked(sell, cast):
    trip = sell()
    tick(now=datetime(2026, 11, 19, 9, 5, tzinfo=UTC))
    assert touch(trip, "fly_tomorrow").status == "done"
    from webapp.trips.actions import TripData, change_trip, preview_change
    data = TripData(date(2026, 11, 2), date(2026, 11, 25), date(2026, 12, 2), destination="Анталья")
    at = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
    kinds = {c.step.code: c.kind for c in preview_change(trip, data, now=at)}
    assert kinds["fly_tomorrow"] == "sent"
    change_trip(trip, data, again=["fly_tomorrow"], actor=actor_of(cast.olga), now=at)
    again = touch(trip, "fly_tomorrow")
    assert (again.generation, again.status, again.due_on) == (2, "planned", date(2026, 11, 24))


def test_a_letter_taken_back_with_its_date_leaves_for_the_new_one(sell, cast):
    """Held or waiting messages of an old date must not stand for the new date."""
    from webapp.trips.actions import TripData, change_trip
    trip = sell()
    post.set_mode("held", actor=job("test"), now=SOLD)
    tick(now=datetime(2026, 11, 19, 9, 5, tzinfo=UTC))
    assert touch(trip, "fly_tomorrow").status == "queued"
    for departure in (date(2026, 12, 20), date(2026, 11, 21)):
        data = TripData(date(2026, 11, 2), departure, departure + timedelta(days=7), destination="Анталья")
        change_trip(trip, data, actor=actor_of(cast.olga), now=datetime(2026, 11, 19, 10, 0, tzinfo=UTC))
    post.set_mode("trial", actor=job("test"), now=datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    tick(now=datetime(2026, 11, 20, 9, 5, tzinfo=UTC))
    reminder = touch(trip, "fly_tomorrow")
    assert (reminder.status, reminder.due_on) == ("done", date(2026, 11, 20))
    assert len([s for s in sent() if s == f"touch:{reminder.id}"]) == 1
    assert inspect(now=datetime(2026, 11, 20, 9, 6, tzinfo=UTC)).faults == []


def test_a_letter_costs_only_the_values_it_speaks_of_and_those_it_requires(sell, monkeypatch):
    """What a room supplies may cost a query: a thousand letters must not pay for words that none of them says."""
    asked = []
    registry = Registry()
    for item in REGISTRY:
        registry.placeholder(item.code, item.name_ru, item.group, item.example_ru, item.example_en)(
            lambda context, item=item: asked.append((item.code, context)) or item.source(context))
    monkeypatch.setattr("webapp.touches.writing.REGISTRY", registry)
    trip = sell()
    letter = letter_in_force("thank_you", "ru")
    tick(now=SOLD + timedelta(seconds=20))
    assert touch(trip, "thank_you").status == "done"
    assert {code for code, _context in asked} == letter.names > letter.compiled.names
    context = asked[0][1]
    assert (context.client_id, context.anchors["departure"]) == (trip.client_id, date(2026, 11, 20))
    assert context.facts["destination"] == "Анталья"


@pytest.mark.parametrize("required", [["review.text"], ["no.such"]])
def test_a_letter_without_a_value_it_requires_is_skipped_even_where_its_text_does_not_name_it(sell, required):
    with transaction() as session:
        session.execute(update(Letter).where(Letter.code == "thank_you").values(requires=required))
    trip = sell()
    tick(now=SOLD + timedelta(seconds=20))
    assert (touch(trip, "thank_you").status, touch(trip, "thank_you").reason) == ("skipped", "no-value")
