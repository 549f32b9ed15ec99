"""A code by SMS for whoever asks for a balance by card or phone: asked, looked at, tried, forgotten.

The page writes the same row for known and unknown ones and looks nobody up; the worker finds out who it is. So neither
the answer nor the time it takes tells whether a card exists (`quality.md` §2).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update

from webapp.clients.actions import make_link
from webapp.clients.links import token_hash
from webapp.clients.models import Client, Phone
from webapp.clients.rules import spell_token
from webapp.club import asking_rules as rules
from webapp.club.asking_rules import Asked
from webapp.club.card_links import CARD, VISIT, source_of
from webapp.club.models import MERGED, BalanceAsk, Card, CardNumber
from webapp.db import db, one_at_a_time, transaction, wake
from webapp.letters.identities import signature_for
from webapp.letters.placeholders import REGISTRY, LetterContext
from webapp.letters.rendering import render_sms
from webapp.letters.rules import LetterError
from webapp.letters.store import agency_name, letter_in_force
from webapp.post import actions as post
from webapp.post.rules import CODE, LANE_URGENT
from webapp.post.sender import envelope
from webapp.staff.audit import job
from webapp.touches.writing import address_for

CLUB = job("club")
LETTER = "balance_code"
BATCH = 100


class TooOften(Exception):
    """Too many requests or tries from one address; says nothing of what was asked for."""


class BadCode(Exception):
    """The code opens nothing; `code`: wrong, over (expired, used, or never there), tries."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Found:
    """Who is behind what was asked for: the cards to show, whose they are, and the phone on record."""

    client: Client
    cards: tuple[int, ...]
    phone: str


def ask(asked: Asked, *, address: str, language: str, now: datetime) -> str:
    """Note the wish and wake the worker; gives the token of this browser's form. Raises TooOften."""
    token, nonce = spell_token(secrets.randbits(128)), secrets.token_hex(16)
    own_address = _hash("address", rules.network_of(address))
    with transaction() as session:
        # Many at once from one address wait for each other: without that each would count the same few.
        one_at_a_time(f"balance-ask:{own_address}")
        recent = session.scalar(select(func.count()).where(*_from(own_address, now)))
        if (recent or 0) >= rules.ASKS_AN_HOUR:
            raise TooOften
        session.add(BalanceAsk(
            token_hash=token_hash(token), nonce=nonce, asked=asked.text, key_hash=_hash("key", asked.text),
            address_hash=own_address, phone_hash="", language=language, created_at=now,
            expires_at=now + rules.LASTS, tries=0))
        wake("post")
    return token


def ask_again(token: str, *, address: str, language: str, now: datetime) -> str:
    """Another code for the same wish, within the same limits. Raises BadCode("over"), TooOften."""
    row = asked_by(token)
    if row is None or not row.asked:
        raise BadCode("over")
    return ask(Asked(row.asked), address=address, language=language, now=now)


def asked_by(token: str) -> BalanceAsk | None:
    """The request that has this token."""
    return db.session.scalar(select(BalanceAsk).where(BalanceAsk.token_hash == token_hash(token)))


def try_code(token: str, typed: str, *, now: datetime) -> str:
    """Try a code; the right one gives the token of a link for one hour, once. Raises BadCode, TooOften.

    Every try is counted before it is judged, in the same way whoever stands behind the request.
    """
    failed = ""
    link = ""
    with transaction() as session:
        row = session.scalar(select(BalanceAsk).where(BalanceAsk.token_hash == token_hash(token)).with_for_update())
        if row is None or row.used_at is not None or row.expires_at <= now:
            raise BadCode("over")
        tried = session.scalar(select(func.sum(BalanceAsk.tries)).where(*_from(row.address_hash, now)))
        if (tried or 0) >= rules.TRIES_AN_HOUR:
            raise TooOften
        if row.tries >= rules.TRIES:
            raise BadCode("tries")
        row.tries += 1
        is_right = rules.same_code(typed, rules.code_of(_secret(), row.nonce, row.token_hash))
        if is_right and row.message_id is not None:
            link = _let_in(row, now)
        if not link:
            failed = "wrong" if row.tries < rules.TRIES else "tries"
    if failed:
        raise BadCode(failed)
    return link


def look_at_asks(*, now: datetime) -> int:
    """Find out who asked and send codes to phones on record; gives how many went into the outbox.

    Each request is taken once, whatever becomes of it: one that cannot be carried out does not hold up the others.
    Codes are sent one after the other, so that limits hold with two workers.
    """
    sent = 0
    while ids := db.session.scalars(_unseen(now)).all():
        for ask_id in ids:
            if _taken(ask_id, now):
                with transaction() as session:
                    one_at_a_time("balance-asks")
                    sent += _send_code(session.get_one(BalanceAsk, ask_id, populate_existing=True), now)
    return sent


def tidy_asks(*, now: datetime) -> int:
    """Forget what was typed once the request is over, and the request itself after a month; gives how many went."""
    with transaction() as session:
        session.execute(update(BalanceAsk).where(BalanceAsk.expires_at <= now, BalanceAsk.asked != "").values(asked=""))
        gone = session.execute(delete(BalanceAsk).where(BalanceAsk.created_at <= now - rules.KEPT))
        return int(gone.rowcount)  # type: ignore[attr-defined]


def _taken(ask_id: int, now: datetime) -> bool:
    with transaction() as session:
        mine = session.execute(update(BalanceAsk).where(BalanceAsk.id == ask_id, BalanceAsk.looked_at.is_(None))
                               .values(looked_at=now))
        return bool(mine.rowcount)  # type: ignore[attr-defined]


def _unseen(now: datetime) -> Select[int]:
    return select(BalanceAsk.id).where(BalanceAsk.looked_at.is_(None), BalanceAsk.expires_at > now).order_by(
        BalanceAsk.id).limit(BATCH)


def _from(address_hash: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return BalanceAsk.address_hash == address_hash, BalanceAsk.created_at > now - rules.HOUR


def _let_in(row: BalanceAsk, now: datetime) -> str:
    found = _found(Asked(row.asked))
    if found is None:
        return ""
    row.used_at, row.asked = now, ""
    return make_link(CARD, found.client.id, source=source_of(found.cards), expires_at=now + VISIT, now=now)


def _send_code(row: BalanceAsk, now: datetime) -> bool:
    asked = Asked(row.asked)
    found = _found(asked)
    letter = letter_in_force(LETTER, row.language)
    if found is None or letter is None or not found.phone:
        return False
    row.client_id, row.phone_hash = found.client.id, _hash("phone", found.phone)
    if _sent_for(row, now) >= rules.SMS_A_DAY:
        return False
    office = found.client.office
    code = rules.code_of(_secret(), row.nonce, row.token_hash)
    context = LetterContext(lang=letter.language, today=now.date(), agency=agency_name(office),
                            given={"bonus.code": code})
    try:
        text = render_sms(letter.compiled, REGISTRY.values_for(context, letter.names))
    except LetterError:
        return False
    by = envelope(signature_for(letter.identity, office, None, letter.language), office, None)
    row.message_id = post.enqueue(
        source=f"balance:{row.id}", office_id=office.id, client_id=found.client.id, klass=CODE, channel="sms",
        address=found.phone, text=text, sender=by.sender, zone=found.client.zone, lane=LANE_URGENT,
        true_until=row.expires_at, letter_version_id=letter.version_id, actor=CLUB, now=now).id
    return True


def _sent_for(row: BalanceAsk, now: datetime) -> int:
    """Codes that went out within a day for the same card or phone, or to the same phone."""
    same = or_(BalanceAsk.key_hash == row.key_hash, BalanceAsk.phone_hash == row.phone_hash)
    return db.session.scalar(select(func.count()).where(
        same, BalanceAsk.message_id.is_not(None), BalanceAsk.created_at > now - rules.DAY)) or 0


def _found(asked: Asked) -> Found | None:
    return _behind_phone(asked.text) if asked.is_phone else _behind_card(asked.text)


def _behind_card(number: str) -> Found | None:
    """The owner of a card; a number that was replaced still finds the card that lives on."""
    card_id = db.session.scalar(select(CardNumber.card_id).where(CardNumber.number == number))
    card = db.session.get(Card, card_id) if card_id is not None else None
    while card is not None and card.merged_into_id is not None:
        card = db.session.get(Card, card.merged_into_id)
    if card is None or card.client.erased_at is not None:
        return None
    return Found(card.client, (card.id,), address_for(card.client, "sms"))


def _behind_phone(e164: str) -> Found | None:
    """All cards of all people who have this phone: it may be that of a family."""
    cards = db.session.scalars(
        select(Card).join(Client, Client.id == Card.client_id).join(Phone, Phone.client_id == Client.id)
        .where(Phone.e164 == e164, Phone.broken_at.is_(None), Phone.is_mobile.is_(True), Client.erased_at.is_(None),
               Card.state != MERGED).order_by(Card.id)).all()
    return Found(cards[0].client, tuple(card.id for card in cards), e164) if cards else None


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _hash(kind: str, value: str) -> str:
    return rules.limit_hash(_secret(), kind, value)

