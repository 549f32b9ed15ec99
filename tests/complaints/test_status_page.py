"""The page behind a complaint's link: four stages, words both ways, the answer to the decision, and nothing of the house."""

from datetime import timedelta

import make
import pytest
from complaint_make import STORY, bring_to, complaint, step
from complaint_visitor import attached, from_address, new_key, opened, sent
from crowd import at_once
from files_make import picture
from page import Browser
from sqlalchemy import event, select, update

from webapp.clients.models import PersonalLink
from webapp.complaints import step_rules as rules
from webapp.complaints.actions import act, add_note, reply
from webapp.complaints.actions.mailing import GRACE
from webapp.complaints.links import LASTS, status_link
from webapp.complaints.models import Complaint, ComplaintEvent, ComplaintFile, ComplaintWord
from webapp.db import db, transaction
from webapp.desk.person.actions import erase_person
from webapp.kit import clock
from webapp.post import actions as post
from webapp.post.models import Message, MessageContent
from webapp.staff.audit import actor_of
from webapp.touches.models import Touch


@pytest.fixture
def at(now, monkeypatch):
    """`at(later)` sets the clock of the pages."""
    def turn(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)
        return moment
    turn(now)
    return turn


@pytest.fixture
def visitor(browse, at):
    return from_address(browse())


@pytest.fixture
def person(cast, now):
    return make.client(cast.main, manager=cast.olga, now=now)


@pytest.fixture
def irina(cast):
    return actor_of(cast.irina)


@pytest.fixture
def boris(cast):
    return actor_of(cast.boris)


def url_of(row, now):
    with transaction():
        return "/k/" + status_link(row, now=now).rpartition("/")[2]


def present(page):
    return page.root.one("li", aria_current="step").one("b").text


def counted():
    """How many rows there are of everything a careless GET might write."""
    db.session.rollback()
    return {table.name: db.session.execute(select(table)).all() for table in db.metadata.sorted_tables
            if table.name in ("complaint", "complaint_event", "complaint_word", "personal_link", "message", "touch",
                              "audit_entry", "complaint_entry", "complaint_upload")}


@pytest.mark.parametrize(("state", "stage", "says"), [
    (rules.RECEIVED, "Получили", "20 ноября до 16:00"), (rules.TOLD, "Разбираемся", "решение до 27 ноября"),
    (rules.INVESTIGATED, "Разбираемся", "решение до 27 ноября"), (rules.RESOLVED, "Решение", "ждём до 27 ноября"),
    (rules.SHARED, "Решение", "ждём до 27 ноября")])
def test_four_stages_with_what_comes_next(visitor, person, irina, now, at, state, stage, says):
    row = bring_to(complaint(person, now=now), state, irina, now)
    at(now + timedelta(minutes=1))
    page = visitor.get(url_of(row, now))
    assert present(page) == stage and says in page.text
    assert [li.one("b").text for li in page.root.one("ol", class_="stages").all("li")] == [
        "Получили", "Разбираемся", "Решение", "Закрыта"]
    assert len(page.html.encode()) < 30 * 1024 and "<script" not in page.html
    assert "private" in page.headers["Cache-Control"] and page.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_stages_to_come_show_their_promised_day_unless_it_has_passed(visitor, person, now, at):
    url = url_of(complaint(person, now=now), now)

    def ahead():
        return [" ".join(one.text for one in li.all("small"))
                for li in visitor.get(url).root.one("ol", class_="stages").all("li", class_="stages__ahead")]
    at(now + timedelta(minutes=1))
    assert ahead() == ["до 20 ноября", "до 27 ноября", ""]
    at(now + timedelta(days=3))
    assert ahead() == ["", "до 27 ноября", ""]
    at(now + timedelta(days=20))
    assert ahead() == ["", "", ""]


def test_a_message_that_arrived_is_confirmed_with_the_day_it_is_read(visitor, person, irina, now, at):
    row = complaint(person, now=now)
    url = url_of(row, now)
    at(now + timedelta(minutes=1))
    assert "Мы это получили" not in visitor.get(f"{url}?said=1").text
    page = visitor.follow(url, {"form_key": new_key(), "text": "И ещё одно"})
    assert "Мы это получили и прочитаем сегодня" in page.text
    assert "Мы это получили" not in visitor.get(url).text
    at(now + timedelta(days=1))
    assert "Мы это получили" not in visitor.get(f"{url}?said=1").text
    # Friday evening, after hours: people come back on Monday.
    late = at((now + timedelta(days=(4 - now.weekday()) % 7)).replace(hour=20))
    page = visitor.follow(url, {"form_key": new_key(), "text": "Поздно вечером"})
    assert "прочитаем не позже" in page.text and late.weekday() == 4


def test_one_control_chooses_files_and_says_that_sending_takes_them_along(visitor, person, now):
    for address in ("/complain", url_of(complaint(person, now=now), now)):
        part = visitor.get(address).root.one("div", id="files-part")
        chooser = part.one("label", class_="choose")
        assert chooser.one("input", type="file").attrs["aria-describedby"].split()[-1] == "files-later"
        assert "Выбрать фото и документы" in chooser.text and "когда вы нажмёте «Отправить»" in part.text
        assert [button.text for button in part.all("button")] == ["Загрузить выбранное"]


def test_a_day_that_has_passed_is_not_promised_again(visitor, person, irina, now, at):
    row = complaint(person, now=now)
    url = url_of(row, now)
    at(now + timedelta(days=3))
    assert "задерживаемся" in visitor.get(url).text
    bring_to(row, rules.TOLD, irina, now)
    at(now + timedelta(days=20))
    page = visitor.get(url)
    assert "задерживаемся с решением" in page.text and "27 ноября" not in page.text


SECRETS = {"facts": "СЕКРЕТ-факты", "solution": "СЕКРЕТ-способ", "cause": "СЕКРЕТ-причина", "result": "СЕКРЕТ-итог",
           "prevention": "СЕКРЕТ-впредь", "lesson": "СЕКРЕТ-урок", "cost": 987_654_00}


def test_notes_names_of_staff_costs_and_reasons_of_the_house_never_leak(visitor, person, irina, boris, cast, now, at):
    row = complaint(person, now=now, own=STORY)
    for number in range(30):
        add_note(row.id, f"СЕКРЕТ-заметка {number}: клиент скандальный", key=f"n{number}", actor=irina, now=now)
    for verb in ("tell", "investigate", "resolve", "document", "analyse", "share"):
        step(row, verb, irina, now, **{key: value for key, value in SECRETS.items() if verb in {
            "facts": "investigate", "solution": "investigate", "cost": "resolve", "cause": "document",
            "result": "document", "prevention": "analyse", "lesson": "share"}[key]})
        url = url_of(row, now)
        at(now + timedelta(minutes=1))
        for address in (url, f"{url}?sent=1", f"{url}?lang=en", f"{url}?notes=1"):
            _holds_nothing_of_the_house(visitor.get(address), cast)
    visitor.post(f"{url}/answer", {"answer": "no", "words": "Мало", "sure": "1"})
    act(row.id, "investigate", {"facts": SECRETS["facts"], "justified": "no", "solution": SECRETS["solution"]},
        actor=boris, now=now)
    page = visitor.get(url)
    _holds_nothing_of_the_house(page, cast)
    assert "директор" in page.text and STORY in page.text


def _holds_nothing_of_the_house(page, cast):
    assert page.status == 200
    # However its thousands are parted; three digits alone may stand in any number or link.
    assert "987654" not in "".join(page.html.split()).replace(",", "").replace("&nbsp;", "")
    for private in ("СЕКРЕТ", "скандальный", cast.irina.name, cast.irina.name.split()[-1],
                    cast.boris.name.split()[-1], cast.olga.name.split()[-1], "Бойлер"):
        assert private not in page.html, private


def test_words_of_the_house_are_not_read_back_to_the_client_as_the_own_ones(visitor, person, cast, irina, now, at):
    row = complaint(person, now=now, draft=True, source="phone", story="Клиент скандальный, хочет денег. СЕКРЕТ")
    act(row.id, "confirm", {"story": "СЕКРЕТ: проверить Бойлер", "wants": "СЕКРЕТ"}, actor=irina, now=now)
    page = visitor.get(url_of(row, now))
    _holds_nothing_of_the_house(page, cast)
    assert "Вы рассказали нам, что случилось" in page.root.one("li", class_="talk__ours").text
    assert not [one for one in page.root.one("ul", class_="talk").all("li") if "Вы," in one.text]


def test_the_clients_own_words_stay_as_they_were_written_whatever_staff_make_of_them(visitor, person, cast, irina, now, at):
    own = "Ужас!!\nГорячей воды <b>не было</b>"
    row = complaint(person, now=now, draft=True, source="survey", story=f"Оценка: 3. {own}", own=own)
    act(row.id, "confirm", {"story": "СЕКРЕТ: нет воды"}, actor=irina, now=now)
    page = visitor.get(url_of(row, now))
    _holds_nothing_of_the_house(page, cast)
    said = page.root.one("ul", class_="talk").all("li")[0]
    assert "Вы" in said.text and "Горячей воды <b>не было</b>" in said.text and "talk__ours" not in said.attrs.get("class", "")
    assert "Оценка: 3" not in page.text


def test_a_form_shows_what_was_written_with_its_files_before_and_after_the_worker_came(visitor, now):
    token = sent(visitor, files=attached(("а.jpg", picture())))
    before = visitor.get(f"/k/{token}").root.one("ul", class_="talk").all("li")[0].text
    opened(now)
    after = visitor.get(f"/k/{token}").root.one("ul", class_="talk").all("li")[0].text
    assert before.split()[2:] == after.split()[2:] and "а.jpg" in after


def test_what_we_answer_is_shown_once_it_cannot_be_taken_back(visitor, person, irina, now, at):
    row = complaint(person, now=now, own=STORY)
    word = reply(row.id, "Запросили отель.", key="r", actor=irina, now=now)
    url = url_of(row, now)
    assert "Запросили отель" not in visitor.get(url).text
    at(now + GRACE)
    page = visitor.get(url)
    assert "Запросили отель" in page.root.one("li", class_="talk__ours").text and "Отдел качества" in page.text
    post.cancel_source(f"complaint:{row.id}:word:{word.id}", reason="taken-back", actor=irina, now=now)
    db.session.commit()
    assert "Запросили отель" not in visitor.get(url).text


def test_a_decision_that_may_still_be_called_back_is_none_yet(visitor, person, irina, now, at):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    url = url_of(row, now)
    page = visitor.get(url)
    assert present(page) == "Разбираемся" and "Вы правы" not in page.text
    assert visitor.post(f"{url}/answer", {"answer": "yes"}).status == 409
    at(now + GRACE)
    page = visitor.get(url)
    assert present(page) == "Решение" and "Вы правы" in page.text and "Вернуть 4 000 ₽ до 21 ноября" in page.text


@pytest.mark.parametrize(("justified", "decision", "ru", "en"), [
    ("yes", "satisfy", "Да, мы согласны с вами", "Yes, we agree with you"),
    ("yes", "compromise", "Вы правы, и вот что мы можем сделать", "You are right, and this is what we can do"),
    ("yes", "refuse", "Вы правы, но сделать то, о чём вы просите, мы не можем",
     "You are right, but we cannot do what you ask"),
    ("partly", "satisfy", "Отчасти вы правы, и мы сделаем то, о чём вы просите",
     "You are right in part, and we will do what you ask"),
    ("partly", "compromise", "Мы согласны с вами отчасти", "We agree with you in part"),
    ("partly", "refuse", "Отчасти вы правы, но сделать то, о чём вы просите, мы не можем",
     "You are right in part, but we cannot do what you ask"),
    ("no", "satisfy", "Мы сделаем то, о чём вы просите", "We will do what you ask"),
    ("no", "compromise", "Мы готовы пойти вам навстречу", "We are ready to meet you half-way"),
    ("no", "refuse", "Нет, мы не можем согласиться", "No, we cannot agree")])
def test_the_decision_never_contradicts_what_was_found_out(visitor, person, irina, now, at, justified, decision, ru, en):
    row = bring_to(complaint(person, now=now), rules.TOLD, irina, now)
    step(row, "investigate", irina, now, justified=justified)
    step(row, "resolve", irina, now, decision=decision, points=0 if decision == "refuse" else 1500)
    at(now + timedelta(minutes=1))
    url = url_of(row, now)
    page = visitor.get(url)
    assert page.root.one(id="decision-title").text == ru
    assert visitor.get(f"{url}?lang=en").root.one(id="decision-title").text == en
    assert ("1 500 бонусов" in page.text.replace("\u00a0", " ")) is (decision != "refuse")
    # The letter begins with the same, but for the two words with which it is softer than a heading.
    letter = db.session.scalars(select(MessageContent.text).join(Message).where(Message.source.like("%:resolve:%"))).one()
    assert {"Да, мы согласны с вами": "Мы согласны с вами",
            "Нет, мы не можем согласиться": "К сожалению, мы не можем согласиться"}.get(ru, ru) in letter


def test_the_first_decision_keeps_its_words_in_the_second_round(visitor, person, irina, now, at):
    row = bring_to(complaint(person, now=now), rules.INVESTIGATED, irina, now)
    step(row, "resolve", irina, now, decision="compromise")
    at(now + timedelta(minutes=1))
    page = visitor.follow(f"{url_of(row, now)}/answer", {"answer": "no", "sure": "1"})
    assert "Вы правы, и вот что мы можем сделать" in page.root.one("section", id="first-decision").text


@pytest.mark.parametrize("word", ["yes", "partly"])
def test_the_page_asks_no_more_once_it_was_answered(visitor, person, irina, now, at, word):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    at(now + timedelta(minutes=1))
    url = url_of(row, now)
    assert "Скажите, устраивает ли" in visitor.get(url).root.one("div", class_="hello").text
    hello = visitor.follow(f"{url}/answer", {"answer": word}).root.one("div", class_="hello").text
    assert "Скажите, устраивает ли" not in hello and "Делаем, что обещали" in hello


def test_one_tap_on_no_only_asks_and_the_words_typed_stay(visitor, person, irina, now, at):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    at(now + timedelta(minutes=1))
    url = url_of(row, now)
    before = counted()
    page = visitor.post(f"{url}/answer", {"answer": "no", "words": "Мало денег"})
    part = page.root.one("section", id="answer")
    assert page.status == 422 and "Передать директору?" in part.text
    assert [b.text for b in part.all("button", name="answer")] == ["Да, передать директору", "Нет, не нужно"]
    assert part.one("textarea").text == "Мало денег" and counted() == before
    page = visitor.post(f"{url}/answer", {"answer": "stay", "sure": "1", "words": "Мало денег"})
    part = page.root.one("section", id="answer")
    assert page.status == 200 and part.one("textarea").text == "Мало денег" and "Передать" not in part.text
    assert [b.attrs["value"] for b in part.all("button", name="answer")] == ["yes", "partly", "no"]
    assert counted() == before


def test_no_after_another_answer_asks_in_sight(visitor, person, irina, now, at):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    at(now + timedelta(minutes=1))
    url = url_of(row, now)
    visitor.follow(f"{url}/answer", {"answer": "partly"})
    part = visitor.post(f"{url}/answer", {"answer": "no"}).root.one("section", id="answer")
    assert "open" in part.one("details").attrs and "Передать директору?" in part.text


@pytest.mark.parametrize(("word", "says"), [("yes", "Рады, что решение"), ("partly", "только частично")])
def test_the_clients_word_is_kept_and_may_be_changed_while_the_case_is_open(visitor, person, irina, now, at, word, says):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    at(now + timedelta(minutes=1))
    url = url_of(row, now)
    page = visitor.follow(f"{url}/answer", {"answer": word, "words": "Спасибо"})
    assert says in page.text and "Изменить ответ" in page.text
    visitor.follow(f"{url}/answer", {"answer": "partly"})
    db.session.refresh(row)
    assert row.satisfaction == "partly" and row.state == rules.RESOLVED


def test_the_first_no_reopens_to_the_director_and_the_second_is_the_last_word(visitor, person, irina, boris, now, at):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    at(now + timedelta(minutes=1))
    url = url_of(row, now)
    assert "Нет – пересмотрите" in visitor.get(url).text
    page = visitor.follow(f"{url}/answer", {"answer": "no", "words": "Мало", "sure": "1"})
    assert present(page) == "Разбираемся" and "директор смотрит всё ещё раз" in page.text
    db.session.refresh(row)
    later = now + timedelta(days=1)
    for verb in ("investigate", "resolve"):
        step(row, verb, boris, later)
    at(later + timedelta(minutes=1))
    page = visitor.follow(f"{url}/answer", {"answer": "no"})
    assert "последнее слово" in page.text and not page.root.all("button", name="answer")
    db.session.refresh(row)
    assert (row.state, row.rounds, row.satisfaction) == (rules.RESOLVED, 2, "no")


def test_ten_answers_at_once_reopen_once(app, person, irina, now):
    real = clock.now() - timedelta(minutes=1)
    row = bring_to(complaint(person, now=real), rules.RESOLVED, irina, real)
    url = url_of(row, real)

    def press(_number):
        return from_address(Browser(app)).http.post(f"{url}/answer", data={"answer": "no", "sure": "1"}).status_code
    assert set(at_once(app, 10, press)) <= {303, 409}
    db.session.rollback()
    verbs = list(db.session.scalars(select(ComplaintEvent.verb).where(ComplaintEvent.complaint_id == row.id)))
    assert verbs.count("reopen") == 1 and verbs.count("answered") == 1


@pytest.mark.parametrize("word", ["", "maybe", "no_answer"])
def test_an_answer_nobody_offered_changes_nothing(visitor, person, irina, now, at, word):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    at(now + timedelta(minutes=1))
    page = visitor.post(f"{url_of(row, now)}/answer", {"answer": word})
    assert page.status == 422 and "один из трёх" in page.text
    db.session.refresh(row)
    assert row.satisfaction == ""


def test_looking_changes_nothing_whatever_the_address_says(visitor, person, irina, now, at):
    row = bring_to(complaint(person, now=now), rules.RESOLVED, irina, now)
    at(now + timedelta(minutes=1))
    url = url_of(row, now)
    before = counted()
    for address in (url, f"{url}?answer=no", f"{url}?sent=1", f"{url}?text=x&do=send", f"{url}?lang=en"):
        assert visitor.get(address).status == 200
    assert visitor.get(f"{url}/answer?answer=no").status == 405
    assert counted() == before


def test_words_and_photos_are_added_once_however_often_pressed(app, person, now):
    row = complaint(person, now=clock.now())
    url, key = url_of(row, clock.now()), new_key()

    def press(_number):
        return from_address(Browser(app)).http.post(url, data={
            "form_key": key, "text": "Вот фото", "files": attached(("а.jpg", picture()))}).status_code
    assert at_once(app, 10, press) == [303] * 10
    db.session.rollback()
    (word,) = db.session.scalars(select(ComplaintWord))
    (file,) = db.session.scalars(select(ComplaintFile))
    assert (word.kind, word.via, word.text, file.word_id) == ("client", "page", "Вот фото", word.id)
    page = from_address(Browser(app)).get(url)
    assert page.text.count("Вот фото") == 1 and "а.jpg" in page.text


def test_a_photo_needs_no_words_and_nothing_at_all_is_asked_for(visitor, person, now):
    row = complaint(person, now=now)
    url = url_of(row, now)
    page = visitor.post(url, {"form_key": new_key(), "text": " "})
    assert page.status == 422 and "Напишите что-нибудь" in page.text
    page = visitor.follow(url, {"form_key": new_key(), "files": attached(("а.jpg", picture()))})
    assert "Файлы: а.jpg" in page.text


def test_what_was_typed_stays_when_a_file_is_refused(visitor, person, now):
    url = url_of(complaint(person, now=now), now)
    page = visitor.post(url, {"form_key": new_key(), "text": "Смотрите", "files": attached(
        ("а.jpg", picture()), ("б.gif", picture("GIF", mode="L")))})
    assert page.status == 422 and "Смотрите" in page.html and "«б.gif» не добавлен" in page.text
    key = page.root.one("input", name="form_key").attrs["value"]
    assert visitor.follow(url, {"form_key": key, "text": "Смотрите"}).text.count("а.jpg") == 1


def test_words_and_files_added_before_the_worker_came_are_not_lost(visitor, now):
    token = sent(visitor)
    key = new_key()
    for _ in range(2):
        page = visitor.follow(f"/k/{token}", {"form_key": key, "text": "И ещё",
                                              "files": attached(("а.jpg", picture()))})
    assert page.text.count("И ещё") == 1 and "а.jpg" in page.text
    row = opened(now)
    word = db.session.scalars(select(ComplaintWord)).one()
    assert (word.text, word.kind) == ("И ещё", "client")
    assert [file.name for file in db.session.scalars(select(ComplaintFile))] == ["а.jpg"]
    assert visitor.get(f"/k/{token}").text.count("И ещё") == 1 and row.version > 1


def test_files_of_another_complaint_are_not_there(visitor, person, now):
    mine, other = complaint(person, now=now), complaint(person, now=now)
    url = url_of(mine, now)
    visitor.follow(url, {"form_key": new_key(), "files": attached(("а.jpg", picture()))})
    token = db.session.scalars(select(ComplaintFile)).one().token
    assert visitor.get(f"{url}/files/{token}").status == 200
    assert visitor.get(f"{url_of(other, now)}/files/{token}").status == 404
    assert visitor.get(f"/k/nobody/files/{token}").status == 404


def test_staff_get_a_file_within_their_offices_and_nobody_else(browse, visitor, person, cast, now):
    url = url_of(complaint(person, now=now), now)
    visitor.follow(url, {"form_key": new_key(), "files": attached(("а.jpg", picture()))})
    token = db.session.scalars(select(ComplaintFile)).one().token
    answer = browse(cast.irina).get(f"/complaints/files/{token}")
    assert answer.status == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    assert browse(cast.olga).get(f"/complaints/files/{token}").status == 404, "managers do not handle complaints"
    assert browse(cast.vera).get(f"/complaints/files/{token}").status == 404
    assert visitor.get(f"/complaints/files/{token}").status == 302


def test_links_that_are_unknown_over_or_of_somebody_erased_answer_alike(visitor, person, boris, now, at):
    row = complaint(person, now=now)
    url = url_of(row, now)
    unknown = visitor.get("/k/ExampLeExampLeExampLeX")
    at(now + LASTS + timedelta(days=1))
    over = visitor.get(url)
    at(now)
    assert visitor.get(url).status == 200
    step(row, "void", boris, now)
    erase_person(person, actor=boris, now=now)
    erased = visitor.get(url)
    assert [page.status for page in (unknown, over, erased)] == [404] * 3
    assert unknown.html == over.html == erased.html and STORY not in erased.html


def test_one_that_was_no_complaint_says_so_calmly(visitor, person, boris, now):
    row = complaint(person, now=now)
    step(row, "void", boris, now)
    page = visitor.get(url_of(row, now))
    assert page.status == 200 and "больше не занимаемся" in page.text and "Спам" not in page.html


def test_a_closed_one_takes_no_words_but_says_whom_to_call(visitor, person, irina, now, at):
    row = bring_to(complaint(person, now=now), rules.SHARED, irina, now)
    at(now + timedelta(minutes=1))
    url = url_of(row, now)
    visitor.follow(f"{url}/answer", {"answer": "yes"})
    with transaction() as session:
        session.execute(update(Touch).where(Touch.step_code == f"complaint_action:{row.id}").values(status="done"))
    step(row, "close", irina, now)
    page = visitor.get(url)
    assert "Обращение закрыто" in page.text and not page.root.all("textarea")
    assert visitor.post(url, {"form_key": new_key(), "text": "Ещё"}).status == 409


def test_the_page_speaks_the_language_of_the_complaint_and_can_be_switched(visitor, person, now):
    row = complaint(person, now=now, language="en")
    url = url_of(row, now)
    page = visitor.get(url, headers={"Accept-Language": "ru"})
    assert page.root.one("html").attrs["lang"] == "en" and page.h1.startswith("Complaint")
    assert visitor.get(f"{url}?lang=ru").h1.startswith("Обращение")


def test_a_long_conversation_costs_no_more_questions(visitor, person, irina, now, at):
    row = complaint(person, now=now)
    url, spent = url_of(row, now), []
    for many in (1, 20):
        for number in range(many):
            reply(row.id, f"Ответ {number}", key=f"{many}-{number}", actor=irina, now=now)
        at(now + timedelta(minutes=1))
        seen = []

        def note(_connection, _cursor, statement, *_rest, seen=seen):
            seen.append(statement)
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            visitor.get(url)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        spent.append(len(seen))
    assert spent[0] == spent[1] < 20, spent


def test_using_the_page_is_noted_on_its_link(visitor, person, now):
    url = url_of(complaint(person, now=now), now)
    visitor.follow(url, {"form_key": new_key(), "text": "Ещё"})
    assert [link.used_at for link in db.session.scalars(select(PersonalLink).where(
        PersonalLink.purpose == "complaint", PersonalLink.used_at.is_not(None)))] == [now]
    assert db.session.scalars(select(Complaint)).one().version == 2
