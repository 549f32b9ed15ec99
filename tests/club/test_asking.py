"""A code for whoever asks by card or phone: the same answer to everybody, a few tries, a few SMS, nothing remembered."""

import io
import re
import statistics
import time
import zipfile
from datetime import timedelta

import club_make
import make
import pytest
from crowd import at_once
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from webapp.clients.models import Client, PersonalLink, Phone
from webapp.club import asking_rules as rules
from webapp.club.actions import asking
from webapp.club.actions.cards import Sale, replace_card
from webapp.club.actions.joining import merge_cards
from webapp.club.asking_rules import Asked, BadAsk, read_asked
from webapp.club.models import BalanceAsk, number_of
from webapp.club.number_rules import check_digit
from webapp.db import db, transaction
from webapp.desk.person.export import archive_of
from webapp.kit import clock
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.staff.audit import actor_of, job
from webapp.staff.models import Setting

PHONE = "+79160000001"
UNKNOWN = "20000000" + check_digit("20000000")
HOME = "192.0.2.7"


@pytest.fixture
def card(cast, now):
    post.set_mode("trial", actor=job("test"), now=now)
    return club_make.card(make.client(cast.main, last="Преображенская", now=now), cast.main, points=1840, now=now)


@pytest.fixture
def at(monkeypatch, now):
    def _at(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)
    _at(now)
    return _at


@pytest.fixture
def visitor(browse, at):
    return browse()


def ask(what, now, address=HOME):
    return asking.ask(Asked(what), address=address, language="ru", now=now)


def sent():
    db.session.rollback()
    return db.session.scalars(select(Message).where(Message.klass == "code").order_by(Message.id)).all()


def codes():
    return [re.search(r"\d{6}", message.text)[0] for message in sent()]


def test_a_card_or_a_phone_and_the_code_from_the_sms_open_the_page_for_an_hour(card, visitor, at, now):
    for typed in (number_of(card.id), "8 (916) 000-00-01"):
        page = visitor.follow("/balance", {"asked": typed})
        asking.look_at_asks(now=now)
        answer = visitor.post(page.root.all("form")[0].attrs["action"], {"code": f" {codes()[-1][:3]} {codes()[-1][3:]}"})
        assert answer.status == 303 and answer.location.startswith("/b/")
        opened = visitor.get(answer.location)
        assert opened.root.one(class_="purse__sum").text.startswith("1 840") and "закроется" in opened.text
    assert {message.address for message in sent()} == {PHONE}
    at(now + timedelta(minutes=61))
    assert visitor.get(answer.location).status == 404


def test_who_came_by_a_code_gets_a_link_that_stays_by_sms_once_a_day(card, visitor, at, now):
    page = visitor.follow("/balance", {"asked": PHONE})
    asking.look_at_asks(now=now)
    opened = visitor.follow(page.root.all("form")[0].attrs["action"], {"code": codes()[0]})
    keep = opened.root.one(id="keep").one("form").attrs["action"]
    for _ in range(3):
        assert "Ссылка, которая останется" in visitor.follow(keep).text
    letters = db.session.scalars(select(Message).where(Message.source.like("card-link:%"))).all()
    assert [message.address for message in letters] == [PHONE]
    at(now + timedelta(days=30))
    stays = visitor.get(re.search(r"/b/\w+", letters[0].text)[0])
    assert stays.status == 200 and not stays.root.all(id="keep"), "nothing closes"
    assert visitor.post(keep).status == 404


def test_the_square_code_brings_the_number_along(card, visitor):
    assert visitor.get(f"/balance?card={number_of(card.id)}").root.one(id="asked").attrs["value"] == number_of(card.id)
    assert visitor.get("/balance?card=<script>").root.one(id="asked").attrs["value"] == "<script>"


def test_the_question_speaks_what_the_browser_reads_and_keeps_what_was_chosen(card, visitor, now):
    reads = {"Accept-Language": "en-US,en;q=0.7"}
    page = visitor.get(f"/balance?card={number_of(card.id)}", headers=reads)
    assert page.h1 == "How many points are on the card?"
    russian = visitor.get("/balance" + page.root.one("nav", aria_label="Language").one("a").attrs["href"], headers=reads)
    assert russian.h1 == "Сколько бонусов на карте?" and russian.root.one(id="asked").attrs["value"]
    sent = visitor.post(russian.root.one("main").one("form").attrs["action"], {"asked": PHONE}, headers=reads)
    code = visitor.get(sent.location, headers=reads)
    assert code.h1 == "Код из SMS" and db.session.scalars(select(BalanceAsk.language)).one() == "ru"


def test_a_page_that_only_answers_a_form_switches_to_where_it_began(card, visitor, now):
    gone = visitor.post("/balance/nothing/again", headers={"Accept-Language": "en"})
    assert gone.status == 404 and gone.root.one("nav", aria_label="Language").one("a").attrs["href"] == "/balance?lang=ru"


def test_whoever_scans_the_card_finds_its_number_in_the_field(card, visitor):
    page = visitor.get(visitor.get(f"/c/{number_of(card.id)}").location)
    assert page.root.one(id="asked").attrs["value"] == number_of(card.id)


def test_no_colleague_reads_a_code(card, cast, browse, now):
    ask(PHONE, now)
    asking.look_at_asks(now=now)
    (code,), message = codes(), sent()[0]
    assert code not in message.gist and message.sender
    for mode, sees in (("trial", {"anna"}), ("live", set())):
        with transaction() as session:
            session.execute(update(Setting).where(Setting.key == "mode").values(value=mode))
        for name in ("olga", "boris", "anna"):
            person = browse(getattr(cast, name))
            assert (code in person.get(f"/outbox/{message.id}").html) == (name in sees), (name, mode)
            assert code not in person.get("/outbox").html
    with transaction() as session:
        session.execute(update(Message).values(state="sent"))
    page = browse(cast.olga).get(f"/clients/{message.client_id}")
    assert "Код для проверки бонусов" in page.text and code not in page.html


def test_nor_is_a_code_in_the_file_about_a_person(app, card, now):
    ask(PHONE, now)
    asking.look_at_asks(now=now)
    with app.test_request_context():
        made = archive_of(db.session.get(Client, card.client_id), now=now)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist()]
    assert texts and not [text for text in texts if codes()[0] in text]


def test_everybody_gets_the_same_page(card, visitor, now):
    pages = [visitor.follow("/balance", {"asked": typed}) for typed in (number_of(card.id), UNKNOWN)]
    asking.look_at_asks(now=now)
    same = [re.sub(r"/balance/\w+|\d{4}\xa0\d{4}\xa0\d", "·", page.html) for page in pages]
    assert pages[0].status == 200 and same[0] == same[1] and "мы отправили SMS" in pages[0].text
    forms = [page.root.all("form")[0].attrs["action"] for page in pages]
    wrong = [visitor.post(form, {"code": "000000"}) for form in forms]
    assert [page.status for page in wrong] == [422, 422] and len(sent()) == 1
    same = [re.sub(r"/balance/\w+|\d{4}\xa0\d{4}\xa0\d", "·", page.html) for page in wrong]
    assert same[0] == same[1] and "Код не подошёл" in wrong[0].text


@pytest.mark.parametrize("asked", [("card", UNKNOWN), ("phone", "+79990000000")])
def test_the_page_asks_the_database_the_same_for_known_and_unknown(card, visitor, asked, now):
    kind, unknown = asked
    known = number_of(card.id) if kind == "card" else PHONE
    trails = []
    for typed in (known, unknown, known, unknown):
        seen = []

        def note(_connection, _cursor, statement, *_rest, seen=seen):
            seen.append(statement)
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            page = visitor.follow("/balance", {"asked": typed})
            visitor.post(page.root.all("form")[0].attrs["action"], {"code": "12345"})
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        trails.append(seen)
        asking.look_at_asks(now=now)
    assert trails[0] == trails[1] and trails[2] == trails[3] and len(trails[0]) > 3
    assert not [statement for statement in trails[0] if re.search(r"FROM (card|card_number|phone|client)\b.*WHERE", statement, re.S)]


def test_the_answer_takes_as_long_for_unknown_cards_as_for_known_ones(card, visitor, now, monkeypatch):
    monkeypatch.setattr(rules, "ASKS_AN_HOUR", 10_000)
    spent = {number_of(card.id): [], UNKNOWN: []}
    for turn in range(40):
        for typed in (list(spent) if turn % 2 else list(spent)[::-1]):
            started = time.perf_counter()
            visitor.http.post("/balance", data={"asked": typed})
            spent[typed].append(time.perf_counter() - started)
    known, unknown = (statistics.median(times[5:]) for times in spent.values())
    assert 0.6 < known / unknown < 1.6


def test_a_slip_is_told_without_looking_at_any_card(card, visitor, now):
    slip = number_of(card.id)[:-1] + str((int(number_of(card.id)[-1]) + 1) % 10)
    for typed, words in ((slip, "опечатка"), ("", "Напишите номер карты"), ("привет", "не похоже ни на карту"),
                         ("9" * 5000, "не похоже")):
        page = visitor.post("/balance", {"asked": typed})
        assert page.status == 422 and words in page.text and "Ошибка" in page.root.one("title").text
    assert db.session.scalars(select(BalanceAsk)).all() == []


def test_machines_that_fill_every_field_are_sent_nowhere(card, visitor):
    page = visitor.post("/balance", {"asked": number_of(card.id), "website": "spam"})
    assert page.status == 303 and db.session.scalars(select(BalanceAsk)).all() == []


def test_nothing_of_the_code_is_kept_and_what_was_typed_is_forgotten(card, now):
    token = ask(PHONE, now)
    asking.look_at_asks(now=now)
    row = db.session.scalars(select(BalanceAsk)).one()
    kept = {name: str(getattr(row, name)) for name in [column.name for column in row.__table__.columns]}
    assert codes()[0] not in str(kept) and token not in str(kept)
    assert asking.try_code(token, codes()[0], now=now)
    db.session.expire_all()
    assert (row.asked, row.used_at) == ("", now)
    later = ask(PHONE, now)
    asking.tidy_asks(now=now + rules.LASTS)
    db.session.expire_all()
    assert asking.asked_by(later).asked == ""
    assert asking.tidy_asks(now=now + rules.KEPT) == 2 and db.session.scalars(select(BalanceAsk)).all() == []


def test_a_code_opens_the_page_once_and_for_ten_minutes(card, now):
    token = ask(PHONE, now)
    asking.look_at_asks(now=now)
    with pytest.raises(asking.BadCode, match="over"):
        asking.try_code(token, codes()[0], now=now + rules.LASTS)
    assert asking.try_code(token, codes()[0], now=now + rules.LASTS - timedelta(seconds=1))
    with pytest.raises(asking.BadCode, match="over"):
        asking.try_code(token, codes()[0], now=now)
    assert len(db.session.scalars(select(PersonalLink)).all()) == 1


def test_the_right_code_pressed_ten_times_at_once_opens_one_link(app, card, now):
    token = ask(PHONE, now)
    asking.look_at_asks(now=now)
    code = codes()[0]

    def enter(_number):
        try:
            return asking.try_code(token, code, now=now)
        except asking.BadCode as error:
            return error.code
    answers = at_once(app, 10, enter)
    assert answers.count("over") == 9 and len(db.session.scalars(select(PersonalLink)).all()) == 1


def test_after_five_wrong_tries_even_the_right_code_opens_nothing(card, visitor, now):
    page = visitor.follow("/balance", {"asked": PHONE})
    asking.look_at_asks(now=now)
    form, right = page.root.all("form")[0].attrs["action"], codes()[0]
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    words = [visitor.post(form, {"code": wrong}).text for _ in range(5)]
    assert "Код не подошёл" in words[3] and "последняя попытка" in words[4]
    assert visitor.post(form, {"code": right}).status == 422 and db.session.scalars(select(PersonalLink)).all() == []


def test_the_code_of_one_request_opens_no_other(card, now):
    first, second = ask(PHONE, now), ask(PHONE, now)
    asking.look_at_asks(now=now)
    one, two = codes()
    assert one != two
    with pytest.raises(asking.BadCode, match="wrong"):
        asking.try_code(first, two, now=now)
    assert asking.try_code(second, two, now=now)


def test_a_phone_gets_five_codes_a_day_whatever_is_typed(card, now):
    for number in range(12):
        ask((PHONE, number_of(card.id))[number % 2], now, address=f"192.0.2.{number}")
        asking.look_at_asks(now=now)
    assert len(sent()) == 5
    ask(PHONE, now + rules.DAY + timedelta(seconds=1))
    asking.look_at_asks(now=now + rules.DAY + timedelta(seconds=1))
    assert len(sent()) == 6


def test_two_workers_at_once_keep_the_limit(app, card, now):
    for number in range(9):
        ask(PHONE, now, address=f"192.0.2.{number}")
    assert sum(at_once(app, 3, lambda _number: asking.look_at_asks(now=now))) == 5 and len(sent()) == 5


def test_a_request_that_cannot_be_carried_out_does_not_stop_the_others(card, now, monkeypatch):
    ask(PHONE, now)
    ask(PHONE, now)
    whole = asking.render_sms
    monkeypatch.setattr(asking, "render_sms", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        asking.look_at_asks(now=now)
    db.session.rollback()
    monkeypatch.setattr(asking, "render_sms", whole)
    assert asking.look_at_asks(now=now) == 1 and asking.look_at_asks(now=now) == 0 and len(sent()) == 1


def test_one_address_asks_twenty_times_an_hour_known_or_not(card, visitor, at, now):
    answers = [visitor.post("/balance", {"asked": (PHONE, UNKNOWN)[number % 2]}).status for number in range(22)]
    assert answers == [303] * 20 + [429, 429]
    page = visitor.post("/balance", {"asked": UNKNOWN})
    assert "Слишком много запросов" in page.text and "через час" in page.text
    at(now + rules.HOUR)
    assert visitor.post("/balance", {"asked": UNKNOWN}).status == 303


def test_tries_are_counted_together_for_all_requests_of_an_address(card, visitor, monkeypatch, now):
    monkeypatch.setattr(rules, "TRIES_AN_HOUR", 6)
    forms = [visitor.follow("/balance", {"asked": UNKNOWN}).root.all("form")[0].attrs["action"] for _ in range(3)]
    statuses = [visitor.post(form, {"code": "1"}).status for form in forms for _ in range(3)]
    assert statuses == [422] * 6 + [429] * 3


@pytest.mark.parametrize(("one", "other", "same"), [
    ("192.0.2.7", "192.0.2.8", False), ("::ffff:192.0.2.7", "192.0.2.7", True),
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True), ("2001:db8:1:2::1", "2001:db8:1:3::1", False)])
def test_a_house_with_ipv6_counts_as_one_address(one, other, same):
    assert (rules.network_of(one) == rules.network_of(other)) == same


def test_one_more_code_is_asked_for_by_a_button_within_the_limits(card, visitor, now):
    page = visitor.follow("/balance", {"asked": PHONE})
    again = page.root.all("form")[1].attrs["action"]
    page = visitor.follow(again)
    assert "ещё один код" in page.text
    asking.look_at_asks(now=now)
    assert len(sent()) == 2
    link = visitor.post(page.root.all("form")[0].attrs["action"], {"code": codes()[1]})
    assert link.status == 303
    assert visitor.post(page.root.all("form")[1].attrs["action"]).status == 404, "the wish is over"


def test_pages_of_codes_that_are_over_say_so_and_lead_back(card, visitor, at, now):
    page = visitor.follow("/balance", {"asked": PHONE})
    form = page.root.all("form")[0].attrs["action"]
    at(now + rules.LASTS)
    for answer in (visitor.get(form), visitor.post(form, {"code": "123456"}), visitor.get("/balance/nothing"),
                   visitor.post("/balance/nothing", {"code": "123456"}), visitor.post("/balance/nothing/again")):
        assert answer.status == 404 and "Код больше не действует" in answer.text
        assert answer.root.all("a", href="/balance")


def test_a_family_phone_opens_all_their_cards(card, cast, visitor, now):
    husband = make.client(cast.main, last="Преображенский", first="Пётр", email=None, now=now)
    club_make.card(husband, cast.main, points=60, now=now)
    page = visitor.follow("/balance", {"asked": PHONE})
    asking.look_at_asks(now=now)
    assert len(codes()) == 1
    answer = visitor.follow(page.root.all("form")[0].attrs["action"], {"code": codes()[0]})
    choices = answer.root.one("nav", class_="cards").all("a")
    assert [choice.one("b").text for choice in choices] == ["1 840", "60"] and "Преображенск" not in answer.html


def test_a_number_that_was_replaced_or_joined_still_finds_the_card(card, cast, now):
    old = number_of(card.id)
    replace_card(card.id, Sale(), reason="потеряна", office=cast.main, actor=actor_of(cast.olga), now=now)
    other = club_make.card(make.client(cast.main, phone="+79160000002", email=None, now=now), cast.main, now=now)
    gone = number_of(other.id)
    merge_cards(other.id, card.id, key="m", actor=club_make.CLUB, now=now)
    for number in (old, gone):
        ask(number, now)
    asking.look_at_asks(now=now)
    assert [message.address for message in sent()] == [PHONE, PHONE]


def test_nobody_is_written_to_whose_phone_is_gone_or_who_was_erased(card, now):
    with transaction() as session:
        session.execute(update(Phone).values(broken_at=now))
    ask(PHONE, now)
    ask(number_of(card.id), now)
    asking.look_at_asks(now=now)
    assert sent() == []
    with transaction() as session:
        session.execute(update(Phone).values(broken_at=None))
        session.execute(update(Client).values(erased_at=now))
    ask(PHONE, now)
    ask(number_of(card.id), now)
    asking.look_at_asks(now=now)
    assert sent() == []


def test_the_sms_goes_at_once_by_night_and_not_after_the_code_is_over(card, now):
    ask(PHONE, now)
    asking.look_at_asks(now=now)
    message = sent()[0]
    assert (message.lane, message.klass, message.true_until) == (1, "code", now + rules.LASTS)
    assert "Преображенская" not in message.text and len(message.text) <= 70


def test_guessing_opens_no_balance(card, now):
    """A share of ten thousand tries (`make crash` has them all): many addresses, every request used up."""
    from bench.guessing import guess
    figures = guess(number_of(card.id), tries=500, now=now)
    assert figures.opened == 0 and figures.tried == 500
    assert figures.most_sms_a_day <= rules.SMS_A_DAY


@given(st.text(max_size=80))
def test_whatever_is_typed_is_a_card_a_phone_or_a_sentence(typed):
    try:
        asked = read_asked(typed)
    except BadAsk as error:
        assert error.code in ("nothing", "check-digit", "neither")
    else:
        assert re.fullmatch(r"\+\d{7,15}|\d{9}", asked.text)


@given(st.text(min_size=1), st.text(min_size=1))
def test_codes_have_six_digits_and_depend_on_the_key_of_the_site(nonce, token):
    code = rules.code_of("k" * 32, nonce, token)
    assert re.fullmatch(r"\d{6}", code) and rules.same_code(code, code)
    assert not rules.same_code("", code) and not rules.same_code(code + "0", code)
