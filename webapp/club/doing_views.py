"""What staff do with a card: present, lend, spend, give points, block, replace, take back; a small page for each."""

from typing import Any

from flask import Response, abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions import KeyTaken, once
from webapp.clients.models import Client, client_for, holders
from webapp.club import words
from webapp.club.actions import cards as verbs
from webapp.club.actions import granting, spending
from webapp.club.actions.cards import Sale
from webapp.club.actions.joining import join_open
from webapp.club.burn_rules import last_usable
from webapp.club.cards_blueprint import Seen, bp, me, moment, seen_card, whole_card
from webapp.club.doubles import doubles_of
from webapp.club.forms import BlockForm, GrantForm, LendForm, ReplaceForm, SpendForm, UndoForm
from webapp.club.ledger_rules import BadPosting
from webapp.club.lookup import known_number
from webapp.club.models import BonusOp, number_of, terms
from webapp.db import db
from webapp.kit import phones
from webapp.staff.rules import DIRECTOR, BadInput
from webapp.trips.models import Trip
from webapp.web.guard import DESK, allow
from webapp.web.i18n import day_long
from webapp.web.page import page, safe_next, see_other

_FAULTS = (BadInput, BadPosting)


@bp.post("/<number>/presentation")
@allow(*DESK)
def present(number: str) -> BaseResponse:
    """Somebody shows the card, in any office."""
    one = seen_card(number)
    try:
        card = verbs.present(one.card.id, office=one.office, actor=me(), now=moment())
    except BadInput as error:
        return see_other(_back(one), words.fault(error), "yellow")
    if card.burn_on is None:
        return see_other(_back(one), _("Presented. Thank you!"))
    day = day_long(last_usable(card.burn_on))
    return see_other(_back(one), _("Presented: the points live until %(day)s.", day=day))


@bp.route("/<number>/loan", methods=["GET", "POST"])
@allow(*DESK)
def lend(number: str) -> Response | BaseResponse:
    """The owner has lent the card to a friend."""
    one, form = whole_card(number), LendForm()
    if form.submitted():
        friend = _friend(form.name.data)
        try:
            card = verbs.lend(one.card.id, to=friend, name=form.name.data, office=one.office, actor=me(), now=moment())
            return see_other(one.url, _("The card is with %(name)s now. The points go on living on it.",
                                        name=card.lent_to))
        except BadInput as error:
            form.say("name" if error.code.startswith("lent") else "", words.fault(error))
    return _page(one, form, "lend")


@bp.post("/<number>/<any(loan, block):what>/end")
@allow(*DESK)
def end(number: str, what: str) -> BaseResponse:
    """The owner has the card again, or it works again; the same press again changes nothing."""
    one = whole_card(number)
    verb, said = {"loan": (verbs.take_back, _("The owner has the card again.")),
                  "block": (verbs.unblock, _("The card works again."))}[what]
    card = verb(one.card.id, office=one.office, actor=me(), now=moment())
    # An unblocked card may have gone to another one of its owner.
    return see_other(url_for(".show", number=number_of(card.id)), said)


@bp.post("/<number>/joining")
@allow(*DESK)
def join(number: str) -> BaseResponse:
    """Two open cards of one person become one; the same press again leads to the one that stayed."""
    card = join_open(whole_card(_alive(number)).card.id, actor=me(), now=moment())
    return see_other(url_for(".show", number=number_of(card.id)), _("The client has one card now: this one."))


@bp.route("/<number>/spending", methods=["GET", "POST"])
@allow(*DESK)
def spend(number: str) -> Response | BaseResponse:
    """Points for something that is no trip; whoever holds the card presents it thereby."""
    one, share = seen_card(number), words.percent(terms().share_bp)
    form = SpendForm(share=share)
    if form.submitted():
        try:
            op = spending.spend(one.card.id, form.spend_points.data or 0, what=form.what.data or "",
                                cost_kopecks=form.cost_kopecks, receipt=form.receipt.data or "",
                                office=one.office, key=_key(one, form), actor=me(), now=moment())
            return see_other(one.url, _("Written off: %(points)s.", points=words.points(-op.amount)))
        except _FAULTS as error:
            if isinstance(error, BadInput) and error.code == "over-share":
                form.say("spend_points", _("Points pay up to %(share)s of the price: at most %(value)s here.",
                                           share=share, value=words.plain(int(error.value))))
            else:
                _say(form, error, "spend_points")
    return _page(one, form, "spend")


@bp.route("/<number>/points", methods=["GET", "POST"])
@allow("service", "director")
def give(number: str) -> Response | BaseResponse:
    """A coupon or a compensation; directors also put the balance right."""
    one, form = whole_card(number), GrantForm(may_correct=DIRECTOR in current_user.hats)
    if form.submitted():
        try:
            op = _given(one, form)
            return see_other(one.url, _("Done: %(points)s.", points=words.signed(op.amount)))
        except _FAULTS as error:
            _say(form, error, "points")
    return _page(one, form, "give")


@bp.route("/<number>/block", methods=["GET", "POST"])
@allow(*DESK)
def block(number: str) -> Response | BaseResponse:
    """Nobody can use the card until it is unblocked; its points wait and do not burn."""
    one, form = whole_card(number), BlockForm()
    if form.submitted():
        verbs.block(one.card.id, reason=form.block_reason.data or "", office=one.office, actor=me(), now=moment())
        return see_other(one.url, _("Blocked. The points wait and do not burn."))
    return _page(one, form, "block")


@bp.route("/<number>/replacement", methods=["GET", "POST"])
@allow(*DESK)
def replace(number: str) -> Response | BaseResponse:
    """A new number; points and history stay, the old number is void. Sent again, it leads to the card."""
    one, form = whole_card(_alive(number)), ReplaceForm()
    if form.submitted():
        sale = Sale(number=form.number.data or "")
        try:
            card_id, is_new = once(
                form.form_key.data or "", "card-number", lambda: verbs.replace_card(
                    one.card.id, sale, reason=form.replace_reason.data or "", office=one.office, actor=me(),
                    now=moment()).id,
                content=(one.card.id, sale.number, form.replace_reason.data), actor=me(), now=moment())
            new = number_of(card_id)
            said = _("The card has the number %(number)s now. The old one is void.", number=words.number(new))
            return see_other(url_for(".show", number=new), said if is_new else _("This was saved before."),
                             "green" if is_new else "yellow")
        except KeyTaken:
            form.form_key.renew()
            form.say("", _("This form was sent before with other words. Look at the card, and send it once more if "
                           "need be."))
        except BadInput as error:
            form.say("number", words.fault(error))
    return _page(one, form, "replace", doubles=doubles_of(one.card, me()))


@bp.route("/<number>/reversals/<int:op_id>", methods=["GET", "POST"])
@allow(*DESK)
def undo(number: str, op_id: int) -> Response | BaseResponse:
    """Take an operation back: directors with a reason, others their own spending on the same day."""
    one, form = seen_card(_alive(number)), UndoForm()
    op, card = db.session.get(BonusOp, op_id), spending.card_of_op(op_id)
    if op is None or card is None or card.id != one.card.id:
        abort(404)
    # Of another office's card people see their own press of today, and nothing by a number that is void.
    if not one.whole and (one.number != number or not spending.may_undo(op, card, actor=me(), now=moment())):
        abort(404)
    if friend := spending.friend_of(op):
        # Two people were rewarded: both rewards are taken back at the friend.
        return redirect(url_for("referrals.show", referral_id=friend, _anchor="decide"), 303)
    if elsewhere := spending.belongs(op):
        # The row of the sale would not follow: no button here, and a word where to go.
        form.say("", words.fault(BadInput(elsewhere)))
        return page("club/doing.html", status=422 if request.method == "POST" else 200, one=one, form=form, verb="undo",
                    words=words, op=op, trip_id=_trip_of(op))
    if form.submitted():
        try:
            spending.undo(op_id, reason=form.reason.data or "", actor=me(), now=moment())
            return see_other(one.url, _("Taken back."))
        except _FAULTS as error:
            _say(form, error, "reason")
    return _page(one, form, "undo", op=op, asks=DIRECTOR in current_user.hats)


def _trip_of(op: BonusOp) -> int | None:
    """Its trip, for whoever may open it."""
    trip = db.session.get(Trip, op.trip_id) if op.trip_id else None
    return trip.id if trip and me().may_see(trip.office_id) else None


def _given(one: Seen, form: GrantForm) -> BonusOp:
    points, note, key = form.points.data or 0, form.note.data or "", _key(one, form)
    if form.kind.data == "correction":
        return granting.put_right(one.card.id, points, note, key=key, actor=me(), now=moment())
    return granting.grant(one.card, form.kind.data, points, key=key, cause=f"card:{one.card.id}", note=note, actor=me(),
                          now=moment())


def _key(one: Seen, form: Any) -> str:
    """The key of this form in the ledger: of one person and one card."""
    return f"{current_user.id}:{one.card.id}:{form.form_key.data}"


def _say(form: Any, error: BadInput | BadPosting, about_points: str) -> None:
    """Beside the field it is about, or above all of them."""
    if isinstance(error, BadPosting):
        if error.code == "key-reused":
            form.form_key.renew()
        form.say(about_points, words.fault(error))
    else:
        form.say(error.field if error.field in form else "", words.fault(error))


def _friend(typed: str) -> Client | None:
    """One of our own clients who has exactly this phone."""
    e164 = phones.normalise(typed)
    found = [row for row in holders([e164]) if client_for(row.id, current_user)] if e164 else []
    return found[0] if len(found) == 1 else None


def _alive(number: str) -> str:
    """The number the card has now: a form that was sent twice still names the old one."""
    known = known_number(number) if number.isdecimal() and len(number) < 20 else None
    return number_of(known.card.id) if known and known.card else number


def _back(one: Seen) -> str:
    return safe_next(request.form.get("back"), one.url)


def _page(one: Seen, form: Any, verb: str, **more: Any) -> Response | BaseResponse:
    if one.card.state != "active" and verb in ("lend", "spend"):
        return redirect(one.url, 303)
    status = 422 if form.errors or form.form_errors else 200
    return page("club/doing.html", status=status, one=one, form=form, verb=verb, words=words, **more)
