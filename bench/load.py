"""Requests per second of a server with two gunicorn processes, asked by one light client over loopback."""

import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def served(python: Path | str, application: str, **variables: str) -> Iterator[int]:
    """The port of `application` served by two processes while the block runs."""
    port = _free_port()
    process = subprocess.Popen(
        [str(python), "-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{port}", "--log-level", "error",
         "--preload", application],
        cwd=ROOT, env={**os.environ, **variables}, stdout=subprocess.DEVNULL, stderr=sys.stderr)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def rate(port: int, path: str, cookie: str, *, seconds: float = 5, at_once: int = 4) -> float:
    """Answered pages per second. Raises RuntimeError for anything but 200."""
    request = (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nCookie: {cookie}\r\nUser-Agent: bench\r\n"
               "Connection: close\r\n\r\n").encode()
    with selectors.DefaultSelector() as waiting:
        for _ in range(at_once):
            _ask(waiting, port, request)
        done, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            for key, _events in waiting.select(seconds):
                done += _read(waiting, key, port, request)
        spent = time.perf_counter() - started
        for key in list(waiting.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
    return done / spent


def _ask(waiting: selectors.BaseSelector, port: int, request: bytes) -> None:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(request)
    waiting.register(connection, selectors.EVENT_READ, bytearray())


def _read(waiting: selectors.BaseSelector, key: selectors.SelectorKey, port: int, request: bytes) -> int:
    """Take what has come; 1 when that was the end of an answer, and the next one is asked for."""
    connection: socket.socket = key.fileobj  # type: ignore[assignment]
    chunk = connection.recv(1 << 18)
    if not key.data and chunk and b" 200 " not in chunk[:20]:
        raise RuntimeError(f"the server answered {chunk[:60]!r}")
    key.data.extend(chunk[:20])
    if chunk:
        return 0
    waiting.unregister(connection)
    connection.close()
    _ask(waiting, port, request)
    return 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("gunicorn ended at once")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("gunicorn does not answer")
