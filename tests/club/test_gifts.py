"""Gifts: promised, handed over, counted; a step for people, an SMS for the client, and a stock that is never invented."""

from datetime import timedelta

import make
import pytest
from crowd import at_once
from page import Browser
from sqlalchemy import select
from trip_make import in_trial

from webapp.club.actions.gift_stock import Move, move_gifts, save_kind
from webapp.club.actions.gifting import Promise, install_gift_kinds, promise_gift
from webapp.club.gift_rules import Stock, may_take
from webapp.club.gifts import gifts_of, history_of, kinds, stock_of, waiting_for
from webapp.club.models import Gift, GiftKind, GiftMove
from webapp.db import db, transaction
from webapp.desk.actions import tick as tick_all
from webapp.desk.person.actions import erase_person
from webapp.kit import clock
from webapp.post.models import Message, MessageContent
from webapp.staff.audit import actor_of
from webapp.staff.models import Office
from webapp.staff.rules import BadInput, NotAllowed
from webapp.touches.actions import ticking
from webapp.touches.models import Touch


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def anna(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def album(app):
    return kind_of("album")


def kind_of(code: str) -> GiftKind:
    return db.session.scalars(select(GiftKind).where(GiftKind.code == code)).one()


def came(kind, office, amount, cast, now, how="came", **more):
    return move_gifts(kind.id, office, Move(how, amount, **more), actor=actor_of(cast.nikolai), now=now)


@pytest.fixture
def gift(anna, album, cast, now):
    return promise_gift(anna, album, Promise(), actor=actor_of(cast.olga), now=now)


def stock(kind, office) -> Stock:
    db.session.rollback()
    return stock_of(kind.id, office.id)


@pytest.mark.parametrize(("found", "left", "short", "low"), [
    (Stock(), 0, False, True), (Stock(10, 3, 2), 7, False, False), (Stock(5, 3, 3), 2, True, True),
    (Stock(1, 3, 0), -2, True, True), (Stock(7, 3, 4), 4, False, False)])
def test_what_is_left_and_when_it_is_short(found, left, short, low):
    assert (found.left, found.is_short, found.is_low) == (left, short, low)


@pytest.mark.parametrize(("found", "amount", "may"), [
    (Stock(5, 2), 3, True), (Stock(5, 2), 4, False), (Stock(1, 3), 1, False), (Stock(5), 0, False), (Stock(5), -1, False)])
def test_only_what_lies_there_can_be_taken(found, amount, may):
    assert may_take(found, amount) == may


def test_the_shipped_kinds_come_once_and_stay_as_the_agency_made_them(app, album, now):
    with transaction():
        album.name_ru = "фотокнига"
    assert install_gift_kinds() == 0 and [kind.code for kind in kinds()] == ["visit", "album", "birthday"]
    assert kind_of("album").name_ru == "фотокнига"


def test_a_gift_stands_in_the_list_of_the_clients_manager_and_is_counted_when_handed_over(gift, album, cast, now):
    came(album, cast.main, 5, cast, now)
    assert (gift.touch.assignee_id, gift.touch.channel, gift.touch.step_code) == (cast.olga.id, "gift", f"gift:{gift.id}")
    assert (stock(album, cast.main).left, stock(album, cast.main).waiting) == (5, 1)
    ticking.tick(gift.touch_id, actor=actor_of(cast.olga), now=now, bundle="b")
    assert (stock(album, cast.main).left, stock(album, cast.main).waiting) == (4, 0)
    ticking.undo("b", actor=actor_of(cast.olga), now=now)
    assert (stock(album, cast.main).left, stock(album, cast.main).waiting) == (5, 1)


def test_a_gift_that_is_not_needed_waits_no_longer(gift, anna, album, cast, now):
    assert [(row.name, row.office) for row in waiting_for(anna.id)] == [("альбом с фотографиями", "Сто дорог")]
    ticking.not_needed(gift.touch_id, reason="уехали", actor=actor_of(cast.olga), now=now)
    db.session.rollback()
    assert waiting_for(anna.id) == [] and stock(album, cast.main).waiting == 0 and gifts_of(anna.id) == []


def test_what_waits_is_told_in_the_language_of_the_client(cast, album, now):
    john = make.client(cast.main, last="Smith", first="John", language="en", now=now)
    until = now.date() + timedelta(days=9)
    promise_gift(john, album, Promise(until=until), actor=actor_of(cast.olga), now=now)
    (row,) = waiting_for(john.id)
    assert (row.name, row.until) == ("a photo album", until)


def test_without_stock_a_gift_is_handed_over_all_the_same(gift, album, cast, now):
    ticking.tick(gift.touch_id, actor=actor_of(cast.olga), now=now)
    assert stock(album, cast.main).left == -1
    with pytest.raises(BadInput) as refused:
        came(album, cast.main, 1, cast, now, how="written-off", note="брак")
    assert (refused.value.code, refused.value.value) == ("not-enough", "0")


def test_what_goes_to_another_office_is_two_lines(album, cast, now):
    came(album, cast.main, 5, cast, now)
    rows = came(album, cast.main, 2, cast, now, how="sent", to=cast.east)
    assert [(row.office_id, row.amount) for row in rows] == [(cast.main.id, -2), (cast.east.id, 2)]
    assert (stock(album, cast.main).left, stock(album, cast.east).left) == (3, 2)
    came(album, cast.main, 1, cast, now + timedelta(minutes=1), how="written-off", note="брак")
    assert stock(album, cast.main) == Stock(came=5, written_off=1, sent=2) and stock(album, cast.east).came == 2
    lines = history_of([cast.main.id, cast.east.id], 9)
    assert sorted(line.how for line in lines) == ["came", "got", "sent", "written-off"]
    with pytest.raises(BadInput, match="where to"):
        came(album, cast.main, 1, cast, now, how="sent", to=cast.main)


def test_two_people_never_take_the_last_gift_twice(app, album, cast, now):
    came(album, cast.main, 1, cast, now)
    kind_id, office_id, actor = album.id, cast.main.id, actor_of(cast.boris)

    def take(_number):
        try:
            office = db.session.get_one(Office, office_id)
            return len(move_gifts(kind_id, office, Move("written-off", 1, "брак"), actor=actor, now=now))
        except BadInput as fault:
            return fault.code
    assert sorted(map(str, at_once(app, 6, take))) == ["1"] + ["not-enough"] * 5
    assert stock(album, cast.main).left == 0


def test_moves_have_rights_reasons_and_bounds(album, cast, now):
    with pytest.raises(NotAllowed):
        move_gifts(album.id, cast.main, Move("came", 1), actor=actor_of(cast.vera), now=now)
    with pytest.raises(NotAllowed):
        move_gifts(album.id, cast.main, Move("came", 1), actor=actor_of(cast.anna), now=now)
    for move, code in ((Move("came", 0), "bad-amount"), (Move("came", 10_001), "bad-amount"),
                       (Move("stolen", 1), "bad-amount"), (Move("written-off", 1), "note-needed")):
        with pytest.raises(BadInput) as refused:
            move_gifts(album.id, cast.main, move, actor=actor_of(cast.boris), now=now)
        assert refused.value.code == code


def test_the_book_of_moves_only_grows(album, cast, now):
    (row,) = came(album, cast.main, 5, cast, now)
    with pytest.raises(Exception, match="append-only"), transaction() as session:
        session.get_one(GiftMove, row.id).amount = 50


def test_a_step_of_the_plan_that_hands_over_is_a_gift_once_it_is_done(anna, cast, now):
    trip = make.trip(anna, purchase=now.date(), departure=now.date(), back=now.date(), seller=cast.olga, now=now)
    step = db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id, Touch.step_code == "visit")).one()
    with transaction():
        step.channel, step.status = "gift", "planned"
    ticking.tick(step.id, actor=actor_of(cast.olga), now=now, bundle="b")
    (gift,) = db.session.scalars(select(Gift)).all()
    assert (gift.kind.code, gift.trip_id, gift.office_id) == ("visit", trip.id, cast.main.id)
    assert stock(kind_of("visit"), cast.main).handed == 1
    ticking.undo("b", actor=actor_of(cast.olga), now=now)
    assert stock(kind_of("visit"), cast.main).handed == 0
    ticking.tick(step.id, actor=actor_of(cast.olga), now=now)
    assert len(db.session.scalars(select(Gift)).all()) == 1


def sms_of(client) -> list[str]:
    query = (select(MessageContent.text).join(Message, Message.id == MessageContent.message_id)
             .where(Message.client_id == client.id, Message.channel == "sms"))
    db.session.rollback()
    return list(db.session.scalars(query))


def test_the_client_hears_of_the_gift_at_noon_of_the_next_day(gift, anna, now):
    in_trial()
    tick_all(now=now)
    assert sms_of(anna) == []
    tick_all(now=now + timedelta(days=2))
    assert [text for text in sms_of(anna) if "вас ждёт подарок: альбом с фотографиями" in text]


def test_who_has_the_gift_hears_nothing_of_it_and_an_undo_brings_the_sms_back(gift, anna, cast, now):
    in_trial()
    ticking.tick(gift.touch_id, actor=actor_of(cast.olga), now=now, bundle="b")
    sms = db.session.scalars(select(Touch).where(Touch.step_code == "gift_ready")).one()
    assert (sms.status, sms.reason) == ("skipped", "given-already")
    ticking.undo("b", actor=actor_of(cast.olga), now=now)
    db.session.refresh(sms)
    assert sms.status == "planned"
    ticking.not_needed(gift.touch_id, reason="уехали", actor=actor_of(cast.olga), now=now)
    tick_all(now=now + timedelta(days=2))
    assert sms_of(anna) == []


def test_a_day_that_cannot_be_is_refused(anna, album, cast, now):
    olga, today = actor_of(cast.olga), now.date()
    for promise, code in ((Promise(until=today - timedelta(days=3)), "until-past"),
                          (Promise(due=today + timedelta(days=9), until=today + timedelta(days=5)), "until-early")):
        with pytest.raises(BadInput) as refused:
            promise_gift(anna, album, promise, actor=olga, now=now)
        assert refused.value.code == code
    with transaction():
        album.active = False
    with pytest.raises(BadInput, match="no such kind"):
        promise_gift(anna, album, Promise(), actor=olga, now=now)
    with pytest.raises(NotAllowed):
        promise_gift(anna, kind_of("visit"), Promise(), actor=actor_of(cast.vera), now=now)


def test_an_erased_client_waits_for_nothing(gift, anna, album, cast, now):
    erase_person(anna, actor=actor_of(cast.boris), now=now)
    assert stock(album, cast.main).waiting == 0 and waiting_for(anna.id) == []


def test_kinds_are_the_administrators(cast, now):
    with pytest.raises(NotAllowed):
        save_kind(None, name_ru="Кружка", name_en="", counted=True, active=True, actor=actor_of(cast.boris), now=now)
    mug = save_kind(None, name_ru="кружка", name_en="a mug", counted=True, active=True, actor=actor_of(cast.anna), now=now)
    with pytest.raises(BadInput, match="name taken"):
        save_kind(None, name_ru="кружка", name_en="", counted=True, active=True, actor=actor_of(cast.anna), now=now)
    save_kind(mug.id, name_ru="большая кружка", name_en="", counted=False, active=False, actor=actor_of(cast.anna), now=now)
    assert [kind.code for kind in kinds()] == ["visit", "album", "birthday"] and len(kinds(active=False)) == 4


# Pages.

def test_the_page_of_gifts_counts_and_takes_moves(cast, browse, album, gift):
    olga = browse(cast.olga)
    page = olga.get("/gifts")
    assert page.h1 == "Подарки" and "не хватит тем, кто ждёт" in page.text and "Иванова Анна" in page.text
    data = {"kind": album.id, "office": cast.main.id, "how": "came", "amount": "12", "to": "0", "form_key": "k"}
    page = olga.follow("/gifts/moves", data)
    assert "Записали." in page.text and stock(album, cast.main).left == 12
    assert olga.post("/gifts/moves", data).status == 303 and stock(album, cast.main).left == 12
    page = olga.post("/gifts/moves", {**data, "how": "written-off", "amount": "13", "note": "брак", "form_key": "k2"})
    assert page.status == 422 and "По учёту осталось только 12" in page.text and 'value="13"' in page.html
    page = olga.follow("/gifts/moves", {**data, "how": "written-off", "amount": "2", "note": "брак", "form_key": "k3"})
    assert "Списано" in page.text and "списано брак" in page.text


@pytest.mark.parametrize(("field", "value", "said"), [
    ("amount", "", "Напишите число от 1"), ("amount", "много", "Напишите число от 1"), ("amount", "-1", "от 1 до 10000"), ("how", "x", ""),
    ("kind", "999", ""), ("office", "999", "")])
def test_an_odd_move_is_refused_with_a_sentence(cast, browse, album, field, value, said):
    data = {"kind": album.id, "office": cast.main.id, "how": "came", "amount": "1", "to": "0", "form_key": "k", field: value}
    page = browse(cast.olga).post("/gifts/moves", data)
    assert page.status == 422 and said in page.text and db.session.scalar(select(GiftMove.id)) is None
    # Above the form and beside the field, once each.
    assert not said or page.text.count(said) == 2


def test_with_one_office_nobody_is_asked_where_gifts_went(cast, browse, album):
    assert browse(cast.olga).get("/gifts").root.all("select", name="to")
    with transaction() as session:
        for office in session.scalars(select(Office).where(Office.id != cast.main.id)):
            office.closed_on = clock.now()
    page = browse(cast.olga).get("/gifts")
    assert not page.root.all("select", name="to") and "в другой офис" not in page.text.lower()
    data = {"kind": album.id, "office": cast.main.id, "how": "came", "amount": "2", "to": "0", "form_key": "k"}
    assert browse(cast.olga).post("/gifts/moves", data).status == 303


def test_ten_presses_move_once(app, cast, album):
    people = [Browser(app, cast.olga) for _ in range(10)]
    data = {"kind": album.id, "office": cast.main.id, "how": "came", "amount": "3", "to": "0", "form_key": "same"}
    assert set(at_once(app, 10, lambda n: people[n].http.post("/gifts/moves", data=data).status_code)) == {303}
    assert stock(album, cast.main).left == 3


def test_a_gift_is_promised_and_handed_over_on_the_page_of_the_client(cast, browse, anna, album):
    olga, url = browse(cast.olga), f"/clients/{anna.id}"
    data = {"kind": album.id, "office": cast.main.id, "due": "", "until": "", "note": "с Байкала", "form_key": "k"}
    page = olga.follow(f"{url}/gifts/new", data)
    assert "Подарок обещан." in page.text and "Альбом с фотографиями" in page.text and "с Байкала" in page.text
    assert "по учёту не осталось" in page.text
    (gift,) = gifts_of(anna.id)
    page = olga.follow(f"/touches/{gift.touch_id}/tick", {"back": f"{url}#gifts"})
    assert "вручено" in page.text
    (undo,) = [form for form in page.root.all("form") if "/undo" in form.attrs["action"]]
    olga.post(undo.attrs["action"], {"touch": gift.touch_id, "back": url})
    assert [row.touch.status for row in gifts_of(anna.id)] == ["planned"]


def test_a_promise_with_a_day_that_passed_keeps_what_was_typed(cast, browse, anna, album):
    data = {"kind": album.id, "office": cast.main.id, "until": "01.02.2020", "note": "с Байкала", "form_key": "k"}
    page = browse(cast.olga).post(f"/clients/{anna.id}/gifts/new", data)
    assert page.status == 422 and "Этот день уже прошёл" in page.text and 'value="с Байкала"' in page.html


def test_the_visit_says_what_to_hand_over_and_the_trip_shows_it(cast, browse, anna, album, gift, now):
    trip = make.trip(anna, purchase=now.date(), departure=now.date(), back=now.date(), seller=cast.olga, now=now)
    visit = db.session.scalars(select(Touch.id).where(Touch.occasion_id == trip.occasion_id, Touch.step_code == "visit")).one()
    olga = browse(cast.olga)
    page = olga.get(f"/touches/{visit}")
    assert "Альбом с фотографиями" in page.text and "Карты ещё нет" in page.text
    assert f"/touches/{gift.touch_id}/tick" in page.html
    assert "Альбом с фотографиями" in olga.get(f"/trips/{trip.id}").text
    olga.follow(f"/touches/{gift.touch_id}/tick", {"back": f"/touches/{visit}"})
    assert "вручено" in olga.get(f"/touches/{visit}").text


def test_the_list_for_today_says_what_is_to_be_handed_over(cast, browse, gift, now):
    with transaction():
        gift.touch.due_on = clock.now().date()
    page = browse(cast.olga).get("/today")
    assert "Вручить подарок" in page.text and page.text.lower().count("альбом с фотографиями") == 1


def test_the_page_of_a_client_names_a_gift_once_in_its_steps(cast, browse, anna, album, gift):
    promise_gift(anna, album, Promise(note="в синей рамке"), actor=actor_of(cast.olga), now=clock.now())
    ahead = browse(cast.olga).get(f"/clients/{anna.id}").root.one("section", **{"aria-labelledby": "plans-title"})
    lines = [line.text for line in ahead.all("li") if "Вручить подарок" in line.text]
    assert len(lines) == 2 and all(line.lower().count("альбом") == line.lower().count("подарок") == 1 for line in lines)
    assert "в синей рамке" in lines[1]


def test_another_office_sees_neither_gifts_nor_clients(cast, browse, anna, gift):
    vera = browse(cast.vera)
    assert "Иванова" not in vera.get("/gifts").text and vera.get(f"/clients/{anna.id}/gifts/new").status == 404
    assert vera.post(f"/clients/{anna.id}/gifts/new", {"form_key": "k"}).status == 404


def test_administrators_keep_kinds_and_others_do_not(cast, browse, album):
    anna = browse(cast.anna)
    assert anna.get("/gifts").status == 404 and browse(cast.boris).get("/admin/gifts").status == 404
    page = anna.follow("/admin/gifts/new", {"name_ru": "кружка", "name_en": "a mug", "counted": "y", "active": "y"})
    assert "кружка" in page.text
    anna.post("/me/language", {"language": "en"})
    assert "a mug" in anna.get("/admin/gifts").text and anna.get(f"/admin/gifts/{album.id}").h1 == "a photo album"
    anna.post("/me/language", {"language": "ru"})
    page = anna.post(f"/admin/gifts/{album.id}", {"name_ru": "кружка"})
    assert page.status == 422 and "уже есть" in page.text
    anna.post(f"/admin/gifts/{album.id}", {"name_ru": "фотокнига", "name_en": "", "active": "y"})
    assert (kind_of("album").name_ru, kind_of("album").counted) == ("фотокнига", False)
    assert "Изменён вид подарка: фотокнига" in anna.get("/admin/log").text


def test_the_club_is_one_menu_with_what_each_person_may_open(cast, browse):
    words = {"olga": ("Карты", "Подарки", "Отчёт по картам"), "anna": ("Условия клуба", "Номера для типографии", "Виды подарков")}
    for person, some in words.items():
        page = browse(getattr(cast, person)).get("/admin/levels")
        menu = page.html.split(">Клуб<")[1].split("</details>")[0]
        assert all(f">{word}<" in menu for word in (*some, "Уровни клуба")) and menu.count("aria-current") == 1
