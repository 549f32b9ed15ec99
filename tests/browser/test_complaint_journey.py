"""One complaint from a phone to *closed and shared*: its client, customer service and the director, each with what they see.

The client's phone and the director's screen run no scripts, customer service's does: there every step happens in place.
"""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from complaint_make import cause, procedure
from flask import current_app
from playwright.sync_api import expect
from post.making import mode
from sqlalchemy import select

from webapp.complaints.actions.entering import look_at_entries
from webapp.complaints.models import Complaint, LessonReader
from webapp.complaints.procedures import wording_of
from webapp.db import db
from webapp.kit import clock
from webapp.post.models import Message

LESSON = "Перед заездом спросите отель о ремонте котельной."
NOTE = "Отель врёт, у меня есть фотографии."


@pytest.fixture
def later(monkeypatch):
    """`later(seconds=20)` moves the clock of the whole product on: letters leave, answers cannot be called back any more.

    It begins in the afternoon: at night nothing would leave."""
    real, ahead = clock.now, [timedelta()]
    ahead[0] = real().replace(hour=10, minute=0, second=0) + timedelta(days=1) - real()
    monkeypatch.setattr(clock, "now", lambda: real() + ahead[0])

    def move(**by):
        ahead[0] += timedelta(**by)
    return move


@pytest.fixture
def people(tab, cast, later):
    """The three of them, each with a tab."""
    for limiter in current_app.extensions["limiter"]:
        limiter.reset()
    mode("live", clock.now())
    return SimpleNamespace(client=tab(None, width=390, height=844, scripts=False), irina=tab(cast.irina), later=later,
                           boris=tab(cast.boris, scripts=False))


def present():
    """The complaint as it stands, and its letters by subject."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Complaint)).one()


def told():
    """The text of the procedure, with the days that are counted."""
    return wording_of(procedure(), "text", "ru")


def letters():
    db.session.rollback()
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def mark(person):
    """Mark the page; another one has no mark."""
    person.page.evaluate("window.stayed = true")


def stayed(person):
    return person.page.evaluate("window.stayed === true")


def press(where, name):
    where.get_by_role("button", name=name, exact=True).click()


def choose(where, field, value):
    where.locator(f"[name={field}][value={value}]").check()


def complain(client):
    """The client writes on the phone; gives the number and the address of the own page."""
    page = client.go("/complain").page
    page.fill("[name=story]", "Три дня не было горячей воды.")
    page.fill("[name=wants]", "Верните деньги за три дня.")
    page.fill("[name=name]", "Мария Кузнецова")
    page.fill("[name=contact]", "maria@example.com")
    page.check("[name=agree]")
    page.locator("button.btn--primary").click()
    number = page.locator(".number").inner_text()
    page.get_by_role("link", name="Открыть моё обращение").click()
    expect(page.locator(".stages__now b")).to_have_text("Получили")
    return number, page.url.partition("?")[0].removeprefix(client.site)


def test_a_complaint_from_a_phone_is_closed_and_shared_by_three_people(tab, cast, people):
    number, url = complain(people.client)
    look_at_entries(now=clock.now())
    tell_procedure(people, number)
    talk(people, url)
    decide(people, cast)
    answer(people, url)
    document_and_share(people, cast)
    close(people, url, number)
    read(tab, cast, people)
    assert present().state == "closed"


def tell_procedure(people, number):
    """Step 2, in place: the first open step is there, the text is looked at, the letter is written, focus goes on."""
    irina = people.irina.go("/complaints")
    expect(irina.page.locator("tbody tr").first).to_contain_text(number)
    expect(irina.page.locator("tbody tr").first).to_contain_text("шаг 2 из 7")
    irina.page.get_by_role("link", name=number).click()
    # Chosen before the scripts of the page are there, a procedure asks nobody.
    irina.page.wait_for_url("**/complaints/*")
    step = irina.page.locator("#step-2")
    expect(irina.page.locator("#step-1")).to_have_class("is-done")
    mark(people.irina)
    # While one answer of a form is under way its next press is dropped, as a double press is: each is waited for.
    with irina.page.expect_response("**/tell"):
        step.locator("[name=procedure]").select_option(str(procedure().id))
    with irina.page.expect_response("**/tell"):
        press(step, "Показать текст")
    expect(step.locator("[name=procedure_text]")).to_have_value(told())
    press(step, "Сообщить клиенту порядок")
    expect(irina.page.locator("#step-3")).to_be_focused()
    expect(irina.page.locator("#step-3")).to_contain_text("15 секунд")
    expect(irina.page.locator("#status")).to_contain_text("15 секунд")
    expect(step).to_contain_text("Ирина")
    assert stayed(people.irina), "nothing was loaded anew"
    letter = letters()[-1]
    assert letter.address == "maria@example.com" and told().split(".")[0] in letter.text


def talk(people, url):
    """Words both ways; a note stays in the house."""
    client = people.client.go(url).page
    assert told().split("\n")[0] not in client.locator("#talk").inner_text(), "may still be called back"
    people.later(seconds=20)
    client.reload()
    expect(client.locator(".stages__now b")).to_have_text("Разбираемся")
    expect(client.locator("#talk")).to_contain_text(told().split("\n")[0])
    client.fill("[name=text]", "Номер был 305.")
    client.locator("#talk button.btn--primary").click()
    irina = people.irina
    irina.page.reload()
    expect(irina.page.locator("#strips")).to_contain_text("ждёт 1 клиент")
    expect(irina.page.locator("#talk li").last).to_contain_text("Номер был 305.")
    mark(people.irina)
    irina.page.fill("#note-text", NOTE)
    press(irina.page, "Сохранить заметку")
    expect(irina.page.locator(".case-talk__note")).to_be_focused()
    irina.page.fill("#reply-text", "Спасибо, запросили отель.")
    press(irina.page, "Отправить клиенту")
    expect(irina.page.locator(".case-talk__reply")).to_be_focused()
    expect(irina.page.locator("#strips")).not_to_contain_text("1 клиент")
    assert stayed(irina)
    assert irina.page.input_value("#reply-text") == irina.page.input_value("#note-text") == ""
    irina.page.reload()
    assert irina.page.input_value("#reply-text") == "", "what was sent is not offered once more"
    people.later(seconds=20)
    client.reload()
    expect(client.locator("#talk")).to_contain_text("Спасибо, запросили отель.")
    assert NOTE not in client.content() and "Ирина" not in client.content()


def decide(people, cast):
    """Step 3 by customer service, step 4 by the director, who sees note and facts; the decision letter."""
    step = people.irina.page.locator("#step-3")
    step.locator("[name=facts]").fill("Бойлер был сломан.")
    choose(step, "justified", "yes")
    step.locator("[name=solution]").fill("Вернуть часть денег.")
    press(step, "Записать, что выяснили")
    expect(people.irina.page.locator("#step-4")).to_be_focused()
    boris = people.boris.go(f"/complaints/{present().id}")
    expect(boris.page.locator(".case-talk__note")).to_contain_text(NOTE)
    expect(boris.page.locator("#step-3")).to_contain_text("Да, клиент прав")
    step = boris.page.locator("#step-4")
    choose(step, "decision", "satisfy")
    step.locator("[name=decision_reason]").fill("Вы правы: вернём 4 000 ₽ на карту.")
    step.locator("[name=what_1]").fill("Вернуть 4 000 ₽")
    step.locator("[name=who_1]").select_option(str(cast.irina.id))
    step.locator("[name=day_1]").fill("завтра")
    step.locator("[name=cost]").fill("4 000")
    press(step, "Решить и сообщить клиенту")
    expect(boris.page.locator(".flashes")).to_contain_text("15 секунд")
    expect(boris.page.locator("#step-4")).to_contain_text("Борис")
    assert "вернём 4 000 ₽ на карту" in " ".join(letters()[-1].text.split())


def answer(people, url):
    """The client reads the decision and says that it is well; looking before it may be read shows none."""
    client = people.client.go(url).page
    expect(client.locator("#decision")).to_have_count(0)
    people.later(seconds=20)
    client.reload()
    expect(client.locator(".stages__now b")).to_have_text("Решение")
    expect(client.locator("#decision")).to_contain_text("Да, мы согласны с вами")
    expect(client.locator("#decision")).to_contain_text("Вернуть 4 000 ₽")
    press(client, "Устраивает")
    expect(client.locator("#answer")).to_contain_text("Спасибо")
    assert people.client.sideways() <= 0 and present().satisfaction == "yes"


def document_and_share(people, cast):
    """Steps 5 and 6 in place, step 7 by the director without scripts."""
    irina = people.irina
    irina.page.reload()
    mark(people.irina)
    step = irina.page.locator("#step-5")
    expect(irina.page.locator("#closing")).to_contain_text("устраивает")
    step.locator("[name=cause]").fill("Отель скрыл поломку.")
    step.locator("[name=result]").fill("Деньги возвращены.")
    press(step, "Записать причину и итог")
    expect(irina.page.locator("#step-6")).to_be_focused()
    step = irina.page.locator("#step-6")
    step.locator("[name=root_cause]").select_option(str(cause().id))
    step.locator("[name=prevention]").fill("Спрашивать отель о ремонте.")
    press(step, "Записать коренную причину")
    expect(irina.page.locator("#step-7")).to_be_focused()
    assert stayed(people.irina)
    boris = people.boris.go(f"/complaints/{present().id}")
    step = boris.page.locator("#step-7")
    step.locator("[name=lesson]").fill(LESSON)
    choose(step, "groups", '"role:manager"')
    press(step, "Разослать урок")
    expect(boris.page.locator("#step-7")).to_contain_text(LESSON)
    assert present().state == "shared"
    assert set(db.session.scalars(select(LessonReader.user_id))) == {cast.olga.id, cast.pavel.id, cast.vera.id}


def close(people, url, number):
    """Nothing closes before what was promised is done; then it does, and everybody sees it."""
    irina = people.irina
    irina.page.reload()
    press(irina.page.locator("#closing"), "Закрыть жалобу")
    expect(irina.page.locator("#errors")).to_be_focused()
    expect(irina.page.locator("#errors")).to_contain_text("1 обещание ещё не выполнено")
    irina.page.locator("#errors").get_by_role("link", name="Вернуть 4 000 ₽").click()
    irina.page.locator("main").get_by_role("button", name=re.compile("^(Отметить|Сделано)")).first.click()
    irina.go(f"/complaints/{present().id}")
    press(irina.page.locator("#closing"), "Закрыть жалобу")
    expect(irina.page.locator("#closing")).to_be_focused()
    expect(irina.page.locator("#closing")).to_contain_text("Жалоба закрыта")
    assert present().state == "closed"
    expect(people.boris.go("/complaints").page.locator("main")).not_to_contain_text(number)
    expect(people.boris.go("/complaints?show=closed").page.locator("tbody")).to_contain_text(number)
    client = people.client.go(url).page
    expect(client.locator(".hello")).to_contain_text("закрыт")
    assert client.locator("[name=text]").count() == 0
    for words in (NOTE, LESSON, "Ирина", "Борис", "Бойлер", "Отель скрыл", "Спрашивать отель"):
        assert words not in client.content(), "nothing of the house"


def read(tab, cast, people):
    """Whom the lesson concerns finds it, marks it, and the director sees who has not yet."""
    olga = tab(cast.olga).go("/lessons")
    expect(olga.page.locator("main article")).to_contain_text(LESSON)
    assert "Кузнецов" not in olga.text("main")
    olga.page.get_by_role("button", name=re.compile("^Отметить прочитанным")).click()
    expect(olga.page.locator("main article")).to_contain_text("прочитано")
    boris = people.boris.go(f"/complaints/{present().id}")
    expect(boris.page.locator("#step-7")).to_contain_text("1 из 3")
    expect(boris.page.locator("#step-7")).to_contain_text(f"{cast.vera.name}")
