"""The JSON endpoint for booking systems and site forms: make, move, cancel and read a trip by one's own number."""

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import job
from webapp.touches.rules import BadAnchors
from webapp.trips.actions import api as actions
from webapp.trips.actions.tokens import use_token
from webapp.trips.api_answers import problem, trip_json
from webapp.trips.api_docs import openapi
from webapp.trips.api_rules import BadBody, read_order
from webapp.trips.models import ApiToken
from webapp.web.guard import by_token, open_to_all
from webapp.web.page import page

bp = Blueprint("api", __name__)
LARGEST = 64 * 1024
RATE = "120 per minute"
ORDER_OF_DATES = {"purchase-in-future": ("purchase", "is after today"),
                  "departure-before-purchase": ("departure", "is before the purchase"),
                  "return-before-departure": ("return", "is before the departure")}


def register(app: Flask) -> None:
    """A token is its own proof: no form token; and every token has its own rate."""
    app.extensions["csrf"].exempt(bp)
    for limiter in app.extensions.get("limiter", ()):
        limiter.limit(RATE, key_func=_who)(bp)


@bp.post("/api/v1/trips")
@by_token
def put_trip() -> Response:
    """Make a trip, move it, change it, or cancel it; the same body again changes nothing."""
    token = _token()
    if token is None:
        return _unauthorized()
    body = _body()
    if isinstance(body, Response):
        return body
    try:
        order = read_order(body)
        saved = actions.put_trip(order, office_id=token.office_id, actor=job(f"API: {token.name}"), now=_now())
    except BadBody as error:
        return problem(422, "Some fields cannot be taken", fields=error.fields)
    except BadAnchors as error:
        name, wrong = ORDER_OF_DATES.get(error.code, ("", error.code))
        return problem(422, "The dates cannot be right", f"{name} {wrong}", fields={name: wrong})
    except actions.UnknownTrip:
        return problem(404, "No such trip", "there is no trip under this external_ref to cancel")
    except actions.WasCancelled:
        return problem(409, "The trip is cancelled", "a new booking needs an external_ref of its own")
    answer = _answer(trip_json(saved.trip, saved.outcome), 201 if saved.outcome == actions.CREATED else 200)
    answer.headers["Location"] = url_for("api.get_trip", external_ref=saved.trip.external_ref)
    return answer


@bp.get("/api/v1/trips/<path:external_ref>")
@by_token
def get_trip(external_ref: str) -> Response:
    """A trip of the token's office with its plan."""
    token = _token()
    if token is None:
        return _unauthorized()
    trip = actions.find_trip(external_ref, token.office_id)
    return _answer(trip_json(trip)) if trip else problem(404, "No such trip")


@bp.get("/api/v1/openapi.json")
@open_to_all
def description() -> Response:
    """The endpoint described for programs."""
    return _answer(openapi(current_app.extensions["snova.settings"].public_url))


@bp.get("/api")
@open_to_all
def docs() -> Response:
    """The endpoint described for people."""
    signed_in = bool(current_user and current_user.is_authenticated)
    return page("trips/api.html", layout="layout.html" if signed_in else "bare.html", rate=RATE.split()[0],
                url=current_app.extensions["snova.settings"].public_url, example=_example())


@bp.route("/api/v1/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@by_token
def elsewhere(rest: str) -> Response:
    """Whatever else is asked here is answered in JSON, too."""
    if rest == "trips" or rest.startswith("trips/"):
        allowed = "POST" if rest == "trips" else "GET"
        answer = problem(405, "This address cannot do that", f"use {allowed}")
        answer.headers["Allow"] = allowed
        return answer
    return problem(404, "No such address", f"see {url_for('api.docs')}")


@bp.errorhandler(HTTPException)
def on_error(error: HTTPException) -> Response:
    """Limits and faults as JSON."""
    code = error.code or 500
    words = {429: "Too many requests", 413: "The body is too large"}
    answer = problem(code, words.get(code, error.name))
    for name, value in error.get_headers():
        if name in ("Retry-After", "Allow"):
            answer.headers[name] = value
    if code == 429:
        answer.headers.setdefault("Retry-After", "60")
    return answer


def _now() -> datetime:
    return clock.now()


def _secret() -> str:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _token() -> ApiToken | None:
    token = use_token(_secret(), now=_now())
    db.session.rollback()
    return token


def _who() -> str:
    """Whose rate is counted: the token's, and of those without one the address's."""
    return f"{_secret()[-12:]}|{request.remote_addr}" if _secret() else f"|{request.remote_addr}"


def _unauthorized() -> Response:
    answer = problem(401, "A token is needed", "send it as Authorization: Bearer …; an administrator makes one")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _body() -> Any:
    """The JSON of the request, or the answer that says why there is none."""
    if request.mimetype != "application/json":
        return problem(415, "JSON is expected", "send Content-Type: application/json")
    request.max_content_length = LARGEST
    try:
        return json.loads(request.get_data(), parse_constant=_refuse_constant)
    except RequestEntityTooLarge:
        return problem(413, "The body is too large", f"at most {LARGEST // 1024} KB")
    except (ValueError, RecursionError):
        return problem(400, "The body is not JSON")


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _answer(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False, default=str), status, mimetype="application/json")


def _example() -> str:
    return json.dumps({"external_ref": "A-1024", "client": {"name": "Иванова Анна", "phones": ["+7 916 123-45-67"],
                                                           "emails": ["anna@example.com"]},
                       "purchase": "2026-11-20", "departure": "2026-12-20", "return": "2026-12-30",
                       "destination": "Кемер", "price": 184000, "seller": "olga@example.com"},
                      ensure_ascii=False, indent=2)
