"""Work that other rooms keep under somebody's name: what a leaver has in hand, and how it goes to others."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, current_app

from webapp.staff.rules import Actor

_KEY = "snova.own_work"


@dataclass(frozen=True)
class Leaving:
    """`leaver_id` lets go of everything in these offices; `to_id` takes it, None: whoever the room finds."""

    leaver_id: int
    office_ids: Collection[int]
    to_id: int | None
    actor: Actor
    now: datetime


@dataclass(frozen=True)
class OwnWork:
    """One sort of work: a lazy `label`, what to know before it is handed over, how much somebody has in these offices,
    how it goes on (gives how much), and the same number in words."""

    label: Any
    hint: Any
    count: Callable[[int, Collection[int]], int]
    hand_on: Callable[[Leaving], int]
    told: Callable[[int], str]


def add_own_work(app: Flask, work: OwnWork) -> None:
    """A room has work that must never stay with somebody who is gone."""
    app.extensions.setdefault(_KEY, []).append(work)


def own_work() -> list[OwnWork]:
    """What rooms have, in their order."""
    return list(current_app.extensions.get(_KEY, ()))


def hand_on(leaving: Leaving) -> list[str]:
    """Let every room hand its work on; gives in words what went over. Call inside a transaction, before anything else
    is locked in it."""
    done = [(work, work.hand_on(leaving)) for work in own_work()]
    return [work.told(number) for work, number in done if number]
