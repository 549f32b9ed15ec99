"""Pages of the club for staff, gathered: blueprints, sections of the bar, panels, words of the log."""

from flask import Flask

from webapp.club import (
    burn_views,
    card_page,
    card_views,
    doing_views,
    friend_views,
    gift_views,
    level_views,
    link_views,
    panel_views,
    privilege_views,
    report_views,
    sale_views,
    terms_views,
)

_PAGES = (card_views, report_views, burn_views, panel_views, card_page, terms_views, level_views, friend_views,
          gift_views)
blueprints = [page.bp for page in _PAGES]
# Several files of pages share a blueprint.
assert card_views.bp is sale_views.bp is doing_views.bp is link_views.bp and privilege_views.bp is level_views.bp


def register(app: Flask) -> None:
    """What these pages offer to others."""
    for page in (card_views, report_views, panel_views, terms_views, level_views, friend_views, gift_views,
                 burn_views):
        page.register(app)
