"""Error pages that say what happened and what to do, as a page or as a small part for htmx."""

from typing import Any

from flask import Flask, Response, current_app, make_response, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from webapp.db import db
from webapp.web.page import is_partial


def init_errors(app: Flask) -> None:
    """Attach the pages for every HTTP error and for faults of our own."""
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(CSRFError, _on_csrf)


def _on_http(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        # The fault may have left the transaction aborted; the page must still be able to say so.
        db.session.rollback()
        current_app.logger.error("unexpected fault: %r", error.original_exception)
    return error_page(error.code or 500, headers=_kept_headers(error))


def _on_csrf(_error: CSRFError) -> Response:
    text = _("The page was open for too long. Go back, reload it and try again: what you typed is still there.")
    return error_page(400, _("This form is out of date"), text)


def _kept_headers(error: HTTPException) -> dict[str, str]:
    return {k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After")}


def error_page(code: int, title: str = "", text: str = "", headers: dict[str, str] | None = None) -> Response:
    """The page (or part) for HTTP status `code`."""
    known = _words(code)
    context: dict[str, Any] = {"code": code, "title": title or known[0], "text": text or known[1]}
    name = "errors/_error.html" if is_partial() else "errors/error.html"
    response = make_response(render_template(name, **context), code)
    response.headers.update(headers or {})
    response.headers.add("Vary", "HX-Request")
    if is_partial():
        # The row must keep what it shows: the sentence goes to the region for messages.
        response.headers["HX-Retarget"] = "#toast"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def _words(code: int) -> tuple[str, str]:
    words = {
        400: (_("We did not understand this request"), _("Go back, check what you typed and try again.")),
        403: (_("You may not do this"), _("Ask your director or administrator if you need it.")),
        404: (_("There is no such page"), _("The link is out of date, or the page is not open to you.")),
        405: (_("This page cannot do that"), _("Go back and use the buttons on the page.")),
        413: (_("The file is too big"), _("Up to 10 MB. Split the sheet into parts and import them one by one.")),
        429: (_("Too many tries"), _("Please wait a little and try again.")),
        503: (_("Snova is being started"), _("Please reload the page in a minute.")),
    }
    return words.get(code) or ((_("Something broke on our side"),
                                _("Nothing was lost. Try again; if it happens again, tell your administrator."))
                               if code >= 500 else words[400])
