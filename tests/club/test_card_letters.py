"""Letters speak of the client's own card: a new one, points that came; a link in them opens exactly that card."""

import re
from datetime import date, timedelta

import club_make
import make
import pytest
from sqlalchemy import delete, event, select

from webapp.clients import actions as clients
from webapp.clients.links import example_url
from webapp.clients.models import PersonalLink
from webapp.club.actions import sharing
from webapp.club.actions.cards import virtual_card
from webapp.club.actions.granting import put_right
from webapp.club.actions.joining import merge_cards
from webapp.club.actions.ledger import credit, reverse
from webapp.club.actions.sales import use_card
from webapp.club.actions.settling import settle_returned
from webapp.club.actions.telling import tell_points
from webapp.club.card_links import CARD, LASTS, named_in
from webapp.club.models import number_of
from webapp.club.number_rules import display
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.letters.placeholders import REGISTRY, values_for
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.staff.audit import actor_of, job
from webapp.staff.models import AuditEntry
from webapp.staff.rules import BadInput, NotAllowed
from webapp.touches.actions.sending import queue_due
from webapp.touches.letter_context import context_for
from webapp.touches.models import Occasion, Plan, PlanStep, PlanVersion, Touch

OWN = ("bonus.balance", "bonus.points", "bonus.card_number", "bonus.burning", "bonus.burn_on", "bonus.last_day",
       "bonus.days_left")


@pytest.fixture
def owner(cast, now):
    post.set_mode("trial", actor=job("test"), now=now)
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def card(owner, cast, now):
    return club_make.card(owner, cast.main, points=1840, now=now)


def written(client, moment):
    """Messages of a client by the code of their step, once everything due has been written."""
    queue_due(now=moment)
    db.session.rollback()
    rows = db.session.execute(select(Touch.step_code, Message).join(Message, Message.id == Touch.message_id)
                              .where(Touch.client_id == client.id))
    return {row.step_code: row.Message for row in rows}


def opened(message, browse, monkeypatch, moment):
    """The page behind the balance link of a message, as somebody opens it who has no account."""
    monkeypatch.setattr(clock, "now", lambda: moment)
    return browse().get(re.search(r"https?://[^/\s]+(/b/\w+)", message.text)[1])


def values(client, now, facts=None, lang="ru", names=None):
    context = context_for(client, client.office, client.manager, {}, facts or {}, lang, today=now.date())
    return values_for(context, names)


def test_a_new_card_is_welcomed_by_sms_at_once_and_by_letter_next_morning(owner, card, browse, monkeypatch, now):
    sms = written(owner, now)["card_welcome_sms"]
    assert display(number_of(card.id)).replace("\xa0", " ") in sms.text and sms.address == "+79160000001"
    page = opened(sms, browse, monkeypatch, now)
    assert page.root.one(class_="purse__sum").text.startswith("1 840")
    letters = written(owner, now + timedelta(days=1))
    mail = letters["card_welcome"]
    assert mail.klass == "service" and "Скидка 3 %" in mail.text and "6 месяцев" in mail.text
    assert opened(mail, browse, monkeypatch, now + timedelta(days=400)).status == 200
    assert opened(mail, browse, monkeypatch, now + LASTS + timedelta(days=2)).status == 404


def test_a_virtual_card_is_not_welcomed(owner, now):
    virtual_card(owner, actor=club_make.CLUB, now=now)
    assert written(owner, now + timedelta(days=1)) == {}


def test_points_of_a_trip_are_told_the_day_after_they_came(owner, card, cast, browse, monkeypatch, now):
    trip = make.trip(owner, purchase=date(2026, 11, 20), departure=date(2026, 12, 10), back=date(2026, 12, 20),
                     seller=cast.olga, now=now, price_kopecks=10_000_000)
    use_card(trip.id, card.id, key="k", actor=actor_of(cast.olga), now=now)
    later = now + timedelta(days=31)
    assert settle_returned(trip.id, now=later)
    assert "points_for_trip" not in written(owner, later)
    mail = written(owner, later + timedelta(days=1))["points_for_trip"]
    assert mail.subject == "На вашу карту пришло: 970 бонусов"
    assert "Теперь на ней 2 810 бонусов, они действуют до 20 июня 2027." in mail.text.replace("\xa0", " ")
    page = opened(mail, browse, monkeypatch, later + timedelta(days=1))
    assert "Сгорят 21 июня 2027" in page.text and named_in(
        db.session.scalars(select(PersonalLink.source).where(PersonalLink.purpose == CARD)).all()[-1]) == (card.id,)


@pytest.mark.parametrize(("kind", "words"), [("compensation", "в знак извинения"), ("coupon", "в подарок"),
                                             ("welcome_back", "к вашему возвращению")])
def test_points_given_are_told_with_their_reason_and_once(owner, card, now, kind, words):
    for _ in range(2):
        with transaction():
            op = credit(card.id, 500, kind, club_make.why("grant"), actor=club_make.CLUB, now=now)
            tell_points(card, op, actor=club_make.CLUB, now=now)
    assert len(db.session.scalars(select(Occasion).where(Occasion.kind == "grant")).all()) == 1
    mail = written(owner, now)["points_given"]
    assert f"500 бонусов {words}" in mail.text and "2 340" in mail.text.replace("\xa0", " ")


def test_points_that_a_debt_took_are_no_news(owner, card, now):
    op = club_make.give(card, 400, now=now)
    club_make.spend(card, 2240, now=now)
    reverse(op.id, club_make.why(), actor=club_make.CLUB, now=now)
    with transaction():
        eaten = club_make.give(card, 300, now=now)
        assert tell_points(card, eaten, actor=club_make.CLUB, now=now) is None


def test_an_agency_without_these_plans_sells_cards_all_the_same(owner, cast, now):
    with transaction() as session:
        ids = session.scalars(select(Plan.id).where(Plan.kind == "card")).all()
        versions = session.scalars(select(PlanVersion.id).where(PlanVersion.plan_id.in_(ids))).all()
        session.execute(delete(PlanStep).where(PlanStep.version_id.in_(versions)))
        session.execute(delete(PlanVersion).where(PlanVersion.id.in_(versions)))
        session.execute(delete(Plan).where(Plan.id.in_(ids)))
    assert number_of(club_make.card(owner, cast.main, now=now).id)
    assert db.session.scalars(select(Occasion)).all() == []


def test_the_loyalty_letter_shows_the_own_card_or_how_to_get_one(cast, now):
    post.set_mode("trial", actor=job("test"), now=now)
    people = [make.client(cast.main, first=name, phone=None, email=f"{number}@example.com", now=now)
              for number, name in enumerate(("Анна", "Вера"))]
    club_make.card(people[0], cast.main, points=60, now=now)
    texts = []
    for client in people:
        clients.set_consent(client, "give", ["email"], how="form", text_version="news-1-ru", actor=job("test"), now=now)
        trip = make.trip(client, purchase=date(2026, 11, 1), departure=date(2026, 11, 10), back=date(2026, 11, 20),
                         seller=cast.olga, now=now)
        texts.append(written(trip.client, now + timedelta(days=3, hours=1))["loyalty"].text.replace("\xa0", " "))
    assert "Сейчас на вашей карте 60 бонусов, они действуют до 19 мая 2027" in texts[0] and "/b/" in texts[0]
    assert "она стоит 500 ₽" in texts[1] and "/b/" not in texts[1] and "Скидка 3 %" in texts[1]


def test_values_of_a_card_in_both_languages(owner, card, now):
    assert {name: value for name, value in values(owner, now).items() if name in OWN} == {
        "bonus.balance": "1\xa0840", "bonus.points": "1\xa0840 бонусов", "bonus.burning": "1\xa0840 бонусов",
        "bonus.card_number": display(number_of(card.id)), "bonus.burn_on": "20 мая 2027", "bonus.last_day": "19 мая 2027",
        "bonus.days_left": "181 день"}
    english = values(owner, now, lang="en")
    assert [english[name] for name in ("bonus.points", "bonus.last_day", "bonus.days_left", "bonus.discount",
                                       "bonus.life", "bonus.level")] == [
        "1,840 points", "19 May 2027", "181 days", "3%", "6 months", "C “Guest”"]
    assert (english["bonus.next_level"], english["bonus.gap"]) == ("B “Friend”", values(owner, now, lang="en")["bonus.gap"])


def test_who_has_no_card_has_no_values_but_the_terms_of_the_club(owner, now):
    found = values(owner, now)
    assert [name for name in (*OWN, "bonus.credited", "bonus.pending", "bonus.code", "links.balance") if found[name]] == []
    assert (found["bonus.discount"], found["bonus.price"], found["bonus.life"]) == (
        "3\xa0%", "500\xa0₽", "6 месяцев")


def test_what_the_occasion_says_wins(owner, card, cast, now):
    second = club_make.card(make.client(cast.main, phone="+79160000002", email=None, now=now), cast.main, points=5, now=now)
    warned = values(owner, now, {"points": 1200, "burn_on": "2027-03-14", "card": card.id})
    assert [warned[name] for name in ("bonus.burning", "bonus.burn_on", "bonus.last_day", "bonus.credited")] == [
        "1\xa0200 бонусов", "14 марта 2027", "13 марта 2027", None]
    other = values(owner, now, {"card": second.id, "points": 1})
    assert (other["bonus.balance"], other["bonus.credited"]) == ("5", "1 бонус")


def test_a_warning_names_no_more_points_than_are_left(owner, card, cast, now):
    balance, facts = club_make.balance(card), {"burn_on": "2027-03-14", "card": card.id}
    assert values(owner, now, {**facts, "points": balance + 500})["bonus.burning"] == \
        values(owner, now, {**facts, "points": balance})["bonus.burning"]
    put_right(card.id, -balance, "ошибка", key="gone", actor=actor_of(cast.boris), now=now)
    assert values(owner, now, {**facts, "points": balance})["bonus.burning"] is None


def test_a_letter_reads_its_card_once(owner, card, now):
    names = {name for name in REGISTRY.spellings().values() if name.startswith("bonus.")}
    db.session.rollback()
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        values(owner, now, names={"bonus.points", "bonus.last_day", "bonus.card_number", "bonus.discount", "bonus.life"})
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    asked = [statement for statement in seen if re.search(r"FROM (card|purse)\b", statement)]
    assert len(asked) == 1 and len([s for s in seen if "FROM setting" in s]) <= 2 and len(names) > 15


def test_staff_make_a_link_and_it_stands_in_the_log(card, cast, browse, monkeypatch, now):
    url = sharing.balance_url(card, actor=actor_of(cast.olga), now=now)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert browse().get("/b/" + url.rpartition("/")[2]).status == 200
    db.session.rollback()
    assert db.session.scalars(select(AuditEntry.verb).where(AuditEntry.verb == "card-link")).all() == ["card-link"]
    with pytest.raises(NotAllowed):
        sharing.balance_url(card, actor=actor_of(cast.vera), now=now)
    with pytest.raises(NotAllowed):
        sharing.balance_url(card, actor=actor_of(cast.anna), now=now)


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_staff_send_the_link_once_a_day(card, cast, browse, monkeypatch, now, channel):
    olga = actor_of(cast.olga)
    first, again = (sharing.send_balance_link(card, channel, actor=olga, now=now) for _ in range(2))
    later = sharing.send_balance_link(card, channel, actor=olga, now=now + timedelta(days=1))
    assert first.id == again.id != later.id and first.klass == "service"
    assert example_url(CARD) not in later.text
    assert opened(later, browse, monkeypatch, now).root.one(class_="purse__sum").text.startswith("1 840")


def test_a_link_is_refused_where_it_cannot_arrive(card, cast, now):
    olga = actor_of(cast.olga)
    mute = club_make.card(make.client(cast.main, phone=None, email=None, now=now), cast.main, now=now)
    with pytest.raises(BadInput, match="no address"):
        sharing.send_balance_link(mute, "sms", actor=olga, now=now)
    merge_cards(mute.id, card.id, key="m", actor=club_make.CLUB, now=now)
    with pytest.raises(BadInput, match="merged"):
        sharing.balance_url(mute, actor=olga, now=now)
