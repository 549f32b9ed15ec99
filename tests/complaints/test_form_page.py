"""The public form of complaints: light, nothing lost, the same for everybody, one complaint however often pressed."""

import statistics
import time
from datetime import timedelta

import make
import pytest
from complaint_visitor import GOOD, PHONE, attached, from_address, new_key, opened, sent
from crowd import at_once
from files_make import paper, picture, with_place
from page import Browser
from sqlalchemy import event, func, select

from webapp.batches.actions import beat
from webapp.clients.models import consent_log, holders
from webapp.complaints.actions import entering
from webapp.complaints.actions.entering import look_at_entries, tidy_entries
from webapp.complaints.actions.uploading import tidy_uploads
from webapp.complaints.form_rules import ENTRY_KEPT, FORMS_A_DAY, FORMS_AN_HOUR, KEPT
from webapp.complaints.integrity import faults
from webapp.complaints.models import Complaint, ComplaintEntry, ComplaintFile, ComplaintUpload
from webapp.db import db
from webapp.desk.actions import look
from webapp.kit import clock
from webapp.post.models import Message
from webapp.staff.models import AuditEntry


@pytest.fixture
def visitor(browse, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    return from_address(browse())


def rows(table):
    db.session.rollback()
    return list(db.session.scalars(select(table).order_by(table.id)))


def test_the_form_is_light_without_scripts_and_cookies_and_nobody_agrees_beforehand(visitor):
    page = visitor.get("/complain")
    assert page.status == 200 and page.h1 == "Расскажите, что пошло не так"
    assert len(page.html.encode()) < 30 * 1024 and "<script" not in page.html and "checked" not in page.html
    assert "Set-Cookie" not in page.headers and page.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(("reads", "lang", "title"), [
    ("en-GB,en;q=0.9", "", "Tell us what went wrong"), ("ru", "", "Расскажите, что пошло не так"),
    ("en", "ru", "Расскажите, что пошло не так"), ("ru", "en", "Tell us what went wrong")])
def test_the_form_speaks_what_the_browser_reads_or_what_was_chosen(visitor, reads, lang, title):
    page = visitor.get(f"/complain?lang={lang}" if lang else "/complain", headers={"Accept-Language": reads})
    assert page.h1 == title and "Accept-Language" in page.headers["Vary"]


def test_a_complaint_is_sent_and_has_number_link_and_days_at_once(visitor, now):
    answer = visitor.post("/complain", {**GOOD, "form_key": new_key()})
    page = visitor.get(answer.location)
    (entry,) = rows(ComplaintEntry)
    assert page.h1 == "Мы получили ваше обращение" and entry.number in page.text
    assert "/k/" in page.root.one("p", class_="friend__link").text
    # Friday noon: four working hours end the same day, five working days the next Friday, ten days on Monday.
    for promise in ("20 ноября до 16:00", "до 27 ноября", "30 ноября"):
        assert promise in page.text, page.text
    status = visitor.get(answer.location.partition("?")[0])
    assert entry.number in status.h1 and "горячей воды" in status.text


def test_the_worker_makes_a_complaint_of_it_with_the_same_number_and_link(visitor, cast, now):
    token = sent(visitor)
    number = rows(ComplaintEntry)[0].number
    look(now=now + timedelta(minutes=1))
    (row,) = rows(Complaint)
    assert (row.number, row.state, row.source, row.created_at) == (number, "received", "form", now)
    assert (row.contact_name, row.contact_phone, row.client.first_name) == ("Мария Кузнецова", PHONE, "Мария")
    assert "Турция, октябрь" in row.story and row.wants == "Вернуть часть денег"
    assert {e.how for e in consent_log(row.client_id)} == {"complaint-form"}
    assert row.number in visitor.get(f"/k/{token}").h1
    (entry,) = rows(ComplaintEntry)
    assert (entry.story, entry.name, entry.phone, entry.address) == ("",) * 4, "no second copy is kept"
    letter = db.session.scalars(select(Message).where(Message.source == f"complaint:{row.id}:received")).one()
    assert letter.channel == "sms" and letter.address == PHONE
    seen = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "agreed")).one()
    assert seen.facts["consent"][1].startswith("data-")


def test_the_wish_stands_under_its_question_before_and_after_the_worker_came(visitor, now):
    token = sent(visitor)
    for _ in range(2):
        told, wish = visitor.get(f"/k/{token}").root.one(class_="talk").all("p", class_="talk__text")
        assert (told.text, wish.text) == (GOOD["story"], GOOD["wants"])
        assert "Чего вы ждёте от нас:" in visitor.get(f"/k/{token}").text
        look(now=now + timedelta(minutes=1))


@pytest.mark.parametrize(("typed", "known"), [
    ("8 916 000-00-01", True), ("+7(916)0000001", True), ("ANNA@example.com", True), ("maria@example.com", False),
    ("89165550000", False)])
def test_a_known_phone_or_e_mail_is_the_clients_record_and_an_unknown_one_a_new_one(visitor, cast, now, typed, known):
    anna = make.client(cast.main, manager=cast.olga, now=now)
    sent(visitor, contact=typed)
    row = opened(now)
    assert (row.client_id == anna.id) is known and row.manager_id == (cast.olga.id if known else None)
    assert [event.how for event in consent_log(anna.id)] == [], "nobody changes by a form what a client has said"


def test_of_a_family_with_one_phone_it_is_the_one_who_writes(visitor, cast, now):
    make.client(cast.main, last="Кузнецов", first="Пётр", phone=PHONE, email=None, now=now)
    maria = make.client(cast.main, last="Кузнецова", first="Мария", phone=PHONE, email=None, now=now)
    sent(visitor)
    assert opened(now).client_id == maria.id


def test_the_trip_is_found_by_its_destination(visitor, cast, now):
    maria = make.client(cast.main, last="Кузнецова", first="Мария", phone=PHONE, email=None, now=now)
    back = now.date() - timedelta(days=10)
    trip = make.trip(maria, purchase=back - timedelta(days=60), departure=back - timedelta(days=7), back=back,
                     seller=cast.olga, now=now)
    sent(visitor, trip=f"{trip.destination or 'Турция'}, недавно")
    row = opened(now)
    assert row.trip_id == (trip.id if trip.destination else None)


def test_the_office_that_was_chosen_handles_it(visitor, cast, now):
    assert visitor.get("/complain").root.one("select", name="office")
    sent(visitor, office=str(cast.east.id))
    assert opened(now).office_id == cast.east.id


@pytest.mark.parametrize(("field", "value", "said"), [
    ("story", "", "Расскажите, что случилось"), ("name", " ", "как вас зовут"), ("contact", "", "телефон или почту"),
    ("contact", "позвоните", "ни на телефон, ни на почту"), ("contact", "maria@", "опечатка"),
    ("agree", "", "Без согласия"), ("story", "ы" * 8001, "8001"), ("wants", "ы" * 2001, "2001")])
def test_what_is_wrong_is_said_and_words_and_files_stay(visitor, field, value, said):
    page = visitor.post("/complain", {**GOOD, "form_key": new_key(), field: value,
                                      "files": attached(("вид из окна.jpg", picture()))})
    assert page.status == 422 and said in page.text and rows(ComplaintEntry) == []
    assert page.root.one("title").text.startswith("Ошибка")
    assert GOOD["trip"] in page.html and "вид из окна.jpg" in page.text
    links = {link.attrs["href"].removeprefix("#") for link in page.root.one("section", class_="summary").all("a")}
    assert links == {field} and page.root.all(id=field)
    again = visitor.post("/complain", {**GOOD, "form_key": page.root.one("input", name="form_key").attrs["value"]})
    assert again.status == 303 and len(rows(ComplaintUpload)) == 1


def test_the_summary_ends_no_question_twice_and_repeats_no_consent(visitor):
    page = visitor.post("/complain", {**GOOD, "form_key": new_key(), "story": "", "agree": ""})
    said = [link.text for link in page.root.one("section", class_="summary").all("a")]
    assert said[0].startswith("Что случилось? Расскажите") and not [line for line in said if "?:" in line]
    assert said[-1].startswith("Без согласия мы не вправе")


def test_files_are_added_one_by_one_taken_out_and_sent(visitor, now):
    key = new_key()
    for name, data in (("чек.png", picture("PNG")), ("место.jpg", with_place()), ("договор.pdf", paper())):
        page = visitor.post("/complain", {**GOOD, "form_key": key, "do": "add", "files": attached((name, data))})
        assert page.status == 200 and name in page.text and GOOD["story"] in page.html
    out = page.root.one("button", aria_label="Убрать: чек.png").attrs["value"]
    assert "чек.png" not in visitor.post("/complain", {**GOOD, "form_key": key, "do": out}).text
    token = sent(visitor, form_key=key)
    assert {"место.jpg", "договор.pdf"} <= set(visitor.get(f"/k/{token}").text.split())
    opened(now)
    assert [(file.name, file.by_client) for file in rows(ComplaintFile)] == [("место.jpg", True), ("договор.pdf", True)]
    assert rows(ComplaintUpload) == []
    page = visitor.get(f"/k/{token}")
    link = next(a.attrs["href"] for a in page.root.all("a") if a.text == "место.jpg")
    answer = visitor.get(link)
    assert answer.headers["Content-Disposition"].startswith("attachment") and "sandbox" in answer.headers[
        "Content-Security-Policy"] and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"Camera of Olga" not in answer.response.data


def test_a_bad_file_is_named_and_the_good_ones_beside_it_stay(visitor):
    page = visitor.post("/complain", {**GOOD, "form_key": new_key(), "files": attached(
        ("хорошо.jpg", picture()), ("IMG.HEIC", b"\0\0\0\x18ftypheic" + b"\0" * 40))})
    assert page.status == 422 and "IMG.HEIC" in page.text and "Наиболее совместимый" in page.text
    assert [row.name for row in rows(ComplaintUpload)] == ["хорошо.jpg"] and rows(ComplaintEntry) == []


def test_fifty_megabytes_get_a_sentence_and_what_was_typed_stays(visitor):
    page = visitor.post("/complain", {**GOOD, "form_key": new_key(),
                                      "files": attached(("кино.jpg", b"\xff\xd8\xff" + b"\0" * 50 * 1024 * 1024))})
    assert page.status == 422 and "больше 10 МБ" in page.text and GOOD["story"] in page.html


def test_more_than_a_request_may_bring_gets_a_sentence_too(visitor):
    page = visitor.post("/complain", {**GOOD, "files": attached(("кино.jpg", b"\0" * 65 * 1024 * 1024))})
    assert page.status == 413 and "написанное на месте" in page.text


def test_ten_files_are_the_most(visitor):
    key = new_key()
    for number in range(5):
        pair = attached(*((f"{number}-{half}.png", picture("PNG", size=(40 + number, 40 + half))) for half in (0, 1)))
        visitor.post("/complain", {"form_key": key, "do": "add", "files": pair})
    page = visitor.post("/complain", {"form_key": key, "do": "add", "files": attached(("11.png", picture("PNG")))})
    assert page.status == 422 and "десять файлов" in page.text and len(rows(ComplaintUpload)) == 10


def test_the_same_photo_twice_is_one_file(visitor):
    key = new_key()
    for _ in range(2):
        visitor.post("/complain", {"form_key": key, "do": "add", "files": attached(("а.jpg", picture()))})
    assert len(rows(ComplaintUpload)) == 1


def test_files_of_forms_nobody_sent_are_forgotten_after_hours_and_keys_after_a_month(visitor, now):
    visitor.post("/complain", {"form_key": new_key(), "do": "add", "files": attached(("а.jpg", picture()))})
    sent(visitor, files=attached(("б.jpg", picture(size=(99, 99)))))
    assert tidy_uploads(now=now + KEPT - timedelta(minutes=1)) == 0
    assert tidy_uploads(now=now + KEPT) == 1 and [row.name for row in rows(ComplaintUpload)] == ["б.jpg"]
    assert tidy_entries(now=now + ENTRY_KEPT) == 0, "it waits for the worker"
    look_at_entries(now=now)
    assert tidy_entries(now=now + ENTRY_KEPT) == 1 and len(rows(Complaint)) == 1


def test_others_can_neither_see_nor_take_out_files_of_a_form(visitor, browse):
    visitor.post("/complain", {"form_key": new_key(), "do": "add", "files": attached(("а.jpg", picture()))})
    (row,) = rows(ComplaintUpload)
    page = from_address(browse()).post("/complain", {"form_key": new_key(), "do": f"drop:{row.token}"})
    assert "а.jpg" not in page.text and len(rows(ComplaintUpload)) == 1


def test_a_weak_key_is_made_anew_so_that_nobody_meets_anothers_form(visitor):
    for key in ("a", "1" * 19, "ключ" * 10, ""):
        page = visitor.post("/complain", {"form_key": key, "do": "add"})
        made = page.root.one("input", name="form_key").attrs["value"]
        assert made != key and len(made) >= 20


def test_ten_presses_at_the_same_moment_are_one_complaint(app, now):
    form = {**GOOD, "form_key": new_key()}

    def press(_number):
        return from_address(Browser(app)).http.post("/complain", data=form).headers["Location"]
    assert len(set(at_once(app, 10, press))) == 1
    assert len(rows(ComplaintEntry)) == 1
    look_at_entries(now=clock.now())
    look_at_entries(now=clock.now())
    assert press(0) and len(rows(ComplaintEntry)) == 1, "a press after the worker came is the same one, too"
    assert len(rows(Complaint)) == 1 and len(holders([PHONE])) == 1


def test_three_workers_open_each_complaint_once(app, visitor, now):
    for number in range(4):
        from_address(visitor)
        sent(visitor, contact=f"+7916222000{number % 2}")
    assert sum(at_once(app, 3, lambda _number: look_at_entries(now=now))) == 4
    assert len(rows(Complaint)) == 4 and all(len(holders([f"+7916222000{number}"])) == 1 for number in (0, 1))


def test_one_that_cannot_be_opened_holds_up_nobody_and_is_tried_again(visitor, now, monkeypatch):
    sent(visitor)
    sent(visitor, contact="89165550000")
    whole = entering.receive

    def breaks(intake, **more):
        if intake.contact_phone == PHONE:
            raise RuntimeError("a fault")
        return whole(intake, **more)
    monkeypatch.setattr(entering, "receive", breaks)
    assert look_at_entries(now=now) == 1 and rows(Complaint)[0].contact_phone == "+79165550000"
    beat("worker", now=now + timedelta(hours=2))
    assert [line for line in faults() if "still waits" in line]
    monkeypatch.setattr(entering, "receive", whole)
    assert look_at_entries(now=now) == 1 and len(rows(Complaint)) == 2 and list(faults()) == []


def test_the_page_asks_the_database_the_same_whoever_it_is(visitor, cast, now):
    """Known, known to another office, written before, or new: the same statements, and none that looks for people."""
    make.client(cast.main, now=now)
    make.client(cast.east, last="Дальняя", phone="+79160000005", email="d@example.com", now=now)
    trails = {}
    for who in ("8 916 000-00-01", "anna@example.com", "+79160000005", "+79167777777", "new@example.com"):
        seen = []

        def note(_connection, _cursor, statement, *_rest, seen=seen):
            seen.append(statement)
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            from_address(visitor)
            token = sent(visitor, contact=who)
            visitor.get(f"/k/{token}")
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        trails[who] = seen
        look_at_entries(now=now)
    first = trails["8 916 000-00-01"]
    assert len(first) > 5 and all(trail == first for trail in trails.values())
    assert not [line for line in first if "phone.e164" in line or "email.address" in line or "JOIN phone" in line]


def test_the_answer_takes_as_long_for_unknown_contacts_as_for_known_ones(visitor, cast, now, monkeypatch):
    monkeypatch.setattr(entering.rules, "FORMS_A_DAY", 10_000)
    make.client(cast.main, now=now)
    spent = {"+79160000001": [], "+79168888888": []}
    for turn in range(30):
        from_address(visitor)
        for phone in (list(spent) if turn % 2 else list(spent)[::-1]):
            form = {**GOOD, "contact": phone, "form_key": new_key()}
            started = time.perf_counter()
            visitor.http.post("/complain", data=form)
            spent[phone].append(time.perf_counter() - started)
    medians = [statistics.median(times[4:]) for times in spent.values()]
    assert 0.6 < medians[0] / medians[1] < 1.6


def test_one_address_and_one_contact_may_complain_so_often(visitor, now, monkeypatch):
    for number in range(FORMS_AN_HOUR):
        sent(visitor, contact=f"+791622200{number:02d}")
    page = visitor.post("/complain", {**GOOD, "form_key": new_key()})
    assert page.status == 429 and page.h1 == "Позвоните нам, пожалуйста"
    for _ in range(FORMS_A_DAY):
        sent(from_address(visitor))
    assert from_address(visitor).post("/complain", {**GOOD, "form_key": new_key()}).status == 429
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=1))
    assert visitor.post("/complain", {**GOOD, "form_key": new_key()}).status == 303


def test_what_fills_the_hidden_field_is_asked_to_press_again(visitor):
    page = visitor.post("/complain", {**GOOD, "form_key": new_key(), "website": "https://spam.example"})
    assert page.status == 422 and "ещё раз" in page.text and rows(ComplaintEntry) == []
    assert GOOD["story"] in page.html and page.root.one("input", name="website").attrs.get("value", "") == ""


def test_looking_changes_nothing(visitor):
    for _ in range(3):
        visitor.get("/complain")
    assert db.session.scalar(select(func.count()).select_from(ComplaintEntry)) == 0
