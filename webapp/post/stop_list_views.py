"""The stop list: addresses nothing may go to, put there by hand or from a list, looked up one by one, lifted."""

import csv
import io

from flask import Blueprint, Flask, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.defuse import defuse
from webapp.kit import clock
from webapp.post import actions, stop_list
from webapp.post.stop_list_forms import SCOPES, LiftForm, StopListForm
from webapp.staff.audit import actor_of
from webapp.web.guard import allow
from webapp.web.nav import AGENCY, Section, add_section
from webapp.web.page import page, see_other

bp = Blueprint("stop_list", __name__, url_prefix="/admin/stop-list")
KEEPERS = ("service", "director", "admin")
WHY = {"unsubscribed": _l("the reader said so"), "stop-list": _l("put here by hand"),
       "erased": _l("the client was erased")}


def register(app: Flask) -> None:
    """Put the section into the bar."""
    add_section(app, Section("stop_list.index", _l("Stop list"), 105, frozenset(KEEPERS), "/admin/stop-list",
                             group=AGENCY))


@bp.get("")
@allow(*KEEPERS)
def index() -> Response:
    """Look an address up, add some, see the latest."""
    return _list_page(StopListForm(formdata=None, data={"scope": "all"}))


@bp.post("")
@allow(*KEEPERS)
def add() -> Response | BaseResponse:
    """Put addresses on the list; what is no address is named, and keeps nothing else from being added."""
    form = StopListForm()
    if not form.submitted():
        return _list_page(form, 422)
    done = actions.stop_many(form.entries, klass=SCOPES[form.scope.data], note=form.note.data or "",
                             actor=actor_of(current_user), now=clock.now())
    said = ngettext("%(num)d address is on the stop list now.", "%(num)d addresses are on the stop list now.",
                    done.added)
    if done.known:
        said += " " + ngettext("%(num)d was there already.", "%(num)d were there already.", done.known)
    if form.strange:
        said += " " + _("Not an address: %(list)s.", list=", ".join(form.strange[:10]))
    return see_other(url_for("stop_list.index"), said, "yellow" if form.strange else "green")


@bp.post("/lift")
@allow(*KEEPERS)
def lift() -> Response | BaseResponse:
    """Take one address off the list, with a reason."""
    form = LiftForm()
    found = stop_list.look_up(form.address.data or "")
    if found is None:
        return see_other(url_for("stop_list.index"))
    if not form.submitted():
        return _list_page(StopListForm(formdata=None, data={"scope": "all"}), 422, typed=found.address, lift_form=form)
    actions.lift_stops(found.address, found.channel, reason=form.reason.data or "", actor=actor_of(current_user),
                       now=clock.now())
    return see_other(url_for("stop_list.index", q=found.address), _("The address may be written to again."))


@bp.get("/export.csv")
@allow("director", "admin")
def export() -> Response:
    """All that stands on the list, by marks: the addresses themselves are kept nowhere."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["mark", "channel", "scope", "since", "reason", "note", "by", "lifted"])
    for row in stop_list.everything():
        writer.writerow([defuse(str(cell)) for cell in (
            row.address_hash, row.channel, row.klass or "all", row.at.isoformat(), row.reason, row.note, row.actor,
            row.lifted_at.isoformat() if row.lifted_at else "")])
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv",
                    headers={"Content-Disposition": 'attachment; filename="stop-list.csv"'})


def _list_page(form: StopListForm, status: int = 200, *, typed: str = "",
               lift_form: LiftForm | None = None) -> Response:
    typed = typed or request.args.get("q", "").strip()
    found = stop_list.look_up(typed) if typed else None
    return page("post/stop_list.html", status=status, form=form, typed=typed, found=found, why=WHY,
                lift_form=lift_form or LiftForm(formdata=None, data={"address": found.address if found else ""}),
                latest=stop_list.latest(), count=stop_list.count(), zone=current_user.zone,
                may_export=bool({"director", "admin"} & current_user.hats))
