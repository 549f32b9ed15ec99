"""The state table, waits, quiet hours, the cap and the reading of refusals: pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.post import rules
from webapp.post.models import STATES
from webapp.post.refusal_rules import Refusal, after_refusal, read_reply

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass
class Row:
    klass: str = "service"
    zone: str = "Europe/Moscow"
    true_until: datetime | None = None


def moscow(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Moscow")).astimezone(UTC)


@pytest.mark.parametrize(("state", "comes_from"), [
    ("held", {"new", "queued"}),
    ("queued", {"new", "held", "claimed", "unknown", "handed"}),
    ("claimed", {"queued"}),
    ("handed", {"claimed"}),
    ("sent", {"handed", "unknown"}),
    ("unknown", {"handed", "sent", "failed"}),
    ("failed", {"claimed", "handed", "unknown"}),
    ("missed", {"held", "queued"}),
    ("cancelled", {"new", "held", "queued"}),
    ("dead", {"claimed"}),
    ("delivered", {"sent"}),
    ("bounced", {"sent", "delivered"}),
    ("complained", {"sent", "delivered", "bounced"}),
])
def test_each_state_is_reached_only_from_the_states_of_the_table(state, comes_from):
    assert {old for old in rules.TRANSITIONS if rules.may_become(old, state)} == comes_from


def test_the_table_and_the_database_know_the_same_states():
    assert set(rules.TRANSITIONS) - {rules.NEW} == set(STATES)
    assert set().union(*rules.TRANSITIONS.values()) == set(STATES)


def test_a_message_can_only_be_sent_after_its_hand_off_was_committed():
    ways_out = [old for old, new in rules.TRANSITIONS.items() if "sent" in new]
    assert set(ways_out) == {"handed", "unknown"}
    # What was sent is unknown again only when somebody takes back their word.
    assert [old for old, new in rules.TRANSITIONS.items() if "unknown" in new] == ["handed", "sent", "failed"]


@pytest.mark.parametrize(("tries", "minutes"), [(0, 1), (1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (40, 60)])
def test_waits_grow_to_an_hour_and_stay_there(tries, minutes):
    assert rules.retry_delay(tries) == timedelta(minutes=minutes)


def test_the_next_try_is_never_planned_later_than_just_past_the_end_of_truth():
    end = NOW + timedelta(minutes=20)
    assert rules.next_try(timedelta(minutes=60), NOW, end) == end + timedelta(seconds=1)
    assert rules.next_try(timedelta(minutes=60), end, end) > end
    assert rules.next_try(timedelta(minutes=5), NOW, end) == NOW + timedelta(minutes=5)
    assert rules.next_try(timedelta(minutes=60), NOW, None) == NOW + timedelta(minutes=60)


@pytest.mark.parametrize(("now", "zone", "until"), [
    (moscow(20, 12), "Europe/Moscow", None),
    (moscow(20, 9), "Europe/Moscow", None),
    (moscow(20, 20, 59), "Europe/Moscow", None),
    (moscow(20, 21), "Europe/Moscow", moscow(21, 9)),
    (moscow(20, 23, 59), "Europe/Moscow", moscow(21, 9)),
    (moscow(21, 0), "Europe/Moscow", moscow(21, 9)),
    (moscow(21, 8, 59), "Europe/Moscow", moscow(21, 9)),
    (moscow(20, 14), "Asia/Vladivostok", datetime(2026, 11, 20, 23, 0, tzinfo=UTC)),
    (moscow(20, 3), "Asia/Vladivostok", None),
    (moscow(20, 21, 30), "Europe/Kaliningrad", None),
])
def test_quiet_hours_are_those_of_the_reader(now, zone, until):
    assert rules.quiet_until(Row(zone=zone), now) == until


@pytest.mark.parametrize("klass", ["code", "test"])
def test_what_its_reader_asked_for_this_minute_has_no_quiet_hours(klass):
    assert rules.quiet_until(Row(klass=klass), moscow(20, 23)) is None


@given(st.integers(0, 400 * 24 * 60), st.sampled_from(
    ["Europe/Moscow", "Europe/Kaliningrad", "Asia/Kamchatka", "Europe/Berlin", "America/New_York"]))
def test_after_the_quiet_hours_it_is_never_quiet(minutes, zone):
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    until = rules.quiet_until(Row(zone=zone), now)
    if until is None:
        assert 9 <= now.astimezone(ZoneInfo(zone)).hour < 21
    else:
        assert now < until <= now + timedelta(hours=13)
        assert until.astimezone(ZoneInfo(zone)).hour == 9
        assert rules.quiet_until(Row(zone=zone), until) is None


def test_at_its_very_end_a_message_is_still_true():
    row = Row(true_until=NOW)
    assert not rules.is_past(row, NOW)
    assert rules.is_past(row, NOW + timedelta(microseconds=1))
    assert not rules.is_past(Row(), NOW)


@pytest.mark.parametrize(("earlier", "later"), [
    ([], None),
    ([moscow(19, 20)], None),
    ([moscow(20, 10)], moscow(21, 12)),
    ([moscow(14, 12), moscow(16, 12), moscow(18, 12)], moscow(21, 12)),
    ([moscow(16, 12), moscow(17, 12), moscow(18, 12)], moscow(23, 12)),
    ([moscow(17, 12), moscow(18, 12), moscow(20, 10)], moscow(24, 12)),
    ([moscow(10, 12), moscow(12, 12), moscow(13, 12)], None),
])
def test_a_client_gets_one_marketing_message_a_day_and_three_a_week(earlier, later):
    assert rules.cap_until(earlier, "Europe/Moscow", moscow(20, 12), rules.Cap()) == later


@given(st.lists(st.integers(0, 12 * 24), max_size=12), st.integers(1, 3), st.integers(1, 5))
def test_a_message_sent_when_the_cap_says_so_never_breaks_the_cap(hours_ago, per_day, per_week):
    cap = rules.Cap(per_day, max(per_day, per_week))
    zone = ZoneInfo("Europe/Moscow")
    now = moscow(20, 12)
    sent = []
    for hours in sorted(hours_ago, reverse=True):
        if rules.cap_until(sent, "Europe/Moscow", now - timedelta(hours=hours), cap) is None:
            sent.append(now - timedelta(hours=hours))
    sent.append(rules.cap_until(sent, "Europe/Moscow", now, cap) or now)
    days = [moment.astimezone(zone).date() for moment in sent]
    for day in days:
        assert days.count(day) <= cap.day
        assert sum(day - timedelta(days=7) < other <= day for other in days) <= cap.week


@pytest.mark.parametrize(("text", "name", "address"), [
    ("Сто дорог <a@b.example>", "Сто дорог", "a@b.example"),
    ('"Orlova, Anna" <a@b.example>', "Orlova, Anna", "a@b.example"),
    ("a@b.example", "", "a@b.example"),
    ("<a@b.example>", "", "a@b.example"),
    ("", "", ""),
])
def test_a_sender_is_read_as_name_and_address(text, name, address):
    assert rules.split_sender(text) == (name, address)


@pytest.mark.parametrize(("number", "text", "stage", "code", "permanent", "counted"), [
    (550, "5.1.1 <a@b>: Recipient address rejected: User unknown", "rcpt", "no-mailbox", True, True),
    (550, "No such user here", "rcpt", "no-mailbox", True, True),
    (550, "Mailbox unavailable", "rcpt", "no-mailbox", True, True),
    (550, "5.7.1 Message rejected as spam", "data", "spam", True, True),
    (550, "5.2.1 The account is disabled", "rcpt", "mailbox-closed", True, True),
    (552, "5.2.2 Over quota", "rcpt", "mailbox-full", True, True),
    (452, "Insufficient system storage", "rcpt", "mailbox-full", False, True),
    (554, "5.7.1 Relay access denied", "rcpt", "relay-denied", True, True),
    (552, "5.3.4 Message size exceeds limit", "data", "too-big", True, True),
    (550, "5.1.2 Domain not found", "rcpt", "no-domain", True, True),
    (553, "sender not owned by user", "mail", "sender-refused", True, True),
    (554, "Transaction failed", "data", "refused", True, True),
    (451, "4.7.1 Greylisted, please try again later", "rcpt", "greylisted", False, False),
    (450, "4.2.0 Greylisting in action", "rcpt", "greylisted", False, False),
    (421, "4.3.2 Service shutting down", "rcpt", "busy", False, False),
    (451, "Local error in processing", "data", "later", False, True),
])
def test_a_refusal_is_understood(number, text, stage, code, permanent, counted):
    refusal = read_reply(number, text, stage=stage)
    assert (refusal.code, refusal.permanent, refusal.counted) == (code, permanent, counted)
    assert str(number) in refusal.text


def test_what_a_relay_says_is_shortened_and_freed_of_control_characters():
    refusal = read_reply(550, "no\x00\x1b[31m" + "x" * 5000, stage="rcpt")
    assert len(refusal.text) <= 300
    assert refusal.text.isprintable()


def after(refusal: Refusal, *, tries: int = 0, true_until: datetime | None = None, since: datetime = NOW):
    return after_refusal(refusal, message_id=1, tries=tries, since=since, true_until=true_until, now=NOW)


def test_a_refusal_for_good_fails_at_once_and_one_for_now_waits():
    assert after(Refusal("no-mailbox", "", permanent=True)).state == "failed"
    outcome = after(Refusal("later", "", permanent=False), tries=1)
    assert (outcome.state, outcome.tries, outcome.next_try_at) == ("queued", 2, NOW + timedelta(minutes=5))


def test_greylisting_does_not_burn_a_try():
    outcome = after(Refusal("greylisted", "", permanent=False, counted=False), tries=1)
    assert (outcome.state, outcome.tries, outcome.next_try_at) == ("queued", 1, NOW + timedelta(minutes=5))


def test_a_message_without_an_end_of_truth_is_given_up_after_three_days():
    refusal = Refusal("later", "", permanent=False)
    assert after(refusal, tries=9, since=NOW - timedelta(days=3)).code == "gave-up"
    assert after(refusal, tries=9, since=NOW - timedelta(days=2, hours=23)).state == "queued"
    assert after(refusal, tries=9, since=NOW - timedelta(days=9), true_until=NOW + timedelta(days=1)).state == "queued"
