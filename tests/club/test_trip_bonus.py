"""A card at the sale of a trip: counted by the server, noted once, taken off, put right with the price."""

from datetime import date, timedelta

import club_make
import make
import pytest
import time_machine
from conftest import NOW
from crowd import at_once
from page import Page
from sqlalchemy import func, select

from webapp.club.actions.cards import block, lend
from webapp.club.actions.ledger import reverse
from webapp.club.actions.sales import recount, take_off, use_card
from webapp.club.actions.settling import settle_repriced, settle_returned, settle_trips
from webapp.club.card_plans import TRIP_POINTS
from webapp.club.integrity import faults
from webapp.club.models import TERMS, Level, TripBonus, head_of, number_of
from webapp.club.sale_rules import Terms, terms_to
from webapp.db import db, transaction
from webapp.staff.audit import actor_of
from webapp.staff.models import Setting
from webapp.staff.rules import BadInput
from webapp.touches.models import Occasion
from webapp.trips.actions import TripData, cancel_trip, change_trip
from webapp.trips.models import Trip


@pytest.fixture(autouse=True)
def noon():
    """The clock stands still on Friday, 20 November 2026, 12:00 in Moscow."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(cast, now):
    with transaction():
        db.session.merge(Level(code="C", rank=1, name_ru="Гость", name_en="Guest", rate_bp=100))
    return make.client(cast.main, manager=cast.olga, now=now)


def data(price=10_000_000):
    return TripData(date(2026, 11, 20), date(2026, 12, 10), date(2026, 12, 20), destination="Анталья", price_kopecks=price)


@pytest.fixture
def trip(anna, cast, now):
    return make.trip(anna, purchase=date(2026, 11, 20), departure=date(2026, 12, 10), back=date(2026, 12, 20),
                     seller=cast.olga, now=now, price_kopecks=10_000_000)


@pytest.fixture
def card(anna, cast, now):
    return club_make.card(anna, cast.main, points=2000, now=now - timedelta(days=10))


def form(card="", **more):
    fields = {"bonus_card": card.id if card else "other", "bonus_number": "", "bonus_spend": "", "bonus_discount": "y",
              "bonus_key": "key-1", "do": "apply", **more}
    return {name: str(value) for name, value in fields.items() if value is not None}


def sums(page: Page):
    return [node.text for node in page.root.one("section", id="trip-bonus").all("dd")]


def row_of(trip):
    db.session.rollback()
    return db.session.query(TripBonus).filter_by(trip_id=trip.id).one_or_none()


def price(trip, kopecks, cast):
    change_trip(trip, data(kopecks), actor=actor_of(cast.olga), now=NOW)


def on_purchase(now):
    with transaction() as session:
        session.merge(Setting(key=TERMS, value=terms_to(Terms(accrue="purchase"))))


def test_the_trip_shows_what_the_card_would_do(browse, cast, trip, card):
    page = browse(cast.olga).get(f"/trips/{trip.id}")
    assert sums(page) == ["100 000 ₽", "−3 000 ₽", "97 000 ₽"]
    section = page.root.one("section", id="trip-bonus").text
    assert "970 бонусов придут 21 декабря 2026" in section and "Все 2 000" in section


@pytest.mark.parametrize("htmx", [False, True])
def test_the_server_counts_before_anything_is_noted(browse, cast, trip, card, htmx):
    page = browse(cast.olga).post(f"/trips/{trip.id}/bonus", form(card, do="count", bonus_spend="500"), htmx=htmx)
    assert page.status == 200 and page.is_full is not htmx
    assert sums(page) == ["100 000 ₽", "−3 000 ₽", "−500 ₽", "96 500 ₽"] and row_of(trip) is None
    everything = browse(cast.olga).post(f"/trips/{trip.id}/bonus", form(card, do="all", bonus_discount=None), htmx=htmx)
    assert sums(everything) == ["100 000 ₽", "−2 000 ₽", "98 000 ₽"]


def test_applied_the_points_are_spent_and_others_are_pending(browse, cast, trip, card):
    page = browse(cast.olga).follow(f"/trips/{trip.id}/bonus", form(card, bonus_spend="2 000"))
    assert sums(page) == ["100 000 ₽", "−3 000 ₽", "−2 000 ₽", "95 000 ₽"] and head_of(card.id).balance == 0
    assert "950 бонусов придут 21 декабря" in page.text
    assert "950 бонусов придут после возвращения" in browse(cast.olga).get(f"/cards/{number_of(card.id)}").text


def test_pressed_ten_times_at_once_it_is_noted_once(app, browse, cast, trip, card):
    tabs = [browse(cast.olga).http for _ in range(10)]
    fields, url = form(card, bonus_spend="300"), f"/trips/{trip.id}/bonus"
    assert set(at_once(app, 10, lambda n: tabs[n].post(url, data=fields).status_code)) == {303}
    assert head_of(card.id).balance == 1700 and row_of(trip).spent_points == 300


def test_taken_off_the_points_come_back_and_another_card_may_be_shown(browse, cast, trip, card):
    olga = browse(cast.olga)
    olga.follow(f"/trips/{trip.id}/bonus", form(card, bonus_spend="300"))
    assert olga.post(f"/trips/{trip.id}/bonus", form(card, bonus_key="key-2")).status == 422
    for _ in range(2):
        olga.follow(f"/trips/{trip.id}/bonus/removal", {"turn": "1"})
    assert head_of(card.id).balance == 2000 and row_of(trip).state == "none"
    olga.follow(f"/trips/{trip.id}/bonus", form(card, bonus_spend="100", bonus_key="key-3"))
    assert head_of(card.id).balance == 1900


@pytest.mark.parametrize(("typed", "said"), [
    ("30001", "На карте только 2 000 бонусов"), ("минус", "целое число"), ("-5", "целое число")])
def test_too_many_points_are_refused_beside_the_field_with_everything_kept(browse, cast, trip, card, typed, said):
    for wish in ("count", "apply"):
        page = browse(cast.olga).post(f"/trips/{trip.id}/bonus", form(card, bonus_spend=typed, do=wish))
        assert page.status == 422 and said in page.root.one("section", id="trip-bonus").text
        assert page.root.one("input", id="bonus_spend").attrs["value"] == typed and row_of(trip) is None


def test_the_card_of_a_friend_stands_first_and_its_owner_gets_the_points(browse, cast, trip, card, now):
    owner = make.client(cast.main, last="Подругина", phone="+79160000007", email=None, now=now)
    lent = club_make.card(owner, cast.main, now=now)
    lend(lent.id, to=trip.client, name="", office=cast.main, actor=actor_of(cast.olga), now=now)
    olga = browse(cast.olga)
    first = olga.get(f"/trips/{trip.id}").root.one("section", id="trip-bonus").all("input", type="radio")[0]
    assert first.attrs["value"] == str(lent.id)
    olga.follow(f"/trips/{trip.id}/bonus", form(lent))
    settle_returned(trip.id, now=now + timedelta(days=40))
    assert head_of(lent.id).balance == 970 and head_of(card.id).balance == 2000


def test_any_card_of_the_network_is_taken_by_its_number(browse, cast, trip, now):
    far = club_make.card(make.client(cast.east, last="Дальняя", phone="+79990000001", email=None, now=now), cast.east, now=now)
    olga = browse(cast.olga)
    panel = olga.get(f"/trips/{trip.id}").root.one("section", id="trip-bonus")
    assert "У клиента нет карты" in panel.text and [a for a in panel.all("a") if "/cards/new?client=" in a.attrs["href"]]
    page = olga.follow(f"/trips/{trip.id}/bonus", form(bonus_number=number_of(far.id)))
    assert "карта друга: Дальняя Анна" in page.text


@pytest.mark.parametrize(("number", "said"), [("", "Введите или отсканируйте"), ("123", "девять цифр"), ("blocked", "заблокирована")])
def test_a_number_that_cannot_be_used_is_explained(browse, cast, trip, now, number, said):
    if number == "blocked":
        other = club_make.card(make.client(cast.main, last="Х", phone="+79160000003", email=None, now=now), cast.main, now=now)
        block(other.id, reason="x", office=cast.main, actor=actor_of(cast.olga), now=now)
        number = number_of(other.id)
    page = browse(cast.olga).post(f"/trips/{trip.id}/bonus", form(bonus_number=number))
    assert page.status == 422 and said in page.text


def test_a_trip_without_a_price_asks_for_it(browse, cast, anna, card, now):
    trip = make.trip(anna, purchase=date(2026, 11, 20), departure=date(2026, 12, 10), back=date(2026, 12, 20),
                     seller=cast.olga, now=now)
    panel = browse(cast.olga).get(f"/trips/{trip.id}").root.one("section", id="trip-bonus")
    assert "Вписать цену" in panel.text and not panel.all("form")


def test_trips_of_others_are_read_only(browse, cast, trip, card):
    pavel = browse(cast.pavel)
    assert not pavel.get(f"/trips/{trip.id}").root.one("section", id="trip-bonus").all("form")
    assert pavel.post(f"/trips/{trip.id}/bonus", form(card)).status in (403, 409) and row_of(trip) is None
    assert browse(cast.vera).get(f"/trips/{trip.id}/bonus").status == 404


def test_more_than_the_share_of_the_price_is_refused_with_that_reason(browse, cast, trip, card, now):
    club_make.give(card, 100_000, now=now)
    page = browse(cast.olga).post(f"/trips/{trip.id}/bonus", form(card, bonus_spend="30001"))
    assert page.status == 422 and "оплатить до 30 % цены: в этой поездке не больше 30 000" in page.text


def test_a_blocked_card_is_named_to_those_who_may_not_note_it(browse, cast, trip, card):
    block(card.id, reason="x", office=cast.main, actor=actor_of(cast.olga), now=NOW)
    for person in (cast.olga, cast.pavel):
        panel = browse(person).get(f"/trips/{trip.id}").root.one("section", id="trip-bonus")
        assert "заблокирована" in panel.text and "нет карты" not in panel.text and "Карты пока нет" not in panel.text


def test_a_new_trip_names_the_card_of_its_client_and_leads_to_its_panel(browse, cast, trip, card):
    olga = browse(cast.olga)
    page = olga.get(f"/trips/new?client={trip.client_id}")
    assert "2 000 бонусов, скидка 3 %" in page.root.one("section", id="trip-client").text
    assert olga.get(f"/trips/{trip.id}").root.one("div", id="beside").one("section", id="trip-bonus")


def test_the_question_before_cancelling_says_what_becomes_of_the_points(browse, cast, trip, card, now):
    olga = browse(cast.olga)
    assert "Карта" not in olga.get(f"/trips/{trip.id}/cancellation").root.one("ul", class_="bullets").text
    olga.follow(f"/trips/{trip.id}/bonus", form(card, bonus_spend="300"))
    said = olga.get(f"/trips/{trip.id}/cancellation").text
    assert "Вернётся на карту: 300 бонусов. Не придёт за поездку: 967 бонусов." in said
    settle_returned(trip.id, now=now + timedelta(days=40))
    club_make.spend(card, 2600, now=now)
    said = olga.get(f"/trips/{trip.id}/cancellation").text
    assert "Снимется, потому что пришло за поездку: 967 бонусов." in said
    assert "Уйдёт в долг карты, потому что уже потрачено: 600 бонусов." in said


def test_a_cancelled_trip_tells_what_was_given_back(browse, cast, trip, card, now):
    browse(cast.olga).follow(f"/trips/{trip.id}/bonus", form(card, bonus_spend="300"))
    cancel_trip(trip, reason="передумали", actor=actor_of(cast.olga), now=now)
    assert "вернутся" in browse(cast.olga).get(f"/trips/{trip.id}/bonus").text
    settle_trips(now=now)
    assert "300 бонусов вернулись на карту" in browse(cast.olga).get(f"/trips/{trip.id}/bonus").text
    assert head_of(card.id).balance == 2000


def test_the_discount_follows_the_price_on_a_press(browse, cast, trip, card):
    olga = browse(cast.olga)
    olga.follow(f"/trips/{trip.id}/bonus", form(card))
    price(trip, 12_000_000, cast)
    assert "Записана скидка 3 000 ₽, а по нынешней цене она 3 600 ₽" in olga.get(f"/trips/{trip.id}").text
    page = olga.follow(f"/trips/{trip.id}/bonus/recount")
    assert sums(page) == ["120 000 ₽", "−3 600 ₽", "116 400 ₽"]


def test_points_that_came_at_the_purchase_are_put_right_when_the_price_changes(cast, trip, card, now):
    on_purchase(now)
    use_card(trip.id, card.id, key="k", actor=actor_of(cast.olga), now=now)
    assert head_of(card.id).balance == 2970
    price(trip, 5_000_000, cast)
    before = db.session.get(type(card), card.id).active_on
    settle_trips(now=now + timedelta(days=1))
    assert head_of(card.id).balance == 2000 + 470 and row_of(trip).turn == 2
    # The client has heard of points once; what an office puts right is no news.
    assert db.session.scalar(select(func.count()).select_from(Occasion).where(Occasion.kind == TRIP_POINTS)) == 1
    settle_trips(now=now + timedelta(days=2))
    assert head_of(card.id).balance == 2470 and db.session.get(type(card), card.id).active_on == before
    price(trip, None, cast)
    settle_trips(now=now + timedelta(days=3))
    assert (head_of(card.id).balance, row_of(trip).state) == (2000, "open")


def test_points_spent_meanwhile_become_a_debt_that_the_right_ones_pay(cast, trip, card, now):
    on_purchase(now)
    use_card(trip.id, card.id, key="k", actor=actor_of(cast.olga), now=now)
    club_make.spend(card, 2900, now=now)
    price(trip, 5_000_000, cast)
    assert settle_repriced(trip.id, now=now) and not settle_repriced(trip.id, now=now)
    assert (head_of(card.id).balance, head_of(card.id).debt) == (0, 430)
    recount(trip.id, actor=actor_of(cast.olga), now=now)
    assert head_of(card.id).worth == 2000 + (5_000_000 - 150_000) // 10_000 - 2900


def test_a_cancelled_trip_gives_the_right_points_back_after_its_price_changed(cast, trip, card, now):
    on_purchase(now)
    use_card(trip.id, card.id, spend=100, key="k", actor=actor_of(cast.olga), now=now)
    price(trip, 5_000_000, cast)
    settle_trips(now=now)
    cancel_trip(trip, reason="передумали", actor=actor_of(cast.olga), now=now)
    settle_trips(now=now)
    assert head_of(card.id).balance == 2000 and head_of(card.id).debt == 0


def terms_are(**more) -> None:
    with transaction():
        db.session.merge(Setting(key=TERMS, value=terms_to(Terms(**more))))


def test_a_price_that_falls_gives_the_points_beyond_its_share_back(card, trip, cast, now) -> None:
    olga = actor_of(cast.olga)
    use_card(trip.id, card.id, spend=1500, key="k", actor=olga, now=now)
    change_trip(trip, data(200_000), actor=olga, now=now)
    recount(trip.id, actor=olga, now=now)
    recount(trip.id, actor=olga, now=now)
    row = db.session.scalars(select(TripBonus)).one()
    assert row.spent_points == 600 and club_make.balance(card) == 2000 - 600


def test_a_stale_page_takes_nothing_off_that_was_noted_since(card, trip, cast, now) -> None:
    olga = actor_of(cast.olga)
    use_card(trip.id, card.id, key="k", actor=olga, now=now)
    take_off(trip.id, key="1", turn=1, actor=olga, now=now)
    use_card(trip.id, card.id, spend=300, key="k2", actor=olga, now=now)
    with pytest.raises(BadInput, match="changed"):
        take_off(trip.id, key="1", turn=1, actor=olga, now=now)
    assert club_make.balance(card) == 2000 - 300


def test_points_that_came_at_once_go_with_a_card_noted_by_mistake(card, trip, cast, now) -> None:
    terms_are(accrue="purchase")
    use_card(trip.id, card.id, key="k", actor=actor_of(cast.olga), now=now)
    assert club_make.balance(card) > 2000
    take_off(trip.id, key="1", turn=1, actor=actor_of(cast.olga), now=now)
    assert club_make.balance(card) == 2000


def test_points_that_come_at_once_come_with_a_price_written_later(card, trip, cast, now) -> None:
    olga = actor_of(cast.olga)
    terms_are(accrue="purchase")
    change_trip(trip, data(None), actor=olga, now=now)
    use_card(trip.id, card.id, key="k", actor=olga, now=now)
    change_trip(trip, data(10_000_000), actor=olga, now=now)
    assert settle_trips(now=now)["accrued"] == 1 and club_make.balance(card) == 2000 + 1000


def test_a_return_moved_ahead_takes_its_points_along(card, trip, cast, now) -> None:
    use_card(trip.id, card.id, key="k", actor=actor_of(cast.olga), now=now)
    later = now + timedelta(days=(trip.return_on - now.date()).days + 1)
    assert settle_trips(now=later)["accrued"] == 1
    with transaction():
        trip.return_on += timedelta(days=90)
    assert settle_trips(now=later)["repriced"] == 1 and club_make.balance(card) == 2000
    assert settle_trips(now=later) == {"accrued": 0, "reversed": 0, "repriced": 0}
    assert settle_trips(now=later + timedelta(days=91))["accrued"] == 1


def test_a_cancellation_seen_only_after_months_still_gives_back_what_was_spent(card, trip, cast, now) -> None:
    use_card(trip.id, card.id, spend=500, key="k", actor=actor_of(cast.olga), now=now)
    cancel_trip(trip, reason="нет", actor=actor_of(cast.olga), now=now)
    assert settle_trips(now=now + timedelta(days=200))["reversed"] == 1 and club_make.balance(card) == 2000


def test_points_given_to_a_card_long_unused_live_a_month_at_least(card, now) -> None:
    later = now + timedelta(days=270)
    club_make.give(card, 500, now=later)
    assert card.burn_on == later.date() + timedelta(days=31)


def test_the_card_of_a_trip_is_presented_on_its_page(browse, cast, trip, card):
    olga = browse(cast.olga)
    olga.follow(f"/trips/{trip.id}/bonus", form(card))
    panel = olga.get(f"/trips/{trip.id}").root.one("section", id="trip-bonus")
    assert "Предъявлена сегодня" in panel.text and "Предъявлена" not in [b.text for b in panel.all("button")]
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        olga = browse(cast.olga)
        panel = olga.get(f"/trips/{trip.id}").root.one("section", id="trip-bonus")
        button = next(b for b in panel.all("button") if b.text == "Предъявлена")
        answer = olga.post(button.parent.attrs["action"], {button.attrs["name"]: button.attrs["value"]})
        assert (answer.status, answer.location) == (303, f"/trips/{trip.id}#trip-bonus")
        assert "Предъявлена сегодня" in olga.get(f"/trips/{trip.id}").root.one("section", id="trip-bonus").text


@pytest.mark.parametrize("price_now, says", [(10_000_000, True), (None, False)])
def test_a_card_sold_at_a_trip_is_said_to_be_not_noted_there_yet(browse, cast, trip, anna, price_now, says):
    price(trip, price_now, cast)
    olga = browse(cast.olga)
    back = f"/trips/{trip.id}#trip-bonus"
    key = olga.get(f"/cards/new?client={anna.id}").root.one("input", name="form_key").attrs["value"]
    page = olga.follow("/cards/new", {"client": str(anna.id), "back": back, "price": "500", "form_key": key})
    assert "продана" in page.text and ("пока не применена: нажмите «Применить»" in page.text) is says


def test_the_page_of_a_client_says_that_the_card_was_presented_today(browse, cast, anna, card):
    olga = browse(cast.olga)
    url = f"/cards/{number_of(card.id)}/presentation"
    assert olga.get(f"/clients/{anna.id}").root.all("form", action=url)
    olga.post(url)
    page = olga.get(f"/clients/{anna.id}")
    assert "Предъявлена сегодня" in page.text and not page.root.all("form", action=url)


def test_a_sale_without_the_discount_stays_one_when_it_is_counted_anew(card, trip, cast, now) -> None:
    use_card(trip.id, card.id, with_discount=False, key="k", actor=actor_of(cast.olga), now=now)
    price(trip, 12_000_000, cast)
    assert recount(trip.id, actor=actor_of(cast.olga), now=now).discount_kopecks == 0


@pytest.mark.parametrize(("kopecks", "spent", "debt"), [(300_000, 900, 900), (100_000, 300, 300), (None, 0, 0)])
def test_counted_anew_a_debt_swallows_no_more_than_what_comes_back(browse, cast, anna, now, kopecks, spent, debt) -> None:
    card = club_make.card(anna, cast.main, now=now)
    given = club_make.give(card, 1000, now=now)
    cheap = make.trip(anna, purchase=date(2026, 11, 20), departure=date(2026, 12, 10), back=date(2026, 12, 20),
                      seller=cast.olga, now=now, price_kopecks=1_000_000)
    use_card(cheap.id, card.id, spend=1000, key="k", actor=actor_of(cast.olga), now=now)
    reverse(given.id, club_make.why(), actor=club_make.CLUB, now=now)
    club_make.give(card, 200, now=now, kind="compensation")
    assert (head_of(card.id).balance, head_of(card.id).debt) == (200, 1000)
    price(cheap, kopecks, cast)
    olga = browse(cast.olga)
    for _twice in range(2):
        assert "Пересчитано по нынешней цене" in olga.follow(f"/trips/{cheap.id}/bonus/recount").text
        assert (row_of(cheap).spent_points, head_of(card.id).balance, head_of(card.id).debt) == (spent, 200, debt)
    cancel_trip(db.session.get(Trip, cheap.id), reason="нет", actor=actor_of(cast.olga), now=now)
    settle_trips(now=now)
    assert (head_of(card.id).balance, head_of(card.id).debt) == (200, 0) and list(faults()) == []


def test_a_price_beyond_all_measure_is_said_in_words(browse, cast, trip, card, now) -> None:
    on_purchase(now)
    use_card(trip.id, card.id, key="k", actor=actor_of(cast.olga), now=now)
    before = head_of(card.id)
    price(trip, 10 ** 15, cast)
    page = browse(cast.olga).follow(f"/trips/{trip.id}/bonus/recount")
    assert "Проверьте цену поездки" in page.text and head_of(card.id) == before
    take_off(trip.id, key="1", actor=actor_of(cast.olga), now=now)
    page = browse(cast.olga).post(f"/trips/{trip.id}/bonus", form(card))
    assert page.status == 422 and "Проверьте цену поездки" in page.text and row_of(trip).state == "none"


def test_a_removal_that_does_not_say_of_what_takes_nothing_off(browse, cast, trip, card, now) -> None:
    use_card(trip.id, card.id, spend=100, key="k", actor=actor_of(cast.olga), now=now)
    assert "уже изменил" in browse(cast.olga).follow(f"/trips/{trip.id}/bonus/removal").text
    assert row_of(trip).state == "open" and head_of(card.id).balance == 1900


def test_points_that_came_at_the_sale_stay_when_the_terms_change(browse, card, trip, cast, now) -> None:
    olga = actor_of(cast.olga)
    terms_are(accrue="purchase")
    use_card(trip.id, card.id, key="k", actor=olga, now=now)
    club_make.spend(card, 2970, now=now)
    terms_are(accrue="return")
    assert settle_trips(now=now + timedelta(days=2)) == {"accrued": 0, "reversed": 0, "repriced": 0}
    assert head_of(card.id).debt == 0 and row_of(trip).state == "accrued"
    # A price that changes is still followed, and a card noted by mistake still goes off.
    change_trip(db.session.get(Trip, trip.id), data(12_000_000), actor=olga, now=now)
    settle_trips(now=now + timedelta(days=2))
    assert club_make.balance(card) == 1170 - 970
    assert "Снять карту" in browse(cast.olga).get(f"/trips/{trip.id}").text


def test_points_that_were_promised_for_the_return_come_then_whatever_the_terms_say_now(card, trip, cast, now) -> None:
    use_card(trip.id, card.id, key="k", actor=actor_of(cast.olga), now=now)
    terms_are(accrue="purchase")
    assert settle_trips(now=now + timedelta(days=1))["accrued"] == 0
    assert settle_trips(now=now + timedelta(days=31))["accrued"] == 1
    with transaction():
        trip.return_on += timedelta(days=90)
    assert settle_trips(now=now + timedelta(days=31))["repriced"] == 1 and club_make.balance(card) == 2000
