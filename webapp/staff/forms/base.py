"""The form of this room: takes what the model refused and says it beside the field."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, PasswordField, ValidationError
from wtforms.fields.choices import SelectChoice

from webapp.staff import words
from webapp.staff.rules import BadInput
from webapp.web.forms import BaseForm, Filled


class StaffForm(BaseForm):
    """A form that can show a BadInput raised by an action."""

    form_errors: list[str]

    def take(self, error: BadInput) -> None:
        """Put the sentence for `error` beside its field, or above the form when it belongs to none."""
        said = words.fault(error)
        field = self._fields.get(self.field_of(error))
        if field is None:
            self.form_errors = [*self.form_errors, said]
        else:
            field.errors = [*field.errors, said]

    def field_of(self, error: BadInput) -> str:
        """Name of the field in this form that `error` speaks about."""
        return error.field

    def complain(self, sentence: str) -> None:
        """Say something about the form as a whole."""
        self.form_errors = [*self.form_errors, sentence]


class Same:
    """The second time it must be typed the same as in `other`."""

    field_flags: dict[str, Any] = {}

    def __init__(self, other: str) -> None:
        self.other = other

    def __call__(self, form: BaseForm, field: Field) -> None:
        if field.data != form[self.other].data:
            raise ValidationError(str(_l("The two passwords differ. Type both again.")))


def options(named: Mapping[str, Any]) -> list[SelectChoice]:
    """Choices of a field out of {value: label}."""
    return [SelectChoice(value, label) for value, label in named.items()]


def new_password(label: Any = None) -> PasswordField:
    """The field for a password to be set."""
    return PasswordField(label or _l("New password"), [Filled(_l("Please think of a password."))],
                         description=_l("At least 10 characters. Three or four words are fine."),
                         render_kw={"autocomplete": "new-password"})


def again() -> PasswordField:
    """The field that repeats it."""
    return PasswordField(_l("The same password again"), [Same("password")],
                         render_kw={"autocomplete": "new-password"})
