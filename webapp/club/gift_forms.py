"""Forms about gifts: promise one, write down what came and went, kinds of gifts. They never touch the database."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import NumberRange, Optional, StopValidation

from webapp.club.gift_rules import MOST_MOVED
from webapp.web.examples import lazy_day
from webapp.web.forms import AtMost, BaseForm, DayField, Filled, KeyField

HOW = [("came", _l("Came to the office")), ("sent", _l("Sent to another office")), ("written-off", _l("Written off"))]
_DATE: dict[str, Any] = {"autocomplete": "off", "inputmode": "numeric"}


class CountField(IntegerField):
    """A whole number of things; whatever else was typed is answered with what to write."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError:
            raise ValueError(gettext("Write a number from 1 to %(most)s.", most=MOST_MOVED)) from None

    def pre_validate(self, form: Any) -> None:
        """What is no number is said once, not once more as a number that is out of range."""
        if self.process_errors:
            raise StopValidation


class GiftForm(BaseForm):
    """A gift for a client."""

    form_key = KeyField()
    kind = SelectField(_l("What"), coerce=int)
    office = SelectField(_l("In which office"), coerce=int)
    due = DayField(_l("Hand over on"), [Optional()], render_kw={**_DATE, "placeholder": lazy_day(0)},
                   description=_l("From this day it stands in the list for today. Empty means today."))
    until = DayField(_l("Waits until"), [Optional()], render_kw={**_DATE, "placeholder": lazy_day(30)},
                     description=_l("The SMS names this day. Empty: as long as it takes."))
    note = StringField(_l("Note"), [Optional(), AtMost(300)])


class MoveForm(BaseForm):
    """Gifts came, went to another office, or were written off."""

    form_key = KeyField()
    kind = SelectField(_l("What"), coerce=int)
    office = SelectField(_l("Office"), coerce=int)
    how = SelectField(_l("What happened"), choices=HOW, default="came")
    amount = CountField(_l("How many"), [NumberRange(1, MOST_MOVED, _l(
        "Write a number from 1 to %(most)s.", most=MOST_MOVED))], render_kw={"inputmode": "numeric"})
    to = SelectField(_l("To which office"), coerce=int)
    note = StringField(_l("Note"), [Optional(), AtMost(300)])


class KindForm(BaseForm):
    """A kind of gift."""

    name_ru = StringField(_l("Name in Russian"), [Filled(_l("How is the gift called?")), AtMost(80)],
                          description=_l("As it stands in a sentence: «вас ждёт подарок: фотоальбом»."))
    name_en = StringField(_l("Name in English"), [Optional(), AtMost(80)])
    counted = BooleanField(_l("Count how many each office has"), default=True)
    active = BooleanField(_l("Is given: may be chosen for clients"), default=True)
