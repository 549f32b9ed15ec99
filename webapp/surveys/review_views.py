"""Reviews for staff: what waits, one review with what must be left out, showing, answering, hiding with a reason."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.rules import DIRECTOR, SERVICE, BadInput
from webapp.surveys import review_list as listed
from webapp.surveys import words
from webapp.surveys.actions import moderating
from webapp.surveys.finding_rules import left_open
from webapp.surveys.models import Review
from webapp.surveys.review_forms import HideForm, MaskForm, ReplyForm, TurnForm
from webapp.surveys.review_rules import HIDDEN, NEW, SHOWN, STATES, WITHDRAWN, may_become
from webapp.web.guard import DESK, allow
from webapp.web.nav import QUALITY, Section, add_section
from webapp.web.page import page, row_id, see_other

bp = Blueprint("reviews", __name__, url_prefix="/reviews")
PAGE, MOST = 30, 2_000
FILTERS = {NEW: _l("To be looked at"), SHOWN: _l("Shown"), HIDDEN: _l("Hidden ones"), WITHDRAWN: _l("Withdrawn"),
           "all": _l("All")}
_BAD = 422


def register(app: Flask) -> None:
    """A word in the bar with how many reviews wait."""
    add_section(app, Section("reviews.index", _l("Reviews"), 25, frozenset(DESK), "/reviews", _waiting, group=QUALITY))


@bp.get("")
@allow(*DESK)
def index() -> Response:
    """Reviews of the person's own offices; those that wait first."""
    show = request.args.get("show", NEW)
    show = show if show in FILTERS else NEW
    count = min(max(request.args.get("n", PAGE, type=row_id), PAGE), MOST)
    rows = listed.rows_of(current_user, show if show in STATES else "", count + 1)
    counts = listed.counts_of(current_user)
    return page("surveys/reviews.html", rows=rows[:count], more=count + PAGE if len(rows) > count else None, show=show,
                filters=FILTERS, counts={**counts, "all": sum(counts.values())}, words=words, zone=current_user.zone)


@bp.get("/<int:review_id>")
@allow(*DESK)
def show(review_id: int) -> Response:
    """One review: the words, what must be left out, our answer, and everything that was done with it."""
    return _show(_row(review_id))


@bp.post("/<int:review_id>/masks")
@allow(SERVICE, DIRECTOR)
def mask(review_id: int) -> Response | BaseResponse:
    """Choose what is left out."""
    row, form = _row(review_id), MaskForm()
    if not form.submitted():
        return _show(row, mask=form)
    try:
        moderating.mask(row.id, form.words, turn=form.seen, actor=actor_of(current_user), now=clock.now())
    except BadInput as fault:
        form.say("more" if fault.code == "not-in-text" else "", _refusal(fault))
        return _show(_row(review_id), mask=form)
    return _back(row, _("Saved. The words are left out wherever the review is shown."))


@bp.post("/<int:review_id>/showing")
@allow(SERVICE, DIRECTOR)
def publish(review_id: int) -> Response | BaseResponse:
    """Show it to everybody."""
    row, form = _row(review_id), TurnForm()
    form.validate_on_submit()
    try:
        moderating.publish(row.id, turn=form.seen, actor=actor_of(current_user), now=clock.now())
    except BadInput as fault:
        form.say("", _refusal(fault))
        return _show(_row(review_id), turn=form)
    return _back(row, _("Everybody can read it now."))


@bp.post("/<int:review_id>/hiding")
@allow(SERVICE, DIRECTOR)
def hide(review_id: int) -> Response | BaseResponse:
    """Hide it, with a reason that stays on record."""
    row, form = _row(review_id), HideForm()
    if not form.submitted():
        return _show(row, hide=form)
    try:
        moderating.hide(row.id, reason=form.reason.data, words=form.words.data or "", turn=form.seen,
                        actor=actor_of(current_user), now=clock.now())
    except BadInput as fault:
        form.say("", _refusal(fault))
        return _show(_row(review_id), hide=form)
    return _back(row, _("Hidden. The reason is on record."))


@bp.post("/<int:review_id>/answer")
@allow(SERVICE, DIRECTOR)
def reply(review_id: int) -> Response | BaseResponse:
    """Answer in public; an empty answer takes it away."""
    row, form = _row(review_id), ReplyForm()
    if not form.submitted():
        return _show(row, reply=form)
    words_now = (form.answer.data or "").replace("\r\n", "\n")
    moderating.reply(row.id, words_now, actor=actor_of(current_user), now=clock.now())
    return _back(row, _("Saved."))


@bp.post("/<int:review_id>/withdrawal")
@allow(SERVICE, DIRECTOR)
def take_off(review_id: int) -> BaseResponse:
    """The client does not want it to be shown any more."""
    row = _row(review_id)
    moderating.take_off(row.id, actor=actor_of(current_user), now=clock.now())
    return _back(row, _("Taken off: nobody reads it any more."))


def _show(row: Review, **forms: Any) -> Response:
    found = listed.found_in(row)
    status = _BAD if any(form.errors for form in forms.values()) else 200
    said = next((form for form in forms.values() if form.errors), None)
    return page(
        "surveys/review.html", status=status, row=row, words=words, zone=current_user.zone, form=said, found=found,
        mask=forms.get("mask") or _masks(row, found), hide=forms.get("hide") or _turned(HideForm(formdata=None), row),
        reply=forms.get("reply") or ReplyForm(formdata=None, answer=row.answer),
        turn=_turned(TurnForm(formdata=None), row), left=left_open(row.text, row.masks),
        history=listed.history_of(row.id), may=bool(current_user.hats & {SERVICE, DIRECTOR}),
        may_show=may_become(row.state, SHOWN) and row.consented_at is not None, may_hide=may_become(row.state, HIDDEN),
        is_there=row.state != WITHDRAWN)


def _masks(row: Review, found: list[Any]) -> MaskForm:
    """What is left out now stands ticked; before anything was decided, all that was found."""
    form = _turned(MaskForm(formdata=None), row)
    known = list(dict.fromkeys(finding.words for finding in found))
    form.pieces.choices = [SelectChoice(piece, piece) for piece in known]
    form.pieces.data = [piece for piece in known if piece in row.masks] if row.masks else known
    form.more.data = "\n".join(piece for piece in row.masks if piece not in known)
    return form


def _turned(form: Any, row: Review) -> Any:
    form.turn.data = row.turn
    return form


def _row(review_id: int) -> Review:
    return listed.review_for(review_id, current_user) or abort(404)


def _back(row: Review, said: str) -> BaseResponse:
    return see_other(url_for("reviews.show", review_id=row.id), said)


def _waiting() -> tuple[int, bool] | None:
    # Only those who can do something about it are told.
    waiting = listed.waiting_for(current_user) if current_user.hats & {SERVICE, DIRECTOR} else 0
    return (waiting, False) if waiting else None


def _refusal(fault: BadInput) -> str:
    known = {
        "changed": _("The client has changed the review meanwhile. Please read it again."),
        "not-masked": _("Phones, addresses and numbers of documents must be left out first."),
        "no-consent": _("The client does not agree that it is shown."),
        "not-now": _("This has changed meanwhile. Please look again."),
        "not-in-text": _("“%(words)s” does not stand in the review like this.", words=fault.value)}
    return known.get(fault.code, _("This cannot be done. Please look again."))
