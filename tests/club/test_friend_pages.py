"""Staff's pages of friends: the list with its filters, one friend, a friend named to us, the client's panel, the report."""

from datetime import timedelta

import make
import pytest
from crowd import at_once
from friend_make import FRIEND, calls, comes, fresh, travels
from page import Browser
from sqlalchemy import event, func, select

from webapp.clients.models import Client
from webapp.club.actions.inviting import close_invitation, invitation
from webapp.club.actions.rewarding import settle_friends
from webapp.club.inviting import code_of, invite_url
from webapp.club.models import Referral, cards_of, number_of
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.models import User
from webapp.trips.models import Trip


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def anna(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def row(anna, now):
    return comes(anna, now=now)


def queries(act) -> int:
    seen = []

    def count(_conn, _cursor, statement, *_rest):
        seen.append(statement)
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(seen)


def test_an_agency_without_friends_is_told_how_to_get_some(cast, browse):
    page = browse(cast.olga).get("/referrals")
    assert page.h1 == "Друзья клиентов" and "Приглашений нет" in page.text


def test_the_list_says_who_by_whom_and_when_to_call(cast, browse, row):
    page = browse(cast.olga).get("/referrals")
    for words in ("Мария Кузнецова", "+7 916 111-00-01", "Иванова Анна", "Позвонить", "Звонок"):
        assert words in page.text
    assert f"/touches/{row.touch_id}" in page.html


@pytest.mark.parametrize("show", ["open", "new", "talking", "travels", "rewarded", "refused", "lost", "all", "odd"])
def test_every_filter_opens_and_shows_its_own(cast, browse, row, show):
    page = browse(cast.olga).get(f"/referrals?show={show}")
    assert ("Мария Кузнецова" in page.text) == (show in ("open", "new", "all", "odd"))


def test_the_number_of_queries_does_not_grow_with_friends(cast, browse, anna, row, now):
    olga = browse(cast.olga)
    olga.get("/referrals")
    one = queries(lambda: olga.get("/referrals"))
    for number in range(20):
        comes(anna, now=now, phone=f"+7916222{number:04d}")
    assert queries(lambda: olga.get("/referrals")) <= one
    few = queries(lambda: olga.get("/referrals/report"))
    assert few <= one + 4


@pytest.mark.parametrize(("who", "sees"), [("olga", True), ("pavel", False), ("irina", True), ("boris", True),
                                           ("vera", False), ("nikolai", True)])
def test_managers_see_their_own_friends_service_and_directors_all(cast, browse, row, who, sees):
    person = browse(getattr(cast, who))
    assert ("Мария Кузнецова" in person.get("/referrals").text) == sees
    assert person.get(f"/referrals/{row.id}").status == (200 if sees else 404)
    assert ("Мария Кузнецова" in person.get("/referrals/list.csv").response.get_data(as_text=True)) == sees
    if not sees:
        assert person.post(f"/referrals/{row.id}/state", {"to": "lost"}).status == 404
        assert fresh(row).state == "new"


def test_administrators_have_no_friends(cast, browse, row):
    for url in ("/referrals", "/referrals/new", "/referrals/report", f"/referrals/{row.id}"):
        assert browse(cast.anna).get(url).status == 404


def test_a_friend_is_talked_to_given_up_and_refused_by_buttons(cast, browse, row):
    olga, url = browse(cast.olga), f"/referrals/{row.id}"
    assert "Общаемся" in olga.follow(f"{url}/state", {"to": "talking"}).text
    assert fresh(row).state == "talking"
    page = olga.post(f"{url}/state", {"to": "refused"})
    assert page.status == 422 and "почему" in page.text and fresh(row).state == "talking"
    page = olga.follow(f"{url}/state", {"to": "refused", "note": "Муж нашей клиентки, ездили вместе"})
    assert "Без награды" in page.text and "Муж нашей клиентки" in page.text
    assert [call.status for call in calls()] == ["cancelled"]


def test_who_was_given_up_is_talked_to_again_with_a_new_call(cast, browse, row):
    olga, url = browse(cast.olga), f"/referrals/{row.id}/state"
    olga.post(url, {"to": "lost", "note": "Летом не едут"})
    assert fresh(row).state == "lost" and fresh(row).note == "Летом не едут"
    olga.post(url, {"to": "talking"})
    assert fresh(row).state == "talking" and [call.status for call in calls()] == ["cancelled", "planned"]


def test_an_odd_wish_changes_nothing(cast, browse, row):
    for to in ("rewarded", "", "new"):
        assert browse(cast.olga).post(f"/referrals/{row.id}/state", {"to": to}).status == 422
    assert fresh(row).state == "new"


def test_a_friend_is_written_down_for_a_client(cast, browse, anna):
    olga = browse(cast.olga)
    assert olga.get("/referrals/new").location == "/clients/pick?next=/referrals/new&back=/referrals"
    pick = olga.get("/clients/pick?next=/referrals/new&back=/referrals")
    assert pick.h1 == "Кто привёл друга?" and pick.root.one("a", href="/referrals", class_="btn").text == "Отмена"
    url = f"/referrals/new?client={anna.id}"
    assert olga.get(url).h1 == "Кому ещё мы могли бы помочь?"
    page = olga.post(url, {"name": "Пётр", "phone": "после шести", "form_key": "k"})
    assert page.status == 422 and "не номер телефона" in page.text and 'value="Пётр"' in page.html
    assert olga.post(url, {"form_key": "k"}).status == 422
    page = olga.follow(url, {"name": "Пётр Орлов", "phone": "89161110001", "wish": "в горы", "form_key": "k"})
    assert page.h1 == "Пётр Орлов" and "Записано. Звонок" in page.text and "в горы" in page.text
    assert len(calls()) == 1


def test_a_friend_who_is_no_friend_is_told_so_to_staff(cast, browse, anna):
    page = browse(cast.olga).follow(f"/referrals/new?client={anna.id}", {"name": "Я", "phone": "+79160000001",
                                                                        "form_key": "k"})
    assert "Записано, без награды: телефон того, кто позвал." in page.text


def test_ten_presses_write_one_friend_down(app, cast, anna):
    url, people = f"/referrals/new?client={anna.id}", [Browser(app, cast.olga) for _ in range(10)]
    data = {"name": "Без телефона", "form_key": "same"}
    assert set(at_once(app, 10, lambda number: people[number].http.post(url, data=data).status_code)) == {303}
    assert db.session.scalar(select(func.count()).select_from(Referral)) == 1


def test_the_client_of_another_office_has_no_friends_here(cast, browse, anna):
    vera = browse(cast.vera)
    assert vera.get(f"/referrals/new?client={anna.id}").status == 404
    assert vera.post(f"/clients/{anna.id}/invitation", {"do": "open"}).status == 404 and invite_url(anna.id) is None


def test_the_page_of_a_client_makes_and_closes_the_link(cast, browse, anna):
    olga, url = browse(cast.olga), f"/clients/{anna.id}"
    assert "Пока никого не позвал" in olga.get(url).text
    page = olga.follow(f"{url}/invitation", {"do": "open"})
    code = code_of(anna.id)
    assert f"/i/{code}" in page.text and f"{code[:4]}-{code[4:]}" in page.text
    page = olga.follow(f"{url}/invitation", {"do": "close"})
    assert code not in page.text and code_of(anna.id) == ""
    olga.post(f"{url}/invitation", {"do": "open"})
    assert code_of(anna.id) == code


def test_the_page_of_a_client_says_who_came_by_whom(cast, browse, anna, row):
    olga = browse(cast.olga)
    assert "Мария Кузнецова" in olga.get(f"/clients/{anna.id}").text
    page = olga.get(f"/clients/{row.friend_id}")
    assert "Пришёл от клиента: Иванова Анна" in page.text and "По приглашению друга" in page.text


def test_the_call_stands_on_today_with_words_to_say(cast, browse, row, monkeypatch):
    olga, (call,) = browse(cast.olga), calls()
    page = olga.get(f"/touches/{call.id}")
    assert page.h1.startswith("Звонок другу клиента") and "По приглашению: Иванова Анна" in page.text
    for words in ("Мы знакомы через вашего друга: Иванова Анна", "Вы писали: «на море»", "500 бонусов", "Не отвечает"):
        assert words in page.text.replace("\u00a0", " ")


@pytest.mark.parametrize(("language", "words"), [("ru", "По приглашению друга"), ("en", "A friend’s invitation")])
def test_where_a_friend_came_from_is_said_in_words_and_stays_what_it_is(cast, browse, row, now, language, words):
    with transaction() as session:
        session.get_one(User, cast.olga.id).language = language
    olga, url = browse(cast.olga), f"/clients/{row.friend_id}/edit"
    assert words in olga.get(f"/clients/{row.friend_id}").text
    page = olga.get(url)
    assert page.root.one(id="source").attrs["value"] == words
    form = {node.attrs["name"]: node.attrs.get("value", "") for node in page.root.one("main").all("input")
            if node.attrs.get("name") and node.attrs.get("type") != "checkbox"}
    assert olga.post(url, {**form, "language": "ru", "city": "Тверь"}).status == 303
    friend = db.session.get_one(Client, row.friend_id)
    assert (friend.source, friend.city) == ("friend", "Тверь")
    other = "По приглашению друга" if language == "en" else "A friend’s invitation"
    form["seen"] = olga.get(url).root.one(id="seen").attrs["value"]
    assert olga.post(url, {**form, "language": "ru", "source": other}).status == 303
    form["seen"] = olga.get(url).root.one(id="seen").attrs["value"]
    assert db.session.get_one(Client, row.friend_id).source == "friend"
    assert olga.post(url, {**form, "language": "ru", "source": "Выставка"}).status == 303
    assert db.session.get_one(Client, row.friend_id).source == "Выставка"


def test_the_report_counts_friends_trips_points_and_income(cast, browse, anna, row, now):
    travels(row.friend, now=now, days=2, price_kopecks=15_000_000)
    settle_friends(now=now + timedelta(days=4))
    comes(anna, now=now, phone="+79160000001")
    comes(anna, now=now, phone="+79162220001")
    for person in (cast.olga, cast.boris):
        page = browse(person).get("/referrals/report")
        said = page.text.replace("\u00a0", " ")
        assert "150 000 ₽" in said and "1 500" in said and "50 % из тех, кто пришёл" in said
    text = browse(cast.boris).get("/referrals/report.csv").response.get_data(as_text=True)
    assert "Иванова Анна;2;1;1;1500;150000.00" in text
    assert db.session.scalar(select(Trip.price_kopecks)) == 15_000_000


def test_cells_that_a_spreadsheet_would_run_are_defused(cast, browse, anna, now):
    comes(anna, now=now, name="=cmd|' /C calc'!A0")
    text = browse(cast.olga).get("/referrals/list.csv").response.get_data(as_text=True)
    assert "'=cmd" in text and FRIEND in text


def test_the_rewarded_friend_shows_what_both_got(cast, browse, anna, row, now):
    travels(row.friend, now=now, days=2)
    settle_friends(now=now + timedelta(days=4))
    page = browse(cast.olga).get("/referrals?show=rewarded")
    assert "+1000 тому, кто позвал, +500 другу" in page.text
    assert "Общаемся" not in [b.text for b in browse(cast.olga).get(f"/referrals/{row.id}").root.all("button")]


def test_a_closed_invitation_leaves_the_page_of_the_client_without_a_code(cast, browse, anna, now):
    invitation(anna.id, now=now)
    close_invitation(anna, actor=actor_of(cast.olga), now=now)
    assert "/i/" not in browse(cast.olga).get(f"/clients/{anna.id}").html


def test_the_log_tells_about_friends_in_words(cast, browse, anna, row):
    browse(cast.olga).post(f"/referrals/{row.id}/state", {"to": "talking"})
    page = browse(cast.anna).get("/admin/log")
    assert "По приглашению пришёл друг: Мария Кузнецова" in page.text
    assert "Разговор с другом: Мария Кузнецова" in page.text


def test_a_director_takes_a_reward_back_where_the_friend_is(cast, browse, anna, row, now):
    travels(row.friend, now=now, days=2, price_kopecks=15_000_000)
    settle_friends(now=now + timedelta(days=4))
    url = f"/referrals/{row.id}"
    assert "Отменить" not in browse(cast.irina).get(url).text
    assert browse(cast.irina).post(f"{url}/state", {"to": "refused", "note": "x"}).status == 422
    boris = browse(cast.boris)
    [card] = cards_of(anna.id)
    number, op_id = number_of(card.id), fresh(row).inviter_op_id
    assert f"/reversals/{op_id}" in boris.get(f"/cards/{number}").html
    assert f"/reversals/{op_id}" not in browse(cast.irina).get(f"/cards/{number}").html
    assert boris.get(f"/cards/{number}/reversals/{op_id}").location == f"{url}#decide"
    assert boris.post(f"{url}/state", {"to": "refused"}).status == 422 and fresh(row).state == "rewarded"
    page = boris.follow(f"{url}/state", {"to": "refused", "note": "Одна семья"})
    for said in ("Обе награды отменены", "Без награды", "Одна семья", "Отменено: 1000 у того, кто позвал, 500 у друга"):
        assert said in page.text
    assert boris.post(f"{url}/state", {"to": "refused", "note": "ещё раз"}).status == 303
    assert fresh(row).note == "Одна семья"
    text = boris.get("/referrals/report.csv").response.get_data(as_text=True)
    assert "Иванова Анна;1;0;0;0;0.00" in text
    assert "Одна семья" in boris.get("/referrals?show=refused").text
    assert "Отменил(а) награду за друга: Мария Кузнецова" in browse(cast.anna).get("/admin/log").text
