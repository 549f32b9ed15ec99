"""The form of step 4: the decision, what it promises, what it costs, and the points that come with it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from webapp.club.words import plain as amount
from webapp.complaints import words
from webapp.complaints.form_parts import LONG, NUMBER, Boxes, Choice, StepForm, choices, options
from webapp.complaints.step_rules import MANY_POINTS, MOST_POINTS
from webapp.kit import money
from webapp.web.forms import AtMost, DayField, Filled

ROWS = 6
"""How many things one decision may promise."""
SHOWN_ROWS = 2
_WHAT = AtMost(300)


class ResolveForm(StepForm):
    """Step 4: the decision, what is to be done by whom and when, what it costs, the words to the client."""

    decision = Choice(_l("Decision"), choices=choices(words.DECISIONS))
    keep = Boxes(_l("What the first decision promised stays in force"), coerce=int)
    decision_reason = TextAreaField(_l("The decision and why, in words to the client"), [Filled(), LONG],
                                    render_kw={"rows": 5})
    cost = StringField(_l("What it costs us, ₽"), [Filled(_l("Write the sum; 0 if it costs nothing."))],
                       render_kw={"inputmode": "decimal", "autocomplete": "off"})
    points = StringField(_l("Points to the client"), [Optional()], render_kw=NUMBER, description=_l(
        "They are on the client's card at once, and the decision cannot be taken back then. Who has no card gets one "
        "without plastic."))
    sure = BooleanField(_l("The number of points is right"))
    told_how = Choice(_l("How the client is told"), choices=choices(words.TOLD_HOW))

    def offer_people(self, people: Iterable[tuple[int, str]]) -> None:
        """Whom a promise may be given to."""
        offered = options([(0, _("Who?")), *people])
        for number in range(1, ROWS + 1):
            self[f"who_{number}"].choices = offered

    def validate_cost(self, field: Field) -> None:
        """A sum in rubles."""
        try:
            money.read_kopecks(field.data)
        except money.BadMoney:
            raise ValidationError(_("Write a sum in rubles, like 4 000.")) from None

    def validate_points(self, field: Field) -> None:
        """A whole number, and no slip of the hand."""
        points = _points(field.data)
        if points is None:
            raise ValidationError(_("Write a whole number of points, like 500."))
        if points > MOST_POINTS:
            raise ValidationError(_("That is too much: at most %(most)s points.", most=amount(MOST_POINTS)))

    def validate(self, extra_validators: Any = None) -> bool:
        """Something makes it good, unless it is a refusal. Many points are refused once: whoever meant them says so."""
        is_good = super().validate(extra_validators)
        points = 0 if self.points.errors else _points(self.points.data) or 0
        if self.decision.data != "refuse" and not (points or self.keep.data or self.actions or self.what_1.errors):
            self.say("what_1", _("Write what is to be done, by whom and by which day. Points alone are enough too."))
            is_good = False
        if points <= MANY_POINTS:
            del self.sure
        elif not self.sure.data:
            self.say("sure", _("%(points)s points are %(points)s ₽ for the client. Tick this if the number is right.",
                               points=amount(points)))
            return False
        return is_good

    def validate_what_1(self, field: Field) -> None:
        """Every promise has a person and a day."""
        for number in range(1, ROWS + 1):
            what, who, day = (self[f"{name}_{number}"] for name in ("what", "who", "day"))
            if (what.data or who.data) and not (what.data and who.data and day.data) and not day.errors:
                raise ValidationError(_("Write what is to be done, by whom and by which day: line %(number)s.",
                                        number=number))

    @property
    def actions(self) -> list[tuple[str, int, date]]:
        """Promises that are filled in."""
        rows = ((self[f"what_{n}"].data, self[f"who_{n}"].data, self[f"day_{n}"].data) for n in range(1, ROWS + 1))
        return [row for row in rows if row[0] and row[1] and row[2]]

    @property
    def given(self) -> dict[str, Any]:
        """Money in kopecks, promises in one list."""
        return {"decision": self.decision.data, "decision_reason": self.decision_reason.data,
                "cost": money.read_kopecks(self.cost.data), "points": _points(self.points.data) or 0,
                "told_how": self.told_how.data, "actions": self.actions, **self._kept}

    @property
    def _kept(self) -> dict[str, Any]:
        return {"keep": self.keep.data or []} if self.keep.choices else {}


for _row in range(1, ROWS + 1):
    setattr(ResolveForm, f"what_{_row}", StringField(_l("What is to be done"), [Optional(), _WHAT]))
    setattr(ResolveForm, f"who_{_row}", SelectField(_l("By whom"), coerce=int, default=0))
    setattr(ResolveForm, f"day_{_row}", DayField(_l("By which day"), [Optional()]))


def _points(text: Any) -> int | None:
    plain = "".join(str(text or "0").split())
    if not (plain.isascii() and plain.isdecimal()):
        return None
    # Thousands of digits are not even read as a number.
    return int(plain) if len(plain.lstrip("0")) <= len(str(MOST_POINTS)) else MOST_POINTS + 1
