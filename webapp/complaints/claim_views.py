"""The claim to the tour operator: written from the complaint, changed, printed, sent by e-mail or marked as sent
another way, and as answered."""

from datetime import date
from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from webapp.complaints import due_words, words
from webapp.complaints.actions.claim_mailing import Parcel, call_claim_back, mail_claim
from webapp.complaints.actions.claiming import (
    Deed,
    claim_answered,
    claim_sent,
    claim_unanswered,
    claim_unsent,
    mark_of,
    write_claim,
)
from webapp.complaints.claim_forms import AnswerForm, ClaimForm, DeedForm, MailForm
from webapp.complaints.claim_rules import CALLED_BACK, LOST, MAILED, blanks_in, fate_of
from webapp.complaints.claim_text import claim_text
from webapp.complaints.claims import addresses_for, letter_of
from webapp.complaints.desk_blueprint import PEOPLE, bp, complaint_or_404, me
from webapp.complaints.desk_card import claim_of
from webapp.complaints.form_questions import files_of
from webapp.complaints.models import Complaint, ComplaintFile, OperatorClaim
from webapp.complaints.questions import claim_days, terms_for
from webapp.complaints.step_rules import DRAFT, VOID, Refused
from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.post import wording
from webapp.post.models import Message
from webapp.staff.rules import BadInput
from webapp.web.forms import BaseForm
from webapp.web.guard import allow
from webapp.web.page import page, see_other

_CHANGED = 409
WARN_DAYS = 5
"""The client's twenty days turn yellow so many days ahead: a claim wants reading and a signature."""


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


@bp.post("/<int:complaint_id>/claim/letter")
@allow(*PEOPLE)
def claim_mail(complaint_id: int) -> Response | BaseResponse:
    """Off to the tour operator by e-mail as it stands on the page; it can be called back before it leaves."""
    row, form = _row(complaint_id), MailForm()
    known = claim_of(row)
    if known is None:
        return _show(row, _CHANGED, "text", form)
    form.ask_about(blanks_in(form.typed.trimmed.text))
    form.offer(row, known, files_of(row.id), is_fresh=False)
    parcel = Parcel(form.address.data or "", form.files.data or (), "has_copy" in form and bool(form.has_copy.data),
                    form.typed, has_blanks="anyhow" in form and bool(form.anyhow.data))
    return _do(row, form, "mail", lambda: mail_claim(
        row.id, parcel, seen=form.seen.data or "", actor=me(), now=clock.now()), lambda: due_words.claim_leaves_words(
        letter_of(complaint_id), complaint_or_404(complaint_id).office.timezone, clock.now()) or _("Kept."))


@bp.post("/<int:complaint_id>/claim/recall")
@allow(*PEOPLE)
def claim_recall(complaint_id: int) -> Response | BaseResponse:
    """The letter does not leave after all."""
    return _do(_row(complaint_id), BaseForm(), "recall", lambda: call_claim_back(
        complaint_id, actor=me(), now=clock.now()), _("Called back: the claim does not leave."))


@bp.post("/<int:complaint_id>/claim/sent")
@allow(*PEOPLE)
def claim_is_sent(complaint_id: int) -> Response | BaseResponse:
    """«Отправлена»: ten days for the answer begin."""
    row, form = _row(complaint_id), DeedForm()
    return _do(row, form, "sent", lambda: claim_sent(row.id, _deed(form), actor=me(), now=clock.now()),
               _("Noted. The day for the answer stands on the page of the complaint."))


@bp.post("/<int:complaint_id>/claim/sent/back")
@allow(*PEOPLE)
def claim_is_unsent(complaint_id: int) -> Response | BaseResponse:
    """«Исправить»: the mark that it went another way was a mistake, or its day was."""
    return _do(_row(complaint_id), BaseForm(), "unsent", lambda: claim_unsent(
        complaint_id, actor=me(), now=clock.now()), _("Taken back: the claim counts as not sent. Note it anew."))


@bp.post("/<int:complaint_id>/claim/answer/back")
@allow(*PEOPLE)
def claim_is_unanswered(complaint_id: int) -> Response | BaseResponse:
    """«Исправить»: the answer is written down anew."""
    return _do(_row(complaint_id), BaseForm(), "unanswered", lambda: claim_unanswered(
        complaint_id, actor=me(), now=clock.now()), _("Taken back. Correct the answer and keep it."))


@bp.post("/<int:complaint_id>/claim/answer")
@allow(*PEOPLE)
def claim_is_answered(complaint_id: int) -> Response | BaseResponse:
    """What the operator said."""
    row, form = _row(complaint_id), AnswerForm()
    return _do(row, form, "answer", lambda: claim_answered(row.id, _deed(form), actor=me(), now=clock.now()),
               _("Noted. Tell the client about it."))


def _deed(form: Any) -> Deed:
    return Deed(form.on.data, form.words.data or "")


def _do(row: Complaint, form: BaseForm, name: str, deed: Any, said: Any) -> Response | BaseResponse:
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
    return see_other(url_for("complaints.claim", complaint_id=number), said() if callable(said) else said)


def _show(row: Complaint, status: int = 200, name: str = "", posted: BaseForm | None = None) -> Response:
    known, letter, today = claim_of(row), letter_of(row.id), local_day(clock.now(), zone(row.office.timezone))
    is_met = known is not None and isinstance(posted, ClaimForm) and status == _CHANGED and posted.met(known)
    forms = _forms(row, known, letter, posted)
    if posted is not None and name in forms:
        forms[name] = posted
    text = forms.get("text")
    return page("complaints/claim.html", status=status, row=row, claim=known, forms=forms, posted=name, form=posted,
                file_by=claim_days(row).file_by, today=today, terms=terms_for(row.procedure), due_words=due_words,
                warn=WARN_DAYS, theirs=known if is_met else None, letter=letter,
                unkept=posted.text.data if is_met and isinstance(posted, ClaimForm) and text is None else "",
                fate=fate_of(letter.state) if letter else "", wording=wording, words=words, mailed=MAILED,
                called_back=CALLED_BACK,
                addresses=addresses_for(known.operator) if known and "mail" in forms else [],
                gaps=blanks_in(text.typed.trimmed.text) if isinstance(text, ClaimForm) else [],
                leaves=due_words.claim_leaves_words(letter, row.office.timezone, clock.now()))


def _forms(row: Complaint, known: OperatorClaim | None, letter: Message | None,
           posted: BaseForm | None) -> dict[str, BaseForm]:
    """What can be done now, by name. Text and letter are one form of the page: what was typed into one comes along with
    the other, and stays."""
    if known is not None and known.sent_on is not None:
        return {} if known.answered_on is not None else {"answer": AnswerForm(None, words=known.answer)}
    if letter is not None and fate_of(letter.state) != LOST:
        return {}
    files = files_of(row.id)
    text = posted if isinstance(posted, ClaimForm) else _text_form(
        row, known, files, local_day(clock.now(), zone(row.office.timezone)))
    if known is None:
        return {"text": text}
    mail = posted if isinstance(posted, MailForm) else MailForm() if isinstance(posted, ClaimForm) else MailForm(None)
    if mail is not posted:
        mail.ask_about(())
        mail.offer(row, known, files, is_fresh=posted is not text)
    how = known.sent_how if not known.sent_how.startswith(MAILED) else ""
    return {"text": text, "mail": mail, "sent": DeedForm(None, words=how)}


def _text_form(row: Complaint, known: OperatorClaim | None, files: list[ComplaintFile], today: date) -> ClaimForm:
    form = ClaimForm(None)
    form.operator.data = known.operator if known else row.operator or (row.trip.operator if row.trip else "")
    form.seen.data = mark_of(known)
    form.text.data = known.text if known and not request.args.get("anew") else claim_text(
        row, files, today, known.operator if known else "")
    return form


def _row(complaint_id: int) -> Complaint:
    row = complaint_or_404(complaint_id)
    if row.state in (DRAFT, VOID):
        abort(404)
    return row
