"""Who sees what of a card (`domain.md` §10): its number gives name, balance, last contact; the rest is its offices'."""

from webapp.club.models import Card
from webapp.staff.models import Office, User
from webapp.staff.rules import Actor, NotAllowed


def sees_whole(card: Card, actor: Actor) -> bool:
    """True for people of the card's home office or its owner's: statement, history, and the verbs of the owner."""
    return actor.may_see(card.office_id) or actor.may_see(card.client.office_id)


def needs_whole(card: Card, actor: Actor) -> None:
    """Raises NotAllowed("card-elsewhere") for people of other offices."""
    if not sees_whole(card, actor):
        raise NotAllowed("card-elsewhere")


def office_at(card: Card, user: User) -> Office:
    """Where this person holds the card in their hands: its home office when they work there, else their own."""
    if user.is_network or any(office.id == card.office_id for office in user.offices):
        return card.office
    return next((office for office in user.offices if office.closed_on is None), card.office)
