"""The audit log: readable sentences, filters, pages, and nothing of other offices."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from webapp.db import db, transaction
from webapp.staff import actions, log_words
from webapp.staff.actions.people import Person
from webapp.staff.audit import actor_of, job, record
from webapp.staff.models import AuditEntry


def lines(page: Any) -> list[str]:
    return [row.text for row in page.root.one(id="log").all("tr")[1:]]


def test_changes_read_as_sentences_with_old_and_new(cast: Any, browse: Any, time: Any) -> None:
    actions.edit_user(cast.olga, Person("olga@example.org", "Ольга Ветрова", "service", ("main", "east")),
                      actor=actor_of(cast.anna), now=time.now)
    actions.close_session(actions.open_session(cast.olga, agent="", now=time.now), now=time.now)
    page = browse(cast.anna).get("/admin/log?subject=user")
    assert lines(page)[-1] == (
        "20 нояб., 12:00 Анна Орлова Изменены данные сотрудника: Ольга Ветрова Имя или название: Ольга Соколова → "
        "Ольга Ветрова Роль: Менеджер → Клиентский сервис Офисы: main → east, main")
    assert [line.split(" ", 3)[3] for line in lines(page)[1:-1]] == ["Ольга Ветрова Выход", "Ольга Ветрова Вход"]


def test_english_readers_get_english(cast: Any, browse: Any, time: Any) -> None:
    actions.set_language(cast.anna, "en")
    actions.dismiss(cast.olga, actor=actor_of(cast.anna), now=time.now)
    assert "No longer works here: Ольга Соколова" in browse(cast.anna).get("/admin/log").text


def test_every_sentence_of_the_room_is_translated(app: Any) -> None:
    from flask_babel import force_locale
    for key, sentence in log_words._SENTENCES.items():
        if key[0] in ("user", "office", "settings", "agency"):
            with app.test_request_context(), force_locale("ru"):
                assert any("а" <= sign <= "я" for sign in str(sentence)), key


def test_rooms_to_the_right_add_their_own_words(cast: Any, browse: Any, time: Any,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_SUBJECTS", "_SENTENCES", "_FIELDS", "_NAMES"):
        monkeypatch.setattr(log_words, name, dict(getattr(log_words, name)))
    log_words.add_log_words("gift", "Подарки", {"handed": "Вручён подарок: %(name)s"}, lambda ids: {7: "Магнит"},
                            {"colour": "Цвет"})
    with transaction():
        record(actor_of(cast.olga), "handed", "gift", 7, now=time.now, facts={"colour": ["белый", "синий"]})
    page = browse(cast.anna).get("/admin/log?subject=gift")
    assert lines(page) == ["20 нояб., 12:00 Ольга Соколова Вручён подарок: Магнит Цвет: белый → синий"]


def test_what_no_room_explains_is_still_shown(cast: Any, browse: Any, time: Any) -> None:
    with transaction():
        record(job("night work"), "moved", "thing", 5, now=time.now, facts={"odd": "shape", "x": [None, {"a": 1}]})
    assert "thing: № 5 [moved]" in lines(browse(cast.anna).get("/admin/log?subject=thing"))[0]


def fill(cast: Any, now: Any, count: int) -> None:
    with transaction():
        for i in range(count):
            record(actor_of(cast.olga), "edited", "user", cast.olga.id, now=now + timedelta(minutes=i),
                   office_id=cast.main.id, facts={"phone": [None, f"+7916{i:07}"]})


def test_fifty_lines_a_page_and_the_way_to_older_ones(cast: Any, browse: Any, time: Any) -> None:
    fill(cast, time.now, 120)
    browser = browse(cast.anna)
    url, seen = f"/admin/log?who={cast.olga.id}", []
    for expected in (50, 50, 20):
        page = browser.get(url)
        assert len(lines(page)) == expected
        seen += lines(page)
        older = [node.attrs["href"] for node in page.root.one(id="log").all("a") if "before" in node.attrs["href"]]
        url = older[0] if older else ""
    assert not url
    assert len(set(seen)) == 120


@pytest.mark.parametrize(("ask", "count"), [
    ("", 4), ("who={olga}", 2), ("who={pavel}", 1), ("who=jobs", 1), ("who=nonsense", 0), ("subject=office", 1),
    ("since=21.11.2026", 2), ("until=20.11.2026", 2), ("since=20.11.2026&until=20.11.2026", 2),
    ("who={olga}&since=21 ноября 2026", 1), ("since=никогда", 4), ("before=abc", 4), ("before=-5", 4),
    ("who=99999999999999999999", 0)])
def test_filters(cast: Any, browse: Any, time: Any, ask: str, count: int) -> None:
    browser = browse(cast.anna)
    tomorrow = time.now + timedelta(days=1)
    with transaction():
        record(actor_of(cast.olga), "edited", "user", cast.olga.id, now=time.now)
        record(job("night work"), "edited", "office", cast.main.id, now=time.now)
        record(actor_of(cast.olga), "edited", "user", cast.olga.id, now=tomorrow)
        record(actor_of(cast.pavel), "edited", "user", cast.pavel.id, now=tomorrow)
    for htmx in (False, True):
        page = browser.get("/admin/log?" + ask.format(olga=cast.olga.id, pavel=cast.pavel.id), htmx=htmx)
        assert page.is_full is not htmx
        found = [line for line in lines(page) if not line.endswith("Вход")] if page.root.all("table") else []
        assert len(found) == count
        assert ("не дата" in page.text) is ("никогда" in ask)


def test_a_director_reads_what_belongs_to_the_own_offices(cast: Any, browse: Any, time: Any) -> None:
    actions.dismiss(cast.vera, actor=actor_of(cast.anna), now=time.now)
    actions.dismiss(cast.pavel, actor=actor_of(cast.anna), now=time.now)
    for key, sees in (("boris", False), ("nikolai", True), ("anna", True)):
        page = browse(getattr(cast, key)).get("/admin/log")
        assert ("Больше не работает: Вера Чайкина" in page.text) is sees, key
        assert "Больше не работает: Павел Дроздов" in page.text


def test_names_are_asked_for_once(cast: Any, browse: Any, time: Any, queries: Any) -> None:
    browser = browse(cast.anna)
    fill(cast, time.now, 2)
    browser.get("/admin/log")
    with queries() as few:
        browser.get("/admin/log")
    fill(cast, time.now, 40)
    with queries() as many:
        browser.get("/admin/log")
    assert len(many) == len(few)


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET actor = 'somebody else'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_rewrite_the_log(cast: Any, now: Any, change: str) -> None:
    from sqlalchemy import text
    fill(cast, now, 1)
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text(change))
    assert db.session.query(AuditEntry).one().actor == "Ольга Соколова"
