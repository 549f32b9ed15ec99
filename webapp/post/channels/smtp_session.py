"""smtplib's connection with TLS from the first byte and answers that have an end, in length and in time."""

import smtplib
import socket
import ssl
import time
from typing import Any

MOST_LINES = 200
MOST_BYTES = 64 * 1024


class Endless(OSError):
    """The other side goes on and on: no mail server answers like that."""


class Session(smtplib.SMTP):
    """A relay that drips or floods its answer holds nobody longer than the time-out of the socket."""

    wraps_at_once: ssl.SSLContext | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.wraps_at_once.wrap_socket(plain, server_hostname=host) if self.wraps_at_once else plain

    def getreply(self) -> tuple[int, bytes]:
        """As smtplib reads it, from a reader that gives up."""
        if self.file is None and self.sock is not None:
            self.file = Answers(self.sock)
        if self.file is None:
            return super().getreply()
        answers: Any = self.file
        answers.begin()
        try:
            return super().getreply()
        finally:
            answers.end()


class Answers:
    """Lines of a socket. Between `begin` and `end` the whole answer has the time-out that the socket has for a byte."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock, self.rest = sock, b""
        self.lines = self.read = 0
        self.timeout, self.until = sock.gettimeout(), 0.0

    def begin(self) -> None:
        """An answer is waited for."""
        self.lines = self.read = 0
        self.timeout = self.sock.gettimeout()
        self.until = time.monotonic() + (self.timeout or 0)

    def end(self) -> None:
        """It is there, or it will not come."""
        if self.sock.fileno() >= 0:
            self.sock.settimeout(self.timeout)

    def readline(self, limit: int) -> bytes:
        """One line with its end; less when it is longer than `limit` or the other side has hung up."""
        self.lines += 1
        if self.lines > MOST_LINES or self.read > MOST_BYTES:
            raise Endless("the answer has no end")
        while b"\n" not in self.rest and len(self.rest) < limit:
            if self.timeout is not None:
                left = self.until - time.monotonic()
                if left <= 0:
                    raise TimeoutError("timed out")
                self.sock.settimeout(left)
            chunk = self.sock.recv(4096)
            if not chunk:
                break
            self.rest += chunk
        line, end, _rest = self.rest.partition(b"\n")
        line = (line + end)[:limit]
        self.rest = self.rest[len(line):]
        self.read += len(line)
        return line

    def close(self) -> None:
        """The socket is closed by whoever opened it."""
