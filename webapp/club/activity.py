"""The kept day of burning of a card: written with balance, activity and state, by the one function of dates."""

from datetime import date

from sqlalchemy import select

from webapp.club.burn_rules import burn_day, day_to_warn_of
from webapp.club.models import ACTIVE, BurnWarning, Card, head_of, terms
from webapp.db import db


def keep_burn_day(card: Card, balance: int | None = None) -> None:
    """Bring `card.burn_on` up to date; call inside the transaction that changed the card. NULL: nothing can burn."""
    points = head_of(card.id).balance if balance is None else balance
    burns = bool(points) and card.state == ACTIVE
    card.burn_on = burn_day(card.active_on, terms().months, card.not_before) if burns else None


def was_active(card: Card, day: date) -> None:
    """Presentation, sale of the card or accrual for a trip on `day` (of the home office): the points live on."""
    if day > card.active_on:
        card.active_on = day
    # A later day that was promised stays: showing the card never shortens anything.
    keep_burn_day(card)


def keep_fair(card: Card, today: date) -> None:
    """Points that have just come to a card long unused get the month of warning that everybody gets; call it as above.

    Without it their day would lie in the past until the next look at warnings.
    """
    if card.burn_on is None:
        return
    promised = db.session.scalar(select(BurnWarning.burn_on).where(
        BurnWarning.card_id == card.id, BurnWarning.state == "open"))
    fair = promised or day_to_warn_of(card.burn_on, today)
    if fair > card.burn_on:
        card.not_before = fair
        keep_burn_day(card)
