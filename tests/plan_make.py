"""Builders shared by the tests of the schedule."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from webapp.kit.days import moment, zone
from webapp.kit.workdays import WorkingDays, default_working_days
from webapp.touches.rules import Calendar, PlannedTouch, Step, schedule
from webapp.touches.starter import STARTER_PLAN

MOSCOW = ZoneInfo("Europe/Moscow")
ZONES = (
    "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk",
    "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan",
    "Asia/Kamchatka", "Europe/Berlin", "America/New_York",
)  # fmt: skip
EVERY_DAY = WorkingDays(week=((time(10), time(19)),) * 7)
STEPS = {step.code: step for step in STARTER_PLAN}


def day(text: str) -> date:
    """ "07-20" of 2026, or a whole ISO date."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def at(text: str, tz: ZoneInfo = MOSCOW) -> datetime:
    """ "07-20 12:00" in the zone, as a UTC moment."""
    on, clock = text.split()
    return moment(day(on), time.fromisoformat(clock), tz)


def calendar(
    tz: str = "Europe/Moscow", client: str | None = None, working: WorkingDays | None = None
) -> Calendar:
    return Calendar(zone(tz), working or default_working_days(), zone(client) if client else None)


def trip(purchase: str, departure: str, back: str) -> dict[str, date]:
    return {"purchase": day(purchase), "departure": day(departure), "return": day(back)}


def plan(
    anchors: dict[str, date], now: datetime, steps: tuple[Step, ...] = STARTER_PLAN, **more: object
) -> dict[str, PlannedTouch]:
    """The schedule by code."""
    where = more.pop("calendar", None) or calendar()
    return {touch.code: touch for touch in schedule(steps, anchors, now, where, **more)}  # type: ignore[arg-type]


def seen(touch: PlannedTouch, tz: ZoneInfo = MOSCOW) -> str:
    """A touch in a few characters: "07-22 10:00", "07-22" for people, or the reason of its absence."""
    if touch.send_at is not None:
        return f"{touch.send_at.astimezone(tz):%m-%d %H:%M}"
    return f"{touch.due_on:%m-%d}" if touch.due_on else f"{touch.status} {touch.reason}"
