"""The list of complaints by nearest deadline, the section of the bar, the strip; a complaint written down by hand."""

from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions.once import KeyTaken, once
from webapp.clients.models import Client, client_for
from webapp.clients.picking import add_purpose
from webapp.complaints import desk_query as query
from webapp.complaints import due_words, own_views, words
from webapp.complaints.about_forms import likeliest, offer_trips, read_contact
from webapp.complaints.actions import Intake, receive
from webapp.complaints.desk_blueprint import PEOPLE, bp, me, my_counts
from webapp.complaints.forms import NewForm
from webapp.complaints.models import Complaint
from webapp.complaints.questions import complaint_for, may_work_with, seen_among
from webapp.complaints.step_rules import SOURCES, step_number
from webapp.db import db
from webapp.kit import clock
from webapp.post import incoming
from webapp.staff.rules import DIRECTOR, BadInput, NotAllowed
from webapp.trips.board_counts import colleagues_of
from webapp.trips.models import Trip
from webapp.web.addresses import kept_args
from webapp.web.forms import parse_day
from webapp.web.guard import DESK, allow
from webapp.web.i18n import today_here
from webapp.web.nav import Section, Strip, add_section, add_strips
from webapp.web.page import page, row_id, see_other

PAGE, MOST = 50, 1_000
KEPT = ("source", "manager", "operator", "from", "to", "q")
FILTER_WORDS: dict[str, Any] = {
    "open": _l("All"), "mine": _l("Mine"), "draft": _l("Drafts"), "waiting": _l("Wait for the client"),
    "closed": _l("Closed ones"), "void": _l("Not complaints")}


def register(app: Flask) -> None:
    """Put the section into the bar, and what must not be overlooked above the page."""
    add_section(app, Section("complaints.index", _l("Complaints"), 22, frozenset(DESK), "/complaints", _count))
    add_strips(app, _strips)
    for endpoint in ("complaints.new", "complaints.entry"):
        add_purpose(endpoint, _l("Whose complaint is it?"))


@bp.get("")
@allow(*DESK)
def index() -> Response:
    """Open complaints by the nearest deadline; filters are in the address. Managers read those of their clients."""
    if not may_work_with(current_user):
        return own_views.own_list()
    wish, now = _wish(), clock.now()
    limit = min(max(request.args.get("n", PAGE, type=row_id), PAGE), MOST)
    rows = query.listed(current_user, wish, limit + 1)
    ids = [row.id for row in rows]
    counts, own = my_counts(), current_user.office_ids
    kept = kept_args(*KEPT)
    number = {"open": counts.open, "mine": counts.mine, "draft": counts.draft, "waiting": counts.waiting}
    filters = [{"url": url_for("complaints.index", show=None if code == "open" else code, **kept), "label": word,
                "current": code == wish.show, "count": number.get(code)} for code, word in FILTER_WORDS.items()]
    last = query.last_closed(current_user) if not rows else None
    return page(
        "complaints/list.html", rows=rows[:limit], wish=wish, filters=filters, counts=counts, words=words, last=last,
        due={row.id: due_words.due_of(row, now, current_user.zone) for row in rows},
        looking=query.who_looks(ids, current_user, now),
        news=query.news_in(ids), done={row.id: step_number(row.state) for row in rows},
        own=own, managers=colleagues_of(own), operators=query.operators_of(current_user), sources=SOURCES,
        more=limit + PAGE if len(rows) > limit and limit < MOST else None, is_filtered=bool(kept), kept=kept,
        asked=request.args)


@bp.route("/new", methods=["GET", "POST"])
@allow(*DESK)
def new() -> Response | BaseResponse:
    """Write down a complaint: told on the phone, in the office, in a letter."""
    client_id = request.args.get("client", type=row_id)
    if client_id is None:
        return see_other(url_for("clients.pick", next=url_for("complaints.new"), back=url_for("complaints.index")))
    client = client_for(client_id, current_user) or abort(404)
    letter = _letter(client)
    form, trips = NewForm() if request.method == "POST" else NewForm(None), likeliest(
        query.trips_of(client.id), today_here())
    offer_trips(form, trips)
    if request.method == "GET":
        form.trip.data = request.args.get("trip", type=row_id) or (trips[0].id if trips else 0)
        form.source.data, form.tells.data = ("reply" if letter else "phone"), ["yes"]
        form.story.data = letter.text if letter else ""
    if not form.submitted():
        return _new_page(form, client, letter)
    found = _intake(form, client, trips, letter)
    if found is None:
        return _new_page(form, client, letter)
    try:
        number, is_new = once(form.form_key.data or "", f"complaint:new:{client.id}", lambda: receive(
            found, actor=me(), now=clock.now()).id, content=sorted(form.data.items(), key=str), actor=me(),
            now=clock.now())
    except KeyTaken:
        form.sent_before()
        return _new_page(form, client, letter, 409)
    except (BadInput, NotAllowed) as error:
        form.say("", words.fault(error) if isinstance(error, BadInput) else _("You may not do this."))
        return _new_page(form, client, letter)
    return _written(number, _("Written down.") if is_new else _("This was written down before."))


def _written(number: int, said: str) -> BaseResponse:
    """On to its page; where that is not for this person (a colleague's client), back to the client."""
    if complaint_for(number, current_user, today=today_here()) is not None:
        return see_other(url_for("complaints.show", complaint_id=number), said)
    row = db.session.get_one(Complaint, number)
    told = _("%(said)s Complaint %(number)s is with customer service now.", said=said, number=row.number)
    return see_other(url_for("client_page.show", client_id=row.client_id), told)


def _new_page(form: NewForm, client: Client, letter: Any, refused: int = 422) -> Response:
    failed = form.errors or form.form_errors
    open_ones = [row for row in query.of_client(client.id) if row.is_open]
    # Whoever came from a trip goes back to it.
    trip_id = request.args.get("trip", type=row_id)
    return page("complaints/new.html", status=refused if failed else 200, form=form, client=client, letter=letter,
                open_ones=open_ones, words=words, may_work=may_work_with(current_user), trip_id=trip_id,
                seen=seen_among([row.id for row in open_ones], current_user, today=today_here()))


def _intake(form: NewForm, client: Client, trips: list[Trip], letter: Any) -> Intake | None:
    """What the form says; None when the contact cannot be read."""
    contact = read_contact(form)
    if contact is None:
        return None
    return Intake(
        client=client, source=form.source.data, story=form.story.data or "", wants=form.wants.data or "",
        trip=next((trip for trip in trips if trip.id == form.trip.data), None), operator=form.operator.data or "",
        origin=f"incoming:{letter.id}" if letter else None, contact_phone=contact[0], contact_email=contact[1],
        tells=bool(form.tells.data), own=letter.text if letter else "")


def _letter(client: Client) -> Any:
    """The letter somebody opens a complaint from, when it is this client's."""
    number = request.args.get("letter", type=row_id)
    row = incoming.one(current_user, number) if number else None
    return row if row is not None and row.client_id == client.id else None


def _wish() -> query.Wish:
    asked, today = request.args, today_here()
    show, source = asked.get("show", "open"), asked.get("source", "")
    return query.Wish(
        show if show in query.FILTERS else "open", source if source in SOURCES else "",
        asked.get("manager", type=row_id), asked.get("operator", "")[:200],
        parse_day(asked.get("from", ""), today) if asked.get("from") else None,
        parse_day(asked.get("to", ""), today) if asked.get("to") else None,
        asked.get("q", "").strip()[:query.MOST_TYPED])


def _count() -> tuple[int, bool] | None:
    if not may_work_with(current_user):
        # Never red: the deadline is not theirs to keep.
        return (own_views.own_open(), False) if own_views.own_open() else None
    counts = my_counts()
    return (counts.open, counts.overdue > 0) if counts.open else None


def _strips() -> Iterator[Strip]:
    if not current_user.hats & set(PEOPLE):
        return
    for entry in query.unopened(current_user, clock.now()):
        yield Strip("red", "warning", _("Complaint %(number)s from the public form could not be opened: %(name)s, "
                                        "%(contact)s.", number=entry.number, name=entry.name,
                                        contact=entry.phone or entry.email),
                    url=url_for("complaints.entry", entry_id=entry.id), url_label=_("Read it and open it"))
    counts = my_counts()
    if counts.unanswered:
        yield Strip("yellow", "message", ngettext("%(num)d client waits for an answer about a complaint.",
                                                  "%(num)d clients wait for an answer about their complaints.",
                                                  counts.unanswered),
                    url=url_for("complaints.index", show="mine"), url_label=_("To the complaints"))
    if counts.again and DIRECTOR in current_user.hats:
        yield Strip("yellow", "refresh", ngettext(
            "%(num)d client is not satisfied with our decision: a director looks at it once more.",
            "%(num)d clients are not satisfied with our decision: a director looks at it once more.", counts.again),
                    url=url_for("complaints.index"), url_label=_("To the complaints"))
    if counts.draft:
        yield Strip("accent", "flag", ngettext("%(num)d draft of a complaint is to be confirmed.",
                                               "%(num)d drafts of complaints are to be confirmed.", counts.draft),
                    url=url_for("complaints.index", show="draft"), url_label=_("Read"))

