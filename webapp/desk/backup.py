"""The whole agency in one file, written while it works; put back, it sends nothing (`quality.md` promise 13)."""

import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from importlib import import_module
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask_migrate import upgrade

from webapp.config import ROOT, Settings
from webapp.db import db
from webapp.post.actions.modes import hold_copy
from webapp.post.place import RESTORED

FORMAT = 1
KEY_FILE = "secret_key"


class BadBackup(ValueError):
    """The file cannot be restored here; the text says why and what to do."""


def write_backup(file: Path, *, now: datetime) -> str:
    """Write database and uploads to `file` (a zip, readable by its owner only); gives a sentence about it."""
    settings = _settings()
    file = file.absolute()
    scratch = file.with_name(f".{file.name}.new")
    try:
        with os.fdopen(os.open(scratch, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("about.json", json.dumps(_about(now)))
                _pack_database(archive, settings)
                _pack_files(archive, settings)
                # Stops are kept as hashes made with it: under another key they would be forgotten.
                archive.writestr(KEY_FILE, settings.secret_key)
            raw.flush()
            os.fsync(raw.fileno())
        scratch.replace(file)
    finally:
        scratch.unlink(missing_ok=True)
    return f"{file.name}: {file.stat().st_size // 1024} KB"


def restore_backup(file: Path, *, now: datetime) -> str:
    """Put the agency back as `file` has it, with sending held; raises BadBackup before anything is touched.

    What was there goes into `before-restore-<moment>.zip` of the instance. Restart a running copy afterwards.
    """
    settings = _settings()
    with _opened(file) as archive:
        about = _checked(archive, settings)
        kept = _keep_present(settings, now)
        db.session.remove()
        if about["engine"] == "sqlite":
            _restore_sqlite(archive, settings)
        else:
            _postgres().restore(archive, db.engine, about["revision"])
        _restore_files(archive, settings)
        warning = _restore_secret(archive, settings)
    db.engine.dispose()
    upgrade()
    held = hold_copy(RESTORED, now=now)
    return f"restored as of {about['made_at']}{kept}; sending is held, {held.on_hold} messages wait{warning}"


def _keep_present(settings: Settings, now: datetime) -> str:
    if _about(now)["revision"] is None:
        return ""
    name = f"before-restore-{now:%Y%m%d-%H%M%S}.zip"
    write_backup(settings.instance / name, now=now)
    return f", what was there is in {name}"


def _postgres() -> ModuleType:
    """Imported only there: an agency on SQLite has no driver of PostgreSQL."""
    return import_module("webapp.desk.backup_postgres")


def _settings() -> Settings:
    settings: Settings = current_app.extensions["snova.settings"]
    return settings


def _about(now: datetime) -> dict[str, Any]:
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    return {"format": FORMAT, "engine": db.engine.dialect.name, "revision": revision, "made_at": now.isoformat()}


def _pack_database(archive: zipfile.ZipFile, settings: Settings) -> None:
    if not settings.is_sqlite:
        _postgres().pack(archive, db.engine)
        return
    with tempfile.TemporaryDirectory(dir=settings.instance) as folder:
        copy = Path(folder) / "snova.db"
        with closing(sqlite3.connect(str(db.engine.url.database))) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        archive.write(copy, "snova.db")


def _pack_files(archive: zipfile.ZipFile, settings: Settings) -> None:
    for path in sorted(settings.uploads.rglob("*")) if settings.uploads.exists() else []:
        # Files of imports are forgotten by the worker at any moment.
        with suppress(FileNotFoundError):
            if path.is_file():
                archive.write(path, f"uploads/{path.relative_to(settings.uploads).as_posix()}")


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except zipfile.BadZipFile:
        raise BadBackup(f"{file.name} is not a backup of Snova, or it is damaged.") from None


def _checked(archive: zipfile.ZipFile, settings: Settings) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads(archive.read("about.json"))
    except (KeyError, ValueError):
        raise BadBackup("This is not a backup of Snova.") from None
    damaged = archive.testzip()
    if damaged:
        raise BadBackup(f"The backup is damaged: {damaged}.")
    here = "sqlite" if settings.is_sqlite else "postgresql"
    if about.get("engine") != here:
        raise BadBackup(f"The backup is of {about.get('engine')}, this agency runs on {here}.")
    known = {script.revision for script in ScriptDirectory(str(ROOT / "webapp" / "migrations")).walk_revisions()}
    if any(".." in PurePosixPath(name).parts or "\\" in name for name in archive.namelist()):
        raise BadBackup("The backup holds a file outside its folder.")
    if about.get("format") != FORMAT or about.get("revision") not in known:
        raise BadBackup("The backup was made by another version of Snova. Update Snova first, then restore.")
    return about


def _restore_sqlite(archive: zipfile.ZipFile, settings: Settings) -> None:
    with tempfile.TemporaryDirectory(dir=settings.instance) as folder:
        archive.extract("snova.db", folder)
        with closing(sqlite3.connect(Path(folder) / "snova.db")) as source:
            if source.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BadBackup("The database inside the backup is damaged.")
            # Before it takes the place of the old one: a worker that is running must find it held at once.
            source.execute("DELETE FROM setting WHERE key = 'mode'")
            source.commit()
            with closing(sqlite3.connect(str(db.engine.url.database), timeout=60)) as target:
                source.backup(target)


def _restore_files(archive: zipfile.ZipFile, settings: Settings) -> None:
    names = [name for name in archive.namelist() if name.startswith("uploads/")]
    with tempfile.TemporaryDirectory(dir=settings.instance) as folder:
        archive.extractall(folder, names)
        if settings.uploads.exists():
            settings.uploads.rename(Path(folder) / "old")
        fresh = Path(folder) / "uploads"
        fresh.mkdir(exist_ok=True)
        shutil.move(fresh, settings.uploads)


def _restore_secret(archive: zipfile.ZipFile, settings: Settings) -> str:
    secret = archive.read(KEY_FILE).decode("ascii")
    if secret == settings.secret_key:
        return ""
    path = settings.instance / KEY_FILE
    if not path.exists():
        return ". Set SECRET_KEY to what it was when the backup was made: clients' stops depend on it"
    path.write_text(secret, "ascii")
    return ". The secret key was restored too: restart Snova now"
