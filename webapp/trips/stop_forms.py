"""Forms of directors: which trips to stop and why, one text to all, and handing a leaver's trips over."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from webapp.letters.rules import LetterError, TooHeavy, UnknownPlaceholder
from webapp.trips.actions import StopText
from webapp.trips.stopping import Choice
from webapp.web.examples import lazy_day
from webapp.web.forms import AtMost, BaseForm, DayField, Filled, KeyField

_SHORT = AtMost(120)
_DAY = {"placeholder": lazy_day(), "autocomplete": "off", "inputmode": "numeric"}


class ChoiceForm(BaseForm):
    """Which trips are meant; comes from the address, so it carries no token."""

    class Meta(BaseForm.Meta):
        csrf = False

    destination = StringField(_l("Where to"), [_SHORT, Optional()], render_kw={"list": "destinations"})
    operator = StringField(_l("Tour operator"), [_SHORT, Optional()], render_kw={"list": "operators"})
    first = DayField(_l("Under way from"), [Optional()], render_kw=_DAY)
    last = DayField(_l("until"), [Optional()], render_kw=_DAY)

    def validate_last(self, field: DayField) -> None:
        """Not before the first day."""
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(gettext("The second day is before the first one."))

    @property
    def choice(self) -> Choice:
        """Clean data of a valid form."""
        return Choice(self.destination.data or "", self.operator.data or "", self.first.data, self.last.data)


class HoldForm(BaseForm):
    """Why letters are stopped: everybody sees it beside the trip."""

    reason = StringField(_l("Why are the letters stopped?"), [
        AtMost(200), Filled(_l("Write in a few words why, so that colleagues understand it later."))],
        description=_l("For example: the airport is closed"))


class StopTextForm(BaseForm):
    """One text to all clients of the chosen trips."""

    form_key = KeyField()
    way = RadioField(_l("How to write"), choices=[], default="best", validate_choice=False)
    subject = StringField(_l("Subject of the letter"), [_SHORT])
    body = TextAreaField(_l("Text"), [AtMost(2000),
                                      Filled(_l("Write what the clients should know."))])
    sure = BooleanField(_l("Sure"))

    def validate_way(self, field: RadioField) -> None:
        """One of the offered ways."""
        if field.data not in dict(field.choices):
            raise ValidationError(gettext("Choose how to write."))

    def validate_subject(self, field: StringField) -> None:
        """Letters need a subject, an SMS has none."""
        if self.way.data != "sms" and not field.data:
            raise ValidationError(gettext("Write the subject of the letter."))

    def validate_body(self, field: TextAreaField) -> None:
        """Names in double braces are filled in for every client; they must be known."""
        try:
            _compiled = self.text.compiled
        except UnknownPlaceholder as error:
            raise ValidationError(_unknown(error)) from None
        except TooHeavy:
            raise ValidationError(gettext("The text is too long.")) from None
        except LetterError:
            raise ValidationError(gettext("The braces of a placeholder do not fit together.")) from None

    @property
    def text(self) -> StopText:
        """What is to be sent."""
        return StopText(self.way.data or "", self.body.data or "", self.subject.data or "")


class HandOverForm(BaseForm):
    """Who takes the trips and clients of a leaver, and which clients are told."""

    to = SelectField(_l("Who takes care from now on"), coerce=int, validate_choice=False)
    whom = RadioField(_l("Who gets the letter “Your new manager”"), choices=[], default="open", validate_choice=False)
    sure = BooleanField(_l("Sure"))

    def validate_to(self, field: SelectField) -> None:
        """One of the colleagues; the first line of the list is nobody."""
        if not field.data or field.data not in dict(field.choices):
            raise ValidationError(gettext("Choose a colleague."))

    def validate_whom(self, field: RadioField) -> None:
        """One of the offered groups."""
        if field.data not in dict(field.choices):
            raise ValidationError(gettext("Choose who gets the letter."))


def _unknown(error: UnknownPlaceholder) -> Any:
    if error.suggestion:
        return gettext("There is nothing called “%(name)s” to fill in. Did you mean “%(near)s”?", name=error.name,
                       near=error.suggestion)
    return gettext("There is nothing called “%(name)s” to fill in.", name=error.name)
