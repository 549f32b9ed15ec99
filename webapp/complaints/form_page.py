"""The public form of complaints: no login, no script, nothing lost when something is wrong.

Nobody is looked up here, and the answer is always the same: a visitor never learns whether a contact is known.
"""

from flask import Blueprint, Flask, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients import consent_texts as texts
from webapp.clients.sources import add_source
from webapp.clients.visitors import add_visitor_link, agency_contacts, chosen_language, plain_page
from webapp.complaints.actions.entering import SOURCE, Written, enter
from webapp.complaints.actions.uploading import drop_upload
from webapp.complaints.form_questions import files_in, open_offices
from webapp.complaints.form_rules import MOST_FILES, Contact
from webapp.complaints.public_forms import ComplaintForm
from webapp.complaints.upload_rules import BadUpload
from webapp.complaints.upload_words import size_of, upload_fault
from webapp.complaints.uploads import guard_size, take_files, widen
from webapp.kit import clock
from webapp.staff.rules import BadInput
from webapp.web.guard import open_to_all
from webapp.web.i18n import follow_browser, page_language
from webapp.web.page import see_other

bp = Blueprint("complaint_form", __name__, url_prefix="/complain")
POSTS = "60 per hour"
_TOO_MANY, _WRONG = 429, 422
DROP = "drop:"


def register(app: Flask) -> None:
    """A form without cookies: there is nothing another site could misuse. Pages for visitors lead here."""
    app.extensions["csrf"].exempt(bp)
    follow_browser(app, bp.name)
    add_visitor_link(app, "complaint_form.show", _l("Something went wrong? Tell us"), when=lambda: True)
    add_source(SOURCE, _l("The form of complaints"))
    for limiter in app.extensions.get("limiter", ()):
        limiter.limit(POSTS, methods=["POST"])(bp)


guard_size(bp)


@bp.get("")
@open_to_all
def show() -> Response:
    """The empty form; looking changes nothing."""
    return _form(ComplaintForm(open_offices(), formdata=None))


@bp.post("")
@open_to_all
def send() -> Response | BaseResponse:
    """Add files, take one out, or send: each keeps what was typed."""
    widen()
    form = ComplaintForm(open_offices())
    key, wish = form.key(), request.form.get("do", "send")
    if wish.startswith(DROP):
        drop_upload(key, wish.removeprefix(DROP))
        return _form(form)
    faults = take_files(form.files.data, key)
    contact = None if wish == "add" else form.checked()
    for fault in faults:
        form.say("files", fault)
    if form.website.data:
        form.say("", _("Something was written into a field that people do not see. Press “Send” once more."))
    if wish == "add":
        return _form(form, _WRONG if faults else 200)
    if contact is None or form.errors:
        return _form(form, _WRONG)
    return _sent(form, key, contact)


def _sent(form: ComplaintForm, key: str, contact: Contact) -> Response | BaseResponse:
    language = page_language()
    written = Written(form.story.data or "", form.wants.data or "", form.trip.data or "", form.office_id,
                      form.name.data or "", contact, language, texts.code_in_force(texts.DATA, language),
                      request.remote_addr or "")
    try:
        token = enter(key, written, now=clock.now())
    except BadUpload as error:
        # The same form with other words goes to the complaint that stands already, and its files may not fit there.
        form.say("files", upload_fault(error.code, error.name))
        return _form(form, _WRONG)
    except BadInput:
        phone, email = agency_contacts()
        return plain_page("complaints/public_stop.html", _TOO_MANY, phone=phone, email=email,
                          title=_("Call us, please"), text=_(
                              "Several complaints have come from you lately, and we read each of them. If something "
                              "new has happened, add it on the page of your complaint, or call."))
    return see_other(url_for("complaint_status.show", token=token, sent=1, lang=language))


def _form(form: ComplaintForm, status: int = 200) -> Response:
    language, files = page_language(), files_in(form.key())
    consent = texts.text_in_force(texts.DATA, language)
    phone, email = agency_contacts()
    lang = chosen_language()
    here = url_for("complaint_form.send", lang=lang)
    return plain_page("complaints/public_form.html", status, phone=phone, email=email, form=form, files=files,
                      here=here, lang=lang, size_of=size_of, room=MOST_FILES - len(files), consent=consent,
                      foot_links=(), blocks=list(texts.blocks(consent.body)) if consent else [])
