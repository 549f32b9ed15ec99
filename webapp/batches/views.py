"""The page of long work: progress, stop, report, bad rows; the badge in the header and the strip of a silent worker."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches import actions, models, rules
from webapp.batches.defuse import bad_rows_csv
from webapp.batches.kinds import kind_of
from webapp.batches.models import Batch
from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.log_words import add_log_words
from webapp.staff.models import Office
from webapp.staff.rules import NotAllowed
from webapp.web.guard import STAFF, allow
from webapp.web.nav import Strip, add_strips
from webapp.web.page import is_partial, page, part, see_other

bp = Blueprint("batches", __name__, url_prefix="/jobs")
blueprints = [bp]
SILENT = timedelta(minutes=5)


def register(app: Flask) -> None:
    """Offer the badge of work under way and the strip of broken machinery."""
    app.jinja_env.globals["work_now"] = work_now
    add_strips(app, _silent_worker)
    add_log_words("batch", _l("Long work"), {
        "create": _l("New work: %(name)s"), "start": _l("Started: %(name)s"), "stop": _l("Stopped: %(name)s"),
        "imported": _l("Taken over: %(name)s"), rules.DONE: _l("Finished: %(name)s"),
        rules.FAILED: _l("Broke off: %(name)s")}, _names,
        {"done_rows": _l("Rows"), "trips": _l("Trips"), "clients": _l("Clients")})


@bp.get("/<int:batch_id>")
@allow(*STAFF)
def job(batch_id: int) -> Response | BaseResponse:
    """Progress while it runs, the report afterwards. `wait` is how long the page waited before it asked."""
    batch = _batch_or_404(batch_id)
    kind = kind_of(batch.kind)
    draft = kind.after(batch) if kind and batch.state == rules.DRAFT else None
    if draft:
        # Nobody has started it yet: its own page says what is still to be decided.
        return redirect(draft[0])
    return _page(batch, rules.next_wait(request.args.get("wait", 0, int)) if batch.is_open else 0)


@bp.post("/<int:batch_id>/stop")
@allow(*STAFF)
def stop(batch_id: int) -> Response | BaseResponse:
    """End the work after the step under way."""
    batch = _batch_or_404(batch_id)
    try:
        actions.stop(batch.id, actor=actor_of(current_user), now=clock.now())
    except NotAllowed:
        abort(403)
    if is_partial():
        return _page(_batch_or_404(batch_id), 0)
    return see_other(url_for("batches.job", batch_id=batch_id))


@bp.get("/<int:batch_id>/bad-rows")
@allow(*STAFF)
def bad_rows(batch_id: int) -> Response:
    """The rows that were not taken, with the reason, to be corrected and imported again."""
    batch = _batch_or_404(batch_id)
    kind = kind_of(batch.kind)
    explain = kind.explain if kind else str
    rows = [(row.cells, " ".join(explain(problem) for problem in row.problems)) for row in models.bad_rows(batch.id)]
    heading = batch.mapping.get("heading") or [""] * max((len(cells) for cells, _reason in rows), default=0)
    return Response(bad_rows_csv(heading, rows, _("Reason")), mimetype="text/csv",
                    headers={"Content-Disposition": f'attachment; filename="bad-rows-{batch.id}.csv"'})


def _names(ids: set[int]) -> dict[int, str]:
    """«Импорт таблицы, чек-лист.csv» by number, for the log."""
    found = {}
    for row in db.session.execute(select(Batch.id, Batch.kind, Batch.file_name).where(Batch.id.in_(ids))):
        kind = kind_of(row.kind)
        found[row.id] = ", ".join(filter(None, (str(kind.title) if kind else _("Long work"), row.file_name)))
    return found


def _batch_or_404(batch_id: int) -> Batch:
    return models.seen_by(current_user, batch_id) or abort(404)


def _page(batch: Batch, wait: int) -> Response:
    shown = {"wait": wait, **_shown(batch)}
    # The badge in the bar goes along, or it would show work that has ended.
    return (part("batches/_work.html", "batches/_badge.html", oob=True, **shown) if is_partial()
            else page("batches/page.html", **shown))


def _shown(batch: Batch) -> dict[str, Any]:
    """What the page shows: words for the state, the figures of the report, and what may be done."""
    kind = kind_of(batch.kind)
    may_stop = batch.is_open and rules.may_stop(actor_of(current_user), batch.office_id, batch.user_id)
    return {"is_rows": kind is None or kind.is_rows, "batch": batch,
            "title": kind.title if kind else _("Long work"), "may_stop": may_stop,
            "counted": [(label, batch.totals.get(name, 0)) for name, label in kind.counted.items()] if kind else [],
            "after": None if batch.is_open or not kind else kind.after(batch),
            "bad": 0 if batch.is_open else models.count_bad(batch.id),
            "zone": db.session.get_one(Office, batch.office_id).timezone}


def work_now() -> dict[str, str] | None:
    """Running work of this person, for the bar; a function, so that only the bar pays for it."""
    batch = models.running_for(current_user) if current_user.is_authenticated else None
    if batch is None:
        return None
    kind = kind_of(batch.kind)
    text = _("%(work)s: %(percent)s%%", work=kind.title if kind else _("Long work"), percent=batch.percent)
    return {"url": url_for("batches.job", batch_id=batch.id), "text": text}


def _silent_worker() -> Iterator[Strip]:
    last, now = models.last_beat(), clock.now()
    if last is None or now - last <= SILENT:
        return
    local = last.astimezone(ZoneInfo(current_user.offices[0].timezone if current_user.offices else "Europe/Moscow"))
    since = local.strftime("%H:%M") if now - last < timedelta(hours=12) else local.strftime("%d.%m %H:%M")
    yield Strip("red", "broken", _("Letters have not been leaving since %(time)s.", time=since),
                _("Please call your administrator."))
