"""What the agency keeps in forms: procedures by type, the list of root causes, how long steps may take."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select

from webapp.complaints.actions.rows import lock_occasions
from webapp.complaints.actions.tasks import keep_task
from webapp.complaints.clock_rules import Terms
from webapp.complaints.day_holes import unknown_holes
from webapp.complaints.models import Complaint, Procedure, RootCause
from webapp.complaints.questions import TERMS, due_of, terms_for
from webapp.complaints.step_rules import KINDS, OPEN
from webapp.db import db, one_at_a_time, transaction
from webapp.staff.audit import record
from webapp.staff.models import Setting, held_setting
from webapp.staff.rules import ADMIN, Actor, BadInput

MOST_DAYS, MOST_HOURS = 365, 200
HOLED = ("text_ru", "text_en", "remedy_ru", "remedy_en")
"""Texts that may name days by `day_holes.HOLES`."""


@dataclass(frozen=True)
class Wording:
    """A procedure as its form gives it; days None for those of the agency."""

    kind: str
    name_ru: str
    text_ru: str
    name_en: str = ""
    text_en: str = ""
    remedy_ru: str = ""
    remedy_en: str = ""
    decide_days: int | None = None
    legal_days: int | None = None
    active: bool = True


def save_procedure(procedure_id: int | None, given: Wording, *, actor: Actor, now: datetime) -> Procedure:
    """Change a procedure, or add one. Complaints keep the words their client was told.

    Raises BadInput("name-needed", "text-needed", "not-offered", "no-such-hole", "bad-days"), LookupError, NotAllowed.
    """
    actor.needs(ADMIN)
    if given.kind not in KINDS:
        raise BadInput("not-offered", "kind")
    if not given.name_ru.strip():
        raise BadInput("name-needed", "name_ru")
    if not given.text_ru.strip():
        raise BadInput("text-needed", "text_ru")
    for name in HOLED:
        if unknown_holes(getattr(given, name)):
            raise BadInput("no-such-hole", name)
    for name in ("decide_days", "legal_days"):
        days = getattr(given, name)
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise BadInput("bad-days", name)
    with transaction() as session:
        row = session.get(Procedure, procedure_id) if procedure_id else None
        if row is None and procedure_id:
            raise LookupError(procedure_id)
        if row is None:
            # Two new ones at the same moment would take the same number.
            one_at_a_time("procedures")
            number = int(session.scalar(select(func.coalesce(func.max(Procedure.id), 0))) or 0) + 1
            row = Procedure(code=f"own-{number}", position=number + 100)
            session.add(row)
        for name, value in asdict(given).items():
            setattr(row, name, value.strip() if isinstance(value, str) else value)
        session.flush()
        record(actor, "edited" if procedure_id else "added", "procedure", row.id, now=now)
        _recount(row, actor=actor, now=now)
        return row


def save_cause(cause_id: int | None, name_ru: str, name_en: str, *, active: bool = True, actor: Actor,
               now: datetime) -> RootCause:
    """Rename a cause, switch it on or off, or add one at the end. Nothing is deleted: old analyses name it.

    Raises BadInput("name-needed"), LookupError, NotAllowed.
    """
    actor.needs(ADMIN)
    if not name_ru.strip():
        raise BadInput("name-needed", "name_ru")
    with transaction() as session:
        row = session.get(RootCause, cause_id) if cause_id else None
        if row is None and cause_id:
            raise LookupError(cause_id)
        if row is None:
            one_at_a_time("root-causes")
            last = session.scalar(select(func.max(RootCause.position)))
            row = RootCause(code="", position=(last or 0) + 1)
            session.add(row)
        row.name_ru, row.name_en, row.active = name_ru.strip(), name_en.strip(), active
        session.flush()
        record(actor, "edited" if cause_id else "added", "root_cause", row.id, now=now)
        return row


def move_cause(cause_id: int, up: bool, *, actor: Actor, now: datetime) -> None:
    """One place up or down in the list. Raises LookupError, NotAllowed."""
    actor.needs(ADMIN)
    with transaction() as session:
        rows = list(session.scalars(select(RootCause).order_by(RootCause.position, RootCause.id).with_for_update()))
        place = next((number for number, row in enumerate(rows) if row.id == cause_id), None)
        if place is None:
            raise LookupError(cause_id)
        other = place - 1 if up else place + 1
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
        for number, row in enumerate(rows):
            row.position = number
        record(actor, "moved", "root_cause", cause_id, now=now)


def save_terms(terms: Terms, *, actor: Actor, now: datetime) -> None:
    """Change how long steps may take; deadlines of open complaints follow. Days of the law already told stay.

    Raises BadInput("bad-days", "bad-hours"), NotAllowed.
    """
    actor.needs(ADMIN)
    for name, value in asdict(terms).items():
        if not 1 <= value <= (MOST_HOURS if name == "tell_hours" else MOST_DAYS):
            raise BadInput("bad-hours" if name == "tell_hours" else "bad-days", name)
    with transaction() as session:
        held_setting(TERMS)
        before = asdict(terms_for())
        session.merge(Setting(key=TERMS, value=asdict(terms)))
        session.flush()
        changed = {f"complaint_{name}": [before[name], value] for name, value in asdict(terms).items()
                   if before[name] != value}
        if changed:
            record(actor, "terms", "complaint", None, now=now, facts=changed)
        _recount(actor=actor, now=now)


def _recount(procedure: Procedure | None = None, *, actor: Actor, now: datetime) -> None:
    """Deadlines of open complaints, of one procedure or of all, by what holds now."""
    query = select(Complaint).where(Complaint.state.in_(OPEN)).order_by(Complaint.id)
    if procedure is not None:
        query = query.where(Complaint.procedure_id == procedure.id)
    lock_occasions([row.id for row in db.session.scalars(query)])
    locked = query.with_for_update(of=Complaint, key_share=True)
    for row in db.session.scalars(locked.execution_options(populate_existing=True)):
        row.due_at = due_of(row)
        keep_task(row, actor=actor, now=now)
