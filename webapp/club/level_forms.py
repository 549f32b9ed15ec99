"""Forms of levels: names, conditions and rates of all levels at once; one privilege; an example for the preview."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from webapp.club.actions.level_terms import Wanted, Words
from webapp.club.level_rules import Earned, Grade, LevelFault
from webapp.club.models import Level, Privilege
from webapp.kit import money
from webapp.web.forms import AtMost, BaseForm, Filled, KeyField

NAME, TEXT, MOST_TRIPS = 40, 160, 100
WORTHS: dict[str, Any] = {"A": _l("A: prized most"), "B": _l("B: a pleasure"), "C": _l("C: a nice little thing")}
_NUMERIC = {"inputmode": "numeric", "autocomplete": "off"}


class LevelsForm(BaseForm):
    """All levels at once, because a higher one must ask for more; `form_for` adds the fields of each."""

    levels: Sequence[Level] = ()
    seen = HiddenField()
    sure = HiddenField()

    def of(self, level: Level) -> dict[str, Field]:
        """The fields of one level by their name; the lowest has no conditions."""
        return {name: self[f"{name}_{level.code}"] for name in _FIELDS if f"{name}_{level.code}" in self}

    def wanted(self) -> list[Wanted]:
        """The levels as they were filled in."""
        return [self._wanted(level) for level in self.levels]

    def complain(self, found: Sequence[LevelFault]) -> None:
        """Say what contradicts, beside the field it is about."""
        for fault in found:
            said = _SENTENCES[fault.code] % {"level": fault.level, "other": fault.other}
            self.say(f"{'rate' if fault.code == 'gives-less' else 'trips'}_{fault.level}", said)

    def _wanted(self, level: Level) -> Wanted:
        fields = self.of(level)
        grade = Grade(level.code, level.rank, rate_bp=_basis_points(fields["rate"]))
        if "trips" in fields:
            grade = Grade(level.code, level.rank, _whole(fields["trips"]), _kopecks(fields["spend"]),
                          fields["both"].data == "both", grade.rate_bp)
        return Wanted(grade, fields["name_ru"].data, fields["name_en"].data)


class PrivilegeForm(BaseForm):
    """What a level gives, in one line clients read; English may be left out."""

    ru = StringField(_l("What the client gets"), [Filled(_l("Write what the client gets.")), AtMost(TEXT)],
                     description=_l("One short line, as clients read it: “Free choice of seats”."))
    en = StringField(_l("The same in English"), [Optional(), AtMost(TEXT)],
                     description=_l("For clients who read English. Empty: they read the Russian line."))
    worth = RadioField(_l("How much do clients value it?"), choices=[SelectChoice(*pair) for pair in WORTHS.items()],
                       default="B", description=_l("For you only: it helps to give the best to the best. Clients do "
                                                   "not see it."))
    form_key = KeyField()

    @property
    def words(self) -> Words:
        """What was filled in."""
        return Words(self.ru.data or "", self.en.data or "", self.worth.data)

    def show(self, row: Privilege) -> None:
        """Fill in what there is."""
        self.ru.data, self.en.data, self.worth.data = row.text_ru, row.text_en, row.worth


class ExampleForm(BaseForm):
    """Somebody with so many trips and so much spent, for the preview; a GET form."""

    class Meta(BaseForm.Meta):
        csrf = False

    trips = StringField(_l("Trips, how many"), [Optional()], render_kw=_NUMERIC)
    spend = StringField(_l("Spent, ₽"), [Optional()], render_kw=_NUMERIC)

    def validate_trips(self, field: Field) -> None:
        """A small number."""
        _whole(field)

    def validate_spend(self, field: Field) -> None:
        """A sum."""
        _kopecks(field)

    @property
    def earned(self) -> Earned:
        """The example."""
        return Earned(_whole(self.trips), _kopecks(self.spend))


def example_data(earned: Earned) -> dict[str, str]:
    """What the fields of the preview show of somebody: whole rubles."""
    return {"trips": str(earned.trips), "spend": f"{earned.spend_kopecks // 100:,}".replace(",", "\u00a0")}


def form_for(levels: Sequence[Level], **options: Any) -> LevelsForm:
    """The form with the fields of these levels, the lowest first."""
    fields: dict[str, Any] = {"levels": levels}
    for level in levels:
        for name, make in _FIELDS.items():
            if level is not levels[0] or name in ("name_ru", "name_en", "rate"):
                fields[f"{name}_{level.code}"] = make()
    return type("FilledLevelsForm", (LevelsForm,), fields)(**options)


def shown(levels: Sequence[Level], seen: str) -> LevelsForm:
    """The form as it is first shown."""
    data: dict[str, Any] = {"seen": seen}
    for level in levels:
        values = {"name_ru": level.name_ru, "name_en": level.name_en, "trips": str(level.min_trips or ""),
                  "spend": _sum(level.min_spend_kopecks), "both": "both" if level.both else "one",
                  "rate": f"{level.rate_bp / 100:g}".replace(".", ",")}
        data |= {f"{name}_{level.code}": value for name, value in values.items()}
    return form_for(levels, formdata=None, data=data)


def _checked(read: Any) -> Any:
    def check(_form: BaseForm, field: Field) -> None:
        read(field)
    return check


def _whole(field: Field) -> int:
    text = "".join((field.data or "").split())
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal()) or int(text[:6]) > MOST_TRIPS:
        raise ValidationError(_("Write a whole number from 0 to %(most)s.", most=MOST_TRIPS))
    return int(text)


def _kopecks(field: Field) -> int:
    try:
        return money.read_kopecks(field.data or None) or 0
    except money.BadMoney:
        raise ValidationError(_("Write a sum like 250 000.")) from None


def _basis_points(field: Field) -> int:
    text = "".join((field.data or "").split()).removesuffix("%").replace(",", ".")
    try:
        points = round(float(text) * 100)
    except (ValueError, OverflowError):
        points = -1
    if not 0 <= points <= 10_000 or abs(float(text) * 100 - points) > 1e-6:
        raise ValidationError(_("Write a rate like 2 or 1,5, up to 100."))
    return points


def _sum(kopecks: int) -> str:
    return money.display(kopecks).removesuffix("\u00a0₽") if kopecks else ""


_FIELDS: dict[str, Any] = {
    "name_ru": lambda: StringField(_l("Name in Russian"), [Filled(), AtMost(NAME)]),
    "name_en": lambda: StringField(_l("Name in English"), [Filled(), AtMost(NAME)]),
    "trips": lambda: StringField(_l("Trips in 24 months"), [_checked(_whole)], render_kw=_NUMERIC),
    "spend": lambda: StringField(_l("Spent in 24 months, ₽"), [_checked(_kopecks)], render_kw=_NUMERIC),
    "both": lambda: RadioField(_l("Trips and sum"), choices=[
        SelectChoice("one", _l("one of them is enough")), SelectChoice("both", _l("both are needed"))], default="one"),
    "rate": lambda: StringField(_l("Points of every trip, %"), [Filled(), _checked(_basis_points)],
                                render_kw={"inputmode": "decimal", "autocomplete": "off"}),
}
_SENTENCES: dict[str, Any] = {
    "lowest-asks": _l("Level %(level)s is the first one: everybody has it, it asks for nothing."),
    "asks-nothing": _l("Level %(level)s asks for nothing: write how many trips or what sum it needs."),
    "asks-less": _l("Level %(level)s must ask for more than %(other)s: as it stands, somebody would have it who has "
                    "not earned %(other)s, or both at once."),
    "gives-less": _l("Level %(level)s cannot give fewer points than %(other)s."),
}
