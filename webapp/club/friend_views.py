"""Pages of friends for staff: the list, one friend, a friend named to us, invitations of clients; the report."""

import csv
import io
from datetime import date
from typing import Any

from babel.dates import format_date
from flask import Blueprint, Flask, Response, abort, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions.once import KeyTaken, once
from webapp.batches.defuse import defuse
from webapp.clients.models import Client, client_for
from webapp.clients.picking import add_purpose
from webapp.clients.sources import add_source
from webapp.club import friend_words as words
from webapp.club import referral_list as listed
from webapp.club.actions import friends, inviting, referring, rewarding
from webapp.club.friend_forms import EndForm, FriendForm
from webapp.club.friend_rules import LOST, REFUSED, REWARDED, TALKING, may_become, shown_code
from webapp.club.friends import Coming
from webapp.club.inviting import code_of, url_of
from webapp.club.models import Referral
from webapp.kit import clock
from webapp.kit.days import zone
from webapp.staff.audit import actor_of
from webapp.staff.rules import DIRECTOR, SERVICE, BadInput, NotAllowed
from webapp.trips.board_counts import colleagues_of
from webapp.web.guard import DESK, allow
from webapp.web.nav import CLUB, Section, add_section
from webapp.web.page import page, row_id, see_other
from webapp.web.panels import add_panel

bp = Blueprint("referrals", __name__)
PAGE, MOST = 50, 2_000
FILTERS = {"open": _l("Under way"), "new": _l("To be called"), "talking": _l("We talk"),
           "travels": _l("Has bought a trip"), "rewarded": _l("Both are rewarded"), "refused": _l("No reward"),
           "lost": _l("Does not travel"), "all": _l("All")}


def register(app: Flask) -> None:
    """Put the list into the bar, and friends onto the page of a client."""
    add_section(app, Section("referrals.index", _l("Friends"), 26, frozenset(DESK), "/referrals", group=CLUB))
    add_panel(app, "client-aside", _panel, order=40)
    add_purpose("referrals.new", _l("Who sends us a friend?"))
    add_source(friends.SOURCE, _l("A friend’s invitation"))


@bp.get("/referrals")
@allow(*DESK)
def index() -> Response:
    """Friends who came by clients: whom to call, who travels, who was rewarded."""
    wish, day = _wish(), _today()
    count = min(max(request.args.get("n", PAGE, type=row_id), PAGE), MOST)
    rows = listed.rows_of(current_user, wish, day, count + 1)
    return page("club/referrals.html", rows=rows[:count], more=count + PAGE if len(rows) > count else None, wish=wish,
                filters=FILTERS, counts=listed.counts_of(current_user, wish, day), words=words, today=day,
                colleagues=_colleagues(), zone=current_user.zone, own=set(current_user.office_ids))


@bp.get("/referrals/list.csv")
@allow(*DESK)
def export() -> Response:
    """The list as a table."""
    rows = listed.rows_of(current_user, _wish(), _today(), MOST)
    heading = (_("Came on"), _("Friend"), _("Phone"), _("Who invited"), _("How"), _("State"), _("Why"), _("Who calls"),
               _("Call on"), _("Points to the inviter"), _("Points to the friend"))
    tz = zone(current_user.zone)
    lines = [(row.created_at.astimezone(tz).date().isoformat(), row.name, row.phone,
              f"{row.inviter_last} {row.inviter_first}".strip(), words.SOURCES.get(row.source, row.source),
              words.STATES[row.state], words.reason(row), row.manager or "",
              row.call_on.isoformat() if row.call_status == "planned" else "",
              *((row.inviter_points or "", row.friend_points or "") if row.state == REWARDED else ("", "")))
             for row in rows]
    return _csv("referrals.csv", heading, lines)


@bp.get("/referrals/report")
@allow(*DESK)
def report() -> Response:
    """What invitations brought, by month and by inviter."""
    return page("club/referral_report.html", report=listed.report_of(current_user, clock.now()), month_words=_month,
                own_only=not current_user.hats & {SERVICE, DIRECTOR})


@bp.get("/referrals/report.csv")
@allow(*DESK)
def report_export() -> Response:
    """The same by inviter, as a table."""
    found = listed.report_of(current_user, clock.now())
    heading = (_("Who invited"), _("Friends came"), _("Bought a trip"), _("Rewarded"), _("Points for friends"),
               _("Income"))
    return _csv("friends.csv", heading, [(sums.name, sums.came, sums.travelled, sums.rewarded, sums.points,
                                          f"{sums.income / 100:.2f}") for sums in found.people])


@bp.route("/referrals/new", methods=["GET", "POST"])
@allow(*DESK)
def new() -> Response | BaseResponse:
    """«Whom could we also help?»: a friend of a client, told on the phone or at the counter."""
    client_id = request.args.get("client", type=row_id)
    if client_id is None:
        return see_other(url_for("clients.pick", next=url_for("referrals.new"), back=url_for("referrals.index")))
    inviter = client_for(client_id, current_user) or abort(404)
    form = FriendForm()
    if not form.submitted():
        return page("club/referral_new.html", status=422 if form.errors else 200, form=form, client=inviter)
    row_number = _recommend(inviter, form)
    if row_number is None:
        return page("club/referral_new.html", status=422, form=form, client=inviter)
    row = listed.referral_for(row_number, current_user, _today())
    url = url_for("referrals.show", referral_id=row_number) if row else url_for("referrals.index")
    if row is not None and row.state == REFUSED:
        return see_other(url, _("Written down, without a reward: %(why)s.", why=words.reason(row)), "yellow")
    return see_other(url, _("Written down. The call stands in the list for the next working day."))


@bp.get("/referrals/<int:referral_id>")
@allow(*DESK)
def show(referral_id: int) -> Response:
    """One friend: who sent them, what they want, what comes next."""
    return _show(_row(referral_id), EndForm(formdata=None))


@bp.post("/referrals/<int:referral_id>/state")
@allow(*DESK)
def turn(referral_id: int) -> Response | BaseResponse:
    """We talk, nothing comes of it, or no reward for this one."""
    row, form, to = _row(referral_id), EndForm(), request.form.get("to", "")
    if to not in (TALKING, LOST, REFUSED) or not form.submitted():
        return _show(row, form, 422)
    actor, now, note = actor_of(current_user), clock.now(), form.note.data or ""
    try:
        if to == TALKING:
            referring.talk(row.id, actor=actor, now=now)
        elif row.state == REWARDED and to == REFUSED:
            rewarding.withdraw(row.id, note=note, actor=actor, now=now)
            return see_other(url_for("referrals.show", referral_id=row.id), _("Both rewards are taken back."))
        else:
            (referring.lose if to == LOST else referring.refuse)(row.id, note=note, actor=actor, now=now)
    except BadInput as fault:
        if fault.code == "reason-needed":
            form.say("note", _("Write in a few words why: colleagues and the client will ask."))
        else:
            form.say("", _("This has changed meanwhile. Please look again."))
        return _show(_row(referral_id), form, 422)
    except NotAllowed as refusal:
        form.say("", _("Only a director takes rewards back.") if refusal.reason == "role" else
                 _("This is a colleague’s friend: only they, customer service or a director decide."))
        return _show(row, form, 422)
    return see_other(url_for("referrals.show", referral_id=row.id), _("Saved."))


@bp.post("/clients/<int:client_id>/invitation")
@allow(*DESK)
def invitation(client_id: int) -> BaseResponse:
    """Make the invitation of a client, or close it."""
    client = client_for(client_id, current_user) or abort(404)
    is_closing = request.form.get("do") == "close"
    change = inviting.close_invitation if is_closing else inviting.reopen_invitation
    change(client, actor=actor_of(current_user), now=clock.now())
    said = _("Closed: nobody comes by this link any more.") if is_closing else _("Here is the link for friends.")
    return see_other(url_for("client_page.show", client_id=client.id, _anchor="friends"), said)


def _recommend(inviter: Client, form: FriendForm) -> int | None:
    """The number of the referral; None when the form has a fault."""
    actor, now = actor_of(current_user), clock.now()
    coming = Coming(form.name.data or "", form.phone.e164, form.wish.data or "")
    try:
        number, _is_new = once(form.form_key.data or "", f"friend:{inviter.id}", lambda: friends.recommend(
            inviter, coming, actor=actor, now=now).id, content=coming, actor=actor, now=now)
        return number
    except KeyTaken:
        form.form_key.renew()
        form.say("", _("This form was sent before with somebody else in it. Check it and send it once more."))
    except BadInput:
        form.say("name", _("Write the friend’s name or phone."))
    return None


def _show(row: Referral, form: EndForm, status: int = 200) -> Response:
    now, actor = clock.now(), actor_of(current_user)
    whole = next(iter(listed.rows_of_one(row.id)))
    may = referring.may_decide(row, actor=actor, now=now)
    if row.state == REWARDED:
        may = may and DIRECTOR in actor.hats
    return page("club/referral.html", status=status, row=whole, form=form, words=words, zone=current_user.zone,
                own=set(current_user.office_ids), today=_today(),
                ways=[state for state in (TALKING, LOST, REFUSED) if may and may_become(row.state, state)
                      and not (row.state in ("travels", REWARDED) and state == TALKING)])


def _row(referral_id: int) -> Referral:
    return listed.referral_for(referral_id, current_user, _today()) or abort(404)


def _panel(client: Client) -> Markup | None:
    """On the page of a client: the own invitation, by whom they came, whom they sent."""
    if not current_user.hats & set(DESK):
        return None
    came, sent = listed.referrals_about(client.id)
    code = code_of(client.id)
    own = set(current_user.office_ids)
    return Markup(render_template(  # noqa: S704 - a template of ours
        "club/_friends.html", client=client, came=came, sent=sent, code=shown_code(code) if code else "",
        url=url_of(code) if code else "", words=words, own=own))


def _wish() -> listed.Wish:
    show = request.args.get("show", "open")
    manager = request.args.get("manager", type=row_id)
    known = {user_id for user_id, _name in _colleagues()}
    return listed.Wish(show if show in listed.FILTERS else "open", manager if manager in known else None)


def _colleagues() -> list[tuple[int, str]]:
    """Whose friends may be looked at one by one: by customer service and directors."""
    return colleagues_of(current_user.office_ids) if current_user.hats & {SERVICE, DIRECTOR} else []


def _today() -> date:
    return clock.today(zone(current_user.zone))


def _month(first: date) -> str:
    return format_date(first, "LLLL y", locale=get_locale())


def _csv(name: str, heading: tuple[Any, ...], lines: list[tuple[Any, ...]]) -> Response:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(heading)
    writer.writerows([defuse(str(cell)) for cell in line] for line in lines)
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv",
                    headers={"Content-Disposition": f'attachment; filename="{name}"'})
