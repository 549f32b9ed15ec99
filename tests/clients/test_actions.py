"""Adding and editing clients, their contacts, who takes care of them: rights, refusals, the audit log."""

import threading
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import make
import pytest
from flask import Flask
from sqlalchemy import select

from webapp.clients import actions, rules
from webapp.clients.models import Client, holders
from webapp.clients.rules import ChangedMeanwhile, ClientFacts, facts_of
from webapp.clients.search import find_clients
from webapp.db import db
from webapp.staff.audit import actor_of, job
from webapp.staff.models import AuditEntry
from webapp.staff.rules import BadInput, NotAllowed

ANNA = ClientFacts(last_name="Иванова", first_name="Анна", birthday=date(1985, 7, 21), preferences={"hotel": "5"})


@pytest.fixture
def anna(cast: SimpleNamespace, now: datetime) -> Client:
    """A client of the Moscow office with one phone and one e-mail."""
    return make.client(cast.main, now=now)


def log_of(client: Client) -> list[AuditEntry]:
    """Everything the log says about a client."""
    query = select(AuditEntry).where(AuditEntry.subject == "client", AuditEntry.subject_id == client.id)
    return list(db.session.scalars(query.order_by(AuditEntry.id)))


def test_a_new_client_is_kept_as_typed_and_found_at_once(cast: SimpleNamespace, now: datetime) -> None:
    client = actions.add_client(ANNA, office_id=cast.main.id, phones=["8 (916) 123-45-67", "8 495 111 22 33"],
                                emails=["Anna@Example.COM"], actor=actor_of(cast.olga), now=now)
    assert [(p.e164, p.raw, p.is_mobile) for p in client.phones] == [
        ("+79161234567", "8 (916) 123-45-67", True), ("+74951112233", "8 495 111 22 33", False)]
    assert client.emails[0].address == "anna@example.com" and client.manager_id == cast.olga.id
    assert find_clients("анна 916123", cast.olga).clients == [client]
    (entry,) = log_of(client)
    assert (entry.verb, entry.actor, entry.facts["name"]) == ("added", "Ольга Соколова", [None, "Иванова Анна"])


@pytest.mark.parametrize(("facts", "phones", "emails", "code"), [
    (ClientFacts(), ["+79161234567"], [], "no-name"), (ClientFacts(last_name=" - "), [], [], "no-name"),
    (ANNA, ["12345"], [], "bad-phone"), (ANNA, [], ["anna@"], "bad-email"),
    (ANNA, ["+79161234567", "8 916 123 45 67"], [], "same-contact"),
    (ClientFacts(last_name="И", timezone="Europe/Atlantis"), [], [], "bad-zone"),
    (ClientFacts(last_name="И", gender="x"), [], [], "bad-choice"),
    (ClientFacts(last_name="И", language="xx"), [], [], "bad-choice"),
])
def test_what_is_no_client_is_refused_and_leaves_nothing(facts: ClientFacts, phones: list[str], emails: list[str],
                                                         code: str, cast: SimpleNamespace, now: datetime) -> None:
    with pytest.raises(BadInput) as refused:
        actions.add_client(facts, office_id=cast.main.id, phones=phones, emails=emails,
                           actor=actor_of(cast.olga), now=now)
    assert refused.value.code == code
    assert db.session.scalars(select(Client)).all() == []


@pytest.mark.parametrize("who", ["vera", "anna"])
def test_neither_another_office_nor_an_administrator_writes_clients(who: str, anna: Client, cast: SimpleNamespace,
                                                                    now: datetime) -> None:
    actor = actor_of(getattr(cast, who))
    tries: list[Any] = [
        lambda: actions.add_client(ANNA, office_id=cast.main.id, actor=actor, now=now),
        lambda: actions.edit_client(anna, ANNA, actor=actor, now=now),
        lambda: actions.add_contact(anna, "+79162223344", actor=actor, now=now),
        lambda: actions.remove_contact(anna, "+79160000001", actor=actor, now=now),
        lambda: actions.mark_broken(anna, "+79160000001", actor=actor, now=now),
        lambda: actions.move_first(anna, "+79160000001", actor=actor, now=now),
        lambda: actions.set_consent(anna, "stop", ["sms"], how="phone", actor=actor, now=now),
        lambda: actions.assign_manager(anna, cast.olga, actor=actor, now=now),
    ]
    for attempt in tries:
        with pytest.raises(NotAllowed):
            attempt()
    assert log_of(anna) == [] and len(db.session.get_one(Client, anna.id).phones) == 1


def test_an_edit_is_logged_with_old_and_new_and_found_by_its_new_name(anna: Client, cast: SimpleNamespace,
                                                                      now: datetime) -> None:
    facts = ClientFacts(last_name="Новикова", first_name="Анна", birthday=date(1985, 7, 21), write_nothing=True)
    actions.edit_client(anna, facts, actor=actor_of(cast.irina), now=now)
    (entry,) = log_of(anna)
    assert entry.facts == {"last_name": ["Иванова", "Новикова"], "birthday": [None, "1985-07-21"],
                           "write_nothing": [False, True]}
    assert find_clients("новикова", cast.olga).total == 1 and find_clients("иванова", cast.olga).total == 0


def test_saving_without_a_change_writes_nothing(anna: Client, cast: SimpleNamespace, now: datetime) -> None:
    assert actions.edit_client(anna, facts_of(anna), actor=actor_of(cast.olga), now=now) == {}
    assert log_of(anna) == []


def test_of_two_parallel_edits_the_second_is_told_and_nothing_is_overwritten(anna: Client, cast: SimpleNamespace,
                                                                              now: datetime) -> None:
    seen = rules.fingerprint(facts_of(anna))
    actions.edit_client(anna, ClientFacts(last_name="Первая"), seen=seen, actor=actor_of(cast.olga), now=now)
    with pytest.raises(ChangedMeanwhile):
        actions.edit_client(anna, ClientFacts(last_name="Вторая"), seen=seen, actor=actor_of(cast.pavel), now=now)
    assert db.session.get_one(Client, anna.id).last_name == "Первая"


def test_of_edits_at_the_very_same_moment_exactly_one_is_saved(app: Flask, anna: Client, cast: SimpleNamespace,
                                                               now: datetime) -> None:
    seen, client_id, actor = rules.fingerprint(facts_of(anna)), anna.id, actor_of(cast.olga)
    start, results = threading.Barrier(4), []

    def edit(name: str) -> None:
        with app.app_context():
            client = db.session.get_one(Client, client_id)
            start.wait()
            try:
                actions.edit_client(client, ClientFacts(last_name=name), seen=seen, actor=actor, now=now)
                results.append(name)
            except ChangedMeanwhile:
                results.append("")

    threads = [threading.Thread(target=edit, args=(f"Имя{n}",)) for n in range(4)]
    [thread.start() for thread in threads]  # type: ignore[func-returns-value]
    [thread.join() for thread in threads]  # type: ignore[func-returns-value]
    db.session.rollback()
    assert sorted(filter(None, results)) == [db.session.get_one(Client, client_id).last_name]
    assert len(results) == 4


def test_phones_and_emails_are_added_ordered_marked_and_removed(anna: Client, cast: SimpleNamespace,
                                                                now: datetime) -> None:
    who: dict[str, Any] = {"actor": actor_of(cast.olga), "now": now}
    actions.add_contact(anna, "8 926 555-66-77", note="муж", **who)
    actions.add_contact(anna, "ANNA2@example.com", **who)
    assert find_clients("926555", cast.olga).clients == [anna]
    assert anna.phone and anna.phone.e164 == "+79160000001"
    assert actions.move_first(anna, "+79265556677", **who)
    assert [p.e164 for p in anna.phones] == ["+79265556677", "+79160000001"]
    assert actions.mark_broken(anna, "+79265556677", **who)
    assert anna.phone.e164 == "+79160000001"
    assert actions.mark_working(anna, "+79265556677", **who) and anna.phone.e164 == "+79265556677"
    assert actions.remove_contact(anna, "+79265556677", **who)
    assert find_clients("926555", cast.olga).clients == []
    assert [entry.verb for entry in log_of(anna)] == ["contact_added", "contact_added", "contact_first",
                                                      "contact_broken", "contact_working", "contact_removed"]
    assert log_of(anna)[-1].facts == {"contact": ["+79265556677", None]}


def test_doing_the_same_to_a_contact_twice_has_one_effect(anna: Client, cast: SimpleNamespace, now: datetime) -> None:
    who: dict[str, Any] = {"actor": actor_of(cast.olga), "now": now}
    for action in (actions.mark_broken, actions.mark_broken, actions.move_first, actions.move_first):
        assert action(anna, "anna@example.com", **who)
    assert [entry.verb for entry in log_of(anna)] == ["contact_broken"]
    assert actions.remove_contact(anna, "anna@example.com", **who)
    for action in (actions.remove_contact, actions.mark_broken, actions.mark_working, actions.move_first):
        assert not action(anna, "anna@example.com", **who)


def test_the_same_contact_twice_at_one_client_is_refused_but_at_two_clients_it_is_not(
        anna: Client, cast: SimpleNamespace, now: datetime) -> None:
    with pytest.raises(BadInput, match="same.contact"):
        actions.add_contact(anna, "8 916 000 00 01", actor=actor_of(cast.olga), now=now)
    other = make.client(cast.main, last="Петрова", phone="+79260000000", email=None, now=now)
    actions.add_contact(other, "+7 916 000-00-01", actor=actor_of(cast.olga), now=now)
    assert holders(["+79160000001"], besides=other.id) == [anna]


def test_a_bounce_marks_the_address_as_a_job(anna: Client, now: datetime) -> None:
    assert actions.mark_broken(anna, "anna@example.com", actor=job("bounces"), now=now)
    assert anna.email is None and log_of(anna)[0].actor == "bounces"


def test_a_director_hands_a_client_over_and_anybody_takes_a_free_one(anna: Client, cast: SimpleNamespace,
                                                                     now: datetime) -> None:
    actions.assign_manager(anna, cast.pavel, actor=actor_of(cast.pavel), now=now)
    assert anna.manager_id == cast.pavel.id
    with pytest.raises(NotAllowed, match="role"):
        actions.assign_manager(anna, cast.olga, actor=actor_of(cast.olga), now=now)
    actions.assign_manager(anna, cast.olga, actor=actor_of(cast.boris), now=now)
    assert [entry.facts["manager"] for entry in log_of(anna)] == [[None, "Павел Дроздов"],
                                                                  ["Павел Дроздов", "Ольга Соколова"]]
    with pytest.raises(BadInput, match="other.office"):
        actions.assign_manager(anna, cast.vera, actor=actor_of(cast.boris), now=now)
