"""Two cards of one person become one: points, debts and the longer life go to the card that stays."""

from datetime import datetime

from webapp.club.access import needs_whole
from webapp.club.actions.card_history import end_loan, end_number, log_event
from webapp.club.actions.ledger import Why, hold_people, living, lock_card, merge_points
from webapp.club.actions.warnings import close_warning
from webapp.club.activity import keep_burn_day
from webapp.club.doubles import other_open, which_stays
from webapp.club.models import ACTIVE, MERGED, Card, cards_of
from webapp.db import db, transaction
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, BadInput


def merge_cards(source_id: int, target_id: int, *, key: str, actor: Actor, now: datetime) -> Card:
    """Two cards of one person become one: points, debts and the longer life go to `target`, the other number is void.

    Raises BadInput("same-card"); LookupError. For pages that join people too.
    """
    with transaction():
        first, second = sorted((source_id, target_id))
        locked = {card.id: card for card in (lock_card(first), lock_card(second))}
        if len(locked) < 2 or not {source_id, target_id} <= locked.keys():
            raise BadInput("same-card")
        source, target = locked[source_id], locked[target_id]
        merge_points(source, target, Why(key, "merge", cause=f"card:{source.id}"), actor=actor, now=now)
        close_warning(source, "void", actor=actor, now=now)
        target.active_on = max(target.active_on, source.active_on)
        target.not_before = max(filter(None, (target.not_before, source.not_before)), default=None)
        end_loan(source, source.office, actor=actor, now=now)
        source.state, source.merged_into_id = MERGED, target.id
        end_number(source, "merged", now)
        for card in (source, target):
            keep_burn_day(card)
        log_event(source, "merged", source.office, actor=actor, now=now)
        return target


def join_open(card_id: int, *, actor: Actor, now: datetime) -> Card:
    """Join an open card with the other open ones of its owner, if there are any; gives the one that stays.

    A blocked card stays as it is. Raises NotAllowed, LookupError.
    """
    actor.needs(MANAGER, SERVICE, DIRECTOR)
    with transaction():
        card = lock_all_of(card_id)
        needs_whole(card, actor)
        for other in other_open(card, actor) if card.state == ACTIVE else ():
            stays = which_stays(card, other)
            goes = card if stays is other else other
            card = merge_cards(goes.id, stays.id, key=f"joined:{goes.id}", actor=actor, now=now)
        return card


def lock_all_of(card_id: int) -> Card:
    """The card, locked together with all others of its owner in the order of locks. Raises LookupError."""
    card = db.session.get(Card, living(card_id))
    if card is None:
        raise LookupError(card_id)
    # Nobody makes a card for the client meanwhile.
    hold_people([card.client_id])
    for own in cards_of(card.client_id):
        lock_card(own.id)
    return lock_card(card_id)
