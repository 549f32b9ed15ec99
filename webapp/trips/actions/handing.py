"""Somebody leaves: trips, steps and clients go to a colleague in one action, and clients learn who cares for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, false, func, or_, select

from webapp.clients import actions as clients
from webapp.clients.models import Client, Email
from webapp.db import db, transaction
from webapp.letters.rules import LetterError
from webapp.letters.store import letter_in_force
from webapp.staff.leaving import Leaving, hand_on
from webapp.staff.models import User
from webapp.staff.rules import DIRECTOR, Actor, BadInput
from webapp.touches.actions import occasions
from webapp.touches.actions.single import Single, send_single
from webapp.touches.models import Occasion
from webapp.touches.shipped import TRIP

LETTER = "handover"


class Told(StrEnum):
    """Who gets the hand-over letter: clients with something under way, all clients of the leaver, or nobody."""

    OPEN = "open"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True)
class HandedOver:
    """What went over: open trips, clients, and letters written to them; work of other rooms in words."""

    trips: int
    clients: int
    letters: int
    others: tuple[str, ...] = ()


def hand_over_all(leaver: User, colleague: User, office_ids: Collection[int], *, whom: Told, actor: Actor,
                  now: datetime) -> HandedOver:
    """Give the open trips, steps and clients of `leaver` in these offices to `colleague`; directors only.

    Each client of `whom` gets one hand-over letter, only by e-mail. Raises BadInput("self-substitute",
    "other-office"), NotAllowed.
    """
    actor.needs(DIRECTOR)
    places = [office_id for office_id in office_ids if actor.may_see(office_id)]
    if leaver.id == colleague.id:
        raise BadInput("self-substitute", "to")
    with transaction():
        others = hand_on(Leaving(leaver.id, places, colleague.id, actor, now))
        told, trips = told_clients(leaver, places, whom), count_trips(leaver, places)
        occasions.hand_over(leaver.id, colleague.id, places, actor=actor, now=now)
        given = clients.reassign_clients(leaver.id, colleague, places, actor=actor, now=now)
        letters = sum(_tell(client_id, leaver, colleague, actor, now) for client_id in told)
        return HandedOver(trips, len(given), letters, tuple(others))


def count_trips(leaver: User, office_ids: Collection[int]) -> int:
    """Open trips in hand; occasions of other kinds go over with them and are no trips."""
    return int(db.session.scalar(select(func.count()).select_from(Occasion).where(
        Occasion.owner_id == leaver.id, Occasion.office_id.in_(office_ids), Occasion.closed_at.is_(None),
        Occasion.kind == TRIP)) or 0)


def told_clients(leaver: User, office_ids: Collection[int], whom: Told) -> list[int]:
    """Ids of the clients who would get the letter: those with an address, whom we may write to."""
    if whom is Told.NONE:
        return []
    under_way = select(Occasion.client_id).where(Occasion.owner_id == leaver.id, Occasion.closed_at.is_(None),
                                                 Occasion.office_id.in_(office_ids), Occasion.kind == TRIP)
    own = and_(Client.manager_id == leaver.id, Client.office_id.in_(office_ids))
    meant = or_(Client.id.in_(under_way), own if whom is Told.ALL else false())
    query = select(Client.id).where(meant, Client.write_nothing.is_(False),
                                    Client.emails.any(Email.broken_at.is_(None)))
    return list(db.session.scalars(query.order_by(Client.id)))


def _tell(client_id: int, leaver: User, colleague: User, actor: Actor, now: datetime) -> bool:
    """One letter to one client; False when the client has no e-mail, wants nothing, or the letter has no text."""
    with transaction() as session:
        client = session.get_one(Client, client_id)
        letter = letter_in_force(LETTER, client.language)
        if client.email is None or client.write_nothing or letter is None or letter.channel != "email":
            return False
        try:
            message = send_single(Single(
                letter, client, client.email.address, f"handover:{leaver.id}:{colleague.id}:{client.id}",
                f"handover:{leaver.id}", person=colleague, klass=letter.klass,
                # Whoever signs, the client answers to the colleague he has just met.
                reply_to=colleague.email), actor=actor, now=now)
        except LetterError:
            return False
        return message.state != "cancelled"
