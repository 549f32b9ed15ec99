"""The command `plan`: what the shipped plan would make of given dates, as data and as text."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from webapp.kit.days import UnknownZone, aware, zone
from webapp.kit.workdays import default_working_days
from webapp.touches.rules import BadAnchors, Calendar, PlannedTouch, schedule
from webapp.touches.starter import STARTER_PLAN

DEFAULT_ZONE = "Europe/Moscow"
CASE_FIELDS = ("purchase", "departure", "return", "at", "tz")
YEARS = range(1990, 2200)

D = TypeVar("D", date, datetime)


class BadCase(ValueError):
    """The words of a case cannot be read; `code` names the first that cannot."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def plan_one(
    purchase: object, departure: object, return_: object, at: object, tz: object, *, now: datetime
) -> list[dict[str, str | None]]:
    """One dict per active step of the shipped plan, in plan order (`architecture.md` §7).

    All is text as it was typed. Dates are YYYY-MM-DD. `at` is the ISO moment of entering, local in `tz` if
    naive, `now` if None or empty; `tz` is the zone of office and client, Europe/Moscow if None or empty.
    Raises BadCase, UnknownZone or BadAnchors, each with a `code`.
    """
    place = _zone(tz or DEFAULT_ZONE)
    anchors = {"purchase": _day(purchase), "departure": _day(departure), "return": _day(return_)}
    entered = _moment(at, place) if at else now
    return [_as_dict(touch, place) for touch in schedule(STARTER_PLAN, anchors, entered, _calendar(place))]


def plan_cases(lines: Iterable[str], now: datetime) -> Iterator[str]:
    """One JSON line per JSON line: `{"id", "steps"}`, or `{"id", "error"}` where it cannot be planned."""
    for line in lines:
        if line.strip():
            yield json.dumps(_answer(line, now), ensure_ascii=False)


def as_text(steps: Iterable[Mapping[str, str | None]]) -> Iterator[str]:
    """The steps as lines for people to read."""
    for step in steps:
        when = step["send_at"] or step["due_on"] or f"{step['status']}: {step['reason']}"
        yield f"{step['code']:<18}{step['channel']:<8}{when}"


def _answer(line: str, now: datetime) -> dict[str, Any]:
    try:
        case = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": "bad-json"}
    if not isinstance(case, dict):
        return {"id": None, "error": "bad-json"}
    number = case.get("id")
    purchase, departure, back, at, tz = (case.get(name) for name in CASE_FIELDS)
    try:
        steps = plan_one(purchase, departure, back, at, tz, now=now)
    except (BadCase, BadAnchors, UnknownZone) as error:
        return {"id": number, "error": error.code}
    return {"id": number, "steps": steps}


def _as_dict(touch: PlannedTouch, place: ZoneInfo) -> dict[str, str | None]:
    return {
        "code": touch.code,
        "channel": touch.channel,
        "due_on": touch.due_on.isoformat() if touch.due_on else None,
        "send_at": touch.send_at.astimezone(place).isoformat() if touch.send_at else None,
        "status": touch.status,
        "reason": touch.reason,
    }


def _zone(text: object) -> ZoneInfo:
    if not isinstance(text, str):
        raise BadCase("bad-zone")
    return zone(text)


def _day(text: object) -> date:
    return _read(date.fromisoformat, text, "bad-date")


def _moment(text: object, place: ZoneInfo) -> datetime:
    return aware(_read(datetime.fromisoformat, text, "bad-at"), place)


def _read(read: Callable[[str], D], text: object, code: str) -> D:
    if not isinstance(text, str):
        raise BadCase(code)
    try:
        value = read(text)
    except ValueError as error:
        raise BadCase(code) from error
    if value.year not in YEARS:
        raise BadCase(code)
    return value


@lru_cache(maxsize=1024)
def _calendar(place: ZoneInfo) -> Calendar:
    return Calendar(place, default_working_days())
