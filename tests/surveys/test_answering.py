"""An answer is kept once per trip, may change for a month, and what follows from it happens once."""

from datetime import timedelta

import make
import pytest
from crowd import at_once
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from survey_make import CONSENT, answers, home, reply, reviews, steps, token_of
from trip_make import touches

from webapp.clients.links import find_link
from webapp.club.inviting import code_of
from webapp.complaints.actions.receiving import Intake, receive
from webapp.complaints.models import Complaint
from webapp.db import db, transaction
from webapp.staff.audit import actor_of
from webapp.staff.rules import BadInput
from webapp.surveys.actions.answering import answer
from webapp.surveys.links import SURVEY
from webapp.surveys.models import SurveyAnswer, SurveyAnswerEvent
from webapp.surveys.rules import Answers
from webapp.touches.actions.ticking import tick
from webapp.trips.actions import cancel_trip


@pytest.fixture
def trip(cast, now):
    return home(cast, now)


def complaints():
    """All complaints there are."""
    return list(db.session.scalars(select(Complaint).order_by(Complaint.id)))


def versions():
    return [row.score for row in db.session.scalars(select(SurveyAnswerEvent).order_by(SurveyAnswerEvent.id))]


def test_an_answer_is_kept_with_everything_that_was_said(trip, now):
    row = reply(trip, 8, now=now, text="Всё хорошо", manager_score=5, agency_score=4, documents="partly",
                video_url="https://v.example/1")
    assert (row.score, row.manager_score, row.agency_score, row.documents) == (8, 5, 4, "partly")
    assert (row.text, row.video_url, row.changed_at, row.answered_at) == (
        "Всё хорошо", "https://v.example/1", None, now)
    assert versions() == [8] and complaints() == steps("survey_call") == [] and reviews() == []


def test_the_same_again_changes_nothing(trip, now):
    reply(trip, 8, now=now)
    reply(trip, 8, now=now + timedelta(hours=1))
    (row,) = answers()
    assert row.changed_at is None and versions() == [8]


def test_another_answer_takes_its_place_and_the_history_keeps_both(trip, now):
    reply(trip, 8, now=now)
    reply(trip, 10, now=now + timedelta(days=2))
    (row,) = answers()
    assert (row.score, row.changed_at) == (10, now + timedelta(days=2)) and versions() == [8, 10]


def test_history_can_only_grow(trip, now):
    reply(trip, 8, now=now)
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(update(SurveyAnswerEvent).values(score=10))


def test_after_a_month_an_answer_stays_as_it_is(trip, now):
    reply(trip, 8, now=now)
    with pytest.raises(BadInput, match="closed"):
        reply(trip, 2, now=now + timedelta(days=31))
    assert answers()[0].score == 8


def test_half_a_year_after_the_question_nobody_answers_any_more(trip, now):
    link = find_link(SURVEY, token_of(trip, now), now=now)
    with pytest.raises(BadInput, match="closed"):
        answer(link, Answers(9), consent=CONSENT, now=now + timedelta(days=181))
    assert answers() == []


def test_a_cancelled_trip_is_not_asked_about(trip, cast, now):
    cancel_trip(trip, reason="", actor=actor_of(cast.olga), now=now)
    with pytest.raises(BadInput, match="closed"):
        reply(trip, 9, now=now)


def test_the_database_itself_keeps_one_answer_per_trip_and_no_score_beyond_the_scale(trip, now):
    reply(trip, 8, now=now)
    for wrong in ({"trip_id": trip.id, "score": 5}, {"trip_id": trip.id, "score": 11}):
        with pytest.raises(DBAPIError), transaction() as session:
            session.add(SurveyAnswer(client_id=trip.client_id, office_id=trip.office_id, answered_at=now, **wrong))
            session.flush()


def test_a_bad_score_alerts_customer_service_today_and_asks_for_no_friends(trip, cast, now):
    reply(trip, 6, now=now, text="Номер был грязный")
    (complaint,) = complaints()
    assert (complaint.state, complaint.source, complaint.trip_id, complaint.owner_id) == (
        "draft", "survey", trip.id, cast.irina.id)
    assert complaint.story == "Оценка в анкете: 6 из 10.\n\nНомер был грязный"
    assert answers()[0].complaint_id == complaint.id
    (alert,) = steps("complaint_draft")
    assert (alert.channel, alert.assignee_id, alert.due_on.isoformat()) == ("task", cast.irina.id, "2026-11-20")
    friends = touches(trip)["tell_friends"]
    assert (friends.status, friends.reason) == ("skipped", "complains")


def test_a_good_answer_leaves_the_letter_about_friends_alone(trip, now):
    reply(trip, 9, now=now)
    assert touches(trip)["tell_friends"].status == "planned" and complaints() == []


def test_changing_a_bad_answer_opens_nothing_twice(trip, now):
    for number, score in enumerate((3, 10, 2, 5)):
        reply(trip, score, now=now + timedelta(hours=number))
    assert len(complaints()) == 1 and versions() == [3, 10, 2, 5]


def test_a_good_answer_that_turns_bad_alerts_then(trip, now):
    reply(trip, 9, now=now)
    reply(trip, 4, now=now + timedelta(hours=1))
    assert len(complaints()) == 1


def test_a_trip_that_is_complained_of_already_is_not_complained_of_twice(trip, cast, now):
    given = Intake(client=trip.client, source="phone", story="Грязный номер", trip=trip)
    known = receive(given, actor=actor_of(cast.irina), now=now)
    reply(trip, 1, now=now + timedelta(hours=1))
    assert [row.id for row in complaints()] == [known.id] == [answers()[0].complaint_id]


def test_a_score_without_words_is_a_complaint_all_the_same(trip, now):
    reply(trip, 0, now=now)
    assert [row.story for row in complaints()] == ["Оценка в анкете: 0 из 10."]


def test_who_wants_a_call_is_called_by_who_sold_the_trip(trip, cast, now):
    reply(trip, 8, now=now, call_back=True)
    (call,) = steps("survey_call")
    assert (call.channel, call.assignee_id, call.due_on.isoformat()) == ("call", cast.olga.id, "2026-11-20")


def test_who_was_let_down_is_called_by_customer_service(trip, cast, now):
    reply(trip, 2, now=now, call_back=True)
    assert [step.assignee_id for step in steps("survey_call")] == [cast.irina.id]


def test_in_the_evening_the_call_is_for_the_next_working_day(trip, now):
    reply(trip, 8, now=now + timedelta(hours=9), call_back=True)
    assert steps("survey_call")[0].due_on.isoformat() == "2026-11-23"


def test_a_call_that_is_no_longer_wanted_is_called_off_and_may_be_wanted_again(trip, cast, now):
    reply(trip, 8, now=now, call_back=True)
    reply(trip, 8, now=now + timedelta(minutes=5))
    assert [step.status for step in steps("survey_call")] == ["cancelled"]
    reply(trip, 8, now=now + timedelta(minutes=9), call_back=True)
    assert [step.status for step in steps("survey_call")] == ["cancelled", "planned"]


def test_a_call_that_was_made_is_not_made_again_because_words_change(trip, cast, now):
    reply(trip, 8, now=now, call_back=True)
    (call,) = steps("survey_call")
    tick(call.id, actor=actor_of(cast.olga), now=now + timedelta(hours=1))
    reply(trip, 8, now=now + timedelta(hours=2), text="Спасибо за звонок", call_back=True)
    assert len(steps("survey_call")) == 1


def test_a_trip_nobody_sold_is_called_about_by_customer_service(cast, now):
    trip = make.trip(make.client(cast.main, now=now), purchase=now.date() - timedelta(days=40),
                     departure=now.date() - timedelta(days=10), back=now.date() - timedelta(days=2), seller=None, now=now)
    reply(trip, 8, now=now, call_back=True)
    assert [step.assignee_id for step in steps("survey_call")] == [cast.irina.id]


def test_nine_and_ten_get_the_link_for_friends(trip, now):
    reply(trip, 8, now=now)
    assert code_of(trip.client_id) == ""
    reply(trip, 9, now=now)
    assert code_of(trip.client_id)


def test_a_link_to_one_trip_answers_for_no_other(cast, trip, now):
    other = home(cast, now, number=2, last="Петрова")
    link = find_link(SURVEY, token_of(trip, now), now=now)
    link.source = f"trip:{other.id}"
    with pytest.raises(BadInput, match="closed"):
        answer(link, Answers(1), consent=CONSENT, now=now)
    assert answers() == []


SAID = st.builds(Answers, st.integers(0, 10), call_back=st.booleans(), text=st.sampled_from(["", "Хорошо", "Плохо"]),
                 may_show=st.booleans())


# Every example has a client and a trip of its own.
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(said=st.lists(SAID, min_size=1, max_size=6))
def test_one_answer_per_trip_whatever_is_sent_how_often(app_with_trip, said):
    trip, now = app_with_trip()
    link = find_link(SURVEY, token_of(trip, now), now=now)
    for number, one in enumerate(said):
        for _repeat in range(2):
            answer(link, one, consent=CONSENT, now=now + timedelta(minutes=number))
    row = db.session.scalars(select(SurveyAnswer).where(SurveyAnswer.trip_id == trip.id)).one()
    changes = 1 + sum(one != before for before, one in zip(said, said[1:], strict=False))
    kept = db.session.scalar(select(func.count()).select_from(SurveyAnswerEvent).where(
        SurveyAnswerEvent.answer_id == row.id))
    assert (row.score, row.text, kept) == (said[-1].score, said[-1].text, changes)
    mine = [row for row in complaints() if row.client_id == trip.client_id]
    assert len(mine) == any(one.score <= 6 for one in said)
    calls = [step for step in steps("survey_call") if step.client_id == trip.client_id and step.status == "planned"]
    assert len(calls) == said[-1].call_back
    assert sum(review.trip_id == trip.id for review in reviews()) == any(one.may_show and one.text for one in said)


@pytest.fixture
def app_with_trip(cast, now):
    """A new client with a trip each time: the database is not put back between examples."""
    numbers = iter(range(100, 1000))
    return lambda: (home(cast, now, number=next(numbers)), now)


def test_eight_forms_sent_at_once_are_one_answer_one_complaint_one_call(app, trip, now):
    token = token_of(trip, now)

    def send(number):
        link = find_link(SURVEY, token, now=now)
        answer(link, Answers(4, call_back=True), consent=CONSENT, now=now + timedelta(seconds=number))
    at_once(app, 8, send)
    assert len(answers()) == 1 and versions() == [4]
    assert len(complaints()) == len(steps("survey_call")) == 1
