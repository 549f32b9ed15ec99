"""The way of a complaint through its steps. Every change of state goes through `act`, and `act` asks the table."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select

from webapp.club.actions.granting import COMPENSATION, grant
from webapp.complaints import step_rules as rules
from webapp.complaints.actions.deciding import decide, drop_open, forget_answer
from webapp.complaints.actions.lessons import share, unshare
from webapp.complaints.actions.mailing import GRACE, PROCEDURE, call_off, send, tell_received
from webapp.complaints.actions.pausing import pause, resume
from webapp.complaints.actions.rows import lock, note
from webapp.complaints.actions.tasks import keep_claim_task, keep_task, note_answered
from webapp.complaints.clock_rules import legal_day
from webapp.complaints.models import Complaint, ComplaintAction, ComplaintEvent, Procedure, RootCause
from webapp.complaints.owners import director_of
from webapp.complaints.procedures import all_procedures, wording_of
from webapp.complaints.questions import terms_for
from webapp.complaints.step_rules import Refused
from webapp.db import db, transaction
from webapp.kit.days import zone
from webapp.staff.rules import Actor, BadInput
from webapp.touches.models import Touch

Given = Mapping[str, Any]
"""What a form brings: texts, `procedure`, `root_cause` (ids), `cost` (kopecks), `points`, `actions` (what, user id,
day), `readers` (user ids), `told_how`."""

NOTHING: Given = MappingProxyType({})
LONGEST = 10_000
TEXTS = ("story", "procedure_text", "facts", "solution", "decision_reason", "cause", "result", "prevention", "lesson",
         "reason")


def act(complaint_id: int, verb: str, given: Given = NOTHING, *, seen: int | None = None, actor: Actor,
        now: datetime) -> Complaint:
    """Do one step, or whatever else the table allows from here; one transaction.

    Raises Refused (no such way, role, what is missing, a colleague was first), BadInput for values that cannot be,
    NotAllowed, LookupError.
    """
    given = {key: value.strip() if isinstance(value, str) else value for key, value in given.items()}
    for field in TEXTS:
        if len(str(given.get(field) or "")) > LONGEST:
            raise BadInput("too-long", field)
    with transaction() as session:
        row = lock(complaint_id, actor=actor, seen=seen, with_steps=True)
        move = rules.check(row.state, verb, _filled(row, given, now), hats=actor.hats, rounds=row.rounds,
                           decision=str(given.get("decision") or row.decision), by_job=actor.user_id is None)
        before, ended = row.state, _way_here(row)
        # State and facts change together: halfway between them the database would rightly refuse the row.
        with session.no_autoflush:
            _VERBS[verb](row, given, actor, now)
            row.state = rules.target_of(move, came_from=ended.before if ended else "")
        note(row, verb, actor=actor, now=now, before=before, facts=_kept(given))
        keep_task(row, verb, actor=actor, now=now)
        _AFTER.get(verb, _nothing)(row, given, actor, now)
        return row


def _filled(row: Complaint, given: Given, now: datetime) -> set[str]:
    """Names of the facts that are there, from the form or from before."""
    there = {key for key, value in given.items() if value not in (None, "", (), [])}
    # Points are on the card at once: nobody has to promise them as well.
    if given.get("actions") or given.get("keep") or given.get("points"):
        there.add("action")
    if row.story:
        there.add("story")
    if rules.is_settled(row.satisfaction, row.rounds):
        there.add("satisfaction")
    if not any(action.is_open for action in _actions(row)):
        there.add("actions_done")
    return there


def _actions(row: Complaint) -> list[ComplaintAction]:
    # Locked and read anew: one that is un-ticked at this moment is not done.
    promised = select(ComplaintAction.touch_id).where(ComplaintAction.complaint_id == row.id)
    db.session.scalars(select(Touch).where(Touch.id.in_(promised)).order_by(Touch.id).with_for_update(of=Touch)
                       .execution_options(populate_existing=True)).all()
    return list(db.session.scalars(select(ComplaintAction).where(ComplaintAction.complaint_id == row.id)))


def _kept(given: Given) -> dict[str, Any]:
    """What the history keeps: values as they were given, days as words."""
    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value
    return {key: plain(value) for key, value in given.items() if value not in (None, "")}


def _confirm(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    row.story = given.get("story") or row.story
    row.wants = given.get("wants") or row.wants


def _tell(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    procedure = db.session.get(Procedure, int(given["procedure"]))
    if procedure is None or not procedure.active:
        raise BadInput("no-such-procedure", "procedure")
    if _is_of_another(procedure, given, row.language):
        raise BadInput("text-of-another", "procedure_text")
    row.procedure_id, row.procedure = procedure.id, procedure
    row.procedure_text, row.told_at = given["procedure_text"], now
    row.legal_by = legal_day(row.since, terms_for(procedure), zone(row.office.timezone))


def _is_of_another(procedure: Procedure, given: Given, language: str) -> bool:
    """The client would read one procedure while deadlines are counted by another."""
    if given.get("text_of") and given["text_of"] != procedure.id:
        return True
    text = " ".join(given["procedure_text"].split())
    same = {one.id for one in all_procedures() if " ".join(wording_of(one, "text", language).split()) == text}
    return bool(same) and procedure.id not in same


def _investigate(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    if given["justified"] not in rules.JUSTIFIED:
        raise BadInput("not-offered", "justified")
    row.facts, row.justified, row.solution = given["facts"], given["justified"], given["solution"]
    row.investigated_at = now


def _document(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    row.cause, row.result, row.documented_at = given["cause"], given["result"], now


def _analyse(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    cause = db.session.get(RootCause, int(given["root_cause"]))
    if cause is None or not cause.active:
        raise BadInput("no-such-cause", "root_cause")
    row.root_cause_id, row.prevention, row.analysed_at = cause.id, given["prevention"], now


def _waive(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    row.waive_reason, row.waived_by = given["reason"], actor.name


def _close(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    row.closed_at = now


def _void(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    # A letter or an answer that was put aside may become a complaint after all.
    row.void_reason, row.origin = given["reason"], None


def _reopen(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    """Everything from step 3 on is to be done again, by a director; what was done before stands in the history."""
    if row.client.erased_at is not None:
        # Nobody is left who could be answered.
        raise Refused("no-move")
    row.rounds, row.since, row.reopened_at = 2, now, now
    row.investigated_at = row.resolved_at = row.documented_at = row.analysed_at = row.shared_at = None
    row.closed_at = row.asked_at = row.asked_message_id = row.satisfied_at = None
    row.justified = row.decision = row.satisfaction = row.satisfaction_note = row.waive_reason = row.waived_by = ""
    row.root_cause_id = None
    row.legal_by = legal_day(now, terms_for(row.procedure), zone(row.office.timezone))
    row.owner_id = director_of(row.office_id) or row.owner_id


def _back(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    """Take the last step back: by whoever did it within a quarter of an hour, by a director later; never what has
    left for the client, nor points that were given."""
    last = _way_here(row)
    if last is None or rules.MOVES.get((last.before, last.verb)) is None or last.verb == "reopen":
        raise Refused("no-move")
    if not rules.may_take_back(last, user_id=actor.user_id, hats=actor.hats, now=now, tz=zone(row.office.timezone)):
        raise Refused("too-late")
    if last.verb == "void" and row.client.erased_at is not None:
        # Nobody is left who could be answered.
        raise Refused("no-move")
    if last.verb in ("tell", "resolve"):
        if row.compensation_op_id is not None and last.verb == "resolve":
            raise Refused("left")
        _call_back_letter(row, last, actor, now)
    _forget(row, last.verb)


def _way_here(row: Complaint) -> ComplaintEvent | None:
    """How it came to stand here at first, also where the step behind this one was taken back already."""
    return db.session.scalar(select(ComplaintEvent).where(
        ComplaintEvent.complaint_id == row.id, ComplaintEvent.after == row.state, ComplaintEvent.before != row.state,
        ComplaintEvent.verb != "back").order_by(ComplaintEvent.id.desc()).limit(1))


def _call_back_letter(row: Complaint, last: ComplaintEvent, actor: Actor, now: datetime) -> None:
    if last.facts.get("told_how") != "letter":
        return
    if not call_off(row, last.verb, reason="step-back", actor=actor, now=now):
        raise Refused("left")


def _forget(row: Complaint, verb: str) -> None:
    if verb == "void":
        row.void_reason = ""
        return
    moment = {"tell": "told_at", "investigate": "investigated_at", "resolve": "resolved_at",
              "document": "documented_at", "analyse": "analysed_at", "share": "shared_at", "close": "closed_at"}[verb]
    setattr(row, moment, None)
    if verb == "investigate":
        row.justified = ""
    if verb == "resolve":
        row.decision, row.asked_at, row.asked_message_id = "", None, None
        forget_answer(row)
    if verb == "share":
        unshare(row)


def _after_confirm(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    tell_received(row, actor=actor, now=now)


def _after_tell(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    if given["told_how"] == "letter" and send(
            row, PROCEDURE, f"tell:{row.version}", {"complaint.text": row.procedure_text}, actor=actor, now=now,
            grace=GRACE) is None:
        raise BadInput("no-address", "told_how")


def _after_resolve(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    if row.compensation_points:
        # The client may have flown with another office: whose complaint it is decides, not whose card.
        row.compensation_op_id = grant(row.client, COMPENSATION, row.compensation_points,
                                       key=f"complaint:{row.id}:{row.rounds}", cause=f"complaint:{row.id}",
                                       actor=actor, now=now, on_behalf=True).id


def _after_end(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    note_answered(row, "cancelled", actor=actor, now=now)
    resume(row, actor=actor, now=now)


def _after_reopen(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    """The director finds it on the list of the day, and marketing waits again where the case was closed."""
    pause(row, actor=actor, now=now)
    # What still waits, over night for instance, would reach the client beside the new decision.
    call_off(row, "resolve", "ask", reason="looked-again", actor=actor, now=now)


def _after_void(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    _after_end(row, given, actor, now)
    call_off(row, "received", "claim", reason="no-complaint", actor=actor, now=now)
    keep_claim_task(row, None, actor=actor, now=now)


def _after_back(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    """A decision taken back promises nothing. Only now: a task is written at once, with the whole row."""
    if row.state == rules.INVESTIGATED:
        drop_open(row, actor, now)
    if row.state in (rules.SHARED, rules.WAIVED, rules.DRAFT, rules.RECEIVED):
        # It is open again, and so is the pause.
        pause(row, actor=actor, now=now)


def _nothing(row: Complaint, given: Given, actor: Actor, now: datetime) -> None:
    """Nothing follows."""


Verb = Callable[[Complaint, Given, Actor, datetime], None]
_VERBS: dict[str, Verb] = {
    "confirm": _confirm, "tell": _tell, "investigate": _investigate, "resolve": decide, "document": _document,
    "analyse": _analyse, "share": share, "waive": _waive, "close": _close, "reopen": _reopen, "void": _void,
    "back": _back}
_AFTER: dict[str, Verb] = {"confirm": _after_confirm, "tell": _after_tell, "resolve": _after_resolve,
                           "close": _after_end, "void": _after_void, "reopen": _after_reopen, "back": _after_back}
