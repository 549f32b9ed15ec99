"""Staff find a card, see of it what they may, sell it, and read its statement."""

from datetime import timedelta

import club_make
import make
import pytest
import time_machine
from conftest import NOW
from crowd import at_once
from sqlalchemy import event, func, select

from webapp.club.actions.cards import Sale, block, replace_card
from webapp.club.actions.granting import put_right
from webapp.club.actions.joining import merge_cards
from webapp.club.models import Card, CardEvent, CardNumber, card_by, cards_of, number_of
from webapp.club.number_rules import check_digit, display
from webapp.db import db, transaction
from webapp.desk.integrity import inspect
from webapp.staff.audit import actor_of


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
    return club_make.card(anna, cast.main, points=1840, now=now - timedelta(days=10), seller_id=cast.olga.id)


@pytest.fixture
def far(cast, now):
    """A card of another office."""
    owner = make.client(cast.east, last="Дальняя", first="Зоя", phone="+79990000001", email=None, now=now)
    return club_make.card(owner, cast.east, points=700, now=now)


def queries(browser, url):
    """How many statements one page costs."""
    seen = []
    count = lambda *args: seen.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", count)
    page = browser.get(url)
    event.remove(db.engine, "before_cursor_execute", count)
    assert page.status == 200
    return len(seen)


def sale(client, **more):
    fields = {"client": client.id, "price": "500", "number": "", "receipt": "77", "form_key": "key-1", **more}
    return {name: str(value) for name, value in fields.items() if value is not None}


def shown(card):
    """The number as the page reader gives it."""
    return display(number_of(card.id)).replace("\u00a0", " ")


def blank(number="10000001"):
    """A number nobody has, with its check digit."""
    return number + check_digit(number)


def test_an_empty_agency_is_invited_to_sell_its_first_card(browse, cast):
    page = browse(cast.olga).get("/cards")
    assert "Продайте первую карту" in page.text
    assert page.root.one("input", type="search").attrs["name"] == "q"


@pytest.mark.parametrize("typed", ["{}", "{0[0]}{0[1]}{0[2]}{0[3]} {0[4]}{0[5]}{0[6]}{0[7]}-{0[8]}",
                                   "https://snova.example/c/{}"])
def test_a_number_in_any_spelling_leads_to_the_card(browse, cast, card, typed):
    number = number_of(card.id)
    answer = browse(cast.olga).get("/cards", query_string={"q": typed.format(number)})
    assert (answer.status, answer.location) == (303, f"/cards/{number}")


def test_a_wrong_digit_is_explained_and_leads_nowhere(browse, cast, card):
    number = number_of(card.id)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    page = browse(cast.olga).get(f"/cards?q={wrong}")
    assert page.status == 200 and "В номере ошибка" in page.text


def test_a_full_phone_finds_people_of_other_offices_with_name_and_balance_only(browse, cast, far):
    page = browse(cast.olga).get("/cards", query_string={"q": "8 999 000-00-01"})
    assert "Дальняя Зоя" in page.text and "700 бонусов" in page.text
    shown = browse(cast.olga).get(f"/cards/{number_of(far.id)}")
    assert "Дальняя Зоя" in shown.text and "700 бонусов" in shown.text
    assert "Выписка" not in shown.text and not shown.root.all("table")
    assert not [a for a in shown.root.all("a") if a.attrs.get("href", "").startswith("/clients/")]


def test_names_are_looked_for_in_the_own_offices_only(browse, cast, card, far):
    olga = browse(cast.olga)
    assert "Дальняя" not in olga.get("/cards", query_string={"q": "Дальняя"}).root.one("section", id="found").text
    found = olga.get("/cards", query_string={"q": "Иванова"}, htmx=True)
    assert shown(card) in found.text and not found.is_full


def test_a_client_without_a_card_is_offered_one(browse, cast, anna):
    page = browse(cast.olga).get("/cards", query_string={"q": "Иванова"})
    assert [a for a in page.root.all("a") if a.attrs.get("href") == f"/cards/new?client={anna.id}"]


def test_the_page_of_a_card_says_what_is_on_it_and_until_when(browse, cast, card):
    page = browse(cast.olga).get(f"/cards/{number_of(card.id)}")
    assert "1 840 бонусов = 1 840 ₽" in page.text
    assert "Сгорят 10 мая 2027" in page.text and "до 9 мая 2027 включительно" in page.text
    assert page.root.one("form", action=f"/cards/{number_of(card.id)}/presentation").one("button").text == "Предъявлена"


def test_a_void_number_stops_whoever_holds_it_and_leads_its_own_office_to_the_new_card(browse, cast, card):
    old = number_of(card.id)
    replace_card(card.id, Sale(), reason="потеряна", office=cast.main, actor=actor_of(cast.olga), now=NOW)
    olga = browse(cast.olga)
    page = olga.get(f"/cards/{old}?present=1")
    assert "Этот номер не действует: карта заменена (потеряна). Не обслуживайте по нему." in page.text
    assert display(old).replace("\u00a0", " ") in page.text and "Предъявлена" not in page.text
    assert [a for a in page.root.all("a") if a.attrs.get("href") == f"/cards/{number_of(card.id)}"]
    typed = olga.get("/cards", query_string={"q": old}, htmx=True)
    assert "Не обслуживайте по нему" in typed.text
    far = browse(cast.vera).get(f"/cards/{old}")
    assert "Карта другого офиса" in far.text and shown(card) not in far.text


def test_a_card_joined_with_another_says_so_and_names_the_one_that_lives_on(browse, cast, card, now):
    other = club_make.card(make.client(cast.main, last="Вторая", phone="+79160000002", email=None, now=now), cast.main, now=now)
    number = number_of(other.id)
    merge_cards(other.id, card.id, key="m", actor=club_make.CLUB, now=now)
    page = browse(cast.olga).get(f"/cards/{number}")
    assert "карту объединили с другой" in page.text and shown(card) in page.text


def test_a_wrong_number_in_an_address_is_answered_by_the_search(browse, cast):
    page = browse(cast.olga).get(f"/cards/{blank('20000001')}")
    assert page.status == 404 and "Карты с таким номером нет" in page.text
    assert page.root.one("input", type="search").attrs["value"] == blank("20000001")
    assert "девять цифр" in browse(cast.olga).get("/cards/123").text


def test_next_without_a_client_asks_for_one(browse, cast):
    page = browse(cast.olga).get("/cards/new", query_string={"q": "", "do": "next"})
    assert page.status == 422 and "Выберите клиента" in page.root.one("p", role="alert").text


def test_numbers_that_are_nobodys_are_no_page(browse, cast):
    with transaction() as session:
        session.add(CardNumber(number=blank(), made_at=NOW))
    olga = browse(cast.olga)
    assert olga.get("/cards/123").status == 404 and olga.get(f"/cards/{blank('20000001')}").status == 404
    assert f"/cards/new?number={blank()}" in olga.get(f"/cards?q={blank()}").html


def test_the_code_on_a_card_leads_staff_to_it_and_others_to_the_question_for_a_code(browse, cast, card):
    number = number_of(card.id)
    assert browse(cast.olga).get(f"/c/{number}").location == f"/cards/{number}?present=1"
    stranger = browse()
    for asked in (number, blank("30000001")):
        assert stranger.get(f"/c/{asked}").location == f"/balance?card={asked}"
    page = browse(cast.olga).get(f"/cards/{number}?present=1")
    assert [b.text for b in page.root.all("button", class_="btn--primary")] == ["Предъявлена"]


def test_a_card_is_sold_with_its_money_and_its_seller(browse, cast, anna):
    page = browse(cast.olga).follow("/cards/new", sale(anna))
    [card] = cards_of(anna.id)
    assert page.h1 == f"Карта {shown(card)}" and card.price_kopecks == 50_000
    row = db.session.scalars(select(CardEvent)).one()
    assert (row.kind, row.price_kopecks, row.receipt, row.seller_id) == ("sold", 50_000, "77", cast.olga.id)
    month = browse(cast.olga).get("/cards").text
    assert "Продано карт 1" in month and "500 ₽" in month


def test_a_price_of_nothing_makes_it_a_present(browse, cast, anna):
    browse(cast.olga).follow("/cards/new", sale(anna, price="0"))
    assert db.session.scalars(select(CardEvent.kind)).all() == ["given"]
    assert browse(cast.olga).get(f"/cards/new?client={anna.id}&gift=1").status == 200


def test_the_number_printed_on_the_plastic_is_taken_over(browse, cast, anna):
    browse(cast.olga).follow("/cards/new", sale(anna, number=display(blank())))
    assert card_by(blank()).client_id == anna.id


@pytest.mark.parametrize(("wrong", "said"), [
    ({"number": "100000010"}, "В номере ошибка"), ({"number": "12"}, "девять цифр"), ({"price": "много"}, "Введите сумму"),
    ({"price": ""}, "Введите цену"), ({"seller": "999"}, "Выберите, кто продал")])
def test_a_form_with_a_fault_keeps_what_was_typed(browse, cast, anna, wrong, said):
    who = cast.boris if "seller" in wrong else cast.olga
    page = browse(who).post("/cards/new", sale(anna, **wrong))
    assert page.status == 422 and said in page.text and not cards_of(anna.id)
    assert page.root.one("input", id="receipt").attrs["value"] == "77"


def test_a_second_card_is_refused_and_the_first_is_shown(browse, cast, anna, card):
    page = browse(cast.olga).post("/cards/new", sale(anna))
    assert page.status == 422 and shown(card) in page.text and len(cards_of(anna.id)) == 1


def test_a_client_of_another_office_gets_no_card_here(browse, cast, now):
    other = make.client(cast.east, last="Чужая", now=now)
    assert browse(cast.olga).get(f"/cards/new?client={other.id}").status == 404
    assert browse(cast.olga).post("/cards/new", sale(other)).status == 404


def test_a_manager_cannot_name_another_seller(browse, cast, anna):
    page = browse(cast.olga).follow("/cards/new", sale(anna, seller=cast.pavel.id))
    assert page.status == 200
    assert db.session.scalars(select(CardEvent.seller_id)).one() == cast.olga.id


def test_pressed_ten_times_at_once_it_is_sold_once(app, browse, cast, anna):
    fields, tabs = sale(anna), [browse(cast.olga).http for _ in range(10)]
    answers = at_once(app, 10, lambda number: tabs[number].post("/cards/new", data=fields).status_code)
    assert set(answers) == {303} and db.session.scalar(select(func.count()).select_from(Card)) == 1


def test_the_same_form_with_other_facts_is_told(browse, cast, anna):
    olga = browse(cast.olga)
    olga.post("/cards/new", sale(anna))
    assert olga.post("/cards/new", sale(anna, price="100")).status == 409 and len(cards_of(anna.id)) == 1


def test_the_client_is_found_by_typing_without_scripts(browse, cast, anna):
    page = browse(cast.olga).get("/cards/new", query_string={"q": "Иван", "gift": "1"})
    choice = page.root.one("input", id=f"client-{anna.id}")
    assert choice.attrs["value"] == str(anna.id) and page.root.one("input", name="gift")
    assert page.root.one("form", action="/cards/new").attrs["method"] == "get"


def test_the_statement_tells_everything_on_paper_and_as_a_file(browse, cast, card, now):
    club_make.spend(card, 340, now=now)
    number = number_of(card.id)
    page = browse(cast.olga).get(f"/cards/{number}/statement")
    assert [row.one("td", class_="points__sum").text for row in page.root.one("tbody").all("tr")] == ["−340", "+1 840"]
    file = browse(cast.olga).get(f"/cards/{number}/statement?as=csv").response.get_data().decode("utf-8-sig")
    assert [line.split(";")[3:5] for line in file.splitlines()[1:]] == [["-340", "1500"], ["1840", "1840"]]


def test_what_colleagues_wrote_is_no_formula_in_a_file(browse, cast, card, now):
    put_right(card.id, 5, "=HYPERLINK(1)", key="k", actor=actor_of(cast.boris), now=now)
    file = browse(cast.olga).get(f"/cards/{number_of(card.id)}/statement?as=csv").response.get_data(as_text=True)
    assert "'=HYPERLINK" in file


def test_the_printed_card_carries_a_code_and_its_number(browse, cast, card):
    page = browse(cast.olga).get(f"/cards/{number_of(card.id)}/print")
    assert shown(card) in page.root.one("div", class_="plastic").text
    assert page.root.one("div", class_="plastic").one("svg")


def test_a_long_statement_is_read_by_the_page_and_costs_no_query_a_line(browse, cast, card, now):
    olga = browse(cast.olga)
    few = queries(olga, f"/cards/{number_of(card.id)}")
    for number in range(120):
        club_make.give(card, 1 + number, now=now)
    page = olga.get(f"/cards/{number_of(card.id)}")
    assert len(page.root.all("td", class_="points__sum")) == 50 and "50 из 121" in page.text
    assert queries(olga, f"/cards/{number_of(card.id)}") <= few
    more = olga.get(page.root.one("p", class_="pager").one("a").attrs["href"].split("#")[0])
    assert len(more.root.all("td", class_="points__sum")) == 121


def test_lists_cost_the_same_however_long_they_are(browse, cast, now):
    olga = browse(cast.olga)
    owners = [make.client(cast.main, last=f"Иванова{n}", phone=f"+7916000{n:04d}", email=None, now=now) for n in range(12)]
    for owner in owners[:2]:
        club_make.card(owner, cast.main, now=now)
    few = queries(olga, "/cards"), queries(olga, "/cards?q=Иванова"), queries(olga, "/cards/report")
    for owner in owners[2:]:
        club_make.card(owner, cast.main, now=now)
    many = queries(olga, "/cards"), queries(olga, "/cards?q=Иванова"), queries(olga, "/cards/report")
    assert all(after <= before for before, after in zip(few, many, strict=True)), (few, many)


def test_a_blocked_card_says_so_everywhere(browse, cast, card, anna):
    block(card.id, reason="потеряла", office=cast.main, actor=actor_of(cast.olga), now=NOW)
    olga = browse(cast.olga)
    page = olga.get(f"/cards/{number_of(card.id)}")
    assert "Карта заблокирована" in page.text and "Предъявлена" not in [b.text for b in page.root.all("button")]
    assert "заблокирована" in olga.get(f"/clients/{anna.id}").text


def test_the_client_s_page_shows_the_card_and_marks_it_presented_in_place(browse, cast, card, anna):
    olga = browse(cast.olga)
    page = olga.get(f"/clients/{anna.id}")
    section = page.root.one("h2", id="cards-title").parent.parent
    assert "1 840 бонусов" in section.text
    form = section.one("form")
    back = form.one("button").attrs
    answer = olga.post(form.attrs["action"], {back["name"]: back["value"]})
    assert (answer.status, answer.location) == (303, f"/clients/{anna.id}")


def test_operations_of_a_joined_card_stand_on_the_one_that_lives_on_and_are_taken_back_there(browse, cast, card, now):
    other = club_make.card(make.client(cast.main, last="Вторая", phone="+79160000002", email=None, now=now), cast.main, now=now)
    older = club_make.card(make.client(cast.main, last="Третья", phone="+79160000003", email=None, now=now), cast.main, now=now)
    op = club_make.give(older, 300, now=now)
    club_make.give(other, 90, now=now)
    spent = club_make.spend(other, 40, now=now)
    old = number_of(other.id)
    merge_cards(older.id, other.id, key="m1", actor=club_make.CLUB, now=now)
    merge_cards(other.id, card.id, key="m2", actor=club_make.CLUB, now=now)
    number, boris = number_of(card.id), browse(cast.boris)
    for path in ("", "/statement"):
        page = boris.get(f"/cards/{number}{path}")
        assert page.text.count("на карте, которую объединили с этой") == 3
        assert page.text.count("Две карты объединены") == 1
    links = [a.attrs["href"] for a in boris.get(f"/cards/{number}").root.all("a") if "/reversals/" in a.attrs.get("href", "")]
    assert {f"/cards/{number}/reversals/{one.id}" for one in (op, spent)} < set(links)
    for link in [*links, f"/cards/{old}/reversals/{op.id}"]:
        assert boris.get(link).status == 200
    assert browse(cast.vera).get(f"/cards/{old}/reversals/{op.id}").status == 404
    page = boris.follow(f"/cards/{number}/reversals/{op.id}", {"reason": "не тому"})
    assert "1 890 бонусов" in page.text
    assert inspect(now=now).faults == []
