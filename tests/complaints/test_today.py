"""Complaints on the list of the day: no step is ticked away, each leads to its complaint, drafts and second looks stand there."""

from datetime import timedelta

import make
import pytest
from complaint_make import STORY, bring_to, complaint, step
from flask import g
from sqlalchemy import select

from webapp.complaints import step_rules as rules
from webapp.complaints.actions import add_client_word, answer, reply
from webapp.complaints.actions.nightly import look_after_complaints
from webapp.complaints.models import Complaint
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.staff.audit import actor_of
from webapp.staff.models import DayOff
from webapp.touches.actions import ticking
from webapp.touches.effects import BadOutcome
from webapp.touches.models import Touch, TouchEvent


@pytest.fixture
def now(now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


@pytest.fixture
def person(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def irina(cast):
    return actor_of(cast.irina)


@pytest.fixture
def boris(cast):
    return actor_of(cast.boris)


def line(row):
    """The open line of a complaint on /today."""
    db.session.expire_all()
    found = db.session.scalars(select(Touch).where(Touch.client_id == row.client_id, Touch.status == "planned",
                                                   Touch.channel == "task")).all()
    (one,) = [touch for touch in found if touch.step_code.endswith(f":{row.id}")
              and not touch.step_code.startswith("complaint_action")]
    return one


def card_of(page, touch):
    return next(li for li in page.root.all("li") if li.attrs.get("id") == f"task-{touch.id}")


@pytest.mark.parametrize(("draft", "says"), [(False, "сообщить клиенту порядок"), (True, "Подтвердить: это жалоба?")])
def test_a_complaint_on_today_leads_to_its_page_and_has_no_tick(browse, cast, person, now, draft, says):
    row = complaint(person, now=now, draft=draft)
    card = card_of(browse(cast.irina).get("/today"), line(row))
    assert says in card.text and row.number in card.text and "до 16:00 сегодня" in card.text
    assert [link.attrs["href"] for link in card.all("a") if "К жалобе" in link.text] == [f"/complaints/{row.id}"]
    assert not card.all("form"), "nothing to press that would take it off the list"


@pytest.mark.parametrize("draft", [False, True])
def test_a_crafted_tick_changes_nothing(browse, cast, person, irina, now, draft):
    row = complaint(person, now=now, draft=draft)
    add_client_word(row.id, "Когда ответите?", via="page", key="w", now=now)
    for touch in db.session.scalars(select(Touch).where(Touch.step_code.endswith(f":{row.id}"))).all():
        for verb, data in (("tick", {}), ("snooze", {"day": "3"}), ("dismissal", {"reason": "не хочу"})):
            answered = browse(cast.irina).post(f"/touches/{touch.id}/{verb}", {"touch": touch.id, **data})
            assert answered.status == 422 and "не отмечают" in answered.text, (touch.step_code, verb)
        with pytest.raises(BadOutcome):
            ticking.tick(touch.id, actor=irina, now=now)
        assert db.session.get_one(Touch, touch.id, populate_existing=True).status == "planned"


def test_it_is_done_with_its_step_and_comes_back_with_a_step_taken_back(cast, person, irina, now):
    row = complaint(person, now=now, draft=True)
    first = line(row)
    step(row, "confirm", irina, now)
    assert db.session.get_one(Touch, first.id).status == "done" and line(row).step_code == f"complaint:{row.id}"
    told = line(row)
    step(row, "tell", irina, now)
    assert db.session.get_one(Touch, told.id, populate_existing=True).status == "done"
    step(row, "back", irina, now)
    assert line(row).id == told.id and line(row).done_at is None


def test_what_the_step_did_is_not_taken_back_on_today(browse, cast, person, irina, now):
    row = complaint(person, now=now)
    told = line(row)
    step(row, "tell", irina, now)
    bundle = db.session.scalar(select(TouchEvent.bundle).where(TouchEvent.touch_id == told.id,
                                                               TouchEvent.verb == "done"))
    with pytest.raises(ticking.NothingToUndo):
        ticking.undo(bundle, actor=irina, now=now)
    assert "Сделано сегодня" not in browse(cast.irina).get("/today").text


def test_it_stands_on_the_day_of_its_deadline_also_when_that_moves(cast, person, now):
    row = complaint(person, now=now)
    assert line(row).due_on == local_day(now, zone("Europe/Moscow"))
    day = line(row).due_on
    with transaction() as session:
        session.add(DayOff(office_id=cast.main.id, day=day, working=False, note=""))
    g.pop("staff_calendars", None)
    look_after_complaints(now=now)
    due = db.session.get_one(Complaint, row.id, populate_existing=True).due_at
    assert due > now + timedelta(days=1) and line(row).due_on == local_day(due, zone("Europe/Moscow"))


def test_a_line_that_was_lost_comes_back(cast, person, now):
    row = complaint(person, now=now, draft=True)
    with transaction():
        lost = line(row)
        lost.status, lost.done_at = "done", now
    look_after_complaints(now=now)
    assert line(row).id == lost.id and line(row).done_at is None


def test_a_director_finds_the_second_look_on_today_and_in_the_bar(browse, cast, person, irina, boris, now):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    answer(row.id, "no", words="Мало", now=now)
    again = line(row)
    assert again.assignee_id == cast.boris.id and again.step_code == f"complaint_again:{row.id}"
    page = browse(cast.boris).get("/complaints")
    assert "недоволен решением" in page.text
    assert "недоволен решением" not in browse(cast.irina).get("/complaints").text
    bring_to(row, rules.RESOLVED, boris, now)
    assert db.session.get_one(Touch, again.id, populate_existing=True).status == "done"


def test_whose_the_second_round_is_stands_before_its_first_step(browse, cast, person, irina, now):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    answer(row.id, "no", words="Мало", now=now)
    for user in (cast.irina, cast.boris):
        page = browse(user).get(f"/complaints/{row.id}")
        first = next(node for node in page.root.all("div") if node.attrs.get("id") == "first-round")
        assert "решает руководитель" in page.text and cast.boris.name in page.text
        for words in ("Бойлер был сломан", "4 000", "Вы правы", "Мало"):
            assert words in first.text
    assert "второе решение не за вами" in browse(cast.irina).get(f"/complaints/{row.id}").text


def test_the_story_of_a_client_is_no_contact_of_staff(browse, cast, person, irina, now):
    row = complaint(person, now=now)
    step(row, "tell", irina, now)
    add_client_word(row.id, "Когда вы ответите?", via="page", key="w", now=now)
    reply(row.id, "Завтра", key="r", actor=irina, now=now)
    page = browse(cast.olga).get(f"/clients/{person.id}")
    assert STORY not in page.text and "Когда вы ответите?" not in page.text
    assert row.number in page.text
