"""The form on the page of a trip: which card, how many points, with or without the discount."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import Optional

from webapp.club.fields import NumberField, PointsField
from webapp.club.lookup import Line
from webapp.club.number_rules import display
from webapp.club.words import points
from webapp.web.forms import BaseForm, KeyField

OTHER = "other"


class TripCardForm(BaseForm):
    """Its names begin alike, so that they never meet those of other forms on the page of a trip."""

    bonus_key = KeyField()
    bonus_card = RadioField(_l("Card"), validate_choice=False)
    bonus_number = NumberField(_l("Number on the card"), [Optional()], render_kw={
        "inputmode": "numeric", "autocomplete": "off", "placeholder": "2604 1187 3"},
        description=_l("A friend's card may be shown too: its owner gets the points."))
    bonus_spend = PointsField(_l("Pay with points"), [Optional()], zero=True, render_kw={
        "inputmode": "numeric", "autocomplete": "off", "placeholder": "0"})
    bonus_discount = BooleanField(_l("With the discount"))

    def offer_cards(self, lines: list[Line], owner_id: int) -> None:
        """The cards to choose from; another one is typed."""
        self.bonus_card.choices = [(str(line.card.id), self._label(line, owner_id)) for line in lines]
        self.bonus_card.choices.append((OTHER, str(_l("Another card"))))
        if self.bonus_card.data not in dict(self.bonus_card.choices):
            self.bonus_card.data = self.bonus_card.choices[0][0]

    @staticmethod
    def _label(line: Line, owner_id: int) -> str:
        whose = "" if line.card.client_id == owner_id else str(_l("lent by a friend"))
        return " · ".join(filter(None, (display(line.number), points(line.balance), whose)))
