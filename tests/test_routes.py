"""Every address declares who may open it, and none vanishes silently."""

from flask import Flask
from routes import FILE, routes

from webapp.web.guard import access_of


def test_every_view_declares_its_access(app: Flask) -> None:
    forgotten = [rule.rule for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None]
    assert not forgotten, "put @allow(…), @open_to_all or @by_token directly under the route"


def test_no_address_changes_silently(app: Flask) -> None:
    kept, present = set(FILE.read_text("utf-8").splitlines()), set(routes(app))
    assert not kept - present, "these vanished: bookmarks and letters lead there. If meant: make routes"
    assert not present - kept, "these are new: make routes"
