"""The page of the quality table: samples, saving, corrections, what changed, who may, files, other offices."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from quality.quality_make import RIVAL, TODAY, assessed, form_of, promised, table
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from webapp.db import db, transaction
from webapp.kit import clock
from webapp.quality.actions.assessing import BadTable, CorrectedMeanwhile, assess, correct
from webapp.quality.models import Assessment, Competitor
from webapp.quality.starter import sample_indicators
from webapp.quality.table_rules import made_whole, table_of
from webapp.staff.audit import actor_of
from webapp.staff.models import AuditEntry
from webapp.staff.rules import BadInput, NotAllowed

URL = "/quality"


@pytest.fixture
def boris(monkeypatch, browse, cast, now):
    monkeypatch.setattr(clock, "now", lambda: now)
    return browse(cast.boris)


def plain(page) -> str:
    return page.text.replace("\u00a0", " ")


def kept() -> list[Assessment]:
    db.session.rollback()
    return list(db.session.scalars(select(Assessment).order_by(Assessment.id)))


def test_before_anything_is_assessed_the_form_with_samples_stands_there(boris) -> None:
    page = boris.get(URL)
    assert page.h1 == "Качество"
    names = [node.attrs["value"] for node in page.root.all("input") if node.attrs.get("name", "").startswith("name_")]
    assert len([name for name in names if name]) == 8 and "Жалоб на 100 поездок" in names
    assert "Веса вместе дают 1." in page.text and "Сохранить оценку" in page.text
    assert sum(one.weight for one in sample_indicators()) == 1


def test_the_saved_table_shows_the_sums_worked_out_by_hand(boris) -> None:
    answer = boris.follow(f"{URL}/new", form_of(table()))
    assert "Сохранено: итог 1,038" in answer.text
    words = plain(answer)
    for said in ("1,250 0,3750", "0,750 0,1875", "0,750 0,1500", "1,500 0,2250", "1,000 0,1000"):
        assert said in words, said
    foot = answer.root.one("table", class_="table--quality").one("tfoot")
    assert foot.text == "Всего 1 1,0375"
    assert "на 3,8 % лучше" in words and kept()[0].total == 10_375


def test_the_same_form_sent_twice_is_kept_once(boris) -> None:
    first, second = boris.post(f"{URL}/new", form_of(table())), boris.post(f"{URL}/new", form_of(table()))
    assert first.status == second.status == 303 and len(kept()) == 1


def test_the_same_form_with_other_numbers_is_not_dropped_in_silence(boris) -> None:
    boris.post(f"{URL}/new", form_of(table()))
    again = boris.post(f"{URL}/new", form_of(table(minutes="33")))
    assert again.status == 409 and "уже отправлена с другими" in again.text and len(kept()) == 1
    assert "33" in [node.attrs.get("value") for node in again.root.all("input")]
    key = next(node for node in again.root.all("input", name="form_key")).attrs["value"]
    other = boris.post(f"{URL}/new", {**form_of(table(minutes="33")), "competitor": "Другие", "form_key": key})
    assert other.status == 303 and len(kept()) == 2


@pytest.mark.parametrize("place, changed, said", [
    (0, {"weight": D("0.25")}, "Веса вместе дают 0,95 вместо 1: не хватает 0,05."),
    (0, {"weight": D("0.35")}, "Веса вместе дают 1,05 вместо 1: лишние 0,05."),
    (1, {"ours": D(0)}, "Мы делим на своё значение, поэтому нуля быть не может."),
    (0, {"theirs": D(0)}, "Мы делим на значение конкурента, поэтому нуля быть не может."),
    (1, {"ours": D(-4)}, "Меньше нуля сравнить нельзя."),
    (2, {"theirs": None}, "Напишите значение или очистите всю строку"),
    (2, {"name": "Минут до ответа"}, "Такой показатель уже есть выше"),
])
def test_what_cannot_be_compared_is_said_beside_its_field_and_nothing_is_kept(boris, place, changed, said) -> None:
    lines = table()
    lines[place] = replace(lines[place], **changed)
    page = boris.post(f"{URL}/new", form_of(lines))
    assert page.status == 422 and said in plain(page) and not kept()
    values = {node.attrs["name"]: node.attrs.get("value", "") for node in page.root.all("input") if "name" in node.attrs}
    assert values["competitor"] == RIVAL and values["theirs_4"] == "54"


@pytest.mark.parametrize("field, value, said", [
    ("ours_1", "сорок", "Это не число. Напишите, например, 4,7 или 1 250."),
    ("theirs_0", "4,12345", "Хватит трёх знаков после запятой."),
    ("weight_0", "0,12345", "Хватит четырёх знаков после запятой"),
    ("competitor", " ", "Напишите, с кем вы себя сравниваете."),
    ("competitor", "!!!", "Напишите, с кем вы себя сравниваете."),
    ("competitor", "x" * 81, "Хватит восьмидесяти знаков"),
    ("day", "31.02.2026", "не дата"),
    ("day", "", "Напишите день."),
    ("day", "21.11.2026", "Этот день ещё не наступил."),
])
def test_what_cannot_be_read_stays_as_it_was_typed(boris, field, value, said) -> None:
    page = boris.post(f"{URL}/new", form_of(table(), **{field: value}))
    assert page.status == 422 and said in plain(page) and not kept()


def test_nothing_filled_in_is_no_assessment(boris) -> None:
    page = boris.post(f"{URL}/new", {"rows": "2", "do": "save", "competitor": RIVAL, "day": "20.11.2026"})
    assert page.status == 422 and "Заполните хотя бы один показатель." in page.text


def test_weights_are_made_1_by_one_press_and_nothing_is_kept_by_it(boris) -> None:
    lines = [replace(one, weight=weight) for one, weight in zip(table(), map(D, (30, 25, 20, 15, 10)), strict=True)]
    page = boris.post(f"{URL}/new", form_of(lines, do="whole", day=""))
    assert page.status == 200 and "Веса вместе дают 1." in page.text and not kept()
    assert [page.root.one("input", name=f"weight_{place}").attrs["value"] for place in range(5)] == [
        "0,3", "0,25", "0,2", "0,15", "0,1"]
    assert "Напишите день" not in page.text and "1,038" in page.text


def test_weights_that_cannot_be_read_are_not_guessed(boris) -> None:
    page = boris.post(f"{URL}/new", form_of(table(), do="whole", weight_1="четверть"))
    assert page.status == 422 and "четверть" in page.html and "Это не число" in page.text


def test_more_lines_are_added_without_a_script_and_what_was_typed_stays(boris) -> None:
    page = boris.post(f"{URL}/new", form_of(table(), do="more"))
    assert page.status == 200 and page.root.one("input", name="rows").attrs["value"] == "8"
    assert page.root.one("input", name="name_0").attrs["value"] == "Оценка в отзывах"
    assert page.root.one("input", name="name_7").attrs.get("value", "") == ""
    assert boris.post(f"{URL}/new", {"rows": "999", "do": "more"}).root.one("input", name="rows").attrs["value"] == "30"


def test_totals_while_typing_are_a_part_and_change_nothing(boris) -> None:
    part = boris.post(f"{URL}/totals", form_of(table()), htmx=True)
    assert part.status == 200 and not part.is_full and not kept()
    assert "1,038" in part.root.one("div", id="totals").text
    assert part.root.one("span", id="sum-1").text == "0,750 → 0,1875"
    lines = [replace(table()[0], ours=None), *table()[1:]]
    part = boris.post(f"{URL}/totals", form_of(lines), htmx=True)
    assert "Итог появится, когда заполнена ещё 1 строка." in part.text and part.root.one("span", id="sum-0").text == "–"


def test_the_next_assessment_begins_with_the_last_and_says_what_changed(boris, cast, now) -> None:
    assessed(cast, now, day=date(2026, 10, 20))
    page = boris.get(f"{URL}/new?competitor={RIVAL}")
    assert page.root.one("input", name="weight_1").attrs["value"] == "0,25"
    for name, last in (("theirs_1", "30"), ("ours_1", "40")):
        assert page.root.one("input", name=name).attrs.get("value", "") == ""
        assert page.root.one(id=f"{name}-last").text == f"прошлый раз {last}"
    words = plain(boris.follow(f"{URL}/new", form_of(table(minutes="30"))))
    # 30 ÷ 30 = 1 instead of 0.75: the total grows by 0.25 × 0.25 = 0.0625, from 1.0375 to 1.1.
    assert "1,000 +0,250" in words and "к прошлому разу: +0,063" in words and "1,100" in words


def test_another_competitor_begins_without_the_values_of_this_one(boris, cast, now) -> None:
    assessed(cast, now)
    page = boris.get(f"{URL}/new?competitor=Другой")
    assert page.root.one("input", name="theirs_1").attrs.get("value", "") == ""
    assert page.root.one(id="ours_1-last").text == "прошлый раз 40" and not page.root.all("p", id="theirs_1-last")
    assert page.root.one("input", name="weight_1").attrs["value"] == "0,25"


def test_one_press_saves_nothing_of_the_last_time_unless_its_values_are_taken(boris, cast, now) -> None:
    assessed(cast, now, day=date(2026, 10, 20))
    empty = [replace(one, theirs=None, ours=None) for one in table()]
    assert boris.post(f"{URL}/new", form_of(empty)).status == 422 and len(kept()) == 1
    empty[1] = replace(empty[1], ours=D(25))
    page = boris.post(f"{URL}/new", form_of(empty, do="last"))
    values = [page.root.one("input", name=name).attrs["value"] for name in ("theirs_1", "ours_1", "theirs_0")]
    assert page.status == 200 and values == ["30", "25", "4"] and len(kept()) == 1


def test_the_form_shows_numbers_as_its_reader_writes_them(browse, cast, now) -> None:
    with transaction() as session:
        session.get_one(type(cast.boris), cast.boris.id).language = "en"
    assert browse(cast.boris).get(f"{URL}/new").root.one("input", name="weight_0").attrs["value"] == "0.15"


def test_a_name_spelt_otherwise_is_the_same_competitor(boris, cast, now) -> None:
    assessed(cast, now, day=date(2026, 10, 20))
    boris.post(f"{URL}/new", form_of(table(), competitor=" тур плюс "))
    assert len({row.competitor_id for row in kept()}) == 1
    assert db.session.scalars(select(Competitor.name)).all() == [RIVAL]


def test_a_day_has_one_assessment_and_the_page_leads_to_its_correction(boris, cast, now) -> None:
    row = assessed(cast, now)
    page = boris.post(f"{URL}/new", form_of(table(minutes="30")))
    assert page.status == 422 and "На этот день оценка уже есть." in page.text
    assert f"{URL}/assessments/{row.id}/correction" in [a.attrs["href"] for a in page.root.all("a") if "href" in a.attrs]


def test_a_correction_is_another_version_and_the_old_one_can_be_read(boris, cast, now) -> None:
    row = assessed(cast, now)
    page = boris.get(f"{URL}/assessments/{row.id}/correction")
    assert page.root.one("input", name="ours_1").attrs["value"] == "40"
    refused = boris.post(f"{URL}/assessments/{row.id}/correction", form_of(table(minutes="30")))
    assert refused.status == 422 and "почему" in refused.text
    answer = boris.follow(f"{URL}/assessments/{row.id}/correction", form_of(table(minutes="30"), reason="Опечатка в минутах"))
    assert "версия 2" in answer.text and "Опечатка в минутах" in answer.text and "1,1000" in answer.text
    old = boris.get(f"{URL}/assessments/{row.id}")
    assert "Это старая версия." in old.text and "1,0375" in old.text and "Исправить" not in old.root.one("div", class_="btns").text
    assert [(one.version, one.total) for one in kept()] == [(1, 10_375), (2, 11_000)]
    index = plain(boris.get(URL))
    assert "1,100" in index and "1,038" not in index


def test_an_old_version_is_not_corrected_a_second_time(boris, cast, now) -> None:
    row = assessed(cast, now)
    actor = actor_of(cast.boris)
    correct(row, table(minutes="30"), reason="раз", actor=actor, now=now)
    with pytest.raises(CorrectedMeanwhile):
        correct(row, table(minutes="20"), reason="два", actor=actor, now=now)
    answer = boris.follow(f"{URL}/assessments/{row.id}/correction", form_of(table(minutes="20"), reason="два"))
    assert "уже исправил" in answer.text and len(kept()) == 2


def test_a_correction_pressed_twice_is_one_and_nobody_is_told_of_a_colleague(boris, cast, now) -> None:
    row = assessed(cast, now)
    address = f"{URL}/assessments/{row.id}/correction"
    key = boris.get(address).root.one("input", name="form_key").attrs["value"]
    for _press in range(2):
        answer = boris.follow(address, form_of(table(minutes="30"), reason="Опечатка", form_key=key))
        assert "Исправлено" in answer.text and "уже исправил" not in answer.text
    assert len(kept()) == 2
    # The same form once more with other numbers, out of the memory of the browser.
    answer = boris.follow(address, form_of(table(minutes="20"), reason="Опечатка", form_key=key))
    assert "уже исправил" in answer.text and len(kept()) == 2


def test_a_form_that_changed_nothing_may_still_be_sent_with_a_change(boris, cast, now) -> None:
    address = f"{URL}/assessments/{assessed(cast, now).id}/correction"
    key = boris.get(address).root.one("input", name="form_key").attrs["value"]
    boris.follow(address, form_of(table(), reason="так", form_key=key))
    boris.follow(address, form_of(table(minutes="30"), reason="так", form_key=key))
    assert len(kept()) == 2


def test_the_same_lines_are_no_correction(boris, cast, now) -> None:
    row = assessed(cast, now)
    answer = boris.follow(f"{URL}/assessments/{row.id}/correction", form_of(table(), reason="так"))
    assert "Ничего не изменилось" in answer.text and len(kept()) == 1


@pytest.mark.parametrize("statement", [
    "UPDATE quality_assessment SET total = 1", "DELETE FROM quality_assessment", "UPDATE quality_line SET ours = 1",
    "DELETE FROM quality_line"])
def test_the_database_lets_nobody_rewrite_an_assessment(cast, now, statement) -> None:
    assessed(cast, now)
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(text(statement))


@pytest.mark.parametrize("column, value", [("weight", 0), ("weight", 10_001), ("ours", 0), ("theirs", -1), ("better", "maybe")])
def test_the_database_refuses_forged_lines(cast, now, column, value) -> None:
    row = assessed(cast, now)
    values = {"assessment_id": row.id, "position": 9, "name": "x", "name_key": "x", "unit": "", "better": "less", "weight": 10,
              "theirs": 1, "ours": 1, column: value}
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(db.metadata.tables["quality_line"].insert().values(values))


def test_the_model_refuses_what_the_form_refuses(cast, now) -> None:
    actor = actor_of(cast.boris)
    with pytest.raises(BadTable):
        assess(cast.main, RIVAL, TODAY, [replace(table()[0], weight=D("0.3"))], actor=actor, today=TODAY, now=now)
    with pytest.raises(BadInput):
        assess(cast.main, RIVAL, date(2026, 11, 21), table(), actor=actor, today=TODAY, now=now)
    for who in (cast.olga, cast.irina, cast.anna):
        with pytest.raises(NotAllowed):
            assess(cast.main, RIVAL, TODAY, table(), actor=actor_of(who), today=TODAY, now=now)
    with pytest.raises(NotAllowed):
        assess(cast.east, RIVAL, TODAY, table(), actor=actor, today=TODAY, now=now)
    assert kept() == []


def test_customer_service_reads_and_has_nothing_to_press(boris, browse, cast, now) -> None:
    irina = browse(cast.irina)
    assert "Оценок ещё нет" in irina.get(URL).text
    row = assessed(cast, now)
    page = irina.get(URL)
    assert "1,038" in page.text and "Новая оценка" not in page.text
    assert not [form for form in page.root.one("main").all("form") if form.attrs.get("method") == "post"]
    assert irina.get(f"{URL}/new").status == irina.post(f"{URL}/new", form_of(table())).status == 404
    assert irina.get(f"{URL}/assessments/{row.id}").status == 200
    assert irina.get(f"{URL}/assessments/{row.id}/correction").status == 404


@pytest.mark.parametrize("who", ["olga", "anna"])
def test_managers_and_administrators_have_no_such_page(browse, cast, who) -> None:
    person = browse(getattr(cast, who))
    assert [person.get(f"{URL}{tail}").status for tail in ("", "/control", "/period", "/staff", "/new")] == [404] * 5


def test_other_offices_have_their_own_lines(boris, browse, cast, now) -> None:
    far = assessed(cast, now, office=cast.east, who=cast.nikolai, lines=table(minutes="10"))
    assert "Сохранить оценку" in boris.get(f"{URL}?office={cast.east.id}").text
    assert boris.get(f"{URL}/assessments/{far.id}").status == 404
    assert boris.post(f"{URL}/assessments/{far.id}/correction", form_of(table(), reason="x")).status == 404
    network = browse(cast.nikolai)
    assert "1,038" not in network.get(f"{URL}?office={cast.east.id}").text and "Сохранить оценку" in network.get(URL).text


def test_the_line_over_time_is_a_chart_with_the_same_numbers_as_its_table(boris, cast, now) -> None:
    for month, minutes in ((8, "60"), (9, "50"), (10, "40"), (11, "30")):
        assessed(cast, now, day=date(2026, month, 20), lines=table(minutes=minutes))
    page = boris.get(URL)
    chart = page.root.one("svg", class_="chart")
    assert len(chart.all("circle")) == 4 and "в таблице ниже те же числа" in chart.attrs["aria-label"]
    # 0.85 + 0.25 × 30 ÷ minutes
    assert [node.text for node in chart.all("text") if "chart__label" not in node.attrs.get("class", "")] == [
        "0,98", "1,00", "1,04", "1,10"]
    rows = page.root.all("table")[-1].one("tbody").all("tr")
    assert [row.all("td")[0].text for row in rows] == ["1,100", "1,038", "1,000", "0,975"]
    assert [row.all("td")[1].text for row in rows] == ["+0,063", "+0,038", "+0,025", "–"]


def test_the_file_holds_every_assessment_and_no_formulas(boris, cast, now) -> None:
    assessed(cast, now, day=date(2026, 10, 20))
    assessed(cast, now, lines=[replace(table()[0], name="=HYPERLINK(1)", weight=D(1))])
    answer = boris.http.get(f"{URL}?as=csv")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("День;Конкурент;Версия;Показатель")
    assert "20.10.2026;Тур-Плюс;1;Минут до ответа;мин;чем меньше, тем лучше;0,25;30;40;0,750;0,1875" in lines
    assert "20.10.2026;Тур-Плюс;1;Всего;;;1;;;;1,0375" in lines
    assert any("'=HYPERLINK" in line for line in lines) and len(lines) == 9


def test_english_readers_get_points_and_russian_ones_commas(boris, browse, cast, now) -> None:
    assessed(cast, now)
    cast.boris.language = "ru"
    with transaction() as session:
        session.get(type(cast.boris), cast.boris.id).language = "en"
    page = browse(cast.boris).get(URL)
    assert "1.0375" in page.text and "3.8 % better" in page.text


def test_what_is_done_about_a_weak_indicator_is_planned_and_closed(boris, browse, cast, now) -> None:
    row = assessed(cast, now)
    page = boris.get(URL)
    first = page.root.one("ol", class_="weak").all("li")[0]
    assert "Минут до ответа" in first.text and "0,063" in first.text
    data = {"name_key": "минут до ответа", "what": "Дежурный по заявкам", "who": str(cast.olga.id), "due_on": "20.11.2026",
            "form_key": "m1"}
    answer = boris.follow(f"{URL}/assessments/{row.id}/improvements", data)
    assert boris.post(f"{URL}/assessments/{row.id}/improvements", data).status == 303
    assert answer.root.one("ol", class_="weak").text.count("Дежурный по заявкам") == 1
    other = boris.post(f"{URL}/assessments/{row.id}/improvements", {**data, "what": "Автоответчик"})
    assert other.status == 409 and "уже отправлена" in other.text
    assert "Автоответчик" in [node.attrs.get("value") for node in other.root.all("input", name="what")]
    olga = browse(cast.olga)
    assert "Дежурный по заявкам" in olga.get("/today").text
    link = next(a.attrs["href"] for a in olga.get("/today").root.all("a") if "Дежурный" in a.text)
    refused = olga.post(link, {"result": " "})
    assert refused.status == 422
    assert "Готово и записано." in olga.follow(link, {"result": "Отвечаем за 12 минут"}).text
    assert "Дежурный" not in olga.get("/today").text
    assert "Отвечаем за 12 минут" in boris.get(URL).text and "Отвечаем за 12 минут" in boris.get(f"{URL}/period").text
    verbs = db.session.scalars(select(AuditEntry.verb).where(AuditEntry.subject == "quality").order_by(AuditEntry.id)).all()
    assert verbs == ["assessed", "planned", "improved"]


@pytest.mark.parametrize("changed, said", [
    ({"what": ""}, "Напишите, что делается."), ({"due_on": "19.11.2026"}, "Этот день уже прошёл."), ({"due_on": ""}, "к какому дню"),
    ({"who": "x"}, ""), ({"name_key": "нет такого"}, ""),
])
def test_a_promise_without_what_who_or_when_is_refused(boris, cast, now, changed, said) -> None:
    row = assessed(cast, now)
    data = {"name_key": "минут до ответа", "what": "Дежурный", "who": str(cast.olga.id), "due_on": "20.11.2026", **changed}
    page = boris.post(f"{URL}/assessments/{row.id}/improvements", data)
    assert page.status == 422 and said in page.text


def test_nobody_closes_what_somebody_else_promised(browse, cast, now) -> None:
    row = promised(cast, assessed(cast, now), now)
    for who in ("pavel", "irina", "vera"):
        person = browse(getattr(cast, who))
        assert person.get(f"{URL}/improvements/{row.id}").status == 404
        assert person.post(f"{URL}/improvements/{row.id}", {"result": "x"}).status == 404
    assert browse(cast.boris).post(f"{URL}/improvements/{row.id}", {"result": "готово"}).status == 303


def test_the_log_says_what_was_assessed(boris, browse, cast, now) -> None:
    assessed(cast, now)
    assert "Сравнили сервис с конкурентом Тур-Плюс" in plain(boris.get("/admin/log"))


def test_made_whole_keeps_what_the_example_says() -> None:
    assert table_of(made_whole(table())).total == D("1.0375")
