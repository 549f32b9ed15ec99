"""The board the straightforward way, as a peer inside our own app: entities, and cells written in Jinja."""

from pathlib import Path

from flask import Blueprint, Flask, Response, render_template
from flask_login import current_user
from jinja2 import ChoiceLoader, FileSystemLoader
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from webapp.db import db
from webapp.kit import clock
from webapp.touches.models import Occasion, Touch
from webapp.trips import board as rows
from webapp.trips.board import Wish
from webapp.trips.models import Trip
from webapp.web.guard import DESK, allow
from webapp.web.page import page

bp = Blueprint("bench_orm", __name__)
URL = "/bench/orm-board"


def attach(app: Flask) -> None:
    """Add the page to `app`."""
    app.jinja_env.loader = ChoiceLoader([app.jinja_env.loader, FileSystemLoader(Path(__file__).parent / "templates")])
    app.register_blueprint(bp)


@bp.get(URL)
@allow(*DESK)
def orm_board() -> Response:
    """The same frame and the same rows; only the way they are read and drawn differs."""
    from webapp.trips.views.board import board_context
    days = rows.days_of(current_user, clock.now())
    found = list(db.session.scalars(
        select(Trip).join(Trip.occasion).where(
            Occasion.kind == "trip", Occasion.office_id.in_(list(days.by_office)), Trip.cancelled_at.is_(None),
            Occasion.attention_on.is_not(None)).order_by(Occasion.attention_on, Occasion.id).limit(rows.PAGE)
        .options(contains_eager(Trip.occasion).options(
            selectinload(Occasion.touches).joinedload(Touch.step), joinedload(Occasion.owner)),
            joinedload(Trip.client))))
    context = board_context(days, Wish(), [])
    today = max(days.by_office.values())
    drawn = Markup(render_template("orm_rows.html", trips=found, today=today, **context))
    context.update(rows=found, rows_html=drawn, more="", offset=0, is_filtered=False, first_day=today, undo_all="")
    return page("trips/board.html", "trips/_board.html", **context)
