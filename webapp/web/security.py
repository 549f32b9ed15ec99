"""Security headers on every answer: a strict CSP without inline scripts or styles, and friends."""

from flask import Flask, Response, abort, request

CSP = ("default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; "
       "img-src 'self' data:")


def init_security(app: Flask) -> None:
    """Attach the headers. A view may set its own Content-Security-Policy (the letter preview does)."""
    app.before_request(_refuse_nul)
    app.after_request(_headers)


def _refuse_nul() -> None:
    """A NUL is in nobody's name: PostgreSQL refuses it, and what cannot be kept is refused at the door."""
    if "\x00" in request.path:
        abort(404)
    if any("\x00" in value for values in request.args.lists() for value in values[1]):
        abort(400)


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        # Personal data must not stay in shared caches or on a shared computer after signing out.
        headers.setdefault("Cache-Control", "no-store")
    return response
