"""The frequency cap of marketing: what the clients of a batch got lately, across all channels (`domain.md` §2.6)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from webapp.post import rules
from webapp.post.obstacles import message
from webapp.staff.models import setting

_COUNTED = ("claimed", "handed", "sent", "delivered", "bounced", "complained", "unknown")


class Caps:
    """Answers when a marketing message may leave; those that may leave now count for the ones after them."""

    def __init__(self, session: Session, rows: Iterable[Any], now: datetime) -> None:
        self.moments: dict[int, list[datetime]] = {}
        clients = sorted({row.client_id for row in rows if row.klass == rules.MARKETING and row.client_id})
        if clients:
            chosen = setting("marketing_cap") or {}
            self.cap = rules.Cap(**{name: int(chosen[name]) for name in ("day", "week") if name in chosen})
            self._read(session, clients, now)

    def until(self, row: Any, now: datetime) -> datetime | None:
        """When this message may leave; None means now, and it counts from now on."""
        if row.klass != rules.MARKETING or not row.client_id:
            return None
        moments = self.moments.setdefault(row.client_id, [])
        later = rules.cap_until(moments, row.zone, now, self.cap)
        if later is None:
            moments.append(now)
        return later

    def _read(self, session: Session, clients: list[int], now: datetime) -> None:
        of = message.c
        if session.get_bind().dialect.name == "postgresql":
            # Two workers with letters for one client take turns here, or both would find the day still free.
            session.execute(text("SELECT id FROM client WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE"),
                            {"ids": clients})
        moment = func.coalesce(of.handed_at, of.lease_until)
        query = select(of.client_id, moment).where(
            of.client_id.in_(clients), of.klass == rules.MARKETING, of.state.in_(_COUNTED),
            moment > now - timedelta(days=8))
        for client_id, when in session.connection().execute(query):
            self.moments.setdefault(client_id, []).append(when)
