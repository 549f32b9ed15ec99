"""The agency's own sheet is imported whole, once, in any number of tries, and nothing about the past is sent."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import make
import pytest
from sqlalchemy import func, select

from webapp.batches.reading import UnreadableFile, read_file
from webapp.clients.models import Client
from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.post.models import Message
from webapp.staff.audit import job
from webapp.staff.models import AuditEntry, Office, User
from webapp.touches.models import Occasion, Touch
from webapp.trips.actions import cancel_trip
from webapp.trips.importing import import_file
from webapp.trips.models import Trip
from webapp.trips.sellers import Colleague, Sellers

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "tests" / "data"
SUNDAY = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = date(2026, 11, 22)
HEADINGS = ("Клиент;Телефон;E-mail;Менеджер;Направление;Дата покупки;Дата вылета;Дата возвращения;Письмо СПАСИБО;"
            "Звонок до поездки;Звонок;Визит;Комментарий;Отель")
GOOD = "Иванова Анна;8 916 123-45-67;anna@example.ru;Ольга;Сочи;01.11.2026;03.11.2026;10.11.2026;да;;да;;;"


def load(path: Path, *, dry_run: bool = False, office: str = "main", now: datetime = SUNDAY) -> dict:
    return import_file(path, office_code=office, now=now, dry_run=dry_run)


def figures(report: dict) -> tuple[int, ...]:
    return tuple(report[key] for key in ("rows", "trips", "touches", "skipped", "repeats"))


def sheet(folder: Path, *rows: str, name: str = "sheet.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((HEADINGS, *rows)) + "\n", encoding="utf-8")
    return path


def row(**cells: str) -> str:
    names = ("client", "phone", "email", "manager", "to", "bought", "out", "back", "thanks", "before", "call", "visit",
             "comment", "hotel")
    return ";".join({**dict(zip(names, GOOD.split(";"), strict=True)), **cells}.values())


def count(table: type, *where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def content() -> list[tuple]:
    """Everything an import makes, without ids."""
    clients = sorted((c.full_name, c.find_text, c.manager_id, tuple(p.e164 for p in c.phones),
                      tuple(e.address for e in c.emails)) for c in db.session.scalars(select(Client)))
    trips = sorted((t.fingerprint, t.client.full_name, t.purchase_on, t.departure_on, t.return_on, t.destination,
                    t.operator, t.price_kopecks or 0, t.note, t.seller_name) for t in db.session.scalars(select(Trip)))
    touches = db.session.execute(select(
        Trip.fingerprint, Touch.step_code, Touch.generation, Touch.status, Touch.reason, Touch.due_on, Touch.send_at,
        Occasion.attention_on, Occasion.next_on).join(Occasion, Occasion.id == Touch.occasion_id)
        .join(Trip, Trip.occasion_id == Occasion.id))
    return [clients, trips, sorted(map(repr, touches))]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["checklist.csv", "checklist.xlsx"])
def test_the_agencys_sheet_becomes_trips_and_a_second_run_adds_nothing(cast, name) -> None:
    report = load(DATA / name)
    assert figures(report) == (405, 382, count(Touch), 18, 5)
    assert count(Trip) == count(Occasion) == 382
    before = content()
    again = load(DATA / name)
    assert figures(again) == (405, 0, 0, 18, 387)
    assert again["problems"] == report["problems"]
    assert content() == before


@pytest.mark.slow
def test_every_impossible_row_is_named_by_line_column_value_and_reason(cast) -> None:
    problems = load(DATA / "checklist.csv")["problems"]
    assert all(set(p) == {"line", "column", "value", "reason"} for p in problems)
    assert {"line": 60, "column": "Дата возвращения", "value": "10.11.2026",
            "reason": "return-before-departure"} in problems
    assert {"line": 56, "column": "Дата вылета", "value": "уточнить", "reason": "unreadable-date"} in problems
    lines = {p["line"] for p in problems if "date" in p["reason"] or "before" in p["reason"] or "future" in p["reason"]}
    assert len(lines) == 18
    imported = {t.client.full_name for t in db.session.scalars(select(Trip))}
    assert "Мясникова Глафира" not in imported


def test_the_dates_of_every_row_arrive_unchanged(cast) -> None:
    load(DATA / "checklist.csv")
    trip = db.session.scalars(select(Trip).where(Trip.destination == "Мальдивы").order_by(Trip.id)).first()
    assert (trip.client.full_name, trip.purchase_on, trip.departure_on, trip.return_on) == (
        "Матвеев Степан", date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 17))
    assert trip.occasion.anchors == {"purchase": "2026-11-02", "departure": "2026-11-03", "return": "2026-11-17"}
    assert (trip.price_kopecks, trip.operator, trip.occasion.origin) == (41_799_000, "Библио-Глобус", "import")


def test_existing_ticks_are_done_touches_of_unknown_time(cast) -> None:
    load(DATA / "checklist.csv")
    cells = [[str(c) for c in r.cells] for r in read_file(DATA / "checklist.csv").rows]
    done = db.session.scalars(select(Touch).where(Touch.status == "done")).all()
    assert all(t.reason == "time-unknown" and t.done_at is None and t.done_by == "import-sheet" for t in done)
    steps = Counter(t.step_code for t in done)
    ticked = {code: sum(c[i] == "TRUE" for c in cells[2:]) for code, i in {"thank_you": 11, "visit": 16}.items()}
    # Ticks of rows that could not be taken, and of repeats, are not counted twice.
    assert 0 < steps["thank_you"] <= ticked["thank_you"] and 0 < steps["visit"] <= ticked["visit"]
    assert set(steps) == {"thank_you", "fly_tomorrow", "bon_voyage", "welcome_back_sms", "call_back", "visit"}


@pytest.mark.slow
def test_nothing_about_the_past_is_ever_sent(cast) -> None:
    load(DATA / "checklist.csv")
    for later in (timedelta(0), timedelta(hours=3), timedelta(days=1)):
        tick(now=SUNDAY + later)
    sent = db.session.scalars(select(Touch).where(Touch.message_id.is_not(None))).all()
    assert sent and min(t.due_on for t in sent) >= TODAY
    assert count(Message) == len(sent)
    assert count(Touch, Touch.automatic, Touch.due_on < TODAY, Touch.status.in_(("planned", "queued", "missed"))) == 0
    assert count(Occasion, Occasion.broken > 0) == 0


@pytest.mark.slow
def test_a_dry_run_gives_the_same_figures_and_writes_nothing(cast) -> None:
    dry = load(DATA / "checklist.csv", dry_run=True)
    assert (count(Trip), count(Client), count(Touch), count(Occasion)) == (0, 0, 0, 0)
    assert load(DATA / "checklist.csv") == dry
    assert load(DATA / "checklist.csv", dry_run=True) == load(DATA / "checklist.csv")


@pytest.mark.slow
@pytest.mark.parametrize(("encoding", "delimiter"), [("cp1251", ";"), ("utf-16", "\t"), ("utf-8", "|")])
def test_the_same_sheet_saved_otherwise_adds_nothing(cast, tmp_path, encoding, delimiter) -> None:
    load(DATA / "checklist.xlsx")
    rows = [[str(c).replace("✓", "+").replace("№", "N") for c in r.cells]
            for r in read_file(DATA / "checklist.csv").rows]
    text = "\r\n".join(delimiter.join('"' + c.replace('"', '""') + '"' for c in cells) for cells in rows)
    (tmp_path / "other.csv").write_bytes(text.encode(encoding))
    assert figures(load(tmp_path / "other.csv")) == (405, 0, 0, 18, 387)


DYING = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from webapp.app import create_app
from webapp.trips.actions import importing
from webapp.trips.importing import import_file
where, times = sys.argv[2], 0
real = getattr(importing, where)
def dying(*args, **options):
    global times
    made = real(*args, **options)
    times += 1
    if times == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return made
setattr(importing, where, dying)
with create_app().app_context():
    import_file(Path(sys.argv[1]), office_code="main", now=datetime.fromisoformat(sys.argv[3]), dry_run=False)
"""


@pytest.mark.slow
@pytest.mark.parametrize("where", ["_clients", "open_many", "record"])
def test_killed_in_the_middle_and_run_again_gives_what_one_run_gives(whole_app, cast, where) -> None:
    _flask, store, _ids = whole_app
    script = [sys.executable, "-c", DYING, str(DATA / "checklist.csv"), where, SUNDAY.isoformat()]
    env = {**os.environ, "DATABASE_URL": store.url, "SNOVA_INSTANCE": str(store.folder), "SECRET_KEY": "k" * 64}
    killed = subprocess.run(script, cwd=ROOT, env=env, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    db.session.rollback()
    assert (count(Trip), count(Client)) == (200, 200)
    assert figures(load(DATA / "checklist.csv")) == (405, 182, count(Touch) - 200 * 13, 18, 205)
    patched = content()
    db.session.remove()
    store.restore()
    load(DATA / "checklist.csv")
    assert content() == patched


def test_a_client_known_by_phone_or_email_and_a_fitting_name_gets_the_trip_and_the_new_contacts(cast, tmp_path) -> None:
    known = make.client(cast.main, last="Иванова", first="Анна", phone="+79161234567", email=None, now=SUNDAY)
    assert load(sheet(tmp_path, row(client="ИВАНОВА А."), row(to="Анапа", phone="", email="ANNA@example.ru")))["trips"] == 2
    db.session.expire_all()
    assert count(Client) == 1 and {t.client_id for t in db.session.scalars(select(Trip))} == {known.id}
    assert [e.address for e in known.emails] == ["anna@example.ru"] and known.find_text.endswith(" anna@example.ru")


@pytest.mark.parametrize(("client", "phone", "email", "clients"), [
    ("Иванова Анна", "", "", 1),                        # the same name, nothing speaks against it
    ("Иванова Анна", "8 903 000-00-01", "", 2),         # the same name with another phone
    ("Иванова Анна Петровна", "8 916 123-45-67", "", 1),  # the phone agrees, the patronymic is new
    ("Иванов Пётр", "8 916 123-45-67", "", 2),          # a family shares a phone
    ("Анна Иванова", "", "", 1)])
def test_who_is_the_same_client(cast, tmp_path, client, phone, email, clients) -> None:
    make.client(cast.main, last="Иванова", first="Анна", phone="+79161234567", email=None, now=SUNDAY)
    assert load(sheet(tmp_path, row(client=client, phone=phone, email=email)))["trips"] == 1
    assert count(Client) == clients


def test_a_client_of_another_office_is_not_touched(cast, tmp_path) -> None:
    stranger = make.client(cast.east, phone="+79161234567", email=None, now=SUNDAY)
    load(sheet(tmp_path, GOOD))
    trip = db.session.scalars(select(Trip)).one()
    assert trip.client_id != stranger.id and trip.client.office_id == cast.main.id
    assert load(sheet(tmp_path, GOOD), office="east")["trips"] == 1


def test_a_trip_entered_by_hand_before_is_a_repeat(cast, tmp_path) -> None:
    known = make.client(cast.main, phone="+79161234567", email=None, now=SUNDAY)
    trip = make.trip(known, purchase=date(2026, 11, 1), departure=date(2026, 11, 3), back=date(2026, 11, 10),
                     destination="СОЧИ", seller=cast.olga, now=SUNDAY)
    assert figures(load(sheet(tmp_path, GOOD))) == (1, 0, 0, 0, 1)
    cancel_trip(trip, reason="x", actor=job("test"), now=SUNDAY)
    assert load(sheet(tmp_path, GOOD))["trips"] == 1


def test_a_second_trip_of_a_client_is_a_repeat_sale(cast, tmp_path) -> None:
    load(sheet(tmp_path, GOOD, row(bought="05.11.2026", out="20.12.2026", back="27.12.2026", to="Дубай")))
    assert [t.occasion.facts["repeat"] for t in db.session.scalars(select(Trip).order_by(Trip.id))] == [False, True]


def test_the_seller_becomes_owner_and_an_unknown_one_stays_as_text(cast, tmp_path) -> None:
    load(sheet(tmp_path, row(manager="Соколова О."), row(to="Анапа", manager="Зинаида Уволенная")))
    known, unknown = db.session.scalars(select(Trip).order_by(Trip.id))
    assert (known.seller_id, known.occasion.owner_id, known.client.manager_id) == (cast.olga.id,) * 3
    assert (unknown.seller_id, unknown.occasion.owner_id, unknown.seller_name) == (None, None, "Зинаида Уволенная")


TEAM = Sellers([Colleague(1, "Ольга Соколова", "olga@example.org", "manager"),
                Colleague(2, "Дроздов Павел Ильич", "pavel@example.org", "manager"),
                Colleague(3, "Ольга Ветрова", "vetrova@example.org", "manager"),
                Colleague(4, "Павел Громов", "gromov@example.org", "director")])


@pytest.mark.parametrize(("text", "who"), [
    ("Ольга Соколова", 1), ("СОКОЛОВА Ольга", 1), ("Соколова О.", 1), ("О. Соколова", 1), ("Соколова", 1),
    ("Ветрова О", 3), ("Дроздов П.И.", 2), ("павел дроздов", 2), ("Павел", 2), ("olga@example.org", 1),
    ("Ольга", None), ("Соколова Анна", None), ("", None), ("Иван Грозный", None), ("–", None)])
def test_a_manager_is_known_in_any_order_by_initials_or_first_name(text, who) -> None:
    found = TEAM.find(text)
    assert (found.id if found else None) == who


def test_a_dismissed_manager_owns_nothing(cast, tmp_path) -> None:
    with transaction() as session:
        session.get(User, cast.olga.id).dismissed_at = SUNDAY
    load(sheet(tmp_path, GOOD))
    assert db.session.scalars(select(Trip)).one().seller_id is None


def test_comment_and_what_no_field_took_stand_in_the_note(cast, tmp_path) -> None:
    load(sheet(tmp_path, row(comment="тихий номер", hotel="Riu, 5*", phone="звонить жене")))
    assert db.session.scalars(select(Trip)).one().note == "тихий номер\nТелефон: звонить жене\nОтель: Riu, 5*"


def test_a_tick_of_a_step_that_is_switched_off_is_kept_and_a_date_tells_the_day(cast, tmp_path) -> None:
    load(sheet(tmp_path, row(before="да", call="12.11.2026")))
    done = {t.step_code: t for t in db.session.scalars(select(Touch).where(Touch.status == "done"))}
    assert set(done) == {"thank_you", "service_call", "call_back"}
    assert (done["call_back"].due_on, done["service_call"].due_on) == (date(2026, 11, 12), None)


def test_one_line_in_the_log_for_a_hundred_rows(cast) -> None:
    load(DATA / "checklist.csv")
    lines = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "imported").order_by(AuditEntry.id)).all()
    assert [entry.facts["trips"][1] for entry in lines] == [100, 100, 100, 82]
    assert {entry.actor for entry in lines} == {"import-sheet"}
    assert count(AuditEntry, AuditEntry.verb == "added") == 0


def test_the_offices_today_decides_what_is_in_the_future(cast, tmp_path) -> None:
    night = datetime(2026, 11, 22, 15, tzinfo=UTC)
    file = sheet(tmp_path, row(bought="23.11.2026", out="25.11.2026", back="27.11.2026"))
    assert load(file, now=night)["skipped"] == 1
    assert load(file, now=night, office="east")["trips"] == 1


def test_an_unknown_office_and_a_file_that_is_no_table_are_refused(cast, tmp_path) -> None:
    with pytest.raises(LookupError):
        load(DATA / "checklist.csv", office="nowhere")
    (tmp_path / "x.csv").write_bytes(b"%PDF-1.7 \x00\x01")
    with pytest.raises(UnreadableFile):
        load(tmp_path / "x.csv")
    assert count(Office) == 2 and count(Trip) == 0


def test_the_command_prints_the_report_as_json(app, cast) -> None:
    runner = app.test_cli_runner()
    answer = runner.invoke(args=["import-sheet", str(DATA / "checklist.csv"), "--now", SUNDAY.isoformat(), "--json",
                                 "--dry-run"])
    assert answer.exit_code == 0 and answer.output.startswith('{"rows": 405, "trips": 382, "touches": ')
    refused = runner.invoke(args=["import-sheet", str(DATA / "checklist.csv"), "--office", "nowhere"])
    assert refused.exit_code == 1 and "nowhere" in refused.output
