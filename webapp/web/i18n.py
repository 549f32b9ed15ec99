"""Languages: English message ids, Russian by default, a switch per user; formats of dates and numbers."""

import os
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
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
from webapp.kit.numbers import display
from webapp.web.examples import example_day, example_month

LANGUAGES = ("ru", "en")
_BY_BROWSER = "snova.by_browser"
FOLDER = Path(__file__).resolve().parent.parent / "translations"
babel = Babel()


def init_i18n(app: Flask) -> None:
    """Attach Babel, compiling the catalogues when a source is newer, and the format filters."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "ru")
    folder = compile_catalogues(FOLDER, Path(app.instance_path) / "translations")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    babel.init_app(app, locale_selector=choose_language)
    app.jinja_env.filters.update(day=day, day_short=day_short, day_long=day_long, clock=clock, moment=moment,
                                 rub=rub, number=number, tenths=tenths, percent=percent)
    app.jinja_env.globals.update(page_language=page_language, example_day=example_day, example_month=example_month)


def follow_browser(app: Flask, blueprint: str) -> None:
    """Pages for people of whom nothing is known: they follow `?lang=`, then what the browser reads, then the agency."""
    app.extensions.setdefault(_BY_BROWSER, set()).add(blueprint)


def follows_browser() -> bool:
    """Whether the page being made is one of these."""
    return request.blueprint in current_app.extensions.get(_BY_BROWSER, ())


def choose_language() -> str:
    """The user's own choice, then `?lang=` and the cookie of a visitor, then the agency's language.

    Pages that follow the browser ask neither user nor cookie: `follow_browser`. The staff room says what the agency's
    language is (`snova.agency_language`); without it, the configuration.
    """
    if not has_request_context():
        return str(current_app.config["BABEL_DEFAULT_LOCALE"])
    if follows_browser():
        wished = request.args.get("lang"), *_languages_read()
    elif current_user and current_user.is_authenticated:
        return str(current_user.language)
    else:
        wished = (request.args.get("lang") or request.cookies.get("lang"),)
    chosen = next((code for code in wished if code in LANGUAGES), None)
    if chosen:
        return chosen
    agency = current_app.extensions.get("snova.agency_language")
    return (agency() if agency else None) or str(current_app.config["BABEL_DEFAULT_LOCALE"])


def _languages_read() -> list[str]:
    """What the browser asks for, the dearest first, without countries; q=0 is a language nobody wants."""
    return [code.partition("-")[0].lower() for code, quality in request.accept_languages if quality > 0]


def text(message: str, **values: Any) -> str:
    """What templates call `_`: the words in the reader's language, looked up once per language."""
    found = text_in(page_language(), message)
    return found % values if values else found


@lru_cache(maxsize=8192)
def text_in(_language: str, message: str) -> str:
    """The same where the language of the page is known already: long lists ask for it once."""
    return str(gettext(message))


def speaker(language: str) -> Callable[..., str]:
    """`_` for one page whose language is known: it is not asked for at every word."""
    def said(message: str, **values: Any) -> str:
        found = text_in(language, message)
        return found % values if values else found
    return said


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
    """«21.07» for tables, in English «21 Jul»; a day of another year says which: «21.07.2027»."""
    if not value:
        return ""
    here = value.year == kit_clock.now().year
    if _russian():
        return value.strftime("%d.%m" if here else "%d.%m.%Y")
    return format_date(value, "d MMM" if here else "d MMM y", locale=get_locale())


def day_long(value: date | None) -> str:
    """«21 июля 2026 г.» in Russian, «21 July 2026» in English."""
    return day_long_in(page_language(), value) if value else ""


@lru_cache(maxsize=4096)
def day_long_in(language: str, value: date) -> str:
    """The same in a language that is known: long lists ask for it once."""
    return format_date(value, "d MMMM y", locale=language)


def clock(value: datetime | None, zone: str) -> str:
    """«12:04» in the given zone."""
    return value.astimezone(ZoneInfo(zone)).strftime("%H:%M") if value else ""


def moment(value: datetime | None, zone: str) -> str:
    """«21 июл, 12:04» in the given zone."""
    return format_datetime(value, "d MMM, HH:mm", tzinfo=get_timezone(zone), locale=get_locale()) if value else ""


def number(value: Decimal | None, digits: int | None = None, *, sign: bool = False) -> str:
    """«1 250,5», in English "1,250.5"; with so many digits, or as few as it needs; "" for nothing."""
    return display(value, digits, comma=_russian(), sign=sign)


def tenths(value: int | None) -> str:
    """An average kept in tenths: 86 is «8,6», in English "8.6"; "" for nothing."""
    return number(Decimal(value) / 10, 1) if value is not None else ""


def percent(value: Decimal | int | None) -> str:
    """«3 %» and «1,5 %», in English "3%" and "1.5%"; a dash for nothing."""
    return "–" if value is None else number(Decimal(value)) + ("\u00a0%" if _russian() else "%")


def rub(kopecks: int | None) -> str:
    """«417 990 ₽», with kopecks only when there are any."""
    if kopecks is None:
        return ""
    whole, rest = divmod(kopecks, 100)
    text = f"{whole:,}".replace(",", "\u00a0")
    return f"{text}{',' if _russian() else '.'}{rest:02d}\u00a0₽" if rest else f"{text}\u00a0₽"


def _russian() -> bool:
    locale = get_locale()
    return locale is None or locale.language == "ru"
