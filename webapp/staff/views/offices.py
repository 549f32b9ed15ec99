"""Offices: the list, one office with hours and days off, the new one, closing and opening again."""

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from webapp.db import db
from webapp.kit import phones
from webapp.staff import actions, calendars, lists, zones
from webapp.staff.forms.offices import DayOffForm, OfficeForm
from webapp.staff.login import person
from webapp.staff.models import DayOff, Office, User, UserOffice
from webapp.staff.rules import ADMIN, BadInput
from webapp.staff.views.blueprint import bp, me, moment
from webapp.staff.week import hours_text
from webapp.web.guard import allow
from webapp.web.i18n import page_language
from webapp.web.page import is_partial, page, see_other


@bp.get("/admin/offices")
@allow("director", "admin")
def offices() -> Response:
    """All offices one sees, with their clock and their people."""
    now = moment()
    counts = {office_id: number for office_id, number in db.session.execute(
        select(UserOffice.office_id, func.count()).join(User, User.id == UserOffice.user_id)
        .where(User.dismissed_at.is_(None)).group_by(UserOffice.office_id))}
    rows = [{"office": office, "people": counts.get(office.id, 0), "offset": zones.offset(office.timezone, now),
             "hours": hours_text(office.hours, page_language())} for office in lists.offices_seen_by(person())]
    return page("staff/offices.html", rows=rows, now=now, may_edit=ADMIN in person().hats)


@bp.route("/admin/offices/new", methods=["GET", "POST"])
@allow("admin")
def new_office() -> BaseResponse:
    """A new office."""
    form = OfficeForm()
    form.offer(moment())
    if not form.is_submitted():
        form.show(None)
    elif form.submitted():
        place = form.place
        try:
            office = actions.add_office(
                code=form.code.data or "", name=place.name, zone=place.timezone, city=place.city, phone=place.phone,
                address=place.address, email=place.email, hours=place.hours, actor=me(), now=moment())
        except BadInput as error:
            form.take(error)
        else:
            return see_other(url_for("staff.office", office_id=office.id), _("%(name)s is added.", name=office.name))
    return page("staff/office_new.html", status=422 if form.is_submitted() else 200, form=form)


@bp.get("/admin/offices/<int:office_id>")
@allow("director", "admin")
def office(office_id: int) -> Response:
    """One office: for admins forms, for directors what stands in them."""
    shown = _seen(office_id)
    form = OfficeForm(obj=shown, formdata=None)
    form.offer(moment())
    form.show(shown)
    return _office_page(shown, form)


@bp.post("/admin/offices/<int:office_id>")
@allow("director", "admin")
def save_office(office_id: int) -> BaseResponse:
    """Change an office; its code stays."""
    shown, form = _seen(office_id), OfficeForm()
    form.offer(moment())
    form.code.data = shown.code
    if form.submitted():
        try:
            actions.edit_office(shown, form.place, actor=me(), now=moment())
        except BadInput as error:
            form.take(error)
        else:
            return see_other(url_for("staff.office", office_id=office_id), _("Saved."))
    me().needs(ADMIN)
    return _office_page(shown, form, status=422)


@bp.post("/admin/offices/<int:office_id>/days")
@allow("director", "admin")
def add_day(office_id: int) -> BaseResponse:
    """A day that differs from the weekly hours."""
    shown, form = _seen(office_id), DayOffForm(prefix="day-")
    me().needs(ADMIN)
    if not form.submitted() or form.day.data is None:
        return _days_part(shown, form, 422) if is_partial() else _whole(shown, form)
    actions.add_day_off(shown, form.day.data, working=form.working.data == "1", note=form.note.data or "",
                        actor=me(), now=moment())
    return _days_changed(shown)


@bp.post("/admin/offices/<int:office_id>/days/<int:day_id>/removal")
@allow("director", "admin")
def remove_day(office_id: int, day_id: int) -> BaseResponse:
    """The day is an ordinary one again."""
    shown = _seen(office_id)
    row = db.session.scalar(select(DayOff).where(DayOff.id == day_id, DayOff.office_id == shown.id))
    if row is not None:
        actions.remove_day_off(row, actor=me(), now=moment())
    return _days_changed(shown)


@bp.post("/admin/offices/<int:office_id>/closing")
@allow("director", "admin")
def close_office(office_id: int) -> BaseResponse:
    """No new work starts here."""
    shown = _seen(office_id)
    actions.close_office(shown, actor=me(), now=moment())
    return see_other(url_for("staff.office", office_id=office_id), _("%(name)s is closed.", name=shown.name))


@bp.post("/admin/offices/<int:office_id>/opening")
@allow("director", "admin")
def reopen_office(office_id: int) -> BaseResponse:
    """The office works again."""
    shown = _seen(office_id)
    actions.reopen_office(shown, actor=me(), now=moment())
    return see_other(url_for("staff.office", office_id=office_id), _("%(name)s works again.", name=shown.name))


def _seen(office_id: int) -> Office:
    found = next((row for row in lists.offices_seen_by(person()) if row.id == office_id), None)
    if found is None:
        abort(404)
    return found


def _days_changed(shown: Office) -> BaseResponse:
    if is_partial():
        return _days_part(shown, DayOffForm(prefix="day-", formdata=None))
    return see_other(url_for("staff.office", office_id=shown.id) + "#days", _("Saved."))


def _days_part(shown: Office, form: DayOffForm, status: int = 200) -> Response:
    return page("staff/_days.html", status=status, office=shown, day_form=form, days=_days(shown),
                may_edit=ADMIN in person().hats)


def _whole(shown: Office, day_form: DayOffForm) -> Response:
    form = OfficeForm(obj=shown, formdata=None)
    form.offer(moment())
    form.show(shown)
    return _office_page(shown, form, day_form, 422)


def _office_page(shown: Office, form: OfficeForm, day_form: DayOffForm | None = None, status: int = 200) -> Response:
    return page("staff/office.html", status=status, form=day_form or form, office_form=form, office=shown,
                day_form=day_form or DayOffForm(prefix="day-", formdata=None), days=_days(shown),
                zone_label=zones.label(shown.timezone, moment()), hours=hours_text(shown.hours, page_language()),
                phone=phones.display(shown.phone), may_edit=ADMIN in person().hats)


def _days(shown: Office) -> list[DayOff]:
    """Days still to come; `?all=1` shows the past too."""
    query = select(DayOff).where(DayOff.office_id == shown.id).order_by(DayOff.day)
    if not request.args.get("all"):
        query = query.where(DayOff.day >= calendars.today_of(shown, moment()))
    return list(db.session.scalars(query))
