"""Talking about a complaint: answers, notes, the client's word, who handles it, who follows it, who has it open."""

from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions.once import KeyTaken, once
from webapp.complaints import actions, desk_forms, words
from webapp.complaints.actions.watching import here as note_here
from webapp.complaints.desk_blueprint import PEOPLE, bp, card_url, complaint_or_404, me
from webapp.complaints.desk_card_views import again, card, done, leaving, refused, say, sent_before
from webapp.complaints.form_parts import StepForm
from webapp.complaints.models import ComplaintWord
from webapp.complaints.own_views import pass_on
from webapp.complaints.questions import may_work_with
from webapp.complaints.step_rules import Refused
from webapp.kit import clock
from webapp.staff.rules import BadInput
from webapp.web.guard import DESK, allow
from webapp.web.page import is_partial, part, see_other


@bp.post("/<int:complaint_id>/reply")
@allow(*PEOPLE)
def reply(complaint_id: int) -> Response | BaseResponse:
    """Answer the client; stopped with a notice when somebody wrote meanwhile."""
    return _do(complaint_id, "reply", lambda form: actions.reply(
        complaint_id, form["text"].data or "", seen=form.seen, key=_key(complaint_id, form), actor=me(),
        now=clock.now()), _replied, "talk", "talk")


@bp.post("/<int:complaint_id>/note")
@allow(*DESK)
def note(complaint_id: int) -> Response | BaseResponse:
    """A note for colleagues; the client never sees it, and managers, who may leave one, do not read it."""
    if not may_work_with(current_user):
        return pass_on(complaint_or_404(complaint_id))
    return _do(complaint_id, "note", lambda form: actions.add_note(
        complaint_id, form["text"].data or "", key=_key(complaint_id, form), actor=me(), now=clock.now()),
        _("The note is kept. The client does not see it."), "talk", "talk")


@bp.post("/<int:complaint_id>/answer")
@allow(*PEOPLE)
def answer(complaint_id: int) -> Response | BaseResponse:
    """What the client said about the decision; the first «no» opens the complaint once more."""
    return _do(complaint_id, "answer", lambda form: actions.note_answer(
        complaint_id, form["answer"].data or "", words=form["words"].data or "", seen=form.seen, actor=me(),
        now=clock.now()), _("Kept."), "closing", is_once=True)


@bp.post("/<int:complaint_id>/ask")
@allow(*PEOPLE)
def ask(complaint_id: int) -> Response | BaseResponse:
    """Ask once more whether the decision satisfies."""
    return _do(complaint_id, "ask", lambda form: actions.ask_again(
        complaint_id, seen=form.seen, actor=me(), now=clock.now()), _("The client is asked once more."), "closing",
        is_once=True)


@bp.post("/<int:complaint_id>/give")
@allow(*PEOPLE)
def give(complaint_id: int) -> Response | BaseResponse:
    """Another colleague handles it."""
    return _do(complaint_id, "give", lambda form: actions.give_to(
        complaint_id, form["owner"].data or 0, seen=form.seen, actor=me(), now=clock.now()), _("Handed over."), "case",
        is_once=True)


@bp.post("/<int:complaint_id>/watch")
@allow(*PEOPLE)
def watch(complaint_id: int) -> BaseResponse:
    """Follow it, or follow it no more."""
    row = complaint_or_404(complaint_id)
    if request.form.get("do") == "stop":
        actions.stop_watching(row.id, actor=me())
        return see_other(card_url(row), _("You do not follow this complaint any more."))
    actions.watch(row.id, actor=me(), now=clock.now())
    return see_other(card_url(row), _("You follow this complaint: you are told when the client writes."))


@bp.post("/<int:complaint_id>/here")
@allow(*PEOPLE)
def here(complaint_id: int) -> Response | BaseResponse:
    """The page says that it is open, and asks who else has it open and whether something has changed."""
    row = complaint_or_404(complaint_id)
    looking = note_here(row.id, actor=me(), now=clock.now())
    if not is_partial():
        return see_other(url_for("complaints.show", complaint_id=complaint_id))
    seen = request.form.get("version", "")
    return part("complaints/_here.html", row=complaint_or_404(complaint_id), looking=looking,
                is_changed=seen.isdecimal() and seen != str(row.version))


def _replied(word: ComplaintWord) -> str:
    row = complaint_or_404(word.complaint_id)
    return leaving(row, f"word:{word.id}") or _("Kept.")


def _do(complaint_id: int, name: str, deed: Callable[[StepForm], Any], said: str | Callable[[Any], str], place: str,
        anchor: str | None = None, *, is_once: bool = False) -> Response | BaseResponse:
    row = complaint_or_404(complaint_id)
    form = desk_forms.ready(name, row, posted=True)
    if not form.submitted():
        return card(row, 422, posted=(name, form))
    try:
        did = _once(form, name, complaint_id, deed) if is_once else deed(form)
    except KeyTaken:
        form.form_key.renew()
        return refused(row, name, form, sent_before(), 409)
    except Refused as error:
        return refused(row, name, form, words.refused(error), 409)
    except BadInput as error:
        say(form, error)
        return card(again(row), 422, posted=(name, form))
    return done(complaint_id, said if isinstance(said, str) else said(did), place, anchor)


def _once(form: StepForm, name: str, complaint_id: int, deed: Callable[[StepForm], Any]) -> int:
    """The same press again is no colleague who was faster. Words have a key of their own."""
    def do() -> int:
        deed(form)
        return complaint_id
    return once(form.form_key.data or "", f"complaint:{complaint_id}:{name}", do, content=sorted(
        form.given.items(), key=str), actor=me(), now=clock.now())[0]


def _key(complaint_id: int, form: StepForm) -> str:
    # Keys of words are unique for the whole product; those of forms are for one person and one form.
    return f"{me().user_id}:{complaint_id}:{form.form_key.data}"
