"""Promise 3 at full size: every manner of every SMS gateway × 500 messages, at most one acceptance per message.

Run as `python -m bench.gateways [--messages 500] [--provider smsc] [--behaviour "wrong json"]`. The clock is simulated,
the network is not: stand-ins over TLS on this machine. Exits with 1 when a message was accepted twice, was lost, or
counts as sent without having been accepted.
"""

import argparse
import dataclasses
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import make
from post.making import mode, write
from post.sms_gateways import BEHAVIOURS, KEY, LOGIN, NAMES, TLS, StandIn, standing_in

from webapp.app import create_app
from webapp.config import Settings
from webapp.db import Base, db, transaction
from webapp.post.actions import deliver
from webapp.post.channels import https
from webapp.post.channels.https import Place
from webapp.post.models import Message

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BUSY = ("queued", "claimed", "handed")


def main() -> int:
    """Run them all and print a line for each."""
    wish = _wish()
    os.environ["SSL_CERT_FILE"] = str(TLS / "authority.pem")
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as name:
        app = create_app(Settings(instance=Path(name), secret_key="k" * 64,
                                  database_url=f"sqlite:///{Path(name) / 'gateways.db'}"))
        with app.app_context():
            Base.metadata.create_all(db.engine)
            ids = make.cast(NOON)
            mode("live", NOON)
            faults = 0
            for provider in [wish.provider] if wish.provider else NAMES:
                for behaviour in [wish.behaviour] if wish.behaviour else BEHAVIOURS:
                    faults += _ordeal(app, ids, provider, behaviour, wish.messages)
    return int(bool(faults))


def _wish() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--provider", default="", choices=["", *NAMES])
    parser.add_argument("--behaviour", default="", choices=["", *BEHAVIOURS])
    return parser.parse_args()


def _ordeal(app: Flask, ids: Any, provider: str, behaviour: str, messages: int) -> int:
    """Half of all questions meet the behaviour, in turns; gives how many messages went wrong."""
    _empty()
    began = time.monotonic()
    timeout = "0.15" if behaviour.startswith("time-out") else "10"
    with standing_in(provider) as gate:
        https.PLACES[provider] = Place("localhost", gate.port)
        kept = app.extensions["snova.settings"]
        app.extensions["snova.settings"] = dataclasses.replace(kept, sms={
            "SMS_PROVIDER": provider, "SMS_LOGIN": LOGIN, "SMS_PASSWORD": KEY, "SMS_TIMEOUT": timeout})
        gate.manners = [behaviour, ""] * (messages // 2)
        cast = make.people(ids)
        with transaction():
            for number in range(messages):
                write(cast.main, None, now=NOON, channel="sms", subject="", html="", text=f"Вылет {number}")
        _run()
        app.extensions["snova.settings"] = kept
        return _report(gate, provider, behaviour, messages, time.monotonic() - began)


def _run() -> None:
    """Until nothing moves any more, in simulated daylight."""
    now, calm = NOON, 0
    while calm < 40:
        before = _states()
        deliver(now=now)
        calm = calm + 1 if _states() == before and not any(before[state] for state in BUSY) else 0
        now += timedelta(seconds=31)
        if now.hour >= 17:
            now += timedelta(hours=13)


def _report(gate: StandIn, provider: str, behaviour: str, messages: int, seconds: float) -> int:
    rows = {row.content.text: row.state for row in db.session.scalars(select(Message))}
    taken = {words: count for (_phone, words), count in gate.accepted.items()}
    twice = [words for words, count in taken.items() if count > 1]
    lost = [words for words, state in rows.items() if state not in ("sent", "unknown", "failed")]
    unproven = [words for words, state in rows.items() if state == "sent" and not taken.get(words)]
    print(f"{provider:8} {behaviour:26} {messages} SMS, {sum(taken.values())} accepted, {dict(_states())}, twice: "
          f"{len(twice)}, lost: {len(lost)}, sent without a receipt: {len(unproven)}, {seconds:.0f} s", flush=True)
    return len(twice) + len(lost) + len(unproven)


def _states() -> Counter[str]:
    db.session.rollback()
    return Counter(dict(db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all()))


def _empty() -> None:
    """History is append-only for the product; between two runs it simply starts anew."""
    db.session.rollback()
    db.session.remove()
    with db.engine.begin() as connection:
        triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for trigger, _sql in triggers:
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        for table in ("message_event", "message_content", "message", "provider"):
            connection.execute(text(f"DELETE FROM {table}"))
        # A history that begins anew would be taken for an older copy in the place of the agency's own data, and held.
        connection.execute(text("DELETE FROM setting WHERE key = 'place'"))
        for _trigger, sql in triggers:
            connection.execute(text(sql))


if __name__ == "__main__":
    sys.exit(main())
