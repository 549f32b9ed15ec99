"""The letter editor in a real browser: live preview, buttons, publishing, versions, without JavaScript too."""

import re
from datetime import timedelta

import pytest
from desk.letter_make import edition, flying, form, url
from playwright.sync_api import expect
from sqlalchemy import select

from webapp.db import db
from webapp.kit import clock
from webapp.letters.store import letter_in_force
from webapp.post.models import Message
from webapp.touches.actions.sending import queue_due
from webapp.touches.models import Touch


@pytest.fixture(autouse=True)
def stopped_clock(monkeypatch, now):
    """Pages look at the same clock as the test."""
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(clock, "today", lambda tz: now.astimezone(tz).date())


@pytest.fixture
def sold(cast, now):
    found = flying(cast, now)
    db.session.rollback()
    return found


def letter_body(opened):
    return opened.page.frame_locator("#preview iframe").locator("body")


def press(opened, name):
    opened.page.get_by_role("button", name=name, exact=True).click()


def published(code="packing"):
    db.session.rollback()
    return letter_in_force(code, "ru")


def test_the_preview_follows_typing_with_one_question_a_pause(tab, cast, sold):
    anna = tab(cast.anna).go(url("packing"))
    asked = []
    anna.page.on("request", lambda request: asked.append(request.url) if "/preview" in request.url else None)
    anna.page.locator("#body").press_sequentially("Берите зонт. ", delay=20)
    expect(letter_body(anna)).to_contain_text("Берите зонт.")
    expect(letter_body(anna)).to_contain_text("Екатерина, здравствуйте!")
    assert len(asked) <= 2
    assert edition("packing").draft is None


def test_a_button_puts_its_placeholder_where_the_cursor_is(tab, cast, sold):
    anna = tab(cast.anna).go(url("packing"))
    anna.page.fill("#body", "Привет, !")
    anna.page.locator("#body").press("ArrowLeft")
    anna.page.locator("[data-insert='клиент.имя']").click()
    expect(anna.page.locator("#body")).to_have_value("Привет, {{ клиент.имя }}!")
    expect(letter_body(anna)).to_contain_text("Привет, Екатерина!")
    anna.page.get_by_label("написать другие слова").check()
    anna.page.fill("#fallback", "друзья")
    anna.page.fill("#subject", "")
    anna.page.locator("[data-insert='клиент.имя']").click()
    expect(anna.page.locator("#subject")).to_have_value('{{ клиент.имя | default: "друзья" }}')
    anna.page.get_by_label("пропустить всю фразу").check()
    anna.page.fill("#subject", "")
    anna.page.locator("[data-insert='поездка.где']").click()
    expect(anna.page.locator("#subject")).to_have_value("{% if поездка.где %}…{% endif %}")


def test_another_client_changes_the_letter_and_the_values_on_the_buttons(tab, cast, sold):
    anna = tab(cast.anna).go(url("packing"))
    anna.page.locator("#letter-who summary").click()
    anna.page.get_by_label("клиент без данных").check()
    expect(letter_body(anna)).to_contain_text("Здравствуйте!")
    expect(letter_body(anna)).not_to_contain_text("Екатерина")
    expect(anna.page.locator("[data-insert='клиент.имя'] small")).to_have_text("–")


def test_letter_phone_and_text_are_three_looks_at_one_letter(tab, cast, sold):
    anna = tab(cast.anna).go(url("packing"))
    frame, text = anna.page.locator("#preview iframe"), anna.page.locator(".looks__text")
    wide = frame.bounding_box()["width"]
    expect(text).to_be_hidden()
    anna.page.get_by_text("Телефон", exact=True).click()
    assert frame.bounding_box()["width"] < 380 < wide
    anna.page.locator(".looks .seg").get_by_text("Текст", exact=True).click()
    expect(frame).to_be_hidden()
    expect(text).to_contain_text("Екатерина, здравствуйте!")


def test_an_unknown_placeholder_cannot_be_published(tab, cast, sold):
    before = published().version_id
    anna = tab(cast.anna).go(url("packing"))
    anna.page.fill("#body", "Привет, {{ клиент.ия }}!")
    expect(anna.page.locator("#preview")).to_contain_text("Может быть, «клиент.имя»?")
    press(anna, "Опубликовать")
    expect(anna.page.locator("#errors")).to_be_focused()
    expect(anna.page.locator("#errors")).to_contain_text("Может быть, «клиент.имя»?")
    expect(anna.page.locator("#body")).to_have_value("Привет, {{ клиент.ия }}!")
    assert published().version_id == before


@pytest.mark.parametrize("code", ["thank_you", "packing"])
def test_the_body_of_the_preview_is_the_body_that_is_sent(tab, cast, sold, now, code):
    anna = tab(cast.anna).go(url(code, client=sold.client.id))
    shown = letter_body(anna).inner_html()
    for days in (0, 2):
        queue_due(now=now + timedelta(days=days))
    touch = db.session.scalars(select(Touch).where(Touch.occasion_id == sold.trip.occasion_id,
                                                   Touch.step_code == code)).one()
    sent = db.session.scalars(select(Message).where(Message.source == f"touch:{touch.id}")).one().html
    db.session.rollback()
    page = anna.page.context.new_page()
    # The link of the reader is made when the letter is; until then an example of its length stands there.
    page.set_content(re.sub(r"/u/[\w-]{22}", "/u/ExampLeExampLeExampLeX", sent))
    assert shown == page.locator("body").inner_html()
    page.close()


@pytest.mark.parametrize(("length", "parts"), [(70, 1), (71, 2), (134, 2), (135, 3)])
def test_an_sms_is_counted_while_it_is_typed(tab, cast, sold, length, parts):
    anna = tab(cast.anna).go(url("bon_voyage"))
    anna.page.fill("#body", "я" * length)
    expect(anna.page.locator("#size")).to_contain_text(re.compile(rf"^{length} знак.* · {parts} SMS"))
    expect(anna.page.locator("#status")).to_contain_text(f"· {parts} SMS")


def test_a_welcome_letter_with_an_empty_part_cannot_be_published(tab, cast, sold):
    anna = tab(cast.anna).go(url("thank_you"))
    anna.page.fill("#expect", "")
    press(anna, "Опубликовать")
    expect(anna.page.locator("#errors")).to_contain_text("Чего ждать: Эта часть пуста")
    assert "expect" not in edition("thank_you").versions[0].author and published("thank_you").version_id


def test_a_test_reaches_only_its_author_and_its_links_are_dead(tab, cast, sold):
    anna = tab(cast.anna).go(url("packing"))
    anna.page.fill("#body", "[Сайт](https://a.example/x)")
    press(anna, "Отправить себе")
    expect(anna.page.locator(".flashes")).to_contain_text("anna@example.org")
    db.session.rollback()
    (row,) = db.session.scalars(select(Message)).all()
    assert row.address == "anna@example.org" and row.subject.startswith("[Проверка] ") and "href" not in row.html


def test_an_old_text_comes_back_in_two_clicks(tab, cast, sold):
    old = edition("packing").in_force.body
    db.session.rollback()
    anna = tab(cast.anna).go(url("packing"))
    anna.page.fill("#body", "Совсем другой текст.")
    press(anna, "Опубликовать")
    expect(anna.page.locator(".flashes")).to_contain_text("уходит версия 2")
    anna.page.get_by_role("link", name="Версия 1", exact=True).click()
    press(anna, "Вернуть этот текст")
    expect(anna.page.locator(".flashes")).to_contain_text("Текст версии 1 снова действует")
    db.session.rollback()
    assert edition("packing").in_force.body == old


def test_a_letter_is_written_published_and_returned_without_javascript(tab, cast, sold):
    anna = tab(cast.anna, scripts=False).go(url("packing"))
    anna.page.fill("#body", "Привет,")
    anna.page.locator("[data-insert='клиент.имя']").click()
    assert anna.page.input_value("#body") == "Привет, {{ клиент.имя }}"
    press(anna, "Проверить и посмотреть")
    assert "Привет, Екатерина" in letter_body(anna).inner_text()
    press(anna, "Сохранить черновик")
    assert "Черновик сохранён" in anna.text(".flashes")
    press(anna, "Опубликовать")
    assert "уходит версия 2" in anna.text(".flashes")
    anna.page.get_by_role("link", name="Версия 1", exact=True).click()
    press(anna, "Вернуть этот текст")
    assert "снова действует" in anna.text(".flashes")


def test_what_was_not_kept_is_offered_again_and_forgotten_once_it_is_kept(tab, cast, sold):
    anna = tab(cast.anna).go(url("packing"))
    anna.page.fill("#body", "Не потеряйся")
    anna.go("/admin/letters").go(url("packing"))
    expect(anna.page.locator("#body")).not_to_have_value("Не потеряйся")
    anna.page.get_by_role("button", name="Вернуть", exact=True).click()
    expect(anna.page.locator("#body")).to_have_value("Не потеряйся")
    expect(letter_body(anna)).to_contain_text("Не потеряйся")
    press(anna, "Сохранить черновик")
    expect(anna.page.get_by_text("Черновик сохранён.")).to_be_visible()
    anna.page.wait_for_load_state()
    expect(anna.page.locator("#body")).to_have_value("Не потеряйся")
    assert anna.page.get_by_text("несохранённый текст").count() == 0
    assert anna.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('letter:')).length") == 0


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(tab, cast, sold, browse, dark):
    old = edition("packing").in_force.id
    browse(cast.anna).post(url("packing", "/publication"), form("packing", body="Привет, {{ клиент.имя }} ![](x)"))
    browse(cast.anna).post(url("packing", "/draft"), form("packing", body="Привет, {{ клиент.ия }}"))
    pages = ("/admin/letters", url("packing"), url("thank_you"), url("bon_voyage"), url("packing", f"/versions/{old}"),
             url("packing", "/publication"), url("packing", "/nameless"))
    faults = {}
    wide, narrow = tab(cast.anna, dark=dark), tab(cast.anna, dark=dark, width=320, height=640)
    for page in pages:
        faults[page] = [*wide.go(page).axe(), *([f"sideways {over}"] if (over := narrow.go(page).sideways()) else [])]
    assert not {page: found for page, found in faults.items() if found}
