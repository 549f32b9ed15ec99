"""Points spent in an office for something that is no trip, and the taking back of what somebody did to a card."""

from datetime import datetime

from sqlalchemy import select

from webapp.club.access import sees_whole
from webapp.club.actions.cards import present
from webapp.club.actions.granting import tell_log
from webapp.club.actions.ledger import Why, debit, lock_card, reverse
from webapp.club.activity import was_active
from webapp.club.ledger_rules import BadPosting
from webapp.club.models import BonusDebt, BonusOp, BonusPosting, Card, terms
from webapp.club.sale_rules import most_points
from webapp.db import db, transaction
from webapp.kit import money
from webapp.kit.days import local_day, zone
from webapp.staff.models import Office
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, BadInput, NotAllowed

BY_HAND = frozenset({"spending", "compensation", "coupon", "correction", "welcome_back", "burn"})
"""What can be taken back on the page of a card; what belongs to a trip or a friend is taken back there."""


def spend(card_id: int, points: int, *, what: str, cost_kopecks: int, receipt: str = "", office: Office, key: str,
          actor: Actor, now: datetime) -> BonusOp:
    """Pay with points for `what` (a service, a souvenir), once per `key`; whoever holds the card presents it thereby.

    Points pay a share of what it costs, as of a trip (`domain.md` §5.3). Raises BadInput: "reason-needed", "blocked",
    "over-share" (with the most that may be paid); BadPosting: "not-enough"; NotAllowed, LookupError.
    """
    actor.needs(MANAGER, SERVICE, DIRECTOR)
    if not what.strip():
        raise BadInput("reason-needed", "what")
    # What it cost stays readable beside the points: whoever looks later sees that the share was kept.
    note = f"{what.strip()}, {money.display(cost_kopecks)}" + (f" (№ {receipt.strip()})" if receipt.strip() else "")
    with transaction():
        most = most_points(cost_kopecks, 0, points, terms().share_bp)
        if points > most:
            raise BadInput("over-share", "spend_points", str(most))
        present(card_id, office=office, actor=actor, now=now)
        return debit(card_id, points, "spending", Why(f"office:{key}", "office", note=note, office_id=office.id),
                     actor=actor, now=now)


def undo(op_id: int, *, reason: str = "", actor: Actor, now: datetime) -> BonusOp:
    """Take an operation back, once: directors always and with a reason, others their own spending on the same day.

    Points that burned come back as if the card had been presented. Raises BadInput: "reason-needed", "of-a-trip",
    "of-a-friend"; BadPosting: "reversed-already", "not-reversible"; NotAllowed, LookupError.
    """
    with transaction() as session:
        op = session.get(BonusOp, op_id)
        card = card_of_op(op_id)
        if op is None or card is None:
            raise LookupError(op_id)
        card = lock_card(card.id)
        if not may_undo(op, card, actor=actor, now=now):
            raise NotAllowed("not-your-points")
        if belongs(op):
            raise BadInput(belongs(op))
        if op.kind not in BY_HAND:
            raise BadPosting("not-reversible")
        is_own = DIRECTOR not in actor.hats
        if not is_own and not reason.strip():
            raise BadInput("reason-needed", "reason")
        known = session.scalar(select(BonusOp.id).where(BonusOp.idem_key == f"undo:{op_id}"))
        back = reverse(op_id, Why(f"undo:{op_id}", "undone", cause=f"op:{op_id}", note=reason.strip(),
                                  office_id=card.office_id), actor=actor, now=now)
        if op.kind == "burn" and card.is_open:
            was_active(card, local_day(now, zone(card.office.timezone)))
        if known is None and not is_own:
            tell_log(card, "undone", -op.amount, reason, actor=actor, now=now)
        return back


def may_undo(op: BonusOp, card: Card, *, actor: Actor, now: datetime) -> bool:
    """True for a director of the card's offices, and for whoever spent the points today."""
    if DIRECTOR in actor.hats and sees_whole(card, actor):
        return True
    today = local_day(now, zone(card.office.timezone))
    return op.kind == "spending" and op.user_id is not None and op.user_id == actor.user_id and op.day == today


def belongs(op: BonusOp) -> str:
    """Where an operation is put right, as there more follows from it: "of-a-friend", "of-a-trip"; "" for the card."""
    if friend_of(op):
        return "of-a-friend"
    return "of-a-trip" if op.trip_id is not None else ""


def friend_of(op: BonusOp) -> int:
    """The number of the referral a reward was given for, 0 for every other operation."""
    number = op.cause.removeprefix("referral:") if op.kind == "referral" else ""
    return int(number) if number.isdecimal() else 0


def card_of_op(op_id: int) -> Card | None:
    """The card whose points an operation moved; of one that was merged the card that has its points now."""
    session = db.session
    card_id = session.scalar(select(BonusPosting.card_id).where(BonusPosting.op_id == op_id)) or session.scalar(
        select(BonusDebt.card_id).where(BonusDebt.op_id == op_id))
    card = session.get(Card, card_id) if card_id else None
    while card is not None and card.merged_into_id is not None:
        card = session.get(Card, card.merged_into_id)
    return card
