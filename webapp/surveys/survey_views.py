"""Surveys for staff: answers with filters, scores over months, by manager, operator, destination; panels; as CSV."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from flask import Blueprint, Flask, Response, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup

from webapp.clients.models import Client
from webapp.club.exporting import csv_file
from webapp.club.report import months_until
from webapp.complaints.questions import may_work_with
from webapp.complaints.step_rules import CLOSED, VOID
from webapp.kit import clock
from webapp.kit.days import local_day, zone
from webapp.staff.rules import ADMIN, DIRECTOR, SERVICE
from webapp.surveys import chart_rules, words
from webapp.surveys.answers import Report, Wish, answers_of_client, choices_of, counts_of, report_of, rows_of
from webapp.surveys.asking import answer_of, ask_of, can_ask, reminder_of
from webapp.surveys.links import elsewhere
from webapp.surveys.review_list import review_of
from webapp.surveys.rules import MOODS, Tally, mood
from webapp.trips.models import Trip
from webapp.web.guard import DESK, allow
from webapp.web.i18n import tenths
from webapp.web.nav import QUALITY, Section, add_section
from webapp.web.page import page, row_id
from webapp.web.panels import add_panel

bp = Blueprint("surveys", __name__)
PAGE, MOST = 30, 3_000
SPANS, LEAST = (12, 24, 3), 6
OVER = (CLOSED, VOID)


def register(app: Flask) -> None:
    """A word in the bar, and the answer on the pages of the trip and of the client."""
    add_section(app, Section("surveys.index", _l("Surveys"), 24, frozenset(DESK), "/surveys", group=QUALITY))
    add_panel(app, "trip", _trip_panel, order=60)
    add_panel(app, "client-aside", _client_panel, order=45)


@bp.get("/surveys")
@allow(*DESK)
def index() -> Response:
    """Answers and scores of the person's own offices; managers see their own clients' and trips'."""
    months, wish = _period(), _wish()
    count = min(max(request.args.get("n", PAGE, type=row_id), PAGE), MOST)
    rows = rows_of(current_user, wish, count + 1)
    report = report_of(current_user, wish, months)
    months = _with_something(report)
    people, operators, destinations = choices_of(current_user, wish)
    points = chart_rules.points([report.months[first].tenths for first in months], [_short(first) for first in months])
    kept = {name: value for name, value in request.args.items() if name in _KEPT and value}
    return page(
        "surveys/index.html", rows=rows[:count], more=count + PAGE if len(rows) > count else None, wish=wish,
        report=report, months=months, month_words=month_words, words=words, mood=mood, moods=_moods(wish, kept),
        people=people, operators=operators, destinations=destinations, spans=SPANS, span=len(_period()), kept=kept,
        points=points, lines=chart_rules.lines(points), chart=chart_rules, groups=_groups(report),
        zone=current_user.zone, own=set(current_user.office_ids), own_only=not current_user.hats & {SERVICE, DIRECTOR},
        elsewhere=elsewhere(), over=OVER, complaints=may_work_with(current_user),
        may_set=ADMIN in current_user.hats)


@bp.get("/surveys/answers.csv")
@allow(*DESK)
def export() -> Response:
    """The answers as a table."""
    return csv_file("surveys.csv", _lines(rows_of(current_user, _wish(), None)))


@bp.get("/surveys/scores.csv")
@allow(*DESK)
def export_scores() -> Response:
    """The scores by month, manager, operator and destination as a table."""
    return csv_file("survey-scores.csv", _score_lines(report_of(current_user, _wish(), _period())))


def month_words(first: date) -> str:
    """«ноябрь 2026»."""
    return format_date(first, "LLLL y", locale=get_locale())


_KEPT = ("months", "manager", "operator", "to", "mood")


def _period() -> list[date]:
    span = request.args.get("months", SPANS[0], type=row_id)
    return months_until(clock.today(zone(current_user.zone)), span if span in SPANS else SPANS[0])


def _with_something(report: Report) -> list[date]:
    """The months to show: not those before the agency began to ask, but half a year at least."""
    months = list(report.months)
    while len(months) > LEAST and not (report.months[months[0]].asked or report.months[months[0]].count):
        del months[0]
    return months


def _wish() -> Wish:
    asked = request.args
    kind = asked.get("mood", "")
    return Wish(clock.today(zone(current_user.zone)), _period()[0], kind if kind in MOODS else "",
                asked.get("manager", type=row_id), asked.get("operator", "")[:200], asked.get("to", "")[:200])


def _moods(wish: Wish, kept: Mapping[str, str]) -> list[dict[str, Any]]:
    counts = counts_of(current_user, wish)
    others: dict[str, Any] = {name: value for name, value in kept.items() if name != "mood"}
    return [{"label": label, "count": counts[code], "current": wish.mood == code,
             "url": url_for("surveys.index", **others, mood=code or None)}
            for code, label in (("", _("All")), *words.MOODS.items())]


def _groups(report: Report) -> list[tuple[str, Any, Any, list[tuple[str, Tally]]]]:
    """Tables below the chart: those with most answers first."""
    return [(code, label, one, sorted(found.items(), key=lambda pair: (-pair[1].count, pair[0])))
            for code, label, one, found in (
                ("managers", _("Managers"), _("Manager"), report.managers),
                ("operators", _("Tour operators"), _("Tour operator"), report.operators),
                ("destinations", _("Destinations"), _("Destination"), report.destinations))]


def _short(first: date) -> str:
    return format_date(first, "LLL", locale=get_locale()).strip(".")


def _lines(rows: Iterable[Any]) -> Iterable[Sequence[Any]]:
    yield (_("Answered on"), _("Client"), _("Destination"), _("Tour operator"), _("Who sold it"), _("Return"),
           _("Score"), _("Manager’s mark"), _("Agency’s mark"), _("Documents"), _("What the client wrote"), _("Video"),
           _("May be shown"), _("Asked for a call"))
    tz = zone(current_user.zone)
    for row in rows:
        yield (local_day(row.answered_at, tz).strftime("%d.%m.%Y"), f"{row.last_name} {row.first_name}".strip(),
               row.destination, row.operator, row.seller or "", row.return_on.strftime("%d.%m.%Y"), row.score,
               _cell(row.manager_score), _cell(row.agency_score), words.DOCUMENTS.get(row.documents, ""), row.text,
               row.video_url, _("yes") if row.may_show else "", _("yes") if row.call_back else "")


def _score_lines(report: Report) -> Iterable[Sequence[Any]]:
    yield (_("What"), _("Name"), _("Asked"), _("Of them answered"), _("Answer rate, %"), _("All answers"),
           _("Average score"), _("0 to 6"), _("7 and 8"), _("9 and 10"), _("Manager’s mark"), _("Agency’s mark"))
    parts = [(_("Month"), [(f"{first:%m.%Y}", tally) for first, tally in report.months.items()]),
             *((label, found) for _code, label, _one, found in _groups(report)), (_("In all"), [("", report.whole)])]
    for label, found in parts:
        for name, tally in found:
            yield (label, name or "–", tally.asked, tally.replied, _cell(tally.rate), tally.count, tenths(tally.tenths),
                   *tally.moods.values(), tenths(tally.manager_tenths), tenths(tally.agency_tenths))


def _cell(value: int | None) -> int | str:
    return "" if value is None else value


def _trip_panel(trip: Trip) -> Markup | None:
    """On the page of a trip: the answer, or that it is waited for."""
    row, asked = answer_of(trip.id), ask_of(trip.id)
    may_ask = can_ask(trip, local_day(clock.now(), zone(trip.client.zone)))
    if not current_user.hats & set(DESK) or (row is None and asked is None and not may_ask):
        return None
    return Markup(render_template(  # noqa: S704 - a template of ours
        "surveys/_trip_panel.html", trip=trip, row=row, asked=asked, reminder=reminder_of(asked),
        review=review_of(trip.id), words=words, mood=mood,
        over=OVER, complaints=may_work_with(current_user), own=set(current_user.office_ids), may_ask=may_ask,
        zone=current_user.zone))


def _client_panel(client: Client) -> Markup | None:
    """Beside the page of a client: what was said about the last trips."""
    rows = answers_of_client(client.id) if current_user.hats & set(DESK) else []
    if not rows:
        return None
    return Markup(render_template("surveys/_client_panel.html", rows=rows, words=words, mood=mood,  # noqa: S704
                                  zone=current_user.zone, own=set(current_user.office_ids)))
