"""The level beside the page of a client: which, since when, what counts, what comes next."""

from datetime import date
from typing import Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from webapp.clients.models import Client
from webapp.club.ladder import HERE, has_words, rungs, shelves_of
from webapp.club.level_counts import earned_by
from webapp.club.level_rules import Standing
from webapp.club.models import ClientLevel
from webapp.db import db
from webapp.web.i18n import page_language


def panel_of(client: Client, today: date) -> Markup | None:
    """The panel on `today`, a day of the client's office; nothing where the agency has no levels."""
    shelves = shelves_of(page_language())
    if not shelves:
        return None
    row: Any = db.session.scalar(select(ClientLevel).where(ClientLevel.client_id == client.id))
    standing = Standing(row.level_code, row.fall_to, row.fall_on) if row else Standing(shelves[0].grade.code)
    earned = earned_by(client.id, today)
    ladder = rungs(shelves, standing, earned)
    shown = render_template("club/_level.html", client=client, rung=next(it for it in ladder if it.state == HERE),
                            has=has_words(earned), opens=[rung for rung in ladder if rung.opens_soon])
    # Rendered from a template that escapes.
    return Markup(shown)  # noqa: S704
