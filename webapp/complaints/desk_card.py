"""What the page of one complaint shows: the seven steps with who did them, the conversation, what was sent."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.complaints.models import (
    Complaint,
    ComplaintEvent,
    ComplaintFile,
    ComplaintWord,
    LessonReader,
    OperatorClaim,
)
from webapp.complaints.step_rules import CLOSED, DRAFT, MOVES, STEPS, UNDECIDED, VOID, WAIVED, step_number
from webapp.complaints.step_rules import may_take_back as can_take_back
from webapp.db import db
from webapp.kit.days import zone
from webapp.post.actions.stopping import STOPPABLE
from webapp.post.models import Message
from webapp.staff.lists import people_named
from webapp.staff.models import Office, User, UserOffice

_COLUMNS = {"told": "told_at", "investigated": "investigated_at", "resolved": "resolved_at",
            "documented": "documented_at", "analysed": "analysed_at", "shared": "shared_at"}
_VERBS = {move.target: move.verb for move in MOVES.values()
          if move.target in STEPS and move.verb not in ("back", "reopen")}
ROLES = ("manager", "service", "director")


@dataclass(frozen=True)
class Step:
    """One of the seven: `kind` is done, here, ahead or waived; who did it and when, once it is done."""

    number: int
    state: str
    kind: str
    at: datetime | None = None
    who: str = ""


@dataclass(frozen=True)
class Line:
    """One line of the conversation: words with files and what became of their letter, or a letter of its own."""

    at: datetime
    kind: str
    author: str = ""
    text: str = ""
    via: str = ""
    files: list[ComplaintFile] = field(default_factory=list)
    message: Message | None = None
    word_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True)
class Earlier:
    """What the first round came to, after a complaint was opened once more: `facts` of the decision, what was `found`
    out before it, what the client `said` to it."""

    facts: dict[str, Any]
    at: datetime
    who: str
    found: dict[str, Any] = field(default_factory=dict)
    said: str = ""


def steps_of(row: Complaint, events: Collection[ComplaintEvent]) -> list[Step]:
    """The seven steps as a list of tasks."""
    done = step_number(row.state)
    found = []
    for number, state in enumerate(STEPS, 1):
        at = row.created_at if number == 1 and done else getattr(row, _COLUMNS.get(state, ""), None)
        if at is not None:
            # A first step is whoever wrote the complaint down, or confirmed the draft.
            verbs = {_VERBS.get(state, "received"), *(("confirm", "received") if number == 1 else ())}
            last = next((event for event in reversed(list(events)) if event.verb in verbs), None)
            found.append(Step(number, state, "done", at, last.actor if last and last.user_id else ""))
        elif row.waive_reason and row.state in (WAIVED, CLOSED):
            found.append(Step(number, state, "waived"))
        else:
            is_next = number == done + 1 and row.state not in (VOID, CLOSED)
            found.append(Step(number, state, "here" if is_next else "ahead"))
    return found


def conversation_of(row: Complaint) -> list[Line]:
    """Words, and letters that are no words of the conversation, the oldest first."""
    said = db.session.scalars(select(ComplaintWord).where(ComplaintWord.complaint_id == row.id)
                              .order_by(ComplaintWord.id)).all()
    sent = {message.source.removeprefix(f"complaint:{row.id}:"): message for message in db.session.scalars(
        select(Message).where(Message.group_key == row.hold_key).order_by(Message.id))}
    attached: dict[int | None, list[ComplaintFile]] = {}
    for file in db.session.scalars(select(ComplaintFile).where(ComplaintFile.complaint_id == row.id)
                                   .order_by(ComplaintFile.id)):
        attached.setdefault(file.word_id, []).append(file)
    lines = [Line(row.created_at, "story", row.contact_name, row.story, row.source, attached.get(None, []))]
    lines += [Line(word.at, word.kind, word.author, word.text, word.via, attached.get(word.id, []),
                   sent.pop(f"word:{word.id}", None), word.id, word.user_id) for word in said]
    lines += [Line(message.created_at, "letter", message=message) for message in sent.values()]
    lines += turns_of(row)
    return sorted(lines, key=lambda line: line.at)


def turns_of(row: Complaint) -> list[Line]:
    """Decisions that stood, and what the client answered to them, as words: letters alone name only their subject."""
    events = list(db.session.scalars(select(ComplaintEvent).where(
        ComplaintEvent.complaint_id == row.id, ComplaintEvent.verb.in_(("resolve", "back", "answered")))
        .order_by(ComplaintEvent.id)))
    lines: list[Line] = []
    for event in events:
        if event.verb == "back" and event.before == "resolved":
            lines = [line for line in lines if line.kind != "decision" or line.via != str(event.rounds)]
        elif event.verb == "resolve":
            lines.append(Line(event.at, "decision", event.actor, str(event.facts.get("decision_reason", "")),
                              str(event.rounds), word_id=None))
        elif event.verb == "answered":
            lines.append(Line(event.at, f"answer-{event.facts.get('answer', '')}", row.contact_name,
                              str(event.facts.get("words", "")), str(event.rounds)))
    return lines


def meanwhile(events: Collection[ComplaintEvent], seen_event: int) -> list[ComplaintEvent]:
    """What happened since somebody opened the page."""
    return [event for event in events if event.id > seen_event]


def earlier_of(events: Collection[ComplaintEvent]) -> Earlier | None:
    """The decision of the first round, from the history."""
    reopened = next((event.id for event in events if event.verb == "reopen"), None)
    if reopened is None:
        return None

    def newest(verb: str) -> ComplaintEvent | None:
        return next((event for event in reversed(list(events)) if event.verb == verb and event.id < reopened), None)
    last, found, said = newest("resolve"), newest("investigate"), newest("answered")
    return Earlier(last.facts, last.at, last.actor, found.facts if found else {},
                   str(said.facts.get("words", "")) if said else "") if last else None


def readers_of(row: Complaint) -> list[LessonReader]:
    """Whom the lesson concerns, those who have not read it first."""
    query = select(LessonReader).where(LessonReader.complaint_id == row.id).join(User, User.id == LessonReader.user_id)
    return list(db.session.scalars(query.order_by(LessonReader.read_at.is_not(None), User.name)))


def claim_of(row: Complaint) -> OperatorClaim | None:
    """The claim to the tour operator, if there is one."""
    return db.session.scalar(select(OperatorClaim).where(OperatorClaim.complaint_id == row.id))


def names_in(events: Collection[ComplaintEvent]) -> dict[int, str]:
    """Names of people from whom and to whom the complaint went."""
    return people_named({int(event.facts[end]) for event in events if event.verb in ("given", "passed-on")
                         for end in ("from", "to") if event.facts.get(end)})


def people_here(office_id: int, roles: tuple[str, ...] = ROLES) -> list[tuple[int, str]]:
    """Colleagues of an office with these roles, and directors of the whole network."""
    works = select(UserOffice.user_id).where(UserOffice.office_id == office_id)
    query = select(User.id, User.name).where(User.dismissed_at.is_(None), User.role.in_(roles),
                                             User.id.in_(works) | User.is_network).order_by(User.name, User.id)
    return [(row.id, row.name) for row in db.session.execute(query)]


def everybody() -> list[tuple[int, str, str, list[int]]]:
    """All colleagues: id, name, role, offices."""
    people = db.session.scalars(select(User).where(User.dismissed_at.is_(None)).order_by(User.name, User.id))
    return [(user.id, user.name, user.role, [office.id for office in user.offices]) for user in people]


def readers_meant(groups: Collection[str], people: Collection[int]) -> list[int]:
    """Ids of everybody a choice of groups («all», «office:1», «role:manager») and single people means."""
    found = set(people)
    for user_id, _name, role, offices in everybody():
        wanted = {"all", f"role:{role}", *(f"office:{office_id}" for office_id in offices)}
        if wanted & set(groups):
            found.add(user_id)
    return sorted(found)


def offices_at_work() -> list[tuple[int, str]]:
    """Open offices, for the choice of readers."""
    query = select(Office.id, Office.name).where(Office.closed_on.is_(None)).order_by(Office.name)
    return [(row.id, row.name) for row in db.session.execute(query)]


def may_take_back(row: Complaint, events: Collection[ComplaintEvent], talk: Collection[Line], user: User,
                  now: datetime) -> bool:
    """Whether «back» stands at the last step: as `actions.act` decides, which has the last word."""
    last = next((one for one in reversed(list(events)) if one.after == row.state and one.before != one.after
                 and one.verb != "back"), None)
    if last is None or (row.state, "back") not in MOVES or last.verb == "reopen":
        return False
    if last.verb == "resolve" and row.compensation_op_id is not None:
        # The points are on the client's card already.
        return False
    waits = any(line.message is not None and line.message.source.startswith(f"complaint:{row.id}:{last.verb}:")
                and line.message.state in STOPPABLE for line in talk)
    if last.verb in ("tell", "resolve") and last.facts.get("told_how") == "letter" and not waits:
        return False
    return can_take_back(last, user_id=user.id, hats=user.hats, now=now, tz=zone(row.office.timezone))


def is_waiting(row: Complaint) -> bool:
    """There is a decision, and the client has not said yet whether it satisfies."""
    return row.is_open and row.state not in UNDECIDED and row.state != DRAFT and not row.satisfaction
