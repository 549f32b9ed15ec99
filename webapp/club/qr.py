"""The square code of a card as a drawing inside the page: nothing is loaded for it."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

import segno
from flask import current_app
from markupsafe import Markup

PLACE = "c"


def card_address(number: str) -> str:
    """What the code of a card holds: staff who scan it come to the card, everybody else to the question for a code."""
    return f"{current_app.extensions['snova.settings'].public_url}/{PLACE}/{number}"


@lru_cache(maxsize=2048)
def drawing(content: str) -> Markup:
    """The squares of a code as one path: an `<svg>` without styles, in the ink around it."""
    code = segno.make(content, micro=False, error="m")
    size = code.symbol_size(border=0)[0]
    runs = "".join(f"M{start} {y}.5h{length}" for y, row in enumerate(code.matrix) for start, length in _runs(row))
    # Only figures and letters of our own making stand in it.
    return Markup('<svg class="qr" viewBox="-2 -2 {0} {0}" aria-hidden="true" stroke="currentColor"'
                  ' shape-rendering="crispEdges"><path d="{1}"/></svg>').format(size + 4, runs)


def _runs(row: bytearray) -> Iterator[tuple[int, int]]:
    """Where dark squares begin in a row, and how many stand side by side."""
    place = 0
    for is_dark, squares in groupby(row, bool):
        length = len(list(squares))
        if is_dark:
            yield place, length
        place += length
