"""A backup made while the agency works comes back whole, and nothing leaves until an administrator goes live."""

import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import make
import pytest
from conftest import Store, settings_for
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select, text

from webapp.app import create_app
from webapp.clients.models import Client
from webapp.db import db, transaction
from webapp.desk.backup import BadBackup, restore_backup, write_backup
from webapp.post.actions import set_mode, set_relay
from webapp.post.relay import kept_relay
from webapp.post.relay_rules import Relay
from webapp.staff.audit import job
from webapp.staff.models import AuditEntry, Office, setting


def new_agency(folder: Path) -> tuple[Flask, Store]:
    folder.mkdir()
    store = Store(folder)
    return create_app(settings_for(folder, store.url)), store


@pytest.fixture
def agency(tmp_path: Path, now: datetime) -> Iterator[Flask]:
    """An agency that is live, with two clients and one uploaded file."""
    app, store = new_agency(tmp_path / "agency")
    with app.app_context():
        upgrade()
        make.cast(now)
        office = db.session.scalars(select(Office)).first()
        for name in ("Иванова", "Петров\t\\N «é»\n"):
            make.client(office, last=name, now=now)
        set_mode("live", actor=job("test"), now=now)
        (tmp_path / "agency" / "uploads" / "letters").mkdir(parents=True)
        (tmp_path / "agency" / "uploads" / "letters" / "list.pdf").write_bytes(b"%PDF")
        yield app
        db.session.remove()
        db.engine.dispose()
    store.drop()


def test_the_password_of_the_mailbox_is_in_no_backup(agency: Flask, tmp_path: Path, now: datetime) -> None:
    relay = Relay("yandex", "smtp.yandex.ru", 465, "tls", login="mail@agency.ru", password="abcdefghijklmnop")
    set_relay(relay, actor=job("test"), now=now)
    write_backup(tmp_path / "b.zip", now=now)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert not [name for name in archive.namelist() if b"abcdefghijklmnop" in archive.read(name)]
    restore_backup(tmp_path / "b.zip", now=now)
    assert kept_relay(agency.extensions["snova.settings"]) == relay, "the machine keeps its own"
    assert setting("mode") == "held"


def names() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Client.last_name).order_by(Client.id)))


def test_what_was_there_comes_back_and_sending_is_held(agency: Flask, tmp_path: Path, now: datetime) -> None:
    uploads = tmp_path / "agency" / "uploads"
    before = names()
    write_backup(tmp_path / "b.zip", now=now)
    with transaction() as session:
        session.execute(text("UPDATE client SET last_name = 'X'"))
    (uploads / "letters" / "list.pdf").write_bytes(b"other")
    (uploads / "later.pdf").write_bytes(b"later")
    said = restore_backup(tmp_path / "b.zip", now=now)
    assert names() == before
    assert setting("mode") == "held" and "sending is held" in said
    assert [p.name for p in uploads.rglob("*.pdf")] == ["list.pdf"]
    assert (uploads / "letters" / "list.pdf").read_bytes() == b"%PDF"


def test_rows_can_be_added_after_restoring(agency: Flask, tmp_path: Path, now: datetime) -> None:
    write_backup(tmp_path / "b.zip", now=now)
    restore_backup(tmp_path / "b.zip", now=now)
    office = db.session.scalars(select(Office)).first()
    assert office is not None
    made = make.client(office, last="Новая", now=now)
    assert made.id == 3


def test_a_backup_moves_to_an_empty_machine(agency: Flask, tmp_path: Path, now: datetime) -> None:
    before = names()
    write_backup(tmp_path / "b.zip", now=now)
    other, store = new_agency(tmp_path / "other")
    with other.app_context():
        restore_backup(tmp_path / "b.zip", now=now)
        assert names() == before
        assert setting("mode") == "held"
        assert db.session.scalar(select(func.count()).select_from(AuditEntry)) >= 1
        db.session.remove()
        db.engine.dispose()
    store.drop()


def test_a_backup_made_while_people_write_is_of_one_moment(agency: Flask, tmp_path: Path, now: datetime) -> None:
    stop = Event()

    def work() -> None:
        with agency.app_context():
            while not stop.is_set():
                with transaction() as session:
                    session.execute(text("UPDATE client SET gender = gender || 'x'"))
    writer = Thread(target=work)
    writer.start()
    try:
        for number in range(3):
            write_backup(tmp_path / f"{number}.zip", now=now)
    finally:
        stop.set()
        writer.join()
    for number in range(3):
        restore_backup(tmp_path / f"{number}.zip", now=now)
        assert len(set(db.session.scalars(text("SELECT gender FROM client")))) == 1, "both rows, or neither"


def test_a_file_that_is_forgotten_meanwhile_is_left_out(agency: Flask, tmp_path: Path, now: datetime,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "agency" / "uploads" / "gone.csv").write_bytes(b"x")
    ordinary = Path.is_file

    def forgets(path: Path) -> bool:
        found = ordinary(path)
        if path.name == "gone.csv":
            path.unlink(missing_ok=True)
        return found
    monkeypatch.setattr(Path, "is_file", forgets)
    write_backup(tmp_path / "b.zip", now=now)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert [name for name in archive.namelist() if name.startswith("uploads/")] == ["uploads/letters/list.pdf"]


def test_what_was_replaced_is_kept(agency: Flask, tmp_path: Path, now: datetime) -> None:
    write_backup(tmp_path / "b.zip", now=now)
    with transaction() as session:
        session.execute(text("UPDATE client SET last_name = 'Позже'"))
    restore_backup(tmp_path / "b.zip", now=now)
    restore_backup(next((tmp_path / "agency").glob("before-restore-*.zip")), now=now)
    assert names() == ["Позже", "Позже"]


def test_the_key_that_stops_depend_on_comes_along(agency: Flask, tmp_path: Path, now: datetime) -> None:
    write_backup(tmp_path / "b.zip", now=now)
    key = tmp_path / "agency" / "secret_key"
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        content: dict[str, Any] = {name: archive.read(name) for name in archive.namelist()}
    content["secret_key"] = b"z" * 64
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    assert "SECRET_KEY" in restore_backup(tmp_path / "other.zip", now=now), "no file to restore it to"
    key.write_text("k" * 64, "ascii")
    assert "restart" in restore_backup(tmp_path / "other.zip", now=now)
    assert key.read_text("ascii") == "z" * 64


def test_the_file_is_readable_by_its_owner_only(agency: Flask, tmp_path: Path, now: datetime) -> None:
    write_backup(tmp_path / "b.zip", now=now)
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["b.zip"], "nothing half-written is left"


def changed(folder: Path, name: str, data: bytes) -> Path:
    with zipfile.ZipFile(folder / "b.zip") as archive:
        content = {each: archive.read(each) for each in archive.namelist()} | {name: data}
    with zipfile.ZipFile(folder / "changed.zip", "w") as archive:
        for each, kept in content.items():
            archive.writestr(each, kept)
    return folder / "changed.zip"


@pytest.mark.parametrize(("name", "data"), [
    ("about.json", b'{"format": 2}'), ("about.json", b"no"), ("about.json", b'{"format": 1, "engine": "oracle"}'),
    ("uploads/../../evil", b"x"),
])
def test_a_strange_backup_is_refused_before_anything_is_touched(agency: Flask, tmp_path: Path, now: datetime,
                                                                name: str, data: bytes) -> None:
    write_backup(tmp_path / "b.zip", now=now)
    before = names()
    with pytest.raises(BadBackup):
        restore_backup(changed(tmp_path, name, data), now=now)
    assert names() == before and setting("mode") == "live"
    assert not (tmp_path / "evil").exists() and not (tmp_path.parent / "evil").exists()


def test_a_file_that_is_no_backup_is_refused(agency: Flask, tmp_path: Path, now: datetime) -> None:
    (tmp_path / "b.zip").write_bytes(b"no zip at all")
    with pytest.raises(BadBackup, match="not a backup"):
        restore_backup(tmp_path / "b.zip", now=now)
    assert setting("mode") == "live"
