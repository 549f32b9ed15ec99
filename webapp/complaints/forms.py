"""Forms of the seven steps and of what else is done with a complaint; they never touch the database."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
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

from webapp.complaints import words
from webapp.kit import money
from webapp.web.forms import AtMost, BaseForm, DayField, Filled, KeyField

ROWS = 6
"""How many things one decision may promise."""
SHOWN_ROWS = 2
_LONG, _WHAT = AtMost(10_000), AtMost(300)
_NUMBER = {"inputmode": "numeric", "autocomplete": "off"}
ALL = "all"


def choices(of: dict[str, Any]) -> list[SelectChoice]:
    """Codes with their words, for a field of choices."""
    return [SelectChoice(code, label) for code, label in of.items()]


def options(of: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    """Values with their words, for a list to choose from."""
    return [SelectChoice(value, label) for value, label in of]


class Choice(RadioField):
    """One of a few answers; says itself that one has to be chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Pages show it as they show any choice.
        self.type = RadioField.__name__

    def pre_validate(self, form: Any) -> None:
        """Nothing chosen, or something that was not offered."""
        if self.data not in {choice.value for choice in self.choices}:
            raise ValidationError(_("Choose one of the answers."))


class Boxes(SelectMultipleField):
    """Check boxes, none of them required."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class StepForm(BaseForm):
    """What every form about a complaint carries: its own key, and what the person had before their eyes."""

    form_key = KeyField()
    version = HiddenField()
    event = HiddenField()

    @property
    def seen(self) -> int:
        """The version seen; nonsense is one that never was."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else -1

    @property
    def seen_event(self) -> int:
        """The newest line of the history that was seen; nonsense hides nothing."""
        typed = self.event.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0

    def name_apart(self, prefix: str) -> "StepForm":
        """Other ids, where several forms with the same fields stand on one page; the form itself, for chaining."""
        for field in self:
            field.id = f"{prefix}-{field.id}"
            field.label.field_id = field.id
        return self

    @property
    def given(self) -> dict[str, Any]:
        """What `actions.act` is given."""
        return {name: field.data for name, field in self._fields.items()
                if name not in ("form_key", "version", "event", "csrf_token")}


class ConfirmForm(StepForm):
    """A draft becomes a complaint."""

    story = TextAreaField(_l("What happened, in the client’s words"), [Filled(), _LONG], render_kw={"rows": 5})
    wants = TextAreaField(_l("What the client asks for"), [Optional(), _LONG], render_kw={"rows": 2})


class TellForm(StepForm):
    """Step 2: how it is handled, in words to the client."""

    procedure = SelectField(_l("Procedure"), coerce=int)
    text_of = HiddenField()
    procedure_text = TextAreaField(_l("What the client is told"), [Filled(), _LONG], render_kw={"rows": 6})
    told_how = Choice(_l("How the client is told"), choices=choices(words.TOLD_HOW))

    def validate_procedure(self, field: Field) -> None:
        """One of the list."""
        if not field.data:
            raise ValidationError(_("Choose the procedure."))

    @property
    def text_is_of(self) -> int:
        """Id of the procedure whose text was shown last; 0 while none was."""
        typed = self.text_of.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else 0

    @property
    def given(self) -> dict[str, Any]:
        """With the procedure whose text was shown, which the model compares."""
        return {**super().given, "text_of": self.text_is_of}


class InvestigateForm(StepForm):
    """Step 3: what happened, and whether the client is right."""

    facts = TextAreaField(_l("What you found out"), [Filled(), _LONG], render_kw={"rows": 5},
                          description=_l("Whom you asked, what documents and letters say."))
    justified = Choice(_l("Is the complaint justified?"), choices=choices(words.JUSTIFIED))
    solution = TextAreaField(_l("What you propose"), [Filled(), _LONG], render_kw={"rows": 3})


class ResolveForm(StepForm):
    """Step 4: the decision, what is to be done by whom and when, what it costs, the words to the client."""

    decision = Choice(_l("Decision"), choices=choices(words.DECISIONS))
    keep = Boxes(_l("What the first decision promised stays in force"), coerce=int)
    decision_reason = TextAreaField(_l("The decision and why, in words to the client"), [Filled(), _LONG],
                                    render_kw={"rows": 5})
    cost = StringField(_l("What it costs us, ₽"), [Filled(_l("Write the sum; 0 if it costs nothing."))],
                       render_kw={"inputmode": "decimal", "autocomplete": "off"})
    points = StringField(_l("Points to the client"), [Optional()], render_kw=_NUMBER)
    told_how = Choice(_l("How the client is told"), choices=choices(words.TOLD_HOW))

    def offer_people(self, people: Iterable[tuple[int, str]]) -> None:
        """Whom a promise may be given to."""
        offered = options([(0, _("Who?")), *people])
        for number in range(1, ROWS + 1):
            self[f"who_{number}"].choices = offered

    def validate_cost(self, field: Field) -> None:
        """A sum in rubles."""
        try:
            money.read_kopecks(field.data)
        except money.BadMoney:
            raise ValidationError(_("Write a sum in rubles, like 4 000.")) from None

    def validate_points(self, field: Field) -> None:
        """A whole number."""
        if _points(field.data) is None:
            raise ValidationError(_("Write a whole number of points, like 500."))

    def validate_what_1(self, field: Field) -> None:
        """Every promise has a person and a day."""
        for number in range(1, ROWS + 1):
            what, who, day = (self[f"{name}_{number}"] for name in ("what", "who", "day"))
            if (what.data or who.data) and not (what.data and who.data and day.data) and not day.errors:
                raise ValidationError(_("Write what is to be done, by whom and by which day: line %(number)s.",
                                        number=number))

    @property
    def actions(self) -> list[tuple[str, int, date]]:
        """Promises that are filled in."""
        rows = ((self[f"what_{n}"].data, self[f"who_{n}"].data, self[f"day_{n}"].data) for n in range(1, ROWS + 1))
        return [row for row in rows if row[0] and row[1] and row[2]]

    @property
    def given(self) -> dict[str, Any]:
        """Money in kopecks, promises in one list."""
        return {"decision": self.decision.data, "decision_reason": self.decision_reason.data,
                "cost": money.read_kopecks(self.cost.data), "points": _points(self.points.data) or 0,
                "told_how": self.told_how.data, "actions": self.actions, **self._kept}

    @property
    def _kept(self) -> dict[str, Any]:
        return {"keep": self.keep.data or []} if self.keep.choices else {}


for _row in range(1, ROWS + 1):
    setattr(ResolveForm, f"what_{_row}", StringField(_l("What is to be done"), [Optional(), _WHAT]))
    setattr(ResolveForm, f"who_{_row}", SelectField(_l("By whom"), coerce=int, default=0))
    setattr(ResolveForm, f"day_{_row}", DayField(_l("By which day"), [Optional()]))


class DocumentForm(StepForm):
    """Step 5: what is kept of the case."""

    cause = TextAreaField(_l("What it came from"), [Filled(), _LONG], render_kw={"rows": 3})
    result = TextAreaField(_l("How it ended"), [Filled(), _LONG], render_kw={"rows": 3})


class AnalyseForm(StepForm):
    """Step 6: the root cause."""

    root_cause = SelectField(_l("Root cause"), coerce=int)
    prevention = TextAreaField(_l("What prevents it from now on"), [Filled(), _LONG], render_kw={"rows": 3})

    def validate_root_cause(self, field: Field) -> None:
        """One of the list."""
        if not field.data:
            raise ValidationError(_("Choose the root cause."))


class ShareForm(StepForm):
    """Step 7: the lesson and whom it concerns: everybody, offices, roles, single people."""

    lesson = TextAreaField(_l("The lesson: what everybody should know from now on"), [Filled(), _LONG],
                           render_kw={"rows": 4}, description=_l("Without the client’s name: colleagues read it."))
    groups = Boxes(_l("Whom it concerns"))
    people = Boxes(_l("Single colleagues"), coerce=int)

    def validate_groups(self, field: Field) -> None:
        """Somebody must read it."""
        if not field.data and not self.people.data:
            raise ValidationError(_("Choose who should read it."))


class ReasonForm(StepForm):
    """Leaving out the last steps, opening once more, saying that it is no complaint: always with a reason."""

    reason = TextAreaField(_l("Why, in a few words"), [Filled(_l("Write in a few words why.")), AtMost(2000)],
                           render_kw={"rows": 2})


class PlainForm(StepForm):
    """Closing, taking back: nothing to fill in."""


class ReplyForm(StepForm):
    """Words to the client."""

    text = TextAreaField(_l("Answer to the client"), [Filled(_l("Write a few words.")), _LONG], render_kw={"rows": 4})


class NoteForm(StepForm):
    """Words between colleagues."""

    text = TextAreaField(_l("Internal note"), [Filled(_l("Write a few words.")), _LONG], render_kw={"rows": 3})


class AnswerForm(StepForm):
    """What the client said about the decision, on the phone or in the office."""

    answer = Choice(_l("Does the decision satisfy the client?"), choices=choices(words.ANSWERS))
    words = StringField(_l("In the client’s words"), [Optional(), AtMost(2000)])


class GiveForm(StepForm):
    """Who handles it from now on."""

    owner = SelectField(_l("Who handles it"), coerce=int)


class NewForm(StepForm):
    """A complaint written down by hand."""

    source = SelectField(_l("How it came"), choices=choices(
        {code: word for code, word in words.SOURCES.items() if code not in ("form", "survey")}))
    trip = SelectField(_l("About which trip"), coerce=int)
    story = TextAreaField(_l("What happened, in the client’s words"), [Filled(), _LONG],
                          render_kw={"rows": 6})
    wants = TextAreaField(_l("What the client asks for"), [Optional(), _LONG], render_kw={"rows": 2})
    operator = StringField(_l("Tour operator"), [Optional(), AtMost(200)],
                           description=_l("Leave it empty for the one of the trip."))
    contact = StringField(_l("Where to answer, if not to the client’s own contacts"), [Optional(), AtMost(200)],
                          description=_l("E-mail or phone."))
    tells = Boxes(_l("Tell the client"), choices=[
        SelectChoice("yes", _l("Send the number and the link to follow it"))])


STEP_FORMS: dict[str, type[StepForm]] = {
    "confirm": ConfirmForm, "tell": TellForm, "investigate": InvestigateForm, "resolve": ResolveForm,
    "document": DocumentForm, "analyse": AnalyseForm, "share": ShareForm, "waive": ReasonForm, "reopen": ReasonForm,
    "void": ReasonForm, "close": PlainForm, "back": PlainForm}
"""The form of each verb of the table."""


def _points(text: Any) -> int | None:
    plain = "".join(str(text or "0").split())
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 8 else None
