"""What waits to be handed over, on pages of a client, a trip and a visit; and the words of a call to a friend."""

from dataclasses import dataclass, replace
from datetime import timedelta

from flask import Flask, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.club import gifts
from webapp.club.actions.friend_calls import CODE as FRIEND
from webapp.club.friends import referral_of_touch
from webapp.club.gift_rules import Stock
from webapp.club.models import Gift, cards_of
from webapp.db import db
from webapp.kit import clock
from webapp.letters.placeholders import REGISTRY
from webapp.letters.rendering import render_script
from webapp.letters.rules import LetterError
from webapp.letters.store import letter_in_force
from webapp.staff.calendars import today_of
from webapp.touches.letter_context import context_for
from webapp.touches.models import Touch, TouchEvent
from webapp.trips.models import Trip
from webapp.web.guard import DESK
from webapp.web.i18n import page_language
from webapp.web.page import safe_next
from webapp.web.panels import add_panel

SHOWN_FOR = timedelta(hours=12)
SCRIPT = "friend_call"


@dataclass(frozen=True)
class Line:
    """A gift with its name, what the office has of it (None: not counted), and how a tick of today is taken back."""

    gift: Gift
    name: str
    stock: Stock | None
    undo: str = ""

    @property
    def is_handed(self) -> bool:
        """The client has it."""
        return self.gift.touch.status == "done"

    @property
    def is_unbooked(self) -> bool:
        """By the book there is none to hand over."""
        return self.stock is not None and not self.is_handed and self.stock.left <= 0


def register(app: Flask) -> None:
    """Stand on the pages of clients, trips and steps."""
    add_panel(app, "client-aside", _of_client, order=45)
    add_panel(app, "trip", _of_trip, order=45)
    add_panel(app, "step", _of_visit, order=40)
    add_panel(app, "step", _words_to_a_friend, order=30)


def _of_client(client: Client) -> Markup | None:
    here = url_for("client_page.show", client_id=client.id, _anchor="gifts")
    return _panel(client, lines_of(client.id), here, url_for("gifts.promise", client_id=client.id))


def _of_trip(trip: Trip) -> Markup | None:
    if trip.cancelled_at is not None:
        return None
    here = url_for("trips.trip", trip_id=trip.id, _anchor="gifts")
    return _panel(trip.client, lines_of(trip.client_id), here,
                  url_for("gifts.promise", client_id=trip.client_id, trip=trip.id, back=here))


def _of_visit(touch: Touch) -> Markup | None:
    """At a meeting: everything that waits for this client, and whether they have a card."""
    if touch.channel != "visit":
        return None
    lines = lines_of(touch.client_id)
    has_card = any(card.kind == "plastic" for card in cards_of(touch.client_id))
    back = safe_next(request.args.get("back"), "")
    return _rendered("club/_gifts_at_visit.html", lines=lines, has_card=has_card,
                     here=url_for("steps.step", touch_id=touch.id, back=back or None))


def lines_of(client_id: int) -> list[Line]:
    """Gifts that wait for a client, and those handed over in the last hours."""
    rows = gifts.gifts_of(client_id, since=clock.now() - SHOWN_FOR)
    known = gifts.stocks({gift.office_id for gift in rows}, {gift.kind_id for gift in rows}) if rows else {}
    undos = _undos([gift.touch_id for gift in rows if gift.touch.status == "done"])
    return [Line(gift, _name(gift), known.get((gift.office_id, gift.kind_id), Stock()) if gift.kind.counted else None,
                 undos.get(gift.touch_id, "")) for gift in rows]


def _panel(client: Client, lines: list[Line], here: str, new: str) -> Markup | None:
    if not current_user.hats & set(DESK):
        return None
    return _rendered("club/_gifts.html", client=client, lines=lines, here=here, new=new)


def _name(gift: Gift) -> str:
    name = gifts.gift_name(gift.kind, page_language())
    return name[:1].upper() + name[1:]


def _undos(touch_ids: list[int]) -> dict[int, str]:
    """How the last tick of these steps is taken back."""
    undo = aliased(TouchEvent)
    query = (select(TouchEvent.touch_id, TouchEvent.bundle).outerjoin(undo, undo.undoes_id == TouchEvent.id)
             .where(TouchEvent.touch_id.in_(touch_ids), TouchEvent.verb == "done", undo.id.is_(None))
             .order_by(TouchEvent.id))
    return {row.touch_id: row.bundle for row in db.session.execute(query)} if touch_ids else {}


def _words_to_a_friend(touch: Touch) -> Markup | None:
    """The script of a call to a friend: the step stands outside of plans, so its words come from here."""
    row = referral_of_touch(touch.id) if touch.step_code.startswith(f"{FRIEND}:") else None
    letter = letter_in_force(SCRIPT, current_user.language) if row is not None and row.friend_id else None
    if row is None or letter is None:
        return None
    office = touch.client.office
    context = context_for(touch.client, office, touch.assignee or current_user, {}, {"referral": row.id},
                          letter.language, today=today_of(office, clock.now()), preview=True)
    no_links = {item.code: None for item in REGISTRY if item.group == "links"}
    try:
        script = render_script(letter.compiled, REGISTRY.values_for(replace(context, given=no_links),
                                                                    letter.compiled.names))
    except LetterError:
        return None
    # The letters room has sanitised it.
    return _rendered("club/_friend_words.html", script=Markup(script.html), row=row)  # noqa: S704


def _rendered(template: str, **context: object) -> Markup:
    return Markup(render_template(template, **context))  # noqa: S704 - a template of ours
