"""Texts of consents: administrators publish new versions, directors read them, old ones stay readable."""

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients import actions
from webapp.clients import consent_texts as texts
from webapp.clients.text_forms import ConsentTextForm
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.staff.log_words import add_log_words
from webapp.staff.rules import ADMIN
from webapp.web.guard import allow
from webapp.web.nav import AGENCY, Section, add_section
from webapp.web.page import page, see_other

bp = Blueprint("consent_texts", __name__, url_prefix="/admin/consents")
READERS = ("director", "admin")
KINDS = {texts.DATA: _l("Personal data"), texts.NEWS: _l("News and offers")}
add_log_words("consent-text", _l("Texts of consents"), {"published": _l("Published a new text of a consent")})


def register(app: Flask) -> None:
    """Put the section into the bar."""
    add_section(app, Section("consent_texts.index", _l("Consents"), 104, frozenset(READERS), "/admin/consents",
                             group=AGENCY))


@bp.get("")
@allow(*READERS)
def index() -> Response:
    """Both texts, the version in force and all before it."""
    return page("clients/texts.html", kinds=[(kind, name, texts.versions_of(kind)) for kind, name in KINDS.items()],
                may_edit=ADMIN in current_user.hats)


@bp.get("/<any(data, news):kind>")
@allow(ADMIN)
def edit(kind: str) -> Response:
    """The form, filled with the version in force."""
    words = {f"{field}_{language}": getattr(texts.text_in_force(kind, language), field, "")
             for field in ("title", "body") for language in texts.LANGUAGES}
    return _form_page(kind, ConsentTextForm(data={**words, "seen": texts.next_number(kind) - 1}, formdata=None))


@bp.post("/<any(data, news):kind>")
@allow(ADMIN)
def publish(kind: str) -> Response | BaseResponse:
    """Show what is in the form as clients will read it; then publish it as the next version, or change it again."""
    form = ConsentTextForm()
    if not form.submitted():
        return _form_page(kind, form, 422)
    step = request.form.get("step")
    if step == "edit":
        return _form_page(kind, form)
    if step != "publish":
        rows = [(language, title.strip(), list(texts.blocks(body))) for language, (title, body) in form.words.items()]
        return page("clients/text_preview.html", kind=kind, name=KINDS[kind], form=form, rows=rows,
                    number=texts.next_number(kind))
    try:
        number = actions.publish_text(kind, form.words, seen=form.began_with, actor=actor_of(current_user),
                                      now=clock.now())
    except actions.TextMeanwhile as error:
        form.seen.data = str(error.number)
        return _form_page(kind, form, 409, theirs=error.number)
    return see_other(url_for("consent_texts.version", kind=kind, number=number),
                     _("Version %(num)d is in force.", num=number))


@bp.get("/<any(data, news):kind>/<int:number>")
@allow(*READERS)
def version(kind: str, number: int) -> Response:
    """One version in both languages, as clients read it."""
    rows = [row for row in texts.versions_of(kind) if row.number == number] or abort(404)
    return page("clients/text_version.html", kind=kind, name=KINDS[kind], number=number,
                rows=[(row, list(texts.blocks(row.body))) for row in rows],
                in_force=number == texts.next_number(kind) - 1)


def _form_page(kind: str, form: ConsentTextForm, status: int = 200, theirs: int = 0) -> Response:
    return page("clients/text_edit.html", status=status, kind=kind, name=KINDS[kind], form=form,
                number=texts.next_number(kind), theirs=theirs)
