"""Pages of the staff room, and what the room gives the whole site: sessions, sections, agency name, sentences."""

from typing import Any

from flask import Flask, Response, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from webapp.staff import words
from webapp.staff.login import init_login
from webapp.staff.models import setting
from webapp.staff.rules import NotAllowed
from webapp.staff.views import absences, invitations, log, offices, own, people, second_factor, settings, sign_in
from webapp.staff.views.blueprint import bp, moment
from webapp.web.errors import error_page
from webapp.web.nav import AGENCY, Section, add_section

blueprints = [bp]
_PAGES = (absences, invitations, log, offices, own, people, second_factor, settings, sign_in)
_LEADS = frozenset({"director", "admin"})


def register(app: Flask) -> None:
    """Give the site its people."""
    init_login(app, moment)
    app.extensions["snova.agency_language"] = _agency_language
    app.context_processor(_frame)
    app.register_error_handler(NotAllowed, _on_not_allowed)
    for order, endpoint, label, prefix in (
            (100, "staff.users", _l("People"), "/admin/users"),
            (101, "staff.offices", _l("Offices"), "/admin/offices"),
            (102, "staff.absences", _l("Absences"), "/admin/absences"),
            (108, "staff.settings", _l("Settings"), "/admin/settings"),
            (111, "staff.log", _l("Log"), "/admin/log")):
        add_section(app, Section(endpoint, label, order, _LEADS, prefix, group=AGENCY))


class AgencyName:
    """The agency's name for templates: asked of the database only by pages that show it."""

    def __str__(self) -> str:
        return str(setting("agency_name", "") or gettext("Snova"))


def _frame() -> dict[str, Any]:
    links = []
    if current_user.is_authenticated:
        links.append({"url": url_for("staff.profile"), "icon": "person", "label": gettext("My profile")})
    return {"agency_name": AgencyName(), "user_links": links}


def _agency_language() -> str | None:
    try:
        return setting("language")
    except SQLAlchemyError:
        # The page that says the database is away must still find its words.
        return None


def _on_not_allowed(error: NotAllowed) -> Response:
    return error_page(403, text=words.reason(error))
