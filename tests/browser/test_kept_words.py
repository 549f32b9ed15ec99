"""Words typed into a field: kept while they are nowhere else, gone from the field once they were saved."""

import re

import make
from complaint_make import complaint
from playwright.sync_api import expect

from webapp.kit import clock


def written(cast):
    """A complaint of a client, and the page of that client."""
    person = make.client(cast.main, manager=cast.olga, now=clock.now())
    return complaint(person, now=clock.now()), f"/clients/{person.id}"


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def test_an_answer_that_left_and_a_note_that_is_kept_do_not_come_back_into_their_fields(tab, cast):
    row, _url = written(cast)
    page = tab(cast.irina).go(f"/complaints/{row.id}").page
    for form, button, words in (("reply", "Отправить клиенту", "Номер уже меняем."),
                                ("note", "Сохранить заметку", "Отель не отвечает.")):
        field = page.locator(f"form[action$='/{form}'] textarea")
        field.fill(words)
        press(page, button)
        expect(page.locator(f".case-talk__{form}")).to_contain_text(words)
        expect(field).to_have_value("")
        page.reload()
        expect(field).to_have_value("")


def test_words_that_were_saved_without_htmx_do_not_come_back_either(tab, cast):
    row, _url = written(cast)
    irina = tab(cast.irina)
    irina.page.route(re.compile("htmx"), lambda route: route.abort())
    page = irina.go(f"/complaints/{row.id}").page
    page.locator("form[action$='/note'] textarea").fill("Отель не отвечает.")
    press(page, "Сохранить заметку")
    expect(page.locator(".case-talk__note")).to_contain_text("Отель не отвечает.")
    expect(page.locator("form[action$='/note'] textarea")).to_have_value("")
    irina.faults.clear()


def test_words_of_a_page_that_was_left_are_there_again_after_work_elsewhere(tab, cast):
    row, url = written(cast)
    other, other_url = written(cast)
    page = tab(cast.irina).go(f"/complaints/{row.id}").page
    page.locator("form[action$='/reply'] textarea").fill("Номер уже меняем.")
    page.goto(page.url.replace(f"/complaints/{row.id}", f"/complaints/{other.id}"))
    page.locator("form[action$='/note'] textarea").fill("Отель не отвечает.")
    press(page, "Сохранить заметку")
    expect(page.locator(".case-talk__note")).to_contain_text("Отель не отвечает.")
    page.goto(page.url.replace(f"/complaints/{other.id}", f"/complaints/{row.id}"))
    expect(page.locator("form[action$='/reply'] textarea")).to_have_value("Номер уже меняем.")


def test_a_contact_that_was_refused_first_does_not_come_back_once_it_is_written_down(tab, cast):
    _row, url = written(cast)
    page = tab(cast.irina).go(url).page
    page.get_by_text("Подробнее: другой канал, поездка, следующий шаг").click()
    note = page.locator("form[action$='/contacts-log'] textarea[name=note]")
    note.fill("Просит перезвонить.")
    page.locator("form[action$='/contacts-log'] [name=next_on]").fill("вчера")
    page.get_by_role("button", name="Записать", exact=True).last.click()
    expect(page.locator("#errors")).to_be_focused()
    expect(note).to_have_value("Просит перезвонить.")
    page.locator("[name=channel]").first.check()
    page.locator("[name=direction]").first.check()
    page.locator("form[action$='/contacts-log'] [name=next_on]").fill("")
    page.get_by_role("button", name="Записать", exact=True).last.click()
    expect(page.locator(".flashes")).to_contain_text("Записали")
    expect(page.locator("form[action$='/contacts-log'] textarea[name=note]")).to_have_value("")


def test_the_focus_stays_where_the_person_has_taken_it(tab, cast):
    row, _url = written(cast)
    page = tab(cast.irina).go(f"/complaints/{row.id}").page
    page.locator("form[action$='/note'] textarea").fill("Отель не отвечает.")
    press(page, "Сохранить заметку")
    expect(page.locator(".case-talk__note")).to_be_focused()
    page.locator("form[action$='/reply'] textarea").focus()
    with page.expect_response(re.compile("/here$")):
        page.evaluate("htmx.trigger(document.querySelector('form.here'), 'submit')")
    page.wait_for_function("() => true")
    expect(page.locator("form[action$='/reply'] textarea")).to_be_focused()
