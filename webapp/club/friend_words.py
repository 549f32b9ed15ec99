"""Words about friends and gifts: states, reasons, what steps and occasions are called, lines of the log."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.clients.models import Client
from webapp.club import friend_rules as rules
from webapp.club.gifts import gift_name
from webapp.club.models import Gift, GiftKind, Referral
from webapp.db import db
from webapp.staff.log_words import add_log_words
from webapp.touches.kind_words import add_kind_words, add_step_words
from webapp.web.i18n import page_language

STATES = {
    rules.NEW: _l("To be called"), rules.TALKING: _l("We talk"), rules.TRAVELS: _l("Has bought a trip"),
    rules.REWARDED: _l("Both are rewarded"), rules.REFUSED: _l("No reward"), rules.LOST: _l("Does not travel"),
}
KINDS_OF_STATE = {rules.NEW: "today", rules.TALKING: "wait", rules.TRAVELS: "ok", rules.REWARDED: "done",
                  rules.REFUSED: "skip", rules.LOST: "skip"}
REASONS = {
    rules.SELF: _l("the inviter’s own phone"), rules.KNOWN: _l("a client of before"),
    rules.REPEAT: _l("another client’s friend already"), rules.BY_ANOTHER: _l("came by another client later"),
    rules.UNDONE: _l("the record was taken back"), rules.BY_HAND: "",
}
SOURCES = {"page": _l("by the link"), "staff": _l("named to us"), "board": _l("named on a call or visit")}


def reason(row: Referral) -> str:
    """Why there is no reward, in the words of who decided, else of the rule."""
    return row.note if row.reason == rules.BY_HAND else str(REASONS.get(row.reason, row.reason))


def _gift_fact(facts: Mapping[str, Any], _anchors: Mapping[str, date]) -> str:
    number = facts.get("gift")
    gift = db.session.get(Gift, number) if isinstance(number, int) else None
    name = gift_name(gift.kind, page_language()) if gift else ""
    return name[:1].upper() + name[1:]


def _no_fact(_facts: Mapping[str, Any], _anchors: Mapping[str, date]) -> str:
    return ""


def _friends(ids: Collection[int]) -> dict[int, str]:
    return {row.id: row.name for row in db.session.execute(select(Referral.id, Referral.name).where(
        Referral.id.in_(ids)))}


def _clients(ids: Collection[int]) -> dict[int, str]:
    return {row.id: f"{row.last_name} {row.first_name}".strip() for row in db.session.execute(
        select(Client.id, Client.last_name, Client.first_name).where(Client.id.in_(ids)))}


def _gifts(ids: Collection[int]) -> dict[int, str]:
    query = select(Gift.id, GiftKind.name_ru, Client.last_name, Client.first_name).join(
        GiftKind, GiftKind.id == Gift.kind_id).join(Client, Client.id == Gift.client_id).where(Gift.id.in_(ids))
    return {row.id: f"{row.name_ru}, {row.last_name} {row.first_name}".strip() for row in db.session.execute(query)}


def _kinds(ids: Collection[int]) -> dict[int, str]:
    return {row.id: row.name_ru for row in db.session.execute(select(GiftKind.id, GiftKind.name_ru).where(
        GiftKind.id.in_(ids)))}


add_step_words("friend", _l("Call the friend of a client"),
               _l("A client has told a friend about us: get to know them and find out how we can help."))
add_step_words("gift", _l("Hand over a gift"), _l("The gift waits in the office: hand it over and have a word."))
add_kind_words("friend_reward", _l("Points for a friend"), _no_fact)
add_kind_words("friend_welcome", _l("Points after the first trip"), _no_fact)
add_kind_words("gift", _l("A gift waits"), _gift_fact, is_enough=True)
add_log_words("referral", _l("Friends"), {
    "friend-came": _l("A friend came by an invitation: %(name)s"),
    "friend-named": _l("Wrote down a friend of a client: %(name)s"),
    "friend-talking": _l("Talks with a friend: %(name)s"), "friend-lost": _l("Gave a friend up: %(name)s"),
    "friend-refused": _l("No reward for the friend: %(name)s"),
    "friend-withdrawn": _l("Took back the reward for the friend: %(name)s")}, _friends,
    {"consent": _l("Agreed to the text")})
add_log_words("invitation", _l("Invitations"), {
    "opened": _l("Link for friends of %(name)s"), "closed": _l("Closed the link for friends of %(name)s")}, _clients)
add_log_words("gift", _l("Gifts"), {"promised": _l("Promised a gift: %(name)s")}, _gifts)
add_log_words("gift_kind", _l("Kinds of gifts"), {
    "added": _l("New kind of gift: %(name)s"), "edited": _l("Changed the kind of gift %(name)s")}, _kinds,
    {"name_ru": _l("Name in Russian"), "name_en": _l("Name in English"), "counted": _l("Stock is counted"),
     "active": _l("Is given")})
