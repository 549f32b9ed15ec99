"""One form sells a trip: the client, new or known, the consent to news, the trip with its plan, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.batches.actions import once
from webapp.clients import actions as clients
from webapp.clients.models import Client
from webapp.clients.rules import ClientFacts
from webapp.db import db
from webapp.staff.models import User
from webapp.staff.rules import DIRECTOR, SERVICE, Actor, NotAllowed
from webapp.trips.actions.trips import TripData, sell_trip
from webapp.trips.models import Trip

NEWS_CHANNELS = ("email", "sms")


@dataclass(frozen=True)
class NewClient:
    """A client typed together with the trip; phones and e-mails as typed."""

    facts: ClientFacts
    office_id: int
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()


def sell_once(key: str, client: Client | NewClient, data: TripData, *, seller: User, news_text: str = "",
              actor: Actor, now: datetime) -> tuple[Trip, bool]:
    """Save what the form for a new trip holds; the same `key` again gives the same trip and False, or KeyTaken.

    `news_text` names the text of the consent to news that the client signed; empty records none. A manager sells in
    the own name, others choose the seller. Raises BadAnchors, BadInput, NotAllowed.
    """
    if actor.user_id is not None and seller.id != actor.user_id and not actor.hats & {SERVICE, DIRECTOR}:
        raise NotAllowed("role")

    def make() -> int:
        buyer = _added(client, seller, actor, now) if isinstance(client, NewClient) else client
        if news_text:
            clients.set_consent(buyer, "give", NEWS_CHANNELS, how="form", text_version=news_text, actor=actor, now=now)
        return sell_trip(buyer, data, seller=seller, actor=actor, now=now).id

    said = (client if isinstance(client, NewClient) else client.id, data, seller.id, news_text)
    trip_id, is_new = once(key, "trip", make, content=said, actor=actor, now=now)
    return db.session.get_one(Trip, trip_id), is_new


def _added(new: NewClient, seller: User, actor: Actor, now: datetime) -> Client:
    return clients.add_client(new.facts, office_id=new.office_id, phones=new.phones, emails=new.emails,
                              manager_id=seller.id, actor=actor, now=now)
