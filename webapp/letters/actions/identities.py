"""Who signs letters is changed: for the agency, or for one office that signs otherwise."""

from datetime import datetime
from typing import Any

from webapp.db import one_at_a_time, transaction
from webapp.letters.identities import Fields, fields_of, identity_row
from webapp.letters.models import Identity, LetterFile
from webapp.letters.signatures import IDENTITIES
from webapp.staff.audit import record
from webapp.staff.rules import ADMIN, Actor


class SignedMeanwhile(Exception):
    """Somebody changed this identity since the writer began; `kept` is what it says now."""

    def __init__(self, kept: Fields) -> None:
        super().__init__(kept.stamp)
        self.kept = kept


def save_identity(code: str, office_id: int | None, fields: Fields, *, seen: str | None = None, actor: Actor,
                  now: datetime) -> bool:
    """Keep what an identity says; an office with all fields empty has the agency's. False when nothing changed.

    `seen` is the stamp of what the writer began with; None puts the new words over whatever stands. Old and new
    values stand in the log. Raises SignedMeanwhile, LookupError for an unknown identity or photo, NotAllowed.
    """
    actor.needs(ADMIN)
    if code not in IDENTITIES:
        raise LookupError(code)
    with transaction() as session:
        # Two people who write the same one wait for each other here; of the first words there is no row to lock yet.
        one_at_a_time(f"identity {code}")
        if fields.photo and session.get(LetterFile, fields.photo) is None:
            raise LookupError(fields.photo)
        row = identity_row(code, office_id)
        before = fields_of(row)
        if before == fields:
            return False
        if seen is not None and seen != before.stamp:
            raise SignedMeanwhile(before)
        if row is None:
            row = Identity(code=code, office_id=office_id)
            session.add(row)
        _put(row, fields)
        session.flush()
        record(actor, "edited", "identity", row.id, now=now, office_id=office_id, facts=_facts(before, fields))
        return True


def _put(row: Identity, fields: Fields) -> None:
    for name in Fields.__dataclass_fields__:
        setattr(row, name, getattr(fields, name))
    row.links, row.photo = list(fields.links), fields.photo or None


def _facts(before: Fields, after: Fields) -> dict[str, list[Any]]:
    """What changed, in words people can read; a photo is told by the beginning of its hash."""
    def said(fields: Fields, name: str) -> str:
        value = getattr(fields, name)
        return "\n".join(value) if name == "links" else value[:12] if name == "photo" else str(value)
    return {f"sign_{name}": [said(before, name), said(after, name)] for name in Fields.__dataclass_fields__
            if getattr(before, name) != getattr(after, name)}
