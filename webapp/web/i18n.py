"""Languages: English message ids, Russian by default, a switch per user; formats of dates and numbers."""

import os
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from threading import get_ident
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, current_app, has_request_context, request
from flask_babel import Babel, get_locale, gettext
from flask_login import current_user

from webapp.kit import clock as kit_clock
from webapp.web.examples import example_day, example_month

LANGUAGES = ("ru", "en")
FOLDER = Path(__file__).resolve().parent.parent / "translations"
babel = Babel()


def init_i18n(app: Flask) -> None:
    """Attach Babel, compiling the catalogues when a source is newer, and the format filters."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "ru")
    folder = compile_catalogues(FOLDER, Path(app.instance_path) / "translations")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    babel.init_app(app, locale_selector=choose_language)
    app.jinja_env.filters.update(day=day, day_short=day_short, day_long=day_long, clock=clock, moment=moment,
                                 rub=rub)
    app.jinja_env.globals.update(page_language=page_language, example_day=example_day, example_month=example_month)


def choose_language() -> str:
    """The user's own choice, then `?lang=` and the cookie of a visitor, then the agency's language.

    The staff room says what the agency's language is (`snova.agency_language`); without it, the configuration.
    """
    if not has_request_context():
        return str(current_app.config["BABEL_DEFAULT_LOCALE"])
    if current_user and current_user.is_authenticated:
        return str(current_user.language)
    wished = request.args.get("lang") or request.cookies.get("lang")
    if wished in LANGUAGES:
        return wished
    agency = current_app.extensions.get("snova.agency_language")
    return (agency() if agency else None) or str(current_app.config["BABEL_DEFAULT_LOCALE"])


def text(message: str, **values: Any) -> str:
    """What templates call `_`: the words in the reader's language, looked up once per language."""
    found = _text(page_language(), message)
    return found % values if values else found


@lru_cache(maxsize=8192)
def _text(_language: str, message: str) -> str:
    return str(gettext(message))


def today_here() -> date:
    """Today where the person who looks works."""
    # A page for nobody in particular has no office.
    zone = current_user.zone if current_user and current_user.is_authenticated else "UTC"
    return kit_clock.today(ZoneInfo(zone))


def page_language() -> str:
    """The two letters for `<html lang>` of the page being made."""
    locale = get_locale()
    return locale.language if locale else "ru"


def compile_catalogues(folder: Path = FOLDER, spare: Path | None = None) -> Path:
    """Merge the rooms' po files of each language into one mo file, when any of them is newer than it.

    Gives the folder that holds the mo files: `folder`, or `spare` where the program may not write to its own folder.
    """
    try:
        _compile(folder, folder)
    except OSError:
        if spare is None:
            raise
        _compile(folder, spare)
        return spare
    return folder


def _compile(folder: Path, out: Path) -> None:
    for source in sorted(path for path in folder.iterdir() if path.is_dir()):
        parts = sorted(source.glob("*.po"))
        target = out / source.name / "LC_MESSAGES" / "messages.mo"
        if not parts or (target.exists() and target.stat().st_mtime >= max(p.stat().st_mtime for p in parts)):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        # Two processes may start at once: each writes its own file and puts it in place whole.
        scratch = target.with_suffix(f".{os.getpid()}-{get_ident()}.new")
        with scratch.open("wb") as file:
            write_mo(file, merged(parts, source.name))
        scratch.replace(target)


def merged(parts: list[Path], language: str) -> Catalog:
    """One catalogue made of the po files `parts`."""
    whole = Catalog(locale=language)
    for path in parts:
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    whole[message.id] = message
    return whole


def day(value: date | None) -> str:
    """«вт, 21 июля»; with the year when it is not this page's own year: callers pass dates, never moments."""
    return format_date(value, "EEE, d MMMM", locale=get_locale()) if value else ""


def day_short(value: date | None) -> str:
    """«21.07» for tables; Russian staff read it in both languages, English readers get «21 Jul»."""
    if not value:
        return ""
    return value.strftime("%d.%m") if _russian() else format_date(value, "d MMM", locale=get_locale())


def day_long(value: date | None) -> str:
    """«21 июля 2026 г.» in Russian, «21 July 2026» in English."""
    if not value:
        return ""
    return format_date(value, "d MMMM y" if _russian() else "d MMMM y", locale=get_locale())


def clock(value: datetime | None, zone: str) -> str:
    """«12:04» in the given zone."""
    return value.astimezone(ZoneInfo(zone)).strftime("%H:%M") if value else ""


def moment(value: datetime | None, zone: str) -> str:
    """«21 июл, 12:04» in the given zone."""
    return format_datetime(value, "d MMM, HH:mm", tzinfo=get_timezone(zone), locale=get_locale()) if value else ""


def rub(kopecks: int | None) -> str:
    """«417 990 ₽», with kopecks only when there are any."""
    if kopecks is None:
        return ""
    whole, rest = divmod(kopecks, 100)
    text = f"{whole:,}".replace(",", "\u00a0")
    return f"{text},{rest:02d}\u00a0₽" if rest else f"{text}\u00a0₽"


def _russian() -> bool:
    locale = get_locale()
    return locale is None or locale.language == "ru"
