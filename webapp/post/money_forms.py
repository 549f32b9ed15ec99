"""The form about money for SMS: what one costs, and what a month may cost."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField, ValidationError
from wtforms.validators import Optional

from webapp.kit import money
from webapp.post.budget_rules import MOST_HARD, Budget
from webapp.post.channels.gateway import MOST_FOR_ONE
from webapp.web.forms import BaseForm

_NUMBER = {"inputmode": "numeric", "autocomplete": "off"}
_SUM = {"inputmode": "decimal", "autocomplete": "off"}


class SmsMoneyForm(BaseForm):
    """Price and monthly budget; whatever is left empty is not limited."""

    # What was typed, as numbers; a field left empty is never looked at.
    kopecks: int | None = None
    sum: int | None = None
    number: int | None = None
    share: int | None = None
    price = StringField(_l("Price of one SMS, ₽"), [Optional()], render_kw=_SUM,
                        description=_l("A long text is billed as several. With the price the program says what a text "
                                       "costs before it leaves."))
    money = StringField(_l("For a month, ₽"), [Optional()], render_kw=_SUM)
    parts = StringField(_l("For a month, number of SMS"), [Optional()], render_kw=_NUMBER,
                        description=_l("With both, whichever is used up first counts."))
    hard = StringField(_l("Stop all other SMS too, at % of the budget"), [Optional()], render_kw=_NUMBER,
                       description=_l("Left empty, SMS about trips always leave. With 120 they stop when a fifth more "
                                      "is spent: then the program plans a call instead of the reminder of a flight."))

    def validate_price(self, field: Field) -> None:
        """A price, or nothing."""
        self.kopecks = _sum(field)
        if self.kopecks is not None and not 0 < self.kopecks < MOST_FOR_ONE:
            raise ValidationError(str(_l("One SMS costs between 1 kopeck and 1 000 ₽.")))

    def validate_money(self, field: Field) -> None:
        """A sum; without a price nobody knows what it is enough for."""
        self.sum = _sum(field)
        if self.sum == 0:
            raise ValidationError(str(_l("Write how much, or leave it empty.")))
        if self.sum is not None and not self.price.data:
            raise ValidationError(str(_l("Write the price of one SMS above: it is what the sum is counted with.")))

    def validate_parts(self, field: Field) -> None:
        """A number of SMS."""
        self.number = _whole(field, 1, 10**8)

    def validate_hard(self, field: Field) -> None:
        """A share of the budget, from all of it."""
        self.share = _whole(field, 100, MOST_HARD)
        if self.share is not None and not (self.money.data or self.parts.data):
            raise ValidationError(str(_l("This is a share of the monthly budget: set the budget first.")))

    @property
    def budget(self) -> Budget:
        """What was filled in."""
        return Budget(self.sum, self.number, self.share)

    def fill_in(self, price: int, budget: Budget) -> None:
        """Show what is set."""
        self.price.data = _typed(price or None)
        self.money.data = _typed(budget.kopecks)
        self.parts.data = "" if budget.parts is None else str(budget.parts)
        self.hard.data = "" if budget.hard is None else str(budget.hard)


def _sum(field: Field) -> int | None:
    try:
        return money.read_kopecks(field.data or None)
    except money.BadMoney:
        raise ValidationError(str(_l("Write a sum like 4,95 or 3 000."))) from None


def _whole(field: Field, least: int, most: int) -> int | None:
    text = "".join((field.data or "").split()).removesuffix("%")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or not least <= int(text[:12]) <= most:
        raise ValidationError(str(_l("Write a whole number from %(least)s to %(most)s.",
                                     least=f"{least:,}".replace(",", "\u00a0"),
                                     most=f"{most:,}".replace(",", "\u00a0"))))
    return int(text)


def _typed(kopecks: int | None) -> Any:
    return "" if kopecks is None else money.display(kopecks).removesuffix("\u00a0₽")
