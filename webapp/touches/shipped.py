"""Plans that come with the product: a room declares its own at import, set-up installs what an agency lacks.

A room puts `ship(ShippedPlan(…))` into its `plans.py`; the factory imports that file. What an agency then does with its
plan is its own: an installed plan is never touched again by set-up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from webapp.touches.plan_draft_rules import TRIP_ANCHORS
from webapp.touches.plan_rules import Step
from webapp.touches.starter import NAMES, SHORT_NAMES, STARTER_PLAN, STEP_OUTCOMES, Name
from webapp.web.i18n import page_language

TRIP = "trip"


class Anchor(NamedTuple):
    """A date a plan counts from, as sentences name it: «день сгорания», and of it «дня сгорания».

    English takes the same words everywhere («3 days before the day of burning»). `ru_of` may be left out where the
    Russian name begins with «день».
    """

    code: str
    en: str
    ru: str
    ru_of: str = ""

    @property
    def genitive(self) -> str:
        """The Russian name behind «до» and «после»."""
        return self.ru_of or f"дня{self.ru.removeprefix('день')}"


@dataclass(frozen=True)
class ShippedPlan:
    """What happens around occasions of `kind`, as it is shipped.

    `names` and `short_names` are by step (English, Russian); `letters` say which text a step uses where that is not
    the one with its own code ("" for none); `outcomes` are codes of results by step; `caution`
    is said where somebody switches a step off or takes it out. ValueError for one that
    contradicts itself.
    """

    code: str
    kind: str
    name_en: str
    name_ru: str
    anchors: Sequence[Anchor | tuple[str, ...]]
    steps: Sequence[Step]
    names: Mapping[str, Name]
    short_names: Mapping[str, Name] = field(default_factory=dict)
    outcomes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    caution: Name = Name("", "")

    def __post_init__(self) -> None:
        object.__setattr__(self, "anchors", tuple(Anchor(*anchor) for anchor in self.anchors))
        codes = [step.code for step in self.steps]
        if len(codes) != len(set(codes)) or set(codes) - self.names.keys():
            raise ValueError(f"{self.code}: every step has a code and a name of its own")
        dates = set(self.anchor_codes)
        for step in self.steps:
            named = {step.anchor, step.before, step.truth.anchor if step.truth else None} - {None}
            if named - dates:
                raise ValueError(f"{self.code}: {step.code} counts from {named - dates}")
        for anchor in self.dates:
            if not anchor.ru_of and not anchor.ru.startswith("день"):
                raise ValueError(f"{self.code}: how does «{anchor.ru}» decline?")

    @property
    def title(self) -> str:
        """What the plan is called in the reader's language."""
        return self.name_en if page_language() == "en" else self.name_ru

    @property
    def warning(self) -> str:
        """Its caution in the reader's language; "" where nothing is to be thought of."""
        return self.caution.en if page_language() == "en" else self.caution.ru

    @property
    def dates(self) -> tuple[Anchor, ...]:
        """The anchors with their words, in the order in which they come."""
        return tuple(anchor for anchor in self.anchors if isinstance(anchor, Anchor))

    @property
    def anchor_codes(self) -> tuple[str, ...]:
        """Their codes."""
        return tuple(anchor.code for anchor in self.dates)


_PLANS: dict[str, ShippedPlan] = {}


def ship(plan: ShippedPlan) -> ShippedPlan:
    """Declare a plan. ValueError where its kind has one, or an anchor of the same name that is called otherwise."""
    known = {anchor.code: anchor for other in _PLANS.values() for anchor in other.dates}
    if plan.kind in _PLANS or any(known.get(anchor.code, anchor) != anchor for anchor in plan.dates):
        raise ValueError(f"{plan.code} is not the first of its name")
    _PLANS[plan.kind] = plan
    return plan


def shipped() -> list[ShippedPlan]:
    """All plans, in the order of their rooms."""
    return list(_PLANS.values())


def shipped_for(kind: str) -> ShippedPlan | None:
    """The plan of a kind of occasions; None for a kind whose room is gone."""
    return _PLANS.get(kind)


def anchors_of(kind: str) -> tuple[str, ...]:
    """Codes of the dates occasions of this kind have; () where nobody knows."""
    plan = _PLANS.get(kind)
    return plan.anchor_codes if plan else ()


def anchor_named(code: str) -> Anchor | None:
    """The words of a date, of whichever plan."""
    return next((anchor for plan in _PLANS.values() for anchor in plan.dates if anchor.code == code), None)


ship(ShippedPlan(
    TRIP, TRIP, "Trip", "Поездка",
    anchors=[Anchor(code, *words) for code, words in zip(TRIP_ANCHORS, (
        ("purchase", "покупка", "покупки"), ("departure", "вылет", "вылета"),
        ("return", "возвращение", "возвращения")), strict=True)],
    steps=STARTER_PLAN, names=NAMES, short_names=SHORT_NAMES, outcomes=STEP_OUTCOMES))
