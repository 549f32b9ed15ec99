"""The plan editor: who reads and who writes, steps in a form, preview on a trip, publishing, versions, chat steps."""

from datetime import date
from urllib.parse import urlsplit

import pytest
from plan_edit import apply, book, chat_text, draft, publish, sold, touches
from sqlalchemy import event, select

from webapp.batches.actions import run_batches
from webapp.batches.models import Batch
from webapp.db import db
from webapp.letters.models import Letter, LetterVersion
from webapp.touches.models import PlanDraft
from webapp.touches.plan_draft_rules import DraftStep

pytestmark = pytest.mark.usefixtures("stopped_clock")
CHAT = DraftStep("own_1", "telegram", "purchase", 0, name_ru="Привет в Telegram", performer="seller", letter="chatty",
                 column="own_1")


def url(what=""):
    return f"/admin/plans/{book().plan.id}{what}"


def filled(**changes):
    """The form of a letter after the return, as it was typed."""
    return {"name_ru": "Как впечатления?", "kind": "email", "days": "4", "side": "after", "anchor": "return",
            "at": "10:00", "truth_days": "3", "truth_side": "after", "truth_from": "own", "letter": "welcome_home",
            "performer": "seller", "column": "after", "active": "y", "seen": book().stamp, **changes}


def typed_in(page):
    """What the form of a step sends when nothing is changed."""
    form = page.root.one("form", class_="plan-form")
    values = {node.attrs["name"]: node.attrs.get("value", "") for node in form.all("input")
              if node.attrs.get("type") not in ("checkbox", "submit")}
    boxes = [node for node in form.all("input", type="checkbox") if "checked" in node.attrs]
    values |= {name: [box.attrs["value"] for box in boxes if box.attrs["name"] == name]
               for name in {box.attrs["name"] for box in boxes}}
    for node in form.all("select"):
        chosen = [option.attrs["value"] for option in node.all("option") if "selected" in option.attrs]
        values[node.attrs["name"]] = chosen[0] if chosen else node.all("option")[0].attrs["value"]
    return values


def step(code):
    return next(step for step in book().steps if step.code == code)


@pytest.mark.parametrize("who", ["olga", "irina", "boris", "anna"])
def test_everybody_reads_plans(browse, cast, now, who):
    sold(cast, now)
    person = browse(getattr(cast, who))
    assert "1 открытая поездка" in person.get("/admin/plans").text
    page = person.get(url())
    assert "за 3 дня до вылета, 10:00" in page.text and "Письмо «Собираем чемодан»" in page.text
    assert bool(page.root.all("form", method="post", action=url("/steps/packing/switch"))) == (who == "anna")
    assert person.get(url("/versions")).status == person.get(url("/preview")).status == 200


@pytest.mark.parametrize("who", ["olga", "irina", "boris"])
def test_only_administrators_change_plans(browse, cast, now, who):
    draft(cast.anna, now, loyalty={"active": False})
    person = browse(getattr(cast, who))
    for what in ("/steps/new", "/steps/packing", "/publication", "/application", "/differences"):
        assert person.get(url(what)).status == 404
    for what in ("/steps/new", "/steps/packing", "/steps/packing/switch", "/steps/packing/place", "/draft/removal",
                 "/steps/packing/removal", "/publication", "/application"):
        assert person.post(url(what), filled()).status == 404
    assert book().in_force.number == 1


def test_a_step_is_switched_off_in_one_press_and_only_in_the_draft(anna, now, cast):
    page = anna.post(url("/steps/loyalty/switch"), {"active": "0", "seen": book().stamp}, follow_redirects=True)
    assert "Это черновик" in page.text and not step("loyalty").active
    assert "loyalty" in touches(sold(cast, now))
    page = anna.post(url("/draft/removal"), {}, follow_redirects=True)
    assert "Черновика больше нет" in page.text and book().draft is None


def test_a_press_on_an_old_page_changes_nothing(anna, now, cast):
    old = book().stamp
    draft(cast.anna, now, visit={"offset_days": 12})
    for what, more in (("switch", {"active": "0"}), ("place", {"to": "up"}), ("removal", {})):
        page = anna.post(url(f"/steps/loyalty/{what}"), {"seen": old, **more}, follow_redirects=True)
        assert "тем временем изменили" in page.text
    assert step("loyalty").active


def test_a_new_step_is_kept_and_shown_where_it_belongs(anna):
    assert anna.get(url("/steps/new?part=after")).status == 200
    answer = anna.post(url("/steps/new"), filled())
    assert answer.status == 303 and answer.location.endswith("#step-own_1")
    page = anna.get(url())
    assert "через 4 дня после возвращения, 10:00" in page.text and "Как впечатления?" in page.text
    assert (step("own_1").truth, step("own_1").performer, step("own_1").series) == ((3, None, None), "auto", None)


def test_what_cannot_be_read_stays_as_typed(anna):
    page = anna.post(url("/steps/new"), filled(days="пять", at="25:00"))
    assert page.status == 422 and book().draft is None
    assert page.root.one("input", name="days").attrs["value"] == "пять"
    assert page.root.one("input", name="at").attrs["value"] == "25:00"


def test_a_step_with_a_fault_is_kept_but_blocks_publishing(anna):
    page = anna.post(url("/steps/new"), filled(letter="fly_tomorrow", truth_days=""), follow_redirects=True)
    assert "Чего-то не хватает" in page.text and "Этот текст для другого шага" in page.text
    form = anna.get(url("/steps/own_1"))
    assert "Укажите, до какого дня текст верен" in form.text
    assert "нельзя опубликовать" in anna.get(url("/publication"), follow_redirects=True).text
    anna.post(url("/publication"), {"seen": book().stamp})
    assert book().in_force.number == 1


def test_every_shipped_step_comes_back_from_its_form_as_it_was(anna):
    for before in book().published:
        page = anna.get(url(f"/steps/{before.code}"))
        anna.post(url(f"/steps/{before.code}"), typed_in(page))
        assert book().draft is None, before.code


def test_a_colleague_meanwhile_is_told_and_nothing_typed_is_lost(anna, cast, now):
    typed = filled(name_ru="Моё имя")
    draft(cast.anna, now, visit={"offset_days": 12})
    page = anna.post(url("/steps/new"), typed)
    assert page.status == 409 and page.root.one("input", name="name_ru").attrs["value"] == "Моё имя"
    anna.post(url("/steps/new"), {**typed, "seen": page.root.one("input", name="seen").attrs["value"]})
    assert step("own_1").name_ru == "Моё имя" and step("visit").offset_days == 12


def test_publishing_shows_the_difference_for_open_trips_first(anna, cast, now):
    trip = sold(cast, now)
    draft(cast.anna, now, visit={"offset_days": 12}, loyalty={"active": False})
    page = anna.get(url("/publication"))
    assert "По плану идёт 1 открытая поездка" in page.text and "Иванова Анна, Анталья" in page.text
    assert "пн, 28 декабря" in page.text and "вт, 29 декабря" in page.text
    assert "шаг выключен или убран из плана" in page.text
    assert touches(trip)["loyalty"].status == "planned", "looking changes nothing"
    assert "Иванова Анна" in anna.get(url("/differences")).text
    answer = anna.post(url("/publication"), {"seen": book().stamp, "open": "all"})
    batch = db.session.scalars(select(Batch)).one()
    assert answer.location == f"/jobs/{batch.id}" or answer.location.endswith(str(batch.id))
    run_batches(now=lambda: now)
    done = anna.get(answer.location)
    assert "Новый план для открытых поездок" in done.text and "Поездок изменилось" in done.text
    assert touches(trip)["loyalty"].reason == "plan-changed"


def test_only_new_trips_is_the_default_and_open_ones_can_follow_later(anna, cast, now):
    trip = sold(cast, now)
    draft(cast.anna, now, loyalty={"active": False})
    page = anna.post(url("/publication"), {"seen": book().stamp, "open": "new"}, follow_redirects=True)
    assert "1 открытая поездка идёт по прежней версии" in page.text and not db.session.scalars(select(Batch)).all()
    ask = anna.get(url("/application"))
    assert "Применить к 1 открытой поездке" in ask.text
    anna.post(url("/application"), {"version": str(book().in_force.id)})
    run_batches(now=lambda: now)
    assert touches(trip)["loyalty"].reason == "plan-changed"
    assert "уже этот план" in anna.get(url("/application"), follow_redirects=True).text


def test_publishing_twice_is_publishing_once(anna, cast, now):
    draft(cast.anna, now, loyalty={"active": False})
    seen = book().stamp
    anna.post(url("/publication"), {"seen": seen})
    assert "уже опубликовали" in anna.post(url("/publication"), {"seen": seen}, follow_redirects=True).text
    assert book().in_force.number == 2


def test_an_older_version_comes_back_in_two_presses(anna, cast, now):
    first = book().in_force.id
    publish(cast.anna, now, loyalty={"active": False})
    page = anna.get(url("/versions"))
    assert "Версия 2" in page.text and "выключен" in page.text and cast.anna.name in page.text
    assert "Письмо о бонусной программе" in anna.get(url(f"/versions/{first}")).text
    anna.post(url(f"/versions/{first}/restoration"), {})
    anna.post(url("/publication"), {"seen": book().stamp, "open": "new"})
    assert book().in_force.number == 3 and step("loyalty").active


def test_the_preview_marks_what_differs_and_says_the_dates_that_are_saved(anna, cast, now):
    draft(cast.anna, now, visit={"offset_days": 12}, loyalty={"active": False})
    dates = "?purchase_on=20.11.2026&departure_on=10.12.2026&return_on=17.12.2026"
    page = anna.get(url("/preview") + dates)
    said = {node.one("b").text: node.text for node in page.root.one("section", id="preview").all("li")}
    assert "вт, 29 декабря" in said["Встреча в офисе"] and "изменён" in said["Встреча в офисе"]
    assert "убран" in said["Письмо о бонусной программе"]
    publish(cast.anna, now)
    assert touches(sold(cast, now))["visit"].due_on == date(2026, 12, 29)


def test_a_trip_of_a_client_is_found_and_tried(anna, cast, now):
    trip = sold(cast, now)
    page = anna.get(url("/preview?q=иванов"))
    link = page.root.one("ul", class_="plan-trips").one("a").attrs["href"]
    assert f"trip={trip.id}" in link and "Встреча в офисе" in anna.get(link).text
    assert "Иванова" in anna.get(url("/preview/trips?q=иванов")).text
    assert "Иванова" not in anna.get(url("/preview/trips?q=никого")).text
    wrong = anna.get(url("/preview?purchase_on=20.11.2026&departure_on=10.11.2026&return_on=17.12.2026"))
    assert "Вылет раньше покупки" in wrong.text


def test_trips_of_other_offices_are_not_shown_to_try_on(browse, cast, now):
    trip = sold(cast, now)
    assert browse(cast.vera).get(url(f"/preview?trip={trip.id}")).status == 404
    assert "Иванова" not in browse(cast.vera).get(url("/preview")).text


def test_the_number_of_queries_does_not_grow_with_trips(anna, cast, now):
    def asked(address):
        count = [0]
        def seen(*_args):
            count[0] += 1
        event.listen(db.engine, "before_cursor_execute", seen)
        anna.get(address)
        event.remove(db.engine, "before_cursor_execute", seen)
        return count[0]
    draft(cast.anna, now, visit={"offset_days": 12})
    sold(cast, now)
    pages = [url("/publication"), url("/differences"), url(), "/admin/plans"]
    few = [asked(page) for page in pages for _again in range(2)][1::2]
    for number in range(8):
        sold(cast, now, last=f"Клиент {number}", phone=f"+7916000001{number}", email=f"c{number}@example.com")
    assert [asked(page) for page in pages] == few


def test_a_new_text_is_made_for_a_step_written_and_published(anna):
    page = anna.get("/admin/letters/new?channel=script&title=Привет")
    assert page.root.one("input", name="title").attrs["value"] == "Привет"
    answer = anna.post("/admin/letters/new", {"title": "Привет", "channel": "script", "klass": "service",
                                              "identity": "agency"})
    letter = db.session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert urlsplit(answer.location).path == f"/admin/letters/{letter.id}"
    assert "Привет" in anna.get("/admin/letters").text
    page = anna.get(f"{answer.location}?language=ru")
    seen = page.root.one("input", name="seen").attrs["value"]
    words = {"title": "Привет", "body": "{{ клиент.приветствие }} Как впечатления?", "seen": seen}
    assert anna.post(f"{answer.location}/publication?language=ru", {**words, "body": "{{ нет.такого }}"}).status == 422
    anna.post(f"{answer.location}/publication?language=ru", words)
    assert db.session.scalars(select(LetterVersion.number).where(
        LetterVersion.letter_id == letter.id, LetterVersion.published_at.is_not(None))).all() == [1]
    anna.post(url("/steps/new"), filled(kind="telegram", letter=letter.code, name_ru="Чат", days="4"))
    assert not [found for found in anna.get(url()).root.all("p", class_="error")]


@pytest.mark.parametrize("channel", ["telegram", "max", "whatsapp", "vk"])
def test_a_chat_step_shows_its_text_and_where_the_chat_opens(browse, cast, now, channel):
    chat_text(now)
    publish(cast.anna, now, DraftStep(**{**CHAT.as_json(), "channel": channel}))
    trip = sold(cast, now)
    touch = touches(trip)["own_1"]
    page = browse(cast.olga).get(f"/touches/{touch.id}")
    text = page.root.one("div", id=f"chat-text-{touch.id}")
    assert "Анна" in text.text and "example" not in text.text
    link = next(a for a in page.root.all("a") if a.attrs.get("target") == "_blank")
    assert link.attrs["href"] == {"telegram": "https://t.me/+79160000001", "whatsapp": "https://wa.me/79160000001",
                                  "max": "https://web.max.ru/", "vk": "https://vk.com/im"}[channel]
    assert link.attrs["rel"] == "noopener noreferrer"
    assert page.root.one("button", type="button").attrs["data-copy"] == text.attrs["id"]
    browse(cast.olga).post(f"/touches/{touch.id}/tick", {"seen": "0"})
    assert touches(trip)["own_1"].status == "done"


def test_a_chat_stands_on_the_board_today_and_on_the_trip(browse, cast, now):
    chat_text(now)
    publish(cast.anna, now, CHAT)
    trip = sold(cast, now)
    olga = browse(cast.olga)
    assert "Привет в Telegram" in olga.get("/board").html and "Текст и чат" in olga.get("/today").text
    assert "Привет в Telegram" in olga.get(f"/trips/{trip.id}").text


def test_a_client_who_wants_no_letters_gets_no_text_to_copy(browse, cast, now):
    chat_text(now)
    publish(cast.anna, now, CHAT)
    trip = sold(cast, now, write_nothing=True)
    page = browse(cast.olga).get(f"/touches/{touches(trip)['own_1'].id}")
    assert "Этому клиенту мы ничего не пишем" in page.text
    assert not [a for a in page.root.all("a") if a.attrs.get("target") == "_blank"]


def test_what_a_person_must_do_stays_on_the_board_when_its_column_has_left_the_plan(browse, cast, now):
    chat_text(now)
    publish(cast.anna, now, CHAT)
    trip = sold(cast, now)
    publish(cast.anna, now, without=["own_1"])
    page = browse(cast.olga).get("/board")
    assert f"/touches/{touches(trip)['own_1'].id}" in page.html
    apply(cast.anna, now)
    assert touches(trip)["own_1"].status == "dropped"


def test_drafts_are_one_per_plan(anna, cast, now):
    draft(cast.anna, now, loyalty={"active": False})
    anna.post(url("/steps/visit/switch"), {"active": "0", "seen": book().stamp})
    assert len(db.session.scalars(select(PlanDraft)).all()) == 1
