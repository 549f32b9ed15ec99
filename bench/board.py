"""The board against Django's admin list and a straightforward page of our own; tick, overview, client search.

Run as `python -m bench.board [--trips 100000] [--rounds 15] [--keep FOLDER]` (`quality.md` §3 C). With --keep the
databases stay in FOLDER and are used again.
"""

import argparse
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree, rmtree

from flask import Flask
from sqlalchemy import func, select

from bench import orm_board, rivals
from bench.data import DIRECTOR, NETWORK, Size, fill, make_app
from bench.load import rate, served
from bench.measure import Line, at_least, at_most, in_turns, ms, show, times
from bench.own_page import PASSWORD
from bench.visit import Visitor
from webapp.clients.search import find_ids
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.staff.models import User
from webapp.staff.passwords import hash_password
from webapp.touches.models import Occasion, Touch
from webapp.trips import board
from webapp.trips.models import Trip

EMAIL = "manager1@example.com"
ADMIN_URL = "/admin/admin/occasion/"
PARTS = {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1:8000/board"}
SEARCHES = ("Иванова", "ова", "петров анна", "+7916", "123-45", "client4501@", "example.com", "щщщ")


def main() -> bool:
    """Measure and print; True when all budgets are met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--trips", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--keep", type=Path)
    wish, _ = options.parse_known_args()
    rivals.prepare()
    with ExitStack() as stack:
        folder = wish.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sizes = {"small": Size(wish.trips // 10, clients=8_000), "large": Size(wish.trips),
                 "network": Size(wish.trips, offices=20)}
        _small, large, network = (_office(folder / name, size) for name, size in sizes.items())
        theirs = folder / "theirs"
        if not theirs.exists():
            copytree(folder / "large", theirs)
        lines = [*_pages(folder, wish.rounds), *_ticks(large, wish.rounds), *_served(folder, large),
                 *_overview(large, "one office"), *_overview(network, "20 offices", NETWORK), *_far_pages(network, wish.trips // 2),
                 *_search(large)]
        if wish.keep:
            rmtree(theirs)
    return show(f"C. Board and pages: {wish.trips:,} trips, {wish.trips * 12:,} touches, 50 rows × 12 cells", lines)


def _pages(folder: Path, rounds: int) -> list[Line]:
    """Whole pages, with session and CSRF token, each kind in a process of its own, in turns; seconds of processor."""
    with ExitStack() as stack:
        def own(size: str, path: str = "/board") -> rivals.Rival:
            return stack.enter_context(rivals.rival(
                "bench.own_page", python=sys.executable, BENCH_FOLDER=str(folder / size), BENCH_PATH=path,
                BENCH_EMAIL=EMAIL))

        pages = [own("large"), stack.enter_context(rivals.rival(
            "bench.peers.admin", BENCH_DATABASE=str(folder / "theirs" / "snova.db"))),
            own("large", orm_board.URL), own("small"), own("large", "/board?from=1000")]
        ours, admin, orm, at_tenth, further = in_turns(rounds, *((lambda page=page: _spent(page)) for page in pages))
        every = sorted(cpu for _wall, cpu in pages[0].measure(200))
    p50, p95 = every[100], every[190]
    return [at_least("board, p50, against Django's admin list", ms(statistics.median(ours)),
                     ms(statistics.median(admin)), times(admin, ours), 15),
            at_least("… against entities and cells in Jinja", ms(statistics.median(ours)),
                     ms(statistics.median(orm)), times(orm, ours), 5),
            at_most("… p95 against p50", ms(p95), ms(p50), p95 / p50, 2),
            at_most("… against a tenth of the trips", ms(statistics.median(ours)), ms(statistics.median(at_tenth)),
                    times(ours, at_tenth), 1.3),
            Line("… after the red and yellow rows", ms(statistics.median(further)))]


def _spent(page: rivals.Rival) -> float:
    """Seconds of processor of a page: the second of two, for the first finds the caches of a sleeper."""
    return float(page.measure(2)[1][1])


def _ticks(app: Flask, rounds: int) -> list[Line]:
    """A tick in place with its counters; each is undone before the next one."""
    visitor = _signed_in(app, 1)
    visits = _visits_of(app, 1)

    def once() -> float:
        touch = visits[0]
        visits.append(visits.pop(0))
        answer = visitor.post(f"/touches/{touch}/tick", PARTS, view="board", back="/board")
        bundle = re.search(r"/acts/([0-9a-f]+)/undo", answer.body)
        if answer.status != 200 or bundle is None:
            raise RuntimeError(f"the tick answered {answer.status}")
        visitor.post(f"/acts/{bundle.group(1)}/undo", PARTS, view="board", back="/board")
        return answer.cpu

    visitor.get("/board")
    once()
    tick, page = in_turns(rounds, once, lambda: _page(visitor))
    return [at_most("tick with counters, against a board page", ms(statistics.median(tick)),
                    ms(statistics.median(page)), times(tick, page), 0.5)]


def _served(folder: Path, app: Flask) -> list[Line]:
    """Two processes each, behind sockets."""
    ours_cookie = _signed_in(app, 1).cookie()
    theirs = folder / "theirs"
    with ExitStack() as stack:
        ours = stack.enter_context(served(sys.executable, "bench.served:app", BENCH_FOLDER=str(folder / "large")))
        admin = stack.enter_context(served(rivals.PYTHON, "bench.peers.admin:application",
                                           BENCH_DATABASE=str(theirs / "snova.db")))
        cookie = _admin_cookie(theirs)
        rate(ours, "/board", ours_cookie, seconds=2)
        rate(admin, ADMIN_URL, cookie, seconds=2)
        own, peer = in_turns(3, lambda: rate(ours, "/board", ours_cookie), lambda: rate(admin, ADMIN_URL, cookie))
    return [at_least("two processes, pages per second", f"{statistics.median(own):.0f}/s",
                     f"{statistics.median(peer):.1f}/s", times(own, peer), 20)]


def _overview(app: Flask, what: str, person: int = DIRECTOR) -> list[Line]:
    """The director's counters, against working them out from the touches."""
    with app.app_context():
        user, now = db.session.get_one(User, person), clock.now()
        days = board.days_of(user, now)
        today = max(days.by_office.values())
        naive = (select(Occasion.owner_id, func.count(func.distinct(Occasion.id)))
                 .join(Touch, Touch.occasion_id == Occasion.id).join(Trip, Trip.occasion_id == Occasion.id)
                 .where(Occasion.office_id.in_(list(days.by_office)), Trip.cancelled_at.is_(None),
                        ((Touch.status == "planned") & Touch.automatic.is_(False) & (Touch.due_on <= today))
                        | Touch.status.in_(("failed", "missed", "unknown"))).group_by(Occasion.owner_id))
        kept, counted = in_turns(5, lambda: _timed(lambda: board.counts_of(days, board.Wish())),
                                 lambda: _timed(lambda: db.session.execute(naive).all()))
    return [at_least(f"overview of {what}, against all touches", ms(statistics.median(kept)),
                     ms(statistics.median(counted)), times(counted, kept), 100)]


def _far_pages(app: Flask, half: int) -> Iterator[Line]:
    """Filters and later pages of a network director with 20 offices: only told."""
    visitor = _signed_in(app, NETWORK)
    for what, path in (("board of 20 offices", "/board"), ("… travelling", "/board?show=away"),
                       ("… visit awaited", "/board?show=visit"), ("… search of a country", "/board?q=Бали"),
                       ("… search of a name", "/board?q=Иванова"), ("… finished ones", f"/board?from={half}")):
        _page(visitor, path)
        yield Line(what, ms(statistics.median(_page(visitor, path) for _ in range(7))))


def _search(app: Flask) -> list[Line]:
    """Query time of the client search in an office that holds all clients."""
    with app.app_context():
        user = db.session.get_one(User, DIRECTOR)
        found = {typed: statistics.median(_timed(lambda typed=typed: find_ids(typed, user)) for _ in range(9))
                 for typed in SEARCHES}
    worst = max(found, key=lambda typed: found[typed])
    return [Line(f"client search, slowest («{worst}»)", ms(found[worst]), "", "", "≤ 5 ms", found[worst] <= 0.005)]


def _office(folder: Path, size: Size) -> Flask:
    """The app on this database; the first manager can sign in."""
    ready = folder / ".ready"
    is_new = not ready.exists()
    app = make_app(folder)
    if is_new:
        with app.app_context():
            fill(size, now=datetime.now(UTC))
            with transaction() as session:
                session.get_one(User, 1).password_hash = hash_password(PASSWORD)
            db.session.remove()
        ready.touch()
    return app


def _signed_in(app: Flask, person: int) -> Visitor:
    with app.app_context():
        with transaction() as session:
            user = session.get_one(User, person)
            user.password_hash = hash_password(PASSWORD)
            email = user.email
        db.session.remove()
    visitor = Visitor(app)
    visitor.sign_in("/login", email=email, password=PASSWORD)
    for _ in range(3):
        _page(visitor)
    return visitor


def _page(visitor: Visitor, path: str = "/board") -> float:
    answer = visitor.get(path)
    if answer.status != 200 or "<tbody" not in answer.body:
        raise RuntimeError(f"{path} answered {answer.status}")
    return answer.cpu


def _visits_of(app: Flask, person: int) -> list[int]:
    with app.app_context():
        today = board.days_of(db.session.get_one(User, person), clock.now()).by_office[1]
        return list(db.session.scalars(
            select(Touch.id).join(Occasion, Occasion.id == Touch.occasion_id)
            .where(Occasion.owner_id == person, Occasion.attention_on <= today, Touch.channel == "visit",
                   Touch.due_on <= today, Touch.status == "planned").limit(10)))


def _admin_cookie(folder: Path) -> str:
    with rivals.rival("bench.peers.admin_cookie", BENCH_DATABASE=str(folder / "snova.db")) as django:
        return str(django.measure(1))


def _timed(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
