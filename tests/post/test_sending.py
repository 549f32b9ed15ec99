"""Sending against a real SMTP server: what becomes of a message for each manner of the relay."""

import threading
from datetime import timedelta

import pytest
from post.making import consent, fresh, history, mode
from post.relay import black_hole, free_port, running
from sqlalchemy import select

from webapp.db import db
from webapp.post.actions import deliver, release_leases
from webapp.post.models import Provider

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def test_a_due_letter_reaches_the_relay_once_and_is_recorded_as_sent(relay, letter, now):
    row = letter()
    assert deliver(now=now)["sent"] == 1
    assert relay.receipts == {row.message_id: 1}
    assert fresh(row).state == "sent"
    assert history(row) == ["queued", "claimed", "handed", "sent"]
    assert deliver(now=now + MINUTE) == {}
    assert relay.receipts == {row.message_id: 1}


def test_the_mail_arrives_as_it_was_written(relay, letter, now):
    letter(subject="Завтра вылет", text="Первая строка\n.точка в начале\n..две\n", to_name="Анна Иванова")
    deliver(now=now)
    mail = relay.took[0]
    plain, html = mail.get_payload()
    assert plain.get_payload(decode=True).decode().splitlines() == ["Первая строка", ".точка в начале", "..две"]
    assert "Анна, здравствуйте!" in html.get_payload(decode=True).decode()
    assert mail["Message-ID"].endswith("@agency.example>")


def test_a_batch_leaves_over_one_connection(relay, letter, now):
    rows = [letter() for _ in range(7)]
    assert deliver(now=now)["sent"] == 7
    assert relay.connections == 1
    assert set(relay.receipts) == {row.message_id for row in rows}


def test_several_connections_carry_several_letters_at_once(relay, letter, now, use):
    use(MAIL_CONNECTIONS=3)
    rows = [letter() for _ in range(7)]
    assert deliver(now=now)["sent"] == 7
    assert relay.connections == 3
    assert relay.receipts == {row.message_id: 1 for row in rows}


def test_urgent_lanes_leave_first_and_newsletters_last(relay, letter, now):
    news, trip, other = letter(lane=9), letter(lane=2), letter(lane=5)
    deliver(now=now)
    assert list(relay.receipts) == [trip.message_id, other.message_id, news.message_id]


def test_nothing_leaves_before_its_moment(relay, letter, now):
    row = letter(not_before=now + 5 * MINUTE)
    assert deliver(now=now + 4 * MINUTE) == {}
    assert fresh(row).state == "queued"
    assert deliver(now=now + 5 * MINUTE)["sent"] == 1


def test_an_unknown_mailbox_fails_at_once_and_breaks_the_address(relay, letter, person, now):
    bad, good = letter(), letter()
    relay.rcpt = ["550 5.1.1 No such user"]
    figures = deliver(now=now)
    assert (figures["failed"], figures["sent"]) == (1, 1)
    assert (fresh(bad).state, fresh(bad).last_code) == ("failed", "no-mailbox")
    assert "No such user" in fresh(bad).last_text
    assert relay.receipts == {good.message_id: 1}
    assert relay.connections == 1
    db.session.refresh(person)
    assert person.email is None


def test_greylisting_waits_and_burns_no_try(relay, letter, now):
    row = letter()
    relay.rcpt = ["451 4.7.1 Greylisted, try again later"]
    assert deliver(now=now) == {"claimed": 1, "retried": 1}
    assert (fresh(row).state, fresh(row).tries) == ("queued", 0)
    assert deliver(now=now + 4 * MINUTE) == {}
    assert deliver(now=now + 5 * MINUTE)["sent"] == 1
    assert relay.receipts == {row.message_id: 1}


def test_temporary_refusals_wait_1_5_15_60_minutes_then_hourly(relay, letter, now):
    row = letter()
    for count, minutes in enumerate([1, 5, 15, 60, 60, 60], start=1):
        relay.rcpt = ["452 4.3.1 Not now"]
        deliver(now=now)
        state = fresh(row)
        assert (state.state, state.tries, state.next_try_at) == ("queued", count, now + minutes * MINUTE)
        now = state.next_try_at
    assert not relay.took


def test_451_after_the_dot_is_tried_again_and_received_once(relay, letter, now):
    row = letter()
    relay.data = ["451 4.3.0 Try later"]
    deliver(now=now)
    assert (fresh(row).state, fresh(row).tries) == ("queued", 1)
    assert deliver(now=now + MINUTE)["sent"] == 1
    assert relay.receipts == {row.message_id: 1}


def test_554_after_the_dot_fails_for_good(relay, letter, now):
    row = letter()
    relay.data = ["554 5.7.1 Message rejected as spam"]
    assert deliver(now=now)["failed"] == 1
    assert fresh(row).last_code == "spam"


def test_421_gives_the_letter_back_without_burning_a_try(relay, letter, now):
    first, second = letter(), letter()
    relay.mail = ["421 4.3.2 Shutting down"]
    figures = deliver(now=now)
    assert (figures["retried"], figures["sent"]) == (1, 1)
    assert (fresh(first).state, fresh(first).tries, fresh(first).last_code) == ("queued", 0, "busy")
    assert fresh(second).state == "sent"
    assert deliver(now=now + 5 * MINUTE)["sent"] == 1
    assert relay.receipts == {first.message_id: 1, second.message_id: 1}


def test_421_again_and_again_stops_the_batch(relay, letter, now):
    rows = [letter() for _ in range(5)]
    relay.mail = ["421 4.3.2 Too busy"] * 2
    deliver(now=now)
    assert not relay.took
    assert [fresh(row).tries for row in rows] == [0] * 5
    assert deliver(now=now + MINUTE)["sent"] == 3
    assert deliver(now=now + 6 * MINUTE)["sent"] == 2
    assert max(relay.receipts.values()) == 1


def test_a_relay_that_drops_at_quit_has_still_taken_the_mail(relay, letter, now):
    relay.at_quit = "reset"
    row = letter()
    assert deliver(now=now)["sent"] == 1
    assert deliver(now=now + 10 * MINUTE) == {}
    assert relay.receipts == {row.message_id: 1}


@pytest.mark.parametrize("took_it", [True, False])
def test_a_reset_after_the_dot_is_unknown_and_never_sent_again_by_itself(relay, letter, now, took_it):
    row = letter()
    (relay.after_taking if took_it else relay.data).append("reset")
    deliver(now=now)
    assert fresh(row).state == "handed"
    assert release_leases(now + MINUTE)["unknown"] == 0
    assert deliver(now=now + 2 * MINUTE) == {"unknown": 1}
    assert fresh(row).state == "unknown"
    for hours in (1, 5, 24):
        deliver(now=now + timedelta(hours=hours))
    assert len(relay.took) == took_it
    assert history(row) == ["queued", "claimed", "handed", "unknown"]


def test_a_late_answer_still_settles_what_had_become_unknown(app, relay, letter, now):
    row = letter()
    relay.may_answer.clear()
    done = {}

    def work():
        with app.app_context():
            done.update(deliver(now=now))
    worker = threading.Thread(target=work)
    worker.start()
    assert relay.waiting.wait(20)
    assert release_leases(now + 3 * MINUTE)["unknown"] == 1
    assert fresh(row).state == "unknown"
    relay.may_answer.set()
    worker.join(20)
    assert done["sent"] == 1
    assert fresh(row).state == "sent"
    assert relay.receipts == {row.message_id: 1}


def test_an_answer_that_never_comes_ends_in_doubt_after_the_time_out(relay, letter, now, use):
    use(MAIL_ANSWER_TIMEOUT="0.2")
    first, second = letter(), letter()
    relay.may_answer.clear()
    release = threading.Timer(1.0, relay.may_answer.set)
    figures = deliver(now=now)
    release.start()
    assert figures["in_doubt"] == 2
    assert {fresh(first).state, fresh(second).state} == {"handed"}
    release.join()
    deliver(now=now + 10 * MINUTE)
    assert {fresh(first).state, fresh(second).state} == {"unknown"}
    assert max(relay.receipts.values()) == 1


def test_a_black_hole_costs_one_time_out_and_no_tries(letter, now, use, cast):
    mode("live", now)
    rows = [letter() for _ in range(3)]
    with black_hole() as port:
        use(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_TIMEOUT="0.2")
        assert deliver(now=now) == {"claimed": 3, "given_back": 3}
    assert [(fresh(row).state, fresh(row).tries) for row in rows] == [("queued", 0)] * 3
    assert db.session.scalars(select(Provider)).one().last_error.startswith("no-answer")


def test_a_relay_away_for_ten_minutes_is_probed_twice_a_minute_and_loses_nothing(letter, now, use, cast):
    mode("live", now)
    port = free_port()
    use(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_TIMEOUT=5)
    rows = [letter() for _ in range(60)]
    for seconds in range(0, 600, 10):
        figures = deliver(now=now + timedelta(seconds=seconds))
        assert figures.get("claimed", 0) == (50 if seconds == 0 else 1 if seconds % 30 == 0 else 0)
    assert {(fresh(row).state, fresh(row).tries, fresh(row).crashes) for row in rows} == {("queued", 0, 0)}
    with running(port=port) as relay:
        assert deliver(now=now + 10 * MINUTE)["sent"] == 60
        assert relay.receipts == {row.message_id: 1 for row in rows}
    db.session.rollback()
    assert db.session.scalars(select(Provider)).one().failing_since is None


def test_a_wrong_password_is_the_provider_s_fault_not_the_letter_s(relay, letter, now, use):
    use(MAIL_USERNAME="post", MAIL_PASSWORD="wrong")
    row = letter()
    deliver(now=now)
    assert (fresh(row).state, fresh(row).tries) == ("queued", 0)
    assert db.session.scalars(select(Provider)).one().last_error.startswith("login")


def test_tls_that_was_asked_for_but_is_not_offered_sends_nothing(relay, letter, now, use):
    use(MAIL_USE_TLS="1")
    row = letter()
    deliver(now=now)
    assert fresh(row).state == "queued"
    assert not relay.took
    assert db.session.scalars(select(Provider)).one().last_error.startswith("no-encryption")


def test_without_a_server_letters_wait_and_the_reason_is_kept(letter, now, cast):
    mode("live", now)
    row = letter()
    deliver(now=now)
    assert fresh(row).state == "queued"
    assert db.session.scalars(select(Provider)).one().last_error.startswith("no-server")


def test_an_address_that_could_break_out_of_its_header_is_refused_for_good(relay, letter, now):
    row = letter(address="anna@example.com\r\nBcc: all@example.com")
    fine = letter()
    assert deliver(now=now)["failed"] == 1
    assert fresh(row).last_code == "bad-address"
    assert relay.receipts == {fine.message_id: 1}
    assert relay.seen == {"anna@example.com": 1}


def test_past_its_end_of_truth_a_letter_is_missed_not_sent(relay, letter, now):
    row = letter(true_until=now + 10 * MINUTE)
    assert deliver(now=now + 10 * MINUTE + SECOND) == {"missed": 1}
    assert (fresh(row).state, fresh(row).last_code) == ("missed", "past-end")
    assert not relay.took


def test_a_letter_that_is_refused_until_its_end_of_truth_is_missed_then(relay, letter, now):
    row = letter(true_until=now + 3 * MINUTE)
    relay.rcpt = ["452 Not now"] * 9
    deliver(now=now)
    deliver(now=now + MINUTE)
    assert fresh(row).next_try_at == now + 3 * MINUTE + SECOND
    assert deliver(now=now + 3 * MINUTE + SECOND) == {"missed": 1}


def test_at_the_very_end_of_its_truth_a_letter_still_leaves(relay, letter, now):
    letter(true_until=now)
    assert deliver(now=now)["sent"] == 1


def test_a_refusal_at_the_very_end_of_truth_is_the_last(relay, letter, now):
    row = letter(true_until=now)
    relay.rcpt = ["452 Not now"] * 9
    assert deliver(now=now) == {"claimed": 1, "retried": 1}
    assert deliver(now=now + SECOND) == {"missed": 1}
    assert relay.seen[row.address] == 1


def test_truth_that_ends_while_the_batch_is_under_way_stops_the_letter(relay, letter, now):
    row = letter(true_until=now + MINUTE)
    moments = iter([now, now, now, now + MINUTE + SECOND])
    deliver(now=now, clock=lambda: next(moments, now + MINUTE + SECOND))
    assert fresh(row).state == "missed"
    assert not relay.took


def test_in_quiet_hours_a_letter_waits_for_the_morning_of_its_reader(relay, letter, now):
    row = letter(zone="Asia/Kamchatka")
    assert deliver(now=now) == {"deferred": 1}
    assert fresh(row).next_try_at == now + timedelta(hours=12)
    assert deliver(now=now + timedelta(hours=12))["sent"] == 1


def test_marketing_above_the_cap_waits_for_another_day(relay, letter, person, now):
    consent(person, now)
    rows = [letter(klass="marketing") for _ in range(2)]
    assert deliver(now=now) == {"claimed": 1, "sent": 1, "deferred": 1}
    assert deliver(now=now + timedelta(hours=5)) == {}
    assert deliver(now=now + timedelta(days=1))["sent"] == 1
    assert relay.receipts == {row.message_id: 1 for row in rows}


def test_marketing_that_the_cap_pushes_past_its_end_is_cancelled(relay, letter, person, now):
    consent(person, now)
    first = letter(klass="marketing")
    second = letter(klass="marketing", true_until=now + timedelta(hours=8))
    deliver(now=now)
    assert (fresh(first).state, fresh(second).state, fresh(second).last_code) == ("sent", "cancelled", "cap")


def test_service_letters_do_not_count_for_the_cap(relay, letter, person, now):
    consent(person, now)
    letter(), letter(), letter(klass="marketing")
    assert deliver(now=now)["sent"] == 3


def test_no_more_letters_leave_in_a_minute_than_the_provider_allows(relay, letter, now, use):
    use(MAIL_RATE=3)
    for _ in range(7):
        letter()
    counts = [deliver(now=now + timedelta(seconds=s)).get("sent", 0) for s in (0, 20, 40, 60, 80, 119, 120)]
    assert counts == [3, 0, 0, 3, 0, 0, 1]


def test_a_shift_that_is_told_to_stop_gives_the_rest_back(relay, letter, now):
    rows = [letter() for _ in range(5)]
    answers = iter([True, True, True])
    figures = deliver(now=now, going=lambda: next(answers, False))
    assert figures["sent"] == 2
    assert sorted(fresh(row).state for row in rows) == ["queued"] * 3 + ["sent"] * 2
    assert deliver(now=now)["sent"] == 3
