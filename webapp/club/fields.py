"""Fields of the club's forms: the number of a card, and whole points, as people type and scan them."""

from typing import Any

from flask_babel import gettext as _
from wtforms import Field, StringField, ValidationError
from wtforms.widgets import TextInput

from webapp.club import words
from webapp.club.ledger_rules import MOST
from webapp.club.number_rules import BadNumber, read_number


class NumberField(StringField):
    """A number of a card, typed with blanks or scanned as a link. Data are nine digits or ""; a bad one stays."""

    widget = TextInput()
    typed = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = (valuelist[0] if valuelist else "").strip()
        self.data = ""
        if not self.typed:
            return
        try:
            self.data = read_number(self.typed)
        except BadNumber as error:
            raise ValidationError(words.fault(error)) from None

    def _value(self) -> str:
        return self.typed or self.data or ""


class PointsField(Field):
    """Whole points from 1 («1 840»); with `signed` also fewer than nothing («−200»). Data is an int or None."""

    widget = TextInput()
    data: int | None
    typed = ""

    def __init__(self, *args: Any, signed: bool = False, zero: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signed, self.zero = signed, zero

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        plain = "".join(self.typed.split()).replace("−", "-").replace("–", "-").removeprefix("+")
        if not plain:
            return
        digits = plain.removeprefix("-") if self.signed else plain
        if not (digits.isascii() and digits.isdecimal()):
            raise ValidationError(_("Write a whole number of points, like 1 500."))
        if len(digits.lstrip("0")) > len(str(MOST)) or int(digits) > MOST:
            raise ValidationError(_("That is too much: at most %(most)s points.", most=words.plain(MOST)))
        number = -int(digits) if plain.startswith("-") else int(digits)
        if not (number or self.zero):
            raise ValidationError(_("Write a whole number of points, like 1 500."))
        self.data = number

    def _value(self) -> str:
        if self.typed:
            return self.typed
        return "" if self.data is None else words.plain(self.data)
