"""A client whose complaint is open is not erased before it has ended: said before the button, and held behind it."""

import make
import pytest
from complaint_make import STORY, bring_to, complaint, step
from complaint_visitor import PHONE, from_address, opened, sent
from crowd import at_once
from sqlalchemy import func, select

from webapp.clients.models import Client
from webapp.club.actions import asking
from webapp.club.asking_rules import read_asked
from webapp.club.balance_models import BalanceAsk
from webapp.complaints.actions import act, note_answer
from webapp.complaints.actions.receiving import Intake, receive
from webapp.complaints.models import Complaint, ComplaintEntry, ComplaintFile, ComplaintWord
from webapp.complaints.step_rules import CLOSED, DRAFT, RESOLVED, VOID, Refused
from webapp.db import db, transaction
from webapp.desk.integrity import inspect
from webapp.desk.person.actions import erase_person
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.models import AuditEntry
from webapp.staff.rules import BadInput
from webapp.touches.models import Touch


@pytest.fixture
def person(cast, now):
    return make.client(cast.main, last="Жалобина", manager=cast.olga, now=now)


@pytest.fixture
def boris(cast):
    return actor_of(cast.boris)


def erase(client_id, boris, now):
    db.session.rollback()
    erase_person(db.session.get_one(Client, client_id), actor=boris, now=now)


def is_erased(client_id):
    db.session.rollback()
    return db.session.get_one(Client, client_id).erased_at is not None


@pytest.mark.parametrize("state", [DRAFT, "received", RESOLVED])
def test_nobody_is_erased_who_waits_for_an_answer(person, boris, now, state):
    row = complaint(person, now=now, draft=state == DRAFT)
    if state != DRAFT:
        bring_to(row, state, boris, now)
    with pytest.raises(BadInput, match="complains"):
        erase(person.id, boris, now)
    assert not is_erased(person.id) and db.session.get_one(Complaint, row.id).story == STORY
    assert not inspect(now=now).faults


def test_the_page_says_so_instead_of_the_button_and_a_crafted_post_changes_nothing(browse, cast, person, now):
    row = complaint(person, now=now)
    other = complaint(person, now=now, office=cast.east)
    page = browse(cast.boris).get(f"/clients/{person.id}/data")
    said = page.root.one("section", class_="ask").text
    assert "У клиента открыты жалобы:" in said and row.number in said and other.number in said and "30 дней" in said
    assert [a.attrs["href"] for a in page.root.one("section", class_="ask").all("a")] == [f"/complaints/{row.id}"]
    assert not page.root.all("input", name="name") and "Удалить навсегда" not in page.text
    page = browse(cast.boris).post(f"/clients/{person.id}/data/erasure", {"name": person.full_name})
    assert page.status == 409 and row.number in page.text and not is_erased(person.id)


def test_once_it_has_ended_the_client_is_erased_and_all_the_rest_agrees(browse, cast, person, boris, now):
    row = bring_to(complaint(person, now=now), RESOLVED, boris, now)
    act(row.id, "waive", {"reason": "Клиент снял жалобу"}, actor=boris, now=now)
    note_answer(row.id, "yes", words="Снимаю жалобу", actor=boris, now=now)
    with transaction():
        db.session.query(Touch).filter(Touch.step_code == f"complaint_action:{row.id}").update({"status": "done"})
    act(row.id, "close", actor=boris, now=now)
    page = browse(cast.boris).follow(f"/clients/{person.id}/data/erasure", {"name": person.full_name})
    assert "удал" in page.text.lower() and is_erased(person.id)
    kept = db.session.get_one(Complaint, row.id)
    assert (kept.state, kept.story, kept.satisfaction_note, kept.decision) == (CLOSED, "", "", "satisfy")
    assert not [word.text for word in db.session.scalars(select(ComplaintWord)) if word.text]
    assert db.session.scalar(select(func.count()).select_from(ComplaintFile)) == 0
    assert not inspect(now=now).faults


def test_a_draft_that_is_none_is_put_aside_and_stands_in_nobodys_way(person, cast, boris, now):
    row = complaint(person, now=now, draft=True)
    step(row, "void", actor_of(cast.irina), now)
    erase(person.id, boris, now)
    assert is_erased(person.id) and db.session.get_one(Complaint, row.id).state == VOID and not inspect(now=now).faults


def test_nobody_opens_it_once_more_for_somebody_erased_nor_writes_a_new_one(person, boris, now):
    row = bring_to(complaint(person, now=now), RESOLVED, boris, now)
    act(row.id, "waive", {"reason": "Клиент снял жалобу"}, actor=boris, now=now)
    note_answer(row.id, "yes", actor=boris, now=now)
    with transaction():
        db.session.query(Touch).filter(Touch.step_code == f"complaint_action:{row.id}").update({"status": "done"})
    act(row.id, "close", actor=boris, now=now)
    erase(person.id, boris, now)
    with pytest.raises(Refused, match="no-move"):
        act(row.id, "reopen", {"reason": "Снова"}, actor=boris, now=now)
    with pytest.raises(BadInput, match="gone"):
        receive(Intake(client=db.session.get_one(Client, person.id), source="phone", story="Ещё"), actor=boris, now=now)
    db.session.rollback()
    assert not inspect(now=now).faults


def test_a_complaint_and_an_erasure_in_one_moment_never_meet(app, cast, now):
    boris = actor_of(cast.boris)
    people = [make.client(cast.main, last=f"Миг{number}", phone=f"+7916000{number:04}", email=None, now=now).id
              for number in range(10)]
    db.session.rollback()

    def press(number):
        client_id = people[number // 2]
        try:
            if number % 2:
                erase_person(db.session.get_one(Client, client_id), actor=boris, now=now)
            else:
                receive(Intake(client=db.session.get_one(Client, client_id), source="phone", story="Шум"), actor=boris,
                        now=now)
        except BadInput as error:
            assert error.code in ("gone", "complains")
    at_once(app, 10, press)
    db.session.rollback()
    for client_id in people[:5]:
        erased = db.session.get_one(Client, client_id).erased_at is not None
        complains = db.session.scalar(select(func.count()).select_from(Complaint).where(Complaint.client_id == client_id))
        assert erased != bool(complains)
    assert not inspect(now=now).faults


def test_a_complaint_that_has_just_come_by_the_form_stands_in_the_way_too(browse, cast, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    person = make.client(cast.main, phone=PHONE, now=now)
    sent(from_address(browse()), story="Сокровенное")
    page = browse(cast.boris).post(f"/clients/{person.id}/data/erasure", {"name": person.full_name})
    number = db.session.scalars(select(ComplaintEntry.number)).one()
    assert page.status == 409 and number in page.root.one("section", class_="ask").text and not is_erased(person.id)
    assert opened(now).client_id == person.id


def test_the_address_of_the_network_goes_from_the_log_with_the_client(browse, cast, boris, now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    visitor = from_address(browse())
    sent(visitor, contact="stranger@example.com")
    row, address = opened(now), visitor.http.environ_base["REMOTE_ADDR"]
    assert [line for line in db.session.scalars(select(AuditEntry)) if address in str(line.facts)]
    act(row.id, "void", {"reason": "Спам"}, actor=boris, now=now)
    erase(row.client_id, boris, now)
    assert not [line for line in db.session.scalars(select(AuditEntry)) if address in str(line.facts)]


def test_a_phone_typed_for_the_balance_does_not_outlive_its_client(cast, now):
    person = make.client(cast.main, phone=PHONE, email=None, now=now)
    for typed in (PHONE, "+7 916 000-00-99"):
        asking.ask(read_asked(typed), address="10.0.0.1", language="ru", now=now)
    erase_person(person, actor=actor_of(cast.boris), now=now)
    assert sorted(db.session.scalars(select(BalanceAsk.asked))) == ["", "+79160000099"]
