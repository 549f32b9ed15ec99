"""Working days of an office, its today, and who works instead of somebody away."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from webapp.staff import actions, calendars
from webapp.staff.actions.offices import Place
from webapp.staff.audit import actor_of


def away(cast: Any, now: Any, who: Any, instead: Any, first: date, last: date) -> Any:
    return actions.record_absence(who, instead, first_day=first, last_day=last, note="", actor=actor_of(cast.anna),
                                  today=date(2026, 11, 1), now=now)


@pytest.mark.parametrize(("day", "works"), [
    (date(2026, 11, 20), True), (date(2026, 11, 21), False), (date(2026, 11, 4), False), (date(2027, 1, 4), False),
    (date(2027, 5, 10), False), (date(2026, 12, 30), True)])
def test_weeks_and_public_holidays_are_known(cast: Any, day: date, works: bool) -> None:
    assert calendars.calendar_of(cast.main).is_working(day) is works


def test_own_days_count_at_once(cast: Any, now: Any) -> None:
    calendar = calendars.calendar_of(cast.main)
    assert calendar.is_working(date(2026, 12, 30)) and not calendar.is_working(date(2026, 11, 21))
    off = actions.add_day_off(cast.main, date(2026, 12, 30), working=False, note="", now=now,
                              actor=actor_of(cast.anna))
    actions.add_day_off(cast.main, date(2026, 11, 21), working=True, note="", actor=actor_of(cast.anna), now=now)
    calendar = calendars.calendar_of(cast.main)
    assert not calendar.is_working(date(2026, 12, 30))
    assert calendar.is_working(date(2026, 11, 21))
    assert calendars.calendar_of(cast.east).is_working(date(2026, 12, 30))
    actions.remove_day_off(off, actor=actor_of(cast.anna), now=now)
    assert calendars.calendar_of(cast.main).is_working(date(2026, 12, 30))


def test_new_hours_count_at_once(cast: Any, now: Any) -> None:
    assert not calendars.calendar_of(cast.main).is_working(date(2026, 11, 22))
    place = Place(cast.main.name, cast.main.timezone, hours={"6": ["11:00", "15:00"]})
    actions.edit_office(cast.main, place, actor=actor_of(cast.anna), now=now)
    calendar = calendars.calendar_of(cast.main)
    assert calendar.is_working(date(2026, 11, 22)) and not calendar.is_working(date(2026, 11, 23))
    assert [str(at) for at in calendar.hours_on(date(2026, 11, 22))] == ["11:00:00", "15:00:00"]


def test_calendars_are_read_once_per_request_and_together(cast: Any, queries: Any) -> None:
    with queries() as asked:
        found = calendars.calendars_of([cast.main, cast.east])
        for _ in range(5):
            calendars.calendar_of(cast.main)
            calendars.calendar_of(cast.east)
    assert set(found) == {cast.main.id, cast.east.id}
    assert len([sql for sql in asked if "day_off" in sql]) == 1


def test_today_is_the_offices_own(cast: Any) -> None:
    late = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
    assert calendars.today_of(cast.main, late) == date(2026, 11, 20)
    assert calendars.today_of(cast.east, late) == date(2026, 11, 21)


@pytest.mark.parametrize(("day", "name"), [
    (date(2026, 11, 22), None), (date(2026, 11, 23), "pavel"), (date(2026, 11, 29), "pavel"),
    (date(2026, 11, 30), None)])
def test_a_substitute_works_from_the_first_to_the_last_day(cast: Any, now: Any, day: date, name: str | None) -> None:
    away(cast, now, cast.olga, cast.pavel, date(2026, 11, 23), date(2026, 11, 29))
    expected = getattr(cast, name) if name else None
    assert calendars.substitute_of(cast.olga, day) is expected


def test_a_chain_leads_to_somebody_at_work(cast: Any, now: Any) -> None:
    away(cast, now, cast.olga, cast.pavel, date(2026, 11, 23), date(2026, 11, 29))
    away(cast, now, cast.pavel, cast.irina, date(2026, 11, 25), date(2026, 11, 26))
    assert calendars.substitute_of(cast.olga, date(2026, 11, 24)) is cast.pavel
    assert calendars.substitute_of(cast.olga, date(2026, 11, 25)) is cast.irina
    assert calendars.substitutes_on(date(2026, 11, 25)) == {cast.olga.id: cast.irina.id,
                                                            cast.pavel.id: cast.irina.id}


def test_a_leaver_stands_in_for_nobody(cast: Any, now: Any) -> None:
    away(cast, now, cast.olga, cast.pavel, date(2026, 11, 23), date(2026, 11, 29))
    actions.dismiss(cast.pavel, actor=actor_of(cast.anna), now=now)
    assert calendars.substitute_of(cast.olga, date(2026, 11, 24)) is None


def test_substitutes_of_a_whole_day_are_two_questions(cast: Any, now: Any, queries: Any) -> None:
    away(cast, now, cast.olga, cast.pavel, date(2026, 11, 23), date(2026, 11, 29))
    away(cast, now, cast.irina, cast.boris, date(2026, 11, 23), date(2026, 11, 29))
    with queries() as asked:
        assert len(calendars.substitutes_on(date(2026, 11, 24))) == 2
    assert len(asked) == 2


def test_one_request_asks_once_who_stands_in_and_reads_what_it_changed_anew(app: Any, cast: Any, now: Any,
                                                                            queries: Any) -> None:
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    with app.test_request_context():
        assert calendars.substitutes_on(tuesday) == {}
        with queries() as asked:
            assert calendars.substitutes_on(tuesday) == {}
        assert list(asked) == []
        row = away(cast, now, cast.olga, cast.pavel, monday, date(2026, 11, 29))
        assert calendars.substitutes_on(tuesday) == {cast.olga.id: cast.pavel.id}
        actions.end_absence(row, actor=actor_of(cast.boris), today=monday, now=now)
        assert calendars.substitutes_on(tuesday) == {}
        away(cast, now, cast.olga, cast.pavel, monday, date(2026, 11, 29))
        assert calendars.substitutes_on(tuesday) == {cast.olga.id: cast.pavel.id}
        actions.dismiss(cast.pavel, actor=actor_of(cast.anna), now=now)
        assert calendars.substitutes_on(tuesday) == {}


def test_colleagues_are_those_who_work_in_the_office_now(cast: Any, now: Any) -> None:
    actions.dismiss(cast.pavel, actor=actor_of(cast.anna), now=now)
    assert [user.name for user in calendars.colleagues(cast.east)] == ["Вера Чайкина", "Николай Громов"]
    assert cast.pavel not in calendars.colleagues(cast.main)
