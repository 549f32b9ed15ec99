"""The plan editor for plans around another date than a trip's: its words, its form, trying out, publishing."""

from datetime import date, timedelta

import make
import pytest
from desk.test_plans import typed_in
from other_plan import KIND, PLAN, opened, ship_it
from sqlalchemy import select

from webapp.batches.actions import run_batches
from webapp.batches.models import Batch
from webapp.db import db, transaction
from webapp.desk import letter_people as people
from webapp.desk.plan_dates import day_of_step
from webapp.letters.models import Letter
from webapp.touches import plan_book
from webapp.touches.models import Plan, Touch

pytestmark = pytest.mark.usefixtures("stopped_clock")
ABOUT_TRIPS = ("оездк", "ылет", "озвращени", "покупк")


@pytest.fixture
def plan(app, monkeypatch, now):
    ship_it(monkeypatch, now)
    return db.session.scalars(select(Plan.id).where(Plan.code == PLAN.code)).one()


@pytest.fixture
def url(plan):
    return lambda what="": f"/admin/plans/{plan}{what}"


def book(plan):
    db.session.rollback()
    return plan_book.book_of(plan)


def without_trips(page):
    """The page, which says nothing of trips, but for the names of all texts and results that can be chosen."""
    main = page.root.one("main")
    chosen = [node.text for node in main.all("option") + main.all("label")]
    said = main.text
    for words in sorted(chosen, key=len, reverse=True):
        said = said.replace(words, "")
    assert not [word for word in ABOUT_TRIPS if word in said], said
    return page


def filled(plan, **changes):
    return {"name_ru": "Последний день", "kind": "email", "days": "2", "side": "before", "anchor": "fade", "at": "11:00",
            "truth_days": "1", "truth_side": "before", "truth_from": "fade", "letter": "fade_letter",
            "performer": "seller", "active": "y", "seen": book(plan).stamp, **changes}


def test_the_list_names_all_plans_and_what_lives_by_them(anna, plan, cast, now):
    opened(make.client(cast.main, manager=cast.olga, now=now), now=now)
    page = anna.get("/admin/plans")
    assert page.root.all("a", href=f"/admin/plans/{plan}")[0].text == "Баллы выцветают"
    assert "1 открытый повод" in page.text and "0 открытых поездок" in page.text


def test_the_timeline_stands_before_the_date_on_it_and_after_it(anna, url):
    page = without_trips(anna.get(url()))
    parts = [node.text for node in page.root.all("h2") if node.attrs.get("id", "").startswith("part-")]
    assert parts == ["До дня выцветания", "В день выцветания", "После дня выцветания"]
    for words in ("за 31 день до дня выцветания, 10:00", "через 1 день после дня выцветания", "Звонок о выцветании"):
        assert words in page.text
    assert "Проверить на дате" in page.text


def test_the_form_asks_for_nothing_that_is_about_a_flight(anna, url):
    page = without_trips(anna.get(url("/steps/fade_letter")))
    names = {node.attrs.get("name") for tag in ("input", "select") for node in page.root.all(tag)}
    assert not names & {"before", "series", "flight", "column"}
    assert [option.text for option in page.root.one("select", name="anchor").all("option")] == ["день выцветания"]
    assert [option.attrs["value"] for option in page.root.one("select", name="truth_from").all("option")] == ["own", "fade"]


def test_every_shipped_step_comes_back_from_its_form_as_it_was(anna, plan, url):
    for before in book(plan).published:
        anna.post(url(f"/steps/{before.code}"), typed_in(anna.get(url(f"/steps/{before.code}"))))
        assert book(plan).draft is None, before.code


@pytest.mark.parametrize(("part", "days", "side"), [("before", "7", "before"), ("during", "0", "after"),
                                                    ("after", "1", "after")])
def test_a_new_step_begins_in_its_part(anna, url, part, days, side):
    form = without_trips(anna.get(url(f"/steps/new?part={part}"))).root.one("form", class_="plan-form")
    assert form.one("input", name="days").attrs["value"] == days
    chosen = [option.attrs["value"] for option in form.one("select", name="side").all("option")
              if "selected" in option.attrs]
    assert chosen == [side]


def test_a_new_step_is_kept_published_and_planned_for_new_occasions(anna, plan, url, cast, now):
    assert anna.post(url("/steps/new"), filled(plan)).status == 303
    step = next(step for step in book(plan).steps if step.code == "own_1")
    assert (step.offset_days, step.truth, step.before, step.series) == (-2, (-1, None, "fade"), None, None)
    without_trips(anna.get(url("/publication")))
    page = anna.follow(url("/publication"), {"seen": book(plan).stamp})
    assert "Для всего нового теперь действует версия 2" in page.text
    row = opened(make.client(cast.main, manager=cast.olga, now=now), now=now)
    touch = db.session.scalars(select(Touch).where(Touch.occasion_id == row.id, Touch.step_code == "own_1")).one()
    assert touch.due_on == date(2027, 1, 13)


@pytest.mark.parametrize("changes", [{"anchor": "departure"}, {"truth_from": "return"}])
def test_dates_of_trips_cannot_be_chosen(anna, plan, url, changes):
    assert anna.post(url("/steps/new"), filled(plan, **changes)).status == 422
    assert book(plan).draft is None


def test_a_letter_without_an_end_of_truth_still_blocks_publishing(anna, plan, url):
    page = anna.follow(url("/steps/new"), filled(plan, truth_days=""))
    assert "Чего-то не хватает" in page.text
    without_trips(anna.get(url("/steps/own_1")))
    anna.post(url("/publication"), {"seen": book(plan).stamp})
    assert book(plan).in_force.number == 1


def test_trying_out_asks_for_the_date_of_this_plan(anna, url, now):
    page = without_trips(anna.get(url("/preview")))
    chosen = now.date() + timedelta(days=38)
    assert page.root.one("input", name="fade").attrs["value"] == chosen.strftime("%d.%m.%Y")
    shown = page.root.one("section", id="preview").text
    assert all(name.ru in shown for name in PLAN.names.values())
    assert not page.root.all("input", name="purchase_on")
    page = anna.get(url("/preview?fade=15.01.2027"))
    assert "15 декабря" in page.root.one("section", id="preview").text
    assert anna.get(url("/preview?fade=чепуха")).root.one("p", class_="error", id="fade-error")
    assert "Укажите дату" in anna.get(url("/preview?fade=")).text


def test_trying_out_marks_what_the_draft_changes(anna, plan, url):
    anna.post(url("/steps/new"), filled(plan))
    assert "Последний день" in anna.get(url("/preview?fade=15.01.2027")).root.one("section", id="preview").text
    part = anna.get(url("/preview?fade=15.01.2027"), htmx=True)
    assert not part.is_full and "новый" in part.text
    # A trip has no place here.
    assert anna.get(url("/preview?trip=1")).status == 200


def test_publishing_shows_the_difference_for_what_is_under_way(anna, plan, url, cast, now):
    client = make.client(cast.main, manager=cast.olga, now=now)
    row = opened(client, now=now)
    anna.post(url("/steps/new"), filled(plan))
    page = without_trips(anna.get(url("/publication")))
    assert "Затронет 1 открытый повод." in page.text and "Иванова Анна, Баллы выцветают: " in page.text
    without_trips(anna.get(url("/differences")))
    answer = anna.post(url("/publication"), {"seen": book(plan).stamp, "open": "all"})
    run_batches(now=lambda: now)
    done = without_trips(anna.get(answer.location))
    assert "Новый план для того, что уже идёт" in done.text and "Изменилось" in done.text
    assert db.session.scalars(select(Touch.step_code).where(Touch.occasion_id == row.id, Touch.step_code == "own_1")).one()
    assert "Баллы выцветают" in anna.get("/admin/log").text and "к тому, что уже идёт" in anna.get("/admin/log").text


def test_those_behind_are_counted_and_given_the_plan_later(anna, plan, url, cast, now):
    opened(make.client(cast.main, manager=cast.olga, now=now), now=now)
    anna.post(url("/steps/new"), filled(plan))
    page = anna.follow(url("/publication"), {"seen": book(plan).stamp, "open": "new"})
    assert "По прежней версии плана идёт 1 повод." in without_trips(page).text
    without_trips(anna.get(url("/application")))
    anna.post(url("/application"), {"version": book(plan).in_force.id})
    anna.post(url("/application"), {"version": book(plan).in_force.id})
    assert db.session.scalars(select(Batch.kind)).all() == ["plan-other"]
    run_batches(now=lambda: now)
    assert "уже живёт по этому плану" in anna.get(url("/application"), follow_redirects=True).text
    without_trips(anna.get(url("/versions")))
    without_trips(anna.get(url(f"/versions/{book(plan).in_force.id}")))


def test_directors_read_it_in_english_too(browse, cast, plan, url):
    with transaction():
        cast.boris.language = "en"
    page = browse(cast.boris).get(url())
    parts = [node.text for node in page.root.all("h2") if node.attrs.get("id", "").startswith("part-")]
    assert parts == ["Before the day of fading", "On the day of fading", "After the day of fading"]
    assert "31 days before the day of fading, 10:00" in page.text


def test_a_letter_says_in_which_plan_it_stands(anna, plan):
    page = anna.get("/admin/letters")
    assert "за 31 день до дня выцветания, 10:00" in page.text
    assert anna.get(f"/admin/letters/{db.session.scalars(select(Letter.id).where(Letter.code == 'fade_sms')).one()}")


def test_a_letter_is_tried_on_clients_whom_its_plan_is_about(anna, plan, cast, now):
    trip = make.trip(make.client(cast.main, now=now), purchase=date(2026, 11, 20), seller=cast.olga,
                     departure=date(2026, 12, 10), back=date(2026, 12, 17), now=now)
    both = trip.client
    opened(both, now=now)
    for code, kind in (("fade_sms", KIND), ("fly_tomorrow", "trip"), ("handover", "trip")):
        steps = people.steps_with(code)
        assert people.reader_of(both, steps).occasion.kind == kind
        assert {row.kind for row in people.newest_occasions(cast.nikolai, 5, people.kinds_of(steps))} == {kind}
        assert {reader.occasion.kind for reader in people.suggested(steps, cast.nikolai, now)} == {kind}
    letter = db.session.scalars(select(Letter.id).where(Letter.code == "fade_letter")).one()
    assert "Скоро Анна ничего не увидит" in anna.get(f"/admin/letters/{letter}?client={both.id}").html


def test_a_plan_whose_room_is_gone_still_opens(anna, plan, url):
    with transaction() as session:
        row = session.get_one(Plan, plan)
        row.kind, row.name = "forgotten", "Прежний план"
    for what in ("", "/steps/fade_letter", "/preview", "/versions", "/steps/new"):
        assert anna.get(url(what)).status == 200
    assert "Прежний план" in anna.get("/admin/plans").text


@pytest.mark.parametrize(("anchor", "days", "said"), [
    ("purchase", 0, "в день покупки"), ("departure", -3, "за 3 дня до вылета"), ("return", 2, "через 2 дня после возвращения"),
    ("unknown", -1, "за 1 день до unknown")])
def test_days_are_said_in_their_cases(app, anchor, days, said):
    with app.test_request_context():
        assert day_of_step(anchor, days) == said
