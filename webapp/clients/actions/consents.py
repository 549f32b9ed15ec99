"""Consent given, withdrawn, everything stopped, letters resumed: a line in the log and the state, together."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from webapp.clients import rules
from webapp.clients.actions.rows import writable
from webapp.clients.models import Client, Consent, ConsentEvent
from webapp.db import db, transaction
from webapp.staff.audit import record
from webapp.staff.rules import Actor, BadInput

Prepare: TypeAlias = Callable[[Session], None]
Follow: TypeAlias = Callable[[Client, str, Collection[str], Actor, datetime], None]
TakenBack: TypeAlias = Callable[[Client, Actor, datetime], None]
_FOLLOWERS: dict[str, tuple[Prepare, Follow]] = {}
_TAKEN_BACK: dict[str, TakenBack] = {}


def follow_consents(name: str, prepare: Prepare, follow: Follow) -> None:
    """A room further right acts on every consent, in its transaction: the outbox stops what waits.

    `prepare` is called before anything is locked, `follow` with client, step, channels, actor and now after the state
    has changed.
    """
    _FOLLOWERS[name] = (prepare, follow)


def when_data_taken_back(name: str, follow: TakenBack) -> None:
    """A room further right acts when a client takes back the consent to keep personal data, in its transaction."""
    _TAKEN_BACK[name] = follow


def hold_client(client_id: int) -> Client:
    """The client, locked before anything about consents is read, so that the same click sent twice is one line."""
    with transaction() as session:
        for prepare, _follow in _FOLLOWERS.values():
            prepare(session)
        return session.get_one(Client, client_id, with_for_update=True)


def set_consent(client: Client, step: str, channels: Collection[str], *, how: str, text_version: str = "",
                address: str = "", actor: Actor, now: datetime) -> None:
    """What the client said about news and letters on `channels` (`domain.md` §2.6): works at once.

    `step`: "give" (news welcome), "withdraw" (no news), "trips" (reminders of a trip alone), "stop" (nothing at all),
    "resume" (service letters again). `how`: form, office, phone, email, site, other, or the name of a public page.
    `text_version`: which text was agreed to; `address`: from which number, mailbox or network address it came. Every
    call adds lines to the log. Raises BadInput("bad-choice", or "no-text" for a consent to no text), NotAllowed.
    """
    if step not in rules.CONSENT_STEPS or not channels or not set(channels) <= set(rules.CHANNELS) or not how:
        raise BadInput("bad-choice", "channels" if step in rules.CONSENT_STEPS else "step")
    if step == "give" and not text_version:
        raise BadInput("no-text", "text_version")
    with transaction() as session:
        for prepare, _follow in _FOLLOWERS.values():
            prepare(session)
        client = writable(client, actor)
        for channel in (c for c in rules.CHANNELS if c in channels):
            before, after = _turn(client.id, channel, step, now)
            session.add(ConsentEvent(
                client_id=client.id, channel=channel, scope=rules.SCOPES[step], given=step in ("give", "resume"),
                text_version=text_version, how=how, actor=actor.name, at=now, address=address))
            record(actor, "consent", "client", client.id, now=now, office_id=client.office_id,
                   facts={channel: [before, after]})
        session.flush()
        for _prepare, follow in _FOLLOWERS.values():
            follow(client, step, channels, actor, now)


def set_data_consent(client: Client, given: bool, *, how: str, text_version: str = "", address: str = "",
                     actor: Actor, now: datetime) -> None:
    """The client agrees that personal data are kept, or takes that back (152-ФЗ); it says nothing about letters.

    Raises BadInput("no-text") for a consent to no text, NotAllowed.
    """
    if given and not text_version:
        raise BadInput("no-text", "text_version")
    with transaction() as session:
        client = writable(client, actor)
        session.add(ConsentEvent(client_id=client.id, channel=rules.DATA, scope=rules.DATA, given=given, how=how,
                                 text_version=text_version, actor=actor.name, at=now, address=address))
        record(actor, "consent", "client", client.id, now=now, office_id=client.office_id,
               facts={rules.DATA: ["", "given" if given else "taken-back"]})
        for follow in () if given else _TAKEN_BACK.values():
            follow(client, actor, now)


def _turn(client_id: int, channel: str, step: str, now: datetime) -> tuple[str, str]:
    row = db.session.get(Consent, (client_id, channel), with_for_update=True)
    if row is None:
        row = Consent(client_id=client_id, channel=channel, marketing=False, stopped=False, trips_only=False, since=now)
        db.session.add(row)
    before = (row.marketing, row.stopped, row.trips_only)
    row.marketing, row.stopped, row.trips_only = after = rules.consent_after(step, *before)
    if after != before:
        row.since = now
    return _word(*before), _word(*after)


def _word(marketing: bool, stopped: bool, trips_only: bool) -> str:
    return "stopped" if stopped else "trips" if trips_only else "news" if marketing else "service"
