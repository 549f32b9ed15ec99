"""The link to a card's page, made by staff: to show or print, or sent to the card's owner by e-mail or SMS."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from webapp.clients.actions import make_link
from webapp.clients.links import url_of
from webapp.club.card_links import CARD, LASTS, source_of
from webapp.club.models import MERGED, Card
from webapp.db import db, transaction
from webapp.kit.days import local_day, zone
from webapp.letters.rules import LetterError
from webapp.letters.store import letter_in_force
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.staff.audit import job, record
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, BadInput, NotAllowed
from webapp.touches.actions.single import Single, send_single
from webapp.touches.writing import address_for

CLUB = job("club")
AT_ONCE = timedelta()
LETTERS = {"email": "balance_link", "sms": "balance_link_sms"}


def balance_url(card: Card, *, channel: str = "", actor: Actor, now: datetime) -> str:
    """A new link to the page of this card, for two years; who made it stands in the log.

    Raises NotAllowed, BadInput("merged").
    """
    actor.needs(MANAGER, SERVICE, DIRECTOR)
    if not actor.may_see(card.client.office_id) and not actor.may_see(card.office_id):
        raise NotAllowed("office")
    if card.state == MERGED:
        raise BadInput("merged")
    with transaction():
        record(actor, "card-link", "client", card.client_id, now=now, office_id=card.office_id)
        return url_of(CARD, make_link(CARD, card.client_id, channel=channel, source=source_of([card.id]),
                                      expires_at=now + LASTS, now=now))


def send_balance_link(card: Card, channel: str, *, actor: Actor, now: datetime, grace: timedelta = AT_ONCE) -> Message:
    """Send the link to the owner by "email" or "sms", once a day; the same day again gives the message that is there.

    It leaves after `grace`: until then it can be taken back, and sent anew. The row is `cancelled` where the owner
    wants no letters. Raises BadInput("no-address", "no-letter", "letter-broken" or "merged"), NotAllowed.
    """
    client = card.client
    letter = letter_in_force(LETTERS[channel], client.language)
    if not address_for(client, channel):
        raise BadInput("no-address")
    if letter is None:
        raise BadInput("no-letter")
    with transaction():
        url, today = balance_url(card, channel=channel, actor=actor, now=now), local_day(now, zone(client.zone))
        try:
            return send_single(Single(
                letter, client, address_for(client, channel), _source(card, channel, today), f"card:{card.id}",
                {"links.balance": url}, {"card": card.id}, person=client.manager, grace=grace), actor=actor, now=now)
        except LetterError:
            raise BadInput("letter-broken") from None


def links_of_today(card: Card, *, now: datetime) -> dict[str, Message]:
    """What was sent or is about to leave today, by channel; nothing that was cancelled."""
    today = local_day(now, zone(card.client.zone))
    found = {channel: db.session.scalars(
        select(Message).where(Message.source.startswith(_first_source(card, channel, today)),
                              Message.state != "cancelled").order_by(Message.id.desc()).limit(1)).first()
             for channel in LETTERS}
    return {channel: message for channel, message in found.items() if message is not None}


def take_link_back(card: Card, channel: str, *, actor: Actor, now: datetime) -> None:
    """The link of today does not leave. Raises NotAllowed("not-now") once it is gone, or where there is none."""
    message = links_of_today(card, now=now).get(channel)
    if message is None:
        raise NotAllowed("not-now")
    post.cancel(message, actor=actor, now=now)


def send_own_link(card_id: int, *, now: datetime) -> Message | None:
    """Somebody who has proven the owner's phone wants a link that stays; None where no SMS can go."""
    card = db.session.get(Card, card_id)
    try:
        return send_balance_link(card, "sms", actor=CLUB, now=now) if card else None
    except BadInput:
        return None


def _source(card: Card, channel: str, day: date) -> str:
    """One message a day, and another one for each that was taken back."""
    first = _first_source(card, channel, day)
    back = db.session.scalar(select(func.count()).where(Message.source.startswith(first), Message.state == "cancelled"))
    return f"{first}:{back}" if back else first


def _first_source(card: Card, channel: str, day: date) -> str:
    return f"card-link:{card.id}:{channel}:{day:%Y%m%d}"
