"""Promise 3: no SMS is sent twice, whatever the gateway of a provider does; and nothing is forgotten."""

import logging
from datetime import timedelta

import pytest
from post.making import fresh, history
from post.sms_gateways import BEHAVIOURS, KEY

from webapp.db import db
from webapp.post.actions import deliver
from webapp.post.channels import https
from webapp.post.channels.https import Exchange, Place
from webapp.post.models import Provider

MINUTE = timedelta(minutes=1)
PROVEN = ("slow",)
WAITS = ("tls fault", "no money", "rate limit")
NEVER_TAKEN = ("time-out before accepting", "500", "redirect")


@pytest.fixture
def sms(letter):
    """`sms()` writes an SMS to Anna; every one has another text."""
    def write(**words):
        return letter(channel="sms", subject="", html="", **{"text": f"Завтра вылет {words.get('source', '')}", **words})
    return write


def test_an_sms_is_taken_once_and_counts_as_sent(gate, sms, now):
    row = sms()
    assert deliver(now=now)["sent"] == 1
    assert gate.accepted == {("79160000001", "Завтра вылет "): 1}
    assert history(row) == ["queued", "claimed", "handed", "sent"]
    assert fresh(row).provider_ref in gate.numbers
    assert deliver(now=now + MINUTE) == {}


def test_the_key_travels_in_the_body_or_a_header_never_in_the_address(gate, sms, now):
    sms()
    deliver(now=now)
    assert all("?" not in path and KEY not in path for path, _fields in gate.asked)


@pytest.mark.slow
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_whatever_the_gateway_does_an_sms_is_taken_at_most_once(gate, sms, now, use, behaviour, caplog):
    caplog.set_level(logging.CRITICAL)
    use(SMS_TIMEOUT="0.5" if behaviour.startswith("time-out") else 20)
    rows = [sms(source=f"touch:{number}") for number in range(4)]
    gate.manners = [behaviour] * 2
    for minutes in (0, 1, 2, 3, 5, 7, 10, 14, 20, 30, 45, 60, 90):
        deliver(now=now + minutes * MINUTE)
    assert max(gate.accepted.values()) == 1
    states = [fresh(row).state for row in rows]
    taken = [gate.accepted[("79160000001", row.text)] for row in rows]
    expected = "failed" if behaviour == "refused" else "sent"
    if behaviour in (*PROVEN, *WAITS) or gate.name == "smsc" or behaviour == "refused":
        # Nothing is in doubt, or the provider could be asked by our own number.
        assert states == [expected] * 2 + ["sent"] * 2
        assert taken == ([0, 0, 1, 1] if behaviour == "refused" else [1] * 4)
    else:
        assert states == ["unknown"] * 2 + ["sent"] * 2
        assert taken == [0 if behaviour in NEVER_TAKEN else 1] * 2 + [1] * 2


def test_nothing_is_asked_before_the_hand_off_is_committed(gate, sms, now, monkeypatch):
    row, seen = sms(), []
    ask = Exchange.ask

    def watched(self, question):
        with db.engine.connect() as connection:
            seen.append(connection.exec_driver_sql(f"SELECT state FROM message WHERE id = {row.id}").scalar())
        return ask(self, question)
    monkeypatch.setattr(Exchange, "ask", watched)
    deliver(now=now)
    assert seen == ["handed"]


def test_a_certificate_nobody_vouches_for_stops_before_anything_is_said(gate, sms, now, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    row = sms()
    deliver(now=now)
    assert not gate.asked
    assert (fresh(row).state, fresh(row).tries) == ("queued", 0)
    assert db.session.get(Provider, f"sms_{gate.name}").last_error.startswith("bad-certificate")


def test_a_certificate_of_another_host_is_not_taken(gate, sms, now, monkeypatch):
    monkeypatch.setitem(https.PLACES, gate.name, Place("127.0.0.1", gate.port))
    row = sms()
    deliver(now=now)
    assert not gate.asked
    assert fresh(row).state == "queued"


def test_an_account_without_money_opens_the_breaker_and_says_so(gate, sms, now):
    rows = [sms(source=f"touch:{number}") for number in range(5)]
    gate.manners = ["no money"] * 3
    deliver(now=now)
    assert len(gate.asked) == 2
    assert {fresh(row).state for row in rows} == {"queued"}
    assert [fresh(row).tries for row in rows] == [0] * 5
    assert db.session.get(Provider, f"sms_{gate.name}").last_error.startswith("no-money")


def test_a_wrong_key_burns_no_tries(gate, sms, now, use):
    use(SMS_PASSWORD="another")
    rows = [sms(source=f"touch:{number}") for number in range(3)]
    deliver(now=now)
    assert [(fresh(row).state, fresh(row).tries) for row in rows] == [("queued", 0)] * 3
    assert not gate.accepted


@pytest.mark.parametrize("address", ["", "anna", "+7916' OR", "+79160000001\r\nX: y", "+" + "9" * 30])
def test_what_is_no_phone_is_refused_before_any_connection(gate, sms, now, address):
    row = sms(address=address)
    deliver(now=now)
    assert not gate.asked
    assert (fresh(row).state, fresh(row).last_code) == ("failed", "bad-address")


@pytest.mark.parametrize("text", ["Скидка 5% & «всё» = ура? #1 +1\nвторая строка", "🙂" * 70, "a" * 300])
def test_any_text_arrives_as_it_was_written(gate, sms, now, text):
    sms(text=text)
    deliver(now=now)
    assert list(gate.accepted) == [("79160000001", text)]


@pytest.mark.parametrize("gate", ["smsc"], indirect=True)
def test_absence_is_not_believed_while_the_question_may_still_be_on_its_way(gate, sms, now, use):
    use(SMS_TIMEOUT="0.5")
    row = sms()
    gate.manners = ["time-out before accepting"]
    deliver(now=now)
    deliver(now=now + 3 * MINUTE)
    assert fresh(row).state == "unknown"
    gate.take({"phones": "79160000001", "mes": row.text, "id": gate.asked[0][1]["id"]})
    for minutes in (8, 14, 20):
        deliver(now=now + minutes * MINUTE)
    assert fresh(row).state == "sent"
    assert sum(gate.accepted.values()) == 1
