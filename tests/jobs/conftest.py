"""An instance with tables for real processes, and a way to start and hear them."""

import os
import queue
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import pytest
from conftest import Store, settings_for

from webapp.app import create_app
from webapp.config import ROOT
from webapp.db import Base, db
from webapp.kit import clock

PATIENCE = 60


@dataclass
class Program:
    """A started program; `line(word)` waits for a line that begins with `word` and gives its words."""

    process: subprocess.Popen[str]
    lines: "queue.Queue[str]"
    heard: list[str] = field(default_factory=list)

    def line(self, *words: str) -> list[str]:
        """The next line that begins with one of `words`; AssertionError with all that was said when it ends first."""
        while True:
            try:
                line = self.lines.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"never said {words}: {self.heard}") from None
            self.heard.append(line)
            assert line != "", f"ended before saying {words}: {''.join(self.heard)}"
            if line.split() and line.split()[0].startswith(words):
                return line.split()

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait; gives the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of programs that work on an instance of their own with all tables."""
    folder = tmp_path / "instance"
    folder.mkdir()
    store = Store(folder)
    app = create_app(settings_for(folder, store.url))
    with app.app_context():
        Base.metadata.create_all(db.engine)
        db.engine.dispose()
    yield {**os.environ, "SNOVA_INSTANCE": str(folder), "SECRET_KEY": uuid.uuid4().hex * 2, "DATABASE_URL": store.url, "PORT": "0",
           "REDIS_URL": os.environ.get("TEST_REDIS_URL", ""), "PYTHONPATH": str(ROOT),
           "SNOVA_TEST_START": clock.now().isoformat()}
    store.drop()


@pytest.fixture
def begin(instance: dict[str, str]) -> Iterator[Callable[..., Program]]:
    """`begin("wsgi.py", …)` starts a Python program in the instance; what still runs at the end is killed."""
    started: list[Program] = []

    def start(*words: str, crew: "queue.Queue[str] | None" = None, **environment: str) -> Program:
        process = subprocess.Popen([sys.executable, *words], cwd=ROOT, env={**instance, **environment}, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        # A crew talks into one queue, and the end of one of them is no news.
        lines = queue.Queue() if crew is None else crew
        program = Program(process, lines)
        Thread(target=_listen, args=(process, lines, crew is None), daemon=True).start()
        started.append(program)
        return program
    yield start
    for program in started:
        if program.process.poll() is None:
            program.process.kill()
        program.process.wait()


def _listen(process: subprocess.Popen[str], lines: "queue.Queue[str]", tells_end: bool) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    if tells_end:
        lines.put("")


