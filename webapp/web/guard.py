"""Who may open what: every view declares it, and an undeclared view refuses everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, make_response, redirect, request, url_for
from flask_login import current_user
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as BaseResponse

F = TypeVar("F", bound=Callable[..., Any])
STAFF = ("manager", "service", "director", "admin")
DESK = ("manager", "service", "director")


@dataclass(frozen=True)
class Access:
    """Declared access of a view: `roles` for staff, or `public` (no login), or `token` (its own proof)."""

    roles: frozenset[str] = frozenset()
    public: bool = False
    token: bool = False


def allow(*roles: str) -> Callable[[F], F]:
    """Only people who wear one of `roles`; others get 404, so that nothing is revealed (`domain.md` §10)."""
    return _declare(Access(roles=frozenset(roles)))


def open_to_all(view: F) -> F:
    """No login needed: the sign-in page, health, public pages."""
    return _declare(Access(public=True))(view)


def by_token(view: F) -> F:
    """The view proves the caller itself: a token in the header or in the link."""
    return _declare(Access(token=True))(view)


def _declare(access: Access) -> Callable[[F], F]:
    def mark(view: F) -> F:
        view.access = access  # type: ignore[attr-defined]
        return view
    return mark


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What the view of `endpoint` declared; None when it forgot."""
    if endpoint == "static":
        return Access(public=True)
    return getattr(app.view_functions.get(endpoint), "access", None)


class RowId(IntegerConverter):
    """Numbers in addresses stay within what the database can hold; a longer one is simply no page."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": 2**31 - 1, **kwargs})


def init_guard(app: Flask) -> None:
    """Check every request against what its view declared."""
    app.url_map.converters["int"] = RowId
    app.before_request(_check)


def _check() -> BaseResponse | None:
    if request.endpoint is None:
        return None
    access = access_of(current_app, request.endpoint)
    if access is None:
        abort(404)
    if access.public or access.token:
        return None
    if not current_user.is_authenticated:
        return _to_login()
    if not access.roles & current_user.hats:
        abort(404)
    return None


def _to_login() -> BaseResponse | Response:
    back = request.full_path.rstrip("?") if request.method == "GET" else request.headers.get("HX-Current-URL", "")
    if back.startswith(("http://", "https://")):
        back = "/" + back.split("/", 3)[3] if back.count("/") >= 3 else "/"
    target = url_for("staff.login", next=back or None)
    if "HX-Request" in request.headers:
        # A 302 would be followed by htmx and put the sign-in page into a table cell.
        response = make_response("", 401)
        response.headers["HX-Redirect"] = target
        return response
    return redirect(target, 302)
