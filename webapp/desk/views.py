"""Pages that show many rooms at once."""

from flask import Flask

from webapp.desk import client_views, today

blueprints = [client_views.bp, today.bp]


def register(app: Flask) -> None:
    """What the pages of this room offer to others."""
    client_views.register(app)
    today.register(app)
