"""The two commits of every try: the hand-off, which asks once more whether the message may leave, and the result."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from webapp.db import db, transaction
from webapp.post import rules
from webapp.post.actions.bounces import break_address
from webapp.post.actions.claiming import Claim, Way, put_aside
from webapp.post.actions.history import note, pass_fence
from webapp.post.actions.spending import book
from webapp.post.actions.swift import Swift
from webapp.post.models import LEASED
from webapp.post.models import Provider as ProviderRow
from webapp.post.obstacles import HELD_BY, message, obstacle
from webapp.post.refusal_rules import Outcome

_OURS = message.c.claim_token == bindparam("token")
_SOME = message.c.id.in_(bindparam("ids", expanding=True))
_THIS = message.c.id == bindparam("row")
_MINE = _OURS & (message.c.state == "claimed")
_HAND = Swift(update(message).where(_THIS, _MINE, obstacle().is_(None)).values(
    state="handed", handed_at=bindparam("at"), lease_until=bindparam("until")))
_SENT = Swift(update(message).where(_THIS, _OURS, text("message.state IN ('handed', 'unknown')")).values(
    state="sent", sent_at=bindparam("at"), ended_at=bindparam("at"), crashes=0, last_code="", settled=False,
    last_text=bindparam("said"), provider_ref=bindparam("ref")))
_OTHER = Swift(update(message).where(
    _THIS, _OURS, text("message.state IN ('claimed', 'handed', 'unknown')"),
    # A person has decided: a late "not now" must not start it once more.
    message.c.decided_at.is_(None)).values(
    state=bindparam("to"), crashes=0, settled=False, tries=bindparam("count"), ended_at=bindparam("ended"),
    next_try_at=bindparam("again"), last_code=bindparam("why"), last_text=bindparam("said")))
_RENEW = Swift(update(message).where(text(LEASED), _MINE).values(lease_until=bindparam("until")))
_WHY = select(message.c.id, obstacle().label("code")).where(_SOME, _MINE)
_LOCK_PEOPLE = text(
    "WITH people AS (SELECT c.id FROM client c JOIN message m ON m.client_id = c.id WHERE m.id = ANY(:ids) FOR SHARE"
    " OF c), agreed AS (SELECT n.client_id FROM consent n JOIN message m ON m.client_id = n.client_id"
    " WHERE m.id = ANY(:ids) FOR SHARE OF n) SELECT (SELECT count(*) FROM people) + (SELECT count(*) FROM agreed)")


def keep_connection() -> Connection:
    """A connection for the commits of a whole batch: a session that begins and ends costs more than they do."""
    return db.engine.connect()


def hand_off(claim: Claim, ids: Sequence[int], *, outcomes: Sequence[Outcome], now: datetime, renew: bool, author: str,
             kept: Connection | None = None) -> set[int]:
    """Commit the hand-off of `ids` with the outcomes of what went before; gives those that may pass the point of
    no return.

    In the statement itself it is asked again whether the row is still ours and nothing forbids it: no suppression,
    hold or missing consent, the client not silenced, the mode unchanged (`architecture.md` §4, 3). `renew` prolongs
    the lease of what of the batch is still to come. `kept` is a connection of `keep_connection`.
    """
    with _writing(kept) as connection:
        if ids and connection.dialect.name == "postgresql":
            _wait_for_stops(connection, ids)
        done = _write(connection, claim, outcomes, author)
        moments = {"token": claim.token, "mode": claim.mode, "at": now, "until": now + rules.LEASE}
        handed = {i for i in ids if _HAND.run(connection, {"row": i, **moments})}
        note(connection, handed, "handed", author, now)
        if renew:
            _RENEW.run(connection, {"token": claim.token, "until": now + rules.LEASE})
        book(connection, claim.bills, claim.month, handed, done)
    if len(handed) < len(ids):
        _turn_away(claim, [i for i in ids if i not in handed], now, author)
    return handed


def write_outcomes(claim: Claim, outcomes: Sequence[Outcome], *, author: str, kept: Connection | None = None) -> None:
    """Commit outcomes alone: at the end of a batch."""
    if outcomes:
        with _writing(kept) as connection:
            book(connection, claim.bills, claim.month, (), _write(connection, claim, outcomes, author))


def give_back(claim: Claim, *, now: datetime, code: str, author: str) -> int:
    """What of the batch was not begun goes back to the queue as it was; gives how many."""
    with transaction() as session:
        left = list(session.connection().scalars(
            select(message.c.id).where(text(LEASED), _MINE).with_for_update(), {"token": claim.token}))
        put_aside(session, left, Way("queued", code), now, author)
        return len(left)


def provider_failed(name: str, *, now: datetime, code: str, text: str) -> None:
    """Open the breaker: from now on one probe in 30 seconds (`architecture.md` §4, 5)."""
    with transaction() as session:
        row = session.get(ProviderRow, name, with_for_update=True) or ProviderRow(name=name)
        row.failing_since = row.failing_since or now
        row.probe_at = now + rules.PROBE_EVERY
        row.last_error, row.last_error_at = f"{code}: {text}"[:400], now
        session.add(row)


def provider_works(name: str) -> None:
    """Close the breaker: it has answered."""
    with transaction() as session:
        row = session.get(ProviderRow, name, with_for_update=True)
        if row and row.failing_since:
            row.failing_since = row.probe_at = None


@contextmanager
def _writing(kept: Connection | None) -> Iterator[Connection]:
    """A transaction for statements of `swift`; on SQLite it is begun and ended at the driver itself."""
    if kept is None:
        with transaction() as session:
            yield session.connection()
    elif kept.dialect.name != "sqlite":
        with kept.begin():
            yield kept
    else:
        driver: Any = kept.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE")
        try:
            yield kept
        except BaseException:
            driver.execute("ROLLBACK")
            raise
        driver.execute("COMMIT")


def _wait_for_stops(connection: Connection, ids: Sequence[int]) -> None:
    """On PostgreSQL a stop that is being committed is waited for, so that the next statement sees it."""
    pass_fence(connection)
    connection.execute(_LOCK_PEOPLE, {"ids": list(ids)})


def _write(connection: Connection, claim: Claim, outcomes: Sequence[Outcome], author: str) -> list[Outcome]:
    """Record outcomes where the row is still ours, and give those; a late answer also settles what was unknown."""
    settled = []
    for outcome in outcomes:
        common = {"row": outcome.message_id, "token": claim.token, "said": outcome.text}
        if outcome.state == "sent":
            done = _SENT.run(connection, {**common, "at": outcome.at, "ref": outcome.ref})
        else:
            done = _OTHER.run(connection, {
                **common, "to": outcome.state, "count": outcome.tries, "why": outcome.code,
                "ended": None if outcome.state == "queued" else outcome.at,
                "again": outcome.next_try_at or outcome.at})
        if not done:
            continue
        settled.append(outcome)
        note(connection, [outcome.message_id], outcome.state, author, outcome.at, code=outcome.code,
             facts={"text": outcome.text} if outcome.text else None)
        if outcome.state == "failed":
            break_address(connection, outcome.message_id, outcome.code, outcome.at)
    return settled


def _turn_away(claim: Claim, ids: Sequence[int], now: datetime, author: str) -> None:
    """Messages stopped at the last moment. Rows that are no longer ours are left alone."""
    with transaction() as session:
        asked = session.connection().execute(_WHY, {"ids": list(ids), "token": claim.token, "mode": claim.mode}).all()
        for row_id, code in asked:
            # With another mode, or when the stop has been taken back meanwhile, the next batch asks again.
            state = "queued" if code in (None, "mode") else "held" if code in HELD_BY else "cancelled"
            put_aside(session, [row_id], Way(state, code or "stopped-meanwhile"), now, author)
