"""What managers have of complaints: they write them down, read those of their own clients, and change nothing."""

import re
from datetime import date, timedelta
from functools import partial

import make
import pytest
from complaint_make import bring_to, complaint
from sqlalchemy import event, func, select

from webapp.complaints import actions
from webapp.complaints import step_rules as rules
from webapp.complaints.actions.changing import About, change_about
from webapp.complaints.actions.claiming import write_claim
from webapp.complaints.actions.talking import call_back, nothing_to_answer
from webapp.complaints.actions.watching import here
from webapp.complaints.models import Complaint, ComplaintEvent, ComplaintFile, ComplaintWatcher, ComplaintWord
from webapp.complaints.step_rules import Refused
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.post.models import Message
from webapp.staff.audit import actor_of
from webapp.staff.models import Absence
from webapp.staff.rules import BadInput, NotAllowed

OF_MAIN = {"hers", "sold", "his", "nobodys"}
SEES = {"olga": {"hers", "sold"}, "pavel": {"sold", "his"}, "vera": {"far"}, "irina": OF_MAIN, "boris": OF_MAIN,
        "nikolai": {*OF_MAIN, "far", "strayed"}, "anna": set()}
"""Who sees which complaint of `world`."""
MANAGERS = ("olga", "pavel", "vera")
CHANGES = (*sorted(rules.VERBS), "reply", "answer", "ask", "give", "watch", "here", "change", "recall", "settled", "claim",
           "claim/sent", "claim/answer")


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def irina(cast):
    return actor_of(cast.irina)


@pytest.fixture
def olga(cast):
    return actor_of(cast.olga)


@pytest.fixture
def person(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def world(cast, now):
    """A complaint of every kind: whose client, who sold the trip, in which office."""
    def of(number, office, manager, seller=None):
        client = make.client(office, last=f"Клиент{number}", phone=f"+7916000010{number}", email=None, manager=manager,
                             now=now)
        trip = make.trip(client, purchase=date(2026, 1, 10), departure=date(2026, 2, 1), back=date(2026, 2, 9),
                         seller=seller, now=now) if seller else None
        return complaint(client, trip=trip, now=now)
    return {"hers": of(1, cast.main, cast.olga), "sold": of(2, cast.main, cast.pavel, seller=cast.olga),
            "his": of(3, cast.main, cast.pavel), "nobodys": of(4, cast.main, None), "far": of(5, cast.east, cast.vera),
            # In the care of somebody whose office it is not.
            "strayed": of(6, cast.east, cast.olga)}


def count(model):
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize("who", SEES)
def test_who_opens_which_complaint(browse, cast, world, who):
    page = browse(getattr(cast, who))
    opened = {name for name, row in world.items() if page.get(f"/complaints/{row.id}").status == 200}
    assert opened == SEES[who]
    listed = page.get("/complaints")
    assert {name for name, row in world.items() if row.number in listed.text} == SEES[who]
    assert listed.status == (404 if who == "anna" else 200)


@pytest.mark.parametrize("who", MANAGERS)
def test_a_manager_changes_nothing_whosever_client_it_is(browse, cast, world, who):
    page, before = browse(getattr(cast, who)), count(ComplaintEvent)
    answers = {(name, way): page.post(f"/complaints/{row.id}/{way}", {"text": "Да", "reason": "Нет"}).status
               for name, row in world.items() for way in CHANGES}
    assert set(answers.values()) == {404}
    for address in ("/complaints/analysis", *(f"/complaints/{row.id}/claim" for row in world.values())):
        assert page.get(address).status == 404
    assert count(ComplaintEvent) == before


@pytest.mark.parametrize("who", MANAGERS)
def test_a_manager_passes_on_what_is_known_of_own_clients_only(browse, cast, world, who):
    page = browse(getattr(cast, who))
    said = {name for name, row in world.items()
            if page.post(f"/complaints/{row.id}/note", {"text": "Видела бронь", "form_key": name}).status == 303}
    assert said == SEES[who]
    kept = set(db.session.scalars(select(ComplaintWord.complaint_id)))
    assert kept == {world[name].id for name in SEES[who]}


def test_the_model_refuses_a_manager_whatever_page_asks(cast, world, olga, now):
    row = world["hers"]
    for deed in (partial(actions.reply, row.id, "Да", key="k", now=now), partial(nothing_to_answer, row.id, now=now),
                 partial(actions.note_answer, row.id, "yes", now=now), partial(actions.ask_again, row.id, now=now),
                 partial(actions.give_to, row.id, cast.olga.id, now=now), partial(actions.watch, row.id, now=now),
                 partial(actions.stop_watching, row.id), partial(here, row.id, now=now),
                 partial(call_back, row.id, 1, now=now), partial(write_claim, row.id, "Север", "Прошу", now=now),
                 partial(change_about, row.id, About(None, "Север", "", ""), now=now)):
        with pytest.raises(NotAllowed, match="role"):
            deed(actor=olga)
    for verb in ("tell", "void"):
        with pytest.raises(Refused):
            actions.act(row.id, verb, {"reason": "Нет"}, actor=olga, now=now)
    for name in ("his", "nobodys", "far", "strayed"):
        with pytest.raises(NotAllowed, match="client"):
            actions.add_note(world[name].id, "Я знаю", key=name, actor=olga, now=now)
    assert count(ComplaintWord) == 0


def test_whoever_stands_in_reads_the_complaints_of_the_colleague(browse, cast, world, now):
    page, row = browse(cast.pavel), world["hers"]
    assert page.get(f"/complaints/{row.id}").status == 404
    with transaction() as session:
        session.add(Absence(user_id=cast.olga.id, substitute_id=cast.pavel.id, first_day=now.date() - timedelta(days=1),
                            last_day=now.date() + timedelta(days=1), note=""))
    assert page.get(f"/complaints/{row.id}").status == 200
    assert row.number in page.get("/complaints").text


def test_the_bar_counts_what_is_open_and_closed_ones_stand_apart(browse, cast, world, now):
    page = browse(cast.olga)
    section = page.get("/board").root.one("a", href="/complaints")
    assert section.text == "Жалобы 2"
    with transaction() as session:
        row = session.get_one(Complaint, world["sold"].id)
        row.state, row.void_reason = rules.VOID, "Спам"
    shown = page.get("/complaints")
    assert shown.root.one("nav", aria_label="Показать").text == "Открытые 1 Закрытые"
    assert row.number not in shown.text + page.get("/complaints?show=closed").text


def test_a_complaint_is_written_down_from_a_client_and_goes_to_customer_service(browse, cast, person, now):
    page = browse(cast.olga)
    address = f"/complaints/new?client={person.id}"
    panel = page.get(f"/clients/{person.id}").root.one("section", id="complaints")
    assert panel.one("a", href=address).text == "Записать жалобу"
    form = page.get(address)
    key = form.root.one("input", name="form_key").attrs["value"]
    data = {"form_key": key, "source": "phone", "trip": "0", "story": "Не встретили в аэропорту", "tells": "yes"}
    assert page.post(address, {**data, "story": ""}).status == 422
    answer = page.follow(address, data)
    row = db.session.scalars(select(Complaint)).one()
    assert (row.state, row.owner_id, row.manager_id) == (rules.RECEIVED, cast.irina.id, cast.olga.id)
    assert answer.h1 == f"Жалоба {row.number}" and "Записано" in answer.text and "Не встретили в аэропорту" in answer.text
    assert count(ComplaintWatcher) == 0
    assert page.post(address, data).location == f"/complaints/{row.id}"
    other = page.post(address, {**data, "story": "Иначе"})
    assert other.status == 409 and other.root.one("textarea", name="story").text == "Иначе"
    assert count(Complaint) == 1
    assert row.number in browse(cast.irina).get("/complaints").text


def test_from_a_trip_the_trip_is_chosen(browse, cast, person, now):
    trip = make.trip(person, purchase=date(2026, 1, 10), departure=date(2026, 2, 1), back=date(2026, 2, 9),
                     seller=cast.olga, now=now)
    page = browse(cast.olga)
    way = page.get(f"/trips/{trip.id}").root.one("section", id="complaints").one("a", href=(
        f"/complaints/new?client={person.id}&trip={trip.id}"))
    form = page.get(way.attrs["href"])
    chosen = [option for option in form.root.one("select", name="trip").all("option") if "selected" in option.attrs]
    assert [option.attrs["value"] for option in chosen] == [str(trip.id)]
    assert form.root.one(class_="form__end").one("a").attrs["href"] == f"/trips/{trip.id}", "back there"


def test_for_a_colleagues_client_it_is_written_down_and_not_read(browse, cast, person, now):
    page, address = browse(cast.pavel), f"/complaints/new?client={person.id}"
    answer = page.follow(address, {"form_key": "k", "source": "phone", "trip": "0", "story": "Не встретили"})
    row = db.session.scalars(select(Complaint)).one()
    assert answer.h1 == person.full_name and f"Жалоба {row.number} теперь у клиентской службы" in answer.text
    assert page.get(f"/complaints/{row.id}").status == 404
    again = page.get(address)
    assert row.number in again.text and not again.root.all("a", href=f"/complaints/{row.id}")


def test_clients_of_other_offices_are_complained_of_there(browse, cast, now):
    far = make.client(cast.east, last="Дальняя", phone="+79990000009", email=None, manager=cast.olga, now=now)
    page = browse(cast.olga)
    data = {"form_key": "k", "source": "phone", "trip": "0", "story": "Не встретили"}
    assert page.get(f"/complaints/new?client={far.id}").status == 404
    assert page.post(f"/complaints/new?client={far.id}", data).status == 404
    with pytest.raises(NotAllowed, match="office"):
        actions.receive(actions.Intake(client=far, source="phone", story="Не встретили"), actor=actor_of(cast.olga),
                        now=now)
    assert count(Complaint) == 0


HOUSE = {"facts": "ВЫЯСНИЛИ", "solution": "ПРЕДЛОЖИЛИ", "cause": "ПРИЧИНА", "result": "ИТОГ", "prevention": "МЕРЫ",
         "lesson": "УРОК"}
"""What is written in a case for the house alone."""


def whole(person, irina, now):
    """A complaint with everything said and done about it; three hours ago, so that nothing may be called back."""
    row = complaint(person, now=now, source="form", story="Рассказ для дела", wants="Денег",
                    own="Три дня без воды, верните деньги")
    actions.add_note(row.id, "ЗАМЕТКА", key="n", actor=irina, now=now)
    actions.add_client_word(row.id, "Когда ответите?", via="page", key="c", now=now)
    actions.reply(row.id, "Завтра к обеду", key="r", actor=irina, now=now)
    bring_to(row, rules.SHARED, irina, now)
    with transaction() as session:
        kept = session.get_one(Complaint, row.id)
        for name, text in HOUSE.items():
            setattr(kept, name, text)
        kept.cost_kopecks = 765_400
        session.add(ComplaintFile(complaint_id=row.id, token="t", name="душ.jpg", type="image/jpeg", size=3, sha256="0",
                                  added_at=now, data=b"jpg"))
    return row


def test_the_page_holds_what_concerns_the_client_and_nothing_of_the_house(browse, cast, person, irina, now):
    row = whole(person, irina, now - timedelta(hours=3))
    page = browse(cast.olga)
    shown = page.get(f"/complaints/{row.id}")
    for words in ("Три дня без воды", "Когда ответите?", "Завтра к обеду", "Разберёмся за пять дней", "Вы правы.",
                  "Вернуть 4 000 ₽", cast.irina.name, "Да, клиент прав", "1 файл", person.full_name):
        assert words in shown.text, words
    for words in (*HOUSE.values(), "ЗАМЕТКА", "Рассказ для дела", "душ.jpg"):
        assert words not in shown.html, words
    assert not re.search(r"7\s654", shown.text)
    assert page.get("/complaints/files/t").status == 404
    own = [form.attrs["action"] for form in shown.root.one("main").all("form")]
    assert own == [f"/complaints/{row.id}/note"]
    steps = shown.root.one("ol", class_="route").all("li")
    assert [one.one(class_="route__head").text for one in steps][:2] == [
        "Жалоба получена сделано", "Порядок сообщён сделано"]
    assert all(cast.irina.name in one.text for one in steps[1:7])


def test_who_it_is_about_reads_it_too_without_the_notes(browse, cast, world, irina, now):
    row = world["sold"]
    assert row.manager_id == cast.olga.id
    actions.add_note(row.id, "ЗАМЕТКА", key="n", actor=irina, now=now)
    shown = browse(cast.olga).get(f"/complaints/{row.id}")
    assert row.story in shown.text and "ЗАМЕТКА" not in shown.html


def test_an_answer_is_read_once_it_cannot_be_called_back(browse, cast, person, irina, now):
    row = complaint(person, now=now)
    actions.reply(row.id, "Только что", key="r1", actor=irina, now=now)
    word = actions.reply(row.id, "Отозвано", key="r2", actor=irina, now=now - timedelta(minutes=1))
    page = browse(cast.olga)
    assert "Только что" not in page.get(f"/complaints/{row.id}").text
    call_back(row.id, word.id, actor=irina, now=now)
    assert "Отозвано" not in page.get(f"/complaints/{row.id}").text


@pytest.mark.parametrize("state", rules.STATES)
def test_every_state_reads_in_both_languages(browse, cast, person, irina, now, state):
    boris = actor_of(cast.boris)
    row = complaint(person, now=now, draft=state == rules.DRAFT)
    if state == rules.VOID:
        actions.act(row.id, "void", {"reason": "ОТЛОЖИЛИ"}, actor=boris, now=now)
    elif state in (rules.WAIVED, rules.CLOSED):
        bring_to(row, rules.RESOLVED, irina, now)
        actions.act(row.id, "waive", {"reason": "ОТЛОЖИЛИ"}, actor=boris, now=now)
    elif state != rules.DRAFT:
        bring_to(row, state, irina, now)
    if state == rules.CLOSED:
        with transaction() as session:
            kept = session.get_one(Complaint, row.id)
            kept.satisfaction, kept.closed_at, kept.state = "yes", now, rules.CLOSED
    page = browse(cast.olga)
    shown = page.get(f"/complaints/{row.id}")
    assert row.number in shown.h1 and "ОТЛОЖИЛИ" not in shown.html
    page.post("/me/language", {"language": "en"})
    english = page.get(f"/complaints/{row.id}")
    assert english.h1 == f"Complaint {row.number}"


def test_what_a_manager_passes_on_is_read_by_customer_service_and_not_shown_again(browse, cast, person, irina, now):
    row, page = complaint(person, now=now), browse(cast.olga)
    address = f"/complaints/{row.id}/note"
    empty = page.post(address, {"text": " "})
    assert empty.status == 422 and "Напишите" in empty.root.one("section", id="errors").text
    key = page.get(f"/complaints/{row.id}").root.one("input", name="form_key").attrs["value"]
    for _press in range(2):
        answer = page.follow(address, {"text": "Отель предупреждал о ремонте", "form_key": key})
    assert "Передано" in answer.text and "ремонте" not in answer.html
    read = browse(cast.irina).get(f"/complaints/{row.id}").root.one("li", class_="case-talk__note")
    assert "Отель предупреждал о ремонте" in read.text and cast.olga.name in read.text
    assert count(ComplaintWord) == 1
    assert db.session.get_one(Complaint, row.id).version == row.version


def test_nothing_is_passed_on_once_it_is_over_and_what_was_typed_stays(browse, cast, person, olga, now):
    row = complaint(person, now=now)
    actions.act(row.id, "void", {"reason": "Спам"}, actor=actor_of(cast.boris), now=now)
    page = browse(cast.olga)
    answer = page.post(f"/complaints/{row.id}/note", {"text": "Отель предупреждал", "form_key": "k"})
    assert answer.status == 409 and "Отель предупреждал" in answer.root.one("textarea", name="text").text
    assert not page.get(f"/complaints/{row.id}").root.all("textarea", name="text")
    with pytest.raises(BadInput):
        actions.add_note(complaint(person, now=now).id, "", key="e", actor=olga, now=now)


def test_the_list_costs_the_same_for_one_and_for_many(browse, cast, person, now):
    page = browse(cast.olga)
    complaint(person, now=now)
    page.get("/complaints")
    few = statements(page, "/complaints")
    for number in range(12):
        other = make.client(cast.main, last=f"Клиент{number}", phone=f"+7916000{number:04}", email=None,
                            manager=cast.olga, now=now)
        complaint(other, now=now)
    assert statements(page, "/complaints") == few
    assert page.get("/complaints").root.one("table").text.count("Клиент") == 13


def statements(browser, url):
    """How many statements one page costs."""
    seen = []
    note = lambda *args: seen.append(args[2])  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", note)
    page = browser.get(url)
    event.remove(db.engine, "before_cursor_execute", note)
    assert page.status == 200
    return len(seen)


def test_letters_about_a_colleagues_client_are_closed_in_the_outbox_too_and_no_link_of_a_client_stands_there(
        browse, cast, world, person, now):
    mine, his = (db.session.scalars(select(Message).where(Message.group_key == world[name].hold_key)).first() for name in ("hers", "his"))
    link = re.search(r"/k/(\w{22})", his.text)
    assert link and re.search(r"/k/\w{22}", mine.text)
    complaint(person, now=now)
    mail = db.session.scalars(select(Message).where(Message.client_id == person.id, Message.channel == "email")).one()
    olga, irina = browse(cast.olga), browse(cast.irina)
    assert olga.get(f"/outbox/{his.id}").status == olga.get(f"/outbox/{his.id}/letter").status == 404
    assert re.search(r"/k/\w{22}", mail.html)
    for shown in (olga.get(f"/outbox/{mine.id}").text, irina.get(f"/outbox/{his.id}").text,
                  olga.http.get(f"/outbox/{mail.id}/letter").text, olga.get(f"/outbox/{mail.id}").text):
        assert "/k/•••" in shown and not re.search(r"/k/\w{22}", shown)
    assert olga.post(f"/outbox/{his.id}/cancellation").status == 404 and his.state != "cancelled"
    lists = [[page.get(f"/outbox?show={show}").html for show in ("waiting", "held", "sent")] for page in (olga, irina)]
    assert [any(f'href="/outbox/{row.id}"' in html for html in of) for of in lists for row in (mine, his)] == [True, False, True, True]
