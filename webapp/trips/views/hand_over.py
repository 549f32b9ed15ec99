"""Somebody leaves or changes: trips, steps and clients go to a colleague, and clients are told."""

from flask import Response, abort, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients.models import Client
from webapp.db import db
from webapp.staff.leaving import own_work
from webapp.staff.models import User
from webapp.touches.models import Touch
from webapp.touches.state_rules import OPEN_STATUSES
from webapp.trips import actions
from webapp.trips.actions.handing import Told, count_trips, told_clients
from webapp.trips.board import colleagues_of
from webapp.trips.stop_forms import HandOverForm
from webapp.trips.views.trips_blueprint import bp, me, moment
from webapp.web.guard import allow
from webapp.web.page import page, see_other

CONFIRM_ABOVE = 50


@bp.get("/staff/<int:user_id>/hand-over")
@allow("director")
def hand_over(user_id: int) -> Response:
    """What the person has in hand, and to whom it may go."""
    leaver = _seen(user_id)
    return _page(leaver, _offer(HandOverForm(None), leaver))


@bp.post("/staff/<int:user_id>/hand-over")
@allow("director")
def save_hand_over(user_id: int) -> BaseResponse:
    """Hand everything over; the same press again finds nothing left to hand over."""
    leaver = _seen(user_id)
    form = _offer(HandOverForm(), leaver)
    if not form.submitted():
        return _page(leaver, form, 422)
    colleague = db.session.get_one(User, form.to.data)
    places = sorted(set(_places(leaver)) & set(colleague.office_ids))
    letters = told_clients(leaver, places, Told(form.whom.data))
    if len(letters) > CONFIRM_ABOVE and not form.sure.data:
        return page("trips/hand_over_sure.html", leaver=leaver, colleague=colleague, form=form, number=len(letters))
    done = actions.hand_over_all(leaver, colleague, places, whom=Told(form.whom.data), actor=me(), now=moment())
    said = [ngettext("%(num)d trip", "%(num)d trips", done.trips),
            ngettext("%(num)d client", "%(num)d clients", done.clients), *done.others,
            ngettext("%(num)d letter written", "%(num)d letters written", done.letters)]
    return see_other(url_for("staff.user", user_id=leaver.id),
                     _("%(name)s takes care now: %(what)s.", name=colleague.name, what=", ".join(said)))


def _seen(user_id: int) -> User:
    """Somebody of the director's own offices; else 404."""
    leaver = db.session.get(User, user_id)
    if leaver is None or not _places(leaver):
        abort(404)
    return leaver


def _places(leaver: User) -> list[int]:
    """Offices of the leaver that the director sees."""
    return [office_id for office_id in leaver.office_ids if me().may_see(office_id)]


def _offer(form: HandOverForm, leaver: User) -> HandOverForm:
    places = _places(leaver)
    form.to.choices = [(0, _("Choose a colleague")), *((i, n) for i, n in colleagues_of(places) if i != leaver.id)]
    names = {Told.OPEN: _("Clients who travel now or have steps to come"), Told.ALL: _("All clients"),
             Told.NONE: _("No letters")}
    form.whom.choices = [(code.value, _counted(name, code, leaver, places)) for code, name in names.items()]
    return form


def _counted(name: str, code: Told, leaver: User, places: list[int]) -> str:
    if code is Told.NONE:
        return name
    letters = ngettext("%(num)d letter", "%(num)d letters", len(told_clients(leaver, places, code)))
    return f"{name} ({letters})"


def _page(leaver: User, form: HandOverForm, status: int = 200) -> Response:
    places = _places(leaver)
    trips = count_trips(leaver, places)
    steps = db.session.scalar(select(func.count()).select_from(Touch).where(
        Touch.assignee_id == leaver.id, Touch.office_id.in_(places), Touch.status.in_(OPEN_STATUSES)))
    clients = db.session.scalar(select(func.count()).select_from(Client).where(
        Client.manager_id == leaver.id, Client.office_id.in_(places)))
    kept = {work: number for work in own_work() if (number := work.count(leaver.id, places))}
    return page("trips/hand_over.html", status=status, leaver=leaver, form=form, trips=trips, steps=steps,
                clients=clients, is_me=leaver.id == current_user.id,
                others=[(work.label, str(number)) for work, number in kept.items()], hints=[work.hint for work in kept])
