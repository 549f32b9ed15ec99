"""Pages of gifts for staff: what offices have, who waits, moves, a gift for a client; for administrators the kinds."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions.once import KeyTaken, once
from webapp.clients.models import Client, client_for
from webapp.club import gift_panel_views, gifts
from webapp.club.actions.gift_stock import Move, move_gifts, save_kind
from webapp.club.actions.gifting import Promise, promise_gift
from webapp.club.gift_forms import HOW, GiftForm, KindForm, MoveForm
from webapp.club.gift_rules import DEFAULT, Stock
from webapp.club.models import GiftKind
from webapp.db import db
from webapp.kit import clock
from webapp.kit.days import zone
from webapp.staff.audit import actor_of
from webapp.staff.models import Office, scoped
from webapp.staff.rules import BadInput
from webapp.trips.models import Trip
from webapp.web.forms import BaseForm
from webapp.web.guard import DESK, allow
from webapp.web.i18n import page_language
from webapp.web.nav import CLUB, Section, add_section
from webapp.web.page import page, row_id, safe_next, see_other

bp = Blueprint("gifts", __name__)
HISTORY = 30


def register(app: Flask) -> None:
    """Put the pages into the bar, and gifts onto the pages of clients, trips and steps."""
    add_section(app, Section("gifts.index", _l("Gifts"), 27, frozenset(DESK), "/gifts", group=CLUB))
    add_section(app, Section("gifts.kinds", _l("Kinds of gifts"), 34, frozenset({"admin"}), "/admin/gifts",
                             group=CLUB))
    gift_panel_views.register(app)


@bp.get("/gifts")
@allow(*DESK)
def index() -> Response:
    """What each of the person's offices has, who waits for what, and what came and went."""
    return _stock_page(_move_form(formdata=None))


@bp.post("/gifts/moves")
@allow(*DESK)
def move() -> Response | BaseResponse:
    """Gifts came, were written off, or went to another office."""
    form = _move_form()
    if not form.submitted():
        return _stock_page(form, 422)
    actor, now = actor_of(current_user), clock.now()
    wish = Move(form.how.data, form.amount.data or 0, form.note.data or "", db.session.get(Office, form.to.data))
    office = db.session.get_one(Office, form.office.data)
    try:
        once(form.form_key.data or "", "gift-move", lambda: move_gifts(
            form.kind.data, office, wish, actor=actor, now=now)[0].id, actor=actor, now=now,
            content=(form.kind.data, office.id, form.how.data, form.amount.data, form.note.data, form.to.data))
    except BadInput as fault:
        form.say(fault.field, _fault(fault))
        return _stock_page(form, 422)
    except KeyTaken:
        return _sent_before(form, lambda: _stock_page(form, 422))
    return see_other(url_for("gifts.index"), _("Written down."))


@bp.route("/clients/<int:client_id>/gifts/new", methods=["GET", "POST"])
@allow(*DESK)
def promise(client_id: int) -> Response | BaseResponse:
    """«Подарить…»: a gift waits for the client in an office."""
    client = client_for(client_id, current_user) or abort(404)
    trip = _trip(client)
    back = safe_next(request.args.get("back"), url_for("client_page.show", client_id=client.id, _anchor="gifts"))
    form = _gift_form(client)
    if not form.submitted() or not _promised(client, trip, form):
        return page("club/gift_new.html", status=422 if form.errors else 200, form=form, client=client, back=back,
                    here=request.full_path.rstrip("?"))
    return see_other(back, _("Promised. An SMS goes tomorrow at noon, unless the gift is handed over before."))


@bp.get("/admin/gifts")
@allow("admin")
def kinds() -> Response:
    """All kinds of gifts, those that are no longer given too."""
    return page("club/gift_kinds.html", kinds=gifts.kinds(active=False), sees_stock=_is_of_desk(),
                name_of=lambda kind: gifts.gift_name(kind, page_language()))


@bp.route("/admin/gifts/new", methods=["GET", "POST"])
@allow("admin")
def new_kind() -> Response | BaseResponse:
    """A new kind of gift."""
    return _kind_page(None)


@bp.route("/admin/gifts/<int:kind_id>", methods=["GET", "POST"])
@allow("admin")
def kind(kind_id: int) -> Response | BaseResponse:
    """Change a kind of gift; what was promised stays promised."""
    return _kind_page(db.session.get(GiftKind, kind_id) or abort(404))


def _kind_page(row: GiftKind | None) -> Response | BaseResponse:
    form = KindForm(obj=row)
    if form.submitted():
        try:
            save_kind(row.id if row else None, name_ru=form.name_ru.data or "", name_en=form.name_en.data or "",
                      counted=form.counted.data, active=form.active.data, actor=actor_of(current_user),
                      now=clock.now())
            return see_other(url_for("gifts.kinds"), _("Saved."))
        except BadInput as fault:
            form.say(fault.field, _fault(fault))
    return page("club/gift_kind.html", status=422 if form.errors else 200, form=form, kind=row,
                name=gifts.gift_name(row, page_language()) if row else "")


def _stock_page(form: MoveForm, status: int = 200) -> Response:
    offices = _offices()
    ids = [office.id for office in offices]
    known = gifts.stocks(ids)
    counted = [kind for kind in gifts.kinds(active=False) if kind.counted]
    lines = [(office, kind, known.get((office.id, kind.id), Stock())) for office in offices for kind in counted
             if kind.active or (office.id, kind.id) in known]
    return page("club/gifts.html", status=status, form=form, lines=lines, offices=offices,
                some_out=any(stock.written_off for *_place, stock in lines),
                some_sent=any(stock.sent for *_place, stock in lines),
                waiting=gifts.waiting_in(ids), history=gifts.history_of(ids, HISTORY),
                may_edit="admin" in current_user.hats, zone=current_user.zone,
                today=clock.today(zone(current_user.zone)), name=lambda kind: gifts.gift_name(kind, page_language()))


def _promised(client: Client, trip: Trip | None, form: GiftForm) -> bool:
    actor, now = actor_of(current_user), clock.now()
    office = db.session.get_one(Office, form.office.data)
    wish = Promise(form.due.data, form.until.data, form.note.data or "", office, trip)
    kind = db.session.get_one(GiftKind, form.kind.data)
    try:
        once(form.form_key.data or "", f"gift:{client.id}", lambda: promise_gift(
            client, kind, wish, actor=actor, now=now).id, actor=actor, now=now,
            content=(kind.id, office.id, wish.due, wish.until, wish.note))
        return True
    except BadInput as fault:
        form.say(fault.field, _fault(fault))
    except KeyTaken:
        form.sent_before()
    return False


def _gift_form(client: Client) -> GiftForm:
    offices, known = _offices(), gifts.kinds()
    own = client.office_id if client.office_id in [office.id for office in offices] else offices[0].id
    usual = next((kind.id for kind in known if kind.code == DEFAULT), known[0].id if known else None)
    form = GiftForm(today=clock.today(zone(client.office.timezone)), data={"office": own, "kind": usual})
    form.kind.choices = [(kind.id, _name(kind)) for kind in known]
    form.office.choices = [(office.id, office.name) for office in offices]
    return form


def _move_form(**more: Any) -> MoveForm:
    form = MoveForm(**more)
    offices = _offices()
    form.kind.choices = [(kind.id, _name(kind)) for kind in gifts.kinds() if kind.counted]
    form.office.choices = [(office.id, office.name) for office in offices]
    everywhere = db.session.scalars(select(Office).where(Office.closed_on.is_(None)).order_by(Office.id)).all()
    form.to.choices = [(0, _("nowhere")), *((office.id, office.name) for office in everywhere)]
    if len(everywhere) == 1:
        form.how.choices = [choice for choice in HOW if choice[0] != "sent"]
    return form


def _is_of_desk() -> bool:
    return bool(current_user.hats & set(DESK))


def _offices() -> list[Office]:
    query = select(Office).where(Office.closed_on.is_(None)).order_by(Office.id)
    return list(db.session.scalars(scoped(query, Office.id, current_user))) or abort(404)


def _trip(client: Client) -> Trip | None:
    number = request.args.get("trip", type=row_id)
    trip = db.session.get(Trip, number) if number else None
    return trip if trip is not None and trip.client_id == client.id else None


def _name(kind: GiftKind) -> str:
    name = gifts.gift_name(kind, page_language())
    return name[:1].upper() + name[1:]


def _sent_before(form: BaseForm, show: Any) -> Response:
    form.sent_before()
    answer: Response = show()
    return answer


def _fault(fault: BadInput) -> str:
    words = {
        "not-enough": _("Only %(num)s are left by the book. Enter what came first.", num=fault.value),
        "bad-amount": _("Write a number from 1 to %(most)s.", most=fault.value),
        "where-to": _("Choose the other office."), "note-needed": _("Write why they were written off."),
        "no-such-kind": _("This kind is no longer given. Choose another one."),
        "until-past": _("This day has passed. Choose today or later."),
        "until-early": _("This is before the day it is handed over."),
        "name-taken": _("There is a gift of this name already."), "no-name": _("How is the gift called?"),
    }
    return words.get(fault.code, _("This cannot be done now."))
