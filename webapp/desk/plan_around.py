"""What the editor of plans says: in the words of trips for their plan, in neutral ones around any other date."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from webapp.desk.plan_dates import date_itself, label_of, of_date
from webapp.touches.models import Plan
from webapp.touches.plan_draft_rules import TRIP_ANCHORS, DraftStep
from webapp.touches.shipped import TRIP, Anchor, shipped_for

PARTS: dict[str, Any] = {"before": _l("Before the departure"), "during": _l("During the trip"),
                         "after": _l("After the return")}
_OTHER_PARTS: dict[str, Any] = {"before": _l("Before the date"), "during": _l("On the day"),
                                "after": _l("After the date")}
_ICONS = {"before": "ticket", "during": "plane", "after": "home"}
_OTHER_ICONS = {"before": "clock", "during": "calendar", "after": "arrow"}
_ANCHORS: dict[str, Any] = {"purchase": _l("purchase"), "departure": _l("departure"), "return": _l("return")}
_SAID: dict[str, tuple[Any, Any]] = {
    "help": (_l("From these steps the program makes the letters and tasks of every trip."),
             _l("From these steps the program makes letters and tasks by itself.")),
    "nothing-here": (_l("Nothing happens in this part of the trip"), _l("Nothing happens at this time")),
    "try": (_l("Try it on a trip"), _l("Try it on a date")),
    "still": (_l("Trips still get version %(number)s."), _l("Version %(number)s is still in force.")),
    "new-plan": (_l("The new plan for open trips"), _l("The new plan for what is under way")),
    "would-change": (_l("What would change for open trips"), _l("What would change for what is under way")),
    "none-open": (_l("There are no open trips: the plan holds for those to come."),
                  _l("Nothing is under way: the plan holds for what is to come.")),
    "nothing-open": (_l("There are no open trips"), _l("Nothing is under way")),
    "estimate": (_l("Counted on %(num)s trips, evenly chosen; the numbers are for all of them."),
                 _l("Counted on %(num)s cases, evenly chosen; the numbers are for all of them.")),
    "all-cases": (_l("All trips with their differences"), _l("All cases with their differences")),
    "more": (_l("More trips"), _l("More cases")),
    "for-which": (_l("For which trips does it hold?"), _l("What does it hold for?")),
    "only-new": (_l("Only for new trips"), _l("Only for what is to come")),
    "keep": (_l("Open trips keep the plan they have. You can change that later."),
             _l("What is under way keeps the plan it has. You can change that later.")),
    "published": (_l("Published. New trips get version %(number)s from now on."),
                  _l("Published. Version %(number)s holds for everything new from now on.")),
    "have-it": (_l("All open trips have this plan already."), _l("Everything under way has this plan already.")),
    "stays": (_l("It leaves the draft. What it has already done for trips stays with them. To rest it for a while, "
                 "switch it off instead."),
              _l("It leaves the draft. What it has already done for clients stays. To rest it for a while, switch "
                 "it off instead.")),
    "truth": (_l("What is late never goes out after that: nobody reads “you fly tomorrow” in the plane. Without an "
                 "hour it is the end of the day."),
              _l("What is late never goes out after that. Without an hour it is the end of the day.")),
    "choose": (_l("Choose a trip, or write three dates."), _l("Write the date."))}
_COUNTED: dict[str, tuple[Callable[[int], str], Callable[[int], str]]] = {
    "open": (lambda n: ngettext("%(num)d open trip", "%(num)d open trips", n),
             lambda n: ngettext("%(num)d open occasion", "%(num)d open occasions", n)),
    "behind": (lambda n: ngettext("%(num)d open trip lives by an older version of the plan.",
                                  "%(num)d open trips live by an older version of the plan.", n),
               lambda n: ngettext("%(num)d is under way by an older version of the plan.",
                                  "%(num)d are under way by an older version of the plan.", n)),
    "live": (lambda n: ngettext("%(num)d open trip lives by the plan.", "%(num)d open trips live by the plan.", n),
             lambda n: ngettext("It concerns %(num)d open occasion.", "It concerns %(num)d open occasions.", n)),
    "apply": (lambda n: ngettext("Apply to %(num)d open trip", "Apply to %(num)d open trips", n),
              lambda n: ngettext("Apply to %(num)d open occasion", "Apply to %(num)d open occasions", n)),
    "both": (lambda n: ngettext("For new trips and for %(num)d open trip, too",
                                "For new trips and for %(num)d open trips, too", n),
             lambda n: ngettext("For what is to come and for %(num)d open occasion, too",
                                "For what is to come and for %(num)d open occasions, too", n))}


@dataclass(frozen=True)
class Around:
    """What a plan is around: `anchors` are its dates with their words, `is_trip` says which words the editor takes.

    `caution` is what to think of before a step is switched off or taken out.
    """

    name: str
    anchors: tuple[Anchor, ...]
    is_trip: bool
    caution: str = ""

    @property
    def dates(self) -> list[tuple[str, Any]]:
        """(code, word) of what days are counted from."""
        if self.is_trip:
            return list(_ANCHORS.items())
        return [(anchor.code, date_itself(anchor)) for anchor in self.anchors]

    @property
    def parts(self) -> dict[str, Any]:
        """Headings of the parts of its timeline; a plan with one date names it."""
        if self.is_trip or len(self.anchors) != 1:
            return PARTS if self.is_trip else _OTHER_PARTS
        date = self.anchors[0]
        return {"before": _("Before %(date)s", date=of_date(date)), "during": _("On %(date)s", date=date_itself(date)),
                "after": _("After %(date)s", date=of_date(date))}

    @property
    def icons(self) -> dict[str, str]:
        """Their icons."""
        return _ICONS if self.is_trip else _OTHER_ICONS

    @property
    def fields(self) -> list[tuple[str, str]]:
        """(code, label) of the dates as fields to fill in."""
        return [(anchor.code, label_of(anchor)) for anchor in self.anchors]

    def say(self, key: str, **facts: Any) -> str:
        """A sentence of the editor."""
        text = str(_SAID[key][0 if self.is_trip else 1])
        return text % facts if facts else text

    def count(self, key: str, number: int) -> str:
        """A sentence with a number."""
        return _COUNTED[key][0 if self.is_trip else 1](number)

    def new_step(self, part: str) -> DraftStep:
        """An empty letter in this part of the timeline."""
        if self.is_trip:
            anchor = {"before": "purchase", "during": "departure"}.get(part, "return")
            column = {"before": "before", "during": "departure"}.get(part, "after")
            return DraftStep("", "email", anchor, 1, at="10:00", truth=(3, None, None), klass="service", column=column)
        anchor = self.anchors[0].code if self.anchors else ""
        days = {"before": -7, "during": 0}.get(part, 1)
        return DraftStep("", "email", anchor, days, at="10:00", truth=(3, None, None), klass="service")


def around(plan: Plan) -> Around:
    """What this plan is around; one whose room is gone has no dates to choose from, but opens."""
    shipped = shipped_for(plan.kind)
    return Around(shipped.title if shipped else plan.name, shipped.dates if shipped else (), plan.kind == TRIP,
                  shipped.warning if shipped else "")


assert set(_ANCHORS) == set(TRIP_ANCHORS)
