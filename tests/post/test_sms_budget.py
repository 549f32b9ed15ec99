"""The monthly SMS budget at work: counted with every hand-off, asked about before a batch leaves, told to people."""

import threading
from datetime import UTC, datetime, timedelta

import make
import pytest
from post.making import JOB, consent, fresh, mode, write
from sqlalchemy import select

from webapp.db import db
from webapp.post import actions
from webapp.post.actions.claiming import claim
from webapp.post.actions.leases import release_leases
from webapp.post.actions.recording import hand_off
from webapp.post.budget_rules import Budget
from webapp.post.channels import provider_for
from webapp.post.models import Message, SmsMonth
from webapp.post.spending import purse_of

LONG = "Анна, мы собрали советы перед поездкой: что взять с собой, как доехать и кому звонить в дороге"


@pytest.fixture
def sms(cast, person, now):
    """`sms(klass)` writes an SMS to a client of its own, so that no cap is in its way."""
    def written(klass="service", **words):
        client = make.client(cast.main, manager=cast.olga, now=now) if klass == "marketing" else person
        consent(client, now, channel="sms")
        return write(cast.main, client, **{"now": now, "klass": klass, "channel": "sms", "subject": "", "html": "",
                                           "text": "Завтра вылет", **words})
    return written


def allow(now, price=320, **budget):
    actions.set_sms_money(price=price, budget=Budget(**budget), actor=JOB, now=now)


def spent(now):
    db.session.rollback()
    found = purse_of(now)
    return found.spent.parts, found.spent.kopecks


@pytest.mark.parametrize("gate", ["smsc"], indirect=True)
def test_every_sms_is_counted_with_its_parts_and_the_price_the_provider_names(gate, sms, now):
    allow(now, price=500)
    rows = [sms(text=LONG), sms()]
    assert [row.parts for row in rows] == [2, 1]
    actions.deliver(now=now)
    assert [fresh(row).cost for row in rows] == [320, 320]
    assert spent(now) == (3, 640)


@pytest.mark.parametrize("gate", ["smsru"], indirect=True)
def test_without_a_price_in_the_answer_the_agencys_own_counts_until_the_report_names_one(gate, sms, now):
    allow(now, price=500)
    row = sms(text=LONG)
    actions.deliver(now=now)
    assert (fresh(row).cost, spent(now)) == (1000, (2, 1000))
    actions.track(now + timedelta(minutes=2))
    assert (fresh(row).cost, spent(now)) == (320, (2, 320))


def test_what_the_provider_refuses_costs_nothing_and_what_nobody_knows_stays_counted(gate, sms, now):
    allow(now)
    gate.manners[:] = ["refused", "no money", "500"]
    rows = [sms(), sms(), sms()]
    actions.deliver(now=now)
    release_leases(now + timedelta(minutes=3))
    assert [fresh(row).state for row in rows] == ["failed", "queued", "unknown"]
    assert spent(now) == (1, 320)


def test_at_the_end_of_the_budget_news_wait_for_the_next_month_and_trips_leave(gate, sms, now):
    allow(now, parts=1)
    news = [sms("marketing"), sms("marketing")]
    trips = [sms(), sms()]
    actions.deliver(now=now)
    assert {fresh(row).state for row in trips} == {"sent"}
    kept = [fresh(row) for row in news if fresh(row).state == "queued"]
    assert kept and all(row.last_code == "sms-budget" and row.last_text == "2026-11" for row in kept)
    december = datetime(2026, 12, 1, 6, tzinfo=UTC)
    assert {row.next_try_at for row in kept} == {december}
    actions.deliver(now=december)
    assert sum(fresh(row).state == "sent" for row in news) == 1 + (len(kept) == 1)
    assert spent(december)[0] == 1


def test_news_that_would_be_untrue_by_then_do_not_leave_at_all(gate, sms, now):
    allow(now, parts=1)
    sms()
    late = sms("marketing", true_until=now + timedelta(days=2))
    actions.deliver(now=now)
    assert (fresh(late).state, fresh(late).last_code) == ("cancelled", "sms-budget")


def test_with_a_second_line_trips_stop_there_too_but_never_a_test(gate, sms, now):
    allow(now, parts=2, hard=150)
    rows = [sms(true_until=now + timedelta(hours=8)) for _ in range(5)]
    test = sms("test")
    actions.deliver(now=now)
    states = [fresh(row).state for row in rows]
    assert states.count("sent") <= 3 and states.count("cancelled") >= 2
    assert fresh(test).state == "sent"


def test_a_raised_budget_lets_go_what_waited(gate, sms, now):
    allow(now, parts=1)
    sms()
    row = sms("marketing")
    actions.deliver(now=now)
    assert fresh(row).state == "queued"
    allow(now, parts=10)
    actions.deliver(now=now)
    assert fresh(row).state == "sent"


def test_files_of_trial_mode_cost_nothing(sms, now, cast):
    allow(now, parts=1)
    mode("trial", now)
    rows = [sms(), sms()]
    actions.deliver(now=now)
    assert {fresh(row).state for row in rows} == {"sent"}
    assert spent(now) == (0, 0)


@pytest.mark.parametrize("gate", ["smsc"], indirect=True)
def test_two_workers_at_once_never_spend_the_same_money(app, gate, sms, now):
    allow(now, parts=7)
    rows = [sms("marketing") for _ in range(24)]
    claims, ready = [], threading.Barrier(2)

    def work():
        with app.app_context():
            provider = provider_for("sms", "live", app.extensions["snova.settings"])
            provider.per_minute = 5
            ready.wait(20)
            for _round in range(4):
                found = claim("sms", provider, now=now, mode="live", author="test")
                if found and found.messages:
                    hand_off(found, [m.id for m in found.messages[:3]], outcomes=(), now=now, renew=False,
                             author="test")
                    claims.append(len(found.messages))
            db.session.remove()
    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    db.session.rollback()
    under_way = db.session.scalars(select(Message).where(Message.state.in_(("claimed", "handed")))).all()
    assert sum(claims) == len(under_way) <= 7
    month = db.session.scalars(select(SmsMonth)).one()
    assert month.parts == sum(row.state == "handed" for row in under_way)
    assert len(rows) == 24


def test_the_price_is_asked_of_the_provider_and_nothing_is_sent(gate, browse, cast, now):
    page = browse(cast.anna).follow("/admin/sending/sms/money", {"then": "ask"})
    assert "4,95" in page.text and purse_of(now).price == 495
    assert not gate.accepted


def test_price_and_budget_are_set_in_a_form_that_keeps_what_was_typed(gate, browse, cast, now):
    anna = browse(cast.anna)
    wrong = anna.post("/admin/sending/sms/money", {"price": "дорого", "money": "3 000", "parts": "", "hard": "90"})
    assert wrong.status == 422 and wrong.root.one(id="price").attrs["value"] == "дорого"
    assert "от 100 до" in wrong.root.one(id="hard-error").text.replace("\xa0", " ")
    page = anna.follow("/admin/sending/sms/money", {"price": "4,95", "money": "3 000", "parts": "", "hard": "120"})
    assert "3 000 ₽" in page.text.replace("\xa0", " ")
    assert purse_of(now).budget == Budget(300000, None, 120)
    assert browse(cast.boris).post("/admin/sending/sms/money", {"price": "1"}).status == 404


def test_who_must_know_is_told_at_eighty_per_cent_and_everybody_when_nothing_leaves(gate, browse, cast, sms, now,
                                                                                    monkeypatch):
    from webapp.kit import clock
    monkeypatch.setattr(clock, "now", lambda: now)
    allow(now, parts=10, hard=100)
    rows = [sms() for _ in range(8)]
    actions.deliver(now=now)
    assert {fresh(row).state for row in rows} == {"sent"}
    assert "Бюджет SMS на ноябрь израсходован на 80 %" in browse(cast.boris).get("/outbox").text.replace("\xa0", " ")
    assert "Бюджет SMS" not in browse(cast.olga).get("/outbox").text
    for _ in range(3):
        sms("service", true_until=now + timedelta(hours=3))
    actions.deliver(now=now)
    said = browse(cast.olga).get("/outbox?show=cancelled").text
    assert "SMS не уходят: звоните" in said and "Не отправлено: бюджет SMS на ноябрь исчерпан." in said
