"""The import of the sheet in the browser: file, columns, what each row becomes, long work, report, the way back."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from webapp.batches import uploads
from webapp.batches.actions import forget_files, run_batches
from webapp.batches.models import Batch, BatchRow
from webapp.batches.reading import MAX_BYTES, read_table
from webapp.clients.models import Client
from webapp.db import db, transaction
from webapp.desk.actions import tick
from webapp.kit import clock
from webapp.staff.audit import actor_of
from webapp.touches.actions.ticking import tick as tick_touch
from webapp.touches.models import Touch
from webapp.trips import sheet_file
from webapp.trips.actions import sheets
from webapp.trips.models import Trip

DATA = Path(__file__).parent.parent / "data"
HEADINGS = "Клиент;Телефон;Направление;Дата покупки;Дата вылета;Дата возвращения;Звонок"
GOOD = "Иванова Анна;8 916 123-45-67;Сочи;01.11.2026;03.11.2026;10.11.2026;да"
BAD = "Петров Пётр;8 916 123-45-68;Сочи;01.11.2026;скоро;10.11.2026;"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def sunday(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands on the day the agency's sheet is about, and no file is left of another test."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for name in uploads.kept():
        uploads.forget(name)


def text(*rows: str, headings: str = HEADINGS) -> bytes:
    return ("\n".join((headings, *rows)) + "\n").encode()


def send(browser: Any, data: bytes, *, name: str = "лист.csv", office: Any = None, cast: Any = None) -> Any:
    return browser.post("/import", {"office": (office or cast.main).id, "file": (io.BytesIO(data), name)},
                        content_type="multipart/form-data")


def work() -> None:
    run_batches(now=lambda: NOW)
    db.session.rollback()
    db.session.expire_all()


def count(table: type, *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def numbers(page: Any) -> list[str]:
    return [node.text for node in page.root.one("nav", class_="seg").all("span", class_="count")]


def shown(page: Any) -> int:
    return len(page.root.one("table", class_="table--cards").one("tbody").all("tr"))


@pytest.mark.parametrize("name", ["checklist.csv", "checklist.xlsx"])
def test_the_whole_way_without_javascript(browse, cast, name) -> None:
    browser = browse(cast.boris)
    browser.get("/import")
    answer = send(browser, (DATA / name).read_bytes(), name=name, cast=cast)
    assert answer.status == 303
    draft = browser.get(answer.location)
    assert numbers(draft) == ["405", "382", "5", "27"] and "382 поездки" in draft.text
    assert shown(draft) == 50 and "Страница 1 из 9" in draft.text
    assert count(Trip) == count(Client) == 0
    job = browser.follow(answer.location + "/run")
    assert job.h1 == "Импорт таблицы" and "0 %" in job.text
    work()
    assert (count(Trip), count(Touch, Touch.status == "done")) == (382, 1075)
    batch = db.session.scalars(select(Batch)).one()
    assert {t.batch_id for t in db.session.scalars(select(Trip))} == {batch.id}
    report = browser.get(answer.location)
    assert report.h1 == "Отчёт об импорте" and "382" in report.text and "Скачать 18 строк" in report.text
    assert "Дата возвращения, «10.11.2026»: Возвращение раньше вылета." in report.text


def test_pages_show_what_each_row_becomes(browse, cast) -> None:
    browser = browse(cast.irina)
    url = send(browser, text(GOOD, GOOD, BAD, GOOD.replace("8 916 123-45-67", "звонить жене").replace("Сочи", "Анапа")),
               cast=cast).location
    whole = browser.get(url)
    assert numbers(whole) == ["4", "2", "1", "2"]
    assert "1 контакт сделан" in whole.text and "Та же поездка, что в строке 2." in whole.text
    assert [shown(browser.get(f"{url}?show={show}"))
            for show in ("all", "new", "repeats", "problems", "nonsense")] == [4, 2, 1, 2, 4]
    problems = browser.get(f"{url}?show=problems").text
    assert "Дата вылета, «скоро»" in problems and "«звонить жене»" in problems
    assert browser.get(f"{url}?page=99").status == 200


def test_bad_rows_are_downloaded_corrected_and_imported_again(browse, cast) -> None:
    browser = browse(cast.boris)
    url = send(browser, (DATA / "checklist.xlsx").read_bytes(), name="a.xlsx", cast=cast).location
    browser.post(url + "/run")
    work()
    batch_id = url.rsplit("/", 1)[1]
    file = browser.get(f"/jobs/{batch_id}/bad-rows").response.get_data()
    table = read_table(file)
    assert len(table.rows) == 19 and "Возвращение раньше вылета." in file.decode()
    again = send(browser, file.decode("utf-8-sig").replace("уточнить", "25.11.2026").encode("cp1251", "ignore"), cast=cast)
    assert numbers(browser.get(again.location)) == ["18", "1", "17"]
    browser.post(again.location + "/run")
    work()
    assert count(Trip) == 383 and count(Client, Client.last_name == "Мясникова") == 1


def test_the_same_file_again_finds_nothing_new(browse, cast) -> None:
    browser = browse(cast.boris)
    browser.post(send(browser, text(GOOD), cast=cast).location + "/run")
    work()
    url = send(browser, text(GOOD), cast=cast).location
    page = browser.get(url)
    assert "Переносить нечего" in page.text and not page.root.all("button", formaction=url + "/run")
    assert browser.post(url + "/run").location == url


def test_columns_are_remapped_and_the_rows_looked_at_again(browse, cast) -> None:
    browser = browse(cast.boris)
    data = text("Сочи;01.11.2026;03.11.2026;10.11.2026;Иванова Анна", headings="а;б;в;г;д")
    url = send(browser, data, cast=cast).location
    page = browser.get(url)
    assert "Строка с заголовками не нашлась" in page.text and not page.root.all("button", formaction=url + "/run")
    form = {"office": cast.main.id, "encoding": "", "delimiter": "", "sheet": "", "c0": "destination", "c1": "purchase",
            "c2": "departure", "c3": "return_", "c4": "client"}
    done = browser.follow(url + "/columns", form)
    assert "Иванова Анна" in done.text and "Перенести 1 поездку" in done.text
    browser.post(url + "/run")
    work()
    trip = db.session.scalars(select(Trip)).one()
    assert (trip.destination, trip.purchase_on) == ("Сочи", date(2026, 11, 1))


def test_one_field_in_two_columns_is_refused_and_the_form_keeps_what_was_chosen(browse, cast) -> None:
    browser = browse(cast.boris)
    url = send(browser, text(GOOD), cast=cast).location
    page = browser.post(url + "/columns", {"office": cast.main.id, "encoding": "", "delimiter": "", "sheet": "",
                                           "c0": "client", "c1": "phone", "c2": "purchase", "c3": "purchase",
                                           "c4": "departure", "c5": "return_", "c6": "visit"})
    assert page.status == 422 and "Дата покупки" in page.root.one("section", class_="summary").text
    assert page.root.one("select", id="c6").one("option", selected="").attrs["value"] == "visit"
    assert browser.post(url + "/columns", {"c0": "nonsense"}).status == 422


def test_another_encoding_or_delimiter_is_chosen_by_hand(browse, cast) -> None:
    browser = browse(cast.boris)
    url = send(browser, text(GOOD).decode().encode("cp1251"), cast=cast).location
    assert "CP1251" in browser.get(url).text and "Иванова" in browser.get(url).text
    wrong = browser.post(url + "/columns", {"office": cast.main.id, "encoding": "utf-8", "delimiter": "", "sheet": ""})
    assert wrong.status == 422 and "Не удаётся прочитать буквы" in wrong.text
    other = browser.follow(url + "/columns", {"office": cast.main.id, "encoding": "", "delimiter": "tab", "sheet": ""})
    assert "табуляция" in other.text
    back = browser.follow(url + "/columns", {"office": cast.main.id, "encoding": "", "delimiter": "", "sheet": ""})
    assert "Перенести 1 поездку" in back.text


def test_a_network_director_chooses_the_office(browse, cast) -> None:
    browser = browse(cast.nikolai)
    url = send(browser, text(GOOD), office=cast.east).location
    assert browser.get(url).root.one("select", id="office").one("option", selected="").text == cast.east.name
    browser.follow(url + "/columns", {"office": cast.main.id, "encoding": "", "delimiter": "", "sheet": "", "c0": "client",
                                      "c1": "phone", "c2": "destination", "c3": "purchase", "c4": "departure",
                                      "c5": "return_", "c6": "call_back"})
    browser.post(url + "/run")
    work()
    assert db.session.scalars(select(Trip)).one().office_id == cast.main.id


def test_another_office_can_be_neither_chosen_nor_seen(browse, cast) -> None:
    url = send(browse(cast.nikolai), text(GOOD), office=cast.east).location
    browser = browse(cast.boris)
    assert send(browser, text(GOOD), office=cast.east).status == 422
    assert browser.get(url).status == 404
    for deed in ("columns", "run", "discard", "undo"):
        assert browser.post(f"{url}/{deed}").status == 404
    assert "лист.csv" not in browser.get("/import").text


@pytest.mark.parametrize("who", ["olga", "anna"])
def test_managers_and_administrators_have_no_import(browse, cast, who) -> None:
    url = send(browse(cast.boris), text(GOOD), cast=cast).location
    browser = browse(getattr(cast, who))
    assert browser.get("/import").status == browser.get(url).status == 404
    assert browser.get("/import/sample.csv").status == 404
    assert send(browser, text(GOOD), cast=cast).status == 404
    assert all(browser.post(f"{url}/{deed}").status == 404 for deed in ("columns", "run", "discard", "undo"))


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("xl/workbook.xml", "<workbook/>")
        file.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    return out.getvalue()


@pytest.mark.parametrize(("data", "said"), [
    (b"", "Файл пуст."), (b"   \n", "Файл пуст."), (b"%PDF-1.7", "не таблица"), (b"a;b\n\x00\x01\x02", "не таблица"),
    (b"<html><table>", "не таблица"), (b"PK\x03\x04broken", "повреждён"), (bomb(), "гораздо больше данных"),
    (b"x" * (MAX_BYTES + 1), "больше 10 МБ"), (b"a;b\n" * 10_001, "В файле строк: 10 001"),
    (b'a;b\n"c;d\ne;f\n', "кавычка"), (";".join("abcd" * 70).encode() + b"\n", "больше 256 столбцов")])
def test_what_cannot_be_read_is_told_in_a_sentence(browse, cast, data, said) -> None:
    page = send(browse(cast.boris), data, cast=cast)
    assert page.status == 422 and said in page.root.one("section", class_="summary").text
    assert page.text.startswith("Ошибка:") or "Ошибка:" in page.root.one("title").text
    assert count(Batch) == 0 and not uploads.kept()


def test_a_sheet_beyond_the_limit_is_refused_with_the_limit_and_two_ways_out(browse, cast, monkeypatch) -> None:
    browser = browse(cast.boris)
    monkeypatch.setattr(sheet_file, "MOST_ROWS", 3)
    rows = [GOOD.replace("Сочи", name) for name in ("Сочи", "Анапа", "Гагра", "Адлер")]
    page = send(browser, text(*rows), cast=cast)
    said = page.root.one("section", class_="summary").text
    assert page.status == 422 and "4" in said and "не больше 3" in said and "Разделите" in said
    assert "import-sheet" in said and count(Batch) == 0 and not uploads.kept()
    kept = send(browser, text(";;;;;;", *rows[:3], ";;;;;;", headings="Наши туристы\n" + HEADINGS), cast=cast)
    assert kept.status == 303, "titles, headings and blank lines are not counted"


def test_a_sheet_beyond_every_limit_names_the_limit_of_this_page(browse, cast) -> None:
    page = send(browse(cast.boris), b"a;b\n" * 50_001, cast=cast)
    assert page.status == 422 and "больше 10 000 строк" in page.root.one("section", class_="summary").text


def test_a_form_without_a_file_and_a_body_beyond_any_limit(browse, cast) -> None:
    browser = browse(cast.boris)
    assert "Выберите файл." in browser.post("/import", {"office": cast.main.id}).text
    assert send(browser, b"x" * (12 * 1024 * 1024), cast=cast).status == 413


def test_the_file_lies_under_a_random_name_and_is_thrown_away_with_the_draft(browse, cast) -> None:
    browser = browse(cast.boris)
    url = send(browser, text(GOOD), name="../../etc/<b>п.csv", cast=cast).location
    batch = db.session.scalars(select(Batch)).one()
    assert list(uploads.kept()) == [batch.file_path] and len(batch.file_path) == 32 and batch.file_name == "<b>п.csv"
    assert "удалён" in browser.follow(url + "/discard").text
    assert not uploads.kept() and count(BatchRow) == 0
    assert "Файл был удалён" in browser.get(url).text
    assert browser.post(url + "/run").status == 303 and count(Trip) == 0


def test_files_and_their_cells_are_forgotten_after_thirty_days(browse, cast) -> None:
    browser = browse(cast.boris)
    old, young = (send(browser, text(GOOD), name=f"{n}.csv", cast=cast).location.rsplit("/", 1)[1] for n in "ab")
    with transaction() as session:
        session.get_one(Batch, int(old)).created_at = NOW - timedelta(days=31)
    assert forget_files(now=NOW) == {"files": 1, "rows": 1} and forget_files(now=NOW) == {"files": 0, "rows": 0}
    kept = db.session.get_one(Batch, int(young))
    assert list(uploads.kept()) == [kept.file_path] and count(BatchRow) == 1
    assert browser.post(f"/import/{old}/columns", {"office": cast.main.id}).status in (303, 422)
    browser.post(f"/import/{old}/run")
    work()
    assert count(Trip) == 0


def test_stopped_work_keeps_what_is_done_and_the_file_goes_on_from_there(browse, cast, monkeypatch) -> None:
    browser = browse(cast.boris)
    url = send(browser, (DATA / "checklist.csv").read_bytes(), cast=cast).location
    browser.post(url + "/run")
    steps: list[int] = []
    run_batches(now=lambda: NOW, going=lambda: len(steps) < 5 and not steps.append(1))
    db.session.rollback()
    batch = db.session.scalars(select(Batch)).one()
    done = count(Trip)
    assert 0 < done < 382 and (batch.state, batch.done_rows, batch.all_rows) == ("running", done + 23, 405)
    work()
    batch = db.session.scalars(select(Batch)).one()
    assert (count(Trip), batch.state, batch.done_rows) == (382, "done", 405)
    assert batch.totals == {"skipped": 18, "repeats": 5, "trips": 382, "clients": 382, "touches": count(Touch)}


@pytest.mark.slow
def test_an_import_is_taken_back_but_for_what_was_touched(browse, cast) -> None:
    browser = browse(cast.boris)
    url = send(browser, (DATA / "checklist.csv").read_bytes(), cast=cast).location
    browser.post(url + "/run")
    work()
    touched = db.session.scalars(select(Touch).where(Touch.channel == "call", Touch.status == "planned")).first()
    tick_touch(touched.id, actor=actor_of(cast.boris), now=NOW, outcome="no")
    page = browser.get(url)
    assert "Отменить 382 поездки" in page.text
    job = browser.follow(url + "/undo")
    assert job.h1 == "Отмена импорта" and browser.post(url + "/undo").location == job_url(job)
    work()
    left = db.session.scalars(select(Trip).where(Trip.cancelled_at.is_(None))).one()
    assert left.occasion_id == touched.occasion_id and "Осталось поездок: 1" in browser.get(url).text
    assert count(Touch, Touch.status == "planned", Touch.occasion_id != left.occasion_id) == 0
    again = send(browser, (DATA / "checklist.csv").read_bytes(), cast=cast).location
    assert numbers(browser.get(again)) == ["405", "381", "6", "27"]


def job_url(page: Any) -> str:
    batch = db.session.scalars(select(Batch).where(Batch.kind == sheets.UNDO)).one()
    assert page.status == 200
    return f"/jobs/{batch.id}"


def test_progress_has_one_page_and_its_moments_are_told_alike(browse, cast) -> None:
    browser = browse(cast.nikolai)
    url = send(browser, text(GOOD), office=cast.east).location
    job = "/jobs/" + url.rsplit("/", 1)[1]
    assert browser.get(job).location == url, "nobody has started it"
    browser.post(url + "/run")
    assert browser.get(url).location == job
    work()
    said = "Начато: 22 нояб., 19:00, закончено: 22 нояб., 19:00."
    assert said in browser.get(job).text and said in browser.get(url).text, "in the zone of the office"
    assert "22 нояб., 19:00" in browser.get("/import").text


def test_after_a_day_the_way_back_is_closed(browse, cast, monkeypatch) -> None:
    browser = browse(cast.boris)
    url = send(browser, text(GOOD), cast=cast).location
    assert browser.post(url + "/undo").location == url
    browser.post(url + "/run")
    work()
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=25))
    browser = browse(cast.boris)
    assert not browser.get(url).root.all("form", action=url + "/undo")
    assert "в течение суток" in browser.follow(url + "/undo").text and count(Trip, Trip.cancelled_at.is_(None)) == 1


def test_nothing_about_the_past_leaves_after_an_import_in_the_browser(browse, cast) -> None:
    browser = browse(cast.boris)
    browser.post(send(browser, (DATA / "checklist.csv").read_bytes(), cast=cast).location + "/run")
    work()
    tick(now=NOW)
    queued = db.session.scalars(select(Touch).where(Touch.message_id.is_not(None))).all()
    assert all(touch.due_on >= date(2026, 11, 22) for touch in queued)


def test_a_page_of_fifty_rows_asks_the_database_a_handful_of_times(browse, cast) -> None:
    browser = browse(cast.boris)
    url = send(browser, (DATA / "checklist.csv").read_bytes(), cast=cast).location
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    browser.get(url)
    assert len(asked) < 40


def test_the_sample_file_is_taken_by_the_import(browse, cast) -> None:
    browser = browse(cast.boris)
    file = browser.get("/import/sample.csv").response.get_data()
    assert numbers(browser.get(send(browser, file, cast=cast).location)) == ["2", "2"]


def test_formulas_in_bad_rows_are_only_text(browse, cast) -> None:
    browser = browse(cast.boris)
    url = send(browser, text(BAD.replace("Сочи", "=HYPERLINK(1)")), cast=cast).location
    file = browser.get(f"/jobs/{url.rsplit('/', 1)[1]}/bad-rows").response.get_data(as_text=True)
    assert "'=HYPERLINK" in file


def test_english_pages_are_english(browse, cast) -> None:
    with transaction() as session:
        session.merge(cast.boris).language = "en"
    browser = browse(cast.boris)
    page = browser.get(send(browser, text(GOOD, BAD), cast=cast).location)
    assert page.h1 == "Check the rows" and "Import 1 trip" in page.text and "1 contact done" in page.text
    assert read_table(browser.get("/import/sample.csv").response.get_data()).rows[0].cells[0] == "Client"
