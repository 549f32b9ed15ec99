"""Forms of the quality table: the indicators of one assessment, and what is done about a weak one."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import TextInput

from webapp.kit.text import clean
from webapp.quality import words
from webapp.quality.actions.improving import RESULT, WHAT
from webapp.quality.number_rules import VALUE_PARTS, WEIGHT_PARTS, BadNumber, plain, read_number
from webapp.quality.table_rules import MORE, MOST_LINES, Fault, Indicator, made_whole
from webapp.staff.rules import BadInput
from webapp.web.forms import AtMost, BaseForm, DayField, Filled, KeyField
from webapp.web.i18n import page_language

NAME, UNIT, BLANK = 120, 30, 2
MORE_LINES = 3
_DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


class NumberField(Field):
    """A decimal as people type it. Data is a Decimal or None; what cannot be read stays as it was typed."""

    widget = TextInput()
    data: Decimal | None
    typed = ""

    def __init__(self, *args: Any, parts: int = VALUE_PARTS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed, self.data = (valuelist[0] if valuelist else "").strip(), None
        try:
            self.data = read_number(self.typed, self.parts)
        except BadNumber as error:
            fine = error.code == "too-fine" and self.parts == WEIGHT_PARTS
            raise ValidationError(str(words.NUMBERS["weight-too-fine" if fine else error.code])) from None

    def _value(self) -> str:
        return self.typed or plain(self.data, comma=page_language() == "ru")

    def show(self, value: Decimal | None) -> None:
        """Put another number in."""
        self.data, self.typed = value, ""


class AssessForm(BaseForm):
    """One assessment; `form_for` adds the lines. A line with nothing in it is left out."""

    count = 0
    rows = HiddenField()
    form_key = KeyField()

    def line(self, place: int) -> dict[str, Field]:
        """The fields of one line by name."""
        return {name: self[f"{name}_{place}"] for name in _FIELDS}

    @property
    def lines(self) -> list[dict[str, Field]]:
        """The fields of all lines."""
        return [self.line(place) for place in range(self.count)]

    @property
    def places(self) -> list[int]:
        """Which lines say something."""
        return [place for place, fields in enumerate(self.lines) if any(
            fields[name].data or getattr(fields[name], "typed", "") for name in ("name", "weight", "theirs", "ours"))]

    @property
    def indicators(self) -> list[Indicator]:
        """The lines that say something, as far as they can be read."""
        return [self._indicator(place) for place in self.places]

    def complain(self, faults: Sequence[Fault]) -> None:
        """Say what is wrong beside the field it is about; what could not be read has its sentence already."""
        places = self.places
        for fault in faults:
            if fault.place is None:
                self.say("", words.fault(fault))
                continue
            name = f"{fault.field}_{places[fault.place]}"
            if not self[name].errors:
                self.say(name, words.fault(fault))

    def make_whole(self) -> None:
        """Weights that make 1, in the proportions of what was typed."""
        for place, one in zip(self.places, made_whole(self.indicators), strict=True):
            self[f"weight_{place}"].show(one.weight)

    def take_last(self, before: Mapping[int, Indicator]) -> None:
        """Put the values of the assessment before, by line, into fields that are still empty."""
        for place, one in before.items():
            fields = self.line(place)
            for name in ("theirs", "ours"):
                if fields[name].data is None and not fields[name].typed:
                    fields[name].show(getattr(one, name))

    def take(self, error: BadInput) -> None:
        """Say what was refused, beside its field."""
        self.say(error.field if error.field in self else "", words.refused(error))

    def _indicator(self, place: int) -> Indicator:
        fields = self.line(place)
        better = fields["better"].data
        return Indicator(clean(fields["name"].data or ""), fields["weight"].data, fields["theirs"].data,
                         fields["ours"].data, better if better in words.BETTER else MORE,
                         clean(fields["unit"].data or ""))


class MeasureForm(BaseForm):
    """What is done about one indicator."""

    what = StringField(_l("What is done"), [Filled(_l("Write what is done.")), AtMost(WHAT)])
    who = SelectField(_l("Who does it"), [Filled(_l("Please choose a person."))], coerce=str)
    due_on = DayField(_l("By when"), [Filled(_l("Write the day by which it is done."))])
    name_key = HiddenField()
    form_key = KeyField()

    def offer(self, people: dict[int, str]) -> None:
        """Who may be chosen."""
        self.who.choices = [SelectChoice(str(user_id), name) for user_id, name in people.items()]


class ClosureForm(BaseForm):
    """What came of it."""

    result = StringField(_l("What came of it"), [Filled(_l("Write in a few words what came of it.")), AtMost(RESULT)])


def form_for(count: int, *, correcting: bool = False, **options: Any) -> AssessForm:
    """The form with so many lines. A correction keeps competitor and day, and asks for the reason."""
    fields: dict[str, Any] = {"count": count, **(_CORRECTING if correcting else _NEW)}
    for place in range(count):
        fields |= {f"{name}_{place}": make() for name, make in _FIELDS.items()}
    form: AssessForm = type("FilledAssessForm", (AssessForm,), fields)(**options)
    form.rows.data = str(count)
    return form


def posted(*, correcting: bool = False, today: date) -> AssessForm:
    """The form as it was sent, with a few empty lines more where those were asked for."""
    text = request.form.get("rows", "")
    count = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else BLANK
    if request.form.get("do") == "more":
        count += MORE_LINES
    return form_for(min(max(count, 1), MOST_LINES), correcting=correcting, today=today)


def shown(indicators: Sequence[Indicator], *, correcting: bool = False, **values: Any) -> AssessForm:
    """The form with these indicators, and lines for others below."""
    count = min(len(indicators) + (0 if correcting else BLANK), MOST_LINES)
    data = {f"{name}_{place}": getattr(one, name) for place, one in enumerate(indicators) for name in _FIELDS}
    return form_for(max(count, 1), correcting=correcting, formdata=None, data={**data, **values})


_FIELDS: dict[str, Any] = {
    "name": lambda: StringField(_l("What is measured"), [Optional(), AtMost(NAME)]),
    "unit": lambda: StringField(_l("In what"), [Optional(), AtMost(UNIT)]),
    "better": lambda: SelectField(_l("What is better"), choices=[SelectChoice(*pair) for pair in words.SHORTER.items()],
                                  default=MORE),
    "weight": lambda: NumberField(_l("Weight"), parts=WEIGHT_PARTS, render_kw=_DECIMAL),
    "theirs": lambda: NumberField(_l("Competitor"), render_kw=_DECIMAL),
    "ours": lambda: NumberField(_l("We"), render_kw=_DECIMAL),
}
_NEW: dict[str, Any] = {
    "competitor": StringField(_l("Beside whom"), [Filled(_l("Write whom you compare yourself with."))],
                              render_kw={"autocomplete": "off", "list": "competitors"}),
    "day": DayField(_l("Day of the assessment"), [Filled(_l("Write the day."))]),
}
_CORRECTING: dict[str, Any] = {
    "reason": StringField(_l("Why is it corrected?"), [
        Filled(_l("Write in a few words why, so that colleagues understand it later.")), AtMost(300)]),
}
