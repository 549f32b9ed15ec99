"""What surveys and reviews give to letters: the link to the survey of a trip, and the review that fits best."""

from collections.abc import Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from webapp.clients.links import example_url
from webapp.letters.placeholders import LetterContext, Value, supply
from webapp.surveys.actions.asking import ask
from webapp.surveys.asking import answer_of, is_quiet, trip_behind
from webapp.surveys.links import SURVEY, elsewhere
from webapp.surveys.matching import Told, best_for
from webapp.touches.letter_links import letter_link

_found: ContextVar[tuple[LetterContext, Told | None] | None] = ContextVar("the review of a letter", default=None)


@letter_link("links.survey", example=lambda: example_url(SURVEY))
def survey_link(client_id: int, *, source: str, facts: Mapping[str, Any], now: datetime) -> str | None:
    """The survey of the trip this letter is about; None where there is nothing (more) to ask.

    The reminder names its trip itself, and goes to nobody who has answered, cancelled or complains.
    """
    trip = trip_behind(source, facts)
    if trip is None or trip.client_id != client_id or trip.cancelled_at is not None:
        return None
    is_reminder = trip.occasion.facts is not facts and "survey" in facts
    if is_reminder and is_quiet(trip):
        return None
    other = elsewhere()
    if other:
        # Who answers there is not known here, so nobody is reminded.
        return None if is_reminder else other
    if answer_of(trip.id) is not None:
        return None
    kind, _colon, number = source.partition(":")
    return ask(trip, touch_id=int(number) if kind == "touch" and number.isdigit() else None, now=now)


@supply("review.text")
def _text(context: LetterContext) -> Value:
    told = _told(context)
    return told.text if told else None


@supply("review.author")
def _author(context: LetterContext) -> Value:
    told = _told(context)
    return told.author or None if told else None


def _told(context: LetterContext) -> Told | None:
    """Read for the first of both that a letter wants."""
    known = _found.get()
    if known is None or known[0] is not context:
        destination = context.trip.destination if context.trip else ""
        known = (context, best_for(context.client_id, destination, context.lang) if context.client_id else None)
        _found.set(known)
    return known[1]
