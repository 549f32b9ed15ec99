"""Managers as the sheet names them: each name is given to a colleague once, and every row follows it."""

import io
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from webapp.batches import uploads
from webapp.batches.actions import run_batches
from webapp.batches.models import Batch
from webapp.db import db, transaction
from webapp.kit import clock
from webapp.staff.models import User
from webapp.touches.models import Occasion
from webapp.trips.models import Trip

HEADINGS = "Клиент;Менеджер;Направление;Дата покупки;Дата вылета;Дата возвращения"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
NAMES = ("Оля", "Оля", "оля", "О. Соколова", "уволен Петров", "")


@pytest.fixture(autouse=True)
def sunday(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    for name in uploads.kept():
        uploads.forget(name)


def sheet(*managers: str, start: int = 0) -> bytes:
    rows = [f"Клиент {chr(1040 + (start + n) % 32)}нна{chr(1072 + (start + n) // 32)};{name};Сочи;01.11.2026;03.12.2026;10.12.2026"
            for n, name in enumerate(managers)]
    return "\n".join((HEADINGS, *rows, "")).encode()


def send(browser: Any, data: bytes, cast: Any, office: Any = None) -> str:
    answer = browser.post("/import", {"office": (office or cast.main).id, "file": (io.BytesIO(data), "лист.csv")},
                          content_type="multipart/form-data")
    assert answer.status == 303
    return str(answer.location)


def names(page: Any) -> dict[str, tuple[str, str, str]]:
    """Name in the sheet → (rows, who is chosen, name of the field)."""
    found = {}
    for row in page.root.one("table", class_="table--names").one("tbody").all("tr"):
        lists = row.one("select")
        chosen = [option.text for option in lists.all("option") if "selected" in option.attrs]
        found[row.one("label").text] = (row.one("td", class_="num").text, chosen[0] if chosen else "", lists.attrs["name"])
    return found


def work() -> None:
    run_batches(now=lambda: NOW)
    db.session.rollback()
    db.session.expire_all()


def owners() -> Counter[str]:
    """How many trips each colleague takes care of."""
    return Counter(o.owner.name if o.owner else "" for o in db.session.scalars(select(Occasion)))


def test_every_name_stands_once_with_its_rows_and_whoever_is_recognised(browse, cast) -> None:
    found = names(browse(cast.boris).get(send(browse(cast.boris), sheet(*NAMES), cast)))
    assert {name: said[:2] for name, said in found.items()} == {
        "Оля": ("3", "без менеджера"), "О. Соколова": ("1", "Ольга Соколова"),
        "уволен Петров": ("1", "без менеджера"), "имя не указано": ("1", "без менеджера")}
    offered = [o.text for o in browse(cast.boris).get("/import/1").root.all("select")[0].all("option")]
    assert "Анна Орлова" not in offered and "Вера Чайкина" not in offered and "Павел Дроздов" in offered


def test_what_is_chosen_is_shown_imported_and_reported(browse, cast) -> None:
    browser = browse(cast.boris)
    url = send(browser, sheet(*NAMES), cast)
    fields = {name: said[2] for name, said in names(browser.get(url)).items()}
    chosen = {fields["Оля"]: cast.olga.id, fields["О. Соколова"]: 0, fields["имя не указано"]: cast.irina.id}
    page = browser.follow(url + "/columns", chosen)
    assert page.text.count("Ольга Соколова") >= 3 and names(page)["О. Соколова"][1] == "без менеджера"
    browser.post(url + "/run", {fields["уволен Петров"]: cast.pavel.id})
    work()
    assert owners() == {"Ольга Соколова": 3, "Павел Дроздов": 1, "Ирина Мельник": 1, "": 1}
    assert {trip.seller_name for trip in db.session.scalars(select(Trip))} >= {"Оля", "оля", "уволен Петров"}
    said = [row.text for row in browser.get(url).root.one("table", class_="table--names").one("tbody").all("tr")]
    assert said == ["Оля 3 Ольга Соколова", "О. Соколова 1 без менеджера", "уволен Петров 1 Павел Дроздов",
                    "имя не указано 1 Ирина Мельник"]


def test_a_choice_is_remembered_for_the_next_sheet_of_the_office_only(browse, cast) -> None:
    browser = browse(cast.nikolai)
    url = send(browser, sheet("Оля"), cast)
    browser.post(url + "/run", {names(browser.get(url))["Оля"][2]: cast.olga.id})
    work()
    assert names(browser.get(send(browser, sheet("ОЛЯ", "Паша", start=1), cast)))["ОЛЯ"][1] == "Ольга Соколова"
    assert names(browser.get(send(browser, sheet("Паша", "Оля", start=3), cast)))["Оля"][1] == "Ольга Соколова"
    east = send(browser, sheet("Оля", start=2), cast, cast.east)
    assert names(browser.get(east))["Оля"][1] == "без менеджера"
    with transaction() as session:
        session.get_one(User, cast.olga.id).dismissed_at = NOW
    assert names(browser.get(send(browser, sheet("Оля", start=5), cast)))["Оля"][1] == "без менеджера"


def test_a_name_left_without_anybody_is_recognised_once_its_owner_is_hired(browse, cast) -> None:
    browser = browse(cast.boris)
    url = send(browser, sheet("Жанна"), cast)
    browser.post(url + "/run", {names(browser.get(url))["Жанна"][2]: 0})
    work()
    with transaction() as session:
        session.add(User(email="zhanna@example.org", name="Жанна Ли", role="manager", created_at=NOW,
                         offices=[session.merge(cast.main)]))
    assert names(browser.get(send(browser, sheet("Жанна", start=1), cast)))["Жанна"][1] == "Жанна Ли"


@pytest.mark.parametrize("deed", ["run", "columns"])
def test_a_stranger_is_refused_and_the_other_choices_are_kept(browse, cast, deed) -> None:
    browser = browse(cast.boris)
    url = send(browser, sheet("Оля", "Паша"), cast)
    found = names(browser.get(url))
    page = browser.post(f"{url}/{deed}", {found["Оля"][2]: cast.vera.id, found["Паша"][2]: cast.pavel.id})
    assert page.status == 422 and page.root.one("section", class_="summary").all("a", href=f"#{found['Оля'][2]}")
    assert names(page)["Паша"][1] == "Павел Дроздов"
    assert db.session.scalars(select(Batch.state)).one() == "draft"


def test_changed_columns_are_looked_at_before_anything_is_imported(browse, cast) -> None:
    browser = browse(cast.boris)
    url = send(browser, sheet("Оля"), cast)
    page = browser.follow(url + "/run", {"c1": "comment", "c2": "manager"})
    assert "Проверьте строки ещё раз" in page.text and list(names(page)) == ["Сочи"]
    assert db.session.scalars(select(Batch.state)).one() == "draft"


def test_a_column_of_remarks_does_not_become_thousands_of_lists(browse, cast) -> None:
    browser = browse(cast.boris)
    page = browser.get(send(browser, sheet(*(f"просили вид {'а' * n}" for n in range(1, 100))), cast))
    assert len(names(page)) == 60 and "ещё 39 имён" in page.text


def test_the_command_line_is_told_whom_a_name_means(app, cast, tmp_path) -> None:
    (tmp_path / "a.csv").write_bytes(sheet("Оля", "О. Соколова", "Паша"))
    runner = app.test_cli_runner()
    command = ["import-sheet", str(tmp_path / "a.csv"), "--now", NOW.isoformat()]
    for wrong in ("Оля", "=olga@example.org", "Оля=vera@example.org", "Оля=nobody@example.org"):
        assert runner.invoke(args=[*command, "--manager", wrong]).exit_code != 0
    done = runner.invoke(args=[*command, "--manager", "оля=Olga@example.org", "--manager", "О. Соколова="])
    assert done.exit_code == 0, done.output
    assert owners() == {"Ольга Соколова": 1, "": 2}
