"""Complaints on other pages: clients, trips, letters, /today, lessons; who is told what."""

from datetime import date, timedelta

import make
import pytest
from complaint_make import bring_to, complaint
from sqlalchemy import select

from webapp.complaints import step_rules as rules
from webapp.complaints.actions import act, add_client_word, add_note, give_to, reply, watch
from webapp.complaints.actions.nightly import look_after_complaints
from webapp.complaints.actions.talking import nothing_to_answer
from webapp.complaints.links import status_link
from webapp.complaints.models import Complaint, LessonReader
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.post.models import Incoming, Message
from webapp.staff.audit import actor_of
from webapp.staff.calendars import forget
from webapp.staff.models import Office
from webapp.touches.actions.ticking import tick, undo
from webapp.touches.models import Touch

SECRET = "Клиент скандалит, осторожно"


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def person(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def irina(cast):
    return actor_of(cast.irina)


def test_panels_lead_whoever_sees_the_complaint_and_tell_others_its_number(browse, cast, person, irina, now):
    trip = make.trip(person, purchase=date(2026, 1, 10), departure=date(2026, 2, 1), back=date(2026, 2, 9),
                     seller=cast.olga, now=now)
    row = complaint(person, trip=trip, now=now)
    add_note(row.id, SECRET, key="n", actor=irina, now=now)
    for address in (f"/clients/{person.id}", f"/trips/{trip.id}"):
        for user, is_led in ((cast.olga, True), (cast.pavel, False), (cast.irina, True)):
            page = browse(user).get(address)
            panel = page.root.one("section", id="complaints")
            assert row.number in panel.text
            assert (f"/complaints/{row.id}" in [link.attrs["href"] for link in panel.all("a")]) is is_led
            assert SECRET not in page.html
            assert [link.text for link in panel.all("a")][0] == "Записать жалобу"


def test_a_client_who_writes_is_a_task_until_somebody_answers(browse, cast, person, irina, now):
    row = complaint(person, now=now)
    add_client_word(row.id, "Когда ответите?", via="page", key="c1", now=now)
    add_client_word(row.id, "Ау", via="page", key="c2", now=now)
    tasks = db.session.scalars(select(Touch).where(Touch.step_code == f"complaint_word:{row.id}")).all()
    assert [(task.status, task.assignee_id) for task in tasks] == [("planned", cast.irina.id)]
    page = browse(cast.irina)
    assert "клиент написал" in page.get(f"/complaints/{row.id}").text
    assert "ждёт 1 клиент" in page.get("/board").text
    reply(row.id, "Завтра", key="r", actor=irina, now=now)
    db.session.expire_all()
    assert db.session.get_one(Touch, tasks[0].id).status == "done"
    assert "ждёт 1 клиент" not in page.get("/board").text


def test_whoever_follows_is_told_too_and_nobody_else(browse, cast, person, now):
    row = complaint(person, now=now)
    add_client_word(row.id, "Когда ответите?", via="page", key="c1", now=now)
    page = browse(cast.boris)
    assert "ждёт 1 клиент" not in page.get("/board").text
    watch(row.id, actor=actor_of(cast.boris), now=now)
    assert "ждёт 1 клиент" in page.get("/board").text


def test_tasks_go_along_when_a_complaint_is_given_to_a_colleague(cast, person, irina, now):
    row = complaint(person, now=now)
    add_client_word(row.id, "Когда ответите?", via="page", key="c1", now=now)
    give_to(row.id, cast.boris.id, actor=irina, now=now)
    assert set(db.session.scalars(select(Touch.assignee_id).where(Touch.step_code.like("complaint%")))) == {
        cast.boris.id}


def test_the_step_leads_to_the_complaint(browse, cast, person, now):
    row = complaint(person, now=now)
    page = browse(cast.irina).get(f"/touches/{row.task_id}")
    assert f"/complaints/{row.id}" in page.html
    assert row.number in page.text
    assert f"/complaints/{row.id}" in browse(cast.olga).get(f"/touches/{row.task_id}").html
    assert f"/complaints/{row.id}" not in browse(cast.pavel).get(f"/touches/{row.task_id}").html


def test_a_letter_becomes_a_complaint_once(browse, cast, person, now):
    with transaction() as session:
        letter = Incoming(inbox="t", uidvalidity=1, uid=1, fingerprint="1", office_id=cast.main.id, client_id=person.id,
                          kind="reply", state="new", sender="a@example.com", subject="Плохо",
                          text="Нас не встретили", came_at=now, taken_at=now)
        session.add(letter)
    page = browse(cast.irina)
    address = f"/complaints/new?client={person.id}&letter={letter.id}"
    assert address.replace("&", "&amp;") in page.get(f"/incoming/{letter.id}").html
    form = page.get(address)
    assert "Нас не встретили" in form.root.one("textarea", name="story").text
    data = {"source": "reply", "trip": "0", "story": "Нас не встретили", "tells": "yes"}
    for key in ("k1", "k2"):
        assert page.post(address, {**data, "form_key": key}).status == 303
    assert [row.origin for row in db.session.scalars(select(Complaint))] == [f"incoming:{letter.id}"]


def test_a_letter_whose_complaint_was_put_aside_may_become_one_again(browse, cast, person, now):
    with transaction() as session:
        letter = Incoming(inbox="t", uidvalidity=1, uid=1, fingerprint="1", office_id=cast.main.id, client_id=person.id,
                          kind="reply", state="new", sender="a@example.com", subject="Плохо",
                          text="Нас не встретили", came_at=now, taken_at=now)
        session.add(letter)
    page = browse(cast.boris)
    address = f"/complaints/new?client={person.id}&letter={letter.id}"
    page.post(address, {"source": "reply", "trip": "0", "story": "Нас не встретили", "form_key": "k1"})
    first = db.session.scalars(select(Complaint)).one()
    act(first.id, "void", {"reason": "по ошибке"}, actor=actor_of(cast.boris), now=now)
    assert address.replace("&", "&amp;") in page.get(f"/incoming/{letter.id}").html
    page.post(address, {"source": "reply", "trip": "0", "story": "И правда не встретили", "form_key": "k2"})
    db.session.rollback()
    rows = db.session.scalars(select(Complaint).order_by(Complaint.id)).all()
    assert [(row.state, row.origin) for row in rows] == [("void", None), ("received", f"incoming:{letter.id}")]


def test_complains_pressed_undone_and_pressed_again_is_one_draft(cast, person, now):
    trip = make.trip(person, purchase=date(2026, 10, 1), departure=date(2026, 11, 8), back=date(2026, 11, 18),
                     seller=cast.olga, now=now)
    olga = actor_of(cast.olga)
    call = db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id, Touch.channel == "call",
                                                  Touch.status == "planned")).first()
    tick(call.id, actor=olga, now=now, outcome="complains", note="Плохой номер", bundle="first")
    undo("first", actor=olga, now=now)
    tick(call.id, actor=olga, now=now, outcome="complains", note="Плохой номер, шум")
    look_after_complaints(now=now + timedelta(minutes=5))
    drafts = db.session.scalars(select(Complaint).where(Complaint.state.in_(rules.OPEN))).all()
    assert [row.story for row in drafts] == ["Плохой номер, шум"]


@pytest.fixture
def call(cast, person, now):
    """A call that waits for Olga."""
    trip = make.trip(person, purchase=date(2026, 10, 1), departure=date(2026, 11, 8), back=date(2026, 11, 18),
                     seller=cast.olga, now=now)
    return db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id, Touch.channel == "call",
                                                  Touch.status == "planned")).first()


@pytest.mark.parametrize("htmx", [False, True])
def test_complains_says_which_complaint_it_made_and_leads_there(browse, cast, call, htmx):
    page = browse(cast.olga)
    answer = page.post(f"/touches/{call.id}/tick", {"outcome": "complains", "note": "Плохой номер", "view": "trip",
                                                    "back": "/today"}, htmx=htmx)
    row = db.session.scalars(select(Complaint)).one()
    told = answer.root.one("div", id="toast") if htmx else page.get("/today").root.one("section", class_="flashes")
    assert f"Из этого вышла жалоба {row.number}" in told.text and ".." not in told.text
    assert told.one("a").attrs["href"] == f"/complaints/{row.id}" and told.one("a").text == "Дописать"
    assert page.get(f"/complaints/{row.id}").status == 200
    quiet = page.post(f"/touches/{call.id}/note", {"note": "ещё", "view": "trip"}, htmx=True)
    assert quiet.root.one("div", id="toast").children == []


def test_complains_of_a_colleagues_client_tells_the_number_alone(browse, cast, person, call, now):
    page = browse(cast.pavel)
    page.post(f"/touches/{call.id}/tick", {"outcome": "complains", "note": "Плохой номер", "back": "/today"})
    row = db.session.scalars(select(Complaint)).one()
    told = page.get("/today").root.one("section", class_="flashes")
    assert row.number in told.text and not told.all("a")


@pytest.mark.parametrize(("who", "opens"), [("irina", True), ("olga", True), ("pavel", False)])
def test_whoever_writes_a_second_complaint_down_is_told_of_the_draft(browse, cast, person, now, who, opens):
    row = complaint(person, now=now, draft=True)
    page = browse(getattr(cast, who)).get(f"/complaints/new?client={person.id}")
    note = next(one for one in page.root.all("div", class_="note--yellow"))
    assert f"{row.number} (черновик)" in " ".join(note.text.split())
    assert bool(note.all("a", href=f"/complaints/{row.id}")) is opens


def test_an_office_whose_hours_are_empty_stops_nobody(browse, cast, person, now):
    row = complaint(person, now=now)
    with transaction() as session:
        office = session.get_one(Office, cast.main.id)
        office.hours = {}
        forget(office)
    look_after_complaints(now=now)
    add_client_word(row.id, "Когда?", via="page", key="k" * 20, now=now)
    assert row.due_at is not None
    assert browse(cast.irina).get(f"/complaints/{row.id}").status == 200
    with transaction():
        path = "/k/" + status_link(row, now=now).rpartition("/")[2]
    assert browse().get(path).status == 200


@pytest.mark.parametrize("end", ["cancelled", "failed", "bounced"])
def test_an_answer_that_never_reached_the_client_is_owed_again_once(cast, person, irina, now, end):
    row = complaint(person, now=now)
    add_client_word(row.id, "Когда?", via="page", key="c" * 20, now=now)
    word = reply(row.id, "Завтра", key="r" * 20, actor=irina, now=now)
    with transaction() as session:
        session.scalars(select(Message).where(Message.source == f"complaint:{row.id}:word:{word.id}")).one().state = end
    task = db.session.scalars(select(Touch).where(Touch.step_code == f"complaint_word:{row.id}")).one()
    look_after_complaints(now=now)
    db.session.refresh(task)
    assert task.status == "planned"
    nothing_to_answer(row.id, actor=irina, now=now + timedelta(minutes=1))
    look_after_complaints(now=now + timedelta(hours=1))
    db.session.refresh(task)
    assert task.status != "planned"


def test_lessons_are_read_by_those_they_concern(browse, cast, person, irina, now):
    row = bring_to(complaint(person, now=now), rules.ANALYSED, irina, now)
    page = browse(cast.irina)
    shown = page.get(f"/complaints/{row.id}")
    form = next(form for form in shown.root.all("form") if form.attrs["action"] == f"/complaints/{row.id}/share")
    data = {node.attrs["name"]: node.attrs["value"] for node in form.all("input", type="hidden")}
    assert page.post(f"/complaints/{row.id}/share", {**data, "lesson": "Спрашивайте о ремонте"}).status == 422
    page.follow(f"/complaints/{row.id}/share", {**data, "lesson": "Спрашивайте о ремонте",
                                               "groups": [f"office:{cast.main.id}", "role:director"]})
    readers = set(db.session.scalars(select(LessonReader.user_id)))
    assert {cast.olga.id, cast.boris.id, cast.irina.id} <= readers
    assert cast.vera.id not in readers
    reader = browse(cast.olga)
    assert "Спрашивайте о ремонте" in reader.get("/lessons").text
    reader.follow(f"/lessons/{row.id}/read")
    # Olga, and Irina who wrote it.
    assert "2 из" in browse(cast.boris).get(f"/complaints/{row.id}").text
    assert "Спрашивайте о ремонте" not in browse(cast.vera).get("/lessons").text
    assert browse(cast.vera).post(f"/lessons/{row.id}/read").status == 404


def test_an_empty_list_tells_when_the_last_one_was_closed(browse, cast, person, now):
    assert "Жалоб нет" in browse(cast.irina).get("/complaints").text
    row = complaint(person, now=now - timedelta(days=3), draft=True)
    assert "черновик" in browse(cast.irina).get("/board").text.lower()
    assert row.number in browse(cast.irina).get("/complaints?show=draft").text
