"""The stop button: letters of chosen trips wait, go on, or a text goes to all of them instead (`domain.md` §1.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.batches.actions import once
from webapp.clients.actions import letters_url
from webapp.clients.models import Client
from webapp.db import transaction
from webapp.letters.files import as_text
from webapp.letters.identities import photo_part, signature_for
from webapp.letters.liquid_text import CompiledLetter, compile_letter
from webapp.letters.placeholders import REGISTRY
from webapp.letters.rendering import FOOT, render_email, render_sms
from webapp.letters.rules import Rendered
from webapp.post import actions as post
from webapp.post.sender import envelope
from webapp.staff.audit import record
from webapp.staff.rules import DIRECTOR, Actor
from webapp.touches.actions import occasions
from webapp.touches.letter_context import context_of
from webapp.touches.writing import address_for
from webapp.trips.models import Trip

WAYS = ("sms", "email", "best")
LANE_FIRST = 1


@dataclass(frozen=True)
class StopText:
    """One text for all clients of the chosen trips. `way`: sms, email, or best (SMS, a letter where no mobile is)."""

    way: str
    body: str
    subject: str = ""

    @property
    def compiled(self) -> CompiledLetter:
        """The text ready to be filled in. Raises LetterError."""
        return compile_letter(self.subject, self.body)


@dataclass(frozen=True)
class SentText:
    """How many clients get it as an SMS, as a letter, and how many cannot be reached or want nothing."""

    sms: int = 0
    email: int = 0
    left_out: int = 0


def stop_letters(trips: Sequence[Trip], *, reason: str, actor: Actor, now: datetime) -> int:
    """Letters and SMS of these trips wait; directors only (NotAllowed). Gives how many trips were held."""
    actor.needs(DIRECTOR)
    return occasions.hold_occasions(_seen(trips, actor), reason=reason, actor=actor, now=now)


def release_letters(trips: Sequence[Trip], *, actor: Actor, now: datetime) -> int:
    """Let held letters of these trips go again; directors only (NotAllowed). Gives how many trips were released."""
    actor.needs(DIRECTOR)
    return occasions.release_occasions(_seen(trips, actor), actor=actor, now=now)


def send_text(trips: Sequence[Trip], text: StopText, *, key: str, actor: Actor, now: datetime) -> SentText:
    """Write `text` to every client of the trips, once per client and `key`; another text needs another key (KeyTaken).

    The messages stand outside the hold, so that they leave while letters of the trips wait. Raises LetterError for a
    text that cannot be filled in, NotAllowed for anybody but directors.
    """
    actor.needs(DIRECTOR)
    seen = set(_seen(trips, actor))
    first = {trip.client_id: trip for trip in reversed(trips) if trip.occasion_id in seen}
    counts = {"sms": 0, "email": 0, "": 0}
    with transaction():
        once(key, "stop-text", lambda: 0, content=(text, sorted(trip.id for trip in trips)), actor=actor, now=now)
        for trip in first.values():
            counts[_write(trip, text, key, actor, now)] += 1
            record(actor, "texted", "trip", trip.id, office_id=trip.office_id, now=now,
                   facts={"text": ["", text.body]})
    return SentText(counts["sms"], counts["email"], counts[""])


def channel_for(client: Client, way: str) -> str:
    """"sms", "email", or "" when the client cannot be reached this way."""
    if client.write_nothing:
        return ""
    wanted = ("sms", "email") if way == "best" else (way,)
    return next((channel for channel in wanted if address_for(client, channel)), "")


def _write(trip: Trip, text: StopText, key: str, actor: Actor, now: datetime) -> str:
    client, occasion = trip.client, trip.occasion
    channel = channel_for(client, text.way)
    if not channel:
        return ""
    values = REGISTRY.values_for(context_of(occasion, client.language, now=now), text.compiled.names)
    signature = signature_for("director", occasion.office, occasion.owner, client.language)
    sent_by = envelope(signature, occasion.office, occasion.owner)
    if channel == "sms":
        rendered = Rendered("", "", render_sms(text.compiled, values))
    else:
        values |= REGISTRY.values_for(context_of(occasion, client.language, now=now), FOOT)
        rendered = render_email(text.compiled, values, signature, client.language,
                                unsubscribe_url=letters_url(client.id, source=f"stop:{trip.id}", now=now))
    message = post.enqueue(
        source=f"stop:{key}:{client.id}", office_id=trip.office_id, client_id=client.id, klass="service",
        channel=channel, address=address_for(client, channel), text=rendered.text, html=rendered.html,
        subject=rendered.subject, zone=client.zone, lane=LANE_FIRST, to_name=client.full_name,
        sender=sent_by.sender, reply_to=sent_by.reply_to if channel == "email" else "",
        files=as_text(photo_part(signature)) if channel == "email" else "", actor=actor, now=now)
    return "" if message.state == "cancelled" else channel


def _seen(trips: Sequence[Trip], actor: Actor) -> list[int]:
    return [trip.occasion_id for trip in trips if actor.may_see(trip.office_id)]
