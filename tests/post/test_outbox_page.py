"""The outbox page: who sees what, filters, reasons, decisions, the letter in its frame."""

from datetime import date, timedelta

import make
import pytest
from post.making import JOB, fresh, write
from sqlalchemy import select, update

from webapp.db import db, transaction
from webapp.kit import clock
from webapp.post import actions
from webapp.post.models import Message

HOUR = timedelta(hours=1)


@pytest.fixture
def put(cast, person):
    """`put("failed", last_code=…)` writes a message that is in this state."""
    def do(state="queued", *, office=cast.main, client=person, **values):
        row = write(office, client, now=clock.now() - HOUR, **values.pop("words", {}))
        defaults = {"ended_at": clock.now() - HOUR, "handed_at": clock.now() - HOUR}
        with transaction() as session:
            session.execute(update(Message).where(Message.id == row.id).values(state=state, **defaults | values))
        return fresh(row)
    return do


def buttons(page, row):
    return [button.text for button in page.root.one(id=f"message-{row.id}").all("button")]


def test_the_page_shows_only_messages_of_the_own_offices(browse, cast, put, now):
    east = make.client(cast.east, last="Ли", middle_name="", email="li@example.com", now=now)
    ours, theirs = put(), put(office=cast.east, client=east)
    for user, sees in ((cast.olga, [ours]), (cast.vera, [theirs]), (cast.nikolai, [ours, theirs])):
        page = browse(user).get("/outbox")
        for row in (ours, theirs):
            assert len(page.root.all(id=f"message-{row.id}")) == (row in sees)
            assert browse(user).get(f"/outbox/{row.id}").status == (200 if row in sees else 404)


@pytest.mark.parametrize("path", ["", "/letter"])
def test_another_office_s_message_is_not_there(browse, cast, put, path):
    assert browse(cast.vera).get(f"/outbox/{put().id}{path}").status == 404


@pytest.mark.parametrize("action", ["retry", "cancellation", "decision"])
def test_nobody_acts_on_another_office_s_message(browse, cast, put, action):
    row = put("unknown")
    assert browse(cast.vera).post(f"/outbox/{row.id}/{action}", {"decision": "count_as_sent"}).status == 404
    assert fresh(row).state == "unknown"


def test_a_stranger_is_asked_to_sign_in(browse, put):
    assert "/login" in browse().get("/outbox").location
    assert "/login" in browse().post(f"/outbox/{put('failed').id}/retry").location


@pytest.mark.parametrize(("show", "states"), [
    ("waiting", ["queued", "claimed", "handed"]), ("held", ["held"]), ("sent", ["sent", "delivered", "complained"]),
    ("failed", ["failed", "missed", "bounced", "dead"]), ("unknown", ["unknown"]), ("cancelled", ["cancelled"]),
])
def test_each_filter_shows_its_states(browse, cast, put, show, states):
    rows = {state: put(state) for state in
            ("queued", "claimed", "handed", "held", "sent", "delivered", "complained", "failed", "missed", "bounced",
             "dead", "unknown", "cancelled")}
    page = browse(cast.olga).get(f"/outbox?show={show}")
    shown = page.root.one(id="outbox")
    assert [state for state, row in rows.items() if shown.all(id=f"message-{row.id}")] == states


def test_an_empty_queue_says_so(browse, cast):
    assert "Очередь пуста" in browse(cast.olga).get("/outbox").text


def test_fifty_are_shown_and_then_more(browse, cast, put):
    for _ in range(52):
        put()
    page = browse(cast.olga).get("/outbox")
    assert len(page.root.one(id="messages").all("tr")) == 51
    more = page.root.one(id="more").attrs
    assert more["href"] == more["hx-get"]
    part = browse(cast.olga).get(more["hx-get"], htmx=True)
    assert not part.is_full
    assert len(part.root.one(id="messages").all("tr")) == 53
    assert not part.root.all(id="more")


def test_a_failure_says_what_happened_and_what_to_do(browse, cast, put):
    put("failed", last_code="no-mailbox", last_text="550 5.1.1 User unknown")
    text = browse(cast.olga).get("/outbox?show=failed").text
    assert "Письмо не ушло: почта клиента отвечает «ящик не найден». Позвоните или исправьте адрес." in text


def test_of_an_sms_no_letter_is_spoken(browse, cast, put):
    row = put("unknown", words={"channel": "sms", "html": "", "subject": ""}, last_code="no-answer")
    shown = browse(cast.olga).get("/outbox").root.one(id=f"message-{row.id}").text
    assert "SMS передано, но ответ потерялся" in shown
    assert "+7 916 000-00-01" in shown
    assert "исьмо" not in shown


def test_an_answer_nobody_foresaw_is_quoted(browse, cast, put):
    put("failed", last_code="sms-strange", last_text="код 77")
    assert "Ответ был такой: «код 77»" in browse(cast.olga).get("/outbox?show=failed").text


def test_trying_again_makes_a_new_message_once(browse, cast, put):
    row = put("failed", last_code="no-mailbox")
    page = browse(cast.olga).follow(f"/outbox/{row.id}/retry", {"back": "/outbox?show=failed"})
    assert "Сейчас попробуем ещё раз" in page.text
    browse(cast.olga).post(f"/outbox/{row.id}/retry")
    again = db.session.scalars(select(Message).where(Message.resend_of == row.id)).all()
    assert len(again) == 1
    assert (again[0].source, again[0].text) == (row.source, row.text)
    assert buttons(browse(cast.olga).get("/outbox?show=failed"), row) == []


def test_htmx_gets_the_row_alone(browse, cast, put):
    row = put("failed")
    part = browse(cast.olga).post(f"/outbox/{row.id}/retry", htmx=True)
    assert (part.status, part.is_full) == (200, False)
    assert part.root.one("tr").attrs["id"] == f"message-{row.id}"
    assert "Сейчас попробуем ещё раз" in part.text


def test_what_is_no_longer_true_cannot_be_tried_again(browse, cast, put):
    row = put("failed", true_until=clock.now() - timedelta(minutes=1))
    assert buttons(browse(cast.olga).get("/outbox?show=failed"), row) == []
    part = browse(cast.olga).post(f"/outbox/{row.id}/retry", htmx=True)
    assert part.status == 409
    assert "уже неправда" in part.text


def test_a_waiting_message_can_be_cancelled(browse, cast, put):
    row = put()
    page = browse(cast.irina).follow(f"/outbox/{row.id}/cancellation")
    assert "Сообщение не уйдёт" in page.text
    assert (fresh(row).state, fresh(row).last_code) == ("cancelled", "person")
    part = browse(cast.irina).post(f"/outbox/{row.id}/cancellation", htmx=True)
    assert part.status == 409


def test_unknown_messages_stand_in_the_tray_until_somebody_decides(browse, cast, put):
    row = put("unknown", last_code="no-answer")
    page = browse(cast.olga).get("/outbox")
    assert page.root.one(id="tray").all(id=f"message-{row.id}")
    assert buttons(page, row) == ["Дошло", "Отправить заново"]
    page = browse(cast.olga).follow(f"/outbox/{row.id}/decision", {"decision": "count_as_sent"})
    assert not page.root.all(id="tray")
    assert buttons(page, row) == ["Вернуть"]
    assert (fresh(row).state, fresh(row).decided_by) == ("sent", "Ольга Соколова")


def test_the_number_of_the_tab_goes_with_the_decision(browse, cast, put):
    row = put("unknown")
    put("unknown")
    olga = browse(cast.olga)
    part = olga.post(f"/outbox/{row.id}/decision", {"decision": "count_as_sent", "back": "/outbox"}, htmx=True)
    assert "Неизвестно 1" in " ".join(part.root.one(id="outbox-filters").text.split())
    assert "Очередь пуста" not in olga.get("/outbox").text


def test_within_ten_minutes_an_unknown_message_cannot_be_sent_again(browse, cast, put):
    row = put("unknown", handed_at=clock.now() - timedelta(minutes=9))
    assert buttons(browse(cast.olga).get("/outbox"), row) == ["Дошло"]
    part = browse(cast.olga).post(f"/outbox/{row.id}/decision", {"decision": "send_again"}, htmx=True)
    assert part.status == 409
    assert "Ответ ещё может прийти" in part.text
    assert not db.session.scalars(select(Message).where(Message.resend_of == row.id)).all()


def test_sending_again_leaves_the_old_row_and_makes_a_new_one(browse, cast, put):
    row = put("unknown")
    browse(cast.olga).follow(f"/outbox/{row.id}/decision", {"decision": "send_again"})
    new = db.session.scalars(select(Message).where(Message.resend_of == row.id)).one()
    assert (fresh(row).state, fresh(row).decided_by) == ("unknown", "Ольга Соколова")
    assert new.message_id != row.message_id
    assert browse(cast.olga).post(f"/outbox/{row.id}/decision", {"decision": "send_again"}, htmx=True).status == 409


def test_a_decision_is_taken_back_where_it_was_made(browse, cast, put):
    row = put("unknown")
    olga = browse(cast.olga)
    page = olga.follow(f"/outbox/{row.id}/decision", {"decision": "count_as_sent", "back": "/outbox?show=failed"})
    form = page.root.one(id="done").one("form").attrs["action"]
    page = olga.follow(form, {"back": "/outbox?show=failed&done=1"})
    assert "снова ждёт решения" in page.text
    assert buttons(page, row) == ["Дошло", "Отправить заново"]
    assert page.root.one(id="tray").all(id=f"message-{row.id}")
    part = olga.post(f"/outbox/{row.id}/decision", {"decision": "send_again"}, htmx=True)
    assert [button.text for button in part.root.all("button")] == ["Не отправлять заново"]
    part = olga.post(f"/outbox/{row.id}/decision/undo", htmx=True)
    assert [button.text for button in part.root.all("button")] == ["Дошло", "Отправить заново"]
    assert olga.post(f"/outbox/{row.id}/decision/undo", htmx=True).status == 409


def test_past_its_time_it_can_be_closed_as_not_arrived(browse, cast, put):
    row = put("unknown", true_until=clock.now() - timedelta(minutes=1))
    olga = browse(cast.olga)
    assert buttons(olga.get("/outbox"), row) == ["Дошло", "Не дошло, закрыть"]
    page = olga.follow(f"/outbox/{row.id}/decision", {"decision": "count_as_failed"})
    assert buttons(page, row) == ["Вернуть"]
    assert "Известно, что не дошло. Позвоните" in page.root.one(id=f"message-{row.id}").text
    assert not page.root.all(id="tray")
    page = olga.follow(f"/outbox/{row.id}/decision/undo")
    assert page.root.one(id="tray").all(id=f"message-{row.id}")


def test_later_the_decision_stands(browse, cast, put):
    row = put("sent", decided_at=clock.now() - timedelta(minutes=16), decided_by="Ольга")
    assert buttons(browse(cast.olga).get("/outbox?show=sent"), row) == []
    assert browse(cast.olga).post(f"/outbox/{row.id}/decision/undo", htmx=True).status == 409


def test_why_something_cannot_be_sent_again_is_said(browse, cast, put):
    for state in ("unknown", "failed"):
        row = put(state, true_until=clock.now() - timedelta(minutes=1))
        text = browse(cast.olga).get(f"/outbox?show={state}").root.one(id=f"message-{row.id}").text
        assert "Заново отправить нельзя: текст был верен только до" in text


def test_a_message_leads_to_its_client_and_trip_those_who_may_open_them(browse, cast, put, person, now):
    trip = make.trip(person, purchase=date(2026, 11, 1), departure=date(2026, 12, 1), back=date(2026, 12, 8),
                     seller=cast.olga, now=now)
    row = put("failed", words={"group_key": f"occasion:{trip.occasion_id}"})

    def links(user):
        found = browse(user).get("/outbox?show=failed").root.one(id=f"message-{row.id}").one("th").all("a")
        return [link.attrs["href"] for link in found]
    assert links(cast.olga) == [f"/clients/{person.id}", f"/trips/{trip.id}"]
    assert links(cast.anna) == []


def test_a_decision_that_does_not_exist_is_refused(browse, cast, put):
    assert browse(cast.olga).post(f"/outbox/{put('unknown').id}/decision", {"decision": "burn"}).status == 400


def test_a_message_page_shows_text_look_and_history(browse, cast, put):
    row = put("failed", last_code="spam", last_text="554 spam")
    page = browse(cast.olga).get(f"/outbox/{row.id}")
    assert page.h1 == row.subject
    frame = page.root.one("iframe").attrs
    assert frame["src"] == f"/outbox/{row.id}/letter"
    assert frame["sandbox"] == ""
    assert row.text in page.text
    assert len(page.root.one(class_="log").all("li")) >= 1


def test_the_letter_comes_alone_with_a_policy_of_its_own(browse, cast, put):
    row = put(words={"html": "<p>Привет</p><script>alert(1)</script>"})
    answer = browse(cast.olga).http.get(f"/outbox/{row.id}/letter")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Привет" in answer.get_data(as_text=True)


def test_an_sms_has_no_letter_frame(browse, cast, put):
    row = put(words={"channel": "sms", "html": "", "subject": ""})
    page = browse(cast.olga).get(f"/outbox/{row.id}")
    assert page.h1 == "SMS на +7 916 000-00-01"
    assert "director@agency.example" not in page.text
    assert not page.root.all("iframe")
    assert browse(cast.olga).get(f"/outbox/{row.id}/letter").status == 404


@pytest.mark.parametrize("query", ["?show=nonsense", "?n=-5", "?n=x&client=y", "?client=999999"])
def test_odd_addresses_of_the_page_are_answered_all_the_same(browse, cast, put, query):
    put()
    assert browse(cast.olga).get(f"/outbox{query}").status == 200


def test_the_outbox_of_one_client(browse, cast, put, now):
    other = make.client(cast.main, last="Петров", middle_name="", email="p@example.com", now=now)
    mine, his = put(), put(client=other)
    page = browse(cast.olga).get(f"/outbox?client={other.id}")
    assert page.root.all(id=f"message-{his.id}")
    assert not page.root.all(id=f"message-{mine.id}")


@pytest.mark.parametrize("mode", ["held", "trial", "live"])
def test_a_banner_tells_the_mode_unless_live(browse, cast, mode, now):
    actions.set_mode(mode, actor=JOB, now=now)
    text = browse(cast.olga).get("/outbox").text
    assert ("Отправка на паузе" in text) == (mode == "held")
    assert ("Пробный режим" in text) == (mode == "trial")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_state_can_be_shown_in_both_languages(browse, cast, put, language):
    rows = [put(state) for state in ("queued", "held", "sent", "failed", "missed", "unknown", "cancelled", "dead")]
    with transaction() as session:
        session.get(type(cast.olga), cast.olga.id).language = language
    for show in ("waiting", "held", "sent", "failed", "unknown", "cancelled"):
        assert browse(cast.olga).get(f"/outbox?show={show}").status == 200
    for row in rows:
        assert browse(cast.olga).get(f"/outbox/{row.id}").status == 200
