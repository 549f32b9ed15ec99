"""Tables of the club as CSV files that Russian Excel opens: semicolons, a mark of UTF-8, no formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Response
from flask_babel import gettext as _

from webapp.batches.defuse import defuse
from webapp.club import words
from webapp.club.statement import Entry
from webapp.web.page import to_save


def csv_file(name: str, rows: Iterable[Sequence[Any]]) -> Response:
    """The rows as a file to be saved; numbers stay numbers, texts are never formulas."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell if isinstance(cell, int) else defuse(str(cell)) for cell in row])
    return to_save(b"\xef\xbb\xbf" + out.getvalue().encode("utf-8"), name, "text/csv; charset=utf-8")


def statement_rows(entries: Iterable[Entry]) -> Iterable[Sequence[Any]]:
    """Heading and lines of a statement."""
    yield (_("Day"), _("What"), _("Why"), _("Points"), _("Balance"), _("Debt"), _("Who"), _("Office"), _("Trip"))
    for entry in entries:
        yield (entry.day.strftime("%d.%m.%Y"), entry.kind, entry.why, entry.amount,
               "" if entry.balance is None else entry.balance, entry.debt or "", words.author(entry.op),
               entry.office, entry.trip)


def rubles(kopecks: int) -> str:
    """A sum as a cell: 1500 or 1500,50."""
    whole, rest = divmod(kopecks, 100)
    return f"{whole},{rest:02d}" if rest else str(whole)
