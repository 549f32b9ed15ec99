"""The base form: trimmed values, Russian and English messages, dates and phones as people type them."""

import re
import secrets
from datetime import date, time, timedelta
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from webapp.kit import dates
from webapp.web.examples import A_LIFE_AGO, example_day
from webapp.web.i18n import today_here

# Unseen signs that turn the order of letters round: a name reads as another one with them, in heads of letters too.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def strip(value: Any) -> Any:
    """Trim what people typed; control characters never reach the database."""
    if not isinstance(value, str):
        return value
    return "".join(c for c in value if (c >= " " or c in "\n\t") and c not in _TURNS).strip()


def one_line(value: Any) -> Any:
    """A field of one line holds one, whatever a crafted request brings: names go into the heads of letters."""
    return " ".join(value.splitlines()) if isinstance(value, str) else value


class BaseForm(FlaskForm):
    """One form per intention; it hands over clean data and never touches the database (`style.md` 9)."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            kind = unbound_field.field_class
            is_line = issubclass(kind, StringField) and not issubclass(kind, (TextAreaField, HiddenField, DayField))
            filters = [*unbound_field.kwargs.get("filters", []), *((one_line,) if is_line else ()), strip]
            field = unbound_field.bind(form=form, filters=filters, **options)
            if isinstance(field, DayField):
                field.today = getattr(form, "today", None)
            return field

    def submitted(self) -> bool:
        """True when the form was posted and everything in it is good."""
        return bool(self.validate_on_submit())

    def say(self, name: str, sentence: Any) -> None:
        """Add an error beside the field `name`, or with "" above all of them."""
        if name:
            self[name].errors = [*self[name].errors, str(sentence)]
        else:
            self.form_errors: list[str] = [*self.form_errors, str(sentence)]

    def sent_before(self) -> None:
        """The key of this form has made something else already: say so, keep what was typed, offer it as a new wish."""
        for field in self:
            if isinstance(field, KeyField):
                field.renew()
        self.say("", gettext("This form was sent before with something else in it. Check it and send it once more."))

    @property
    def error_list(self) -> list[tuple[str, str, str]]:
        """(field id, label, sentence) of every error, in the order of the fields, for the summary."""
        found = [("", "", str(error)) for error in self.form_errors]
        for field in self:
            # What nobody sees can be neither named nor jumped to; a tick's label is a whole sentence of its own.
            label = "" if isinstance(field, BooleanField) else str(field.label.text)
            where = ("", "") if isinstance(field, HiddenField) else (field.id, label)
            found += [(*where, str(error)) for error in _flat(field.errors)]
        return found


def _flat(errors: Any) -> list[str]:
    if isinstance(errors, dict):
        return [text for value in errors.values() for text in _flat(value)]
    if isinstance(errors, (list, tuple)):
        return [text for value in errors for text in _flat(value)]
    return [errors]


def parse_day(text: str, today: date, *, back: timedelta = dates.A_WHILE) -> date | None:
    """The date somebody typed, seen from `today`, or None when it cannot be read."""
    try:
        return dates.read_near_date(text, today=today, back=back)
    except ValueError:
        return None


class DayField(StringField):
    """A date in any common spelling («21.07.2026», «21 июля», «завтра»). Data is a `date`; a bad text stays as typed.

    Without a year it is the day that fits best seen from today (`back`: how long ago it may be); it is shown
    again with its year, so that nobody has to guess what was understood. Birthdays need their year.
    """

    widget = TextInput()
    data: date | None
    today: date | None = None

    def __init__(self, *args: Any, earliest: int = 2000, back: timedelta = dates.A_WHILE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.earliest, self.back = earliest, back

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not self.typed:
            return
        try:
            self.data = self._read(self.typed)
        except ValueError:
            # A field for birthdays takes the last century too, so it shows one.
            example = example_day(-A_LIFE_AGO if self.earliest < 2000 else 7)
            raise ValidationError(gettext("“%(text)s” is not a date. Write it like %(day)s.",
                                          text=self.typed, day=example)) from None

    def _read(self, text: str) -> date:
        try:
            return dates.read_date(text, earliest=self.earliest)
        except dates.BadDate:
            if self.earliest < 2000:
                raise
        day = dates.read_near_date(text, today=self.today or today_here(), back=self.back)
        self.typed = day.strftime("%d.%m.%Y")
        return day

    def _value(self) -> str:
        if getattr(self, "typed", ""):
            return self.typed
        return self.data.strftime("%d.%m.%Y") if self.data else ""


class ClockField(StringField):
    """A time of day («9:05», «0905», «9.05», «9»). Data is a `time` or None."""

    data: time | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not self.typed:
            return
        try:
            self.data = dates.read_time(self.typed)
        except ValueError:
            raise ValidationError(gettext("“%(text)s” is not a time. Write it like 09:30.",
                                          text=self.typed)) from None

    def _value(self) -> str:
        if getattr(self, "typed", ""):
            return self.typed
        return self.data.strftime("%H:%M") if self.data else ""


_KEY = re.compile(r"[\w-]{1,64}", re.ASCII)


def _new_key() -> str:
    return secrets.token_urlsafe(18)


class KeyField(HiddenField):
    """The key of one filled-in form: made when the form is first shown, kept while it is corrected.

    `batches.actions.once` makes a second sending of the same form do nothing (`quality.md` §1, 11).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, default=_new_key, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if valuelist and not _KEY.fullmatch(self.data or ""):
            self.renew()
            raise ValidationError(gettext("This form has lost its number. Check it and send it once more."))

    def renew(self) -> None:
        """A new key: what is sent next is another wish."""
        self.data = _new_key()


def too_long(found: int, most: int) -> str:
    """The sentence about a text that does not fit."""
    return gettext("Too long: %(found)s characters, up to %(most)s fit. Please shorten it.", found=found, most=most)


class AtMost:
    """A text of so many characters at most. Browsers are not told: they would cut what is pasted without a word."""

    field_flags: dict[str, Any] = {}

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, form: BaseForm, field: Field) -> None:
        found = len(field.data or "")
        if found > self.most:
            raise StopValidation(too_long(found, self.most))


class Filled:
    """Required, with a sentence that says what to do instead of an asterisk."""

    field_flags: dict[str, Any] = {}

    def __init__(self, message: Any = None) -> None:
        self.message = message or lazy_gettext("Please fill this in.")

    def __call__(self, form: BaseForm, field: Field) -> None:
        if field.errors:
            # An unreadable value has its own sentence already.
            return
        if field.data is None or field.data == "" or field.data == []:
            raise ValidationError(str(self.message))
