"""What a client said is handed out whole and gone when the client is; what was shown is shown no more."""

import io
import json
import zipfile

from sqlalchemy import select
from survey_make import CONSENT, home, reply, reviews, token_of

from webapp.clients.links import find_link
from webapp.complaints.actions import act
from webapp.complaints.questions import open_ones
from webapp.db import Base, db
from webapp.desk.person.actions import erase_person
from webapp.desk.person.export import archive_of
from webapp.staff.audit import actor_of
from webapp.surveys.actions import moderating
from webapp.surveys.actions.answering import change_review
from webapp.surveys.links import SURVEY
from webapp.surveys.models import ReviewEvent, SurveyAnswer, SurveyAnswerEvent
from webapp.surveys.review_list import shelf

WORDS = ("Сокровенное", "Прилюдное", "Благодарим", "Тушинский", "video.example", "Фёкла", "Небылицына")


def spoken(cast, now):
    """A client who has answered, changed the answer, and lets a review be read."""
    trip = home(cast, now, last="Небылицына", first="Фёкла")
    reply(trip, 3, now=now, text="Сокровенное", video_url="https://video.example/x", call_back=True)
    reply(trip, 9, now=now, text="Сокровенное вновь")
    link = find_link(SURVEY, token_of(trip, now), now=now)
    change_review(link, "Прилюдное: Тушинский мил", sign="name", consent=CONSENT, now=now)
    (row,) = reviews()
    irina = actor_of(cast.irina)
    moderating.mask(row.id, ["Тушинский"], turn=row.turn, actor=irina, now=now)
    moderating.publish(row.id, turn=row.turn, actor=irina, now=now)
    moderating.reply(row.id, "Благодарим", actor=irina, now=now)
    # The low score opened the draft of a complaint; while one is open nobody is erased.
    (opened,) = open_ones(trip.client_id)
    act(opened.id, "void", {"reason": "Всё хорошо"}, actor=irina, now=now)
    return trip


def left(now):
    """Words of the client that stand anywhere."""
    db.session.rollback()
    rows = [json.dumps(dict(row), ensure_ascii=False, default=str) for table in Base.metadata.sorted_tables
            for row in db.session.execute(select(table)).mappings()]
    return sorted({word for word in WORDS for row in rows if word in row})


def test_nothing_of_what_was_said_is_left_and_the_numbers_stay(cast, now):
    trip = spoken(cast, now)
    assert len(left(now)) == len(WORDS)
    erase_person(trip.client, actor=actor_of(cast.boris), now=now)
    assert left(now) == []
    row = db.session.scalars(select(SurveyAnswer)).one()
    assert (row.score, row.text, row.may_show) == (9, "", False)
    assert [event.score for event in db.session.scalars(select(SurveyAnswerEvent))] == [3, 9]
    assert all(event.facts == {} for event in db.session.scalars(select(ReviewEvent)))


def test_the_review_of_somebody_erased_is_off_the_public_page(cast, browse, now):
    trip = spoken(cast, now)
    assert len(shelf("", 1).rows) == 1
    erase_person(trip.client, actor=actor_of(cast.boris), now=now)
    assert shelf("", 1).rows == [] and reviews()[0].state == "withdrawn"
    for address in ("/surveys", "/reviews?show=all", f"/reviews/{reviews()[0].id}"):
        assert browse(cast.boris).get(address).status == 200


def test_the_link_of_somebody_erased_opens_nothing(cast, browse, now):
    trip = spoken(cast, now)
    token = token_of(trip, now)
    erase_person(trip.client, actor=actor_of(cast.boris), now=now)
    assert browse().get(f"/s/{token}").status == 404


def test_the_file_about_a_person_has_what_was_said_in_words(app, cast, now):
    trip = spoken(cast, now)
    with app.test_request_context(), zipfile.ZipFile(io.BytesIO(archive_of(trip.client, now=now))) as archive:
        page, machine = archive.read("client.html").decode(), json.loads(archive.read("client.json"))
    for words in ("Сокровенное вновь", "Прилюдное: Тушинский мил", "Фёкла Н.", "Благодарим"):
        assert words in page
    assert [event["score"] for event in machine["survey_answer_event"]] == [3, 9]
    assert machine["review"][0]["masks"] == ["Тушинский"]
