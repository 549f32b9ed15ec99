"""Writing into the outbox: once per key, held or cancelled at once where it may not leave."""

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from post.making import JOB, consent, fresh, history, mode, write
from sqlalchemy import func, select, update

from webapp.clients.models import Client
from webapp.db import db, transaction
from webapp.post import actions
from webapp.post.models import Message


def test_the_same_key_again_gives_the_existing_row(letter, now):
    first = letter(source="touch:77", text="одно")
    again = letter(source="touch:77", text="другое", now=now + timedelta(hours=1))
    assert again.id == first.id
    assert fresh(first).text == "одно"
    assert history(first) == ["held"]


def test_a_resend_is_another_row_with_another_message_id(letter):
    first, second = letter(source="touch:77"), letter(source="touch:77", resend=1)
    assert first.id != second.id
    assert first.message_id != second.message_id
    assert (first.key, second.key) == ("touch:77#0", "touch:77#1")


def test_ten_writers_of_the_same_message_make_one_row(app, cast, person, now):
    ids, barrier = [], threading.Barrier(10)
    office, client = SimpleNamespace(id=cast.main.id, timezone="Europe/Moscow"), SimpleNamespace(id=person.id)
    db.session.rollback()

    def work():
        with app.app_context():
            barrier.wait()
            ids.append(write(office, client, now=now, source="touch:5").id)
    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 10
    assert len(set(ids)) == 1
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1


def test_a_message_id_belongs_to_the_key_and_the_domain_of_the_sender(letter):
    row = letter(sender="Сто дорог <post@agency.example>")
    assert row.message_id.endswith("@agency.example>")
    assert letter(sender="Без домена").message_id.endswith("@127.0.0.1>")


def test_an_agency_that_never_chose_a_mode_is_held(letter, now):
    row = letter()
    assert (row.state, row.hold_reason) == ("held", "mode")
    assert actions.deliver(now=now) == {}


def test_a_message_on_hold_waits_from_the_start(letter, person, now):
    mode("live", now)
    actions.hold(group_key="occasion:7", reason="airport closed", actor=JOB, now=now)
    assert letter(group_key="occasion:7").state == "held"
    assert letter(group_key="occasion:8").state == "queued"


@pytest.mark.parametrize(("marketing", "stopped", "klass", "state", "code"), [
    (True, False, "marketing", "queued", ""),
    (False, False, "marketing", "cancelled", "no-consent"),
    (False, False, "service", "queued", ""),
    (True, True, "service", "cancelled", "stopped"),
    (True, True, "marketing", "cancelled", "stopped"),
    (False, True, "code", "queued", ""),
])
def test_consent_decides_what_is_written_at_all(letter, person, now, marketing, stopped, klass, state, code):
    mode("live", now)
    consent(person, now, marketing=marketing, stopped=stopped)
    row = letter(klass=klass)
    assert (row.state, row.last_code) == (state, code)


def test_without_any_consent_marketing_is_cancelled_and_service_leaves(letter, now):
    mode("live", now)
    assert letter(klass="marketing").last_code == "no-consent"
    assert letter().state == "queued"


def test_consent_for_e_mail_is_not_consent_for_sms(letter, person, now):
    mode("live", now)
    consent(person, now, channel="email")
    assert letter(klass="marketing", channel="sms").last_code == "no-consent"


def test_nothing_is_written_to_a_client_in_mourning(letter, person, now):
    mode("live", now)
    with transaction() as session:
        session.execute(update(Client).where(Client.id == person.id).values(write_nothing=True))
    assert letter().last_code == "write-nothing"


@pytest.mark.parametrize(("scope", "lane", "klass", "state"), [
    ("", 2, "service", "cancelled"),
    ("marketing", 5, "service", "queued"),
    ("marketing", 5, "marketing", "cancelled"),
    ("but-trips", 2, "service", "queued"),
    ("but-trips", 5, "service", "cancelled"),
])
def test_a_suppressed_address_gets_only_what_is_left_to_it(letter, person, now, scope, lane, klass, state):
    mode("live", now)
    consent(person, now)
    actions.suppress("ANNA@example.com", channel="email", klass=scope, reason="asked", actor=JOB, now=now)
    assert letter(lane=lane, klass=klass).state == state


def test_lifting_a_suppression_lets_new_messages_leave(letter, now):
    mode("live", now)
    actions.suppress("anna@example.com", channel="email", reason="asked", actor=JOB, now=now)
    assert actions.lift("anna@example.com", channel="email", actor=JOB, now=now) == 1
    assert letter().state == "queued"


@pytest.mark.parametrize("words", [{"klass": "spam"}, {"channel": "pigeon"}, {"lane": 0}, {"lane": 10}])
def test_a_kind_of_message_that_does_not_exist_is_refused(letter, words):
    with pytest.raises(ValueError, match="no such kind"):
        letter(**words)


def test_a_transaction_that_is_rolled_back_leaves_no_message(letter):
    with pytest.raises(RuntimeError), transaction():
        letter(source="touch:1")
        raise RuntimeError
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Message)) == 0


def test_writing_a_due_message_wakes_the_worker_only_after_the_commit(app, letter):
    said = []
    kept, app.extensions["snova.wake"] = app.extensions["snova.wake"], said.append
    try:
        with transaction():
            letter()
            assert said == []
        assert said == ["post"]
    finally:
        app.extensions["snova.wake"] = kept
