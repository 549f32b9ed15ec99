"""A copy sends nothing until an administrator goes live in it: restored, copied by hand, or put in place of the newer."""

import dataclasses
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace

import make
import pytest
from conftest import PG, settings_for
from desk.agencies import new_agency
from flask import Flask
from flask_migrate import stamp
from page import Browser
from post.making import JOB, write
from post.relay import running

from webapp.app import create_app
from webapp.clients.models import Client
from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.desk.backup import restore_backup, write_backup
from webapp.desk.integrity import inspect
from webapp.post import actions
from webapp.post.actions.modes import present_mode
from webapp.post.place import COPIED, HELD_BECAUSE, PLACE, RESTORED
from webapp.staff.actions import add_user
from webapp.staff.lists import office_by_code
from webapp.staff.models import Setting, User, setting


@pytest.fixture
def live(tmp_path: Path, now: datetime) -> Iterator[SimpleNamespace]:
    """A live agency with a relay, an administrator and a client."""
    agency = new_agency(tmp_path / "agency", now)
    with running() as relay, agency.app.app_context():
        stamp()
        agency.relay = relay
        connect(agency.app, relay)
        add_user(email="anna@example.org", name="Анна", role="admin", office_codes=[], actor=JOB, now=now)
        agency.client_id = make.client(office_by_code("main"), now=now).id
        actions.set_mode("live", actor=JOB, now=now)
        yield agency
        db.session.remove()
        db.engine.dispose()
    agency.store.drop()


def connect(app: Flask, relay: object) -> None:
    old = app.extensions["snova.settings"]
    app.extensions["snova.settings"] = dataclasses.replace(old, mail={
        "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(relay.port), "MAIL_TIMEOUT": "20"})


def owe(agency: SimpleNamespace, number: int = 1) -> None:
    """Letters that should leave now."""
    client = db.session.get(Client, agency.client_id)
    for _ in range(number):
        write(client.office, client, now=agency.now)


def is_held(because: str) -> bool:
    db.session.rollback()
    db.session.expire_all()
    return present_mode() == "held" and setting(HELD_BECAUSE) == because


# A folder holds the data only there.
@pytest.mark.sqlite_only
def test_a_copied_folder_is_held_and_says_why_until_an_administrator_goes_live(live, tmp_path):
    owe(live, 3)
    db.session.remove()
    db.engine.dispose()
    shutil.copytree(live.folder, tmp_path / "copy")
    copy = create_app(settings_for(tmp_path / "copy", f"sqlite:///{tmp_path / 'copy' / 'live.db'}"))
    copy.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    connect(copy, live.relay)
    with copy.app_context():
        tick(now=live.now)
        assert live.relay.receipts.total() == 0 and is_held(COPIED)
        anna = Browser(copy, db.session.query(User).filter_by(email="anna@example.org").one())
        assert "Данные скопированы сюда" in anna.get("/outbox").text
        assert "обе будут писать одним и тем же клиентам" in anna.get("/admin/sending/mode?to=live").text
        anna.follow("/admin/sending/mode", {"to": "live", "confirmed": "3"})
        assert setting(HELD_BECAUSE) == ""
        tick(now=live.now + timedelta(minutes=1))
        assert live.relay.receipts.total() == 3 and present_mode() == "live"
        db.session.remove()
        db.engine.dispose()
    tick(now=live.now + timedelta(minutes=2))
    assert present_mode() == "live" and live.relay.receipts.total() == 6, "the original goes on, which is why people are asked"


# A file holds the data only there.
@pytest.mark.sqlite_only
def test_an_older_copy_in_place_of_the_newer_one_is_held(live, tmp_path):
    owe(live, 2)
    file = live.folder / "live.db"
    with closing(sqlite3.connect(file)) as now_, closing(sqlite3.connect(tmp_path / "older.db")) as older:
        now_.backup(older)
    tick(now=live.now)
    assert live.relay.receipts.total() == 2
    db.session.remove()
    db.engine.dispose()
    with closing(sqlite3.connect(tmp_path / "older.db")) as older, closing(sqlite3.connect(file)) as now_:
        older.backup(now_)
    tick(now=live.now + timedelta(minutes=1))
    assert live.relay.receipts.total() == 2, "nobody gets the same letter twice"
    assert is_held(COPIED)


@pytest.mark.skipif(not PG, reason="needs PostgreSQL")
def test_a_dump_put_back_by_hand_is_held(live, tmp_path):
    from webapp.desk import backup_postgres
    owe(live, 2)
    write_backup(tmp_path / "b.zip", now=live.now)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        revision = json.loads(archive.read("about.json"))["revision"]
        db.session.remove()
        backup_postgres.restore(archive, db.engine, revision)
    with transaction() as session:
        session.merge(Setting(key="mode", value="live"))
    tick(now=live.now)
    assert live.relay.receipts.total() == 0 and is_held(COPIED)


def test_an_agency_that_went_live_before_marks_were_kept_goes_on(live):
    with transaction() as session:
        session.delete(session.get_one(Setting, PLACE))
    owe(live, 2)
    tick(now=live.now)
    assert live.relay.receipts.total() == 2 and present_mode() == "live" and setting(PLACE)


def test_a_restart_and_a_day_of_work_are_no_copy(live):
    for minutes in (0, 5, 10):
        owe(live)
        db.session.remove()
        db.engine.dispose()
        tick(now=live.now + timedelta(minutes=minutes))
    assert live.relay.receipts.total() == 3 and present_mode() == "live"


def test_a_backup_made_while_letters_leave_comes_back_whole_and_sends_none(live, tmp_path, now):
    client = db.session.get(Client, live.client_id)
    seller = add_user(email="olga@example.org", name="Ольга", role="manager", office_codes=["main"], actor=JOB, now=now)
    make.trip(client, purchase=date(2026, 11, 20), departure=date(2026, 11, 28), back=date(2026, 12, 5), seller=seller,
              now=now)
    stop, app = Event(), live.app

    def work() -> None:
        with app.app_context():
            while not stop.is_set():
                owe(live)
                tick(now=now + timedelta(minutes=1))
            db.session.remove()
    worker = Thread(target=work)
    worker.start()
    try:
        write_backup(tmp_path / "b.zip", now=now)
    finally:
        stop.set()
        worker.join(60)
    owe(live, 2)
    tick(now=now + timedelta(minutes=2))
    left = live.relay.receipts.total()
    restore_backup(tmp_path / "b.zip", now=now)
    connect(app, live.relay)
    sums = inspect(now=now).counts
    tick(now=now + timedelta(minutes=3))
    assert live.relay.receipts.total() == left and is_held(RESTORED)
    restore_backup(tmp_path / "b.zip", now=now)
    found = inspect(now=now)
    assert found.faults == []
    assert found.counts == sums and sums["trips"] == 1
    assert sum(sums["messages"].values()) == rows_in(tmp_path / "b.zip", "message")
    assert sum(sums["touches"].values()) == rows_in(tmp_path / "b.zip", "touch")


def rows_in(backup: Path, table: str) -> int:
    with zipfile.ZipFile(backup) as archive:
        if PG:
            return archive.read(f"tables/{table}").count(b"\n")
        archive.extract("snova.db", backup.parent / "read")
        with closing(sqlite3.connect(backup.parent / "read" / "snova.db")) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
