"""Handing out and erasing everything about one person; both are written into the log, without a word about them."""

from contextlib import suppress as ignore
from datetime import datetime

from flask import current_app
from sqlalchemy import delete, or_, select, update

from webapp.appendonly import erasing
from webapp.batches import uploads
from webapp.batches.models import Batch, BatchRow
from webapp.batches.rules import OPEN
from webapp.clients.models import Client, consents_of
from webapp.club.actions.leaving import leave_club
from webapp.club.traces import spoken_of
from webapp.complaints.actions.claim_mailing import call_claims_off
from webapp.complaints.form_questions import waiting_from
from webapp.complaints.questions import has_open
from webapp.config import Settings
from webapp.db import after_commit, db, transaction
from webapp.desk.person.all_policies import POLICIES
from webapp.desk.person.findings import Found, files_of, find_all, in_sheets
from webapp.desk.person.policies import DELETE, EMPTY, emptied
from webapp.post import actions as post
from webapp.post.actions.history import fence
from webapp.post.actions.wishes import addresses_of
from webapp.post.rules import CHANNELS, ERASED
from webapp.staff.audit import record
from webapp.staff.models import AuditEntry, setting
from webapp.staff.rules import DIRECTOR, Actor, BadInput, NotAllowed
from webapp.touches.actions.occasions import cancel_occasion
from webapp.touches.history import log, snapshot
from webapp.touches.locking import lock_all
from webapp.touches.models import PLANNED, Occasion, Touch
from webapp.trips.models import Companion, Trip

NOBODY = {"ru": "Удалённый клиент", "en": "Erased client"}


def note_export(client: Client, *, actor: Actor, now: datetime) -> None:
    """Write down that somebody took everything about the client out of the house. Raises NotAllowed."""
    may_handle(actor, client.office_id)
    with transaction():
        record(actor, "exported", "client", client.id, now=now, office_id=client.office_id)


def erase_person(client: Client, *, actor: Actor, now: datetime) -> None:
    """Erase everything that tells who this was (152-ФЗ). What stays are numbers without a name, and keyed hashes of
    the addresses, so that nobody writes there again (`quality.md` §1, 16).

    Letters that wait are cancelled first; one being handed over still leaves. Raises NotAllowed, BadInput("gone"),
    BadInput("complains"): the law wants an answer to an open complaint, and nobody can be answered who is forgotten.
    """
    may_handle(actor, client.office_id)
    rows, batches = in_sheets(client)
    with transaction() as session:
        # Cards before occasions, as everywhere.
        leave_club(client, actor=actor, now=now)
        occasions = lock_all(session.scalars(select(Occasion.id).where(Occasion.client_id == client.id)))
        # As in every stop: after the occasions, before clients and messages.
        fence(session)
        client = session.get_one(Client, client.id, with_for_update=True, populate_existing=True)
        if client.erased_at is not None:
            raise BadInput("gone")
        if has_open(client.id) or waiting_from(client):
            raise BadInput("complains")
        for occasion in occasions.values():
            if occasion.closed_at is None or occasion.broken or occasion.attention_on:
                cancel_occasion(occasion, reason="erased", actor=actor, now=now)
        _drop_tasks(client.id, actor, now)
        _never_again(client, actor, now)
        found = find_all(client)
        for table, ids in spoken_of(client).items():
            found.doomed.rows.setdefault(table, set()).update(ids)
        found.batch_rows, found.batches = rows, batches
        files = files_of(batches)
        _leave_companions(client)
        record(actor, "erased", "client", client.id, now=now, office_id=client.office_id)
        session.flush()
        _empty(found, client.id, now)
        messages = sorted(found.doomed.ids(db.metadata.tables["message"]))
        after_commit(lambda: _forget_files(files, messages))
    db.session.expire_all()


def may_handle(actor: Actor, office_id: int) -> None:
    """Directors, of their own offices (`domain.md` §10: exports). Raises NotAllowed."""
    if not actor.may_see(office_id):
        raise NotAllowed("office")
    actor.needs(DIRECTOR)


def _drop_tasks(client_id: int, actor: Actor, now: datetime) -> None:
    """Tasks that hang on no occasion are called off too."""
    for touch in db.session.scalars(select(Touch).where(Touch.client_id == client_id, Touch.occasion_id.is_(None),
                                                        Touch.status == PLANNED)):
        before = snapshot(touch)
        touch.status, touch.reason = "cancelled", "erased"
        log(touch, "cancelled", before, actor=actor, now=now)


def _never_again(client: Client, actor: Actor, now: datetime) -> None:
    """The addresses stay stopped as far as the client had stopped them, and for news in any case."""
    consents = consents_of(client.id)
    post.cancel_client(client.id, reason="erased", actor=actor, now=now)
    call_claims_off(client.id, actor=actor, now=now)
    for channel in CHANNELS:
        said = consents.get(channel)
        klass = "" if said and said.stopped else "but-trips" if said and said.trips_only else "marketing"
        for address in addresses_of(client, channel):
            post.suppress(address, channel=channel, reason=ERASED, klass=klass, actor=actor, now=now)


def _leave_companions(client: Client) -> None:
    """In the trips of others the client was a name among companions."""
    query = (select(Companion, Occasion).join(Trip, Trip.id == Companion.trip_id)
             .join(Occasion, Occasion.id == Trip.occasion_id)
             .where(Companion.client_id == client.id, Trip.client_id != client.id))
    for companion, occasion in db.session.execute(query):
        others = [name for name in occasion.facts.get("companions") or () if name != companion.name]
        occasion.facts = {**occasion.facts, "companions": others}


def _empty(found: Found, client_id: int, now: datetime) -> None:
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        # What is overwritten must not stay readable in the file.
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    with erasing(db.session()):
        for name, policy in POLICIES.items():
            table = db.metadata.tables[name]
            for condition in found.where(table):
                if policy.erase == DELETE:
                    connection.execute(delete(table).where(condition))
                elif policy.erase == EMPTY:
                    connection.execute(update(table).where(condition).values(emptied(policy, table)))
        lines = found.in_log()
        if lines:
            connection.execute(update(AuditEntry).where(or_(*lines)).values(facts={}))
    connection.execute(update(Client).where(Client.id == client_id).values(
        last_name=NOBODY.get(str(setting("language") or "ru"), NOBODY["ru"]), erased_at=now))
    connection.execute(delete(BatchRow).where(BatchRow.id.in_(found.batch_rows)))
    connection.execute(update(Batch).where(Batch.id.in_(found.batches), Batch.state.not_in(OPEN)).values(file_path=""))


def _forget_files(sheets: list[str], message_ids: list[int]) -> None:
    """Uploaded sheets in which the client stood, and letters that were written to files."""
    for name in sheets:
        uploads.forget(name)
    settings: Settings = current_app.extensions["snova.settings"]
    wanted = {f"{message_id:07d}" for message_id in message_ids}
    for folder in (settings.instance / "outbox", settings.instance / "outbox" / "sms"):
        for path in folder.glob("*-*.*") if folder.is_dir() else ():
            if path.name.partition("-")[0] in wanted:
                with ignore(OSError):
                    path.unlink()
