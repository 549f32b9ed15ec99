"""The plan editor in a real browser: without JavaScript to the end, and the text of a chat in the clipboard."""

import pytest
from plan_edit import book, chat_text, publish, sold, touches
from playwright.sync_api import expect

from webapp.batches.actions import run_batches
from webapp.db import db
from webapp.touches.plan_draft_rules import DraftStep

CHAT = DraftStep("own_1", "whatsapp", "purchase", 0, name_ru="Привет в WhatsApp", performer="seller", letter="chatty",
                 column="own_1")


@pytest.fixture
def trip(app, cast, now):
    return sold(cast, now)


def press(tab, name):
    tab.page.get_by_role("button", name=name, exact=True).first.click()


def test_a_plan_is_changed_published_and_applied_without_javascript(tab, cast, now, trip):
    anna = tab(cast.anna, scripts=False).go(f"/admin/plans/{book().plan.id}")
    press(anna, "Отключить: Письмо о бонусной программе")
    assert "Это черновик" in anna.text(".note")
    anna.page.get_by_role("link", name="Встреча в офисе").first.click()
    anna.page.fill("#days", "12")
    press(anna, "Сохранить в черновик")
    anna.page.get_by_role("link", name="Проверить на поездке").click()
    assert "вт, 29 декабря" in anna.text("#preview")
    anna.page.get_by_role("link", name="Посмотреть изменения и опубликовать").click()
    assert "По плану идёт 1 открытая поездка" in anna.text("main") and "вт, 29 декабря" in anna.text("main")
    anna.page.get_by_label("Для новых и для 1 открытой поездки").check()
    press(anna, "Опубликовать")
    assert "версии 2" in anna.text(".flashes")
    db.session.rollback()
    run_batches(now=lambda: now)
    anna.page.get_by_role("link", name="Обновить").click()
    assert "Поездок изменилось" in anna.text("main")
    rows = touches(trip)
    assert (rows["loyalty"].status, f"{rows['visit'].due_on:%d.%m}") == ("dropped", "29.12")


def test_the_text_of_a_chat_is_copied_and_opening_the_chat_ticks_nothing(tab, cast, now):
    chat_text(now)
    publish(cast.anna, now, CHAT)
    touch = touches(sold(cast, now))["own_1"]
    olga = tab(cast.olga).go(f"/touches/{touch.id}")
    olga.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(olga, "Скопировать")
    expect(olga.page.get_by_role("button", name="Скопировано")).to_be_visible()
    text = olga.page.evaluate("navigator.clipboard.readText()")
    assert text.strip() == olga.page.locator(f"#chat-text-{touch.id}").inner_text().strip() and "Анна" in text
    link = olga.page.get_by_role("link", name="Открыть WhatsApp")
    assert link.get_attribute("href") == "https://wa.me/79160000001"
    olga.page.locator("[data-results] button[name=outcome]").first.click()
    expect(olga.page.locator(".flashes")).to_be_visible()
    db.session.rollback()
    assert touches(touch_trip(touch))["own_1"].status == "done"


def test_the_preview_follows_what_is_typed(tab, cast, trip):
    anna = tab(cast.anna).go(f"/admin/plans/{book().plan.id}/preview")
    anna.page.fill("#plan-find", "никто")
    expect(anna.page.locator("#plan-trips")).to_contain_text("Никого не нашли")
    anna.page.fill("#plan-find", "иван")
    expect(anna.page.locator("#plan-trips")).to_contain_text("Иванова Анна")
    for name, day in (("purchase_on", "20.11.2026"), ("departure_on", "11.12.2026"), ("return_on", "18.12.2026")):
        anna.page.fill(f"#{name}", day)
    expect(anna.page.locator("#preview")).to_contain_text("вылет пт, 11 декабря")


def test_what_was_not_kept_of_a_step_is_offered_again(tab, cast):
    anna = tab(cast.anna).go(f"/admin/plans/{book().plan.id}/steps/visit")
    anna.page.fill("#days", "14")
    anna.go("/admin/plans").go(f"/admin/plans/{book().plan.id}/steps/visit")
    expect(anna.page.locator("#days")).to_have_value("9")
    press(anna, "Вернуть")
    expect(anna.page.locator("#days")).to_have_value("14")
    press(anna, "Сохранить в черновик")
    expect(anna.page.locator(".flashes")).to_be_visible()
    anna.go(f"/admin/plans/{book().plan.id}/steps/visit")
    expect(anna.page.locator("#days")).to_have_value("14")
    assert anna.page.locator(".note--yellow").count() == 0


def touch_trip(touch):
    from webapp.trips.models import Trip
    return db.session.query(Trip).filter_by(occasion_id=touch.occasion_id).one()
