"""What staff do with a card: who may, what it does, and that a second press does nothing."""

from dataclasses import replace
from datetime import date, timedelta

import club_make
import make
import pytest
import time_machine
from conftest import NOW
from crowd import at_once
from sqlalchemy import func, select

from webapp.clients.models import Client
from webapp.club.actions import cards as verbs
from webapp.club.actions.cards import Sale
from webapp.club.actions.granting import grant, put_right, welcome_back
from webapp.club.actions.ledger import reverse
from webapp.club.actions.sales import use_card
from webapp.club.actions.spending import spend, undo
from webapp.club.card_plans import GIVEN_POINTS
from webapp.club.ledger_rules import BadPosting
from webapp.club.models import BonusOp, Card, CardEvent, cards_of, head_of, number_of
from webapp.db import db
from webapp.staff.audit import actor_of, job
from webapp.staff.models import AuditEntry
from webapp.staff.rules import BadInput, NotAllowed
from webapp.touches.models import Occasion


@pytest.fixture(autouse=True)
def noon():
    """The clock stands still on Friday, 20 November 2026, 12:00 in Moscow."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def card(anna, cast, now):
    return club_make.card(anna, cast.main, points=1000, now=now - timedelta(days=40))


@pytest.fixture
def url(card):
    return f"/cards/{number_of(card.id)}"


def events(card, kind):
    return db.session.scalar(select(func.count()).select_from(CardEvent).where(
        CardEvent.card_id == card.id, CardEvent.kind == kind))


def test_presenting_in_any_office_makes_the_points_live_on_and_is_one_visit_a_day(browse, cast, card, url):
    vera, olga = browse(cast.vera), browse(cast.olga)
    assert "до 19 мая 2027 включительно" in olga.follow(f"{url}/presentation").text
    olga.follow(f"{url}/presentation")
    assert events(card, "presented") == 1
    vera.follow(f"{url}/presentation")
    assert events(card, "presented") == 2 and db.session.get(Card, card.id).burn_on == date(2027, 5, 20)


def test_pressed_ten_times_at_once_it_is_one_presentation(app, browse, cast, card, url):
    tabs = [browse(cast.olga).http for _ in range(10)]
    assert set(at_once(app, 10, lambda n: tabs[n].post(f"{url}/presentation").status_code)) == {303}
    assert events(card, "presented") == 1


def test_a_card_is_lent_to_a_friend_and_comes_back(browse, cast, card, url, now):
    friend = make.client(cast.main, last="Подругина", phone="+79160000009", email=None, now=now)
    olga = browse(cast.olga)
    assert olga.post(f"{url}/loan", {"name": ""}).status == 422
    assert "Подругина Анна" in olga.follow(f"{url}/loan", {"name": "8 916 000-00-09"}).text
    olga.post(f"{url}/loan", {"name": "8 916 000-00-09"})
    row = db.session.get(Card, card.id)
    assert (row.lent_to_id, events(card, "lent")) == (friend.id, 1)
    olga.follow(f"{url}/loan/end")
    olga.follow(f"{url}/loan/end")
    assert db.session.get(Card, card.id).lent_on is None and events(card, "returned") == 1
    page = olga.post(f"{url}/loan", {"name": "+79160000001"})
    assert page.status == 422 and "Это сам владелец" in page.text


def test_points_are_paid_with_once_and_taken_back_by_whoever_spent_them_on_the_same_day(browse, cast, card, url):
    olga = browse(cast.olga)
    fields = {"spend_points": "300", "what": "Страховка", "cost": "1000", "receipt": "5", "form_key": "k"}
    for _ in range(2):
        assert "700 бонусов" in olga.follow(f"{url}/spending", fields).text
    op = db.session.scalars(select(BonusOp).where(BonusOp.kind == "spending")).one()
    assert op.note == "Страховка, 1\xa0000\xa0₽ (№ 5)"
    assert browse(cast.pavel).post(f"{url}/reversals/{op.id}").status == 403
    assert "1 000 бонусов" in olga.follow(f"{url}/reversals/{op.id}").text
    assert olga.post(f"{url}/reversals/{op.id}").status == 303 and head_of(card.id).balance == 1000


def test_ten_presses_at_once_spend_once(app, browse, cast, card, url):
    tabs = [browse(cast.olga).http for _ in range(10)]
    fields = {"spend_points": "300", "what": "Страховка", "cost": "1000", "form_key": "k"}
    assert set(at_once(app, 10, lambda n: tabs[n].post(f"{url}/spending", data=fields).status_code)) == {303}
    assert head_of(card.id).balance == 700


@pytest.mark.parametrize(("fields", "said"), [
    ({"spend_points": "1001", "what": "x"}, "На карте только 1 000 бонусов"), ({"spend_points": "", "what": "x"}, "сколько"),
    ({"spend_points": "-5", "what": "x"}, "целое число"), ({"spend_points": "5", "what": ""}, "за что"),
    ({"spend_points": "301", "what": "x", "cost": "1000"}, "до 30 % цены: здесь не больше 300"),
    ({"spend_points": "5", "what": "x", "cost": ""}, "сколько это стоит"),
    ({"spend_points": "5", "what": "x", "cost": "много"}, "сколько это стоит")])
def test_what_cannot_be_spent_is_said_beside_the_field(browse, cast, card, url, fields, said):
    page = browse(cast.olga).post(f"{url}/spending", {"cost": "10 000", **fields, "form_key": "k"})
    assert page.status == 422 and said in page.text and head_of(card.id).balance == 1000


def test_the_same_form_with_another_number_is_told_and_not_done(browse, cast, card, url):
    olga = browse(cast.olga)
    olga.post(f"{url}/spending", {"spend_points": "300", "what": "x", "cost": "1000", "form_key": "k"})
    page = olga.post(f"{url}/spending", {"spend_points": "200", "what": "x", "cost": "1000", "form_key": "k"})
    assert page.status == 422 and "уже отправили" in page.text and head_of(card.id).balance == 700


def test_a_coupon_comes_from_service_and_a_correction_from_a_director_who_stands_in_the_log(browse, cast, card, url):
    coupon = {"kind": "coupon", "points": "500", "note": "День рождения", "form_key": "k"}
    assert browse(cast.olga).get(f"{url}/points").status == 404
    assert browse(cast.olga).post(f"{url}/points", coupon).status == 404
    irina = browse(cast.irina)
    assert "1 500 бонусов" in irina.follow(f"{url}/points", coupon).text
    irina.post(f"{url}/points", coupon)
    wrong = {"kind": "correction", "points": "-200", "note": "Ошибка в кассе", "form_key": "k2"}
    assert irina.post(f"{url}/points", wrong).status == 422
    assert "1 300 бонусов" in browse(cast.boris).follow(f"{url}/points", wrong).text
    browse(cast.boris).post(f"{url}/points", wrong)
    [line] = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "card", AuditEntry.user_id == cast.boris.id))
    assert line.facts["points"] == ["", "−200"] and head_of(card.id).balance == 1300
    log = browse(cast.anna).get("/admin/log").text
    assert "Исправил(а) бонусы на карте" in log and "Ошибка в кассе" in log


def test_a_director_takes_back_with_a_reason_and_spent_points_become_a_debt(browse, cast, card, url):
    boris = browse(cast.boris)
    op = put_right(card.id, 500, "перенос", key="a", actor=actor_of(cast.boris), now=NOW)
    spend(card.id, 1400, what="x", cost_kopecks=500_000, office=cast.main, key="b", actor=actor_of(cast.olga), now=NOW)
    assert boris.post(f"{url}/reversals/{op.id}", {"reason": ""}).status == 422
    page = boris.follow(f"{url}/reversals/{op.id}", {"reason": "перенесли дважды"})
    assert "0 бонусов" in page.text and "400 бонусов отменили" in page.text and head_of(card.id).debt == 400


def test_blocked_nobody_uses_it_and_nothing_burns(browse, cast, card, url):
    olga = browse(cast.olga)
    assert olga.post(f"{url}/block", {"block_reason": ""}).status == 422
    for _ in range(2):
        olga.follow(f"{url}/block", {"block_reason": "Потеряла"})
    assert events(card, "blocked") == 1 and db.session.get(Card, card.id).burn_on is None
    page = olga.follow(f"{url}/presentation")
    assert "заблокирована" in page.text and events(card, "presented") == 0
    assert olga.get(f"{url}/spending").location == url
    assert "снова работает" in olga.follow(f"{url}/block/end").text


def test_the_model_keeps_the_share_of_what_is_paid_with_points(cast, card):
    with pytest.raises(BadInput, match="over share"):
        spend(card.id, 301, what="x", cost_kopecks=100_000, office=cast.main, key="a", actor=actor_of(cast.olga), now=NOW)
    assert head_of(card.id).balance == 1000
    spend(card.id, 300, what="x", cost_kopecks=100_000, office=cast.main, key="a", actor=actor_of(cast.olga), now=NOW)
    assert head_of(card.id).balance == 700


def test_a_new_number_is_given_once_however_often_it_is_pressed(browse, cast, card, url):
    olga = browse(cast.olga)
    old = number_of(card.id)
    fields = {"number": "", "replace_reason": "Потеряла", "form_key": "k"}
    assert olga.post(f"{url}/replacement", fields).status == 303
    new = number_of(card.id)
    assert new != old and olga.post(f"/cards/{old}/replacement", fields).location == f"/cards/{new}"
    assert number_of(card.id) == new and events(card, "replaced") == 1


@pytest.mark.parametrize("path", ["loan", "points", "block", "replacement", "statement", "print"])
def test_other_offices_present_and_pay_but_do_nothing_else(browse, cast, card, url, path):
    vera = browse(cast.vera)
    assert vera.get(f"{url}/{path}").status == 404
    assert vera.get(f"{url}/spending").status == 200


def test_the_model_refuses_what_the_pages_do_not_offer(cast, card, now):
    vera, olga, irina = actor_of(cast.vera), actor_of(cast.olga), actor_of(cast.irina)
    with pytest.raises(NotAllowed, match="card-elsewhere"):
        verbs.block(card.id, reason="x", office=cast.east, actor=vera, now=now)
    with pytest.raises(NotAllowed, match="card-elsewhere"):
        verbs.replace_card(card.id, Sale(), reason="x", office=cast.east, actor=vera, now=now)
    with pytest.raises(NotAllowed, match="office"):
        verbs.present(card.id, office=cast.east, actor=olga, now=now)
    with pytest.raises(NotAllowed, match="role"):
        grant(card, "coupon", 5, key="k", cause="", note="x", actor=olga, now=now)
    with pytest.raises(NotAllowed, match="role"):
        put_right(card.id, 5, "x", key="k", actor=irina, now=now)
    with pytest.raises(NotAllowed, match="role"):
        verbs.present(card.id, office=cast.main, actor=actor_of(cast.anna), now=now)
    assert head_of(card.id).balance == 1000


def test_the_gift_for_coming_back_is_given_once_in_a_life(app, cast, anna, now):
    op, is_new = welcome_back(anna, cause="lead:1", actor=job("leads"), now=now)
    assert is_new and [card.kind for card in cards_of(anna.id)] == ["virtual"]
    assert welcome_back(anna, cause="lead:2", actor=job("leads"), now=now) == (op, False)
    anna_id = anna.id
    at_once(app, 4, lambda _n: welcome_back(db.session.get(Client, anna_id), cause="x", actor=job("leads"), now=now))
    assert head_of(cards_of(anna_id)[0].id).balance == 1000


def test_other_rooms_give_points_to_a_client_without_a_card(cast, anna, now):
    grant(anna, "compensation", 700, key="complaint:7", cause="complaint:7", actor=job("complaints"), now=now)
    grant(anna, "compensation", 700, key="complaint:7", cause="complaint:7", actor=job("complaints"), now=now)
    assert db.session.scalar(select(func.count()).select_from(Occasion).where(Occasion.kind == GIVEN_POINTS)) == 1
    assert head_of(cards_of(anna.id)[0].id).balance == 700


def test_what_belongs_to_a_trip_is_not_taken_back_here(cast, card, now, anna):
    op = club_make.spend(card, 10, now=now)
    trip = make.trip(anna, purchase=NOW.date(), departure=NOW.date() + timedelta(days=9), back=NOW.date() + timedelta(days=16),
                     seller=cast.olga, now=now, price_kopecks=10_000_000)
    row = use_card(trip.id, card.id, spend=100, key="k", actor=actor_of(cast.olga), now=now)
    with pytest.raises(BadInput, match="of a trip"):
        undo(row.spend_op_id, reason="x", actor=actor_of(cast.boris), now=now)
    with pytest.raises(BadInput, match="of a trip"):
        undo(row.spend_op_id, actor=actor_of(cast.olga), now=now)
    undo(op.id, reason="x", actor=actor_of(cast.boris), now=now)
    back = db.session.scalars(select(BonusOp.id).where(BonusOp.reverses_id == op.id)).one()
    with pytest.raises(BadPosting, match="not-reversible"):
        reverse(back, club_make.why(), actor=actor_of(cast.boris), now=now)


def test_whoever_spent_points_of_another_offices_card_takes_the_own_press_back_the_same_day(browse, cast, card, url):
    vera, fields = browse(cast.vera), {"spend_points": "300", "what": "Магнит", "cost": "1000", "receipt": "", "form_key": "k"}
    page = vera.follow(f"{url}/spending", fields)
    op = db.session.scalars(select(BonusOp).where(BonusOp.kind == "spending")).one()
    back = f"{url}/reversals/{op.id}"
    assert "Сегодня вы списали: 300 бонусов" in page.text and f'href="{back}"' in page.html
    given = club_make.give(card, 5, now=NOW)
    assert vera.get(f"{url}/reversals/{given.id}").status == 404
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        later = browse(cast.vera)
        assert back not in later.get(url).html and later.get(back).status == 404
        assert later.post(back).status == 404
    vera = browse(cast.vera)
    assert "Бонусы вернутся на карту" in vera.get(back).text
    page = vera.follow(back)
    assert "1 005 бонусов" in page.text and back not in page.html
    assert vera.post(back).status == 303 and head_of(card.id).balance == 1005


@pytest.mark.parametrize("who", ["olga", "boris"])
def test_the_page_sends_to_the_trip_whoever_wants_points_of_a_sale_back(browse, cast, card, url, now, anna, who):
    trip = make.trip(anna, purchase=NOW.date(), departure=NOW.date() + timedelta(days=9), back=NOW.date() + timedelta(days=16),
                     seller=cast.olga, now=now, price_kopecks=10_000_000)
    row = use_card(trip.id, card.id, spend=100, key="k", actor=actor_of(cast.olga), now=now)
    person, back = browse(getattr(cast, who)), f"{url}/reversals/{row.spend_op_id}"
    page = person.get(back)
    assert page.status == 200 and "Это относится к поездке" in page.text and f'href="/trips/{trip.id}"' in page.html
    assert "Отменить операцию" not in page.text
    page = person.post(back, {"reason": "x"})
    assert page.status == 422 and "снимите карту там" in page.text and head_of(card.id).balance == 900


def test_a_director_of_another_office_takes_the_own_payment_back_and_nobody_elses(browse, cast, card, url, now):
    far = replace(actor_of(cast.vera), hats=frozenset({"director"}))
    own = spend(card.id, 100, what="x", cost_kopecks=100_000, office=cast.east, key="a", actor=far, now=now)
    other = spend(card.id, 50, what="x", cost_kopecks=100_000, office=cast.main, key="b", actor=actor_of(cast.olga), now=now)
    with pytest.raises(NotAllowed, match="not-your-points"):
        undo(other.id, reason="x", actor=far, now=now)
    undo(own.id, reason="касса", actor=far, now=now)
    assert head_of(card.id).balance == 950
