"""A browser without a network: signs in through the form of any WSGI app and times its pages; standard library only."""

import io
import re
import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, urlencode

HIDDEN = re.compile(r"""<input[^>]*type="hidden"[^>]*name="(csrf[^"]*)"[^>]*value="([^"]*)\"""")


class Answer:
    """What came back, and how long it took: seconds of wall clock and of this process."""

    def __init__(self, status: int, body: str, wall: float, cpu: float) -> None:
        self.status, self.body, self.wall, self.cpu = status, body, wall, cpu


class Visitor:
    """One browser: keeps its cookies and the CSRF token of the last page that had one."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app, self.cookies, self.csrf = app, SimpleCookie(), ("", "")

    def sign_in(self, path: str, **typed: str) -> None:
        """Fill in the form at `path` and send it. Raises RuntimeError when it does not let us in."""
        self.get(path)
        answer = self.post(path, **typed)
        if answer.status not in (302, 303):
            raise RuntimeError(f"signing in at {path} answered {answer.status}")

    def get(self, path: str, **headers: str) -> Answer:
        """Fetch a page."""
        answer = self._call("GET", path, b"", headers)
        found = HIDDEN.search(answer.body)
        if found:
            self.csrf = found.group(1), found.group(2)
        return answer

    def post(self, path: str, headers: dict[str, str] | None = None, **typed: str) -> Answer:
        """Send a form with the CSRF token."""
        body = urlencode({**typed, self.csrf[0]: self.csrf[1]}).encode()
        return self._call("POST", path, body, headers or {})

    def cookie(self) -> str:
        """The cookies as a header."""
        return "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())

    def _call(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        path, _, query = path.partition("?")
        query = quote(query, safe="=&%+")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SCRIPT_NAME": "",
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "HTTP_HOST": "127.0.0.1:8000",
            "REMOTE_ADDR": "127.0.0.1", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "wsgi.multithread": False,
            "wsgi.multiprocess": True, "wsgi.run_once": False, "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "", "HTTP_COOKIE": self.cookie(),
            "HTTP_USER_AGENT": "bench", **{"HTTP_" + k.upper().replace("-", "_"): v for k, v in headers.items()}}
        seen: list[Any] = []
        wall, cpu = time.perf_counter(), time.process_time()
        parts = self.app(environ, lambda status, sent, exc=None: seen.extend((status, sent)))
        raw = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        for name, value in seen[1]:
            if name.lower() == "set-cookie":
                self.cookies.load(value)
        return Answer(int(seen[0].split()[0]), raw.decode("utf-8", "replace"), wall, cpu)
