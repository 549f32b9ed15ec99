"""Reading the mailbox into which answers and reports come: letter by letter, each taken once, none ever deleted."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from webapp.db import db, transaction
from webapp.post.actions.copies import may_leave_from_here
from webapp.post.actions.modes import present_mode
from webapp.post.actions.taking import Place, take
from webapp.post.imap_session import Folder, Mailbox, NoInbox, opened
from webapp.post.inbox import inbox_now
from webapp.post.inbox_rules import Inbox
from webapp.post.incoming_rules import Letter, read_letter
from webapp.post.models import InboxState, Incoming
from webapp.staff.models import Office

MOST_A_RUN, MOST_SECONDS = 200, 90.0
KEPT_MACHINES, KEPT_STRANGERS = timedelta(days=30), timedelta(days=90)
_MOVED = ("reply", "bounce", "complaint", "auto")
log = logging.getLogger("snova.post")


def collect(*, now: datetime, going: Callable[[], bool] = lambda: True) -> dict[str, int]:
    """Take what has come since the last look; gives how many letters by kind.

    Only in live mode: a restored copy and a trial read nobody's mail. Any number of workers may do it at once, and a
    kill anywhere loses and doubles nothing: a letter, what it says, and the place read so far are one commit.
    Call it outside `transaction()`.
    """
    inbox = inbox_now(current_app.extensions["snova.settings"])
    mode = present_mode()
    db.session.rollback()
    if inbox is None or mode != "live" or not may_leave_from_here(now):
        return {}
    db.session.rollback()
    try:
        with opened(inbox) as mailbox:
            tally = _read(mailbox, inbox, now, going)
    except NoInbox as error:
        _failed(inbox, error, now)
        return {}
    except IntegrityError:
        # Another worker looked into this mailbox for the first time, too.
        return {}
    _worked(inbox, now)
    return tally


def forget_incoming(*, now: datetime) -> dict[str, int]:
    """What machines wrote loses its words after KEPT_MACHINES; letters nobody knew whose they are go after
    KEPT_STRANGERS. What belongs to a client stays with the client."""
    with transaction() as session:
        emptied = session.execute(update(Incoming).where(
            Incoming.kind == "auto", Incoming.text != "", Incoming.taken_at < now - KEPT_MACHINES)
            .values(text="", subject="", sender="", sender_name="", attachments=[]))
        gone = session.execute(delete(Incoming).where(
            Incoming.client_id.is_(None), Incoming.message_id.is_(None), Incoming.taken_at < now - KEPT_STRANGERS))
        return {"emptied": emptied.rowcount, "forgotten": gone.rowcount}  # type: ignore[attr-defined]


def _read(mailbox: Mailbox, inbox: Inbox, now: datetime, going: Callable[[], bool]) -> dict[str, int]:
    folder = mailbox.open(inbox.folder, to_write=bool(inbox.done_folder))
    tally: dict[str, int] = {}
    office_id = _office_of(inbox)
    until = time.monotonic() + MOST_SECONDS
    for uid in _owed(mailbox, inbox, folder, now)[:MOST_A_RUN]:
        if not going() or time.monotonic() > until:
            break
        kind = _one(mailbox, inbox, folder, uid, office_id, now)
        if kind:
            tally[kind] = tally.get(kind, 0) + 1
        if kind in _MOVED and inbox.done_folder:
            # Left where it was, it does no harm: it is known already.
            with suppress(NoInbox):
                mailbox.move(uid, inbox.done_folder)
    return tally


def _one(mailbox: Mailbox, inbox: Inbox, folder: Folder, uid: int, office_id: int, now: datetime) -> str:
    fetched = mailbox.fetch(uid)
    letter = read_letter(fetched.raw) if fetched else Letter(f"gone {inbox.key} {folder.uidvalidity} {uid}", False)
    place = Place(inbox.key, inbox.mailbox, folder.uidvalidity, uid, fetched.came_at if fetched else now, office_id,
                  inbox.keeps_strangers)
    try:
        return take(letter, place, now=now)
    except (OperationalError, InterfaceError, IntegrityError):
        # The database is away, or busy: the same letter is taken at the next look.
        raise
    except Exception:
        # One letter nobody foresaw must not keep all later ones from being read, for ever: it is passed over by name.
        log.exception("letter %s of the mailbox at %s cannot be taken", uid, inbox.server)
        return take(Letter(letter.fingerprint, is_readable=False), place, now=now)


def _owed(mailbox: Mailbox, inbox: Inbox, folder: Folder, now: datetime) -> list[int]:
    """Numbers of letters to take, in order. What lay there before the first look is not touched.

    After a new UIDVALIDITY all numbers are others: letters that came since the last look (and a day more, for zones)
    are looked at again, and those taken already are known by their own marks.
    """
    with transaction() as session:
        state = session.get(InboxState, inbox.key, with_for_update=True)
        if state is None or state.uidvalidity is None:
            state = state or InboxState(key=inbox.key, began_at=now)
            state.uidvalidity, state.last_uid = folder.uidvalidity, folder.next_uid - 1
            session.add(state)
            return []
        known, last, since = state.uidvalidity, state.last_uid, state.read_at or state.began_at
    if known == folder.uidvalidity:
        return mailbox.numbers_from(last + 1)
    again = mailbox.numbers_since((since.astimezone(UTC) - timedelta(days=1)).date())
    first = min(again, default=folder.next_uid)
    with transaction() as session:
        state = session.get_one(InboxState, inbox.key, with_for_update=True)
        if state.uidvalidity == known:
            log.info("the numbers of a mailbox have changed: looking again from its letter %s", first)
            state.uidvalidity, state.last_uid = folder.uidvalidity, first - 1
    return again


def _office_of(inbox: Inbox) -> int:
    """Whose people sort letters that belong to no client."""
    wanted = db.session.scalar(select(Office.id).where(Office.id == inbox.office_id))
    found = wanted or db.session.scalar(select(Office.id).order_by(Office.id).limit(1))
    db.session.rollback()
    if found is None:
        raise NoInbox("no-office")
    return found


def _failed(inbox: Inbox, error: NoInbox, now: datetime) -> None:
    log.warning("the mailbox at %s cannot be read: %s", inbox.server, error.code)
    with transaction() as session:
        state = session.get(InboxState, inbox.key, with_for_update=True) or InboxState(key=inbox.key, began_at=now)
        state.failing_since = state.failing_since or now
        state.last_error = f"{error.code}: {error}"[:400]
        session.add(state)


def _worked(inbox: Inbox, now: datetime) -> None:
    with transaction() as session:
        session.execute(update(InboxState).where(InboxState.key == inbox.key).values(
            read_at=now, failing_since=None, last_error=""))
