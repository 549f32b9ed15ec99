"""Pages of the club that clients open without signing in."""

from flask import Flask

from webapp.club import asking_page, balance_page, invited_page

_PAGES = (balance_page, asking_page, invited_page)
blueprints = [page.bp for page in _PAGES]


def register(app: Flask) -> None:
    """What these pages offer to others."""
    for page in _PAGES:
        page.register(app)
