"""Small forms of the client page: phones and e-mails, consents, who takes care of the client."""

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients import actions, labels
from webapp.clients.consent_page import last_about_data
from webapp.clients.contact_forms import ConsentForm, ContactForm, ManagerForm
from webapp.clients.lookup import hidden
from webapp.clients.models import Client, Email, Phone, client_for, consent_log, consents_of, holders
from webapp.db import db
from webapp.kit import clock
from webapp.kit.phones import display
from webapp.staff.audit import actor_of
from webapp.staff.lists import colleagues
from webapp.staff.models import User
from webapp.staff.rules import DIRECTOR, BadInput
from webapp.web.guard import DESK, allow
from webapp.web.page import page, see_other

bp = Blueprint("client_contacts", __name__, url_prefix="/clients/<int:client_id>")
TURNS = {"first": actions.move_first, "broken": actions.mark_broken, "working": actions.mark_working}


@bp.route("/contacts", methods=["GET", "POST"])
@allow(*DESK)
def contacts(client_id: int) -> Response | BaseResponse:
    """All phones and e-mails with what can be done to each; one more is added below them."""
    client = client_or_404(client_id)
    form = ContactForm()
    if form.submitted():
        try:
            row: Phone | Email = actions.add_contact(client, form.contact.data, note=form.contact_note.data or "",
                                      actor=actor_of(current_user), now=clock.now())
            return see_other(url_for(".contacts", client_id=client.id), *_added(client, row.value))
        except BadInput as error:
            form.contact.errors = [_contact_error(error)]
    return page("clients/contacts.html", status=422 if form.errors else 200, client=client, form=form,
                same=_same(client))


@bp.post("/contacts/<any(first, broken, working):turn>")
@allow(*DESK)
def turn(client_id: int, turn: str) -> BaseResponse:
    """Put a phone or e-mail first, or say whether it works."""
    client = client_or_404(client_id)
    found = TURNS[turn](client, request.form.get("value", ""), actor=actor_of(current_user), now=clock.now())
    return see_other(url_for(".contacts", client_id=client.id), *(() if found else (_gone(), "yellow")))


@bp.route("/contacts/remove", methods=["GET", "POST"])
@allow(*DESK)
def remove(client_id: int) -> Response | BaseResponse:
    """Ask, then take a phone or an e-mail off the client."""
    client = client_or_404(client_id)
    value = request.values.get("value", "")
    if request.method == "GET":
        if value not in {p.value for p in client.phones} | {e.value for e in client.emails}:
            abort(404)
        return page("clients/remove.html", client=client, value=value)
    found = actions.remove_contact(client, value, actor=actor_of(current_user), now=clock.now())
    said = (_("Removed: %(contact)s", contact=shown(value)),) if found else (_gone(), "yellow")
    return see_other(url_for(".contacts", client_id=client.id), *said)


@bp.route("/consents", methods=["GET", "POST"])
@allow(*DESK)
def consents(client_id: int) -> Response | BaseResponse:
    """What is in force, what was said when and how, and the form for what the client says now."""
    client = client_or_404(client_id)
    form = ConsentForm()
    if form.submitted():
        actions.set_consent(client, form.step.data, form.channels.data, how=form.how.data,
                            text_version=form.text_version.data or "", address=form.address.data or "",
                            actor=actor_of(current_user), now=clock.now())
        return see_other(url_for(".consents", client_id=client.id), _("Saved. It holds from now on."))
    states = [*labels.consent_states(consents_of(client.id)), labels.data_state(last_about_data(client.id))]
    return page("clients/consents.html", status=422 if form.errors else 200, client=client, form=form,
                states=states, log=consent_log(client.id))


@bp.route("/manager", methods=["GET", "POST"])
@allow(*DESK)
def manager(client_id: int) -> Response | BaseResponse:
    """Who takes care of the client: directors choose, anybody may take a client whom nobody has."""
    client = client_or_404(client_id)
    people = colleagues(client.office) if DIRECTOR in current_user.hats else []
    if not people:
        if client.manager_id is not None or current_user.id not in {p.id for p in colleagues(client.office)}:
            abort(404)
        people = [current_user]
    form = ManagerForm(data={"manager": client.manager_id or 0})
    form.offer({0: _("Nobody yet"), **{person.id: person.name for person in people}})
    if form.submitted():
        chosen = db.session.get(User, form.manager.data) if form.manager.data else None
        actions.assign_manager(client, chosen, actor=actor_of(current_user), now=clock.now())
        return see_other(page_of(client), _("Saved."))
    return page("clients/manager.html", status=422 if form.errors else 200, client=client, form=form)


def client_or_404(client_id: int) -> Client:
    """The client of the person's own offices; others' do not exist for the person (`domain.md` §10)."""
    return client_for(client_id, current_user) or abort(404)


def page_of(client: Client) -> str:
    """Address of the client's page; it lives in the rightmost room, so no endpoint is named here."""
    return f"{url_for('clients.index')}/{client.id}"


def shown(value: str) -> str:
    """A phone as people write it, an address as it is."""
    return display(value) if value.startswith("+") else value


def _same(client: Client) -> list[Client]:
    rows = holders([p.e164 for p in client.phones], [e.address for e in client.emails], besides=client.id)
    others = hidden(rows, current_user)
    return [row for row in rows if row not in others]


def _added(client: Client, value: str) -> tuple[str, str]:
    """The message after adding; when somebody else has the same, it says so and names them."""
    same = holders([value], [value], besides=client.id)
    if not same:
        return _("Added: %(contact)s", contact=shown(value)), "green"
    return _("Added: %(contact)s. %(names)s has it too: perhaps this is one person.", contact=shown(value),
             names=", ".join(row.full_name for row in same)), "yellow"


def _contact_error(error: BadInput) -> str:
    if error.code == "same-contact":
        return _("This client has it already: %(contact)s", contact=shown(error.value))
    return labels.bad_email(error.value) if error.code == "bad-email" else _("This is not a phone number.")


def _gone() -> str:
    return _("This phone or e-mail is gone already: somebody removed it.")
