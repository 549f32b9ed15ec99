"""The claim to the tour operator: its text, its days, and what may not happen to it."""

from datetime import timedelta

import make
import pytest
from complaint_make import complaint
from sqlalchemy import select

from webapp.complaints.actions.claiming import (
    Deed,
    claim_answered,
    claim_sent,
    claim_unanswered,
    claim_unsent,
    write_claim,
)
from webapp.complaints.claim_rules import gaps_in
from webapp.complaints.claim_text import claim_text
from webapp.complaints.models import OperatorClaim
from webapp.complaints.questions import TERMS, events_of
from webapp.complaints.step_rules import Refused
from webapp.db import db, transaction
from webapp.kit import clock, phones
from webapp.kit.days import local_day, zone
from webapp.staff.audit import actor_of
from webapp.staff.models import Setting
from webapp.staff.rules import BadInput, NotAllowed
from webapp.touches.models import Touch
from webapp.trips.models import Trip
from webapp.web.i18n import day_long_in


@pytest.fixture
def now():
    return clock.now()


@pytest.fixture
def today(cast, now):
    return local_day(now, zone(cast.main.timezone))


@pytest.fixture
def row(cast, now, today):
    person = make.client(cast.main, manager=cast.olga, now=now)
    trip = make.trip(person, purchase=today - timedelta(days=40), departure=today - timedelta(days=12),
                     back=today - timedelta(days=3), seller=cast.olga, now=now, destination="Анталья",
                     operator="Анекс Тур", booking_number="AB-123")
    return complaint(person, trip=trip, wants="вернуть 20 000 ₽", now=now)


@pytest.fixture
def person_only(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now, last="Безпоездкина", phone="+79161110000",
                       email="bez@example.com")


def test_the_text_names_parties_booking_facts_demand_and_signature(browse, cast, row, today):
    text = browse(cast.irina).get(f"/complaints/{row.id}/claim").root.one("textarea", name="text").text
    for words in ("Анекс Тур", "Анталья", "AB-123", row.story, "Вернуть 20 000 ₽", "Приложения:", "Подпись:",
                  (today - timedelta(days=3)).strftime("%d.%m.%Y"), row.client.full_name):
        assert words in text


def test_what_the_program_knows_is_no_gap(row, today):
    with transaction():
        row.client.city = "Тверь"
    text = claim_text(row, [], today)
    assert phones.display(row.client.phone.e164) in text and row.client.phone.e164 not in text
    assert gaps_in(text) == ["address", "signature"], "the street and the name by hand are all that is not known"
    assert "предъявляется в течение 20 дней" in text and "рассматривается в течение 10 дней" in text


def test_every_gap_the_text_is_made_with_has_its_name(person_only, now, today):
    row = complaint(person_only, now=now)
    assert gaps_in(claim_text(row, [], today)) == ["operator", "address", "contract", "demand", "signature"]


def test_only_words_of_the_client_go_to_the_operator(row, person_only, now, today):
    with transaction():
        row.facts = "Менеджер забыл заказать трансфер"
        row.story = "Оценка в анкете: 2 из 10.\n\nДуш не работал"
    text = claim_text(row, [], today)
    assert "Душ не работал" in text and "Оценка" not in text and "трансфер" not in text
    own = complaint(person_only, story="Пересказ", wants="вернуть деньги", own="В номере было сыро\n\nвернуть деньги", now=now)
    text = claim_text(own, [], today)
    assert "В номере было сыро\n\nНа основании" in text and "Пересказ" not in text


def test_the_operator_written_beside_the_text_stands_in_it(browse, cast, person_only, now, today):
    row = complaint(person_only, now=now)
    page, address = browse(cast.irina), f"/complaints/{row.id}/claim"
    text = claim_text(row, [], today)
    assert "Туроператору: ___" in text
    page.follow(address, {"operator": "Анекс Тур", "text": text})
    assert "Туроператору: Анекс Тур\n" in db.session.scalars(select(OperatorClaim.text)).one()
    assert "Туроператору: Анекс Тур" in page.get(address + "?anew=1").root.one("textarea", name="text").text


def test_days_are_those_of_the_procedure_and_a_late_claim_does_not_call_itself_late(row, today):
    with transaction() as session:
        session.merge(Setting(key=TERMS, value={"file_days": 31, "operator_days": 21}))
    assert "в течение 31 дня после" in claim_text(row, [], today) and "в течение 21 дня с даты" in claim_text(row, [], today)
    late = claim_text(row, [], today + timedelta(days=40))
    assert "предъявляется" not in late and "туристского продукта рассматривается в течение 21 дня" in late


def test_it_is_written_sent_and_answered_on_its_days(browse, cast, row, today):
    page = browse(cast.irina)
    address = f"/complaints/{row.id}/claim"
    assert page.post(address, {"operator": "", "text": "Прошу"}).status == 422
    page.follow(address, {"operator": "Анекс Тур", "text": "Прошу вернуть деньги"})
    shown = page.get(address)
    assert (today + timedelta(days=17)).strftime("%Y") in shown.text
    assert page.post(address + "/sent", {"on": (today + timedelta(days=1)).strftime("%d.%m.%Y"),
                                         "words": "почтой"}).status == 422
    page.follow(address + "/sent", {"on": today.strftime("%d.%m.%Y"), "words": "почтой"})
    claim = db.session.scalars(select(OperatorClaim)).one()
    assert (claim.file_by, claim.sent_on, claim.answer_by) == (
        today + timedelta(days=17), today, today + timedelta(days=10))
    assert page.post(address, {"operator": "Другой", "text": "Другое"}).status == 409
    page.follow(address + "/answer", {"on": today.strftime("%d.%m.%Y"), "words": "Вернём половину"})
    assert "Вернём половину" in page.get(address).text
    assert page.get(f"/complaints/{row.id}").status == 200


def test_words_of_a_colleague_are_not_replaced_unread(browse, cast, row):
    address = f"/complaints/{row.id}/claim"
    first, second = browse(cast.irina), browse(cast.boris)
    one, two = ({"seen": page.get(address).root.one("input", name="seen").attrs.get("value", "")} for page in (first, second))
    mine = {**one, "operator": "Анекс", "text": "Длинная претензия, час работы"}
    # Pressed twice, it is the same.
    assert [first.post(address, mine).status for _press in range(2)] == [303, 303]
    answer = second.post(address, {**two, "operator": "Анекс", "text": "Коротко"})
    assert answer.status == 409 and "Длинная претензия" in answer.root.one("section", **{"aria-labelledby": "theirs"}).text
    assert answer.root.one("textarea", name="text").text.strip() == "Коротко"
    assert db.session.scalars(select(OperatorClaim.text)).one() == mine["text"]
    seen = answer.root.one("input", name="seen").attrs["value"]
    assert second.post(address, {"seen": seen, "operator": "Анекс", "text": "Вместе"}).status == 303
    assert first.post(address, {**mine, "text": "Ещё раз"}).status == 409


def test_nothing_is_sent_before_it_is_written_nor_answered_before_it_is_sent(browse, cast, row, now, today):
    irina = actor_of(cast.irina)
    with pytest.raises(Refused):
        claim_sent(row.id, Deed(today, "почтой"), actor=irina, now=now)
    write_claim(row.id, "Анекс", "Прошу", actor=irina, now=now)
    with pytest.raises(Refused):
        claim_answered(row.id, Deed(today, "Нет"), actor=irina, now=now)
    claim_sent(row.id, Deed(today - timedelta(days=1), "лично"), actor=irina, now=now)
    with pytest.raises(BadInput, match="day before"):
        claim_answered(row.id, Deed(today - timedelta(days=2), "Нет"), actor=irina, now=now)
    answer = browse(cast.irina).post(f"/complaints/{row.id}/claim/answer", {
        "on": (today - timedelta(days=2)).strftime("%d.%m.%Y"), "words": "Нет"})
    assert f"раньше {day_long_in('ru', today - timedelta(days=1))}" in answer.text
    with pytest.raises(BadInput, match="text needed"):
        claim_answered(row.id, Deed(today, " "), actor=irina, now=now)


@pytest.mark.parametrize("who", ["olga", "anna", "vera"])
def test_claims_are_for_customer_service(browse, cast, row, who):
    assert browse(getattr(cast, who)).get(f"/complaints/{row.id}/claim").status == 404


def lines_of(row):
    db.session.rollback()
    return [(task.status, task.planned_on) for task in db.session.scalars(
        select(Touch).where(Touch.step_code == f"complaint_claim:{row.id}"))]


def test_a_mark_and_an_answer_are_corrected(browse, cast, row, now, today, monkeypatch):
    irina, page, address = actor_of(cast.irina), browse(cast.irina), f"/complaints/{row.id}/claim"
    with transaction() as session:
        session.get_one(Trip, row.trip_id).departure_on = today - timedelta(days=30)
    write_claim(row.id, "Анекс", "Прошу", actor=irina, now=now)
    due = today - timedelta(days=2)
    claim_sent(row.id, Deed(due - timedelta(days=10), "почтой"), actor=irina, now=now)
    assert lines_of(row) == [("planned", due)]
    page.follow(address + "/answer", {"on": today.strftime("%d.%m.%Y"), "words": "Вернём пловину"})
    assert lines_of(row) == [("done", due)]
    assert page.post(address + "/sent/back", {}).status == 409, "what was answered was sent"
    shown = page.follow(address + "/answer/back", {})
    assert shown.root.one("textarea", name="words").text == "Вернём пловину", "nobody types it twice"
    assert lines_of(row) == [("planned", due)], "the operator owes an answer again"
    page.follow(address + "/answer", {"on": today.strftime("%d.%m.%Y"), "words": "Вернём половину"})
    page.follow(address + "/answer/back", {})
    shown = page.follow(address + "/sent/back", {})
    assert lines_of(row) == [("cancelled", due)] and "почтой" in [one.attrs.get("value") for one in shown.root.all("input")]
    claim = db.session.scalars(select(OperatorClaim)).one()
    assert (claim.sent_on, claim.answer_by, claim.answered_on) == (None, None, None)
    page.follow(address + "/sent", {"on": (due - timedelta(days=10)).strftime("%d.%m.%Y"), "words": "лично"})
    assert lines_of(row) == [("planned", due)], "the same line comes back"
    verbs = [event.verb for event in events_of(row)]
    assert verbs.count("claim-unsent") == 1 and verbs.count("claim-unanswered") == 2
    said = page.get(f"/complaints/{row.id}").text
    assert "Снята отметка, что претензия отправлена" in said and "взят на исправление" in said


def test_what_left_by_e_mail_is_not_taken_back_by_hand(browse, cast, row, now, today):
    irina, page = actor_of(cast.irina), browse(cast.irina)
    write_claim(row.id, "Анекс", "Прошу", actor=irina, now=now)
    with transaction() as session:
        claim = session.scalars(select(OperatorClaim)).one()
        claim.sent_on, claim.sent_how, claim.answer_by = today, "mailto:claims@anex.example", today + timedelta(days=10)
    assert "Исправить" not in page.get(f"/complaints/{row.id}/claim").text
    with pytest.raises(Refused):
        claim_unsent(row.id, actor=irina, now=now)
    with pytest.raises(NotAllowed):
        claim_unsent(row.id, actor=actor_of(cast.olga), now=now)
    with pytest.raises(NotAllowed):
        claim_unanswered(row.id, actor=actor_of(cast.olga), now=now)
