"""Pages of complaints that clients open without signing in, and files of complaints."""

from flask import Flask

from webapp.complaints import form_page, status_page, uploads

_PAGES = (form_page, status_page, uploads)
blueprints = [page.bp for page in _PAGES]


def register(app: Flask) -> None:
    """What these pages offer to others."""
    for page in _PAGES:
        page.register(app)
