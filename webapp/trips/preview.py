"""What will follow a trip, worked out before anything is saved: days, moments, warnings; reads only (`ux.md` §2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.kit.days import local_day
from webapp.staff.models import Office
from webapp.touches.actions import occasions
from webapp.touches.rules import Anchors, Calendar, PlannedTouch
from webapp.touches.shipped import TRIP
from webapp.touches.store import StoredStep, calendar_for
from webapp.trips.actions import TripData
from webapp.trips.actions.trips import facts_of
from webapp.trips.board_columns import CHANNEL_ICONS, channel_name, step_name, step_short_name
from webapp.trips.reach import LETTERS, Reach
from webapp.web.i18n import day_long

FAR = timedelta(days=400)
LONG = timedelta(days=60)


@dataclass(frozen=True)
class Line:
    """One step to come. `reason` says why it will not happen; `day_off` is the closed day it was moved from."""

    code: str
    name: str
    short_name: str
    channel: str
    channel_word: str
    icon: str
    klass: str
    is_person: bool
    day: date | None
    at: time | None
    at_once: bool = False
    reason: str = ""
    day_off: date | None = None
    or_call: bool = False


@dataclass(frozen=True)
class Preview:
    """Lines in the order of their days, those that will not happen last; and sentences of warning."""

    lines: list[Line]
    warnings: list[str]


def preview_of(data: TripData, office: Office, *, client_zone: str = "", reach: Reach | None = None,
               now: datetime, steps: Sequence[StoredStep] | None = None) -> Preview:
    """Everything that will follow by the plan in force, or by these steps of a draft.

    Without `reach` nobody is chosen yet. Raises BadAnchors.
    """
    lines = lines_of(TRIP, data.anchors, office, facts=facts_of(data, False), client_zone=client_zone, reach=reach,
                     now=now, steps=steps)
    today = local_day(now, calendar_for(office, client_zone).office_zone)
    return Preview(lines, warnings_of(data, lines, reach, today))


def lines_of(kind: str, anchors: Anchors, office: Office, *, facts: Mapping[str, Any] | None = None,
             client_zone: str = "", reach: Reach | None = None, now: datetime,
             steps: Sequence[StoredStep] | None = None) -> list[Line]:
    """The same lines for an occasion of any kind. Raises BadAnchors."""
    planned = occasions.preview(kind, anchors, office, client_zone=client_zone, facts=facts, now=now, steps=steps)
    calendar = calendar_for(office, client_zone)
    lines = [_line(step, touch, calendar, reach, now) for step, touch in planned]
    return sorted(lines, key=lambda line: (bool(line.reason), line.day or date.max, line.at or time.min))


def warnings_of(data: TripData, lines: Sequence[Line], reach: Reach | None, today: date) -> list[str]:
    """What the manager should know before saving."""
    return [text for text in (_soon(data, lines, today), *_odd(data, today), *_unreached(lines, reach)) if text]


def quoted(lines: Sequence[Line]) -> str:
    """Short names of steps in quotation marks."""
    return ", ".join(_("“%(name)s”", name=line.short_name) for line in lines)


def _line(step: StoredStep, touch: PlannedTouch, calendar: Calendar, reach: Reach | None, now: datetime) -> Line:
    is_person = not step.rule.is_automatic
    reason = "" if touch.is_planned else touch.reason or touch.status
    if not reason and reach is not None:
        reason = reach.why_not(touch.channel, step.rule.klass)
    local = touch.send_at.astimezone(calendar.send_zone) if touch.send_at else None
    closed = is_person and touch.own_day and touch.due_on and touch.own_day != touch.due_on \
        and not calendar.working.is_working(touch.own_day)
    return Line(
        step.code, step_name(step), step_short_name(step), touch.channel, channel_name(touch.channel),
        CHANNEL_ICONS.get(touch.channel, "flag"), step.rule.klass, is_person, touch.due_on,
        local.time().replace(second=0, microsecond=0) if local else None,
        at_once=touch.send_at is not None and touch.send_at <= now, reason=reason,
        day_off=touch.own_day if closed else None, or_call=step.rule.or_call)


def _soon(data: TripData, lines: Sequence[Line], today: date) -> str:
    late = quoted([line for line in lines if line.reason in ("no-room", "entered-late")])
    if not late:
        return ""
    days = (data.departure_on - today).days
    if days > 0:
        return ngettext("Departure in %(num)d day. There is no time left for: %(names)s.",
                        "Departure in %(num)d days. There is no time left for: %(names)s.", days, names=late)
    if days == 0:
        return _("Departure today. There is no time left for: %(names)s.", names=late)
    return _("The trip has already begun. Left out: %(names)s.", names=late)


def _odd(data: TripData, today: date) -> list[str]:
    said = []
    if data.departure_on - today > FAR:
        said.append(_("The departure is far away: %(day)s. Is the year right?", day=day_long(data.departure_on)))
    if data.return_on - data.departure_on > LONG:
        days = (data.return_on - data.departure_on).days
        said.append(ngettext("The trip lasts %(num)d day. Is the return right?",
                             "The trip lasts %(num)d days. Is the return right?", days))
    return said


def _unreached(lines: Sequence[Line], reach: Reach | None) -> list[str]:
    if reach is None or (reach.silent and any(line.reason == "write-nothing" for line in lines)):
        return [] if reach is None else [_("We write nothing to this client: letters and SMS will be left out.")]
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.channel in LETTERS:
            found.setdefault(line.reason, []).append(line)
    said = []
    if "no-email" in found:
        said.append(ngettext("The client has no e-mail: %(num)d letter will be left out. Ask for the address.",
                             "The client has no e-mail: %(num)d letters will be left out. Ask for the address.",
                             len(found["no-email"])))
    if "no-mobile" in found:
        call = any(line.or_call for line in found["no-mobile"])
        text = ngettext("The client has no mobile phone: %(num)d SMS will be left out.",
                        "The client has no mobile phone: %(num)d SMS will be left out.", len(found["no-mobile"]))
        instead = _("Instead of the reminder you will get a call to make.")
        said.append(f"{text} {instead}" if call else text)
    if "stopped" in found:
        said.append(_("The client asked us to stop: %(names)s.", names=quoted(found["stopped"])))
    if "no-consent" in found:
        said.append(_("There is no consent to news. Left out: %(names)s.", names=quoted(found["no-consent"])))
    return said
