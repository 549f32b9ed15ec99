"""The command `plan`: one trip, many cases, errors by code."""

import json
from datetime import UTC, datetime

import pytest

from webapp.touches.plan_text import BadCase, as_text, plan_cases, plan_one
from webapp.touches.rules import BadAnchors

NOW = datetime(2026, 7, 20, 9, tzinfo=UTC)
GOOD = {"id": 1, "purchase": "2026-07-20", "departure": "2026-07-23", "return": "2026-08-05"}


def answers(*cases):
    return [json.loads(line) for line in plan_cases([json.dumps(case) for case in cases], NOW)]


def test_thirteen_active_steps_come_in_plan_order_with_six_fields_each():
    steps = plan_one("2026-07-20", "2026-07-23", "2026-08-05", None, None, now=NOW)
    assert [step["code"] for step in steps] == [
        "thank_you", "packing", "challenge", "fly_tomorrow", "bon_voyage", "settled_in", "welcome_back_sms",
        "welcome_home", "call_back", "loyalty", "testimonial", "tell_friends", "visit",
    ]  # fmt: skip
    assert {tuple(step) for step in steps} == {("code", "channel", "due_on", "send_at", "status", "reason")}


def test_moments_carry_their_offset_and_people_and_the_unplanned_have_none():
    steps = {
        step["code"]: step for step in plan_one("2026-07-20", "2026-07-23", "2026-08-05", None, None, now=NOW)
    }
    assert steps["thank_you"] == {
        "code": "thank_you", "channel": "email", "due_on": "2026-07-20",
        "send_at": "2026-07-20T12:00:00+03:00", "status": "planned", "reason": None,
    }  # fmt: skip
    assert steps["challenge"] == {
        "code": "challenge", "channel": "email", "due_on": None, "send_at": None,
        "status": "dropped", "reason": "no-room",
    }  # fmt: skip
    assert steps["call_back"] == {
        "code": "call_back", "channel": "call", "due_on": "2026-08-07", "send_at": None,
        "status": "planned", "reason": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("at", "tz", "sent"),
    [
        ("2026-07-20T15:30", None, "2026-07-20T15:30:00+03:00"),
        ("2026-07-20T15:30", "Asia/Kamchatka", "2026-07-20T15:30:00+12:00"),
        ("2026-07-20 15:30:45", "Europe/Berlin", "2026-07-20T15:30:45+02:00"),
        ("2026-07-20T15:30:00Z", "Europe/Moscow", "2026-07-20T18:30:00+03:00"),
        ("2026-07-20T03:30:00+12:00", "Asia/Kamchatka", "2026-07-20T09:00:00+12:00"),
        ("2026-07-20", "Europe/Moscow", "2026-07-20T09:00:00+03:00"),
        ("2026-07-20T22:00", "America/New_York", "2026-07-21T09:00:00-04:00"),
        ("", "", "2026-07-20T12:00:00+03:00"),
    ],
)
def test_a_moment_without_offset_is_local_in_the_zone_asked_for(at, tz, sent):
    assert plan_one("2026-07-20", "2026-07-25", "2026-08-05", at, tz, now=NOW)[0]["send_at"] == sent


def test_many_cases_give_a_line_each_and_keep_their_ids():
    given = [{**GOOD, "id": number} for number in ("a", 2, None)]
    assert [answer["id"] for answer in answers(*given)] == ["a", 2, None]
    assert all(len(answer["steps"]) == 13 for answer in answers(*given))


def test_a_case_says_the_same_as_the_single_command():
    steps = plan_one("2026-07-20", "2026-07-23", "2026-08-05", "2026-07-20T21:00", "Asia/Omsk", now=NOW)
    assert answers({**GOOD, "at": "2026-07-20T21:00", "tz": "Asia/Omsk"}) == [{"id": 1, "steps": steps}]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"return": "2026-07-22"}, "return-before-departure"),
        ({"departure": "2026-07-19"}, "departure-before-purchase"),
        ({"purchase": "2026-07-21"}, "purchase-in-future"),
        ({"at": "2026-07-19T23:59"}, "purchase-in-future"),
        ({"departure": "23.07.2026"}, "bad-date"),
        ({"departure": "2026-02-30"}, "bad-date"),
        ({"departure": None}, "bad-date"),
        ({"departure": 20260723}, "bad-date"),
        ({"return": "9999-12-31"}, "bad-date"),
        ({"at": "noon"}, "bad-at"),
        ({"at": 5}, "bad-at"),
        ({"at": "9999-12-31T23:59"}, "bad-at"),
        ({"tz": "Mars/Base"}, "bad-zone"),
        ({"tz": ["Europe/Moscow"]}, "bad-zone"),
        ({"tz": "../etc/passwd"}, "bad-zone"),
    ],
)
def test_a_bad_case_gets_its_own_line_and_the_next_one_is_planned(change, code):
    bad, good = answers({**GOOD, **change, "id": "bad"}, GOOD)
    assert bad == {"id": "bad", "error": code}
    assert len(good["steps"]) == 13


@pytest.mark.parametrize("line", ["{", "[]", "7", '"text"', "null", "[" * 100_000])
def test_a_line_that_is_no_case_is_answered_too(line):
    assert [json.loads(answer) for answer in plan_cases([line], NOW)] == [{"id": None, "error": "bad-json"}]


def test_blank_lines_are_no_cases_and_a_missing_date_is_an_error():
    assert list(plan_cases(["", "  \n"], NOW)) == []
    assert answers({"id": 4}) == [{"id": 4, "error": "bad-date"}]


def test_one_trip_refuses_what_cannot_be_with_a_code():
    with pytest.raises(BadAnchors) as refused:
        plan_one("2026-07-20", "2026-07-19", "2026-08-05", None, None, now=NOW)
    assert refused.value.code == "departure-before-purchase"
    with pytest.raises(BadCase) as unread:
        plan_one("20 July", "2026-07-19", "2026-08-05", None, None, now=NOW)
    assert unread.value.code == "bad-date"


def test_for_people_there_is_a_line_per_step():
    lines = list(as_text(plan_one("2026-07-20", "2026-07-23", "2026-08-05", None, None, now=NOW)))
    assert len(lines) == 13
    assert lines[2].split() == ["challenge", "email", "dropped:", "no-room"]
    assert lines[-1].split() == ["visit", "visit", "2026-08-14"]
