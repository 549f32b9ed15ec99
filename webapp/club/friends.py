"""Questions about friends who come by invitations: whose phone it is, who claims them, what they bought."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from webapp.clients.models import Client, holders
from webapp.club.friend_rules import LOST, OPEN, REWARDED, Journey
from webapp.club.models import FriendKnock, Referral
from webapp.db import db
from webapp.kit.days import local_day, zone
from webapp.staff.models import Office
from webapp.trips.models import Trip

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Agreed:
    """What the friend agreed to: in which language, which versions of the texts, and channels for news.

    `address` is the network address it came from.
    """

    language: str
    data_text: str = ""
    news_text: str = ""
    news: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True)
class Coming:
    """Somebody who may travel with us: `phone` in E.164 or "", `words` a phone nobody could read, as it was said."""

    name: str = ""
    phone: str = ""
    wish: str = ""
    words: str = ""


def records_of(client: Client) -> set[int]:
    """All records of one person as far as phones tell, or name and address together: a family shares an address."""
    by_phone = {row.id for row in holders([phone.e164 for phone in client.phones])}
    by_address = {row.id for row in holders(addresses=[email.address for email in client.emails])
                  if row.name_key == client.name_key}
    return {client.id} | by_phone | by_address


def has_brought(client_ids: Collection[int], inviter_ids: Collection[int]) -> bool:
    """Whether one of these clients brought that very inviter: two who name each other bring nobody."""
    return bool(client_ids) and db.session.scalar(select(Referral.id).where(
        Referral.inviter_id.in_(client_ids), Referral.friend_id.in_(inviter_ids),
        Referral.state.in_((*OPEN, REWARDED))).limit(1)) is not None


def has_bought(client_ids: Collection[int], by: datetime) -> bool:
    """Whether one of these clients has a trip that was not cancelled, entered by that moment."""
    return bool(client_ids) and db.session.scalar(select(Trip.id).where(
        Trip.client_id.in_(client_ids), Trip.cancelled_at.is_(None), Trip.created_at <= by).limit(1)) is not None


def claims_on(phone: str, client_ids: Collection[int]) -> list[Referral]:
    """Referrals of the person with this phone, the newest first, refused ones too."""
    if not phone and not client_ids:
        return []
    mine = Referral.friend_id.in_(client_ids)
    same = or_(Referral.phone == phone, mine) if phone else mine
    return list(db.session.scalars(select(Referral).where(same).order_by(Referral.id.desc())))


def is_claim(row: Referral) -> bool:
    """Whether it keeps the friend for its inviter."""
    return row.state in (*OPEN, REWARDED)


def came_lately(inviter_id: int, now: datetime) -> int:
    """How often the form of this client's page was sent within a day, by whomever."""
    return int(db.session.scalar(select(func.count()).select_from(FriendKnock).where(
        FriendKnock.inviter_id == inviter_id, FriendKnock.created_at > now - A_DAY)) or 0)


def referral_of_touch(touch_id: int) -> Referral | None:
    """The friend a call is about."""
    return db.session.scalar(select(Referral).where(Referral.touch_id == touch_id))


def journeys_of(row: Referral, now: datetime) -> list[tuple[Journey, int]]:
    """Trips of the friend, under whichever record with the same phone, each with the client who made it."""
    own = records_of(row.inviter)
    ids = ({row.friend_id} | {client.id for client in holders([row.phone] if row.phone else [])}) - {None} - own
    query = select(Trip.id, Trip.purchase_on, Trip.created_at, Trip.return_on, Trip.cancelled_at, Trip.client_id,
                   Office.timezone).join(Office, Office.id == Trip.office_id).where(Trip.client_id.in_(ids))
    return [(Journey(trip.id, trip.purchase_on, trip.created_at, trip.return_on, trip.cancelled_at is not None,
                     trip.return_on < local_day(now, zone(trip.timezone))), trip.client_id)
            for trip in db.session.execute(query)] if ids else []


def lost_ones(rows: list[Referral]) -> list[Referral]:
    """Those that had ended without a trip."""
    return [row for row in rows if row.state == LOST]
