"""What staff put right: the trip a complaint is about, an answer that has not left, a closing by mistake, old promises."""

from datetime import UTC, date, datetime, timedelta

import make
import pytest
from complaint_make import bring_to, complaint, step
from complaint_visitor import from_address
from post.making import mode
from sqlalchemy import select

from webapp.complaints import step_rules as rules
from webapp.complaints.about_forms import likeliest
from webapp.complaints.actions import add_client_word, answer, note_answer, reply
from webapp.complaints.actions.changing import About, change_about
from webapp.complaints.actions.talking import call_back
from webapp.complaints.links import status_link
from webapp.complaints.models import Complaint, ComplaintAction, ComplaintEvent, ComplaintWord
from webapp.complaints.questions import claim_days
from webapp.complaints.step_rules import Refused
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.post.models import Hold, Message
from webapp.staff.audit import actor_of
from webapp.staff.rules import BadInput, NotAllowed
from webapp.touches.actions.ticking import tick
from webapp.touches.models import Touch

NIGHT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


@pytest.fixture
def now(now, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(clock, "today", lambda tz: now.astimezone(tz).date())
    return now


@pytest.fixture
def person(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def irina(cast):
    return actor_of(cast.irina)


@pytest.fixture
def boris(cast):
    return actor_of(cast.boris)


def trip(person, cast, now, leaves, back, seller=None, **more):
    return make.trip(person, purchase=date(2025, 1, 10), departure=leaves, back=back, seller=seller or cast.olga, now=now,
                     **more)


def verbs(row):
    return list(db.session.scalars(select(ComplaintEvent.verb).where(ComplaintEvent.complaint_id == row.id)
                                   .order_by(ComplaintEvent.id)))


def fields(page, address, row):
    """What the form on the page carries besides its fields."""
    form = next(form for form in page.get(f"/complaints/{row.id}").root.all("form") if form.attrs.get("action") == address)
    return {node.attrs["name"]: node.attrs.get("value", "") for node in form.all("input", type="hidden")}


def test_the_trip_just_over_or_under_way_comes_first_and_one_to_come_last(browse, cast, person, now):
    days = [(date(2026, 12, 20), date(2026, 12, 30)), (date(2026, 11, 1), date(2026, 11, 9)),
            (date(2026, 11, 18), date(2026, 11, 25)), (date(2027, 5, 1), date(2027, 5, 9)),
            (date(2025, 5, 1), date(2025, 5, 9))]
    trips = [trip(person, cast, now, *pair) for pair in days]
    assert [trips.index(one) for one in likeliest(trips, date(2026, 11, 20))] == [2, 1, 4, 0, 3]
    form = browse(cast.irina).get(f"/complaints/new?client={person.id}")
    chosen = [option for option in form.root.one("select", name="trip").all("option") if "selected" in option.attrs]
    assert [option.attrs["value"] for option in chosen] == [str(trips[2].id)]


def test_another_trip_brings_its_operator_its_manager_its_days_and_its_row_of_the_board(browse, cast, person, irina, now):
    wrong = trip(person, cast, now, date(2026, 10, 1), date(2026, 10, 9), operator="Анекс")
    right = trip(person, cast, now, date(2026, 11, 1), date(2026, 11, 9), operator="Север", seller=cast.pavel)
    row = complaint(person, trip=wrong, now=now)
    page = browse(cast.irina)
    data = fields(page, f"/complaints/{row.id}/change", row)
    answered = page.follow(f"/complaints/{row.id}/change", data | {"trip": right.id, "operator": "",
                                                                    "contact": "anna.new@example.com"})
    db.session.expire_all()
    row = db.session.get_one(Complaint, row.id)
    assert (row.trip_id, row.operator, row.manager_id) == (right.id, "Север", cast.pavel.id)
    assert row.contact_email == "anna.new@example.com"
    assert claim_days(row).file_by == date(2026, 11, 29)
    assert db.session.get_one(Touch, row.task_id).occasion_id == right.occasion_id
    open_lines = db.session.scalars(select(Touch).where(Touch.step_code == f"complaint:{row.id}",
                                                        Touch.status == "planned")).all()
    assert len(open_lines) == 1
    assert "Анекс → Север" in answered.text and verbs(row)[-1] == "changed"


def test_what_is_changed_must_be_this_clients_and_the_complaint_open(cast, person, irina, boris, now):
    stranger = make.client(cast.main, last="Чужой", phone="+79160000033", email=None, now=now)
    theirs = trip(stranger, cast, now, date(2026, 10, 1), date(2026, 10, 9))
    row = complaint(person, now=now)
    with pytest.raises(BadInput):
        change_about(row.id, About(theirs.id), actor=irina, now=now)
    with pytest.raises(NotAllowed):
        change_about(row.id, About(None, "Север"), actor=actor_of(cast.olga), now=now)
    with pytest.raises(Refused):
        change_about(row.id, About(None, "Север"), seen=row.version + 1, actor=irina, now=now)
    step(row, "void", boris, now)
    with pytest.raises(Refused):
        change_about(row.id, About(None, "Север"), actor=irina, now=now)


def test_an_answer_that_waits_is_called_back_and_the_client_waits_again(browse, cast, person, irina, monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: NIGHT)
    mode("live", NIGHT)
    row = complaint(person, now=NIGHT)
    add_client_word(row.id, "Когда ответите?", via="page", key="c", now=NIGHT)
    word = reply(row.id, "Не подумав", key="r", actor=irina, now=NIGHT)
    page = browse(cast.irina)
    data = fields(page, f"/complaints/{row.id}/recall", row)
    answered = page.follow(f"/complaints/{row.id}/recall", data)
    assert "Отозвано: ответ не уйдёт" in answered.text and "отменено" in answered.text
    assert db.session.scalars(select(Message.state).where(Message.source.endswith(f"word:{word.id}"))).one() == "cancelled"
    assert "клиент написал, ему не ответили" in answered.text or "клиент написал" in answered.text
    assert page.post(f"/complaints/{row.id}/recall", data).status == 409, "once"


def test_only_whoever_wrote_it_or_a_director_calls_an_answer_back(cast, person, irina, boris, now):
    mode("live", now)
    row = complaint(person, now=now)
    word = reply(row.id, "Ответ", key="r", actor=boris, now=now)
    with pytest.raises(NotAllowed):
        call_back(row.id, word.id, actor=irina, now=now)
    call_back(row.id, word.id, actor=boris, now=now)
    note = db.session.scalars(select(ComplaintWord).where(ComplaintWord.kind == "reply")).one()
    assert note.text == "Ответ", "what was written stays in the conversation"


def test_thank_you_needs_no_answer(browse, cast, person, irina, now):
    row = complaint(person, now=now)
    add_client_word(row.id, "Спасибо!", via="page", key="c", now=now)
    page = browse(cast.irina)
    answered = page.follow(f"/complaints/{row.id}/settled", fields(page, f"/complaints/{row.id}/settled", row))
    assert "отвечать не нужно" in answered.text and verbs(row)[-1] == "no-answer-needed"
    assert not db.session.scalars(select(Touch).where(Touch.step_code == f"complaint_word:{row.id}",
                                                      Touch.status == "planned")).all()


def closed(person, irina, boris, now, waived=False):
    row = complaint(person, now=now)
    if waived:
        step(bring_to(row, rules.RESOLVED, irina, now), "waive", boris, now)
    else:
        bring_to(row, rules.SHARED, irina, now)
    note_answer(row.id, "yes", actor=irina, now=now)
    tick(db.session.scalars(select(ComplaintAction)).one().touch_id, actor=irina, now=now)
    return step(row, "close", irina, now)


@pytest.mark.parametrize("waived", [False, True])
def test_closing_by_mistake_is_taken_back_on_the_same_day(browse, cast, person, irina, boris, now, waived):
    row = closed(person, irina, boris, now, waived)
    page = browse(cast.irina)
    address = f"/complaints/{row.id}/back"
    page.follow(address, fields(page, address, row))
    row = db.session.get_one(Complaint, row.id, populate_existing=True)
    assert (row.state, row.closed_at, row.rounds) == (rules.WAIVED if waived else rules.SHARED, None, 1)
    assert verbs(row)[-2:] == ["close", "back"]
    assert db.session.scalar(select(Hold.id).where(Hold.client_id == person.id, Hold.released_at.is_(None)))
    assert step(row, "close", irina, now).state == rules.CLOSED


def test_tomorrow_a_closed_one_stays_closed_and_a_colleague_cannot_open_it(cast, person, irina, boris, now):
    row = closed(person, boris, boris, now)
    for actor, at in ((irina, now), (boris, now + timedelta(days=1))):
        with pytest.raises(Refused) as refused:
            step(row, "back", actor, at)
        assert refused.value.code == "too-late"


def test_the_second_decision_says_of_each_old_promise_whether_it_stands(browse, cast, person, irina, boris, now):
    day = date(2026, 11, 30)
    row = bring_to(complaint(person, now=now), rules.INVESTIGATED, irina, now)
    step(row, "resolve", irina, now, actions=[("Вернуть 4 000 ₽", cast.irina.id, day), ("Письмо", cast.irina.id, day)])
    answer(row.id, "no", now=now)
    bring_to(row, rules.INVESTIGATED, boris, now)
    page = browse(cast.boris).get(f"/complaints/{row.id}")
    boxes = page.root.all("input", name="keep")
    assert len(boxes) == 2 and all("checked" in box.attrs for box in boxes)
    money, letter = db.session.scalars(select(ComplaintAction).order_by(ComplaintAction.id)).all()
    step(row, "resolve", boris, now, keep=[letter.id], actions=[("Вернуть 9 000 ₽", cast.boris.id, day)])
    db.session.expire_all()
    assert (money.touch.status, letter.touch.status) == ("cancelled", "planned")
    told = db.session.scalars(select(Message).where(Message.source.contains(":resolve:")).order_by(Message.id.desc())).first()
    assert "Вернуть 9 000 ₽" in told.text and "Письмо" in told.text and "4 000" not in told.text
    shown = browse(cast.boris).get(f"/complaints/{row.id}").text
    assert "Отменили обещанное в первый раз" in shown
    step(row, "back", boris, now)
    db.session.expire_all()
    assert (money.touch.status, letter.touch.status) == ("planned", "planned"), "a decision taken back drops nothing"


def test_the_first_decision_stays_to_be_read_by_its_client_and_in_the_conversation_of_staff(
        browse, cast, person, irina, boris, now, monkeypatch):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=5))
    answer(row.id, "no", words="Этого мало", now=now + timedelta(minutes=5))
    with transaction():
        url = "/k/" + status_link(row, now=now).rpartition("/")[2]
    page = from_address(browse()).get(url)
    first = page.root.one("section", id="first-decision")
    for words in ("Первое решение", "Вы правы.", "Вернуть 4 000 ₽", "Этого мало"):
        assert words in first.text
    bring_to(row, rules.RESOLVED, boris, now + timedelta(minutes=5))
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=10))
    assert "Первое решение" in from_address(browse()).get(url).text
    talk = browse(cast.irina).get(f"/complaints/{row.id}").root.one("ol", id="talk").text
    for words in ("Первое решение", "Наше решение", "Этого мало", "Клиент: не устраивает"):
        assert words in talk
