"""What the answers of SMS providers mean: for good, for now, of the account, or doubt; pure."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.post.channels import Accepted
from webapp.post.channels.gateway import ABSENT, Doubt, kopecks, number
from webapp.post.channels.https import Reply
from webapp.post.channels.sms_smsaero import SmsAero
from webapp.post.channels.sms_smsc import Smsc
from webapp.post.channels.sms_smsru import SmsRu
from webapp.post.refusal_rules import Refusal

OWN = "17-" + "a" * 24
RU, SMSC, AERO = SmsRu("key"), Smsc("login", "key"), SmsAero("login", "key")


def reply(answer, status=200):
    return Reply(status, answer, json.dumps(answer))


def kind(meaning):
    """One word for a meaning: what becomes of the message."""
    if isinstance(meaning, Refusal):
        return f"{'for good' if meaning.permanent else 'later' if meaning.counted else 'not counted'}: {meaning.code}"
    return "taken" if isinstance(meaning, Accepted) else "doubt"


def of_smsru(code):
    return {"status": "OK", "status_code": 100, "sms": {"79160000001": {
        "status": "OK" if code < 200 else "ERROR", "status_code": code, "sms_id": "202647-1000001", "status_text": "x"}}}


SMSRU_CODES = [
    (100, "taken"), (101, "taken"), (102, "taken"), (103, "taken"), (104, "doubt"), (150, "doubt"),
    (200, "not counted: login"), (201, "not counted: no-money"), (202, "for good: bad-address"),
    (203, "for good: cannot-be-built"), (204, "for good: sender-refused"), (205, "for good: too-big"),
    (206, "later: day-limit"), (207, "for good: no-mailbox"), (208, "for good: refused"), (209, "for good: stop-list"),
    (210, "for good: refused"), (211, "for good: refused"), (212, "for good: cannot-be-built"),
    (213, "for good: refused"), (214, "for good: abroad"), (215, "for good: stop-list"), (216, "for good: spam"),
    (217, "doubt"), (220, "not counted: busy"), (221, "for good: sender-refused"), (230, "later: day-limit"),
    (231, "doubt"), (232, "doubt"), (233, "doubt"), (300, "not counted: login"), (301, "not counted: login"),
    (302, "not counted: login"), (303, "doubt"), (500, "doubt"), (501, "doubt"), (777, "doubt")]


@pytest.mark.parametrize(("code", "expected"), SMSRU_CODES)
def test_every_code_of_sms_ru_has_its_meaning(code, expected):
    assert kind(RU.read_send(reply(of_smsru(code)), OWN)) == expected
    if code >= 200:
        whole = {"status": "ERROR", "status_code": code, "status_text": "x"}
        assert kind(RU.read_send(reply(whole), OWN)) == expected


@pytest.mark.parametrize(("code", "expected"), [
    (1, "for good: refused"), (2, "not counted: login"), (3, "not counted: no-money"), (4, "not counted: busy"),
    (5, "for good: refused"), (6, "for good: spam"), (7, "for good: bad-address"), (8, "for good: no-mailbox"),
    (9, "doubt"), (10, "doubt"), (99, "doubt"), (0, "doubt"), (-1, "doubt"), (None, "doubt")])
def test_every_code_of_smsc_has_its_meaning(code, expected):
    assert kind(SMSC.read_send(reply({"error": "x", "error_code": code}), OWN)) == expected
    assert kind(SMSC.read_send(reply({"error": "x", "error_code": str(code), "id": OWN, "cnt": 1}), OWN)) == expected


@pytest.mark.parametrize(("status", "answer", "expected"), [
    (401, {"success": False, "message": "Your request was made with invalid credentials."}, "not counted: login"),
    (403, None, "not counted: login"), (402, None, "not counted: no-money"), (429, None, "not counted: busy"),
    (200, {"result": "no credits"}, "not counted: no-money"),
    (200, {"success": False, "message": "Not enough money"}, "not counted: no-money"),
    (400, {"success": False, "message": "Недостаточно средств"}, "not counted: no-money"),
    (200, {"result": "reject", "reason": "stop"}, "for good: rejected"),
    (400, {"success": False, "message": "Validation error.", "data": {"number": ["x"]}}, "for good: bad-address"),
    (400, {"success": False, "message": "Validation error.", "data": {"sign": ["x"]}}, "for good: sender-refused"),
    (400, {"success": False, "message": "Validation error.", "data": {"text": ["x"]}}, "for good: cannot-be-built"),
    (400, {"success": False, "message": "Validation error.", "data": None}, "for good: refused"),
    (200, {"success": False, "message": "Something odd"}, "later: later"),
    (200, {"success": False, "message": "Duplicate message"}, "doubt"), (409, {"success": False}, "doubt"),
    (500, {"success": True, "data": {"id": 5, "status": 0}}, "doubt"), (502, None, "doubt"), (302, None, "doubt"),
    (200, {"success": True, "data": {"id": 5, "status": 0}}, "taken"),
    (200, {"success": True, "data": [{"id": 5, "status": 8}]}, "taken"),
    (200, {"success": True, "data": {"id": 5, "status": 6}}, "for good: rejected"),
    (200, {"success": True, "data": {"id": 5}}, "doubt"), (200, {"success": True, "data": []}, "doubt"),
    (200, {"success": "yes", "data": {"id": 5, "status": 0}}, "doubt"), (200, None, "doubt"), (404, None, "doubt")])
def test_every_answer_of_sms_aero_has_its_meaning(status, answer, expected):
    assert kind(AERO.read_send(reply(answer, status), OWN)) == expected


@pytest.mark.parametrize("answer", [
    None, [], "OK", 100, True, {}, {"status": "OK"}, {"status": "OK", "sms": []}, {"status": "OK", "sms": {}},
    {"status": "OK", "sms": {"1": {"status": "OK", "status_code": 100}}},
    {"status": "OK", "sms": {"1": {"status": "OK", "status_code": 100, "sms_id": ""}}},
    {"status": "OK", "sms": {"1": {"status": "OK", "status_code": 100, "sms_id": 5}}},
    {"status": "OK", "sms": {"1": {"status": "OK", "sms_id": "1"}, "2": {}}},
    {"id": "another", "cnt": 1}, {"id": OWN}, {"id": OWN, "cnt": 0}, {"id": OWN, "cnt": "many"},
    {"id": OWN, "cnt": True}, {"error": "x", "id": OWN, "cnt": 1}])
@pytest.mark.parametrize("dialect", [RU, SMSC, AERO])
def test_what_is_no_documented_answer_is_doubt(dialect, answer):
    assert isinstance(dialect.read_send(reply(answer), OWN), Doubt)


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 308, 400, 404, 500, 502, 503, 504])
def test_an_acceptance_under_another_number_of_http_is_doubt(status):
    good = {"status": "OK", "status_code": 100, "sms": {"1": {"status": "OK", "status_code": 100, "sms_id": "1"}},
            "id": OWN, "cnt": 1, "success": True, "data": {"id": 5, "status": 0}}
    for dialect in (RU, SMSC, AERO):
        assert kind(dialect.read_send(reply(good, status), OWN)) == "doubt"
        assert kind(dialect.read_send(reply(good), OWN)) == "taken"


ODD = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just(OWN),
                   lambda more: st.lists(more, max_size=3) | st.dictionaries(
                       st.sampled_from(["status", "status_code", "sms", "sms_id", "id", "cnt", "error", "error_code",
                                        "success", "data", "message", "result", "balance"]), more, max_size=5))


@given(ODD, st.integers(100, 599))
def test_no_answer_breaks_the_reading(answer, status):
    for dialect in (RU, SMSC, AERO):
        assert isinstance(dialect.read_send(Reply(status, answer), OWN), Accepted | Refusal | Doubt)
        dialect.read_status(Reply(status, answer), "5")
        assert isinstance(dialect.read_balance(Reply(status, answer)), int | Refusal)


@pytest.mark.parametrize(("code", "state", "reason"), [
    (-1, "absent", ""), (100, "", ""), (101, "", ""), (102, "", ""), (103, "delivered", ""), (110, "delivered", ""),
    (104, "bounced", "expired"), (105, "bounced", "deleted"), (106, "bounced", "phone-fault"),
    (107, "bounced", "not-delivered"), (108, "bounced", "rejected"), (150, "bounced", "no-mailbox")])
def test_every_status_of_sms_ru_has_its_meaning(code, state, reason):
    answer = {"status": "OK", "status_code": 100, "sms": {"1": {"status": "OK", "status_code": code}}}
    found = RU.read_status(reply(answer), "1")
    assert (found.state, found.code) == (state, reason)


@pytest.mark.parametrize(("code", "state", "reason"), [
    (-3, "absent", ""), (-2, "bounced", "deleted"), (-1, "", ""), (0, "", ""), (1, "delivered", ""),
    (2, "delivered", ""), (3, "bounced", "expired"), (4, "delivered", ""), (20, "bounced", "not-delivered"),
    (22, "bounced", "no-mailbox"), (23, "bounced", "rejected"), (24, "bounced", "no-money-left"),
    (25, "bounced", "phone-fault")])
def test_every_status_of_smsc_has_its_meaning(code, state, reason):
    found = SMSC.read_status(reply({"status": code}), OWN)
    assert (found.state, found.code) == (state, reason)


def test_smsc_says_in_two_ways_that_it_never_had_a_message():
    assert SMSC.read_status(reply({"error": "not found", "error_code": 3}), OWN) is ABSENT
    assert SMSC.read_status(reply({"error": "IP blocked", "error_code": 4}), OWN) is None


@pytest.mark.parametrize(("code", "state", "reason"), [
    (0, "", ""), (1, "delivered", ""), (2, "bounced", "not-delivered"), (3, "", ""), (4, "", ""),
    (6, "bounced", "rejected"), (8, "", "")])
def test_every_status_of_sms_aero_has_its_meaning(code, state, reason):
    found = AERO.read_status(reply({"success": True, "data": {"id": 5, "status": code}}), "5")
    assert (found.state, found.code) == (state, reason)
    assert AERO.read_status(reply({"success": True, "data": {"id": 6, "status": code}}), "5") is None


@pytest.mark.parametrize("dialect", [RU, SMSC, AERO])
@pytest.mark.parametrize("answer", [None, {}, {"status": "OK", "sms": {"1": {"status_code": 555}}}, {"status": 77},
                                    {"success": True, "data": {"id": 5, "status": 77}}])
def test_an_unknown_status_says_nothing(dialect, answer):
    assert dialect.read_status(reply(answer), "5") is None
    assert dialect.read_status(reply({"status": 1}, 500), "5") is None


@pytest.mark.parametrize(("value", "expected"), [
    (123.45, 12345), ("0.1", 10), (0, 0), ("-3.20", -320), ("", None), (None, None), (True, None), ("nan", None),
    (float("inf"), None), ([], None), (1e300, None)])
def test_money_is_read_as_kopecks(value, expected):
    assert kopecks(value) == expected


@pytest.mark.parametrize(("value", "expected"), [
    (5, 5), ("5", 5), (" -3 ", -3), (True, None), (5.0, None), ("٣", None), ("5x", None), (None, None),
    ("9" * 30, None), ("--5", None)])
def test_numbers_are_read_strictly(value, expected):
    assert number(value) == expected
