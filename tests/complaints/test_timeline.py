"""Complaints in a client's timeline: what happened, in order, for everybody; the way there and the decision for some."""

from datetime import timedelta

import make
import pytest
from complaint_make import bring_to, complaint, step

from webapp.complaints.actions import act, note_answer
from webapp.complaints.step_rules import RESOLVED, SHARED
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.touches.models import Touch


@pytest.fixture
def person(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture(autouse=True)
def later(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=3))


def lines(browse, who, person):
    """(title, what stands at its end, where it leads) of the lines about complaints, the newest first."""
    db.session.rollback()
    section = browse(who).get(f"/clients/{person.id}").root.one("section", aria_labelledby="timeline-title")
    found = []
    for line in section.all("li"):
        title = line.one(class_="line-title")
        if "алоб" in title.text and "Пришла" in title.text or "жалобе" in title.text or "Жалоб" in title.text:
            found.append((title.text, line.one(class_="line-end").text, [a.attrs["href"] for a in title.all("a")]))
    return found


def test_it_tells_that_one_came_was_decided_closed_and_opened_once_more(browse, cast, person, now):
    irina, boris, row = actor_of(cast.irina), actor_of(cast.boris), complaint(person, now=now)
    bring_to(row, SHARED, irina, now + timedelta(hours=1))
    with transaction():
        db.session.query(Touch).filter(Touch.step_code == f"complaint_action:{row.id}").update({"status": "done"})
    note_answer(row.id, "yes", actor=irina, now=now + timedelta(hours=2))
    act(row.id, "close", actor=irina, now=now + timedelta(hours=3))
    act(row.id, "reopen", {"reason": "Позвонил снова"}, actor=boris, now=now + timedelta(hours=4))
    number, way = row.number, [f"/complaints/{row.id}"]
    assert lines(browse, cast.irina, person) == [
        (f"Жалобу {number} открыли ещё раз", cast.boris.name, way), (f"Жалоба {number} закрыта", cast.irina.name, way),
        (f"По жалобе {number} есть решение", f"клиент прав · {cast.irina.name}", way),
        (f"Пришла жалоба {number}", "", way)]


def test_of_a_colleagues_client_managers_read_that_it_happened_and_nothing_more(browse, cast, person, now):
    row = complaint(person, now=now, story="СЕКРЕТ")
    bring_to(row, RESOLVED, actor_of(cast.irina), now)
    assert lines(browse, cast.pavel, person) == [
        (f"По жалобе {row.number} есть решение", cast.irina.name, []), (f"Пришла жалоба {row.number}", "", [])]
    way = [f"/complaints/{row.id}"]
    assert lines(browse, cast.olga, person) == [
        (f"По жалобе {row.number} есть решение", f"клиент прав · {cast.irina.name}", way),
        (f"Пришла жалоба {row.number}", "", way)]


def test_a_decision_that_was_taken_back_was_none(browse, cast, person, now):
    irina, row = actor_of(cast.irina), complaint(person, now=now)
    bring_to(row, RESOLVED, irina, now)
    act(row.id, "back", actor=irina, now=now + timedelta(seconds=5))
    assert [title for title, _end, _way in lines(browse, cast.irina, person)] == [f"Пришла жалоба {row.number}"]
    step(row, "resolve", irina, now + timedelta(minutes=1), decision="refuse")
    assert [end for _title, end, _way in lines(browse, cast.irina, person)] == [f"отказ · {cast.irina.name}", ""]


def test_what_was_no_complaint_leaves_no_line(browse, cast, person, now):
    row = complaint(person, now=now, draft=True)
    act(row.id, "void", {"reason": "Спам"}, actor=actor_of(cast.irina), now=now)
    assert lines(browse, cast.irina, person) == []


def test_one_of_another_office_is_told_without_a_way_there(browse, cast, person, now):
    row = complaint(person, now=now, office=cast.east)
    assert lines(browse, cast.irina, person) == [(f"Пришла жалоба {row.number}", "", [])]
