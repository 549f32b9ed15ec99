"""The client about to be changed: locked, fresh, and allowed to this actor."""

from webapp.clients.models import Client
from webapp.staff.actions.rows import locked
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, NotAllowed


def may_write(actor: Actor, office_id: int) -> None:
    """Staff write clients of their own offices (`domain.md` §10). Raises NotAllowed with "office" or "role"."""
    if not actor.may_see(office_id):
        raise NotAllowed("office")
    actor.needs(MANAGER, SERVICE, DIRECTOR)


def writable(client: Client, actor: Actor) -> Client:
    """The client as it is now, held until the transaction ends. Raises NotAllowed with "office" or "role"."""
    may_write(actor, locked(client).office_id)
    return client
