"""The one question "what forbids this message now?", asked inside the very statement that hands it over."""

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, bindparam, case, cast, exists, func, literal, or_, select

from webapp.clients.models import Client, Consent
from webapp.db import Base
from webapp.post.models import Hold, Message, Suppression
from webapp.post.rules import AT_ANY_HOUR, LANE_TRIP, MARKETING
from webapp.staff.models import Setting

message = Base.metadata.tables[Message.__tablename__]
HELD_BY = ("mode", "hold")
"""Obstacles that pass: the message waits. All others cancel it."""


def obstacle(*, but_mode: bool = False) -> ColumnElement[Any]:
    """SQL of the code of what forbids a row of `message`, or NULL. Binds `mode`, the mode it was claimed under.

    "mode" and "hold" make it wait; "suppressed", "write-nothing", "stopped" and "no-consent" cancel it
    (`architecture.md` §4, 3). With `but_mode` the mode is not asked about and nothing is bound.
    """
    of = message.c
    asked_for = or_(*(of.klass == klass for klass in AT_ANY_HOUR))
    other_mode = mode_now() != literal('"').concat(bindparam("mode", type_=Text)).concat('"')
    return case(
        *([] if but_mode else [(other_mode, literal("mode"))]),
        (_suppressed(of), literal("suppressed")),
        (asked_for, None),
        (_client_silenced(of), literal("write-nothing")),
        (_consent(of, Consent.stopped), literal("stopped")),
        (and_(of.lane > LANE_TRIP, _consent(of, Consent.trips_only)), literal("stopped")),
        (and_(of.klass == MARKETING, ~_consent(of, Consent.marketing)), literal("no-consent")),
        (_on_hold(of), literal("hold")),
        else_=None,
    )


def mode_now() -> ColumnElement[Any]:
    """The mode as it stands in the settings, in its JSON spelling."""
    chosen = select(cast(Setting.value, Text)).where(Setting.key == "mode").scalar_subquery()
    return func.coalesce(chosen, '"held"')


def _suppressed(of: Any) -> ColumnElement[bool]:
    scope = or_(Suppression.klass == "",
                and_(Suppression.klass == MARKETING, of.klass == MARKETING),
                and_(Suppression.klass == "but-trips", of.lane > LANE_TRIP))
    return exists().where(Suppression.address_hash == of.address_hash, Suppression.channel == of.channel,
                          Suppression.lifted_at.is_(None), scope)


def _client_silenced(of: Any) -> ColumnElement[bool]:
    return exists().where(Client.id == of.client_id, Client.write_nothing.is_(True))


def _consent(of: Any, flag: Any) -> ColumnElement[bool]:
    return exists().where(Consent.client_id == of.client_id, Consent.channel == of.channel, flag.is_(True))


def _on_hold(of: Any) -> ColumnElement[bool]:
    """Two look-ups, each served by the index of open holds: those of the client, and those of nobody in particular."""
    fits = and_(Hold.released_at.is_(None), Hold.group_key.in_(("", of.group_key)), Hold.klass.in_(("", of.klass)))
    return or_(exists().where(Hold.client_id == of.client_id, fits), exists().where(Hold.client_id.is_(None), fits))
