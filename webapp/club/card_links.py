"""Personal links to balance pages: what they are called, how long they last, which cards they open."""

from collections.abc import Iterable
from datetime import timedelta

from webapp.clients.links import PLACES

CARD = "card"
PLACES[CARD] = "b"
LASTS = timedelta(days=2 * 365)
"""A link that went out in a letter or an SMS: it is kept on the screen of a phone, but not for ever."""
VISIT = timedelta(hours=1)
"""A link somebody got for a code: perhaps on another person's computer."""
_PREFIX = "card:"


def source_of(card_ids: Iterable[int]) -> str:
    """What a link to these cards, and no others, is made for: «card:7,9»."""
    return _PREFIX + ",".join(str(card_id) for card_id in card_ids)


def named_in(source: str) -> tuple[int, ...]:
    """The cards a link was made for; none: it opens all cards of its client."""
    if not source.startswith(_PREFIX):
        return ()
    return tuple(int(word) for word in source.removeprefix(_PREFIX).split(",") if word.isdigit())
