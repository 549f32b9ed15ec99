"""The count of levels: everybody at once, up at once, down a month after it was announced (`domain.md` §5.6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.club.actions.level_letters import CLUB, News, tell
from webapp.club.level_counts import all_earned, all_standing, days_of_zones, grades
from webapp.club.level_rules import Earned, Grade, Standing, Verdict, count, is_news
from webapp.club.models import ClientLevel, LevelEvent
from webapp.db import db, transaction

BATCH = 500
TOLD_BATCH = 25
"""Who is written to gets an occasion with its plan: few at once, so that nobody waits for the lock (≤ 100 ms)."""
VERBS = ("rose", "announced", "kept", "fell")
_TABLE: Any = ClientLevel.__table__
_INSERTS: dict[str, Any] = {name: make(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.client_id)
                            for name, make in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))}


class Kept(NamedTuple):
    """A row as the count has read it: nobody else may have changed it since."""

    code: str
    fall_to: str | None
    fall_on: date | None
    trips: int
    spend_kopecks: int


@dataclass(frozen=True)
class Change:
    """What the count makes of one client. `before`: the row it was made from, None for one without; `news`: worth a
    letter.
    """

    client_id: int
    before: Kept | None
    earned: Earned
    old: str
    verdict: Verdict
    news: bool

    @property
    def is_told(self) -> bool:
        """Does somebody get a letter of it, or is a letter called back?"""
        return self.news or bool(self.before and self.verdict.events)

    @property
    def will_fall(self) -> bool:
        """Was a fall announced just now?"""
        return any(verb == "announced" for verb, _code in self.verdict.events)


def count_levels(*, now: datetime) -> dict[str, int]:
    """Count the trips of everybody and bring levels up to date; gives how many rose, will fall, stayed, fell.

    Only what changed is written. Safe to run twice, by two workers at once, and after being killed anywhere.
    """
    figures = dict.fromkeys(VERBS, 0)
    levels = grades()
    if not levels:
        return figures
    for today, zones in days_of_zones(now).items():
        changes = list(changes_of(today, zones, levels))
        db.session.rollback()
        quiet = [change for change in changes if not change.is_told]
        told = [change for change in changes if change.is_told]
        for some, size in ((quiet, BATCH), (told, TOLD_BATCH)):
            for start in range(0, len(some), size):
                _write(some[start:start + size], today, figures, now)
    return figures


def changes_of(today: date, zones: Sequence[str], levels: Sequence[Grade]) -> Iterator[Change]:
    """What a count on `today` would change for clients of these zones; reads only."""
    standing = {row[0]: Kept._make(row[1:]) for row in db.session.execute(all_standing(zones))}
    for row in db.session.execute(all_earned(today, zones)):
        before = Earned(row.old_trips, int(row.old_spend or 0))
        change = _change(row.client_id, standing.pop(row.client_id, None), Earned(row.trips, int(row.spend)), before,
                         levels, today)
        if change:
            yield change
    for client_id, kept in standing.items():
        change = _change(client_id, kept, Earned(), Earned(), levels, today)
        if change:
            yield change


def _change(client_id: int, kept: Kept | None, earned: Earned, before: Earned, levels: Sequence[Grade],
            today: date) -> Change | None:
    standing = Standing(kept.code, kept.fall_to, kept.fall_on) if kept else Standing(levels[0].code)
    verdict = count(standing, earned, levels, today)
    same = kept is not None and (kept.trips, kept.spend_kopecks) == (earned.trips, earned.spend_kopecks)
    if same and verdict.standing == standing:
        return None
    news = any(verb == "rose" for verb, _code in verdict.events) and is_news(
        before, levels, level=verdict.standing.code, same=same)
    return Change(client_id, kept, earned, standing.code, verdict, news)


def _write(changes: Sequence[Change], today: date, figures: dict[str, int], now: datetime) -> None:
    with transaction() as session:
        ours = _claimed(changes, today)
        events = [_event(change, verb, code, now) for change in ours for verb, code in change.verdict.events]
        if events:
            session.execute(insert(LevelEvent), events)
        tell([News(it.client_id, it.news, it.will_fall) for it in ours if it.is_told], today, now=now)
    for event in events:
        figures[event["verb"]] += 1


def _claimed(changes: Sequence[Change], today: date) -> list[Change]:
    """Write the rows, and give the changes whose rows were as the count had read them: another worker had no other."""
    session, ids = db.session, [change.client_id for change in changes]
    rows = {row.client_id: (Kept(row.level_code, row.fall_to, row.fall_on, row.trips, row.spend_kopecks), row.since)
            for row in session.scalars(select(ClientLevel).where(ClientLevel.client_id.in_(ids))
                                       .order_by(ClientLevel.client_id).with_for_update()
                                       .execution_options(populate_existing=True))}
    new = [change for change in changes if change.before is None]
    known = [change for change in changes
             if change.before and change.client_id in rows and rows[change.client_id][0] == change.before]
    added: set[int] = set()
    if new:
        added = set(session.connection().execute(_INSERTS[session.get_bind().dialect.name],
                                                 [_row(it, today) for it in new]).scalars())
    if known:
        session.execute(update(ClientLevel), [
            _row(it, today, since=rows[it.client_id][1] if it.verdict.standing.code == it.old else None)
            for it in known])
    return [change for change in changes if change.client_id in added] + known


def _row(change: Change, today: date, since: date | None = None) -> dict[str, Any]:
    standing = change.verdict.standing
    return {"client_id": change.client_id, "level_code": standing.code, "since": since or today,
            "trips": change.earned.trips, "spend_kopecks": change.earned.spend_kopecks, "counted_on": today,
            "fall_to": standing.fall_to, "fall_on": standing.fall_on}


def _event(change: Change, verb: str, code: str, now: datetime) -> dict[str, Any]:
    return {"client_id": change.client_id, "at": now, "verb": verb, "old_code": change.old, "new_code": code,
            "trips": change.earned.trips, "spend_kopecks": change.earned.spend_kopecks, "actor": CLUB.name}
