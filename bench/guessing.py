"""Guessing codes of balance pages from thousands of addresses: how many balances were seen, how many SMS went out.

Run as `python -m bench.guessing [--tries 10000] [--url DATABASE_URL]`. Exits with 1 when a balance was seen, or a phone
got more than five SMS within a day.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import club_make
import make

from webapp.app import create_app
from webapp.club import asking_rules as rules
from webapp.club.actions import asking
from webapp.club.asking_rules import Asked
from webapp.club.models import number_of
from webapp.config import Settings
from webapp.db import Base, db
from webapp.kit import clock
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.staff.audit import job

BETWEEN = timedelta(seconds=100)


@dataclass(frozen=True)
class Figures:
    """What came of it."""

    tried: int
    judged: int
    opened: int
    sms: int
    most_sms_a_day: int


def guess(number: str, *, tries: int, now: datetime, phone: str = "+79160000001", seed: int = 1) -> Figures:
    """Ask for one card by number and by phone and try codes, never twice from the same address."""
    dice = random.Random(seed)
    tried = judged = opened = asks = 0
    while tried < tries:
        moment = now + asks * BETWEEN
        token = asking.ask(Asked(dice.choice((number, phone))), address=_address(asks), language="ru", now=moment)
        asking.look_at_asks(now=moment)
        asks += 1
        for _ in range(rules.TRIES + 3):
            tried += 1
            try:
                opened += bool(asking.try_code(token, f"{dice.randrange(10**6):06d}", now=moment))
            except asking.BadCode as refused:
                judged += refused.code == "wrong"
            if tried == tries:
                break
    moments = list(db.session.scalars(select(Message.created_at).where(Message.klass == "code")
                                      .order_by(Message.created_at)))
    db.session.rollback()
    return Figures(tried, judged, opened, len(moments), _most_in_a_day(moments))


def _address(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _most_in_a_day(moments: Sequence[datetime]) -> int:
    return max((sum(first <= other < first + rules.DAY for other in moments) for first in moments), default=0)


def main() -> int:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--url", default="", help="an empty PostgreSQL database; SQLite without it")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        app = create_app(Settings(instance=Path(name), secret_key="k" * 64, test_clock=True,
                                  database_url=wish.url or f"sqlite:///{name}/guessing.db"))
        with app.app_context():
            Base.metadata.create_all(db.engine)
            now = clock.now()
            cast = make.people(make.cast(now))
            post.set_mode("trial", actor=job("bench"), now=now)
            card = club_make.card(make.client(cast.main, now=now), cast.main, points=1840, now=now)
            figures = guess(number_of(card.id), tries=wish.tries, now=now)
            db.engine.dispose()
    print(f"{figures.tried} tries, {figures.judged} of them judged: {figures.opened} balances seen, {figures.sms} SMS, "
          f"at most {figures.most_sms_a_day} within a day")
    return int(figures.opened > 0 or figures.most_sms_a_day > rules.SMS_A_DAY)


if __name__ == "__main__":
    sys.exit(main())
