"""What the club owes by the calendar: points nobody claimed, warnings, burns, rewards for friends; levels.

Points are looked at every hour, because offices have their midnights at different ones; what is done stays done.
"""

from datetime import datetime
from typing import Any

from webapp.club.actions.burning import burn_due
from webapp.club.actions.levels import count_levels
from webapp.club.actions.rewarding import settle_friends
from webapp.club.actions.unclaimed import collect_unclaimed
from webapp.club.actions.warning import open_warnings


def look_after_club(*, now: datetime) -> dict[str, Any]:
    """Everything of the club that is due, once; gives figures.

    Safe to run twice, by several workers at once, and after being killed anywhere.
    """
    return {**look_after_points(now=now), "levels": count_levels(now=now)}


def look_after_points(*, now: datetime) -> dict[str, Any]:
    """What is due by the day each office has now; gives figures."""
    collected = collect_unclaimed(now=now)
    # A warning may move a day that is too near: before the burn, never behind it.
    warned = open_warnings(now=now)
    burned = burn_due(now=now)
    return {"collected": collected, "warned": warned, "burned": burned["burned"], "burned_points": burned["points"],
            "burn_later": burned["later"], "burn_unproven": burned["unproven"], "friends": settle_friends(now=now)}
