"""What a client does with a review: writes, changes, takes back. Each is seen by staff before others read it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.club.models import Referral
from webapp.db import db, transaction
from webapp.staff.audit import job, record
from webapp.staff.rules import Actor, BadInput
from webapp.surveys.asking import answer_of
from webapp.surveys.models import Review, ReviewEvent
from webapp.surveys.review_rules import LEAST, LONGEST, NEW, SHOWN, WITHDRAWN, signed
from webapp.surveys.rules import SIGNS
from webapp.touches.locking import lock_all
from webapp.trips.models import Trip

READER = job("client")


def keep_review(trip: Trip, text: str, *, sign: str, source: str, consent: str, now: datetime,
                keep_shown: bool = False) -> Review:
    """Write the review of a trip, or make it another one; what changed waits to be looked at before it is shown.

    `consent` is the sentence that was agreed to. `keep_shown`: words that were changed on the page of the review stay
    as they are when the survey is changed. Raises BadInput "no-text", "too-long", "bad-answer".
    """
    text = text.strip()
    if len(text) < LEAST or len(text) > LONGEST or sign not in SIGNS:
        raise BadInput("no-text" if len(text) < LEAST else "too-long" if len(text) > LONGEST else "bad-answer")
    with transaction() as session:
        lock_all([trip.occasion_id])
        row = session.scalar(select(Review).where(Review.trip_id == trip.id).with_for_update()
                             .execution_options(populate_existing=True))
        if row is not None and keep_shown and row.source != source and row.state != WITHDRAWN:
            return row
        author = signed(trip.client.first_name, trip.client.last_name, sign)
        answer = answer_of(trip.id)
        score = answer.score if answer else None
        is_same = row is not None and (row.text, row.author, row.state != WITHDRAWN) == (text, author, True)
        if row is not None and is_same:
            row.score = score
            return row
        if row is None:
            row = _new(trip, source, now)
            session.add(row)
        row.text, row.sign, row.author, row.score, row.source = text, sign, author, score, source
        row.state, row.hidden_for, row.consented_at, row.written_at = NEW, "", now, now
        row.turn = (row.turn or 0) + 1
        session.flush()
        note(row, "written", READER, now,
             facts={"text": text, "author": author, "consent": consent})
        return row


def withdraw(review_id: int, *, actor: Actor, now: datetime) -> Review:
    """The client no longer agrees that it is shown: it is off every page at once. The same again changes nothing."""
    with transaction():
        row = locked(review_id)
        if row.state != WITHDRAWN:
            row.state, row.consented_at, row.hidden_for = WITHDRAWN, None, ""
            note(row, "withdrawn", actor, now)
        return row


def locked(review_id: int) -> Review:
    """The review, read anew and held until the transaction ends. Raises BadInput "gone"."""
    row = db.session.get(Review, review_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise BadInput("gone")
    return row


def note(row: Review, verb: str, actor: Actor, now: datetime, *, reason: str = "",
         facts: dict[str, Any] | None = None) -> None:
    """Write down what was done; a line of the log says it without the words."""
    with transaction() as session:
        session.add(ReviewEvent(review_id=row.id, at=now, verb=verb, actor=actor.name, user_id=actor.user_id,
                                reason=reason, facts=facts or {}))
        record(actor, verb, "review", row.id, now=now, office_id=row.office_id,
               facts={"review_reason": ["", reason]} if reason else None)


def _new(trip: Trip, source: str, now: datetime) -> Review:
    came = db.session.scalar(select(Referral.id).where(Referral.friend_id == trip.client_id,
                                                       Referral.state != "refused").limit(1))
    return Review(trip_id=trip.id, client_id=trip.client_id, office_id=trip.office_id, source=source,
                  language=trip.client.language, destination=trip.destination,
                  destination_key=trip.destination.strip().casefold(), travelled_on=trip.return_on,
                  by_friend=came is not None, written_at=now, turn=0, masks=[], text="", sign="")


def is_shown(row: Review | None) -> bool:
    """Whether others read it now."""
    return row is not None and row.state == SHOWN
