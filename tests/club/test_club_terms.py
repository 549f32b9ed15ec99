"""Terms of the club, numbers for the printing house, the report: who sets, who reads, and that the sums are right."""

from datetime import date, timedelta

import club_make
import make
import pytest
import time_machine
from conftest import NOW
from crowd import at_once
from sqlalchemy import func, select

from webapp.batches.actions import run_batches
from webapp.club import report
from webapp.club.actions.cards import Sale, issue_card
from webapp.club.actions.terms import change_terms
from webapp.club.chart_rules import BOTTOM, HIGH, TOP, columns
from webapp.club.models import Card, CardNumber, cards_of, terms
from webapp.club.number_rules import is_number
from webapp.club.sale_rules import Terms
from webapp.db import db
from webapp.staff.audit import actor_of
from webapp.staff.models import AuditEntry
from webapp.staff.rules import BadInput, NotAllowed

FORM = {"price": "500", "discount": "3", "share": "30", "months": "6", "accrue": "return", "inviter": "1 000",
        "friend": "500", "welcome_back": "1000"}


@pytest.fixture(autouse=True)
def noon():
    """The clock stands still on Friday, 20 November 2026, 12:00 in Moscow."""
    with time_machine.travel(NOW, tick=False):
        yield


def owner(office, number, now):
    return make.client(office, last=f"Клиент{number}", phone=f"+7916{number:07d}", email=None, now=now)


def test_administrators_set_the_terms_and_directors_read_them_with_an_example(browse, cast):
    page = browse(cast.boris).get("/admin/club")
    assert "Поездка за 100 000 ₽: скидка 3 000 ₽, и ещё до 30 000 бонусов" in page.text and not page.root.all("form", action="/admin/club")
    assert browse(cast.boris).post("/admin/club", FORM).status == 404 and browse(cast.olga).get("/admin/club").status == 404
    page = browse(cast.anna).follow("/admin/club", {**FORM, "discount": "2,5", "price": "0", "accrue": "purchase"})
    assert "скидка 2 500 ₽" in page.text
    assert (terms().discount_bp, terms().price_kopecks, terms().accrue) == (250, 0, "purchase")


def test_the_log_tells_old_and_new_terms_in_words(browse, cast):
    browse(cast.anna).follow("/admin/club", {**FORM, "share": "50"})
    browse(cast.anna).follow("/admin/club", {**FORM, "share": "50"})
    assert db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.subject == "club")) == 1
    log = browse(cast.anna).get("/admin/log").text
    assert "Изменил(а) условия бонусного клуба" in log and "30 %" in log and "50 %" in log


@pytest.mark.parametrize(("field", "wrong"), [
    ("price", "-1"), ("discount", "51"), ("discount", "3.333"), ("share", "101"), ("months", "0"), ("months", "61"),
    ("accrue", "never"), ("inviter", "-5"), ("friend", "2000000"), ("welcome_back", "x"), ("months", "")])
def test_terms_that_make_no_sense_are_refused_with_everything_kept(browse, cast, field, wrong):
    page = browse(cast.anna).post("/admin/club", {**FORM, "inviter": "777", field: wrong})
    assert page.status == 422 and terms() == Terms()
    if field == "months" and wrong:
        assert "сколько месяцев живут бонусы: от 1 до 60" in page.text
    if field != "inviter":
        assert page.root.one("input", id="inviter").attrs["value"] == "777"


def test_the_model_refuses_others_and_nonsense(cast, now):
    with pytest.raises(NotAllowed):
        change_terms(Terms(months=12), actor=actor_of(cast.boris), now=now)
    with pytest.raises(BadInput):
        change_terms(Terms(months=0), actor=actor_of(cast.anna), now=now)


def test_another_life_of_points_counts_every_card_anew_as_long_work(browse, cast, now):
    cards = [club_make.card(owner(cast.main, n, now), cast.main, points=10 * (n % 2), now=now) for n in range(5)]
    answer = browse(cast.anna).post("/admin/club", {**FORM, "months": "12", "sure": "6-12"})
    assert answer.location.startswith("/jobs/")
    assert "пересчитываются" in browse(cast.anna).get("/admin/club").text
    run_batches(now=lambda: NOW)
    db.session.rollback()
    days = [db.session.get(Card, card.id, populate_existing=True).burn_on for card in cards]
    assert days == [None, date(2027, 11, 20), None, date(2027, 11, 20), None]
    job = browse(cast.anna).get(answer.location)
    assert job.status == 200 and "Карт с новым днём" in job.text and "5" in job.text


def test_another_life_of_points_is_told_in_figures_before_it_is_saved(browse, cast, now):
    for number, age in enumerate((60, 100, 130)):
        club_make.card(owner(cast.main, number, now), cast.main, points=100, now=now - timedelta(days=age))
    anna = browse(cast.anna)
    asked = anna.post("/admin/club", {**FORM, "months": "3", "price": "700", "sure": "6-4"})
    assert asked.status == 422 and terms().months == 6
    section = asked.root.one("section", id="impact").text
    assert "Сейчас за 60 дней сгорит 100 бонусов на 1 карте; с новым сроком – 300 бонусов на 3 картах." in section
    assert "28 дней после предупреждения" in section
    typed = {name: asked.root.one("input", name=name).attrs["value"] for name in ("months", "price", "sure")}
    assert typed == {"months": "3", "price": "700", "sure": "6-3"}
    assert anna.post("/admin/club", {**FORM, **typed}).location.startswith("/jobs/")
    assert (terms().months, terms().price_kopecks) == (3, 70_000)
    run_batches(now=lambda: NOW)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(Card.burn_on <= NOW.date() + timedelta(days=60))) == 3


def test_terms_that_leave_the_life_of_points_ask_nothing(browse, cast):
    assert browse(cast.anna).post("/admin/club", {**FORM, "price": "600"}).status == 303


def test_numbers_for_plastic_are_drawn_once_and_are_good(app, browse, cast):
    tabs = [browse(cast.anna).http for _ in range(10)]
    data = {"count": "300", "form_key": "k"}
    assert set(at_once(app, 10, lambda n: tabs[n].post("/admin/club/blanks", data=data).status_code)) == {303}
    numbers = db.session.scalars(select(CardNumber.number)).all()
    assert len(set(numbers)) == 300 and all(map(is_number, numbers))
    other = browse(cast.anna).post("/admin/club/blanks", {**data, "count": "7"})
    assert other.status == 409 and "уже отправлена" in other.text and other.root.one("input", name="count").attrs["value"] == "7"
    assert db.session.scalar(select(func.count()).select_from(CardNumber)) == 300


@pytest.mark.parametrize("count", ["0", "5001", "", "много"])
def test_too_many_numbers_are_refused(browse, cast, count):
    assert browse(cast.anna).post("/admin/club/blanks", {"count": count, "form_key": "k"}).status == 422
    assert browse(cast.boris).post("/admin/club/blanks", {"count": "5", "form_key": "k"}).status == 404


def test_the_printing_house_gets_numbers_and_codes_and_the_list_says_how_many_are_used(browse, cast, now):
    anna = browse(cast.anna)
    page = anna.follow("/admin/club/blanks", {"count": "3", "form_key": "k"})
    url = page.root.one("tbody").one("a").attrs["href"]
    lines = anna.get(url).response.get_data().decode("utf-8-sig").splitlines()[1:]
    number, spaced, code = lines[0].split(";")
    assert is_number(number) and spaced.replace(" ", "") == number and code.endswith(f"/c/{number}")
    issue_card(owner(cast.main, 1, now), Sale(number=number), office=cast.main, actor=actor_of(cast.olga), now=now)
    assert [cell.text for cell in browse(cast.boris).get("/admin/club/blanks").root.one("tbody").all("td")][:2] == ["3", "1"]
    assert anna.get("/admin/club/blanks/none.csv").status == 404


def sold(cast, now):
    """Three cards of two months in two offices, one a present; with points issued, spent and put right."""
    def hand_out(office, number, price, seller, at):
        sale = Sale(price_kopecks=price, seller_id=seller.id)
        return issue_card(owner(office, number, now), sale, office=office, actor=club_make.CLUB, now=at)
    first = hand_out(cast.main, 1, 50_000, cast.olga, now - timedelta(days=40))
    hand_out(cast.main, 2, 0, cast.pavel, now)
    hand_out(cast.east, 3, 70_000, cast.vera, now)
    club_make.give(first, 900, now=now - timedelta(days=40))
    club_make.spend(first, 200, now=now)


def test_the_report_counts_by_month_office_and_seller(cast, now):
    sold(cast, now)
    months = report.months_until(NOW.date(), 12)
    both = report.sales(months, [cast.main.id, cast.east.id])
    assert months[0] == date(2025, 12, 1) and both.total == report.Cards(2, 1, 0, 120_000)
    assert both.by_place[(date(2026, 10, 1), cast.main.id)] == report.Cards(1, 0, 0, 50_000)
    assert both.by_seller["Павел Дроздов"] == report.Cards(0, 1, 0, 0)
    points = report.points(months, [cast.main.id])
    assert points[date(2026, 10, 1)] == report.Points(issued=900, owed=900)
    assert points[date(2026, 11, 1)] == report.Points(spent=200, owed=700)


def test_points_added_by_hand_are_given_and_those_taken_by_hand_put_right(cast, now):
    card = club_make.card(owner(cast.main, 1, now), cast.main, points=1840, now=now)
    club_make.correct(card.id, -40, club_make.why(), actor=club_make.CLUB, now=now)
    month = date(2026, 11, 1)
    assert report.points([month], [cast.main.id]) == {month: report.Points(issued=1840, other=-40, owed=1800)}


def test_an_agency_without_a_card_sees_no_empty_axis(browse, cast, now):
    page = browse(cast.boris).get("/cards/report")
    assert "Карт пока нет" in page.text and not page.root.all("table") and not page.root.all("svg", class_="chart")
    sold(cast, now)
    assert browse(cast.boris).get("/cards/report").root.all("svg", class_="chart")


def test_managers_see_their_own_figures_directors_their_offices(browse, cast, now):
    sold(cast, now)
    olga, boris, nikolai = (browse(person).get("/cards/report").text for person in (cast.olga, cast.boris, cast.nikolai))
    assert "Продано карт 1" in olga and "Бонусы по месяцам" not in olga and "Павел" not in olga
    assert "Подарено карт 1" in boris and "Выручка 500 ₽" in boris and "700 бонусов" in boris
    assert "Выручка 1 200 ₽" in nikolai and "Сто дорог Восток" in nikolai
    east = browse(cast.nikolai).get(f"/cards/report?office={cast.east.id}&months=24").text
    assert "Выручка 700 ₽" in east
    assert "Выручка 500 ₽" in browse(cast.boris).get(f"/cards/report?office={cast.east.id}").text
    rows = browse(cast.boris).get("/cards/report?as=csv").response.get_data().decode("utf-8-sig").splitlines()
    assert rows[1:] == ["10.2026;Сто дорог;1;0;0;500", "11.2026;Сто дорог;0;1;0;0"]


def test_the_chart_has_a_column_for_every_month_and_words_for_those_who_hear_it(browse, cast, now):
    sold(cast, now)
    picture = browse(cast.olga).get("/cards/report").root.one("svg", class_="chart")
    assert picture.attrs["role"] == "img" and picture.attrs["aria-label"]
    assert len(picture.all("rect")) == 1 and len(picture.all("text", class_="chart__label")) == 12


def test_columns_stand_inside_the_drawing():
    made = columns([0, 5, 10], ["a", "b", "c"])
    assert [column.height for column in made] == [0, (HIGH - TOP - BOTTOM) / 2, HIGH - TOP - BOTTOM]
    assert all(column.y >= TOP and column.y + column.height <= HIGH for column in made)
    assert columns([], []) == []


def test_a_card_handed_out_twice_is_one_card(cast, now):
    anna = owner(cast.main, 9, now)
    issue_card(anna, Sale(), office=cast.main, actor=actor_of(cast.olga), now=now)
    assert len(cards_of(anna.id)) == 1
