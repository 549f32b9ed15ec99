"""What a letter is, who signs it, which texts it has; and the rule about refusals, which nothing gets past."""

import pytest
from desk.letter_make import edition, flying, form, letter, mode, thanked, url
from sqlalchemy import select

from webapp.db import db, transaction
from webapp.letters import actions
from webapp.letters.drafts import editions_of
from webapp.letters.identities import Fields
from webapp.letters.models import Letter, LetterVersion
from webapp.letters.store import letter_in_force
from webapp.post.models import Message
from webapp.staff.audit import actor_of
from webapp.staff.models import AuditEntry, Office
from webapp.staff.rules import NotAllowed
from webapp.touches.models import Touch
from webapp.touches.writing import Desk, Unsendable, write

pytestmark = pytest.mark.usefixtures("stopped_clock")


@pytest.fixture
def refusal(app, cast, now):
    """A letter to somebody who bought elsewhere, as the rooms to come will ship it."""
    with transaction() as session:
        row = Letter(code="refusal_1", channel="email", klass="service", identity="quality", requires=[])
        session.add(row)
        session.flush()
        session.add(LetterVersion(letter_id=row.id, language="ru", number=1, title="Хорошей поездки", subject="Хорошей поездки",
                                  body="{{ клиент.приветствие }}\n\nПусть всё удастся.", author="Snova", created_at=now,
                                  published_at=now))
        return row.id


def signs(cast, now, **fields):
    actions.save_identity("quality", None, Fields(**fields), actor=actor_of(cast.anna), now=now)


def touch_of(sold):
    occasion = sold.trip.occasion
    return db.session.scalars(select(Touch).where(Touch.occasion_id == occasion.id, Touch.step_code == "thank_you")).one(), occasion


def written(cast, now, **more):
    return write(*touch_of(flying(cast, now, **more)), "refusal_1", Desk(), now=now)


def settings(code, **changes):
    row = letter(code)
    return {"klass": row.klass, "identity": row.identity, "requires": list(row.requires), **changes}


NEVER = [
    {"name": "Ольга Соколова"}, {"name": "СОКОЛОВА  ольга"}, {"name": "О. Соколова"}, {"name": "Соколова Ольга Павловна"},
    {"name": "Oльга Соколова"}, {"name": "Olga Sokolova"}, {"name": "Марина Ясная", "email": "olga@example.org"},
    {"name": "Марина Ясная", "email": "Olga+quality@EXAMPLE.org"}, {"name": "Марина Ясная", "role": "вместо Ольги", "lines": "Ольга Соколова"},
    {"name": "Марина Ясная", "phone": "+79165550101"}]


def test_a_refusal_letter_never_comes_from_the_manager_who_lost_the_sale(app, cast, now, refusal):
    with transaction():
        cast.olga.phone = "+79165550101"
    touch, occasion = touch_of(flying(cast, now))
    for fields in NEVER:
        signs(cast, now, **fields)
        with pytest.raises(Unsendable) as caught:
            write(touch, occasion, "refusal_1", Desk(), now=now)
        assert caught.value.reason == "manager-signs", fields


def test_it_comes_from_the_director_of_quality_and_is_answered_there(app, cast, now, refusal):
    signs(cast, now, name="Марина Ясная", role="директор по качеству", email="quality@agency.ru")
    letter_ = written(cast, now)
    assert "Марина Ясная" in letter_.rendered.text and letter_.envelope.reply_to == "Марина Ясная <quality@agency.ru>"
    assert letter_.envelope.sender.startswith("Марина Ясная <")


def test_without_an_address_answers_go_to_the_office_and_never_to_the_manager(app, cast, now, refusal):
    signs(cast, now, name="Марина Ясная")
    assert written(cast, now).envelope.reply_to == ""
    with transaction():
        db.session.get(Office, cast.main.id).email = "office@example.org"
    assert written(cast, now, email="b@example.com", phone="+79160000078").envelope.reply_to == "Марина Ясная <office@example.org>"


def test_a_mailbox_of_the_agency_that_is_the_manager_s_own_is_refused_too(app, cast, now, refusal):
    with transaction():
        db.session.get(Office, cast.main.id).email = "Olga@example.org"
    signs(cast, now, name="Марина Ясная", email="quality@agency.ru")
    with pytest.raises(Unsendable):
        written(cast, now)


def test_the_manager_of_the_client_lost_the_sale_as_well(app, cast, now, refusal):
    signs(cast, now, name="Павел Дроздов", email="quality@agency.ru")
    sold = flying(cast, now)
    with transaction():
        sold.client.manager_id = cast.pavel.id
    with pytest.raises(Unsendable):
        write(*touch_of(sold), "refusal_1", Desk(), now=now)


def test_other_letters_may_be_signed_by_the_manager(app, cast, now):
    sold = thanked(cast, now)
    assert db.session.scalars(select(Message).where(Message.client_id == sold.client.id)).one().reply_to.endswith("<olga@example.org>")


def test_the_preview_and_the_test_refuse_it_as_well(anna, cast, now, refusal):
    signs(cast, now, name="Ольга Соколова")
    flying(cast, now)
    page = anna.get(url("refusal_1"))
    assert "менеджера, упустившего продажу" in page.root.one(id="preview").text and not page.root.all("iframe")
    assert anna.post(url("refusal_1", "/test"), form("refusal_1")).status == 422
    assert not db.session.scalars(select(Message).where(Message.klass == "test")).all()
    signs(cast, now, name="Марина Ясная")
    assert anna.get(url("refusal_1")).root.one("iframe")


def test_no_setting_takes_a_refusal_away_from_the_director_of_quality(app, anna, cast, now, refusal):
    for wanted in (("service", "seller"), ("service", "director"), ("service", "agency"), ("marketing", "quality")):
        with pytest.raises(actions.BadSettings):
            actions.change_settings(letter("refusal_1"), actions.Wanted(*wanted, ()), actor=actor_of(cast.anna), now=now)
    page = anna.get(url("refusal_1", "/settings"))
    assert "директор по качеству" in page.text and not page.root.all("input", name="identity")
    anna.follow(url("refusal_1", "/settings"), {"klass": "marketing", "identity": "seller"})
    assert (letter("refusal_1").klass, letter("refusal_1").identity) == ("service", "quality")


def test_settings_hold_at_once_and_stand_in_the_log(anna, cast, now):
    anna.follow(url("packing", "/settings"), settings("packing", identity="director", requires=["trip.destination_to"]))
    assert (letter("packing").identity, letter("packing").requires) == ("director", ["trip.destination_to"])
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "settings")).one()
    assert entry.facts == {"identity": ["seller", "director"], "requires": ["", "trip.destination_to"]}
    assert "Изменены настройки письма «Собираем чемодан»" in anna.get("/admin/log").text


def test_what_waits_gets_its_new_signature_and_its_new_kind(anna, cast, now):
    mode("held")
    sold = thanked(cast, now)
    typed = settings("thank_you", klass="marketing", identity="seller")
    asked = anna.post(url("thank_you", "/settings"), typed)
    assert asked.status == 422 and "Из 1 клиентов с открытой поездкой 1 не согласен" in asked.text and letter("thank_you").klass == "service"
    anna.follow(url("thank_you", "/settings"), {**typed, "fewer": "y"})
    db.session.expire_all()
    row = db.session.scalars(select(Message).where(Message.client_id == sold.client.id)).one()
    # Nobody has agreed to news: it keeps its words, and the outbox asks for consent before it leaves.
    assert row.klass in ("service", "marketing") and row.state in ("held", "cancelled")
    assert letter("thank_you").klass == "marketing"


def test_news_go_only_to_those_who_agreed_whatever_the_plan_calls_the_step(app, cast, now):
    actions.change_settings(letter("thank_you"), actions.Wanted("marketing", "director", ()), actor=actor_of(cast.anna), now=now)
    with pytest.raises(Unsendable) as caught:
        write(*touch_of(flying(cast, now)), "thank_you", Desk(), now=now)
    assert caught.value.reason == "no-consent"


def test_news_become_letters_about_the_trip_only_with_a_word_for_it(anna):
    page = anna.post(url("loyalty", "/settings"), settings("loyalty", klass="service"))
    assert page.status == 422 and "38-ФЗ" in page.root.one(id="sure-error").text and letter("loyalty").klass == "marketing"
    anna.follow(url("loyalty", "/settings"), settings("loyalty", klass="service", sure="y"))
    assert letter("loyalty").klass == "service"


def test_an_sms_becomes_news_only_when_it_says_how_to_stop(anna):
    page = anna.post(url("bon_voyage", "/settings"), settings("bon_voyage", klass="marketing", fewer="y"))
    assert page.status == 422 and "СТОП" in page.text and letter("bon_voyage").klass == "service"
    for language in ("ru", "en"):
        anna.follow(f"/admin/letters/{letter('bon_voyage').id}/publication?language={language}",
                    form("bon_voyage", language, body="Скидки! Чтобы не получать, ответьте СТОП"if language == "ru" else "Sale! To stop, answer STOP"))
    anna.follow(url("bon_voyage", "/settings"), settings("bon_voyage", klass="marketing", fewer="y"))
    assert letter("bon_voyage").klass == "marketing"


def test_odd_settings_are_refused(anna):
    for changes in ({"klass": "king"}, {"identity": "king"}, {"requires": ["config.SECRET_KEY"]}):
        assert anna.post(url("packing", "/settings"), settings("packing", **changes)).status == 422
    assert (letter("packing").klass, letter("packing").identity) == ("service", "seller")


def test_the_model_refuses_everybody_but_administrators(app, cast, now):
    for who in (cast.olga, cast.irina, cast.boris):
        for act in (lambda actor: actions.change_settings(letter("packing"), actions.Wanted("service", "agency", ()), actor=actor, now=now),
                    lambda actor: actions.add_edition(letter("packing"), "ru", "repeat", actor=actor, now=now),
                    lambda actor: actions.give_up_variant(edition("thank_you", "ru", "repeat"), actor=actor, now=now)):
            with pytest.raises(NotAllowed):
                act(actor_of(who))


def test_a_missing_language_begins_with_the_words_of_the_other_and_waits_for_its_translation(anna, app, cast, now):
    with transaction() as session:
        for row in session.scalars(select(LetterVersion).where(LetterVersion.letter_id == letter("packing").id, LetterVersion.language == "en")):
            session.delete(row)
    assert letter_in_force("packing", "en").language == "ru"
    assert "письмо на другом языке" in anna.get(url("packing", "/settings")).text
    page = anna.follow(url("packing", "/editions"), {"language": "en", "variant": ""})
    assert "слова другого языка" in page.text and "Переведите" in page.root.one(class_="note--red").text
    english = edition("packing", "en")
    assert english.draft.body == edition("packing").in_force.body and english.in_force is None
    address = f"/admin/letters/{letter('packing').id}/publication?language=en"
    assert anna.post(address, form("packing", "en")).status == 422
    assert letter_in_force("packing", "en").language == "ru"
    anna.follow(address, form("packing", "en", subject="What to pack", body="{{ client.greeting }}\n\nPack light."))
    assert letter_in_force("packing", "en").language == "en"


def test_a_begun_language_can_be_thrown_away(anna):
    anna.follow(url("packing", "/editions"), {"language": "ru", "variant": "repeat"})
    page = anna.follow(url("packing", "/draft/removal", variant="repeat"), {})
    assert page.status == 200 and ("ru", "repeat") not in editions_of(letter("packing"))


def test_those_who_come_again_get_a_text_of_their_own_and_lose_it_again(anna):
    anna.follow(url("packing", "/editions"), {"language": "ru", "variant": "repeat"})
    assert letter_in_force("packing", "ru", repeat_buyer=True).title == letter_in_force("packing", "ru").title
    anna.follow(url("packing", "/publication", variant="repeat"), form("packing", variant="repeat", body="Снова в путь."))
    again = letter_in_force("packing", "ru", repeat_buyer=True)
    assert db.session.get(LetterVersion, again.version_id).body == "Снова в путь."
    anna.follow(url("packing", "/editions/removal"), {"language": "ru"})
    assert letter_in_force("packing", "ru", repeat_buyer=True).version_id == letter_in_force("packing", "ru").version_id
    assert db.session.get(LetterVersion, again.version_id).body == "Снова в путь."
    assert anna.get(url("packing", variant="repeat")).status == 404
    page = anna.follow(url("packing", "/editions"), {"language": "ru", "variant": "repeat"})
    assert "Снова в путь." in page.root.one("textarea", id="body").text
    anna.follow(url("packing", "/publication", variant="repeat"), form("packing", variant="repeat", body="И снова в путь."))
    assert db.session.get(LetterVersion, letter_in_force("packing", "ru", repeat_buyer=True).version_id).number == 2


def test_texts_there_are_none_of_are_refused(anna):
    for asked in ({"language": "fr", "variant": ""}, {"language": "ru", "variant": "king"}, {}):
        assert anna.post(url("packing", "/editions"), asked).status == 400
    assert anna.post(url("packing", "/editions/removal"), {"language": "ru"}).status == 404
