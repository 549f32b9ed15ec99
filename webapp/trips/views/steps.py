"""What people do with one step: tick, result, another date, not needed, note, undo; as part of a row or as a page."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import format_time, ngettext
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import bindparam, select
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients.models import Client
from webapp.db import db
from webapp.kit import clock
from webapp.kit.dates import read_time, split_hour
from webapp.kit.days import local_day, zone
from webapp.staff.audit import actor_of
from webapp.staff.rules import Actor, NotAllowed
from webapp.touches.actions import offering, ticking
from webapp.touches.effects import BadOutcome
from webapp.touches.kind_words import About, about
from webapp.touches.models import Touch, TouchEvent
from webapp.touches.starter import OUTCOMES
from webapp.trips import step_words
from webapp.trips.board import short_name
from webapp.trips.board_html import span_words
from webapp.trips.models import Trip
from webapp.trips.purposes import purpose_of
from webapp.trips.views.answers import Told, answer_in, panel_context, seen, trip_id_of
from webapp.web.forms import parse_day, strip, too_long
from webapp.web.guard import DESK, allow
from webapp.web.page import is_partial, page, row_id, safe_next, see_other
from webapp.web.panels import panels

bp = Blueprint("steps", __name__)
MOST = {"note": 1000, "reason": 300}
MOST_ELSE = 200
_NAME = select(Client.last_name, Client.first_name).where(Client.id == bindparam("client"))


@bp.get("/touches/<int:touch_id>")
@allow(*DESK)
def step(touch_id: int) -> Response:
    """A step on a page of its own: script, results, other date, not needed. The board opens the same in place."""
    touch = seen(touch_id)
    return _page(touch, show=request.args.get("show", ""))


@bp.post("/touches/<int:touch_id>/tick")
@allow(*DESK)
def tick(touch_id: int) -> BaseResponse:
    """«Отметить», or the result of a call."""
    typed = {name: typed_text(name) for name in ("outcome", "note", "date", "time", "month", "name", "phone")}

    def act(actor: Actor, now: datetime) -> Touch:
        return ticking.tick(touch_id, actor=actor, now=now, outcome=typed["outcome"], note=typed["note"],
                            answers=_answers(typed, seen(touch_id), now), seen=request.form.get("seen", type=row_id))
    return _do(touch_id, act, typed, is_tick=True)


@bp.post("/touches/<int:touch_id>/snooze")
@allow(*DESK)
def snooze(touch_id: int) -> BaseResponse:
    """Put off until tomorrow, for three days, or until a date; the first plan stays for statistics."""
    typed = {name: typed_text(name) for name in ("day", "date", "time", "note")}

    def act(actor: Actor, now: datetime) -> Touch:
        day, at = _chosen_day(typed, seen(touch_id), now)
        return ticking.move(touch_id, day, at=at, actor=actor, now=now, note=typed["note"], snooze=True)
    return _do(touch_id, act, typed, show="later")


@bp.post("/touches/<int:touch_id>/dismissal")
@allow(*DESK)
def dismissal(touch_id: int) -> BaseResponse:
    """«Не нужно», with its reason."""
    reason = typed_text("reason")

    def act(actor: Actor, now: datetime) -> Touch:
        return ticking.not_needed(touch_id, reason=reason, actor=actor, now=now)
    return _do(touch_id, act, {"reason": reason}, show="drop")


@bp.post("/touches/<int:touch_id>/note")
@allow(*DESK)
def note(touch_id: int) -> BaseResponse:
    """Keep a note with the step."""
    text = typed_text("note")
    return _do(touch_id, lambda actor, now: ticking.write_note(touch_id, text, actor=actor, now=now), {"note": text},
               show="note")


@bp.post("/touches/<int:touch_id>/sms")
@allow(*DESK)
def sms(touch_id: int) -> BaseResponse:
    """After the third call without an answer: one SMS that says so."""
    touch = seen(touch_id)
    try:
        offering.send_missed_you(touch_id, actor=actor_of(current_user), now=clock.now())
    except LookupError:
        abort(404)
    return _answer(touch, _("The SMS leaves in a moment: %(name)s", name=touch.client.short_name))


@bp.post("/acts/<bundle>/undo")
@allow(*DESK)
def undo(bundle: str) -> BaseResponse:
    """«Вернуть»: everything one action changed."""
    event = db.session.scalar(select(TouchEvent).where(TouchEvent.bundle == bundle[:40]).limit(1))
    # An attempt to call was written first; the step the person looks at may be another one.
    touch = seen(request.form.get("touch", type=row_id) or (event.touch_id if event else 0))
    try:
        changed = ticking.undo(bundle[:40], actor=actor_of(current_user), now=clock.now())
    except ticking.NothingToUndo:
        return _answer(touch, _("It was changed again since then, so there is nothing to put back."), "yellow")
    except ticking.StaysDone as error:
        return _answer(touch, str(error.sentence), "yellow")
    except NotAllowed:
        return _answer(touch, _("Only the person who did it, customer service or a director can undo this."), "yellow")
    if len({t.occasion_id for t in changed}) > 1:
        said = ngettext("%(num)d step put back.", "%(num)d steps put back.", len(changed))
        return see_other(safe_next(request.form.get("back"), url_for("board.board")), said)
    return _answer(touch, _("Put back."))


def typed_text(name: str) -> str:
    """What was typed into a field."""
    return str(strip(request.form.get(name, "")))


def _do(touch_id: int, act: Callable[[Actor, datetime], Touch], typed: dict[str, str], show: str = "",
        is_tick: bool = False) -> BaseResponse:
    touch = seen(touch_id)
    for name, text in typed.items():
        if len(text) > MOST.get(name, MOST_ELSE):
            return _refused(touch, too_long(len(text), MOST.get(name, MOST_ELSE)), typed, show, name)
    now = clock.now()
    try:
        touch = act(actor_of(current_user), now)
    except BadOutcome as error:
        return _refused(touch, step_words.refusal(error.code), typed, show, _asked(error.code, show))
    except NotAllowed as error:
        return _refused(touch, step_words.refusal(error.reason), typed, show, _asked(error.reason, show))
    except ticking.AlreadyDone as error:
        return _answer(touch, _already(error.touch), "yellow")
    return _answer(touch, _said(touch, now), more=panels("after-step", touch) if is_tick else ())


def _answer(touch: Touch, said: str, kind: str = "green", more: Sequence[Markup] = ()) -> BaseResponse:
    """Where the person stands: the row of the board, or back to the page with a message; `more` is what other rooms
    tell of it."""
    shown = _in_place(touch, Told(said))
    if shown is not None:
        # With nothing to tell it is emptied: what it said of the step before may be undone.
        shown.set_data(shown.get_data(as_text=True) + render_template("trips/_toast.html", more=more))
        return shown
    trip_id = trip_id_of(touch)
    default = (url_for("trips.trip", trip_id=trip_id) if trip_id
               else url_for("client_page.show", client_id=touch.client_id))
    # A name may end with a dot of its own («Юдина Л.»).
    told = Markup(" ").join([said if said.endswith(".") else f"{said}.", *more]) if more else said
    return see_other(safe_next(request.form.get("back"), default), told, kind)


def _in_place(touch: Touch, told: Told) -> Response | None:
    return answer_in(request.form.get("view", ""), touch, told) if is_partial() else None


def _asked(code: str, show: str) -> str:
    """The field in which a refusal asks for something."""
    asked = {"reason-needed": "reason" if show == "drop" else "note", "note-needed": "note",
             "complaint-needed": "note", "friend-needed": "name"}
    return code.split("-")[0] if code.startswith(("date-", "time-", "month-")) else asked.get(code, "")


def _refused(touch: Touch, sentence: str, typed: dict[str, str], show: str, field: str) -> BaseResponse:
    """422 with everything that was typed still there, and the focus where something is asked for."""
    extra = {"error": sentence, "typed": typed, "focus": field}
    shown = _in_place(touch, Told(sentence, True, show, 422, extra))
    if shown is not None:
        return shown
    return _page(touch, show=show, status=422, **extra)


def _page(touch: Touch, *, show: str = "", status: int = 200, **extra: Any) -> Response:
    panel = {**panel_context(touch.id, show), **extra}
    trip = _trip_of(touch)
    back = safe_next(request.values.get("back"), url_for("trips.trip", trip_id=trip.id) if trip else "/today")
    return page("trips/step.html", status=status, touch=touch, trip=trip, panel=panel, back=back, view="page",
                purpose=purpose_of(touch), about=_about(touch), span=span_words)


def _about(touch: Touch) -> About | None:
    occasion = touch.occasion
    return about(occasion.kind, touch.client_id, occasion.anchors, occasion.facts) if occasion else None


def _trip_of(touch: Touch) -> Trip | None:
    trip_id = trip_id_of(touch)
    return db.session.get(Trip, trip_id) if trip_id else None


def _answers(typed: dict[str, str], touch: Touch, now: datetime) -> dict[str, Any]:
    answers: dict[str, Any] = {"name": typed["name"], "phone": typed["phone"]}
    asks = OUTCOMES[typed["outcome"]].asks if typed["outcome"] in OUTCOMES else ()
    if "date" in asks:
        answers["date"], answers["time"] = _when(typed, _today(touch, now))
    if "month" in asks:
        answers["month"] = _month(typed["month"], _today(touch, now))
    return answers


def _when(typed: dict[str, str], today: date) -> tuple[date, time | None]:
    """The day and the hour agreed; the hour may stand in its own field or behind the day."""
    text, hour = split_hour(typed["date"])
    if not text:
        raise BadOutcome("date-needed")
    day = parse_day(text, today)
    if day is None:
        raise BadOutcome("date-unreadable")
    # What is asked for once more is shown in full: nobody has to guess the year.
    typed["date"] = day.strftime("%d.%m.%Y")
    typed["time"] = typed["time"] or hour
    return day, _hour(typed["time"])


def _hour(text: str) -> time | None:
    try:
        return read_time(text) if text else None
    except ValueError:
        raise BadOutcome("time-unreadable") from None


def _today(touch: Touch, now: datetime) -> date:
    return local_day(now, zone(touch.client.office.timezone))


def _month(text: str, today: date) -> date:
    """«07.2027», «2027-07» (what a month field sends), or any date of the month."""
    if not text:
        raise BadOutcome("month-needed")
    bits = text.replace("-", ".").replace("/", ".").split(".")
    if len(bits) == 2 and all(bit.isdecimal() and len(bit) < 5 for bit in bits):
        month, year = sorted((int(bits[0]), int(bits[1])))
        if 1 <= month <= 12 and 2000 <= year <= 2100:
            return date(year, month, 1)
    day = parse_day(text, today)
    if day is None:
        raise BadOutcome("month-unreadable")
    return day


def _chosen_day(typed: dict[str, str], touch: Touch, now: datetime) -> tuple[date, time | None]:
    today = _today(touch, now)
    if typed["date"]:
        return _when(typed, today)
    if typed["day"] in ("1", "3", "7"):
        return today + timedelta(days=int(typed["day"])), _hour(typed["time"])
    raise BadOutcome("date-needed")


def _already(touch: Touch) -> str:
    if touch.status == "planned":
        return _("It was changed a moment ago: please look at the step again.")
    if touch.done_at is None or not touch.done_by:
        return _("This step is not open any more.")
    at = format_time(touch.done_at.astimezone(zone(touch.client.office.timezone)), "HH:mm", rebase=False)
    return _("%(name)s did it already, at %(time)s.", name=_first(touch.done_by), time=at)


def _said(touch: Touch, now: datetime) -> str:
    # The name alone: the person with phones and addresses would be four queries.
    last, first = db.session.connection().execute(_NAME, {"client": touch.client_id}).one()
    name = short_name(last, first)
    if touch.status == "done":
        return _("Done: %(name)s", name=name)
    if touch.status == "skipped":
        return _("Not needed: %(name)s", name=name)
    if touch.due_on is not None:
        at = f", {touch.due_time:%H:%M}" if touch.due_time else ""
        return _("%(name)s: next on %(day)s", name=name, day=step_words.day_words(touch.due_on) + at)
    return _("Saved.")


def _first(name: str) -> str:
    return name.split(" ")[0]
