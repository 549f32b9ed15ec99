"""The page on which the mailbox for answers is set, and the strips about it."""

import dataclasses
import json
from datetime import timedelta

import pytest
from post.mailbox import LOGIN, PASSWORD, dovecot
from post.making import mode
from post.relay import TLS, running

from webapp.db import db, transaction
from webapp.kit import clock
from webapp.post.inbox import kept_inbox
from webapp.post.models import InboxState, Incoming

PAGE = "/admin/sending/answers"


@pytest.fixture(scope="module")
def server():
    with dovecot() as box:
        yield box


@pytest.fixture
def anna(browse, cast, app, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "authority.pem"))
    path = app.extensions["snova.settings"].instance / "imap.json"
    path.unlink(missing_ok=True)
    yield browse(cast.anna)
    path.unlink(missing_ok=True)


def filled(tls_port, **changes):
    return {"preset": "other", "server": "localhost", "encryption": "tls", "port": str(tls_port), "login": LOGIN,
            "password": PASSWORD, "folder": "INBOX", "done_folder": "", "keeps_strangers": "y", "is_on": "y",
            "then": "check", **changes}


def test_a_mailbox_that_opens_is_kept_for_its_owner_alone(anna, app, server):
    server.forget()
    server.put(b"Subject: old\n\nx\n")
    page = anna.follow(PAGE, filled(server.tls_port))
    assert "Ящик открывается, настройки сохранены. В нём 1 письмо: оно останется как есть." in page.text
    path = app.extensions["snova.settings"].instance / "imap.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in anna.get(PAGE).html and PASSWORD not in anna.get("/admin/log").html
    assert "Изменены ящик для ответов и его пароль" in anna.get("/admin/log").text


@pytest.mark.parametrize(("changes", "where", "said"), [
    ({"password": "wrong"}, "password", "Ящик не открылся"),
    ({"folder": "Nowhere"}, "folder", "папки «Nowhere» нет"),
    ({"port": "1"}, "port", "не отвечает на порту 1"),
    ({"server": "imap.agency.invalid"}, "server", "Сервера «imap.agency.invalid» нет"),
    ({"preset": ""}, "preset", "Выберите, где ваш почтовый ящик."),
    ({"server": "imap.agency.ru", "encryption": "none"}, "encryption", "Через интернет нельзя"),
    ({"login": ""}, "login", "Напишите адрес почтового ящика."),
    ({"password": ""}, "password", "Введите пароль приложения."),
    ({"preset": "yandex", "login": "director"}, "login", "адрес целиком"),
    ({"port": "99999"}, "port", "Порт – это число"),
])
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(anna, app, server, changes, where, said):
    page = anna.post(PAGE, filled(server.tls_port, **changes))
    assert page.status == 422
    assert said in page.root.one(id=f"{where}-error").text
    assert kept_inbox(app.extensions["snova.settings"]) is None
    assert PASSWORD not in page.html


def test_an_address_per_letter_is_tried_at_the_mail_server_too(anna, app, server, monkeypatch):
    with running() as relay:
        kept = app.extensions["snova.settings"]
        monkeypatch.setitem(app.extensions, "snova.settings", dataclasses.replace(
            kept, mail={"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(relay.port)}))
        relay.mail = ["553 5.7.1 not owned by this user"]
        page = anna.post(PAGE, filled(server.tls_port, plus="y"))
        assert "не отправляет письма с адресом вида mail+…@agency.ru" in page.root.one(id="plus-error").text
        assert anna.post(PAGE, filled(server.tls_port, plus="y")).status == 303
        assert kept_inbox(app.extensions["snova.settings"]).plus


def test_the_password_of_the_mail_server_serves_for_the_same_mailbox(anna, app):
    mail = app.extensions["snova.settings"].instance / "mail.json"
    mail.write_text(json.dumps({"preset": "yandex", "server": "smtp.yandex.ru", "port": 465, "encryption": "tls",
                                "login": LOGIN, "password": PASSWORD, "sender": "", "sender_name": ""}))
    try:
        assert anna.get(PAGE).root.one(id="login").attrs["value"] == LOGIN
        anna.follow(PAGE, filled("", preset="yandex", password="", then="save"))
        inbox = kept_inbox(app.extensions["snova.settings"])
        assert (inbox.server, inbox.port, inbox.password) == ("imap.yandex.ru", 993, PASSWORD)
        assert anna.post(PAGE, filled("", preset="mailru", password="", then="save")).status == 422
    finally:
        mail.unlink()


def test_what_the_operator_has_set_counts(anna, app, server, monkeypatch):
    kept = app.extensions["snova.settings"]
    monkeypatch.setitem(app.extensions, "snova.settings", dataclasses.replace(kept, imap_url=server.url))
    page = anna.get(PAGE)
    assert "в переменных среды" in page.text and not page.root.all(id="password")
    assert "Ящик открывается." in anna.follow(PAGE).text


@pytest.mark.parametrize("name", ["olga", "irina"])
def test_others_do_not_see_the_page(browse, cast, name):
    assert browse(getattr(cast, name)).get(PAGE).status == 404


def test_a_director_reads_and_changes_nothing(anna, browse, cast, server):
    anna.follow(PAGE, filled(server.tls_port, then="save"))
    boris = browse(cast.boris)
    assert f"localhost:{server.tls_port}" in boris.get(PAGE).text
    assert boris.post(PAGE, filled(server.tls_port)).status == 404


def test_administrators_learn_that_nothing_was_read_for_hours(anna, browse, cast, app, server):
    anna.follow(PAGE, filled(server.tls_port, then="save"))
    mode("live", clock.now())
    key = kept_inbox(app.extensions["snova.settings"]).key
    for hours, told in ((1, False), (4, True)):
        with transaction() as session:
            session.merge(InboxState(key=key, uidvalidity=1, last_uid=0, began_at=clock.now(), last_error="login: no",
                                     failing_since=clock.now() - timedelta(hours=hours)))
        said = "Ответы клиентов не читаются с" in anna.get("/outbox").text
        assert said == told
    assert "Ответы клиентов не читаются" not in browse(cast.olga).get("/board").text
    assert "логин или пароль не подходят" in anna.get(PAGE).text


def test_administrators_learn_that_letters_are_taken_for_spam(anna, cast):
    mode("live", clock.now())
    with transaction() as session:
        for number in range(3):
            session.add(Incoming(inbox="t", uidvalidity=1, uid=number, fingerprint=str(number), came_at=clock.now(),
                                 taken_at=clock.now(), kind="bounce", verdict="policy", state="done",
                                 office_id=cast.main.id))
    db.session.rollback()
    assert "За неделю 3 письма вернулись как спам." in anna.get("/outbox").text
