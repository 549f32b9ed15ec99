"""The log of the agency tells who ticked what: steps, contacts and long work in words, by person."""

from typing import Any

import make
import pytest
from board_make import six_trips
from sqlalchemy import select

from webapp.batches import actions as batches
from webapp.clients.actions import set_consent
from webapp.db import db
from webapp.kit import clock
from webapp.staff import log_words
from webapp.staff.audit import actor_of
from webapp.staff.models import AuditEntry
from webapp.touches.actions import bulk
from webapp.touches.models import Touch
from webapp.trips.actions import cancel_trip
from webapp.trips.actions.sheets import SHEET
from webapp.trips.models import Trip


@pytest.fixture
def call(app: Any, cast: Any) -> Touch:
    """A call that is due today."""
    trip = six_trips(cast)["near"]
    return db.session.scalars(select(Touch).where(Touch.occasion_id == trip.occasion_id,
                                                  Touch.step_code == "call_back")).one()


def lines(page: Any) -> list[str]:
    """What and what changed, newest first."""
    return [" ".join(cell.text for cell in row.all("td")[1:]) for row in page.root.one(id="log").all("tr")[1:]]


def test_a_tick_and_its_undo_stand_in_the_log_with_their_author(browse, cast, call) -> None:
    olga = browse(cast.olga)
    olga.post(f"/touches/{call.id}/tick", {"outcome": "no", "note": "Уезжают на дачу"})
    olga.post(olga.get("/board").root.one("form", class_="row__said").attrs["action"], {"back": "/board"})
    page = browse(cast.boris).get(f"/admin/log?subject=touch&who={cast.olga.id}")
    assert lines(page) == [
        "Ольга Соколова Отметку вернули: Звонок после поездки, Near Анна",
        "Ольга Соколова Отмечено: Звонок после поездки, Near Анна Итог: Не придёт Заметка: Уезжают на дачу"]
    assert not browse(cast.boris).get(f"/admin/log?subject=touch&who={cast.pavel.id}").root.all("table")


def test_one_click_is_one_line_whatever_follows_from_it(browse, cast, call) -> None:
    browse(cast.olga).post(f"/touches/{call.id}/tick", {"outcome": "no_answer"})
    browse(cast.olga).post(f"/touches/{call.id}/tick", {"outcome": "complains", "note": "Шумный номер"})
    shown = lines(browse(cast.boris).get("/admin/log?subject=touch"))
    assert [line.split(":")[0].removeprefix("Ольга Соколова ") for line in shown] == ["Отмечено", "Не дозвонились"]
    assert "День:" in shown[1] and "Жалуется" in shown[0]


def test_a_contact_and_a_step_handed_over_stand_there_too(browse, cast, call) -> None:
    browse(cast.olga).post(f"/clients/{call.client_id}/contacts-log", {"quick": "called", "quick-note": "Про визу"})
    bulk.reassign([call.id], cast.pavel.id, actor=actor_of(cast.boris), now=clock.now())
    assert lines(browse(cast.boris).get("/admin/log?subject=touch")) == [
        "Борис Ветров Шаг передан: Звонок после поездки, Near Анна Кому: Павел Дроздов",
        "Ольга Соколова Записан контакт: Звонок, Near Анна Заметка: Про визу"]


def test_what_goes_by_itself_and_other_offices_are_not_listed(browse, cast, call) -> None:
    make.client(cast.east, last="Восточная", phone="+79160000077", now=clock.now())
    browse(cast.olga).post(f"/touches/{call.id}/note", {"note": "Перезвонить после шести"})
    assert lines(browse(cast.boris).get("/admin/log?subject=touch")) == [
        "Ольга Соколова Заметка к шагу: Звонок после поездки, Near Анна Заметка: Перезвонить после шести"]
    assert db.session.scalars(select(AuditEntry.actor).where(AuditEntry.subject == "touch")).all() == ["Ольга Соколова"]


def test_long_work_is_told_in_words(browse, cast, app) -> None:
    now = clock.now()
    batch = batches.create(SHEET, actor=actor_of(cast.olga), office_id=cast.main.id, now=now, file_name="май.csv")
    batches.start(batch.id, actor=actor_of(cast.olga), now=now)
    batches.stop(batch.id, actor=actor_of(cast.boris), now=now)
    page = browse(cast.boris).get("/admin/log?subject=batch")
    assert [line.split(" ", 2)[2] for line in lines(page)] == [
        f"{word}: Импорт таблицы, май.csv{rest}"
        for word, rest in (("Остановлено", " Строк: 0"), ("Начато", ""), ("Новая работа", ""))]


def test_every_subject_of_the_log_has_a_word_of_its_own(app) -> None:
    for subject in ("touch", "batch", "token", "trip", "occasion", "client", "message", "sending", "address"):
        assert log_words.subject_label(subject) != subject


def test_codes_that_change_read_as_words(browse, cast, call) -> None:
    boris, now = actor_of(cast.boris), clock.now()
    trip = db.session.scalars(select(Trip).where(Trip.occasion_id == call.occasion_id)).one()
    cancel_trip(trip, reason="Отказали в визе", actor=boris, now=now)
    set_consent(call.client, "give", ["sms"], how="form", text_version="Форма", actor=boris, now=now)
    shown = " ".join(lines(browse(cast.boris).get("/admin/log")))
    assert "Причина: поездка отменена" in shown
    assert "Причина: Отказали в визе" in shown and "SMS: только о поездках → и новости" in shown
