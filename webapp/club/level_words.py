"""Words of levels for staff: their names, and how changes read in the log."""

from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.club.actions.level_terms import ranks
from webapp.club.models import Level
from webapp.club.words import percent
from webapp.kit import money
from webapp.staff.log_words import add_log_words
from webapp.web.i18n import page_language


def name_of(level: Level) -> str:
    """«Друг» in the reader's language."""
    return level.name_ru if page_language() == "ru" else level.name_en


def register(_app: Flask) -> None:
    """How changes of levels read in the log; levels are known there by their rank."""
    add_log_words(
        "level", _l("Club levels"), {
            "changed": _l("Changed level %(name)s"),
            "gives": _l("Level %(name)s gives something more"),
            "gives-not": _l("Level %(name)s gives something no longer"),
            "privilege-changed": _l("Changed what level %(name)s gives"),
        }, names=lambda ids: {rank: code for rank, code in ranks().items() if rank in ids},
        fields={"level_name_ru": _l("Name in Russian"), "level_name_en": _l("Name in English"),
                "level_min_trips": _l("Trips in 24 months"), "level_min_spend_kopecks": _l("Spent in 24 months, ₽"),
                "level_both": _l("Both are needed"), "level_rate_bp": _l("Points of every trip, %"),
                "privilege": _l("What the client gets"), "privilege_en": _l("The same in English"),
                "worth": _l("How much do clients value it?")},
        values={"level_min_spend_kopecks": _sum, "level_rate_bp": _rate})


def _sum(kopecks: Any) -> str:
    return money.display(int(kopecks)) if int(kopecks) else _("not asked for")


def _rate(rate_bp: Any) -> str:
    return percent(int(rate_bp))
