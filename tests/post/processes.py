"""Real worker and relay processes for tests and benchmarks, and waiting for conditions with a deadline."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DEADLINE = 120.0


def until(condition: Callable[[], Any], what: str, *, seconds: float = DEADLINE) -> Any:
    """The first true value of `condition`; fails after a deadline that only a broken program reaches."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if found := condition():
            return found
        pause.wait(0.01)
    raise AssertionError(f"waited in vain until {what}")


def daytime_zone(now: datetime) -> str:
    """A zone in which it is early afternoon now, far from the quiet hours."""
    return f"Etc/GMT{now.hour - 13:+d}"


class Nursery:
    """A warmed-up process from which workers are forked."""

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, str(HERE / "worker_process.py")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env={**os.environ, "TZ": "UTC"})
        self.workers: list[Worker] = []

    def start(self, **wish: Any) -> "Worker":
        """A new worker; see `worker_process.py` for what can be wished."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(wish) + "\n")
        self.process.stdin.flush()
        self.workers.append(Worker(int(self.process.stdout.readline())))
        return self.workers[-1]

    def kill_all(self) -> None:
        """End every worker that still lives."""
        while self.workers:
            self.workers.pop().kill()

    def close(self) -> None:
        """End the nursery with all its workers."""
        self.kill_all()
        self.process.kill()
        self.process.wait()


class Worker:
    """A worker process by its number."""

    def __init__(self, number: int) -> None:
        self.number = number

    @property
    def is_alive(self) -> bool:
        """False once the process has ended."""
        return self._state not in ("", "Z")

    @property
    def is_frozen(self) -> bool:
        """True while the process is stopped by a signal."""
        return self._state == "T"

    def kill(self) -> None:
        """`kill -9`."""
        self._send(signal.SIGKILL)
        until(lambda: not self.is_alive, "the worker is gone")

    def thaw(self) -> None:
        """Let a stopped process go on."""
        self._send(signal.SIGCONT)

    def _send(self, sign: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.number, sign)

    @property
    def _state(self) -> str:
        try:
            stat = Path(f"/proc/{self.number}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return stat.rpartition(")")[2].split()[0]


class RelayProcess:
    """A relay process and what it has taken."""

    def __init__(self, folder: Path, *, thinks: float = 0.0) -> None:
        self.log = folder / "taken.log"
        self.log.touch()
        self.process = subprocess.Popen([sys.executable, str(HERE / "relay_process.py"), str(self.log), str(thinks)],
                                        stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def __enter__(self) -> "RelayProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def taken(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(self.log.read_text().split())
