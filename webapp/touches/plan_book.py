"""Questions about plans as they are edited: the version in force, the draft, older versions, who lives by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select

from webapp.db import db
from webapp.letters.draft_rules import has_headings
from webapp.letters.liquid_text import compile_letter
from webapp.letters.models import Letter, LetterVersion
from webapp.letters.rules import LetterError
from webapp.touches import store
from webapp.touches.models import Occasion, Plan, PlanDraft, PlanStep, PlanVersion
from webapp.touches.plan_check_rules import Text
from webapp.touches.plan_draft_rules import DraftStep, from_json, from_step

# Not the bare column: its index leads through all that has ended, the one of what is open is the short way.
_VERSION = Occasion.plan_version_id + 0


@dataclass(frozen=True)
class Version:
    """A published version without its steps."""

    id: int
    number: int
    author: str
    published_at: datetime


@dataclass(frozen=True)
class Book:
    """One plan: `versions` newest first, `draft` what is changed and not published."""

    plan: Plan
    versions: Sequence[Version]
    draft: PlanDraft | None

    @property
    def in_force(self) -> Version:
        """What new occasions get."""
        return self.versions[0]

    @property
    def published(self) -> list[DraftStep]:
        """Steps of the version in force."""
        return steps_in(self.in_force.id)

    @property
    def steps(self) -> list[DraftStep]:
        """Steps as the editor shows them: the draft's, else those in force."""
        return [from_json(step) for step in self.draft.steps] if self.draft else self.published

    @property
    def stamp(self) -> str:
        """Changes whenever somebody saves or publishes."""
        draft = self.draft
        return f"{draft.id}-{draft.turn}-{draft.changed_at.timestamp():.6f}" if draft else f"v{self.in_force.id}"


@dataclass(frozen=True)
class Line:
    """A plan in the list: `open` occasions live by any of its versions, `behind` of them by an older one."""

    book: Book
    open: int
    behind: int


def steps_in(version_id: int) -> list[DraftStep]:
    """The steps of a version as they are edited."""
    return [from_step(step.rule, name_ru=step.name_ru, name_en=step.name_en, short_ru=step.short_ru,
                      short_en=step.short_en, letter=step.letter_code, outcomes=step.outcomes)
            for step in store.steps_of(version_id)]


def book_of(plan_id: int) -> Book | None:
    """The plan with its versions and draft; None when there is no such plan."""
    plan = db.session.get(Plan, plan_id)
    return next(iter(_books([plan])), None) if plan else None


def lines() -> list[Line]:
    """All plans with how many open occasions they have; four queries whatever the number of occasions."""
    books = _books(db.session.scalars(select(Plan).order_by(Plan.id)).all())
    kinds = [book.plan.kind for book in books]
    rows = db.session.execute(
        select(_VERSION, func.count()).where(Occasion.kind.in_(kinds), _is_open()).group_by(_VERSION))
    used = {row[0]: int(row[1]) for row in rows}
    return [Line(book, sum(used.get(version.id, 0) for version in book.versions),
                 sum(used.get(version.id, 0) for version in book.versions[1:])) for book in books]


def behind(plan_id: int, number: int) -> Select[int]:
    """Ids of open occasions that live by a version of this plan older than `number`, in their order."""
    older = select(PlanVersion.id).where(PlanVersion.plan_id == plan_id, PlanVersion.number < number)
    kind = select(Plan.kind).where(Plan.id == plan_id).scalar_subquery()
    return select(Occasion.id).where(Occasion.kind == kind, _is_open(), _VERSION.in_(older)).order_by(Occasion.id)


def count_behind(plan_id: int, number: int) -> int:
    """How many there are."""
    return int(db.session.scalar(select(func.count()).select_from(behind(plan_id, number).order_by(None).subquery()))
               or 0)


def codes_ever(plan_id: int) -> set[str]:
    """Codes of all steps that any version of the plan has had."""
    return set(db.session.scalars(select(PlanStep.code).distinct().join(
        PlanVersion, PlanStep.version_id == PlanVersion.id).where(PlanVersion.plan_id == plan_id)))


def texts() -> dict[str, Text]:
    """What a step may say, by the code of the letter or script; two queries."""
    letters = {row.id: row for row in db.session.scalars(select(Letter))}
    newest: dict[tuple[int, str], LetterVersion] = {}
    for row in db.session.scalars(select(LetterVersion).where(
            LetterVersion.published_at.is_not(None), LetterVersion.variant == "").order_by(LetterVersion.number)):
        newest[row.letter_id, row.language] = row
    found: dict[str, Text] = {}
    for letter in letters.values():
        own = {language: row for (letter_id, language), row in newest.items() if letter_id == letter.id}
        found[letter.code] = Text(letter.channel, letter.klass, frozenset(own),
                                  letter.channel == "script" and any(_has_links(row) for row in own.values()),
                                  letter.channel == "script" and any(has_headings(row.body) for row in own.values()))
    return found


def _has_links(row: LetterVersion) -> bool:
    try:
        return any(name.startswith("links.") for name in compile_letter(row.subject, row.body).names)
    except LetterError:
        return False


def _is_open() -> ColumnElement[bool]:
    return Occasion.closed_at.is_(None) & Occasion.cancelled_at.is_(None)


def _books(plans: Sequence[Plan]) -> list[Book]:
    ids = [plan.id for plan in plans]
    versions: dict[int, list[Version]] = {number: [] for number in ids}
    for row in db.session.execute(
            select(PlanVersion.plan_id, PlanVersion.id, PlanVersion.number, PlanVersion.author,
                   PlanVersion.published_at).where(PlanVersion.plan_id.in_(ids)).order_by(PlanVersion.number.desc())):
        versions[row.plan_id].append(Version(*row[1:]))
    drafts = {row.plan_id: row for row in db.session.scalars(select(PlanDraft).where(PlanDraft.plan_id.in_(ids)))}
    return [Book(plan, versions[plan.id], drafts.get(plan.id)) for plan in plans if versions[plan.id]]
