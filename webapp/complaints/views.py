"""Pages of complaints for staff, gathered: the desk, claims, lessons, procedures, panels on other pages."""

from flask import Flask

from webapp.complaints import (
    about_views,
    analysis_views,
    claim_views,
    desk_card_views,
    desk_list_views,
    desk_talk_views,
    entry_views,
    lesson_views,
    own_letters,
    panel_views,
    procedure_views,
    timeline_views,
)
from webapp.complaints.desk_blueprint import bp

blueprints = [bp, lesson_views.bp, procedure_views.bp]
_SHARED = (about_views, analysis_views, claim_views, desk_card_views, desk_talk_views, entry_views)
assert all(page.bp is bp for page in _SHARED), "pages of one complaint share a blueprint"


def register(app: Flask) -> None:
    """What these pages offer to others."""
    for page in (desk_list_views, lesson_views, own_letters, panel_views, procedure_views, timeline_views):
        page.register(app)
