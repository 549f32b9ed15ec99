"""Messages that wait while their letter changes, and a test to oneself."""

import re
from datetime import timedelta

import pytest
from desk.letter_make import edition, flying, form, mode, thanked, url
from sqlalchemy import select, update

from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.kit import clock
from webapp.letters.drafts import words_of
from webapp.post import queries
from webapp.post.models import Message
from webapp.staff.audit import job
from webapp.touches.actions.rewriting import rewrite_waiting

NEW = "Совсем новое приветствие, {{ клиент.имя }}!"


pytestmark = pytest.mark.usefixtures("stopped_clock")


def without_key(text):
    """The letter without its reader's own key."""
    return re.sub(r"/u/\w{22}\b", "/u/…", text)


def thanks(client):
    db.session.rollback()
    return db.session.scalars(select(Message).where(Message.client_id == client.id)).one()


def put(client, **values):
    with transaction() as session:
        session.execute(update(Message).where(Message.id == thanks(client).id).values(**values))
    db.session.rollback()


def greeting(text, **more):
    """The welcome letter with another greeting; placeholders stay unless `text` brings others."""
    kept = words_of(edition("thank_you").in_force).parts["greeting"]
    return form("thank_you", greeting=text + ("" if more.pop("alone", False) else f"\n\n{kept}"), **more)


def test_what_waits_is_written_anew_without_asking_when_placeholders_stay(anna, cast, now):
    sold = thanked(cast, now)
    old = thanks(sold.client)
    assert old.state == "held"
    page = anna.follow(url("thank_you", "/publication"), greeting("Очень рады."))
    assert "1 сообщение, которое ждало отправки, переписано" in page.text
    row = thanks(sold.client)
    assert "Очень рады." in row.text and "Очень рады." in row.html and row.message_id == old.message_id
    assert row.letter_version_id == edition("thank_you").in_force.id
    assert [event.code for event in queries.history(row.id)][-1] == "rewritten"
    assert "написан заново" in anna.get(f"/outbox/{row.id}").text


def test_with_other_placeholders_a_page_asks_first_and_says_how_many_wait(anna, cast, now):
    sold = thanked(cast, now)
    page = anna.follow(url("thank_you", "/publication"), greeting(NEW))
    assert "1 сообщение по этому письму уже написано и ждёт отправки" in page.text
    assert "client.first_name" in page.text and edition("thank_you").draft is not None
    assert "Совсем новое" not in thanks(sold.client).text
    page = anna.follow(url("thank_you", "/publication/answer"), {"seen": edition("thank_you").stamp, "waiting": "new"})
    assert "Опубликовано" in page.text and "1 сообщение, которое ждало отправки, переписано" in page.text
    assert "Совсем новое приветствие, Екатерина!" in thanks(sold.client).text


def test_those_that_wait_may_keep_their_text(anna, cast, now):
    sold = thanked(cast, now)
    before = thanks(sold.client)
    anna.follow(url("thank_you", "/publication"), greeting(NEW))
    anna.follow(url("thank_you", "/publication/answer"), {"seen": edition("thank_you").stamp, "waiting": "keep"})
    assert edition("thank_you").in_force.number == 2
    after = thanks(sold.client)
    assert (after.text, after.letter_version_id) == (before.text, before.letter_version_id)


def test_an_answer_to_an_old_question_publishes_nothing(anna, cast, now):
    thanked(cast, now)
    anna.follow(url("thank_you", "/publication"), greeting(NEW))
    page = anna.follow(url("thank_you", "/publication/answer"), {"seen": "1-1", "waiting": "new"})
    assert "Черновик за это время изменили" in page.text and edition("thank_you").in_force.number == 1


def test_nobody_is_asked_when_nothing_waits(anna, cast, now):
    flying(cast, now)
    assert "Опубликовано" in anna.follow(url("thank_you", "/publication"), greeting(NEW)).text


@pytest.mark.parametrize("values", [
    {"state": "sent"}, {"state": "claimed"}, {"state": "handed"}, {"state": "unknown"}, {"state": "cancelled"},
    {"state": "queued", "tries": 1}, {"state": "queued", "crashes": 1}, {"state": "queued", "returned": 1},
])
def test_what_a_mail_server_may_have_seen_keeps_its_words(anna, cast, now, values):
    sold = thanked(cast, now)
    put(sold.client, **values)
    before = thanks(sold.client).text
    page = anna.follow(url("thank_you", "/publication"), greeting("Очень рады."))
    assert "переписан" not in page.text and thanks(sold.client).text == before


def test_only_what_the_client_may_still_get_is_written_anew(anna, cast, now):
    sold = thanked(cast, now)
    before = thanks(sold.client).text
    with transaction():
        sold.client.write_nothing = True
    anna.follow(url("thank_you", "/publication"), greeting("Очень рады."))
    assert thanks(sold.client).text == before


def test_many_are_written_anew_batch_by_batch_and_twice_is_the_same_as_once(app, cast, now, monkeypatch, anna):
    from webapp.touches.actions import rewriting
    monkeypatch.setattr(rewriting, "BATCH", 2)
    clients = [thanked(cast, now, first=name, email=f"{n}@example.com", phone=f"+7916000009{n}").client
               for n, name in enumerate(("Анна", "Вера", "Инна", "Нина", "Зоя"))]
    old = edition("thank_you").in_force.id
    anna.follow(url("thank_you", "/publication"), greeting("Очень рады."))
    assert all("Очень рады." in thanks(client).text for client in clients)
    assert "Анна, здравствуйте" in thanks(clients[0]).text and "Зоя, здравствуйте" in thanks(clients[4]).text
    assert rewrite_waiting([old], actor=job("test"), now=now) == 0


def test_a_return_to_an_older_text_reaches_those_that_wait_too(anna, cast, now):
    sold = thanked(cast, now)
    before, old = thanks(sold.client).text, edition("thank_you").in_force
    anna.follow(url("thank_you", "/publication"), greeting("Очень рады."))
    anna.follow(url("thank_you", f"/versions/{old.id}/restoration"))
    assert without_key(thanks(sold.client).text) == without_key(before), "but for the link, which is made anew"


def own_tests():
    db.session.rollback()
    return list(db.session.scalars(select(Message).where(Message.klass == "test").order_by(Message.id)))


def test_a_test_goes_to_whoever_presses_and_to_nobody_else_and_its_links_lead_nowhere(anna, cast, now):
    sold = flying(cast, now)
    body = "{{ клиент.приветствие }} [Сайт](https://a.example/x) и https://b.example/y {{ менеджер.почта }}"
    page = anna.follow(url("packing", "/test"), form("packing", body=body, subject="Тема", client=str(sold.client.id)))
    assert "Пробное письмо отправлено на anna@example.org" in page.text
    (row,) = own_tests()
    assert (row.address, row.subject, row.client_id) == ("anna@example.org", "[Проверка] Тема", None)
    assert "Екатерина, здравствуйте!" in row.text and "Екатерина, здравствуйте!" in row.html
    assert "href" not in row.html and not re.search(r"(https?|mailto|tel):", row.text)
    assert not db.session.scalars(select(Message).where(Message.klass != "test")).all()


def test_a_test_keeps_what_was_typed_as_a_draft(anna, cast, now):
    anna.follow(url("packing", "/test"), form("packing", body="Проба"))
    assert edition("packing").draft.body == "Проба"


def test_two_tests_in_one_minute_are_two_letters(anna, cast, now, monkeypatch):
    anna.follow(url("packing", "/test"), form("packing", body="Раз"))
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=5))
    anna.follow(url("packing", "/test"), form("packing", body="Два"))
    assert [row.text.split()[0] for row in own_tests()] == ["Раз", "Два"]


def test_a_test_leaves_even_while_sending_is_on_hold_and_clients_wait(anna, cast, now):
    sold = thanked(cast, now)
    anna.follow(url("packing", "/test"), form("packing", body="Проба"))
    tick(now=now + timedelta(minutes=1))
    db.session.rollback()
    assert thanks(sold.client).state == "held" and own_tests()[0].state != "held"


def test_an_sms_is_tested_by_e_mail(anna, cast, now):
    anna.follow(url("bon_voyage", "/test"), form("bon_voyage"))
    (row,) = own_tests()
    assert (row.channel, row.subject) == ("email", "[Проверка] SMS: Счастливого пути") and "Счастливого пути" in row.text


def test_a_text_that_cannot_be_filled_in_is_not_tested(anna, cast, now):
    page = anna.post(url("packing", "/test"), form("packing", body="{{ клиент.имя"))
    assert page.status == 422 and "скобки не закрыты" in page.root.one(id="errors").text and not own_tests()


def test_in_trial_mode_the_test_is_in_the_outbox(anna, cast, now):
    mode("trial")
    assert "в пробном режиме оно не уходит" in anna.follow(url("packing", "/test"), form("packing", body="Проба")).text
