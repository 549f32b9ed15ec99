"""The board: one row per trip, worst first; its parts, counters, changes by others, bulk actions."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Response, abort, make_response, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients.search import find_ids
from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, NotAllowed
from webapp.touches.actions import bulk as many
from webapp.touches.models import Touch, TouchEvent
from webapp.touches.people import stands_in_for
from webapp.trips import board as rows
from webapp.trips.board import Days, Wish
from webapp.trips.board_html import cell_class, quiet_cell, rows_html, span_words
from webapp.trips.views.answers import Told, answers, panel_context, trip_id_of
from webapp.web.addresses import address
from webapp.web.forms import parse_day, strip, too_long
from webapp.web.guard import DESK, allow
from webapp.web.page import is_partial, page, row_id, safe_next, see_other

bp = Blueprint("board", __name__)

FILTERS = ("all", "mine", "nobody", "over", "today", "leaving", "away", "back", "visit", "snoozed")
_LAST_EVENT = select(func.max(TouchEvent.id))
MOST_NAMES = 6
MOST_NOTE = 1000
SHOWS = frozenset(FILTERS) | {"broken", "cancelled"}


@bp.get("/board")
@allow(*DESK)
def board() -> Response:
    """The board; the address holds every filter, so that it can be shared and Back works."""
    days = rows.days_of(current_user, clock.now())
    wish, offset = wish_of(days), max(request.args.get("from", 0, type=row_id), 0)
    found, more = rows.rows_of(days, wish, offset=offset)
    context = board_context(days, wish, found)
    picked = request.args.get("pick") == "all"
    drawn = rows_html(found, here=context["here"], token=generate_csrf(), picked=picked)
    context.update(rows=found, rows_html=drawn, offset=offset, pick_all=_link(0, pick="" if picked else "all"),
                   more=_link(offset + rows.PAGE, pick="all" if picked else "") if more else "",
                   is_filtered=_is_filtered(), first_day=_first_day(days),
                   undo_all="" if is_partial() else session.pop("undo", ""))
    template = "trips/_more_rows.html" if offset and is_partial() else "trips/_board_answer.html"
    return page("trips/board.html", template, **context)


@bp.get("/board/rows/<int:trip_id>")
@allow(*DESK)
def row(trip_id: int) -> Response:
    """One row, with the panel of a step open (`open`) or closed."""
    return row_answer(trip_id, open_id=request.args.get("open", type=row_id), show=request.args.get("show", ""))


@bp.get("/board/changes")
@allow(*DESK)
def changes() -> Response:
    """How many rows colleagues changed since event `since`: a link to reload, never a reordered board."""
    days = rows.days_of(current_user, clock.now())
    since = request.args.get("since", 0, type=row_id)
    number = db.session.scalar(select(func.count(func.distinct(TouchEvent.occasion_id))).where(
        TouchEvent.id > since, TouchEvent.office_id.in_(list(days.by_office)),
        TouchEvent.user_id.is_not(None), TouchEvent.user_id != current_user.id))
    return make_response(render_template("trips/_changes.html", changed=number or 0, since=since,
                                         here=request.args.get("here", "")))


@bp.post("/board/bulk")
@allow(*DESK)
def bulk() -> Response | BaseResponse:
    """Tick, put off or hand over the due steps of the chosen trips, with one undo for all."""
    now = clock.now()
    days = rows.days_of(current_user, now)
    chosen = [int(value) for value in request.form.getlist("trip") if value.isdecimal() and len(value) < 10][:200]
    verb, back = request.form.get("verb", ""), safe_next(request.form.get("back"), url_for("board.board"))
    if not chosen:
        return see_other(back, _("Choose at least one trip first."), "yellow")
    note = str(strip(request.form.get("note", "")))
    if len(note) > MOST_NOTE:
        return page("trips/bulk_note.html", status=422, note=note, error=too_long(len(note), MOST_NOTE), chosen=chosen,
                    back=back, kept={name: request.form.get(name, "") for name in ("verb", "day", "to")})
    found = rows.rows_of_trips(chosen, days)
    actor = actor_of(current_user)
    if verb == "hand-over":
        return see_other(back, *_handed(found, days))
    day = _later(request.form.get("day", ""), days) if verb == "snooze" else None
    if verb not in ("tick", "snooze") or (verb == "snooze" and day is None):
        abort(400)
    result = many.bulk(verb, list(_due_marks(found)), actor=actor, now=now, day=day, note=note)
    number = len(result.done)
    done = (ngettext("%(num)d step done.", "%(num)d steps done.", number) if verb == "tick"
            else ngettext("%(num)d step put off.", "%(num)d steps put off.", number))
    return see_other(back, *_said(result, found, done, _("nothing to mark") if verb == "tick"
                                  else _("nothing to put off")))


@answers("board")
def _row_of(touch: Touch, told: Told) -> Response | None:
    trip_id = trip_id_of(touch)
    return None if trip_id is None else row_answer(
        trip_id, open_id=touch.id if told.is_open else None, show=told.show, status=told.status, panel=told.panel,
        said=told.said)


def row_answer(trip_id: int, *, open_id: int | None = None, show: str = "", status: int = 200,
               panel: dict[str, Any] | None = None, said: str = "") -> Response:
    """The row first, then counters and totals out of band (`ux.md` §0)."""
    days = rows.days_of(current_user, clock.now())
    found = rows.row_of_trip(trip_id, days)
    if found is None:
        abort(404)
    seen = MultiDict(parse_qsl(urlsplit(_here()).query))
    wish = Wish("", *_whose(days, seen))
    context = {"columns": rows.board_columns(), "counts": rows.counts_of(days, wish), "wish": wish,
               "cell_class": cell_class, "quiet_cell": quiet_cell, "span": span_words, "here": _here()}
    if open_id is not None:
        context["panel"] = {**panel_context(open_id, show), **(panel or {})}
    response = make_response(render_template("trips/_row_answer.html", row=found, open_id=open_id, said=said,
                                             **context), status)
    response.headers.add("Vary", "HX-Request")
    return response


def board_context(days: Days, wish: Wish, found: list[rows.BoardRow]) -> dict[str, Any]:
    """What every part of the board needs."""
    since = db.session.connection().scalar(_LAST_EVENT)
    return {"columns": rows.board_columns(), "counts": rows.counts_of(days, wish),
            "days": days, "wish": wish, "cell_class": cell_class, "quiet_cell": quiet_cell, "span": span_words,
            "since": since or 0, "segments": _segments(rows.ownerless_of(days)), "here": _here(),
            "may_hand_over": bool(current_user.hats & {SERVICE, DIRECTOR}),
            "colleagues": rows.colleagues_of(list(days.by_office)), "offices": _offices(), "more": ""}


def wish_of(days: Days) -> Wish:
    """The filters in the address."""
    show = request.args.get("show", "all")
    text = request.args.get("q", "").strip()[:80]
    clients = tuple(find_ids(text, current_user)[0]) if text else ()
    return Wish(show if show in SHOWS - {"mine"} else "all", *_whose(days, request.args), text, clients)


def _whose(days: Days, args: MultiDict[str, str]) -> tuple[frozenset[int], int | None]:
    """Whose rows the address asks for, and of which office; rows and counters go by the same people."""
    owners = frozenset(args.getlist("owner", type=row_id))
    if args.get("show") == "mine":
        today = max(days.by_office.values(), default=None)
        owners = stands_in_for(current_user.id, today) if today else frozenset({current_user.id})
    office = args.get("office", type=row_id)
    return owners, office if office in days.by_office else None


def _here() -> str:
    """The address the person looks at: of the page, also when htmx asks for a part of it."""
    seen = urlsplit(request.headers.get("HX-Current-URL", "") if is_partial() else request.full_path)
    # The next page must not come with every row chosen: the next press would do too much.
    query = urlencode([pair for pair in parse_qsl(seen.query) if pair[0] != "pick"])
    return safe_next(seen.path + (f"?{query}" if query else ""), url_for("board.board"))


def _segments(ownerless: int) -> list[dict[str, Any]]:
    names = {"all": _("All"), "mine": _("Mine"), "nobody": _("Without a manager"), "over": _("Overdue"),
             "today": _("Today"), "leaving": _("Leaving tomorrow"), "away": _("Travelling"),
             "back": _("Back home"), "visit": _("Visit awaited"), "snoozed": _("Postponed")}
    current = request.args.get("show", "all")
    # Whoever sells looks at the own trips first (`ux.md` §2); whoever looks after everybody begins with all.
    first = ("mine", "all") if MANAGER in current_user.hats else ("all", "mine")
    codes = [code for code in (*first, *FILTERS[2:]) if code != "nobody" or ownerless or current == code]
    return [{"url": _link(0, show=code), "label": names[code], "current": current == code,
             "count": ownerless if code == "nobody" else 0} for code in codes]


def _link(offset: int, **changed: str) -> str:
    known = ("show", "owner", "office", "q")
    wanted = {name: request.args.getlist(name) for name in known} | {name: [value] for name, value in changed.items()}
    if wanted["show"] == ["all"]:
        del wanted["show"]
    if offset:
        wanted["from"] = [str(offset)]
    query = urlencode({name: values for name, values in wanted.items() if any(values)}, doseq=True)
    return address("board.board") + ("?" + query if query else "")


def _is_filtered() -> bool:
    return any(request.args.get(name) for name in ("show", "owner", "office", "q"))


def _first_day(days: Days) -> Any:
    return max(days.by_office.values(), default=clock.now().date())


def _offices() -> list[tuple[int, str]]:
    return [(office.id, office.name) for office in current_user.offices] if len(current_user.offices) > 1 else []


def _due_marks(found: list[rows.BoardRow]) -> dict[int, str]:
    """Ids of the steps a bulk action concerns with the client's name: what is due or overdue in each chosen trip."""
    return {cell.mark.id: board_row.short_name for board_row in found for cell in board_row.cells
            if cell.needs_person and cell.mark and not cell.mark.automatic}


def _handed(found: list[rows.BoardRow], days: Days) -> tuple[str, str]:
    user_id = request.form.get("to", type=row_id)
    if user_id is None or user_id not in dict(rows.colleagues_of(list(days.by_office))):
        return _("Choose whom to hand them over to."), "yellow"
    ownerless = [row.occasion_id for row in found if row.owner_id is None]
    try:
        result = many.reassign(list(_due_marks(found)), user_id, occasion_ids=ownerless,
                               actor=actor_of(current_user), now=clock.now())
    except NotAllowed:
        return _("A director or client service hands trips over."), "yellow"
    trips = ngettext("%(num)d trip handed over.", "%(num)d trips handed over.", len(result.occasions))
    steps = ngettext("%(num)d step handed over.", "%(num)d steps handed over.", len(result.done))
    return _said(result, found, " ".join([*([trips] if result.occasions else []),
                                          *([steps] if result.done or not result.occasions else [])]),
                 _("nothing to hand over"))


def _said(result: many.BulkResult, found: list[rows.BoardRow], done: str, nothing: str) -> tuple[str, str]:
    """What was done, and every chosen row that was left out with its reason."""
    reasons = {"outcome-needed": _("needs a result"), "note-needed": _("is a colleague's: open it and add a note"),
               "already-done": _("was done already"), "not-open": _("is not open"),
               "other-office": _("belongs to another office")}
    marks = _due_marks(found)
    left = [f"{marks[touch_id]} – {reasons.get(reason, reason)}" for touch_id, reason in result.left_out]
    idle = [row.short_name for row in found if not _due_marks([row]) and row.occasion_id not in result.occasions]
    if idle:
        more = _("and %(num)d more", num=len(idle) - MOST_NAMES)
        names = ", ".join([*idle[:MOST_NAMES], *([more] if len(idle) > MOST_NAMES else [])])
        left.append(f"{names} – {nothing}")
    text = " ".join(filter(None, (done, _("Left out: %(names)s.", names="; ".join(left)) if left else "")))
    if result.done or result.occasions:
        session["undo"] = result.bundle
    return text, "green" if result.done or result.occasions else "yellow"


def _later(text: str, days: Days) -> Any:
    today = _first_day(days)
    if text in ("1", "3", "7"):
        return today + timedelta(days=int(text))
    return parse_day(text, today)
