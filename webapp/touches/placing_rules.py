"""Where one step lands: its day, moment, lateness, quiet hours and end of truth (`domain.md` §1.2)."""

from dataclasses import dataclass
from datetime import date, datetime, time

from webapp.kit.days import ONE_DAY, end_of_day, local_day, moment
from webapp.touches.plan_rules import Anchors, Step
from webapp.touches.touch_rules import AFTER_LANDING, Calendar, Existing, Flights, PlannedTouch

ENTERED_LATE = "entered-late"
NO_ROOM = "no-room"
MOST_DAYS_LATE = 14


@dataclass(frozen=True)
class Entry:
    """The circumstances that are the same for all steps.

    `replanned`: another version of the plan for something under way. Nothing of the past begins then, and what
    stands already keeps its day where the new one has passed (`domain.md` §1.3).
    """

    anchors: Anchors
    now: datetime
    calendar: Calendar
    imported: bool
    flights: Flights
    replanned: bool = False


def place_person(
    step: Step, own: date, entry: Entry, previous: date | None, standing: Existing | None
) -> PlannedTouch:
    """Rule 2: a working day, one after another, at most two weeks late."""
    working = entry.calendar.working
    today = local_day(entry.now, entry.calendar.office_zone)
    limit = entry.anchors.get(step.before) if step.before else None
    if step.backward:
        day = working.on_or_before(own)
    else:
        day = working.on_or_after(own if previous is None else max(own, previous + ONE_DAY))
    if day < today:
        soonest = working.on_or_after(today)
        if standing is not None and standing.due_on is not None and (entry.replanned or day <= standing.due_on):
            day = max(day, standing.due_on)
        elif entry.replanned or (today - day).days > MOST_DAYS_LATE:
            return PlannedTouch(step.code, step.channel, own, "skipped", ENTERED_LATE)
        else:
            hurried = step.backward and limit is not None and soonest >= limit
            day = today if hurried else soonest
    if limit is not None and day >= limit:
        return PlannedTouch(step.code, step.channel, own, "dropped", NO_ROOM)
    return PlannedTouch(step.code, step.channel, own, "planned", due_on=day)


def place_automatic(
    step: Step, own: date, entry: Entry, previous: date | None, standing: Existing | None
) -> PlannedTouch:
    """Rules 3–8: order of the series, moment, lateness, quiet hours, end of truth."""
    day = _letter_day(step, own, entry.anchors, previous)
    if day is None:
        return PlannedTouch(step.code, step.channel, own, "dropped", NO_ROOM)
    when, until = _moment_of(step, day, entry, standing), _end_of_truth(step, own, entry)
    late = when < entry.now
    if standing is None and (late and entry.imported or entry.replanned and _has_passed(step, own, when, entry)):
        return PlannedTouch(step.code, step.channel, own, "skipped", ENTERED_LATE)
    if late:
        when = _late_moment(when, entry, standing, until)
    when = _after_quiet_hours(when, entry.calendar)
    if until is not None and when > until:
        status, reason = ("skipped", ENTERED_LATE) if late else ("dropped", NO_ROOM)
        return PlannedTouch(step.code, step.channel, own, status, reason)
    due_on = local_day(when, entry.calendar.send_zone)
    tonight = step.flight == "departs" and entry.flights.is_tonight
    return PlannedTouch(step.code, step.channel, own, "planned", None, due_on, when, until, tonight)


def _letter_day(step: Step, own: date, anchors: Anchors, previous: date | None) -> date | None:
    """Rule 3: own day or the day after the letter before; D−1 where that is too late; None without room."""
    day = own if previous is None else max(own, previous + ONE_DAY)
    limit = anchors.get(step.before) if step.before else None
    if step.channel != "email" or limit is None or day < limit:
        return day
    eve = limit - ONE_DAY
    return eve if previous is None or eve > previous else None


def _moment_of(step: Step, day: date, entry: Entry, standing: Existing | None) -> datetime:
    """Rules 1 and 9: the day at the step's local time; "at once" is now, if that is the day."""
    tz = entry.calendar.send_zone
    if step.at is not None:
        when = moment(day, step.at, tz)
    elif day != local_day(entry.now, tz):
        when = moment(day, time(0), tz)
    else:
        when = standing.send_at if standing is not None and standing.send_at is not None else entry.now
    if step.flight == "lands" and entry.flights.lands is not None:
        return max(when, entry.flights.lands + AFTER_LANDING)
    return when


def _has_passed(step: Step, own: date, when: datetime, entry: Entry) -> bool:
    """Whether a step that is new in the plan comes too late here, even if the order of its series would help it."""
    today = local_day(entry.now, entry.calendar.send_zone)
    return when < entry.now or own < today or (step.at is None and own == today)


def _late_moment(when: datetime, entry: Entry, standing: Existing | None, until: datetime | None) -> datetime:
    """Rule 4: now; but what already waits is not late a second time, and comes no earlier while it is still true."""
    stood = standing.send_at if standing is not None else None
    if stood is None:
        return entry.now
    if entry.replanned:
        return max(when, stood)
    still_true = stood <= entry.now or until is None or stood <= until
    return stood if when <= stood and still_true else entry.now


def _after_quiet_hours(when: datetime, calendar: Calendar) -> datetime:
    """Rule 5: a moment in the night waits for the morning."""
    tz = calendar.send_zone
    local = when.astimezone(tz)
    if local.time() >= calendar.quiet_from:
        return moment(local.date() + ONE_DAY, calendar.quiet_to, tz)
    if local.time() < calendar.quiet_to:
        return moment(local.date(), calendar.quiet_to, tz)
    return when


def _end_of_truth(step: Step, own: date, entry: Entry) -> datetime | None:
    """Rule 6; what must precede a date is not true on that date either."""
    tz = entry.calendar.send_zone
    until = step.truth.ends(own, entry.anchors, tz) if step.truth else None
    limit = entry.anchors.get(step.before) if step.before else None
    if limit is None:
        return until
    eve = end_of_day(limit - ONE_DAY, tz)
    return eve if until is None else min(until, eve)
