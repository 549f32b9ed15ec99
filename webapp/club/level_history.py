"""Which level a client had at a moment gone by, as the history of levels tells it (`domain.md` §5.3)."""

from datetime import datetime

from sqlalchemy import select

from webapp.club.models import Level, LevelEvent, rate_of
from webapp.db import db

CHANGES = ("rose", "fell")


def rate_at(client_id: int, moment: datetime) -> tuple[str, int]:
    """Code and rate (basis points, as the level gives today) of the level at that moment; as `rate_of` where nothing
    has changed since the first count, or the level of then is none any more.
    """
    changes = select(LevelEvent).where(LevelEvent.client_id == client_id, LevelEvent.verb.in_(CHANGES))
    before = db.session.scalar(changes.where(LevelEvent.at <= moment).order_by(LevelEvent.id.desc()).limit(1))
    after = None if before else db.session.scalar(changes.order_by(LevelEvent.id).limit(1))
    code = before.new_code if before else after.old_code if after else ""
    level = db.session.get(Level, code) if code else None
    return (level.code, level.rate_bp) if level else rate_of(client_id)
