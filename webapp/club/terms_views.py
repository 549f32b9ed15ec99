"""The terms of the club and numbers for the printing house: administrators set them, directors read."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Flask, Response, abort, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from webapp.batches.actions import KeyTaken, once
from webapp.batches.kinds import Kind, register_kind
from webapp.batches.models import Batch
from webapp.club import sale_rules, words
from webapp.club.actions.blanks import draw_blanks
from webapp.club.actions.terms import KIND, change_terms, recount_under_way, run_recount
from webapp.club.burn_rules import burn_day, last_usable
from webapp.club.exporting import csv_file
from webapp.club.models import CardNumber, Level, terms
from webapp.club.months_impact import Burns, months_impact
from webapp.club.qr import card_address
from webapp.club.sale_rules import ON_PURCHASE, Terms
from webapp.club.terms_form import BlanksForm, TermsForm
from webapp.db import db
from webapp.kit import clock, money
from webapp.staff.audit import actor_of
from webapp.staff.log_words import add_log_words
from webapp.staff.rules import ADMIN, BadInput
from webapp.web.guard import allow
from webapp.web.i18n import day_long, today_here
from webapp.web.nav import CLUB, Section, add_section
from webapp.web.page import page, see_other

bp = Blueprint("club_terms", __name__, url_prefix="/admin/club")
EXAMPLE = 100_000_00


def _after(batch: Batch) -> tuple[str, Any] | None:
    return (url_for("club_terms.show"), _l("To the terms of the club")) if batch.state == "done" else None


register_kind(Kind(KIND, run_recount, _l("Counting anew when points burn"), {"moved": _l("Cards with another day")},
                   _after))


def register(app: Flask) -> None:
    """The section, and how the log speaks of cards and the club."""
    add_section(app, Section("club_terms.show", _l("Terms of the club"), 32, frozenset({"director", "admin"}),
                             "/admin/club", group=CLUB))
    add_section(app, Section("club_terms.blanks", _l("Numbers for printing"), 33, frozenset({"director", "admin"}),
                             "/admin/club/blanks", group=CLUB))
    add_log_words("club", _l("Bonus club"), {"terms": _l("Changed the terms of the bonus club"),
                                             "blanks": _l("Drew numbers of cards for printing")}, fields={
        "club_price_kopecks": _l("Price of a card"), "club_discount_bp": _l("Discount by the card"),
        "club_share_bp": _l("At most with points"), "club_months": _l("Points live, months"),
        "club_accrue": _l("When points for a trip come"), "club_inviter_points": _l("For bringing a friend"),
        "club_friend_points": _l("For the friend"), "club_welcome_back_points": _l("For coming back"),
        "blanks": _l("How many numbers")}, values={
        "club_price_kopecks": lambda text: money.display(int(text)), "club_accrue": _accrue_word,
        "club_discount_bp": lambda text: words.percent(int(text)),
        "club_share_bp": lambda text: words.percent(int(text))})
    add_log_words("card", _l("Cards"), {"corrected": _l("Put the points of a card right"),
                                        "undone": _l("Took points of a card back")},
                  fields={"card_number": _l("Number of the card"), "points": _l("Points"),
                          "card_reason": _l("What for")},
                  values={"card_number": words.number})


@bp.get("")
@allow("director", "admin")
def show() -> Response:
    """The terms in force, with an example in money."""
    form = TermsForm(None)
    form.fill_in(terms())
    return _page(form)


@bp.post("")
@allow("admin")
def save() -> Response | BaseResponse:
    """Change them; another life of points counts every card anew, as long work."""
    form = TermsForm()
    if not form.submitted():
        return _page(form, 422)
    if form.ask_once(terms().months):
        return _page(form, 422, months_impact(form.terms.months, now=clock.now()))
    try:
        batch = change_terms(form.terms, actor=actor_of(current_user), now=clock.now())
    except BadInput:
        form.say("", _("These terms cannot be kept. Check the numbers."))
        return _page(form, 422)
    if batch is not None:
        return see_other(url_for("batches.job", batch_id=batch.id),
                         _("Saved. Now the days of burning are counted anew."))
    return see_other(url_for(".show"), _("Saved."))


@bp.get("/blanks")
@allow("director", "admin")
def blanks() -> Response:
    """Orders of numbers for plastic, and how many of each are used."""
    return _blanks_page(BlanksForm(None))


@bp.post("/blanks")
@allow("admin")
def draw() -> Response | BaseResponse:
    """Draw numbers; the same form again draws nothing."""
    form = BlanksForm()
    if not form.submitted():
        return _blanks_page(form, 422)
    count, actor, now = form.count.data or 0, actor_of(current_user), clock.now()

    def work() -> int:
        draw_blanks(count, actor=actor, now=now)
        return count
    try:
        drawn, is_new = once(form.form_key.data or "", "blanks", work, content=count, actor=actor, now=now)
    except KeyTaken:
        form.sent_before()
        return _blanks_page(form, 409)
    said = ngettext("%(num)d number is drawn. Download the file for the printing house.",
                    "%(num)d numbers are drawn. Download the file for the printing house.", drawn)
    if not is_new:
        return see_other(url_for(".blanks"), _("This form was sent before: its numbers are in the list."), "yellow")
    return see_other(url_for(".blanks"), said)


@bp.get("/blanks/<batch>.csv")
@allow("director", "admin")
def blanks_file(batch: str) -> Response:
    """Number, number as printed, and what the QR code says; one line for each card."""
    numbers = list(db.session.scalars(select(CardNumber.number).where(CardNumber.batch == batch)
                                      .order_by(CardNumber.number))) if batch else []
    return csv_file(f"cards-{batch}.csv", _blank_rows(numbers)) if numbers else abort(404)


def _blank_rows(numbers: list[str]) -> Iterable[Sequence[Any]]:
    yield (_("Number"), _("As printed"), _("Text of the QR code"))
    for number in numbers:
        # An ordinary space: printers' programs do not know the one that does not break.
        yield (number, words.number(number).replace("\u00a0", " "), card_address(number))


def _page(form: TermsForm, status: int = 200, impact: tuple[Burns, Burns] | None = None) -> Response:
    now = terms()
    return page("club/terms.html", status=status, form=form, terms=now, may_edit=ADMIN in current_user.hats,
                words=words, impact=impact, example=_example(now, today_here()), under_way=recount_under_way())


def _blanks_page(form: BlanksForm, status: int = 200) -> Response:
    # A number that was given out stays of its order, used for ever.
    query = (select(CardNumber.batch, func.min(CardNumber.made_at), func.count(), func.count(CardNumber.since))
             .where(CardNumber.batch != "").group_by(CardNumber.batch).order_by(func.min(CardNumber.made_at).desc()))
    return page("club/blanks.html", status=status, form=form, rows=list(db.session.execute(query)), words=words,
                may_edit=ADMIN in current_user.hats, zone=current_user.zone)


def _example(now: Terms, today: date) -> str:
    """What these terms make of a trip for 100 000 ₽."""
    discount = sale_rules.discount(EXAMPLE, now.discount_bp)
    most = sale_rules.most_points(EXAMPLE, discount, EXAMPLE, now.share_bp)
    rate = db.session.scalar(select(Level.rate_bp).order_by(Level.rank).limit(1)) or 100
    points = sale_rules.points_for(EXAMPLE, discount, 0, rate)
    parts = [_("For a trip of %(price)s the discount is %(discount)s, and up to %(most)s can be spent on it.",
               price=money.display(EXAMPLE), discount=money.display(discount), most=words.points(most)),
             _("It brings %(points)s on the first level, %(when)s.", points=words.points(points),
               when=_("at once") if now.accrue == ON_PURCHASE else _("the day after the return")),
             _("A card presented today keeps its points until %(day)s.",
               day=day_long(last_usable(burn_day(today, now.months))))]
    return " ".join(parts)


def _accrue_word(text: str) -> str:
    return _("At once, when the card is shown") if text == ON_PURCHASE else _("The day after the return")
