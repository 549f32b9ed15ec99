"""Consumer entry: `serve` runs web and worker as one tree, `work` the worker alone. Both end in order on a signal."""

import gc
import logging
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from socket import socket
from threading import Event
from typing import Any

from huey.consumer import Consumer

from jobs.alone import AlreadyRunning, alone
from jobs.queue import prepare, queue
from jobs.web import HAS_FORK, PortTaken, Web, listen, start_web
from webapp.config import load_settings

WORKERS = 3
OPTIONS: dict[str, Any] = {"workers": WORKERS, "max_delay": 1, "graceful_signal": "TERM", "shutdown_timeout": 25,
                           "flush_locks": True}


def serve(port: int | None = None, *, worker: bool = True, forks: bool = HAS_FORK) -> int:
    """Serve on 127.0.0.1 until a signal; with the worker in the same tree. Gives the exit code."""
    settings = load_settings()
    port = settings.port if port is None else port
    try:
        with alone(settings.instance) as note_address:
            sock = listen(port)
            address = f"http://127.0.0.1:{sock.getsockname()[1]}"
            note_address(address)
            return _serve_on(sock, address, worker, forks)
    except AlreadyRunning as taken:
        return _refuse(str(taken))
    except PortTaken as fault:
        return _refuse(f"Port {port} cannot be used: {fault}. Choose another one with PORT.")


def work() -> int:
    """The worker alone, for machines with several; any number may run at once. Gives the exit code."""
    return _consume(None)


class Worker(Consumer):
    """Huey's consumer, tied to the web beside it, which stops in order on every polite signal."""

    def __init__(self, web: Web | None, on_stop: Callable[[], object], **options: Any) -> None:
        super().__init__(queue, **options)
        self._signum: int | None = None
        self.web, self.on_stop, self.web_died = web, on_stop, False
        self._signal_actions = {number: (False, True) for number in polite_signals()}

    def loop(self, health_check_ts: float | None = None) -> float | None:
        """Huey's own watch, ten times a second; the tree ends when the web has."""
        if self.web and not self.web.alive and self._signum is None:
            self.web_died = True
            self._signum, self._graceful = signal.SIGTERM, True
        return super().loop(health_check_ts)

    def stop(self, graceful: bool = False) -> None:
        """Long work pauses after its step, the web takes no more requests, running tasks finish."""
        self.on_stop()
        if self.web:
            self.web.ask_stop()
        super().stop(graceful=graceful)


def polite_signals() -> list[signal.Signals]:
    """Signals that ask us to stop; a hang-up that somebody chose to ignore (nohup) stays ignored."""
    found = [signal.SIGTERM, signal.SIGINT]
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        found.append(signal.SIGHUP)
    return found


def _serve_on(sock: socket, address: str, worker: bool, forks: bool) -> int:
    for number in polite_signals():
        # Until the worker listens for signals itself, a stop must still take the web along.
        signal.signal(number, lambda *_: sys.exit(0))
    web = start_web(sock, forks=forks)
    try:
        print(f"Snova: {address}", flush=True)
        return _consume(web) if worker else _watch(web)
    finally:
        web.stop()


def _consume(web: Web | None) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    prepare()
    timetable = import_module("jobs.timetable")
    if not timetable.is_set_up():
        return _refuse("This instance has no database yet. Run `flask --app wsgi setup` first, or `make run`.")
    # What is loaded stays loaded: walked through at every full collection, it holds locks for a tenth of a second.
    gc.freeze()
    consumer = Worker(web, timetable.stopping.set, **OPTIONS)
    consumer.run()
    return 1 if consumer.web_died else 0


def _watch(web: Web) -> int:
    """Wait for a signal or for the end of the web, without a worker."""
    asked = Event()
    for number in polite_signals():
        signal.signal(number, lambda *_: asked.set())
    while web.alive and not asked.wait(0.2):
        pass
    return 0 if asked.is_set() else 1


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return 1
