"""Who may change the steps of an occasion now: its row is locked first, before its steps and messages are read.

Two writers at one occasion would each work out its kept columns without the other's change, and both be wrong; and a
step read before the lock may be one that somebody has just called off. On SQLite there is only one writer at a time.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, select

from webapp.db import db
from webapp.touches.models import Occasion, Touch


def lock_free(ids: Iterable[int | None]) -> dict[int, Occasion]:
    """Occasions that nobody is changing, locked until the transaction ends and read anew.

    For jobs: those that somebody is changing are left out, and wait for the next tick.
    """
    return _lock(ids, skip_locked=True)


def lock_all(ids: Iterable[int | None]) -> dict[int, Occasion]:
    """All these occasions, waited for in one order, so that two people never wait for each other."""
    return _lock(ids, skip_locked=False)


def claim_touches(query: Select[*tuple[Any, ...]], *options: Any) -> tuple[Sequence[Touch], Sequence[int]]:
    """Touches of a query whose occasions are free, locked and read anew; and the ids of all that it found."""
    found = db.session.execute(query.with_only_columns(Touch.id, Touch.occasion_id)).all()
    free = lock_free(row.occasion_id for row in found)
    again = query.where(Touch.id.in_([row.id for row in found if row.occasion_id in free])).options(*options)
    touches = db.session.scalars(again.execution_options(populate_existing=True)).all() if free else []
    return touches, [row.id for row in found]


def _lock(ids: Iterable[int | None], *, skip_locked: bool) -> dict[int, Occasion]:
    wanted = {number for number in ids if number is not None}
    if not wanted:
        return {}
    query = (select(Occasion).where(Occasion.id.in_(wanted)).order_by(Occasion.id)
             .with_for_update(of=Occasion, skip_locked=skip_locked).execution_options(populate_existing=True))
    return {row.id: row for row in db.session.scalars(query)}
