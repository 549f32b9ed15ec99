"""The balance page against a page of the board, in one process and one database (`quality.md` §3 F).

Run as `python -m bench.public_pages [--trips 10000] [--rounds 40]`.
"""

import argparse
import statistics
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import club_make
from flask import Flask

from bench.board import _office, _page, _signed_in
from bench.data import Size
from bench.load import rate, served
from bench.measure import Line, at_most, in_turns, ms, show, times
from bench.visit import Visitor
from webapp.clients.actions import make_link
from webapp.clients.models import Client
from webapp.club.actions.gifting import promise_gift
from webapp.club.actions.sales import use_card
from webapp.club.card_links import CARD
from webapp.club.gifts import kinds
from webapp.db import db, transaction
from webapp.staff.audit import actor_of
from webapp.staff.models import User
from webapp.trips.models import Trip

HISTORY = 60
BYTES = 30 * 1024


def main() -> bool:
    """Measure and print; True when all budgets are met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trips", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=40)
    wish, _ = options.parse_known_args()
    with tempfile.TemporaryDirectory() as name:
        app = _office(Path(name), Size(wish.trips, clients=8_000))
        path = _full_page(app)
        lines = [*_against_the_board(app, path, wish.rounds), _served(Path(name), path)]
    return show(f"F. Public pages: {wish.trips:,} trips, a card with {HISTORY} lines of history", lines)


def _full_page(app: Flask) -> str:
    """A card with everything on it: history, points on their way, a gift, an invitation, a level half-way."""
    now = datetime.now(UTC)
    with app.app_context():
        trip = db.session.get_one(Trip, 1)
        client = db.session.get_one(Client, trip.client_id)
        seller = actor_of(db.session.get_one(User, trip.seller_id))
        with transaction():
            trip.price_kopecks, trip.return_on = 10_000_000, now.date() + timedelta(days=9)
        card = club_make.card(client, client.office, points=1840, now=now)
        for _ in range(HISTORY):
            club_make.give(card, 10, now=now)
        use_card(trip.id, card.id, spend=300, key="bench", actor=seller, now=now)
        promise_gift(client, kinds()[0], actor=seller, now=now)
        token = make_link(CARD, client.id, now=now)
        db.session.remove()
    return f"/b/{token}"


def _against_the_board(app: Flask, path: str, rounds: int) -> list[Line]:
    staff, visitor = _signed_in(app, 1), Visitor(app)
    body = visitor.get(path).body
    page, board = in_turns(rounds, lambda: _balance(visitor, path), lambda: _page(staff))
    every = sorted(_balance(visitor, path) for _ in range(200))
    size = len(body.encode())
    return [at_most("balance page, p50, against the board's", ms(statistics.median(page)),
                    ms(statistics.median(board)), times(page, board), 0.25),
            Line("… p95", ms(every[190])),
            Line("… bytes with everything on it", f"{size:,}", budget=f"≤ {BYTES:,}", met=size <= BYTES)]


def _balance(visitor: Visitor, path: str) -> float:
    answer = visitor.get(path)
    if answer.status != 200 or "purse__sum" not in answer.body:
        raise RuntimeError(f"{path} answered {answer.status}")
    return answer.cpu


def _served(folder: Path, path: str) -> Line:
    """Two processes behind sockets."""
    with served(sys.executable, "bench.served:app", BENCH_FOLDER=str(folder)) as port:
        rate(port, path, "", seconds=1)
        found = rate(port, path, "")
    return Line("… two processes, pages per second", f"{found:.0f}/s", budget="≥ 50/s", met=found >= 50)


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
