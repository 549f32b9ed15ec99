"""Whatever somebody writes is opened and read: any name, the same form with other words, a tab of last month."""

from datetime import timedelta

import make
import pytest
from complaint_make import complaint
from complaint_visitor import GOOD, from_address, new_key, opened
from sqlalchemy import func, select

from webapp.complaints.actions import act, entering
from webapp.complaints.actions.entering import look_at_entries, tidy_entries
from webapp.complaints.links import status_link
from webapp.complaints.models import Complaint, ComplaintEntry, ComplaintWord
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.post import actions as post
from webapp.post.actions import set_mode
from webapp.post.models import Message
from webapp.staff.audit import actor_of, job

STRANGER, OTHER = "stranger@example.com", "И ещё нас обокрали в номере."


@pytest.fixture
def visitor(browse, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    return from_address(browse())


def words():
    db.session.rollback()
    return list(db.session.scalars(select(ComplaintWord.text).order_by(ComplaintWord.id)))


def complaints():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Complaint))


@pytest.mark.parametrize("name", [".", "…", "\u200f\u200f", "\u200b", "1", "🙂", "«»", "О'", "\u202eавонави",
                                  "Иванова\u2028Анна", "<b>", "{{ client.phone }}", "и" * 120])
def test_a_complaint_by_anybody_is_opened(visitor, now, name):
    answer = visitor.post("/complain", {**GOOD, "name": name, "contact": STRANGER, "form_key": new_key()})
    if answer.status == 303:
        assert opened(now).client.full_name
    else:
        assert answer.status == 422 and complaints() == 0


def test_a_name_of_two_lines_is_one_and_gets_its_letter(visitor, now):
    set_mode("trial", actor=job("t"), now=now)
    visitor.post("/complain", {**GOOD, "name": "Мария\nBcc: evil@example.com", "contact": STRANGER,
                               "form_key": new_key()})
    assert "\n" not in opened(now).contact_name
    post.deliver(now=now + timedelta(minutes=1))
    db.session.rollback()
    assert list(db.session.scalars(select(Message.state))) == ["sent"]


@pytest.mark.parametrize("is_opened", [False, True])
def test_the_form_changed_and_sent_again_is_one_more_word_and_once(visitor, now, is_opened):
    key = new_key()
    first = visitor.post("/complain", {**GOOD, "form_key": key})
    if is_opened:
        opened(now)
    for _ in range(2):
        again = visitor.post("/complain", {**GOOD, "form_key": key, "story": OTHER})
        assert (again.status, again.location) == (303, first.location)
    look_at_entries(now=now)
    assert complaints() == 1 and [OTHER in text for text in words()] == [True]


def test_the_form_of_a_complaint_that_is_over_brings_another(visitor, cast, now):
    key = new_key()
    first = visitor.post("/complain", {**GOOD, "form_key": key})
    act(opened(now).id, "void", {"reason": "Спам"}, actor=actor_of(cast.boris), now=now)
    places = [visitor.post("/complain", {**GOOD, "form_key": key, "story": OTHER}).location for _ in range(2)]
    assert places[0] == places[1] != first.location
    look_at_entries(now=now)
    assert complaints() == 2


@pytest.mark.parametrize("days", [2, 31, 400])
def test_a_tab_of_long_ago_still_brings_a_complaint(visitor, now, monkeypatch, days):
    key = new_key()
    visitor.post("/complain", {**GOOD, "form_key": key})
    look_at_entries(now=now)
    later = now + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: later)
    tidy_entries(now=later)
    assert visitor.post("/complain", {**GOOD, "form_key": key, "story": "Другая поездка"}).status == 303
    assert look_at_entries(now=later) == 1 and complaints() == 2


def test_other_words_in_a_form_sent_before_are_kept_on_the_status_page(visitor, cast, now):
    row = complaint(make.client(cast.main, now=now), now=now)
    with transaction():
        path = "/k/" + status_link(row, now=now).rpartition("/")[2]
    key = new_key()
    for text in ("Первое", "Первое", "Первое. И второе", "Первое. И второе", "Первое"):
        assert visitor.post(path, {"form_key": key, "text": text}).status == 303
    assert words() == ["Первое", "Первое. И второе"]


def test_one_that_cannot_be_opened_is_shown_to_people_and_stops_nobody(visitor, browse, cast, now, monkeypatch):
    real = entering.client_for

    def picky(contact, *more):
        if contact.email == STRANGER:
            raise RuntimeError("nobody has thought of this")
        return real(contact, *more)

    monkeypatch.setattr(entering, "client_for", picky)
    for contact in (STRANGER, "other@example.com"):
        visitor.post("/complain", {**GOOD, "contact": contact, "form_key": new_key()})
    assert look_at_entries(now=now) == 1
    number = db.session.scalars(select(ComplaintEntry.number).where(ComplaintEntry.looked_at.is_(None))).one()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    shown = browse(cast.irina).get("/complaints")
    assert number in shown.text and STRANGER in shown.text
    assert number not in browse(cast.olga).get("/today").text


def test_people_read_what_could_not_be_opened_and_open_it_for_a_client_of_their_choice(visitor, browse, cast, now, monkeypatch):
    client = make.client(cast.main, last="Выбранная", phone="+79160000077", email=None, now=now)

    def nobody(*_more):
        raise RuntimeError("nobody has thought of this")
    monkeypatch.setattr(entering, "client_for", nobody)
    sent = visitor.post("/complain", {**GOOD, "contact": STRANGER, "form_key": new_key()}).location
    assert look_at_entries(now=now) == 0
    entry = db.session.scalars(select(ComplaintEntry)).one()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=11))
    address, irina = f"/complaints/entries/{entry.id}", browse(cast.irina)
    assert irina.get("/complaints").root.one("a", href=address).text == "Прочитать и открыть"
    page = irina.get(address)
    assert GOOD["story"] in page.text and STRANGER in page.text and entry.number in page.h1
    assert irina.post(address, {}).status == 422
    assert browse(cast.olga).get(address).status == 404 and browse(cast.olga).post(address, {"client": client.id}).status == 404
    assert "Открыть жалобу этого клиента" in irina.get(f"{address}?client={client.id}").text
    answers = [irina.post(address, {"client": client.id}) for _ in range(2)]
    row = db.session.scalars(select(Complaint)).one()
    assert (row.client_id, row.number) == (client.id, entry.number) and row.story.startswith(GOOD["story"])
    assert {answer.location for answer in answers} == {irina.get(address).location} == {f"/complaints/{row.id}"}
    assert visitor.get(sent.partition("?")[0]).status == 200 and row.number in visitor.get(sent.partition("?")[0]).text
    assert not irina.get("/complaints").root.all("a", href=address)
