"""Current control: what counts as done in time, answers that wait, what is known of buyers; in few statements."""

from datetime import UTC, date, datetime, timedelta

import make
import pytest
from club.burn_make import asked
from sqlalchemy import select

from webapp.db import db, transaction
from webapp.kit import clock
from webapp.post.models import Incoming
from webapp.quality.contacts import completeness, lacking
from webapp.quality.feedback import feedback
from webapp.quality.punctual import kept, weeks_until
from webapp.staff.audit import actor_of
from webapp.touches.actions import journal, ticking
from webapp.touches.models import Touch

TODAY = date(2026, 11, 20)
URL = "/quality/control"
ENTERED = datetime(2026, 9, 1, 9, tzinfo=UTC)


@pytest.fixture
def today(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)
    return TODAY


@pytest.fixture
def client(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


def step(client, who, due, done=None, *, status=None, **more):
    """A step of a person, due on a day; `done` is a moment (UTC)."""
    values = {"step_code": f"t{due}{done}{more}"[:40], "channel": "task", "automatic": False, "planned_on": due, "outcome": "",
              "created_at": ENTERED, "office_id": client.office_id, **more}
    with transaction() as session:
        row = Touch(client_id=client.id, assignee_id=who.id if who else None, due_on=due, done_at=done,
                    status=status or ("done" if done else "planned"), done_by=who.name if done and who else "", **values)
        session.add(row)
        session.flush()
        return row.id


def at(day, hour, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def tally(cast, **more):
    db.session.rollback()
    found = kept(weeks_until(TODAY, 8), TODAY, more.pop("offices", [cast.main]), **more).total
    return found.in_time, found.later, found.open


# (due, done at, in time?) in Moscow, where midnight is 21:00 UTC.
@pytest.mark.parametrize("due, done, wanted", [
    (18, at(18, 9), (1, 0, 0)), (18, at(18, 20, 59), (1, 0, 0)), (18, at(18, 21), (0, 1, 0)), (18, at(19, 9), (0, 1, 0)),
    (18, at(17, 9), (1, 0, 0)), (18, None, (0, 0, 1)), (20, None, (0, 0, 0)), (20, at(20, 8), (1, 0, 0)), (21, None, (0, 0, 0)),
])
def test_a_step_is_in_time_until_its_office_sees_midnight(cast, client, today, due, done, wanted) -> None:
    step(client, cast.olga, date(2026, 11, due), done)
    assert tally(cast) == wanted


def test_every_office_has_its_own_midnight(cast, now, today) -> None:
    far = make.client(cast.east, last="Дальняя", now=now)
    # 14:30 UTC on the 18th is half past midnight on the 19th in Vladivostok.
    step(far, cast.vera, date(2026, 11, 18), at(18, 14, 30))
    step(far, cast.vera, date(2026, 11, 18), at(18, 13, 30))
    assert tally(cast, offices=[cast.east]) == (1, 1, 0)
    assert tally(cast) == (0, 0, 0)
    assert tally(cast, offices=[cast.main, cast.east]) == (1, 1, 0)


@pytest.mark.parametrize("status, more", [
    ("skipped", {}), ("cancelled", {}), ("dropped", {}), ("done", {"automatic": True}),
    ("done", {"step_code": "attempt:1:x"}), ("done", {"created_at": at(18, 9)})])
def test_what_was_not_wanted_or_never_planned_is_no_step_to_be_late_with(cast, client, today, status, more) -> None:
    step(client, cast.olga, date(2026, 11, 18), at(18, 9) if status == "done" else None, status=status, **more)
    assert tally(cast) == (0, 0, 0)


def test_a_talk_written_down_afterwards_is_not_counted(cast, client, now, today) -> None:
    journal.record_contact(client, channel="call", direction="out", note="Спросили про погоду", now=now - timedelta(days=2),
                           actor=actor_of(cast.olga))
    assert tally(cast) == (0, 0, 0)


def test_a_day_agreed_with_the_client_counts_and_one_we_put_off_does_not(cast, client, now, today) -> None:
    actor, early = actor_of(cast.olga), at(10, 9)
    agreed, put_off = (step(client, cast.olga, date(2026, 11, 11), step_code=code) for code in ("a", "b"))
    ticking.move(agreed, date(2026, 11, 13), actor=actor, now=early)
    ticking.move(put_off, date(2026, 11, 13), actor=actor, now=early, snooze=True)
    for touch_id in (agreed, put_off):
        ticking.tick(touch_id, actor=actor, now=at(13, 10))
    assert tally(cast) == (1, 1, 0)


def test_trying_on_the_day_is_in_time_and_a_call_nobody_answers_is_told_apart(cast, client, today) -> None:
    actor = actor_of(cast.olga)
    call = step(client, cast.olga, date(2026, 11, 17), channel="call")
    with transaction() as session:
        touch = session.get(Touch, call)
        touch.step_code = "planned_trip:1"
    ticking.tick(call, actor=actor, now=at(17, 10))
    step(client, cast.olga, date(2026, 11, 17), at(17, 11), channel="call", outcome="no_answer", step_code="attempt:9:z",
         created_at=at(17, 11))
    db.session.rollback()
    found = kept(weeks_until(TODAY, 8), TODAY, [cast.main]).total
    assert (found.in_time, found.calls, found.talked, found.answered) == (1, 2, 1, 50)


def test_weeks_offices_and_managers_add_up_to_the_whole(cast, client, now, today) -> None:
    far = make.client(cast.east, last="Дальняя", now=now)
    for day, hour in ((2, 9), (3, 23), (9, 9), (12, 9), (18, 9)):
        step(client, cast.olga if day % 2 else cast.pavel, date(2026, 11, day), at(day, hour))
    step(client, None, date(2026, 11, 12), done_by_id=cast.irina.id)
    step(far, cast.vera, date(2026, 10, 1), at(1, 5, month=10))
    step(far, cast.vera, date(2026, 9, 20), at(20, 5, month=9))
    db.session.rollback()
    found = kept(weeks_until(TODAY, 8), TODAY, [cast.main, cast.east])
    assert len(found.weeks) == 8 and min(found.weeks) == date(2026, 9, 28)
    for parts in (found.weeks, found.offices, found.people):
        assert sum(part.due for part in parts.values()) == found.total.due == 7
        assert sum(part.in_time for part in parts.values()) == found.total.in_time == 5
    assert found.weeks[date(2026, 11, 2)].share == 50 and found.people[cast.olga.id].due == 2
    assert found.names[cast.vera.id] == "Вера Чайкина" and found.people[cast.irina.id].open == 1
    assert kept(weeks_until(TODAY, 8), TODAY, [cast.main], cast.olga.id).total.due == 2


def test_counting_is_one_statement_however_much_there_is(cast, client, today) -> None:
    numbers = []
    for many in (1, 30):
        for day in range(many):
            step(client, cast.olga, TODAY - timedelta(days=day + 1), step_code=f"q{many}{day}")
        db.session.rollback()
        with asked() as found:
            kept(weeks_until(TODAY, 8), TODAY, [cast.main])
        numbers.append(len([one for one in found if "FROM" in one]))
    # The steps and the names of people.
    assert numbers == [2, 2]


def test_a_hundred_is_said_of_all_only(cast, client, today) -> None:
    for number in range(200):
        step(client, cast.olga, date(2026, 11, 18), at(18, 9) if number else at(19, 9), step_code=f"n{number}")
    db.session.rollback()
    assert kept(weeks_until(TODAY, 8), TODAY, [cast.main]).total.share == 99


def wrote(client, came, number=1, *, status="planned", done=None, kind="reply"):
    """A letter of a client, with the step that answers it."""
    with transaction() as session:
        row = Incoming(inbox="t", uidvalidity=1, uid=number, fingerprint=str(number), came_at=came, taken_at=came, kind=kind,
                       state="done", office_id=client.office_id, client_id=client.id)
        session.add(row)
        session.flush()
        session.add(Touch(client_id=client.id, office_id=client.office_id, step_code=f"reply:{row.id}", channel="task",
                          automatic=False, planned_on=came.date(), due_on=came.date(), status=status, done_at=done,
                          created_at=came, outcome="", done_by=""))


def test_answers_are_counted_with_how_long_they_took_and_who_still_waits(cast, client, now, today) -> None:
    wrote(client, now - timedelta(days=3), 1, status="done", done=now - timedelta(days=3) + timedelta(hours=2))
    wrote(client, now - timedelta(days=9), 2, status="done", done=now - timedelta(days=8))
    wrote(client, now - timedelta(days=5), 3)
    wrote(client, now - timedelta(days=100), 4)
    wrote(client, now - timedelta(days=2), 5, status="cancelled")
    db.session.rollback()
    found = feedback([cast.main.id], now)
    assert (found.came, found.answered, found.share, found.hours) == (3, 2, 67, 13)
    assert [one.days(now) for one in found.waiting] == [100, 5] and found.waiting_count == 2
    assert feedback([cast.east.id], now).came == 0


def test_those_who_came_back_and_wrote_are_a_share_of_those_who_came_back(cast, now, today) -> None:
    for number, back in enumerate((date(2026, 11, 1), date(2026, 11, 10), date(2026, 8, 1))):
        who = make.client(cast.main, last=f"К{number}", phone=f"+791600001{number}", email=None, now=now)
        make.trip(who, purchase=back - timedelta(days=20), departure=back - timedelta(days=7), back=back, seller=cast.olga, now=now)
        if number == 0:
            wrote(who, now - timedelta(days=3), 77)
    db.session.rollback()
    found = feedback([cast.main.id], now)
    assert (found.came_back, found.wrote, found.wrote_share) == (2, 1, 50)


def travelled(cast, now, number, *, back=date(2026, 10, 10), cancelled=False, **more):
    row = make.client(cast.main, last=f"Клиент{number}", **{"phone": f"+7916000020{number}", "email": None, "now": now, **more})
    trip = make.trip(row, purchase=min(back, TODAY) - timedelta(days=30), departure=back - timedelta(days=7), back=back, seller=cast.olga, now=now)
    if cancelled:
        with transaction():
            trip.cancelled_at = now
    return row


def test_what_is_known_of_buyers_is_counted_and_listed(cast, now, today) -> None:
    travelled(cast, now, 1, birthday=date(1990, 1, 1), email="a@example.com")
    travelled(cast, now, 2, phone=None, preferences={"rest": ["beach"]}, back=date(2026, 11, 1))
    travelled(cast, now, 3, cancelled=True)
    travelled(cast, now, 4, passport_until=date(2026, 11, 19), back=date(2026, 12, 30))
    travelled(cast, now, 5, passport_until=date(2030, 1, 1))
    make.client(cast.main, last="Не покупала", phone="+79160000999", now=now)
    db.session.rollback()
    with asked() as statements:
        found = completeness([cast.main.id], TODAY)
    assert len(statements) <= 2
    assert found.buyers == 4
    assert found.known == {"phone": 3, "email": 1, "birthday": 1, "news": 0, "next_trip": 1, "preferences": 1, "passport": 1}
    assert found.share("phone") == 75
    assert [row.name for row in lacking("passport", [cast.main.id], TODAY, 50)] == [
        "Клиент4 Анна", "Клиент2 Анна", "Клиент1 Анна"]
    assert [row.name for row in lacking("phone", [cast.main.id], TODAY, 50)] == ["Клиент2 Анна"]
    assert lacking("phone", [cast.east.id], TODAY, 50) == [] and completeness([cast.east.id], TODAY).share("phone") is None


def test_the_page_says_it_all_and_leads_to_the_lists(browse, cast, client, now, today) -> None:
    step(client, cast.olga, date(2026, 11, 17), at(17, 9))
    step(client, cast.pavel, date(2026, 11, 18))
    wrote(client, now - timedelta(days=5))
    travelled(cast, now, 1)
    for who in (cast.irina, cast.boris):
        page = browse(who).get(URL)
        words = page.text.replace("\u00a0", " ")
        assert "Шаги в срок" in words and "Просрочено сейчас" in words and "5 дней" in words
        links = [a.attrs["href"] for a in page.root.one("main").all("a")]
        assert any(link.startswith("/board?show=over") for link in links) and "/incoming?show=reply" in links
        assert any(link.startswith("/quality/contacts/email") for link in links)
        assert browse(who).get("/quality/contacts/email").h1 == "Неизвестно: Рабочий e-mail"
        assert "Клиент1" in browse(who).get("/quality/contacts/email").text
    assert browse(cast.irina).get("/quality/contacts/secret").status == 404
    one = browse(cast.boris).get(f"{URL}?manager={cast.olga.id}")
    assert "Ольга Соколова" in one.h1 and "100" in one.text


def test_nothing_due_and_nobody_sold_to_is_said_in_words(browse, cast, today) -> None:
    page = browse(cast.boris).get(URL)
    assert "За эти восемь недель шагов не было." in page.text and "Поездок пока никто не покупал." in page.text


def test_the_page_asks_the_same_for_few_and_many(browse, cast, now, today) -> None:
    boris, numbers = browse(cast.boris), []
    boris.get(URL)
    for many in (1, 12):
        for number in range(many):
            row = travelled(cast, now, f"{many}{number}", phone=f"+79161{many:03d}{number:03d}")
            wrote(row, now - timedelta(days=5), 1000 * many + number)
            step(row, cast.olga, date(2026, 11, 17), at(17, 9))
        with asked() as found:
            boris.get(URL)
        numbers.append(len(found))
    assert numbers[0] == numbers[1] <= 40


def test_the_weeks_are_a_file_too(browse, cast, client, today) -> None:
    step(client, cast.olga, date(2026, 11, 17), at(17, 9))
    text = browse(cast.boris).http.get(f"{URL}?as=csv").data.decode("utf-8-sig")
    assert "16.11.2026;1;1;0;0;100" in text and "Ольга Соколова;1;1;0;0;100" in text and "Всего;1;1;0;0;100" in text


@pytest.mark.sqlite_only
def test_the_index_of_kept_steps_is_used(cast, app) -> None:
    from webapp.quality import punctual
    query = punctual._statement(date(2026, 9, 28), TODAY, [cast.main], None)
    sql = str(query.compile(db.engine, compile_kwargs={"render_postcompile": True}))
    compiled = query.compile(db.engine, compile_kwargs={"render_postcompile": True})
    values = tuple(compiled.params[name] if not hasattr(compiled.params[name], "isoformat") else compiled.params[name].isoformat()
                   for name in compiled.positiontup)
    plan = db.session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + sql, values).all()
    assert any("ix_touch_kept" in row[3] for row in plan), plan
    assert select(Touch.id) is not None
