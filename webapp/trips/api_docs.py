"""The JSON endpoint described as OpenAPI 3.1."""

from typing import Any

from webapp.trips.api_rules import CANCELLED, DATES, MOST_ITEMS, NOTE_LENGTH, REF_LENGTH, SOLD, TEXT_LENGTH

_TEXT = {"type": "string", "maxLength": TEXT_LENGTH}
_TIME = {"type": ["string", "null"], "pattern": "^[0-2][0-9]:[0-5][0-9]$"}
_LIST = {"type": "array", "items": {"type": "string"}, "maxItems": MOST_ITEMS}
_STATUS = {"type": "string", "enum": [SOLD, CANCELLED], "default": SOLD}


def openapi(public_url: str) -> dict[str, Any]:
    """The whole description; `public_url` is where this agency's Snova answers."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Snova", "version": "1", "description": "Trips of a booking system or a site form."},
        "servers": [{"url": public_url}],
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
                       "schemas": {"TripBody": _body(), "Trip": _trip(), "Problem": _problem()}},
        "paths": {"/api/v1/trips": {"post": _post()}, "/api/v1/trips/{external_ref}": {"get": _get()}},
    }


def _body() -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": ["external_ref"], "properties": _properties()}


def _properties() -> dict[str, Any]:
    client = {"type": "object", "additionalProperties": False, "properties": {
        "name": {**_TEXT, "description": "Full name in any order; or the three parts"},
        "last_name": _TEXT, "first_name": _TEXT, "middle_name": _TEXT, "phones": _LIST, "emails": _LIST}}
    return {
        "external_ref": {"type": "string", "minLength": 1, "maxLength": REF_LENGTH,
                         "description": "Your own number of the booking; unique in the office"},
        "status": _STATUS, "client": client,
        **{name: {"type": "string", "format": "date", "description": "Needed for a new trip"} for name in DATES},
        "departure_time": _TIME, "landing_time": _TIME, "destination": _TEXT, "operator": _TEXT,
        "booking_number": _TEXT, "note": {"type": "string", "maxLength": NOTE_LENGTH}, "companions": _LIST,
        "price": {"type": ["number", "string", "null"], "description": "Rubles"},
        "seller": {**_TEXT, "description": "E-mail or name of the manager in Snova"}}


def _trip() -> dict[str, Any]:
    touch = {"type": "object", "properties": {
        "step": {"type": "string"}, "channel": {"type": "string"},
        "due_on": {"type": ["string", "null"], "format": "date"},
        "send_at": {"type": ["string", "null"], "format": "date-time"}, "status": {"type": "string"}}}
    return {"type": "object", "properties": {
        **{name: value for name, value in _properties().items() if name != "client"},
        "client": {"type": "object", "properties": {"name": {"type": "string"}}},
        "result": {"type": "string", "enum": ["created", "changed", "same"]},
        "seller_known": {"type": "boolean"}, "plan": {"type": "array", "items": touch}}}


def _problem() -> dict[str, Any]:
    return {"type": "object", "properties": {
        "type": {"type": "string"}, "status": {"type": "integer"}, "title": {"type": "string"},
        "detail": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}}}}


def _post() -> dict[str, Any]:
    return {"operationId": "putTrip", "summary": "Make, move, change or cancel a trip; repeats change nothing",
            "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("TripBody")}}},
            "responses": {"201": _says("The trip was made", "Trip"), "200": _says("Changed, or the same", "Trip"),
                          **_problems("400", "401", "404", "409", "413", "415", "422", "429")}}


def _get() -> dict[str, Any]:
    return {"operationId": "getTrip", "summary": "A trip with its plan",
            "parameters": [{"name": "external_ref", "in": "path", "required": True, "schema": {"type": "string"}}],
            "responses": {"200": _says("The trip", "Trip"), **_problems("401", "404", "429")}}


def _problems(*codes: str) -> dict[str, Any]:
    return {code: {"description": "Problem", "content": {"application/problem+json": {"schema": _ref("Problem")}}}
            for code in codes}


def _says(words: str, name: str) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": _ref(name)}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
