"""Reports of SMS providers: proven, fresh, once; and questions about SMS nobody has reported on."""

import hashlib
import json
from datetime import timedelta

import pytest
from post.making import JOB, fresh, history
from post.sms_gateways import KEY
from sqlalchemy import update

from webapp.db import db, transaction
from webapp.kit import clock
from webapp.post import actions
from webapp.post.channels.gateway import own_number
from webapp.post.models import Message, Provider
from webapp.post.sms_account import report_word

MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("at")
ABOUT = {"smsru": {"delivered": 103, "lost": 107, "under way": 102},
         "smsc": {"delivered": 1, "lost": 20, "under way": 0},
         "smsaero": {"delivered": 1, "lost": 2, "under way": 3}}


@pytest.fixture
def at(monkeypatch, now):
    """The clock of the pages, which the tests move."""
    moment = [now]
    monkeypatch.setattr(clock, "now", lambda: moment[0])

    def move(to):
        moment[0] = to
    return move


@pytest.fixture
def sent(gate, letter, now):
    """An SMS the provider has taken."""
    row = letter(channel="sms", subject="", html="", text="Завтра вылет")
    assert actions.deliver(now=now)["sent"] == 1
    return fresh(row)


@pytest.fixture
def lost(gate, letter, now, use):
    """An SMS that was taken, but whose answer was lost."""
    row = letter(channel="sms", subject="", html="", text="Завтра вылет")
    gate.manners = ["wrong json"]
    actions.deliver(now=now)
    actions.release_leases(now + 3 * MINUTE)
    return fresh(row)


def report(app, gate, row, code, now, **changes):
    """(address, form) of a report as the provider documents it."""
    settings = app.extensions["snova.settings"]
    own = own_number(settings.secret_key, row)
    if gate.name == "smsru":
        entries = [f"sms_status\n{row.provider_ref}\n{code}\n{int(now.timestamp())}\n"]
        signature = hashlib.sha256((KEY + "".join(entries)).encode()).hexdigest()
        return "/callbacks/sms/smsru", {"data[0]": entries[0], "hash": signature, **changes}
    if gate.name == "smsc":
        words = f"{own}:79160000001:{code}:{report_word(settings)}"
        return "/callbacks/sms/smsc", {"id": own, "phone": "79160000001", "status": str(code), "time": "x",
                                       "sha1": hashlib.sha1(words.encode()).hexdigest(),
                                       "md5": hashlib.md5(words.encode()).hexdigest(), **changes}
    return f"/callbacks/sms/smsaero/{own}", {"id": row.provider_ref, "status": str(code), **changes}


def post(app, url, form, **options):
    """The report arrives, from nobody we know."""
    answer = app.test_client().post(url, data=form, **options)
    db.session.rollback()
    return answer


@pytest.mark.parametrize(("kind", "state"), [("delivered", "delivered"), ("lost", "bounced"), ("under way", "sent")])
def test_a_report_moves_the_message_on(app, gate, sent, now, kind, state):
    answer = post(app, *report(app, gate, sent, ABOUT[gate.name][kind], now))
    assert (answer.status_code, answer.text) == (200, "100" if gate.name == "smsru" else "OK")
    assert fresh(sent).state == state


def test_a_report_counts_once_and_nothing_overrides_it(app, gate, sent, now):
    for kind in ("delivered", "delivered", "lost", "under way"):
        assert post(app, *report(app, gate, sent, ABOUT[gate.name][kind], now)).status_code == 200
    assert history(sent) == ["queued", "claimed", "handed", "sent", "delivered"]


def test_a_report_about_the_past_changes_nothing(app, gate, sent, now, at):
    at(now + timedelta(days=6))
    assert post(app, *report(app, gate, sent, ABOUT[gate.name]["delivered"], now)).status_code == 200
    assert fresh(sent).state == "sent"


@pytest.mark.parametrize("gate", ["smsc", "smsaero"], indirect=True)
def test_a_report_before_our_own_answer_is_not_lost(app, gate, sent, now):
    with transaction() as session:
        session.execute(update(Message).where(Message.id == sent.id).values(state="handed", provider_ref=""))
    post(app, *report(app, gate, fresh(sent), ABOUT[gate.name]["delivered"], now, **(
        {"id": "7000"} if gate.name == "smsaero" else {})))
    assert fresh(sent).state == "delivered"


@pytest.mark.parametrize("gate", ["smsc", "smsaero"], indirect=True)
def test_a_report_settles_a_message_whose_answer_was_lost(app, gate, lost, now):
    assert lost.state == "unknown"
    post(app, *report(app, gate, lost, 1, now, **({"id": "7000"} if gate.name == "smsaero" else {})))
    assert fresh(lost).state == "delivered"


@pytest.mark.parametrize("change", [{"sha1": "0" * 40}, {"md5": "0" * 32, "sha1": ""}, {"status": "20"},
                                    {"phone": "79160000002"}, {"id": "1-" + "a" * 24}, {"sha1": "", "md5": ""},
                                    {"sha1": "é"}, {"id": ""}])
@pytest.mark.parametrize("gate", ["smsc"], indirect=True)
def test_a_report_with_one_thing_changed_is_refused(app, gate, sent, now, change):
    assert post(app, *report(app, gate, sent, 1, now, **change)).status_code == 403
    assert fresh(sent).state == "sent"


@pytest.mark.parametrize("change", [{"hash": ""}, {"hash": "0" * 64}, {"hash": "é"}, {"data[1]": "sms_status\n1\n103\n1"},
                                    {"data[0]": "sms_status\n202647-1000000\n103\n1795165200"}])
@pytest.mark.parametrize("gate", ["smsru"], indirect=True)
def test_a_report_of_sms_ru_with_one_thing_changed_is_refused(app, gate, sent, now, change):
    assert post(app, *report(app, gate, sent, 103, now, **change)).status_code == 403
    assert fresh(sent).state == "sent"


@pytest.mark.parametrize("entry", ["sms_status\n{ref}\n103\n1", "sms_status\n{ref}\n103\n", "sms_status\n{ref}\n103",
                                   "sms_status\n{ref}\n103\n99999999999", "callcheck_status\n{ref}\n103\n{now}", "\n\n\n",
                                   "sms_status\n\n103\n{now}", "sms_status\n{ref}\n999\n{now}", "sms_status\n{ref}"])
@pytest.mark.parametrize("gate", ["smsru"], indirect=True)
def test_a_signed_entry_that_is_old_or_odd_changes_nothing(app, gate, sent, now, entry):
    entry = entry.format(ref=sent.provider_ref, now=int(now.timestamp()))
    signature = hashlib.sha256((KEY + entry).encode()).hexdigest()
    answer = post(app, "/callbacks/sms/smsru", {"data[0]": entry, "hash": signature})
    assert (answer.status_code, answer.text) == (200, "100")
    assert fresh(sent).state == "sent"


@pytest.mark.parametrize("gate", ["smsaero"], indirect=True)
def test_sms_aero_may_report_as_json_too(app, gate, sent, now):
    url, form = report(app, gate, sent, 1, now)
    post(app, url, json.dumps({"id": int(form["id"]), "status": 1}), content_type="application/json")
    assert fresh(sent).state == "delivered"


@pytest.mark.parametrize("gate", ["smsaero"], indirect=True)
def test_a_guessed_address_or_another_number_changes_nothing(app, gate, sent, now):
    url, form = report(app, gate, sent, 1, now)
    forged = f"{sent.id}-{'0' * 24}"
    for place, words in ((f"/callbacks/sms/smsaero/{forged}", form), (url, {**form, "id": "1"}),
                         (url[:-1], form), (f"{url}0", form), ("/callbacks/sms/smsaero/" + "9" * 400, form)):
        assert post(app, place, words).status_code == 200
        assert fresh(sent).state == "sent"


HOSTILE = [b"", b"\xff\xfe\x00", b"{", b"[" * 3000, b"null", b'{"status": {"a": 1}, "id": []}', b"data[0]=%00&hash=%00",
           b"&" * 3000, b"data=" + b"x" * 200_000, b"id=1&phone=1&status=1&md5=%ED%A0%80&sha1=%F0",
           b"data[0]=a&data[1]=b&hash[]=1"]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "text/plain",
                                  "multipart/form-data; boundary=x", "multipart/form-data"])
def test_hostile_bodies_are_refused_quietly(app, gate, sent, now, kind):
    own = report(app, gate, sent, 1, now)[0]
    for body in HOSTILE:
        for url in ("/callbacks/sms/smsru", "/callbacks/sms/smsc", "/callbacks/sms/smsaero/x", own):
            answer = post(app, url, body, content_type=kind)
            # SMS Aero hears the same whether its address is known or not.
            assert answer.status_code in ((200, 400, 403, 413) if "smsaero" in url else (400, 403, 413))
            assert len(answer.text) < 10
    assert fresh(sent).state == "sent"


def test_reports_of_a_provider_that_is_not_in_force_are_refused(app, gate, sent, now, use):
    use(SMS_PROVIDER="file")
    url, form = report(app, gate, sent, ABOUT[gate.name]["delivered"], now)
    assert post(app, url, form).status_code == (200 if gate.name == "smsaero" else 403)


def test_looking_at_a_report_address_does_nothing(app, gate, sent, now):
    assert app.test_client().get(report(app, gate, sent, 1, now)[0]).status_code in (404, 405)


def test_what_nobody_reports_on_is_asked_about(gate, sent, now):
    gate.statuses[sent.provider_ref] = ABOUT[gate.name]["delivered"]
    assert actions.track(now + 30 * MINUTE / 60) == {}
    assert actions.track(now + 2 * MINUTE) == {"reported": 1}
    assert history(sent)[-2:] == ["sent", "delivered"]


@pytest.mark.slow
def test_questions_become_ever_more_seldom_and_end_after_three_days(gate, sent, now):
    asked, moment = [], now
    while moment < now + timedelta(days=5):
        moment += 5 * MINUTE
        before = len(gate.asked)
        actions.track(moment)
        asked += [moment] * any("status" in path for path, _fields in gate.asked[before:])
    assert 10 < len(asked) < 40
    assert asked[-1] <= now + timedelta(days=3)
    assert fresh(sent).state == "sent"


def test_a_provider_that_does_not_answer_is_not_asked_about_every_message(gate, letter, now, use):
    rows = [letter(channel="sms", subject="", html="", text=f"Вылет {n}") for n in range(3)]
    actions.deliver(now=now)
    gate.answers = {path: (502, None) for path in ("/sms/status", "/sys/status.php", "/v2/sms/status")}
    assert actions.track(now + 2 * MINUTE) == {}
    assert {fresh(row).state for row in rows} == {"sent"}


def test_the_balance_is_remembered_and_asked_for_once_an_hour(gate, sent, now):
    actions.track(now)
    assert db.session.get(Provider, f"sms_{gate.name}").balance == 12345
    gate.balance = "7.00"
    actions.track(now + 30 * MINUTE)
    db.session.expire_all()
    assert db.session.get(Provider, f"sms_{gate.name}").balance == 12345
    actions.track(now + 61 * MINUTE)
    db.session.expire_all()
    assert db.session.get(Provider, f"sms_{gate.name}").balance == 700


def test_without_a_provider_nothing_is_asked(cast, now):
    assert actions.track(now) == {}


@pytest.mark.parametrize("gate", ["smsc"], indirect=True)
def test_what_was_found_by_our_own_number_is_asked_about_by_it(gate, lost, now):
    assert actions.resolve_unknown(now + 5 * MINUTE) == {"sent": 1}
    gate.statuses[gate.asked[0][1]["id"]] = 1
    assert actions.track(now + 8 * MINUTE) == {"reported": 1}
    assert fresh(lost).state == "delivered"


def test_what_a_person_has_cancelled_is_not_revived_by_a_report(app, gate, letter, now):
    row = letter(channel="sms", subject="", html="", text="Вылет", not_before=now + 60 * MINUTE)
    actions.cancel(row, actor=JOB, now=now)
    with transaction() as session:
        session.execute(update(Message).where(Message.id == row.id).values(
            provider=f"sms_{gate.name}", provider_ref="7000", handed_at=now))
    post(app, *report(app, gate, fresh(row), ABOUT[gate.name]["delivered"], now))
    assert fresh(row).state == "cancelled"
