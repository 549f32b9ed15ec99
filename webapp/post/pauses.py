"""Whether a letter waited because its reader was to be left in peace: a hold of one client and one class."""

from sqlalchemy import or_, select

from webapp.db import db
from webapp.post.models import Hold, Message


def was_paused(message: Message) -> bool:
    """Whether such a hold lay on the message at any time since it was written."""
    return db.session.scalar(select(Hold.id).where(
        Hold.client_id == message.client_id, Hold.klass == message.klass, Hold.klass != "",
        or_(Hold.released_at.is_(None), Hold.released_at >= message.created_at)).limit(1)) is not None
