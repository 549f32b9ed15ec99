"""What friends' trips mean for referrals: who travels, points for both after the return, and their taking back."""

from datetime import datetime

from sqlalchemy import Select, and_, exists, or_, select

from webapp.clients.models import Client, Phone
from webapp.club.actions.cards import virtual_card
from webapp.club.actions.ledger import Why, credit, hold_people, living, lock_card, reverse
from webapp.club.actions.referring import locked, may_decide
from webapp.club.actions.reward_news import call_off, tell
from webapp.club.friend_rules import (
    BY_HAND,
    KNOWN,
    NEW,
    OPEN,
    REFUSED,
    REPEAT,
    REWARDED,
    SELF,
    TALKING,
    TRAVELS,
    UNDONE,
    Verdict,
    verdict,
)
from webapp.club.friends import claims_on, is_claim, journeys_of, records_of
from webapp.club.ledger_rules import BadPosting
from webapp.club.models import BonusDebt, BonusOp, BonusPosting, Referral, terms
from webapp.db import db, transaction
from webapp.kit.days import local_day, zone
from webapp.staff.audit import job, record
from webapp.staff.models import Office
from webapp.staff.rules import DIRECTOR, Actor, BadInput, NotAllowed
from webapp.touches.models import Touch
from webapp.trips.models import Trip

CLUB = job("club")


def settle_friends(*, now: datetime) -> dict[str, int]:
    """Bring referrals up to date with trips: rewards after the return, points taken back for cancelled trips.

    Safe to run twice and by several workers at once.
    """
    figures = {"friends_travel": 0, "friends_rewarded": 0, "friends_reversed": 0}
    for referral_id in db.session.scalars(_cancelled()).all():
        figures["friends_reversed"] += take_back(referral_id, now=now)
    for referral_id in db.session.scalars(_undone()).all():
        _forget(referral_id, now)
    for referral_id in db.session.scalars(_moving()).all():
        became = follow(referral_id, now=now)
        figures["friends_travel"] += became == TRAVELS
        figures["friends_rewarded"] += became == REWARDED
    return figures


def follow(referral_id: int, *, now: datetime) -> str:
    """One referral by the trips of its friend; gives the state it came to, "" when nothing changed."""
    with transaction() as session:
        row = session.get_one(Referral, referral_id)
        seen, whose = _seen(row, now)
        if not seen.pays or seen.trip is None:
            return _turn(locked(referral_id), seen, whose, now)
        # People, then their cards, then trip and referral: everybody who moves points takes them in this order.
        hold_people([row.inviter_id, whose, row.friend_id or whose])
        cards = _cards({"inviter": row.inviter_id, "friend": whose}, now)
        for card_id in sorted(set(cards.values())):
            lock_card(card_id)
        trip = session.get_one(Trip, seen.trip.id, with_for_update=True, populate_existing=True)
        row = locked(referral_id)
        if row.state not in OPEN or trip.cancelled_at is not None:
            return ""
        return _reward(row, trip, whose, cards, now)


def take_back(referral_id: int, *, now: datetime) -> bool:
    """The trip that was rewarded is cancelled: both lose the points, and the next trip counts. False: done before."""
    with transaction() as session:
        row = _held(referral_id)
        trip = session.get(Trip, row.trip_id) if row.trip_id else None
        if row.state != REWARDED or trip is None or trip.cancelled_at is None:
            return False
        _reverse_both(row, "trip-cancelled", "", CLUB, now)
        row.state, row.trip_id, row.inviter_op_id, row.friend_op_id, row.ended_at = TALKING, None, None, None, None
        return True


def withdraw(referral_id: int, *, note: str, actor: Actor, now: datetime) -> Referral:
    """A director takes the reward back, with a reason: both lose the points, what is spent already becomes a debt.

    Once; the friend is nobody's from then on. Raises BadInput: "reason-needed", "state" (there was no reward);
    NotAllowed, LookupError.
    """
    actor.needs(DIRECTOR)
    if not note.strip():
        raise BadInput("reason-needed", "note")
    with transaction():
        row = _held(referral_id)
        if not may_decide(row, actor=actor, now=now):
            raise NotAllowed("not-yours")
        if (row.state, row.reason) == (REFUSED, BY_HAND):
            return row
        if row.state != REWARDED:
            raise BadInput("state", value=row.state)
        _reverse_both(row, "undone", note.strip(), actor, now)
        row.state, row.reason, row.note, row.ended_at = REFUSED, BY_HAND, note.strip(), now
        record(actor, "friend-withdrawn", "referral", row.id, now=now, office_id=row.office_id)
        return row


def _held(referral_id: int) -> Referral:
    """A rewarded referral, behind both people and the cards that have its points. Raises LookupError."""
    session = db.session
    row = session.get(Referral, referral_id)
    if row is None:
        raise LookupError(referral_id)
    hold_people([row.inviter_id, row.friend_id or row.inviter_id])
    session.refresh(row)
    ops = [op for op in (row.inviter_op_id, row.friend_op_id) if op]
    # Both lists: a reward may have gone wholly into a debt, and left no line of points.
    cards = {card_id for table in (BonusPosting, BonusDebt)
             for card_id in session.scalars(select(table.card_id).where(table.op_id.in_(ops)))}
    for card_id in sorted({living(card_id) for card_id in cards}):
        lock_card(card_id)
    return locked(referral_id)


def _reverse_both(row: Referral, reason: str, note: str, actor: Actor, now: datetime) -> None:
    """Take both rewards back, and say nothing more about them."""
    for who, op_id in (("inviter", row.inviter_op_id), ("friend", row.friend_op_id)):
        if op_id is not None:
            _reverse(op_id, Why(f"reversal:referral:{row.id}:{row.trip_id}:{who}", reason, cause=f"referral:{row.id}",
                                note=note, trip_id=row.trip_id), actor, now)
    call_off(row, "trip-cancelled" if reason == "trip-cancelled" else "not-needed", actor=actor, now=now)


def _seen(row: Referral, now: datetime) -> tuple[Verdict, int]:
    """What the trips say, and which record of the friend made the one that counts."""
    journeys = journeys_of(row, now)
    since = local_day(row.created_at, zone(db.session.get_one(Office, row.office_id).timezone))
    found = verdict([journey for journey, _client in journeys], since, row.created_at)
    whose = next((client for journey, client in journeys if found.trip and journey.id == found.trip.id), 0)
    return found, whose or row.friend_id or 0


def _turn(row: Referral, seen: Verdict, whose: int, now: datetime) -> str:
    """No reward yet: a client of before, a trip ahead, or none any more."""
    if row.state not in OPEN:
        return ""
    if seen.is_known:
        return _refused(row, KNOWN, now)
    if seen.trip is None:
        if row.state != TRAVELS:
            return ""
        row.state, row.trip_id = TALKING, None
        return TALKING
    if row.state == TRAVELS:
        row.trip_id = seen.trip.id
        return ""
    if not _claimed(row, whose):
        return _refused(row, REPEAT, now)
    row.state, row.trip_id = TRAVELS, seen.trip.id
    return TRAVELS


def _reward(row: Referral, trip: Trip, whose: int, cards: dict[str, int], now: datetime) -> str:
    if whose in records_of(row.inviter):
        return _refused(row, SELF, now)
    if not _claimed(row, whose):
        return _refused(row, REPEAT, now)
    points = {"inviter": terms().inviter_points, "friend": terms().friend_points}
    ops: dict[str, BonusOp | None] = {"inviter": None, "friend": None}
    # The card with the lower number first, whoever it belongs to.
    for who in sorted(cards, key=lambda who: cards[who]):
        if points[who] > 0:
            ops[who] = credit(cards[who], points[who], "referral", Why(
                f"referral:{row.id}:{trip.id}:{who}", "friend-came" if who == "inviter" else "came-by-friend",
                cause=f"referral:{row.id}", trip_id=trip.id), actor=CLUB, now=now)
    row.state, row.trip_id, row.ended_at = REWARDED, trip.id, now
    row.inviter_op_id, row.friend_op_id = (op.id if op else None for op in ops.values())
    db.session.flush()
    tell(row, {who: op.amount for who, op in ops.items() if op}, actor=CLUB, now=now)
    return REWARDED


def _claimed(row: Referral, whose: int) -> bool:
    """Tie the referral to the record that travels; False when that one is another referral's friend."""
    if row.friend_id is None and whose:
        if any(is_claim(other) and other.id != row.id for other in claims_on(row.phone, {whose})):
            return False
        row.friend_id = whose
        db.session.flush()
    return True


def _cards(people: dict[str, int], now: datetime) -> dict[str, int]:
    """Ids of the cards that get the points, made where there is none; whoever was erased gets none."""
    found = {}
    for who, client_id in sorted(people.items(), key=lambda item: item[1]):
        # As it is now, behind `hold_people`: it may have been erased a moment ago.
        client = db.session.get(Client, client_id, populate_existing=True)
        if client is not None and client.erased_at is None:
            found[who] = virtual_card(client, actor=CLUB, now=now).id
    return found


def _reverse(op_id: int, why: Why, actor: Actor, now: datetime) -> None:
    try:
        reverse(op_id, why, actor=actor, now=now)
    except BadPosting as refused:
        # Somebody took the points back by hand already.
        if refused.code != "reversed-already":
            raise


def _refused(row: Referral, reason: str, now: datetime) -> str:
    row.state, row.reason, row.ended_at, row.trip_id = REFUSED, reason, now, None
    return REFUSED


def _forget(referral_id: int, now: datetime) -> None:
    """What led to it was taken back before anybody called."""
    with transaction():
        row = locked(referral_id)
        if row.state == NEW:
            _refused(row, UNDONE, now)


_HAS_TRIP = or_(
    exists().where(Trip.client_id == Referral.friend_id),
    and_(Referral.phone != "", exists().where(and_(Phone.e164 == Referral.phone, Trip.client_id == Phone.client_id))))


def _moving() -> Select[int]:
    return select(Referral.id).where(Referral.state.in_(OPEN), _HAS_TRIP).order_by(Referral.id)


def _cancelled() -> Select[int]:
    return (select(Referral.id).join(Trip, Trip.id == Referral.trip_id)
            .where(Referral.state == REWARDED, Trip.cancelled_at.is_not(None)).order_by(Referral.id))


def _undone() -> Select[int]:
    return (select(Referral.id).join(Touch, Touch.id == Referral.touch_id)
            .where(Referral.state == NEW, Touch.status == "cancelled").order_by(Referral.id))
