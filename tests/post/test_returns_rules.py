"""Reading and sorting of letters that come: samples in the shapes of the usual mail programs, and hostile bytes."""

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from post.returns_table import FOLDER, MACHINES, OURS, PEOPLE, READER, sample

from webapp.post.inbox_rules import read_url
from webapp.post.incoming_rules import MOST_BYTES, read_letter
from webapp.post.quote_rules import MOST_TEXT, own_words, text_of_html
from webapp.post.report_rules import judge, outcomes_of
from webapp.post.sorting_rules import kind_of, wants_stop
from webapp.post.tag_rules import is_signed, named_in, tagged
from webapp.post.worn_rules import is_worn_out

SECRET = "k" * 64
KINDS = {"bounce": "report", "complaint": "complaint", "auto": "auto", "bulk": "bulk"}


def test_every_sample_is_in_the_table_and_there_are_enough():
    assert {path.stem for path in FOLDER.glob("*.eml")} == MACHINES.keys() | PEOPLE.keys()
    assert len(MACHINES) + len(PEOPLE) >= 40


@pytest.mark.parametrize("name", [name for name, row in MACHINES.items() if row[0] != "other"])
def test_what_a_machine_wrote_is_known_as_such(name):
    letter = read_letter(sample(name))
    kind, verdict, code, _state, _broken = MACHINES[name]
    assert kind_of(letter) == KINDS[kind]
    if kind == "bounce" and name not in ("exchange-alias-only", "two-recipients-one-ours"):
        [outcome] = outcomes_of(letter)
        assert (outcome.verdict, outcome.code) == (verdict, code)
        assert READER in outcome.addresses and letter.quoted_ids[0] == OURS


@pytest.mark.parametrize("name", PEOPLE)
def test_what_a_person_wrote_is_left_alone_with_their_words(name):
    letter = read_letter(sample(name))
    said, stop, _whose = PEOPLE[name]
    assert (kind_of(letter), letter.text, wants_stop(letter.text)) == ("words", said, stop)


def test_attachments_are_named_and_not_kept():
    [photo] = read_letter(sample("reply-with-photo")).attachments
    assert photo.name == "паспорт.jpg" and 2900 < photo.size < 3100


@pytest.mark.parametrize(("action", "status", "said", "verdict", "code"), [
    ("failed", "5.1.1", "550 5.1.1 User unknown", "hard", "no-mailbox"),
    ("failed", "5.1.10", "", "hard", "no-mailbox"),
    ("failed", "5.1.2", "", "hard", "no-domain"),
    ("failed", "5.4.4", "", "hard", "no-domain"),
    ("failed", "5.2.2", "", "soft", "mailbox-full"),
    ("failed", "5.2.1", "", "soft", "mailbox-closed"),
    ("failed", "4.4.7", "expired", "soft", "gave-up"),
    ("failed", "4.2.2", "", "soft", "mailbox-full"),
    ("failed", "5.7.1", "554 5.7.1 rejected", "policy", "spam"),
    ("failed", "5.7.1", "550 5.7.1 No such user!", "hard", "no-mailbox"),
    ("failed", "5.7.1", "550 5.7.1 Sender rejected: no such user", "policy", "spam"),
    ("failed", "5.7.1", "550 5.7.1 relaying denied", "policy", "relay-denied"),
    ("failed", "5.3.4", "", "letter", "too-big"),
    ("failed", "5.0.0", "550 5.1.1 unknown", "hard", "no-mailbox"),
    ("failed", "5.0.0", "450 4.2.2 full", "soft", "mailbox-full"),
    ("failed", "", "", "soft", "refused"),
    ("", "", "550 user unknown", "hard", "no-mailbox"),
    ("", "", "450 user unknown, try later", "delayed", ""),
    ("", "", "something happened", "delayed", ""),
    ("delayed", "5.1.1", "550 user unknown", "delayed", ""),
    ("delivered", "2.0.0", "", "fine", ""), ("relayed", "", "", "fine", ""), ("expanded", "", "", "fine", ""),
])
def test_what_a_status_means(action, status, said, verdict, code):
    assert judge(action, status, said) == (verdict, code)


@pytest.mark.parametrize(("text", "stop"), [
    ("стоп", "sure"), ("СТОП!", "sure"), ("Stop", "sure"), ("Отпишите меня", "sure"), ("unsubscribe me please", "sure"),
    ("Здравствуйте! Отпишите меня от рассылки. Спасибо.", "sure"), ("Больше не пишите мне", "sure"),
    ("Не присылайте мне больше рекламу", "sure"), ("Пожалуйста, удалите меня из рассылки", "sure"),
    ("Стоп, а где договор?", "maybe"), ("Не пишите мне в субботу, звоните", "maybe"),
    ("Отпишитесь, когда будут билеты", ""), ("Автобус сделает остановку?", ""), ("Спасибо!", ""), ("", ""),
])
def test_who_wants_to_hear_no_more(text, stop):
    assert wants_stop(text) == stop


@pytest.mark.parametrize(("text", "left"), [
    ("Да\n\n-- \nАнна\nтел. 5", "Да"),
    ("Да\n-----Original Message-----\nFrom: x", "Да"),
    ("Да\n\nFrom: Sto Dorog\nSent: Friday\nTo: Anna\nSubject: x\n\nHello", "Да"),
    ("От: Москвы до Казани далеко?", "От: Москвы до Казани далеко?"),
    ("> вы писали\nНет\n> и ещё\nДа", "Нет\nДа"),
    ("> только цитата", "> только цитата"),
    ("Да\nВторник, 3 ноября 2026, 12:00 +03:00 от Сто дорог <a@b.ru>:\n\nпривет", "Да"),
    ("Буду в 12:00, пишите на anna@mail.ru: это новый адрес", "Буду в 12:00, пишите на anna@mail.ru: это новый адрес"),
])
def test_the_quoted_history_is_cut_away(text, left):
    assert own_words(text) == left


def test_html_becomes_plain_words():
    html = "<html><head><title>x</title></head><p>Раз&nbsp;&lt;b&gt;</p>два<br>три<script>alert(1)</script><!-- нет -->"
    assert own_words(text_of_html(html)) == "Раз <b>\nдва\nтри"


def test_a_long_letter_is_cut_and_says_so():
    assert len(own_words("слово " * 10_000)) <= MOST_TEXT + 2 and own_words("слово " * 10_000).endswith("…")


def test_a_tag_is_read_back_and_a_forged_one_is_not_ours():
    address = tagged("post@agency.ru", 12345, OURS, SECRET)
    [(row, signature)] = named_in(f"Сто дорог <{address.upper()}>", "Post@Agency.ru")
    assert row == 12345 and is_signed(row, OURS, signature, SECRET)
    assert not is_signed(row + 1, OURS, signature, SECRET), "of another message"
    assert not is_signed(row, OURS.replace("0", "1"), signature, SECRET), "another message got this number"
    assert not is_signed(row, OURS, signature, "x" * 64), "of another agency"
    assert not is_signed(row, OURS, "a" * 16, SECRET)
    assert named_in(address, "post@other.ru") == []


@pytest.mark.parametrize("address", ["x" * 50 + "@agency.ru", "post+news@agency.ru", "no-address"])
def test_an_address_without_room_stays_as_it_is(address):
    assert tagged(address, 1, OURS, SECRET) == address


def test_a_number_no_row_can_have_is_nobodys():
    assert named_in("post+rzzzzzzz-aaaaaaaaaaaaaaaa@agency.ru", "post@agency.ru") == []


@given(st.integers(1, 2**31 - 1))
def test_every_number_comes_back(number):
    [(row, _signature)] = named_in(tagged("post@agency.ru", number, OURS, SECRET), "post@agency.ru")
    assert row == number


def test_three_letters_in_a_row_wear_an_address_out(now):
    from datetime import timedelta
    days = [now + timedelta(days=day) for day in (0, 10, 20, 29, 90)]
    assert not is_worn_out([(days[0], True), (days[1], True)])
    assert is_worn_out([(days[0], True), (days[1], True), (days[2], True)])
    assert not is_worn_out([(days[0], True), (days[1], False), (days[2], True), (days[3], True)]), "one arrived"
    assert not is_worn_out([(days[0], True), (days[1], True), (days[4], True)]), "too far apart"


@pytest.mark.parametrize(("url", "found"), [
    ("imaps://mail%40agency.ru:p%20w@imap.agency.ru/INBOX?plus=1&done=Snova",
     ("imap.agency.ru", 993, "tls", "mail@agency.ru", "p w", "INBOX", "Snova", True)),
    ("imap://me:x@127.0.0.1:1143?address=a@b.ru", ("127.0.0.1", 1143, "none", "me", "x", "INBOX", "", False)),
    ("imaps://imap.agency.ru", None), ("https://a:b@c", None), ("imaps://a:b@c:99999", None), ("nonsense", None),
    ("imaps://a%0d%0a:b@c", None),
])
def test_the_address_of_a_mailbox_is_read(url, found):
    inbox = read_url(url)
    assert found == (inbox and (inbox.server, inbox.port, inbox.encryption, inbox.login, inbox.password, inbox.folder,
                                inbox.done_folder, inbox.plus))


def check_reading(raw: bytes) -> None:
    letter = read_letter(raw)
    kind_of(letter)
    outcomes_of(letter)
    named_in(letter.recipients, "post@agency.ru")
    assert len(letter.text) <= MOST_TEXT + 2


@given(st.binary(max_size=3000))
def test_no_bytes_break_the_reading(raw):
    check_reading(raw)


@settings(max_examples=60)
@given(st.sampled_from(sorted(MACHINES.keys() | PEOPLE.keys())), st.data())
def test_a_damaged_letter_breaks_nothing(name, data):
    raw = bytearray(sample(name))
    for _ in range(data.draw(st.integers(1, 12))):
        if raw:
            place = data.draw(st.integers(0, len(raw) - 1))
            raw[place:place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    check_reading(bytes(raw))


@pytest.mark.slow
@pytest.mark.parametrize("bomb", [
    b"Content-Type: message/rfc822\n\n" * 250_000,
    b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\n" * 1_500_000,
    b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
    b"a: b\n" * 1_600_000,
    b"From: a@b.ru\nContent-Type: text/html\n\n" + b"<div>" * 1_500_000,
    b"From: a@b.ru\nContent-Type: text/html\n\n" + b"<a x=" * 1_500_000,
    b"From: a@b.ru\nContent-Type: text/html\n\n" + b"<!--" * 1_500_000,
    b"From: a@b.ru\nSubject: " + b"=?utf-8?b?" * 800_000 + b"\n\n",
    b"From: " + b"(<" * 90_000 + b"\nTo: " + b"a" * 1_000_000 + b"@\n\n" + b"a.a." * 500_000,
    b"From: a@b.ru\n\n" + b"\n" * 3_000_000,
    b"From: a@b.ru\nContent-Transfer-Encoding: base64\n\n" + b"QUFB" * 7_500_000,
], ids=["letters in letters", "parts", "nested parts", "headers", "tags", "open tags", "comments", "words", "brackets",
        "lines", "thirty megabytes"])
def test_a_bomb_costs_little_memory(bomb):
    tracemalloc.start()
    check_reading(bomb)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20 * MOST_BYTES


@pytest.mark.parametrize("sign", [b";", b"; a*0*=utf-8", b'; a="', b" "], ids=["semicolons", "pieces", "quotes", "blanks"])
def test_a_header_made_to_be_slow_costs_no_more_than_an_honest_one(sign):
    def spent(value: bytes) -> float:
        part = b"--x\nContent-Type: text/plain; a=\"" + value[:12_000] + b"\n\ntext\n"
        raw = b"From: a@b.ru\nContent-Type: multipart/mixed; boundary=x; b=\"" + value + b"\n\n" + part * 60
        started = time.process_time()
        check_reading(raw)
        return time.process_time() - started

    honest = min(spent(b"a" * 100_000) for _ in range(3))
    assert min(spent(sign * (100_000 // len(sign))) for _ in range(2)) < 25 * honest
