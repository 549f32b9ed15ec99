"""Pages of trips: the board, steps, trips, imports."""

from importlib import import_module

from flask import Flask
from flask_babel import lazy_gettext as _l

from webapp.post.origins import add_origins
from webapp.trips import step_words
from webapp.trips.origins import occasions_behind, trips_behind
from webapp.trips.views import api
from webapp.web.guard import DESK
from webapp.web.nav import AGENCY, Section, add_section

_PAGES = ("board", "steps", "tasks", "trips", "stop", "imports", "tokens", "api")
blueprints = [import_module(f"webapp.trips.views.{name}").bp for name in _PAGES]


def register(app: Flask) -> None:
    """Put the board into the bar."""
    app.jinja_env.globals.update(reason_words=step_words.reason, message_reason=step_words.message_reason,
                                 tries_words=step_words.tries, tries_short=step_words.tries_short)
    add_section(app, Section("board.board", _l("Board"), 10, frozenset(DESK), "/board"))
    add_section(app, Section("stop.stop", _l("Stop button"), 106, frozenset({"director"}), "/stop", group=AGENCY))
    add_section(app, Section("imports.start", _l("Import"), 107, frozenset({"service", "director"}), "/import",
                             group=AGENCY))
    add_section(app, Section("tokens.index", _l("Tokens"), 110, frozenset({"admin"}), "/admin/tokens",
                             group=AGENCY))
    add_origins(app, trips_behind)
    add_origins(app, occasions_behind)
    api.register(app)
