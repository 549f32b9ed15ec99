"""The forms clients fill in: a complaint, words and files on its page, the answer to the decision."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from webapp.complaints import form_rules as rules
from webapp.complaints.form_rules import BadContact, Contact, read_contact
from webapp.web.forms import AtMost, BaseForm, Filled, KeyField

STAY = "stay"
"""The answer of somebody who does not want the director after all: the words typed stay, nothing else happens."""
TAKEN = "image/jpeg,image/png,application/pdf"
_LONG, _LINE = AtMost(8000), AtMost(300)
_NAMED = {
    "nothing": _l("Write a phone or an e-mail, so that we can answer you."),
    "phone": _l("This is neither a phone nor an e-mail. Write it like +7 900 000-00-00 or name@mail.ru."),
    "email": _l("There is a slip in the e-mail. Write it like name@mail.ru."),
}


class PublicForm(BaseForm):
    """A form of a page without cookies: there is no session another site could use."""

    class Meta(BaseForm.Meta):
        csrf = False

    form_key = KeyField()

    def key(self) -> str:
        """The key of this form; one too short to have been made by it is made anew."""
        if not rules.KEY.fullmatch(self.form_key.data or ""):
            self.form_key.renew()
        return str(self.form_key.data)


class ComplaintForm(PublicForm):
    """What happened, what is asked for, and where to answer."""

    story = TextAreaField(_l("What happened?"), [Filled(_l("Tell us what happened.")), _LONG], render_kw={"rows": 7},
                          description=_l("When and where, how it was, and what you had expected."))
    wants = TextAreaField(_l("What would you like us to do?"), [Optional(), AtMost(2000)], render_kw={"rows": 3},
                          description=_l("For instance: return a part of the money, put it right, explain."))
    trip = StringField(_l("Which trip is it about?"), [Optional(), _LINE],
                       description=_l("Where and when, for instance: Turkey, 3–10 October"))
    office = SelectField(_l("Which office?"), [Optional()])
    files = MultipleFileField(_l("Photos and documents"), render_kw={"accept": TAKEN})
    name = StringField(_l("Your name"), [Filled(_l("Please tell us your name.")), AtMost(120)],
                       render_kw={"autocomplete": "name"})
    contact = StringField(_l("Phone or e-mail for the answer"), [Filled(_NAMED["nothing"]), AtMost(200)],
                          render_kw={"autocomplete": "email", "autocapitalize": "off", "spellcheck": "false"})
    agree = BooleanField(_l("I agree that my personal data are kept"))
    website = StringField("")

    def __init__(self, offices: list[Any], **given: Any) -> None:
        super().__init__(**given)
        self.office.choices = [("", gettext("I do not know")), *((str(office.id), office.name) for office in offices)]
        if len(offices) < 2:
            del self.office

    def read_contact(self) -> Contact | None:
        """Where the answer goes; None beside an error."""
        try:
            return read_contact(self.contact.data or "")
        except BadContact as error:
            if not self.contact.errors:
                self.say("contact", _NAMED[error.code])
            return None

    def checked(self) -> Contact | None:
        """The contact, when everything is good; each error stands beside its field."""
        good = self.submitted()
        contact = self.read_contact()
        if not self.agree.data:
            self.say("agree", gettext("Without your consent we may not write down your name and contact. "
                                      "You can always simply call us."))
        return contact if good and self.agree.data else None

    @property
    def office_id(self) -> int | None:
        """The office that was chosen."""
        chosen = self.office.data if "office" in self else ""
        return int(chosen) if chosen else None


class WordForm(PublicForm):
    """More about a complaint, on its page."""

    text = TextAreaField(_l("Add something"), [Optional(), _LONG], render_kw={"rows": 3})
    files = MultipleFileField(_l("Photos and documents"), render_kw={"accept": TAKEN})


class AnswerForm(PublicForm):
    """Whether the decision satisfies; `sure` comes with the second step of a first «no»."""

    words = TextAreaField(_l("In your own words"), [Optional(), AtMost(2000)], render_kw={"rows": 3})
    sure = HiddenField()
