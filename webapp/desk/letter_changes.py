"""Changing a letter: preview while typing, draft, test, publishing with its question, older texts again."""

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.desk.letter_forms import LetterForm
from webapp.desk.letter_preview import fill, refused_words
from webapp.desk.letter_views import Place, editor, place_of, version_or_404
from webapp.letters import actions, draft_rules
from webapp.letters.checks import faults_of, kind_of
from webapp.letters.drafts import Edition, Words, shown_editions, words_of
from webapp.letters.files import as_text
from webapp.letters.identities import LostSaleManager
from webapp.letters.liquid_text import compile_letter
from webapp.letters.rules import LetterError
from webapp.letters.store import agency_name
from webapp.post import actions as post
from webapp.post.actions.modes import present_mode
from webapp.post.sender import mail_sender
from webapp.staff.audit import actor_of
from webapp.touches.actions.rewriting import rewrite_waiting
from webapp.web.guard import allow
from webapp.web.page import page, see_other

bp = Blueprint("letter_changes", __name__, url_prefix="/admin/letters/<int:letter_id>")


@bp.post("/preview")
@allow("admin")
def preview(letter_id: int) -> Response:
    """What was typed, as a client gets it; nothing is kept. Without JavaScript a placeholder is put in here."""
    place, form = place_of(letter_id), LetterForm()
    wished = request.form.get("insert", "")
    if wished:
        target = request.form.get("target", "")
        fields = form.fields_of(place.edition)
        text = draft_rules.snippet(wished[:80], request.form.get("how", ""), request.form.get("fallback", "")[:200])
        form.append(target if target in fields else fields[-1], text)
    return editor(place, form)


@bp.post("/draft")
@allow("admin")
def save(letter_id: int) -> Response | BaseResponse:
    """Keep it; nothing goes out with it."""
    place, form = place_of(letter_id), LetterForm()
    try:
        edition = _keep(place, form)
    except actions.Meanwhile as error:
        return meanwhile(place, form, error)
    said = _("The draft is kept. Clients still get the published text.")
    return see_other(place.url(), said if edition.draft else _("Nothing differs from the published text."))


@bp.post("/draft/removal")
@allow("admin")
def discard(letter_id: int) -> BaseResponse:
    """Back to the published text."""
    place = place_of(letter_id)
    actions.discard_draft(place.edition, actor=actor_of(current_user), now=place.now)
    if not shown_editions(place.edition.letter):
        return see_other(url_for("letters.index"), _("The draft is gone."))
    if place.edition.in_force is None:
        return see_other(url_for("letter_settings.show", letter_id=letter_id), _("The draft is gone."))
    return see_other(place.url(), _("The draft is gone. This is the published text."))


@bp.post("/test")
@allow("admin")
def test(letter_id: int) -> Response | BaseResponse:
    """The letter, filled in for the chosen client, to the person who writes it and to nobody else."""
    place, form = place_of(letter_id), LetterForm()
    if place.edition.letter.channel == "script":
        abort(404)
    words = form.words(place.edition)
    try:
        filled = fill(place.edition, compile_letter(words.subject, words.source), words.files, place.reader, place.now)
        _keep(place, form)
    except LostSaleManager as error:
        return editor(place, form, status=422, note=refused_words(error.code))
    except LetterError:
        form.take(faults_of(words, kind_of(place.edition.letter)))
        return editor(place, form, status=422)
    except actions.Meanwhile as error:
        return meanwhile(place, form, error)
    office, rendered = place.reader.office, filled.rendered
    title = rendered.subject or _("SMS: %(name)s", name=words.title)
    post.send_test(
        address=current_user.email, office_id=office.id, zone=office.timezone,
        sender=filled.envelope.sender if filled.envelope else mail_sender(agency_name(office), office),
        # Whoever answers a test answers themself, not a colleague.
        reply_to=current_user.email, subject=_("[Check] %(subject)s", subject=title), files=as_text(filled.files),
        text=draft_rules.inert_text(rendered.text), html=draft_rules.inert_html(rendered.html),
        actor=actor_of(current_user), now=place.now, about=f"letter:{place.edition.letter.id}:{place.now:%S%f}")
    return see_other(place.url(), _("The test is in the outbox; in trial mode it does not leave.")
                     if present_mode() == "trial" else
                     _("The test is on its way to %(address)s. The draft is kept.", address=current_user.email))


@bp.post("/publication")
@allow("admin")
def publish(letter_id: int) -> Response | BaseResponse:
    """Publish what was typed; asked first when messages wait and other placeholders would stand in them."""
    place, form = place_of(letter_id), LetterForm()
    words = form.words(place.edition)
    faults = faults_of(words, kind_of(place.edition.letter))
    if faults:
        form.take(faults)
        return editor(place, form, status=422)
    try:
        edition = _keep(place, form)
    except actions.Meanwhile as error:
        return meanwhile(place, form, error)
    if edition.draft is None:
        return see_other(place.url(), _("Nothing differs from the published text."))
    if any(_new_and_gone(edition, words)) and post.count_waiting(_ids(edition)):
        return see_other(place.url("letter_changes.ask"))
    return _publish(place, edition, keep=False)


@bp.get("/publication")
@allow("admin")
def ask(letter_id: int) -> Response | BaseResponse:
    """What waits in the outbox, and what becomes of it."""
    place = place_of(letter_id)
    if place.edition.draft is None:
        return see_other(place.url())
    new, gone = _new_and_gone(place.edition, words_of(place.edition.draft))
    return page("desk/letter_publish.html", place=place, new=new, gone=gone, draft=place.edition.draft,
                waiting=post.count_waiting(_ids(place.edition)))


@bp.post("/publication/answer")
@allow("admin")
def answer(letter_id: int) -> Response | BaseResponse:
    """Publish the draft as it was asked about."""
    place = place_of(letter_id)
    if place.edition.draft is None or request.form.get("seen") != place.edition.stamp:
        return see_other(place.url(), _("The draft has been changed meanwhile. Please look at it once more."), "yellow")
    return _publish(place, place.edition, keep=request.form.get("waiting") == "keep")


@bp.post("/versions/<int:version_id>/restoration")
@allow("admin")
def restore(letter_id: int, version_id: int) -> Response | BaseResponse:
    """An older text goes out again, as a new version."""
    place = place_of(letter_id)
    row = version_or_404(place, version_id)
    try:
        version = actions.restore(place.edition, row, actor=actor_of(current_user), now=place.now)
    except actions.Blocked:
        return see_other(place.url(), _("This old text can no longer be sent as it is: a placeholder is gone. "
                                        "Copy what you need from it."), "yellow")
    said = _("The text of version %(old)s is in force again, as version %(new)s.", old=row.number, new=version.number)
    return see_other(place.url(), f"{said} {_rewritten(place)}".strip())


def _publish(place: Place, edition: Edition, *, keep: bool) -> Response | BaseResponse:
    try:
        version = actions.publish(edition, seen=edition.stamp, actor=actor_of(current_user), now=place.now)
    except actions.Meanwhile:
        return see_other(place.url(), _("The draft has been changed meanwhile. Please look at it once more."), "yellow")
    except actions.Blocked as error:
        form = LetterForm()
        form.fill_in(words_of(edition.draft), edition.stamp)
        form.take(error.findings)
        return editor(place, form, status=422)
    said = _("Published. Version %(number)s goes out from now on.", number=version.number)
    return see_other(place.url(), f"{said} {'' if keep else _rewritten(place)}".strip())


def _rewritten(place: Place) -> str:
    """What waits in the outbox says the new text too."""
    older = _ids(place_of(place.edition.letter.id).edition)[1:]
    number = rewrite_waiting(older, actor=actor_of(current_user), now=place.now)
    return ngettext("%(num)d message that waited was written anew.", "%(num)d messages that waited were written anew.",
                    number) if number else ""


def _keep(place: Place, form: LetterForm) -> Edition:
    return actions.save_draft(place.edition, form.words(place.edition), seen=form.seen.data or "",
                              actor=actor_of(current_user), now=place.now)


def meanwhile(place: Place, form: LetterForm, error: actions.Meanwhile) -> Response:
    """A colleague was quicker: what was typed stays in the form; saving once more overwrites what they wrote."""
    shown = error.edition.shown
    form.seen.data = error.edition.stamp
    return editor(place, form, status=409, note=_(
        "%(name)s has changed this letter meanwhile. Below is what you wrote. Open the letter in a second tab and "
        "compare; saving once more puts your text in its place.", name=shown.author if shown else ""))


def _new_and_gone(edition: Edition, words: Words) -> tuple[list[str], list[str]]:
    return draft_rules.changed_names(words_of(edition.in_force).names(), words.names())


def _ids(edition: Edition) -> list[int]:
    """Published versions, newest first: messages made from them may wait."""
    return [row.id for row in edition.published]
