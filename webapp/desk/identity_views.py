"""/admin/letters/signatures: who signs for the agency, and for offices that sign otherwise; with a preview."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.db import db
from webapp.desk import identity_sample as sample
from webapp.desk import letter_list, letter_preview
from webapp.desk.identity_forms import IdentityForm, names_of
from webapp.kit import clock
from webapp.letters import actions
from webapp.letters.file_words import file_fault
from webapp.letters.identities import NAMES, Fields, fields_of, identity_row, managers_like
from webapp.letters.models import Identity, LetterVersion
from webapp.letters.signatures import IDENTITIES
from webapp.staff.audit import actor_of
from webapp.staff.log_words import add_log_words
from webapp.staff.models import Office
from webapp.staff.rules import ADMIN
from webapp.touches.actions.rewriting import rewrite_waiting
from webapp.web.guard import STAFF, allow
from webapp.web.page import page, row_id, see_other

bp = Blueprint("identities", __name__, url_prefix="/admin/letters/signatures")
_CODES = "any(" + ",".join(IDENTITIES) + ")"
TITLES: dict[str, Any] = {"director": _l("Director"), "seller": _l("The client’s manager"),
                          "quality": _l("Director of quality"), "agency": _l("The agency")}
FIELD_WORDS: dict[str, Any] = {
    "name": _l("Name"), "name_en": _l("Name, in English"), "role": _l("Role"), "role_en": _l("Role, in English"),
    "lines": _l("Lines"), "lines_en": _l("Lines, in English"), "email": _l("Where answers go"), "phone": _l("Phone"),
    "links": _l("Messengers"), "replies": _l("Where answers go"), "photo": _l("Photo")}


def register(app: Flask) -> None:
    """What the log says of identities."""
    add_log_words("identity", _l("Signatures"), {"edited": _l("Changed a signature: %(name)s")}, _names,
                  {f"sign_{name}": word for name, word in FIELD_WORDS.items()})


@dataclass(frozen=True)
class Place:
    """What an address leads to: an identity of the agency, or of one office."""

    code: str
    office: Office | None
    kept: Fields

    @property
    def title(self) -> str:
        """How people call it."""
        return str(TITLES[self.code])

    @property
    def shown_for(self) -> Office:
        """The office whose phone and address fill the gaps in the preview."""
        return self.office or sample.some_office(current_user)

    def url(self, endpoint: str = "identities.show") -> str:
        """An address of the same identity."""
        return url_for(endpoint, code=self.code, office=self.office.id if self.office else None)


@bp.get("")
@allow(*STAFF)
def index() -> Response:
    """The four who sign, what each signs, and which offices have their own."""
    office, used = sample.some_office(current_user), sample.letters_signed()
    own: dict[str, list[Office]] = {}
    for row, owner in db.session.execute(select(Identity, Office).join(Office, Office.id == Identity.office_id)
                                         .order_by(Office.name)):
        if not fields_of(row).says_nothing:
            own.setdefault(row.code, []).append(owner)
    rows = [{"code": code, "title": TITLES[code], "fields": fields_of(identity_row(code, None)),
             "signature": sample.signature_of(code, fields_of(identity_row(code, None)), office, current_user.language),
             "letters": used.get(code, []), "own": own.get(code, [])} for code in IDENTITIES]
    return page("desk/identities.html", rows=rows, may_edit=ADMIN in current_user.hats)


@bp.get(f"/<{_CODES}:code>")
@allow(*STAFF)
def show(code: str) -> Response:
    """One of them: administrators write, others read."""
    place, form = _place(code), IdentityForm(formdata=None)
    form.show(place.kept)
    return _editor(place, form, place.kept)


@bp.post(f"/<{_CODES}:code>/preview")
@allow("admin")
def preview(code: str) -> Response:
    """What was typed, as it stands under a letter; nothing is kept."""
    place, form = _place(code), IdentityForm()
    return _editor(place, form, form.fields(code, place.kept))


@bp.post(f"/<{_CODES}:code>")
@allow("admin")
def save(code: str) -> Response | BaseResponse:
    """Keep it; letters that wait are written anew with it."""
    place, form = _place(code), IdentityForm()
    fields = _read(place, form)
    if fields is None:
        return _editor(place, form, form.fields(code, place.kept), 422)
    try:
        changed = actions.save_identity(code, place.office.id if place.office else None, fields,
                                        seen=form.seen.data or "", actor=actor_of(current_user), now=clock.now())
    except actions.SignedMeanwhile as error:
        form.seen.data = error.kept.stamp
        return _editor(replace(place, kept=error.kept), form, fields, 409, note=_(
            "A colleague has changed this signature meanwhile. Below is what you wrote; saving once more puts it in "
            "place of theirs."))
    if not changed:
        return see_other(place.url(), _("Nothing has changed."))
    return see_other(place.url(), f"{_('Saved.')} {_rewritten(code)}".strip())


@bp.post(f"/<{_CODES}:code>/removal")
@allow("admin")
def give_back(code: str) -> BaseResponse:
    """An office signs as the agency does again."""
    place = _place(code)
    if place.office is None:
        abort(404)
    actions.save_identity(code, place.office.id, Fields(), actor=actor_of(current_user), now=clock.now())
    said = _("%(office)s signs as the whole agency does again.", office=place.office.name)
    return see_other(place.url(), f"{said} {_rewritten(code)}".strip())


def _read(place: Place, form: IdentityForm) -> Fields | None:
    """What was typed, when all of it is good; a chosen photo is looked at and kept only then."""
    good = form.submitted()
    fields = form.fields(place.code, place.kept)
    if place.code != "seller" and not fields.name and fields != Fields():
        form.take("name", _("Without a name the agency signs, and the rest would not be seen. Write the name."))
        good = False
    data = form.picture() if place.code != "seller" and not form.no_photo.data else None
    if data is None or not good:
        return fields if good else None
    try:
        return replace(fields, photo=actions.keep_photo(data, actor=actor_of(current_user), now=clock.now()))
    except actions.BadFile as error:
        form.take("photo", file_fault(error.code))
        return None


def _place(code: str) -> Place:
    asked = request.values.get("office", 0, type=row_id)
    office = (db.session.get(Office, asked) or abort(404)) if asked else None
    return Place(code, office, fields_of(identity_row(code, asked or None)))


def _editor(place: Place, form: IdentityForm, fields: Fields, status: int = 200, note: str = "") -> Response:
    language = request.values.get("language", current_user.language)
    language = language if language in letter_list.LANGUAGE_NAMES else "ru"
    shown = sample.sample_letter(place.code, _or_agency(place, fields), place.shown_for, language)
    response = page(
        "desk/identity.html", "desk/_identity_preview.html", status=status, place=place, form=form, shown=shown,
        note=note, language=language, languages=letter_list.LANGUAGE_NAMES, names=names_of(place.code), fields=fields,
        like=managers_like(fields) if place.code == "quality" else [], is_empty=fields.says_nothing,
        letters=sample.letters_signed().get(place.code, []), may_edit=ADMIN in current_user.hats,
        offices=db.session.scalars(select(Office).where(Office.closed_on.is_(None)).order_by(Office.name)).all())
    response.headers["Content-Security-Policy"] = letter_preview.policy()
    return response


def _or_agency(place: Place, fields: Fields) -> Fields:
    """An office without a signature of its own signs with the agency's."""
    is_own = not fields.says_nothing if place.code == "seller" else bool(fields.name)
    return fields if is_own or place.office is None else fields_of(identity_row(place.code, None))


def _rewritten(code: str) -> str:
    """What waits in the outbox is signed anew."""
    ids = [letter_id for letter_id, _title in sample.letters_signed().get(code, [])]
    versions = db.session.scalars(select(LetterVersion.id).where(
        LetterVersion.letter_id.in_(ids), LetterVersion.published_at.is_not(None))).all()
    number = rewrite_waiting(versions, actor=actor_of(current_user), now=clock.now()) if versions else 0
    return ngettext("%(num)d message that waited was written anew.", "%(num)d messages that waited were written anew.",
                    number) if number else ""


def _names(ids: set[int]) -> dict[int, str]:
    rows = db.session.execute(select(Identity.id, Identity.code, Office.name).outerjoin(
        Office, Office.id == Identity.office_id).where(Identity.id.in_(ids)))
    return {number: ", ".join(filter(None, [str(TITLES.get(code, code)), office])) for number, code, office in rows}


assert set(NAMES) <= set(FIELD_WORDS)
