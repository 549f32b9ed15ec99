"""How sending is set: modes with their confirmation, the test e-mail, faults of the relay."""

from datetime import date, timedelta

import make
import pytest
from post.making import JOB, fresh, mode, write
from sqlalchemy import select

from webapp.db import db, transaction
from webapp.kit import clock
from webapp.post import actions
from webapp.post.actions.recording import provider_failed, provider_works
from webapp.post.models import Message
from webapp.post.sender import mail_sender
from webapp.staff.actions import change_settings
from webapp.staff.audit import actor_of
from webapp.staff.models import Setting, User

PAGE = "/admin/sending"


@pytest.fixture(autouse=True)
def _relay(use):
    use(MAIL_SERVER="127.0.0.1")


def test_without_a_mail_server_or_with_demo_data_nobody_goes_live(app, browse, cast, letter, use):
    row = letter(now=clock.now())
    use(MAIL_SERVER="")
    assert "не настроен" in browse(cast.anna).post(f"{PAGE}/mode", {"to": "live", "confirmed": "1"}).text
    use(MAIL_SERVER="127.0.0.1")
    with transaction() as session:
        session.add(Setting(key="demo", value={"offices": []}))
    answer = browse(cast.anna).post(f"{PAGE}/mode", {"to": "live", "confirmed": "1"})
    assert answer.status == 422 and "учебное агентство" in answer.text
    assert fresh(row).state == "held"


@pytest.mark.parametrize(("name", "status"), [("olga", 404), ("irina", 404), ("boris", 200), ("anna", 200)])
def test_only_director_and_admin_see_the_page(browse, cast, name, status):
    assert browse(getattr(cast, name)).get(PAGE).status == status


@pytest.mark.parametrize("name", ["olga", "irina", "boris"])
def test_only_the_admin_changes_anything(browse, cast, name):
    person = browse(getattr(cast, name))
    assert person.get(f"{PAGE}/mode?to=live").status == 404
    assert person.post(f"{PAGE}/mode", {"to": "live", "confirmed": "0"}).status == 404
    assert person.post(f"{PAGE}/test").status == 404


def test_the_confirmation_names_how_many_messages_will_leave(browse, cast, letter):
    now = clock.now()
    rows = [letter(now=now) for _ in range(2)]
    late = letter(now=now - timedelta(days=1), true_until=now - timedelta(hours=1))
    page = browse(cast.anna).get(f"{PAGE}/mode?to=live")
    assert "Уйдут 2 сообщения, которые ждут отправки." in page.text
    assert "1 сообщение опоздало" in page.text
    assert "Включить и отправить 2 сообщения" in page.text
    browse(cast.anna).follow(f"{PAGE}/mode", {"to": "live", "confirmed": "2"})
    assert [fresh(row).state for row in (*rows, late)] == ["queued", "queued", "missed"]


def test_when_the_number_has_grown_it_is_asked_again(browse, cast, letter):
    rows = [letter(now=clock.now()) for _ in range(3)]
    page = browse(cast.anna).post(f"{PAGE}/mode", {"to": "live", "confirmed": "2"})
    assert page.status == 409
    assert "Уйдут 3 сообщения" in page.text
    assert {fresh(row).state for row in rows} == {"held"}


def test_going_back_on_hold_stops_what_waits(browse, cast, letter, now):
    mode("live", now)
    row = letter()
    page = browse(cast.anna).follow(f"{PAGE}/mode", {"to": "held"})
    assert "Режим теперь: Пауза" in page.text
    assert fresh(row).state == "held"


@pytest.mark.parametrize("to", ["", "nonsense"])
def test_an_unknown_mode_is_not_there(browse, cast, to):
    assert browse(cast.anna).get(f"{PAGE}/mode?to={to}").status == 404
    assert browse(cast.anna).post(f"{PAGE}/mode", {"to": to}).status == 404


def test_a_test_letter_goes_to_the_admin_alone_even_on_hold(browse, cast, relay, letter, now):
    mode("held", now)
    waiting = letter()
    page = browse(cast.anna).follow(f"{PAGE}/test")
    assert "anna@example.org" in page.text
    row = db.session.scalars(select(Message).where(Message.klass == "test")).one()
    assert row.address == "anna@example.org"
    assert actions.deliver(now=clock.now())["sent"] == 1
    assert relay.receipts == {row.message_id: 1}
    assert fresh(waiting).state == "held"
    part = browse(cast.anna).get(PAGE, htmx=True)
    assert "отправлено" in part.text


def test_a_test_letter_is_worth_nothing_after_ten_minutes(browse, cast, relay):
    browse(cast.anna).follow(f"{PAGE}/test")
    assert actions.deliver(now=clock.now() + timedelta(minutes=11)) == {"missed": 1}
    assert not relay.took


def test_the_page_says_what_was_last_wrong_with_the_relay(browse, cast, now):
    provider_failed("smtp", now=clock.now() - timedelta(minutes=1), code="login", text="535 no")
    page = browse(cast.anna).get(PAGE)
    assert "Сервер не принял имя или пароль." in page.text
    assert "не отвечает" in page.text


def test_a_relay_silent_for_five_minutes_is_told_to_everybody(browse, cast, now):
    mode("live", now)
    provider_failed("smtp", now=clock.now() - timedelta(minutes=4), code="no-connection", text="")
    assert "Письма не уходят" not in browse(cast.olga).get("/outbox").text
    provider_works("smtp")
    provider_failed("smtp", now=clock.now() - timedelta(minutes=6), code="no-connection", text="")
    assert "Письма не уходят с" in browse(cast.olga).get("/outbox").text
    provider_works("smtp")
    assert "Письма не уходят" not in browse(cast.olga).get("/outbox").text


def test_an_address_that_asked_for_silence_is_written_only_as_a_hash(cast, person, now):
    mode("live", now)
    row = actions.suppress("Anna@Example.com ", channel="email", reason="stop", actor=JOB, now=now)
    assert "anna" not in row.address_hash
    assert write(cast.main, person, now=now).state == "cancelled"


def test_an_admin_without_an_office_sees_what_became_of_the_test_letter(browse, cast, now):
    with transaction() as session:
        session.get(User, cast.anna.id).offices = []
    page = browse(cast.anna).follow(f"{PAGE}/test")
    assert "ждёт отправки" in page.root.one(id="tests").text


def test_sms_that_only_become_files_are_told_before_and_after_going_live(browse, cast, now):
    assert "они будут считаться отправленными, но клиентам не придут" in browse(cast.anna).get(
        f"{PAGE}/mode?to=live").text
    warning = "SMS пока не уходят клиентам"
    assert warning not in browse(cast.boris).get(PAGE).text
    mode("live", now)
    assert browse(cast.boris).get(PAGE).text.count(warning) == 1


def test_staff_see_everywhere_that_sms_only_become_files(browse, cast, use, now):
    strip = "SMS пока не уходят клиентам"
    assert strip not in browse(cast.olga).get("/outbox").text
    mode("live", now)
    assert strip in browse(cast.olga).get("/outbox").text
    assert "Подключить провайдера" not in browse(cast.olga).get("/outbox").text
    assert "Подключить провайдера" in browse(cast.anna).get("/outbox").text
    use(SMS_PROVIDER="smsc", SMS_LOGIN="agency", SMS_PASSWORD="key")
    assert strip not in browse(cast.olga).get("/outbox").text


def test_an_sms_that_became_a_file_is_not_called_sent(browse, cast, person, now):
    mode("live", now)
    # By day: at night an SMS waits for the morning.
    by_day = clock.now().replace(hour=9)
    row = write(cast.main, person, now=by_day, channel="sms", html="", subject="")
    actions.deliver(now=by_day)
    text = browse(cast.olga).get("/outbox?show=sent").root.one(id=f"message-{row.id}").text
    assert "записано в файл" in text
    assert "отправлено" not in text


def test_going_live_with_nothing_waiting_counts_no_messages(browse, cast, use):
    use(MAIL_SERVER="localhost")
    page = browse(cast.anna).get(f"{PAGE}/mode?to=live")
    assert "Сейчас ничего не ждёт отправки" in page.text
    assert "0 сообщ" not in page.text
    assert "Включить отправку" in page.root.one("main").text


def test_on_hold_the_strip_leads_to_the_mail_server_first(browse, cast, use, now):
    mode("held", now)
    use(MAIL_SERVER="")
    with transaction() as session:
        session.merge(Setting(key="setup", value=dict.fromkeys(("agency", "signatures", "letters", "data"), "skipped")))
    assert "Настроить почтовый сервер" in browse(cast.anna).get("/outbox").text
    use(MAIL_SERVER="localhost")
    assert "Включить отправку" in browse(cast.anna).get("/outbox").text


def test_a_letter_nobody_signs_comes_from_the_agency(cast, now):
    change_settings({"agency_name": "Попутный ветер"}, actor=JOB, now=now)
    assert mail_sender("", cast.main).startswith("Попутный ветер <")


def test_the_log_names_the_letter_and_the_trip(browse, cast, person, now):
    trip = make.trip(person, purchase=date(2026, 11, 1), departure=date(2026, 12, 1), back=date(2026, 12, 8),
                     seller=cast.olga, now=now)
    row = write(cast.main, person, now=now)
    actions.cancel(row, actor=actor_of(cast.olga), now=now)
    actions.hold(reason="спор", group_key=f"occasion:{trip.occasion_id}", actor=actor_of(cast.boris), now=now)
    text = browse(cast.boris).get("/admin/log").text
    assert f"Отмена сообщения: {person.last_name} {person.first_name}, Спасибо, что выбрали нас" in text
    assert trip.destination in text
    assert "occasion:" not in text
    assert "occasion:" not in browse(cast.anna).get("/admin/log").text


def test_the_answer_to_a_test_letter_stands_beside_the_button(browse, cast):
    page = browse(cast.anna).follow(f"{PAGE}/test")
    assert "Проверочное письмо отправляется на anna@example.org." in page.root.one(id="tests").text
    assert page.text.count("Проверочное письмо отправляется") == 1
