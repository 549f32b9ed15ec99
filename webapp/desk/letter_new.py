"""A new letter, SMS or script: its name and kind; the words are written in the editor."""

from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import HiddenField, SelectField, StringField

from webapp.desk.letter_list import CHANNELS, IDENTITIES
from webapp.kit import clock
from webapp.letters import actions
from webapp.staff.audit import actor_of
from webapp.web.forms import AtMost, BaseForm, Filled
from webapp.web.guard import allow
from webapp.web.page import page, safe_next, see_other

CHAT = "chat"
bp = Blueprint("letter_new", __name__, url_prefix="/admin/letters/new")


class NewLetterForm(BaseForm):
    """`back` is the step of a plan that needs the text."""

    title = StringField(_l("Name of the letter"), validators=[Filled(_l("Give it a name.")), AtMost(80)],
                        description=_l("Only staff see it."))
    channel = SelectField(_l("What it is"), choices=[*CHANNELS.items(), (CHAT, _l("Text for a chat"))],
                          default="email", description=_l("A text for a chat is copied to the client as it is."))
    klass = SelectField(_l("Kind of letter"), choices=[
        ("service", _l("about a trip or the card: needs no consent")),
        ("marketing", _l("news and offers: only with consent"))],
        default="service")
    identity = SelectField(_l("Signed by"), choices=list(IDENTITIES.items()), default="agency",
                           description=_l("Letters by e-mail only."))
    back = HiddenField()


@bp.get("")
@allow("admin")
def form() -> Response:
    """An empty form; `channel` and `title` come from the step that needs the text."""
    shown = NewLetterForm(formdata=None)
    channel = request.args.get("channel", "")
    shown.channel.data = channel if channel in (*CHANNELS, CHAT) else "email"
    shown.title.data = request.args.get("title", "")[:80]
    shown.back.data = safe_next(request.args.get("back"), "")
    return page("desk/letter_new.html", form=shown, back=shown.back.data)


@bp.post("")
@allow("admin")
def create() -> Response | BaseResponse:
    """Make it, and go on to its words, or back to the step that asked for it."""
    typed = NewLetterForm()
    back = safe_next(typed.back.data, "")
    if not typed.submitted():
        return page("desk/letter_new.html", status=422, form=typed, back=back)
    letter = actions.create(typed.title.data or "", klass=typed.klass.data,
                            channel="script" if typed.channel.data == CHAT else typed.channel.data,
                            identity=typed.identity.data, actor=actor_of(current_user), now=clock.now())
    said = _("The letter is there, without words yet. Write them, publish it, then choose it in the step of the plan.")
    if back:
        said = _("The letter is there, without words yet. Write them, publish it, then go back to the step.")
        back += ("&" if "?" in back else "?") + urlencode({"letter": letter.code})
    return see_other(url_for("letters.show", letter_id=letter.id, back=back or None), said)
