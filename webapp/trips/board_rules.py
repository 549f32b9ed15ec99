"""What a row of the board shows: its state and its cells, worked out from plain rows; pure (`ux.md` §2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from webapp.touches.state_rules import BROKEN_STATUSES

LATE_AFTER = timedelta(hours=1)
ENDED = frozenset({"done", "skipped", "dropped", "cancelled"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board: its code, heading, icon, and whether it gathers a series of letters."""

    code: str
    name: str
    icon: str
    is_series: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A touch as the board reads it: a plain row."""

    id: int
    occasion_id: int
    column: str
    name: str
    step_code: str
    channel: str
    automatic: bool
    status: str
    reason: str
    due_on: date | None
    due_time: time | None
    send_at: datetime | None
    snoozed_until: date | None
    done_on: date | None
    outcome: str
    needs_outcome: bool
    attempts: int
    held: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `kind`: over, today, broken, pause, done, skip, part, ahead, none.

    `mark` is the touch a person can act on here; `days` counts how late it is; `day` is the date shown;
    `done`/`total` count a series; `next_day` is when it goes on; `reason` says why it is grey or red; `act` is what
    somebody did here lately and may take back.
    """

    column: str
    kind: str
    mark: Mark | None = None
    days: int = 0
    day: date | None = None
    at: time | None = None
    done: int = 0
    total: int = 0
    next_day: date | None = None
    reason: str = ""
    is_series: bool = False
    also: tuple[Mark, ...] = field(default=())
    act: Any = None

    @property
    def attempts(self) -> int:
        """How often nobody answered on the open step of this cell."""
        return self.mark.attempts if self.mark is not None and self.mark.status == "planned" else 0

    @property
    def needs_person(self) -> bool:
        """True when a person must act here: the cell is coloured and has its buttons."""
        return self.kind in ("over", "today", "broken")


RANK = ("broken", "over", "today", "pause", "part", "ahead", "done", "skip", "none")


def row_state(attention_on: date | None, broken: int, breaks_at: datetime | None, closed: bool, *, today: date,
              now: datetime) -> str:
    """"over" (red), "today" (yellow), "ended" or "": the worst open step that needs a person (`domain.md` §1.4)."""
    if broken > 0 or (breaks_at is not None and breaks_at <= now):
        return "over"
    if attention_on is not None and attention_on <= today:
        return "over" if attention_on < today else "today"
    return "ended" if closed else ""


def cells_of(marks: Iterable[Mark], columns: Sequence[Column], *, today: date, now: datetime) -> list[Cell]:
    """One cell per column, in the columns' order."""
    by_column: dict[str, list[Mark]] = {column.code: [] for column in columns}
    for mark in marks:
        if mark.column in by_column:
            by_column[mark.column].append(mark)
    return [cell_of(column, by_column[column.code], today=today, now=now) for column in columns]


def at_home(marks: Iterable[Mark], columns: Sequence[Column]) -> list[Mark]:
    """What people must do stands somewhere although its own column has left the plan: among the calls or visits."""
    codes = [column.code for column in columns]
    found = []
    for mark in marks:
        lost = mark.column not in codes and (not mark.automatic or mark.status in BROKEN_STATUSES)
        home = "visit" if mark.channel == "visit" else "call"
        found.append(replace(mark, column=home if home in codes else codes[-1]) if lost and codes else mark)
    return found


def cell_of(column: Column, marks: Sequence[Mark], *, today: date, now: datetime) -> Cell:
    """The cell of one column: the worst touch that needs a person wins, else how far the column has come."""
    if not marks:
        return Cell(column.code, "none")
    urgent = sorted((c for c in (_urgent(column.code, mark, today, now) for mark in marks) if c),
                    key=lambda cell: (RANK.index(cell.kind), -cell.days))
    if urgent and urgent[0].needs_person:
        acting = tuple(c.mark for c in urgent[1:] if c.needs_person and c.mark)
        return Cell(column.code, urgent[0].kind, urgent[0].mark, urgent[0].days, at=urgent[0].at,
                    reason=urgent[0].reason, also=acting)
    counted = [m for m in marks if m.status not in ("skipped", "dropped", "cancelled")]
    if not counted:
        return Cell(column.code, "skip", reason=marks[-1].reason, is_series=column.is_series)
    if urgent:
        return urgent[0]
    return _progress(column, counted, marks)


def _urgent(code: str, mark: Mark, today: date, now: datetime) -> Cell | None:
    if mark.status in BROKEN_STATUSES:
        return Cell(code, "broken", mark, reason=mark.status)
    if mark.held and mark.status in ("planned", "queued"):
        return Cell(code, "pause", mark, reason="held")
    if mark.automatic:
        late = mark.status in ("planned", "queued") and mark.send_at is not None and mark.send_at + LATE_AFTER <= now
        return Cell(code, "broken", mark, reason="late") if late else None
    if mark.status != "planned" or mark.due_on is None:
        return None
    if mark.due_on < today:
        return Cell(code, "over", mark, (today - mark.due_on).days)
    if mark.due_on == today:
        return Cell(code, "today", mark, at=mark.due_time)
    return Cell(code, "pause", mark, day=mark.snoozed_until) if mark.snoozed_until else None


def _progress(column: Column, counted: Sequence[Mark], marks: Sequence[Mark]) -> Cell:
    done = [m for m in counted if m.status == "done"]
    waiting = sorted((m for m in counted if m.status in ("planned", "queued")), key=lambda m: m.due_on or date.max)
    next_day = waiting[0].due_on if waiting else None
    acts = waiting[0] if waiting and not waiting[0].automatic else None
    left_out = next((m.reason for m in marks if m.status in ("skipped", "dropped") and m.reason == "no-consent"), "")
    if not waiting:
        return Cell(column.code, "done", done[-1] if len(done) == 1 else None, day=done[0].done_on or done[0].due_on,
                    done=len(done), total=len(counted), is_series=column.is_series, reason=left_out)
    if not done:
        return Cell(column.code, "ahead", acts, day=next_day, total=len(counted), is_series=column.is_series,
                    at=waiting[0].due_time)
    return Cell(column.code, "part", acts, done=len(done), total=len(counted), next_day=next_day,
                is_series=column.is_series)
