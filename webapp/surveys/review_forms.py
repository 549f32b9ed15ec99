"""What staff do with reviews, and the survey of another service, as forms. They never touch the database."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from webapp.surveys.review_rules import LONGEST_ANSWER
from webapp.surveys.rules import MOST_OF_ADDRESS, web_address
from webapp.surveys.words import REASONS
from webapp.web.forms import AtMost, BaseForm, Filled


class TurnForm(BaseForm):
    """Which version of a review somebody has before the eyes."""

    turn = IntegerField(widget=HiddenInput())

    @property
    def seen(self) -> int:
        """The version; none is never the right one."""
        return self.turn.data or 0


class MaskForm(TurnForm):
    """What of a review is left out."""

    pieces = SelectMultipleField(_l("Leave out"), choices=[], validate_choice=False,
                                 widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())
    more = TextAreaField(_l("Other words to leave out"), [Optional(), AtMost(1000)], render_kw={"rows": 2},
                         description=_l("One on each line, exactly as it stands in the review."))

    @property
    def words(self) -> list[str]:
        """All pieces."""
        return [*(self.pieces.data or []), *(self.more.data or "").splitlines()]


class HideForm(TurnForm):
    """Why nobody shall read it."""

    reason = RadioField(_l("Why it is hidden"), choices=[
        SelectChoice(code, label) for code, label in REASONS.items()], validate_choice=False)
    words = TextAreaField(_l("What exactly"), [Filled(_l("Write in a few words what is wrong with it: it stays on "
                                                         "record.")), AtMost(500)], render_kw={"rows": 2})

    def validate_reason(self, field: Field) -> None:
        """One of the list: that it is bad for us is none."""
        if field.data not in REASONS:
            raise ValidationError(_("Choose a reason. A bad score is none."))


class ReplyForm(BaseForm):
    """The agency's answer."""

    answer = TextAreaField(_l("Our answer, for everybody to read"), [Optional(), AtMost(LONGEST_ANSWER)],
                           render_kw={"rows": 4})


class ElsewhereForm(BaseForm):
    """Where the survey is, if not here."""

    url = StringField(_l("Address of the other survey"), [AtMost(MOST_OF_ADDRESS)],
                      render_kw={"inputmode": "url", "placeholder": "https://", "autocapitalize": "none"},
                      description=_l("Leave it empty to use our own survey."))

    def validate_url(self, field: Field) -> None:
        """Clients are only sent to where their answers travel safely."""
        if field.data and not web_address(field.data):
            raise ValidationError(_("Copy the whole address from the other service: it begins with https://."))
