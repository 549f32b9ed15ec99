"""The stop button for directors: choose trips, hold their letters, let them go, or write to all of them."""

from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions import KeyTaken
from webapp.letters.rules import sms_parts
from webapp.trips import actions, stopping
from webapp.trips.board_html import span_words
from webapp.trips.models import Trip
from webapp.trips.stop_forms import ChoiceForm, HoldForm, StopTextForm
from webapp.trips.views.trips_blueprint import me, moment
from webapp.web.guard import allow
from webapp.web.page import page, see_other

bp = Blueprint("stop", __name__)
CONFIRM_ABOVE = 50


@bp.get("/stop")
@allow("director")
def stop() -> Response:
    """Choose trips by destination, operator and days; the holds in force stand below."""
    return _page(request.args, HoldForm(None))


@bp.post("/stop/holds")
@allow("director")
def hold() -> BaseResponse:
    """Stop the letters of the ticked trips."""
    form, trips = HoldForm(), _ticked()
    if not form.submitted() or not trips:
        if not trips:
            form.form_errors.append(_("Tick at least one trip."))
        return _page(request.form, form, 422)
    actions.stop_letters(trips, reason=form.reason.data or "", actor=me(), now=moment())
    number = stopping.with_letters(trips)
    if not number:
        return see_other(url_for("stop.stop"), _("The trips are stopped. No letters were waiting in them."))
    return see_other(url_for("stop.stop"), ngettext("Letters of %(num)d trip are on hold now.",
                                                    "Letters of %(num)d trips are on hold now.", number))


@bp.post("/stop/releases")
@allow("director")
def release() -> BaseResponse:
    """Let letters of the named trips go again."""
    number = actions.release_letters(_ticked(), actor=me(), now=moment())
    return see_other(url_for("stop.stop"), ngettext(
        "Letters of %(num)d trip go again. What came too late is shown in red on the board.",
        "Letters of %(num)d trips go again. What came too late is shown in red on the board.", number))


@bp.post("/stop/text")
@allow("director")
def text() -> BaseResponse:
    """One text to all clients of the named trips; `do=send` sends it, above fifty only after a question."""
    trips = _ticked()
    if not trips:
        return see_other(url_for("stop.stop"), _("Tick at least one trip."), "yellow")
    is_sent = request.form.get("do") in ("send", "change")
    form = StopTextForm() if is_sent else StopTextForm(None)
    form.way.choices = _ways(trips)
    if request.form.get("do") != "send":
        return _text_page(trips, form)
    if not form.submitted():
        return _text_page(trips, form, 422)
    number = stopping.reached(trips, form.way.data)
    if number > CONFIRM_ABOVE and not form.sure.data:
        parts = sms_parts(form.body.data).parts
        return page("trips/stop_sure.html", trips=trips, form=form, number=number, parts=parts,
                    by_sms=stopping.reached(trips, "sms"))
    try:
        sent = actions.send_text(trips, form.text, key=form.form_key.data or "", actor=me(), now=moment())
    except KeyTaken:
        form.form_key.renew()
        form.form_errors.append(_("This form has been sent already, with another text or to other trips. To write to "
                                  "them once more, press the button again."))
        return _text_page(trips, form, 409)
    return see_other(url_for("stop.stop"), _("On their way: %(sms)d SMS, %(letters)d letters. Not reached: %(rest)d.",
                                             sms=sent.sms, letters=sent.email, rest=sent.left_out))


def _page(typed: Any, hold_form: HoldForm, status: int = 200) -> Response:
    wished = {name: typed.get(name, "") for name in ("destination", "operator", "first", "last")}
    choice = ChoiceForm(MultiDict(wished))
    is_good = choice.validate()
    found = stopping.fitting(choice.choice, current_user) if is_good and not choice.choice.is_empty else None
    destinations, operators = stopping.names_in_use(current_user)
    ticked = set(map(int, _numbers())) if request.method == "POST" else None
    if choice.errors and status == 200:
        status = 422
    return page("trips/stop.html", status=status, choice=choice, form=hold_form, found=found, wished=wished,
                held=stopping.held(current_user), destinations=destinations, operators=operators, ticked=ticked,
                most=stopping.MOST, span=span_words)


def _text_page(trips: list[Trip], form: StopTextForm, status: int = 200) -> Response:
    return page("trips/stop_text.html", status=status, trips=trips, form=form, span=span_words,
                clients=len({trip.client_id for trip in trips}))


def _ways(trips: list[Trip]) -> list[tuple[str, str]]:
    names = {"best": _("SMS, and a letter where there is no mobile"), "sms": _("SMS only"), "email": _("Letter only")}
    found = []
    for way, name in names.items():
        clients = ngettext("%(num)d client", "%(num)d clients", stopping.reached(trips, way))
        found.append((way, f"{name} ({clients})"))
    return found


def _ticked() -> list[Trip]:
    numbers = _numbers()
    if len(numbers) > stopping.MOST:
        abort(413)
    return stopping.chosen([int(number) for number in numbers], current_user)


def _numbers() -> list[str]:
    return [text for text in request.form.getlist("trip") if text.isascii() and text.isdecimal() and len(text) < 10]
