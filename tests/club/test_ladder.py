"""The ladder: a client sees the own level, all higher ones with what they give, and exactly what is missing."""

from datetime import date, timedelta

import make
import pytest
from flask import render_template
from page import Reader
from sqlalchemy import event

from webapp.club.ladder import example_of, ladder_of, rungs, shelves_of
from webapp.club.level_rules import Earned, Standing
from webapp.club.models import ClientLevel, Level
from webapp.db import db, transaction

TODAY = date(2026, 11, 20)


@pytest.fixture
def client(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def travelled(client, cast, now):
    """`travelled(days_ago, rubles)`: a trip the client came back from."""
    def sell(days_ago: int, rubles: int | None):
        back = TODAY - timedelta(days=days_ago)
        return make.trip(client, purchase=back - timedelta(30), departure=back - timedelta(7), back=back,
                         seller=cast.olga, now=now, price_kopecks=None if rubles is None else rubles * 100)
    return sell


def shown(app, ladder, lang="ru"):
    """The ladder as it is read: words per level, by code."""
    with app.test_request_context(headers={"Cookie": f"lang={lang}"}):
        root = Reader(render_template("club/_ladder.html", ladder=ladder)).root
    return {item.one("span", class_="stop").text: item for item in root.all("li") if item.all("span", class_="stop")}


def test_a_guest_sees_all_levels_their_privileges_and_the_exact_gap(app, client, travelled) -> None:
    travelled(10, 112_000)
    travelled(700, 100_000)
    levels = shown(app, ladder_of(client.id, TODAY))
    assert list(levels) == ["C", "B", "A"]
    assert "Вы здесь" in levels["C"].text and "Вы здесь" not in levels["B"].text
    assert "До уровня B: ещё 1 поездка или 38 000 ₽" in levels["C"].text
    bar = levels["C"].one("progress")
    assert (bar.attrs["value"], bar.attrs["max"]) == ("21200000", "25000000")
    assert bar.attrs["aria-label"].replace("\xa0", " ") == "До уровня B: 212 000 ₽ из 250 000 ₽"
    assert "Откроется вдобавок ко всему с уровня C" in levels["B"].text
    assert "2 % бонусами с каждой поездки" in levels["B"].text and "Ранний доступ к чартерам" in levels["B"].text
    assert "До уровня A: ещё 4 поездки или 488 000 ₽" in levels["A"].text
    assert "Личный менеджер" in levels["A"].text and not levels["A"].all("progress")


def test_somebody_who_never_travelled_stands_at_the_beginning(app, client) -> None:
    levels = shown(app, ladder_of(client.id, TODAY))
    assert "ещё 3 поездки или 250 000 ₽" in levels["C"].text
    assert levels["C"].one("progress").attrs["value"] == "0"


def test_only_trips_that_are_over_within_two_years_and_were_not_cancelled_count(app, client, travelled, cast, now) -> None:
    travelled(-1, 500_000)
    travelled(731, 500_000)
    with transaction():
        travelled(5, 500_000).cancelled_at = now
    travelled(3, None)
    travelled(0, 1_000)
    assert "ещё 1 поездка или 249 000 ₽" in shown(app, ladder_of(client.id, TODAY))["C"].text


def at_level(client, code: str, **more) -> None:
    with transaction() as session:
        session.add(ClientLevel(client_id=client.id, level_code=code, since=TODAY, counted_on=TODAY, **more))


def test_the_top_says_what_keeps_it_and_has_nothing_above(app, client, travelled) -> None:
    for days in range(6):
        travelled(days * 20, 50_000)
    at_level(client, "A")
    levels = shown(app, ladder_of(client.id, TODAY))
    said = levels["A"].text
    assert "Вы здесь" in said and "нужно: 6 поездок или 700 000 ₽. Сейчас у вас 6 поездок и 300 000 ₽." in said
    assert "До уровня" not in said and not levels["A"].all("progress")
    assert "пройден" in levels["C"].text and "бонусами" not in levels["C"].text
    assert "Подарок по возвращении" in levels["C"].text


def test_a_fall_that_comes_is_told_with_its_day_and_what_prevents_it(app, client, travelled) -> None:
    travelled(10, 112_000)
    at_level(client, "B", fall_to="C", fall_on=date(2026, 12, 14))
    said = shown(app, ladder_of(client.id, TODAY))["B"].text
    assert "С 14 декабря 2026 уровень станет C." in said
    assert "до этого дня нужно: ещё 2 поездки или 138 000 ₽" in said


def test_a_fall_is_not_spoken_of_once_the_level_is_earned_again(app, client, travelled) -> None:
    for days in (1, 2, 3):
        travelled(days, 10_000)
    at_level(client, "B", fall_to="C", fall_on=date(2026, 12, 14))
    assert "станет" not in shown(app, ladder_of(client.id, TODAY))["B"].text


def test_a_level_that_the_night_will_open_is_promised(app, client, travelled) -> None:
    for days in (1, 2, 3):
        travelled(days, 10_000)
    levels = shown(app, ladder_of(client.id, TODAY))
    assert "Вы здесь" in levels["C"].text and "До уровня" not in levels["C"].text
    assert "Всё выполнено: уровень откроется завтра." in levels["B"].text


def test_where_both_are_wanted_the_ladder_says_and(app, client) -> None:
    with transaction() as session:
        session.get_one(Level, "B").both = True
    assert "ещё 3 поездки и 250 000 ₽" in shown(app, ladder_of(client.id, TODAY))["C"].text


def test_the_ladder_speaks_english(app, client) -> None:
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        ladder = ladder_of(client.id, TODAY)
    levels = shown(app, ladder, "en")
    assert "You are here" in levels["C"].text and "3 more trips or 250 000 ₽" in levels["C"].text
    assert "First to hear of charters" in levels["B"].text


def test_it_takes_one_query(app, client, travelled) -> None:
    travelled(1, 100)
    db.session.rollback()
    asked: list[str] = []
    note = lambda _c, _u, statement, *_: asked.append(statement)  # noqa: E731
    client_id = client.id
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        ladder_of(client_id, TODAY)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len([statement for statement in asked if statement.lstrip().upper().startswith("SELECT")]) == 1


def test_an_example_stands_where_its_figures_put_it(app) -> None:
    shelves = shelves_of("ru")
    assert [rung.state for rung in example_of(Earned(4, 0), shelves)] == ["done", "here", "ahead"]
    assert rungs(shelves, Standing("B"), Earned(4, 0))[1].way.words == "ещё 2 поездки или 700\xa0000\xa0₽"
    assert example_of(Earned(), []) == []
