"""The first set-up in four steps that can be skipped and returned to, and how sending goes on (`ux.md` §1)."""

from typing import Any

from flask import Blueprint, Flask, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.desk import actions, setup_rules
from webapp.desk.demo_work import start_demo
from webapp.desk.letter_list import use_words
from webapp.desk.setup_forms import DEMO, SHEET, AgencyForm, BeginForm, SignersForm
from webapp.desk.setup_rules import AGENCY, DATA, LETTERS, SIGNATURES, STEPS
from webapp.desk.setup_state import administrators, has_service_people, main_office, setup_states, signers
from webapp.desk.setup_texts import plan_texts
from webapp.kit import clock
from webapp.post.actions.modes import present_mode
from webapp.post.mode_words import MODE_WORDS
from webapp.post.sender import has_relay
from webapp.staff.audit import actor_of
from webapp.staff.models import setting
from webapp.staff.rules import ADMIN, Actor, BadInput, NotAllowed
from webapp.web.guard import allow
from webapp.web.nav import AGENCY as SECTION
from webapp.web.nav import Section, add_section
from webapp.web.page import page, see_other

bp = Blueprint("setup", __name__, url_prefix="/setup")
TITLES = {AGENCY: _l("Agency and sender"), SIGNATURES: _l("Who signs letters"), LETTERS: _l("Letters and plan"),
          DATA: _l("How to begin")}
ABOUT = {
    AGENCY: _l("Name, office, phone, and the mailbox that letters leave from."),
    SIGNATURES: _l("The director and the director of quality."),
    LETTERS: _l("Look through what clients will read, and when."),
    DATA: _l("A demo agency, the check-list you keep already, or an empty board."),
}


def register(app: Flask) -> None:
    """The way back into the steps, for those who can take them."""
    add_section(app, Section("setup.index", _l("Set-up step by step"), 109, frozenset({ADMIN}), "/setup",
                             group=SECTION))


@bp.get("")
@allow("director", "admin")
def index() -> Response:
    """All steps with what is left of them; a director without the rights reads who can set things up."""
    found = setup_states()
    first_open = next((place for place, step in enumerate(STEPS) if found[step] == setup_rules.OPEN), -1)
    return page("desk/setup.html", states=found, left=setup_rules.left(found), first_open=first_open,
                titles=TITLES, about=ABOUT, steps=STEPS,
                may_edit=ADMIN in current_user.hats, admins=administrators(), mode=present_mode(), modes=MODE_WORDS,
                has_relay=has_relay(), is_demo=bool(setting("demo")))


@bp.get("/agency")
@allow("admin")
def agency() -> Response:
    """The agency and its first office, as they are."""
    office = main_office()
    data = {name: setting(name, "") for name in ("agency_name", "agency_phone", "agency_email", "agency_site")}
    if office is not None:
        data |= {"office_name": office.name, "city": office.city, "address": office.address,
                 "timezone": office.timezone}
    return _step(AGENCY, AgencyForm(formdata=None, data=data).offer(clock.now()))


@bp.post("/agency")
@allow("admin")
def save_agency() -> BaseResponse:
    """Keep them."""
    form, office = AgencyForm().offer(clock.now()), main_office()
    if form.submitted():
        try:
            actions.set_up_place({name: field.data or "" for name, field in form._fields.items()}, office,
                                 actor=_me(), now=clock.now())
        except BadInput as error:
            form.take(error)
        else:
            if request.form.get("then") == "mail":
                return see_other(url_for("sending.mail"), _("Saved."))
            return _on(AGENCY, _("Saved."))
    return _step(AGENCY, form, 422)


@bp.get("/signatures")
@allow("admin")
def signatures() -> Response:
    """Who signs letters, as it is; a director who has just begun is offered as the director."""
    named = signers()
    data = {f"{code}_{part}": getattr(row, part) for code, row in named.items() for part in ("name", "role", "email")}
    if not data.get("director_name") and "director" in current_user.hats:
        data |= {"director_name": current_user.name, "director_email": current_user.email}
    data["director_role"] = data.get("director_role") or _("director")
    data["quality_role"] = data.get("quality_role") or _("director of quality")
    return _step(SIGNATURES, SignersForm(formdata=None, data=data))


@bp.post("/signatures")
@allow("admin")
def save_signatures() -> BaseResponse:
    """Keep who signs."""
    form = SignersForm()
    if not form.submitted():
        return _step(SIGNATURES, form, 422)
    actions.name_signers(form.people(), actor=_me(), now=clock.now())
    return _on(SIGNATURES, _("Saved."))


@bp.get("/letters")
@allow("admin")
def letters() -> Response:
    """The plan from the purchase to the last letter, each with its text."""
    return _step(LETTERS, None, texts=plan_texts(), use_words=use_words, has_service=has_service_people())


@bp.post("/letters")
@allow("admin")
def save_letters() -> BaseResponse:
    """They were looked through."""
    actions.settle_setup(LETTERS, setup_rules.DONE, actor=_me(), now=clock.now())
    return _on(LETTERS)


@bp.post("/letters/service-call")
@allow("admin")
def switch_service_call() -> BaseResponse:
    """The call after the sale by somebody who did not sell: on or off for new trips."""
    is_on = request.form.get("active") == "1"
    try:
        actions.turn_service_call(is_on, actor=_me(), now=clock.now())
    except NotAllowed:
        return see_other(url_for("setup.letters"), _("Changes of the plan wait to be published. Publish them first, or "
                                                     "switch the call on there."), "yellow")
    return see_other(url_for("setup.letters"), _("The call after the sale is planned for new trips.") if is_on
                     else _("The call after the sale is no longer planned."))


@bp.get("/data")
@allow("admin")
def data() -> Response:
    """How to begin."""
    return _step(DATA, BeginForm(formdata=None), is_demo=bool(setting("demo")))


@bp.post("/data")
@allow("admin")
def save_data() -> BaseResponse:
    """Begin in the chosen way."""
    form = BeginForm()
    if not form.submitted():
        return _step(DATA, form, 422, is_demo=bool(setting("demo")))
    office = main_office()
    if form.way.data == DEMO and office is not None:
        fault = actions.demo_fault()
        if fault:
            form.way.errors = [_demo_words(fault)]
            return _step(DATA, form, 422, is_demo=bool(setting("demo")))
        batch = start_demo(office, actor=_me(), now=clock.now())
        return see_other(url_for("batches.job", batch_id=batch.id))
    actions.settle_setup(DATA, setup_rules.DONE, actor=_me(), now=clock.now())
    if form.way.data == SHEET and "director" in current_user.hats:
        return see_other(url_for("imports.start"))
    return _on(DATA)


@bp.post("/<any(agency, signatures, letters, data):step>/skip")
@allow("admin")
def skip(step: str) -> BaseResponse:
    """Not now; it can be returned to."""
    actions.settle_setup(step, setup_rules.SKIPPED, actor=_me(), now=clock.now())
    return _on(step)


def _step(step: str, form: Any, status: int = 200, **more: Any) -> Response:
    found = setup_states()
    return page(f"desk/setup_{step}.html", status=status, form=form, step=step, number=STEPS.index(step) + 1,
                every=len(STEPS), title=TITLES[step], state=found[step], has_relay=has_relay(), **more)


def _on(step: str, said: str = "") -> BaseResponse:
    """To the next open step, or to the overview when nothing is left."""
    following = setup_rules.after(step, setup_states())
    return see_other(url_for(f"setup.{following}") if following else url_for("setup.index"), said)


def _demo_words(fault: str) -> str:
    return {"here": _("The demo agency is here already."),
            "live": _("Letters leave for real clients here, so a demo agency has no place beside them."),
            "waiting": _("Letters wait to be sent here. The demo agency would write them into files."),
            "taken": _("Somebody signs in with a login of the demo agency.")}[fault]


def _me() -> Actor:
    return actor_of(current_user)
