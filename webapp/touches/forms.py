"""The form of the journal: a contact that happened, and what should follow."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from webapp.touches.plan_rules import CHAT_NAMES
from webapp.web.examples import lazy_day
from webapp.web.forms import AtMost, BaseForm, DayField, KeyField

CHANNELS = [("call", _l("Call")), ("visit", _l("Visit")), *CHAT_NAMES.items(), ("chat", _l("Another chat")),
            ("email", _l("E-mail")), ("sms", _l("SMS"))]
DIRECTIONS = [("out", _l("We contacted the client")), ("in", _l("The client contacted us"))]
RESULTS = [("", _l("We talked")), ("no_answer", _l("No answer"))]


# The usual contacts as one button each: (code, words, channel, who began, how it went).
QUICK = (("called", _l("Called us"), "call", "in", ""), ("wrote", _l("Wrote to us"), "chat", "in", ""),
         ("came", _l("Came by"), "visit", "in", ""), ("we-called", _l("We called"), "call", "out", ""),
         ("we-wrote", _l("We wrote"), "chat", "out", ""),
         ("no-answer", _l("Did not answer"), "call", "out", "no_answer"))


class QuickContactForm(BaseForm):
    """A usual contact in two clicks: the button says which; words are welcome, not asked for."""

    form_key = KeyField()
    note = StringField(_l("In a few words"), validators=[Optional(), AtMost(1000)])


class ContactForm(BaseForm):
    """A contact by any channel, with an optional next step."""

    form_key = KeyField()
    channel = RadioField(_l("How"), choices=CHANNELS, default="call")
    direction = RadioField(_l("Who began"), choices=DIRECTIONS, default="out")
    result = RadioField(_l("How it went"), choices=RESULTS, default="")
    occasion = SelectField(_l("About the trip"), choices=[], default="", validators=[Optional()])
    note = TextAreaField(_l("What was said"), validators=[AtMost(1000)])
    next_on = DayField(_l("Next step on"), validators=[Optional()],
                       description=_l("It will stand in your list for that day. Write it like %(day)s.",
                                      day=lazy_day()))
    next_note = StringField(_l("What to do then"), validators=[Optional(), AtMost(300)])

    def validate(self, extra_validators: object = None) -> bool:
        """A contact nobody can make sense of later is not worth writing down."""
        good = bool(super().validate(extra_validators))
        if good and not self.note.data and self.result.data != "no_answer":
            self.note.errors = [*self.note.errors, str(_l("Write in a few words what it was about."))]
            return False
        return good
