"""The terms of the club are changed, and with the life of points the kept day of every card, as long work."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from webapp.batches import actions as batches
from webapp.batches.actions import Work
from webapp.batches.models import Batch
from webapp.batches.rules import OPEN, READY
from webapp.club.actions.ledger import lock_card
from webapp.club.actions.warnings import close_warning
from webapp.club.activity import keep_burn_day, keep_fair
from webapp.club.models import TERMS, BurnWarning, Card
from webapp.club.sale_rules import ON_PURCHASE, ON_RETURN, WHOLE, Terms, terms_from, terms_to
from webapp.db import db, transaction
from webapp.kit.days import local_day, zone
from webapp.staff.audit import record
from webapp.staff.models import Office, Setting, held_setting
from webapp.staff.rules import ADMIN, Actor, BadInput

KIND = "club-months"
AT_ONCE = 100
MOST_MONTHS = 60
MOST_POINTS = 1_000_000


def change_terms(new: Terms, *, actor: Actor, now: datetime) -> Batch | None:
    """Keep new terms, with a line in the log; gives the work that recounts the cards, None where none is needed.

    Raises BadInput "bad-terms" with the field; NotAllowed.
    """
    actor.needs(ADMIN)
    _check(new)
    with transaction() as session:
        old = terms_from(held_setting(TERMS, {}))
        if old == new:
            return None
        session.merge(Setting(key=TERMS, value=terms_to(new)))
        session.flush()
        before, after = terms_to(old), terms_to(new)
        record(actor, "terms", "club", None, now=now,
               facts={f"club_{name}": [str(before[name]), str(after[name])] for name in after
                      if before[name] != after[name]})
        return _begin(actor, now) if old.months != new.months else None


def run_recount(work: Work) -> None:
    """Bring the day of burning of every card up to date with the terms, a hundred at a time.

    Warnings that speak of a day which has moved away are ended: the points will be warned of anew.
    """
    # Asked before the steps: reading the batch ends whatever transaction is open.
    actor = work.actor
    while True:
        last = int(work.batch.totals.get("last", 0))
        ids = list(db.session.scalars(select(Card.id).where(Card.id > last).order_by(Card.id).limit(AT_ONCE)))
        db.session.rollback()
        if not ids:
            return
        with work.step(len(ids)) as totals:
            for card_id in ids:
                totals["moved"] += _recount(card_id, actor, work.now())
            totals["last"] = ids[-1]


def recount_under_way() -> Batch | None:
    """The recount that has not ended yet."""
    return db.session.scalar(select(Batch).where(Batch.kind == KIND, Batch.state.in_(OPEN)).order_by(Batch.id.desc())
                             .limit(1))


def _begin(actor: Actor, now: datetime) -> Batch | None:
    """Start the work, unless there is no card. Work under way may have passed some cards already: it is done anew."""
    cards = db.session.scalar(select(func.count()).select_from(Card)) or 0
    office_id = db.session.scalar(select(func.min(Office.id)))
    if not cards or office_id is None:
        return None
    # Administrators look after the whole agency, also where they belong to no office.
    return batches.create(KIND, actor=replace(actor, is_network=True), office_id=office_id, now=now, state=READY,
                          all_rows=cards)


def _recount(card_id: int, actor: Actor, now: datetime) -> int:
    card = lock_card(card_id)
    if card.id != card_id:
        return 0
    before = card.burn_on
    keep_burn_day(card)
    warned = db.session.scalar(select(BurnWarning.burn_on).where(BurnWarning.card_id == card_id,
                                                                 BurnWarning.state == "open"))
    if warned is not None and (card.burn_on is None or card.burn_on > warned):
        close_warning(card, "void", actor=actor, now=now)
    keep_fair(card, local_day(now, zone(card.office.timezone)))
    return int(card.burn_on != before)


def _check(terms: Terms) -> None:
    """A last line behind the form."""
    if terms.accrue not in (ON_RETURN, ON_PURCHASE):
        raise BadInput("bad-terms", "accrue")
    limits: dict[str, tuple[int, int]] = {
        "price_kopecks": (0, 100 * MOST_POINTS), "discount_bp": (0, WHOLE // 2), "share_bp": (0, WHOLE),
        "months": (1, MOST_MONTHS), "inviter_points": (0, MOST_POINTS), "friend_points": (0, MOST_POINTS),
        "welcome_back_points": (0, MOST_POINTS)}
    values: dict[str, Any] = terms_to(terms)
    for name, (least, most) in limits.items():
        if not least <= values[name] <= most:
            raise BadInput("bad-terms", name)
