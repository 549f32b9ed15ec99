"""What burns in the next sixty days, who knows of it, and what warnings have saved."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, Flask, Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.club import burn_report, burn_words, words
from webapp.club.burn_report import Line
from webapp.club.burn_rules import last_usable
from webapp.club.cards_blueprint import offices_of_mine, today_in
from webapp.club.chart_rules import HIGH, WIDE, columns
from webapp.club.exporting import csv_file
from webapp.club.report import months_until
from webapp.club.report_views import month_words
from webapp.post.actions.modes import present_mode
from webapp.web.addresses import kept_args
from webapp.web.guard import DESK, allow
from webapp.web.nav import CLUB, Section, add_section
from webapp.web.page import page, row_id

bp = Blueprint("burning", __name__, url_prefix="/cards/burning")
STEP, MOST, IN_FILE, MONTHS = 50, 500, 20_000, 12


def register(app: Flask) -> None:
    """Put the page into the menu of the club."""
    add_section(app, Section("burning.show", _l("What burns"), 28, frozenset(DESK), "/cards/burning", group=CLUB))


@bp.get("")
@allow(*DESK)
def show() -> Response:
    """Own offices, or one of them; `as=csv` gives the whole list as a file."""
    offices = offices_of_mine()
    asked = request.args.get("office", type=row_id)
    chosen = [office for office in offices if office.id == asked] or offices
    today, ids = today_in(chosen[0]), [office.id for office in chosen]
    rehearsal = present_mode() == "trial"
    if request.args.get("as") == "csv":
        rows = burn_report.lines(today, ids, IN_FILE, rehearsal=rehearsal)
        return csv_file("burning.csv", _rows(rows))
    weeks = burn_report.weeks(today, ids)
    number = sum(week.cards for week in weeks)
    limit = min(max(request.args.get("show", STEP, type=row_id) or STEP, STEP), MOST)
    months, args = months_until(today, MONTHS), kept_args("office", "show")
    return page(
        "club/burning.html", weeks=weeks, number=number, points=sum(week.points for week in weeks), words=words,
        lines=burn_report.lines(today, ids, limit, rehearsal=rehearsal) if number else [], how=burn_words,
        to_file={**args, "as": "csv"}, rehearsal=rehearsal, saved=burn_report.saved(months, ids),
        months=months, month_words=month_words, offices=offices, today=today,
        office_id=chosen[0].id if len(chosen) < len(offices) else None, wide=WIDE, high=HIGH,
        columns=columns([week.points for week in weeks], [words_of(week.first) for week in weeks]),
        to_more={**args, "show": min(limit + STEP, MOST)} if number > limit < MOST else None)


def words_of(first: Any) -> str:
    """«14.03» under a column."""
    return f"{first:%d.%m}"


def _rows(lines: Iterable[Line]) -> Iterable[Sequence[Any]]:
    yield (_("Card"), _("Client"), _("Office"), _("Points"), _("Burn on"), _("Last day"), _("Warned"), _("Contacts"))
    for line in lines:
        yield (line.number, line.owner, line.office, line.points, f"{line.burn_on:%d.%m.%Y}",
               f"{last_usable(line.burn_on):%d.%m.%Y}", burn_words.reached(line)[1],
               ", ".join(burn_words.contact(one)[1] for one in line.contacts))
