"""Forms of the question for a balance: a card or a phone, then the code."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField

from webapp.club.asking_rules import Asked, BadAsk, read_asked
from webapp.web.forms import BaseForm, Filled

SENTENCES = {
    "nothing": _l("Write the number of the card or your phone."),
    "check-digit": _l("There is a slip in the number of the card. Please compare it with the card, digit by digit."),
    "neither": _l("This is neither a card nor a phone. A card has 9 digits; write a phone like +7 916 123-45-67."),
    "wrong": _l("This code does not fit. Please compare it with the SMS."),
    "tries": _l("This was the last try for this code. Ask for a new one."),
}


class PublicForm(BaseForm):
    """A form of a page without cookies: there is no session another site could use."""

    class Meta(BaseForm.Meta):
        csrf = False


class AskForm(PublicForm):
    """Which card."""

    asked = StringField(_l("Card number or phone"),
                        description=_l("9 digits of the card, or the phone you left with us"))
    website = StringField()

    def read(self) -> Asked | None:
        """What was typed; None beside an error that says nothing of whether we know it."""
        try:
            return read_asked((self.asked.data or "")[:200])
        except BadAsk as error:
            self.say("asked", SENTENCES[error.code])
            return None


class CodeForm(PublicForm):
    """The code from the SMS."""

    code = StringField(_l("Code from the SMS"), [Filled(_l("Write the six digits from the SMS."))])
