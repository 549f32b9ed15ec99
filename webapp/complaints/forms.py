"""Forms of the seven steps and of what else is done with a complaint; they never touch the database."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from webapp.complaints import words
from webapp.complaints.decision_form import ResolveForm
from webapp.complaints.form_parts import LONG, Boxes, Choice, StepForm, choices
from webapp.web.forms import AtMost, Filled

ALL = "all"


class ConfirmForm(StepForm):
    """A draft becomes a complaint."""

    story = TextAreaField(_l("What happened, in the client’s words"), [Filled(), LONG], render_kw={"rows": 5})
    wants = TextAreaField(_l("What the client asks for"), [Optional(), LONG], render_kw={"rows": 2})


class TellForm(StepForm):
    """Step 2: how it is handled, in words to the client."""

    procedure = SelectField(_l("Procedure"), coerce=int)
    text_of = HiddenField()
    procedure_text = TextAreaField(_l("What the client is told"), [Filled(), LONG], render_kw={"rows": 6})
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

    facts = TextAreaField(_l("What you found out"), [Filled(), LONG], render_kw={"rows": 5},
                          description=_l("Whom you asked, what documents and letters say."))
    justified = Choice(_l("Is the complaint justified?"), choices=choices(words.JUSTIFIED))
    solution = TextAreaField(_l("What you propose"), [Filled(), LONG], render_kw={"rows": 3})


class DocumentForm(StepForm):
    """Step 5: what is kept of the case."""

    cause = TextAreaField(_l("What it came from"), [Filled(), LONG], render_kw={"rows": 3})
    result = TextAreaField(_l("How it ended"), [Filled(), LONG], render_kw={"rows": 3})


class AnalyseForm(StepForm):
    """Step 6: the root cause."""

    root_cause = SelectField(_l("Root cause"), coerce=int)
    prevention = TextAreaField(_l("What prevents it from now on"), [Filled(), LONG], render_kw={"rows": 3})

    def validate_root_cause(self, field: Field) -> None:
        """One of the list."""
        if not field.data:
            raise ValidationError(_("Choose the root cause."))


class ShareForm(StepForm):
    """Step 7: the lesson and whom it concerns: everybody, offices, roles, single people."""

    lesson = TextAreaField(_l("The lesson: what everybody should know from now on"), [Filled(), LONG],
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

    text = TextAreaField(_l("Answer to the client"), [Filled(_l("Write a few words.")), LONG], render_kw={"rows": 4})


class NoteForm(StepForm):
    """Words between colleagues."""

    text = TextAreaField(_l("Internal note"), [Filled(_l("Write a few words.")), LONG], render_kw={"rows": 3})


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
    story = TextAreaField(_l("What happened, in the client’s words"), [Filled(), LONG],
                          render_kw={"rows": 6})
    wants = TextAreaField(_l("What the client asks for"), [Optional(), LONG], render_kw={"rows": 2})
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
