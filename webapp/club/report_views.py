"""The report of cards: sold, given, replaced by month, office and seller; for directors what happens to the points."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from flask import Blueprint, Flask, Response, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from webapp.club import report, words
from webapp.club.cards_blueprint import offices_of_mine, today_in
from webapp.club.chart_rules import HIGH, WIDE, columns
from webapp.club.exporting import csv_file, rubles
from webapp.staff.lists import colleagues
from webapp.staff.models import Office
from webapp.staff.rules import DIRECTOR
from webapp.web.addresses import kept_args
from webapp.web.guard import DESK, allow
from webapp.web.nav import CLUB, Section, add_section
from webapp.web.page import page, row_id

bp = Blueprint("card_report", __name__, url_prefix="/cards/report")
SPANS = (12, 24)


def register(app: Flask) -> None:
    """A word in the menu of the club."""
    add_section(app, Section("card_report.show", _l("Report of cards"), 29, frozenset(DESK), "/cards/report",
                             group=CLUB))


@bp.get("")
@allow(*DESK)
def show() -> Response:
    """Directors see their offices, everybody else what they sold themselves; `as=csv` gives a file."""
    offices = offices_of_mine()
    leads = DIRECTOR in current_user.hats
    asked, span = request.args.get("office", type=row_id), request.args.get("months", SPANS[0], type=row_id)
    chosen = [office for office in offices if office.id == asked] or offices
    months = report.months_until(today_in(chosen[0]), span if span in SPANS else SPANS[0])
    people = _people(offices) if leads else {}
    seller = request.args.get("seller", type=row_id) if leads else current_user.id
    seller = seller if not leads or seller in people else None
    ids = [office.id for office in chosen]
    sold = report.sales(months, ids, seller)
    names = {office.id: office.name for office in offices}
    if request.args.get("as") == "csv":
        return csv_file("cards.csv", _rows(sold, names))
    values = [sold.by_month[first].sold for first in months]
    return page(
        "club/report.html", has_cards=report.has_cards(ids), sold=sold, months=months, names=names, words=words,
        leads=leads, people=people,
        offices=offices, office_id=chosen[0].id if len(chosen) < len(offices) else None, seller_id=seller,
        span=len(months), spans=SPANS, month_words=month_words, columns=columns(values, [_short(m) for m in months]),
        wide=WIDE, high=HIGH, points=report.points(months, ids) if leads and seller is None else None,
        owed=report.owed_now(ids) if leads else None, again=kept_args("office", "months", "seller", **{"as": "csv"}))


def month_words(first: date) -> str:
    """«ноябрь 2026»."""
    return format_date(first, "LLLL y", locale=get_locale())


def _short(first: date) -> str:
    return format_date(first, "LLL", locale=get_locale()).strip(".")


def _people(offices: Sequence[Office]) -> dict[int, str]:
    return {person.id: person.name for office in offices for person in colleagues(office)}


def _rows(sold: report.Sales, names: dict[int, str]) -> Iterable[Sequence[Any]]:
    yield (_("Month"), _("Office"), _("Cards sold"), _("Cards given"), _("New number"), _("Income, ₽"))
    for (first, office_id), cards in sorted(sold.by_place.items()):
        yield (f"{first:%m.%Y}", names[office_id], cards.sold, cards.given, cards.replaced, rubles(cards.income))
