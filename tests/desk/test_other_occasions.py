"""Occasions that are no trip: never on the board, but on the lists of people, in the timeline and the outbox."""

from datetime import timedelta
from types import SimpleNamespace

import make
import pytest
from other_plan import KIND, PLAN, opened, ship_it
from sqlalchemy import event, select

from webapp.clients.models import Client
from webapp.db import db, transaction
from webapp.desk.integrity import inspect
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.post.models import Incoming, Message
from webapp.staff.audit import actor_of
from webapp.staff.models import Setting
from webapp.touches import kind_words
from webapp.touches.actions import occasions, ticking
from webapp.touches.actions.answering import take_answers
from webapp.touches.actions.sending import queue_due
from webapp.touches.models import Occasion, Touch
from webapp.trips import actions
from webapp.trips.actions.handing import Told, count_trips
from webapp.web.i18n import day

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def fading(cast, monkeypatch, now):
    """Irina must call Anna today: her points fade in 29 days; Olga owns the occasion."""
    ship_it(monkeypatch, now)
    kind_words.add_kind_words(KIND, "Баллы гаснут", purposes={"fade_call": "Чтобы баллы не пропали."})
    client = make.client(cast.main, manager=cast.olga, now=now)
    today = local_day(now, zone("Europe/Moscow"))
    row = opened(client, now=now, day=today + timedelta(29), facts={"points": 1840})
    return SimpleNamespace(client=client, row=row, day=today + timedelta(29), call=step(row, "fade_call"))


def step(row: Occasion, code: str) -> Touch:
    db.session.rollback()
    return db.session.scalars(select(Touch).where(Touch.occasion_id == row.id, Touch.step_code == code)).one()


def about(it) -> str:
    return f"Баллы гаснут: {day(it.day)}"


def test_the_board_has_no_row_no_number_and_no_total_of_it(browse, cast, fading, now):
    with transaction():
        late = db.session.get_one(Touch, step(fading.row, "fade_task").id)
        late.due_on = fading.call.due_on - timedelta(3)
        call = db.session.get_one(Touch, fading.call.id)
        call.assignee_id = cast.olga.id
        broken = db.session.get_one(Touch, step(fading.row, "fade_sms").id)
        broken.status = "failed"
        occasions.refresh(db.session.get_one(Occasion, fading.row.id), now=now)
    board = browse(cast.olga)
    page = board.get("/board")
    assert "Иванова" not in page.root.one("main").text
    assert not page.root.all("tbody", class_="row")
    assert [node.text for node in page.root.all("a", class_="counter")] == [
        node.text for node in board.get("/board?filter=finished").root.all("a", class_="counter")]
    assert "Иванова" not in browse(cast.boris).get("/board").root.one("main").text
    assert "Иванова" in board.get("/today").text


def test_the_list_for_today_says_what_it_is_about_and_the_bar_counts_it(browse, cast, fading):
    irina = browse(cast.irina)
    page = irina.get("/today")
    card = page.root.one("li", id=f"task-{fading.call.id}")
    assert "Звонок о выцветании" in card.text and about(fading) in card.text
    link = next(node for node in page.root.all("a") if node.attrs.get("href") == "/today" and "count" in node.text + str(
        [child.attrs for child in node.all()]))
    assert link.text.endswith("1")
    assert fading.client.last_name not in browse(cast.pavel).get("/today").text


def test_the_date_of_tomorrow_shows_it_too(browse, cast, fading):
    with transaction():
        db.session.get_one(Touch, fading.call.id).due_on += timedelta(1)
    assert about(fading) in browse(cast.irina).get("/today").root.one("ul", class_="ahead").text


def test_the_step_has_its_words_to_say_its_purpose_and_its_results(browse, cast, fading):
    page = browse(cast.irina).get(f"/touches/{fading.call.id}")
    assert about(fading) in page.root.one("dl", class_="facts").text
    assert "Чтобы баллы не пропали." in page.text
    assert "Анна, это Сто дорог." in page.text
    assert [node.attrs["value"] for node in page.root.all("button", name="outcome")] == ["told", "no_answer", "complains"]
    assert page.root.all("a", href="/today") or page.root.one("a", class_="crumb").attrs["href"] == "/today"


def test_it_is_told_undone_put_off_and_left_out_like_any_other(browse, cast, fading):
    irina, url = browse(cast.irina), f"/touches/{fading.call.id}"
    assert irina.post(f"{url}/tick", {"outcome": ""}).status == 422
    assert irina.follow(f"{url}/tick", {"outcome": "told"}).h1 == "Иванова Анна"
    assert (step(fading.row, "fade_call").status, step(fading.row, "fade_call").outcome) == ("done", "told")
    card = irina.get("/today").root.one("li", id=f"task-{fading.call.id}")
    undo = next(form for form in card.all("form") if "/acts/" in form.attrs["action"])
    irina.follow(undo.attrs["action"], {"touch": fading.call.id})
    assert step(fading.row, "fade_call").status == "planned"
    irina.follow(f"{url}/snooze", {"day": "3", "back": "/today"})
    assert step(fading.row, "fade_call").snoozed_until is not None
    irina.follow(f"{url}/note", {"note": "Просила позвонить вечером", "back": "/today"})
    irina.follow(f"{url}/dismissal", {"reason": "Уже приходила", "back": "/today"})
    assert (step(fading.row, "fade_call").status, step(fading.row, "fade_call").reason) == ("skipped", "not-needed")
    assert inspect(now=clock.now()).faults == []


def test_the_same_in_place_without_loading_the_page_anew(browse, cast, fading):
    irina, url = browse(cast.irina), f"/touches/{fading.call.id}"
    part = irina.get(f"/today/items/{fading.call.id}?open=1", htmx=True)
    assert "Анна, это Сто дорог." in part.text and about(fading) in part.text
    part = irina.post(f"{url}/tick", {"outcome": "told", "view": "today", "touch": fading.call.id}, htmx=True)
    assert part.status == 200 and not part.is_full and "Предупредили" in part.text


def test_no_answer_moves_it_and_keeps_the_occasion(browse, cast, fading):
    due_on = fading.call.due_on
    browse(cast.irina).follow(f"/touches/{fading.call.id}/tick", {"outcome": "no_answer", "back": "/today"})
    moved = step(fading.row, "fade_call")
    assert (moved.status, moved.attempts) == ("planned", 1) and moved.due_on > due_on


def test_the_page_of_the_client_tells_what_comes_and_what_was(browse, cast, fading):
    irina = browse(cast.irina)
    page = irina.get(f"/clients/{fading.client.id}")
    assert f"Звонок о выцветании {about(fading)}" in page.text
    irina.follow(f"/touches/{fading.call.id}/tick", {"outcome": "told"})
    was = irina.get(f"/clients/{fading.client.id}").root.one("section", aria_labelledby="timeline-title").text
    assert f"Звонок о выцветании {about(fading)}" in was and "Предупредили" in was


def test_the_timeline_asks_no_question_per_line(browse, cast, fading, now):
    def with_more(number):
        for more in range(number):
            row = opened(db.session.get_one(Client, fading.client.id), now=now, day=fading.day + timedelta(more))
            ticking.tick(step(row, "fade_call").id, actor=actor_of(cast.irina), now=now, outcome="told")
        irina, seen = browse(cast.irina), []
        event.listen(db.engine, "before_cursor_execute", keep := lambda *_args: seen.append(1))
        irina.get(f"/clients/{fading.client.id}")
        event.remove(db.engine, "before_cursor_execute", keep)
        return len(seen)
    # From here on the first lines are of the same people.
    with_more(4)
    assert with_more(1) == with_more(4)


def test_its_letter_goes_out_and_the_outbox_says_what_it_is_about(browse, cast, fading, now):
    with transaction() as session:
        session.merge(Setting(key="mode", value="trial"))
    other = opened(fading.client, now=now, day=fading.day + timedelta(10))
    letter = step(other, "fade_letter")
    queue_due(now=letter.send_at + timedelta(minutes=1))
    db.session.rollback()
    message = db.session.scalars(select(Message).where(Message.source == f"touch:{letter.id}")).one()
    assert "Скоро Анна ничего не увидит." in message.text
    page = browse(cast.olga).get(f"/outbox/{message.id}")
    assert "Баллы гаснут" in page.text
    assert page.root.all("a", href=f"/clients/{fading.client.id}")


def test_a_room_names_the_page_behind_it_and_what_to_tell(browse, cast, fading, monkeypatch):
    monkeypatch.setattr(kind_words, "_KINDS", {})
    kind_words.add_kind_words(KIND, "Баллы гаснут", lambda facts, anchors: f"{facts['points']} баллов",
                              url=lambda client_id, facts: f"/clients/{client_id}?points")
    page = browse(cast.irina).get("/today")
    link = page.root.one("a", href=f"/clients/{fading.client.id}?points")
    assert link.text == "Баллы гаснут: 1840 баллов"


def test_a_kind_without_words_is_called_like_its_plan(browse, cast, fading, monkeypatch):
    monkeypatch.setattr(kind_words, "_KINDS", {})
    assert f"{PLAN.name_ru}: {day(fading.day)}" in browse(cast.irina).get("/today").text
    for taken in (KIND, "trip"):
        monkeypatch.setattr(kind_words, "_KINDS", {KIND: kind_words.KindWords("x")})
        with pytest.raises(ValueError):
            kind_words.add_kind_words(taken, "y")


def test_a_step_outside_a_plan_is_called_as_its_room_says(browse, cast, fading, now):
    kind_words.add_step_words("bouquet", "Вручить букет", "Чтобы порадовать.")
    with transaction() as session:
        session.add(Touch(client_id=fading.client.id, office_id=cast.main.id, step_code="bouquet:1", channel="gift",
                          automatic=False, assignee_id=cast.irina.id, due_on=fading.call.due_on, status="planned",
                          created_at=now))
    irina = browse(cast.irina)
    assert "Вручить букет" in irina.get("/today").text
    touch = db.session.scalars(select(Touch).where(Touch.step_code == "bouquet:1")).one()
    page = irina.get(f"/touches/{touch.id}")
    assert "Чтобы порадовать." in page.text and page.h1.startswith("Вручить букет")
    with pytest.raises(ValueError):
        kind_words.add_step_words("bouquet", "Вручить ещё букет")


def test_a_leaver_hands_it_over_too_but_it_is_no_trip(cast, fading, now):
    places = [cast.main.id]
    assert count_trips(cast.olga, places) == 0
    done = actions.hand_over_all(cast.olga, cast.pavel, places, whom=Told.OPEN, actor=actor_of(cast.boris), now=now)
    assert (done.trips, done.clients, done.letters) == (0, 1, 0)
    assert step(fading.row, "fade_task").assignee_id == cast.pavel.id
    assert db.session.get_one(Occasion, fading.row.id).owner_id == cast.pavel.id


def test_an_answer_to_its_letter_stays_when_the_occasion_ends(cast, fading, now):
    with transaction() as session:
        session.add(Incoming(inbox="x", uidvalidity=1, uid=1, fingerprint="1", came_at=now, taken_at=now, kind="reply",
                             state="new", office_id=cast.main.id, client_id=fading.client.id,
                             sender="anna@example.com", subject="Вопрос", text="Когда можно прийти?"))
    take_answers(now=now)
    answer = db.session.scalars(select(Touch).where(Touch.step_code.startswith("reply:"))).one()
    assert (answer.occasion_id, answer.assignee_id) == (None, cast.olga.id)
    occasions.cancel_occasion(fading.row, reason="trip-cancelled", actor=actor_of(cast.boris), now=now)
    assert db.session.get_one(Touch, answer.id).status == "planned"
