"""Asking a client for consents: the link to show, print or copy, or a letter or an SMS with it."""

from base64 import b64encode

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients.models import Client, client_for
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.rules import BadInput
from webapp.staff.second_factor import picture
from webapp.touches.actions import asking
from webapp.touches.writing import address_for
from webapp.web.guard import DESK, allow
from webapp.web.page import page, see_other

bp = Blueprint("asking", __name__, url_prefix="/clients/<int:client_id>/consent-link")
ERRORS = {"no-address": _l("The client has no address for this."),
          "no-letter": _l("The text of this letter is missing."),
          "letter-broken": _l("The text of this letter cannot be filled in. Tell your administrator.")}


@bp.get("")
@allow(*DESK)
def show(client_id: int) -> Response:
    """The ways to ask, without a link yet: each one is made when it is needed."""
    return _ways_page(_client(client_id))


@bp.post("")
@allow(*DESK)
def make(client_id: int) -> Response:
    """Make a link; the answer is the only page that shows it."""
    client = _client(client_id)
    url = asking.consent_url(client, actor=actor_of(current_user), now=clock.now())
    return _ways_page(client, url=url, code="data:image/svg+xml;base64," + b64encode(picture(url)).decode())


@bp.post("/letter")
@allow(*DESK)
def send(client_id: int) -> Response | BaseResponse:
    """Send it, once a day, as a letter about the client's own data: no consent is needed for that."""
    client = _client(client_id)
    channel = request.form.get("channel", "")
    if channel not in asking.LETTERS:
        abort(404)
    try:
        message = asking.ask_consent(client, channel, actor=actor_of(current_user), now=clock.now())
    except BadInput as error:
        return _ways_page(client, 422, error=str(ERRORS[error.code]))
    if message.state == "cancelled":
        return _ways_page(client, 422, error=_(
            "It does not go out: the client wants no letters. Show or print the link."))
    return see_other(url_for("client_contacts.consents", client_id=client.id), _("The request is in the outbox."))


def _client(client_id: int) -> Client:
    return client_for(client_id, current_user) or abort(404)


def _ways_page(client: Client, status: int = 200, *, url: str = "", code: str = "", error: str = "") -> Response:
    return page("desk/consent_link.html", status=status, client=client, url=url, code=code, error=error,
                channels=[channel for channel in asking.LETTERS if address_for(client, channel)])
