"""Every letter tells its reader where to choose letters; marketing carries one-click too; and what is left to whom."""

import re
from datetime import UTC, date, datetime, timedelta

import make
import pytest
from sqlalchemy import select

from webapp.clients import actions as clients
from webapp.clients.links import LETTERS, find_link
from webapp.clients.models import Consent, PersonalLink
from webapp.db import db, transaction
from webapp.post import actions as post
from webapp.post.channels import Outgoing
from webapp.post.channels.composing import composed
from webapp.post.models import Message
from webapp.staff.audit import job
from webapp.touches.actions.sending import queue_due, settle
from webapp.touches.models import Touch

SOLD = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
FLIES = date(2026, 11, 20)


@pytest.fixture
def trip(cast):
    """A trip of a client who agreed to news."""
    post.set_mode("trial", actor=job("test"), now=SOLD)
    client = make.client(cast.main, now=SOLD)
    with transaction() as session:
        session.add(Consent(client_id=client.id, channel="email", marketing=True, since=SOLD))
    return make.trip(client, purchase=date(2026, 11, 2), departure=FLIES, back=date(2026, 11, 27), seller=cast.olga,
                     now=SOLD)


def message(trip, code):
    """The message of a step, written at its moment."""
    db.session.rollback()
    touch = db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id, Touch.step_code == code)).one()
    queue_due(now=touch.send_at + timedelta(minutes=1))
    db.session.rollback()
    return db.session.scalars(select(Message).where(Message.source == f"touch:{touch.id}")).one()


def bytes_of(row):
    names = Outgoing.__dataclass_fields__
    return composed(Outgoing(**{name: getattr(row, name) for name in names}))[2].decode()


def test_a_marketing_letter_carries_a_visible_link_and_one_click(trip):
    row = message(trip, "challenge")
    token = re.search(r"/u/(\w{22})\b", row.text)[1]
    assert find_link(LETTERS, token, now=SOLD).source == row.source
    assert row.unsubscribe_url == f"http://127.0.0.1:8000/u/{token}/now"
    assert f'href="http://127.0.0.1:8000/u/{token}"' in row.html and ">Отписаться<" in row.html
    head = bytes_of(row).partition("\r\n\r\n")[0]
    assert f"List-Unsubscribe:\r\n <{row.unsubscribe_url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click" in head


def test_a_service_letter_has_a_discreet_link_and_no_header(trip):
    row = message(trip, "thank_you")
    assert row.unsubscribe_url == "" and ">Какие письма вам присылать<" in row.html
    assert re.search(r"Какие письма вам присылать: http://127.0.0.1:8000/u/\w{22}\n", row.text)
    assert "List-Unsubscribe" not in bytes_of(row)


def test_an_sms_has_no_link_and_makes_none(trip):
    row = message(trip, "fly_tomorrow")
    assert "/u/" not in row.text
    assert db.session.scalars(select(PersonalLink).where(PersonalLink.channel == "sms")).all() == []


def test_each_letter_has_a_link_of_its_own_and_twice_the_planner_makes_no_second(trip):
    message(trip, "thank_you")
    message(trip, "packing")
    message(trip, "packing")
    assert len({row.token_hash for row in db.session.scalars(select(PersonalLink))}) == 2


def test_only_reminders_leave_what_belongs_to_the_flight(trip):
    row = message(trip, "thank_you")
    clients.set_consent(trip.client, "trips", ["email", "sms"], how="preferences", actor=job("client"), now=SOLD)
    settle(now=SOLD)
    db.session.rollback()
    touch = db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id,
                                                   Touch.step_code == "thank_you")).one()
    assert (db.session.get(Message, row.id).state, touch.status, touch.reason) == ("cancelled", "skipped", "suppressed")
    left = {code: message(trip, code).state for code in ("packing", "fly_tomorrow")}
    assert left == {"packing": "queued", "fly_tomorrow": "queued"}
    queue_due(now=datetime(2026, 11, 28, 9, tzinfo=UTC))
    rest = dict(db.session.execute(select(Touch.step_code, Touch.reason).where(
        Touch.occasion_id == trip.occasion_id, Touch.status == "skipped")).all())
    assert rest["welcome_home"] == rest["challenge"] == "stopped"
