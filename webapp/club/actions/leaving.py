"""A client is erased: the cards stop, warnings end, and cards of friends no longer say to whom they were lent."""

from datetime import datetime

from sqlalchemy import or_, select, update

from webapp.clients.models import Client
from webapp.club.actions.ledger import hold_people, lock_card
from webapp.club.actions.warnings import close_warning
from webapp.club.activity import keep_burn_day
from webapp.club.balance_models import BalanceAsk
from webapp.club.models import ACTIVE, BLOCKED, Card, cards_of, number_of
from webapp.club.traces import names_both
from webapp.db import transaction
from webapp.staff.rules import Actor


def leave_club(client: Client, *, actor: Actor, now: datetime) -> None:
    """Block the client's cards, whose points stay in the ledger, and end every loan to the client. For use inside the
    transaction that erases.
    """
    with transaction() as session:
        hold_people([client.id])
        own = {card.id for card in cards_of(client.id)}
        lent = set(session.scalars(select(Card.id).where(
            or_(Card.lent_to_id == client.id, names_both(Card.lent_to, client)))))
        # All cards before the first occasion, the lower number first: as whoever moves points between two of them.
        cards = {card_id: lock_card(card_id) for card_id in sorted(own | lent)}
        for card_id in sorted(own):
            card = cards[card_id]
            card.state = BLOCKED if card.state == ACTIVE else card.state
            close_warning(card, "void", actor=actor, now=now)
            keep_burn_day(card)
        for card_id in sorted(lent):
            card = cards[card_id]
            card.lent_to_id, card.lent_to, card.lent_on = None, "", None
        # A request nobody has looked at yet is of no client: only what was typed tells whose it is.
        typed = {phone.e164 for phone in client.phones} | {number_of(card_id) for card_id in own}
        session.execute(update(BalanceAsk).where(BalanceAsk.asked.in_(typed)).values(asked=""))
        session.flush()
