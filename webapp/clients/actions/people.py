"""Adding a client, editing what is known about one, and who takes care of the client."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select

from webapp.clients import rules
from webapp.clients.actions.contacts import new_email, new_phone
from webapp.clients.actions.rows import may_write, writable
from webapp.clients.models import Client
from webapp.clients.rules import ChangedMeanwhile, ClientFacts
from webapp.db import transaction
from webapp.kit.days import UnknownZone, zone
from webapp.staff.actions.rows import put
from webapp.staff.audit import record
from webapp.staff.models import Office, User
from webapp.staff.rules import DIRECTOR, MANAGER, Actor, BadInput


def add_client(facts: ClientFacts, *, office_id: int, phones: Iterable[str] = (), emails: Iterable[str] = (),
               manager_id: int | None = None, actor: Actor, now: datetime) -> Client:
    """A new client of the office, with `phones` and `emails` as typed; a manager who adds one takes care of it.

    Raises BadInput with code no-name, bad-phone, bad-email, bad-zone or bad-choice; NotAllowed.
    """
    may_write(actor, office_id)
    _check(facts)
    with transaction() as session:
        office = session.get_one(Office, office_id)
        owner = manager_id or (actor.user_id if MANAGER in actor.hats else None)
        client = Client(office=office, manager_id=owner, created_at=now, **asdict(facts))
        for raw in phones:
            new_phone(client, raw)
        for raw in emails:
            new_email(client, raw)
        client.keep_findable()
        session.add(client)
        session.flush()
        record(actor, "added", "client", client.id, now=now, office_id=office_id,
               facts={"name": [None, client.full_name], "phones": [None, [p.e164 for p in client.phones]],
                      "emails": [None, [e.address for e in client.emails]]})
    return client


def edit_client(client: Client, facts: ClientFacts, *, seen: str | None = None, actor: Actor,
                now: datetime) -> dict[str, list[object]]:
    """Save what was typed; gives {field: [old, new]} of what really changed.

    `seen` is the fingerprint of the facts the form was opened with: raises ChangedMeanwhile when somebody saved
    other facts since. Raises BadInput as `add_client` does; NotAllowed.
    """
    _check(facts)
    with transaction():
        client = writable(client, actor)
        if seen is not None and seen != rules.fingerprint(rules.facts_of(client)):
            raise ChangedMeanwhile
        changed = put(client, asdict(facts))
        if changed:
            client.keep_findable()
            record(actor, "edited", "client", client.id, now=now, office_id=client.office_id, facts=changed)
    return changed


def assign_manager(client: Client, manager: User | None, *, actor: Actor, now: datetime) -> None:
    """Who takes care of the client. A director decides; anybody may take a client whom nobody has.

    Raises NotAllowed("role"); BadInput("other-office") for a person who does not work in the client's office.
    """
    with transaction():
        client = writable(client, actor)
        free = client.manager_id is None and manager is not None and manager.id == actor.user_id
        if not free:
            actor.needs(DIRECTOR)
        if manager is not None and not (manager.works_here and client.office_id in manager.office_ids):
            raise BadInput("other-office", "manager")
        old = client.manager
        if old is not manager:
            client.manager = manager
            record(actor, "assigned", "client", client.id, now=now, office_id=client.office_id,
                   facts={"manager": [old.name if old else None, manager.name if manager else None]})


def reassign_clients(from_id: int, to: User, office_ids: Collection[int], *, actor: Actor, now: datetime) -> list[int]:
    """Give all clients of a leaver in these offices to a colleague; gives their ids. Directors only (NotAllowed)."""
    actor.needs(DIRECTOR)
    if not to.works_here or not set(office_ids) <= set(to.office_ids):
        raise BadInput("other-office", "manager")
    with transaction() as session:
        rows = session.scalars(select(Client).where(Client.manager_id == from_id, Client.office_id.in_(office_ids))
                               .with_for_update(of=Client)).all()
        old = session.get(User, from_id)
        for client in rows:
            client.manager_id = to.id
            record(actor, "assigned", "client", client.id, now=now, office_id=client.office_id,
                   facts={"manager": [old.name if old else None, to.name]})
        return [client.id for client in rows]


def _check(facts: ClientFacts) -> None:
    if not rules.name_key(facts.last_name, facts.first_name, facts.middle_name):
        raise BadInput("no-name", "last_name")
    if facts.gender not in rules.GENDERS or facts.language not in rules.LANGUAGES:
        raise BadInput("bad-choice", "gender" if facts.gender not in rules.GENDERS else "language")
    if facts.timezone:
        try:
            zone(facts.timezone)
        except UnknownZone:
            raise BadInput("bad-zone", "timezone", facts.timezone) from None
