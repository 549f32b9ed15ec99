"""The complaint desk's share of the statements of acceptance, in a real browser: colours, order, collisions, undo, paper, keys."""

from datetime import UTC, datetime, timedelta

import make
import pytest
from complaint_make import bring_to, complaint, procedure, step
from playwright.sync_api import expect
from sqlalchemy import select

from webapp.complaints.actions import reply
from webapp.complaints.actions.claiming import write_claim
from webapp.complaints.models import Complaint, ComplaintEvent
from webapp.db import db
from webapp.kit import clock
from webapp.staff.audit import actor_of

WEDNESDAY = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
"""Noon in Moscow: what came an hour ago is to be told until three."""


@pytest.fixture
def desk(cast, monkeypatch):
    """Complaints by their colour: over, today, ahead."""
    monkeypatch.setattr(clock, "now", lambda: WEDNESDAY)
    irina, rows = actor_of(cast.irina), {}
    for number, (name, ago) in enumerate({"ahead": timedelta(days=1), "today": timedelta(hours=1), "over": timedelta(days=9)}.items()):
        client = make.client(cast.main, last=f"Клиент{number}", phone=f"+7916000000{number}", email=f"c{number}@example.com",
                             manager=cast.olga, now=WEDNESDAY)
        rows[name] = complaint(client, now=WEDNESDAY - ago, operator="Север")
    bring_to(rows["ahead"], "told", irina, WEDNESDAY - timedelta(days=1))
    db.session.rollback()
    return rows


def events(row, verb):
    db.session.rollback()
    return list(db.session.scalars(select(ComplaintEvent).where(ComplaintEvent.complaint_id == row.id, ComplaintEvent.verb == verb)))


def state(row):
    db.session.rollback()
    return db.session.scalars(select(Complaint.state).where(Complaint.id == row.id)).one()


def card(person, row):
    return person.go(f"/complaints/{row.id}")


def say(page, text):
    page.fill("#reply-text", text)
    page.locator("#reply").get_by_role("button").click()


def found(page):
    page.wait_for_selector("tbody tr")
    return page.eval_on_selector_all("tbody tr", "rows => rows.map(row => [row.id, row.className])")


def test_the_list_begins_with_what_is_late_and_every_colour_has_a_picture_and_a_word(tab, cast, desk):
    irina = tab(cast.irina).go("/complaints")
    whole = found(irina.page)
    assert whole == [[f"complaint-{desk[name].id}", kind]
                     for name, kind in (("over", "is-over"), ("today", "is-today"), ("ahead", ""))]
    bare = irina.page.eval_on_selector_all(
        "tbody tr[class^=is-] .case__due .state",
        "states => states.filter(s => !s.querySelector('svg') || !s.innerText.trim()).length + 10 * states.length")
    assert bare == 20, "two coloured cells, neither without picture or word"
    irina.page.locator("details.more summary").first.click()
    irina.page.fill("#find", "Клиент1")
    irina.page.locator("main form[method=get] button").last.click()
    expect(irina.page.locator("tbody tr")).to_have_count(1)
    assert found(tab(cast.boris).go(irina.page.url.removeprefix(irina.site)).page) == found(irina.page)
    irina.page.go_back()
    expect(irina.page.locator("tbody tr")).to_have_count(3)
    assert found(irina.page) == whole


def test_a_step_a_colleague_did_meanwhile_is_not_done_again_and_what_was_typed_stays(tab, cast, desk):
    row = desk["ahead"]
    irina, boris = card(tab(cast.irina), row), card(tab(cast.boris), row)
    for person, words in ((irina, "Бойлер сломан."), (boris, "Горничная видела.")):
        person.page.fill("#step-3 [name=facts]", words)
        person.page.locator("#step-3 [name=justified][value=yes]").check()
        person.page.fill("#step-3 [name=solution]", "Вернуть деньги.")
    irina.page.locator("#step-3 button.btn--primary").click()
    expect(irina.page.locator("#step-4")).to_be_focused()
    boris.page.locator("#step-3 button.btn--primary").click()
    expect(boris.page.locator("#errors")).to_be_focused()
    for words in (cast.irina.name, "Выяснено, что произошло", "Горничная видела."):
        expect(boris.page.locator("#errors")).to_contain_text(words)
    assert len(events(row, "investigate")) == 1 and state(row) == "investigated"


def test_an_answer_stops_when_a_colleague_has_answered_and_leaves_when_it_is_sent_all_the_same(tab, cast, desk):
    row = desk["today"]
    irina = card(tab(cast.irina), row)
    reply(row.id, "Разбираемся", key="boris", actor=actor_of(cast.boris), now=WEDNESDAY)
    say(irina.page, "Уже звоним в отель")
    expect(irina.page.locator("#errors")).to_be_focused()
    expect(irina.page.locator("#errors")).to_contain_text(cast.boris.name)
    assert irina.page.input_value("#reply-text") == "Уже звоним в отель"
    irina.page.get_by_role("button", name="Отправить всё равно").click()
    expect(irina.page.locator(".case-talk__reply").last).to_be_focused()
    assert len(events(row, "said-reply")) == 2


def test_undo_is_at_the_step_after_a_reload_too_and_puts_counters_and_colour_back(tab, cast, desk):
    row = desk["over"]
    irina = card(tab(cast.irina), row)
    badge = irina.text("#count-complaints-index")
    irina.page.locator("#step-2 [name=procedure]").select_option(str(procedure().id))
    irina.page.fill("#step-2 [name=procedure_text]", "Разберёмся за пять дней.")
    requests = []
    irina.page.on("request", lambda asked: requests.append(asked.url) if asked.method == "POST" and "/here" not in asked.url else None)
    irina.page.locator("#step-2 button.btn--primary").dblclick()
    expect(irina.page.locator("#step-3")).to_be_focused()
    assert len(requests) == 1 and len(events(row, "tell")) == 1, "a second press in flight is dropped"
    under = irina.page.evaluate("document.activeElement.getBoundingClientRect().top - document.querySelector('.bar').getBoundingClientRect().bottom")
    assert under >= 0, "the name of the step that is next is not below the bar"
    irina.page.reload()
    irina.page.locator("#step-2").get_by_role("button", name="Вернуть").click()
    expect(irina.page.locator("#step-2")).to_be_focused()
    expect(irina.page.locator("#step-2")).to_have_class("is-over")
    assert irina.text("#count-complaints-index") == badge
    assert len(events(row, "back")) == 1 and state(row) == "received"


def test_a_refused_step_keeps_what_was_typed_and_focus_is_on_the_summary(tab, cast, desk):
    for scripts in (True, False):
        irina = card(tab(cast.irina, scripts=scripts), desk["ahead"])
        irina.page.fill("#step-3 [name=facts]", "Бойлер сломан.")
        irina.page.locator("#step-3 button.btn--primary").click()
        expect(irina.page.locator("#errors")).to_be_visible()
        if scripts:
            expect(irina.page.locator("#errors")).to_be_focused()
        assert irina.page.input_value("#step-3 [name=facts]") == "Бойлер сломан."
        assert irina.page.title().startswith("Ошибка:")


def test_everything_on_a_complaint_is_reached_by_tab_and_focus_is_seen_and_never_hidden(tab, cast, desk):
    irina = card(tab(cast.irina), desk["ahead"])
    seen = set()
    for _ in range(70):
        irina.page.keyboard.press("Tab")
        kind, fine = irina.page.evaluate("""() => {
            const el = document.activeElement, box = el.getBoundingClientRect(), look = getComputedStyle(el);
            const name = el.name || el.id || el.tagName;
            if (el === document.body || el.closest('.vh') || el.classList.contains('skip') || !box.width) return [name, true];
            const x = Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 1);
            const y = Math.min(Math.max(box.y + Math.min(box.height / 2, 40), 1), innerHeight - 1);
            const top = document.elementFromPoint(x, y);
            const shown = top && (el.contains(top) || top.contains(el) || top.closest('label'));
            return [name, Boolean(shown) && (look.outlineStyle !== 'none' || look.boxShadow !== 'none')];
        }""")
        assert fine, irina.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        seen.add(kind)
    assert {"facts", "justified", "solution", "text"} <= seen


@pytest.fixture
def pages(cast, desk):
    """Addresses of the desk's pages, by who opens them; one complaint is shared with everybody and has a claim."""
    irina, row = actor_of(cast.irina), desk["today"]
    bring_to(row, "analysed", irina, WEDNESDAY)
    step(row, "share", irina, WEDNESDAY, readers=[cast.boris.id])
    write_claim(row.id, "Север", "Прошу вернуть деньги", actor=irina, now=WEDNESDAY)
    db.session.rollback()
    cards = [f"/complaints/{one.id}" for one in desk.values()]
    return ["/complaints", *cards, f"/complaints/{row.id}/claim", f"/complaints/new?client={row.client_id}", "/complaints/analysis",
            "/lessons", "/admin/procedures", "/admin/procedures/1", "/admin/procedures/causes/1"]


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious_on_the_desk_of_complaints(tab, cast, pages, dark):
    boris, faults = tab(cast.boris, dark=dark), {}
    for url in pages:
        faults[url] = boris.go(url).axe()
    assert {url: said for url, said in faults.items() if said} == {}


def test_the_desk_fits_the_narrowest_phone_and_prints_on_a4_without_buttons(tab, cast, pages):
    boris = tab(cast.boris, width=320, height=640)
    assert {url: over for url in pages if (over := boris.go(url).sideways()) > 0} == {}
    paper = tab(cast.boris, width=794)
    paper.page.emulate_media(media="print")
    for url, words in ((pages[0], "Клиент1"), (pages[1], "+7 916"), (pages[4], "Прошу вернуть деньги"), (pages[6], "Север")):
        paper.go(url)
        assert paper.page.locator(".bar").is_hidden() and not paper.page.locator("main button:visible").count(), url
        assert words in paper.page.locator("main").inner_text() and paper.sideways() <= 0, url
