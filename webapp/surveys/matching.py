"""Which review a letter tells: of who came by a recommendation, of the same destination, else the newest good one."""

from dataclasses import dataclass

from sqlalchemy import case, func, select

from webapp.db import db
from webapp.surveys.models import Review
from webapp.surveys.review_rules import SHOWN
from webapp.surveys.rules import HIGH

LONGEST_TOLD = 900
"""A letter is no place for a novel."""


@dataclass(frozen=True)
class Told:
    """The words and who signed them, "" for nobody."""

    text: str
    author: str


def best_for(client_id: int, destination: str, language: str) -> Told | None:
    """The review that is told to this client, in the language of the letter; None without one. Never their own."""
    key = destination.strip().casefold()
    same = case(((Review.destination_key == key) & (Review.destination_key != ""), 1), else_=0)
    query = (select(Review.text, Review.masks, Review.author)
             .where(Review.state == SHOWN, Review.language == language, Review.client_id != client_id,
                    Review.consented_at.is_not(None), Review.score >= HIGH,
                   func.length(Review.text) <= LONGEST_TOLD)
             .order_by(Review.by_friend.desc(), same.desc(), Review.written_at.desc(), Review.id.desc()))
    for row in db.session.execute(query.limit(20)):
        if not row.masks:
            # One paragraph: a quotation in a letter is one line of its text.
            return Told(" ".join(row.text.split()), row.author)
    return None
