"""Answers of the JSON endpoint: a trip with its plan, and problems (RFC 9457)."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response
from sqlalchemy import select

from webapp.db import db
from webapp.touches.models import Touch
from webapp.trips.api_rules import CANCELLED, SOLD
from webapp.trips.models import Trip


def trip_json(trip: Trip, outcome: str = "") -> dict[str, Any]:
    """A trip as booking systems see it; `result` only after a request that could change it."""
    columns = (Touch.step_code, Touch.channel, Touch.due_on, Touch.send_at, Touch.status)
    touches = db.session.execute(
        select(*columns).where(Touch.occasion_id == trip.occasion_id).order_by(Touch.id)).all()
    said = {"result": outcome} if outcome else {}
    return {
        **said, "external_ref": trip.external_ref, "status": CANCELLED if trip.cancelled_at else SOLD,
        "client": {"name": trip.client.full_name},
        "purchase": trip.purchase_on.isoformat(), "departure": trip.departure_on.isoformat(),
        "return": trip.return_on.isoformat(),
        "departure_time": trip.departure_time.strftime("%H:%M") if trip.departure_time else None,
        "landing_time": trip.landing_time.strftime("%H:%M") if trip.landing_time else None,
        "destination": trip.destination, "operator": trip.operator, "booking_number": trip.booking_number,
        "price": _rubles(trip.price_kopecks), "companions": [companion.name for companion in trip.companions],
        "note": trip.note, "seller": trip.seller_name, "seller_known": trip.seller_id is not None,
        "plan": [{"step": t.step_code, "channel": t.channel, "due_on": t.due_on.isoformat() if t.due_on else None,
                  "send_at": t.send_at.isoformat() if t.send_at else None, "status": t.status} for t in touches]}


def problem(status: int, title: str, detail: str = "", fields: Mapping[str, str] | None = None) -> Response:
    """What went wrong, for programs: status, title, detail, and for each wrong field what is wrong with it."""
    body = {"type": "about:blank", "status": status, "title": title, "detail": detail or title,
            "fields": dict(fields or {})}
    return Response(json.dumps(body, ensure_ascii=False), status, mimetype="application/problem+json")


def _rubles(kopecks: int | None) -> int | float | None:
    if kopecks is None:
        return None
    return kopecks // 100 if kopecks % 100 == 0 else kopecks / 100
