"""What a client wishes about letters and SMS, carried out: what waits is cancelled, the addresses are remembered."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, select

from webapp.clients.actions import set_consent, use_link
from webapp.clients.models import Client, ConsentEvent, PersonalLink
from webapp.clients.rules import SCOPES
from webapp.db import db, transaction, wake
from webapp.post.actions.history import fence, locked_ids, move
from webapp.post.actions.stopping import GIVEN_BACK, STOPPABLE, forbidden, lift_row, suppress
from webapp.post.addresses import address_hash
from webapp.post.models import Suppression
from webapp.post.obstacles import message
from webapp.post.rules import CHANNELS, OWN_WISH
from webapp.staff.audit import job
from webapp.staff.rules import Actor

READER = job("client")
KLASS_OF = {"withdraw": "marketing", "trips": "but-trips", "stop": ""}
LIFTED_BY = {"give": ("marketing", "but-trips", ""), "resume": ("but-trips", "")}


def follow_wish(client: Client, step: str, channels: Collection[str], actor: Actor, now: datetime) -> None:
    """Inside the transaction of a consent: a stop cancels what waits for the client and holds for the addresses, so
    that it outlives them; a return lifts what the client's own words had stopped, and nothing of the stop list."""
    for channel in (c for c in CHANNELS if c in channels):
        for address in addresses_of(client, channel):
            if step in KLASS_OF:
                suppress(address, channel=channel, reason=OWN_WISH, klass=KLASS_OF[step], actor=actor, now=now)
            lift_own(address, channel, LIFTED_BY.get(step, ()), actor=actor, now=now)
        if step in KLASS_OF:
            _cancel_of(client.id, channel, KLASS_OF[step], actor, now)
    # The touches learn why at the next look of the worker, which need not wait for its minute.
    wake("post")


def addresses_of(client: Client, channel: str) -> list[str]:
    """All addresses of the client a channel may use, also those that proved invalid."""
    return [row.address for row in client.emails] if channel == "email" else [row.e164 for row in client.phones]


def lift_own(address: str, channel: str, klasses: Iterable[str], *, actor: Actor, now: datetime) -> None:
    """Lift what the reader's own words had stopped for this address."""
    with transaction() as session:
        for row in session.scalars(select(Suppression).where(
                Suppression.address_hash == address_hash(address, channel), Suppression.channel == channel,
                Suppression.klass.in_(list(klasses)), Suppression.reason == OWN_WISH,
                Suppression.lifted_at.is_(None))):
            lift_row(row, OWN_WISH, actor=actor, now=now)


def _cancel_of(client_id: int, channel: str, klass: str, actor: Actor, now: datetime) -> int:
    """What waits for the client at addresses that are the client's no more."""
    with transaction() as session:
        fence(session)
        conditions: list[ColumnElement[bool]] = [message.c.client_id == client_id, message.c.channel == channel,
                                                 *forbidden(klass)]
        ids = locked_ids(session, *conditions, states=STOPPABLE)
        code = "no-consent" if klass == "marketing" else "stopped"
        return move(session, ids, "cancelled", actor.name, now, code=code, last_code=code, **GIVEN_BACK)


def wish(link: PersonalLink, step: str, channels: Collection[str], *, how: str, address: str, text_version: str = "",
         now: datetime) -> None:
    """What a client said on the page behind the own link; the same words twice are one line in the log.

    `step` as in `set_consent`; `how` names the page, `address` is the network address it came from.
    """
    with transaction() as session:
        # As in every stop: before anything is locked.
        fence(session)
        client = session.get_one(Client, link.client_id, with_for_update=True)
        anew = [channel for channel in channels if not _was_said(client.id, channel, step)]
        if anew:
            set_consent(client, step, anew, how=how, text_version=text_version, address=address, actor=READER, now=now)
        use_link(link, now=now)


def _was_said(client_id: int, channel: str, step: str) -> bool:
    last = db.session.scalars(select(ConsentEvent).where(
        ConsentEvent.client_id == client_id, ConsentEvent.channel == channel)
        .order_by(ConsentEvent.id.desc()).limit(1)).first()
    return last is not None and (last.scope, last.given) == (SCOPES[step], step in ("give", "resume"))
