"""Asking a client for consents: a letter or an SMS with the personal link to the page of consents."""

from datetime import datetime, timedelta

from webapp.clients.actions import letters_url, make_link
from webapp.clients.links import CONSENT, url_of
from webapp.clients.models import Client
from webapp.clients.rules import DATA
from webapp.db import transaction
from webapp.kit.days import local_day, zone
from webapp.letters.files import as_text
from webapp.letters.identities import photo_part, signature_for
from webapp.letters.placeholders import REGISTRY, Value
from webapp.letters.rendering import render_email, render_sms
from webapp.letters.rules import LetterError, Rendered
from webapp.letters.signatures import Signature
from webapp.letters.store import InForce, letter_in_force
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.post.sender import envelope
from webapp.staff.audit import record
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, BadInput, NotAllowed
from webapp.touches.letter_context import context_for
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
        url = consent_url(client, channel=channel, actor=actor, now=now)
        office, manager = client.office, client.manager
        signature = signature_for(letter.identity, office, manager, letter.language)
        by, today = envelope(signature, office, manager), local_day(now, zone(client.zone))
        values = REGISTRY.values_for(context_for(client, office, manager, {}, {}, letter.language, today=today))
        try:
            rendered = _filled(letter, values | {"links.consent": url}, client, signature, now)
        except LetterError:
            raise BadInput("letter-broken") from None
        return post.enqueue(
            source=f"consent:{client.id}:{channel}:{today:%Y%m%d}", office_id=office.id, client_id=client.id,
            klass="service", channel=channel, address=address_for(client, channel), subject=rendered.subject,
            text=rendered.text, html=rendered.html, sender=by.sender, reply_to=by.reply_to, zone=client.zone,
            files=as_text((*photo_part(signature), *letter.files)) if channel == "email" else "",
            to_name=client.full_name, letter_version_id=letter.version_id, actor=actor, now=now)


def _filled(letter: InForce, values: dict[str, Value], client: Client, signature: Signature, now: datetime) -> Rendered:
    if letter.channel == "sms":
        return Rendered("", "", render_sms(letter.compiled, values))
    way_out = letters_url(client.id, source=f"consent:{client.id}", now=now)
    return render_email(letter.compiled, values, signature, letter.language, unsubscribe_url=way_out)
