"""The seven steps of a complaint as one table: who may do what, from where to where, and what must be filled in.

Nothing else in the product changes a state: pages, jobs and clients all ask `move_for`. Pure.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from webapp.kit.days import local_day
from webapp.staff.rules import DIRECTOR, SERVICE

DRAFT, RECEIVED, TOLD, INVESTIGATED, RESOLVED = "draft", "received", "told", "investigated", "resolved"
DOCUMENTED, ANALYSED, SHARED, WAIVED, CLOSED, VOID = "documented", "analysed", "shared", "waived", "closed", "void"
STATES = (DRAFT, RECEIVED, TOLD, INVESTIGATED, RESOLVED, DOCUMENTED, ANALYSED, SHARED, WAIVED, CLOSED, VOID)
OPEN = (DRAFT, RECEIVED, TOLD, INVESTIGATED, RESOLVED, DOCUMENTED, ANALYSED, SHARED, WAIVED)
UNDECIDED = (DRAFT, RECEIVED, TOLD, INVESTIGATED)
"""States in which the client still waits for a decision: the legal clock runs."""
STEPS = (RECEIVED, TOLD, INVESTIGATED, RESOLVED, DOCUMENTED, ANALYSED, SHARED)
"""The seven steps of `domain.md` §6 in order; a complaint in one of these states has done that step."""

JUSTIFIED = ("yes", "partly", "no")
DECISIONS = ("satisfy", "compromise", "refuse")
SATISFACTION = ("yes", "partly", "no", "no_answer")
ANSWERS = SATISFACTION[:3]
SOURCES = ("form", "survey", "phone", "letter", "reply", "visit", "social")
KINDS = ("refund", "repeat", "bonus", "apology", "operator")

STAFF, HEAD, CLIENT = frozenset({SERVICE, DIRECTOR}), frozenset({DIRECTOR}), "client"
MOST_POINTS, MANY_POINTS = 1_000_000, 10_000
"""Points one decision may give, and how many are asked about once more: they are on the card at once."""
SILENCE = timedelta(days=7)
"""No answer for so long after the client was asked counts as *no answer* and allows closing."""
TAKE_BACK = timedelta(minutes=15)
"""A step done by mistake may be taken back so long by whoever did it; by a director until the next step is done."""


@dataclass(frozen=True)
class Move:
    """One line of the table. `needs` are facts that must be there first, in the order in which pages ask for them."""

    verb: str
    source: str
    target: str
    roles: frozenset[str] = STAFF
    needs: tuple[str, ...] = ()
    step: int = 0
    once: bool = False


class Done(Protocol):
    """A line of the history, as far as taking it back is concerned."""

    @property
    def verb(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def user_id(self) -> int | None: ...


class Refused(Exception):
    """The table has no such way. `code`: "no-move", "role", "missing", "second-round", "director", "too-late", "left",
    "collision"; `fields` are the facts that are missing."""

    def __init__(self, code: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(code, fields)
        self.code, self.fields = code, fields


_ON_THE_WAY = (
    Move("confirm", DRAFT, RECEIVED, needs=("story",), step=1),
    Move("tell", RECEIVED, TOLD, needs=("procedure", "procedure_text", "told_how"), step=2),
    Move("investigate", TOLD, INVESTIGATED, needs=("facts", "justified", "solution"), step=3),
    Move("resolve", INVESTIGATED, RESOLVED, needs=("decision", "decision_reason", "cost", "action", "told_how"),
         step=4),
    Move("document", RESOLVED, DOCUMENTED, needs=("cause", "result"), step=5),
    Move("analyse", DOCUMENTED, ANALYSED, needs=("root_cause", "prevention"), step=6),
    Move("share", ANALYSED, SHARED, needs=("lesson", "readers"), step=7),
)
_WAIVABLE, _REOPENABLE = (RESOLVED, DOCUMENTED, ANALYSED), (RESOLVED, DOCUMENTED, ANALYSED, SHARED, WAIVED, CLOSED)
TABLE: tuple[Move, ...] = (
    *_ON_THE_WAY,
    *(Move("waive", state, WAIVED, HEAD, ("reason",)) for state in _WAIVABLE),
    *(Move("close", state, CLOSED, needs=("satisfaction", "actions_done")) for state in (SHARED, WAIVED)),
    *(Move("reopen", state, TOLD, HEAD, ("reason",), once=True) for state in _REOPENABLE),
    Move("void", DRAFT, VOID, needs=("reason",)),
    Move("void", RECEIVED, VOID, HEAD, ("reason",)),
    # A step done by mistake: only to the step before, and never past words the client has read (`actions.stepping`).
    *(Move("back", move.target, move.source) for move in _ON_THE_WAY[1:]),
    # Closing, on the same day; to the left-out steps where they were left out (`target_of`).
    Move("back", CLOSED, SHARED),
    # «No complaint» pressed by mistake; to the draft where it was one (`target_of`).
    Move("back", VOID, RECEIVED),
)
MOVES: dict[tuple[str, str], Move] = {(move.source, move.verb): move for move in TABLE}
_ENDS = {CLOSED: "close", VOID: "void"}
VERBS = tuple(dict.fromkeys(move.verb for move in TABLE))


def move_for(state: str, verb: str) -> Move:
    """The one way `verb` leads from `state`. Raises Refused("no-move")."""
    move = MOVES.get((state, verb))
    if move is None:
        raise Refused("no-move")
    return move


def needs_of(move: Move, *, decision: str = "") -> tuple[str, ...]:
    """What must be filled in: a refusal needs no actions, everything else as the table says."""
    return tuple(field for field in move.needs if not (field == "action" and decision == "refuse"))


def check(state: str, verb: str, filled: Set[str], *, hats: Set[str], decision: str = "", rounds: int = 1,
          by_job: bool = False) -> Move:
    """The move, when everything allows it.

    `filled` names the facts that are there, `hats` the roles of whoever acts (`by_job`: a job or the client, who may
    only reopen, and end or confirm a draft). In the second round only a director decides. Raises Refused.
    """
    move = move_for(state, verb)
    if not by_job and not move.roles & hats:
        raise Refused("role")
    if by_job and verb != "reopen" and state != DRAFT:
        raise Refused("role")
    if move.once and rounds > 1:
        raise Refused("second-round")
    if rounds > 1 and verb == "resolve" and DIRECTOR not in hats:
        raise Refused("director")
    missing = tuple(field for field in needs_of(move, decision=decision) if field not in filled)
    if missing:
        raise Refused("missing", missing)
    return move


def target_of(move: Move, *, came_from: str) -> str:
    """Where a move leads: the end of a complaint taken back leads to where it stood before, `came_from`."""
    is_end = move.verb == "back" and move.source in (CLOSED, VOID)
    return came_from if is_end and (came_from, _ENDS[move.source]) in MOVES else move.target


def verbs_from(state: str) -> tuple[str, ...]:
    """What can be done next, in the order of the table."""
    return tuple(move.verb for move in TABLE if move.source == state)


def next_step(state: str) -> Move | None:
    """The step on the way forward; None where none is left."""
    return next((move for move in _ON_THE_WAY if move.source == state), None)


def step_number(state: str) -> int:
    """How many of the seven steps are done; a waived complaint counts as having none left to do."""
    if state in STEPS:
        return STEPS.index(state) + 1
    return {DRAFT: 0, WAIVED: 7, CLOSED: 7, VOID: 0}[state]


def stage_of(state: str) -> str:
    """The four stages a client is shown: got, looking, decided, closed; "void" for what was no complaint."""
    if state in (DRAFT, RECEIVED):
        return "got"
    if state in (TOLD, INVESTIGATED):
        return "looking"
    return {CLOSED: "closed", VOID: VOID}.get(state, "decided")


def may_take_back(last: Done, *, user_id: int | None, hats: Set[str], now: datetime, tz: tzinfo) -> bool:
    """Whether this person may still take back what was done `last`: a step within a quarter of an hour, a director also
    later; closing on the same day in the office, by whoever closed or a director."""
    mine, is_head = last.user_id == user_id, DIRECTOR in hats
    if last.verb == "close":
        return (mine or is_head) and local_day(last.at, tz) == local_day(now, tz)
    return is_head or (mine and now - last.at <= TAKE_BACK)


def is_settled(satisfaction: str, rounds: int) -> bool:
    """Whether the client's word allows closing: "no" does only once the director has looked again."""
    return satisfaction in ("yes", "partly", "no_answer") or (satisfaction == "no" and rounds > 1)
