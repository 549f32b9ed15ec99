"""What a worker left behind: claims whose lease is over, hand-offs without an answer, asking providers about them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from webapp.db import transaction
from webapp.post import rules
from webapp.post.actions.history import move
from webapp.post.actions.spending import give_back_money
from webapp.post.channels import Outgoing, Provider, Record, Unreachable, provider_for
from webapp.post.models import LEASED, STANDING
from webapp.post.obstacles import message
from webapp.post.reading import whole_messages

_ASK_AGAIN = timedelta(minutes=5)
_ASK_FOR = timedelta(days=2)
_AT_ONCE = 500
# Each is a question over the network, and letters wait behind them.
_ASKED_AT_ONCE = 100


def release_leases(now: datetime, *, author: str = "post") -> dict[str, int]:
    """Take back what a worker did not finish; gives how many turned queued_again, unknown and dead.

    A claim goes back to the queue, after its second crash with a pause, and is `dead` after three that ended without
    any recorded result. A hand-off without an answer is `unknown`: its token stays, so that a late answer may still
    settle it (`architecture.md` §4).
    """
    with transaction() as session:
        over = select(message.c.id, message.c.state, message.c.crashes, message.c.true_until).where(
            text(LEASED), message.c.lease_until <= now)
        rows = session.connection().execute(
            over.order_by(message.c.lease_until).limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
        dead = [r.id for r in rows if r.state == "claimed" and r.crashes >= rules.CRASHES]
        back = [r for r in rows if r.state == "claimed" and r.crashes < rules.CRASHES]
        lost = [r.id for r in rows if r.state == "handed"]
        move(session, dead, "dead", author, now, code="crashes", last_code="crashes")
        _requeue(session, back, now, author)
        move(session, lost, "unknown", author, now, code="no-answer", last_code="no-answer", lease_until=None,
             next_try_at=now)
    return {"queued_again": len(back), "unknown": len(lost), "dead": len(dead)}


def _requeue(session: Session, rows: Sequence[Any], now: datetime, author: str) -> None:
    back: dict[datetime | None, list[int]] = {}
    for row in rows:
        is_last = row.crashes == rules.CRASHES - 1
        at = rules.next_try(rules.CALM * rules.LEASE, now, row.true_until) if is_last else None
        back.setdefault(at, []).append(row.id)
    for at, ids in back.items():
        later: dict[str, Any] = {"next_try_at": at} if at else {}
        move(session, ids, "queued", author, now, code="lease-over", claim_token="", lease_until=None, **later)


def resolve_unknown(now: datetime, *, author: str = "post") -> dict[str, int]:
    """Ask the providers that keep a record about unknown messages; gives how many turned out sent or queued_again.

    What was proven absent is queued once; a second time it stays for a person to decide. A provider that does not
    answer is not asked about the others now.
    """
    figures: Counter[str] = Counter()
    silent: set[str] = set()
    for row in _to_ask(now):
        provider = _provider_of(row)
        if provider is None or provider.name in silent:
            continue
        try:
            found = provider.ask(row)
        except Unreachable:
            silent.add(provider.name)
            found = Record.CANNOT_TELL
        with transaction() as session:
            figures.update(_settle(session, row, provider, found, now, author))
    return dict(figures)


def _to_ask(now: datetime) -> list[Outgoing]:
    with transaction() as session:
        query = whole_messages().where(
            text(STANDING), message.c.state == "unknown", message.c.next_try_at <= now,
            message.c.handed_at > now - _ASK_FOR, message.c.decided_at.is_(None)).limit(_ASKED_AT_ONCE)
        return [Outgoing(*row) for row in session.connection().execute(query)]


def _provider_of(row: Outgoing) -> Provider | None:
    """The provider that was given the message, if it can be asked at all."""
    settings = current_app.extensions["snova.settings"]
    provider = provider_for(row.channel, "trial" if row.provider == "trial" else "live", settings)
    return provider if provider.name == row.provider and provider.can_ask else None


def _settle(session: Session, row: Outgoing, provider: Provider, found: Record, now: datetime,
            author: str) -> dict[str, int]:
    query = select(message.c.returned, message.c.handed_at).where(
        message.c.id == row.id, message.c.state == "unknown", message.c.decided_at.is_(None))
    there = session.connection().execute(query.with_for_update()).first()
    if there is None:
        return {}
    is_sure = now >= there.handed_at + provider.sure_after
    values: dict[str, Any] = {"crashes": 0, "last_code": "", "claim_token": ""}
    if found is Record.HAS_IT:
        move(session, [row.id], "sent", author, now, code="asked", sent_at=now, **values)
        return {"sent": 1}
    if found is Record.NEVER_GOT_IT and is_sure and not there.returned:
        move(session, [row.id], "queued", author, now, code="proven-absent", returned=1, next_try_at=now, **values)
        give_back_money(session.connection(), row.id)
        return {"queued_again": 1}
    session.connection().execute(
        message.update().where(message.c.id == row.id).values(next_try_at=now + _ASK_AGAIN))
    return {}
