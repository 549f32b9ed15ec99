"""The digest of lessons: what each person should know from complaints, with «read» marks."""

from flask import Blueprint, Flask, Response, abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.complaints.actions import mark_read
from webapp.complaints.lessons import lessons_of, unread_by
from webapp.complaints.procedures import pick
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.web.guard import STAFF, allow
from webapp.web.i18n import page_language
from webapp.web.nav import QUALITY, Section, add_section
from webapp.web.page import page, see_other

bp = Blueprint("lessons", __name__, url_prefix="/lessons")


def register(app: Flask) -> None:
    """A word in everybody's bar, with how many wait to be read."""
    add_section(app, Section("lessons.index", _l("Lessons"), 24, frozenset(STAFF), "/lessons", _count,
                             group=QUALITY))


@bp.get("")
@allow(*STAFF)
def index() -> Response:
    """Lessons shared with me, unread first."""
    return page("complaints/lessons.html", lessons=lessons_of(current_user.id), pick=pick, language=page_language(),
                zone=current_user.zone)


@bp.post("/<int:complaint_id>/read")
@allow(*STAFF)
def read(complaint_id: int) -> BaseResponse:
    """«Прочитано»."""
    try:
        mark_read(complaint_id, actor=actor_of(current_user), now=clock.now())
    except LookupError:
        abort(404)
    return see_other(f"/lessons#lesson-{complaint_id}", _("Marked as read."))


def _count() -> tuple[int, bool] | None:
    waiting = unread_by(current_user.id)
    return (waiting, False) if waiting else None
