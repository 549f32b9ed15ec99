"""/healthz for monitoring: does the database answer, and how long ago a worker was last alive."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from webapp.batches.models import last_worker
from webapp.kit import clock
from webapp.web.guard import open_to_all

bp = Blueprint("health", __name__)
blueprints = [bp]
SILENT_AFTER_SECONDS = 300


@bp.get("/healthz")
@open_to_all
def healthz() -> tuple[Response, int]:
    """200 while the database answers, else 503. `worker_age` is in seconds, null when none was ever seen."""
    try:
        beat = last_worker()
    except SQLAlchemyError:
        return jsonify(database="down", worker="unknown", worker_age=None), 503
    age = int((clock.now() - beat).total_seconds()) if beat else None
    worker = "never" if age is None else "ok" if age <= SILENT_AFTER_SECONDS else "silent"
    return jsonify(database="ok", worker=worker, worker_age=age), 200
