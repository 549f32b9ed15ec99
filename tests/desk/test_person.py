"""Everything about one person: every table has a policy, what is handed out is whole, what is erased is gone."""

import io
import json
import re
import zipfile
from datetime import date, timedelta

import club_make
import make
import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from webapp.appendonly import Erasing, erasing
from webapp.batches import uploads
from webapp.batches.models import Batch, BatchRow
from webapp.clients import actions as clients
from webapp.clients.links import LETTERS
from webapp.clients.models import Client, ConsentEvent
from webapp.clients.search import find_clients, recent_clients
from webapp.club.actions.cards import Sale, lend, replace_card
from webapp.club.actions.granting import put_right
from webapp.club.actions.warning import open_warnings
from webapp.club.integrity import faults
from webapp.club.models import head_of
from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.desk.integrity import inspect
from webapp.desk.person.actions import erase_person
from webapp.desk.person.all_policies import POLICIES
from webapp.desk.person.findings import mentions, needles_of
from webapp.desk.person.policies import emptied, reached
from webapp.post import actions as post
from webapp.post.incoming_models import Incoming
from webapp.post.models import Message, MessageEvent, Suppression
from webapp.staff.audit import actor_of, job
from webapp.staff.models import AuditEntry
from webapp.staff.rules import BadInput, NotAllowed
from webapp.touches.actions.journal import record_contact
from webapp.touches.actions.ticking import not_needed
from webapp.touches.models import Touch, TouchEvent
from webapp.trips.models import Companion, Trip

SECRETS = ("Сахарова", "Таисия", "9165550123", "taisia@example.com", "ZQ-77841", "Тимофей Сахаров")


def test_every_table_that_leads_to_a_client_has_a_policy(app):
    assert reached() == sorted(POLICIES)


def test_policies_name_columns_that_exist(app):
    for name, policy in POLICIES.items():
        table = db.metadata.tables[name]
        assert set(policy.shown) <= set(table.c.keys()), name
        assert set(emptied(policy, table)) == set(policy.emptied), name


@pytest.fixture
def taisia(cast, now):
    """A client with a trip, letters sent and waiting, notes, consents, a sheet and a place in the trip of another."""
    post.set_mode("trial", actor=job("test"), now=now)
    olga = actor_of(cast.olga)
    row = clients.add_client(clients_facts(), office_id=cast.main.id, phones=["8 (916) 555-01-23"],
                             emails=["taisia@example.com"], actor=olga, now=now)
    clients.set_consent(row, "give", ["email"], how="form", text_version="news-1-ru", address="+79165550123",
                        actor=olga, now=now)
    trip = make.trip(row, purchase=date(2026, 11, 20), departure=date(2026, 12, 5), back=date(2026, 12, 12),
                     seller=cast.olga, now=now, booking_number="ZQ-77841", note="Таисия боится летать",
                     companions=("Тимофей Сахаров",))
    record_contact(row, channel="call", direction="in", note="Звонила Таисия Сахарова", actor=olga, now=now,
                   next_on=date(2026, 11, 25), next_note="перезвонить Таисии")
    visit = next(row for row in rows(Touch) if row.step_code == "visit")
    not_needed(visit.id, reason="Таисия зайдёт сама", actor=olga, now=now)
    tick(now=now + timedelta(minutes=1))
    other = make.client(cast.main, last="Громова", first="Вера", phone=None, email="vera@example.com", now=now)
    shared = make.trip(other, purchase=date(2026, 11, 20), departure=date(2026, 12, 5), back=date(2026, 12, 12),
                       seller=cast.olga, now=now, companions=("Таисия Сахарова", "Пётр Громов"))
    with transaction() as session:
        session.execute(update(Companion).where(Companion.name == "Таисия Сахарова").values(client_id=row.id))
        for number, owner in enumerate((row.id, None), start=1):
            session.add(Incoming(inbox="x", uidvalidity=1, uid=number, fingerprint=f"f{number}", came_at=now, taken_at=now,
                                 kind="reply", state="done" if owner else "unsorted", office_id=cast.main.id,
                                 client_id=owner, sender="Taisia@example.com", sender_name="Таисия", text="Это Таисия"))
        batch = Batch(kind="sheet", office_id=cast.main.id, actor="test", state="done", created_at=now,
                      file_path=uploads.keep("Сахарова;8 916 555-01-23".encode()))
        session.add(batch)
        session.flush()
        session.add_all([BatchRow(batch_id=batch.id, line=2, cells=["Сахарова Таисия", "8 916 555-01-23"]),
                         BatchRow(batch_id=batch.id, line=3, cells=["Петров", "8 916 111-22-33"])])
    return db.session.get(Client, row.id), trip, shared


def clients_facts():
    from webapp.clients.rules import ClientFacts
    return ClientFacts(last_name="Сахарова", first_name="Таисия", note="Аллергия у Таисии", city="Клин")


def traces(folder):
    """Where anything still tells who it was: columns of all tables, files of the instance."""
    db.session.rollback()
    found = []
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            for column, value in row.items():
                words = json.dumps(value, ensure_ascii=False, default=str) if value is not None else ""
                found += [f"{table.name}.{column}: {word}" for word in SECRETS if word.casefold() in words.casefold()]
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith(("live.db", "kept.db")):
            body = path.read_bytes().decode("utf-8", "replace")
            found += [f"{path.name}: {word}" for word in SECRETS if word in body]
    return found


@pytest.fixture
def folder(whole_app):
    return whole_app[1].folder


def test_nothing_tells_any_more_who_it_was(taisia, cast, now, folder):
    client, trip, shared = taisia
    tables = {line.partition(".")[0] for line in traces(folder)}
    assert {"client", "phone", "email", "message", "message_content", "audit_entry", "touch", "touch_event", "trip",
            "companion", "occasion", "consent_event", "batch_row"} <= tables
    kept = {"touches": len(rows(Touch)), "trips": len(rows(Trip)), "messages": len(rows(Message)),
            "events": len(rows(TouchEvent)) + len(rows(MessageEvent)) + len(rows(ConsentEvent))}
    erase_person(client, actor=actor_of(cast.boris), now=now)
    assert traces(folder) == []
    assert {"touches": len(rows(Touch)), "trips": len(rows(Trip)), "messages": len(rows(Message))} == {
        name: kept[name] for name in ("touches", "trips", "messages")}
    assert len(rows(TouchEvent)) + len(rows(MessageEvent)) + len(rows(ConsentEvent)) >= kept["events"]
    stays = db.session.get(Trip, trip.id)
    assert (stays.destination, stays.departure_on, stays.price_kopecks) == ("Анталья", date(2026, 12, 5), None)
    assert [row.cells[0] for row in rows(BatchRow)] == ["Петров"]
    assert db.session.get(Trip, shared.id).occasion.facts["companions"] == ["Пётр Громов"]
    assert inspect(now=now).faults == []


def test_what_waits_is_cancelled_and_nothing_leaves_afterwards(taisia, cast, now):
    client, trip, _shared = taisia
    erase_person(client, actor=actor_of(cast.boris), now=now)
    left = {row.status for row in rows(Touch) if row.client_id == client.id}
    assert left <= {"cancelled", "done", "skipped", "dropped"}
    before = {row.id: row.state for row in rows(Message)}
    for day in range(0, 30, 3):
        tick(now=now + timedelta(days=day))
    after = {row.id: row.state for row in rows(Message) if row.client_id == client.id}
    assert after == {number: before[number] for number in after}
    assert db.session.get(Trip, trip.id).occasion.closed_at is not None


def test_the_same_address_imported_again_gets_no_news(taisia, cast, now):
    client, _trip, _shared = taisia
    erase_person(client, actor=actor_of(cast.boris), now=now)
    again = make.client(cast.main, last="Сахарова", first="Таисия", phone="+79165550123", email="Taisia@example.com",
                        now=now)
    clients.set_consent(again, "give", ["email", "sms"], how="form", text_version="x", actor=job("import"), now=now)
    for channel, address in (("email", "taisia@example.com"), ("sms", "+79165550123")):
        row = post.enqueue(source=f"x:{channel}", office_id=cast.main.id, client_id=again.id, klass="marketing",
                           channel=channel, address=address, text="Новости", zone="Europe/Moscow", now=now, actor=job("t"))
        assert (row.state, row.last_code) == ("cancelled", "suppressed")
    assert {row.reason for row in rows(Suppression)} == {"erased"}


def test_whoever_had_stopped_everything_stays_stopped(taisia, cast, now):
    client, _trip, _shared = taisia
    clients.set_consent(client, "stop", ["email"], how="phone", actor=actor_of(cast.olga), now=now)
    erase_person(client, actor=actor_of(cast.boris), now=now)
    assert sorted((row.channel, row.klass) for row in rows(Suppression) if row.reason == "erased") == [
        ("email", ""), ("sms", "marketing")]


def test_an_erased_client_is_found_nowhere_and_its_links_are_dead(taisia, cast, now, browse):
    client, _trip, _shared = taisia
    token = clients.make_link(LETTERS, client.id, now=now)
    erase_person(client, actor=actor_of(cast.boris), now=now)
    assert find_clients("сахар", cast.boris, 5).clients == [] and find_clients("555-01-23", cast.boris, 5).clients == []
    assert client.id not in {row.id for row in recent_clients(cast.boris).clients}
    boris = browse(cast.boris)
    assert boris.get(f"/clients/{client.id}").status == 404 and boris.get(f"/clients/{client.id}/data").status == 404
    assert browse().get(f"/u/{token}").status == 404
    with pytest.raises(BadInput):
        erase_person(db.session.get(Client, client.id), actor=actor_of(cast.boris), now=now)
    # The board still shows the trip, without a name.
    assert "Удалённый клиент" in boris.get(f"/trips/{_trip.id}").text


def test_the_log_says_who_erased_and_not_whom(taisia, cast, now):
    client, _trip, _shared = taisia
    erase_person(client, actor=actor_of(cast.boris), now=now)
    lines = [row for row in rows(AuditEntry) if row.subject == "client" and row.subject_id == client.id]
    assert lines[-1].verb == "erased" and lines[-1].actor == "Борис Ветров"
    assert {str(row.facts) for row in lines} == {"{}"}


@pytest.mark.parametrize("who", ["olga", "irina", "anna", "vera"])
def test_only_directors_of_the_office_may(taisia, cast, now, who):
    client, _trip, _shared = taisia
    with pytest.raises(NotAllowed):
        erase_person(client, actor=actor_of(getattr(cast, who)), now=now)
    assert db.session.get(Client, client.id).first_name == "Таисия"


def test_the_page_asks_for_the_name_and_says_what_goes_and_stays(taisia, cast, browse):
    client, _trip, _shared = taisia
    boris = browse(cast.boris)
    assert "Выгрузить или удалить данные" in boris.get(f"/clients/{client.id}").text
    assert "Выгрузить или удалить" not in browse(cast.olga).get(f"/clients/{client.id}").text
    url = f"/clients/{client.id}/data"
    seen = boris.get(url)
    assert "Что исчезнет" in seen.text and "Что останется" in seen.text
    assert boris.post(f"{url}/erasure", {"name": "Сахаров"}).status == 422
    assert boris.post(f"{url}/erasure", {}).status == 422
    assert db.session.get(Client, client.id).erased_at is None
    assert "Напишите: Сахарова Таисия." in seen.text and "заметки к шагам плана и контактам" in seen.text
    done = boris.follow(f"{url}/erasure", {"name": " таисия  САХАРОВА "})
    assert "Данные клиента удалены" in done.text


def test_what_is_handed_out_is_whole_and_read_by_people_and_programs(taisia, cast, browse):
    client, _trip, _shared = taisia
    answer = browse(cast.boris).http.post(f"/clients/{client.id}/data/export")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    page, data = archive.read("client.html").decode(), json.loads(archive.read("client.json"))
    for word in (*SECRETS[:2], "+79165550123", *SECRETS[3:], "Аллергия у Таисии", "Звонила Таисия"):
        assert word in page and word in json.dumps(data, ensure_ascii=False), word
    assert data["message_content"][0]["text"] and "Громов" not in json.dumps(data["trip"], ensure_ascii=False)
    assert "token_hash" not in json.dumps(data) and "claim_token" not in json.dumps(data)
    assert "Анталья" in page and "<script" not in page
    assert data["consent_event"][0]["text_version"] == "news-1-ru" and data["message_event"] and data["touch"][0]["step_code"]
    for word in ("Подписал бланк", "Новости и предложения, редакция 1", "Согласен получать новости",
                 "Шаг</dt><dd>Письмо «Спасибо за покупку»", "о ваших поездках, новости и предложения", "Покупка: 20.11.2026"):
        assert word in page, word
    shown = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    for code in ("news-1-ru", "queued", "planner", "purchase:", "False", "plan-changed", "status", "preferences"):
        assert code not in shown, code
    db.session.rollback()
    assert rows(AuditEntry)[-1].verb == "exported"


@pytest.mark.parametrize(("cells", "found"), [
    (["Иванова", "8 (916) 555-01-23"], True), (["+7 916 555 01 23"], True), (["Taisia@Example.com"], True),
    (["916", "5550123"], False), (["9165550124"], False), (["taisia@example.org"], False), ([], False)])
def test_a_row_of_a_sheet_is_known_by_phone_or_address(cells, found):
    assert mentions(cells, {"9165550123", "taisia@example.com"}) is found


def test_short_phones_are_no_needles(cast, now):
    assert needles_of(make.client(cast.main, phone="+7916", email=None, now=now)) == frozenset()


def refused(statement):
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(statement)
        session.flush()


def test_histories_lose_words_only_inside_an_erasure_and_never_gain_any(taisia, now):
    line = rows(AuditEntry)[0].id
    table = AuditEntry.__table__
    refused(update(table).where(table.c.id == line).values(facts={}))
    for values in ({"facts": {"name": ["", "forged"]}}, {"actor": "somebody"}, {"facts": {}, "verb": "x"}):
        with pytest.raises(DBAPIError), transaction() as session, erasing(session):
            session.execute(update(table).where(table.c.id == line).values(**values))
    with pytest.raises(DBAPIError), transaction() as session, erasing(session):
        session.execute(table.delete().where(table.c.id == line))
    with transaction() as session, erasing(session):
        session.execute(update(table).where(table.c.id == line).values(facts={}))
    db.session.expire_all()
    assert db.session.get(AuditEntry, line).facts == {}
    refused(update(table).where(table.c.id == line).values(facts={}))


@pytest.mark.parametrize("values", [{"id": 1, "never": 2}, {"id": 1, "never": 1}, {"id": 2, "never": 1}])
def test_a_permit_to_erase_cannot_be_left_behind(app, values):
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(insert(Erasing).values(**values))
    db.session.rollback()
    assert db.session.scalar(text("SELECT count(*) FROM erasing")) == 0


def test_the_file_of_the_database_keeps_no_remains(taisia, cast, now, folder):
    client, _trip, _shared = taisia
    # PostgreSQL keeps its pages where a test may not read them, and gives them back by itself (VACUUM).
    is_file = db.engine.dialect.name == "sqlite"

    def remains():
        db.session.rollback()
        if not is_file:
            return b""
        db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return (folder / "live.db").read_bytes()
    assert (b"taisia@example.com" in remains()) is is_file
    erase_person(client, actor=actor_of(cast.boris), now=now)
    left = remains()
    assert [word for word in SECRETS if word.encode() in left] == []


def rows(model):
    db.session.rollback()
    db.session.expire_all()
    key = model.__table__.primary_key.columns.values()[0]
    return list(db.session.scalars(select(model).order_by(key)))


def test_the_club_forgets_an_erased_person_in_all_its_rows_and_burns_nothing_of_hers(cast, now) -> None:
    olga, boris = actor_of(cast.olga), actor_of(cast.boris)
    gone = make.client(cast.main, last="Приглашаева", first="Зинаида", phone="+79161112233", now=now)
    other = make.client(cast.main, phone="+79164445566", email=None, now=now)
    own, lent = (club_make.card(person, cast.main, points=700, now=now) for person in (gone, other))
    put_right(own.id, 50, "Приглашаева жаловалась", key="a", actor=boris, now=now)
    replace_card(own.id, Sale(), reason="Приглашаева потеряла", office=cast.main, actor=olga, now=now)
    lend(lent.id, to=None, name="Зинаида Приглашаева", office=cast.main, actor=olga, now=now)
    lend(lent.id, to=gone, name="", office=cast.main, actor=olga, now=now)
    open_warnings(now=now + timedelta(days=160))
    erase_person(db.session.get_one(Client, gone.id), actor=boris, now=now + timedelta(days=161))
    db.session.rollback()
    left = [(table.name, name) for table in db.metadata.sorted_tables
            for row in db.session.execute(table.select()).mappings() for name, value in row.items()
            if "приглашаев" in str(value).casefold()]
    assert left == [] and head_of(own.id).balance == 750
    assert (own.state, own.burn_on, lent.lent_on) == ("blocked", None, None)
    assert list(faults()) == []
