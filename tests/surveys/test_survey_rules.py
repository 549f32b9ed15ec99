"""What an answer means, what follows from it, and which addresses may be handed on: tables."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kit.days import zone
from webapp.kit.workdays import default_working_days
from webapp.surveys import chart_rules
from webapp.surveys.rules import (
    ANSWER_FOR,
    CHANGE_FOR,
    Answers,
    Follows,
    Tally,
    call_day,
    fault_of,
    follows,
    may_answer,
    may_change,
    mood,
    web_address,
)

MOSCOW = zone("Europe/Moscow")
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(("score", "kind"), [(0, "low"), (6, "low"), (7, "middle"), (8, "middle"), (9, "high"),
                                             (10, "high")])
def test_up_to_six_is_bad_from_nine_on_is_good(score, kind):
    assert mood(score) == kind


@pytest.mark.parametrize(("score", "wants", "has_complaint", "has_call", "expected"), [
    (3, False, False, False, Follows(complaint=True)),
    (6, True, False, False, Follows(complaint=True, call=True)),
    (3, True, True, False, Follows(call=True)),
    (3, False, True, True, Follows(no_call=True)),
    (7, False, False, False, Follows()),
    (7, True, False, False, Follows(call=True)),
    (10, True, False, True, Follows()),
    (10, False, True, False, Follows())])
def test_what_follows_from_an_answer(score, wants, has_complaint, has_call, expected):
    assert follows(Answers(score, call_back=wants), has_complaint=has_complaint, has_call=has_call) == expected


def test_a_call_that_was_made_is_not_made_again_until_it_is_asked_for_anew():
    wants = Answers(8, call_back=True)
    assert follows(wants, has_complaint=False, has_call=False, has_asked=True) == Follows()
    assert follows(wants, has_complaint=False, has_call=False, has_asked=False) == Follows(call=True)


@given(st.lists(st.tuples(st.integers(0, 10), st.booleans()), min_size=1, max_size=12))
def test_however_often_an_answer_changes_one_complaint_comes_of_it_at_most(said):
    opened = 0
    for score, wants in said:
        opened += follows(Answers(score, call_back=wants), has_complaint=opened > 0, has_call=False).complaint
    assert opened == (min(score for score, _wants in said) <= 6)


@pytest.mark.parametrize(("moment", "day"), [
    ("2026-11-20T10:00", date(2026, 11, 20)), ("2026-11-20T17:59", date(2026, 11, 20)),
    ("2026-11-20T18:30", date(2026, 11, 23)), ("2026-11-21T12:00", date(2026, 11, 23)),
    ("2026-12-31T12:00", date(2027, 1, 11)), ("2026-11-20T00:10", date(2026, 11, 20))])
def test_a_call_is_for_today_while_there_is_time_else_for_the_next_working_day(moment, day):
    at = datetime.fromisoformat(moment).replace(tzinfo=MOSCOW).astimezone(UTC)
    assert call_day(at, MOSCOW, default_working_days()) == day


def test_a_survey_is_open_for_half_a_year_and_an_answer_may_change_for_a_month():
    assert may_answer(NOW - ANSWER_FOR + timedelta(minutes=1), now=NOW) and not may_answer(NOW - ANSWER_FOR, now=NOW)
    assert may_change(NOW - CHANGE_FOR + timedelta(minutes=1), now=NOW) and not may_change(NOW - CHANGE_FOR, now=NOW)


@pytest.mark.parametrize("good", ["https://forms.example/a?b=1", " https://анкета.рф/х ", "https://a.example:443/x"])
def test_an_https_address_may_be_handed_on(good):
    assert web_address(good) == good.strip()


@pytest.mark.parametrize("bad", [
    "", "http://forms.example/a", "javascript:alert(1)", "https://", "https://localhost/x", "https://10.0.0.1/x",
    "https://user:secret@forms.example", "https://forms.example:8443/", "https://for ms.example", "data:text/html,x",
    "https://forms.example/\"><script>", "//forms.example", "https://[::1]/x", "https://a..b/x", "https://-a.example",
    "https://forms.example/" + "x" * 600, "https://forms.example\\@evil.example/", "https://forms.example/\r\nX: y"])
def test_nothing_else_is(bad):
    assert web_address(bad) == ""


@pytest.mark.parametrize(("said", "fault"), [
    (Answers(11), "score"), (Answers(-1), "score"), (Answers(5, manager_score=6), "manager_score"),
    (Answers(5, agency_score=0), "agency_score"), (Answers(5, documents="maybe"), "documents"),
    (Answers(5, sign="Пётр"), "sign"), (Answers(5, text="ы" * 2001), "text"),
    (Answers(5, video_url="http://a.example"), "video_url"), (Answers(0), ""),
    (Answers(10, 5, 1, "no", "хорошо", "https://v.example/1", True, "name", True), "")])
def test_the_model_keeps_no_answer_that_cannot_be(said, fault):
    assert fault_of(said) == fault


def test_a_tally_counts_averages_and_the_share_of_those_asked():
    tally = Tally(asked=8, replied=3)
    for score, manager in ((10, 5), (9, 4), (3, None)):
        tally.add(score, manager)
    assert (tally.tenths, tally.rate, tally.manager_tenths, tally.agency_tenths) == (73, 38, 45, None)
    assert tally.moods == {"low": 1, "middle": 0, "high": 2}
    assert (Tally().tenths, Tally().rate) == (None, None)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=200))
def test_an_average_is_rounded_once_and_never_leaves_the_scale(scores):
    tally = Tally()
    for score in scores:
        tally.add(score)
    exact = sum(scores) / len(scores) * 10
    assert 0 <= tally.tenths <= 100 and abs(tally.tenths - exact) <= 0.5 + 1e-9


def test_a_month_without_answers_is_a_gap_in_the_line_never_a_zero():
    found = chart_rules.points([80, None, 60, 90, None, 50], ["a", "b", "c", "d", "e", "f"])
    assert [point.y is None for point in found] == [False, True, False, False, True, False]
    (path,) = chart_rules.lines(found)
    assert path == f"M{found[2].x} {found[2].y}L{found[3].x} {found[3].y}"
    assert chart_rules.height(100) < chart_rules.height(0) <= chart_rules.HIGH
