"""Forms of checks of staff: plan one for several people, write a result down, correct it."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.quality import words
from webapp.quality.actions.checking import NOTE, TOPIC, Outcome
from webapp.staff.rules import BadInput
from webapp.web.forms import AtMost, BaseForm, DayField, Filled, KeyField

_TOPIC = {"autocomplete": "off", "list": "topics"}


class _CheckForm(BaseForm):
    def take(self, error: BadInput) -> None:
        """Say what was refused, beside its field."""
        self.say(error.field if error.field in self else "", words.refused(error))


class PlanForm(_CheckForm):
    """Whom to check in what, and by when."""

    people = SelectMultipleField(_l("Whom"), coerce=str, validate_choice=False, widget=ListWidget(prefix_label=False),
                                 option_widget=CheckboxInput())
    topic = StringField(_l("What is checked"), [Filled(_l("Write what is checked.")), AtMost(TOPIC)], render_kw=_TOPIC)
    due_on = DayField(_l("By when"), [Filled(_l("Write the day."))])

    def validate_people(self, field: Field) -> None:
        """Somebody; said together with what else is missing."""
        if not field.data:
            raise ValidationError(str(words.refused(BadInput("nobody"))))

    def offer(self, people: dict[int, str]) -> None:
        """Who may be chosen."""
        self.people.choices = [SelectChoice(str(user_id), name) for user_id, name in people.items()]


class ResultForm(_CheckForm):
    """What a check showed, and when the next one is."""

    user = SelectField(_l("Who was checked"), [Filled(_l("Please choose a person."))], coerce=str)
    topic = StringField(_l("What was checked"), [Filled(_l("Write what is checked.")), AtMost(TOPIC)], render_kw=_TOPIC)
    checked_on = DayField(_l("When"), [Filled(_l("Write the day."))])
    result = RadioField(_l("What it showed"), [Filled(_l("Choose what the check showed."))],
                        choices=[SelectChoice(*pair) for pair in words.RESULTS.items()])
    note = TextAreaField(_l("Note"), [Optional(), AtMost(NOTE)], render_kw={"rows": 3},
                         description=_l("What was strong, what to learn, what was agreed. Directors read it."))
    next_on = DayField(_l("Next check"), [Optional()],
                       description=_l("Stands on the director’s list for today when the day comes. Empty: none."))
    form_key = KeyField()
    seen = HiddenField()

    def offer(self, people: dict[int, str]) -> None:
        """Who may be chosen."""
        self.user.choices = [SelectChoice("", _l("Choose a person")),
                             *(SelectChoice(str(user_id), name) for user_id, name in people.items())]

    @property
    def outcome(self) -> Outcome:
        """What was filled in; only after it was found good."""
        assert self.checked_on.data is not None
        return Outcome(self.topic.data or "", self.checked_on.data, self.result.data, self.note.data or "",
                       self.next_on.data)


class CorrectForm(ResultForm):
    """The same, put right."""

    reason = StringField(_l("Why is it corrected?"), [
        Filled(_l("Write in a few words why, so that colleagues understand it later.")), AtMost(300)])
