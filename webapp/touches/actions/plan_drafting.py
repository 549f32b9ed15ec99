"""Verbs of plans that are edited: change a draft, throw it away, publish it, begin from an older version."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select

from webapp.db import transaction
from webapp.staff.audit import record
from webapp.staff.rules import ADMIN, Actor
from webapp.touches import plan_book, store
from webapp.touches.models import Plan, PlanDraft, PlanStep, PlanVersion
from webapp.touches.plan_book import Book
from webapp.touches.plan_check_rules import PlanFinding, faults_of, with_classes
from webapp.touches.plan_draft_rules import DraftStep, difference
from webapp.touches.shipped import anchors_of

Edit = Callable[[Sequence[DraftStep]], Sequence[DraftStep]]


class PlanMeanwhile(Exception):
    """Somebody changed or published the plan since the page was opened; `book` is how it stands now."""

    def __init__(self, book: Book) -> None:
        super().__init__("changed meanwhile")
        self.book = book


class PlanBlocked(Exception):
    """The plan may not be published; `findings` say why."""

    def __init__(self, findings: Sequence[PlanFinding]) -> None:
        super().__init__(", ".join(finding.code for finding in findings))
        self.findings = findings


def change(plan_id: int, edit: Edit, *, seen: str, actor: Actor, now: datetime) -> Book:
    """Change the draft; a draft that says what is in force is none. Nothing happens to occasions.

    `seen` is the stamp of what the person looked at. Raises PlanMeanwhile, NotAllowed; LookupError without a plan.
    """
    actor.needs(ADMIN)
    with transaction():
        book = _locked(plan_id)
        if seen != book.stamp:
            raise PlanMeanwhile(book)
        return _keep(book, with_classes(edit(book.steps), plan_book.texts()), actor, now)


def discard(plan_id: int, *, actor: Actor, now: datetime) -> None:
    """Throw the draft away; the version in force stays. Raises NotAllowed."""
    actor.needs(ADMIN)
    with transaction() as session:
        book = _locked(plan_id)
        if book.draft is not None:
            session.delete(book.draft)
            record(actor, "discarded", "plan", plan_id, now=now)


def begin_from(plan_id: int, version_id: int, *, actor: Actor, now: datetime) -> Book:
    """An older version as a new draft, in the place of the present one. Raises NotAllowed, LookupError."""
    actor.needs(ADMIN)
    with transaction():
        book = _locked(plan_id)
        if version_id not in {version.id for version in book.versions}:
            raise LookupError(version_id)
        return _keep(book, plan_book.steps_in(version_id), actor, now)


def publish(plan_id: int, *, seen: str, actor: Actor, now: datetime) -> PlanVersion | None:
    """Make the draft the version that new occasions get; those under way keep theirs. None without a draft.

    Raises PlanMeanwhile, PlanBlocked, NotAllowed.
    """
    actor.needs(ADMIN)
    with transaction() as session:
        book = _locked(plan_id)
        if book.draft is None:
            return None
        if seen != book.stamp:
            raise PlanMeanwhile(book)
        texts = plan_book.texts()
        steps = with_classes(book.steps, texts)
        findings = faults_of(steps, texts, anchors_of(book.plan.kind))
        if findings:
            raise PlanBlocked(findings)
        version = PlanVersion(plan_id=plan_id, number=book.in_force.number + 1, author=actor.name, published_at=now)
        session.add(version)
        session.flush()
        session.add_all(_row(version.id, position, step) for position, step in enumerate(steps))
        session.delete(book.draft)
        record(actor, "published", "plan", plan_id, now=now,
               facts={"version": [book.in_force.number, version.number]})
        session.flush()
        # A version that was rolled back may have left its steps here under the same number.
        store.forget_steps()
        return version


def _locked(plan_id: int) -> Book:
    """The plan as it stands now; two people who change it wait for each other here."""
    with transaction() as session:
        if session.scalar(select(Plan.id).where(Plan.id == plan_id).with_for_update()) is None:
            raise LookupError(plan_id)
        session.expire_all()
        book = plan_book.book_of(plan_id)
        if book is None:
            raise LookupError(plan_id)
        return book


def _keep(book: Book, steps: Sequence[DraftStep], actor: Actor, now: datetime) -> Book:
    with transaction() as session:
        draft = book.draft
        if not difference(book.published, steps):
            if draft is not None:
                session.delete(draft)
        elif draft is None:
            session.add(PlanDraft(plan_id=book.plan.id, base_id=book.in_force.id, turn=1, author=actor.name,
                                  changed_at=now, steps=[step.as_json() for step in steps]))
            record(actor, "drafted", "plan", book.plan.id, now=now)
        else:
            draft.steps, draft.turn = [step.as_json() for step in steps], draft.turn + 1
            draft.author, draft.changed_at = actor.name, now
        session.flush()
        return _locked(book.plan.id)


def _row(version_id: int, position: int, step: DraftStep) -> PlanStep:
    return PlanStep(
        version_id=version_id, position=position, code=step.code, name_ru=step.name_ru or step.name_en,
        name_en=step.name_en or step.name_ru, short_ru=step.short_ru, short_en=step.short_en, channel=step.channel,
        klass=step.klass, rule=step.rule, letter_code=step.text, column=step.column or step.code,
        performer=step.performer, outcomes=list(step.outcomes), needs_outcome=step.needs_outcome,
        active=step.active, or_call=step.or_call)
