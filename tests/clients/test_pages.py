"""Pages of clients: search, adding, editing, contacts, consents; with and without htmx, for every role and office."""

import re
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import make
import pytest
from sqlalchemy import select

from webapp.clients.models import Client, consents_of
from webapp.db import db, transaction
from webapp.touches.models import Touch


@pytest.fixture
def anna(cast: SimpleNamespace, now: datetime) -> Client:
    """Ольга's client in Moscow."""
    return make.client(cast.main, middle_name="Петровна", manager=cast.olga, phone="+79161234567", now=now,
                       birthday=date(1985, 7, 21))


def form_of(page: Any, action: str) -> dict[str, Any]:
    """The values a browser would post from the form with this action."""
    form = page.root.one("form", action=action, method="post")
    values: dict[str, Any] = {}
    for node in form.all():
        name = node.attrs.get("name")
        unticked = node.attrs.get("type") in ("radio", "checkbox") and "checked" not in node.attrs
        if not name or node.tag == "button" or unticked:
            continue
        if node.tag == "select":
            chosen = [o.attrs.get("value", o.text) for o in node.all("option") if "selected" in o.attrs]
            values[name] = chosen[0] if chosen else node.all("option")[0].attrs["value"]
        else:
            values[name] = node.text if node.tag == "textarea" else node.attrs.get("value", "")
    return values


def only_client() -> Client:
    """The one client there is."""
    return db.session.scalars(select(Client)).one()


def contact(client: Client, user: Any, now: datetime) -> None:
    """A call somebody made."""
    with transaction() as session:
        session.add(Touch(client_id=client.id, office_id=client.office_id, step_code="journal:1", channel="call",
                          automatic=False, status="done", done_at=now, done_by=user.name, created_at=now,
                          note="Спрашивал про Сочи"))


def test_before_anything_is_typed_the_newest_clients_are_shown(browse: Any, cast: SimpleNamespace,
                                                               anna: Client) -> None:
    page = browse(cast.olga).get("/clients")
    assert page.status == 200 and "Недавно добавленные" in page.text
    assert page.root.one("a", class_="people__name").attrs["href"] == f"/clients/{anna.id}"
    assert "+7 916 123-45-67" in page.text


def test_the_search_works_as_a_form_and_as_a_part(browse: Any, cast: SimpleNamespace, anna: Client) -> None:
    person = browse(cast.olga)
    full = person.get("/clients?q=иванова+анна")
    assert full.is_full and "Нашёлся 1 клиент" in full.text
    assert full.root.one("input", type="search").attrs["value"] == "иванова анна"
    part = person.get("/clients?q=иванова+анна", htmx=True)
    assert not part.is_full and part.root.children[0].attrs["id"] == "found"  # type: ignore[union-attr]
    assert part.root.one("p", role="status").text == "Нашёлся 1 клиент"
    assert "HX-Request" in part.headers["Vary"]


def test_typing_searches_without_filters_of_triggers(browse: Any, cast: SimpleNamespace) -> None:
    field = browse(cast.olga).get("/clients").root.one("input", type="search")
    assert field.attrs["hx-trigger"] == "input changed delay:300ms, search"
    assert field.attrs["hx-sync"] == "this:replace"


@pytest.mark.parametrize(("typed", "field", "value"), [
    ("Новикова Вера Ивановна", "middle_name", "Ивановна"), ("8 916 777-66-55", "phones", "8 916 777-66-55"),
    ("vera@example.com", "emails", "vera@example.com")])
def test_nobody_found_offers_to_add_and_takes_over_what_was_typed(typed: str, field: str, value: str, browse: Any,
                                                                  cast: SimpleNamespace) -> None:
    person = browse(cast.olga)
    page = person.get("/clients", query_string={"q": typed})
    assert "Никого" in page.text
    link = [a for a in page.root.all("a") if a.text == "Добавить клиента" and "q=" in a.attrs["href"]][0]
    new = person.get(link.attrs["href"])
    assert new.root.one("input", name=field).attrs["value"] == value


def test_show_more_shows_more_of_the_same(browse: Any, cast: SimpleNamespace, now: datetime) -> None:
    for number in range(52):
        make.client(cast.main, last=f"Кузнецов{number}", phone=None, email=None, now=now)
    person = browse(cast.olga)
    page = person.get("/clients?q=кузнецов")
    assert len(page.root.all("a", class_="people__name")) == 50
    more = person.get(page.root.one("a", id="more").attrs["href"], htmx=True)
    assert len(more.root.all("a", class_="people__name")) == 52 and not more.root.all("a", id="more")


@pytest.mark.parametrize("n", ["0", "-5", "abc", "99999999"])
def test_odd_numbers_of_rows_are_put_right(n: str, browse: Any, cast: SimpleNamespace, anna: Client) -> None:
    assert browse(cast.olga).get(f"/clients?n={n}").status == 200


def test_the_exact_phone_finds_a_client_of_another_office_by_name_and_last_contact_only(
        browse: Any, cast: SimpleNamespace, anna: Client, now: datetime) -> None:
    contact(anna, cast.olga, now)
    page = browse(cast.vera).get("/clients?q=8 916 123 45 67")
    assert "Клиент другого офиса: Иванова Анна Петровна" in page.text
    assert "20.11.2026, звонок, Ольга Соколова" in page.text
    assert "Сочи" not in page.text and "anna@" not in page.text and f"/clients/{anna.id}" not in page.html
    for part in ("8 916 123 45", "Иванова", "anna@example.com"):
        assert "Иванова" not in browse(cast.vera).get("/clients", query_string={"q": part}).root.one("main").text


def test_a_client_is_added_without_javascript(browse: Any, cast: SimpleNamespace) -> None:
    person = browse(cast.olga)
    form = form_of(person.get("/clients/new"), "/clients/new")
    page = person.follow("/clients/new", {**form, "last_name": "Иванова", "first_name": "Анна",
                                          "birthday": "21.07.85", "emails": "A@example.com",
                                          "phones": "8 (916) 123-45-67, 8 926 111 22 33 муж",
                                          "rest": ["beach", "ski"], "children": "5, 9", "budget": "250 тыс."})
    client = only_client()
    assert page.h1 == "Иванова Анна" and client.manager_id == cast.olga.id
    assert [p.e164 for p in client.phones] == ["+79161234567", "+79261112233"]
    assert client.birthday == date(1985, 7, 21)
    assert client.preferences["rest"] == ["beach", "ski"] and client.preferences["budget"] == 25_000_000
    assert "пляж, горные лыжи" in page.text and "250 000" in page.text


def test_a_bad_form_says_what_to_do_and_keeps_what_was_typed(browse: Any, cast: SimpleNamespace) -> None:
    page = browse(cast.olga).post("/clients/new", {"phones": "12345", "emails": "anna@gmial.com, x@",
                                                   "birthday": "вчера",
                                                   "children": "двое", "budget": "много", "note": "Приходила с мужем",
                                                   "timezone": "Mars/Base", "language": "ru"})
    assert page.status == 422 and page.root.one("title").text.startswith("Ошибка:")
    summary = page.root.one("section", id="errors")
    assert {a.attrs["href"] for a in summary.all("a")} == {"#last_name", "#birthday", "#timezone", "#phones",
                                                           "#emails",
                                                           "#children", "#budget"}
    assert page.root.one("input", name="phones").attrs["value"] == "12345"
    assert page.root.one("input", name="birthday").attrs["value"] == "вчера"
    assert page.root.one("textarea", name="note").text == "Приходила с мужем"
    assert page.root.one("input", name="phones").attrs["aria-invalid"] == "true"


def test_a_likely_typing_mistake_in_an_address_is_named(browse: Any, cast: SimpleNamespace, anna: Client) -> None:
    page = browse(cast.olga).post(f"/clients/{anna.id}/contacts", {"contact": "аnna@mail.ru"})
    assert page.status == 422 and "Может быть, anna@mail.ru?" in page.text


def test_somebody_with_the_same_phone_is_a_warning_with_a_link_and_no_refusal(
        browse: Any, cast: SimpleNamespace, anna: Client, now: datetime) -> None:
    make.client(cast.east, last="Дальняя", first="Дарья", phone="+79161234567", email=None, now=now)
    person = browse(cast.olga)
    typed = {"last_name": "Иванова", "first_name": "Аня", "phones": "8 916 123-45-67", "language": "ru"}
    warned = person.post("/clients/new", typed)
    assert warned.status == 422 and warned.root.all("a", href=f"/clients/{anna.id}")
    assert "Клиент другого офиса: Дальняя Дарья" in warned.text and "Всё равно добавить" in warned.text
    assert db.session.query(Client).count() == 2
    added = person.follow("/clients/new", form_of(warned, "/clients/new"))
    assert added.h1 == "Иванова Аня" and added.root.all("a", href=f"/clients/{anna.id}")
    assert db.session.query(Client).count() == 3


def test_the_form_of_a_trip_gets_its_new_client_back(browse: Any, cast: SimpleNamespace) -> None:
    person = browse(cast.olga)
    answer = person.post("/clients/new", {"last_name": "Иванова", "language": "ru", "next": "/trips/new?q=1"})
    assert answer.location == f"/trips/new?q=1&client={only_client().id}"
    elsewhere = person.post("/clients/new", {"last_name": "Петрова", "language": "ru",
                                              "next": "https://evil.example/"})
    assert re.fullmatch(r"/clients/\d+", elsewhere.location)


def test_up_to_five_clients_are_offered_to_choose_from(browse: Any, cast: SimpleNamespace, now: datetime) -> None:
    for number in range(7):
        make.client(cast.main, last=f"Кузнецов{number}", phone=None, email=None, now=now)
    person = browse(cast.olga)
    part = person.get("/clients/pick?q=кузнец", htmx=True)
    assert not part.is_full and len(part.root.all("input", type="radio", name="client")) == 5
    full = person.get("/clients/pick?q=кузнецов3&next=/trips/new?a=1")
    assert full.is_full and "checked" in full.root.one("input", type="radio").attrs
    assert person.get("/clients/pick?q=щщщ").root.all("a", href="/clients/new?q=щщщ&next=/trips/new") or \
        "Добавить клиента" in person.get("/clients/pick?q=щщщ").text
    assert browse(cast.vera).get("/clients/pick?q=кузнец", htmx=True).root.all("input") == []


def test_a_choice_says_what_it_is_for_leads_back_and_marks_its_room(browse: Any, cast: SimpleNamespace) -> None:
    person = browse(cast.irina)
    page = person.get("/clients/pick?next=/complaints/new&back=/complaints")
    assert page.h1 == "Чья это жалоба?"
    assert page.root.one("main").one("a", href="/complaints").text == "Отмена"
    assert page.root.one("form", role="search").one("input", name="back").attrs["value"] == "/complaints"
    assert [a.attrs["href"] for a in page.root.one("header").all("a", aria_current="page")] == ["/complaints"]
    plain = person.get("/clients/pick?next=/nobody/knows")
    assert plain.h1 == "Выберите клиента" and plain.root.one("main").one("a", href="/clients").text == "Отмена"


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/", "/\\evil.example", "\\evil.example",
                                  "/ok\\evil", "javascript:alert(1)", "/a\nb", ""])
def test_a_choice_leads_back_and_on_to_our_own_pages_only(browse: Any, cast: SimpleNamespace, back: str) -> None:
    page = browse(cast.olga).get("/clients/pick", query_string={"back": back, "next": back})
    assert page.root.one("main").one("a", class_="btn").attrs["href"] == "/clients"
    assert page.root.one("main").one("form", class_="form").attrs["action"] == "/trips/new"


def test_an_edit_is_saved_and_an_untouched_form_changes_nothing(browse: Any, cast: SimpleNamespace,
                                                                anna: Client) -> None:
    person, url = browse(cast.olga), f"/clients/{anna.id}/edit"
    with transaction():
        anna.preferences = {"rest": ["beach"], "children": [2021], "budget": 25_000_000, "hotel": "5"}
        anna.timezone = "America/New_York"
    before = (anna.last_name, anna.preferences, anna.birthday, anna.timezone)
    form = form_of(person.get(url), url)
    person.follow(url, form)
    db.session.expire_all()
    assert (anna.last_name, anna.preferences, anna.birthday, anna.timezone) == before
    page = person.follow(url, {**form, "last_name": "Новикова", "write_nothing": "y"})
    assert page.h1 == "Новикова Анна Петровна" and "мы ничего не пишем" in page.text


def test_a_parallel_edit_is_shown_beside_ones_own_and_can_be_saved_over(browse: Any, cast: SimpleNamespace,
                                                                        anna: Client) -> None:
    url = f"/clients/{anna.id}/edit"
    olga, pavel = browse(cast.olga), browse(cast.pavel)
    hers, his = form_of(olga.get(url), url), form_of(pavel.get(url), url)
    olga.follow(url, {**hers, "city": "Тула"})
    told = pavel.post(url, {**his, "city": "Калуга"})
    assert told.status == 409 and "Тула" in told.text
    assert told.root.one("input", name="city").attrs["value"] == "Калуга"
    db.session.expire_all()
    assert anna.city == "Тула"
    pavel.follow(url, form_of(told, url))
    db.session.expire_all()
    assert anna.city == "Калуга"


def test_contacts_are_added_put_first_marked_and_removed_by_plain_forms(browse: Any, cast: SimpleNamespace,
                                                                        anna: Client) -> None:
    person, url = browse(cast.irina), f"/clients/{anna.id}/contacts"
    page = person.follow(url, {"contact": "8 926 555-66-77", "contact_note": "муж"})
    assert "Добавлено: +7 926 555-66-77" in page.text and "муж" in page.text
    person.follow(f"{url}/first", {"value": "+79265556677"})
    page = person.follow(f"{url}/broken", {"value": "+79161234567"})
    assert "не работает" in page.text
    asked = person.get(f"{url}/remove?value=%2B79161234567")
    assert "Удалить +7 916 123-45-67?" in asked.text and len(anna.phones) == 2
    page = person.follow(f"{url}/remove", form_of(asked, f"{url}/remove") | {"value": "+79161234567"})
    db.session.expire_all()
    assert [p.e164 for p in anna.phones] == ["+79265556677"]
    assert "уже нет" in person.follow(f"{url}/remove", {"value": "+79161234567"}).text


def test_consents_are_written_down_and_shown_with_their_history(browse: Any, cast: SimpleNamespace,
                                                                anna: Client) -> None:
    person, url = browse(cast.olga), f"/clients/{anna.id}/consents"
    bad = person.post(url, {"step": "give", "how": "form"})
    assert bad.status == 422 and "Отметьте хотя бы одно" in bad.text and "с каким текстом" in bad.text
    assert person.post(url, {"how": "form", "channels": ["sms"]}).status == 422
    page = person.follow(url, {"step": "give", "channels": ["email", "sms"], "how": "form",
                               "text_version": "Бланк 1"})
    assert "и новости" in page.text and "Бланк 1" in page.text and "Подписал бланк" in page.text
    person.follow(url, {"step": "stop", "channels": ["sms"], "how": "phone"})
    state = consents_of(anna.id)
    assert (state["email"].marketing, state["sms"].stopped) == (True, True)
    assert "не писать совсем" in person.get(f"/clients/{anna.id}").text


def test_a_director_hands_over_and_a_manager_takes_only_free_clients(browse: Any, cast: SimpleNamespace, anna: Client,
                                                                     now: datetime) -> None:
    url = f"/clients/{anna.id}/manager"
    assert browse(cast.pavel).get(url).status == 404
    page = browse(cast.boris).follow(url, {"manager": str(cast.pavel.id)})
    assert "Павел Дроздов" in page.text
    free = make.client(cast.main, last="Свободный", phone=None, email=None, now=now)
    browse(cast.pavel).follow(f"/clients/{free.id}/manager", {"manager": str(cast.pavel.id)})
    db.session.expire_all()
    assert free.manager_id == cast.pavel.id
    assert browse(cast.boris).post(url, {"manager": str(cast.vera.id)}).status == 422


def test_the_page_shows_what_is_known_what_was_and_what_to_ask(browse: Any, cast: SimpleNamespace, anna: Client,
                                                               now: datetime) -> None:
    contact(anna, cast.olga, now)
    page = browse(cast.pavel).get(f"/clients/{anna.id}")
    assert page.status == 200 and page.h1 == "Иванова Анна Петровна"
    for words in ("21.07.1985, 41 год", "второй телефон", "как любит отдыхать", "когда следующая поездка",
                  "Спрашивал про Сочи", "Ольга Соколова", "только о поездках"):
        assert words in page.text, words
    assert page.root.all("a", href="tel:+79161234567")


def test_the_page_of_a_client_without_anything_is_whole(browse: Any, cast: SimpleNamespace, now: datetime) -> None:
    bare = make.client(cast.main, last="Один", first="", phone=None, email=None, now=now)
    page = browse(cast.olga).get(f"/clients/{bare.id}")
    assert "Поездок пока нет" in page.text and "Контактов ещё не было" in page.text and "телефон" in page.text
