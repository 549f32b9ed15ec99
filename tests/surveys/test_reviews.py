"""Reviews: seen by staff before others read them, hidden only for a reason, signed as the client wished, told in letters."""

from datetime import timedelta

import make
import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from survey_make import CONSENT, home, reply, reviews
from trip_make import touches

from webapp.clients.actions import make_link
from webapp.clients.links import find_link
from webapp.club.actions.friends import recommend
from webapp.club.friends import Coming
from webapp.db import db, transaction
from webapp.letters.placeholders import values_for
from webapp.staff.audit import actor_of
from webapp.staff.rules import BadInput, NotAllowed
from webapp.surveys.actions import moderating
from webapp.surveys.actions.answering import change_review, take_review_back
from webapp.surveys.finding_rules import MASK
from webapp.surveys.links import SURVEY, source_of
from webapp.surveys.matching import best_for
from webapp.surveys.models import Review, ReviewEvent
from webapp.surveys.review_list import found_in, history_of, shelf
from webapp.surveys.review_rules import REASONS
from webapp.touches.letter_context import context_of


@pytest.fixture
def irina(cast):
    return actor_of(cast.irina)


def write(trip, text, *, now, sign="name"):
    """The client writes a review on its page."""
    token = make_link(SURVEY, trip.client_id, source=source_of(trip.id), now=now)
    change_review(find_link(SURVEY, token, now=now), text, sign=sign, consent=CONSENT, now=now)
    return db.session.query(Review).filter_by(trip_id=trip.id).one()


def publish(row, actor, now):
    return moderating.publish(row.id, turn=row.turn, actor=actor, now=now)


def shown(cast, irina, now, number, *, score=10, text="Всё понравилось", **more):
    """A review that everybody reads, of a client of its own."""
    trip = home(cast, now, number=number, last=f"Клиентов{number}", first="Пётр", **more)
    reply(trip, score, now=now)
    return publish(write(trip, text, now=now), irina, now)


def told(cast, now, *, destination="Анталья", language="ru", number=999):
    client = make.client(cast.main, last="Читателев", phone=f"+7916999{number:04}", language=language, now=now)
    return best_for(client.id, destination, language)


def test_nothing_is_shown_before_somebody_has_looked_at_it(cast, irina, now):
    row = write(home(cast, now), "Чудесный отель", now=now)
    assert shelf("", 1).rows == []
    publish(row, irina, now)
    assert [one.text for one in shelf("", 1).rows] == ["Чудесный отель"]
    assert [event.verb for event in history_of(row.id)] == ["shown", "written"]


def test_a_bad_review_is_shown_like_every_other(cast, irina, now):
    row = shown(cast, irina, now, 1, score=1, text="Всё было плохо")
    assert [one.id for one in shelf("", 1).rows] == [row.id]


def test_a_review_that_is_shown_and_changed_waits_again(cast, irina, now):
    trip = home(cast, now)
    publish(write(trip, "Чудесный отель", now=now), irina, now)
    row = write(trip, "Отель так себе", now=now + timedelta(hours=1))
    assert row.state == "new" and shelf("", 1).rows == []


def test_the_same_review_sent_again_stays_shown(cast, irina, now):
    trip = home(cast, now)
    publish(write(trip, "Чудесный отель", now=now), irina, now)
    assert write(trip, "Чудесный отель", now=now + timedelta(hours=1)).state == "shown"


def test_what_the_client_changed_meanwhile_is_not_shown_unread(cast, irina, now):
    trip = home(cast, now)
    seen = write(trip, "Чудесный отель", now=now).turn
    row = write(trip, "Звоните мне: +7 916 123-45-67", now=now)
    for act in (lambda: moderating.publish(row.id, turn=seen, actor=irina, now=now),
                lambda: moderating.mask(row.id, [], turn=seen, actor=irina, now=now),
                lambda: moderating.hide(row.id, reason="abuse", words="x", turn=seen, actor=irina, now=now)):
        with pytest.raises(BadInput, match="changed"):
            act()


def test_phones_of_others_are_left_out_first(cast, irina, now):
    row = write(home(cast, now), "Гид Мехмет, +90 532 123 45 67, лучший", now=now)
    with pytest.raises(BadInput, match="not masked"):
        publish(row, irina, now)
    moderating.mask(row.id, [found.words for found in found_in(row)], turn=row.turn, actor=irina, now=now)
    publish(row, irina, now)
    assert shelf("", 1).rows[0].shown_text == f"Гид Мехмет, {MASK}, лучший"
    with pytest.raises(BadInput, match="not masked"):
        moderating.mask(row.id, [], turn=row.turn, actor=irina, now=now)


def test_surnames_of_colleagues_and_companions_are_pointed_out(cast, now):
    trip = home(cast, now, companions=("Тушинский Олег",))
    row = write(trip, "Спасибо Соколовой и Олегу Тушинскому, Ивановы ещё приедут", now=now)
    assert {found.words for found in found_in(row)} == {"Соколовой", "Тушинскому", "Ивановы"}


def test_only_words_of_the_review_can_be_left_out(cast, irina, now):
    row = write(home(cast, now), "Чудесный отель", now=now)
    with pytest.raises(BadInput, match="not in text"):
        moderating.mask(row.id, ["ужасный"], turn=row.turn, actor=irina, now=now)


@pytest.mark.parametrize(("reason", "words"), [("", "грубо"), ("bad-score", "грубо"), ("abuse", " "), ("score", "x")])
def test_without_a_reason_of_the_list_nothing_is_hidden(cast, irina, now, reason, words):
    row = write(home(cast, now), "Ужасный отель", now=now)
    with pytest.raises(BadInput, match="reason needed"):
        moderating.hide(row.id, reason=reason, words=words, turn=row.turn, actor=irina, now=now)
    assert reviews()[0].state == "new"


def test_every_reason_hides_and_stays_on_record(cast, irina, now):
    for number, reason in enumerate(REASONS, start=1):
        row = shown(cast, irina, now, number)
        moderating.hide(row.id, reason=reason, words="вот почему", turn=row.turn, actor=irina, now=now)
        event = history_of(row.id)[0]
        assert (event.verb, event.reason, event.facts["note"], event.user_id) == (
            "hidden", reason, "вот почему", irina.user_id)
    found = shelf("", 1)
    assert found.rows == [] and found.hidden == len(REASONS)


def test_what_was_hidden_by_mistake_is_shown_again(cast, irina, now):
    row = shown(cast, irina, now, 1)
    moderating.hide(row.id, reason="repeat", words="уже было", turn=row.turn, actor=irina, now=now)
    publish(row, irina, now)
    assert len(shelf("", 1).rows) == 1


def test_history_can_only_grow(cast, now):
    write(home(cast, now), "Чудесный отель", now=now)
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(update(ReviewEvent).values(reason="x"))


def test_the_database_itself_shows_nothing_without_consent(cast, irina, now):
    row = shown(cast, irina, now, 1)
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(update(Review).where(Review.id == row.id).values(consented_at=None))


def test_taking_the_consent_back_takes_the_review_off_everywhere_at_once(cast, irina, now):
    row = shown(cast, irina, now, 1)
    token = make_link(SURVEY, row.client_id, source=source_of(row.trip_id), now=now)
    assert told(cast, now) is not None
    take_review_back(find_link(SURVEY, token, now=now), now=now)
    assert shelf("", 1).rows == [] and told(cast, now, number=998) is None
    with pytest.raises(BadInput, match="no consent"):
        publish(reviews()[0], irina, now)


def test_staff_take_it_off_when_the_client_asks(cast, irina, now):
    row = shown(cast, irina, now, 1)
    moderating.take_off(row.id, actor=irina, now=now)
    assert reviews()[0].state == "withdrawn"


def test_only_service_and_directors_of_the_office_decide(cast, irina, now):
    row = write(home(cast, now), "Чудесный отель", now=now)
    for person in (cast.olga, cast.anna):
        with pytest.raises(NotAllowed):
            publish(row, actor_of(person), now)
    far = make.client(cast.east, last="Дальняя", phone="+79990000001", now=now)
    other = write(home(cast, now, client=far, seller=cast.vera), "Хорошо", now=now)
    with pytest.raises(NotAllowed):
        publish(other, irina, now)
    assert [row.state for row in reviews()] == ["new", "new"]


def test_our_answer_stands_below_and_can_be_taken_away(cast, irina, now):
    row = shown(cast, irina, now, 1)
    moderating.reply(row.id, "Спасибо!", actor=irina, now=now)
    moderating.reply(row.id, "Спасибо!", actor=irina, now=now)
    assert reviews()[0].answer == "Спасибо!"
    moderating.reply(row.id, "", actor=irina, now=now)
    assert reviews()[0].answer == ""
    assert [event.verb for event in history_of(row.id)][:2] == ["answer-removed", "answered"]


def test_the_words_of_the_survey_and_of_the_page_are_one_review(cast, now):
    trip = home(cast, now)
    reply(trip, 9, now=now, text="Из анкеты", may_show=True)
    write(trip, "Со страницы", now=now)
    reply(trip, 10, now=now + timedelta(hours=1), text="Из анкеты", may_show=True)
    assert [row.text for row in reviews()] == ["Со страницы"]


def test_the_shelf_has_pages_and_destinations(cast, irina, now):
    for number in range(1, 13):
        shown(cast, irina, now, number, destination="Турция" if number > 2 else "Египет")
    first, second = shelf("", 1), shelf("", 2)
    assert (len(first.rows), len(second.rows), first.count) == (10, 2, 12)
    assert first.destinations == [("Египет", 2), ("Турция", 10)]
    assert {row.destination for row in shelf("египет", 1).rows} == {"Египет"}
    assert shelf("Атлантида", 1).count == 12


def test_a_letter_tells_first_of_who_came_by_a_friend_then_of_the_same_destination_then_the_newest(cast, irina, now):
    shown(cast, irina, now, 1, text="Далеко и давно", destination="Египет")
    assert told(cast, now, number=1).text == "Далеко и давно"
    shown(cast, irina, now + timedelta(days=1), 2, text="Далеко и недавно", destination="Куба")
    assert told(cast, now, number=2).text == "Далеко и недавно"
    shown(cast, irina, now - timedelta(days=5), 3, text="Там же", destination="анталья")
    assert told(cast, now, number=3).text == "Там же"
    inviter = make.client(cast.main, last="Позвалов", phone="+79168880001", now=now)
    friend = recommend(inviter, Coming("Пётр Другов", "+79168880002"), actor=actor_of(cast.olga), now=now).friend
    shown(cast, irina, now - timedelta(days=6), 4, text="По совету друга", destination="Египет", client=friend)
    assert told(cast, now, number=4).text == "По совету друга"


def test_nobody_is_told_their_own_review_a_bad_one_or_one_in_another_language(cast, irina, now):
    own = shown(cast, irina, now, 1)
    assert best_for(own.client_id, "Анталья", "ru") is None
    assert told(cast, now, language="en") is None
    moderating.take_off(own.id, actor=irina, now=now)
    shown(cast, irina, now, 2, score=8)
    assert told(cast, now, number=2) is None


def test_a_review_with_something_left_out_is_not_told_in_letters(cast, irina, now):
    row = write(home(cast, now), "Гид +90 532 123 45 67", now=now)
    with transaction() as session:
        session.execute(update(Review).where(Review.id == row.id).values(score=10))
    db.session.refresh(row)
    moderating.mask(row.id, ["+90 532 123 45 67"], turn=row.turn, actor=irina, now=now)
    publish(row, irina, now)
    assert told(cast, now) is None


def test_the_letter_has_text_and_signature_and_asks_the_database_once_for_both(cast, irina, now, counted):
    shown(cast, irina, now, 1, text="Первая строка.\nВторая строка.")
    trip = home(cast, now, number=2, last="Читателев")
    context = context_of(trip.occasion, "ru", now=now)
    with counted("review") as asked:
        values = values_for(context, {"review.text", "review.author"})
    assert values == {"review.text": "Первая строка. Вторая строка.", "review.author": "Пётр К."}
    assert asked.count == 1 and touches(trip)["testimonial"].status == "planned"


@pytest.fixture
def counted():
    """Counts the questions that name a table."""
    from contextlib import contextmanager
    from types import SimpleNamespace

    from sqlalchemy import event

    @contextmanager
    def count(table):
        found = SimpleNamespace(count=0)

        def listen(_connection, _cursor, statement, *_rest):
            found.count += f"FROM {table}" in statement.replace("\n", " ")
        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            yield found
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
    return count
