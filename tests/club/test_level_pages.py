"""Pages of levels: staff read, administrators change, everybody sees first what a change does to clients."""

from datetime import date, timedelta

import make
import pytest
from club.level_make import back, counted
from sqlalchemy import select

from webapp.club.ladder import shelves_of
from webapp.club.models import ClientLevel, Level, Privilege
from webapp.db import db, transaction
from webapp.kit import clock

TODAY = date(2026, 11, 20)
URL = "/admin/levels"


@pytest.fixture
def today(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)
    return TODAY


@pytest.fixture
def anna(browse, cast, today):
    return browse(cast.anna)


def filled(page, **changes):
    """The form as it stands, with some fields changed."""
    form = next(it for it in page.root.all("form") if it.attrs.get("action") == f"{URL}/conditions")
    values = {node.attrs["name"]: node.attrs.get("value", "") for node in form.all("input") if node.attrs.get("name")
              and (node.attrs.get("type") != "radio" or "checked" in node.attrs)}
    return {**values, **changes}


def gives(code):
    db.session.rollback()
    return db.session.scalars(select(Privilege.text_ru).where(Privilege.level_code == code)
                              .order_by(Privilege.position)).all()


@pytest.mark.parametrize("who", ["olga", "irina", "boris"])
def test_staff_read_levels_and_have_nothing_to_press(browse, cast, today, who) -> None:
    page = browse(getattr(cast, who)).get(URL)
    assert page.h1 == "Уровни клуба" and "3 поездки или 250 000 ₽ за 24 месяца" in page.text
    assert "Уровни меняет ваш администратор" in page.text and "Изменить условия" not in page.text
    assert not [form for form in page.root.one("main").all("form") if form.attrs.get("method") == "post"]
    assert browse(getattr(cast, who)).get(f"{URL}/conditions").status == 404


def test_the_preview_is_the_ladder_of_the_example(anna) -> None:
    page = anna.get(URL)
    assert "Клиент, у которого 2 поездки и 212 000 ₽" in page.text and "ещё 1 поездка или 38 000 ₽" in page.text
    page = anna.get(f"{URL}?trips=7&spend=10 000")
    top = page.root.one("ol", class_="ladder").one("li", class_="is-here")
    assert "Попутчик" in top.text and "7 поездок и 10 000 ₽" in page.text
    assert "целое число от 0 до 100" in anna.get(f"{URL}?trips=many&spend=1").text


def test_the_preview_shows_a_real_client_to_those_who_may_see_it(browse, cast, now, today) -> None:
    client = make.client(cast.main, now=now)
    back(client, TODAY - timedelta(3), now=now, rubles=70_000)
    olga = browse(cast.olga)
    assert f"{URL}?client={client.id}#preview" in [a.attrs["href"] for a in olga.get(f"{URL}?q=иванова").root.all("a")]
    page = olga.get(f"{URL}?client={client.id}")
    assert "Иванова Анна : 1 поездка и 70 000 ₽" in page.text and "ещё 2 поездки или 180 000 ₽" in page.text
    fields = [page.root.one(id=name).attrs["value"].replace("\u00a0", " ") for name in ("trips", "spend")]
    assert fields == ["1", "70 000"] and "212 000" not in page.text.replace("\u00a0", " ")
    assert "ещё 2 поездки или 180 000 ₽" in olga.get(f"{URL}?q=иванова").text, "the only one found is shown at once"
    assert browse(cast.vera).get(f"{URL}?client={client.id}").status == 404
    assert olga.get(f"{URL}?client=99999").status == olga.get(f"{URL}?client=x").status == 404


def test_the_preview_is_what_clients_see(app, browse, cast, now, today) -> None:
    client = make.client(cast.main, now=now)
    shown = browse(cast.olga).get(f"{URL}?client={client.id}").root.one("ol", class_="ladder").text
    for shelf in shelves_of("ru"):
        assert all(text in shown for text in (shelf.name, *shelf.privileges))


def test_before_conditions_change_everybody_hears_what_it_does(anna, cast, now) -> None:
    people = [make.client(cast.main, phone=f"+7916000000{number}", email=None, now=now) for number in range(5)]
    for number, client in enumerate(people):
        for trip in range(number + 1):
            back(client, TODAY - timedelta(40 + trip * 30), now=now, rubles=1_000)
    counted(now)
    page = anna.get(f"{URL}/conditions")
    asked = anna.post(f"{URL}/conditions", filled(page, trips_B="2"))
    assert asked.status == 422 and "1 клиент поднимется и узнает об этом из письма." in asked.text
    assert db.session.get_one(Level, "B").min_trips == 3
    assert anna.post(f"{URL}/conditions", filled(asked)).location == URL
    assert db.session.get_one(Level, "B").min_trips == 2
    asked = anna.post(f"{URL}/conditions", filled(anna.get(f"{URL}/conditions"), trips_B="5"))
    assert "2 клиента опустятся через месяц и узнают об этом заранее из письма." in asked.text
    counted(now)
    asked = anna.post(f"{URL}/conditions", filled(asked, trips_B="4"))
    assert asked.status == 422 and "3 клиента опустятся" not in asked.text and "опустятся через месяц" in asked.text


def test_names_and_rates_are_saved_at_once_and_stand_in_the_log(anna) -> None:
    page = anna.get(f"{URL}/conditions")
    assert anna.post(f"{URL}/conditions", filled(page, name_ru_B="Свой", rate_B="2,5")).status == 303
    level = db.session.get_one(Level, "B")
    assert (level.name_ru, level.rate_bp, level.min_trips) == ("Свой", 250, 3)
    log = anna.get("/admin/log").text
    assert "Изменён уровень B" in log and "2 %" in log and "2,5 %" in log and "Друг" in log and "Свой" in log


@pytest.mark.parametrize(("changes", "said"), [
    ({"trips_A": "3", "spend_A": "250 000"}, "Уровень A должен требовать больше, чем B."),
    ({"trips_A": "", "spend_A": ""}, "У уровня A нет условий"),
    ({"rate_A": "1"}, "Уровень A не может давать меньше бонусов, чем B."),
    ({"rate_A": "101"}, "Напишите процент"), ({"rate_A": "x"}, "Напишите процент"), ({"rate_A": "nan"}, "процент"),
    ({"rate_A": "1,234"}, "Напишите процент"), ({"trips_B": "-1"}, "целое число от 0 до 100"),
    ({"trips_B": "101"}, "целое число"), ({"spend_B": "много"}, "Напишите сумму"), ({"name_ru_C": ""}, "Ошибка"),
    ({"name_en_C": "x" * 41}, "Слишком длинно"),
])
def test_what_contradicts_is_said_beside_its_field_and_nothing_is_saved(anna, changes, said) -> None:
    page = anna.post(f"{URL}/conditions", filled(anna.get(f"{URL}/conditions"), **changes))
    assert page.status == 422 and said in page.text
    name, value = next(iter(changes.items()))
    assert page.root.one("input", name=name).attrs.get("value", "") == value
    db.session.rollback()
    assert [row.rate_bp for row in db.session.scalars(select(Level).order_by(Level.rank))] == [100, 200, 300]


def test_somebody_elses_change_is_not_overwritten(anna) -> None:
    page = anna.get(f"{URL}/conditions")
    with transaction() as session:
        session.get_one(Level, "C").name_ru = "Сосед"
    answer = anna.post(f"{URL}/conditions", filled(page, name_ru_A="Первый"))
    assert answer.status == 422 and "изменил кто-то ещё" in answer.text
    assert db.session.get_one(Level, "A").name_ru == "Попутчик на всю жизнь"


def test_a_privilege_is_added_once_changed_moved_and_removed(anna) -> None:
    page = anna.get(f"{URL}/B/new")
    key = page.root.one("input", name="form_key").attrs["value"]
    form = {"ru": "Трансфер в подарок", "en": "", "worth": "A", "form_key": key}
    for _ in range(2):
        assert anna.post(f"{URL}/B/new", form).location == f"{URL}#level-B"
    assert gives("B")[-1] == "Трансфер в подарок" and len(gives("B")) == 4
    assert anna.post(f"{URL}/B/new", {**form, "ru": "Другое"}).status == 422
    row = db.session.scalars(select(Privilege).where(Privilege.text_ru == "Трансфер в подарок")).one().id
    assert anna.get(f"{URL}/privileges/{row}").root.one("input", name="ru").attrs["value"] == "Трансфер в подарок"
    anna.follow(f"{URL}/privileges/{row}", {**form, "ru": "Трансфер домой", "worth": "B"})
    for _ in range(5):
        anna.follow(f"{URL}/privileges/{row}/place", {"by": "up"})
    assert gives("B")[0] == "Трансфер домой"
    anna.follow(f"{URL}/privileges/{row}/place", {"by": "down"})
    assert gives("B")[1] == "Трансфер домой"
    for _ in range(2):
        anna.follow(f"{URL}/privileges/{row}/removal")
    assert len(gives("B")) == 3
    log = anna.get("/admin/log").text
    assert "Уровню B добавлена привилегия" in log and "У уровня B убрана привилегия" in log


def test_a_level_has_room_for_twenty_privileges(anna) -> None:
    with transaction() as session:
        session.add_all(Privilege(level_code="A", position=9 + n, text_ru=f"Ещё {n}") for n in range(17))
    page = anna.post(f"{URL}/A/new", {"ru": "Лишнее", "worth": "B", "form_key": "k1"})
    assert page.status == 422 and "не больше 20 привилегий" in page.text
    assert anna.post(f"{URL}/A/new", {"ru": "", "worth": "Z", "form_key": "k2"}).status == 422


def test_the_page_asks_the_same_number_of_questions_however_much_there_is(anna, app) -> None:
    from sqlalchemy import event

    def questions():
        asked = []
        note = lambda *args: asked.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", note)
        anna.get(URL)
        event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)
    anna.get(URL)
    few = questions()
    with transaction() as session:
        session.add_all(Privilege(level_code="A", position=9 + n, text_ru=f"Ещё {n}") for n in range(17))
    assert questions() == few


@pytest.mark.parametrize(("trips", "words"), [
    (0, ["C", "Гость", "0 поездок", "До уровня B: ещё 3 поездки или 250 000 ₽"]),
    (3, ["B", "Друг", "3 поездки", "До уровня A: ещё 3 поездки или 697 000 ₽"]),
    (6, ["A", "Попутчик", "6 поездок и 6 000 ₽"]),
])
def test_the_level_stands_beside_the_page_of_a_client(browse, cast, now, today, trips, words) -> None:
    client = make.client(cast.main, manager=cast.olga, now=now)
    for number in range(trips):
        back(client, TODAY - timedelta(20 + number * 30), now=now, rubles=1_000)
    counted(now)
    panel = browse(cast.olga).get(f"/clients/{client.id}").root.one("section", **{"aria-labelledby": "level-title"})
    assert all(word in panel.text for word in words)


def test_a_fall_to_come_stands_there_too(browse, cast, now, today) -> None:
    client = make.client(cast.main, manager=cast.olga, now=now)
    with transaction() as session:
        session.add(ClientLevel(client_id=client.id, level_code="B", since=TODAY, counted_on=TODAY, fall_to="C",
                                fall_on=date(2026, 12, 20)))
    page = browse(cast.olga).get(f"/clients/{client.id}")
    assert "С 20 декабря 2026 уровень станет C" in page.text
