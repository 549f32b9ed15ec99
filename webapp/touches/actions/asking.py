"""Asking a client for consents: a letter or an SMS with the personal link to the page of consents."""

from datetime import datetime, timedelta

from webapp.clients.actions import make_link
from webapp.clients.links import CONSENT, url_of
from webapp.clients.models import Client
from webapp.clients.rules import DATA
from webapp.db import transaction
from webapp.kit.days import local_day, zone
from webapp.letters.rules import LetterError
from webapp.letters.store import letter_in_force
from webapp.post.models import Message
from webapp.staff.audit import record
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, BadInput, NotAllowed
from webapp.touches.actions.single import Single, send_single
from webapp.touches.writing import address_for

LASTS = timedelta(days=365)
LETTERS = {"email": "consent_request", "sms": "consent_request_sms"}


def consent_url(client: Client, *, channel: str = "", actor: Actor, now: datetime) -> str:
    """A new link to the client's page of consents, for a year; who made it stands in the log. Raises NotAllowed."""
    if not actor.may_see(client.office_id):
        raise NotAllowed("office")
    actor.needs(MANAGER, SERVICE, DIRECTOR)
    with transaction():
        record(actor, "consent-asked", "client", client.id, now=now, office_id=client.office_id,
               facts={DATA: ["", channel]} if channel else None)
        return url_of(CONSENT, make_link(CONSENT, client.id, channel=channel, source=f"client:{client.id}",
                                         expires_at=now + LASTS, now=now))


def ask_consent(client: Client, channel: str, *, actor: Actor, now: datetime) -> Message:
    """Send the request by "email" or "sms", once a day; the same day again gives the message that is there.

    Raises BadInput("no-address", "no-letter" or "letter-broken"), NotAllowed.
    """
    letter = letter_in_force(LETTERS[channel], client.language)
    if not address_for(client, channel):
        raise BadInput("no-address")
    if letter is None:
        raise BadInput("no-letter")
    with transaction():
        url, today = consent_url(client, channel=channel, actor=actor, now=now), local_day(now, zone(client.zone))
        try:
            return send_single(Single(
                letter, client, address_for(client, channel), f"consent:{client.id}:{channel}:{today:%Y%m%d}",
                f"consent:{client.id}", {"links.consent": url}, person=client.manager), actor=actor, now=now)
        except LetterError:
            raise BadInput("letter-broken") from None
