"""Changing a trip: facts at once, dates after the difference; what was done stays; cancelling stops every message."""

from datetime import timedelta

import make
import pytest
import time_machine
from conftest import NOW
from sqlalchemy import select
from trip_make import in_trial, live, touches

from webapp.clients.actions import set_consent
from webapp.db import db
from webapp.post.models import Message
from webapp.staff.audit import actor_of
from webapp.touches.actions import ticking
from webapp.touches.models import Touch
from webapp.trips.actions import change_trip
from webapp.trips.forms import stored
from webapp.trips.models import Trip

DEPARTURE, BACK = NOW.date().replace(day=30), NOW.date().replace(month=12, day=7)


@pytest.fixture(autouse=True)
def noon():
    """The clock stands still on Friday, 20 November 2026, 12:00 in Moscow."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def trip(cast, now):
    client = make.client(cast.main, manager=cast.olga, now=now)
    set_consent(client, "give", ("email", "sms"), how="form", text_version="2025", actor=actor_of(cast.olga), now=now)
    return make.trip(client, purchase=now.date(), departure=DEPARTURE, back=BACK, seller=cast.olga, now=now,
                     note="Окно\nМестный гид", companions=("Иванов Пётр",))


def fields(page):
    """Everything the form on the page would send, as a browser would."""
    form = next(f for f in page.root.all("form") if "/edit" in f.attrs.get("action", ""))
    found = {n.attrs["name"]: n.attrs.get("value", "") for n in form.all("input")
             if n.attrs.get("name") and n.attrs.get("type") != "checkbox"}
    for area in form.all("textarea"):
        found[area.attrs["name"]] = "".join(c for c in area.children if isinstance(c, str)).lstrip("\r\n")
    return found


def days(trip):
    return {code: touch.due_on for code, touch in touches(trip).items()}


def test_facts_alone_are_saved_without_a_question(browse, cast, trip):
    someone = browse(cast.olga)
    before = days(trip)
    typed = {**fields(someone.get(f"/trips/{trip.id}/edit")), "operator": "Анекс Тур", "price": "250 000"}
    page = someone.follow(f"/trips/{trip.id}/edit", typed)
    assert "Анекс Тур" in page.text and days(trip) == before
    trip = db.session.get(Trip, trip.id)
    assert (trip.price_kopecks, trip.note, [c.name for c in trip.companions]) == (
        25_000_000, "Окно\nМестный гид", ["Иванов Пётр"])


def test_moved_dates_show_the_difference_before_anything_is_saved(browse, cast, trip):
    someone, before = browse(cast.olga), days(trip)
    typed = {**fields(someone.get(f"/trips/{trip.id}/edit")), "departure_on": "05.12.2026", "return_on": "12.12.2026",
             "operator": "Анекс Тур"}
    page = someone.post(f"/trips/{trip.id}/edit", typed)
    assert page.h1 == "Перенос дат" and days(trip) == before
    rows = {li.one("del").text: li.one("ins").text for li in page.root.one("section", id="preview").all("li")}
    assert rows["было вс, 29 ноября"] == "станет пт, 4 декабря"
    saved = someone.follow(f"/trips/{trip.id}/edit", {**fields(page), "do": "save"})
    assert "12 декабря 2026" in saved.text and "Анекс Тур" in saved.text
    after = days(trip)
    assert after["fly_tomorrow"].isoformat() == "2026-12-04" and after["thank_you"] == before["thank_you"]
    assert db.session.get(Trip, trip.id).note == "Окно\nМестный гид"


def test_the_live_difference_is_a_part_and_the_whole_page_without_javascript(browse, cast, trip):
    someone = browse(cast.olga)
    typed = {**fields(someone.get(f"/trips/{trip.id}/edit")), "departure_on": "05.12.2026", "return_on": "12.12.2026"}
    part = someone.post(f"/trips/{trip.id}/difference", typed, htmx=True)
    assert not part.is_full and "пт, 4 декабря" in part.root.one("section", id="preview").text
    whole = someone.post(f"/trips/{trip.id}/difference", typed)
    assert whole.is_full and "пт, 4 декабря" in whole.root.one("section", id="preview").text
    wrong = someone.post(f"/trips/{trip.id}/difference", {**typed, "return_on": "01.12.2026"}, htmx=True)
    assert "1 декабря 2026" in wrong.text and "5 декабря 2026" in wrong.text


def test_back_to_the_form_loses_nothing(browse, cast, trip):
    someone = browse(cast.olga)
    typed = {**fields(someone.get(f"/trips/{trip.id}/edit")), "departure_on": "5 декабря 2026",
             "return_on": "12.12.2026", "operator": "Анекс Тур", "landing_time": "9.05"}
    page = someone.post(f"/trips/{trip.id}/edit", typed)
    form = someone.post(f"/trips/{trip.id}/edit", {**fields(page), "do": "back"})
    assert fields(form) | {"csrf_token": "", "shown": ""} == typed | {"csrf_token": "", "shown": ""}


def test_done_and_sent_steps_never_change_and_a_chosen_day_stays(browse, cast, trip):
    """Acceptance 21."""
    in_trial()
    live(NOW, 5)
    actor = actor_of(cast.olga)
    ticking.move(touches(trip)["visit"].id, BACK.replace(day=28), actor=actor, now=NOW)
    kept = {code: (t.status, t.due_on, t.done_at) for code, t in touches(trip).items() if t.status == "done"}
    assert {"thank_you", "packing"} <= set(kept)
    with time_machine.travel(NOW.replace(day=25), tick=False):
        someone = browse(cast.olga)
        typed = {**fields(someone.get(f"/trips/{trip.id}/edit")), "departure_on": "15.12.2026",
                 "return_on": "22.12.2026"}
        page = someone.post(f"/trips/{trip.id}/edit", typed)
        assert "Встреча в офисе" in page.text and "останется" in page.text
        someone.follow(f"/trips/{trip.id}/edit", {**fields(page), "do": "save"})
    after = touches(trip)
    assert {code: (after[code].status, after[code].due_on, after[code].done_at) for code in kept} == kept
    assert after["visit"].due_on == BACK.replace(day=28) and after["bon_voyage"].due_on.day == 15


@pytest.fixture
def reminded(trip):
    """The reminder for the old departure has been sent; it is the evening before."""
    in_trial()
    live(NOW, 9)
    with time_machine.travel(NOW.replace(day=29, hour=12), tick=False):
        yield trip


def moved(someone, trip):
    typed = {**fields(someone.get(f"/trips/{trip.id}/edit")), "departure_on": "10.12.2026", "return_on": "17.12.2026"}
    return someone.post(f"/trips/{trip.id}/edit", typed)


def reminders(trip):
    db.session.rollback()
    return db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id,
                                                  Touch.step_code == "fly_tomorrow").order_by(Touch.generation)).all()


def test_a_reminder_already_sent_is_offered_again_and_not_resent_by_itself(browse, cast, reminded):
    someone = browse(cast.olga)
    page = moved(someone, reminded)
    box = page.root.one("input", id="again-fly_tomorrow")
    assert "checked" not in box.attrs and "ср, 9 декабря" in page.text
    someone.follow(f"/trips/{reminded.id}/edit", {**fields(page), "do": "save"})
    assert [(t.generation, t.status) for t in reminders(reminded)] == [(1, "done")]


def test_accepting_makes_a_second_reminder_for_the_new_day(browse, cast, reminded):
    someone = browse(cast.olga)
    page = moved(someone, reminded)
    sent = {**fields(page), "do": "save", "again": ["fly_tomorrow", "thank_you", "call_back"]}
    someone.follow(f"/trips/{reminded.id}/edit", sent)
    someone.post(f"/trips/{reminded.id}/edit", sent)
    assert [(t.generation, t.status, t.due_on.day) for t in reminders(reminded)] == [
        (1, "done", 29), (2, "planned", 9)]
    assert len(db.session.scalars(select(Touch).where(Touch.step_code.in_(("thank_you", "call_back")))).all()) == 2


def test_a_change_by_a_colleague_is_never_overwritten_unseen(browse, cast, trip, now):
    someone = browse(cast.olga)
    typed = {**fields(someone.get(f"/trips/{trip.id}/edit")), "operator": "Мой"}
    data = {**stored(trip), "operator": "Чужой"}
    from webapp.trips.actions import TripData
    change_trip(trip, TripData(trip.purchase_on, trip.departure_on, trip.return_on, destination=data["destination"],
                               operator="Чужой"), actor=actor_of(cast.boris), now=now)
    page = someone.post(f"/trips/{trip.id}/edit", typed)
    assert page.status == 409 and "Чужой" in page.text and "Мой" in page.text
    assert db.session.get(Trip, trip.id).operator == "Чужой"
    assert someone.post(f"/trips/{trip.id}/edit", fields(page)).status == 303
    db.session.rollback()
    assert db.session.get(Trip, trip.id).operator == "Мой"


@pytest.mark.parametrize("changed", [{"return_on": "29.11.2026"}, {"departure_on": "никогда"}, {"price": "-5"},
                                     {"purchase_on": ""}, {"landing_time": "99"}])
def test_impossible_changes_are_refused_and_kept_on_the_form(browse, cast, trip, changed):
    someone, before = browse(cast.olga), days(trip)
    typed = {**fields(someone.get(f"/trips/{trip.id}/edit")), **changed}
    page = someone.post(f"/trips/{trip.id}/edit", typed)
    assert page.status == 422 and days(trip) == before
    assert all(fields(page)[name] == value for name, value in changed.items())


def test_somebody_elses_trip_is_not_changed_by_any_path(browse, cast, trip):
    before = stored(trip)
    for user, status in ((cast.pavel, 403), (cast.vera, 404), (cast.anna, 404)):
        someone = browse(user)
        typed = {**before, "purchase_on": "20.11.2026", "departure_on": "05.12.2026", "return_on": "12.12.2026"}
        assert someone.post(f"/trips/{trip.id}/edit", typed).status == status
        assert someone.post(f"/trips/{trip.id}/difference", typed).status == status
        assert someone.post(f"/trips/{trip.id}/cancellation", {"reason": "так"}).status == status
    db.session.rollback()
    assert stored(db.session.get(Trip, trip.id)) == before and db.session.get(Trip, trip.id).cancelled_at is None


@pytest.mark.slow
def test_a_cancelled_trip_sends_nothing_more(browse, cast, trip):
    """Acceptance 20."""
    in_trial()
    live(NOW, 5)
    sent = len(db.session.scalars(select(Message)).all())
    assert sent >= 2
    with time_machine.travel(NOW.replace(day=25), tick=False):
        someone = browse(cast.olga)
        asked = someone.get(f"/trips/{trip.id}/cancellation")
        assert "9 сообщений уже не уйдут" in asked.text
        page = someone.follow(f"/trips/{trip.id}/cancellation", {"reason": "Заболел ребёнок"})
        assert "Тур отменён" in page.text and "Заболел ребёнок" in page.text
        assert not page.root.all("a", class_="btn--primary") and not page.root.all("button", class_="btn--primary")
    live(NOW.replace(day=25), 60)
    assert len(db.session.scalars(select(Message)).all()) == sent
    assert not [t for t in touches(trip).values() if t.status in ("planned", "queued")]


def test_messages_waiting_in_the_outbox_are_stopped_and_counted(browse, cast, trip):
    live(NOW, 3)
    waiting = db.session.scalars(select(Message).where(Message.state == "held")).all()
    assert len(waiting) == 2
    with time_machine.travel(NOW.replace(day=23), tick=False):
        page = browse(cast.olga).follow(f"/trips/{trip.id}/cancellation", {"reason": "Передумали"})
    assert "Остановлено 2 сообщения" in page.text
    db.session.rollback()
    assert {m.state for m in db.session.scalars(select(Message))} == {"cancelled"}


def test_where_no_message_was_stopped_none_is_counted(browse, cast, trip):
    page = browse(cast.olga).follow(f"/trips/{trip.id}/cancellation", {"reason": "Передумали"})
    assert "Тур отменён." in page.text and "Остановлено" not in page.text


def test_cancelling_needs_a_reason_and_happens_once(browse, cast, trip):
    someone = browse(cast.olga)
    page = someone.post(f"/trips/{trip.id}/cancellation", {"reason": " "})
    assert page.status == 422 and "reason" in page.root.one("section", id="errors").one("a").attrs["href"]
    someone.follow(f"/trips/{trip.id}/cancellation", {"reason": "Первая"})
    someone.follow(f"/trips/{trip.id}/cancellation", {"reason": "Вторая"})
    db.session.rollback()
    assert db.session.get(Trip, trip.id).cancel_reason == "Первая"
    assert someone.get(f"/trips/{trip.id}/edit").status == 403
    assert someone.get(f"/trips/{trip.id}/cancellation").status == 403


def test_what_was_left_out_as_late_stays_so_and_the_difference_says_it(browse, cast, now):
    """A departure mistyped as yesterday: the reminder was left out; the right date does not bring it back by itself."""
    client = make.client(cast.main, last="Опечатка", phone="+79160000055", manager=cast.olga, now=now)
    wrong = make.trip(client, purchase=now.date() - timedelta(days=9), departure=now.date() - timedelta(days=1),
                      back=BACK, seller=cast.olga, now=now)
    reminder = touches(wrong)["fly_tomorrow"]
    assert (reminder.status, reminder.reason) == ("skipped", "entered-late")
    someone = browse(cast.olga)
    typed = {**fields(someone.get(f"/trips/{wrong.id}/edit")), "departure_on": f"{DEPARTURE:%d.%m.%Y}"}
    page = someone.post(f"/trips/{wrong.id}/edit", typed)
    preview = page.root.one("section", id="preview")
    assert "внесено поздно" in preview.text and "Позвоните или напишите" in preview.text
    someone.follow(f"/trips/{wrong.id}/edit", {**fields(page), "do": "save"})
    assert touches(wrong)["fly_tomorrow"].status == "skipped"
