"""What the board draws once and keeps: cells nobody acts on, and whole rows with gaps for what differs by reader."""

import re
import secrets
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from urllib.parse import quote_plus

from babel.dates import format_date
from flask import render_template
from flask_babel import get_locale
from markupsafe import Markup, escape

from webapp.trips.board import BoardRow
from webapp.trips.board_rules import Cell

_MONTHS = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
# Stand in a drawn row for the reader's address, CSRF token and chosen boxes; nobody who types a name can know them.
_HERE, _TOKEN, _PICKED = (f"{name}-{secrets.token_hex(8)}" for name in ("HERE", "TOKEN", "PICKED"))
_GAPS = re.compile(f"(back={_HERE}|{_HERE}|{_TOKEN}|{_PICKED})")
# As addresses made by url_for keep them.
_AS_THEY_ARE = "!$'()*,/:;?@"


def rows_html(rows: Iterable[BoardRow], *, here: str, token: str, picked: bool = False) -> Markup:
    """The rows without an open panel, as HTML: `here` is where forms lead back to, `token` the reader's CSRF token.

    `picked` chooses every row for what is done with many.
    """
    gaps = {_PICKED: "checked" if picked else "", _HERE: str(escape(here)), _TOKEN: str(escape(token)),
            f"back={_HERE}": str(escape(f"back={quote_plus(here, safe=_AS_THEY_ARE)}"))}
    pieces: list[str] = []
    for row in rows:
        drawn = row.drawn.get("row")
        if drawn is None:
            drawn = row.drawn["row"] = _GAPS.split(_draw(row))
        # Text and gaps take turns.
        pieces += [gaps[piece] if place % 2 else piece for place, piece in enumerate(drawn)]
    return Markup("".join(pieces))  # noqa: S704 - escaped by the template, and the gaps above


def _draw(row: BoardRow) -> str:
    return render_template("trips/_row.html", row=row, here=_HERE, csrf_token=lambda: _TOKEN, panel=None,
                           picked=_PICKED, cell_class=cell_class, quiet_cell=quiet_cell, span=span_words)


def cell_class(cell: Cell) -> str:
    """Classes of a cell by what it shows."""
    if cell.needs_person:
        return f"cell--open cell--{cell.kind}"
    return {"done": "done", "skip": "done", "part": "", "pause": ""}.get(cell.kind, "soft")


def quiet_cell(cell: Cell, today: date) -> Markup:
    """The inside of a cell without buttons, in the reader's language."""
    return _quiet(str(get_locale()), cell.kind, cell.day, cell.at, cell.done, cell.total, cell.next_day, cell.reason,
                  cell.is_series, cell.day == today, cell.attempts)


@lru_cache(maxsize=8192)
def _quiet(_language: str, kind: str, day: object, at: object, done: int, total: int, next_day: object, reason: str,
           is_series: bool, is_today: bool, attempts: int) -> Markup:
    return Markup(render_template("trips/_quiet_cell.html", kind=kind, day=day, at=at, done=done, total=total,  # noqa: S704 - escaped by the template
                                  next_day=next_day, reason=reason, is_series=is_series, is_today=is_today,
                                  attempts=attempts).strip())


def span_words(start: date, end: date) -> str:
    """«7–14 ноя», «28 ноя – 5 дек»; with the year only where the two differ."""
    return _span(str(get_locale()), start, end)


@lru_cache(maxsize=4096)
def _span(language: str, start: date, end: date) -> str:
    def month(day: date) -> str:
        # CLDR shortens November to «нояб.»; a dense table takes three letters for every month.
        return _MONTHS[day.month - 1] if language == "ru" else format_date(day, "MMM", locale=language)

    if start == end:
        return f"{start.day} {month(start)}"
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{end.day} {month(end)}"
    if start.year == end.year:
        return f"{start.day} {month(start)} – {end.day} {month(end)}"
    return f"{start.day} {month(start)} {start.year} – {end.day} {month(end)} {end.year}"
