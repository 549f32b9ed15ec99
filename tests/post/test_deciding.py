"""What people decide, what the world reports, and the news for the owners of sources."""

from datetime import timedelta

import pytest
from post.making import JOB, fresh, history, mode
from sqlalchemy import update

from webapp.clients.models import Email
from webapp.db import transaction
from webapp.post import actions, queries
from webapp.post.models import Message
from webapp.staff.audit import actor_of
from webapp.staff.rules import NotAllowed

MINUTE = timedelta(minutes=1)


@pytest.fixture
def lost(relay, letter, now):
    """A message whose answer was lost three minutes ago."""
    row = letter()
    relay.data = ["reset"]
    actions.deliver(now=now)
    actions.deliver(now=now + 3 * MINUTE)
    assert fresh(row).state == "unknown"
    return fresh(row)


def test_counted_as_sent_it_is_sent_with_the_name_of_who_said_so(lost, cast, now):
    actions.decide_unknown(lost, "count_as_sent", actor=actor_of(cast.olga), now=now + 4 * MINUTE)
    row = fresh(lost)
    assert (row.state, row.decided_by, row.sent_at) == ("sent", "Ольга Соколова", now)
    assert history(lost)[-1] == "sent"


def test_send_again_waits_ten_minutes_after_the_hand_off(lost, cast, now, relay):
    who = actor_of(cast.olga)
    with pytest.raises(actions.Locked) as caught:
        actions.decide_unknown(lost, "send_again", actor=who, now=now + 10 * MINUTE - timedelta(seconds=1))
    assert caught.value.until == now + 10 * MINUTE
    new = actions.decide_unknown(lost, "send_again", actor=who, now=now + 10 * MINUTE)
    assert (new.resend_of, new.key, new.state) == (lost.id, f"{lost.source}#1", "queued")
    actions.deliver(now=now + 11 * MINUTE)
    assert relay.receipts == {new.message_id: 1}
    assert fresh(lost).state == "unknown"


def test_nobody_decides_twice(lost, cast, now):
    who = actor_of(cast.olga)
    actions.decide_unknown(lost, "send_again", actor=who, now=now + 20 * MINUTE)
    for decision in ("send_again", "count_as_sent"):
        with pytest.raises(NotAllowed) as caught:
            actions.decide_unknown(lost, decision, actor=who, now=now + 21 * MINUTE)
        assert caught.value.reason == "decided"


def test_somebody_s_word_that_it_arrived_can_be_taken_back(lost, cast, now):
    who = actor_of(cast.olga)
    actions.decide_unknown(lost, "count_as_sent", actor=who, now=now + 4 * MINUTE)
    actions.take_back(lost, actor=who, now=now + 19 * MINUTE)
    row = fresh(lost)
    assert (row.state, row.decided_by, row.decided_at, row.sent_at) == ("unknown", "", None, None)
    assert history(lost)[-2:] == ["sent", "unknown"]
    again = actions.decide_unknown(row, "send_again", actor=who, now=now + 20 * MINUTE)
    assert again.resend_of == lost.id


def test_after_a_quarter_of_an_hour_or_further_news_the_word_stands(lost, cast, now):
    who = actor_of(cast.olga)
    actions.decide_unknown(lost, "count_as_sent", actor=who, now=now + 4 * MINUTE)
    with pytest.raises(NotAllowed):
        actions.take_back(lost, actor=who, now=now + 19 * MINUTE + timedelta(seconds=1))
    actions.report(lost, "delivered", actor=JOB, now=now + 5 * MINUTE)
    with pytest.raises(NotAllowed):
        actions.take_back(lost, actor=who, now=now + 6 * MINUTE)
    assert fresh(lost).state == "delivered"


def test_counted_as_not_arrived_it_failed_and_still_needs_somebody(lost, cast, now):
    who = actor_of(cast.olga)
    actions.decide_unknown(lost, "count_as_failed", actor=who, now=now + 4 * MINUTE)
    row = fresh(lost)
    assert (row.state, row.last_code, row.decided_by, row.decided_at) == ("failed", "not-arrived", "Ольга Соколова", None)
    assert queries.counts(cast.olga, now + 5 * MINUTE)["failed"] == 1
    actions.attend(row.id, actor=who, now=now + 6 * MINUTE)
    assert queries.counts(cast.olga, now + 7 * MINUTE)["failed"] == 0
    with pytest.raises(NotAllowed):
        actions.take_back(lost, actor=who, now=now + 7 * MINUTE)


def test_somebody_s_word_that_it_did_not_arrive_can_be_taken_back_for_a_quarter_of_an_hour(lost, cast, now):
    who = actor_of(cast.olga)
    actions.decide_unknown(lost, "count_as_failed", actor=who, now=now + 4 * MINUTE)
    with pytest.raises(NotAllowed):
        actions.take_back(lost, actor=who, now=now + 19 * MINUTE + timedelta(seconds=1))
    actions.take_back(lost, actor=who, now=now + 19 * MINUTE)
    assert (fresh(lost).state, fresh(lost).decided_by) == ("unknown", "")
    assert history(lost)[-2:] == ["failed", "unknown"]


def test_what_the_mail_server_refused_is_never_made_unknown(relay, letter, cast, now):
    row = letter()
    relay.rcpt = ["550 5.1.1 User unknown"]
    actions.deliver(now=now)
    with pytest.raises(NotAllowed):
        actions.take_back(fresh(row), actor=actor_of(cast.olga), now=now + MINUTE)


def test_what_really_left_is_never_made_unknown(relay, letter, cast, now):
    row = letter()
    actions.deliver(now=now)
    with pytest.raises(NotAllowed):
        actions.take_back(fresh(row), actor=actor_of(cast.olga), now=now)
    assert fresh(row).state == "sent"


def test_sending_again_waits_a_breath_and_can_be_taken_back_until_it_is_begun(lost, cast, now, relay):
    who, later = actor_of(cast.olga), now + 20 * MINUTE
    new = actions.decide_unknown(lost, "send_again", actor=who, now=later)
    actions.deliver(now=later + timedelta(seconds=14))
    assert fresh(new).state == "queued"
    actions.take_back(lost, actor=who, now=later + timedelta(seconds=14))
    assert (fresh(new).state, fresh(lost).decided_at) == ("cancelled", None)
    third = actions.decide_unknown(fresh(lost), "send_again", actor=who, now=later + MINUTE)
    assert (third.id != new.id, third.resend) == (True, 2)
    actions.deliver(now=later + 2 * MINUTE)
    assert relay.receipts == {third.message_id: 1}
    with pytest.raises(NotAllowed):
        actions.take_back(fresh(lost), actor=who, now=later + 2 * MINUTE)


def test_cancelling_the_second_letter_itself_opens_the_question_again(lost, cast, now):
    who = actor_of(cast.olga)
    new = actions.decide_unknown(lost, "send_again", actor=who, now=now + 20 * MINUTE)
    actions.cancel(new, actor=who, now=now + 20 * MINUTE)
    assert (fresh(lost).state, fresh(lost).decided_at) == ("unknown", None)


def test_people_of_another_office_take_nothing_back(lost, cast, now):
    actions.decide_unknown(lost, "count_as_sent", actor=actor_of(cast.olga), now=now + 4 * MINUTE)
    with pytest.raises(NotAllowed):
        actions.take_back(lost, actor=actor_of(cast.vera), now=now + 5 * MINUTE)


def test_send_again_past_the_end_of_truth_is_refused(relay, letter, cast, now):
    row = letter(true_until=now + 5 * MINUTE)
    relay.data = ["reset"]
    actions.deliver(now=now)
    actions.deliver(now=now + 3 * MINUTE)
    with pytest.raises(actions.TooLate):
        actions.decide_unknown(fresh(row), "send_again", actor=actor_of(cast.olga), now=now + 20 * MINUTE)


def test_people_of_another_office_decide_nothing(lost, cast, now):
    with pytest.raises(NotAllowed):
        actions.decide_unknown(lost, "count_as_sent", actor=actor_of(cast.vera), now=now + 20 * MINUTE)


def test_a_failed_message_is_tried_again_at_the_corrected_address(relay, letter, person, cast, now):
    row = letter()
    relay.rcpt = ["550 5.1.1 User unknown"]
    actions.deliver(now=now)
    with transaction() as session:
        session.add(Email(client_id=person.id, address="new@example.com", position=1))
    again = actions.retry(fresh(row), actor=actor_of(cast.olga), now=now + MINUTE)
    assert (again.address, again.resend_of) == ("new@example.com", row.id)
    assert actions.retry(fresh(row), actor=actor_of(cast.olga), now=now + MINUTE).id == again.id
    actions.deliver(now=now + MINUTE)
    assert fresh(again).state == "sent"
    assert fresh(row).state == "failed"


def test_a_waiting_message_can_be_tried_at_once(relay, letter, cast, now):
    row = letter()
    relay.rcpt = ["452 Not now"]
    actions.deliver(now=now)
    actions.retry(fresh(row), actor=actor_of(cast.olga), now=now + timedelta(seconds=5))
    assert actions.deliver(now=now + timedelta(seconds=5))["sent"] == 1


def test_trying_at_once_does_not_run_ahead_of_the_planned_moment(letter, cast, now):
    mode("live", now)
    row = letter(not_before=now + 60 * MINUTE)
    actions.retry(row, actor=actor_of(cast.olga), now=now)
    assert fresh(row).next_try_at == now + 60 * MINUTE


@pytest.mark.parametrize("state", ["sent", "missed", "cancelled", "claimed", "handed", "held"])
def test_what_cannot_be_tried_again_is_refused(letter, cast, now, state):
    row = letter()
    with transaction() as session:
        session.execute(update(Message).where(Message.id == row.id).values(state=state))
    with pytest.raises(NotAllowed):
        actions.retry(fresh(row), actor=actor_of(cast.olga), now=now)


def test_a_bounce_marks_the_message_and_the_address(relay, letter, person, now):
    row = letter()
    actions.deliver(now=now)
    assert actions.report(row, "bounced", code="no-mailbox", actor=JOB, now=now + MINUTE)
    assert fresh(row).state == "bounced"
    with transaction() as session:
        session.refresh(person)
    assert person.email is None


def test_a_delivery_report_comes_once(relay, letter, now):
    row = letter()
    actions.deliver(now=now)
    assert actions.report(row, "delivered", actor=JOB, now=now)
    assert not actions.report(row, "delivered", actor=JOB, now=now)
    assert history(row)[-2:] == ["sent", "delivered"]


def test_a_report_about_a_lost_message_proves_that_it_left(lost, now):
    assert actions.report(lost, "delivered", actor=JOB, now=now + 5 * MINUTE)
    assert history(lost)[-3:] == ["unknown", "sent", "delivered"]


@pytest.mark.parametrize("state", ["failed", "cancelled", "queued"])
def test_a_report_about_what_never_left_changes_nothing(letter, now, state):
    row = letter()
    with transaction() as session:
        session.execute(update(Message).where(Message.id == row.id).values(state=state))
    assert not actions.report(row, "delivered", actor=JOB, now=now)
    assert fresh(row).state == state


def test_the_owner_of_the_source_hears_each_news_once(relay, letter, now):
    first, second = letter(), letter(not_before=now + 60 * MINUTE)
    assert actions.unsettled(10) == []
    actions.deliver(now=now)
    with transaction():
        news = actions.unsettled(10)
        assert [(row.id, row.state) for row in news] == [(first.id, "sent")]
        actions.mark_settled([row.id for row in news])
    assert actions.unsettled(10) == []
    actions.report(first, "bounced", code="no-mailbox", actor=JOB, now=now + MINUTE)
    assert [row.id for row in actions.unsettled(10)] == [first.id]
    actions.cancel(second, actor=JOB, now=now)
    assert [row.id for row in actions.unsettled(10)] == [first.id, second.id]
    assert [row.id for row in actions.unsettled(1)] == [first.id]
