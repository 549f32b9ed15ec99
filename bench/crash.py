"""`kill -9` of workers over thousands of mails into a real relay: what was lost, doubled, left unknown.

Run as `python -m bench.crash [--kills 200] [--mails 2000] [--workers 2] [--seed 1] [--url DATABASE_URL]`.
Exits with 1 when anything was lost or doubled, more is unknown than was killed, or more than one message in a hundred
kills met three of them in a row.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import make
from post.making import mode, write
from post.processes import Nursery, RelayProcess, daytime_zone, until

from webapp.app import create_app
from webapp.config import Settings
from webapp.db import Base, db, transaction
from webapp.kit import clock
from webapp.post.models import Message

BUSY = ("queued", "claimed", "handed")
LEASE = 1.0


def main() -> int:
    """Run it and print the figures."""
    wish = _wish()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = create_app(Settings(instance=folder, secret_key="k" * 64, test_clock=True,
                                  database_url=wish.url or f"sqlite:///{folder / 'crash.db'}"))
        with app.app_context():
            written = _fill(wish.mails)
            began = time.monotonic()
            taken, kills = _ordeal(wish, folder, app.extensions["snova.settings"].database_url)
            states = dict(_read(Message.message_id, Message.state))
            return _report(written, taken, states, kills, time.monotonic() - began)


def _wish() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in (("kills", 200), ("mails", 2000), ("workers", 2), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--url", default="", help="an empty PostgreSQL database; SQLite without it")
    return parser.parse_args()


def _fill(mails: int) -> set[str]:
    Base.metadata.create_all(db.engine)
    now = clock.now()
    ids = make.cast(now)
    cast = make.people(ids)
    person = make.client(cast.main, now=now)
    mode("live", now)
    with transaction():
        rows = [write(cast.main, person, now=now, zone=daytime_zone(now)) for _ in range(mails)]
    return {row.message_id for row in rows}


def _ordeal(wish: argparse.Namespace, folder: Path, url: str) -> tuple[Counter[str], int]:
    """Kill a random worker each time some more mails have arrived, until all is at rest."""
    dice, kills, nursery = random.Random(wish.seed), 0, Nursery()
    # Some more always arrive before the signal does; all kills must fall before the last mail.
    each = max(1, wish.mails * 3 // (wish.kills * 4 + 4))
    try:
        with RelayProcess(folder, thinks=0.002) as relay:
            def start() -> object:
                return nursery.start(url=url, instance=str(folder), port=relay.port, lease=LEASE, pause=0.02)
            crew = [start() for _ in range(wish.workers)]
            while kills < wish.kills and not _at_rest():
                goal = sum(relay.taken.values()) + dice.randint(0, 2 * each - 1)
                until(lambda goal=goal, relay=relay: sum(relay.taken.values()) >= goal or _at_rest(), "more mails")
                victim = dice.randrange(wish.workers)
                crew[victim].kill()
                kills += 1
                crew[victim] = start()
            until(_at_rest, "every message has come to its end", seconds=600)
            return relay.taken, kills
    finally:
        nursery.close()


def _report(written: set[str], taken: Counter[str], states: dict[str, str], kills: int, seconds: float) -> int:
    by_state = Counter(states.values())
    lost = [i for i in written if states.get(i) not in ("sent", "unknown", "dead")]
    unproven = [i for i, state in states.items() if state == "sent" and not taken[i]]
    doubled = [i for i, count in taken.items() if count > 1]
    arrived = sum(bool(taken[i]) for i, state in states.items() if state == "unknown")
    print(f"{len(written)} mails, {kills} kills, {seconds:.0f} s")
    print(f"states: {dict(by_state)}")
    print(f"lost: {len(lost)}   dead after three crashes, shown: {by_state['dead']}   sent without a receipt: {len(unproven)}   doubled: {len(doubled)}")
    print(f"unknown: {by_state['unknown']} of at most {kills} (arrived all the same: {arrived})")
    return int(bool(lost or unproven or doubled or by_state["unknown"] > kills
                    or by_state["dead"] > max(1, kills // 100)))


def _at_rest() -> bool:
    db.session.rollback()
    return db.session.scalar(select(Message.id).where(Message.state.in_(BUSY)).limit(1)) is None


def _read(*columns: object) -> list[tuple[str, str]]:
    db.session.rollback()
    return [(row[0], row[1]) for row in db.session.execute(select(*columns))]


if __name__ == "__main__":
    sys.exit(main())
