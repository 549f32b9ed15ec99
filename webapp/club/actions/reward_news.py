"""Letters about the reward for a friend: one plan for who invited, one for the friend, called off with the points."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.club.models import Referral
from webapp.db import db
from webapp.staff.calendars import today_of
from webapp.staff.rules import Actor
from webapp.touches.actions import ending
from webapp.touches.actions.occasions import open_occasion
from webapp.touches.models import Occasion

KINDS = {"inviter": "friend_reward", "friend": "friend_welcome"}


def tell(row: Referral, points: Mapping[str, int], *, actor: Actor, now: datetime) -> None:
    """Open the plans of both; who got no points hears nothing of points."""
    for who, client_id in (("inviter", row.inviter_id), ("friend", row.friend_id)):
        client = db.session.get(Client, client_id) if client_id else None
        if client is None or who not in points:
            continue
        try:
            open_occasion(KINDS[who], client, anchors={"reward": today_of(client.office, now)},
                          owner_id=client.manager_id, actor=actor, now=now, origin="club",
                          facts={"referral": row.id, "points": points[who]})
        except LookupError:
            # An agency that has not been set up anew since has no such plan yet; the points come all the same.
            continue


def call_off(row: Referral, reason: str, *, actor: Actor, now: datetime) -> None:
    """Nothing more is said about points that were taken back."""
    people = [row.inviter_id, row.friend_id]
    for occasion in db.session.scalars(select(Occasion).where(
            Occasion.kind.in_(KINDS.values()), Occasion.client_id.in_(people), Occasion.closed_at.is_(None)).order_by(
            Occasion.id)).all():
        if occasion.facts.get("referral") == row.id:
            ending.call_off(occasion.id, reason=reason, actor=actor, now=now)
