"""The client's own page of consents, the texts by version, and how staff ask for it."""



import make
import pytest
from sqlalchemy import select

from webapp.clients import actions
from webapp.clients import consent_texts as texts
from webapp.clients.links import CONSENT
from webapp.clients.models import ConsentText, PersonalLink, consent_log, consents_of
from webapp.db import db, transaction
from webapp.post import actions as post
from webapp.post.models import Message
from webapp.staff.audit import actor_of, job
from webapp.staff.rules import BadInput, NotAllowed
from webapp.touches.models import Touch

SIZE = 30 * 1024


@pytest.fixture
def reader(cast, now):
    return make.client(cast.main, now=now)


@pytest.fixture
def url(reader, now):
    return f"/consent/{actions.make_link(CONSENT, reader.id, now=now)}"


@pytest.fixture
def visitor(browse):
    return browse()


def said(reader):
    db.session.rollback()
    return [(row.channel, row.given, row.text_version, row.how, row.address) for row in consent_log(reader.id)]


def test_nothing_is_ticked_beforehand_and_each_text_is_separate(url, visitor):
    page = visitor.get(url)
    boxes = page.root.all("input", type="checkbox")
    assert [box.attrs["value"] for box in boxes] == ["data", "email", "sms", "call"]
    assert not any("checked" in box.attrs for box in boxes)
    assert "Согласие на обработку персональных данных" in page.text and "Согласие на новости" in page.text
    assert len(page.html.encode()) <= SIZE and "hx-" not in page.html and "Иванова" not in page.html


def test_looking_at_the_page_of_consents_changes_nothing(url, visitor, reader):
    for method in ("GET", "HEAD", "OPTIONS"):
        assert visitor.http.open(url, method=method).status_code == 200
    assert said(reader) == [] and db.session.scalars(select(PersonalLink)).one().used_at is None


def test_each_box_is_a_line_in_the_log_with_its_version(url, visitor, reader):
    page = visitor.follow(url, {"agree": ["data", "sms"]})
    assert "Готово" in page.text
    assert said(reader) == [("sms", True, "news-1-ru", "consent-page", "127.0.0.1"),
                            ("data", True, "data-1-ru", "consent-page", "127.0.0.1")]
    assert {code: row.marketing for code, row in consents_of(reader.id).items()} == {"sms": True}
    assert [box.attrs["value"] for box in page.root.all("input", type="checkbox")] == ["email", "call"]
    visitor.follow(url, {"agree": ["data", "sms"]})
    assert len(said(reader)) == 2, "the same twice is one consent"


def test_nothing_ticked_is_asked_again(url, visitor, reader):
    for words in ({}, {"agree": ["everything"]}):
        page = visitor.post(url, words)
        assert page.status == 422 and "Ничего не отмечено" in page.text
    assert said(reader) == []


def test_each_consent_is_taken_back_on_the_same_page(url, visitor, reader, cast, now):
    post.set_mode("trial", actor=job("test"), now=now)
    visitor.follow(url, {"agree": ["data", "email"]})
    with transaction():
        waiting = post.enqueue(source="x", office_id=cast.main.id, client_id=reader.id, klass="marketing", channel="email",
                               address="anna@example.com", text="t", zone="Europe/Moscow", now=now, actor=job("t"))
    assert waiting.state == "queued"
    for code in ("email", "data", "data", "fax"):
        visitor.follow(f"{url}/withdrawal", {"code": code})
    assert [line[:2] for line in said(reader)] == [("data", False), ("email", False), ("email", True), ("data", True)]
    assert db.session.get(Message, waiting.id, populate_existing=True).state == "cancelled"


def test_what_was_taken_back_has_its_return_beside_it(url, visitor, reader):
    assert "a•••@example.com" in visitor.get(url).text
    visitor.follow(url, {"agree": ["email"]})
    seen = visitor.follow(f"{url}/withdrawal", {"code": "email"})
    assert "Отозвано: Новости по почте" in seen.text and "Вернуть" in seen.text
    assert "Вернуть" not in visitor.follow(url, {"agree": ["email"]}).text
    assert [line[1] for line in said(reader)] == [True, False, True]


def test_a_consent_to_keep_data_that_is_taken_back_is_a_task_for_the_director(url, visitor, reader, cast, browse):
    visitor.follow(url, {"agree": ["data"]})
    visitor.follow(f"{url}/withdrawal", {"code": "data"})
    task = db.session.scalars(select(Touch).where(Touch.client_id == reader.id)).one()
    assert (task.channel, task.status, task.assignee_id) == ("task", "planned", cast.boris.id)
    assert "Удалите данные" in task.note and "отозвано" in browse(cast.boris).get(f"/clients/{reader.id}/consents").text


def test_a_dead_link_says_no_more_than_any_other(visitor, reader, now):
    for word in ("x", actions.make_link("letters", reader.id, now=now)):
        for page in (visitor.get(f"/consent/{word}"), visitor.post(f"/consent/{word}"),
                     visitor.post(f"/consent/{word}/withdrawal")):
            assert page.status == 404 and page.h1 == "Ссылка устарела"


def words(kind, mark):
    return {language: (f"{kind} {mark}", f"Первый абзац {mark}\n\n- точка\n- другая") for language in texts.LANGUAGES}


def typed(mark, *, seen):
    return {"seen": seen, "step": "publish"} | {f"{name}_{language}": text for language in texts.LANGUAGES
                             for name, text in zip(("title", "body"), words("news", mark)[language], strict=True)}


def test_a_version_a_colleague_published_meanwhile_is_not_replaced_unseen(cast, browse):
    anna = browse(cast.anna)
    assert anna.get("/admin/consents/news").root.one("input", id="seen").attrs["value"] == "1"
    assert anna.post("/admin/consents/news", typed("её", seen="1")).status == 303
    for began_with in ("1", "", "x"):
        page = anna.post("/admin/consents/news", typed("моя", seen=began_with))
        assert page.status == 409 and "опубликовал редакцию 2" in page.text and "Первый абзац моя" in page.html
        assert page.root.one("a", href="/admin/consents/news/2") and texts.next_number("news") == 3
    again = page.root.one("input", id="seen").attrs["value"]
    assert anna.post("/admin/consents/news", typed("моя", seen=again)).status == 303
    assert texts.text_in_force("news", "ru").title == "news моя"


def test_a_new_version_is_for_the_next_and_the_old_one_stays(cast, url, visitor, reader, browse, now):
    visitor.follow(url, {"agree": ["email"]})
    anna = browse(cast.anna)
    form = typed("второй", seen="1")
    del form["step"]
    seen = anna.post("/admin/consents/news", form)
    assert "Так это прочитают клиенты" in seen.text and "Первый абзац второй" in seen.text
    assert seen.root.one("input", name="seen").attrs["value"] == "1"
    again = anna.post("/admin/consents/news", form | {"step": "edit"})
    assert "Первый абзац второй\n\n- точка\n- другая" in again.html.replace("\r\n", "\n")
    assert texts.next_number("news") == 2, "looking publishes nothing"
    form["step"] = "publish"
    page = anna.follow("/admin/consents/news", form)
    assert "Редакция 2 действует" in page.text and "Первый абзац второй" in page.text
    assert anna.follow("/admin/consents/news", form).status == 200 and texts.next_number("news") == 3, "the same words"
    visitor.follow(url, {"agree": ["sms"]})
    assert [line[2] for line in said(reader)] == ["news-2-ru", "news-1-ru"]
    assert "Закон о рекламе" in anna.get("/admin/consents/news/1").text
    assert anna.get("/admin/consents/news/7").status == 404
    consents = browse(cast.olga).get(f"/clients/{reader.id}/consents").text
    assert "Новости и предложения, редакция 2" in consents and "сам клиент" in consents


def test_a_form_on_paper_stands_in_the_log_as_a_text(cast, reader, browse, now):
    actions.set_consent(reader, "give", ["sms"], how="form", text_version="Бланк от 01.09.2025", actor=actor_of(cast.olga),
                        now=now)
    assert "Подписал бланк, текст «Бланк от 01.09.2025»" in browse(cast.olga).get(f"/clients/{reader.id}/consents").text


def test_texts_are_published_by_administrators_only_whole_and_never_change(cast, browse, now):
    with pytest.raises(NotAllowed):
        actions.publish_text("news", words("news", "x"), seen=1, actor=actor_of(cast.boris), now=now)
    with pytest.raises(BadInput):
        actions.publish_text("news", {"ru": ("a", "b"), "en": ("a", " ")}, seen=1, actor=actor_of(cast.anna), now=now)
    assert browse(cast.boris).get("/admin/consents").status == 200
    assert browse(cast.boris).get("/admin/consents/news").status == 404
    page = browse(cast.anna).post("/admin/consents/news", {"title_ru": "Новый"})
    assert page.status == 422 and 'value="Новый"' in page.html
    assert ConsentText.__table__.info["append_only"] and "erasable" not in ConsentText.__table__.info


@pytest.mark.parametrize(("code", "found"), [("news-1-ru", True), ("data-1-en", True), ("news-2-ru", False),
                                             ("Бланк от 01.09.2025", False), ("news-x-ru", False), ("", False)])
def test_a_line_of_the_log_leads_to_its_text(cast, code, found):
    assert (texts.text_of(code) is not None) is found


def test_the_agency_stands_in_the_text(app):
    assert [block.lines for block in texts.blocks("[Агентство]", r"\1")] == [[r"\1"]]
    made = list(texts.blocks("«[agency]» и я.\n\n- раз\n- два", "Сто дорог"))
    assert [(block.is_list, list(block.lines)) for block in made] == [(False, ["«Сто дорог» и я."]), (True, ["раз", "два"])]


def test_staff_show_a_link_or_send_it_once_a_day(cast, reader, browse, now):
    post.set_mode("trial", actor=job("test"), now=now)
    olga = browse(cast.olga)
    url = f"/clients/{reader.id}/consent-link"
    assert "Показать ссылку" in olga.get(url).text and db.session.query(PersonalLink).count() == 0
    page = olga.post(url)
    link = page.root.one("input", id="address").attrs["value"]
    assert browse().get(link.removeprefix("http://127.0.0.1:8000")).status == 200
    assert page.root.one("img").attrs["src"].startswith("data:image/svg+xml;base64,")
    for _time in range(2):
        for channel in ("email", "sms"):
            assert olga.post(f"{url}/letter", {"channel": channel}).status == 303
    sent = {row.channel: row for row in db.session.scalars(select(Message))}
    assert set(sent) == {"email", "sms"} and db.session.query(Message).count() == 2
    assert all("/consent/" in row.text and row.klass == "service" for row in sent.values())
    assert olga.post(f"{url}/letter", {"channel": "fax"}).status == 404
    assert browse(cast.vera).get(url).status == 404


def test_whoever_wants_no_letters_gets_no_request(cast, reader, browse, now):
    actions.set_consent(reader, "stop", ["email"], how="phone", actor=actor_of(cast.olga), now=now)
    page = browse(cast.olga).post(f"/clients/{reader.id}/consent-link/letter", {"channel": "email"})
    assert page.status == 422 and "не хочет писем" in page.text
