"""Friends and gifts of the demo: invitations in every state, albums that wait, and what the offices have of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from webapp.clients.actions import edit_client
from webapp.clients.consent_texts import DATA, NEWS, code_in_force
from webapp.clients.models import Client, Phone
from webapp.clients.rules import facts_of
from webapp.club.actions.friends import come, recommend
from webapp.club.actions.gift_stock import CAME, WRITTEN_OFF, Move, move_gifts
from webapp.club.actions.gifting import Promise, promise_gift
from webapp.club.actions.inviting import invitation
from webapp.club.actions.referring import lose
from webapp.club.friends import Agreed, Coming
from webapp.club.models import GiftKind, Referral
from webapp.db import db
from webapp.desk.demo_data.people import SOURCE, person
from webapp.desk.demo_data.working import Work
from webapp.kit.days import zone
from webapp.staff.audit import actor_of
from webapp.staff.models import Office
from webapp.trips.actions import Source, TripData, sell_trip

Diary = Callable[[date, time, Callable[[datetime], object]], None]
NOON = time(13, 5)
HOME = "203.0.113.20"


@dataclass(frozen=True)
class Friend:
    """Somebody who comes on `day` (from today) by the client of trip `inviter`; `away` and `back` if they travel."""

    day: int
    inviter: int
    name: str
    phone: str
    wish: str = ""
    away: int | None = None
    back: int = 0
    gives_up: bool = False
    by_page: bool = True


FRIENDS = (
    Friend(-11, 4, "Вероника Зорина", "+79000007101", "В Турцию на неделю, срочно", away=-9, back=-3),
    Friend(-10, 12, "Глеб Маслов", "+79000007102", "Поехать на Байкал зимой", away=21, back=29),
    Friend(-8, 0, "Инна Рощина", "+79000007103", "Что-нибудь тёплое на двоих"),
    Friend(-7, 16, "Павел Седов", "+79000007104", gives_up=True, by_page=False),
    Friend(-2, 20, "Яна Лукина", "+79000007105", "Стамбул на длинные выходные"),
    Friend(-1, 8, "Тимур Ахметов", "+79000007106", "С детьми на море в июне"),
    Friend(-1, 24, "Кира Белова", "+79000007105", "Стамбул"),
    Friend(0, 28, "Родион Котов", "+79000007107", "Горные лыжи, четверо взрослых", by_page=False),
)
ALBUMS = ((-9, 4, 0), (-2, 12, 0), (-1, 30, 3), (-1, 34, 5))
"""Days and trips whose clients get an album, and in how many days they come for it."""


def plan(work: Work, office: Office, today: date, at: Diary) -> None:
    """Put the deeds of this office into the diary: `at(day, clock, deed)` is told what happens when."""
    from_stock = (("visit", 30), ("album", 8)) if office.code == "main" else (("visit", 6), ("album", 2))
    at(today - timedelta(days=11), time(9, 40), partial(_fill, work, office, from_stock))
    at(today - timedelta(days=4), time(9, 40), partial(_write_off, work, office))
    for friend in FRIENDS:
        if work.office_of(friend.inviter) == office.code:
            at(today + timedelta(days=friend.day), NOON, partial(_come, work, friend, today))
    for day, number, later in ALBUMS:
        if work.office_of(number) == office.code:
            at(today + timedelta(days=day), time(12, 15), partial(_album, work, number, later))


def _come(work: Work, friend: Friend, today: date, now: datetime) -> None:
    inviter = _client(friend.inviter, today)
    if inviter is None:
        return
    invitation(inviter.id, now=now)
    coming = Coming(friend.name, friend.phone, friend.wish)
    by = actor_of(inviter.manager or work.agency.staff["irina"])
    row = come(inviter.id, coming, _agreed(inviter.language), now=now) if friend.by_page else recommend(
        inviter, coming, actor=by, now=now)
    if row.friend is not None and row.friend.source != SOURCE:
        edit_client(row.friend, replace(facts_of(row.friend), source=SOURCE), actor=by, now=now)
    if friend.away is not None and row.friend is not None:
        _sell(work, friend, row, today, now)
    if friend.gives_up:
        lose(row.id, note="Уже купили у других, звонить в марте", actor=by, now=now)


def _agreed(language: str) -> Agreed:
    return Agreed(language, code_in_force(DATA, language), code_in_force(NEWS, language), ("sms",), HOME)


def _sell(work: Work, friend: Friend, row: Referral, today: date, now: datetime) -> None:
    client = row.friend
    if client is None or friend.away is None:
        return
    seller = client.manager or work.agency.staff["irina"]
    data = TripData(now.astimezone(zone(client.office.timezone)).date(), today + timedelta(days=friend.away),
                    today + timedelta(days=friend.back), destination="Турция" if friend.back < 0 else "Иркутск",
                    operator="Анекс Тур", price_kopecks=14_200_000 if friend.back < 0 else 11_850_000)
    sell_trip(client, data, seller=seller, actor=actor_of(seller), now=now, office=client.office,
              source=Source(demo=True))


def _fill(work: Work, office: Office, amounts: tuple[tuple[str, int], ...], now: datetime) -> None:
    for code, amount in amounts:
        move_gifts(_kind(code).id, office, Move(CAME, amount, "Заказ к сезону"),
                   actor=actor_of(work.agency.staff["irina"]), now=now)


def _write_off(work: Work, office: Office, now: datetime) -> None:
    if office.code == "main":
        move_gifts(_kind("visit").id, office, Move(WRITTEN_OFF, 1, "Разбилась кружка"),
                   actor=actor_of(work.agency.staff["irina"]), now=now)


def _album(work: Work, number: int, later: int, now: datetime) -> None:
    client = _client(number, now.date())
    if client is not None:
        by = actor_of(client.manager or work.agency.staff["irina"])
        day = now.date()
        promise_gift(client, _kind("album"), Promise(day + timedelta(days=later), day + timedelta(days=60)), actor=by,
                     now=now)


def _client(number: int, today: date) -> Client | None:
    """The client of the demo who has this number; their first phone tells."""
    phone = person(number, "", today).phones[0]
    return db.session.scalar(select(Client).join(Phone).where(Client.source == SOURCE, Phone.e164 == phone))


def _kind(code: str) -> GiftKind:
    return db.session.scalars(select(GiftKind).where(GiftKind.code == code)).one()
