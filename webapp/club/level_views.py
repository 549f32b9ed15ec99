"""Pages of levels: what each asks for and gives, what other conditions would do, and how clients see it."""

import hashlib
from datetime import date
from typing import Any

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients.models import Client, client_for
from webapp.clients.search import find_clients
from webapp.club import level_forms, level_panel, level_words
from webapp.club.actions import level_terms
from webapp.club.actions.level_terms import BadLevels, LevelsMeanwhile, Wanted, stamp_of
from webapp.club.ladder import asked_words, example_of, has_words, ladder_of, shelves_of
from webapp.club.level_counts import earned_by, grades
from webapp.club.level_impact import Impact, impact_of, people_on
from webapp.club.level_rules import Earned
from webapp.club.models import Level, Privilege
from webapp.club.words import percent
from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import zone
from webapp.staff.audit import actor_of
from webapp.staff.rules import ADMIN
from webapp.web.guard import DESK, STAFF, allow
from webapp.web.i18n import page_language
from webapp.web.nav import CLUB, Section, add_section
from webapp.web.page import page, row_id, see_other
from webapp.web.panels import add_panel

bp = Blueprint("levels", __name__, url_prefix="/admin/levels")
EXAMPLE = Earned(2, 212_000_00)
FOUND = 6


def register(app: Flask) -> None:
    """A word in the bar, and how changes read in the log."""
    add_section(app, Section("levels.index", _l("Club levels"), 31, frozenset(STAFF), "/admin/levels", group=CLUB))
    level_words.register(app)
    add_panel(app, "client-aside", lambda client: level_panel.panel_of(client, _today(client)), order=40)


@bp.get("")
@allow(*STAFF)
def index() -> Response:
    """All levels, and beside them what a client sees: one with these figures, or a real one."""
    levels = _levels()
    gives: dict[str, list[Privilege]] = {level.code: [] for level in levels}
    for row in db.session.scalars(select(Privilege).order_by(Privilege.position, Privilege.id)):
        gives[row.level_code].append(row)
    people = people_on()
    return page("club/levels.html", levels=levels, gives=gives, people=people, grades=dict(zip(
        [level.code for level in levels], grades(), strict=True)), asked_words=asked_words, rate_words=percent,
        worths=level_forms.WORTHS, name_of=level_words.name_of, may_edit=_may_edit(),
        sees_terms=bool({"director", "admin"} & current_user.hats), **_preview())


@bp.get("/conditions")
@allow("admin")
def conditions() -> Response:
    """The form of names, conditions and rates."""
    levels = _levels()
    return _conditions_page(level_forms.shown(levels, stamp_of(levels)))


@bp.post("/conditions")
@allow("admin")
def save_conditions() -> Response | BaseResponse:
    """Check; where conditions change, tell first what that does to clients; save."""
    form = level_forms.form_for(_levels())
    if not form.submitted():
        return _conditions_page(form, 422)
    wanted = form.wanted()
    try:
        # What contradicts is said before anything is counted.
        level_terms.check_levels(wanted)
        impact = _unsure(form, wanted)
        if impact is not None:
            return _conditions_page(form, 422, impact)
        is_changed = level_terms.change_levels(wanted, seen=form.seen.data or "", actor=actor_of(current_user),
                                               now=clock.now())
    except BadLevels as error:
        form.complain(error.faults)
        return _conditions_page(form, 422)
    except LevelsMeanwhile:
        form.seen.data = stamp_of(_levels())
        form.say("", _("Somebody else has changed the levels meanwhile. Check what you wrote and save once more."))
        return _conditions_page(form, 422)
    return see_other(url_for("levels.index"), _("Saved. Levels of clients follow tonight.") if is_changed
                     else _("Nothing was changed."))


def _preview() -> dict[str, Any]:
    """The ladder of the chosen client, else of the only one found, else of the example; and the clients to choose from.

    The fields show the figures the ladder is about.
    """
    may_choose = bool(current_user.hats & set(DESK))
    typed = (request.args.get("q") or "").strip()[:100]
    found = find_clients(typed, current_user, FOUND).clients if typed and may_choose else []
    client = _chosen() if may_choose else None
    if client is None and len(found) == 1:
        client = found[0]
    form, earned = _figures(client)
    ladder = ladder_of(client.id, _today(client)) if client else example_of(earned, shelves_of(page_language()))
    return {"form": form, "client": client, "ladder": ladder, "counted": has_words(earned), "typed": typed,
            "found": found, "may_choose": may_choose}


def _figures(client: Client | None) -> tuple[level_forms.ExampleForm, Earned]:
    """What counts for the client, else what was typed, else the example; in the fields and as it is."""
    if client is None and "trips" in request.args:
        form = level_forms.ExampleForm(formdata=request.args)
        return form, form.earned if form.validate() else Earned()
    earned = earned_by(client.id, _today(client)) if client else EXAMPLE
    return level_forms.ExampleForm(formdata=None, data=level_forms.example_data(earned)), earned


def _today(client: Client) -> date:
    return clock.today(zone(client.office.timezone))


def _chosen() -> Client | None:
    text = request.args.get("client", "")
    if not text:
        return None
    try:
        return client_for(row_id(text), current_user) or abort(404)
    except ValueError:
        abort(404)


def _unsure(form: level_forms.LevelsForm, wanted: list[Wanted]) -> Impact | None:
    """What must be told before saving; None when conditions stay, or it was told already."""
    levels = [want.grade for want in wanted]
    asked = [(grade.code, grade.min_trips, grade.min_spend_kopecks, grade.both) for grade in levels]
    sure = hashlib.sha256(repr((asked, form.seen.data)).encode()).hexdigest()[:16]
    if form.sure.data == sure or asked == [
            (grade.code, grade.min_trips, grade.min_spend_kopecks, grade.both) for grade in grades()]:
        return None
    form.sure.data = sure
    return impact_of(levels, now=clock.now())


def _conditions_page(form: level_forms.LevelsForm, status: int = 200, impact: Impact | None = None) -> Response:
    return page("club/levels_edit.html", status=status, form=form, levels=list(form.levels), impact=impact,
                name_of=level_words.name_of)


def _levels() -> list[Level]:
    return list(db.session.scalars(select(Level).order_by(Level.rank)))


def _may_edit() -> bool:
    return ADMIN in current_user.hats
