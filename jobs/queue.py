"""The Huey instance from configuration, and `wake`, the hint that makes the worker look now. No Flask here.

The queue is the alarm clock, never the memory: everything owed is a row of the database, so a lost task costs a minute.
"""

import hashlib
import hmac
import logging
from collections.abc import Callable
from functools import cache

from huey import Huey, PostgresHuey, PriorityRedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

from webapp.config import Settings, load_settings

log = logging.getLogger("snova.jobs")

ENOUGH = 20

# What `wake(name)` makes the worker look at; filled by the timetable, empty in the web.
LOOKS: dict[str, Callable[[], object]] = {}


def make_queue(settings: Settings) -> Huey:
    """The queue of this instance: Redis when configured, else beside the data in PostgreSQL, else a file of its own.

    Nothing is connected or created here: the web must start while the queue is away. Payloads are signed, because
    whoever can write into the queue could otherwise run code in the worker.
    """
    key = hmac.new(settings.secret_key.encode(), b"snova queue", hashlib.sha256).hexdigest()
    # Two instances that share a Redis keep apart: a task signed by the other would be refused and lost.
    name = f"snova-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    signed = SignedSerializer(secret=key, salt="snova")
    if settings.redis_url:
        return PriorityRedisHuey(name, results=False, serializer=signed, url=_patient(settings.redis_url))
    if not settings.is_sqlite:
        dsn = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        return PostgresHuey(name, results=False, serializer=signed, dsn=dsn, create_tables=False, connect_timeout=5)
    return SqliteHuey(name, results=False, serializer=signed, filename=str(settings.instance / "queue.db"),
                      timeout=30, create_tables=False)


def _patient(url: str) -> str:
    """A page must not hang on a Redis that does not answer."""
    return f"{url}{'&' if '?' in url else '?'}socket_connect_timeout=3&socket_timeout=10"


queue = make_queue(load_settings())


@cache
def prepare() -> None:
    """Create the tables of the queue where it keeps any; done once per process."""
    if hasattr(queue.storage, "initialize_schema"):
        queue.storage.initialize_schema()


@queue.task(name="look", priority=10)
def look(job: str) -> None:
    """Look now at what `job` owes; an unknown name looks at everything due."""
    LOOKS.get(job, LOOKS["post"])()


def wake(job: str) -> None:
    """Hint the worker to look at `job` now. Never raises: what is owed is a row, and the next minute finds it."""
    try:
        prepare()
        # Whoever loads thousands of rows must not leave thousands of hints: the worker is about to look anyway.
        if queue.storage.queue_size() < ENOUGH:
            look(job)
    except Exception as fault:
        log.warning("the worker could not be woken for %s: %s", job, type(fault).__name__)
