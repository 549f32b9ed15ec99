"""The web beside the worker: two gunicorn processes where there is fork, waitress in a thread where there is none."""

import gc
import os
import signal
import socket
import subprocess
import sys
from threading import Thread
from typing import Any, Protocol

from webapp.config import ROOT

HAS_FORK = hasattr(os, "fork")
STOP_SECONDS = 20


class Web(Protocol):
    """A running web server: `alive`, `ask_stop()` at once, `stop()` and wait."""

    @property
    def alive(self) -> bool: ...
    def ask_stop(self) -> None: ...
    def stop(self) -> None: ...


class PortTaken(Exception):
    """Something else listens there, or we may not."""


def listen(port: int) -> socket.socket:
    """A listening socket on this machine only; PortTaken when it cannot be had. Port 0 takes any free one."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if HAS_FORK:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(("127.0.0.1", port))
        sock.listen(512)
    except OSError as fault:
        sock.close()
        raise PortTaken(fault.strerror) from fault
    return sock


def start_web(sock: socket.socket, *, forks: bool = HAS_FORK) -> Web:
    """Serve on `sock` until stopped."""
    return Processes(sock) if forks else InThread(sock)


class Processes:
    """Gunicorn in a process of its own. It ends when this process is gone, even when that was killed."""

    def __init__(self, sock: socket.socket) -> None:
        # A session of its own: Ctrl-C must reach us alone, so that the stop is in order.
        self.process = subprocess.Popen([sys.executable, "-m", "jobs.web", str(sock.fileno())], cwd=ROOT,
                                        stdin=subprocess.PIPE, pass_fds=[sock.fileno()], start_new_session=True)
        sock.close()

    @property
    def alive(self) -> bool:
        """False when the web has ended."""
        return self.process.poll() is None

    def ask_stop(self) -> None:
        """Take no new requests, finish those under way."""
        if self.alive:
            self.process.terminate()

    def stop(self) -> None:
        """Ask and wait; after a while, without mercy."""
        self.ask_stop()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class InThread:
    """Waitress in a thread of this process."""

    def __init__(self, sock: socket.socket) -> None:
        from waitress.server import create_server

        from wsgi import app
        self.server: Any = create_server(app, sockets=[sock], threads=8, clear_untrusted_proxy_headers=False)
        self.thread = Thread(target=self.server.run, name="web", daemon=True)
        self.thread.start()

    @property
    def alive(self) -> bool:
        """False when the web has ended."""
        return self.thread.is_alive()

    def ask_stop(self) -> None:
        """Nothing: the thread serves until `stop`."""

    def stop(self) -> None:
        """Finish the requests under way, then close everything from within the server's own thread."""
        self.server.task_dispatcher.shutdown(timeout=STOP_SECONDS)
        self.server.trigger.pull_trigger(lambda: self.server.asyncore.close_all(self.server._map))
        self.thread.join(STOP_SECONDS)


def _run_gunicorn(handle: int) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):
        def load_config(self) -> None:
            # Loaded once and forked: half the start and half the memory. Nothing is connected before the fork.
            options = {"preload_app": True, "bind": f"fd://{handle}", "workers": 2, "threads": 4,
                       "worker_class": "gthread", "timeout": 60, "graceful_timeout": 15, "loglevel": "warning",
                       "control_socket_disable": True,
                       "when_ready": lambda _server: Thread(target=_end_with_parent, daemon=True).start()}
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from wsgi import app
            # Walked through again and again, what is loaded would hold pages up, and be copied into each process.
            gc.freeze()
            return app

    Server().run()


def _end_with_parent() -> None:
    """The other end of our input is held by the process that started us; when it is gone, so are we."""
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _run_gunicorn(int(sys.argv[1]))
