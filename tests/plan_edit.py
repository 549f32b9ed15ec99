"""What tests of the plan editor share: the plan of trips, changes of its draft, publishing, applying to open trips."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import make
from flask import current_app
from sqlalchemy import select

from webapp.batches.actions import run_batches
from webapp.batches.models import Batch
from webapp.db import db, transaction
from webapp.desk.integrity import inspect
from webapp.letters.models import Letter, LetterVersion
from webapp.staff.audit import actor_of
from webapp.staff.models import User
from webapp.touches import plan_book
from webapp.touches.actions import plan_drafting, replanning
from webapp.touches.models import Plan, PlanVersion, Touch
from webapp.touches.plan_book import Book
from webapp.touches.plan_draft_rules import DraftStep, put
from webapp.trips.models import Trip


def book() -> Book:
    """The plan of trips as it stands."""
    found = plan_book.book_of(db.session.scalars(select(Plan.id).where(Plan.code == "trip")).one())
    assert found is not None
    return found


def draft(anna: User, now: datetime, *more: DraftStep, without: Sequence[str] = (), **changes: dict[str, Any]) -> Book:
    """Change the draft: `code={field: value}` changes steps, `more` are added, `without` taken out."""
    def edit(steps: Sequence[DraftStep]) -> list[DraftStep]:
        kept = [replace(step, **changes.get(step.code, {})) for step in steps if step.code not in without]
        for step in more:
            kept = put(kept, step)
        return kept
    here = book()
    return plan_drafting.change(here.plan.id, edit, seen=here.stamp, actor=actor_of(anna), now=now)


def publish(anna: User, now: datetime, *more: DraftStep, without: Sequence[str] = (), **changes: dict[str, Any],
            ) -> PlanVersion:
    """The same, published for new trips."""
    found = draft(anna, now, *more, without=without, **changes)
    version = plan_drafting.publish(found.plan.id, seen=found.stamp, actor=actor_of(anna), now=now)
    assert version is not None
    return version


def apply(anna: User, now: datetime) -> Batch:
    """Open trips get the version in force; nothing in the data is broken by it."""
    batch = replanning.begin(book().plan.id, actor=actor_of(anna), now=now)
    assert batch is not None
    run_batches(now=lambda: now)
    # In a session of its own: the check forgets all that it has read.
    with current_app.app_context():
        assert inspect(now=now).faults == []
    return db.session.get_one(Batch, batch.id, populate_existing=True)


def sold(cast: SimpleNamespace, now: datetime, purchase: date = date(2026, 11, 20), departure: date = date(2026, 12, 10),
         back: date = date(2026, 12, 17), **more: Any) -> Trip:
    """A trip of a client who may be written to."""
    person = make.client(cast.main, now=now, manager=cast.olga, **more)
    return make.trip(person, purchase=purchase, departure=departure, back=back, seller=cast.olga, now=now)


def touches(trip: Trip) -> dict[str, Touch]:
    """Touches of a trip by their step."""
    return {row.step_code: row for row in db.session.scalars(
        select(Touch).where(Touch.occasion_id == trip.occasion_id).execution_options(populate_existing=True))}


def chat_text(now: datetime) -> None:
    """A text that a client may read as it is."""
    with transaction() as session:
        row = Letter(code="chatty", channel="script", klass="service", identity="agency", requires=[])
        session.add(row)
        session.flush()
        session.add(LetterVersion(letter_id=row.id, language="ru", number=1, title="Привет", subject="", author="Snova",
                                  body="{{ клиент.имя }}, привет! {{ ссылки.анкета }}", created_at=now, published_at=now))
