"""Somebody leaves: open complaints, what was promised, tasks and following go to the successor or to who may handle them."""

from datetime import timedelta

import make
import pytest
from complaint_make import bring_to, complaint, step
from sqlalchemy import select

from webapp.complaints.actions import act, give_to, watch
from webapp.complaints.actions.nightly import look_after_complaints
from webapp.complaints.integrity import faults
from webapp.complaints.models import Complaint, ComplaintAction, ComplaintEvent, ComplaintWatcher
from webapp.complaints.step_rules import CLOSED, RESOLVED, SHARED, TOLD
from webapp.db import db, transaction
from webapp.staff.actions import dismiss
from webapp.staff.audit import actor_of
from webapp.staff.models import User
from webapp.touches.models import Touch
from webapp.trips.actions.handing import Told, hand_over_all


@pytest.fixture
def person(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def second(cast, now):
    """Another colleague of customer service."""
    with transaction() as session:
        found = User(email="nina@example.org", name="Нина Второва", role="service", offices=[cast.main], created_at=now,
                     password_hash="")
        session.add(found)
    return found


def fresh(row):
    db.session.rollback()
    return db.session.get_one(Complaint, row.id)


def tasks(row):
    """Whose list the open tasks about it stand on."""
    codes = [f"{code}:{row.id}" for code in ("complaint", "complaint_word", "complaint_action")]
    return {touch.step_code.partition(":")[0]: touch.assignee_id for touch in db.session.scalars(select(Touch).where(
        Touch.step_code.in_(codes), Touch.status == "planned"))}


def followers(row):
    return set(db.session.scalars(select(ComplaintWatcher.user_id).where(ComplaintWatcher.complaint_id == row.id)))


def passed(row):
    return [(event.actor, event.facts) for event in db.session.scalars(select(ComplaintEvent).where(
        ComplaintEvent.complaint_id == row.id, ComplaintEvent.verb == "passed-on"))]


def hand_over(cast, leaver, to, now):
    return hand_over_all(leaver, to, leaver.office_ids, whom=Told.NONE, actor=actor_of(cast.boris), now=now)


def test_a_successor_who_may_handle_complaints_gets_them_with_their_tasks(cast, person, second, now):
    row = complaint(person, now=now)
    assert row.owner_id == cast.irina.id and tasks(row) == {"complaint": cast.irina.id}
    assert hand_over(cast, cast.irina, second, now).others == ("1 жалоба",)
    assert fresh(row).owner_id == second.id and tasks(row) == {"complaint": second.id}
    assert passed(row) == [(cast.boris.name, {"from": cast.irina.id, "to": second.id})]
    assert hand_over(cast, cast.irina, second, now).others == ()


def test_a_manager_gets_what_was_promised_and_customer_service_the_complaint(cast, person, second, now):
    row = bring_to(complaint(person, now=now), RESOLVED, actor_of(cast.irina), now)
    assert tasks(row) == {"complaint_action": cast.irina.id}
    hand_over(cast, cast.irina, cast.pavel, now)
    assert fresh(row).owner_id == second.id and tasks(row) == {"complaint_action": cast.pavel.id}
    assert [one.user_id for one in db.session.scalars(select(ComplaintAction))] == [cast.pavel.id]


def test_the_one_complained_of_does_not_get_it(cast, person, second, now):
    with transaction() as session:
        session.get_one(User, cast.olga.id).role = "service"
        row = complaint(person, now=now)
    hand_over(cast, cast.irina, cast.olga, now)
    assert row.manager_id == cast.olga.id and fresh(row).owner_id == second.id


def test_without_customer_service_the_director_gets_them(cast, person, now):
    row = complaint(person, now=now)
    dismiss(cast.irina, actor=actor_of(cast.anna), now=now)
    assert fresh(row).owner_id == cast.boris.id and tasks(row) == {"complaint": cast.boris.id}
    assert passed(row) == [(cast.anna.name, {"from": cast.irina.id, "to": cast.boris.id})]
    assert not list(faults())


def test_who_leaves_keeps_nothing_in_hand_follows_nothing_and_has_promised_nothing(cast, person, second, now):
    row = bring_to(complaint(person, now=now), RESOLVED, actor_of(cast.irina), now)
    give_to(row.id, second.id, actor=actor_of(cast.boris), now=now)
    watch(row.id, actor=actor_of(cast.irina), now=now)
    dismiss(cast.irina, actor=actor_of(cast.anna), now=now)
    assert fresh(row).owner_id == second.id and followers(row) == set()
    assert tasks(row) == {"complaint_action": second.id}
    assert not [touch for touch in db.session.scalars(select(Touch).where(Touch.status == "planned"))
                if touch.assignee_id == cast.irina.id]


def test_the_successor_follows_what_the_leaver_followed(cast, person, second, now):
    row = complaint(person, now=now)
    watch(row.id, actor=actor_of(cast.boris), now=now)
    hand_over_all(cast.boris, second, [cast.main.id], whom=Told.NONE, actor=actor_of(cast.nikolai), now=now)
    assert followers(row) == {second.id} and fresh(row).owner_id == cast.irina.id


def test_only_the_offices_that_were_handed_over_change_hands(cast, person, second, now):
    here, there = complaint(person, now=now), complaint(person, now=now, office=cast.east)
    with transaction() as session:
        session.get_one(Complaint, there.id).owner_id = cast.nikolai.id
        session.get_one(Complaint, here.id).owner_id = cast.nikolai.id
    hand_over_all(cast.nikolai, second, [cast.main.id], whom=Told.NONE, actor=actor_of(cast.boris), now=now)
    assert (fresh(here).owner_id, fresh(there).owner_id) == (second.id, cast.nikolai.id)


def test_what_is_closed_stays_under_the_name_of_who_handled_it(cast, person, now):
    row, irina = complaint(person, now=now), actor_of(cast.irina)
    bring_to(row, SHARED, irina, now)
    with transaction():
        db.session.query(Touch).filter(Touch.step_code == f"complaint_action:{row.id}").update({"status": "done"})
        session_row = db.session.get_one(Complaint, row.id)
        session_row.satisfaction = "yes"
    act(row.id, "close", actor=irina, now=now)
    dismiss(cast.irina, actor=actor_of(cast.anna), now=now)
    assert (fresh(row).state, row.owner_id) == (CLOSED, cast.irina.id)


@pytest.mark.parametrize("change", [{"role": "manager"}, {"offices": []}])
def test_who_may_no_longer_open_it_does_not_keep_it(cast, person, second, now, change):
    row = complaint(person, now=now)
    with transaction() as session:
        for name, value in change.items():
            setattr(session.get_one(User, cast.irina.id), name, value)
    assert look_after_complaints(now=now + timedelta(minutes=1))["complaints_passed_on"] == 1
    assert fresh(row).owner_id == second.id and passed(row)[0][0] == "complaints"
    assert look_after_complaints(now=now + timedelta(minutes=2))["complaints_passed_on"] == 0


def test_the_page_says_what_is_in_hand_and_who_gets_it_and_the_history_tells(browse, cast, person, second, now):
    row = bring_to(complaint(person, now=now), TOLD, actor_of(cast.irina), now)
    page = browse(cast.boris).get(f"/staff/{cast.irina.id}/hand-over")
    facts = {d.one("dt").text: d.one("dd").text for d in page.root.one("dl", class_="facts").all("div")}
    assert facts["Открытых жалоб"] == "1" and "клиентская служба" in page.text
    page = browse(cast.boris).follow(f"/staff/{cast.irina.id}/hand-over", {"to": second.id, "whom": "none"})
    assert "1 жалоба" in page.text
    assert "Перешла от коллеги: Ирина Мельник → Нина Второва" in browse(cast.boris).get(f"/complaints/{row.id}").text
    page = browse(cast.boris).get(f"/staff/{cast.irina.id}/hand-over")
    assert "Передавать нечего" in page.text


def test_a_new_one_in_an_office_without_customer_service_goes_to_the_director(cast, person, now):
    dismiss(cast.irina, actor=actor_of(cast.anna), now=now)
    row = complaint(person, now=now)
    assert row.owner_id == cast.boris.id
    step(row, "tell", actor_of(cast.boris), now)
