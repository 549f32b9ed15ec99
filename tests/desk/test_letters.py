"""The letter editor: who may read and write, the list, drafts, publishing, versions, two writers at once."""

import pytest
from desk.letter_make import edition, flying, form, letter, url
from sqlalchemy import select

from webapp.db import db
from webapp.letters import actions
from webapp.letters.drafts import Words, words_of
from webapp.letters.models import Letter, LetterVersion
from webapp.letters.store import letter_in_force
from webapp.staff.audit import actor_of
from webapp.staff.models import AuditEntry
from webapp.staff.rules import NotAllowed

BODY = "{{ клиент.приветствие }}\n\nНовый текст."


@pytest.fixture
def anna(browse, cast):
    return browse(cast.anna)


def in_force(code, language="ru"):
    found = letter_in_force(code, language)
    return db.session.get(LetterVersion, found.version_id)


def fields(page, name):
    return [node for node in page.root.all() if node.attrs.get("name") == name]


def verbs():
    return [row.verb for row in db.session.scalars(
        select(AuditEntry).where(AuditEntry.subject == "letter").order_by(AuditEntry.id))]


def test_the_list_shows_letters_by_channel_in_the_order_of_the_plan(anna):
    page = anna.get("/admin/letters")
    assert [h.text for h in page.root.all("h2")] == ["Письма на почту", "SMS", "Что сказать на звонке и встрече"]
    names = [a.text for a in page.root.all("a", class_="letters__name")]
    assert names.index("Спасибо за покупку") < names.index("Собираем чемодан") < names.index("Фотоконкурс")
    assert "за 3 дня до вылета, 10:00" in page.text and "когда клиента передают другому менеджеру" in page.text
    assert "на шаге 4 жалобы: решение" in page.text and "со страницы карты" in page.text
    # Whatever leaves by itself or by a button says when.
    assert "вне плана" not in page.text


@pytest.mark.slow
def test_every_letter_opens_in_every_language(anna):
    links = [a.attrs["href"] for a in anna.get("/admin/letters").root.all("a", class_="letters__lang")]
    assert len(links) > 35
    for link in links:
        page = anna.get(link)
        assert page.status == 200 and not page.root.all(class_="note--red"), link


@pytest.mark.parametrize("who", ["anna", "boris", "olga", "irina"])
def test_everybody_who_works_here_reads_letters_and_only_administrators_write(browse, cast, who):
    person = browse(getattr(cast, who))
    assert person.get("/admin/letters").status == 200
    page = person.get(url("packing"))
    assert page.status == 200 and bool(page.root.all("textarea")) == (who == "anna")
    assert (person.post(url("packing", "/draft"), form("packing")).status == 404) == (who != "anna")


def test_a_director_reads_and_has_nothing_to_press(browse, cast, now):
    flying(cast, now)
    page = browse(cast.boris).get(url("packing"))
    assert "Собираем чемодан" in page.h1 and "Письма меняет администратор" in page.text
    assert not fields(page, "body") and not page.root.all("form", method="post", id="letter")
    assert "Екатерина, здравствуйте!" in page.html
    for what in ("/draft", "/publication", "/test", "/preview", "/draft/removal"):
        assert browse(cast.boris).post(url("packing", what), form("packing")).status == 404


def test_the_model_refuses_everybody_but_administrators(app, cast, now):
    here = edition("packing")
    for person in (cast.olga, cast.boris):
        who = {"actor": actor_of(person), "now": now}
        for act in (lambda who=who: actions.save_draft(here, Words(body="x"), seen=None, **who),
                    lambda who=who: actions.publish(here, seen=here.stamp, **who),
                    lambda who=who: actions.discard_draft(here, **who),
                    lambda who=who: actions.restore(here, here.in_force, **who)):
            with pytest.raises(NotAllowed):
                act()


def test_a_draft_is_kept_and_clients_still_get_the_published_text(anna):
    before = in_force("packing").body
    page = anna.follow(url("packing", "/draft"), form("packing", body=BODY))
    assert "Черновик сохранён" in page.text and "Это черновик" in page.text
    assert fields(page, "body")[0].text == BODY.replace("\n\n", " ")
    assert in_force("packing").body == before
    anna.post(url("packing", "/draft"), form("packing", body=BODY + " Ещё."))
    assert len(edition("packing").versions) == 2 and verbs() == ["drafted"]


def test_a_draft_may_be_wrong_and_says_what_is_wrong(anna):
    page = anna.follow(url("packing", "/draft"), form("packing", body="{{ клиент.ия }}"))
    assert edition("packing").draft.body == "{{ клиент.ия }}"
    assert "Может быть, «клиент.имя»?" in page.text


def test_a_draft_can_be_thrown_away(anna):
    anna.post(url("packing", "/draft"), form("packing", body=BODY))
    page = anna.follow(url("packing", "/draft/removal"))
    assert "Черновика больше нет" in page.text and edition("packing").draft is None
    assert verbs() == ["drafted", "discarded"]


def test_a_text_typed_back_to_what_is_published_needs_no_draft(anna):
    same = form("packing")
    anna.post(url("packing", "/draft"), form("packing", body=BODY))
    page = anna.follow(url("packing", "/draft"), {**same, "seen": edition("packing").stamp})
    assert "Отличий от опубликованного текста нет" in page.text and edition("packing").draft is None


def test_publishing_makes_a_version_with_its_author(anna, cast):
    page = anna.follow(url("packing", "/publication"), form("packing", body=BODY, subject="Новая тема"))
    assert "Опубликовано. Теперь уходит версия 2" in page.text
    row = in_force("packing")
    assert (row.number, row.subject, row.body, row.author) == (2, "Новая тема", BODY, "Анна Орлова")
    assert edition("packing").draft is None and verbs() == ["drafted", "published"]
    log = anna.get("/admin/log").text
    assert "Опубликовано письмо «Собираем чемодан»" in log


def test_other_languages_and_texts_for_repeat_buyers_are_not_touched(anna):
    before = {key: row.in_force.id for key in (("en", ""), ("ru", "repeat"), ("en", "repeat"))
              if (row := edition("thank_you", *key))}
    anna.follow(url("thank_you", "/publication"), form("thank_you", more="Трансфер?"))
    assert {key: edition("thank_you", *key).in_force.id for key in before} == before
    assert words_of(edition("thank_you").in_force).parts["more"] == "Трансфер?"


@pytest.mark.parametrize(("changes", "said"), [
    ({"body": "{{ клиент.ия }}"}, "Может быть, «клиент.имя»?"), ({"body": "{{ клиент.имя"}, "скобки не закрыты"),
    ({"subject": " "}, "У письма нет темы"), ({"body": ""}, "Текста пока нет"),
    ({"body": "x" * 8001}, "Слишком длинно"), ({"subject": "{% if клиент.имя %}"}, "После «если» нет"),
])
def test_what_blocks_publishing_is_said_beside_its_field_and_nothing_is_lost(anna, changes, said):
    before = in_force("packing").id
    page = anna.post(url("packing", "/publication"), form("packing", **changes))
    assert page.status == 422 and said in page.root.one(id="errors").text
    assert page.root.one("title").text.startswith("Ошибка:")
    name = next(iter(changes))
    assert fields(page, name)[0].attrs.get("value", fields(page, name)[0].text).strip() == changes[name].strip()
    assert in_force("packing").id == before


def test_a_welcome_letter_with_an_empty_part_is_refused(anna):
    for name, label in (("greeting", "Приветствие"), ("expect", "Чего ждать"), ("more", "Что ещё предложить")):
        page = anna.post(url("thank_you", "/publication"), form("thank_you", **{name: "  "}))
        assert page.status == 422 and f"{label}: Эта часть пуста" in page.root.one(id="errors").text
    assert in_force("thank_you").number == 1


def test_the_model_itself_refuses_to_publish_what_is_wrong(app, cast, now):
    who = {"actor": actor_of(cast.anna), "now": now}
    kept = actions.save_draft(edition("packing"), Words("Имя", "Тема", "{{ нет.такого }}"), seen=None, **who)
    with pytest.raises(actions.Blocked):
        actions.publish(kept, seen=kept.stamp, **who)


def test_an_old_text_is_in_force_again_after_two_clicks(anna):
    old = in_force("packing")
    anna.follow(url("packing", "/publication"), form("packing", body=BODY))
    page = anna.get(url("packing"))
    link = next(a.attrs["href"] for a in page.root.all("a") if a.text == "Версия 1")
    page = anna.get(link)
    assert page.root.all("del") and page.root.all("ins")
    (back,) = [f for f in page.root.all("form") if "restoration" in f.attrs["action"]]
    page = anna.follow(back.attrs["action"])
    assert "Текст версии 1 снова действует, теперь это версия 3" in page.text
    assert (in_force("packing").number, in_force("packing").body) == (3, old.body)
    assert verbs()[-1] == "restored"


def test_a_draft_outlives_a_return_to_an_older_text_and_can_be_published_after_it(anna):
    old = edition("packing").in_force
    anna.follow(url("packing", "/publication"), form("packing", body=BODY))
    anna.follow(url("packing", "/draft"), form("packing", body=BODY + " И ещё."))
    anna.follow(url("packing", f"/versions/{old.id}/restoration"))
    assert in_force("packing").body == old.body and edition("packing").draft is not None
    anna.follow(url("packing", "/publication"), form("packing", body=BODY + " И ещё."))
    assert in_force("packing").body == BODY + " И ещё."


def test_what_a_colleague_has_written_meanwhile_is_not_overwritten_unawares(anna):
    mine = form("packing", body="Моё")
    anna.follow(url("packing", "/draft"), form("packing", body="Коллеги"))
    page = anna.post(url("packing", "/draft"), mine)
    assert page.status == 409 and "письмо изменили: Анна Орлова" in page.text
    assert fields(page, "body")[0].text == "Моё" and edition("packing").draft.body == "Коллеги"
    again = {**mine, "seen": fields(page, "seen")[0].attrs["value"]}
    assert anna.post(url("packing", "/draft"), again).status == 303
    assert edition("packing").draft.body == "Моё"


def test_a_subject_stays_one_line(anna):
    anna.follow(url("packing", "/draft"), form("packing", subject="Раз\r\nBcc: a@b.example\n два"))
    assert edition("packing").draft.subject == "Раз Bcc: a@b.example два"


def test_a_version_of_another_letter_or_language_does_not_exist_here(anna):
    other = edition("packing", "en").in_force.id
    assert anna.get(url("packing", f"/versions/{other}")).status == 404
    assert anna.post(url("packing", f"/versions/{other}/restoration")).status == 404
    assert anna.get("/admin/letters/99999").status == 404
    assert anna.get(f"/admin/letters/{letter('packing').id}?language=de").status == 404


def test_a_new_letter_code_of_refusals_is_held_to_its_rule(app, cast, now):
    db.session.rollback()
    row = Letter(code="refusal_why", channel="email", klass="service", identity="quality")
    from webapp.letters.checks import faults_of, kind_of
    found = faults_of(Words("Имя", "Тема", "{{ менеджер.имя }}"), kind_of(row))
    assert [it.code for it in found] == ["manager-in-refusal"]
