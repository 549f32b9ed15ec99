"""Personal links in letters, made by rooms on the right: one per letter that names it, and only when it really goes.

`@letter_link("links.balance", example=…)` registers how a link is made. It is called in the transaction that stores the
message; previews show the example, scripts and chats stay without links.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from webapp.letters.placeholders import REGISTRY, Registry, Value


class Make(Protocol):
    """Makes the link of one client and gives its address; None when this client has no such page.

    `source` is what it stands in ("touch:7"), `facts` are those of the occasion.
    """

    def __call__(self, client_id: int, *, source: str, facts: Mapping[str, Any], now: datetime) -> str | None:
        """Called inside the transaction of the message."""


class LetterLinks:
    """Which links letters may have, besides the way out that every letter has."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._makers: dict[str, Make] = {}

    def letter_link(self, code: str, *, example: Callable[[], Value] | None = None) -> Callable[[Make], Make]:
        """Register how the link of a declared placeholder is made. ValueError: not declared, or registered already.

        `example` gives an address of the same length that opens nothing (`clients.links.example_url`).
        """
        def attach(make: Make) -> Make:
            # For the checks of the editor it has a value; what has no message of its own gets none.
            self._registry.supply(code, example=example)(lambda context: None)
            self._makers[code] = make
            return make
        return attach

    def needed(self, names: Collection[str]) -> frozenset[str]:
        """Those of these placeholders that are such links."""
        return frozenset(self._makers.keys() & set(names))

    def make(self, codes: Collection[str], client_id: int, *, source: str, facts: Mapping[str, Any],
             now: datetime) -> dict[str, Value]:
        """The addresses by placeholder, made in the transaction that stores the message."""
        return {code: self._makers[code](client_id, source=source, facts=facts, now=now) or None
                for code in sorted(codes)}


LINKS = LetterLinks(REGISTRY)
"""The product's own; rooms on the right add to it when they are imported."""

letter_link = LINKS.letter_link
