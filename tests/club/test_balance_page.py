"""What a client sees of a card: points, the exact day they burn, what moves it, the history; and nothing of whose it is."""

from datetime import UTC, date, datetime, timedelta

import club_make
import make
import pytest
from sqlalchemy import delete, event, select

from webapp.clients.actions import make_link, revoke_links
from webapp.clients.models import PersonalLink
from webapp.club import gifts
from webapp.club.actions.cards import Sale, block, present, replace_card
from webapp.club.actions.gifting import Promise, promise_gift
from webapp.club.actions.inviting import close_invitation
from webapp.club.actions.joining import merge_cards
from webapp.club.actions.ledger import debit, reverse
from webapp.club.actions.sales import use_card
from webapp.club.card_links import CARD, LASTS, VISIT, source_of
from webapp.club.models import BonusOp, Card, FriendLink, Level, number_of
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.staff.audit import actor_of

SIZE = 30 * 1024


@pytest.fixture
def owner(cast, now):
    return make.client(cast.main, last="Преображенская", now=now)


@pytest.fixture
def card(owner, cast, now):
    return club_make.card(owner, cast.main, points=1840, now=now)


@pytest.fixture
def visitor(browse):
    return browse()


@pytest.fixture
def at(monkeypatch, now):
    """The page is opened at this moment."""
    def _at(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)
    _at(now)
    return _at


def link(client, now, *cards, **more):
    db.session.rollback()
    return f"/b/{make_link(CARD, client.id, source=source_of([card.id for card in cards]) if cards else '', now=now, **more)}"


@pytest.fixture
def url(owner, card, now, at):
    return link(owner, now)


def test_the_balance_comes_first_in_points_and_in_money(url, visitor):
    page = visitor.get(url)
    assert page.h1 == "На вашей карте"
    assert page.root.one(class_="purse__sum").text == "1 840 бонусов = 1 840 ₽"
    assert page.root.one("title").text.startswith("1 840 бонусов –")


def test_the_day_of_burning_is_the_kept_one(url, visitor, card):
    assert card.burn_on == date(2027, 5, 20)
    burn = visitor.get(url).root.one(class_="burn").text
    assert burn == "Сгорят 20 мая 2027 если до этого дня не предъявить карту в офисе"


@pytest.mark.parametrize(("days", "words"), [(32, None), (31, "остался 31 день"), (12, "осталось 12 дней"),
                                             (2, "осталось 2 дня"), (1, "остался 1 день")])
def test_the_last_month_counts_the_days_and_says_how_to_give_the_card_to_a_friend(url, visitor, card, at, days, words):
    at(datetime(2027, 5, 20, 9, tzinfo=UTC) - timedelta(days=days))
    page = visitor.get(url)
    assert ("Передать карту другу" in page.text) == (words is not None)
    assert [node.text for node in page.root.all(class_="left")] == ([words] if words else [])


def test_the_day_is_that_of_the_home_office(cast, now, at, visitor):
    far = make.client(cast.east, phone="+79160000009", email=None, now=now)
    card = club_make.card(far, cast.east, points=100, now=now)
    url = link(far, now)
    eve = datetime.combine(card.burn_on, datetime.min.time(), UTC) - timedelta(hours=11)
    at(eve)
    assert "остался 1 день" in visitor.get(url).text
    at(eve + timedelta(hours=2))
    page = visitor.get(url)
    assert "Срок вышел" in page.text and "осталось" not in page.text


def test_what_moves_the_day_and_what_does_not(url, visitor):
    page = visitor.get(url)
    assert "Показать карту в любом нашем офисе – хоть вы, хоть друг" in page.text
    assert "Заглянуть на эту страницу" in page.root.one("ul", class_="no").text


def test_looking_extends_nothing_and_leaves_no_trace(url, visitor, card, at, now):
    at(now + timedelta(days=40))
    for path in (url, f"{url}?all=1", f"{url}/card.webmanifest"):
        for method in ("GET", "HEAD", "OPTIONS"):
            assert visitor.http.open(path, method=method).status_code == 200
    db.session.expire_all()
    row = db.session.get_one(Card, card.id)
    assert (row.active_on, row.burn_on) == (date(2026, 11, 20), date(2027, 5, 20))
    assert db.session.scalars(db.select(PersonalLink)).one().used_at is None


def test_presenting_the_card_shows_the_new_day(url, visitor, card, cast, at, now):
    later = now + timedelta(days=40)
    present(card.id, office=cast.east, actor=actor_of(cast.vera), now=later)
    at(later)
    assert "Сгорят 30 июня 2027" in visitor.get(url).text


def test_nothing_on_it_says_whose_card_it_is(owner, card, cast, visitor, url, now):
    with transaction():
        db.session.merge(Level(code="C", rank=1, name_ru="Гость", name_en="Guest", rate_bp=100))
    trip = make.trip(owner, purchase=date(2026, 11, 20), departure=date(2026, 12, 10), back=date(2026, 12, 20),
                     seller=cast.olga, now=now, price_kopecks=10_000_000, destination="Занзибар")
    use_card(trip.id, card.id, spend=400, key="k", actor=actor_of(cast.olga), now=now)
    page = visitor.get(url)
    for private in ("Преображенская", "Анна", "9160000001", "+7 916", "anna@", "Занзибар", "Соколова", f"card:{card.id}"):
        assert private not in page.html, private
    assert "Оплата тура бонусами" in page.text and "−400" in page.text
    assert "+966" in page.root.one(class_="public__part", id="coming").text and "21 декабря 2026" in page.text


def test_the_number_is_there_for_eyes_and_for_a_camera(url, visitor, card):
    page = visitor.get(url)
    number = number_of(card.id)
    assert page.root.one(class_="pass__no").text == f"{number[:4]} {number[4:8]} {number[8:]}"
    assert page.root.one(role="img", aria_label="QR-код карты").all("svg") and "Скидка 3 %" in page.text


def test_the_history_has_a_running_balance_and_burnt_lines(url, visitor, card, now):
    club_make.spend(card, 900, now=now + timedelta(days=1))
    debit(card.id, 140, "burn", club_make.why(), actor=club_make.CLUB, now=now + timedelta(days=2))
    lines = [line.text for line in visitor.get(url).root.one(id="history").all("li")]
    assert lines == ["Сгорели: карту вовремя не показали −140 22 ноября 2026 остаток 800",
                     "Оплата бонусами −900 21 ноября 2026 остаток 940",
                     "Начислено вручную +1 840 20 ноября 2026 остаток 1 840"]


def test_a_long_history_shows_thirty_lines_and_the_way_to_all(url, visitor, card, now):
    for _ in range(35):
        club_make.give(card, 10, now=now)
    page = visitor.get(url)
    history = page.root.one(id="history")
    assert len(history.all("li")) == 30 and len(page.html.encode()) <= SIZE
    whole = visitor.get(history.one("a").attrs["href"])
    assert len(whole.root.one(id="history").all("li")) == 36
    assert whole.root.one(id="history").all("li")[-1].text.endswith("остаток 1 840")


def test_a_debt_is_explained_and_its_lines_are_told(url, visitor, card, now):
    op = club_make.give(card, 400, now=now)
    club_make.spend(card, 2200, now=now)
    reverse(op.id, club_make.why(), actor=club_make.CLUB, now=now)
    club_make.give(card, 100, now=now)
    page = visitor.get(url)
    assert "За картой долг: 260 бонусов" in page.text and "Делать ничего не нужно" in page.text
    lines = [line.text for line in page.root.one(id="history").all("li")]
    assert lines[0] == "Подарок бонусами из них 100 покрыли долг карты 0 20 ноября 2026 остаток 0"
    assert "ещё 360 уже были потрачены" in lines[1] and "−40" in lines[1]


def test_what_burned_before_it_was_taken_back_is_told_in_one_line(url, visitor, card, now):
    op = club_make.give(card, 1000, now=now)
    club_make.spend(card, 1140, now=now)
    debit(card.id, 1700, "burn", club_make.why(), actor=club_make.CLUB, now=now)
    reverse(op.id, club_make.why(), actor=club_make.CLUB, now=now)
    lines = [line.text for line in visitor.get(url).root.one(id="history").all("li")]
    assert len(lines) == 5 and "1 000 уже сгорели раньше – за них карта ничего не должна" in lines[0]
    undo = db.session.scalars(select(BonusOp.id).where(BonusOp.kind == "burn")).one()
    reverse(undo, club_make.why(), actor=club_make.CLUB, now=now)
    lines = [line.text for line in visitor.get(url).root.one(id="history").all("li")]
    assert len(lines) == 7 and "Отменили начисление −1 000" in lines[0]


def test_a_card_without_points_tells_how_to_get_them(owner, cast, now, at, visitor):
    club_make.card(owner, cast.main, now=now)
    page = visitor.get(link(owner, now))
    assert page.root.one(class_="purse__sum").text == "0 бонусов = 0 ₽"
    assert "Бонусов пока нет" in page.text and "Как получить" in page.text and "Сгорят" not in page.text


def test_whoever_lost_the_points_is_no_newcomer(url, visitor, card, now):
    debit(card.id, 1840, "burn", club_make.why(), actor=club_make.CLUB, now=now)
    page = visitor.get(url)
    assert page.root.one(class_="burn").text.startswith("20 ноября 2026 сгорело 1 840 бонусов")
    assert "Как накопить новые" in page.text and "Бонусов пока нет" not in page.text


def test_a_locked_card_says_that_its_points_are_safe(url, visitor, card, cast, now):
    block(card.id, reason="потеряна", office=cast.main, actor=actor_of(cast.olga), now=now)
    page = visitor.get(url)
    assert "Карта заблокирована" in page.text and "Бонусы целы" in page.text
    assert "Сгорят" not in page.text and "потеряна" not in page.text


def test_a_link_to_a_card_that_was_joined_with_another_shows_that_one(card, owner, cast, now, at, visitor):
    other = club_make.card(make.client(cast.main, phone="+79160000002", email=None, now=now), cast.main, points=60, now=now)
    url = link(owner, now, card)
    merge_cards(card.id, other.id, key="m", actor=club_make.CLUB, now=now)
    page = visitor.get(url)
    assert page.root.one(class_="purse__sum").text.startswith("1 900 бонусов") and "Ваши карты объединили" in page.text
    assert number_of(other.id)[4:8] in page.root.one(class_="pass__no").text


def test_a_new_number_keeps_the_link(url, visitor, card, cast, now):
    replace_card(card.id, Sale(), reason="потеряна", office=cast.main, actor=actor_of(cast.olga), now=now)
    assert number_of(card.id)[4:8] in visitor.get(url).root.one(class_="pass__no").text


def test_several_cards_are_chosen_by_their_numbers(card, owner, cast, now, at, visitor):
    other = make.client(cast.main, last="Вторая", phone="+79160000002", email=None, now=now)
    second = club_make.card(other, cast.main, points=7, now=now)
    url = link(owner, now, card, second)
    page = visitor.get(url)
    choices = page.root.one("nav", class_="cards").all("a")
    assert [("aria-current" in choice.attrs) for choice in choices] == [True, False]
    assert page.root.one(class_="purse__sum").text.startswith("1 840")
    chosen = visitor.get(choices[1].attrs["href"])
    assert chosen.root.one(class_="purse__sum").text.startswith("7 бонусов")
    for odd in ("0", "3", "-1", "x", "9" * 40):
        assert visitor.get(f"{url}?card={odd}").root.one(class_="purse__sum").text.startswith("1 840")
    assert not visitor.get(link(owner, now, second)).root.all("nav", class_="cards")


def test_erased_people_have_no_page(url, visitor, owner, card, cast, now):
    other = club_make.card(make.client(cast.main, phone="+79160000002", email=None, now=now), cast.main, now=now)
    both = link(db.session.get_one(type(other.client), other.client_id), now, card, other)
    with transaction():
        db.session.get_one(type(owner), owner.id).erased_at = now
    assert visitor.get(url).status == 404
    page = visitor.get(both)
    assert page.status == 200 and not page.root.all("nav", class_="cards"), "only the card of who is still with us"


def test_links_that_are_over_or_taken_back_open_nothing_and_lead_to_the_question(owner, card, now, at, visitor):
    ends = link(owner, now, expires_at=now + VISIT)
    at(now + timedelta(minutes=59))
    page = visitor.get(ends)
    assert "Эта страница закроется в 13:00" in page.text and not page.root.all("link", rel="manifest")
    at(now + VISIT)
    assert visitor.get(ends).status == 404
    taken = link(owner, now, expires_at=now + LASTS)
    revoke_links(owner.id, CARD, now=now)
    page = visitor.get(taken)
    assert page.status == 404 and "Ссылка" in page.h1


def test_the_address_stays_private_and_the_page_light(url, visitor):
    page = visitor.get(url)
    assert page.headers["Referrer-Policy"] == "no-referrer" and "noindex" in page.headers["X-Robots-Tag"]
    assert [script.attrs["src"].partition("?")[0] for script in page.root.all("script")] == ["/static/copy.js"]
    assert page.root.one("button", **{"data-copy": "invite-link"}).attrs["hidden"] is not False and "hx-" not in page.html and len(page.html.encode()) <= SIZE


def test_the_page_can_be_kept_on_a_phone(url, visitor, app):
    page = visitor.get(url)
    manifest = visitor.http.get(page.root.one("link", rel="manifest").attrs["href"])
    assert manifest.mimetype == "application/manifest+json" and manifest.headers["Referrer-Policy"] == "no-referrer"
    facts = manifest.get_json(force=True)
    assert facts["start_url"] == url and facts["display"] == "standalone" and "Преображенская" not in str(facts)
    for icon in [*[entry["src"] for entry in facts["icons"]],
                 page.root.one("link", rel="apple-touch-icon").attrs["href"]]:
        answer = visitor.http.get(icon)
        assert answer.status_code == 200 and answer.data.startswith(b"\x89PNG"), icon
    assert "На экран" in page.text
    assert visitor.http.get("/b/nothing/card.webmanifest").status_code == 404


def test_an_english_client_reads_english(cast, now, at, visitor):
    smith = make.client(cast.main, last="Smith", first="John", language="en", phone=None, now=now)
    club_make.card(smith, cast.main, points=1, now=now)
    page = visitor.get(link(smith, now))
    assert page.root.one("html").attrs["lang"] == "en" and page.root.one(class_="purse__sum").text == "1 point = 1 ₽"
    assert "They burn on 20 May 2027" in page.text and "3% off" in page.text


def test_the_language_is_chosen_on_the_page_and_stays_with_its_links(url, visitor, card, now):
    with transaction() as session:
        session.execute(delete(FriendLink))
    assert visitor.get(url).root.one("html").attrs["lang"] == "ru"
    page = visitor.get(url + next(a.attrs["href"] for a in visitor.get(url).root.all("a") if a.attrs.get("hreflang") == "en"))
    assert page.root.one("html").attrs["lang"] == "en" and "They burn on" in page.text
    invite = next(form for form in page.root.all("form") if "invitation" in form.attrs["action"])
    kept = visitor.http.post(invite.attrs["action"]).location
    assert "lang=en" in kept and visitor.get(kept).root.one("html").attrs["lang"] == "en"
    assert visitor.get(url + "?lang=xx").root.one("html").attrs["lang"] == "ru"


def test_the_page_asks_the_database_few_questions(app, url, visitor, card, now):
    for _ in range(10):
        club_make.give(card, 10, now=now)
    visitor.get(url)
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert visitor.get(url).status == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    asked = [statement for statement in seen if statement.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert len(asked) <= 10, "\n".join(asked)


def test_a_gift_that_waits_is_named_with_its_office(url, visitor, owner, card, cast, now):
    promise_gift(owner, gifts.kinds()[0], Promise(until=date(2026, 12, 31)), actor=actor_of(cast.olga), now=now)
    page = visitor.get(url)
    assert "Вас ждёт подарок" in page.text and "до 31 декабря 2026" in page.root.one(class_="gift").text


def test_friends_are_invited_by_a_link_that_is_made_when_it_is_asked_for(url, visitor, owner, card, cast, now):
    with transaction() as session:
        session.execute(delete(FriendLink))
    page = visitor.get(url)
    assert "вам придёт 1 000 бонусов, а ему – 500 бонусов" in page.text and db.session.scalars(select(FriendLink)).all() == []
    asked = page.root.one(class_="friend").one("form").attrs["action"]
    for _ in range(2):
        page = visitor.follow(asked)
    assert page.root.one(class_="friend__link").one("a").attrs["href"].endswith(
        "/i/" + db.session.scalars(select(FriendLink.code)).one())
    close_invitation(owner, actor=actor_of(cast.olga), now=now)
    assert not visitor.get(url).root.all(class_="friend")
    assert not visitor.follow(asked).root.all(class_="friend"), "what staff have closed stays closed"
    assert visitor.post("/b/nothing/invitation").status == 404
