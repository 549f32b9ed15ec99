"""Surveys and reviews for staff: figures by hand, filters, own offices alone, few questions, CSV without formulas."""

from datetime import UTC, datetime, timedelta

import make
import pytest
from sqlalchemy import event
from survey_make import answers, asked, home, reply, reviews, token_of

from webapp.db import db, transaction
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.surveys.actions import moderating
from webapp.surveys.actions.answering import change_review
from webapp.surveys.links import elsewhere
from webapp.trips.models import Trip

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    """Friday noon, whenever the tests run."""
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def three(cast, now):
    """Olga's client is glad, Pavel's sad; a third was asked and is silent."""
    trips = [home(cast, now, number=1, last="Радостина", operator="Анекс Тур"),
             home(cast, now, number=2, last="Грустина", seller=cast.pavel, operator="Пегас", destination="Сочи"),
             home(cast, now, number=3, last="Молчалина", operator="Анекс Тур")]
    for trip in trips:
        asked(trip, now)
    reply(trips[0], 10, now=now, text="Превосходно", manager_score=5, agency_score=4)
    reply(trips[1], 3, now=now, text="Грязный номер", manager_score=2, call_back=True)
    with transaction() as session:
        session.get_one(Trip, trips[1].id).client.manager_id = cast.pavel.id
    return trips


def far(cast, now):
    """An answer in the other office."""
    client = make.client(cast.east, last="Дальняя", phone="+79990000001", manager=cast.vera, now=now)
    trip = home(cast, now, client=client, seller=cast.vera)
    reply(trip, 1, now=now, text="Далеко")
    return trip


def cells(page, table, first):
    """The cells of the row that begins so, in the table with this caption."""
    for node in page.root.all("table"):
        if node.one("caption").text == table:
            row = next(row for row in node.all("tr") if row.all("th") and row.all("th")[0].text == first)
            return [cell.text for cell in row.all("td")]
    raise AssertionError(table)


def test_the_figures_agree_with_those_counted_by_hand(browse, cast, three):
    page = browse(cast.boris).get("/surveys")
    assert cells(page, "Оценки по месяцам", "ноябрь 2026") == ["3", "2", "67 %", "2", "6,5", "1", "–", "1", "3,5", "4,0"]
    assert cells(page, "Менеджеры", "Ольга Соколова") == ["2", "1", "50 %", "1", "10,0", "–", "–", "1", "5,0", "4,0"]
    assert cells(page, "Туроператоры", "Пегас") == ["1", "1", "100 %", "1", "3,0", "1", "–", "–", "2,0", "–"]
    assert cells(page, "Направления", "Сочи")[4] == "3,0"
    assert cells(page, "Оценки по месяцам", "октябрь 2026") == ["–"] * 10


def test_who_was_asked_is_never_mixed_with_who_answered_another_survey(browse, cast, three, now):
    handed = home(cast, now, number=4, last="Ранняя", operator="Анекс Тур")
    reply(handed, 9, now=now, text="По ссылке")
    row = cells(browse(cast.boris).get("/surveys"), "Туроператоры", "Анекс Тур")
    assert row[:4] == ["2", "1", "50 %", "2"]
    head = browse(cast.boris).get("/surveys").text
    assert "Спросили" in head and "Из них ответили" in head and "Все ответы" in head


def test_figures_are_written_as_the_reader_writes_them(browse, cast, three):
    with transaction() as session:
        session.get_one(type(cast.boris), cast.boris.id).language = "en"
    page = browse(cast.boris).get("/surveys")
    assert cells(page, "Scores by month", "November 2026")[:5] == ["3", "2", "67%", "2", "6.5"]


def test_the_chart_has_words_and_a_table_with_the_same_numbers(browse, cast, three):
    page = browse(cast.boris).get("/surveys")
    chart = page.root.one("svg", role="img")
    assert "те же числа" in chart.attrs["aria-label"]
    assert "6,5" in [node.text for node in chart.all("text")]


def test_filters_hold_for_figures_and_answers_alike(browse, cast, three):
    boris = browse(cast.boris)
    page = boris.get(f"/surveys?manager={cast.pavel.id}")
    assert "Грустина" in page.text and "Радостина" not in page.text
    assert cells(page, "Оценки по месяцам", "Всего")[:2] == ["1", "1"]
    low = boris.get("/surveys?mood=low")
    assert "Грязный номер" in low.text and "Превосходно" not in low.text
    assert "Превосходно" in boris.get("/surveys?operator=Анекс+Тур").text
    assert boris.get("/surveys?to=Сочи&months=3").status == 200


def test_managers_see_what_their_own_clients_said(browse, cast, three):
    page = browse(cast.olga).get("/surveys")
    assert "Радостина" in page.text and "Грустина" not in page.text
    assert "Молчалина" not in page.text and cells(page, "Оценки по месяцам", "Всего")[:2] == ["2", "1"]
    csv = browse(cast.olga).get("/surveys/answers.csv").response.get_data(as_text=True)
    assert "Превосходно" in csv and "Грязный" not in csv


def test_nothing_of_another_office_is_seen(browse, cast, three, now):
    trip = far(cast, now)
    for person in (cast.boris, cast.irina):
        assert "Далеко" not in browse(person).get("/surveys").text
    assert "Далеко" in browse(cast.nikolai).get("/surveys").text
    assert browse(cast.vera).get("/surveys").text.count("Далеко") == 1
    token = token_of(trip, now)
    link = __import__("webapp.clients.links", fromlist=["find_link"]).find_link("survey", token, now=now)
    change_review(link, "Далеко и плохо", sign="name", consent="да", now=now)
    (row,) = reviews()
    for verb, url in (("get", f"/reviews/{row.id}"), ("post", f"/reviews/{row.id}/showing"), ("post", f"/reviews/{row.id}/answer")):
        assert getattr(browse(cast.boris), verb)(url).status == 404
    assert "Далеко" not in browse(cast.boris).get("/reviews?show=all").text


def test_who_waits_and_who_is_to_be_looked_into_is_marked(browse, cast, three):
    page = browse(cast.boris).get("/surveys")
    assert "жалоба" in page.text and "ждёт звонка" in page.text


def test_the_alert_and_the_call_stand_in_todays_list(browse, cast, three):
    page = browse(cast.irina).get("/today")
    assert "Оценка в анкете: 3 из 10" in page.text and "Просит перезвонить" in page.text and "Грустина" in page.text


def test_without_answers_the_page_says_where_they_come_from(browse, cast):
    page = browse(cast.boris).get("/surveys")
    assert "Ответов пока нет" in page.text and "С возвращением" in page.text


def test_files_have_no_formulas(browse, cast, now):
    reply(home(cast, now, number=1, last="=cmd|' /C calc'!A0"), 9, now=now, text="@SUM(1+1)*cmd")
    boris = browse(cast.boris)
    for name in ("answers", "scores"):
        for line in boris.get(f"/surveys/{name}.csv").response.get_data(as_text=True).lstrip("\ufeff").splitlines():
            assert not [cell for cell in line.split(";") if cell.strip('"')[:1] in ("=", "@", "+")]


def test_the_list_asks_as_little_for_thirty_answers_as_for_three(browse, cast, now):
    boris, counts = browse(cast.boris), []
    for many in (3, 12):
        for number in range(len(counts) * 100 + 1, len(counts) * 100 + 1 + many):
            reply(home(cast, now, number=number, last=f"Клиентова{number}"), number % 11, now=now)
        counts.append(questions(lambda: boris.get("/surveys")))
    assert counts[0] == counts[1]


def questions(act):
    """How many statements this costs."""
    found = []

    def listen(_connection, _cursor, statement, *_rest):
        found.append(statement)
    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    return len(found)


def test_trip_and_client_show_what_was_said(browse, cast, three):
    irina = browse(cast.irina)
    trip = irina.get(f"/trips/{three[1].id}")
    assert "3 из 10" in trip.text and "Грязный номер" in trip.text
    assert "3 из 10" in irina.get(f"/clients/{three[1].client_id}").text
    assert "ответа пока нет" in irina.get(f"/trips/{three[2].id}").text


def review_of(three, now, text="Чудесный отель, звоните +7 916 123-45-67"):
    from webapp.clients.links import find_link
    change_review(find_link("survey", token_of(three[0], now), now=now), text, sign="name", consent="да", now=now)
    return reviews()[0]


def test_a_review_is_cleaned_shown_answered_and_hidden_on_its_page(browse, cast, three, now):
    row, irina = review_of(three, now), browse(cast.irina)
    url = f"/reviews/{row.id}"
    page = irina.get(url)
    assert page.h1 == "Отзыв: Анна Р." and "нужно скрыть" in page.text
    assert not page.root.all("form", action=f"{url}/showing")
    page = irina.follow(f"{url}/masks", {"turn": row.turn, "pieces": ["+7 916 123-45-67"]})
    assert "[скрыто]" in page.text and page.root.one("form", action=f"{url}/showing")
    irina.follow(f"{url}/showing", {"turn": row.turn})
    page = irina.follow(f"{url}/answer", {"answer": "Спасибо, ждём снова!"})
    public = browse().get("/reviews/public")
    # The choice of destinations is a field like others, and a score never breaks between its lines.
    assert "css/forms.css" in public.html and public.root.one("select", name="to")
    assert [one.text for one in public.root.one("ul", class_="quotes").all("span", class_="nowrap")] in ([], ["10 из 10"])
    assert "Чудесный отель, звоните [скрыто]" in public.text and "Спасибо, ждём снова!" in public.text
    assert "123-45-67" not in public.html and "Анна Р." in public.text and "Радостина" not in public.html
    assert irina.post(f"{url}/hiding", {"turn": row.turn, "words": "не нравится"}).status == 422
    irina.follow(f"{url}/hiding", {"turn": row.turn, "reason": "abuse", "words": "Оскорбляет гида"})
    public = browse().get("/reviews/public")
    assert "Чудесный отель" not in public.text and "1 отзыв скрыт" in public.text
    assert "Оскорбляет гида" in irina.get(url).text


def test_a_crafted_post_shows_nothing_that_must_be_left_out(browse, cast, three, now):
    row = review_of(three, now)
    page = browse(cast.irina).post(f"/reviews/{row.id}/showing", {"turn": row.turn})
    assert page.status == 422 and "Сначала скройте" in page.text and reviews()[0].state == "new"


def test_what_changed_since_it_was_read_is_refused(browse, cast, three, now):
    row = review_of(three, now, "Хороший отель")
    page = browse(cast.irina).post(f"/reviews/{row.id}/showing", {"turn": row.turn - 1})
    assert page.status == 422 and "тем временем изменил" in page.text and reviews()[0].state == "new"


def test_managers_read_reviews_and_decide_nothing(browse, cast, three, now):
    row, olga = review_of(three, now, "Хороший отель"), browse(cast.olga)
    page = olga.get(f"/reviews/{row.id}")
    assert page.status == 200 and not [form for form in page.root.all("form") if "/reviews/" in form.attrs["action"]]
    for verb in ("showing", "hiding", "answer", "masks", "withdrawal"):
        assert olga.post(f"/reviews/{row.id}/{verb}", {"turn": row.turn}).status == 404


def test_the_bar_says_how_many_reviews_wait(browse, cast, three, now):
    row, irina = review_of(three, now, "Хороший отель"), browse(cast.irina)
    assert irina.get("/reviews").root.one(id="count-reviews-index").text.endswith("1")
    moderating.publish(row.id, turn=row.turn, actor=actor_of(cast.irina), now=now)
    assert "Здесь пусто" in irina.get("/reviews").text and "Хороший отель" in irina.get("/reviews?show=shown").text


def test_without_reviews_both_pages_say_so(browse, cast):
    assert "Отзывов пока нет" in browse().get("/reviews/public").text
    assert "Отзывов пока нет" in browse(cast.irina).get("/reviews").text


@pytest.mark.parametrize("query", ["?page=0", "?page=-1", "?page=999999", "?page=x", "?to=%00%27", "?to=" + "я" * 300])
def test_odd_addresses_of_the_public_page_are_harmless(browse, query):
    assert browse().get(f"/reviews/public{query}").status in (200, 400)


def test_the_public_page_costs_as_much_for_ten_reviews_as_for_two(browse, cast, now):
    from webapp.clients.links import find_link
    visitor, counts, actor = browse(), [], actor_of(cast.irina)
    for many in (2, 8):
        for number in range(len(counts) * 100 + 1, len(counts) * 100 + 1 + many):
            trip = home(cast, now, number=number)
            change_review(find_link("survey", token_of(trip, now), now=now), "Хорошо отдохнули", sign="name", consent="да",
                          now=now)
            row = max(reviews(), key=lambda one: one.id)
            moderating.publish(row.id, turn=row.turn, actor=actor, now=now)
        counts.append(questions(lambda: visitor.get("/reviews/public")))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("bad", ["http://forms.example", "javascript:alert(1)", "forms.example", "https://localhost/x"])
def test_another_survey_is_an_https_address(browse, cast, bad):
    page = browse(cast.anna).post("/admin/surveys", {"url": bad})
    assert page.status == 422 and "https://" in page.text and bad in page.html and elsewhere() == ""


def test_administrators_choose_the_survey_and_directors_look(browse, cast):
    anna = browse(cast.anna)
    anna.follow("/admin/surveys", {"url": "https://forms.example/opros"})
    assert elsewhere() == "https://forms.example/opros"
    page = browse(cast.boris).get("/admin/surveys")
    assert "forms.example" in page.text and not page.root.all("input", name="url")
    assert browse(cast.boris).post("/admin/surveys", {"url": ""}).status == 404
    assert browse(cast.olga).get("/admin/surveys").status == 404
    anna.follow("/admin/surveys", {"url": ""})
    assert elsewhere() == "" and "Изменён адрес анкеты" in anna.get("/admin/log").text


def test_the_log_names_the_client_and_the_reason_without_the_words(browse, cast, three, now):
    row = review_of(three, now, "Хороший отель")
    moderating.hide(row.id, reason="repeat", words="тайное", turn=row.turn, actor=actor_of(cast.irina), now=now)
    page = browse(cast.anna).get("/admin/log")
    assert "Отзыв скрыт: Радостина Анна" in page.text and "тот же отзыв второй раз" in page.text
    assert "Хороший отель" not in page.text and "Ответ на анкету: Радостина Анна" in page.text
    assert len(answers()) == 2 and now + timedelta(0) == NOON


def test_staff_take_a_link_for_a_chat_and_it_opens_the_survey(browse, cast, now):
    trip, olga = home(cast, now), browse(cast.olga)
    assert olga.get(f"/trips/{trip.id}").root.one("form", action=f"/trips/{trip.id}/survey")
    page = olga.post(f"/trips/{trip.id}/survey")
    url = page.root.one(id="survey-link").text
    assert browse().get(url[url.index("/s/"):]).h1 == "Как прошла поездка?"
    assert "Взята ссылка на анкету" in browse(cast.anna).get("/admin/log").text
    assert "0 %" not in browse(cast.boris).get("/surveys").text, "only letters that went out count as asked"


def test_there_is_no_link_to_what_is_answered_cancelled_or_still_ahead(browse, cast, now):
    ahead = make.trip(make.client(cast.main, phone="+79160007777", now=now), purchase=now.date(), seller=cast.olga, now=now,
                      departure=now.date() + timedelta(days=5), back=now.date() + timedelta(days=9))
    told = home(cast, now)
    reply(told, 9, now=now)
    olga = browse(cast.olga)
    for trip in (ahead, told):
        assert not olga.get(f"/trips/{trip.id}").root.all("form", action=f"/trips/{trip.id}/survey")
        assert olga.post(f"/trips/{trip.id}/survey").status == 409
    assert browse(cast.vera).post(f"/trips/{told.id}/survey").status == 404


def test_an_answer_leads_to_its_complaint_those_who_work_with_complaints(browse, cast, three):
    row = next(one for one in answers() if one.complaint_id)
    number, page = row.complaint.number, f"/complaints/{row.complaint_id}"
    for person in (cast.irina, cast.boris):
        for url in ("/surveys", f"/trips/{row.trip_id}"):
            way = next(a for a in browse(person).get(url).root.all("a") if a.text == number)
            assert way.attrs["href"] == page
        assert number in browse(person).get(page).text


def test_a_manager_is_led_to_the_complaints_on_the_page_of_the_trip(browse, cast, three):
    row = next(one for one in answers() if one.complaint_id)
    ways = {url: {a.attrs["href"] for a in browse(cast.pavel).get(url).root.all("a") if a.text == row.complaint.number}
            for url in ("/surveys", f"/trips/{row.trip_id}")}
    assert ways == {"/surveys": {f"/trips/{row.trip_id}#complaints"},
                    f"/trips/{row.trip_id}": {"#complaints", f"/complaints/{row.complaint_id}"}}
    panel = browse(cast.pavel).get(f"/trips/{row.trip_id}").root.one("section", id="complaints")
    # From there on to the page, which opens for a client of one's own.
    assert panel.one("a", href=f"/complaints/{row.complaint_id}").text == row.complaint.number
