"""Questions about claims that go by e-mail: their letter, addresses used before, bytes of the files that go along."""

from typing import Any

from sqlalchemy import bindparam, case, select

from webapp.complaints.claim_rules import LOST, fate_of
from webapp.complaints.models import Complaint, ComplaintFile, OperatorClaim
from webapp.db import Base, db
from webapp.kit.text import match_key
from webapp.letters.files import Attached, add_bytes
from webapp.post.models import Message
from webapp.post.rules import REACHED

_PLACE = "complaint"
_MOST_CLAIMS, _MOST_LETTERS, _MOST_OFFERED = 2_000, 100, 8
_kept = Base.metadata.tables[ComplaintFile.__tablename__]
_DATA = select(_kept.c.data).where(_kept.c.token == bindparam("token"))


def source_of(complaint_id: int) -> str:
    """What its letters to the operator are sent for: the first try and all later ones."""
    return f"complaint:{complaint_id}:claim"


def complaint_of(source: str) -> int | None:
    """The complaint whose claim a message carried to the operator; None for every other message."""
    kind, _colon, rest = source.partition(":")
    number, _colon, what = rest.partition(":")
    return int(number) if kind == "complaint" and what == "claim" and number.isdecimal() else None


def best_of(of: Any) -> tuple[Any, Any]:
    """Order of letters with one claim: a try repeated from the outbox takes nothing back from one that has left."""
    return case((of.state.in_(REACHED), 0), else_=1), of.id.desc()


def letter_of(complaint_id: int) -> Message | None:
    """The letter that carries the claim to the operator: the last that has left, else the last that was written."""
    return db.session.scalar(select(Message).where(Message.source == source_of(complaint_id))
                             .order_by(*best_of(Message)).limit(1).execution_options(populate_existing=True))


def addresses_for(operator: str) -> list[str]:
    """Addresses to which claims to this operator went before, the last one first; spellings of its name are one."""
    wanted = match_key(operator)
    claims = db.session.execute(select(OperatorClaim.complaint_id, OperatorClaim.operator)
                                .order_by(OperatorClaim.id.desc()).limit(_MOST_CLAIMS)).all()
    same = [row.complaint_id for row in claims if wanted and match_key(row.operator) == wanted][:_MOST_LETTERS]
    sent = db.session.execute(select(Message.address, Message.state).where(
        Message.source.in_([source_of(number) for number in same]), Message.address != "")
        .order_by(Message.id.desc())).all()
    return list(dict.fromkeys(row.address for row in sent if fate_of(row.state) != LOST))[:_MOST_OFFERED]


def letters_about(client_id: int) -> set[int]:
    """Ids of the messages that carried claims of a client to operators: they are written to nobody in particular."""
    numbers = db.session.scalars(select(Complaint.id).where(Complaint.client_id == client_id))
    return set(db.session.scalars(select(Message.id).where(Message.source.in_([source_of(one) for one in numbers]))))


def as_attached(file: ComplaintFile) -> Attached:
    """A file of a complaint as a letter names it: the bytes stay where they are, and go with the client's data."""
    return Attached(f"{_PLACE}:{file.token}", file.name, file.type, file.size)


def _bytes_of(token: str) -> bytes | None:
    with db.engine.connect() as connection:
        return connection.scalar(_DATA, {"token": token})


add_bytes(_PLACE, _bytes_of)
