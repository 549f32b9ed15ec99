"""The mail server is set in a form, tried out against a real server with login and TLS, and used by the worker."""

import json
import smtplib
import socket
import stat
from pathlib import Path
from threading import Event

import pytest
from post.making import fresh, mode
from post.relay import LOGIN, PASSWORD, TLS, black_hole, endless, free_port, guarded, running
from sqlalchemy import select

from webapp.db import db
from webapp.kit import clock
from webapp.post import actions
from webapp.post.actions.recording import provider_failed
from webapp.post.channels import smtp_check
from webapp.post.channels.smtp_session import Answers, Session
from webapp.post.models import Message, Provider
from webapp.post.relay import kept_relay
from webapp.post.relay_rules import PRESETS, Way, is_local
from webapp.staff.models import AuditEntry

PAGE = "/admin/sending/mail"
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")


@pytest.fixture(autouse=True)
def kept(app):
    """The file of the instance, gone before and after each test."""
    path = Path(app.instance_path) / "mail.json"
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


@pytest.fixture
def trusted(monkeypatch):
    """The authority of the test certificate is one this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "authority.pem"))


@pytest.fixture
def anna(browse, cast):
    return browse(cast.anna)


def filled(port, **changes):
    return {"preset": "other", "server": "localhost", "port": str(port), "encryption": "tls", "login": LOGIN,
            "password": PASSWORD, **changes}


def letters_to_oneself():
    return db.session.scalars(select(Message).where(Message.klass == "test")).all()


@pytest.mark.parametrize("encryption", ["tls", "starttls"])
def test_settings_that_work_are_saved_and_a_letter_to_oneself_leaves(anna, trusted, app, encryption):
    with guarded(encryption) as relay:
        page = anna.follow(PAGE, filled(relay.port, encryption=encryption, sender_name="Сто дорог"))
        assert "Вход удался, настройки сохранены. Проверочное письмо отправляется на anna@example.org." in page.text
        assert actions.deliver(now=clock.now())["sent"] == 1
        assert relay.took[0]["To"] == "anna@example.org"
        assert LOGIN in relay.took[0]["From"]
    assert "отправлено" in anna.get(PAGE).root.one(id="tests").text


def test_a_provider_chosen_by_name_that_cannot_be_found_is_no_typing_mistake(anna, monkeypatch):
    monkeypatch.setitem(PRESETS, "yandex", Way("smtp.nowhere.invalid", 465, "tls"))
    page = anna.post(PAGE, filled("", preset="yandex"))
    assert "Не удалось связаться с «smtp.nowhere.invalid». Есть ли на этом компьютере интернет?" in page.text


def test_the_worker_uses_what_was_changed_without_a_restart(anna, trusted, letter, now):
    mode("live", now)
    row = letter()
    with guarded("tls") as first:
        anna.follow(PAGE, filled(first.port, then="save"))
        assert actions.deliver(now=now)["sent"] == 1
    another = letter()
    with guarded("starttls") as second:
        anna.follow(PAGE, filled(second.port, encryption="starttls", then="save"))
        assert actions.deliver(now=now)["sent"] == 1
        assert second.receipts == {another.message_id: 1}
    assert fresh(row).state == "sent"


def refused(anna, **form):
    """The page after a check that failed: nothing was saved, no letter written, all was kept but the password."""
    page = anna.post(PAGE, form)
    assert page.status == 422
    assert not letters_to_oneself()
    assert PASSWORD not in page.html
    assert form["password"] not in page.html
    assert page.root.one(id="login").attrs["value"] == form["login"]
    assert page.root.one(id="server").attrs["value"] == form["server"]
    return page.root.one(id="errors").text


def test_a_wrong_password_is_told_in_plain_words(anna, trusted, kept):
    with guarded("tls") as relay:
        page = anna.post(PAGE, filled(relay.port, password="not-this-one"))
        said = refused(anna, **filled(relay.port, password="not-this-one"))
    assert "Нужен пароль приложения" in said
    assert "Ответ сервера: 535" in page.text
    assert not kept.exists()


def test_a_closed_port_is_told_with_its_number(anna, kept):
    port = free_port()
    assert f"«localhost» не отвечает на порту {port}." in refused(anna, **filled(port))
    assert not kept.exists()


def test_a_server_that_does_not_exist_is_told(anna):
    assert "Сервера «smtp.nowhere.invalid» нет" in refused(anna, **filled(465, server="smtp.nowhere.invalid"))


def test_a_certificate_nobody_vouches_for_stops_before_the_password(anna, kept):
    with guarded("tls") as relay:
        said = refused(anna, **filled(relay.port))
        assert "Сертификат «localhost» недействителен, поэтому пароль не отправлен." in said
    assert not relay.connections
    assert not kept.exists()


def test_a_certificate_of_another_name_is_not_taken_either(anna, trusted):
    with guarded("tls") as relay:
        assert "недействителен" in refused(anna, **filled(relay.port, server="127.0.0.1"))


def test_the_other_encryption_at_this_port_is_told(anna, trusted):
    with guarded("starttls") as relay:
        assert f"На порту {relay.port} у сервера другое шифрование" in refused(anna, **filled(relay.port))


def test_a_server_without_starttls_gets_no_password(anna):
    with running() as relay:
        said = refused(anna, **filled(relay.port, encryption="starttls"))
    assert "не предлагает STARTTLS" in said


def test_a_refused_sender_is_told_beside_its_field(anna, trusted):
    with guarded("tls") as relay:
        relay.rcpt = ["553 5.7.1 Sender address rejected: not owned by auth user."]
        page = anna.post(PAGE, filled(relay.port, sender="director@other.ru"))
    assert "писать от имени director@other.ru сервер не разрешает" in page.root.one(id="sender-error").text
    assert "not owned by auth user" in page.text


def test_after_a_refused_letter_the_next_one_leaves_at_once(anna, trusted, monkeypatch):
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at)
    with guarded("tls") as relay:
        relay.data = ["554 5.7.1 Message rejected"]
        for expected in ("failed", "sent"):
            anna.follow(PAGE, filled(relay.port))
            anna.follow(PAGE, filled(relay.port))
            assert actions.deliver(now=at)[expected] == 1
    assert len(letters_to_oneself()) == 2


def test_a_server_that_says_nothing_does_not_hold_the_page(anna, monkeypatch):
    monkeypatch.setattr(smtp_check, "PATIENCE", 0.3)
    with black_hole() as port:
        assert "«localhost» не ответил вовремя" in refused(anna, **filled(port, encryption="starttls"))


def test_a_name_that_is_looked_up_for_ever_does_not_hold_the_page(anna, monkeypatch):
    over = Event()
    monkeypatch.setattr(smtp_check, "PATIENCE", 0.1)
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_more: over.wait(20) and [])
    try:
        assert "«smtp.slow.ru» не ответил вовремя" in refused(anna, **filled(465, server="smtp.slow.ru"))
    finally:
        over.set()


def test_nothing_of_the_database_is_held_while_the_network_is_asked(anna, monkeypatch):
    seen = []
    monkeypatch.setattr("webapp.post.mail_views.try_out",
                        lambda *_: seen.append(db.session.registry().in_transaction()))
    anna.follow(PAGE, filled(465))
    assert seen == [False]


def test_the_password_is_kept_apart_from_the_database_and_shown_to_nobody(anna, kept, app):
    anna.follow(PAGE, filled(465, then="save"))
    assert json.loads(kept.read_text("utf-8"))["password"] == PASSWORD
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert PASSWORD not in anna.get(PAGE).html
    assert PASSWORD not in repr(kept_relay(app.extensions["snova.settings"]))
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "sending")).all()
    assert [entry.verb for entry in entries] == ["relay-password"]
    assert entries[0].facts["mail_server"] == ["", "localhost:465"]
    assert PASSWORD not in json.dumps(entries[0].facts)
    assert "Изменены почтовый сервер и пароль к нему" in anna.get("/admin/log").text


def test_an_empty_password_keeps_the_one_that_is_there(anna, kept):
    anna.follow(PAGE, filled(465, then="save"))
    anna.follow(PAGE, filled(465, then="save", password="", sender="office@agency.ru"))
    assert json.loads(kept.read_text("utf-8"))["password"] == PASSWORD
    verbs = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.subject == "sending")).all()
    assert verbs == ["relay-password", "relay"]


@pytest.mark.parametrize("change", [{"server": "127.0.0.1"}, {"port": "466"}, {"login": "other@agency.ru"},
                                    {"encryption": "none"}])
def test_the_kept_password_is_given_to_no_other_server(anna, kept, change):
    anna.follow(PAGE, filled(465, then="save"))
    page = anna.post(PAGE, {**filled(465, password="", then="save"), **change})
    assert page.status == 422
    assert "Введите пароль: сервер или логин теперь другие." in page.root.one(id="password-error").text
    assert json.loads(kept.read_text("utf-8"))["port"] == 465


@pytest.mark.parametrize(("preset", "way"), [("yandex", ("smtp.yandex.ru", 465, "tls")),
                                             ("mailru", ("smtp.mail.ru", 465, "tls")),
                                             ("gmail", ("smtp.gmail.com", 587, "starttls"))])
def test_a_known_provider_needs_only_address_and_password(anna, kept, app, preset, way):
    anna.follow(PAGE, {"preset": preset, "login": LOGIN, "password": "abcd efgh ijkl mnop", "then": "save",
                       "server": "typed.before.ru", "encryption": "none", "port": "x"})
    relay = kept_relay(app.extensions["snova.settings"])
    assert (relay.server, relay.port, relay.encryption) == way
    assert relay.password == PASSWORD
    assert anna.get(PAGE).root.one(value=preset).attrs.get("checked") is not None


@pytest.mark.parametrize(("changes", "where", "said"), [
    ({"preset": ""}, "preset", "Выберите, где ваш почтовый ящик."),
    ({"server": ""}, "server", "Напишите имя сервера."),
    ({"server": "https://smtp.agency.ru/"}, "server", "только имя сервера"),
    ({"port": "99999"}, "port", "Порт – это число"),
    ({"server": "smtp.agency.ru", "encryption": "none"}, "encryption", "Через интернет нельзя"),
    ({"password": "пароль"}, "password", "Проверьте раскладку"),
    ({"password": ""}, "password", "Введите пароль приложения."),
    ({"preset": "yandex", "login": "director"}, "login", "адрес целиком"),
    ({"sender": "director"}, "sender", "адрес целиком"),
    ({"login": "x" * 255}, "login", "254"),
    ({"password": "x" * 501}, "password", "500"),
    ({"sender_name": "x" * 101}, "sender_name", "100"),
])
def test_what_is_filled_in_wrongly_is_said_beside_it(anna, kept, changes, where, said):
    page = anna.post(PAGE, {**filled(465), **changes})
    assert page.status == 422
    assert said in page.root.one(id=f"{where}-error").text
    assert not kept.exists()


@pytest.mark.parametrize(("server", "local"), [
    ("localhost", True), ("127.0.0.1", True), ("192.168.1.5", True), ("[::1]", True), ("8.8.8.8", False),
    ("smtp.agency.ru", False), ("", False)])
def test_only_the_own_network_may_go_without_encryption(server, local):
    assert is_local(server) == local


def test_what_the_operator_has_set_counts_and_the_page_says_so(anna, kept, use):
    anna.follow(PAGE, filled(465, then="save"))
    with running() as relay:
        use(MAIL_SERVER="127.0.0.1", MAIL_PORT=relay.port, MAIL_DEFAULT_SENDER="post@agency.ru")
        page = anna.get(PAGE)
        assert f"127.0.0.1:{relay.port}" in page.text
        assert "в переменных среды" in page.text
        assert not page.root.all(id="password")
        assert "Вход удался." in anna.follow(PAGE).text
        assert actions.deliver(now=clock.now())["sent"] == 1
        assert "post@agency.ru" in relay.took[0]["From"]
    assert json.loads(kept.read_text("utf-8"))["server"] == "localhost"


def test_a_fault_of_the_operator_s_server_is_told_too(anna, use):
    use(MAIL_SERVER="127.0.0.1", MAIL_PORT=free_port())
    page = anna.post(PAGE)
    assert page.status == 422
    assert "не отвечает на порту" in page.text


@pytest.mark.parametrize("name", ["olga", "irina"])
def test_others_do_not_see_the_page(browse, cast, name):
    assert browse(getattr(cast, name)).get(PAGE).status == 404
    assert browse(getattr(cast, name)).post(PAGE, filled(465)).status == 404


def test_a_director_reads_and_changes_nothing(anna, browse, cast, kept):
    anna.follow(PAGE, filled(465, then="save"))
    boris = browse(cast.boris)
    page = boris.get(PAGE)
    assert "localhost:465" in page.text
    assert not page.root.one("main").all("form")
    assert boris.post(PAGE, filled(466, then="save")).status == 404
    assert json.loads(kept.read_text("utf-8"))["port"] == 465


def test_in_trial_mode_the_login_is_tried_but_no_letter_leaves(anna, trusted, app, now):
    mode("trial", now)
    with guarded("tls") as relay:
        page = anna.follow(PAGE, filled(relay.port))
        assert "Пробный режим: проверочное письмо записано в исходящие" in page.text
        actions.deliver(now=clock.now())
        assert not relay.took
        assert not relay.seen


def test_a_new_server_is_tried_at_once_whatever_was_wrong_with_the_old_one(anna, now):
    provider_failed("smtp", now=now, code="login", text="535 no")
    anna.follow(PAGE, filled(465, then="save"))
    row = db.session.get(Provider, "smtp")
    assert (row.failing_since, row.probe_at, row.last_error) == (None, None, "")


def test_going_live_needs_a_server_and_one_from_the_form_will_do(anna, letter):
    letter(now=clock.now())
    page = anna.post("/admin/sending/mode", {"to": "live", "confirmed": "1"})
    assert page.status == 422
    assert page.root.all("a", href=PAGE)
    anna.follow(PAGE, filled(465, then="save"))
    assert anna.post("/admin/sending/mode", {"to": "live", "confirmed": "1"}).status == 303


@pytest.mark.parametrize("damage", [
    "", "{", "[]", '{"server": 1}', '{"preset":"other","server":"127.0.0.1","port":"abc","encryption":"none"}',
    '{"preset":1,"server":null,"port":"x","encryption":7}', '{"preset":"other","server":"a","port":true,"encryption":"tls"}'])
def test_a_damaged_file_stops_neither_page_nor_worker(anna, kept, letter, now, damage):
    kept.write_text(damage, "utf-8")
    mode("live", now)
    row = letter()
    assert actions.deliver(now=now).get("sent", 0) == 0
    assert fresh(row).state == "queued"
    assert anna.get(PAGE).status == 200
    assert anna.post(PAGE, filled(465, then="save")).status == 303, "the form mends it"


@pytest.mark.parametrize("drops", [b"220-" + b"x" * 60 + b"\r\n", b"x" * 4096])
def test_an_answer_without_an_end_is_given_up_and_nothing_reads_on(drops):
    with endless(drops) as port:
        smtp = Session(local_hostname="localhost", timeout=30)
        with pytest.raises((OSError, smtplib.SMTPException)):
            smtp.connect("127.0.0.1", port)
        smtp.close()


def test_an_answer_that_drips_has_the_time_of_one_answer_not_of_one_byte():
    ours, theirs = socket.socketpair()
    ours.settimeout(0.5)
    theirs.sendall(b"2")
    answers = Answers(ours)
    answers.begin()
    answers.until -= 1
    with pytest.raises(TimeoutError):
        answers.readline(100)
    answers.end()
    assert ours.gettimeout() == 0.5
    ours.close()
    theirs.close()


def test_answers_that_came_together_are_read_one_by_one():
    ours, theirs = socket.socketpair()
    theirs.sendall(b"250-a\r\n250 b\r\n354 go\r\n")
    theirs.close()
    answers = Answers(ours)
    answers.begin()
    assert [answers.readline(100) for _ in range(4)] == [b"250-a\r\n", b"250 b\r\n", b"354 go\r\n", b""]
    ours.close()
