"""Points that people and other rooms give: compensation, coupon, the welcome-back gift; and corrections."""

from datetime import datetime

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.club.access import needs_whole
from webapp.club.actions.cards import virtual_card
from webapp.club.actions.ledger import Why, correct, credit, hold_people, lock_card
from webapp.club.actions.telling import tell_points
from webapp.club.models import BonusOp, Card, number_of, terms
from webapp.db import db, transaction
from webapp.staff.audit import record
from webapp.staff.rules import DIRECTOR, SERVICE, Actor, BadInput

COMPENSATION, COUPON, WELCOME_BACK = "compensation", "coupon", "welcome_back"
GRANTS = (COMPENSATION, COUPON)
"""What people may give with a sentence of their own; the welcome-back gift has its own verb."""


def grant(to: Card | Client, kind: str, points: int, *, key: str, cause: str, note: str = "", actor: Actor,
          now: datetime, on_behalf: bool = False) -> BonusOp:
    """Give points, once per `key`: kind "compensation" or "coupon", `cause` the row it follows from ("complaint:7").
    `on_behalf` of a cause of the actor's own offices: the card may then be of any other.

    A client without an open card gets a virtual one. Raises BadInput("reason-needed") when a person gives neither
    cause nor note, "blocked"; BadPosting; NotAllowed.
    """
    if kind not in GRANTS:
        raise ValueError(kind)
    actor.needs(SERVICE, DIRECTOR)
    if not note.strip() and not cause:
        raise BadInput("reason-needed", "note")
    with transaction():
        card = _card_of(to, actor, now)
        if not on_behalf:
            needs_whole(card, actor)
        _needs_open(card)
        op = credit(card.id, points, kind, Why(f"{kind}:{key}", kind, cause=cause, note=note.strip(),
                                               office_id=card.office_id), actor=actor, now=now)
        tell_points(card, op, actor=actor, now=now)
        return op


def welcome_back(client: Client, *, cause: str, actor: Actor, now: datetime) -> tuple[BonusOp, bool]:
    """The gift for somebody who comes back, once in a life; gives the operation and whether it is new.

    It stands on the client's open card, or on a virtual one made for it; how much is said by the terms of the day.
    Raises BadInput("no-gift") while the terms give nothing; NotAllowed.
    """
    key = f"{WELCOME_BACK}:{client.id}"
    with transaction() as session:
        # Two of them wait for each other: the gift may not be looked for in vain twice.
        hold_people([client.id])
        known = session.scalar(select(BonusOp).where(BonusOp.idem_key == key))
        if known is not None:
            return known, False
        points = terms().welcome_back_points
        if not points:
            raise BadInput("no-gift")
        card = _card_of(client, actor, now)
        needs_whole(card, actor)
        op = credit(card.id, points, WELCOME_BACK, Why(key, WELCOME_BACK, cause=cause, office_id=card.office_id),
                    actor=actor, now=now)
        tell_points(card, op, actor=actor, now=now)
        return op, True


def put_right(card_id: int, points: int, note: str, *, key: str, actor: Actor, now: datetime) -> BonusOp:
    """A director corrects the balance, up or down (signed points), with a reason; it stands in the log too.

    Raises BadInput("reason-needed"); BadPosting; NotAllowed.
    """
    actor.needs(DIRECTOR)
    if not note.strip():
        raise BadInput("reason-needed", "note")
    with transaction() as session:
        card = lock_card(card_id)
        needs_whole(card, actor)
        idem_key = f"correction:{key}"
        is_new = session.scalar(select(BonusOp.id).where(BonusOp.idem_key == idem_key)) is None
        op = correct(card_id, points, Why(idem_key, "correction", note=note.strip(), office_id=card.office_id),
                     actor=actor, now=now)
        if is_new:
            tell_log(card, "corrected", points, note, actor=actor, now=now)
        return op


def tell_log(card: Card, verb: str, points: int, note: str, *, actor: Actor, now: datetime) -> None:
    """A line of the log about points a person moved by hand."""
    record(actor, verb, "card", card.id, office_id=card.office_id, now=now, facts={
        "card_number": ["", number_of(card.id)], "points": ["", f"{points:+d}".replace("-", "−")],
        "card_reason": ["", note.strip()]})


def _card_of(to: Card | Client, actor: Actor, now: datetime) -> Card:
    card = to if isinstance(to, Card) else virtual_card(to, actor=actor, now=now)
    db.session.flush()
    return lock_card(card.id)


def _needs_open(card: Card) -> None:
    if not card.is_open:
        raise BadInput("blocked")
