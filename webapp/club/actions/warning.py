"""Beginning the warnings before a burn: a plan of letter, SMS and call for each card whose month has come (§5.4)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.club import burning
from webapp.club.actions.ledger import lock_card
from webapp.club.actions.warnings import close_warning
from webapp.club.activity import keep_burn_day
from webapp.club.burn_plan import ANCHOR, KIND
from webapp.club.burn_rules import WARN_DAYS, day_to_warn_of
from webapp.club.burning import Place
from webapp.club.models import BurnWarning, Card, CardNumber, Purse
from webapp.db import db, transaction
from webapp.staff.audit import job
from webapp.touches.actions.many import Opening, Planner, open_many
from webapp.touches.models import Plan

WARNER = job("burning")
BATCH = 100


def open_warnings(*, now: datetime) -> int:
    """Warn of every burn whose month has come by the day of the card's home office; gives how many warnings began.

    Begun twice, or by two workers, each card is warned once. Where the day is too near to be fair, it moves.
    """
    if db.session.scalar(select(Plan.id).where(Plan.kind == KIND).limit(1)) is None:
        # Set-up has not brought the plan yet; without a warning nothing burns.
        return 0
    for card_id in burning.astray():
        _put_right(card_id, now)
    opened = 0
    for place in burning.places(now):
        ids = burning.to_warn(place)
        db.session.rollback()
        for start in range(0, len(ids), BATCH):
            with transaction():
                opened += len(warn_cards(ids[start:start + BATCH], place, now=now))
    return opened


def warn_cards(ids: Sequence[int], place: Place, *, now: datetime) -> list[BurnWarning]:
    """Begin the warnings of these cards, those in use left out; call inside `transaction()`."""
    locked = burning.lock_free(ids, place, ahead=WARN_DAYS)
    warned = select(BurnWarning.card_id).where(BurnWarning.card_id.in_(locked), BurnWarning.state == burning.OPEN)
    taken = set(db.session.scalars(warned))
    query = (select(Card).where(Card.id.in_(set(locked) - taken)).order_by(Card.office_id, Card.id)
             .options(joinedload(Card.client), joinedload(Card.office)).execution_options(populate_existing=True))
    cards = list(db.session.scalars(query))
    offices = {card.office_id: card.office for card in cards}
    return [warning for office_id, office in offices.items() for warning in _warn(
        [card for card in cards if card.office_id == office_id], Planner(KIND, office, now=now, origin="hand"), place,
        now)]


def _warn(cards: Sequence[Card], planner: Planner, place: Place, now: datetime) -> list[BurnWarning]:
    """Warnings of cards of one office, with their plans."""
    ids = [card.id for card in cards]
    numbers = dict(db.session.execute(select(CardNumber.card_id, CardNumber.number).where(
        CardNumber.card_id.in_(ids), CardNumber.ended_at.is_(None))).all())
    purses = {row.card_id: row for row in db.session.execute(
        select(Purse.card_id, Purse.seq, Purse.balance).where(Purse.card_id.in_(ids)))}
    openings, warnings = [], []
    for card in cards:
        day = _fair_day(card, place.today)
        purse = purses[card.id]
        openings.append(Opening(
            card.client_id, card.client.manager_id, {ANCHOR: day}, client_zone=card.client.timezone,
            facts=_facts(card, numbers.get(card.id, ""), purse.balance, day)))
        warnings.append(BurnWarning(card_id=card.id, burn_on=day, seq=purse.seq or 0, amount=purse.balance,
                                    state="open", opened_at=now, opened_on=place.today))
    occasions, _touches = open_many(planner, openings, actor=WARNER)
    for warning, occasion in zip(warnings, occasions, strict=True):
        warning.occasion_id = occasion.id
    db.session.add_all(warnings)
    db.session.flush()
    return warnings


def _facts(card: Card, number: str, points: int, day: date) -> dict[str, Any]:
    """What letters and the call speak of."""
    return {"card": card.id, "number": number, "points": points, "burn_on": day.isoformat()}


def _fair_day(card: Card, today: date) -> date:
    """The day the warning names; the card's own moves with it."""
    assert card.burn_on is not None
    day = day_to_warn_of(card.burn_on, today)
    if day != card.burn_on:
        card.not_before = card.burn_on = day
    return day


def _put_right(card_id: int, now: datetime) -> None:
    """A warning and its card name different days: points are gone, live longer, or their life was shortened."""
    with transaction() as session:
        card = lock_card(card_id)
        warning = session.scalar(select(BurnWarning).where(BurnWarning.card_id == card_id,
                                                           BurnWarning.state == "open"))
        keep_burn_day(card)
        if warning is None or card.id != card_id or card.burn_on == warning.burn_on:
            return
        if card.burn_on is not None and card.burn_on < warning.burn_on:
            # What a client was told stays true.
            card.not_before = warning.burn_on
            keep_burn_day(card)
        else:
            close_warning(card, "void", actor=WARNER, now=now)
