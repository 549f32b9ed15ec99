"""A friend comes: by the page of an invitation, or because a client named one. Who is none is told to staff alone."""

from dataclasses import replace
from datetime import datetime

from webapp.clients.actions import add_client, set_consent, set_data_consent
from webapp.clients.models import Client, holders
from webapp.clients.rules import CHANNELS, ClientFacts
from webapp.club.actions.friend_calls import is_called_off, plan_call
from webapp.club.friend_rules import (
    BY_ANOTHER,
    LOST,
    NEW,
    REFUSED,
    SELF,
    TALKING,
    no_friend,
)
from webapp.club.friends import Agreed, Coming, claims_on, has_bought, has_brought, is_claim, lost_ones, records_of
from webapp.club.models import Referral
from webapp.db import db, one_at_a_time, transaction
from webapp.kit.names import read_name
from webapp.staff.audit import job, record
from webapp.staff.rules import DIRECTOR, MANAGER, SERVICE, Actor, BadInput, NotAllowed
from webapp.touches.models import Touch

FRIEND, CLUB = job("client"), job("club")
SOURCE = "friend"
"""Where a client came from whom a friend has sent."""
HOW = "invitation"
PAGE, STAFF, BOARD = "page", "staff", "board"


def come(inviter_id: int, coming: Coming, agreed: Agreed, *, now: datetime) -> Referral:
    """Somebody filled in the page of an invitation at `now` and agreed that we keep name and phone.

    The same friend sent again is the same referral. Raises BadInput("no-friend") without name or phone.
    """
    if not coming.name or not coming.phone:
        raise BadInput("no-friend")
    with transaction() as session:
        one_at_a_time(f"friend:{coming.phone}")
        inviter = session.get_one(Client, inviter_id)
        row, added = _refer(inviter, coming, PAGE, FRIEND, now, language=agreed.language)
        record(FRIEND, "friend-came", "referral", row.id, now=now, office_id=row.office_id,
               facts={"consent": [None, agreed.data_text or None], "address": [None, agreed.address]})
        if added is not None:
            _agree(added, agreed, now)
        return row


def recommend(inviter: Client, coming: Coming, *, source: str = STAFF, actor: Actor, now: datetime,
              bundle: str = "") -> Referral:
    """A client has told staff about somebody we could help: a referral, and a call on the next working day.

    Raises BadInput("no-friend") without name and phone, NotAllowed.
    """
    actor.needs(MANAGER, SERVICE, DIRECTOR)
    # A trip may be worked in another office than the client's own: whoever talks may write the friend down.
    if source != BOARD and not actor.may_see(inviter.office_id):
        raise NotAllowed("office")
    if not (coming.name or coming.phone or coming.words):
        raise BadInput("no-friend", "name")
    with transaction():
        one_at_a_time(f"friend:{coming.phone or inviter.id}")
        row, _added = _refer(inviter, coming, source, actor, now, bundle)
        record(actor, "friend-named", "referral", row.id, now=now, office_id=row.office_id)
        return row


def _refer(inviter: Client, coming: Coming, source: str, actor: Actor, now: datetime,
           bundle: str = "", language: str = "") -> tuple[Referral, Client | None]:
    """The referral, and the client who was added for it, if one was."""
    people = holders([coming.phone]) if coming.phone else []
    ids, own = {client.id for client in people}, records_of(inviter)
    claims = claims_on(coming.phone, ids - own)
    reason = no_friend(own, ids, own_phone=coming.phone in {phone.e164 for phone in inviter.phones},
                       has_bought=has_bought(ids, now) or has_brought(ids, own), is_claimed=any(
                           is_claim(row) and row.inviter_id not in own for row in claims))
    same = _same(claims, own, reason)
    if same is not None:
        _once_more(same, coming, reason, source, actor, now, bundle)
        return same, None
    added = _new_client(inviter, coming, language, actor, now) if coming.phone and not people and not reason else None
    if not reason:
        for row in lost_ones(claims):
            # Another client brings a friend who was given up: now it is that client's.
            row.state, row.reason, row.ended_at = REFUSED, BY_ANOTHER, now
        db.session.flush()
    friend = added or (None if reason == SELF else next(iter(people), None))
    row = Referral(inviter_id=inviter.id, friend_id=friend.id if friend else None, office_id=inviter.office_id,
                   manager_id=inviter.manager_id, name=coming.name, phone=coming.phone, wish=coming.wish,
                   note=coming.words, source=source, state=REFUSED if reason else NEW, reason=reason, created_at=now,
                   ended_at=now if reason else None, inviter=inviter, friend=friend)
    db.session.add(row)
    db.session.flush()
    if _wants_call(row, coming):
        plan_call(row, coming, actor=actor, now=now, bundle=bundle)
    return row, added


def _same(claims: list[Referral], own: set[int], reason: str) -> Referral | None:
    """The referral of this friend by this inviter that stands, or that said the same before."""
    return next((row for row in claims if row.inviter_id in own
                 and (is_claim(row) or row.state == LOST and not reason or row.state == REFUSED
                      and row.reason == reason and reason)), None)


def _once_more(row: Referral, coming: Coming, reason: str, source: str, actor: Actor, now: datetime,
               bundle: str) -> None:
    """The same friend by the same client: no second referral; a wish that is new is worth a call."""
    # Steps come before referrals, as where a call is ticked: two who want both never wait for each other.
    if row.touch_id is not None:
        db.session.get(Touch, row.touch_id, with_for_update=True)
    db.session.refresh(row, with_for_update=True)
    news = bool(coming.wish and coming.wish != row.wish) or is_called_off(row)
    if row.state == LOST and not reason:
        row.state, row.reason, row.ended_at, row.source = TALKING, "", None, source
        news = True
    row.wish = coming.wish or row.wish
    if news and _wants_call(row, coming):
        plan_call(row, coming, actor=actor, now=now, bundle=bundle)


def _wants_call(row: Referral, coming: Coming) -> bool:
    """Whoever means to travel is called, friend or not; nobody calls a client about the own phone."""
    if row.reason == SELF:
        return False
    return row.state != REFUSED or bool(coming.wish) or row.source != PAGE


def _new_client(inviter: Client, coming: Coming, language: str, actor: Actor, now: datetime) -> Client:
    name = read_name(coming.name) if coming.name else read_name(coming.phone)
    facts = ClientFacts(last_name=name.last, first_name=name.first, middle_name=name.middle, source=SOURCE,
                        language=language or inviter.language, city=inviter.office.city)
    if not (name.last or name.first):
        facts = replace(facts, last_name=coming.phone)
    by = actor if actor.may_see(inviter.office_id) else CLUB
    return add_client(facts, office_id=inviter.office_id, phones=[coming.phone], manager_id=inviter.manager_id,
                      actor=by, now=now)


def _agree(client: Client, agreed: Agreed, now: datetime) -> None:
    """Only for a record made this moment: nobody changes by a form what a known client has said."""
    if agreed.data_text:
        set_data_consent(client, True, how=HOW, text_version=agreed.data_text, address=agreed.address, actor=FRIEND,
                         now=now)
    channels = [code for code in CHANNELS if code in agreed.news]
    if channels and agreed.news_text:
        set_consent(client, "give", channels, how=HOW, text_version=agreed.news_text, address=agreed.address,
                    actor=FRIEND, now=now)
