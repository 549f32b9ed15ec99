"""Stops: holds and their release, cancelling, suppression, modes: at once, and up to the hand-off."""

from datetime import timedelta

import pytest
from post.making import JOB, consent, fresh, history, mode
from sqlalchemy import func, select

from webapp.db import db
from webapp.post import actions
from webapp.post.actions.claiming import claim
from webapp.post.actions.modes import figures_of
from webapp.post.actions.recording import hand_off
from webapp.post.channels import provider_for
from webapp.post.channels.files import stem
from webapp.post.models import Hold
from webapp.staff.audit import actor_of
from webapp.staff.rules import NotAllowed

HOUR = timedelta(hours=1)
WHO = {"actor": JOB}


@pytest.fixture
def live(now):
    mode("live", now)


@pytest.fixture
def taken(app, now, live):
    """`taken(row)` claims what is due and gives a function that tries the hand-off."""
    def take():
        provider = provider_for("email", "live", app.extensions["snova.settings"])
        claimed = claim("email", provider, now=now, mode="live", author="test")
        return lambda at=now: hand_off(claimed, [m.id for m in claimed.messages], outcomes=[], now=at,
                                       renew=False, author="test")
    return take


def test_a_hold_stops_what_waits_and_its_release_lets_it_leave(letter, live, now):
    row, other = letter(group_key="occasion:7"), letter(group_key="occasion:8")
    actions.hold(group_key="occasion:7", reason="airport closed", now=now, **WHO)
    assert (fresh(row).state, fresh(other).state) == ("held", "queued")
    assert actions.release(group_key="occasion:7", now=now + HOUR, **WHO) == 1
    assert fresh(row).state == "queued"
    assert history(row) == ["queued", "held", "queued"]


def test_what_is_past_its_end_when_released_is_missed(letter, live, now):
    row = letter(group_key="occasion:7", true_until=now + HOUR)
    actions.hold(group_key="occasion:7", reason="airport closed", now=now, **WHO)
    assert actions.release(group_key="occasion:7", now=now + 2 * HOUR, **WHO) == 0
    assert fresh(row).state == "missed"


def test_a_complaint_holds_the_marketing_of_one_client_only(letter, live, person, now):
    consent(person, now)
    news, service = letter(klass="marketing"), letter()
    actions.hold(client_id=person.id, klass="marketing", reason="complaint 5", now=now, **WHO)
    assert (fresh(news).state, fresh(service).state) == ("held", "queued")
    assert letter(klass="marketing").state == "held"
    actions.release(client_id=person.id, klass="marketing", now=now, **WHO)
    assert fresh(news).state == "queued"


def test_a_message_under_two_holds_leaves_only_after_both(letter, live, person, now):
    row = letter(group_key="occasion:7")
    actions.hold(group_key="occasion:7", reason="airport", now=now, **WHO)
    actions.hold(client_id=person.id, reason="mourning", now=now, **WHO)
    actions.release(group_key="occasion:7", now=now, **WHO)
    assert fresh(row).state == "held"
    actions.release(client_id=person.id, now=now, **WHO)
    assert fresh(row).state == "queued"


def test_holding_twice_is_one_hold(letter, live, now):
    first = actions.hold(group_key="occasion:7", reason="airport", now=now, **WHO)
    assert actions.hold(group_key="occasion:7", reason="airport", now=now, **WHO).id == first.id
    assert db.session.scalar(select(func.count()).select_from(Hold)) == 1


def test_releasing_what_was_never_held_does_nothing(letter, live, now):
    row = letter(group_key="occasion:7")
    assert actions.release(group_key="occasion:7", now=now, **WHO) == 0
    assert fresh(row).state == "queued"


def test_a_released_hold_does_not_overrule_the_mode(letter, live, now):
    row = letter(group_key="occasion:7")
    actions.hold(group_key="occasion:7", reason="airport", now=now, **WHO)
    mode("held", now)
    assert actions.release(group_key="occasion:7", now=now, **WHO) == 0
    assert (fresh(row).state, fresh(row).hold_reason) == ("held", "mode")
    mode("live", now)
    assert fresh(row).state == "queued"


def test_the_mode_does_not_overrule_a_hold(letter, now):
    row = letter(group_key="occasion:7")
    actions.hold(group_key="occasion:7", reason="airport", now=now, **WHO)
    mode("live", now)
    assert fresh(row).state == "held"
    actions.release(group_key="occasion:7", now=now, **WHO)
    assert fresh(row).state == "queued"


def test_a_cancelled_trip_sends_nothing_afterwards(relay, letter, now):
    rows = [letter(group_key="occasion:7") for _ in range(3)]
    other = letter(group_key="occasion:70")
    assert actions.cancel_group("occasion:7", reason="cancelled", now=now, **WHO) == 3
    actions.deliver(now=now)
    assert relay.receipts == {other.message_id: 1}
    assert {(fresh(row).state, fresh(row).last_code) for row in rows} == {("cancelled", "cancelled")}


def test_cancelling_a_source_takes_what_is_under_it_and_nothing_beside_it(letter, live, now):
    inside = [letter(source=source) for source in ("campaign:7", "campaign:7:1", "campaign:7:2:x")]
    beside = [letter(source=source) for source in ("campaign:70", "campaign:7_", "Campaign:7:1", "campaign:6")]
    assert actions.cancel_source("campaign:7", reason="stopped", now=now, **WHO) == 3
    assert {fresh(row).state for row in inside} == {"cancelled"}
    assert {fresh(row).state for row in beside} == {"queued"}


def test_a_suppression_cancels_what_waits_for_the_address(letter, live, now):
    row, other = letter(), letter(address="other@example.com")
    actions.suppress("anna@example.com", channel="email", reason="asked", now=now, **WHO)
    assert (fresh(row).state, fresh(row).last_code) == ("cancelled", "suppressed")
    assert fresh(other).state == "queued"


def claimed_then(stop, letter, taken, **words):
    row = letter(**words)
    hand_over = taken()
    assert fresh(row).state == "claimed"
    stop(row)
    assert hand_over() == set()
    return fresh(row)


def test_a_suppression_between_claim_and_hand_off_stops_the_message(letter, taken, now):
    row = claimed_then(lambda _: actions.suppress("anna@example.com", channel="email", reason="", now=now, **WHO),
                       letter, taken)
    assert row.state == "cancelled"


def test_a_hold_between_claim_and_hand_off_stops_the_message(letter, taken, now):
    row = claimed_then(lambda _: actions.hold(group_key="occasion:7", reason="", now=now, **WHO), letter, taken,
                       group_key="occasion:7")
    assert (row.state, row.hold_reason) == ("held", "hold")


def test_a_consent_withdrawn_between_claim_and_hand_off_stops_the_message(letter, person, taken, now):
    consent(person, now)
    row = claimed_then(lambda _: consent(person, now, marketing=False), letter, taken, klass="marketing")
    assert (row.state, row.last_code, row.claim_token) == ("cancelled", "no-consent", "")


def test_a_cancelled_trip_between_claim_and_hand_off_stops_the_message(letter, taken, now):
    row = claimed_then(lambda _: actions.cancel_group("occasion:7", reason="cancelled", now=now, **WHO), letter,
                       taken, group_key="occasion:7")
    assert row.state == "cancelled"


@pytest.mark.parametrize(("to", "state"), [("held", "held"), ("trial", "queued")])
def test_another_mode_between_claim_and_hand_off_stops_the_message(letter, taken, now, to, state):
    row = claimed_then(lambda _: mode(to, now), letter, taken)
    assert row.state == state


def test_a_lease_lost_to_another_worker_stops_the_hand_off(letter, taken, now):
    row = letter()
    slow = taken()
    actions.release_leases(now + timedelta(minutes=2))
    assert fresh(row).state == "queued"
    quick = taken()
    assert quick() == {row.id}
    assert slow() == set()
    assert fresh(row).state == "handed"


def test_a_message_already_handed_over_is_left_alone_by_stops(letter, taken, now):
    row = letter(group_key="occasion:7")
    assert taken()() == {row.id}
    assert actions.cancel_group("occasion:7", reason="cancelled", now=now, **WHO) == 0
    actions.suppress("anna@example.com", channel="email", reason="asked", now=now, **WHO)
    assert fresh(row).state == "handed"


def test_going_live_misses_what_is_too_late_and_names_the_numbers(letter, now):
    rows = [letter() for _ in range(2)]
    late = letter(true_until=now + HOUR)
    assert figures_of(now + 2 * HOUR) == actions.set_mode("live", now=now + 2 * HOUR, **WHO)
    assert [fresh(row).state for row in (*rows, late)] == ["queued", "queued", "missed"]


def test_more_than_was_confirmed_never_leaves(letter, now):
    rows = [letter() for _ in range(3)]
    with pytest.raises(actions.Changed) as caught:
        actions.set_mode("live", now=now, confirmed=2, **WHO)
    assert caught.value.figures.leaving == 3
    assert {fresh(row).state for row in rows} == {"held"}


@pytest.mark.parametrize("name", ["olga", "irina", "boris"])
def test_only_an_admin_changes_the_mode(cast, name, now):
    with pytest.raises(NotAllowed):
        actions.set_mode("live", actor=actor_of(getattr(cast, name)), now=now)


def test_in_trial_everything_becomes_files_and_nothing_leaves(app, relay, letter, now):
    mode("trial", now)
    mail, sms = letter(), letter(channel="sms", text="Завтра вылет")
    assert actions.deliver(now=now)["sent"] == 2
    folder = app.extensions["snova.settings"].instance / "outbox"
    assert mail.message_id in (folder / f"{stem(mail)}.eml").read_text()
    assert "Анна, здравствуйте!" in (folder / f"{stem(mail)}.txt").read_text()
    assert "Завтра вылет" in (folder / f"{stem(sms)}.sms").read_text()
    assert not relay.took
    assert (fresh(mail).state, fresh(mail).provider) == ("sent", "trial")


def test_the_file_provider_of_sms_writes_one_file_per_message(app, letter, live, now):
    row = letter(channel="sms", text="Счастливого пути!")
    assert actions.deliver(now=now)["sent"] == 1
    file = app.extensions["snova.settings"].instance / "outbox" / "sms" / f"{stem(row)}.sms"
    assert file.read_text() == "+79160000001\n\nСчастливого пути!\n"
    assert (fresh(row).state, fresh(row).provider) == ("sent", "sms_file")


def test_a_provider_nobody_has_leaves_the_messages_waiting(letter, live, use, now):
    use(SMS_PROVIDER="carrier_pigeon")
    row = letter(channel="sms")
    actions.deliver(now=now)
    assert fresh(row).state == "queued"
