"""Verbs of cards: sell or give, present, lend, block, replace; each leaves a line in the card's history."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.clients.models import Client
from webapp.club import number_rules
from webapp.club.access import needs_whole
from webapp.club.actions.card_history import end_loan, end_number, log_event
from webapp.club.actions.inviting import invitation
from webapp.club.actions.joining import join_open, lock_all_of
from webapp.club.actions.ledger import hold_people, lock_card
from webapp.club.actions.telling import tell_new_card
from webapp.club.actions.warnings import close_warning
from webapp.club.activity import keep_burn_day, was_active
from webapp.club.models import ACTIVE, BLOCKED, PLASTIC, VIRTUAL, Card, CardEvent, CardNumber, Purse, cards_of
from webapp.db import db, transaction
from webapp.kit.days import local_day, zone
from webapp.staff.models import Office
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, BadInput, NotAllowed

STAFF = (MANAGER, SERVICE, DIRECTOR)
_TRIES = 20


@dataclass(frozen=True)
class Sale:
    """How a card is issued: for money or as a present, by whom, with which receipt. Price in kopecks.

    `number` is the one printed on the plastic, "" draws a new one. A card brought along from earlier is no news.
    """

    price_kopecks: int = 0
    number: str = ""
    receipt: str = ""
    seller_id: int | None = None
    note: str = ""
    is_news: bool = True

    @property
    def verb(self) -> str:
        """What the history calls it."""
        return "sold" if self.price_kopecks else "given"


def issue_card(client: Client, sale: Sale, *, office: Office, actor: Actor, now: datetime) -> Card:
    """Sell or give a card. A client who has a virtual one gets its number replaced: points and history stay.

    Raises BadInput: "has-card" (an open plastic one), "number-taken", "bad-number"; NotAllowed.
    """
    _may(actor, office.id)
    if not actor.may_see(client.office_id):
        raise NotAllowed("card-elsewhere")
    with transaction():
        hold_people([client.id])
        own = [lock_card(card.id) for card in cards_of(client.id)]
        if any(card.kind == PLASTIC and card.state == ACTIVE for card in own):
            raise BadInput("has-card")
        card = next((card for card in own if card.kind == VIRTUAL and card.state == ACTIVE), None)
        if card is None:
            card = _new_card(client, office, PLASTIC, sale.price_kopecks, now)
        else:
            # Trips bought with the virtual card keep their points: the day of issue is the first one.
            card.kind, card.price_kopecks, card.office_id = PLASTIC, sale.price_kopecks, office.id
            end_loan(card, office, actor=actor, now=now)
            end_number(card, "replaced", now)
        number = _give_number(card, sale.number, now)
        _log(card, sale.verb, office, actor=actor, now=now, number=number, sale=sale, client_id=client.id)
        _alive(card, office, actor=actor, now=now)
        if sale.is_news:
            tell_new_card(card, actor=actor, now=now)
        return card


def virtual_card(client: Client, *, actor: Actor, now: datetime) -> Card:
    """The client's open card, whatever its kind; a virtual one of the client's office is made where there is none."""
    with transaction():
        hold_people([client.id])
        known = next((card for card in cards_of(client.id) if card.state == ACTIVE), None)
        if known is not None:
            return known
        card = _new_card(client, client.office, VIRTUAL, 0, now)
        number = _give_number(card, "", now)
        _log(card, "virtual", client.office, actor=actor, now=now, number=number, client_id=client.id)
        return card


def present(card_id: int, *, office: Office, actor: Actor, now: datetime, by: Client | None = None) -> Card:
    """Somebody, the owner or not, shows the card in an office: its points live on, a warning ends at once.

    Any office may; `by` is who came, where known. Shown to the same office again on the same day it is one visit, one
    line. Raises BadInput("blocked"), LookupError, NotAllowed.
    """
    _may(actor, office.id)
    with transaction():
        card = _open_card(card_id)
        by_id = by.id if by else None
        if not _was_here(card, office, by_id, now):
            _log(card, "presented", office, actor=actor, now=now, client_id=by_id)
        _alive(card, office, actor=actor, now=now)
        return card


def lend(card_id: int, *, to: Client | None, name: str, office: Office, actor: Actor, now: datetime) -> Card:
    """Note that the owner has lent the card to a friend: a client, or somebody by name.

    Raises BadInput: "blocked", "lent-to-whom", "lent-to-owner"; NotAllowed.
    """
    _may(actor, office.id)
    with transaction():
        card = _open_card(card_id)
        needs_whole(card, actor)
        if to is not None and to.id == card.client_id:
            raise BadInput("lent-to-owner")
        words = " ".join((to.full_name if to else name).split())
        if not words:
            raise BadInput("lent-to-whom", "name")
        if card.lent_on and (card.lent_to_id, card.lent_to) == (to.id if to else None, words):
            return card
        card.lent_to_id, card.lent_to = to.id if to else None, words
        card.lent_on = local_day(now, zone(office.timezone))
        _log(card, "lent", office, actor=actor, now=now, client_id=card.lent_to_id, note=words)
        return card


def take_back(card_id: int, *, office: Office, actor: Actor, now: datetime) -> Card:
    """The owner has the card again; nothing happens to a card that is not lent."""
    _may(actor, office.id)
    with transaction():
        card = lock_card(card_id)
        needs_whole(card, actor)
        end_loan(card, office, actor=actor, now=now)
        return card


def block(card_id: int, *, reason: str, office: Office, actor: Actor, now: datetime) -> Card:
    """Nobody can use the card; its points wait and do not burn. Raises BadInput("reason-needed"), NotAllowed."""
    _may(actor, office.id)
    if not reason.strip():
        raise BadInput("reason-needed", "reason")
    with transaction():
        card = lock_card(card_id)
        needs_whole(card, actor)
        if card.state == ACTIVE:
            card.state = BLOCKED
            keep_burn_day(card)
            close_warning(card, "void", actor=actor, now=now)
            _log(card, "blocked", office, actor=actor, now=now, note=reason.strip())
        return card


def unblock(card_id: int, *, office: Office, actor: Actor, now: datetime) -> Card:
    """The card works again; that counts as a presentation, so that nothing burns for the time it was blocked.

    A card the owner got meanwhile becomes one with it: gives the one that stays (`doubles.which_stays`).
    """
    _may(actor, office.id)
    with transaction():
        card = lock_all_of(card_id)
        needs_whole(card, actor)
        if card.state == BLOCKED:
            card.state = ACTIVE
            _log(card, "unblocked", office, actor=actor, now=now)
            _alive(card, office, actor=actor, now=now)
            return join_open(card.id, actor=actor, now=now)
        return card


def replace_card(card_id: int, sale: Sale, *, reason: str, office: Office, actor: Actor, now: datetime) -> Card:
    """A new number for a lost or worn card, blocked or not; points and history stay, old number, loan and block are
    over. A card the owner got while this one was blocked becomes one with it.

    Raises BadInput: "reason-needed", "number-taken", "bad-number"; NotAllowed.
    """
    _may(actor, office.id)
    if not reason.strip():
        raise BadInput("reason-needed", "reason")
    with transaction():
        card = lock_all_of(card_id)
        needs_whole(card, actor)
        end_loan(card, office, actor=actor, now=now)
        end_number(card, reason.strip(), now)
        if card.state == BLOCKED:
            _log(card, "unblocked", office, actor=actor, now=now)
        card.state, card.kind = ACTIVE, PLASTIC
        number = _give_number(card, sale.number, now)
        _log(card, "replaced", office, actor=actor, now=now, number=number, sale=sale, note=reason.strip())
        _alive(card, office, actor=actor, now=now)
        return join_open(card.id, actor=actor, now=now)


def _may(actor: Actor, office_id: int) -> None:
    actor.needs(*STAFF)
    if not actor.may_see(office_id):
        raise NotAllowed("office")


def _open_card(card_id: int) -> Card:
    card = lock_card(card_id)
    if card.state != ACTIVE:
        raise BadInput("blocked")
    return card


def _was_here(card: Card, office: Office, by_id: int | None, now: datetime) -> bool:
    """True when the last thing that happened to the card is this very presentation."""
    last = db.session.scalar(select(CardEvent).filter_by(card_id=card.id).order_by(CardEvent.id.desc()).limit(1))
    here = ("presented", office.id, local_day(now, zone(office.timezone)))
    return last is not None and (last.kind, last.office_id, last.day) == here and by_id in (None, last.client_id)


def _alive(card: Card, office: Office, *, actor: Actor, now: datetime) -> None:
    """The card was in somebody's hands in an office: the day is that of its home office."""
    was_active(card, local_day(now, zone(card.office.timezone)))
    close_warning(card, "saved", actor=actor, now=now)


def _new_card(client: Client, office: Office, kind: str, price: int, now: datetime) -> Card:
    session, today = db.session, local_day(now, zone(office.timezone))
    card = Card(client_id=client.id, office_id=office.id, kind=kind, state=ACTIVE, price_kopecks=price,
                issued_on=today, active_on=today, created_at=now, lent_to="")
    session.add(card)
    session.flush()
    session.add(Purse(card_id=card.id, balance=0, debt=0))
    session.flush()
    # The balance page offers it, and pages that are only looked at make nothing.
    invitation(client.id, now=now)
    return card


def _give_number(card: Card, wanted: str, now: datetime) -> str:
    """The number on the plastic, or a new one; blanks become the card's, other numbers must be nobody's."""
    session = db.session
    if wanted:
        row = session.get(CardNumber, wanted, with_for_update=True)
        if not number_rules.is_number(wanted):
            raise BadInput("bad-number", "number", wanted)
        if row is not None and (row.card_id is not None or row.ended_at is not None):
            raise BadInput("number-taken", "number", wanted)
        if row is None:
            row = CardNumber(number=wanted, made_at=now)
            session.add(row)
        row.card_id, row.since = card.id, now
        try:
            session.flush()
        except IntegrityError:
            # Somebody gave the same number to another card at this very moment.
            raise BadInput("number-taken", "number", wanted) from None
        return wanted
    for _attempt in range(_TRIES):
        number = number_rules.new_number(secrets.randbelow)
        if session.get(CardNumber, number) is None:
            session.add(CardNumber(number=number, card_id=card.id, made_at=now, since=now))
            session.flush()
            return number
    raise AssertionError("no free number was found")


def _log(card: Card, kind: str, office: Office, *, actor: Actor, now: datetime, number: str = "",
         sale: Sale | None = None, client_id: int | None = None, note: str = "") -> None:
    sold = sale or Sale()
    log_event(card, kind, office, actor=actor, now=now, number=number, client_id=client_id, note=note or sold.note,
              price_kopecks=sold.price_kopecks, receipt=sold.receipt, seller_id=sold.seller_id)
