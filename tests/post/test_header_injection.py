"""Sixty payloads in subjects, names, signatures, reply addresses and addresses of clients, seen by a real SMTP server."""

import contextlib
from email import message_from_bytes
from email.policy import default

import pytest
from letters.payloads import HEADERS
from post.making import fresh, mode, write
from post.relay import running

from webapp.letters.rendering import compile_letter, render_email
from webapp.letters.signatures import Signature
from webapp.post import actions
from webapp.post.sender import envelope

KNOWN = {"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
         "Content-Transfer-Encoding"}
OURS = {"anna@example.com"}


@pytest.fixture
def live(use, cast, now):
    """A live agency and a relay that takes everything."""
    with running(pipelining=True) as server:
        use(MAIL_SERVER="127.0.0.1", MAIL_PORT=server.port, MAIL_TIMEOUT=20, MAIL_ANSWER_TIMEOUT=20)
        mode("live", now)
        yield server


def send(cast, person, now, **words):
    """Written as a touch writes it: the subject filled in, the envelope made from the signature."""
    # A NUL is turned away by every form; a database would not keep it either.
    words = {"subject": "Тема", "name": "Ирина Дёмина", "answers": "quality@agency.example",
             **{name: value.replace("\0", "") for name, value in words.items()}}
    rendered = render_email(compile_letter("{{ client.full_name }}", "Текст"), {"client.full_name": words.pop("subject")},
                            Signature(words["name"]), "ru")
    signed = envelope(Signature(words.pop("name"), reply_to=words.pop("answers")), cast.main, None)
    return write(cast.main, person, now=now, subject=rendered.subject, text=rendered.text, html=rendered.html,
                 sender=signed.sender, reply_to=signed.reply_to, **words)


def deliver_all(now):
    while actions.deliver(now=now).get("sent"):
        pass


def check(server, readers):
    """Every mail has one reader, known headers once each, and nobody who was not meant."""
    assert set(server.seen) <= readers, set(server.seen) - readers
    for took in server.took:
        mail = message_from_bytes(took.as_bytes(), policy=default)
        assert set(mail.keys()) <= KNOWN and len(mail.keys()) == len(set(mail.keys())), mail.keys()
        assert len(mail["To"].addresses) == 1 and len(mail["From"].addresses) == 1
        assert mail["To"].addresses[0].addr_spec in readers and mail["From"].addresses[0].addr_spec.startswith("noreply@")
        assert "Reply-To" not in mail or len(mail["Reply-To"].addresses) == 1
        assert str(mail["Subject"]).isprintable()


def test_there_are_enough_of_them():
    assert len(HEADERS) >= 50 and len(set(HEADERS)) == len(HEADERS)


@pytest.mark.parametrize("place", ["subject", "to_name", "name"])
def test_words_that_become_headers_add_no_header_and_no_reader(live, cast, person, now, place):
    rows = [send(cast, person, now, **{place: f"Анна{payload}"}) for payload in HEADERS]
    deliver_all(now)
    check(live, OURS)
    states = {payload: fresh(row) for payload, row in zip(HEADERS, rows, strict=True)}
    assert {row.state for row in states.values()} <= {"sent", "failed"}
    refused = {payload for payload, row in states.items() if row.state == "failed"}
    assert all(row.last_code == "cannot-be-built" or row.last_code == "bad-address" for row in states.values() if row.state == "failed")
    # Subjects and names of those who sign are cleaned on their way; the name of a reader is refused as it stands.
    assert not refused or place == "to_name"
    assert len(live.took) == len(HEADERS) - len(refused)


@pytest.mark.parametrize("place", ["address", "answers"])
def test_an_address_that_is_more_than_one_address_goes_nowhere(live, cast, person, now, place):
    spelt = [*(f"anna@example.com{payload}" for payload in HEADERS), *HEADERS]
    rows = [send(cast, person, now, **{place: words}) for words in spelt]
    deliver_all(now)
    # What is one honest address, however odd, is written to as it stands; nobody else ever hears of it.
    check(live, OURS | ({plain for words in spelt if (plain := one_address(words))} if place == "address" else set()))
    assert "evil@evil.example" not in live.seen and len(live.took) >= 1
    assert {fresh(row).state for row in rows} == {"sent", "failed"}


def one_address(words):
    """The address when nothing else was typed."""
    local, _at, domain = words.strip().rpartition("@")
    if words.count("@") != 1 or not all(char.isalnum() or char in ".-+" for char in local + domain):
        return ""
    with contextlib.suppress(UnicodeError):
        return f"{local}@{domain.encode('idna').decode()}"
    return ""
