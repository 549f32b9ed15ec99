"""A new trip from its form, the preview of everything that follows, and the page of one trip."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, time

import make
import pytest
import time_machine
from conftest import NOW
from page import Browser, Page
from sqlalchemy import func, select
from trip_make import form, in_trial, live, touches

from webapp.clients.models import Client, ConsentEvent
from webapp.db import db, transaction
from webapp.staff.models import AuditEntry
from webapp.touches.models import Touch
from webapp.trips.models import Trip


@pytest.fixture(autouse=True)
def noon():
    """The clock stands still on Friday, 20 November 2026, 12:00 in Moscow."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def trip(cast, anna, now):
    return make.trip(anna, purchase=now.date(), departure=now.date().replace(day=30), back=now.date().replace(
        month=12, day=7), seller=cast.olga, now=now, companions=("Иванов Пётр",), operator="Анекс Тур", note="Окно")


def sold():
    db.session.rollback()
    return db.session.scalars(select(Trip).order_by(Trip.id)).all()


def shown(page: Page):
    """(step, day) of every line of the preview that will happen."""
    section = page.root.one("section", id="preview")
    lines = [li for li in section.all("li") if li.all("span", class_="route__when")]
    return [(li.one("b").text, li.one("span", class_="route__when").text) for li in lines]


def notes(page: Page):
    return " ".join(div.text for div in page.root.one("section", id="preview").all("div", class_="note"))


def test_the_form_knows_today_and_the_client_it_was_opened_for(browse, cast, anna):
    page = browse(cast.olga).get(f"/trips/new?client={anna.id}")
    assert page.root.one("input", id="purchase_on").attrs["value"] == "20.11.2026"
    assert page.root.one("input", id="client").attrs["value"] == str(anna.id)
    assert "Иванова Анна" in page.text


@pytest.mark.parametrize("asked", ["0", "999999", "1e3", "99999999999999999999", "x"])
def test_an_unknown_client_is_no_page(browse, cast, asked):
    assert browse(cast.olga).get(f"/trips/new?client={asked}").status == 404


def test_a_client_of_another_office_is_neither_shown_nor_sold_to(browse, cast, now):
    other = make.client(cast.east, last="Дальняя", now=now)
    assert browse(cast.olga).get(f"/trips/new?client={other.id}").status == 404
    page = browse(cast.olga).post("/trips/new", form(client=other.id))
    assert page.status == 422 and not sold()
    assert "Дальняя" not in page.text


def test_a_saved_form_is_a_trip_with_its_plan_and_its_author(browse, cast, anna):
    page = browse(cast.olga).follow("/trips/new", form(
        client=anna.id, operator="Анекс Тур", booking_number="A-77", price="120 тыс.", departure_time="6.40",
        landing_time="2315", companions="Иванов Пётр\nИванова Маша", addons="страховка, трансфер", note="Окно"))
    [trip] = sold()
    assert page.h1 == "Иванова Анна, Анталья"
    assert (trip.price_kopecks, trip.operator, trip.booking_number) == (12_000_000, "Анекс Тур", "A-77")
    assert [c.name for c in trip.companions] == ["Иванов Пётр", "Иванова Маша"]
    assert trip.addons == ["страховка", "трансфер"] and trip.seller_id == cast.olga.id
    assert (f"{trip.departure_time:%H:%M}", f"{trip.landing_time:%H:%M}") == ("06:40", "23:15")
    assert len(touches(trip)) == 13
    entry = db.session.scalar(select(AuditEntry).where(AuditEntry.subject == "trip"))
    assert (entry.verb, entry.user_id) == ("added", cast.olga.id)


@pytest.mark.parametrize(("bought", "leaves", "back"), [
    ("20.11.2026", "10.12.2026", "17.12.2026"), ("20.11.2026", "25.11.2026", "30.11.2026"),
    ("20.11.2026", "21.11.2026", "22.11.2026"), ("20.11.2026", "20.11.2026", "20.11.2026"),
    ("18.11.2026", "24.11.2026", "01.12.2026"), ("01.11.2026", "10.11.2026", "25.11.2026"),
    ("20.11.2026", "29.12.2026", "05.01.2027"), ("19.11.2026", "28.02.2027", "08.03.2027")])
def test_what_the_preview_shows_is_what_is_saved(browse, cast, anna, bought, leaves, back):
    """Acceptance 18."""
    typed = form(client=anna.id, purchase_on=bought, departure_on=leaves, return_on=back, news="y",
                 news_text="Согласие от 01.09.2025")
    someone = browse(cast.olga)
    before = shown(someone.post("/trips/preview", typed, htmx=True))
    assert someone.post("/trips/new", typed).status == 303
    [trip] = sold()
    page = someone.get(f"/trips/{trip.id}")
    after = [(li.one("b").text, li.one("span", class_="route__when").text)
             for li in page.root.all("li") if li.attrs.get("id", "").startswith("touch-")
             and li.all("span", class_="route__when")]
    planned = {name: day.replace("сразу", "12:00") for name, day in before}
    assert dict(after) == planned and planned


def test_a_return_before_the_departure_is_refused_and_both_dates_are_named(browse, cast, anna):
    """Acceptance 19 and 39: everything typed stays, the summary leads to the field."""
    page = browse(cast.olga).post("/trips/new", form(
        client=anna.id, departure_on="10 декабря 2026", return_on="03.12.26", operator="Анекс", note="Окно"))
    assert page.status == 422 and not sold()
    assert page.root.one("title").text.startswith("Ошибка:")
    summary = page.root.one("section", id="errors")
    assert "3 декабря 2026" in summary.text and "10 декабря 2026" in summary.text
    assert summary.one("a", href="#return_on")
    assert page.root.one("input", id="departure_on").attrs["value"] == "10 декабря 2026"
    assert page.root.one("input", id="operator").attrs["value"] == "Анекс"
    assert page.root.one("textarea", id="note").text == "Окно"
    assert page.root.one("input", id="client").attrs["value"] == str(anna.id)


def test_a_fault_is_told_in_the_summary_and_at_its_field_and_nowhere_else(browse, cast, anna, trip):
    wrong = form(client=anna.id, departure_on="10.12.2026", return_on="03.12.2026")
    someone = browse(cast.olga)
    for url in ("/trips/new", f"/trips/{trip.id}/edit"):
        page = someone.post(url, wrong)
        assert page.status == 422 and page.root.one("p", id="return_on-error")
        assert page.text.count("Возвращение раньше вылета") == 2
    part = someone.post("/trips/preview", wrong, htmx=True)
    assert part.text.count("Возвращение раньше вылета") == 1


def test_a_trip_leads_somewhere_when_it_is_sold_and_when_it_is_changed(browse, cast, trip):
    page = browse(cast.olga).post(f"/trips/{trip.id}/edit", form(destination=""))
    assert page.status == 422 and "куда едет" in page.root.one("section", id="errors").text


@pytest.mark.parametrize(("changed", "says"), [
    ({"departure_on": "31.02.2027"}, "31.02.2027"), ({"departure_on": ""}, "день вылета"),
    ({"purchase_on": "21.11.2026"}, "ещё не наступил"), ({"destination": ""}, "куда едет"),
    ({"price": "много"}, "сумму"), ({"departure_time": "25:70"}, "25:70"), ({"departure_on": "01.11.2026"}, "раньше"),
    ({"client": ""}, "Выберите клиента"), ({"last_name": "Новая"}, "что-то одно"),
    ({"news": "y"}, "согласился"), ({"companions": "\n".join("abc" for _ in range(70))}, "60")])
def test_a_form_that_cannot_be_is_refused_with_a_sentence(browse, cast, anna, changed, says):
    page = browse(cast.olga).post("/trips/new", form(**{"client": anna.id, **changed}))
    assert page.status == 422 and not sold()
    assert says in page.root.one("section", id="errors").text


def test_days_without_a_year_are_shown_in_full_before_anything_is_saved(browse, cast, anna):
    typed = form(client=anna.id, destination="", purchase_on="1.10", departure_on="28 декабря", return_on="8.01")
    page = browse(cast.olga).post("/trips/new", typed)
    shown = [page.root.one("input", id=name).attrs["value"] for name in ("purchase_on", "departure_on", "return_on")]
    assert shown == ["01.10.2026", "28.12.2026", "08.01.2027"]


def test_what_will_not_go_without_consent_says_so_on_the_trip_as_in_the_preview(browse, cast, anna):
    someone = browse(cast.olga)
    typed = form(client=anna.id)
    page = someone.post("/trips/preview", typed, htmx=True)
    grey = {li.one("b").text for li in page.root.all("li") if "нет согласия" in li.text}
    someone.post("/trips/new", typed)
    [trip] = sold()
    stops = [li for li in someone.get(f"/trips/{trip.id}").root.all("li") if li.attrs.get("id", "").startswith("touch-")]
    assert grey and {li.one("b").text for li in stops if "нет согласия" in li.text} == grey
    goes = sum(touch.automatic and touch.status == "planned" for touch in touches(trip).values()) - len(grey)
    assert f"{goes} сообщ" in someone.get(f"/trips/{trip.id}/cancellation").text
    moved = someone.post(f"/trips/{trip.id}/difference", form(departure_on="20.12.2026", return_on="27.12.2026"), htmx=True)
    assert moved.text.count("нет согласия") == len(grey)


def test_the_preview_warns_of_what_will_not_make_it_or_not_reach_the_client(browse, cast, now):
    silent = make.client(cast.main, last="Тихая", phone="+74951234567", email=None, now=now)
    silent.phones[0].is_mobile = False
    typed = form(client=silent.id, departure_on="21.11.2026", return_on="28.11.2026")
    said = notes(browse(cast.olga).post("/trips/preview", typed, htmx=True))
    assert "До вылета 1 день" in said and "«Чемодан»" in said and "«Фотоконкурс»" in said
    assert "нет почты" in said


@pytest.mark.parametrize(("more", "says"), [
    ({"phone": "+7 916 123-45-67"}, "нет почты"), ({"email": "a@example.com"}, "нет мобильного"),
    ({"phone": "+7 916 123-45-67", "email": "a@example.com"}, "Нет согласия"),
    ({"departure_on": "10.12.2028", "return_on": "17.12.2028"}, "Год верный"),
    ({"return_on": "17.12.2027"}, "длится 372 дня")])
def test_the_preview_warns_before_anything_is_saved(browse, cast, more, says):
    page = browse(cast.olga).post("/trips/preview", form(last_name="Новая", **more), htmx=True)
    assert not page.is_full and says in notes(page)


def test_a_step_moved_from_a_day_off_says_so(browse, cast, anna):
    page = browse(cast.olga).post("/trips/preview", form(client=anna.id, return_on="17.12.2026"), htmx=True)
    [call] = [li for li in page.root.all("li") if "Звонок после поездки" in li.text]
    assert "пн, 21 декабря" in call.text and "сб, 19 декабря – выходной" in call.text


def test_a_client_in_mourning_gets_nothing_and_the_preview_says_it(browse, cast, anna, app):
    with transaction() as session:
        session.get(Client, anna.id).write_nothing = True
    assert "ничего не пишем" in notes(browse(cast.olga).post("/trips/preview", form(client=anna.id), htmx=True))


def test_a_second_trip_on_the_same_days_is_noticed(browse, cast, trip, anna):
    page = browse(cast.olga).post("/trips/preview", form(client=anna.id, departure_on="01.12.2026"), htmx=True)
    assert "уже есть поездка на эти дни: Анталья" in notes(page)


def test_without_javascript_dates_are_checked_and_clients_found_and_nothing_is_lost(browse, cast, anna):
    """Acceptance 4."""
    someone = browse(cast.olga)
    found = someone.post("/trips/new", form(do="find", q="иван", note="Окно"))
    assert found.is_full and found.root.one("input", type="radio").attrs["value"] == str(anna.id)
    assert found.root.one("textarea", id="note").text == "Окно"
    checked = someone.post("/trips/new", form(do="check", client=anna.id, destination=""))
    assert checked.status == 200 and len(shown(checked)) > 5 and not checked.root.all("section", id="errors")
    wrong = someone.post("/trips/preview", form(return_on="01.12.2026"))
    assert wrong.is_full and wrong.status == 422
    assert "Иванова Анна" in checked.text and not sold()
    other = someone.post("/trips/new", form(do="other", client=anna.id, note="Окно"))
    assert other.root.one("input", id="q") and other.root.one("textarea", id="note").text == "Окно"


def test_enter_in_the_search_looks_for_the_client_instead_of_saving(browse, cast, anna):
    page = browse(cast.olga).post("/trips/new", form(do=None, q="Иванова"))
    assert page.status == 200 and page.root.one("input", type="radio") and not sold()


def test_a_new_client_is_added_with_the_trip(browse, cast):
    browse(cast.olga).follow("/trips/new", form(last_name="Новая", first_name="Ольга", phone="8 (916) 765-43-21",
                                                email="Olga@Example.com"))
    [trip] = sold()
    client = trip.client
    assert (client.full_name, client.manager_id) == ("Новая Ольга", cast.olga.id)
    assert [p.e164 for p in client.phones] == ["+79167654321"] and client.email.address == "olga@example.com"
    assert not db.session.scalars(select(ConsentEvent)).all()


def test_somebody_with_the_same_phone_is_shown_before_a_second_client_is_made(browse, cast, anna):
    typed = form(last_name="Иванова", first_name="Аня", phone="8 916 000 00 01")
    someone = browse(cast.olga)
    page = someone.post("/trips/new", typed)
    assert page.status == 422 and not sold()
    assert page.root.one("input", type="radio", name="same").attrs["value"] == str(anna.id)
    assert someone.post("/trips/new", {**typed, "same": anna.id}).status == 303
    assert sold()[0].client_id == anna.id
    assert someone.post("/trips/new", {**typed, "sure": "y", "form_key": "key-2"}).status == 303
    assert sold()[1].client.full_name == "Иванова Аня"


def test_consent_to_news_is_recorded_only_when_ticked_and_with_its_text(browse, cast, anna):
    browse(cast.olga).follow("/trips/new", form(client=anna.id, news="y", news_text="Согласие от 01.09.2025"))
    events = db.session.scalars(select(ConsentEvent)).all()
    assert {(e.channel, e.given, e.text_version, e.actor) for e in events} == {
        ("email", True, "Согласие от 01.09.2025", "Ольга Соколова"),
        ("sms", True, "Согласие от 01.09.2025", "Ольга Соколова")}


def test_a_manager_sells_in_the_own_name_and_a_director_chooses(browse, cast, anna):
    page = browse(cast.olga).get("/trips/new")
    assert not page.root.all("select", id="seller")
    browse(cast.olga).follow("/trips/new", form(client=anna.id, seller=cast.pavel.id))
    browse(cast.boris).follow("/trips/new", form(client=anna.id, seller=cast.pavel.id))
    assert [trip.seller_id for trip in sold()] == [cast.olga.id, cast.pavel.id]
    assert browse(cast.boris).post("/trips/new", form(client=anna.id, seller=cast.vera.id, form_key="x")).status == 422


def test_the_same_form_with_other_facts_is_noticed_and_may_be_saved_as_one_more(browse, cast, anna):
    someone = browse(cast.olga)
    first = someone.post("/trips/new", form(client=anna.id)).location
    page = someone.post("/trips/new", form(client=anna.id, destination="Сочи"))
    assert page.status == 409 and len(sold()) == 1
    assert "уже сохранена с другими данными" in page.root.one("section", id="errors").text
    assert page.root.one("main").all("a", href=first), "the trip that the form made"
    assert page.root.one("input", id="destination").attrs["value"] == "Сочи"
    key = page.root.one("input", name="form_key").attrs["value"]
    assert key != "key-1"
    assert someone.post("/trips/new", form(client=anna.id, destination="Сочи", form_key=key)).status == 303
    assert [trip.destination for trip in sold()] == ["Анталья", "Сочи"]


@pytest.mark.parametrize("key", ["", " ", "x" * 65, "x" * 100_000, "ключ", "a b"])
def test_a_form_without_a_proper_key_is_kept_and_gets_one(browse, cast, anna, key):
    someone = browse(cast.olga)
    page = someone.post("/trips/new", form(client=anna.id, form_key=key))
    assert page.status == 422 and not sold()
    assert "Форма устарела" in page.root.one("section", id="errors").text
    fresh = page.root.one("input", name="form_key").attrs["value"]
    assert 0 < len(fresh) <= 64 and fresh != key
    assert someone.post("/trips/new", form(client=anna.id, form_key=fresh)).status == 303 and len(sold()) == 1


def test_a_new_client_sent_twice_is_one_client_with_one_trip(browse, cast):
    someone = browse(cast.olga)
    typed = form(last_name="Новая", first_name="Ольга", phone="8 916 765-43-21")
    first, second = (someone.post("/trips/new", typed) for _press in range(2))
    assert (first.status, second.status) == (303, 303) and first.location == second.location
    assert len(sold()) == 1


def test_the_same_form_sent_again_leads_to_the_same_trip(browse, cast, anna):
    someone = browse(cast.olga)
    first = someone.post("/trips/new", form(client=anna.id)).location
    second = someone.post("/trips/new", form(client=anna.id))
    assert (second.status, second.location) == (303, first)
    assert len(sold()) == 1 and "уже сохранена" in someone.get(first).text


def test_ten_parallel_sendings_of_one_form_make_one_trip(browse, cast, anna, app):
    """Promise 11."""
    cookie = browse(cast.olga).http.get_cookie("snova").value
    typed = form(last_name="Одна", first_name="Новая", phone="+79161112233", sure="y")

    def send(_):
        visitor = Browser(app)
        visitor.http.set_cookie("snova", cookie)
        return visitor.http.post("/trips/new", data=typed)

    db.session.remove()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(10)))
    assert {(a.status_code, a.location) for a in answers} == {(303, answers[0].location)}
    assert len(sold()) == 1
    assert db.session.scalar(select(func.count()).select_from(Client).where(Client.last_name == "Одна")) == 1
    assert db.session.scalar(select(func.count()).select_from(Touch)) == 13


def test_a_fault_keeps_the_key_free_for_the_corrected_form(browse, cast, anna):
    someone = browse(cast.olga)
    assert someone.post("/trips/new", form(client=anna.id, destination="")).status == 422
    assert someone.post("/trips/new", form(client=anna.id)).status == 303
    assert len(sold()) == 1


def test_the_page_of_a_trip_shows_its_route_in_the_order_of_days(browse, cast, trip):
    page = browse(cast.olga).get(f"/trips/{trip.id}")
    names = [li.one("b").text for li in page.root.one("ol", class_="route").all("li")]
    assert names[:2] == ["Покупка", "Письмо «Спасибо за покупку»"]
    assert names.index("SMS «Завтра вылет»") < names.index("Вылет") < names.index("SMS «Счастливого пути»")
    assert names.index("Возвращение") < names.index("Звонок после поездки") < names.index("Встреча в офисе")
    for words in ("Анекс Тур", "Иванов Пётр", "Окно", "30 ноября 2026", "+7 916 000-00-01", "Ольга Соколова"):
        assert words in page.text


def test_what_was_sent_can_be_read_and_what_was_left_out_says_why(browse, cast, trip):
    in_trial()
    live(NOW, 4)
    page = browse(cast.olga).get(f"/trips/{trip.id}")
    sent = touches(trip)["thank_you"]
    stop = page.root.one("li", id=f"touch-{sent.id}")
    assert "отправлено" in stop.text and stop.one("a", href=f"/outbox/{sent.message_id}")
    assert browse(cast.olga).get(f"/outbox/{sent.message_id}").status == 200
    with time_machine.travel(NOW.replace(day=28), tick=False):
        live(NOW.replace(day=24), 4)
        page = browse(cast.olga).get(f"/trips/{trip.id}")
    assert "нет согласия" in page.root.one("li", id=f"touch-{touches(trip)['challenge'].id}").text


def call_day(trip):
    return time_machine.travel(NOW.replace(month=12, day=9), tick=False)


def test_the_next_step_is_the_one_primary_action_and_its_result_is_recorded_in_place(browse, cast, trip):
    call = touches(trip)["call_back"]
    with call_day(trip):
        someone = browse(cast.olga)
        page = someone.get(f"/trips/{trip.id}")
        [primary] = page.root.all("a", class_="btn--primary") + page.root.all("button", class_="btn--primary")
        assert primary.attrs["id"] == f"act-{call.id}"
        opened = someone.get(f"/trips/{trip.id}?open={call.id}", htmx=True)
        assert not opened.is_full and opened.root.one("div", id="trip-steps").one("div", id=f"panel-{call.id}")
        answer = someone.post(f"/touches/{call.id}/tick", {"view": "trip", "outcome": "come", "date": "15.12.2026"},
                              htmx=True)
        assert answer.status == 200 and not answer.is_full
        assert "Придёт" in answer.root.one("li", id=f"touch-{call.id}").text
        assert "вт, 15 декабря" in answer.root.one("li", id=f"touch-{touches(trip)['visit'].id}").text
        undo = answer.root.one("li", id=f"touch-{call.id}").one("form", class_="route__acts")
        back = someone.post(undo.attrs["action"], {"view": "trip"}, htmx=True)
        assert touches(trip)["call_back"].status == "planned" and touches(trip)["visit"].due_on.day == 16
        assert back.root.one("p", id="status").text == "Возвращено."


@pytest.mark.parametrize("typed", [
    {"date": "15.12", "time": "15:00"}, {"date": "15 декабря", "time": "15-00"}, {"date": "15.12.2026", "time": "15"},
    {"date": "15.12 15:00"}, {"date": "15.12.26 в 15"}])
def test_the_hour_of_a_visit_is_agreed_with_its_day(browse, cast, trip, typed):
    call, visit = touches(trip)["call_back"], touches(trip)["visit"]
    with call_day(trip):
        someone = browse(cast.olga)
        panel = someone.get(f"/trips/{trip.id}?open={call.id}", htmx=True)
        assert panel.root.one("input", id=f"time-{call.id}")
        answer = someone.post(f"/touches/{call.id}/tick", {"view": "trip", "outcome": "come", **typed}, htmx=True)
    kept = touches(trip)["visit"]
    assert (kept.due_on, kept.due_time) == (date(2026, 12, 15), time(15))
    assert "вт, 15 декабря, 15:00" in answer.root.one("li", id=f"touch-{visit.id}").text


def test_another_date_of_a_visit_keeps_the_hour_and_a_bad_hour_is_asked_for_again(browse, cast, trip):
    visit = touches(trip)["visit"]
    someone = browse(cast.olga)
    refused = someone.post(f"/touches/{visit.id}/snooze", {"view": "trip", "date": "24.12", "time": "после обеда"},
                           htmx=True)
    field = refused.root.one("input", id=f"time-{visit.id}")
    assert refused.status == 422 and field.attrs["value"] == "после обеда" and "aria-invalid" in field.attrs
    assert refused.root.one("input", id=f"date-{visit.id}").attrs["value"] == "24.12.2026"
    someone.post(f"/touches/{visit.id}/snooze", {"view": "trip", "date": "24.12", "time": "11.30"}, htmx=True)
    kept = touches(trip)["visit"]
    assert (kept.due_on, kept.due_time) == (date(2026, 12, 24), time(11, 30))


def test_a_message_that_failed_is_settled_by_a_person_and_never_said_to_be_sent(browse, cast, trip):
    sms = touches(trip)["bon_voyage"]
    with transaction() as session:
        session.get(Touch, sms.id).status = "missed"
    someone = browse(cast.olga)
    page = someone.get(f"/trips/{trip.id}")
    assert "упущено" in page.root.one("li", id=f"touch-{sms.id}").text
    assert page.root.one("a", class_="btn--primary").attrs["id"] == f"act-{sms.id}"
    answer = someone.post(f"/touches/{sms.id}/tick", {"view": "trip", "note": "Позвонила"}, htmx=True)
    stop = answer.root.one("li", id=f"touch-{sms.id}").text
    assert "решено" in stop and "Позвонила" in stop and "отправлено" not in stop


def test_a_refused_result_keeps_the_panel_open_with_what_was_typed(browse, cast, trip):
    call = touches(trip)["call_back"]
    with call_day(trip):
        page = browse(cast.olga).post(f"/touches/{call.id}/tick", {"view": "trip", "outcome": "come", "note": "Ждёт"},
                                      htmx=True)
    assert page.status == 422 and page.root.one("p", id="errors")
    assert page.root.one("input", id=f"note-{call.id}").attrs["value"] == "Ждёт"
    assert touches(trip)["call_back"].status == "planned"


def test_without_javascript_a_tick_leads_back_to_the_trip(browse, cast, trip):
    visit = touches(trip)["visit"]
    page = browse(cast.olga).follow(f"/touches/{visit.id}/tick", {"view": "trip", "back": f"/trips/{trip.id}"})
    assert page.is_full and page.h1 == "Иванова Анна, Анталья"
    assert touches(trip)["visit"].status == "done"


def test_history_tells_who_changed_what(browse, cast, trip):
    someone = browse(cast.irina)
    visit = touches(trip)["visit"]
    someone.post(f"/touches/{visit.id}/snooze", {"date": "24.12.2026"})
    text = someone.get(f"/trips/{trip.id}").text
    assert "Встреча в офисе: отложено" in text and "24.12" in text and "Ирина Мельник" in text
    assert "Новая поездка: Иванова Анна, Анталья" in text


def test_who_may_see_and_who_may_change_a_trip(browse, cast, trip):
    """domain.md §10: a manager sees all of the own offices and edits the own ones."""
    change = f"/trips/{trip.id}/edit"
    for user, status, may_change in ((cast.olga, 200, True), (cast.pavel, 200, False), (cast.irina, 200, True),
                                     (cast.boris, 200, True), (cast.nikolai, 200, True)):
        page = browse(user).get(f"/trips/{trip.id}")
        assert page.status == status and bool(page.root.all("a", href=change)) is may_change
        assert browse(user).get(change).status == (200 if may_change else 403)
    for user in (cast.vera, cast.anna):
        for tail in ("", "/edit", "/cancellation"):
            assert browse(user).get(f"/trips/{trip.id}{tail}").status == 404
    assert browse(None).get(f"/trips/{trip.id}").status == 302


@pytest.mark.parametrize("url", ["/trips/0", "/trips/99999999", "/trips/99999999999999999999", "/trips/x"])
def test_an_address_that_leads_nowhere_is_no_page(browse, cast, url):
    assert browse(cast.olga).get(url).status == 404


def test_a_step_of_another_trip_does_not_open_here(browse, cast, trip):
    assert browse(cast.olga).get(f"/trips/{trip.id}?open=999999").status == 404
    for number in ("-1", "99999999999999999999", "x"):
        # No number of a step at all: the page opens as if nothing was asked.
        assert browse(cast.olga).get(f"/trips/{trip.id}?open={number}").status == 200


def test_an_address_with_a_nul_is_no_page(browse, cast):
    assert browse(cast.olga).post("/acts/%00x/undo").status == 404
