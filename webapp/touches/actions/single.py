"""One letter that belongs to no step of a plan: filled in, signed and put into the outbox, the same way everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from webapp.clients.actions import letters_url
from webapp.clients.models import Client
from webapp.kit.days import local_day, zone
from webapp.letters.files import as_text
from webapp.letters.identities import photo_part, signature_for
from webapp.letters.placeholders import REGISTRY, Value
from webapp.letters.rendering import render_email, render_sms
from webapp.letters.rules import Rendered
from webapp.letters.store import InForce
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.post.rules import LANE_NORMAL
from webapp.post.sender import envelope
from webapp.staff.models import Office, User
from webapp.staff.rules import Actor
from webapp.touches.letter_context import context_for


@dataclass(frozen=True)
class Single:
    """What to write and to whom. `source` is what it is sent once for, `way_out` what the link in its foot is made
    for; `values` are known to the caller alone, `facts` are those of an occasion that placeholders ask for.

    `office` and `person` sign it (those of the client unless given), the reader answers to `reply_to`, where it is not
    the signature's. `grace` is how long it can still be taken back.
    """

    letter: InForce
    client: Client
    address: str
    source: str
    way_out: str
    values: Mapping[str, Value] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    office: Office | None = None
    person: User | None = None
    klass: str = "service"
    reply_to: str = ""
    to_name: str = ""
    group_key: str = ""
    lane: int = LANE_NORMAL
    grace: timedelta = timedelta(0)


def send_single(one: Single, *, actor: Actor, now: datetime) -> Message:
    """Write it; the same `source` again gives the message that is there. Call inside the transaction of what it tells.

    The row is `cancelled` where the client wants none. Raises LetterError for a text that cannot be filled in.
    """
    letter, client = one.letter, one.client
    office, person = one.office or client.office, one.person
    signature = signature_for(letter.identity, office, person, letter.language)
    context = context_for(client, office, person, {}, one.facts, letter.language,
                          today=local_day(now, zone(client.zone)))
    values = REGISTRY.values_for(context, letter.names) | dict(one.values)
    is_sms = letter.channel == "sms"
    rendered = Rendered("", "", render_sms(letter.compiled, values)) if is_sms else render_email(
        letter.compiled, values, signature, letter.language,
        unsubscribe_url=letters_url(client.id, source=one.way_out, now=now))
    by = envelope(signature, office, person)
    return post.enqueue(
        source=one.source, group_key=one.group_key, office_id=office.id, client_id=client.id, klass=one.klass,
        channel=letter.channel, address=one.address, subject=rendered.subject, text=rendered.text, html=rendered.html,
        sender=by.sender, reply_to=one.reply_to or by.reply_to, to_name=one.to_name or client.full_name,
        zone=client.zone, lane=one.lane, files="" if is_sms else as_text((*photo_part(signature), *letter.files)),
        letter_version_id=letter.version_id, not_before=now + one.grace, actor=actor, now=now)
