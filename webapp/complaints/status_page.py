"""The page behind a complaint's link: where it stands, what was said, the decision and the client's word about it.

Looking changes nothing. Notes, names of staff, costs and reasons inside the house never come here: the page is made of
what `Shown` holds and of nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions.once import once, was_sent
from webapp.clients.actions import use_link
from webapp.clients.links import url_of
from webapp.clients.models import PersonalLink
from webapp.clients.visitors import chosen_language, guard_links, link_over, plain_page
from webapp.complaints import status_words as words
from webapp.complaints.actions.answering import CLIENT, answer
from webapp.complaints.actions.client_words import say
from webapp.complaints.actions.entering import add_while_waiting
from webapp.complaints.actions.mailing import GRACE
from webapp.complaints.actions.uploading import drop_upload
from webapp.complaints.form_models import ComplaintEntry, ComplaintUpload
from webapp.complaints.form_page import DROP, POSTS
from webapp.complaints.form_questions import entry_behind, files_in, files_of, files_of_entry, shown_words
from webapp.complaints.form_rules import MOST_FILES, MOST_IN_ALL
from webapp.complaints.links import STATUS, complaint_behind
from webapp.complaints.models import Complaint, ComplaintFile
from webapp.complaints.public_forms import STAY, AnswerForm, WordForm
from webapp.complaints.questions import own_words_of
from webapp.complaints.step_rules import VOID, Refused
from webapp.complaints.upload_rules import BadUpload
from webapp.complaints.upload_words import size_of, upload_fault
from webapp.complaints.uploads import guard_size, serve, take_files, widen
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.staff.rules import BadInput
from webapp.web.guard import by_token
from webapp.web.i18n import follow_browser, page_language
from webapp.web.page import see_other

bp = Blueprint("complaint_status", __name__, url_prefix="/k/<token>")
_WRONG, _CHANGED = 422, 409


@dataclass(frozen=True)
class Behind:
    """What a link leads to: a complaint, or the form the worker has not looked at yet (`row` is then its shadow)."""

    token: str
    row: Complaint
    link: PersonalLink | None = None
    entry: ComplaintEntry | None = None


@dataclass(frozen=True)
class Line:
    """One thing that was said: whose it is (ours or the client's), when (UTC, and the local day), words, files; of the
    story also what the client would like us to do."""

    is_ours: bool
    at: datetime
    on: date
    text: str
    files: list[Any]
    wish: str = ""


View = Callable[..., Any]


def register(app: Flask) -> None:
    """The token in the address is the proof; guessing it has a limit, and so has writing."""
    guard_links(app, bp)
    app.jinja_env.filters.update(day_month=words.day_month)
    follow_browser(app, bp.name)
    for limiter in app.extensions.get("limiter", ()):
        limiter.limit(POSTS, methods=["POST"])(bp)


guard_size(bp)


def behind(view: View) -> Callable[..., Any]:
    """A view of one complaint, in the language it was written in or the one chosen; other tokens see `link_over`."""
    @by_token
    @wraps(view)
    def found(token: str, **more: Any) -> Any:
        it = _behind(token)
        if it is None:
            return link_over()
        with force_locale(chosen_language() or it.row.language):
            answered = view(it, **more)
        answered.headers["Cache-Control"] = "private, no-store"
        return answered
    return found


def _behind(token: str) -> Behind | None:
    found = complaint_behind(token, now=clock.now())
    if found is not None:
        return Behind(token, found[1], link=found[0])
    entry = entry_behind(token)
    return Behind(token, words.as_complaint(entry), entry=entry) if entry is not None else None


@bp.get("")
@behind
def show(it: Behind) -> Response:
    """Where the complaint stands; straight after it was sent, its number, the link, and what comes."""
    if request.args.get("sent") == "1":
        return _page(it, "complaints/public_sent.html", days=words.days_of(it.row), url=url_of(STATUS, it.token),
                     tz=it.row.office.timezone, local_day=local_day, zone=zone)
    return _status(it)


@bp.post("")
@behind
def add(it: Behind) -> Response | BaseResponse:
    """Words and files for those who work on it; what was typed stays when a file is refused."""
    widen()
    form = WordForm()
    key, wish = form.key(), request.form.get("do", "send")
    if wish.startswith(DROP):
        drop_upload(key, wish.removeprefix(DROP))
        return _status(it, form)
    if not _may_write(it.row):
        # Before anything is kept beside a form that nobody can send.
        return _status(it, form, status=_CHANGED)
    good = form.submitted()
    for fault in take_files(form.files.data, key, room=MOST_IN_ALL - len(_all_files(it))):
        form.say("files", fault)
    if wish == "add" and not form.errors:
        return _status(it, form)
    if good and not form.errors and not form.text.data and not files_in(key):
        form.say("text", _("Write something or choose a file."))
    if form.errors:
        return _status(it, form, status=_WRONG)
    try:
        if it.entry is None or not add_while_waiting(it.entry, form.text.data or "", key, now=clock.now()):
            it = _behind(it.token) or it
            say(it.row.id, form.text.data or "", key, now=clock.now())
    except Refused:
        return _status(it, form, status=_CHANGED)
    except BadUpload as error:
        form.say("files", upload_fault(error.code, error.name))
        return _status(it, form, status=_WRONG)
    _used(it)
    return see_other(_here(it, "talk", said=1))


@bp.post("/answer")
@behind
def decide(it: Behind) -> Response | BaseResponse:
    """Satisfied, partly, or not: the first «no» gives the case to the director, and one tap is not enough for that."""
    form, word = AnswerForm(), request.form.get("answer", "")
    key, again = form.key(), f"complaint:{it.row.id}:no"
    if not form.submitted():
        return _status(it, answering=form, status=_WRONG)
    if it.entry is not None or not words.may_answer(it.row, clock.now()):
        # A «no» pressed twice has begun the second round already: nothing has changed but by the client.
        is_known = it.row.satisfaction or was_sent(key, again, actor=CLIENT)
        return see_other(_here(it, "answer")) if is_known else _status(it, status=_CHANGED)
    if word == STAY:
        return _status(it, answering=form)
    if word == "no" and it.row.rounds == 1 and not form.sure.data:
        return _status(it, answering=form, status=_WRONG, is_asking=True)

    def tell() -> int:
        return answer(it.row.id, word, words=form.words.data or "", now=clock.now()).id
    try:
        if word == "no" and it.row.rounds == 1:
            once(key, again, tell, content=word, actor=CLIENT, now=clock.now())
        else:
            tell()
    except BadInput:
        form.say("", _("Choose one of the three answers."))
        return _status(it, answering=form, status=_WRONG)
    except Refused:
        return _status(it, status=_CHANGED)
    _used(it)
    return see_other(_here(it, "answer"))


@bp.get("/files/<name>")
@behind
def file(it: Behind, name: str) -> Response:
    """One of the client's own files, or one we have sent."""
    for one in _files(it):
        if one.token == name:
            return serve(one)
    abort(404)


def _all_files(it: Behind) -> list[ComplaintFile] | list[ComplaintUpload]:
    return files_of_entry(it.entry) if it.entry is not None else files_of(it.row.id)


def _files(it: Behind) -> list[ComplaintFile] | list[ComplaintUpload]:
    return files_of_entry(it.entry) if it.entry is not None else files_of(it.row.id, by_client=True)


def _status(it: Behind, form: WordForm | None = None, *, answering: AnswerForm | None = None,
            status: int = 200, is_asking: bool = False) -> Response:
    row, now = it.row, clock.now()
    if row.state == VOID:
        return _page(it, "complaints/public_void.html", status)
    form = form or WordForm(formdata=None)
    is_decided = bool(row.decision) and words.rules.stage_of(words.shown_state(row, now)) in ("decided", "closed")
    files = files_in(form.key()) if form.is_submitted() and answering is None else []
    lines = _lines(it, now)
    # Straight after words or files were sent, and of what really stands there: an address alone confirms nothing.
    read_on = words.read_on(row, lines[-1].at, now) if (
        request.args.get("said") == "1" and len(lines) > 1 and not lines[-1].is_ours and _may_write(row)) else None
    return _page(
        it, "complaints/public_status.html", status, form=answering if answering and answering.errors else form,
        word=form, answering=answering or AnswerForm(formdata=None), is_asking=is_asking,
        stages=words.stages(row, now), words=words,
        is_decided=is_decided, first=words.first_decision(row), may_answer=words.may_answer(row, now),
        promised=words.promised(row) if is_decided else (), lines=lines, may_write=_may_write(row),
        files=files, room=MOST_FILES - len(files), size_of=size_of, is_late=status == _CHANGED,
        read_on=read_on, today=local_day(now, zone(row.office.timezone)))


def _lines(it: Behind, now: datetime) -> list[Line]:
    """What was said, the first first: the story begins, notes are not among it."""
    row, tz = it.row, zone(it.row.office.timezone)
    files: dict[int | None, list[Any]] = {}
    for one in _files(it):
        files.setdefault(getattr(one, "word_id", None), []).append(one)

    def line(is_ours: bool, at: datetime, text: str, with_files: list[Any], wish: str = "") -> Line:
        return Line(is_ours, at, local_day(at, tz), text, with_files, wish)

    told, wish = (row.story, row.wants) if it.entry is not None else _told_and_wish(row)
    # What staff wrote down is for the house, even if it retells the client.
    lines = [line(not told, row.created_at, told or _("You told us what happened, and we wrote it down."),
                  files.get(None, []), wish)]
    if it.entry is not None:
        return lines + [line(False, datetime.fromisoformat(at), text, []) for _key, text, at in it.entry.said]
    if row.procedure_text and row.told_at is not None and row.told_at + GRACE <= now:
        lines.append(line(True, row.told_at, row.procedure_text, []))
    said = [line(word.kind == "reply", word.at, word.text, files.get(word.id, []))
            for word in shown_words(row.id, until=now - GRACE)]
    return sorted([*lines, *said], key=lambda one: one.at)


def _told_and_wish(row: Complaint) -> tuple[str, str]:
    """The client's own words, taken apart where the wish still stands at their end as it was written."""
    own = own_words_of(row)
    told = own.removesuffix(f"\n\n{row.wants}") if row.wants else own
    return (told, row.wants) if told != own else (own, "")


def _may_write(row: Complaint) -> bool:
    return row.is_open


def _used(it: Behind) -> None:
    if it.link is not None:
        use_link(it.link, now=clock.now())


def _here(it: Behind, anchor: str, said: int | None = None) -> str:
    return url_for("complaint_status.show", token=it.token, lang=chosen_language(), said=said, _anchor=anchor)


def _page(it: Behind, template: str, status: int = 200, **context: Any) -> Response:
    office = it.row.office
    return plain_page(template, status, phone=office.phone, email=office.email, foot_links=(), row=it.row,
                      token=it.token, lang=chosen_language(), language=page_language(), **context)
