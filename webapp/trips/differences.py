"""Differences in words: what moving the dates does to the steps, and what a colleague saved meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from webapp.kit import money
from webapp.touches.actions.occasions import Change
from webapp.trips.actions import TripData
from webapp.trips.board_columns import step_name
from webapp.trips.models import Trip
from webapp.trips.reach import Reach
from webapp.trips.step_words import day_words, reason
from webapp.web.i18n import day_long


@dataclass(frozen=True)
class Row:
    """One step in the difference. `again` is the code under which a message is sent once more, when that can be."""

    label: str
    old: str
    new: str
    again: str = ""
    again_day: str = ""
    note: str = ""


@dataclass(frozen=True)
class Groups:
    """The difference by kinds; `same` counts what stays."""

    moved: list[Row]
    added: list[Row]
    dropped: list[Row]
    sent: list[Row]
    pinned: list[Row]
    late: list[Row]
    same: int

    @property
    def is_empty(self) -> bool:
        """True when no step is concerned."""
        return not (self.moved or self.added or self.dropped or self.sent or self.late)


def groups_of(changes: Sequence[Change], reach: Reach) -> Groups:
    """The difference ready to be shown; what will not reach the client says so."""
    found: dict[str, list[Row]] = {kind: [] for kind in ("moved", "added", "dropped", "sent", "pinned", "late", "same")}
    for change in changes:
        found[change.kind].append(_row(change, reach))
    return Groups(found["moved"], found["added"], found["dropped"], found["sent"], found["pinned"], found["late"],
                  len(found["same"]))


def differences(trip: Trip, typed: TripData) -> list[dict[str, Any]]:
    """What stands now beside what was typed, for the facts in which they differ."""
    now = _facts(trip, tuple(c.name for c in trip.companions))
    mine = _facts(typed, typed.companions)
    return [{"label": label, "old": now[label], "new": mine[label]} for label in mine if now[label] != mine[label]]


def _row(change: Change, reach: Reach) -> Row:
    name, old, new = step_name(change.step), _day(change.old), _day(change.new)
    if change.kind == "dropped":
        return Row(name, old, "", note=reason(change.reason))
    if change.kind == "sent" and change.reason == "queued":
        return Row(name, old, "", note=_("waits in the outbox: taken back and sent for the new dates"))
    if change.kind == "sent" and change.again_on is not None:
        return Row(name, old, old, again=change.step.code, again_day=_day(change.again_on))
    coming = change.kind in ("moved", "added")
    return Row(name, old, new, note=reason(blocked_by(change, reach)) if coming else "")


def blocked_by(change: Change, reach: Reach) -> str:
    """Why this step will not reach the client on any day; "" when it will."""
    return reach.why_not(change.step.rule.channel, change.step.rule.klass)


def _facts(data: Any, companions: Sequence[str]) -> dict[str, str]:
    return {
        _("Bought on"): day_long(data.purchase_on), _("Departure"): day_long(data.departure_on),
        _("Return"): day_long(data.return_on),
        _("Departs at"): data.departure_time.strftime("%H:%M") if data.departure_time else "",
        _("Lands at home at"): data.landing_time.strftime("%H:%M") if data.landing_time else "",
        _("Where to"): data.destination, _("Tour operator"): data.operator, _("Booking number"): data.booking_number,
        _("Price"): money.display(data.price_kopecks) if data.price_kopecks is not None else "",
        _("Who travels along"): ", ".join(companions), _("Bought as well"): ", ".join(map(str, data.addons)),
        _("Note for colleagues"): data.note,
    }


def _day(day: date | None) -> str:
    return day_words(day) if day else ""
