"""Letters from clients: each becomes a contact in the timeline, and a step for the person who has to answer."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import false, or_, select, text
from sqlalchemy.orm import Session

from webapp.clients.actions import set_consent
from webapp.clients.models import Client
from webapp.db import transaction
from webapp.post.models import Incoming, Message
from webapp.staff.audit import job
from webapp.staff.calendars import calendar_of, today_of
from webapp.staff.models import User, UserOffice
from webapp.staff.rules import DIRECTOR, SERVICE
from webapp.touches.answer_rules import ANSWER, CAME, MOST_NOTE, MOST_TOLD, QUALITY_KINDS, shortened
from webapp.touches.answer_takers import kinds, taker_of
from webapp.touches.history import log, snapshot
from webapp.touches.locking import lock_free
from webapp.touches.models import Occasion, Touch
from webapp.touches.shipped import TRIP
from webapp.touches.standing import refresh

BATCH = 50
READER = job("returns")
_NEW = text("incoming.state = 'new'")
_TAKE_IN = sorted(QUALITY_KINDS | {TRIP})


def take_answers(*, now: datetime) -> int:
    """Bring new letters of clients into their timelines and onto the lists of people; gives how many.

    The one who owns the occasion answers, else the client's manager, else anybody of the office; what answers a
    letter about a lost sale goes to customer service. Safe to run twice and by several workers at once.
    """
    taken, last = _hand_over(now), 0
    while True:
        with transaction() as session:
            found = session.scalars(select(Incoming).where(_NEW, Incoming.id > last).order_by(Incoming.id)
                                    .limit(BATCH)).all()
            about = {row.id: _occasion_of(session, row) for row in found}
            free = lock_free(occasion_id for occasion_id in about.values())
            ours = [row.id for row in found if about[row.id] is None or about[row.id] in free]
            rows = session.scalars(select(Incoming).where(_NEW, Incoming.id.in_(ours)).order_by(Incoming.id)
                                   .with_for_update(skip_locked=True).execution_options(populate_existing=True)).all()
            for row in rows:
                _take_one(session, row, free.get(about[row.id] or 0), now)
            taken += len(rows)
        if len(found) < BATCH:
            return taken
        last = found[-1].id


def _hand_over(now: datetime) -> int:
    """Letters that answer something of a room on the right, before all others: each in a transaction of its own, since
    whoever takes it locks what it is about."""
    with transaction() as session:
        about = or_(*(Message.source.startswith(f"{kind}:") for kind in kinds()), false())
        ids = session.scalars(select(Incoming.id).join(Message, Message.id == Incoming.message_id).where(
            _NEW, about).order_by(Incoming.id)).all()
    return sum(_handed_over(number, now) for number in ids)


def _handed_over(incoming_id: int, now: datetime) -> bool:
    with transaction() as session:
        row = session.scalars(select(Incoming).where(_NEW, Incoming.id == incoming_id)
                              .with_for_update(skip_locked=True).execution_options(populate_existing=True)).first()
        message = session.get(Message, row.message_id) if row is not None and row.message_id else None
        take = taker_of(message) if message is not None else None
        if row is None or message is None or take is None or not take(session, row, message, now):
            return False
        client = session.get_one(Client, row.client_id)
        _keep_contact(session, row, client, None, now)
        _heed_stop(row, client, now)
        row.state = "done"
        return True


def _occasion_of(session: Session, row: Incoming) -> int | None:
    """What the letter is about: the occasion of the letter it answers, else the client's newest open trip.

    Other occasions may end by themselves (a card was shown): an answer still owed to the client must not end with them.
    """
    message = session.get(Message, row.message_id) if row.message_id else None
    kind, _colon, number = (message.group_key if message else "").partition(":")
    if kind == "occasion" and number.isdigit():
        occasion = session.get(Occasion, int(number))
        fits = occasion is not None and occasion.client_id == row.client_id and occasion.kind in _TAKE_IN
        return occasion.id if occasion is not None and fits and occasion.cancelled_at is None else None
    return session.scalar(select(Occasion.id).where(
        Occasion.client_id == row.client_id, Occasion.closed_at.is_(None), Occasion.cancelled_at.is_(None),
        Occasion.kind.in_(_TAKE_IN)).order_by(Occasion.id.desc()).limit(1))


def _take_one(session: Session, row: Incoming, occasion: Occasion | None, now: datetime) -> None:
    client = session.get_one(Client, row.client_id)
    office = occasion.office if occasion is not None else client.office
    _keep_contact(session, row, client, occasion, now)
    day = calendar_of(office).on_or_after(today_of(office, now))
    _ask_for_answer(session, row, client, occasion, day, now)
    _heed_stop(row, client, now)
    row.state = "done"
    if occasion is not None:
        refresh(occasion, now=now)


def _keep_contact(session: Session, row: Incoming, client: Client, occasion: Occasion | None, now: datetime) -> None:
    """The letter stands in the client's timeline."""
    today = today_of(occasion.office if occasion is not None else client.office, now)
    came = _touch(client, occasion, f"{CAME}:{row.id}", "email", today, now)
    came.direction, came.status, came.note = "in", "done", shortened(row.text or row.subject, MOST_TOLD)
    came.done_at = min(row.came_at, now) if row.came_at.year > 2000 else now
    session.add(came)
    session.flush()
    log(came, "recorded", {**snapshot(came), "status": "cancelled"}, actor=READER, now=now)


def _ask_for_answer(session: Session, row: Incoming, client: Client, occasion: Occasion | None, day: date,
                    now: datetime) -> None:
    """One open step per matter: who writes three letters in a row waits for one answer."""
    note = shortened(row.text or row.subject, MOST_NOTE)
    standing = session.scalars(select(Touch).where(
        Touch.client_id == client.id, Touch.step_code.startswith(f"{ANSWER}:"), Touch.status == "planned",
        Touch.occasion_id == (occasion.id if occasion else None)).with_for_update()).first()
    if standing is not None:
        before = snapshot(standing)
        standing.note = note
        log(standing, "note", before, actor=READER, now=now)
        return
    step = _touch(client, occasion, f"{ANSWER}:{row.id}", "task", day, now)
    step.note, step.pinned, step.assignee_id = note, True, _who_answers(session, client, occasion)
    session.add(step)
    session.flush()
    log(step, "added", {**snapshot(step), "status": "cancelled"}, actor=READER, now=now)


def _who_answers(session: Session, client: Client, occasion: Occasion | None) -> int | None:
    """None leaves it to everybody of the office («без менеджера»)."""
    if occasion is not None and occasion.kind in QUALITY_KINDS:
        return _quality_of(session, occasion)
    wanted = [occasion.owner_id if occasion else None, client.manager_id]
    working = set(session.scalars(select(User.id).where(User.id.in_([i for i in wanted if i]),
                                                        User.dismissed_at.is_(None))))
    return next((person for person in wanted if person in working), None)


def _quality_of(session: Session, occasion: Occasion) -> int | None:
    """Customer service, else the director of the office; never who owns the lost sale."""
    people: Sequence[tuple[int, str]] = [(row.id, row.role) for row in session.execute(
        select(User.id, User.role).join(UserOffice, UserOffice.user_id == User.id)
        .where(UserOffice.office_id == occasion.office_id, User.dismissed_at.is_(None)).order_by(User.id))]
    fitting = [user_id for role in (SERVICE, DIRECTOR) for user_id, own in people
               if own == role and user_id != occasion.owner_id]
    return next(iter(fitting), None)


def _heed_stop(row: Incoming, client: Client, now: datetime) -> None:
    """Nothing but «stop» was written, in answer to a letter of ours: it works at once (`domain.md` §2.6)."""
    if row.asks_stop == "sure" and row.proof in ("tag", "id"):
        set_consent(client, "withdraw", ["email"], how="email", address=row.sender, actor=READER, now=now)
        row.asks_stop = "stopped"


def _touch(client: Client, occasion: Occasion | None, code: str, channel: str, day: date, now: datetime) -> Touch:
    return Touch(occasion_id=occasion.id if occasion else None, client_id=client.id,
                 office_id=occasion.office_id if occasion else client.office_id, step_code=code, generation=1,
                 channel=channel, automatic=False, planned_on=day, due_on=day, status="planned", created_at=now,
                 reason="", note="", outcome="", done_by="", attempts=0, pinned=False)


