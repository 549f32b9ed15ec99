"""Taking a batch of due messages: screened, most urgent lane first, never above a provider's rate."""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, func, literal_column, select, text, update
from sqlalchemy.orm import Session

from webapp.db import db, transaction
from webapp.post import rules
from webapp.post.actions.caps import Caps
from webapp.post.actions.history import move, note, pass_fence
from webapp.post.actions.spending import OVER, Till
from webapp.post.budget_rules import Spent
from webapp.post.channels import Outgoing, Provider
from webapp.post.models import LEASED, QUEUED
from webapp.post.models import Provider as ProviderRow
from webapp.post.obstacles import HELD_BY, message, obstacle
from webapp.post.reading import OUT_OF_STATE, with_contents
from webapp.staff.models import setting

_QUEUED = text(QUEUED)
_LOOK: Select[Any] = select(literal_column("1")).select_from(message).where(
    _QUEUED, message.c.channel == bindparam("of_channel"), message.c.lane.in_(rules.LANES),
    message.c.next_try_at <= bindparam("now")).limit(1)
_DUE = select(*OUT_OF_STATE).where(
    _QUEUED, message.c.channel == bindparam("of_channel"), message.c.lane == bindparam("of_lane"),
    message.c.next_try_at <= bindparam("now"),
).order_by(message.c.next_try_at, message.c.id).limit(bindparam("most")).with_for_update(skip_locked=True)
_DUE_TESTS = _DUE.where(message.c.klass == rules.TEST)
_SOME = message.c.id.in_(bindparam("ids", expanding=True))
_OBSTACLES = select(message.c.id, obstacle().label("code")).where(_SOME)
_TAKE = update(message).where(_SOME)


@dataclass(frozen=True)
class Claim:
    """A batch that is ours until its lease ends: proven by `token`, valid in `mode`. `screened` went another way.

    What SMS cost is counted in `month`, each with its part of `bills`; without a month nothing is.
    """

    token: str
    mode: str
    messages: list[Outgoing] = field(default_factory=list)
    probing: bool = False
    screened: Counter[str] = field(default_factory=Counter)
    month: date | None = None
    bills: dict[int, Spent] = field(default_factory=dict)


class Way(NamedTuple):
    """Where a message goes that may not leave now: a state, the reason, perhaps a later moment and a fact about it."""

    state: str
    code: str
    until: datetime | None = None
    text: str = ""


def anything_due(channel: str, now: datetime) -> bool:
    """A look without a lock; costs the same however many rows there are."""
    with db.engine.connect() as connection:
        return bool(connection.scalar(_LOOK, {"of_channel": channel, "now": now}))


def claim(channel: str, provider: Provider, *, now: datetime, mode: str, author: str) -> Claim | None:
    """Take up to 50 due messages of `channel` for `provider`; None when there is nothing to do now.

    Messages past their end of truth turn missed, those in quiet hours or above the cap wait, those that are stopped
    are held or cancelled; all of that in the same short transaction.
    """
    with transaction() as session:
        # A stop holds its client and asks for messages, a claim the other way round: they take turns.
        pass_fence(session)
        if setting("mode", "held") != mode:
            return None
        failing = session.scalar(select(ProviderRow).where(
            ProviderRow.name == provider.name, ProviderRow.failing_since.is_not(None)).with_for_update())
        rows = _apart(_due(session, channel, _allowance(session, provider, failing, now), now, mode))
        if not rows:
            return None
        till = Till(session, rows, provider.name, now)
        good, ways = _screen(session, rows, mode, till, now)
        claimed = Claim(secrets.token_hex(8), mode, [], bool(failing), month=till.month,
                        bills={row.id: till.size(row) for row in good})
        for way in set(ways.values()):
            ids = [i for i, w in ways.items() if w == way]
            put_aside(session, ids, way, now, author)
            claimed.screened["deferred" if way.state == "queued" else way.state] += len(ids)
        if good:
            _take(session, [row.id for row in good], claimed.token, provider, now, author)
            if failing:
                failing.probe_at = now + rules.PROBE_EVERY
    claimed.messages.extend(with_contents(good))
    return claimed


def put_aside(at: Session | Connection, ids: list[int], way: Way, now: datetime, author: str) -> None:
    """Messages that may not leave now: missed, held, cancelled, or queued until a moment."""
    values: dict[str, Any] = {"claim_token": "", "lease_until": None, "crashes": 0}
    values["hold_reason" if way.state == "held" else "last_code"] = way.code
    if way.until:
        values["next_try_at"] = way.until
    if way.text:
        values["last_text"] = way.text
    move(at, ids, way.state, author, now, code=way.code, **values)


def _allowance(session: Session, provider: Provider, failing: ProviderRow | None, now: datetime) -> int:
    """How many messages may be taken: one probe in 30 s of a failing provider, else what its rate leaves."""
    if failing:
        return 0 if failing.probe_at and now < failing.probe_at else 1
    if not provider.per_minute:
        return rules.BATCH
    of = message.c
    used = select(func.count()).select_from(message).where(of.provider == provider.name)
    left = session.connection().scalar(used.where(of.handed_at > now - timedelta(minutes=1))) or 0
    under_way = session.connection().scalar(used.where(
        text(LEASED), of.state == "claimed")) or 0
    return max(0, min(rules.BATCH, provider.per_minute - left - under_way))


def _due(session: Session, channel: str, most: int, now: datetime, mode: str) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for lane in rules.LANES if most else ():
        found += session.connection().execute(
            _DUE_TESTS if mode == "held" else _DUE,
            {"of_channel": channel, "of_lane": lane, "now": now, "most": most - len(found)})
        if len(found) >= most:
            break
    return found


def _apart(rows: list[Row[Any]]) -> list[Row[Any]]:
    """A message whose sending has broken off before goes alone, so that a poisonous one takes no other with it."""
    if rows and rows[0].crashes:
        return rows[:1]
    return list(takewhile(lambda row: not row.crashes, rows))


def _screen(session: Session, rows: Sequence[Row[Any]], mode: str, till: Till,
            now: datetime) -> tuple[list[Row[Any]], dict[int, Way]]:
    """Those of `rows` that may leave now, and which way the others go."""
    asked = session.connection().execute(_OBSTACLES, {"ids": [row.id for row in rows], "mode": mode})
    codes = {i: code for i, code in asked}
    caps = Caps(session, rows, now)
    # Clients first, money last: so do hand-offs, and nobody waits for each other.
    till.open(session)
    ways = {row.id: way for row in rows if (way := _way(row, codes.get(row.id), caps, till, now))}
    return [row for row in rows if row.id not in ways], ways


def _way(row: Row[Any], obstacle_code: str | None, caps: Caps, till: Till, now: datetime) -> Way | None:
    if rules.is_past(row, now):
        return Way("missed", "past-end")
    if obstacle_code:
        return Way("held" if obstacle_code in HELD_BY else "cancelled", obstacle_code)
    if quiet := rules.quiet_until(row, now):
        return Way("queued", "quiet-hours", rules.next_try(quiet - now, now, row.true_until))
    if shut := till.shut_until(row):
        return _later(row, OVER, shut, till.month_words)
    if later := caps.until(row, now):
        return _later(row, "cap", later)
    till.take(row)
    return None


def _later(row: Row[Any], code: str, until: datetime, text: str = "") -> Way:
    is_too_late = row.true_until and until > row.true_until
    return Way("cancelled", code, text=text) if is_too_late else Way("queued", code, until, text)


def _take(session: Session, ids: list[int], token: str, provider: Provider, now: datetime, author: str) -> None:
    session.connection().execute(_TAKE.values(
        state="claimed", claim_token=token, lease_until=now + rules.LEASE, provider=provider.name,
        crashes=message.c.crashes + 1), {"ids": ids})
    note(session.connection(), ids, "claimed", author, now, facts={"provider": provider.name})
