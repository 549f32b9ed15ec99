"""Letters nobody knew whose they are: a person says whose, or puts them aside."""

from datetime import datetime

from webapp.clients.models import Client
from webapp.db import transaction, wake
from webapp.post.models import Incoming
from webapp.staff.audit import record
from webapp.staff.rules import DIRECTOR, SERVICE, Actor, NotAllowed

HAND = "hand"


class SortedAlready(Exception):
    """Somebody was faster: `decided_by` says who."""

    def __init__(self, row: Incoming) -> None:
        super().__init__(row.id)
        self.decided_by = row.decided_by


def attach_incoming(incoming_id: int, client: Client, *, actor: Actor, now: datetime) -> Incoming:
    """The letter is this client's: it goes into the timeline, and somebody answers.

    Raises LookupError for a letter out of sight, SortedAlready, NotAllowed.
    """
    with transaction() as session:
        row = _to_sort(incoming_id, "unsorted", actor)
        if not actor.may_see(client.office_id) or client.erased_at is not None:
            raise NotAllowed("office")
        row.client_id, row.office_id, row.proof = client.id, client.office_id, row.proof or HAND
        row.kind, row.state = "reply", "new"
        row.decided_by, row.decided_at = actor.name, now
        record(actor, "attached", "incoming", row.id, now=now, office_id=row.office_id)
        session.flush()
        wake("post")
        return row


def dismiss_incoming(incoming_id: int, *, actor: Actor, now: datetime) -> Incoming:
    """The letter is nobody's: it needs no one any more. Raises as `attach_incoming`."""
    with transaction():
        row = _to_sort(incoming_id, "unsorted", actor)
        row.state, row.decided_by, row.decided_at = "dismissed", actor.name, now
        record(actor, "dismissed", "incoming", row.id, now=now, office_id=row.office_id)
        return row


def sort_again(incoming_id: int, *, actor: Actor, now: datetime) -> Incoming:
    """Take a letter that was put aside back onto the list."""
    with transaction():
        row = _to_sort(incoming_id, "dismissed", actor)
        row.state, row.decided_by, row.decided_at = "unsorted", "", None
        record(actor, "sorted-again", "incoming", row.id, now=now, office_id=row.office_id)
        return row


def note_stopped(incoming_id: int) -> None:
    """What the letter asked for is done."""
    with transaction() as session:
        session.get_one(Incoming, incoming_id, with_for_update=True).asks_stop = "stopped"


def _to_sort(incoming_id: int, state: str, actor: Actor) -> Incoming:
    actor.needs(SERVICE, DIRECTOR)
    with transaction() as session:
        row = session.get(Incoming, incoming_id, with_for_update=True, populate_existing=True)
        if row is None or not actor.may_see(row.office_id):
            raise LookupError(incoming_id)
        if row.state != state:
            raise SortedAlready(row)
        return row
