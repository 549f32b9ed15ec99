"""Headings in other words, another order or another language are understood, guessed or remapped."""

from datetime import date

import pytest

from webapp.batches.reading import read_table
from webapp.trips.columns import FIELDS, field_of
from webapp.trips.sheet import Problem, Reading, read_sheet

TODAY = date(2026, 11, 22)


def read(text: str, **options) -> Reading:
    return read_sheet(read_table(text.encode()), today=TODAY, **options)


def test_other_headings_in_another_order_with_other_columns_are_understood() -> None:
    reading = read(
        "Заявки отдела;;;;;;;;;;\n\nВылет;Обратно;Куплен;ФИО туриста;Страна;Курорт;Моб. тел.;"
        "Доп. телефон;Сумма, руб;№ брони;Отель;Спутники\n"
        "03.11.2026;10.11.2026;01.11.2026;Анна Иванова;Турция;Кемер;9161234567;89031234567;90 000;AB-12;"
        "Rixos;Пётр, Олег\n")
    trip, = reading.trips
    assert reading.columns.heading_line == 3 and trip.line == 4
    assert (trip.name.last, trip.destination, trip.booking) == ("Иванова", "Турция, Кемер", "AB-12")
    assert trip.companions == ("Пётр", "Олег")
    assert [p.e164 for p in trip.phones] == ["+79161234567", "+79031234567"]
    assert trip.leftovers == (("Отель", "Rixos"),) and trip.price_kopecks == 9_000_000


def test_english_headings_are_understood() -> None:
    reading = read("Client name,Phone,E-mail,Agent,Destination,Tour operator,Price,Purchase date,"
                   "Departure,Return,Thank-you letter,"
                   "Bon voyage SMS,Visit\nJohn Smith,+44 20 7946 0958,j@example.com,Olga,Sochi,Anex,1000,"
                   "1 Nov 2026,3 Nov 2026,"
                   "10 Nov 2026,yes,no,x\n")
    trip, = reading.trips
    assert (trip.name.last, trip.manager, trip.ticks) == ("Smith", "Olga", {"thank_you", "visit"})


def test_surname_and_first_name_may_stand_in_columns_of_their_own() -> None:
    reading = read("Фамилия;Имя;Отчество;Дата покупки;Дата вылета;Дата возвращения\n"
                   "ИВАНОВА;Анна;Петровна;01.11.2026;03.11.2026;10.11.2026\n")
    assert reading.trips[0].name.full == "Иванова Анна Петровна"


def test_phones_and_addresses_are_found_under_a_heading_nobody_knows() -> None:
    rows = "".join(f"Иванова Анна;8 916 123-45-6{n};a{n}@example.ru;01.11.2026;03.11.2026;"
                   f"1{n}.11.2026\n" for n in range(4))
    reading = read("Клиент;Как связаться;Адрес;Покупка;Вылет;Возврат\n" + rows)
    assert [g.field for g in reading.columns.guesses[1:3]] == ["phone", "email"]
    assert reading.columns.guesses[1].confidence < 1 and len(reading.trips) == 4


def test_a_person_may_remap_the_columns() -> None:
    text = "А;Б;В;Г\nИванова Анна;10.11.2026;03.11.2026;01.11.2026\n"
    unknown = read(text)
    assert not unknown.trips and [p.reason for p in unknown.problems] == ["no-heading"]
    mapped = read(text, mapping={"client": [0], "return_": [1], "departure": [2], "purchase": [3]})
    assert [t.line for t in mapped.trips] == [2] and mapped.trips[0].return_ == date(2026, 11, 10)


def test_a_required_column_that_is_missing_is_said_once() -> None:
    reading = read("Клиент;Телефон;Дата вылета;Дата возвращения\n" + "Иванова Анна;;03.11.2026;10.11.2026\n" * 3)
    assert reading.problems == [Problem(1, FIELDS["purchase"], "", "missing-column", True)]
    assert not reading.trips and len(reading.bad) == reading.rows == 3


@pytest.mark.parametrize(("heading", "field"), [
    ("Дата вылета", "departure"), ("SMS завтра вылет ✓", "fly_tomorrow"), ("Дата возвращения", "return_"),
    ("SMS с возвращением ✓", "welcome_back_sms"), ("Звонок после возвращения", "call_back"),
    ("Письмо с возвращением", "welcome_home"),
    ("ФИО заказчика", "client"), ("Заказчик", "client"), ("Номер заказа", "booking"), ("№ п/п", "number"),
    ("Туроператор", "operator"),
    ("Дата оплаты", "purchase"), ("Стоимость, ₽", "price"), ("Прим.", "comment"), ("Состав туристов", "companions"),
    ("Письмо: советы в дорогу", "packing"), ("Фотоконкурс", "challenge"), ("Как долетели", "settled_in"),
    ("Отель", ""), ("", "")])
def test_headings_mean_what_people_mean(heading: str, field: str) -> None:
    assert field_of(heading)[0] == field


@pytest.mark.parametrize("field", FIELDS)
def test_the_names_we_give_to_columns_are_understood_as_headings(field: str) -> None:
    assert field_of(FIELDS[field])[0] == field
