"""One item of the list for today, alone: opened with its words to say, closed, or after something was done with it."""

from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.kit import clock
from webapp.touches.models import Touch
from webapp.trips import agenda
from webapp.trips.agenda_counts import left_for
from webapp.trips.board_columns import channel_name
from webapp.trips.board_html import span_words
from webapp.trips.board_scope import Days, days_of
from webapp.trips.step_words import outcome_name
from webapp.trips.views.answers import Told, answers, panel_context, seen
from webapp.web.guard import DESK, allow
from webapp.web.page import is_partial

bp = Blueprint("tasks", __name__)


@bp.get("/today/items/<int:touch_id>")
@allow(*DESK)
def item(touch_id: int) -> BaseResponse:
    """An item with its panel open, or folded again; without htmx the step's own page."""
    seen(touch_id)
    if not is_partial():
        return redirect(url_for("steps.step", touch_id=touch_id, back="/today"))
    is_open = bool(request.args.get("open"))
    return task_answer(touch_id, is_open=is_open, show=request.args.get("show", ""))


@answers("today")
def _item_of(touch: Touch, told: Told) -> Response:
    return task_answer(touch.id, **told._asdict())


def task_answer(touch_id: int, *, is_open: bool = False, show: str = "", status: int = 200,
                panel: dict[str, Any] | None = None, said: str = "") -> Response:
    """The item first, then what is left for today, out of band (`ux.md` §0)."""
    days = days_of(current_user, clock.now())
    task = agenda.task_of(touch_id, days, current_user.id)
    if task is None:
        abort(404)
    context = task_context(days)
    if is_open:
        context["panel"] = {**panel_context(touch_id, show), **(panel or {})}
    response = make_response(render_template("trips/_task_answer.html", task=task, said=said, **context,
                                             left=left_for(days, current_user.id)), status)
    response.headers.add("Vary", "HX-Request")
    return response


def task_context(days: Days, back: str = "") -> dict[str, Any]:
    """What every item needs; `back` is the page without JavaScript to return to."""
    return {"days": days, "view": "today", "span": span_words, "channel_name": channel_name, "panel": None,
            "outcome_name": outcome_name, "here": back or "/today"}
