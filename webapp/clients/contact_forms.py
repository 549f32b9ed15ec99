"""The small forms of a client: one more contact, what the client agreed to, who takes care."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, ValidationError
from wtforms.validators import Optional

from webapp.clients import labels
from webapp.clients.forms import SHORT, ChecksField, choices
from webapp.kit import emails as kit_emails
from webapp.kit import phones as kit_phones
from webapp.web.forms import AtMost, BaseForm, Filled


class ContactForm(BaseForm):
    """One more phone or e-mail, told apart by the @."""

    contact = StringField(_l("Phone or e-mail"), [AtMost(200)])
    contact_note = StringField(_l("Whose or when"), [SHORT, Optional()], description=_l("For example, husband"))

    def validate_contact(self, field: StringField) -> None:
        """A number or an address."""
        typed = field.data or ""
        if "@" in typed:
            if not kit_emails.normalise(typed):
                raise ValidationError(labels.bad_email(typed))
        elif not kit_phones.normalise(typed):
            raise ValidationError(gettext("Write a phone like +7 916 123-45-67 or an e-mail like anna@example.com."))


class ConsentForm(BaseForm):
    """What the client said about news and letters, how, and to which text."""

    step = RadioField(_l("What did the client say?"), [Filled(_l("Choose what the client said."))],
                      choices=choices(labels.CONSENT_STEPS), validate_choice=False)
    channels = ChecksField(_l("Where does it hold?"), choices=choices(labels.CHANNELS))
    how = SelectField(_l("How was it said?"), choices=choices(labels.HOW), default="form")
    text_version = StringField(_l("Text of the consent"), [SHORT],
                               description=_l("Which form was signed or read out: its name and date."))
    address = StringField(_l("From which phone or e-mail"), [SHORT, Optional()])

    def validate_channels(self, field: ChecksField) -> None:
        """At least one."""
        if not field.data:
            raise ValidationError(gettext("Tick at least one: letters, SMS or calls."))

    def validate_text_version(self, field: StringField) -> None:
        """A consent without a text is none (152-ФЗ)."""
        if self.step.data == "give" and not field.data:
            raise ValidationError(gettext("Write which text the client agreed to, for example “Form of 01.09.2025”."))


class ManagerForm(BaseForm):
    """Who takes care of the client."""

    manager = SelectField(_l("Manager"), coerce=int)

    def offer(self, named: Mapping[int, str]) -> None:
        """Let the person choose among these."""
        self.manager.choices = choices(named)
