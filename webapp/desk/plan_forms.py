"""The form of a plan's step: everything in the words of people who sell trips; it hands over a `DraftStep`."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from webapp.desk import plan_words as words
from webapp.desk.plan_around import Around
from webapp.desk.plan_words import FIELDS
from webapp.touches.plan_check_rules import PlanFinding
from webapp.touches.plan_draft_rules import DraftStep
from webapp.touches.plan_rules import AUTOMATIC_CHANNELS
from webapp.touches.starter import OUTCOMES
from webapp.trips.step_words import outcome_name
from webapp.web.forms import AtMost, BaseForm, ClockField, Filled

OWN, OWN_COLUMN = "own", "_own"
# What the check calls a field, where the form has another one for it.
_FIELD_OF = {"channel": "kind", "offset_days": "days", "truth": "truth_days"}


class WholeNumber(IntegerField):
    """A number of days; what cannot be read stays as it was typed."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        self.raw_data = [typed]
        if not typed:
            return
        if not typed.isdecimal() or len(typed) > 4:
            raise ValueError(_("Write the number of days in digits, like 3."))
        self.data = int(typed)


class StepForm(BaseForm):
    """One step. `seen` is the stamp of the plan the writer started from: nobody overwrites a colleague unawares."""

    name_ru = StringField(FIELDS["name_ru"], validators=[AtMost(80)])
    name_en = StringField(FIELDS["name_en"], validators=[Optional(), AtMost(80)])
    short_ru = StringField(FIELDS["short_ru"], validators=[Optional(), AtMost(20)])
    short_en = StringField(FIELDS["short_en"], validators=[Optional(), AtMost(20)])
    kind = SelectField(FIELDS["kind"], choices=list(words.KINDS.items()), default="email")
    days = WholeNumber(FIELDS["days"], default=0)
    side = SelectField(_l("Before or after"), choices=[("after", _l("after")), ("before", _l("before"))],
                       default="after")
    anchor = SelectField(FIELDS["anchor"], choices=[])
    at = ClockField(FIELDS["at"], validators=[Optional()],
                    description=_l("Left empty, it goes at once."))
    before = BooleanField(FIELDS["before"])
    truth_days = WholeNumber(FIELDS["truth_days"], validators=[Optional()])
    truth_side = SelectField(_l("Before or after"), choices=[("after", _l("after")), ("before", _l("before"))],
                             default="after")
    truth_from = SelectField(_l("Which day"), choices=[], default=OWN)
    truth_at = ClockField(_l("Till what hour"), validators=[Optional()])
    letter = SelectField(FIELDS["letter"], choices=[], default="")
    series = SelectField(FIELDS["series"], choices=[("", _l("none, it keeps its day")), *words.SERIES.items()],
                         default="")
    flight = SelectField(FIELDS["flight"], choices=[("", _l("does not matter")), *words.FLIGHTS.items()], default="")
    performer = SelectField(FIELDS["performer"], choices=[
        (code, name) for code, name in words.PERFORMERS.items() if code != "auto"], default="seller")
    outcomes = SelectMultipleField(FIELDS["outcomes"], choices=[], widget=ListWidget(prefix_label=False),
                                   option_widget=CheckboxInput())
    needs_outcome = BooleanField(FIELDS["needs_outcome"])
    column = SelectField(FIELDS["column"], choices=[], default="before")
    active = BooleanField(FIELDS["active"], default=True)
    seen = HiddenField(validators=[Filled()])

    def offer(self, texts: list[tuple[str, list[tuple[str, str]]]], around: Around) -> None:
        """Fill the lists: `texts` by channel, dates, results and columns in the reader's language.

        What only makes sense around a flight is asked for in the plan of trips alone.
        """
        self.around = around
        self.anchor.choices = around.dates
        self.truth_from.choices = [(OWN, _("its own day")), *around.dates]
        self.letter.choices = {"": [("", _("no text"))], **dict(texts)}
        self.outcomes.choices = [(code, outcome_name(code)) for code in OUTCOMES]
        self.column.choices = [*words.columns(), (OWN_COLUMN, _("a column of its own"))]

    def fill_in(self, step: DraftStep, stamp: str) -> None:
        """Show a step."""
        for name in ("name_ru", "name_en", "short_ru", "short_en", "anchor", "needs_outcome", "active"):
            self[name].data = getattr(step, name)
        self.kind.data, self.seen.data = words.kind_of(step), stamp
        self.days.data, self.side.data = abs(step.offset_days), "before" if step.offset_days < 0 else "after"
        self.at.typed, self.before.data = step.at or "", bool(step.before)
        self.series.data = step.series or ""
        self.flight.data = step.flight or ""
        self.performer.data = "seller" if step.performer == "auto" else step.performer
        self.letter.data = step.text if step.text in self.codes else ""
        self.outcomes.data = list(step.outcomes)
        known = dict(words.columns())
        self.column.data = step.column if step.column in known else OWN_COLUMN
        if step.truth:
            days, until, anchor = step.truth
            self.truth_days.data, self.truth_side.data = abs(days), "before" if days < 0 else "after"
            self.truth_from.data, self.truth_at.typed = anchor or OWN, until or ""

    @property
    def codes(self) -> set[str]:
        """Codes of all texts that can be chosen."""
        return {code for group in self.letter.choices.values() for code, _name in group}

    def step(self, before: DraftStep) -> DraftStep:
        """The step as it was typed; what the form does not show stays as in `before`."""
        channel, _plus, _call = (self.kind.data or "").partition("_")
        automatic = channel in AUTOMATIC_CHANNELS
        days = self.days.data or 0
        own_column = self.column.data == OWN_COLUMN
        return replace(
            before, channel=channel, or_call=self.kind.data == "sms_call", anchor=self.anchor.data,
            name_ru=self.name_ru.data or "", name_en=self.name_en.data or "", short_ru=self.short_ru.data or "",
            short_en=self.short_en.data or "", offset_days=-days if self.side.data == "before" else days,
            at=self.at.data.strftime("%H:%M") if automatic and self.at.data else None,
            before=self._before(before), truth=self._truth() if automatic else None,
            performer="auto" if automatic else self.performer.data,
            klass=(before.klass or "service") if automatic else "",
            series=self._series(before, channel) if automatic else None,
            flight=(self.flight.data or None) if automatic and self.around.is_trip else None,
            backward=before.backward and not automatic, letter=self.letter.data or "",
            column=before.column if not self.around.is_trip else before.code if own_column else self.column.data,
            outcomes=() if automatic else _in_order(self.outcomes.data or (), before.outcomes),
            needs_outcome=bool(self.needs_outcome.data) and not automatic, active=bool(self.active.data))

    def _before(self, before: DraftStep) -> str | None:
        return ("departure" if self.before.data else None) if self.around.is_trip else before.before

    def _series(self, before: DraftStep, channel: str) -> str | None:
        if self.around.is_trip:
            return self.series.data or None
        return before.series if channel == "email" else None

    def _truth(self) -> tuple[int, str | None, str | None] | None:
        if self.truth_days.data is None:
            return None
        days = -self.truth_days.data if self.truth_side.data == "before" else self.truth_days.data
        until = self.truth_at.data.strftime("%H:%M") if self.truth_at.data else None
        return days, until, None if self.truth_from.data == OWN else self.truth_from.data

    def take(self, findings: Iterable[PlanFinding], code: str) -> None:
        """Say beside each field what is wrong with this step."""
        for finding in findings:
            if finding.step == code:
                field = self[_FIELD_OF.get(finding.where, finding.where)]
                field.errors = [*field.errors, words.sentence(finding)]


def _in_order(chosen: Iterable[str], before: Sequence[str]) -> tuple[str, ...]:
    """Results in the order their buttons had; new ones behind."""
    order = {code: place for place, code in enumerate(before)}
    return tuple(sorted(chosen, key=lambda code: order.get(code, len(order))))
