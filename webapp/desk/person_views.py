"""The page on which a director hands out everything about a client, or erases it."""

from flask import Blueprint, Response, abort, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField

from webapp.clients.models import Client, client_for
from webapp.clients.rules import same_name
from webapp.complaints.form_questions import waiting_from
from webapp.complaints.questions import open_ones
from webapp.db import db
from webapp.desk.person import actions
from webapp.desk.person.export import archive_of
from webapp.desk.person.findings import find_all
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.rules import DIRECTOR, BadInput
from webapp.web.forms import BaseForm, Filled
from webapp.web.guard import allow
from webapp.web.page import page, see_other

bp = Blueprint("person", __name__, url_prefix="/clients/<int:client_id>/data")


class ErasureForm(BaseForm):
    """The client's name, typed: nobody erases the wrong person by a slip of the finger."""

    name = StringField(_l("Type the client’s full name"), [Filled(_l("Type the full name, as it stands above."))])


@bp.get("")
@allow(DIRECTOR)
def show(client_id: int) -> Response:
    """What is kept, with both buttons."""
    return _data_page(_client(client_id), ErasureForm(formdata=None))


@bp.post("/export")
@allow(DIRECTOR)
def export(client_id: int) -> Response:
    """Everything about the client, as a file."""
    client = _client(client_id)
    archive = archive_of(client, now=clock.now())
    actions.note_export(client, actor=actor_of(current_user), now=clock.now())
    return Response(archive, mimetype="application/zip", headers={
        "Content-Disposition": f'attachment; filename="client-{client.id}.zip"'})


@bp.post("/erasure")
@allow(DIRECTOR)
def erase(client_id: int) -> Response | BaseResponse:
    """Erase everything that tells who this was; the name must be typed as it stands there."""
    client = _client(client_id)
    form = ErasureForm()
    if form.submitted() and not same_name(form.name.data or "", client.full_name):
        form.name.errors = [_("This is another name. Type: %(name)s", name=client.full_name)]
    if form.errors:
        return _data_page(client, form, 422)
    try:
        actions.erase_person(client, actor=actor_of(current_user), now=clock.now())
    except BadInput as error:
        if error.code == "complains":
            # The page says what is open and what to do about it.
            db.session.rollback()
            return _data_page(_client(client_id), form, 409)
        abort(404)
    return see_other(url_for("clients.index"), _("The client is erased. Numbers without a name stay in the reports."))


def _client(client_id: int) -> Client:
    return client_for(client_id, current_user) or abort(404)


def _data_page(client: Client, form: ErasureForm, status: int = 200) -> Response:
    found = find_all(client)
    form.name.description = _("Type: %(name)s. The order of the words does not matter.", name=client.full_name)
    numbers = {name: found.count(name) for name in ("trip", "touch", "message", "phone", "email")}
    return page("desk/client_data.html", status=status, client=client, form=form, numbers=numbers,
                complaints=_complaints(client))


def _complaints(client: Client) -> list[tuple[str, int | None]]:
    """What stands in the way: the number of each open complaint, with its id where the person may open its page; also
    of those that have just come by the form and wait for the worker."""
    own = set(current_user.office_ids)
    return [*((row.number, row.id if row.office_id in own else None) for row in open_ones(client.id)),
            *((entry.number, None) for entry in waiting_from(client))]
