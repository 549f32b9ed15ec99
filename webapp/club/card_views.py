"""Cards for staff: finding one, today and this month, the page of a card, its statement on paper and as a file."""

from datetime import datetime
from typing import Any

from flask import Flask, Response, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.clients.lookup import facts_about, offer_facts
from webapp.club import figures, lookup, statement, words
from webapp.club.actions.spending import friend_of, may_undo
from webapp.club.burn_rules import last_usable
from webapp.club.cards_blueprint import Seen, bp, me, moment, offices_of_mine, seen, today_in, whole_card
from webapp.club.doubles import doubles_of
from webapp.club.exporting import csv_file, statement_rows
from webapp.club.ledger_rules import BACK_AGAIN, BURNED
from webapp.club.link_views import ways_of
from webapp.club.models import BLOCKED, Card, rate_of, terms
from webapp.club.number_rules import BadNumber, looks_like_card, read_number
from webapp.club.pending import pending_of
from webapp.club.qr import card_address, drawing
from webapp.club.referral_list import seen_of
from webapp.club.warned import story, warned_words
from webapp.kit import clock
from webapp.kit.days import zone
from webapp.staff.rules import DIRECTOR, SERVICE, Actor
from webapp.staff.words import add_reasons
from webapp.web.guard import DESK, allow
from webapp.web.nav import CLUB, Section, add_section
from webapp.web.page import is_partial, page, part, row_id, see_other

add_reasons({
    "card-elsewhere": _l("This card belongs to another office. You may present it and pay with it; the rest is "
                         "theirs."),
    "office": _l("You do not work in this office."),
    "not-your-points": _l("Only your director can take this back."),
})


def register(app: Flask) -> None:
    """The section in the bar; balances for the look-up by phone over the whole network."""
    add_section(app, Section("cards.index", _l("Cards"), 25, frozenset(DESK), "/cards", group=CLUB))
    offer_facts(app, lookup.balances)


@bp.get("")
@allow(*DESK)
def index() -> Response | BaseResponse:
    """Find a card; an exact number leads to its page. Below, what happened today and this month."""
    return _find_page(request.args.get("q", "").strip())


def _find_page(typed: str, status: int = 200) -> Response | BaseResponse:
    known, wrong = _number(typed, must_be=status == 404)
    if known is not None and known.card is not None and not is_partial():
        return see_other(url_for(".show", number=read_number(typed)))
    is_other = typed and not known and not wrong
    context: dict[str, Any] = {
        "typed": typed, "wrong": wrong, "words": words, "known": known, "number": read_number(typed) if known else "",
        "line": _line(known), "found": lookup.search(typed, current_user) if is_other else None}
    if is_partial():
        return part("club/_found.html", **context)
    offices = offices_of_mine()
    days = [(office.id, today_in(office)) for office in offices]
    return page("club/cards.html", status=status, happened=figures.today_in(days, current_user), many=len(offices) > 1,
                month=figures.month_of(current_user, days[0][1]), today=days[0][1],
                zones={office.id: office.timezone for office in offices}, **context)


@bp.get("/<number>")
@allow(*DESK)
def show(number: str) -> Response | BaseResponse:
    """The page of a card; a void number stops whoever holds it, one that nobody has yet offers to sell it."""
    try:
        found = lookup.known_number(read_number(number))
    except BadNumber:
        return _find_page(number, 404)
    if found.card is None:
        return see_other(url_for(".index", q=number)) if found.is_blank else _find_page(number, 404)
    one = seen(found.card)
    if found.is_old:
        # Whoever found a lost card must not be served by it: no way from here to what the new number may do.
        return page("club/void.html", one=one, old=words.number(read_number(number)), words=words,
                    why=words.void(found.why))
    if one.number != number:
        return see_other(one.url)
    return page("club/card.html", **_context(one))


@bp.get("/<number>/statement")
@allow(*DESK)
def whole_statement(number: str) -> Response:
    """Everything that ever happened to the points of a card: to print, or as a CSV file."""
    one = whole_card(number)
    entries = _entries(one, statement.MOST, 0)
    if request.args.get("as") == "csv":
        return csv_file(f"card-{one.number}.csv", statement_rows(entries))
    return page("club/statement.html", one=one, entries=entries, words=words)


@bp.get("/<number>/print")
@allow(*DESK)
def printed(number: str) -> Response:
    """The card with its QR code, in its true size, for a printer."""
    one = whole_card(number)
    return page("club/printed.html", one=one, code=drawing(card_address(one.number)))


def _number(typed: str, *, must_be: bool = False) -> tuple[lookup.Known | None, str]:
    """What a typed number is, and what is wrong with it; nothing of both for names and phones unless it must be one."""
    if not must_be and not looks_like_card(typed):
        return None, ""
    try:
        return lookup.known_number(read_number(typed)), ""
    except BadNumber as error:
        return None, words.fault(error)


def _line(known: lookup.Known | None) -> Seen | None:
    return seen(known.card) if known and known.card else None


def _context(one: Seen) -> dict[str, Any]:
    card = one.card
    common = {"one": one, "card": card, "words": words, "presenting": "present" in request.args,
              "blocked": card.state == BLOCKED, "head": one.head,
              "last_day": last_usable(card.burn_on) if card.burn_on else None}
    if not one.whole:
        # Number and balance of this very card stand above already.
        facts = [fact for fact in facts_about([card.client_id])[card.client_id] if fact[0] != lookup.label(one.number)]
        return {**common, "facts": facts, "mine": statement.own_today(card.id, current_user.id, one.today)}
    count = statement.count_of(card.id)
    shown = min(max(request.args.get("n", statement.A_PAGE, type=row_id), statement.A_PAGE), statement.MOST)
    level, rate = rate_of(card.client_id)
    actor, now = me(), moment()
    entries = _entries(one, shown, 0)
    return {**common, "entries": entries, "count": count, "story": story(card, statement.events_of(card.id)),
            "warned": warned_words(card), "level": level,
            "rate": rate, "terms": terms(), "pending": pending_of(card.id), "zone": card.office.timezone,
            "doubles": doubles_of(card, actor),
            "more": min(shown + 10 * statement.A_PAGE, statement.MOST) if count > shown else None,
            "sees_owner": actor.may_see(card.client.office_id),
            "ways": ways_of(card, now) if actor.may_see(card.client.office_id) else None,
            "may_grant": bool({SERVICE, DIRECTOR} & actor.hats),
            "undoable": {entry.op.id for entry in entries if _is_undoable(entry, card, actor, now)} | _rewards(entries)}


def _rewards(entries: list[statement.Entry]) -> set[int]:
    """Rewards for friends that this person may take back, where the friend is: both at once."""
    if DIRECTOR not in current_user.hats:
        return set()
    friends = {entry.op.id: number for entry in entries if not entry.is_undone and (number := friend_of(entry.op))}
    seen_ones = seen_of(set(friends.values()), current_user, clock.today(zone(current_user.zone)))
    return {op_id for op_id, number in friends.items() if number in seen_ones}


def _is_undoable(entry: statement.Entry, card: Card, actor: Actor, now: datetime) -> bool:
    op = entry.op
    return (op.trip_id is None and op.kind not in ("reversal", "merge", "accrual") and not entry.is_undone
            and op.reason not in (BURNED, BACK_AGAIN) and may_undo(op, card, actor=actor, now=now))


def _entries(one: Seen, limit: int, offset: int) -> list[statement.Entry]:
    offices = None if current_user.is_network else [office.id for office in current_user.offices]
    return statement.entries_of(one.card.id, offices, limit, offset)
