"""Real consumers: slots run once through kills, a running task is finished, forged payloads are refused."""

import os
import pickle
import random
import signal
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from jobs.queue import make_queue
from webapp.config import Settings

CONSUMER = "tests/jobs/consumer.py"
KILLS = 10


def ran(program: Any, wanted: str = "") -> tuple[str, datetime]:
    """The next slot that ran: which job, and when it was for. `wanted` passes over those of other jobs."""
    while True:
        _word, job, slot, *_number = program.line("ran")
        if wanted in ("", job):
            return job, datetime.fromisoformat(slot)


@pytest.mark.slow
def test_slots_run_once_with_three_consumers_ten_kills_and_wrong_clocks(begin: Callable) -> None:
    chance = random.Random(7)
    lines: Queue[str] = Queue()
    crew = [begin(CONSUMER, skew, crew=lines) for skew in ("0", "60", "-60")]
    first = crew[0]
    slots: list[tuple[str, datetime]] = []
    for _ in range(KILLS):
        for _line in range(chance.randrange(1, 3)):
            slots.append(ran(first))
        victim = chance.randrange(3)
        crew[victim].end(signal.SIGKILL)
        crew[victim] = begin(CONSUMER, str(chance.choice((-60, 0, 0, 60))), crew=lines)
    for _line in range(10):
        slots.append(ran(first))
    # Those of the night are begun anew when an hour has passed since a kill: a minute here, on a busy machine.
    twice = [slot for slot, count in Counter(slots).items() if count > 1 and slot[0] not in ("nightly", "uploads", "letters")]
    assert not twice
    assert len(slots) >= KILLS + 10


@pytest.mark.slow
def test_a_stopped_consumer_finishes_the_task_under_way(begin: Callable, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    consumer = begin(CONSUMER, "0", str(gate))
    consumer.line("begin")
    consumer.process.send_signal(signal.SIGTERM)
    gate.write_text("open", "ascii")
    consumer.line("end")
    assert consumer.process.wait(60) == 0


@pytest.mark.slow
def test_ctrl_c_finishes_the_task_under_way_too(begin: Callable, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    consumer = begin(CONSUMER, "0", str(gate))
    consumer.line("begin")
    consumer.process.send_signal(signal.SIGINT)
    gate.write_text("open", "ascii")
    consumer.line("end")
    assert consumer.process.wait(60) == 0


@pytest.mark.slow
def test_what_was_owed_while_nobody_worked_is_done_on_start(begin: Callable) -> None:
    consumer = begin(CONSUMER, "0")
    before = ran(consumer, "minute")[1]
    consumer.end(signal.SIGKILL)
    again = begin(CONSUMER, "180")
    after = ran(again, "minute")[1]
    assert after - before >= timedelta(minutes=170)
    assert ran(again, "minute")[1] > after, "missed slots are caught up by one run"


class Evil:
    """Unpickling it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return (Path.touch, (self.path,))


@pytest.mark.slow
def test_a_forged_payload_is_refused_and_does_no_harm(begin: Callable, instance: dict[str, str],
                                                      tmp_path: Path) -> None:
    queue = make_queue(Settings(instance=Path(instance["SNOVA_INSTANCE"]), secret_key=instance["SECRET_KEY"],
                                database_url=instance["DATABASE_URL"], redis_url=instance["REDIS_URL"]))
    if hasattr(queue.storage, "initialize_schema"):
        queue.storage.initialize_schema()
    queue.storage.enqueue(pickle.dumps(Evil(tmp_path / "harm")), 1000)
    consumer = begin(CONSUMER, "0")
    consumer.line("tick")
    consumer.line("tick")
    assert not (tmp_path / "harm").exists()
    assert consumer.end() == 0
