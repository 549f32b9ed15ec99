"""The page of long work, its badge, and the strip that tells of a silent worker."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from webapp.batches import actions, rules
from webapp.batches.kinds import KINDS, Kind, register_kind
from webapp.batches.models import Batch, BatchRow
from webapp.db import db, transaction
from webapp.staff.audit import actor_of


@pytest.fixture
def batch(cast: SimpleNamespace, now: datetime) -> Any:
    register_kind(Kind("sheet-test", lambda work: None, "Загрузка таблицы", {"new": "Новых"}))
    made = actions.create("sheet-test", actor=actor_of(cast.olga), office_id=cast.main.id, now=now, state=rules.READY,
                          all_rows=200, mapping={"heading": ["ФИО", "Вылет"]}, file_name="sheet.xlsx")
    yield made
    del KINDS["sheet-test"]


def change(batch: Batch, **fields: Any) -> None:
    with transaction() as session:
        row = session.get_one(Batch, batch.id)
        for name, value in fields.items():
            setattr(row, name, value)


def test_waiting_work_says_so_and_asks_again(browse: Any, cast: SimpleNamespace, batch: Batch) -> None:
    page = browse(cast.olga).get(f"/jobs/{batch.id}")
    assert page.h1 == "Загрузка таблицы" and "Ждёт своей очереди" in page.text
    again = page.root.one("a", id=f"job-{batch.id}-refresh")
    assert again.attrs["href"] == f"/jobs/{batch.id}", "without JavaScript it is a link"
    assert again.attrs["hx-trigger"] == "load delay:1s"


def test_running_work_shows_numbers_percent_and_a_bar(browse: Any, cast: SimpleNamespace, batch: Batch,
                                                      now: datetime) -> None:
    change(batch, state="running", done_rows=90, lease_until=now)
    page = browse(cast.olga).get(f"/jobs/{batch.id}")
    bar = page.root.one("progress")
    assert (bar.attrs["value"], bar.attrs["max"]) == ("90", "200")
    assert "45" in page.text and "90 из 200" in page.text


def test_polling_backs_off_from_one_second_to_five(browse: Any, cast: SimpleNamespace, batch: Batch) -> None:
    olga, url, waits = browse(cast.olga), f"/jobs/{batch.id}", []
    for _ in range(8):
        part = olga.get(url, htmx=True)
        assert not part.is_full
        link = part.root.one("a", id=f"job-{batch.id}-refresh")
        waits.append(int(link.attrs["hx-trigger"].removeprefix("load delay:").removesuffix("s")))
        url = link.attrs["hx-get"]
    assert waits == [1, 2, 3, 4, 5, 5, 5, 5]


def test_ended_work_asks_no_more_and_reports(browse: Any, cast: SimpleNamespace, batch: Batch, now: datetime) -> None:
    change(batch, state="done", done_rows=21, all_rows=21, ended_at=now, started_at=now, totals={"new": 21})
    page = browse(cast.olga).get(f"/jobs/{batch.id}")
    assert "Готово: 21 строка." in page.text and "Новых 21" in page.text
    assert "hx-get" not in page.html.split("<main")[1]
    assert "12:00" in page.text, "times are the office's"


def test_a_broken_off_work_names_no_program_words(browse: Any, cast: SimpleNamespace, batch: Batch,
                                                  now: datetime) -> None:
    change(batch, state="failed", done_rows=5, ended_at=now, error="KeyError")
    page = browse(cast.olga).get(f"/jobs/{batch.id}")
    assert "Работа прервалась" in page.text and "KeyError" not in page.text


def test_stopping_without_javascript_leads_back_to_the_page(browse: Any, cast: SimpleNamespace,
                                                            batch: Batch) -> None:
    olga = browse(cast.olga)
    form = olga.get(f"/jobs/{batch.id}").root.one("form", action=f"/jobs/{batch.id}/stop")
    assert form.attrs["method"] == "post"
    assert "Остановлено" in olga.follow(f"/jobs/{batch.id}/stop").text


def test_stopping_with_htmx_answers_with_the_part(browse: Any, cast: SimpleNamespace, batch: Batch) -> None:
    part = browse(cast.olga).post(f"/jobs/{batch.id}/stop", htmx=True)
    assert part.status == 200 and not part.is_full and "Остановлено" in part.text


def test_a_colleague_sees_it_but_has_no_stop_button(browse: Any, cast: SimpleNamespace, batch: Batch) -> None:
    pavel = browse(cast.pavel)
    assert not pavel.get(f"/jobs/{batch.id}").root.all("form", action=f"/jobs/{batch.id}/stop")
    assert pavel.post(f"/jobs/{batch.id}/stop").status == 403


@pytest.mark.parametrize("tail", ["", "/bad-rows"])
def test_another_office_and_a_stranger_see_nothing(browse: Any, cast: SimpleNamespace, batch: Batch,
                                                   tail: str) -> None:
    assert browse(cast.vera).get(f"/jobs/{batch.id}{tail}").status == 404
    assert browse().get(f"/jobs/{batch.id}{tail}").status == 302


def test_bad_rows_can_be_downloaded_with_their_reason(browse: Any, cast: SimpleNamespace, batch: Batch,
                                                      now: datetime) -> None:
    with transaction() as session:
        session.add(BatchRow(batch_id=batch.id, line=3, cells=["=1+1", "31.02"], outcome="bad", problems=["нет даты"]))
        session.add(BatchRow(batch_id=batch.id, line=4, cells=["Иванова", "01.02"], outcome="new"))
    change(batch, state="done", ended_at=now)
    olga = browse(cast.olga)
    link = olga.get(f"/jobs/{batch.id}").root.one("a", href=f"/jobs/{batch.id}/bad-rows")
    assert link.text == "Скачать 1 строку с ошибкой"
    file = olga.get(link.attrs["href"]).response.get_data().decode("utf-8-sig")
    assert file.split("\r\n")[:2] == ["ФИО;Вылет;Причина", "'=1+1;31.02;нет даты"]
    assert "Иванова" not in file


def test_work_under_way_shows_a_badge_on_every_page_of_its_office(browse: Any, cast: SimpleNamespace, batch: Batch,
                                                                  now: datetime) -> None:
    change(batch, state="running", done_rows=90, lease_until=now)
    badge = browse(cast.pavel).get(f"/jobs/{batch.id}").root.one("a", class_="working")
    assert (badge.attrs["href"], badge.text) == (f"/jobs/{batch.id}", "Загрузка таблицы: 45 %")
    change(batch, state="done", ended_at=now)
    assert not browse(cast.pavel).get(f"/jobs/{batch.id}").root.all("a", class_="working")


def test_the_badge_goes_with_the_last_part_of_the_progress(browse: Any, cast: SimpleNamespace, batch: Batch,
                                                           now: datetime) -> None:
    change(batch, state="running", done_rows=90, lease_until=now)
    part = browse(cast.olga).get(f"/jobs/{batch.id}?wait=1", htmx=True)
    badge = part.root.one("span", id="work-now")
    assert badge.attrs["hx-swap-oob"] == "true" and badge.text == "Загрузка таблицы: 45 %"
    change(batch, state="done", ended_at=now)
    part = browse(cast.olga).get(f"/jobs/{batch.id}?wait=2", htmx=True)
    assert part.root.one("span", id="work-now").text == ""
    assert part.html.lstrip().startswith(f'<div class="stack" id="job-{batch.id}"'), "the target of the swap is first"


@pytest.mark.parametrize(("minutes", "shown"), [(1, False), (5, False), (6, True), (600, True)])
def test_a_silent_worker_is_shown_to_staff(browse: Any, cast: SimpleNamespace, batch: Batch, now: datetime,
                                           minutes: int, shown: bool) -> None:
    actions.beat("one", now=now)
    with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
        page = browse(cast.olga).get(f"/jobs/{batch.id}")
    assert ("Письма не уходят с 12:00" in page.text) == shown
    assert db.session.get(Batch, batch.id) is not None
