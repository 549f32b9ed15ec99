"""The whole way: a letter leaves with its own return address, comes back through a real Postfix into a real mailbox, is
read, and turns its address; and a reader killed at any point loses and doubles nothing."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import make
import pytest
from post.mailbox import LOGIN, dovecot
from post.making import fresh, mode
from post.postfix import DOMAIN, postfix
from post.processes import until
from post.relay import TLS, running
from post.returns_table import OURS, sample
from sqlalchemy import func, select, update

from webapp.clients.models import Email
from webapp.db import db, transaction
from webapp.post import actions
from webapp.post.models import Incoming, Message, MessageEvent
from webapp.post.tag_rules import is_signed, named_in

HERE = Path(__file__).resolve().parent


@pytest.fixture
def box(app, monkeypatch, cast, now):
    """A live agency that reads an empty mailbox which takes `mail+word@`."""
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "authority.pem"))
    with dovecot() as server:
        kept = app.extensions["snova.settings"]
        monkeypatch.setitem(app.extensions, "snova.settings", dataclasses.replace(kept, imap_url=f"{server.url}?plus=1"))
        mode("live", now)
        actions.collect(now=now)
        yield server


def use(app, monkeypatch, port):
    kept = app.extensions["snova.settings"]
    monkeypatch.setitem(app.extensions, "snova.settings", dataclasses.replace(
        kept, mail={"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(port), "MAIL_TIMEOUT": "20"}))


def test_every_letter_leaves_with_its_own_return_address_and_the_same_for_answers(box, app, monkeypatch, letter, now):
    with running() as relay:
        use(app, monkeypatch, relay.port)
        read, own = letter(reply_to=f"Агентство <{LOGIN}>"), letter(reply_to="Анна <anna@agency.ru>")
        assert actions.deliver(now=now)["sent"] == 2
        secret = app.extensions["snova.settings"].secret_key
        for row, sender, mail in zip((read, own), relay.senders, relay.took, strict=True):
            [(number, signature)] = named_in(sender, LOGIN)
            assert number == row.id and is_signed(row.id, row.message_id, signature, secret)
            answers = str(mail["Reply-To"])
            assert answers == (sender if row is read else "anna@agency.ru"), "an own mailbox is left alone"
            assert "director@agency.example" in mail["From"], "what people see stays"


def test_without_such_addresses_letters_leave_as_before(box, app, monkeypatch, letter, now):
    kept = app.extensions["snova.settings"]
    monkeypatch.setitem(app.extensions, "snova.settings", dataclasses.replace(kept, imap_url=box.url))
    with running() as relay:
        use(app, monkeypatch, relay.port)
        letter(reply_to=LOGIN)
        actions.deliver(now=now)
        assert relay.senders == ["director@agency.example"]
        assert relay.took[0]["Reply-To"] == LOGIN


@pytest.mark.slow
def test_a_letter_that_postfix_returns_turns_its_address(box, app, monkeypatch, cast, letter, now):
    client = make.client(cast.main, last="Нигде", email=f"anna.nowhere@{DOMAIN}", phone=None, now=now)
    with postfix(box) as server:
        use(app, monkeypatch, server.port)
        row = letter(address=f"anna.nowhere@{DOMAIN}")
        with transaction() as session:
            session.execute(update(Message).where(Message.id == row.id).values(client_id=client.id))
        assert actions.deliver(now=now)["sent"] == 1, server.log()
        assert until(lambda: actions.collect(now=now), "the report is there", seconds=30) == {"bounce": 1}, server.log()
    after = fresh(row)
    assert (after.state, after.last_code) == ("bounced", "no-mailbox") and "unknown user" in after.last_text
    assert db.session.scalar(select(Incoming.proof)) == "tag"
    assert db.session.scalar(select(Email.broken_at).where(Email.client_id == client.id)) is not None


@pytest.mark.slow
def test_a_reader_killed_at_any_point_loses_and_doubles_nothing(box, app, letter, person, now):
    row = letter()
    with transaction() as session:
        session.execute(update(Message).where(Message.id == row.id).values(
            message_id=OURS, state="sent", handed_at=now, sent_at=now, settled=True))
    box.put(sample("postfix-unknown-user"), *(
        sample("reply-no-reference").replace(b"<sample-", f"<n{n}-".encode()) for n in range(5)))
    settings = app.extensions["snova.settings"]
    db.session.rollback()
    for point in ("fetched", "writing", "written", ""):
        done = subprocess.run(
            [sys.executable, str(HERE / "reader_process.py"), str(settings.instance), settings.database_url,
             settings.imap_url, now.isoformat(), point], capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(HERE.parents[1])})
        assert done.returncode == (-9 if point else 0), done.stderr
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Incoming)) == 6
    assert fresh(row).state == "bounced"
    turned = select(func.count()).select_from(MessageEvent).where(MessageEvent.state == "bounced")
    assert db.session.scalar(turned) == 1
