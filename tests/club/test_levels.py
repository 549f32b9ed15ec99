"""The count of levels: up at once with a letter, down a month after it was told, and nothing about the past is written."""

from datetime import UTC, date, datetime, timedelta

import make
import pytest
from club.level_make import back, counted, events, letters, level
from crowd import at_once
from sqlalchemy import delete, func, select
from trip_make import in_trial

from webapp.club.actions import level_letters, levels
from webapp.club.models import ClientLevel, Level, LevelEvent, Privilege, rate_of
from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.post.models import Message
from webapp.trips.step_words import reason

TODAY = date(2026, 11, 20)


@pytest.fixture
def client(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


def ago(days: int) -> date:
    return TODAY - timedelta(days)


def test_three_trips_make_a_friend_and_a_letter_goes_on_the_second_morning(client, now) -> None:
    for days in (400, 200):
        back(client, ago(days), now=now)
    assert counted(now) == {} and level(client) == "C"
    back(client, ago(0), now=now)
    assert counted(now) == {"rose": 1} and level(client) == "B"
    assert events(client) == [("rose", "C", "B")]
    assert letters(client) == [("level_up", "planned", date(2026, 11, 22))]
    assert rate_of(client.id) == ("B", 200)


def test_a_tick_says_what_became_of_levels(client, now) -> None:
    for days in (400, 200, 0):
        back(client, ago(days), now=now)
    assert tick(now=now)["levels"] == {"rose": 1, "announced": 0, "kept": 0, "fell": 0}
    assert tick(now=now)["levels"]["rose"] == 0 and level(client) == "B"


def test_the_letter_names_the_level_and_what_it_gives(client, now) -> None:
    in_trial()
    for days in (400, 200, 0):
        back(client, ago(days), now=now)
    counted(now)
    tick(now=datetime(2026, 11, 22, 7, 1, tzinfo=UTC))
    mail = db.session.scalars(select(Message).where(Message.subject.contains("новый уровень"))).one()
    assert mail.subject == "У вас новый уровень: B «Друг»"
    assert "Бонусы – 2 % с каждой поездки. Ранний доступ к чартерам" in mail.text.replace("\xa0", " ")
    assert letters(client)[0][1] == "done"


def test_a_first_count_is_silent_about_what_has_long_been_so(client, now) -> None:
    for days in (400, 200, 30):
        back(client, ago(days), now=now)
    assert counted(now) == {"rose": 1} and level(client) == "B"
    assert letters(client) == []


def test_a_new_agencys_client_who_had_it_long_before_the_last_trip_gets_no_letter(client, now) -> None:
    for days in (400, 200, 30, 1):
        back(client, ago(days), now=now)
    counted(now)
    assert level(client) == "B" and letters(client) == []


def test_old_trips_that_are_imported_later_are_counted_silently(client, now) -> None:
    back(client, ago(100), now=now)
    counted(now)
    for days in (400, 200):
        back(client, ago(days), now=now)
    assert counted(now) == {"rose": 1} and letters(client) == []


def test_lower_conditions_raise_people_and_tell_them(client, now) -> None:
    for days in (400, 200):
        back(client, ago(days), now=now, rubles=None)
    counted(now)
    with transaction() as session:
        session.get_one(Level, "B").min_trips = 2
    assert counted(now) == {"rose": 1} and letters(client) == [("level_up", "planned", date(2026, 11, 22))]


def test_a_fall_is_told_a_month_ahead_and_comes_on_its_day(client, now) -> None:
    in_trial()
    for days in (720, 200, 30):
        back(client, ago(days), now=now)
    counted(now)
    later = now + timedelta(days=30)
    assert counted(later) == {"announced": 1} and level(client) == "B"
    assert letters(client) == [("level_down", "planned", date(2026, 12, 20))]
    kept = db.session.get(ClientLevel, client.id)
    assert (kept.fall_to, kept.fall_on) == ("C", date(2027, 1, 20))
    assert rate_of(client.id) == ("B", 200)
    tick(now=later + timedelta(minutes=1))
    mail = db.session.scalars(select(Message).where(Message.subject.contains("сохранить"))).one()
    assert mail.subject == "Ваш уровень можно сохранить до 20 января 2027"
    assert "нужно: ещё 1 поездка или 150 000 ₽." in mail.text.replace("\xa0", " ")
    assert "с 20 января 2027 ваш уровень станет C «Гость»" in mail.text
    assert counted(later + timedelta(days=30)) == {} and level(client) == "B"
    assert counted(later + timedelta(days=31)) == {"fell": 1} and level(client) == "C"
    assert events(client) == [("rose", "C", "B"), ("announced", "B", "C"), ("fell", "B", "C")]
    assert rate_of(client.id) == ("C", 100)


def test_earned_again_the_fall_is_called_off_and_so_is_its_letter(client, now) -> None:
    for days in (720, 200, 30):
        back(client, ago(days), now=now)
    counted(now)
    # In the evening the letter waits for the next morning.
    evening = now + timedelta(days=30, hours=10)
    counted(evening)
    back(client, evening.date(), now=evening)
    assert counted(evening) == {"kept": 1} and level(client) == "B"
    assert letters(client) == [("level_down", "cancelled", date(2026, 12, 21))]
    kept = db.session.get(ClientLevel, client.id)
    assert (kept.fall_to, kept.fall_on, kept.occasion_id) == (None, None, None)
    assert reason("level-changed") == "уровень уже другой"


def test_a_cancelled_trip_takes_the_letter_of_the_rise_back(client, now) -> None:
    for days in (400, 200):
        back(client, ago(days), now=now)
    last = back(client, ago(0), now=now)
    counted(now)
    with transaction():
        last.cancelled_at = now
    assert counted(now + timedelta(hours=1)) == {"announced": 1}
    assert [row[:2] for row in letters(client)] == [("level_up", "cancelled"), ("level_down", "planned")]


def test_a_second_count_finds_nothing_and_writes_nothing(client, now) -> None:
    for days in (400, 200, 0):
        back(client, ago(days), now=now)
    counted(now)
    before = db.session.scalar(select(func.count()).select_from(LevelEvent))
    assert counted(now) == {}
    assert list(levels.changes_of(TODAY, ["Europe/Moscow"], levels.grades())) == []
    assert db.session.scalar(select(func.count()).select_from(LevelEvent)) == before


def test_spend_alone_can_lead_to_the_top(client, now) -> None:
    back(client, ago(3), now=now, rubles=800_000)
    assert counted(now) == {"rose": 1} and level(client) == "A" and events(client) == [("rose", "C", "A")]


def test_erased_people_are_not_counted(client, now) -> None:
    for days in (4, 3, 2):
        back(client, ago(days), now=now)
    with transaction():
        client.erased_at = now
    assert counted(now) == {} and level(client) is None


def test_the_day_is_that_of_the_clients_office(cast, now) -> None:
    east = make.client(cast.east, phone="+79160000002", email=None, now=now)
    west = make.client(cast.main, phone="+79160000003", email=None, now=now)
    late = datetime(2026, 11, 20, 15, tzinfo=UTC)
    for client in (east, west):
        back(client, date(2026, 11, 21), now=now, rubles=300_000)
    assert counted(late) == {"rose": 1} and (level(east), level(west)) == ("B", None)


def test_two_counts_at_once_write_each_change_once(app, cast, now) -> None:
    clients = [make.client(cast.main, phone=f"+7916000{number:04}", email=None, now=now) for number in range(30)]
    for client in clients:
        back(client, ago(1), now=now, rubles=300_000)
    figures = at_once(app, 2, lambda _number: levels.count_levels(now=now))
    assert sum(part["rose"] for part in figures) == 30
    assert all(events(client) == [("rose", "C", "B")] and len(letters(client)) == 1 for client in clients)


def test_a_count_that_was_killed_goes_on_where_it_was(app, cast, now, monkeypatch) -> None:
    clients = [make.client(cast.main, phone=f"+7916000{number:04}", email=None, now=now) for number in range(5)]
    for client in clients:
        back(client, ago(1), now=now, rubles=300_000)
    monkeypatch.setattr(levels, "TOLD_BATCH", 2)
    opened, calls = level_letters.open_many, iter(range(99))

    def killed(*args, **more):
        result = opened(*args, **more)
        if next(calls) == 1:
            raise KeyboardInterrupt
        return result
    monkeypatch.setattr(level_letters, "open_many", killed)
    with pytest.raises(KeyboardInterrupt):
        levels.count_levels(now=now)
    monkeypatch.undo()
    assert counted(now) == {"rose": 3}
    assert all(events(client) == [("rose", "C", "B")] and len(letters(client)) == 1 for client in clients)


def test_an_agency_without_levels_counts_nothing(client, now) -> None:
    with transaction() as session:
        session.execute(delete(Privilege))
        session.execute(delete(Level))
    back(client, ago(1), now=now)
    assert counted(now) == {} and rate_of(client.id) == ("", 0)
