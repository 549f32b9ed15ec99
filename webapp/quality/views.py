"""Pages of quality, gathered: the section of the bar, the tasks on the list for today, words of the log."""

from decimal import Decimal
from typing import Any

from flask import Flask, render_template
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select

from webapp.db import db
from webapp.quality import (
    assess_views,
    blueprint,
    check_views,
    checks,
    control_views,
    history,
    improve_views,
    period_views,
    table_views,
    words,
)
from webapp.quality.blueprint import my_today
from webapp.quality.models import Assessment, Competitor
from webapp.staff.log_words import add_log_words
from webapp.staff.models import User
from webapp.staff.rules import DIRECTOR
from webapp.web.nav import QUALITY, Section, add_section
from webapp.web.panels import add_panel

blueprints = [blueprint.bp]
_PAGES = (table_views, assess_views, improve_views, control_views, period_views, check_views)
assert all(pages.bp is blueprint.bp for pages in _PAGES)


def register(app: Flask) -> None:
    """What these pages offer to others."""
    add_section(app, Section("quality.index", _l("Service quality"), 28, frozenset(blueprint.READERS), "/quality",
                             _count, group=QUALITY))
    add_panel(app, "today", _tasks)
    add_log_words("quality", _l("Service quality"), {
        "assessed": _l("Assessed the service beside %(name)s"),
        "corrected": _l("Corrected the assessment beside %(name)s"),
        "planned": _l("Planned what to improve"), "improved": _l("Improved the service")}, _names, {
        "quality_day": _l("Day of the assessment"), "quality_total": _l("Total"), "quality_reason": _l("Why"),
        "quality_what": _l("What is done"), "quality_who": _l("Who does it"), "quality_due": _l("By when"),
        "quality_result": _l("What came of it")}, {"quality_total": lambda text: words.num(Decimal(text))})
    add_log_words("staff-check", _l("Checks of staff"), {
        "checked": _l("Checked %(name)s"), "check-corrected": _l("Corrected a check of %(name)s"),
        "check-planned": _l("Planned a check of %(name)s"),
        "check-dropped": _l("Called a check of %(name)s off")}, _people, {
        "check_topic": _l("What is checked"), "check_result": _l("What it showed"), "check_day": _l("Day of the check"),
        "check_due": _l("Next check")}, {"check_result": lambda code: str(words.RESULTS.get(code, code))})


def _count() -> tuple[int, bool] | None:
    """Checks of staff that are due: a director's tasks."""
    if DIRECTOR not in current_user.hats:
        return None
    due, late = checks.due_counts(current_user, my_today())
    return (due, late > 0) if due else None


def _tasks(person: User) -> Markup | None:
    """On the list for today: checks for directors, what was promised for whoever promised it."""
    today = my_today()
    due = check_views.due_today(today) if DIRECTOR in person.hats else []
    promised = history.tasks_of(person, today)
    if not due and not promised:
        return None
    return Markup(render_template("quality/_tasks.html", due=due, promised=promised, words=words, today=today))  # noqa: S704


def _names(ids: set[int]) -> dict[int, str]:
    rows: Any = db.session.execute(select(Assessment.id, Competitor.name).join(
        Competitor, Competitor.id == Assessment.competitor_id).where(Assessment.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _people(ids: set[int]) -> dict[int, str]:
    return {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))}
