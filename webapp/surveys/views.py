"""Pages of surveys and reviews for staff, gathered."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from webapp.surveys import link_views, review_views, setting_views, survey_views, timeline_views
from webapp.web.nav import QUALITY, Section, add_section

blueprints = [survey_views.bp, review_views.bp, setting_views.bp, link_views.bp]


def register(app: Flask) -> None:
    """What these pages offer to others."""
    survey_views.register(app)
    review_views.register(app)
    timeline_views.register(app)
    add_section(app, Section("survey_settings.show", _l("Which survey"), 29, frozenset({"director", "admin"}),
                             "/admin/surveys", group=QUALITY))
