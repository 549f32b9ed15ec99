"""The burn: points of cards nobody has used, fairly warned of, go in batches, once (`domain.md` §5.4).

Each batch is one transaction that locks its cards first and looks at everything anew. Killed anywhere, begun twice or
by two workers, the outcome is the same.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import bindparam, insert, select, update

from webapp.club import burning
from webapp.club.actions.ledger import request_hash
from webapp.club.actions.postponing import begin_anew, postpone
from webapp.club.actions.warnings import close_warning
from webapp.club.burn_rules import Verdict, verdict
from webapp.club.burning import Case, Place
from webapp.club.ledger_rules import BURN
from webapp.club.models import BonusOp, BonusPosting, BurnWarning, Card, Purse, terms
from webapp.db import db, transaction
from webapp.kit.days import zone
from webapp.post.actions.modes import present_mode
from webapp.staff.audit import job
from webapp.staff.models import Office
from webapp.touches.actions.closing import cancel_planned

BURNER = job("burning")
# A hundred cards hold their locks for some 40 ms; with 250 somebody who pays at the counter waited for up to 250 ms.
BATCH = 100
"""So many cards a transaction: what visitors of an office wait for at most is well below a tenth of a second."""
_NEW_DAY = update(Card).where(Card.id == bindparam("card")).values(
    burn_on=bindparam("day"), not_before=bindparam("floor"))
_NEW_PROMISE = update(BurnWarning).where(BurnWarning.id == bindparam("warning")).values(burn_on=bindparam("day"))
_BURNED = update(BurnWarning).where(BurnWarning.id.in_(bindparam("ids", expanding=True))).values(
    state="burned", closed_at=bindparam("then"), closed_on=bindparam("day"))
_NUMBERS = select(BonusOp.idem_key, BonusOp.id).where(BonusOp.idem_key.in_(bindparam("keys", expanding=True)))
_OP, _LINE = insert(BonusOp), insert(BonusPosting)
_NEW_END = update(Purse).where(Purse.card_id == bindparam("card")).values(
    seq=bindparam("line"), balance=bindparam("left"))


@dataclass(frozen=True)
class Run:
    """What stays the same during one run."""

    now: datetime
    months: int
    zones: Mapping[int, tzinfo]
    rehearsal: bool


def burn_due(*, now: datetime) -> Counter[str]:
    """Burn what is due in every office by its own day; gives how many cards were burned, with how many points.

    "later" counts cards whose day moved because a warning reached the client late, "unproven" those whose warning
    reached nobody: they get another one, and staff are told.
    """
    run = run_at(now)
    figures: Counter[str] = Counter(burned=0, points=0, later=0, unproven=0)
    for place in burning.places(now):
        ids = burning.due(place, rehearsal=run.rehearsal)
        db.session.rollback()
        for start in range(0, len(ids), BATCH):
            for card_id in burn_batch(ids[start:start + BATCH], place, run, figures):
                _one(card_id, place, run, figures)
    return figures


def run_at(now: datetime) -> Run:
    """What a run at this moment goes by."""
    zones = {row.id: zone(row.timezone) for row in db.session.execute(select(Office.id, Office.timezone))}
    return Run(now, terms().months, zones, present_mode() == "trial")


def burn_batch(ids: Sequence[int], place: Place, run: Run, figures: Counter[str]) -> list[int]:
    """Burn what is simple, all at once; gives ids of cards that want care one by one."""
    with transaction():
        burn, move, careful = [], [], []
        for case in _cases(ids, place, run):
            what = verdict(case.standing, place.today)
            if what.what == "burn" and not case.busy:
                burn.append((case, what))
            elif what.what in ("later", "stale"):
                move.append((case, what))
            elif what.what != "unwarned":
                careful.append(case.card_id)
        _burn(burn, place, run)
        _move(move)
    figures.update(burned=len(burn), points=sum(what.points for _case, what in burn),
                   later=sum(what.what == "later" for _case, what in move))
    return careful


def _one(card_id: int, place: Place, run: Run, figures: Counter[str]) -> None:
    """A card on its own: letters of its warning are on their way or failed, or it has to be warned anew."""
    with transaction() as session:
        for case in _cases([card_id], place, run):
            what = verdict(case.standing, place.today)
            card = session.get_one(Card, card_id, populate_existing=True)
            if what.what == "burn":
                close_warning(card, "burned", actor=BURNER, now=run.now)
                _burn([(case, what)], place, run)
                figures.update(burned=1, points=what.points)
            elif what.what == "anew":
                begin_anew(card, place.today, actor=BURNER, now=run.now)
            elif what.what == "unproven":
                postpone(card, place.today, actor=BURNER, now=run.now)
                figures.update(unproven=1)


def _cases(ids: Sequence[int], place: Place, run: Run) -> list[Case]:
    locked = burning.lock_free(ids, place)
    return burning.cases(locked, run.months, run.zones, rehearsal=run.rehearsal) if locked else []


def _burn(cases: Sequence[tuple[Case, Verdict]], place: Place, run: Run) -> None:
    """Operations, lines, ends of chains, days, warnings and their plans: the same writes for one card and for many."""
    if not cases:
        return
    # Past the session: what is written here by the hundred is no entity to anybody.
    raw = db.session.connection()
    keys = [f"burn:{case.card_id}:{case.burn_on.isoformat()}" for case, _what in cases]
    raw.execute(_OP, [
        {"idem_key": key, "request_hash": request_hash("burn", -what.points, case.card_id), "kind": "burn",
         "amount": -what.points, "at": run.now, "day": place.today, "actor": BURNER.name, "office_id": case.office_id,
         "reason": "burn", "note": "", "cause": f"warning:{case.warning_id}"}
        for key, (case, what) in zip(keys, cases, strict=True)])
    numbers = dict(raw.execute(_NUMBERS, {"keys": keys}).all())
    raw.execute(_LINE, [
        {"op_id": numbers[key], "card_id": case.card_id, "seq": case.seq + 1, "prev_seq": case.seq,
         "amount": -what.points, "prev_balance": case.balance, "balance": case.balance - what.points, "account": BURN}
        for key, (case, what) in zip(keys, cases, strict=True)])
    raw.execute(_NEW_END, [{"card": case.card_id, "line": case.seq + 1, "left": case.balance - what.points}
                           for case, what in cases])
    raw.execute(_NEW_DAY, [{"card": case.card_id, "day": what.day, "floor": what.day or case.not_before}
                           for case, what in cases])
    raw.execute(_BURNED, {"ids": [case.warning_id for case, _what in cases], "then": run.now, "day": place.today})
    ahead = [case for case, _what in cases if case.occasion_open and not case.busy]
    cancel_planned([case.occasion_id for case in ahead if case.occasion_id],
                   [touch for case in ahead for touch in case.open_touches], reason="burn-burned", actor=BURNER,
                   now=run.now)


def _move(cases: Sequence[tuple[Case, Verdict]]) -> None:
    """The points burn later than the kept day says; the promise of the warning moves along.

    A kept day that was out of date is only brought up to date: what its warning says then is looked at by the next run.
    """
    if not cases:
        return
    raw = db.session.connection()
    raw.execute(_NEW_DAY, [{"card": case.card_id, "day": what.day,
                            "floor": case.not_before if what.what == "stale" else what.day} for case, what in cases])
    promises = [{"warning": case.warning_id, "day": what.day} for case, what in cases if what.what == "later"]
    if promises:
        raw.execute(_NEW_PROMISE, promises)
