"""Try the drafted plan on a real trip or on typed dates: what would follow, and what differs from the plan in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms.validators import Optional

from webapp.clients.search import find_clients
from webapp.db import db
from webapp.desk import letter_people
from webapp.desk.plan_around import Around
from webapp.desk.plan_views import Sheet, context_of, sheet_of
from webapp.kit import clock
from webapp.kit.days import local_day, moment, zone
from webapp.staff.models import Office, scoped
from webapp.touches.models import Occasion
from webapp.touches.plan_draft_rules import DraftStep
from webapp.touches.plan_rules import BadStep
from webapp.touches.rules import BadAnchors
from webapp.touches.store import StoredStep, steps_of
from webapp.trips.actions import TripData
from webapp.trips.actions.trips import facts_of
from webapp.trips.models import Trip
from webapp.trips.preview import Line, lines_of
from webapp.trips.reach import reach_now
from webapp.web.examples import example_day, lazy_day
from webapp.web.forms import BaseForm, DayField
from webapp.web.guard import STAFF, allow
from webapp.web.page import page, row_id

bp = Blueprint("plan_trying", __name__, url_prefix="/admin/plans/<int:plan_id>")
SUGGESTED, NOON, SPARE = 6, time(12), 7


class DatesForm(BaseForm):
    """Dates typed by hand."""

    class Meta(BaseForm.Meta):
        csrf = False

    def anchors(self, around: Around) -> dict[str, date] | None:
        """Dates of a plan around something else than a trip; None while one is missing."""
        found = {code: self[code].data for code, _label in around.fields}
        return found if found and all(found.values()) else None


class TripForm(DatesForm):
    """The three dates of a trip."""

    purchase_on = DayField(_l("Bought on"), validators=[Optional()], render_kw={"placeholder": lazy_day(0)})
    departure_on = DayField(_l("Departure"), validators=[Optional()], render_kw={"placeholder": lazy_day(14)})
    return_on = DayField(_l("Return"), validators=[Optional()], render_kw={"placeholder": lazy_day(21)})

    @property
    def data_of_trip(self) -> TripData | None:
        """A trip with these dates; None while one is missing."""
        bought, leaves, back = self.purchase_on.data, self.departure_on.data, self.return_on.data
        return TripData(bought, leaves, back) if bought and leaves and back else None


@dataclass(frozen=True)
class Tried:
    """One step of the preview: by the draft (`new`), by the plan in force (`old`), and what became of it.

    `kind`: same, moved, new, gone.
    """

    kind: str
    new: Line | None
    old: Line | None

    @property
    def line(self) -> Line:
        """The line shown: the draft's, else what the plan in force has."""
        shown = self.new or self.old
        assert shown is not None
        return shown


@dataclass(frozen=True)
class Subject:
    """What the plan is tried on: an occasion with these dates, entered at `now`.

    `data` and `trip` are for the plan of trips: a sale, and the real one where it was chosen.
    """

    anchors: Mapping[str, date]
    office: Office
    now: datetime
    data: TripData | None = None
    trip: Trip | None = None


@bp.get("/preview")
@allow(*STAFF)
def preview(plan_id: int) -> Response:
    """The drafted plan on a trip that was sold, or on dates as if it began now."""
    sheet = sheet_of(plan_id)
    typed = request.args.get("q", "").strip()
    form = _form(sheet)
    form.validate()
    trips = _trips(typed) if sheet.around.is_trip else ()
    chosen = request.args.get("trip", type=row_id) if sheet.around.is_trip else None
    subject = _of_trip(chosen) if chosen else _of_dates(form, sheet)
    if subject is None and not chosen and not form.errors and trips and not any(field.data for field in form):
        subject = _of_trip(trips[0].id)
    tried, fault = _tried(sheet, subject)
    return page("desk/plan_try.html", "desk/_plan_tried.html", sheet=sheet, form=form, typed=typed, trips=trips,
                subject=subject, tried=tried, fault=fault, marks=_marks(tried), **context_of(sheet))


@bp.get("/preview/trips")
@allow(*STAFF)
def find(plan_id: int) -> Response:
    """Trips of the clients found while their name is typed."""
    typed = request.args.get("q", "").strip()
    return page("desk/_plan_trips.html", sheet=sheet_of(plan_id), typed=typed, trips=_trips(typed), subject=None)


def stored(steps: Sequence[DraftStep]) -> list[StoredStep]:
    """Steps of a draft as the planner takes them; they have no rows yet. Raises BadStep, ValueError."""
    return [StoredStep(0, place, step.code, step.name_ru, step.name_en, step.text, step.column, step.outcomes,
                       step.needs_outcome, step.as_step(), step.short_ru, step.short_en)
            for place, step in enumerate(steps)]


def compare(new: Sequence[Line], old: Sequence[Line]) -> list[Tried]:
    """Lines of the draft beside those of the plan in force, in the order of their days."""
    before = {line.code: line for line in old}
    found = []
    for line in new:
        was = before.pop(line.code, None)
        same = was is not None and (was.day, was.at, was.reason, was.channel) == (
            line.day, line.at, line.reason, line.channel)
        found.append(Tried("new" if was is None else "same" if same else "moved", line, was))
    return [*found, *(Tried("gone", None, line) for line in before.values())]


def _tried(sheet: Sheet, subject: Subject | None) -> tuple[list[Tried], str]:
    if subject is None:
        return [], ""
    try:
        new = _lines(sheet, subject, stored(sheet.steps))
        old = _lines(sheet, subject, steps_of(sheet.book.in_force.id))
    except BadAnchors as error:
        return [], _wrong_dates(error.code)
    except BadStep:
        return [], _("A step of the draft has a fault: see the steps marked red.")
    return compare(new, old), ""


def _lines(sheet: Sheet, subject: Subject, steps: Sequence[StoredStep]) -> list[Line]:
    client = subject.trip.client if subject.trip else None
    return lines_of(sheet.book.plan.kind, subject.anchors, subject.office, steps=steps, now=subject.now,
                    facts=facts_of(subject.data, False) if subject.data else None,
                    client_zone=client.timezone if client else "", reach=reach_now(client) if client else None)


def _form(sheet: Sheet) -> DatesForm:
    """Fields for the dates of this plan; those of another kind begin with a date that leaves time for every step."""
    if sheet.around.is_trip:
        return TripForm(request.args)
    fields = {code: DayField(label, validators=[Optional()], render_kw={"placeholder": example_day(14)})
              for code, label in sheet.around.fields}
    form: DatesForm = type("OtherForm", (DatesForm,), fields)(request.args)
    if not request.args.keys() & fields.keys():
        ahead = max([-step.offset_days for step in sheet.steps], default=0)
        for code in fields:
            form[code].data = clock.today(zone(current_user.zone)) + timedelta(days=max(ahead, 0) + SPARE)
    return form


def _of_trip(trip_id: int) -> Subject:
    trip = db.session.scalar(scoped(select(Trip).where(Trip.id == trip_id), Trip.office_id,
                                    letter_people.eyes(current_user))) or abort(404)
    data = TripData(trip.purchase_on, trip.departure_on, trip.return_on, destination=trip.destination,
                    departure_time=trip.departure_time, landing_time=trip.landing_time)
    # As on the day of purchase: by now most of it would be too late.
    place, entered = zone(trip.office.timezone), trip.occasion.opened_at
    on_time = local_day(entered, place) == trip.purchase_on
    return Subject(data.anchors, trip.office, entered if on_time else moment(trip.purchase_on, NOON, place), data, trip)


def _of_dates(form: DatesForm, sheet: Sheet) -> Subject | None:
    office = db.session.scalars(scoped(select(Office), Office.id, letter_people.eyes(current_user))
                                .order_by(Office.id)).first() or abort(404)
    data = form.data_of_trip if isinstance(form, TripForm) else None
    anchors = form.anchors(sheet.around) if not isinstance(form, TripForm) else data.anchors if data else None
    return Subject(anchors, office, clock.now(), data) if anchors and not form.errors else None


def _trips(typed: str) -> Sequence[Trip]:
    """Trips of clients found by name, phone or e-mail; else the latest sold. Cancelled ones are left out."""
    user = letter_people.eyes(current_user)
    query = scoped(select(Trip).where(Trip.cancelled_at.is_(None)), Trip.office_id, user)
    if typed:
        found = find_clients(typed, user, limit=SUGGESTED)
        query = query.where(Trip.client_id.in_([client.id for client in found.clients]))
    return db.session.scalars(query.order_by(Trip.id.desc()).limit(SUGGESTED).options(
        joinedload(Trip.client), joinedload(Trip.occasion).joinedload(Occasion.office))).all()


def _marks(tried: Sequence[Tried]) -> int:
    return sum(line.kind != "same" for line in tried)


def _wrong_dates(code: str) -> str:
    return {"departure-before-purchase": _("The departure is before the purchase."),
            "purchase-in-future": _("The day of purchase is still to come.")}.get(
            code, _("The return is before the departure."))
