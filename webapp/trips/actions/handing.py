"""Somebody leaves: trips, steps and clients go to a colleague in one action, and clients learn who cares for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, false, or_, select

from webapp.clients import actions as clients
from webapp.clients.models import Client, Email
from webapp.db import db, transaction
from webapp.kit.days import local_day, zone
from webapp.letters.files import as_text
from webapp.letters.identities import photo_part, signature_for
from webapp.letters.placeholders import REGISTRY
from webapp.letters.rendering import render_email
from webapp.letters.rules import LetterError
from webapp.letters.store import letter_in_force
from webapp.post import actions as post
from webapp.post.sender import envelope
from webapp.staff.models import User
from webapp.staff.rules import DIRECTOR, Actor, BadInput
from webapp.touches.actions import occasions
from webapp.touches.letter_context import context_for
from webapp.touches.models import Occasion

LETTER = "handover"


class Told(StrEnum):
    """Who gets the hand-over letter: clients with something under way, all clients of the leaver, or nobody."""

    OPEN = "open"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True)
class HandedOver:
    """What went over: open occasions, clients, and letters written to them."""

    occasions: int
    clients: int
    letters: int


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
        told = told_clients(leaver, places, whom)
        moved = occasions.hand_over(leaver.id, colleague.id, places, actor=actor, now=now)
        given = clients.reassign_clients(leaver.id, colleague, places, actor=actor, now=now)
        letters = sum(_tell(client_id, leaver, colleague, actor, now) for client_id in told)
        return HandedOver(len(moved), len(given), letters)


def told_clients(leaver: User, office_ids: Collection[int], whom: Told) -> list[int]:
    """Ids of the clients who would get the letter: those with an address, whom we may write to."""
    if whom is Told.NONE:
        return []
    under_way = select(Occasion.client_id).where(Occasion.owner_id == leaver.id, Occasion.closed_at.is_(None),
                                                 Occasion.office_id.in_(office_ids))
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
        office = client.office
        today = local_day(now, zone(client.zone))
        values = REGISTRY.values_for(context_for(client, office, colleague, {}, {}, letter.language, today=today))
        signature = signature_for(letter.identity, office, colleague, letter.language)
        try:
            rendered = render_email(
                letter.compiled, values, signature, letter.language,
                unsubscribe_url=clients.letters_url(client.id, source=f"handover:{leaver.id}", now=now))
        except LetterError:
            return False
        message = post.enqueue(
            source=f"handover:{leaver.id}:{colleague.id}:{client.id}", office_id=office.id, client_id=client.id,
            klass=letter.klass, channel="email", address=client.email.address, subject=rendered.subject,
            text=rendered.text, html=rendered.html, sender=envelope(signature, office, colleague).sender,
            # Whoever signs, the client answers to the colleague he has just met.
            reply_to=colleague.email,
            files=as_text((*photo_part(signature), *letter.files)), to_name=client.full_name, zone=client.zone,
            letter_version_id=letter.version_id, actor=actor, now=now)
        return message.state != "cancelled"
