"""One row of every kind for the sweep, twice: of the main office and of the other one, so that addresses lead somewhere.

Names are those of the addresses' gaps; where a word means something else elsewhere, the part of the address before it tells
which («k:token»).
"""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import make
from board_make import six_trips
from complaint_make import bring_to, cause, complaint, procedure, step
from friend_make import comes
from quality.quality_make import assessed
from sqlalchemy import select
from survey_make import CONSENT, reply, token_of

from webapp.clients.links import find_link
from webapp.clients.models import Client
from webapp.club.actions.cards import Sale, issue_card
from webapp.club.models import number_of
from webapp.complaints.actions import add_client_word
from webapp.complaints.actions.claiming import write_claim
from webapp.complaints.form_models import ComplaintEntry
from webapp.complaints.links import status_link
from webapp.complaints.models import ComplaintFile
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.letters.models import LetterVersion
from webapp.post.models import Incoming, Message
from webapp.quality.actions.checking import Outcome, write_down
from webapp.quality.actions.improving import Measure, plan
from webapp.quality.models import StaffCheckDue
from webapp.staff.audit import actor_of, job
from webapp.surveys.actions.answering import change_review
from webapp.surveys.links import SURVEY
from webapp.surveys.models import Review
from webapp.touches.models import PlanVersion, Touch

Ids = dict[str, Any]


def build(cast: SimpleNamespace) -> SimpleNamespace:
    """`own` and `other`: what stands in the gaps of addresses, by name."""
    now = clock.now()
    trips = six_trips(cast)
    near, home = trips["near"], trips["finished"]
    start = home.departure_on
    far_client = make.client(cast.east, last="Дальняя", phone="+79990000001", email="far@example.com", now=now)
    far_trip = make.trip(far_client, purchase=start - timedelta(days=30), departure=start, back=start + timedelta(days=7),
                         seller=cast.vera, now=now)
    version = db.session.scalars(select(LetterVersion).order_by(LetterVersion.id)).first()
    plan_version = db.session.scalars(select(PlanVersion).order_by(PlanVersion.id)).first()
    assert version and plan_version
    everywhere: Ids = {
        "letter_id": version.letter_id, "version_id": version.id, "plan_id": plan_version.plan_id, "plans:version_id": plan_version.id,
        "procedure_id": procedure().id, "cause_id": cause().id}
    own: Ids = {"trip_id": near.id, "client_id": near.client_id, "office_id": cast.main.id, "user_id": cast.pavel.id}
    other: Ids = {"trip_id": far_trip.id, "client_id": far_client.id, "office_id": cast.east.id, "user_id": cast.vera.id}
    staff = {"own": (cast.olga, cast.irina, cast.boris, cast.anna), "other": (cast.vera, cast.nikolai)}
    for name, ids, trip, survey in (("own", own, near, home), ("other", other, far_trip, far_trip)):
        client, office, people = db.session.get_one(Client, trip.client_id), trip_office(cast, ids), staff[name]
        director = cast.boris if name == "own" else cast.nikolai
        ids |= everywhere | of_sending(client, trip, name, now) | of_club(client, office, name, now)
        ids |= of_complaints(client, trip, director, people, now) | of_surveys(survey, now)
        ids |= of_quality(office, director, people[0], now)
    db.session.rollback()
    return SimpleNamespace(own=own, other=other)


def trip_office(cast: SimpleNamespace, ids: Ids) -> Any:
    """The office a set of ids belongs to."""
    return cast.main if ids["office_id"] == cast.main.id else cast.east


def of_sending(client: Client, trip: Any, name: str, now: datetime) -> Ids:
    """A step of the trip, and a letter that came."""
    with transaction() as session:
        letter = Incoming(inbox=name, uidvalidity=1, uid=1, fingerprint=name, office_id=client.office_id, client_id=client.id,
                          kind="reply", state="new", sender="a@example.com", subject="Плохо", text="Не встретили", came_at=now,
                          taken_at=now)
        session.add(letter)
        session.flush()
        touch = session.scalars(select(Touch.id).where(Touch.occasion_id == trip.occasion_id)).first()
        return {"touch_id": touch, "incoming_id": letter.id}


def of_club(client: Client, office: Any, name: str, now: datetime) -> Ids:
    """A card with its number, and a friend who came."""
    card = issue_card(client, Sale(price_kopecks=50_000), office=office, actor=job("test"), now=now)
    friend = comes(client, now=now, name=f"Друг {name}", phone="+79161119" + ("001" if name == "own" else "002"))
    return {"number": number_of(card.id), "referral_id": friend.id}


def of_complaints(client: Client, trip: Any, director: Any, readers: tuple[Any, ...], now: datetime) -> Ids:
    """A complaint whose lesson is shared, with a claim, a file and a word that waits for an answer; its status page."""
    actor = actor_of(director)
    row = bring_to(complaint(client, trip=trip, now=now), "analysed", actor, now)
    step(row, "share", actor, now, readers=[person.id for person in readers])
    write_claim(row.id, "Север", "Прошу вернуть деньги", actor=actor, now=now)
    add_client_word(row.id, "Когда?", via="page", key=f"word-{row.id}", now=now)
    with transaction() as session:
        session.add(ComplaintFile(complaint_id=row.id, token=f"file-{row.id}", name="душ.jpg", type="image/jpeg", size=3, sha256="0",
                                  added_at=now, data=b"jpg"))
        entry = ComplaintEntry(number=f"9{row.number}", story="Не открылась", office_id=row.office_id, language="ru", created_at=now, **{
            f"{name}_hash": f"{name}-{row.id}" for name in ("key", "token", "address", "contact", "content")})
        session.add(entry)
        session.flush()
        link = status_link(row, now=now).rpartition("/")[2]
        message = session.scalars(select(Message.id).where(Message.group_key == row.hold_key)).first()
    return {"complaint_id": row.id, "complaints:token": f"file-{row.id}", "k:token": link, "k:name": f"file-{row.id}",
            "message_id": message, "entry_id": entry.id}


def of_surveys(trip: Any, now: datetime) -> Ids:
    """A survey that was answered, and a review of the same trip."""
    reply(trip, 9, now=now)
    token = token_of(trip, now)
    change_review(find_link(SURVEY, token, now=now), "Чудесный отель", sign="name", consent=CONSENT, now=now)
    return {"s:token": token, "review_id": db.session.scalars(select(Review.id).where(Review.trip_id == trip.id)).one()}


def of_quality(office: Any, director: Any, person: Any, now: datetime) -> Ids:
    """An assessment of an office, something that is done about it, a check of somebody there and the next one."""
    today: date = now.date()
    row = assessed(None, now, day=today - timedelta(days=1), office=office, who=director)
    actor = actor_of(director)
    measure = Measure("минут до ответа", "Дежурный", person.id, today + timedelta(days=9))
    check = write_down(person, Outcome("Документы", today - timedelta(days=1), "good", next_on=today + timedelta(days=9)),
                       actor=actor, today=today, now=now)
    return {"assessment_id": row.id, "check_id": check.id,
            "improvement_id": plan(row, measure, actor=actor, today=today, now=now).id,
            "due_id": db.session.scalars(select(StaffCheckDue.id).where(StaffCheckDue.user_id == person.id)).one()}
