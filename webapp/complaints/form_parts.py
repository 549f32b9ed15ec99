"""What forms about a complaint are made of: choices, boxes, and what each of them carries."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from wtforms import HiddenField, RadioField, SelectMultipleField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.web.forms import AtMost, BaseForm, KeyField

LONG = AtMost(10_000)
NUMBER = {"inputmode": "numeric", "autocomplete": "off"}


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
