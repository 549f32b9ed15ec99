"""What becomes of SMS a provider has taken: reports that come in, questions where none comes; and the money left."""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, text, update

from webapp.db import transaction
from webapp.post.actions.bounces import report as note_report
from webapp.post.actions.spending import correct_money
from webapp.post.channels import Gone, Unreachable, provider_for
from webapp.post.channels.gateway import ABSENT, Gateway, Report, own_number, row_of
from webapp.post.models import TRACKED, Message
from webapp.post.models import Provider as ProviderRow
from webapp.post.obstacles import message as table
from webapp.post.refusal_rules import Refusal
from webapp.staff.audit import job

KNOWN_FOR = timedelta(days=3)
"""So long after its hand-off reports about an SMS count, and questions are asked; phones are not tried for longer."""
_ASK_FROM = timedelta(minutes=1)
_MOST = 30
_BALANCE_EVERY = timedelta(hours=1)
_JOB = job("sms")


def track(now: datetime) -> dict[str, int]:
    """Ask about SMS nobody has reported on, and once an hour about the money; gives how many have changed."""
    gateway = gateway_in_force()
    if gateway is None:
        return {}
    changed = 0
    try:
        for row_id, phone, ref, handed_at in _to_ask(gateway, now):
            found = gateway.report(ref, phone)
            if found is not None and found is not ABSENT:
                _note_price(row_id, found)
                changed += _apply(row_id, found, now)
            _ask_later(row_id, handed_at, now)
        if _is_balance_old(gateway.name, now):
            refresh_balance(gateway, now=now)
    except (Unreachable, Gone):
        # What is down is told by the breaker when something is to be sent; reports can wait.
        pass
    return {"reported": changed} if changed else {}


def gateway_in_force() -> Gateway | None:
    """The SMS provider in force, if it is a real one."""
    provider = provider_for("sms", "live", current_app.extensions["snova.settings"])
    return provider if isinstance(provider, Gateway) else None


def reported(provider: str, number: str, found: Report, *, now: datetime, phone: str = "", ref: str = "") -> bool:
    """A report about our own `number`; False when it is not ours, too old, or changes nothing.

    Where the report names them, phone and the provider's `ref` must be those of the row.
    """
    row_id = row_of(number)
    with transaction() as session:
        row = session.get(Message, row_id) if row_id is not None else None
        if row is None or row.provider != provider or not _is_recent(row, now):
            return False
        secret = current_app.extensions["snova.settings"].secret_key
        is_ours = own_number(secret, row) == number
        fits = phone in ("", row.address.removeprefix("+")) and (not (ref and row.provider_ref)
                                                                 or ref == row.provider_ref)
        return is_ours and fits and bool(_apply(row.id, found, now))


def reported_by_ref(provider: str, ref: str, found: Report, *, now: datetime) -> bool:
    """A report about the provider's own number of a message that counts as sent."""
    with transaction() as session:
        row = session.scalars(select(Message).where(
            text(TRACKED), table.c.provider == provider, table.c.provider_ref == ref)).first()
        return row is not None and _is_recent(row, now) and bool(_apply(row.id, found, now))


def refresh_balance(gateway: Gateway, *, now: datetime) -> int | Refusal:
    """Ask for the money left and remember it. Raises Unreachable."""
    found = gateway.balance()
    note_balance(gateway.name, found if isinstance(found, int) else None, now=now)
    return found


def note_balance(name: str, kopecks: int | None, *, now: datetime) -> None:
    """Remember what a provider told of its account; with None only that it was asked."""
    with transaction() as session:
        row = session.get(ProviderRow, name, with_for_update=True) or ProviderRow(name=name)
        row.balance_at = now
        if kopecks is not None:
            row.balance = kopecks
        session.add(row)


def _apply(row_id: int, found: Report, now: datetime) -> int:
    """Only once: what was delivered or came back stays so, whatever a repeated report says."""
    if not found.state:
        return 0
    with transaction() as session:
        row = session.get_one(Message, row_id, with_for_update=True, populate_existing=True)
        if row.state not in ("handed", "unknown", "sent"):
            return 0
        return int(note_report(row, found.state, actor=_JOB, now=now, code=found.code, text=found.text))


def _note_price(row_id: int, found: Report) -> None:
    if found.kopecks is not None:
        with transaction() as session:
            correct_money(session.connection(), row_id, found.kopecks)


def _is_recent(row: Message, now: datetime) -> bool:
    return row.handed_at is not None and now - row.handed_at < KNOWN_FOR


def _to_ask(gateway: Gateway, now: datetime) -> list[tuple[int, str, str, datetime]]:
    """Rows with the number to ask by, longest waiting first."""
    query = select(Message).where(
        text(TRACKED), table.c.provider == gateway.name, table.c.next_try_at <= now,
        table.c.handed_at <= now - _ASK_FROM, table.c.handed_at > now - KNOWN_FOR)
    with transaction() as session:
        rows = session.scalars(query.order_by(table.c.next_try_at).limit(_MOST)).all()
        asked = [(row, row.provider_ref or (own_number(gateway.secret, row) if gateway.can_ask else ""))
                 for row in rows]
        return [(row.id, row.address, ref, row.handed_at) for row, ref in asked if ref and row.handed_at]


def _ask_later(row_id: int, handed_at: datetime, now: datetime) -> None:
    """Ever more seldom: most arrive at once, and a phone that is off stays so for hours."""
    wait = min(max((now - handed_at) / 2, timedelta(minutes=2)), timedelta(hours=6))
    with transaction() as session:
        session.execute(update(table).where(table.c.id == row_id, table.c.state == "sent")
                        .values(next_try_at=now + wait))


def _is_balance_old(name: str, now: datetime) -> bool:
    with transaction() as session:
        row: Any = session.get(ProviderRow, name)
        return row is None or row.balance_at is None or now - row.balance_at >= _BALANCE_EVERY
