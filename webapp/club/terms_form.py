"""The terms of the club as a form: money in rubles, shares in per cent, points whole."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice

from webapp.club.actions.blanks import MOST as MOST_BLANKS
from webapp.club.actions.terms import MOST_MONTHS, MOST_POINTS
from webapp.club.fields import PointsField
from webapp.club.sale_rules import ON_PURCHASE, ON_RETURN, Terms
from webapp.club.words import plain
from webapp.kit import money
from webapp.web.forms import BaseForm, Filled, KeyField
from webapp.web.i18n import number

_NUMBER = {"inputmode": "numeric", "autocomplete": "off"}
_DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}
_FILL = Filled(_l("Write a number."))


class TermsForm(BaseForm):
    """What a card costs, gives and how long its points live."""

    sure = HiddenField()
    price = StringField(_l("Price of a card, ₽"), [_FILL], render_kw=_DECIMAL,
                        description=_l("Whoever sells it may change it."))
    discount = StringField(_l("Discount by the card, %"), [_FILL], render_kw=_DECIMAL)
    share = StringField(_l("At most, of the price of a trip, with points, %"), [_FILL], render_kw=_DECIMAL)
    months = StringField(_l("Points live, months"), [_FILL], render_kw=_NUMBER,
                         description=_l("Since the card was last presented or sold, or a trip was over."))
    accrue = RadioField(_l("When points for a trip come"), choices=[
        SelectChoice(ON_RETURN, _l("The day after the return")),
        SelectChoice(ON_PURCHASE, _l("At once, when the card is shown"))])
    inviter = PointsField(_l("For bringing a friend"), [_FILL], zero=True, render_kw=_NUMBER)
    friend = PointsField(_l("For the friend"), [_FILL], zero=True, render_kw=_NUMBER)
    welcome_back = PointsField(_l("For coming back"), [_FILL], zero=True, render_kw=_NUMBER,
                               description=_l("Once in a life, when a lost client asks for a trip again. 0: no gift."))

    def validate_price(self, field: Field) -> None:
        """A sum a card may cost."""
        if self._kopecks() is None:
            raise ValidationError(_("Write a sum in rubles, like 500."))

    def validate_discount(self, field: Field) -> None:
        """Up to a half."""
        _basis_points(field.data, 50)

    def validate_share(self, field: Field) -> None:
        """Up to everything."""
        _basis_points(field.data, 100)

    def validate_months(self, field: Field) -> None:
        """Up to five years."""
        if self._months() is None:
            raise ValidationError(_("Write how many months points live: from 1 to %(value)s.", value=MOST_MONTHS))

    def validate_inviter(self, field: Field) -> None:
        """Not beyond reason."""
        _points(field)

    def validate_friend(self, field: Field) -> None:
        """Not beyond reason."""
        _points(field)

    def validate_welcome_back(self, field: Field) -> None:
        """Not beyond reason."""
        _points(field)

    @property
    def terms(self) -> Terms:
        """What a valid form says."""
        return Terms(self._kopecks() or 0, _basis_points(self.discount.data, 50), _basis_points(self.share.data, 100),
                     self._months() or 0, self.accrue.data, self.inviter.data or 0, self.friend.data or 0,
                     self.welcome_back.data or 0)

    def ask_once(self, before: int) -> bool:
        """True, once, where points would live longer or shorter than `before`: the next press with it saves."""
        asked = "" if self.terms.months == before else f"{before}-{self.terms.months}"
        is_new, self.sure.data = self.sure.data != asked, asked
        return is_new and bool(asked)

    def fill_in(self, terms: Terms) -> None:
        """Show what is in force."""
        self.price.data = money.display(terms.price_kopecks).removesuffix("\u00a0₽")
        self.discount.data, self.share.data = _percent(terms.discount_bp), _percent(terms.share_bp)
        self.months.data, self.accrue.data = str(terms.months), terms.accrue
        self.inviter.data, self.friend.data = terms.inviter_points, terms.friend_points
        self.welcome_back.data = terms.welcome_back_points

    def _months(self) -> int | None:
        typed = (self.months.data or "").strip()
        months = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else 0
        return months if 1 <= months <= MOST_MONTHS else None

    def _kopecks(self) -> int | None:
        try:
            kopecks = money.read_kopecks(self.price.data)
        except money.BadMoney:
            return None
        return kopecks if kopecks is not None and kopecks <= 100_000_00 else None


class BlanksForm(BaseForm):
    """How many numbers the printing house gets."""

    form_key = KeyField()
    count = PointsField(_l("How many numbers"), [_FILL], render_kw=_NUMBER)

    def validate_count(self, field: Field) -> None:
        """Not more than a file may hold."""
        if field.data is not None and not 1 <= field.data <= MOST_BLANKS:
            raise ValidationError(_("Write a number from 1 to %(value)s.", value=plain(MOST_BLANKS)))


def _basis_points(text: Any, most: int) -> int:
    plain = "".join(str(text or "").split()).removesuffix("%").replace(",", ".")
    whole, _dot, rest = plain.partition(".")
    digits = whole.isascii() and whole.isdecimal() and len(whole) < 4 and len(rest) < 3 and (not rest or (
        rest.isascii() and rest.isdecimal()))
    found = int(whole) * 100 + int((rest or "0").ljust(2, "0")) if digits else -1
    if not 0 <= found <= most * 100:
        raise ValidationError(_("Write per cent from 0 to %(most)s, like 3 or 2,5.", most=most))
    return found


def _percent(basis_points: int) -> str:
    return number(Decimal(basis_points) / 100)


def _points(field: Field) -> None:
    if field.data is not None and field.data > MOST_POINTS:
        raise ValidationError(_("Write a number from 0 to %(value)s.", value=plain(MOST_POINTS)))
