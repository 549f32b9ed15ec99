"""Create or upgrade an instance: tables, the first office, shipped plans and letters, the sending mode."""

from collections.abc import Iterator
from datetime import datetime

from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import select

from webapp.batches.actions import beat
from webapp.batches.models import SETUP, last_beat
from webapp.db import db
from webapp.desk.actions import install_shipped
from webapp.desk.demo import load, remove
from webapp.desk.demo_data.actions import is_unfinished
from webapp.post.actions import set_mode
from webapp.staff.actions import add_office
from webapp.staff.audit import job
from webapp.staff.first_code import first_address
from webapp.staff.lists import nobody_yet
from webapp.staff.models import Office, User, setting
from webapp.touches.store import forget_steps


def prepare(*, demo: bool, now: datetime) -> Iterator[str]:
    """Bring the instance up to date and say what was done; running it again changes nothing.

    Demo data is loaded only into an agency nobody works in yet. A new agency sends nothing (held), one with demo
    data writes to files (trial) (`domain.md` §2.7).
    """
    upgrade()
    forget_steps()
    actor = job("setup")
    if db.session.scalar(select(Office.id).limit(1)) is None:
        add_office(code="main", name="Главный офис", zone="Europe/Moscow", actor=actor, now=now)
        yield "office main created"
    install_shipped(now=now)
    if last_beat() is None:
        # From now on a worker that never comes is as silent as one that stopped: staff are told in five minutes.
        beat(SETUP, now=now)
    if setting("mode") is None:
        set_mode("held", actor=actor, now=now)
    if demo and is_unfinished():
        yield "the demo data were not complete: loading them anew"
        list(remove(now=now))
    if demo and db.session.scalar(select(User.id).limit(1)) is None:
        yield from load(now=now)
    yield from first_person_wanted()
    yield "ready"


def first_person_wanted() -> Iterator[str]:
    """Where the first person sets up the agency, as long as there is nobody; only whoever runs the program reads it."""
    if nobody_yet():
        yield "Open this page to set up your agency / Откройте эту страницу, чтобы завести агентство:"
        yield f"  {first_address(current_app.extensions['snova.settings'])}"
