"""Stops: cancelling, holds and their release, suppressed addresses. All work at once, up to the hand-off."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from webapp.db import db, transaction, wake
from webapp.post.actions.history import fence, locked_ids, move
from webapp.post.addresses import address_hash
from webapp.post.models import Hold, Suppression
from webapp.post.obstacles import HELD_BY, message, obstacle
from webapp.post.rules import LANE_TRIP, MARKETING, TEST
from webapp.staff.audit import record
from webapp.staff.models import setting
from webapp.staff.rules import Actor

STOPPABLE = ("held", "queued", "claimed")
GIVEN_BACK: dict[str, Any] = {"claim_token": "", "lease_until": None, "crashes": 0}


def cancel_source(source: str, *, reason: str, actor: Actor, now: datetime) -> int:
    """Cancel what waits of a source ("touch:7") and of everything under it ("touch:7:…"); gives how many messages."""
    return _cancel(_under(source), reason, actor, now)


def cancel_group(group_key: str, *, reason: str, actor: Actor, now: datetime) -> int:
    """Cancel what waits of a group ("occasion:7"); gives how many messages. One being handed over still leaves."""
    return _cancel(message.c.group_key == group_key, reason, actor, now)


def cancel_client(client_id: int, *, reason: str, actor: Actor, now: datetime) -> int:
    """Cancel everything that waits for a client; gives how many messages."""
    return _cancel(message.c.client_id == client_id, reason, actor, now)


def hold(*, reason: str, actor: Actor, now: datetime, client_id: int | None = None, group_key: str = "",
         klass: str = "") -> Hold:
    """Make messages wait: of a client, of a group, of a class, or of all that is given together.

    Works for messages written later too, until `release`. The same hold again gives the open one.
    """
    with transaction() as session:
        fence(session)
        found = session.scalars(_same(client_id, group_key, klass)).first()
        if found:
            return found
        row = Hold(client_id=client_id, group_key=group_key, klass=klass, reason=reason, actor=actor.name, at=now)
        session.add(row)
        session.flush()
        conditions: list[ColumnElement[bool]] = [message.c.klass.not_in(("code", TEST))]
        conditions += [message.c.client_id == client_id] if client_id is not None else []
        conditions += [message.c.group_key == group_key] if group_key else []
        conditions += [message.c.klass == klass] if klass else []
        ids = locked_ids(session, *conditions, states=("queued", "claimed"))
        move(session, ids, "held", actor.name, now, code="hold", hold_reason="hold", **GIVEN_BACK)
        record(actor, "held", "sending", row.id, now=now, facts={"reason": ["", reason], "group": ["", group_key]})
        return row


def release(*, actor: Actor, now: datetime, client_id: int | None = None, group_key: str = "",
            klass: str = "") -> int:
    """End the hold made with the same words; gives how many messages may leave now.

    What no other hold (and not the mode) keeps back is queued again, or `missed` when past its end of truth.
    """
    with transaction() as session:
        fence(session)
        rows = session.scalars(_same(client_id, group_key, klass)).all()
        for row in rows:
            row.released_at, row.released_by = now, actor.name
            record(actor, "released", "sending", row.id, now=now)
        if not rows:
            return 0
        session.flush()
        conditions: list[ColumnElement[bool]] = [message.c.hold_reason == "hold"]
        conditions += [message.c.client_id == client_id] if client_id is not None else []
        conditions += [message.c.group_key == group_key] if group_key else []
        leaving, _missed = let_go(session, *conditions, actor=actor, now=now)
        return leaving


def let_go(session: Session, *conditions: Any, actor: Actor, now: datetime) -> tuple[int, int]:
    """Queue the held messages that nothing keeps back any more; gives (how many may leave, how many are too late)."""
    mode = setting("mode", "held")
    ids = locked_ids(session, *conditions, states=("held",))
    if mode == "held":
        # What a hold kept back is now kept back by the mode alone.
        free = _not_kept_back(session, ids, mode)
        move(session, free, "held", actor.name, now, code="mode", hold_reason="mode")
        return 0, 0
    late = _those(session, ids, message.c.true_until < now)
    move(session, late, "missed", actor.name, now, code="past-end", hold_reason="", last_code="past-end")
    rest = _not_kept_back(session, sorted(set(ids) - set(late)), mode)
    move(session, rest, "queued", actor.name, now, hold_reason="")
    kept = sorted(set(ids) - set(late) - set(rest))
    for some in _parts(kept):
        session.connection().execute(update(message).where(message.c.id.in_(some)).values(hold_reason="hold"))
    wake("post")
    return len(rest), len(late)


def suppress(address: str, *, channel: str, reason: str, actor: Actor, now: datetime, klass: str = "",
             note: str = "") -> Suppression:
    """Never write to this address again: at all, no `klass="marketing"`, or with "but-trips" only trip reminders.

    Cancels what waits for it; messages handed over later are checked again at that moment. `note` says why, in words.
    """
    with transaction() as session:
        fence(session)
        hashed = address_hash(address, channel)
        found = session.scalars(select(Suppression).where(
            Suppression.address_hash == hashed, Suppression.channel == channel, Suppression.klass == klass,
            # The client's word lifts only the client's word: what the agency stopped by hand stays beside it.
            Suppression.reason == reason, Suppression.lifted_at.is_(None))).first()
        row = found or Suppression(address_hash=hashed, channel=channel, klass=klass, reason=reason, note=note,
                                   actor=actor.name, at=now)
        session.add(row)
        session.flush()
        conditions: list[ColumnElement[bool]] = [message.c.address_hash == hashed, message.c.channel == channel]
        ids = locked_ids(session, *conditions, *forbidden(klass), states=STOPPABLE)
        move(session, ids, "cancelled", actor.name, now, code="suppressed", last_code="suppressed", **GIVEN_BACK)
        record(actor, "suppressed", "address", row.id, now=now, facts={"reason": ["", reason]})
        return row


def lift(address: str, *, channel: str, actor: Actor, now: datetime, klass: str | None = None) -> int:
    """The address may be written to again: lift its suppressions (only those of `klass`, if given)."""
    with transaction() as session:
        query = select(Suppression).where(Suppression.address_hash == address_hash(address, channel),
                                          Suppression.channel == channel, Suppression.lifted_at.is_(None))
        rows = session.scalars(query if klass is None else query.where(Suppression.klass == klass)).all()
        for row in rows:
            lift_row(row, "", actor=actor, now=now)
        return len(rows)


def lift_row(row: Suppression, reason: str, *, actor: Actor, now: datetime) -> None:
    """Lift one suppression and write down who did and why; inside a transaction."""
    row.lifted_at, row.lifted_by, row.lift_reason = now, actor.name, reason
    record(actor, "lifted", "address", row.id, now=now, facts={"reason": ["", reason]} if reason else None)


def forbidden(klass: str) -> list[ColumnElement[bool]]:
    """Which messages a suppression of `klass` forbids; nothing to ask for means all."""
    return {"marketing": [message.c.klass == MARKETING], "but-trips": [message.c.lane > LANE_TRIP]}.get(klass, [])


def _cancel(condition: ColumnElement[bool], reason: str, actor: Actor, now: datetime) -> int:
    with transaction() as session:
        fence(session)
        ids = locked_ids(session, condition, states=STOPPABLE)
        return move(session, ids, "cancelled", actor.name, now, code=reason, last_code=reason, **GIVEN_BACK)


def _under(source: str) -> ColumnElement[bool]:
    of = message.c.source
    if db.engine.dialect.name == "sqlite":
        # SQLite's LIKE looks at every row; this range is everything that begins with the source and a colon,
        # because ';' is the sign after ':'. Elsewhere the order of signs depends on the database's language.
        return or_(of == source, and_(of > f"{source}:", of < f"{source};"))
    return or_(of == source, of.startswith(f"{source}:", autoescape=True))


def _same(client_id: int | None, group_key: str, klass: str) -> Any:
    return select(Hold).where(Hold.client_id.is_(None) if client_id is None else Hold.client_id == client_id,
                              Hold.group_key == group_key, Hold.klass == klass, Hold.released_at.is_(None))


def _those(session: Session, ids: list[int], condition: ColumnElement[bool]) -> list[int]:
    return [i for some in _parts(ids) for i in session.connection().scalars(
        select(message.c.id).where(message.c.id.in_(some), condition))]


def _not_kept_back(session: Session, ids: list[int], mode: str) -> list[int]:
    waits = func.coalesce(obstacle(), "").in_(HELD_BY)
    return [i for some in _parts(ids) for i in session.connection().scalars(
        select(message.c.id).where(message.c.id.in_(some), ~waits), {"mode": mode})]


def _parts(ids: list[int]) -> list[list[int]]:
    return [ids[start:start + 500] for start in range(0, len(ids), 500)]
