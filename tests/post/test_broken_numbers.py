"""A number that a provider calls non-existent: the phone is marked, the step turns red, a reminder becomes a call."""

from datetime import UTC, date, datetime, timedelta

import make
import pytest
from post.making import fresh
from sqlalchemy import select

from webapp.clients.models import Client, Phone
from webapp.db import db
from webapp.desk.actions import tick
from webapp.post import actions
from webapp.post.actions.bounces import BROKEN_NUMBER
from webapp.post.channels import sms_smsaero, sms_smsc, sms_smsru
from webapp.touches.models import Touch

SOLD = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PHONE = "+79160000001"

WHEN_SENDING = [(sms_smsru.PERMANENT, {202, 207}), (sms_smsc.PERMANENT, {7, 8}),
                (sms_smsaero.BY_FIELD, {"number", "numbers"})]


@pytest.mark.parametrize(("table", "codes"), WHEN_SENDING, ids=["smsru", "smsc", "smsaero"])
def test_exactly_these_refusals_say_that_a_number_does_not_exist(table, codes):
    assert {code for code, reason in table.items() if reason in BROKEN_NUMBER} == codes


@pytest.mark.parametrize(("report", "is_broken"), [
    (sms_smsru.report_of(150), True), (sms_smsru.report_of(104), False), (sms_smsru.report_of(106), False),
    (sms_smsc.report_of(22), True), (sms_smsc.report_of(20), False), (sms_smsc.report_of(20, 1), True),
    (sms_smsc.report_of(20, 249), True), (sms_smsc.report_of(20, 6), False), (sms_smsc.report_of(20, 11), False),
    (sms_smsc.report_of(25, 12), False), (sms_smsc.report_of(3, 6), False),
    (sms_smsaero.report_of(2), False), (sms_smsaero.report_of(6), False),
])
def test_a_phone_that_is_off_or_full_is_not_a_wrong_number(report, is_broken):
    assert report.state == "bounced"
    assert (report.code in BROKEN_NUMBER) is is_broken


def is_broken(client, number=PHONE):
    db.session.rollback()
    return db.session.scalar(select(Phone.broken_at).where(Phone.client_id == client.id, Phone.e164 == number)) is not None


def test_a_refused_number_is_marked_on_its_own_client_alone(gate, letter, person, cast, now):
    family = make.client(cast.main, manager=cast.olga, first="Пётр", now=now)
    gate.manners[:] = ["refused"]
    row = letter(channel="sms", subject="", html="", text="Завтра вылет", address=person.phones[0].e164)
    actions.deliver(now=now)
    assert fresh(row).state == "failed"
    assert is_broken(person, row.address)
    assert not is_broken(family, row.address)


@pytest.mark.parametrize("gate", ["smsc"], indirect=True)
def test_a_number_found_wrong_only_by_the_report_is_marked_too(gate, letter, person, now):
    row = letter(channel="sms", subject="", html="", text="Завтра вылет", address=person.phones[0].e164)
    actions.deliver(now=now)
    ref = fresh(row).provider_ref
    gate.statuses[ref], gate.errors[ref] = 20, 1
    actions.track(now + timedelta(minutes=2))
    assert (fresh(row).state, fresh(row).last_code) == ("bounced", "no-mailbox")
    assert is_broken(person, row.address)


def test_a_reminder_to_a_wrong_number_is_red_with_its_reason_and_a_call_is_due_the_same_day(gate, cast, browse, now,
                                                                                            monkeypatch):
    from webapp.kit import clock
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=5))
    client = make.client(cast.main, manager=cast.olga, now=SOLD)
    trip = make.trip(client, purchase=date(2026, 11, 2), departure=date(2026, 11, 21), back=date(2026, 11, 28),
                     seller=cast.olga, now=SOLD)
    gate.manners[:] = ["refused"]
    tick(now=now)
    found = {touch.step_code: touch for touch in db.session.scalars(
        select(Touch).where(Touch.occasion_id == trip.occasion_id)).all()}
    assert found["fly_tomorrow"].status == "failed"
    assert is_broken(db.session.get(Client, client.id), client.phones[0].e164)
    call = found["fly_tomorrow_call"]
    assert (call.channel, call.status, call.due_on) == ("call", "planned", now.date())
    said = browse(cast.olga).get(f"/trips/{trip.id}").text
    assert "такого номера нет" in said
