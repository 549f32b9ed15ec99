"""Rows of a sheet become clients, trips and touches, a hundred in one transaction; and an import is taken back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.clients.models import Client, Email, Phone
from webapp.db import db, transaction
from webapp.kit.phones import is_mobile
from webapp.staff.audit import record
from webapp.staff.models import Office
from webapp.staff.rules import Actor
from webapp.touches.actions.many import Opening, Planner, open_many
from webapp.trips.actions.trips import TripData, facts_of
from webapp.trips.intake import NEW, Decision, Intake
from webapp.trips.known import Person
from webapp.trips.models import Companion, Trip
from webapp.trips.sellers import Sellers
from webapp.trips.sheetrow import SheetTrip

KIND = "trip"
ORIGIN = "import"
_TRIES = 3


def take_rows(rows: Sequence[SheetTrip], *, office_id: int, actor: Actor, now: datetime, batch_id: int | None = None,
              sellers: Sellers | None = None) -> Counter[str]:
    """Save these rows, all of them or none: gives trips, touches, clients made and rows that were known (repeats).

    Safe to repeat: a row that has become a trip, and a trip of the same client with the same dates and destination,
    are repeats and change nothing. Nothing about the past is planned to be sent (`domain.md` §1.2, 7).
    """
    for left in range(_TRIES - 1, -1, -1):
        try:
            with transaction():
                return _take(rows, office_id, actor, now, batch_id, sellers)
        except IntegrityError:
            # Somebody saved one of these rows at the same moment: seen anew, it is a repeat.
            if not left or db.session().info.get("writing"):
                raise
    raise AssertionError("unreachable")


def opening_of(decision: Decision, *, client_id: int) -> Opening:
    """What the plan is asked for a new trip of a row."""
    data = data_of(decision.row)
    return Opening(client_id, decision.seller.id if decision.seller else None, data.anchors,
                   facts_of(data, decision.repeat_sale), decision.done, decision.person.timezone)


def data_of(row: SheetTrip) -> TripData:
    """The trip as a row tells it; what no field could take stands in the note, so that nothing is lost."""
    leftovers = [f"{heading}: {text}" for heading, text in row.leftovers]
    return TripData(row.purchase, row.departure, row.return_, destination=row.destination, operator=row.operator,
                    booking_number=row.booking, price_kopecks=row.price_kopecks, companions=row.companions,
                    note="\n".join(filter(None, (row.comment, *leftovers))))


def client_of(row: SheetTrip, office: Office, now: datetime) -> Client:
    """A client made from a row, without contacts yet; for use inside a transaction."""
    return Client(office=office, last_name=row.name.last, first_name=row.name.first, middle_name=row.name.middle,
                  created_at=now, phones=[], emails=[])


def add_contacts(client: Client, row: SheetTrip) -> None:
    """Give the client whatever phones and e-mails of the row are new; for use inside a transaction."""
    known = {phone.e164 for phone in client.phones} | {email.address for email in client.emails}
    for phone in row.phones:
        if phone.e164 not in known:
            client.phones.append(Phone(e164=phone.e164, raw=phone.raw[:60], is_mobile=is_mobile(phone.e164),
                                       position=len(client.phones)))
    for address in row.emails:
        if address not in known:
            client.emails.append(Email(address=address, position=len(client.emails)))


def _take(rows: Sequence[SheetTrip], office_id: int, actor: Actor, now: datetime, batch_id: int | None,
          sellers: Sellers | None) -> Counter[str]:
    # Two imports into one office wait for each other here; whoever sells a trip by hand does not.
    office = db.session.get_one(Office, office_id, with_for_update={"key_share": True})
    decisions = Intake(office, sellers).decide(rows)
    new = [decision for decision in decisions if decision.outcome == NEW]
    clients = _clients(new, office, now)
    openings = [opening_of(d, client_id=clients[d.person].id) for d in new]
    occasions, touches = open_many(Planner(KIND, office, now=now, origin=ORIGIN), openings, actor=actor)
    for decision, occasion in zip(new, occasions, strict=True):
        db.session.add(_trip(decision, clients[decision.person], occasion.id, office_id, now, batch_id))
    db.session.flush()
    made = sum(d.makes_client for d in new)
    if new:
        record(actor, "imported", "batch", batch_id, office_id=office_id, now=now,
               facts={"trips": [None, len(new)], "clients": [None, made], "touches": [None, touches]})
    return Counter(trips=len(new), touches=touches, clients=made, repeats=len(decisions) - len(new))


def _clients(decisions: Sequence[Decision], office: Office, now: datetime) -> Mapping[Person, Client]:
    """The clients of these rows as entities: known ones with whatever contacts are new, others made."""
    known = {d.person.id: d.person for d in decisions if not d.makes_client and d.person.id}
    changed = {d.person.id for d in decisions if d.person.id and (d.contacts or (d.seller and not d.person.manager_id))}
    stored = {row.id: row for row in db.session.scalars(select(Client).where(Client.id.in_(known)))}
    clients: dict[Person, Client] = {person: stored[key] for key, person in known.items()}
    for decision in decisions:
        if decision.makes_client:
            clients[decision.person] = client_of(decision.row, office, now)
        client = clients[decision.person]
        if decision.contacts:
            add_contacts(client, decision.row)
        if client.manager_id is None and decision.seller is not None:
            client.manager_id = decision.seller.id
    for person, client in clients.items():
        if person.is_new or person.id in changed:
            client.keep_findable()
            db.session.add(client)
    db.session.flush()
    return clients


def _trip(decision: Decision, client: Client, occasion_id: int, office_id: int, now: datetime,
          batch_id: int | None) -> Trip:
    data, row, seller = data_of(decision.row), decision.row, decision.seller
    return Trip(occasion_id=occasion_id, client_id=client.id, office_id=office_id, batch_id=batch_id, created_at=now,
                seller_id=seller.id if seller else None, seller_name=row.manager or (seller.name if seller else ""),
                fingerprint=row.fingerprint, purchase_on=data.purchase_on, departure_on=data.departure_on,
                return_on=data.return_on, destination=data.destination, operator=data.operator,
                booking_number=data.booking_number, price_kopecks=data.price_kopecks, note=data.note, addons=[],
                companions=[Companion(name=name) for name in data.companions])
