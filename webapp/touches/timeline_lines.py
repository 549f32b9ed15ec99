"""What rooms on the right add to a client's timeline: things that happened and were no contact, one line each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

_KEY = "snova.timeline"


@dataclass(frozen=True)
class Line:
    """One thing that happened: `at` is a UTC moment, `state` a kind of state, `ours` False for what the client did.

    `about` names the occasion of steps that belong to no trip; `url` is the page of the thing, "" where there is none
    or the reader may not open it.
    """

    at: datetime
    icon: str
    title: str
    state: str = "done"
    result: str = ""
    note: str = ""
    by: str = ""
    ours: bool = True
    letter_id: int | None = None
    about: str = ""
    url: str = ""


Teller = Callable[[int, int], Iterable[Line]]


def add_to_timeline(app: Flask, teller: Teller) -> None:
    """A room tells its own lines: given a client's id and how many of the newest are wanted.

    What the signed-in person may read of them is the teller's own question.
    """
    app.extensions.setdefault(_KEY, []).append(teller)


def told_by_rooms(client_id: int, limit: int) -> list[Line]:
    """The newest `limit` lines of each room, in no order."""
    return [line for teller in current_app.extensions.get(_KEY, ()) for line in teller(client_id, limit)]
