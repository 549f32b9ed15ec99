"""A friend comes by an invitation or is named to staff: one referral, one call, and reasons for staff alone."""

from datetime import timedelta

import make
import pytest
from crowd import at_once
from friend_make import FRIEND, agreed, calls, comes, fresh, travels
from sqlalchemy import func, select

from webapp.clients.models import Client, Phone, consent_log, consents_of, holders
from webapp.club.actions.friends import come, recommend
from webapp.club.actions.inviting import close_invitation, invitation, reopen_invitation
from webapp.club.actions.knocking import knock
from webapp.club.actions.referring import lose, refuse, talk
from webapp.club.actions.rewarding import settle_friends
from webapp.club.friend_rules import MOST_A_DAY
from webapp.club.friends import Coming
from webapp.club.inviting import code_of, invite_url, inviter_of
from webapp.club.models import FriendLink, Referral
from webapp.db import db, transaction
from webapp.staff.audit import actor_of
from webapp.staff.rules import BadInput, NotAllowed
from webapp.touches.actions import ticking
from webapp.touches.models import Touch
from webapp.trips.actions import cancel_trip


@pytest.fixture
def anna(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


def test_an_invitation_is_made_once_and_opens_whatever_way_it_is_said(anna, now) -> None:
    assert invite_url(anna.id) is None
    url = invitation(anna.id, now=now)
    assert invitation(anna.id, now=now) == url == invite_url(anna.id)
    assert url.endswith(f"/i/{code_of(anna.id)}") and str(anna.id) not in url.rpartition("/")[2]
    assert inviter_of(code_of(anna.id).lower()).id == anna.id


def test_ten_letters_at_once_offer_the_same_invitation(app, anna, now) -> None:
    urls = at_once(app, 10, lambda number: invitation(anna.id, now=now))
    assert len(set(urls)) == 1 and db.session.scalar(select(func.count()).select_from(FriendLink)) == 1


def test_a_closed_invitation_opens_nothing_and_may_be_opened_again(anna, cast, now) -> None:
    olga, url = actor_of(cast.olga), invitation(anna.id, now=now)
    code = code_of(anna.id)
    close_invitation(anna, actor=olga, now=now)
    assert (inviter_of(code), invite_url(anna.id), invitation(anna.id, now=now)) == (None, None, None)
    reopen_invitation(anna, actor=olga, now=now)
    assert invite_url(anna.id) == url
    with pytest.raises(NotAllowed):
        close_invitation(anna, actor=actor_of(cast.vera), now=now)


def test_a_friend_becomes_a_client_with_consents_and_a_call_on_the_next_working_day(anna, cast, now) -> None:
    row = comes(anna, now=now, news=("sms",))
    friend = row.friend
    assert (friend.first_name, friend.last_name, friend.source) == ("Мария", "Кузнецова", "friend")
    assert (friend.manager_id, friend.office_id, row.state, row.manager_id) == (
        cast.olga.id, cast.main.id, "new", cast.olga.id)
    said = {(event.channel, event.given, event.address) for event in consent_log(friend.id)}
    assert said == {("data", True, "203.0.113.7"), ("sms", True, "203.0.113.7")}
    assert consents_of(friend.id)["sms"].marketing and "call" not in consents_of(friend.id)
    (call,) = calls()
    # Friday's friend is called on Monday.
    assert (call.due_on.isoformat(), call.assignee_id, call.channel) == ("2026-11-23", cast.olga.id, "call")
    assert call.step_code == f"friend:{row.id}" and "Иванова Анна" in call.note and "на море" in call.note


def test_the_same_friend_sent_ten_times_at_once_is_one_referral(app, anna, now) -> None:
    anna_id = anna.id
    sent = at_once(app, 10, lambda number: come(anna_id, Coming("Мария", FRIEND, "на море"), agreed(), now=now).id)
    assert len(set(sent)) == 1 and len(calls()) == 1 and len(holders([FRIEND])) == 1
    assert db.session.scalar(select(func.count()).select_from(Referral)) == 1


def test_the_own_phone_is_no_friend_and_nobody_calls(anna, now) -> None:
    row = comes(anna, now=now, phone="+79160000001")
    assert (row.state, row.reason, row.friend_id) == ("refused", "self", None) and calls() == []
    assert comes(anna, now=now, phone="+79160000001").id == row.id


def test_the_second_record_of_the_inviter_is_no_friend(anna, cast, now) -> None:
    twin = make.client(cast.main, last="Иванова-Вторая", email=None, now=now)
    with transaction() as session:
        session.get_one(Client, twin.id).phones.append(Phone(e164=FRIEND, raw=FRIEND))
    row = comes(anna, now=now)
    assert (row.state, row.reason) == ("refused", "self")


@pytest.mark.parametrize(("last", "reason"), [("Иванова", "self"), ("Петров", "")])
def test_name_and_address_together_are_one_person_and_an_address_alone_a_family(anna, cast, now, last, reason) -> None:
    make.client(cast.main, last=last, phone=FRIEND, email="anna@example.com", now=now)
    assert comes(anna, now=now).reason == reason


def test_two_who_name_each_other_bring_one_friend(anna, cast, now) -> None:
    first = comes(anna, now=now)
    friend = db.session.get_one(Client, first.friend_id)
    back = comes(friend, now=now + timedelta(minutes=1), phone="+79160000001")
    assert (first.state, back.state, back.reason) == ("new", "refused", "known")


def test_a_client_who_has_bought_before_is_known_but_a_wish_is_worth_a_call(anna, cast, now) -> None:
    old = make.client(cast.main, last="Кузнецова", phone=FRIEND, email=None, manager=cast.pavel, now=now)
    travels(old, now=now - timedelta(days=400))
    row = comes(anna, now=now)
    assert (row.state, row.reason, row.friend_id) == ("refused", "known", old.id)
    # The friend's own manager calls, who knows them.
    assert [call.assignee_id for call in calls(old.id)] == [cast.pavel.id]
    assert consent_log(old.id) == []


def test_a_client_of_before_without_a_wish_is_left_in_peace(anna, cast, now) -> None:
    old = make.client(cast.main, last="Кузнецова", phone=FRIEND, email=None, now=now)
    travels(old, now=now - timedelta(days=400))
    assert comes(anna, now=now, wish="").reason == "known" and calls() == []


def test_whose_only_trip_was_cancelled_is_a_friend(anna, cast, now) -> None:
    old = make.client(cast.main, last="Кузнецова", phone=FRIEND, email=None, now=now)
    trip = travels(old, now=now - timedelta(days=4))
    cancel_trip(trip, reason="передумали", actor=actor_of(cast.boris), now=now)
    row = comes(anna, now=now)
    assert (row.state, row.friend_id) == ("new", old.id)


def test_a_friend_of_two_clients_is_the_first_ones(anna, cast, now) -> None:
    boris = make.client(cast.main, last="Петров", phone="+79160000002", email=None, now=now)
    first, second = comes(anna, now=now), comes(boris, now=now, wish="в горы")
    assert (first.state, second.state, second.reason) == ("new", "refused", "repeat")
    # One call with both wishes, not two.
    (call,) = calls()
    assert "на море" in call.note and "в горы" in call.note


def test_a_friend_who_was_given_up_belongs_to_whoever_brings_them_next(anna, cast, now) -> None:
    petrov = make.client(cast.main, last="Петров", phone="+79160000002", email=None, now=now)
    first = comes(anna, now=now)
    lose(first.id, note="передумала", actor=actor_of(cast.olga), now=now)
    second = comes(petrov, now=now)
    assert (fresh(first).state, fresh(first).reason, fresh(second).state) == ("refused", "by-another", "new")
    assert fresh(second).friend_id == fresh(first).friend_id


def test_a_friend_who_was_given_up_and_comes_again_is_called_again(anna, cast, now) -> None:
    first = comes(anna, now=now)
    lose(first.id, note="", actor=actor_of(cast.olga), now=now)
    assert [call.status for call in calls()] == ["cancelled"]
    again = comes(anna, now=now + timedelta(days=9))
    assert (again.id, again.state) == (first.id, "talking")
    assert [call.status for call in calls()] == ["cancelled", "planned"]


def test_one_page_takes_so_many_friends_a_day_and_no_more(anna, now) -> None:
    for number in range(MOST_A_DAY):
        knock(anna.id, Coming("Мария", f"+7916222{number:04d}"), agreed(), now=now)
    with pytest.raises(BadInput, match="too many"):
        knock(anna.id, Coming("Мария", "+79163330000"), agreed(), now=now)
    knock(anna.id, Coming("Мария", "+79163330000"), agreed(), now=now + timedelta(days=1, seconds=1))


def test_a_friend_of_another_office_is_called_there(anna, cast, now) -> None:
    far = make.client(cast.east, last="Дальняя", phone=FRIEND, email=None, manager=cast.vera, now=now)
    row = comes(anna, now=now)
    (call,) = calls()
    assert (row.office_id, call.office_id, call.assignee_id, call.client_id) == (
        cast.main.id, cast.east.id, cast.vera.id, far.id)


def test_when_the_manager_has_left_customer_service_calls(anna, cast, now) -> None:
    with transaction():
        cast.olga.dismissed_at = now
    comes(anna, now=now)
    assert [call.assignee_id for call in calls()] == [cast.irina.id]


def visit_of(client, cast, now) -> Touch:
    trip = travels(client, now=now - timedelta(days=40), days=20)
    return db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id,
                                                  Touch.step_code == "call_back")).one()


def test_who_recommends_on_the_board_makes_a_referral_and_one_undo_takes_the_call_back(anna, cast, now) -> None:
    olga, touch = actor_of(cast.olga), visit_of(anna, cast, now)
    with transaction():
        touch.status, touch.assignee_id = "planned", cast.olga.id
    ticking.tick(touch.id, actor=olga, now=now, outcome="recommends", bundle="b",
                 answers={"name": "Пётр Орлов", "phone": "8 916 111-00-01"})
    row = db.session.scalars(select(Referral)).one()
    assert (row.source, row.state, row.phone, row.inviter_id) == ("board", "new", FRIEND, anna.id)
    assert row.friend.full_name == "Орлов Пётр" and len(calls(row.friend_id)) == 1
    assert consent_log(row.friend_id) == []
    ticking.undo("b", actor=olga, now=now)
    assert [call.status for call in calls()] == ["cancelled"]
    settle_friends(now=now)
    assert (fresh(row).state, fresh(row).reason) == ("refused", "undone")


def test_a_friend_without_a_phone_is_a_call_to_who_recommends(anna, cast, now) -> None:
    row = recommend(anna, Coming("Сосед с пятого этажа", words="спросить у Анны"), actor=actor_of(cast.olga), now=now)
    (call,) = calls(anna.id)
    assert row.friend_id is None and "Сосед с пятого этажа, спросить у Анны" in call.note


def test_nobody_is_recommended_without_a_name_and_a_phone(anna, cast, now) -> None:
    with pytest.raises(BadInput, match="no friend"):
        recommend(anna, Coming(), actor=actor_of(cast.olga), now=now)
    with pytest.raises(NotAllowed):
        recommend(anna, Coming("Пётр"), actor=actor_of(cast.vera), now=now)


def test_a_call_that_was_made_means_that_somebody_works_on_it(anna, cast, now) -> None:
    row = comes(anna, now=now)
    (call,) = calls()
    ticking.tick(call.id, actor=actor_of(cast.olga), now=now, outcome="no_answer")
    assert fresh(row).state == "new"
    ticking.tick(call.id, actor=actor_of(cast.olga), now=now)
    assert fresh(row).state == "talking"


def test_staff_talk_lose_and_refuse_with_rights_and_reasons(anna, cast, now) -> None:
    row, olga, pavel = comes(anna, now=now), actor_of(cast.olga), actor_of(cast.pavel)
    with pytest.raises(NotAllowed):
        talk(row.id, actor=pavel, now=now)
    assert talk(row.id, actor=olga, now=now).state == "talking"
    with pytest.raises(BadInput, match="reason needed"):
        refuse(row.id, note="", actor=olga, now=now)
    assert refuse(row.id, note="муж нашего клиента", actor=actor_of(cast.irina), now=now).reason == "by-hand"
    with pytest.raises(BadInput, match="state"):
        talk(row.id, actor=olga, now=now)
    assert [call.status for call in calls()] == ["cancelled"]
    with pytest.raises(LookupError):
        lose(999, note="", actor=olga, now=now)
