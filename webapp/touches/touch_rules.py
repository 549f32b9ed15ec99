"""The vocabulary of scheduling: calendars, flight times, touches that stand and touches planned."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from webapp.kit.workdays import WorkingDays
from webapp.touches.plan_rules import Anchors

NIGHT_FLIGHTS_BEFORE = time(4)
AFTER_LANDING = timedelta(hours=2)


class BadAnchors(ValueError):
    """The dates of an occasion cannot be true; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Calendar:
    """Where and when an occasion is worked: zones, working days, quiet hours [from, to) of a night."""

    office_zone: tzinfo
    working: WorkingDays = field(default_factory=WorkingDays)
    client_zone: tzinfo | None = None
    quiet_from: time = time(21)
    quiet_to: time = time(9)

    @property
    def send_zone(self) -> tzinfo:
        """The zone in which automatic steps live: the client's if known, else the office's."""
        return self.client_zone or self.office_zone


@dataclass(frozen=True)
class Flights:
    """Optional flight times: local time of departure, aware moment of landing at home (§1.2, 9)."""

    departs: time | None = None
    lands: datetime | None = None

    @property
    def is_tonight(self) -> bool:
        """Whether the day before must say "tonight": the flight leaves before 04:00."""
        return self.departs is not None and self.departs < NIGHT_FLIGHTS_BEFORE


@dataclass(frozen=True)
class Existing:
    """A touch that already stands when its occasion is planned again.

    `own_day` is the step's own day by the dates it was planned for: while it stays the same, an open touch
    is not late a second time. `due_on` is None for "done, time unknown".
    """

    code: str
    status: str
    due_on: date | None = None
    send_at: datetime | None = None
    true_until: datetime | None = None
    pinned: bool = False
    own_day: date | None = None
    reason: str | None = None

    @property
    def is_movable(self) -> bool:
        """Open touches move with the dates, and what had no room may find some; the rest stays (§1.3)."""
        return (self.status == "planned" and not self.pinned) or self.status == "dropped"


@dataclass(frozen=True)
class PlannedTouch:
    """What scheduling makes of one step.

    `status` is planned, dropped or skipped, or that of the existing touch where `kept`. `due_on` is a
    local date, `send_at` and `true_until` are UTC moments (None for people). `tonight` is the wording of
    the reminder of a flight before 04:00.
    """

    code: str
    channel: str
    own_day: date | None
    status: str
    reason: str | None = None
    due_on: date | None = None
    send_at: datetime | None = None
    true_until: datetime | None = None
    tonight: bool = False
    kept: bool = False

    @property
    def is_planned(self) -> bool:
        """Whether it will happen."""
        return self.status == "planned"

    def as_existing(self) -> Existing:
        """The same touch as one that already stands."""
        return Existing(
            self.code, self.status, self.due_on, self.send_at, self.true_until,
            own_day=self.own_day, reason=self.reason,
        )  # fmt: skip


def check_anchors(anchors: Anchors, today: date) -> None:
    """Refuse dates that cannot be true; `today` is the office's.

    Raises BadAnchors: `departure-before-purchase`, `return-before-departure`, `purchase-in-future`.
    """
    purchase, departure, back = (anchors.get(name) for name in ("purchase", "departure", "return"))
    if purchase and departure and departure < purchase:
        raise BadAnchors("departure-before-purchase")
    if back and ((departure and back < departure) or (purchase and back < purchase)):
        raise BadAnchors("return-before-departure" if departure else "return-before-purchase")
    if purchase and purchase > today:
        raise BadAnchors("purchase-in-future")
