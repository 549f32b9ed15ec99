"""The preview: what a client would get equals what is sent, on whom it is tried, what it warns of, how an SMS is counted."""

import html
import re
from datetime import timedelta

import make
import pytest
from desk.letter_make import edition, flying, form, letter, mode, thanked, url
from sqlalchemy import select

from webapp.clients.links import EXAMPLE_TOKEN, LETTERS, find_link
from webapp.db import db, transaction
from webapp.letters.rules import split_parts
from webapp.post.actions import set_sms_money
from webapp.post.budget_rules import Budget
from webapp.post.models import Message
from webapp.staff.audit import job
from webapp.touches.actions.sending import queue_due
from webapp.touches.models import Touch
from webapp.web.security import CSP

EMAILS = ("thank_you", "packing", "welcome_home")
SHORT = ("fly_tomorrow", "bon_voyage", "settled_in", "welcome_back_sms")


pytestmark = pytest.mark.usefixtures("stopped_clock")


def frame(page):
    """The document of the frame, as the browser gets it."""
    return page.root.one("iframe").attrs["srcdoc"]


def without_policy(document):
    return re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", document)


def without_key(letter):
    """The letter with the example in the place of the reader's own key, which no preview may know."""
    return re.sub(r"(/[su]/)\w{22}\b", rf"\g<1>{EXAMPLE_TOKEN}", letter)


def text_of(page):
    found = re.search(r'looks__text" translate="no">(.*?)</div>', page.html, re.DOTALL)
    return html.unescape(found[1])


def field(page, name):
    return next(node for node in page.root.all() if node.attrs.get("name") == name)


def messages(client):
    db.session.rollback()
    return {row.source: row for row in db.session.scalars(select(Message).where(Message.client_id == client.id))}


def message_of(trip, code):
    touch = db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id, Touch.step_code == code)).one()
    return messages(touch.client)[f"touch:{touch.id}"], touch


@pytest.mark.parametrize("code", [*EMAILS, *SHORT])
def test_the_preview_says_what_is_sent_to_this_client_word_by_word(anna, cast, now, code):
    sold = flying(cast, now)
    touch = db.session.scalars(select(Touch).where(Touch.occasion_id == sold.trip.occasion_id,
                                                    Touch.step_code == code)).one()
    queue_due(now=(touch.send_at or now) + timedelta(minutes=1))
    sent, _touch = message_of(sold.trip, code)
    page = anna.get(url(code, client=sold.client.id))
    assert text_of(page).strip() == without_key(sent.text).strip()
    if code in EMAILS:
        assert without_policy(frame(page)) == without_key(sent.html)
        assert f"/u/{EXAMPLE_TOKEN}" in frame(page) and find_link(LETTERS, EXAMPLE_TOKEN, now=now) is None
        assert sent.subject in page.text


def test_a_client_about_whom_nothing_is_known_gets_a_whole_letter(anna, cast, now):
    flying(cast, now)
    for code in (*EMAILS, *SHORT):
        page = anna.get(url(code, client=0))
        assert "клиент без данных" in page.text and text_of(page).strip()
        assert "Екатерина" not in text_of(page)


def test_at_first_the_letter_is_tried_on_the_client_who_gets_it_next(anna, cast, now):
    later = flying(cast, now)
    make.client(cast.main, last="Случайная", email=None, phone=None, now=now)
    page = anna.get(url("packing"))
    assert "На примере: Громова Екатерина" in page.text
    assert "Придёт: 22 нояб., 10:00" in page.text
    names = [label.text for label in page.root.one(id="people").all("label")]
    assert names == ["Громова Екатерина", "клиент без данных"]
    assert field(page, "client").attrs["value"] == str(later.client.id)


def test_another_client_is_found_by_name(anna, cast, now):
    flying(cast, now)
    other = make.client(cast.main, last="Берёзкина", first="Мария", email=None, phone=None, now=now)
    found = anna.get(url("packing", "/people", q="берёз"), htmx=True)
    assert not found.is_full and "Берёзкина Мария" in found.text
    page = anna.post(url("packing", "/preview"), form("packing", q="Берёзкина"))
    assert page.is_full and "Берёзкина Мария" in page.root.one(id="people").text
    page = anna.post(url("packing", "/preview"), form("packing", client=str(other.id)))
    assert "Мария, здравствуйте!" in frame(page) and "Этому клиенту не запланировано" in page.text


def test_clients_of_another_office_are_not_tried_on(anna, cast, now):
    far = make.client(cast.east, last="Дальняя", first="Ольга", email="far@example.com", now=now)
    page = anna.post(url("packing", "/preview"), form("packing", client=str(far.id)))
    assert "Дальняя" not in page.text and "Ольга, здравствуйте" not in page.html
    assert "Дальняя" not in anna.get(url("packing", "/people", q="Дальняя"), htmx=True).text


def test_an_administrator_without_an_office_tries_letters_on_everybody(browse, cast, now):
    sold = flying(cast, now)
    with transaction():
        cast.anna.offices = []
    assert "Громова Екатерина" in browse(cast.anna).get(url("packing", client=sold.client.id)).text


@pytest.mark.parametrize(("why", "said"), [("silent", "ничего не пишем"), ("no-email", "нет почты")])
def test_the_preview_says_why_this_client_will_not_get_it(anna, cast, now, why, said):
    sold = flying(cast, now, **({"email": None} if why == "no-email" else {"write_nothing": True}))
    page = anna.get(url("packing", client=sold.client.id))
    assert "Этот клиент его не получит" in page.text and said in page.text


def test_a_letter_that_has_gone_out_says_when(anna, cast, now):
    mode("live")
    sold = thanked(cast, now)
    assert "Ждёт отправки" in anna.get(url("thank_you", client=sold.client.id)).text


def test_a_text_in_another_language_does_not_pretend_to_come(anna, cast, now):
    sold = flying(cast, now)
    page = anna.get(url("packing", language="en", client=sold.client.id))
    assert "Этому клиенту пишут на другом языке" in page.text and "Придёт" not in page.text


def test_typing_is_answered_with_the_preview_alone_and_keeps_nothing(anna, cast, now):
    sold = flying(cast, now)
    typed = form("packing", body="Привет, {{ клиент.имя }}!", client=str(sold.client.id), places_of=str(sold.client.id))
    page = anna.post(url("packing", "/preview"), typed, htmx=True)
    assert not page.is_full and page.html.lstrip().startswith('<section class="stack" id="preview"')
    assert "Привет, Екатерина!" in frame(page) and "id=\"places\"" not in page.html
    assert edition("packing").draft is None


def test_buttons_show_the_values_of_the_client_who_was_chosen(anna, cast, now):
    sold = flying(cast, now)
    page = anna.post(url("packing", "/preview"), form("packing", client=str(sold.client.id), places_of="0"), htmx=True)
    places = {b.attrs["value"]: b.text for b in page.root.one(id="places").all("button")}
    assert places["клиент.имя"] == "имя Екатерина" and places["поездка.где"] == "где в Анталье"
    assert places["менеджер.имя"] == "имя Ольга Соколова"
    english = anna.get(url("packing", language="en"))
    assert "client.first_name" in {b.attrs["value"] for b in english.root.one(id="places").all("button")}


@pytest.mark.parametrize(("more", "end"), [
    ({}, "{{ клиент.имя }}"), ({"how": "fallback", "fallback": "друзья"}, '{{ клиент.имя | default: "друзья" }}'),
    ({"how": "condition"}, "{% if клиент.имя %}…{% endif %}"),
])
def test_without_javascript_a_button_puts_its_placeholder_at_the_end(anna, more, end):
    page = anna.post(url("packing", "/preview"), form("packing", body="Привет,", insert="клиент.имя", **more))
    assert page.is_full and field(page, "body").text == f"Привет, {end}"
    page = anna.post(url("packing", "/preview"), form("packing", subject="Тема", insert="клиент.имя", target="subject", **more))
    assert field(page, "subject").attrs["value"] == f"Тема {end}"
    page = anna.post(url("thank_you", "/preview"), form("thank_you", insert="клиент.имя", target="expect", **more))
    assert field(page, "expect").text.endswith(end)


def test_an_unreadable_text_says_so_instead_of_a_letter(anna):
    page = anna.post(url("packing", "/preview"), form("packing", body="{{ клиент.имя"), htmx=True)
    assert page.status == 200 and "Опубликовать не получится" in page.text and not page.root.all("iframe")
    assert "скобки не закрыты" in page.text


def test_warnings_do_not_block(anna, cast, now):
    body = "Дорогая {{ клиент.имя }}! Мы в Инстаграме ![](https://a.example/x.png)"
    typed = form("packing", body=body, subject="Очень длинная тема, которую ни один телефон никогда не покажет целиком")
    page = anna.post(url("packing", "/preview"), typed, htmx=True)
    for words in ("Дорогая", "Instagram", "подписи", "В теме знаков: 70"):
        assert words in page.text, words
    assert anna.post(url("packing", "/publication"), typed).status == 303


def test_clients_without_a_name_are_counted_and_listed(anna, cast, now):
    make.client(cast.main, last="Безымянная", first="", email="x@example.com", phone=None, now=now)
    make.client(cast.main, last="Сидоров", first="Пётр", email=None, phone=None, now=now)
    typed = form("packing", body='{{ клиент.имя | default: "друзья" }}, привет')
    page = anna.post(url("packing", "/preview"), typed, htmx=True)
    assert "У 1 из 2 клиентов нет имени – увидят «друзья»." in page.text
    link = next(a.attrs["href"] for a in page.root.all("a") if a.text == "Показать их")
    listed = anna.get(link)
    assert "Безымянная" in listed.text and "Сидоров" not in listed.text
    empty = anna.post(url("packing", "/preview"), form("packing", body="{{ клиент.имя }}, привет"), htmx=True)
    assert "на этом месте будет пусто" in empty.text
    greeted = anna.post(url("packing", "/preview"), form("packing", body="{{ клиент.приветствие }}"), htmx=True)
    assert "нет имени" not in greeted.text


@pytest.mark.parametrize(("length", "said"), [
    (70, "70 знаков · 1 SMS"), (71, "71 знак · 2 SMS. Уберите 1, чтобы хватило одной."),
    (86, "86 знаков · 2 SMS. Уберите 16, чтобы хватило одной."), (134, "134 знака · 2 SMS"),
    (135, "135 знаков · 3 SMS. Уберите 1, чтобы стало на одну меньше."),
])
def test_an_sms_is_counted_in_russian(anna, length, said):
    page = anna.post(url("bon_voyage", "/preview"), form("bon_voyage", body="я" * length), htmx=True)
    assert said in page.root.one(id="size").text
    assert said in page.root.one(id="status").text


def test_an_sms_is_counted_after_filling_for_the_chosen_and_for_the_longest_client(anna, cast, now):
    short = flying(cast, now, first="Ян", email="y@example.com", phone="+79160000078")
    flying(cast, now, first="Константин" * 9)
    typed = form("bon_voyage", body="Привет, {{ клиент.имя }}", client=str(short.client.id))
    page = anna.post(url("bon_voyage", "/preview"), typed, htmx=True)
    assert page.root.one(id="size").text.startswith("10 знаков · 1 SMS Самая длинная: 98 знаков · 2 SMS")


def test_the_counter_tells_the_price_of_a_typical_and_of_the_longest_sms(anna, cast, now):
    set_sms_money(price=350, budget=Budget(), actor=job("test"), now=now)
    short = flying(cast, now, first="Ян", email="y@example.com", phone="+79160000078")
    flying(cast, now, first="Константин" * 9)
    typed = form("bon_voyage", body="Привет, {{ клиент.имя }}", client=str(short.client.id))
    page = anna.post(url("bon_voyage", "/preview"), typed, htmx=True)
    said = page.root.one(id="size").text.replace("\xa0", " ")
    assert said.startswith("10 знаков · 1 SMS · около 3,50 ₽ Самая длинная: 98 знаков · 2 SMS · около 7 ₽")


def test_latin_sms_have_more_room(anna):
    page = anna.post(url("bon_voyage", "/preview", language="en"), form("bon_voyage", "en", body="x" * 161), htmx=True)
    assert "161 знак · 2 SMS. Уберите 1" in page.root.one(id="size").text


def test_the_frame_runs_and_loads_nothing(anna, cast, now):
    flying(cast, now)
    page = anna.get(url("packing"))
    assert page.root.one("iframe").attrs["sandbox"] == ""
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith(CSP) and "unsafe-eval" not in policy and "script-src" not in policy
    assert "style-src-elem 'self' 'sha256-" in policy and policy.count("'unsafe-inline'") == 1
    assert "default-src 'none'" in frame(page)
    assert anna.get("/admin/letters").headers["Content-Security-Policy"] == CSP


def test_a_script_of_a_call_is_shown_as_its_reader_reads_it(anna, cast, now):
    sold = flying(cast, now)
    page = anna.get(url("call_back", client=sold.client.id))
    assert "Екатерина" in text_of(page) and not page.root.all("iframe")
    assert not [b for b in page.root.all("button") if b.text == "Отправить себе"]
    assert anna.post(url("call_back", "/test"), form("call_back")).status == 404


def test_the_three_parts_are_three_fields(anna):
    page = anna.get(url("thank_you"))
    stored = split_parts(edition("thank_you").in_force.body)
    assert [field(page, name).text for name in stored] == [" ".join(text.split()) for text in stored.values()]
    assert letter("thank_you").channel == "email"
