"""One sale of the demo in one transaction: the client, the consents given in the office, the trip."""

from datetime import datetime

from sqlalchemy import select

from webapp.clients.actions import add_client, set_consent
from webapp.clients.models import Client, Phone
from webapp.db import db, transaction
from webapp.desk.demo_data.people import SOURCE, person
from webapp.desk.demo_data.sales import Sale, with_company
from webapp.staff.audit import actor_of
from webapp.staff.models import Office, User
from webapp.trips.actions import Source, sell_trip
from webapp.trips.models import Trip

CONSENT_TEXT = "Бланк от 01.09.2025"


def sell(sale: Sale, office: Office, seller: User, *, done_steps: frozenset[str] | None = None,
         now: datetime) -> Trip:
    """Sell the trip to its client, who is added at the first purchase; with `done_steps` it comes out of a sheet."""
    source = Source(demo=True) if done_steps is None else Source("import", demo=True, done_steps=done_steps)
    with transaction():
        client = _client(sale, office, seller, now)
        return sell_trip(client, with_company(sale, client.last_name), seller=seller, actor=actor_of(seller), now=now,
                         office=office, source=source)


def _client(sale: Sale, office: Office, seller: User, now: datetime) -> Client:
    who = person(sale.client, office.city, sale.today)
    known = db.session.scalar(select(Client).join(Phone).where(Client.source == SOURCE, Phone.e164 == who.phones[0]))
    if known is not None:
        return known
    actor = actor_of(seller)
    client = add_client(who.facts, office_id=office.id, phones=who.phones, emails=who.emails, manager_id=seller.id,
                        actor=actor, now=now)
    if who.news:
        set_consent(client, "give", ("email", "sms"), how="form", text_version=CONSENT_TEXT, actor=actor, now=now)
    return client
