"""What staff do with a review: look at it, mask what is nobody's business, show it, answer, hide with a reason."""

from collections.abc import Sequence
from datetime import datetime

from webapp.db import transaction
from webapp.staff.rules import DIRECTOR, SERVICE, Actor, BadInput, NotAllowed
from webapp.surveys.actions.reviewing import locked, note, withdraw
from webapp.surveys.finding_rules import left_open
from webapp.surveys.models import Review
from webapp.surveys.review_rules import HIDDEN, LONGEST_ANSWER, REASONS, SHOWN, may_become

MOST_MASKS = 40


def mask(review_id: int, words: Sequence[str], *, turn: int, actor: Actor, now: datetime) -> Review:
    """Set which pieces are left out; others are shown as the client wrote them.

    Raises BadInput: "changed" when the text is another by now, "not-in-text"; NotAllowed.
    """
    with transaction():
        row = _mine(review_id, turn, actor)
        wanted = list(dict.fromkeys(piece.strip() for piece in words if piece.strip()))[:MOST_MASKS]
        missing = next((piece for piece in wanted if piece not in row.text), "")
        if missing:
            raise BadInput("not-in-text", "masks", missing)
        if row.state == SHOWN and left_open(row.text, wanted):
            raise BadInput("not-masked")
        if wanted != row.masks:
            before, row.masks = row.masks, wanted
            note(row, "masked", actor, now, facts={"before": before, "after": wanted})
        return row


def publish(review_id: int, *, turn: int, actor: Actor, now: datetime) -> Review:
    """Show the review to everybody. Raises BadInput: "changed", "not-masked", "no-consent", "not-now"; NotAllowed."""
    with transaction():
        row = _mine(review_id, turn, actor)
        if row.state == SHOWN:
            return row
        if row.consented_at is None or not may_become(row.state, SHOWN):
            raise BadInput("no-consent")
        if left_open(row.text, row.masks):
            raise BadInput("not-masked")
        row.state, row.hidden_for, row.shown_at = SHOWN, "", now
        note(row, "shown", actor, now, facts={"text": row.shown_text})
        return row


def hide(review_id: int, *, reason: str, words: str, turn: int, actor: Actor, now: datetime) -> Review:
    """Take the review off, with a reason of the list and what was seen, on record.

    Raises BadInput: "changed", "reason-needed", "not-now"; NotAllowed.
    """
    with transaction():
        row = _mine(review_id, turn, actor)
        if reason not in REASONS or not words.strip():
            raise BadInput("reason-needed", "reason" if reason not in REASONS else "words")
        if not may_become(row.state, HIDDEN):
            raise BadInput("not-now")
        row.state, row.hidden_for = HIDDEN, reason
        note(row, "hidden", actor, now, reason=reason, facts={"note": words.strip(), "text": row.text})
        return row


def reply(review_id: int, words: str, *, actor: Actor, now: datetime) -> Review:
    """The agency's answer under the review; "" takes it away. Raises BadInput "too-long"; NotAllowed."""
    if len(words.strip()) > LONGEST_ANSWER:
        raise BadInput("too-long", "answer")
    with transaction():
        row = _mine(review_id, None, actor)
        if row.answer != words.strip():
            note(row, "answered" if words.strip() else "answer-removed", actor, now,
                 facts={"before": row.answer, "after": words.strip()})
            row.answer, row.answered_at = words.strip(), now if words.strip() else None
        return row


def take_off(review_id: int, *, actor: Actor, now: datetime) -> Review:
    """The client has told us that it shall not be shown any more. Raises NotAllowed."""
    with transaction():
        _mine(review_id, None, actor)
        return withdraw(review_id, actor=actor, now=now)


def _mine(review_id: int, turn: int | None, actor: Actor) -> Review:
    actor.needs(SERVICE, DIRECTOR)
    row = locked(review_id)
    if not actor.may_see(row.office_id):
        raise NotAllowed("office")
    if turn is not None and row.turn != turn:
        raise BadInput("changed")
    return row
