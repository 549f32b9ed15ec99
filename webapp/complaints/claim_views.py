"""The claim to the tour operator: written from the complaint, changed, printed, marked as sent and as answered."""

from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField, StringField, TextAreaField

from webapp.complaints import due_words, words
from webapp.complaints.actions.claiming import LONGEST, Deed, claim_answered, claim_sent, mark_of, write_claim
from webapp.complaints.claim_text import claim_text
from webapp.complaints.desk_blueprint import PEOPLE, bp, complaint_or_404, me
from webapp.complaints.desk_card import claim_of
from webapp.complaints.models import Complaint, ComplaintFile
from webapp.complaints.questions import claim_days, terms_for
from webapp.complaints.step_rules import DRAFT, VOID, Refused
from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.staff.rules import BadInput
from webapp.web.forms import AtMost, BaseForm, DayField, Filled
from webapp.web.guard import allow
from webapp.web.page import page, see_other

_CHANGED = 409
WARN_DAYS = 5
"""The client's twenty days turn yellow so many days ahead: a claim wants reading and a signature."""


class ClaimForm(BaseForm):
    """The letter, and which words it was filled in over."""

    seen = HiddenField()
    operator = StringField(_l("Tour operator"), [Filled(), AtMost(200)])
    text = TextAreaField(_l("The claim"), [Filled(), AtMost(LONGEST)], render_kw={"rows": 28})


class DeedForm(BaseForm):
    """When it was sent or answered, and how."""

    on = DayField(_l("On which day"), [Filled(_l("Write the day."))])
    words = StringField(_l("How it was sent"), [Filled(_l("Write how: by post, by e-mail, in person.")), AtMost(200)])


class AnswerForm(BaseForm):
    """What the operator answered."""

    on = DayField(_l("On which day"), [Filled(_l("Write the day."))])
    words = TextAreaField(_l("What the tour operator answered"), [Filled(_l("Write a few words.")), AtMost(LONGEST)],
                          render_kw={"rows": 4})


@bp.get("/<int:complaint_id>/claim")
@allow(*PEOPLE)
def claim(complaint_id: int) -> Response:
    """The claim with what comes next; a first text is made from what the complaint knows."""
    return _show(_row(complaint_id))


@bp.post("/<int:complaint_id>/claim")
@allow(*PEOPLE)
def claim_save(complaint_id: int) -> Response | BaseResponse:
    """Keep the text."""
    row, form = _row(complaint_id), ClaimForm()
    return _do(row, form, "text", lambda: write_claim(
        row.id, form.operator.data or "", form.text.data or "", seen=form.seen.data or "", actor=me(),
        now=clock.now()), _("Saved."))


@bp.post("/<int:complaint_id>/claim/sent")
@allow(*PEOPLE)
def claim_is_sent(complaint_id: int) -> Response | BaseResponse:
    """«Отправлена»: ten days for the answer begin."""
    row, form = _row(complaint_id), DeedForm()
    return _do(row, form, "sent", lambda: claim_sent(row.id, _deed(form), actor=me(), now=clock.now()),
               _("Noted. The day for the answer stands on the page of the complaint."))


@bp.post("/<int:complaint_id>/claim/answer")
@allow(*PEOPLE)
def claim_is_answered(complaint_id: int) -> Response | BaseResponse:
    """What the operator said."""
    row, form = _row(complaint_id), AnswerForm()
    return _do(row, form, "answer", lambda: claim_answered(row.id, _deed(form), actor=me(), now=clock.now()),
               _("Noted. Tell the client about it."))


def _deed(form: Any) -> Deed:
    return Deed(form.on.data, form.words.data or "")


def _do(row: Complaint, form: BaseForm, name: str, deed: Any, said: str) -> Response | BaseResponse:
    if not form.submitted():
        return _show(row, 422, name, form)
    number = row.id
    try:
        deed()
    except (BadInput, Refused) as error:
        db.session.rollback()
        fault = error if isinstance(error, BadInput) else None
        form.say(fault.field if fault and fault.field in form else "", words.fault(fault) if fault else
                 words.refused(error))  # type: ignore[arg-type]
        return _show(_row(number), 422 if fault else _CHANGED, name, form)
    return see_other(url_for("complaints.claim", complaint_id=number), said)


def _show(row: Complaint, status: int = 200, name: str = "", posted: BaseForm | None = None) -> Response:
    known, today = claim_of(row), local_day(clock.now(), zone(row.office.timezone))
    forms: dict[str, BaseForm] = {}
    if known is None or known.sent_on is None:
        forms["text"] = form = ClaimForm(None)
        files = list(db.session.scalars(select(ComplaintFile).where(ComplaintFile.complaint_id == row.id)))
        form.operator.data = known.operator if known else row.operator or (row.trip.operator if row.trip else "")
        form.seen.data = mark_of(known)
        form.text.data = known.text if known and not request.args.get("anew") else claim_text(row, files, today)
        if known is not None:
            forms["sent"] = DeedForm(None)
    elif known.answered_on is None:
        forms["answer"] = AnswerForm(None)
    # Both texts are shown; pressed once more, whoever has read the other one replaces it.
    theirs = known if isinstance(posted, ClaimForm) and status == _CHANGED else None
    if isinstance(posted, ClaimForm) and theirs is not None:
        posted.seen.data = mark_of(theirs)
    if posted is not None and name in forms:
        forms[name] = posted
    return page("complaints/claim.html", status=status, row=row, claim=known, forms=forms, posted=name, form=posted,
                file_by=claim_days(row).file_by, today=today, terms=terms_for(row.procedure), due_words=due_words,
                warn=WARN_DAYS, theirs=theirs)


def _row(complaint_id: int) -> Complaint:
    row = complaint_or_404(complaint_id)
    if row.state in (DRAFT, VOID):
        abort(404)
    return row
