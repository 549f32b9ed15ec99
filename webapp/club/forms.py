"""Forms about cards: selling, lending, points by hand, blocking, a new number. They never touch the database."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from webapp.club.actions.cards import Sale
from webapp.club.fields import NumberField, PointsField
from webapp.kit import money
from webapp.web.forms import AtMost, BaseForm, Filled, KeyField

_SHORT = AtMost(120)
_LONG = AtMost(500)
_NUMBER = {"inputmode": "numeric", "autocomplete": "off", "placeholder": "2604 1187 3"}
_POINTS = {"inputmode": "numeric", "autocomplete": "off"}
MOST_COST = 10_000_000_00
_COST = _l("Write what it costs, like 1500.")
_WHY = _l("Please write in a few words what for: colleagues will ask.")


class NewNumberForm(BaseForm):
    """The number of a card that is handed out: the one printed on it, or none and one is drawn."""

    form_key = KeyField()
    number = NumberField(_l("Number on the card"), [Optional()], render_kw=_NUMBER,
                         description=_l("As it is printed. Leave it empty, and a new number is drawn."))


class SaleForm(NewNumberForm):
    """A card for a client: sold or given."""

    client = HiddenField()
    back = HiddenField()
    price = StringField(_l("Price, ₽"), [_SHORT, Filled(_l("Write the price; 0 makes it a present."))],
                        render_kw={"inputmode": "decimal", "autocomplete": "off"},
                        description=_l("0 makes it a present."))
    receipt = StringField(_l("Receipt number"), [_SHORT, Optional()], render_kw={"autocomplete": "off"})
    seller = SelectField(_l("Who sold it"), coerce=int, validate_choice=False)
    office = SelectField(_l("Office"), coerce=int, validate_choice=False)
    note = StringField(_l("Note for colleagues"), [_LONG, Optional()])

    def validate_price(self, field: StringField) -> None:
        """A sum of rubles that a card may cost."""
        try:
            kopecks = money.read_kopecks(field.data)
        except money.BadMoney:
            kopecks = -1
        if kopecks is None or not 0 <= kopecks <= 100_000_00:
            raise ValidationError(_("Write a sum in rubles, like 500."))

    @property
    def sale(self) -> Sale:
        """What a valid form says."""
        return Sale(money.read_kopecks(self.price.data) or 0, self.number.data or "", self.receipt.data or "",
                    self.seller.data, self.note.data or "")


class LendForm(BaseForm):
    """To whom the owner has lent the card: somebody of ours by phone, or a name."""

    name = StringField(_l("To whom"), [_SHORT, Filled(_l("Write to whom the card was given."))],
                       description=_l("A name, or the phone of one of our clients."), render_kw={"autocomplete": "off"})


class SpendForm(BaseForm):
    """Points for something that is no trip."""

    form_key = KeyField()
    what = StringField(_l("What for"), [_LONG, Filled(_WHY)], render_kw={"placeholder": _l("Insurance, a souvenir")})
    cost = StringField(_l("What it costs, ₽"), [_SHORT, Filled(_COST)],
                       render_kw={"inputmode": "decimal", "autocomplete": "off"})
    spend_points = PointsField(_l("Points"), [Filled(_l("Write how many points."))], render_kw=_POINTS)
    receipt = StringField(_l("Receipt number"), [_SHORT, Optional()], render_kw={"autocomplete": "off"})

    def __init__(self, *args: Any, share: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cost.description = _("Points pay up to %(share)s of it.", share=share)

    def validate_cost(self, field: StringField) -> None:
        """A sum of rubles something may cost."""
        if not 0 < self.cost_kopecks <= MOST_COST:
            raise ValidationError(str(_COST))

    @property
    def cost_kopecks(self) -> int:
        """What was typed; 0 where it is no sum."""
        try:
            return money.read_kopecks(self.cost.data) or 0
        except money.BadMoney:
            return 0


class GrantForm(BaseForm):
    """Points from the agency: a compensation, a coupon; directors also put a balance right."""

    form_key = KeyField()
    kind = RadioField(_l("What is it"), default="coupon", choices=[
        SelectChoice("coupon", _l("Coupon")), SelectChoice("compensation", _l("Compensation")),
        SelectChoice("correction", _l("Correction"))])
    points = PointsField(_l("Points"), [Filled(_l("Write how many points."))], signed=True, render_kw=_POINTS)
    note = StringField(_l("What for"), [_LONG, Filled(_WHY)])

    def __init__(self, *args: Any, may_correct: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_correct:
            self.kind.choices = [choice for choice in self.kind.choices if choice.value != "correction"]
        else:
            self.points.description = _(
                "A correction may take points away: −200. The client sees only “Points added by hand” or "
                "“Points written off by hand”; your words are for colleagues.")

    def validate_points(self, field: PointsField) -> None:
        """Only a correction takes points away."""
        if field.data is not None and field.data < 0 and self.kind.data != "correction":
            raise ValidationError(_("Write a whole number of points, like 1 500."))


class BlockForm(BaseForm):
    """Why nobody may use the card."""

    block_reason = StringField(_l("Why"), [_LONG, Filled(_l("Write in a few words why, so that colleagues understand "
                                                            "it later."))],
                               render_kw={"placeholder": _l("Lost, the owner called")})


class ReplaceForm(NewNumberForm):
    """A new number for a lost or worn card."""

    replace_reason = StringField(_l("Why"), [_LONG, Filled(_l("Write in a few words why, so that colleagues understand "
                                                              "it later."))],
                                 render_kw={"placeholder": _l("Lost, worn out")})


class UndoForm(BaseForm):
    """Why an operation is taken back."""

    reason = StringField(_l("Why"), [_LONG])
