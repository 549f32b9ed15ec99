"""Numbers for the printing house: drawn in advance, nobody's until a card is sold."""

import secrets
from datetime import datetime

from sqlalchemy import insert, select

from webapp.club import number_rules
from webapp.club.models import CardNumber
from webapp.db import transaction
from webapp.staff.audit import record
from webapp.staff.rules import ADMIN, Actor, BadInput

MOST = 5_000
_PART = 500


def draw_blanks(count: int, *, actor: Actor, now: datetime) -> str:
    """Draw `count` new numbers and give the code of their order. Raises BadInput("bad-count"); NotAllowed."""
    actor.needs(ADMIN)
    if not 1 <= count <= MOST:
        raise BadInput("bad-count", "count", str(MOST))
    batch = f"{now:%y%m%d}-{secrets.token_hex(3)}"
    with transaction() as session:
        found: set[str] = set()
        while len(found) < count:
            drawn = {number_rules.new_number(secrets.randbelow) for _ in range(min(_PART, count - len(found)))} - found
            found |= drawn - set(session.scalars(select(CardNumber.number).where(CardNumber.number.in_(drawn))))
        # A number that another order or a sale draws at this very moment is refused by the key: nothing is kept then.
        session.execute(insert(CardNumber), [{"number": number, "batch": batch, "made_at": now, "reason": ""}
                                             for number in sorted(found)])
        record(actor, "blanks", "club", None, now=now, facts={"blanks": ["", str(count)]})
    return batch
