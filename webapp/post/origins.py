"""What a message is about: rooms on the right say which page stands behind a group of messages, and who may read it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app


@dataclass(frozen=True)
class Origin:
    """The page and what it is called."""

    url: str
    label: str


Ask = Callable[[set[str]], dict[str, Origin]]


def add_origins(app: Flask, ask: Ask) -> None:
    """A room offers to name the pages behind group keys it knows, those of many rows in one query."""
    app.extensions.setdefault("snova.origins", []).append(ask)


def origins_of(groups: Iterable[str]) -> dict[str, Origin]:
    """The pages behind these groups that the signed-in person may open."""
    wanted = {group for group in groups if group}
    found: dict[str, Origin] = {}
    for ask in current_app.extensions.get("snova.origins", ()) if wanted else ():
        found |= ask(wanted)
    return found


Closed = Callable[[Sequence[Any]], set[int]]


def add_closed(app: Flask, ask: Closed) -> None:
    """A room names, among messages (`id`, `group_key`), those the signed-in person may neither read nor act on,
    although they are of the person's offices; all of them in one query."""
    app.extensions.setdefault("snova.closed", []).append(ask)


def closed_among(rows: Sequence[Any]) -> set[int]:
    """Ids of the messages that some room keeps from the signed-in person."""
    found: set[int] = set()
    for ask in current_app.extensions.get("snova.closed", ()) if rows else ():
        found |= ask(rows)
    return found
