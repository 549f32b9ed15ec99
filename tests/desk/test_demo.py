"""The demo agency: alive and calm on the board, true to its own rules, and gone without a trace."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import make
import pytest
from desk.agencies import new_agency
from sqlalchemy import func, select

from webapp.clients.models import Client, Consent
from webapp.club.integrity import faults
from webapp.club.models import (
    BonusOp,
    BurnWarning,
    Card,
    CardEvent,
    Gift,
    GiftMove,
    Referral,
    TripBonus,
)
from webapp.db import Base, db, transaction
from webapp.desk import demo
from webapp.desk.actions import tick
from webapp.desk.demo_data import agency
from webapp.desk.demo_data.actions import NotEmpty
from webapp.desk.integrity import inspect
from webapp.kit.days import zone
from webapp.letters.models import Identity
from webapp.post.actions import set_mode
from webapp.post.actions.modes import present_mode
from webapp.post.models import Incoming, Message
from webapp.staff.audit import actor_of, job
from webapp.staff.calendars import today_of
from webapp.staff.lists import nobody_yet, office_by_code, user_by_email
from webapp.staff.models import AuditEntry, Office, Setting, User, setting
from webapp.staff.passwords import verify
from webapp.staff.sign_in_rules import password_fault
from webapp.touches.actions import journal, ticking
from webapp.touches.models import Touch, TouchEvent
from webapp.trips import board
from webapp.trips.models import Trip

# Late on a night of the New Year holidays: nobody works, and it is tomorrow in the Urals already.
HOLIDAY_NIGHT = datetime(2027, 1, 4, 20, 30, tzinfo=UTC)


def person(key: str) -> User:
    found = user_by_email(f"{key}@{agency.DOMAIN}")
    assert found is not None
    return found


def counts(now: datetime) -> dict[str, Any]:
    return board.counts_of(board.days_of(person("boris"), now), board.Wish())


def rows(now: datetime) -> list[board.BoardRow]:
    return board.rows_of(board.days_of(person("boris"), now), board.Wish(show="any"), limit=500)[0]


def number_of(table: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


@pytest.mark.slow
def test_the_trouble_the_demo_invents_is_no_warning(living: SimpleNamespace) -> None:
    assert number_of(Message, Message.state == "unknown") > 0
    assert not [record.getMessage() for record in living.logged]


def test_the_board_is_calm_with_a_handful_of_red_and_yellow_rows(living: SimpleNamespace) -> None:
    seen = counts(living.now)
    assert (seen["over"], seen["broken"]) == (5, 3)
    assert 7 <= seen["today"] <= 10
    assert 145 <= len(rows(living.now)) <= 160


def test_overdue_steps_are_one_to_five_days_late(living: SimpleNamespace) -> None:
    late = {cell.days for row in rows(living.now) for cell in row.cells if cell.kind == "over"}
    assert late <= {1, 2, 3, 4, 5} and {1, 5} <= late


@pytest.mark.parametrize("show", ["leaving", "away", "back", "visit", "snoozed", "cancelled", "over", "today"])
def test_every_filter_of_the_board_finds_something(living: SimpleNamespace, show: str) -> None:
    days = board.days_of(person("boris"), living.now)
    assert board.rows_of(days, board.Wish(show=show))[0]


def test_nothing_is_left_to_do_for_the_worker_and_check_is_clean(living: SimpleNamespace) -> None:
    assert inspect(now=living.now).faults == []
    figures = tick(now=living.now)
    assert (figures["queued"], figures["skipped"], figures["missed"], figures["delivered"]) == (0, 0, 0, {})
    before = counts(living.now)
    tick(now=living.now + timedelta(minutes=1))
    assert counts(living.now) == before


def test_every_fate_of_a_message_can_be_seen(living: SimpleNamespace) -> None:
    states = set(db.session.scalars(select(Message.state)))
    assert {"sent", "failed", "unknown"} <= states
    assert number_of(Touch, Touch.status == "missed") == 1
    reasons = set(db.session.scalars(select(Touch.reason).where(Touch.status.in_(("skipped", "dropped", "cancelled")))))
    assert {"no-consent", "no-email", "no-mobile", "no-room", "trip-cancelled"} <= reasons


def test_letters_that_came_can_be_seen_in_every_kind(living: SimpleNamespace) -> None:
    kinds = {tuple(row) for row in db.session.execute(select(Incoming.kind, Incoming.state))}
    assert kinds >= {("reply", "done"), ("bounce", "done"), ("other", "unsorted")}
    steps = db.session.scalars(select(Touch.status).where(Touch.step_code.startswith("reply:"))).all()
    assert sorted(steps) == ["done", "done", "planned"]


def test_everything_was_sent_in_time_and_by_day(living: SimpleNamespace) -> None:
    for message in db.session.scalars(select(Message).where(Message.state == "sent")):
        assert message.sent_at is not None
        assert message.sent_at - message.not_before <= timedelta(minutes=1)
        assert message.true_until is None or message.sent_at < message.true_until


def test_there_are_attempts_notes_agreed_hours_companions_and_repeat_buyers(living: SimpleNamespace) -> None:
    assert number_of(Touch, Touch.step_code.startswith("attempt:")) > 0
    assert number_of(Touch, Touch.step_code.startswith("journal:"), Touch.note != "") >= 8
    assert number_of(Touch, Touch.channel == "visit", Touch.status == "planned", Touch.due_time.is_not(None)) > 0
    assert any(trip.companions for trip in db.session.scalars(select(Trip)))
    again = select(Trip.client_id).group_by(Trip.client_id).having(func.count() > 1)
    assert len(db.session.scalars(again).all()) >= 20
    assert number_of(Trip, Trip.departure_time.is_not(None)) > 40
    assert number_of(Consent, Consent.marketing) < 2 * number_of(Client)


def test_cards_of_every_fate_can_be_seen(living: SimpleNamespace) -> None:
    assert 20 <= number_of(Card) <= 30
    assert number_of(Card, Card.state == "blocked") == 1
    # One for a client who came back, the others for friends and those who sent them.
    assert 1 <= number_of(Card, Card.kind == "virtual") <= 4
    assert number_of(Card, Card.lent_on.is_not(None)) == 1
    assert number_of(CardEvent, CardEvent.kind == "given") == 1
    kinds = set(db.session.scalars(select(BonusOp.kind)))
    assert kinds >= {"spending", "correction", "welcome_back"}
    assert number_of(TripBonus) >= 8 and number_of(TripBonus, TripBonus.spent_points > 0) >= 3
    burns = db.session.scalars(select(Card.burn_on).where(Card.burn_on.is_not(None)).order_by(Card.burn_on)).first()
    # Points live on until four weeks have passed since a warning, and the agency began with warnings not long ago.
    assert burns is not None and 19 <= (burns - living.now.date()).days <= 45


def test_points_have_burned_after_a_warning_and_one_client_is_to_be_told_today(living: SimpleNamespace) -> None:
    burned = db.session.scalars(select(BonusOp).where(BonusOp.kind == "burn")).all()
    days = {(living.now.astimezone(zone("Europe/Moscow")).date() - op.day).days for op in burned}
    assert sorted(op.amount for op in burned) == [-1120, -640] and days == {6}
    assert number_of(BurnWarning, BurnWarning.state == "burned") == 2
    # And one owner came in time: the report begins with what its warnings have saved.
    assert number_of(BurnWarning, BurnWarning.state == "saved", BurnWarning.amount == 1460) == 1
    irina, today = person("irina"), today_of(db.session.scalars(select(Office).order_by(Office.id)).first(), living.now)
    (call,) = db.session.scalars(select(Touch).where(Touch.step_code == "burn_call", Touch.status == "planned",
                                                     Touch.due_on <= today))
    assert (call.due_on, call.assignee_id) == (today, irina.id)
    warning = db.session.scalars(select(BurnWarning).where(BurnWarning.occasion_id == call.occasion_id)).one()
    assert warning.state == "open" and warning.amount == 960
    assert list(faults()) == []


def test_friends_in_every_state_and_gifts_can_be_seen(living: SimpleNamespace) -> None:
    states = set(db.session.scalars(select(Referral.state)))
    assert states == {"new", "talking", "travels", "rewarded", "refused", "lost"}
    assert number_of(BonusOp, BonusOp.kind == "referral") == 2
    assert {gift.touch.status for gift in db.session.scalars(select(Gift))} == {"done", "planned"}
    assert number_of(GiftMove, GiftMove.amount < 0) == 1 and number_of(GiftMove) == 5


def test_every_colleague_is_printed_and_can_sign_in(living: SimpleNamespace) -> None:
    assert len(living.lines) == 6
    for line, one in zip(living.lines, agency.STAFF, strict=True):
        assert line == f"{one.login} – {one.role} – {agency.PASSWORD}"
        assert password_fault(agency.PASSWORD, one.login, one.name) is None
        assert verify(person(one.key).password_hash, agency.PASSWORD)
    assert {one.role for one in agency.STAFF} == {"manager", "service", "director", "admin"}


def test_only_fictional_people_can_be_reached(living: SimpleNamespace) -> None:
    for client in db.session.scalars(select(Client)):
        assert all(phone.e164.startswith(("+7900000", "+7495000")) for phone in client.phones)
        assert all(email.address.endswith("@demo.example") for email in client.emails)
    assert present_mode() == "trial"


def test_letters_stand_in_files_and_nowhere_else(living: SimpleNamespace) -> None:
    files = list((living.folder / "outbox").glob("*.eml")) + list((living.folder / "outbox").glob("*.sms"))
    assert len(files) == number_of(Message, Message.state.in_(("sent", "bounced")))


def test_it_is_not_loaded_twice_nor_where_letters_wait(living: SimpleNamespace) -> None:
    with pytest.raises(NotEmpty):
        demo.load(now=living.now)
    assert number_of(User) == 6


def test_removing_leaves_the_agency_as_it_was_before(living: SimpleNamespace, tmp_path: Path) -> None:
    lines = list(demo.remove(now=living.now + timedelta(days=1)))
    assert lines and present_mode() == "held" and nobody_yet()
    for table in (Client, Trip, Touch, TouchEvent, Message, User, AuditEntry):
        left = number_of(table) if table is not AuditEntry else number_of(
            AuditEntry, AuditEntry.user_id.is_not(None))
        assert left == 0, table.__tablename__
    main = db.session.scalars(select(Office)).one()
    assert (main.code, main.name, main.phone) == ("main", "Главный офис", "")
    assert setting("agency_name") is None and setting("demo") is None
    assert not any(row.name for row in db.session.scalars(select(Identity)))
    assert not list((living.folder / "outbox").glob("*.eml"))
    assert inspect(now=living.now).faults == []
    assert list(demo.remove(now=living.now)) == ["no demo data here"]


def test_the_tables_that_only_grow_are_guarded_again_after_removing(living: SimpleNamespace) -> None:
    demo.remove(now=living.now)
    for table in [t for t in Base.metadata.sorted_tables if t.info.get("append_only")]:
        if not db.session.scalar(select(func.count()).select_from(table)):
            continue
        with pytest.raises(Exception, match="append-only"), transaction() as session:
            session.connection().execute(table.delete())
    assert number_of(AuditEntry) > 0


def test_what_the_agency_added_meanwhile_stays(living: SimpleNamespace) -> None:
    now, ural = living.now, office_by_code("ural")
    assert ural is not None
    olga, demo_client = person("olga"), db.session.scalars(select(Client).where(Client.source == "demo")).first()
    assert demo_client is not None
    with transaction():
        own = make.client(ural, last="Настоящая", phone="+79161234567", email="real@example.org", manager=olga, now=now)
        day = now.date()
        kept = make.trip(own, purchase=day, departure=day + timedelta(days=20), back=day + timedelta(days=27),
                         seller=olga if olga.office_ids == [ural.id] else person("elena"), now=now)
        journal.record_contact(own, channel="call", direction="in", note="Спросила про визу", actor=job("test"),
                               now=now)
        second = make.trip(demo_client, purchase=day, departure=day + timedelta(days=30),
                           back=day + timedelta(days=37), seller=None, now=now)
        db.session.merge(Setting(key="agency_name", value="Свои дороги"))
    for moment in (now + timedelta(minutes=1), now + timedelta(days=4)):
        tick(now=moment)
    before = number_of(Message, Message.client_id == own.id)
    own_id, kept_id, second_id, client_id = own.id, kept.id, second.id, demo_client.id
    demo.remove(now=now + timedelta(days=5))
    assert set(db.session.scalars(select(Trip.id))) == {kept_id, second_id}
    assert set(db.session.scalars(select(Client.id))) == {own_id, client_id}
    assert number_of(Message, Message.client_id == own_id) == before > 0
    trip = db.session.get_one(Trip, kept_id)
    assert trip.seller is None and trip.seller_name == "Елена Крылова" and trip.office.code == "ural"
    assert setting("agency_name") == "Свои дороги"
    assert inspect(now=now + timedelta(days=5)).faults == []
    assert number_of(TouchEvent, TouchEvent.user_id.is_not(None)) == 0


def test_a_person_of_the_agency_who_worked_with_the_demo_stays(living: SimpleNamespace) -> None:
    with transaction() as session:
        boss = User(email="boss@example.org", name="Своя Начальница", role="director", created_at=living.now,
                    offices=[office_by_code("main")])
        session.add(boss)
    step = db.session.scalars(select(Touch).where(Touch.status == "planned", Touch.step_code == "visit",
                                                  Touch.office_id == boss.offices[0].id)).first()
    assert step is not None
    ticking.tick(step.id, actor=actor_of(boss), now=living.now)
    demo.remove(now=living.now)
    assert [user.email for user in db.session.scalars(select(User))] == ["boss@example.org"]


def test_it_is_refused_while_real_letters_wait(tmp_path: Path, now: datetime) -> None:
    place = new_agency(tmp_path / "agency", now)
    with place.app.app_context():
        client = make.client(db.session.scalars(select(Office)).one(), now=now)
        make.trip(client, purchase=now.date(), departure=now.date() + timedelta(days=9),
                  back=now.date() + timedelta(days=16), seller=None, now=now)
        tick(now=now + timedelta(minutes=1))
        with pytest.raises(NotEmpty):
            demo.load(now=now)
        assert number_of(User) == 0 and setting("demo") is None and present_mode() == "held"
        set_mode("live", actor=job("test"), now=now)
        with pytest.raises(NotEmpty):
            demo.load(now=now)
        db.session.remove()
        db.engine.dispose()
    place.store.drop()


@pytest.mark.slow
def test_it_is_alive_on_a_holiday_at_night_too(tmp_path: Path) -> None:
    place = new_agency(tmp_path / "agency", HOLIDAY_NIGHT)
    with place.app.app_context():
        demo.load(now=HOLIDAY_NIGHT)
        seen = counts(HOLIDAY_NIGHT)
        assert 4 <= seen["over"] <= 7 and 2 <= seen["broken"] <= 4 and 6 <= seen["today"] <= 11
        assert inspect(now=HOLIDAY_NIGHT).faults == []
        assert tick(now=HOLIDAY_NIGHT)["queued"] == 0
        db.session.remove()
        db.engine.dispose()
    place.store.drop()
