"""What the status page says: four stages with their days, the decision in plain words, the answer to it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.club.friend_placeholders import points_in
from webapp.complaints import step_rules as rules
from webapp.complaints.actions.answering import MAY_ANSWER
from webapp.complaints.actions.mailing import GRACE
from webapp.complaints.form_models import ComplaintEntry
from webapp.complaints.form_questions import open_offices
from webapp.complaints.models import Complaint, ComplaintAction, ComplaintEvent
from webapp.complaints.questions import calendar_for, days_of
from webapp.complaints.verdict_rules import verdict_of
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.letters.wording import day_and_month
from webapp.staff.models import Office
from webapp.touches.state_rules import OPEN_STATUSES
from webapp.web.i18n import clock, page_language

__all__ = ["as_complaint", "days_of", "first_decision", "may_answer", "points_in", "promised", "read_on", "rules",
           "shown_state", "stages", "thanks", "verdict"]
ORDER = ("got", "looking", "decided", "closed")
DONE, NOW, AHEAD = "done", "now", "ahead"


@dataclass(frozen=True)
class Stage:
    """One of the four: its name, the local day it began, who is at it, what comes next (only of the present one),
    the local day by which one still ahead is promised to begin."""

    code: str
    name: str
    state: str
    on: date | None
    who: str
    comes: str = ""
    by: date | None = None


def day_month(value: date) -> str:
    """«27 ноября», "27 November"."""
    return day_and_month(value, page_language()) or ""


def as_complaint(entry: ComplaintEntry) -> Complaint:
    """A form the worker has not looked at yet, as the complaint it will be; never written."""
    office = db.session.get_one(Office, entry.office_id) if entry.office_id else open_offices()[0]
    row = Complaint(number=entry.number, state=rules.RECEIVED, rounds=1, language=entry.language, story=entry.story,
                    wants=entry.wants, created_at=entry.created_at, since=entry.created_at, decision="",
                    satisfaction="", satisfaction_note="", compensation_points=0, contact_name=entry.name)
    row.office = office
    return row


def shown_state(row: Complaint, now: datetime) -> str:
    """The state a client may see: a decision that may still be called back is not yet one."""
    fresh = row.state == rules.RESOLVED and row.resolved_at is not None and now < row.resolved_at + GRACE
    return rules.INVESTIGATED if fresh else row.state


def stages(row: Complaint, now: datetime) -> list[Stage]:
    """The four stages with what is known of each."""
    here = rules.stage_of(shown_state(row, now))
    place, tz = ORDER.index(here), zone(row.office.timezone)
    began = {"got": row.created_at, "looking": row.told_at if row.rounds == 1 else row.reopened_at,
             "decided": row.resolved_at, "closed": row.closed_at}
    names = {"got": _("Received"), "looking": _("Looking into it"), "decided": _("Decision"), "closed": _("Closed")}
    found, promised = [], _promised_days(row, tz, now)
    for number, code in enumerate(ORDER):
        at = began[code] if number <= place else None
        state = NOW if number == place and code != "closed" else DONE if number <= place else AHEAD
        found.append(Stage(code, names[code], state, local_day(at, tz) if at else None, _who(row, code) if at else "",
                           comes(row, here, now) if state == NOW else "",
                           promised.get(code) if state == AHEAD else None))
    return found


def _promised_days(row: Complaint, tz: tzinfo, now: datetime) -> dict[str, date]:
    """By which local day a stage begins, where we promise one; a day that has passed is never promised again."""
    days = days_of(row)
    told = {"looking": local_day(days.tell_by, tz)} if days.tell_by > now else {}
    return told | ({"decided": days.decide_by} if days.decide_by >= local_day(now, tz) else {})


def read_on(row: Complaint, at: datetime, now: datetime) -> date | None:
    """The local day on which people read what came at the UTC moment `at`: the next hours of the office. None once that
    day is over."""
    tz = zone(row.office.timezone)
    day = local_day(calendar_for(row.office).add_time(at, timedelta(0), tz), tz)
    return day if day >= local_day(now, tz) else None


def comes(row: Complaint, stage: str, now: datetime) -> str:
    """What happens next, and by when; a day that has passed is never promised again."""
    days, tz = days_of(row), zone(row.office.timezone)
    today = local_day(now, tz)
    if stage == "got":
        if days.tell_by <= now:
            return _("We are late, and we are sorry. We will tell you shortly how we handle it.")
        return _("By %(day)s, %(hour)s we tell you how and when we handle it.",
                 day=day_month(local_day(days.tell_by, tz)), hour=clock(days.tell_by, row.office.timezone))
    if stage == "looking":
        if days.decide_by < today:
            return _("We are late with the decision, and we are sorry. We are finishing it.")
        return _("We tell you the decision by %(day)s.", day=day_month(days.decide_by))
    if stage == "decided" and not row.satisfaction and may_answer(row, now):
        until = local_day((row.asked_at or row.resolved_at or now) + rules.SILENCE, tz)
        return _("Tell us by %(day)s whether it suits you.", day=day_month(until)) if until >= today else _(
            "Tell us whether it suits you: it is not too late.")
    return _("We do what we have promised and draw our lessons.") if stage == "decided" else ""


def _who(row: Complaint, code: str) -> str:
    return _("director") if row.rounds > 1 and code in ("looking", "decided") else _("quality department")


def may_answer(row: Complaint, now: datetime) -> bool:
    """Whether the client's word about the decision still counts; changing one's mind does while the case is open."""
    if shown_state(row, now) not in MAY_ANSWER:
        return False
    return not (row.satisfaction in rules.ANSWERS and (row.state == rules.CLOSED or row.rounds > 1))


def verdict(row: Complaint) -> str:
    """Who is right and what comes of it, in words."""
    return _verdict(row.justified, row.decision)


def _verdict(justified: str, decision: str) -> str:
    return {
        "agreed": _("Yes, we agree with you"), "right-offer": _("You are right, and this is what we can do"),
        "right-cannot": _("You are right, but we cannot do what you ask"),
        "part-will": _("You are right in part, and we will do what you ask"), "part": _("We agree with you in part"),
        "part-cannot": _("You are right in part, but we cannot do what you ask"),
        "will": _("We will do what you ask"), "offer": _("We are ready to meet you half-way"),
        "disagreed": _("No, we cannot agree")}[verdict_of(justified, decision)]


def thanks(row: Complaint) -> str:
    """What we say to the client's answer."""
    return {"yes": _("Thank you. We are glad that the decision suits you."),
            "partly": _("Thank you for telling us. We have noted that the decision suits you only in part."),
            "no": _("We are sorry that we could not find a decision that suits you. The director has looked at it once "
                    "more, and this is our last word. You keep the right to turn to the consumer protection "
                    "authority or to court."),
            "no_answer": _("You have not answered, and we do not hurry you: you can still say it here.")
            }.get(row.satisfaction, "")


@dataclass(frozen=True)
class First:
    """The decision of the first round as its client read it: verdict, words, points, promises; whether the client
    refused it, and in what words."""

    verdict: str
    reason: str
    points: int
    promised: list[tuple[str, date, bool]]
    is_refused: bool
    said: str


def first_decision(row: Complaint) -> First | None:
    """What was decided before the director looked again; None in the first round, and once a person was erased."""
    if row.rounds == 1:
        return None
    events = list(db.session.scalars(select(ComplaintEvent).where(
        ComplaintEvent.complaint_id == row.id, ComplaintEvent.rounds == 1).order_by(ComplaintEvent.id.desc())))
    made = next((event for event in events if event.verb == "resolve" and event.facts.get("decision")), None)
    if made is None:
        return None
    # The answer that reopens is written down in the first round, the reopening in the second.
    answered = next((event.facts for event in events if event.verb == "answered"), {})
    found = next((event for event in events if event.verb == "investigate"), None)
    justified = str(found.facts.get("justified", "")) if found else ""
    return First(_verdict(justified, made.facts["decision"]), str(made.facts.get("decision_reason", "")),
                 int(made.facts.get("points") or 0), _promised(row, first=True),
                 answered.get("answer") == "no", str(answered.get("words", "")))


def promised(row: Complaint) -> list[tuple[str, date, bool]]:
    """What was promised: what, by which day, whether it is done; never by whom. Nothing while nothing is decided."""
    return _promised(row) if row.resolved_at is not None else []


def _promised(row: Complaint, *, first: bool = False) -> list[tuple[str, date, bool]]:
    found = db.session.scalars(select(ComplaintAction).where(
        ComplaintAction.complaint_id == row.id).order_by(ComplaintAction.due_on, ComplaintAction.id))
    return [(one.what, one.due_on, one.touch.status not in OPEN_STATUSES) for one in found
            if one.touch.status != "cancelled" and (not first or one.touch.generation == 1)]
