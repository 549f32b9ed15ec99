"""Removing the demo: its rows and whatever hangs on them, its people, its office; never a row of the agency's own."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from webapp.clients.models import Client
from webapp.club.actions.demo_leaving import forget_the_demo, leave_own_cards
from webapp.club.actions.friends import SOURCE as FRIEND
from webapp.club.models import BonusDebt, BonusOp, BonusPosting, Card, GiftMove, Referral
from webapp.db import transaction
from webapp.desk.closure import Doomed, doomed_by, references, some, unguarded
from webapp.desk.demo_data import agency
from webapp.desk.demo_data.actions.opening import ACTOR, NOTE
from webapp.desk.demo_data.measured import rows_of as quality_rows
from webapp.desk.demo_data.people import SOURCE
from webapp.letters.models import Identity
from webapp.post.actions import set_mode
from webapp.post.addresses import address_hash
from webapp.post.models import Hold, Incoming, Message, Suppression
from webapp.staff.calendars import forget
from webapp.staff.models import AuditEntry, Office, Setting, User, setting
from webapp.touches.actions.occasions import group_key
from webapp.touches.models import Occasion
from webapp.trips.models import Companion, Trip

SUBJECTS = {"staff_user": "user", "hold": "sending", "quality_assessment": "quality"}
"""What the log calls a table, where the two differ."""


def remove_demo(now: datetime) -> list[str]:
    """Take the demo out and hold sending; gives lines of what was removed. All or nothing."""
    with transaction() as session:
        note = setting(NOTE)
        if note is None:
            return ["no demo data here"]
        clients, trips = _clients_and_trips(session)
        # What is the agency's own is parted from it first: only then is it known which movements of points go.
        adopted = leave_own_cards(clients, trips, actor=ACTOR, now=now)
        doomed = _doomed(session, clients, trips, note["users"])
        # No person and no page can do this: the tables that only grow are opened for this transaction alone.
        with unguarded(session.connection()):
            forget_the_demo(clients, trips, adopted)
            lines = _delete(session, doomed, note)
            session.expire_all()
            _put_back(session, note)
            _clean_log(session, doomed, note["users"])
        set_mode("held", actor=ACTOR, now=now)
    _remove_files(doomed.ids(Message.__table__))
    return [*lines, "sending is held"]


def _clients_and_trips(session: Session) -> tuple[set[int], dict[int, int]]:
    """Clients of the demo with no trip of the agency's own; trips of the demo, each with its occasion."""
    own = select(Trip.client_id).where(Trip.demo.is_(False)).union(
        select(Companion.client_id).join(Trip, Trip.id == Companion.trip_id)
        .where(Trip.demo.is_(False), Companion.client_id.is_not(None)))
    clients = set(session.scalars(select(Client.id).where(Client.source == SOURCE, Client.id.not_in(own))))
    # Friends whom clients of the demo have sent came with it.
    clients |= set(session.scalars(select(Client.id).join(Referral, Referral.friend_id == Client.id).where(
        Client.source == FRIEND, Client.id.not_in(own), Referral.inviter_id.in_(clients))))
    trips = session.execute(select(Trip.id, Trip.occasion_id).where(or_(Trip.demo, Trip.client_id.in_(clients)))).all()
    return clients, {row.id: row.occasion_id for row in trips}


def _doomed(session: Session, clients: set[int], trips: dict[int, int], user_ids: Collection[int]) -> Doomed:
    """These clients and trips, with occasions, letters, holds, and all that hangs on any of them."""
    roots: dict[Any, set[int]] = {Client.__table__: clients, Trip.__table__: set(trips),
                                  Occasion.__table__: set(trips.values())}
    groups = [group_key(occasion_id) for occasion_id in trips.values()]
    for table, column in ((Message.__table__, Message.group_key), (Hold.__table__, Hold.group_key)):
        roots[table] = {i for part in some(groups) for i in session.scalars(select(table.c.id).where(column.in_(part)))}
    roots[Incoming.__table__] = set(session.scalars(select(Incoming.id).where(Incoming.inbox == "demo")))
    # What people of the demo put on shelves goes with them.
    names = select(User.name).where(User.id.in_(user_ids))
    roots[GiftMove.__table__] = set(session.scalars(select(GiftMove.id).where(GiftMove.actor.in_(names))))
    roots[Suppression.__table__] = _suppressions(session, clients)
    roots.update(quality_rows(session, user_ids))
    roots[BonusOp.__table__] = _operations(session, clients)
    # Points of the agency's own cards that were earned or spent on a trip of the demo stay: their chains are whole.
    return doomed_by(session.connection(), roots, loose={("bonus_op", "trip_id")})


def _operations(session: Session, clients: Collection[int]) -> set[int]:
    """Movements of points on cards of the demo; those that touch a card of the agency's own as well stay."""
    found: set[int] = set()
    cards = {i for part in some(clients) for i in session.scalars(select(Card.id).where(Card.client_id.in_(part)))}
    for table in (BonusPosting, BonusDebt):
        for part in some(cards):
            found |= set(session.scalars(select(table.op_id).where(table.card_id.in_(part))))
    shared: set[int] = set()
    for table in (BonusPosting, BonusDebt):
        for part in some(found):
            rows = session.execute(select(table.op_id, table.card_id).where(table.op_id.in_(part)))
            shared |= {row.op_id for row in rows if row.card_id not in cards}
    return found - shared


def _suppressions(session: Session, clients: Collection[int]) -> set[int]:
    people = [row for part in some(clients) for row in session.scalars(select(Client).where(Client.id.in_(part)))]
    hashes = {address_hash(p.e164, "sms") for client in people for p in client.phones}
    hashes |= {address_hash(e.address, "email") for client in people for e in client.emails}
    return {i for part in some(hashes)
            for i in session.scalars(select(Suppression.id).where(Suppression.address_hash.in_(part)))}


def _delete(session: Session, doomed: Doomed, note: dict[str, Any]) -> list[str]:
    connection = session.connection()
    doomed.delete(connection)
    for table, column in references(User.__table__):
        query = update(table).values({column.name: None}) if column.nullable else delete(table)
        connection.execute(query.where(column.in_(note["users"])))
    connection.execute(delete(User.__table__).where(User.id.in_(note["users"])))  # type: ignore[arg-type]
    offices = sum(_close(session, row["id"]) for row in note["offices"] if row["was"] is None)
    return [f"{len(doomed.ids(Trip.__table__))} trips, {len(doomed.ids(Client.__table__))} clients, "
            f"{len(note['users'])} people, {offices} offices removed"]


def _close(session: Session, office_id: int) -> bool:
    """Remove the office, unless something of the agency's own happens there."""
    own = [(table, column) for table, column in references(Office.__table__)
           if not column.nullable and table.name not in ("day_off",)]
    if any(session.scalar(select(column).where(column == office_id).limit(1)) for _table, column in own):
        return False
    for table, column in references(Office.__table__):
        query = update(table).values({column.name: None}) if column.nullable else delete(table)
        session.connection().execute(query.where(column == office_id))
    session.connection().execute(delete(Office.__table__).where(Office.id == office_id))  # type: ignore[arg-type]
    return True


def _put_back(session: Session, note: dict[str, Any]) -> None:
    """What the demo changed is as before, unless the agency has changed it since."""
    for row in note["offices"]:
        office = session.get(Office, row["id"])
        if office is None:
            continue
        for name, old in (row["was"] or {}).items():
            if getattr(office, name) == getattr(agency.PLACES[office.code], name):
                setattr(office, name, old)
        forget(office)
    for code, identity_id in note["identities"].items():
        identity, signer = session.get(Identity, identity_id), agency.SIGNERS[code]
        if identity is not None and identity.name == signer.name:
            for name in ("name", "role", "email", "phone", "name_en", "role_en", "lines", "lines_en"):
                setattr(identity, name, "")
    if setting("agency_name") == agency.AGENCY:
        _set(session, "agency_name", note["agency_name"])
    _set(session, NOTE, None)
    session.flush()


def _set(session: Session, key: str, value: Any) -> None:
    row = session.get_one(Setting, key)
    if value is None:
        session.delete(row)
    else:
        row.value = value


def _clean_log(session: Session, doomed: Doomed, user_ids: Collection[int]) -> None:
    """Lines about what is gone, and those the demo wrote itself."""
    connection = session.connection()
    gone: dict[str, Collection[int]] = {table.name: ids for table, ids in doomed.rows.items()}
    for name, ids in {**gone, User.__tablename__: user_ids}.items():
        for part in some(ids):
            connection.execute(delete(AuditEntry).where(AuditEntry.subject == SUBJECTS.get(name, name),
                                                        AuditEntry.subject_id.in_(part)))
    for part in some(user_ids):
        connection.execute(delete(AuditEntry).where(AuditEntry.subject == "staff-check",
                                                    AuditEntry.subject_id.in_(part)))
    connection.execute(delete(AuditEntry).where(AuditEntry.actor == ACTOR.name, AuditEntry.user_id.is_(None)))


def _remove_files(message_ids: Collection[int]) -> None:
    """What trial mode wrote for these messages; a file begins with the number of its message."""
    folder = current_app.extensions["snova.settings"].instance / "outbox"
    for file in folder.glob("*-*.*") if folder.exists() else ():
        number = file.name.split("-")[0]
        if number.isdigit() and int(number) in message_ids:
            file.unlink(missing_ok=True)
