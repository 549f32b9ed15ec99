"""What the nightly check of the data found: a red line for administrators, and the page it leads to."""

from collections.abc import Iterator

from flask import Blueprint, Flask, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from webapp.batches.models import last_result
from webapp.staff.login import person
from webapp.staff.rules import ADMIN
from webapp.web.guard import allow
from webapp.web.nav import AGENCY, Section, Strip, add_section, add_strips
from webapp.web.page import page

bp = Blueprint("check", __name__)
JOB = "check"


def register(app: Flask) -> None:
    """Put the page into the bar and the finding above every page of an administrator."""
    add_section(app, Section("check.show", _l("Check of the data"), 112, frozenset({ADMIN}), "/admin/check",
                             group=AGENCY))
    add_strips(app, _finding)


@bp.get("/admin/check")
@allow("admin")
def show() -> Response:
    """The newest nightly check: when, how much it found, and each fault as the command line says it."""
    found = last_result(JOB)
    return page("desk/check.html", at=found[0] if found else None, number=found[1].get("number", 0) if found else 0,
                faults=found[1].get("faults", []) if found else [], zone=person().zone)


def _finding() -> Iterator[Strip]:
    if ADMIN not in current_user.hats:
        return
    found = last_result(JOB)
    number = int(found[1].get("number", 0)) if found else 0
    if number:
        yield Strip("red", "warning", ngettext("The nightly check found %(num)d fault in the data.",
                                               "The nightly check found %(num)d faults in the data.", number),
                    _("Please look at it before the day begins."), url_for("check.show"), _("See what it found"))
