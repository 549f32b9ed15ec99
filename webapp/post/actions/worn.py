"""An address whose mailbox sends letter after letter back is marked as not working."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.post.actions.bounces import break_address
from webapp.post.models import Message
from webapp.post.worn_rules import SOFT_CODES, WITHIN, is_worn_out


def wears_out(session: Session, message: Message, *, now: datetime) -> bool:
    """Look at the letters to this address lately, and mark it when too many came back in a row (`domain.md` §2.4)."""
    session.flush()
    rows = session.execute(
        select(Message.sent_at, Message.state, Message.last_code)
        .where(Message.client_id == message.client_id, Message.channel == "email",
               Message.address_hash == message.address_hash, Message.sent_at > now - 2 * WITHIN)
        .order_by(Message.sent_at, Message.id)).all()
    letters = [(row.sent_at, row.state == "bounced" and row.last_code in SOFT_CODES) for row in rows]
    if not is_worn_out(letters):
        return False
    break_address(session.connection(), message.id, "no-mailbox", now)
    return True
