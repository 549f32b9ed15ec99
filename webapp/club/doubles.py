"""Several open cards of one person, and which of them stays when they become one."""

from dataclasses import dataclass

from webapp.club.access import sees_whole
from webapp.club.models import ACTIVE, PLASTIC, VIRTUAL, Card, cards_of, head_of, number_of
from webapp.staff.rules import Actor


@dataclass(frozen=True)
class Double:
    """Another open card of the owner: its number and points; `comes` when this card would stay, else it goes there."""

    number: str
    points: int
    comes: bool


def doubles_of(card: Card, actor: Actor) -> list[Double]:
    """What joining would do, to be said before."""
    return [Double(number_of(other.id), head_of(other.id).balance, which_stays(card, other) is card)
            for other in other_open(card, actor)]


def other_open(card: Card, actor: Actor) -> list[Card]:
    """The owner's other open cards, the oldest first: those this person may see whole."""
    return [other for other in cards_of(card.client_id)
            if other.id != card.id and other.state == ACTIVE and sees_whole(other, actor)]


def which_stays(card: Card, other: Card) -> Card:
    """The one somebody works with stays; a virtual one goes to a plastic one, which is in the owner's hands."""
    return other if (card.kind, other.kind) == (VIRTUAL, PLASTIC) else card
