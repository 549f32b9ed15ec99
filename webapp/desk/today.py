"""/today: my calls, visits, gifts to hand over and tasks, in the order of the day; on paper with room for notes."""

from collections.abc import Collection
from typing import Any

from flask import Blueprint, Flask, Response, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from webapp.kit import clock
from webapp.staff.rules import DIRECTOR, SERVICE
from webapp.touches.people import stands_in_for
from webapp.trips import agenda
from webapp.trips.agenda import Task
from webapp.trips.agenda_counts import left_among, left_for
from webapp.trips.board_columns import channel_name
from webapp.trips.board_counts import colleagues_of
from webapp.trips.board_html import span_words
from webapp.trips.board_scope import Days, days_of
from webapp.trips.step_words import outcome_name
from webapp.web.guard import DESK, allow
from webapp.web.nav import Section, add_section
from webapp.web.page import page

bp = Blueprint("today", __name__)
EVERYBODY = "all"


def register(app: Flask) -> None:
    """Put the list into the bar, with how much is due for the person."""
    add_section(app, Section("today.today", _l("Today"), 12, frozenset(DESK), "/today", _count))


@bp.get("/today")
@allow(*DESK)
def today() -> Response:
    """What I must do today; customer service and directors may look at the whole office or at a colleague."""
    days = days_of(current_user, clock.now())
    chosen, people = _people(days)
    mine = chosen == str(current_user.id)
    tasks = agenda.tasks_of(days, people, current_user.id) if days.by_office else []
    return page(
        "desk/today.html", parts=_parts(tasks), tasks=tasks, chosen=chosen, mine=mine, days=days,
        done=agenda.acted_on(days, current_user.id) if mine and days.by_office else [],
        tomorrow=agenda.tomorrow_of(days, people, current_user.id) if days.by_office else [],
        colleagues=_colleagues(days), day=max(days.by_office.values(), default=None), view="today", panel=None,
        left=left_among(task.kind for task in tasks),
        here=url_for("today.today", who=None if mine else chosen), span=span_words, channel_name=channel_name,
        outcome_name=outcome_name, instead=mine)


def _people(days: Days) -> tuple[str, Collection[int] | None]:
    """Whose list the address asks for: "all", or the id of a person with everybody this person stands in for."""
    wish = request.args.get("who", "")
    allowed = {str(user_id) for user_id, _name in _colleagues(days)}
    if wish == EVERYBODY and allowed:
        return EVERYBODY, None
    chosen = int(wish) if wish in allowed else current_user.id
    day = max(days.by_office.values(), default=None)
    return str(chosen), stands_in_for(chosen, day) if day else {chosen}


def _colleagues(days: Days) -> list[tuple[int, str]]:
    """Whose lists this person may look at; only customer service and directors look at others' (`domain.md` §10)."""
    if not current_user.hats & {SERVICE, DIRECTOR}:
        return []
    return [(user_id, name) for user_id, name in colleagues_of(list(days.by_office)) if user_id != current_user.id]


def _parts(tasks: list[Task]) -> list[dict[str, Any]]:
    """The list in its parts, which add up to the numbers above it; an empty part is left out."""
    broken = [task for task in tasks if task.kind == "broken"]
    late = [task for task in tasks if task.kind == "over"]
    timed = [task for task in tasks if task.kind == "today" and task.due_time]
    rest = [task for task in tasks if task.kind == "today" and not task.due_time]
    named = (("broken", _l("Did not go out"), broken), ("late", _l("Overdue"), late),
             ("timed", _l("Today, at an agreed hour"), timed), ("rest", _l("Today, at any hour"), rest))
    return [{"code": code, "name": name, "tasks": found} for code, name, found in named if found]


def _count() -> tuple[int, bool] | None:
    left = left_for(days_of(current_user, clock.now()), current_user.id)
    return (left.total, left.is_red) if left.total else None
