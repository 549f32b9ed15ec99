"""The page of what burns: weeks, cards with who knows of it, and what warnings have saved."""

import club_make
import make
import pytest
from club.burn_make import BURNS, ONE_DAY, asked, at, live, many, send_warning, warned
from trip_make import in_trial

from webapp.club.actions.cards import present
from webapp.kit import clock
from webapp.staff.audit import actor_of

URL = "/cards/burning"


@pytest.fixture
def day(monkeypatch):
    """`day(date)` turns the clock of the product to noon of that day in Moscow."""
    return lambda wanted: monkeypatch.setattr(clock, "now", lambda: at(wanted))


def test_a_card_that_burns_soon_is_listed_with_how_its_owner_was_warned(browse, cast, now, day) -> None:
    warned(cast, now)
    day(BURNS - 20 * ONE_DAY)
    page = browse(cast.irina).get(URL)
    assert page.h1 == "Что сгорает ближайшие 60 дней"
    row = page.text[page.text.index("Иванова Анна"):]
    for words in ("1 840", "20 мая 2027", "через 20 дней", "знает с 19.04", "письмо ушло 19.04", "SMS ушло 20.04",
                  "звонок 21.04"):
        assert words in row.replace("\u00a0", " "), words
    assert "15.05–21.05" in page.text or "14.05–20.05" in page.text


def test_letters_that_came_back_are_told_as_such(browse, cast, now, day) -> None:
    warned(cast, now, bounced=("email", "sms"))
    day(BURNS - 25 * ONE_DAY)
    page = browse(cast.boris).get(URL)
    for words in ("письмо не дошло", "SMS не дошло", "ещё не знает"):
        assert words in page.text, words


def test_a_card_whose_month_has_not_come_says_when_its_owner_hears_of_it(browse, cast, now, day) -> None:
    club_make.card(make.client(cast.main, now=now), cast.main, points=70, now=now)
    day(BURNS - 50 * ONE_DAY)
    assert "предупредим с 19.04" in browse(cast.olga).get(URL).text


def test_what_warnings_saved_and_what_burned_is_counted_by_month(browse, cast, now, day) -> None:
    in_trial()
    rows = many(cast.main, 4, now)
    send_warning()
    present(rows[0].id, office=cast.main, actor=actor_of(cast.olga), now=at(BURNS - 25 * ONE_DAY))
    for row in rows[1:3]:
        present(row.id, office=cast.main, actor=actor_of(cast.olga), now=at(BURNS - 3 * ONE_DAY))
    live(at(BURNS, 1))
    day(BURNS + ONE_DAY)
    page = browse(cast.boris).get(URL)
    text = " ".join(page.text.replace("\u00a0", " ").split())
    assert "Спасено предупреждениями 303 бонусов на 3 картах за 12 месяцев" in text
    assert "Всё же сгорело 103 бонусов на 1 карте за 12 месяцев" in text and "Доля спасённых 75 %" in text
    assert "апрель 2027 1 100 – – 100 %" in text and "май 2027 2 203 1 103 66 %" in text


def test_nothing_to_burn_says_so(browse, cast) -> None:
    assert "В ближайшие 60 дней ничего не сгорит" in browse(cast.olga).get(URL).text


def test_cards_of_other_offices_are_not_seen(browse, cast, now, day) -> None:
    club_make.card(make.client(cast.east, last="Дальняя", now=now), cast.east, points=70, now=now)
    day(BURNS - 20 * ONE_DAY)
    assert "Дальняя" not in browse(cast.boris).get(URL).text
    assert "Дальняя" not in browse(cast.olga).get(f"{URL}?office={cast.east.id}").text
    network = browse(cast.nikolai)
    assert "Дальняя" in network.get(URL).text and "Дальняя" not in network.get(f"{URL}?office={cast.main.id}").text


@pytest.mark.slow
def test_fifty_cards_are_shown_and_the_rest_is_one_press_away_at_no_more_queries(browse, cast, now, day) -> None:
    in_trial()
    many(cast.main, 3, now)
    send_warning()
    day(BURNS - 20 * ONE_DAY)
    boris = browse(cast.boris)
    boris.get(URL)
    with asked() as few:
        boris.get(URL)
    for row in many_more(cast, now, 60):
        assert row.burn_on
    with asked() as lots:
        page = boris.get(URL)
    assert len(lots) == len(few)
    assert "50 из 63" in page.text and "63 из 63" in boris.get(f"{URL}?show=100").text


def many_more(cast, now, count):
    """Cards of other clients than those of `many`."""
    return [club_make.card(make.client(cast.main, phone=f"+7917{n:07d}", email=None, now=now), cast.main, points=10, now=now)
            for n in range(count)]


def test_the_list_is_a_file_that_excel_opens(browse, cast, now, day) -> None:
    warned(cast, now)
    day(BURNS - 20 * ONE_DAY)
    answer = browse(cast.boris).get(f"{URL}?as=csv").response
    text = answer.get_data().decode("utf-8-sig")
    assert "Иванова Анна;Сто дорог;1840;20.05.2027;19.05.2027;знает с 19.04;" in text


@pytest.mark.parametrize("query", ["office=x", "office=-1", "show=0", "show=99999999", "show=x", "as=pdf"])
def test_odd_addresses_show_the_page(browse, cast, query) -> None:
    assert browse(cast.olga).get(f"{URL}?{query}").h1.startswith("Что сгорает")
