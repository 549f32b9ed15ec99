"""Putting right what a complaint is about, calling an answer back, saying that nothing is to be answered."""

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from webapp.complaints import desk_forms, words
from webapp.complaints.about_forms import read_contact
from webapp.complaints.actions.changing import About, change_about
from webapp.complaints.actions.talking import call_back, nothing_to_answer
from webapp.complaints.desk_blueprint import PEOPLE, bp, complaint_or_404, me
from webapp.complaints.desk_card_views import again, card, done, refused, say
from webapp.complaints.step_rules import Refused
from webapp.kit import clock
from webapp.staff.rules import BadInput, NotAllowed
from webapp.web.guard import allow
from webapp.web.page import row_id


@bp.post("/<int:complaint_id>/change")
@allow(*PEOPLE)
def change(complaint_id: int) -> Response | BaseResponse:
    """Another trip, tour operator or contact; the page says what was before."""
    row = complaint_or_404(complaint_id)
    form = desk_forms.ready("change", row, posted=True)
    contact = read_contact(form) if form.submitted() else None
    if contact is None:
        return card(row, 422, posted=("change", form))
    try:
        change_about(row.id, About(form["trip"].data or None, form["operator"].data or "", *contact), seen=form.seen,
                     actor=me(), now=clock.now())
    except Refused as error:
        return refused(row, "change", form, words.refused(error), 409)
    except BadInput as error:
        say(form, error)
        return card(again(row), 422, posted=("change", form))
    return done(row.id, _("Changed. The days that follow from it are counted anew."), "case")


@bp.post("/<int:complaint_id>/recall")
@allow(*PEOPLE)
def recall(complaint_id: int) -> Response | BaseResponse:
    """An answer does not leave after all."""
    row = complaint_or_404(complaint_id)
    try:
        call_back(row.id, request.form.get("word", type=row_id) or 0, actor=me(), now=clock.now())
    except (Refused, NotAllowed) as error:
        code = error if isinstance(error, Refused) else Refused("role")
        return card(again(row), 409, refusal=words.refused(code))
    return done(row.id, _("Called back: the answer does not leave."), "talk", "talk")


@bp.post("/<int:complaint_id>/settled")
@allow(*PEOPLE)
def settled(complaint_id: int) -> Response | BaseResponse:
    """The client wrote, and no answer is wanted."""
    row = complaint_or_404(complaint_id)
    nothing_to_answer(row.id, actor=me(), now=clock.now())
    return done(row.id, _("Kept: nothing is to be answered."), "talk", "talk")
