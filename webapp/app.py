"""The application factory and ROOMS, the one ordered list of rooms."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_babel import ngettext
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_mail import Mail
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.cli import register as register_commands
from webapp.config import ROOT, Settings, load_settings
from webapp.db import db, init_database
from webapp.web.addresses import init_addresses
from webapp.web.again import init_again
from webapp.web.errors import init_errors
from webapp.web.guard import init_guard
from webapp.web.i18n import init_i18n, text
from webapp.web.nav import init_nav
from webapp.web.panels import init_panels
from webapp.web.security import init_security
from webapp.web.squeeze import init_squeeze

# A room sees only rooms to its left (`architecture.md` §2); tests/test_house.py holds the law.
ROOMS = ("staff", "clients", "batches", "letters", "post", "touches", "trips", "club", "complaints", "surveys",
         "quality", "desk")

csrf = CSRFProtect()
login_manager = LoginManager()
migrate = Migrate(directory=str(ROOT / "webapp" / "migrations"), render_as_batch=True)


def create_app(settings: Settings | None = None, *, wake: Callable[[str], object] | None = None) -> Flask:
    """The whole product as one Flask app. `wake(job)` hints the worker after a commit; without it, nothing happens."""
    settings = settings or load_settings()
    app = Flask("webapp", root_path=str(ROOT / "webapp"), instance_path=str(settings.instance),
                template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(_flask_config(settings))
    app.extensions["snova.settings"] = settings
    app.extensions["snova.wake"] = wake or (lambda job: None)
    if settings.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxy_hops, x_proto=settings.proxy_hops)  # type: ignore[method-assign]
    _load_tables()
    init_database(app)
    migrate.init_app(app, db)
    Mail().init_app(app)
    init_i18n(app)
    csrf.init_app(app)
    Limiter(get_remote_address, app=app, default_limits=[])
    login_manager.init_app(app)
    init_guard(app)
    init_again(app)
    init_security(app)
    init_squeeze(app)
    init_errors(app)
    init_nav(app)
    init_panels(app)
    init_addresses(app)
    for room in ROOMS:
        _open_room(app, room)
    if settings.development:
        app.register_blueprint(import_module("webapp.web.styleguide").bp)
    app.jinja_env.globals.update(ngettext=ngettext, _=text)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    register_commands(app)
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    mail = settings.mail
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        # Values of queries are people's data: they never get into a log.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True, "pool_pre_ping": not settings.is_sqlite},
        "BABEL_DEFAULT_LOCALE": settings.language,
        "TRUSTED_HOSTS": _trusted_hosts(settings),
        "SESSION_COOKIE_NAME": "snova",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "MAX_CONTENT_LENGTH": 11 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_HEADERS_ENABLED": False,
        "MAIL_SERVER": mail.get("MAIL_SERVER", ""),
        "MAIL_DEFAULT_SENDER": mail.get("MAIL_DEFAULT_SENDER") or None,
        "MAIL_PORT": int(mail.get("MAIL_PORT") or 25),
        "MAIL_USERNAME": mail.get("MAIL_USERNAME") or None,
        "MAIL_PASSWORD": mail.get("MAIL_PASSWORD") or None,
        "MAIL_USE_TLS": mail.get("MAIL_USE_TLS", "").lower() in {"1", "true", "yes", "on"},
        "MAIL_USE_SSL": mail.get("MAIL_USE_SSL", "").lower() in {"1", "true", "yes", "on"},
    }


def _trusted_hosts(settings: Settings) -> list[str] | None:
    """Once PUBLIC_URL names a real host, requests that claim another one are refused."""
    host = urlsplit(settings.public_url).hostname or ""
    return None if host in ("127.0.0.1", "localhost") else [host, "127.0.0.1", "localhost"]


def _load_tables() -> None:
    for room in ROOMS:
        if find_spec(f"webapp.{room}.models"):
            import_module(f"webapp.{room}.models")


def _open_room(app: Flask, room: str) -> None:
    """Register what the room offers: blueprints of `views` and `public`, placeholders, effects, plans."""
    for name in ("placeholders", "effects", "plans", "views", "public", "health"):
        if find_spec(f"webapp.{room}.{name}"):
            _register(app, import_module(f"webapp.{room}.{name}"))


def _register(app: Flask, module: ModuleType) -> None:
    for blueprint in getattr(module, "blueprints", ()):
        app.register_blueprint(blueprint)
    if hasattr(module, "register"):
        module.register(app)
