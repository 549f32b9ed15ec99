"""The demo agency leaves: asked once, then gone; where nobody else works, the first real person follows."""

from flask import Response, current_app, url_for
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.desk import actions
from webapp.desk.setup_views import bp
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.first_code import first_code
from webapp.staff.lists import nobody_yet
from webapp.staff.login import sign_out
from webapp.staff.models import setting
from webapp.web.guard import allow
from webapp.web.page import page, see_other


@bp.get("/demo")
@allow("admin")
def demo() -> Response:
    """What leaves and what stays, before it is done."""
    return page("desk/demo_leaves.html", is_demo=bool(setting("demo")), others=actions.own_people())


@bp.post("/demo/removal")
@allow("admin")
def remove_demo() -> BaseResponse:
    """Take it out. Sending is held afterwards."""
    is_own = current_user.id not in actions.demo_people()
    actions.clear_demo(actor=actor_of(current_user), now=clock.now())
    if is_own:
        return see_other(url_for("setup.index"), _("The demo agency is gone. Sending is on hold."))
    # The person of this request is gone: from here on it is a visitor.
    logout_user()
    sign_out(now=clock.now())
    if nobody_yet():
        # Whoever held the demo's keys goes on; strangers do not know the code.
        return see_other(url_for("staff.welcome", code=first_code(current_app.extensions["snova.settings"])),
                         _("The demo agency is gone. Now set up your own."))
    return see_other(url_for("staff.login"), _("The demo agency is gone. Sign in with your own login."))
