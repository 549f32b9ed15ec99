"""Agencies as `setup` leaves them, for tests that load the demo."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from conftest import Store, never_loses_power, settings_for

from webapp.app import create_app
from webapp.db import Base, db
from webapp.desk.actions import install_shipped
from webapp.post.actions import set_mode
from webapp.staff.actions import add_office
from webapp.staff.audit import job

THURSDAY = datetime(2026, 11, 19, 11, 30, tzinfo=UTC)


def new_agency(folder: Path, now: datetime) -> SimpleNamespace:
    """An agency as `setup` leaves it, held and empty; call inside nothing, it opens its own context."""
    folder.mkdir(exist_ok=True)
    store = Store(folder)
    app = create_app(settings_for(folder, store.url))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.app_context():
        never_loses_power()
        Base.metadata.create_all(db.engine)
        add_office(code="main", name="Главный офис", zone="Europe/Moscow", actor=job("setup"), now=now)
        install_shipped(now=now)
        set_mode("held", actor=job("setup"), now=now)
    return SimpleNamespace(app=app, store=store, now=now, folder=folder)
