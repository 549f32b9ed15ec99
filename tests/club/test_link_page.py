"""The link of the balance page, sent from the page of a card: once a day, with fifteen seconds to take it back."""

from datetime import timedelta

import club_make
import make
import pytest
import time_machine
from conftest import NOW
from sqlalchemy import select

from webapp.clients.actions import set_consent
from webapp.club.actions.sharing import links_of_today
from webapp.club.models import Card, number_of
from webapp.db import db
from webapp.kit import clock
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.staff.audit import actor_of, job


@pytest.fixture
def still():
    """The clock stands still on Friday, 20 November 2026, 12:00 in Moscow."""
    with time_machine.travel(NOW, tick=False) as moment:
        yield moment


@pytest.fixture
def card(cast, now, still):
    post.set_mode("trial", actor=job("test"), now=now)
    return club_make.card(make.client(cast.main, manager=cast.olga, now=now), cast.main, points=1840, now=now)


@pytest.fixture
def url(card):
    return f"/cards/{number_of(card.id)}"


def links() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(select(Message).where(Message.source.like("card-link:%")).order_by(Message.id)))


@pytest.mark.parametrize(("channel", "address"), [("sms", "+79160000001"), ("email", "anna@example.com")])
def test_the_link_waits_fifteen_seconds_and_can_be_taken_back_and_sent_anew(browse, cast, url, still, channel, address):
    olga = browse(cast.olga)
    page = olga.follow(f"{url}/link/{channel}")
    assert "ещё можно вернуть" in page.text and "вот-вот уйдёт" in page.root.one(id="link").text
    post.deliver(now=clock.now())
    (waits,) = links()
    assert (waits.state, waits.address, waits.klass) == ("queued", address, "service")
    assert "ссылка не уйдёт" in olga.follow(f"{url}/link/{channel}/undo").text
    olga.post(f"{url}/link/{channel}")
    still.shift(timedelta(seconds=16))
    post.deliver(now=clock.now())
    assert [row.state for row in links()] == ["cancelled", "sent"]
    page = olga.get(url).root.one(id="link")
    assert "со ссылкой ушло сегодня в 12:00" in page.text and len(page.all("form")) == 1, "the other channel alone"
    olga.post(f"{url}/link/{channel}/undo")
    assert [row.state for row in links()] == ["cancelled", "sent"], "too late"


def test_pressed_twice_a_day_it_is_one_letter(browse, cast, url, still):
    olga = browse(cast.olga)
    for _ in range(3):
        olga.post(f"{url}/link/sms")
    assert len(links()) == 1
    still.shift(timedelta(days=1))
    browse(cast.olga).post(f"{url}/link/sms")
    assert len(links()) == 2


def test_what_waits_for_the_morning_or_a_hold_says_so_and_can_be_taken_back(browse, cast, url, still, now):
    post.set_mode("held", actor=job("test"), now=now)
    olga = browse(cast.olga)
    page = olga.follow(f"{url}/link/sms")
    assert "Ждёт" in page.root.one(id="link").text and [row.state for row in links()] == ["held"]
    assert "ссылка не уйдёт" in olga.follow(f"{url}/link/sms/undo").text


def test_only_channels_the_client_has_are_offered(browse, cast, now, card):
    for phone, email, offered in ((None, "a@example.com", {"email"}), ("+79160000007", None, {"sms"}), (None, None, set())):
        one = club_make.card(make.client(cast.main, last="Иная", phone=phone, email=email, now=now), cast.main, now=now)
        page = browse(cast.olga).get(f"/cards/{number_of(one.id)}")
        actions = {form.attrs["action"].rpartition("/")[2] for form in page.root.one(id="link").all("form")}
        assert actions == offered
        if not offered:
            assert "ни почты, ни мобильного" in page.text
            refused = browse(cast.olga).follow(f"/cards/{number_of(one.id)}/link/sms")
            assert "нет адреса" in refused.text and links() == []


def test_a_client_who_stopped_letters_gets_none_and_staff_read_why(browse, cast, card, url, now):
    set_consent(card.client, "stop", ["sms"], how="phone", actor=actor_of(cast.olga), now=now)
    assert "Не отправлено: на этот номер попросили не писать" in browse(cast.olga).follow(f"{url}/link/sms").text
    assert [row.state for row in links()] == ["cancelled"] and links_of_today(card, now=now) == {}


def test_staff_of_other_offices_and_administrators_send_nothing(browse, cast, card, url):
    assert browse(cast.vera).post(f"{url}/link/sms").status == 404
    assert browse(cast.anna).post(f"{url}/link/sms").status == 404
    assert browse(cast.olga).post(f"{url}/link/fax").status == 404 and links() == []
    assert db.session.get_one(Card, card.id).client_id == card.client_id
