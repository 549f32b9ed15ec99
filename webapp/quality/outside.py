"""What quality shows of rooms beside it: causes of complaints and scores of surveys. None where there is nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from flask import current_app, has_request_context, url_for
from sqlalchemy import func, select

from webapp.complaints.models import Complaint, RootCause
from webapp.complaints.step_rules import DRAFT, VOID
from webapp.db import db
from webapp.kit.days import ONE_DAY, add_months, end_of_day
from webapp.kit.shares import per_cent
from webapp.surveys import figures
from webapp.web.i18n import page_language

MOST = 8
"""So many causes and measures are shown: the rest is in the room they come from."""


@dataclass(frozen=True)
class Complaints:
    """Complaints received between two days: how many, closed, found justified; causes with counts, most first."""

    received: int
    closed: int
    justified: int
    judged: int
    causes: Sequence[tuple[str, int]] = ()
    measures: Sequence[str] = ()
    url: str = ""

    @property
    def justified_share(self) -> int | None:
        """Per cent of the judged ones."""
        return per_cent(self.justified, self.judged)


@dataclass(frozen=True)
class Surveys:
    """Surveys asked between two days, and how many of those were answered; `score` is the average of 0–10 in tenths of
    what was answered between them, `low` scores up to 6, `high` from 9."""

    asked: int
    answered: int
    score: int | None
    low: int = 0
    high: int = 0
    url: str = ""

    @property
    def share(self) -> int | None:
        """Per cent that were answered."""
        return per_cent(self.answered, self.asked)


@dataclass(frozen=True)
class Said:
    """Both, between these days."""

    first: date
    last: date
    complaints: Complaints | None
    surveys: Surveys | None


def of_quarter(office_ids: Collection[int], today: date, tz: tzinfo) -> Said:
    """The last three months; days are those of `tz`."""
    return between(office_ids, add_months(today, -3) + ONE_DAY, today, tz)


def between(office_ids: Collection[int], first: date, last: date, tz: tzinfo) -> Said:
    """Both rooms' figures between two days, both inclusive."""
    span = end_of_day(first - ONE_DAY, tz), end_of_day(last, tz)
    return Said(first, last, complaints_of(office_ids, *span), surveys_of(office_ids, *span))


def complaints_of(office_ids: Collection[int], since: datetime, until: datetime) -> Complaints | None:
    """Complaints received in [since, until), drafts and mistakes left out; None where there is none."""
    received = [Complaint.office_id.in_(office_ids), Complaint.created_at >= since, Complaint.created_at < until,
                Complaint.state.not_in((DRAFT, VOID))]
    row: Any = db.session.execute(select(
        func.count(), func.count().filter(Complaint.closed_at.is_not(None)),
        func.count().filter(Complaint.justified.in_(("yes", "partly"))),
        func.count().filter(Complaint.justified != "")).where(*received)).one()
    if not row[0]:
        return None
    name = RootCause.name_en if page_language() == "en" else RootCause.name_ru
    causes: list[Any] = list(db.session.execute(
        select(func.coalesce(func.nullif(name, ""), RootCause.name_ru), func.count())
        .select_from(Complaint).join(RootCause, RootCause.id == Complaint.root_cause_id).where(*received)
        .group_by(RootCause.id, name, RootCause.name_ru).order_by(func.count().desc(), RootCause.id).limit(MOST)))
    measures = db.session.scalars(select(Complaint.prevention).where(*received, Complaint.prevention != "")
                                  .order_by(Complaint.id.desc()).limit(MOST))
    return Complaints(row[0], row[1], row[2], row[3], [(cause, int(number)) for cause, number in causes],
                      list(measures), _address("complaints.index"))


def surveys_of(office_ids: Collection[int], since: datetime, until: datetime) -> Surveys | None:
    """Surveys asked and answered in [since, until); None where there is none."""
    found = figures.between(office_ids, since, until)
    if not found.asked and not found.answers:
        return None
    return Surveys(found.asked, found.replied, found.tenths, found.low, found.high, _address("surveys.index"))


def _address(endpoint: str) -> str:
    """Where the list is; "" while the room has no pages, and where nobody looks at one."""
    return url_for(endpoint) if has_request_context() and endpoint in current_app.view_functions else ""
