"""Answers and reports on their way in: from a real Dovecot into rows, each letter once, and what it says comes true."""

import dataclasses
import socket
import threading
from datetime import timedelta
from email.message import EmailMessage

import pytest
from post.mailbox import LOGIN, PASSWORD, dovecot
from post.making import consent, fresh, mode
from post.relay import TLS
from post.returns_table import MACHINES, OURS, PEOPLE, sample
from sqlalchemy import select, update

from webapp.clients.models import Email
from webapp.db import db, transaction
from webapp.post import actions
from webapp.post.actions import collecting
from webapp.post.actions.collecting import MOST_A_RUN
from webapp.post.actions.modes import present_mode
from webapp.post.actions.taking import Place, take
from webapp.post.imap_session import NoInbox, opened
from webapp.post.inbox_rules import read_url
from webapp.post.incoming_rules import read_letter
from webapp.post.models import InboxState, Incoming, Message, Suppression
from webapp.post.place import PLACE
from webapp.post.tag_rules import tagged
from webapp.staff.models import Setting

ADDRESS = "anna@example.com"


@pytest.fixture(scope="module")
def server():
    with dovecot() as running:
        yield running


@pytest.fixture
def inbox(server, app, monkeypatch, cast, now):
    """A live agency that reads the mailbox of an empty server."""
    monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "authority.pem"))
    server.forget()
    kept = app.extensions["snova.settings"]

    def use(**options):
        more = "&".join(f"{name}={value}" for name, value in options.items())
        app.extensions["snova.settings"] = dataclasses.replace(kept, imap_url=f"{server.url}?{more}")
    server.use = use
    use(plus=1)
    mode("live", now)
    yield server
    app.extensions["snova.settings"] = kept


@pytest.fixture
def sent(letter):
    """A letter to Anna that has left, under the Message-ID of the samples."""
    def make(message_id=OURS, **words):
        row = letter(**words)
        with transaction() as session:
            session.execute(update(Message).where(Message.id == row.id).values(
                message_id=message_id, state="sent", handed_at=row.created_at, sent_at=row.created_at, settled=True))
        return fresh(row)
    return make


@pytest.fixture
def arrives(cast, now):
    """`arrives(raw)` takes a letter as if it had been read; gives its kind."""
    numbers = iter(range(1, 10_000))

    def come(raw, at=None, **place):
        words = {"inbox": "test", "address": LOGIN, "uidvalidity": 1, "uid": next(numbers), "came_at": at or now,
                 "office_id": cast.main.id, **place}
        return take(read_letter(raw), Place(**words), now=at or now)
    return come


def is_given_up(address=ADDRESS):
    db.session.rollback()
    return db.session.scalar(select(Email.broken_at).where(Email.address == address)) is not None


def rows():
    db.session.rollback()
    return db.session.scalars(select(Incoming).order_by(Incoming.id)).all()


def reply(subject="Re: Спасибо", text="Спасибо!", sender=f"Анна <{ADDRESS}>", to=LOGIN, answers=OURS, **headers):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = headers.pop("message_id", f"<{abs(hash((subject, text, to)))}@mail.example>")
    if answers:
        mail["In-Reply-To"] = answers
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


@pytest.mark.parametrize("name", MACHINES)
def test_a_report_lands_where_it_should(sent, arrives, name):
    row = sent()
    kind, verdict, code, state, given_up = MACHINES[name]
    assert arrives(sample(name)) == kind
    after = fresh(row)
    assert (after.state, after.last_code) == (state, code if state != "sent" else "")
    assert is_given_up() == given_up
    [taken] = rows()
    assert (taken.kind, taken.verdict) == (kind, verdict)
    assert taken.message_id == (row.id if kind in ("bounce", "complaint", "auto") else None)
    assert taken.state in ("done", "unsorted")


@pytest.mark.parametrize("name", PEOPLE)
def test_words_of_people_wait_for_the_timeline(sent, arrives, person, name):
    row = sent()
    said, stop, whose = PEOPLE[name]
    kind = arrives(sample(name))
    [taken] = rows()
    assert fresh(row).state == "sent"
    assert (taken.text, taken.asks_stop) == (said, stop)
    if whose == "anna":
        assert (kind, taken.state, taken.client_id) == ("reply", "new", person.id)
    else:
        assert (kind, taken.state, taken.client_id) == ("other", "unsorted", None)


def test_a_complaint_stops_news_and_nothing_else(sent, arrives, letter, person, now):
    consent(person, now)
    sent()
    news = letter(klass="marketing", not_before=now + timedelta(hours=3))
    service = letter(not_before=now + timedelta(hours=3))
    arrives(sample("arf-abuse"))
    assert (fresh(news).state, fresh(service).state) == ("cancelled", "held")
    [row] = db.session.scalars(select(Suppression)).all()
    assert (row.klass, row.reason) == ("marketing", "complained")


def test_a_signed_address_says_which_letter_it_was_and_a_forged_one_says_nothing(sent, arrives, app):
    row = sent(message_id="<another@agency.example>")
    secret = app.extensions["snova.settings"].secret_key
    address = tagged(LOGIN, row.id, row.message_id, secret)
    forged = address.replace("@", "x@").replace(address.rpartition("@")[0][-1] + "x@", "a@")
    bare = sample("forged-no-id")
    assert arrives(bare.replace(b"post@agency.example", forged.encode() if forged != address else b"x@y.ru")) == "other"
    assert fresh(row).state == "sent"
    assert arrives(bare.replace(b"post@agency.example", address.encode()).replace(b"<sample-", b"<again-")) == "bounce"
    assert fresh(row).state == "bounced" and is_given_up()


def test_a_tag_of_another_agency_or_of_a_reused_number_is_nobody_s(sent, arrives):
    row = sent()
    for secret, message_id in (("x" * 64, row.message_id), ("k" * 64, "<older@agency.example>")):
        address = tagged(LOGIN, row.id, message_id, secret)
        raw = sample("forged-no-id").replace(b"post@agency.example", address.encode()).replace(
            b"<sample-", f"<{secret[:3]}-".encode())
        assert arrives(raw) == "other"
    assert fresh(row).state == "sent" and not is_given_up()


def test_what_a_mailbox_passed_on_does_not_give_the_client_s_own_address_up(sent, arrives):
    row = sent()
    arrives(sample("exchange-alias-only"))
    assert (fresh(row).state, fresh(row).last_code) == ("bounced", "forwarded")
    assert not is_given_up()


def test_a_full_mailbox_is_given_up_after_three_letters_in_a_row(sent, arrives, now):
    for number in range(3):
        assert not is_given_up()
        at = now + timedelta(days=number)
        sent(message_id=f"<n{number}@agency.example>", now=at)
        raw = sample("yandex-full").replace(OURS.encode(), f"<n{number}@agency.example>".encode())
        assert arrives(raw.replace(b"<sample-", f"<full{number}-".encode()), at=at) == "bounce"
    assert is_given_up()


def test_the_same_letter_comes_twice_and_counts_once(sent, arrives):
    sent()
    assert arrives(sample("reply-gmail"), uid=5) == "reply"
    assert arrives(sample("reply-gmail"), uid=5) == "", "read again"
    assert arrives(sample("reply-gmail"), uid=6) == "", "put into the folder again"
    assert arrives(sample("reply-gmail"), uid=5, uidvalidity=2) == "", "the folder was numbered anew"
    assert len(rows()) == 1


def test_a_client_known_by_the_address_alone_and_one_of_two(sent, arrives, person, cast, now):
    assert arrives(sample("reply-no-reference")) == "reply"
    assert rows()[0].proof == "address" and rows()[0].client_id == person.id
    import make
    make.client(cast.main, last="Петрова", phone=None, now=now)
    assert arrives(sample("reply-no-reference").replace(b"<sample-", b"<two-")) == "other"
    assert rows()[1].state == "unsorted" and rows()[1].client_id is None


def test_strangers_can_be_left_alone(arrives, person):
    assert arrives(sample("stranger"), keeps_strangers=False) == "other"
    [row] = rows()
    assert (row.state, row.text, row.sender, row.subject) == ("done", "", "", "")


def test_what_is_no_answer_is_not_kept(sent, arrives):
    sent()
    arrives(sample("bulk-newsletter"))
    arrives(sample("forged-no-id"))
    assert [(row.text, row.sender, row.subject) for row in rows()] == [("", "", ""), ("", "", "")]


def test_words_of_machines_and_strangers_are_forgotten_in_time(sent, arrives, now):
    sent()
    for name in ("auto-rfc3834", "stranger", "reply-gmail"):
        arrives(sample(name))
    actions.forget_incoming(now=now + timedelta(days=29))
    assert [bool(row.text) for row in rows()] == [True, True, True]
    actions.forget_incoming(now=now + timedelta(days=91))
    assert [(row.kind, bool(row.text)) for row in rows()] == [("auto", False), ("reply", True)]


# ----------------------------------------------------------------------------------------------- a real mailbox

def test_letters_are_read_once_left_unread_and_what_was_there_before_is_not_touched(inbox, sent, now):
    sent()
    inbox.put(*(reply(f"old {n}", f"n{n}") for n in range(30)))
    assert actions.collect(now=now) == {}, "the past stays where it is"
    inbox.put(sample("reply-gmail"), sample("auto-rfc3834"), sample("postfix-unknown-user"), sample("bulk-newsletter"))
    assert actions.collect(now=now) == {"reply": 1, "auto": 1, "bounce": 1, "bulk": 1}
    assert actions.collect(now=now) == {}
    assert len(inbox.subjects()) == len(inbox.subjects(unseen=True)) == 34, "nobody's mail is marked or moved"
    assert is_given_up()


def test_understood_letters_go_into_a_folder_if_wanted(inbox, sent, now):
    inbox.use(done="Snova")
    with opened(read_url(inbox.url)) as mailbox:
        mailbox.make_folder("Snova")
    sent()
    actions.collect(now=now)
    inbox.put(sample("reply-gmail"), sample("stranger"))
    actions.collect(now=now)
    assert (len(inbox.subjects()), len(inbox.subjects("Snova"))) == (1, 1), "what a person must sort stays"


def test_new_numbers_lose_nothing_and_double_nothing(inbox, sent, now):
    sent()
    inbox.put(reply("very old"))
    actions.collect(now=now)
    inbox.put(sample("reply-gmail"))
    assert actions.collect(now=now) == {"reply": 1}
    inbox.put(sample("reply-yandex"))
    before = db.session.scalar(select(InboxState.uidvalidity))
    inbox.renumber()
    state = actions.collect(now=now)
    db.session.rollback()
    assert db.session.scalar(select(InboxState.uidvalidity)) != before
    assert state.get("reply") in (1, 2), "the new one, and what came in the day before the first look"
    assert sorted(row.text for row in rows() if row.text != "Спасибо!") == [
        "Всё получили.", "Спасибо вам!\nА страховка уже оплачена?"]


def test_many_letters_are_taken_part_by_part(inbox, person, now):
    actions.collect(now=now)
    inbox.put(*(reply(f"n{n}", f"text {n}", answers="") for n in range(MOST_A_RUN + 5)))
    assert actions.collect(now=now) == {"reply": MOST_A_RUN}
    assert actions.collect(now=now) == {"reply": 5}


@pytest.mark.slow
def test_a_letter_of_thirty_megabytes_is_read_as_far_as_it_goes(inbox, sent, now):
    sent()
    actions.collect(now=now)
    big = sample("reply-with-photo").replace(b"eHh4eHh4", b"eHh4eHh4" + (b"eHh4" * 18 + b"\r\n") * 400_000, 1)
    inbox.put(big)
    assert actions.collect(now=now) == {"reply": 1}
    [row] = rows()
    assert row.text == "Вот скан паспорта." and row.attachments[0]["size"] > 4_000_000


@pytest.mark.parametrize("chosen", ["held", "trial"])
def test_nothing_is_read_unless_sending_is_live(inbox, now, chosen):
    mode(chosen, now)
    inbox.put(reply())
    assert actions.collect(now=now) == {}
    db.session.rollback()
    assert db.session.scalar(select(InboxState.key)) is None


def test_a_copy_of_the_database_reads_nobody_s_mail(inbox, now):
    actions.collect(now=now)
    with transaction() as session:
        session.merge(Setting(key=PLACE, value={"mark": "another machine"}))
    inbox.put(reply())
    assert actions.collect(now=now) == {}
    db.session.rollback()
    assert present_mode() == "held"


def test_two_workers_at_once_take_each_letter_once(inbox, app, person, now):
    actions.collect(now=now)
    inbox.put(*(reply(f"n{n}", f"text {n}", answers="") for n in range(40)))
    start, found = threading.Barrier(2), []

    def work():
        with app.app_context():
            start.wait()
            found.append(actions.collect(now=now).get("reply", 0))
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == 40 == len(rows())


@pytest.mark.parametrize(("change", "code"), [
    ({"login": "nobody", "password": "wrong"}, "login"), ({"folder": "Nowhere"}, "no-folder"),
    ({"port": 1}, "port-closed"), ({"server": "127.0.0.1"}, "bad-certificate"),
    ({"server": "imap.agency.invalid"}, "no-such-server"), ({"server": "mail.agency.ru", "encryption": "none"},
                                                           "no-encryption"),
])
def test_what_is_wrong_with_a_mailbox_has_a_name(inbox, change, code):
    with pytest.raises(NoInbox) as error:
        with opened(dataclasses.replace(read_url(inbox.url), **change), timeout=3) as mailbox:
            mailbox.open(change.get("folder", "INBOX"), to_write=False)
    assert error.value.code == code


def test_a_mailbox_that_cannot_be_read_is_remembered_until_it_can(inbox, app, now):
    actions.collect(now=now)
    good = app.extensions["snova.settings"]
    app.extensions["snova.settings"] = dataclasses.replace(good, imap_url=good.imap_url.replace(PASSWORD, "wrong"))
    for hours in (1, 5):
        assert actions.collect(now=now + timedelta(hours=hours)) == {}
    db.session.rollback()
    state = db.session.scalars(select(InboxState)).one()
    assert state.failing_since == now + timedelta(hours=1) and state.last_error.startswith("login")
    assert PASSWORD not in state.last_error and "wrong" not in state.last_error
    app.extensions["snova.settings"] = good
    actions.collect(now=now + timedelta(hours=6))
    db.session.rollback()
    state = db.session.scalars(select(InboxState)).one()
    assert (state.failing_since, state.last_error, state.read_at) == (None, "", now + timedelta(hours=6))


def answering(*answers):
    """A port that greets and then says these bytes whatever is asked; gives its number."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk():
        guest, _address = listener.accept()
        with guest, listener:
            try:
                for answer in answers:
                    guest.sendall(answer)
                    guest.recv(4096)
                while guest.recv(4096):
                    guest.sendall(answers[-1])
            except OSError:
                return
    threading.Thread(target=talk, daemon=True).start()
    return listener.getsockname()[1]


@pytest.mark.parametrize("answers", [
    [b"* OK hi\r\n", b"* CAPABILITY IMAP4rev1\r\n" + b"* 1 FETCH (X)\r\n" * 1_200_000],
    [b"* OK hi\r\n", b"* 1 FETCH (BODY[] {99999999999}\r\n"],
    [b"* OK hi\r\n", b"* 1 FETCH (BODY[] {" + b"9" * 5000 + b"}\r\n"],
    [b"x" * 300_000], [b"* BYE go away\r\n"], [b"* OK hi\r\n", b"\xff\xfe\x00\r\n"], [b"HTTP/1.1 200 OK\r\n\r\n"],
    [b"* OK hi\r\n", b"+ go on\r\n"],
], ids=["flood", "endless literal", "number without end", "endless line", "bye", "noise", "web", "go on"])
def test_a_hostile_server_holds_nobody_up(answers):
    port = answering(*answers)
    inbox = read_url(f"imap://a:b@127.0.0.1:{port}")
    with pytest.raises(NoInbox):
        with opened(inbox, timeout=1) as mailbox:
            mailbox.open("INBOX", to_write=False)


def test_a_silent_server_has_the_time_of_one_answer():
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(NoInbox) as error:
        with opened(read_url(f"imap://a:b@127.0.0.1:{listener.getsockname()[1]}"), timeout=0.3):
            raise AssertionError("nobody greeted")
    assert error.value.code == "no-answer"


def test_a_letter_nobody_foresaw_is_passed_over_and_the_next_one_is_read(inbox, sent, person, now, monkeypatch):
    sent()
    actions.collect(now=now)
    inbox.put(reply(subject="сломано"), reply(subject="Re: Спасибо"))
    real = collecting.take

    def stumbling(letter, place, *, now):
        if letter.subject == "сломано":
            raise RuntimeError("nobody thought of this")
        return real(letter, place, now=now)

    monkeypatch.setattr(collecting, "take", stumbling)
    assert actions.collect(now=now) == {"other": 1, "reply": 1}
    assert [row.kind for row in rows()] == ["other", "reply"]
    assert actions.collect(now=now) == {}


def test_stop_from_an_unknown_address_is_offered_once_the_letter_is_sorted(arrives, person, cast, now):
    assert arrives(reply(sender="other@example.org", text="Отпишите меня", answers="")) == "other"
    [row] = rows()
    assert (row.state, bool(row.asks_stop)) == ("unsorted", True)
