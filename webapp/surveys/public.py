"""Pages of surveys and reviews that people open without signing in."""

from flask import Flask

from webapp.surveys import balance_part, reviews_page, survey_page

_PAGES = (survey_page, reviews_page, balance_part)
blueprints = [page.bp for page in _PAGES]


def register(app: Flask) -> None:
    """What these pages offer to others."""
    for page in _PAGES:
        page.register(app)
