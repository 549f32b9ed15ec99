"""Trips nobody showed a card for bring the points of the level at purchase, whatever the level was later."""

from datetime import timedelta

import club_make
import make
import pytest
from sqlalchemy import select

from webapp.club.actions.settling import settle_trips
from webapp.club.actions.unclaimed import collect_unclaimed
from webapp.club.models import Level, LevelEvent, TripBonus
from webapp.db import db, transaction

DAY = timedelta(days=1)


@pytest.fixture
def anna(cast, now):
    with transaction() as session:
        for rank, (code, rate) in enumerate((("C", 100), ("B", 200), ("A", 300)), start=1):
            session.merge(Level(code=code, rank=rank, name_ru=code, name_en=code, rate_bp=rate))
    row = make.client(cast.main, now=now)
    club_make.card(row, cast.main, now=now - 9 * DAY)
    return row


def became(client, verb, old, new, at):
    with transaction() as session:
        session.add(LevelEvent(client_id=client.id, at=at, verb=verb, old_code=old, new_code=new, trips=1, spend_kopecks=0,
                               actor="test"))


def collected(client, cast, now, *, noted=None):
    """Bought today, noted now or later; the card is noted by itself when it is over."""
    make.trip(client, purchase=now.date(), departure=now.date() + 3 * DAY, back=now.date() + 9 * DAY, seller=cast.olga,
              now=noted or now, price_kopecks=10_000_000)
    assert collect_unclaimed(now=now + 10 * DAY) == 1 and settle_trips(now=now + 10 * DAY)["accrued"] == 1
    row = db.session.scalars(select(TripBonus)).one()
    return row.level, row.rate_bp, club_make.balance(row.card)


@pytest.mark.parametrize(("changes", "level"), [
    ([], "C"),
    ([("rose", "C", "B", -5)], "B"),
    ([("rose", "C", "B", 1)], "C"),
    ([("fell", "B", "C", 5)], "B"),
    ([("rose", "C", "B", -8), ("announced", "B", "C", -5), ("fell", "B", "C", 5)], "B"),
    ([("rose", "C", "B", -8), ("rose", "B", "A", -2), ("announced", "A", "B", 1), ("kept", "A", "A", 2)], "A"),
    ([("fell", "Z", "B", 5)], "C"),
])
def test_the_level_is_that_of_the_purchase(anna, cast, now, changes, level) -> None:
    for verb, old, new, days in changes:
        became(anna, verb, old, new, now + days * DAY)
    rate = {"C": 100, "B": 200, "A": 300}[level]
    assert collected(anna, cast, now) == (level, rate, 10 * rate)


@pytest.mark.parametrize(("after", "noted", "level"), [
    (timedelta(hours=1), None, "C"), (timedelta(hours=1), DAY, "B"), (DAY, 2 * DAY, "C")])
def test_it_is_that_of_the_sale_itself_and_of_its_day_when_noted_later(anna, cast, now, after, noted, level) -> None:
    became(anna, "rose", "C", "B", now + after)
    assert collected(anna, cast, now, noted=now + noted if noted else None)[0] == level
