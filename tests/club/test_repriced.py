"""What the database leaves out when it looks for trips whose points are not right any more, and what it must not."""

from datetime import timedelta

import club_make
import make
import pytest

from webapp.club.actions.sales import use_card
from webapp.club.actions.settling import settle_trips
from webapp.db import transaction
from webapp.staff.audit import actor_of

WAS = 10_000_000


@pytest.mark.parametrize(("price", "points"), [
    (WAS, 960), (WAS + 100, 960), (WAS + 9_999, 960), (WAS + 10_000, 961), (WAS - 1, 959), (12_345_678, 1194), (0, 0),
    (99_999, 0), (None, 0)])
def test_any_price_written_later_gives_the_points_of_the_formula(cast, now, price, points) -> None:
    anna = make.client(cast.main, now=now)
    card = club_make.card(anna, cast.main, points=4000, now=now)
    day = now.date()
    trip = make.trip(anna, purchase=day, departure=day + timedelta(days=5), back=day + timedelta(days=9), seller=cast.olga,
                     now=now, price_kopecks=WAS)
    use_card(trip.id, card.id, spend=1000, key="k", actor=actor_of(cast.olga), now=now)
    later = now + timedelta(days=12)
    settle_trips(now=later)
    assert club_make.balance(card) == 3960
    with transaction():
        trip.price_kopecks = price
    assert settle_trips(now=later)["repriced"] == (points != 960)
    assert club_make.balance(card) == 3000 + points
    assert settle_trips(now=later)["repriced"] == 0 and club_make.balance(card) == 3000 + points


def test_a_price_beyond_all_measure_stops_nobody(cast, now) -> None:
    anna = make.client(cast.main, now=now)
    card, day = club_make.card(anna, cast.main, now=now), now.date()
    huge, plain = (make.trip(anna, purchase=day, departure=day + timedelta(days=5), back=day + timedelta(days=9 + number),
                             seller=cast.olga, now=now, price_kopecks=WAS) for number in (0, 1))
    for trip in (huge, plain):
        use_card(trip.id, card.id, key=f"{trip.id}", actor=actor_of(cast.olga), now=now)
    settle_trips(now=now + timedelta(days=12))
    came = club_make.balance(card)
    with transaction():
        huge.price_kopecks, plain.price_kopecks = 2 ** 62, 2 * WAS
    assert settle_trips(now=now + timedelta(days=12))["repriced"] == 1
    assert club_make.balance(card) > came
