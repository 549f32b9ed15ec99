"""Consents: the log and the state in one step, the strictest reading, and a log that cannot be rewritten."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import make
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from webapp.clients import actions
from webapp.clients.models import Client, consent_log, consents_of
from webapp.db import transaction
from webapp.staff.audit import actor_of
from webapp.staff.rules import Actor, BadInput


@pytest.fixture
def anna(cast: SimpleNamespace, now: datetime) -> Client:
    """A client nobody asked for a consent yet."""
    return make.client(cast.main, now=now)


def states(client: Client) -> dict[str, tuple[bool, bool]]:
    """(news, stopped) by channel."""
    return {channel: (row.marketing, row.stopped) for channel, row in consents_of(client.id).items()}


def test_a_consent_is_a_line_in_the_log_and_a_state_per_channel(anna: Client, cast: SimpleNamespace,
                                                                now: datetime) -> None:
    who: dict[str, Any] = {"actor": actor_of(cast.olga)}
    actions.set_consent(anna, "give", ["email", "sms"], how="form", text_version="Бланк от 01.09.2025",
                        address="+79160000001", now=now, **who)
    later = now + timedelta(days=1)
    actions.set_consent(anna, "withdraw", ["sms"], how="phone", now=later, **who)
    assert states(anna) == {"email": (True, False), "sms": (False, False)}
    assert [(e.channel, e.scope, e.given, e.how, e.text_version, e.actor, e.at) for e in consent_log(anna.id)] == [
        ("sms", "marketing", False, "phone", "", "Ольга Соколова", later),
        ("sms", "marketing", True, "form", "Бланк от 01.09.2025", "Ольга Соколова", now),
        ("email", "marketing", True, "form", "Бланк от 01.09.2025", "Ольга Соколова", now)]
    assert consents_of(anna.id)["email"].since == now and consents_of(anna.id)["sms"].since == later


def test_stop_takes_the_news_too_and_resuming_does_not_bring_them_back(anna: Client, now: datetime) -> None:
    visitor = Actor("client")
    actions.set_consent(anna, "give", ["email"], how="site", text_version="1", actor=visitor, now=now)
    actions.set_consent(anna, "stop", ["email"], how="page", address="203.0.113.7", actor=visitor, now=now)
    assert states(anna) == {"email": (False, True)}
    actions.set_consent(anna, "resume", ["email"], how="page", actor=visitor, now=now)
    assert states(anna) == {"email": (False, False)}
    assert [(e.scope, e.given) for e in consent_log(anna.id)] == [("all", True), ("all", False), ("marketing", True)]


@pytest.mark.parametrize(("step", "channels", "version", "code"), [
    ("give", ["email"], "", "no-text"), ("give", [], "1", "bad-choice"), ("give", ["fax"], "1", "bad-choice"),
    ("shout", ["email"], "1", "bad-choice"),
])
def test_what_is_no_consent_is_refused(step: str, channels: list[str], version: str, code: str, anna: Client,
                                       cast: SimpleNamespace, now: datetime) -> None:
    with pytest.raises(BadInput) as refused:
        actions.set_consent(anna, step, channels, how="form", text_version=version,
                            actor=actor_of(cast.olga), now=now)
    assert refused.value.code == code
    assert consent_log(anna.id) == [] and states(anna) == {}


@pytest.mark.parametrize("sql", ["UPDATE consent_event SET given = :yes",
                                 "DELETE FROM consent_event WHERE given = :yes"])
def test_the_database_itself_refuses_to_rewrite_the_log(sql: str, anna: Client, cast: SimpleNamespace,
                                                        now: datetime) -> None:
    actions.set_consent(anna, "give", ["email"], how="form", text_version="1", actor=actor_of(cast.olga), now=now)
    with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
        session.execute(text(sql), {"yes": True})
    assert len(consent_log(anna.id)) == 1
