"""Time zones to choose from: Russian ones first, named by cities people look for, then neighbours, then the rest."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import get_timezone_location
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.web.i18n import page_language

RUSSIAN = {
    "Europe/Kaliningrad": _l("Kaliningrad"),
    "Europe/Moscow": _l("Moscow, Saint Petersburg, Kazan, Sochi"),
    "Europe/Volgograd": _l("Volgograd"),
    "Europe/Kirov": _l("Kirov"),
    "Europe/Simferopol": _l("Simferopol"),
    "Europe/Samara": _l("Samara, Izhevsk"),
    "Europe/Saratov": _l("Saratov"),
    "Europe/Astrakhan": _l("Astrakhan"),
    "Europe/Ulyanovsk": _l("Ulyanovsk"),
    "Asia/Yekaterinburg": _l("Yekaterinburg, Chelyabinsk, Ufa, Perm, Tyumen"),
    "Asia/Omsk": _l("Omsk"),
    "Asia/Novosibirsk": _l("Novosibirsk"),
    "Asia/Barnaul": _l("Barnaul, Gorno-Altaysk"),
    "Asia/Tomsk": _l("Tomsk"),
    "Asia/Novokuznetsk": _l("Kemerovo, Novokuznetsk"),
    "Asia/Krasnoyarsk": _l("Krasnoyarsk, Abakan, Norilsk"),
    "Asia/Irkutsk": _l("Irkutsk, Ulan-Ude"),
    "Asia/Chita": _l("Chita"),
    "Asia/Yakutsk": _l("Yakutsk, Blagoveshchensk"),
    "Asia/Vladivostok": _l("Vladivostok, Khabarovsk"),
    "Asia/Magadan": _l("Magadan"),
    "Asia/Sakhalin": _l("Yuzhno-Sakhalinsk"),
    "Asia/Kamchatka": _l("Petropavlovsk-Kamchatsky"),
    "Asia/Anadyr": _l("Anadyr"),
}
NEAR = {
    "Europe/Minsk": _l("Minsk"),
    "Asia/Almaty": _l("Almaty, Astana"),
    "Asia/Tashkent": _l("Tashkent"),
    "Asia/Bishkek": _l("Bishkek"),
    "Asia/Dushanbe": _l("Dushanbe"),
    "Asia/Yerevan": _l("Yerevan"),
    "Asia/Tbilisi": _l("Tbilisi"),
    "Asia/Baku": _l("Baku"),
    "Europe/Istanbul": _l("Istanbul"),
    "Asia/Dubai": _l("Dubai"),
}
_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def choices(now: datetime) -> dict[str, dict[str, str]]:
    """Zones with their labels for a select, by group. Labels begin with the city, so that typing finds it."""
    return {_("Russia"): _labels(RUSSIAN, now), _("Neighbours"): _labels(NEAR, now),
            _("Others"): dict(_others(page_language()))}


@lru_cache(maxsize=4)
def _others(language: str) -> tuple[tuple[str, str], ...]:
    """The rest of the world by the names of its cities. Reading the directory of zones costs more than the page."""
    named = {**RUSSIAN, **NEAR}
    rest = [zone for zone in available_timezones() if zone.split("/")[0] in _REGIONS and zone not in named]
    cities = {zone: get_timezone_location(zone, locale=language, return_city=True).rpartition("/")[2] for zone in rest}
    return tuple(sorted(cities.items(), key=lambda pair: (pair[1], pair[0])))


def label(zone: str, now: datetime) -> str:
    """«Москва, Санкт-Петербург … – UTC+3»."""
    words = {**RUSSIAN, **NEAR}.get(zone, zone)
    return f"{words} – {offset(zone, now)}"


def offset(zone: str, now: datetime) -> str:
    """«UTC+3», «UTC+5:30» at the moment `now`."""
    away = now.astimezone(ZoneInfo(zone)).utcoffset()
    minutes = int(away.total_seconds() // 60) if away is not None else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''}"


def _labels(zones: dict[str, Any], now: datetime) -> dict[str, str]:
    return {zone: label(zone, now) for zone in zones}
