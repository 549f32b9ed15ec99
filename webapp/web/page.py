"""Answers: a full page or its part, see-other redirects, and messages after an action."""

from typing import Any
from urllib.parse import quote

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse


def is_partial() -> bool:
    """True when htmx asks for a part of a page; a restored history entry is a full page."""
    return "HX-Request" in request.headers and request.headers.get("HX-Request-Type") != "full"


def page(full: str, part: str | None = None, status: int = 200, **context: Any) -> Response:
    """Render `part` for htmx when there is one, else the `full` page. Caches must not mix the two."""
    template = part if part and is_partial() else full
    response = make_response(render_template(template, **context), status)
    response.headers.add("Vary", "HX-Request")
    return response


def part(*templates: str, status: int = 200, **context: Any) -> Response:
    """Several parts in one answer: the first is the target of the swap, the others go out of band."""
    response = make_response("\n".join(render_template(t, **context) for t in templates), status)
    response.headers.add("Vary", "HX-Request")
    return response


def see_other(url: str, message: str = "", kind: str = "green") -> BaseResponse:
    """303 to `url` after a successful POST; `message` is shown on the next page."""
    if message:
        flash(message, kind)
    if is_partial():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = url
        return response
    return redirect(url, 303)


def to_save(data: bytes, name: str, kind: str) -> Response:
    """A file that somebody has uploaded: to be saved under its name, never opened inside of our pages."""
    response = make_response(data)
    plain = "".join(char if char.isascii() and char.isalnum() or char in ".-_ " else "_" for char in name)
    response.headers["Content-Type"] = kind
    named = f"filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Content-Disposition"] = f"attachment; {named}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def row_id(text: str) -> int:
    """A number from an address that may be a row's; more than the database holds is no number (ValueError)."""
    number = int(text)
    if not 0 <= number < 2**31:
        raise ValueError(text)
    return number


def safe_next(url: str | None, default: str) -> str:
    """`url` when it stays inside this site (relative path only), else `default`: no open redirects."""
    if not url or not url.startswith("/") or url.startswith(("//", "/\\")) or "\\" in url:
        return default
    if any(ord(char) < 32 for char in url):
        return default
    return url
