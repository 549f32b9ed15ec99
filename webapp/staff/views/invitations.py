"""The page behind an invitation link: the invited person sets a password."""

from flask import Response
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.db import db
from webapp.staff import actions
from webapp.staff.actions.invitations import is_open
from webapp.staff.forms.sign_in import NewPasswordForm
from webapp.staff.models import Invitation
from webapp.staff.passwords import fingerprint
from webapp.staff.rules import BadInput
from webapp.staff.views.blueprint import bp, moment
from webapp.staff.views.sign_in import finish
from webapp.web.guard import by_token
from webapp.web.page import page


@bp.route("/invite/<token>", methods=["GET", "POST"])
@by_token
def invitation(token: str) -> BaseResponse:
    """Set a password through the link; then sign in, with the code where that is on. Looking changes nothing."""
    found = db.session.scalar(select(Invitation).where(Invitation.token_hash == fingerprint(token)))
    if found is None or not is_open(found, moment()):
        return _over()
    form = NewPasswordForm()
    if form.submitted():
        try:
            user = actions.accept_invitation(token, form.password.data or "", now=moment())
        except BadInput as error:
            if error.code == "invitation-over":
                return _over()
            form.take(error)
        else:
            return finish(user, "/")
    return page("staff/invite.html", status=422 if form.is_submitted() else 200, form=form, user=found.user)


def _over() -> Response:
    return page("staff/invite_over.html", status=404)
