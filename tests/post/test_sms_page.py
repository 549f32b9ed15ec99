"""The SMS provider is set in a form, tried out against stand-ins over TLS, and used by the worker."""

import json
import re
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from post.making import fresh, mode
from post.sms_gateways import KEY, LOGIN, NAMES, TLS, standing_in
from sqlalchemy import select

from webapp.db import db
from webapp.kit import clock
from webapp.post import actions
from webapp.post.actions.recording import provider_failed
from webapp.post.channels import https
from webapp.post.channels.https import Place
from webapp.post.models import Message, Provider
from webapp.post.sms_account import kept_account
from webapp.staff.models import AuditEntry

PAGE = "/admin/sending/sms"
PHONE = "+7 916 000-00-01"


@pytest.fixture(autouse=True)
def kept(app):
    """The file of the instance, gone before and after each test."""
    path = Path(app.instance_path) / "sms.json"
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


@pytest.fixture(params=NAMES)
def gate(request, monkeypatch, cast):
    """A provider that works."""
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "authority.pem"))
    with standing_in(request.param) as stand_in:
        monkeypatch.setitem(https.PLACES, request.param, Place("localhost", stand_in.port))
        yield stand_in


@pytest.fixture
def anna(browse, cast):
    return browse(cast.anna)


def filled(gate, **changes):
    return {"provider": gate.name, "login": LOGIN, "password": KEY, "sender": "AGENCY", **changes}


def test_settings_that_work_are_saved_and_show_the_balance(anna, gate, kept):
    page = anna.follow(PAGE, filled(gate))
    assert "Вход удался, настройки сохранены. На счёте 123,45" in page.text.replace("\xa0", " ")
    assert "123,45" in anna.get(PAGE).root.one("main").text
    assert KEY not in page.html
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text())["password"] == KEY
    assert not any("send" in path for path, _fields in gate.asked)


def test_the_worker_uses_what_was_set_without_a_restart(anna, gate, letter, now):
    mode("live", now)
    anna.follow(PAGE, filled(gate))
    row = letter(channel="sms", subject="", html="", text="Завтра вылет")
    assert actions.deliver(now=now)["sent"] == 1
    assert fresh(row).provider == f"sms_{gate.name}"
    sent = next(fields for path, fields in gate.asked if "send" in path)
    assert "AGENCY" in sent.values()


def test_a_wrong_key_is_told_beside_its_field_and_nothing_is_saved(anna, gate, kept):
    page = anna.post(PAGE, filled(gate, password="not-this-one"))
    assert page.status == 422
    assert "Провайдер не принял логин или ключ." in page.root.one(id="password-error").text
    assert "Ответ SMS-провайдера" in page.text
    assert page.root.one(id="sender").attrs["value"] == "AGENCY"
    assert "not-this-one" not in page.html
    assert not kept.exists()


def test_a_certificate_nobody_vouches_for_stops_before_the_key(anna, gate, kept, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    page = anna.post(PAGE, filled(gate))
    assert "Сертификат провайдера недействителен, поэтому ключ не отправлен." in page.root.one(id="errors").text
    assert not gate.asked
    assert not kept.exists()


def test_saving_without_checking_asks_nobody(anna, gate, kept):
    assert "Сохранено." in anna.follow(PAGE, filled(gate, then="save")).text
    assert kept.exists()
    assert not gate.asked


def test_an_empty_key_keeps_the_old_one_only_for_the_same_account(anna, gate, app):
    anna.follow(PAGE, filled(gate, then="save"))
    settings = app.extensions["snova.settings"]
    assert anna.post(PAGE, filled(gate, password="", sender="OTHER", then="save")).status == 303
    assert (kept_account(settings).password, kept_account(settings).sender) == (KEY, "OTHER")
    other = next(name for name in NAMES if name != gate.name)
    page = anna.post(PAGE, filled(gate, password="", provider=other, then="save"))
    assert page.status == 422
    assert "Введите ключ: провайдер или логин теперь другой." in page.text
    assert kept_account(settings).provider == gate.name


@pytest.mark.parametrize(("changes", "said"), [
    ({"provider": ""}, "Выберите провайдера."), ({"provider": "../x"}, "Выберите провайдера."),
    ({"password": ""}, "Введите ключ."), ({"password": "ключ"}, "нелатинские"),
    ({"provider": "smsaero", "login": ""}, "Укажите почту"), ({"provider": "smsaero", "login": "anna"}, "адрес целиком"),
    ({"sender": "x" * 16}, "до 11 букв"), ({"password": "x" * 300}, "Слишком длинно")])
@pytest.mark.parametrize("gate", ["smsru"], indirect=True)
def test_slips_are_told_in_plain_words(anna, gate, kept, changes, said):
    page = anna.post(PAGE, filled(gate, **changes))
    assert page.status == 422
    assert said in page.root.one(id="errors").text
    assert not kept.exists()


def test_a_test_sms_leaves_through_the_outbox_even_on_hold(anna, gate, now, monkeypatch):
    mode("held", now)
    anna.follow(PAGE, filled(gate))
    page = anna.follow(f"{PAGE}/test", {"phone": "8 (916) 000-00-01"})
    assert "Проверочная SMS отправляется." in page.text
    assert actions.deliver(now=clock.now())["sent"] == 1
    assert list(gate.accepted) == [("79160000001", "Проверка: SMS из «Сновы» доходят.")]
    assert "отправлено" in anna.get(PAGE).root.one(id="tests").text


@pytest.mark.parametrize("gate", ["smsru"], indirect=True)
def test_a_second_press_in_the_same_minute_sends_nothing_more(anna, gate, monkeypatch):
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at)
    anna.follow(PAGE, filled(gate))
    for _press in range(3):
        anna.follow(f"{PAGE}/test", {"phone": PHONE})
    assert len(db.session.scalars(select(Message).where(Message.klass == "test")).all()) == 1


@pytest.mark.parametrize("gate", ["smsru"], indirect=True)
def test_ten_test_sms_in_a_day_are_enough(anna, gate, monkeypatch):
    begun = clock.now()
    anna.follow(PAGE, filled(gate))
    for minute in range(11):
        monkeypatch.setattr(clock, "now", lambda minute=minute: begun + timedelta(minutes=minute))
        page = anna.follow(f"{PAGE}/test", {"phone": PHONE}) if minute < 10 else anna.post(f"{PAGE}/test",
                                                                                            {"phone": PHONE})
    assert page.status == 422
    assert "За сутки уже отправлено проверочных SMS: 10." in page.text


@pytest.mark.parametrize("phone", ["", "anna", "+7 495 123-45-67", "+7 916", "1" * 300, "<b>"])
@pytest.mark.parametrize("gate", ["smsru"], indirect=True)
def test_what_is_no_mobile_number_gets_no_test(anna, gate, phone):
    anna.follow(PAGE, filled(gate, then="save"))
    page = anna.post(f"{PAGE}/test", {"phone": phone})
    assert page.status == 422
    assert page.root.one(id="phone-error").text
    assert not db.session.scalars(select(Message)).all()


@pytest.mark.parametrize("gate", ["smsc"], indirect=True)
def test_the_log_tells_the_change_but_never_the_key(anna, gate, app):
    anna.follow(PAGE, filled(gate))
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "sms-key")).one()
    assert entry.facts["sms_provider"] == ["", "smsc"]
    assert KEY not in json.dumps(entry.facts)
    assert KEY not in repr(kept_account(app.extensions["snova.settings"]))


@pytest.mark.parametrize("gate", ["smsru"], indirect=True)
def test_new_settings_close_the_breaker_and_forget_the_old_balance(anna, gate, now):
    provider_failed("sms_smsru", now=now, code="login", text="")
    anna.follow(PAGE, filled(gate, then="save"))
    row = db.session.get(Provider, "sms_smsru")
    assert (row.failing_since, row.last_error, row.balance) == (None, "", None)


@pytest.mark.parametrize("gate", ["smsc"], indirect=True)
def test_what_the_environment_names_counts_and_cannot_be_changed_here(anna, gate, use, kept):
    use(SMS_PROVIDER="smsc", SMS_LOGIN=LOGIN, SMS_PASSWORD=KEY)
    page = anna.get(PAGE)
    assert "в окружении сервера" in page.text
    assert not [field for field in page.root.all("input") if field.attrs.get("name") == "password"]
    assert anna.post(PAGE, filled(gate, login="other", then="save")).status == 303
    assert not kept.exists()
    assert "123,45" in anna.get(PAGE).text
    use(SMS_PASSWORD="wrong")
    assert "Провайдер не принял логин или ключ." in anna.post(PAGE, {}).text


def test_a_damaged_file_is_no_provider_and_the_page_still_opens(anna, kept, app):
    for damage in ("{", "[]", '{"provider": "ftp"}', '{"server": 1}', '{"provider": "smsru", "more": 1}'):
        kept.write_text(damage)
        assert kept_account(app.extensions["snova.settings"]) is None
        assert anna.get(PAGE).status == 200


@pytest.mark.parametrize("who", ["boris", "olga", "irina"])
@pytest.mark.parametrize("gate", ["smsc"], indirect=True)
def test_directors_read_and_others_see_nothing(browse, cast, gate, anna, app, who, kept):
    anna.follow(PAGE, filled(gate, then="save"))
    before = kept.read_text()
    person = browse(getattr(cast, who))
    page = person.get(PAGE)
    assert page.status == (200 if who == "boris" else 404)
    assert person.post(PAGE, filled(gate, sender="EVIL", then="save")).status == 404
    assert person.post(f"{PAGE}/test", {"phone": PHONE}).status == 404
    assert kept.read_text() == before
    assert "callbacks" not in page.html
    assert not re.search(r"name=.password", page.html)


@pytest.mark.parametrize("gate", ["smsc"], indirect=True)
def test_the_way_out_is_named_on_the_page_of_sending(anna, gate):
    assert "SMSC.ru" not in anna.get("/admin/sending").text
    anna.follow(PAGE, filled(gate, then="save"))
    assert "SMSC.ru" in anna.get("/admin/sending").root.one("main").text


@pytest.mark.parametrize("gate", ["smsru"], indirect=True)
def test_sms_that_do_not_leave_are_told_above_every_page(browse, cast, anna, gate, now):
    mode("live", now)
    anna.follow(PAGE, filled(gate, then="save"))
    provider_failed("sms_smsru", now=clock.now() - timedelta(minutes=10), code="no-money", text="")
    assert "SMS не уходят с" in browse(cast.olga).get("/outbox").text
    assert "На счёте нет денег." in anna.get("/admin/sending").text
