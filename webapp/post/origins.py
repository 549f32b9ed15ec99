"""What a message is about: rooms on the right say which page stands behind a group of messages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

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
