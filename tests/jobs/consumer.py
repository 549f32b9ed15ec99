"""A real consumer whose minutes last a second and whose tick tells on standard output what it does.

Run as a program: `python consumer.py SECONDS_OF_SKEW [GATE]`. With GATE (a named pipe) a tick waits until it is opened.
"""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from huey.consumer import Scheduler

from jobs import main, timetable
from jobs.queue import queue
from webapp.kit import clock

SKEW = timedelta(minutes=int(sys.argv[1]))
GATE = sys.argv[2] if len(sys.argv) > 2 else ""
real_now, real_run_slot = clock.now, timetable.run_slot
START = datetime.fromisoformat(os.environ["SNOVA_TEST_START"])


def say(*words: object) -> None:
    """One line in one write, so that lines of several processes never mix."""
    os.write(1, (" ".join(map(str, words)) + f" {os.getpid()}\n").encode())


def fast_now() -> datetime:
    """A second of ours is a minute there."""
    return START + (real_now() - START) * 60 + SKEW


def telling_run_slot(job: str, every: timedelta, *, work: Any, **options: Any) -> int:
    def told(slot: datetime) -> object:
        say("ran", job, slot.isoformat())
        return work(slot)
    return real_run_slot(job, every, work=told, **options)


def telling_tick(*, now: datetime) -> dict[str, Any]:
    if GATE:
        say("begin")
        Path(GATE).read_text("ascii")
        say("end")
    else:
        say("tick")
    return {}


Scheduler.periodic_task_seconds = 1
clock.now = fast_now  # type: ignore[assignment]
timetable.run_slot = telling_run_slot  # type: ignore[assignment]
timetable.look = telling_tick  # type: ignore[assignment]
queue.on_startup("ready")(lambda: say("ready"))

if __name__ == "__main__":
    raise SystemExit(main.work())
