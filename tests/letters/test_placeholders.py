"""The register of placeholders and the values they give."""

from dataclasses import replace
from datetime import date, time

import pytest
from letters.texts import empty, rich

from webapp.letters.destinations import forms_of
from webapp.letters.placeholders import (
    GROUPS,
    REGISTRY,
    ClientData,
    LetterContext,
    Registry,
    TripData,
    values_for,
)
from webapp.letters.rendering import compile_letter, render_sms
from webapp.letters.wording import nights_in_words, time_ago


def trip(lang: str = "ru", **fields: object) -> LetterContext:
    return LetterContext(lang=lang, today=date(2027, 8, 1), trip=TripData(**fields))  # type: ignore[arg-type]


def value(code: str, context: LetterContext) -> object:
    return values_for(context, [code])[code]


def test_every_placeholder_has_two_names_a_group_and_examples_that_render() -> None:
    for item in REGISTRY:
        assert item.group in GROUPS
        assert item.code.isascii() and not item.name_ru.isascii()
        for lang in ("ru", "en"):
            assert item.example(lang) is not None
        shown = {}
        for spelling in (item.code, item.name_ru):
            letter = compile_letter("", f"{{% if {spelling} == true %}}да{{% endif %}}x")
            assert letter.names == {item.code}
            shown[spelling] = render_sms(letter, REGISTRY.examples("ru"))
        assert len(set(shown.values())) == 1


def test_everything_is_known_about_the_rich_client() -> None:
    values = values_for(rich("ru"))
    assert [code for code, found in values.items() if found is None or found == ""] == ["trip.time_ago"][:0]
    assert values["client.greeting"] == "Александра Константиновна, здравствуйте!"
    assert values["trip.destination_to"] == "в Саудовскую Аравию"
    assert values["trip.destination_in"] == "в Саудовской Аравии"
    assert values["trip.departure_date"] == "10 сентября"
    assert values["trip.nights"] == "14 ночей"
    assert values["trip.companions"] == "Пётр и Маша"
    assert values["trip.month"] == "в сентябре"
    assert values["trip.time_ago"] == "почти год назад"


def test_nothing_known_is_no_value_but_a_greeting_remains() -> None:
    found = {code: shown for code, shown in values_for(empty("ru")).items() if shown}
    assert found == {"client.greeting": "Здравствуйте!"}
    assert value("client.greeting", empty("en")) == "Hello,"


@pytest.mark.parametrize(
    ("first", "address_as", "lang", "greeting"),
    [
        ("Анна", "", "ru", "Анна, здравствуйте!"),
        ("Анна", "Анна Сергеевна", "ru", "Анна Сергеевна, здравствуйте!"),
        ("", "", "ru", "Здравствуйте!"),
        (" ", " ", "ru", "Здравствуйте!"),
        ("Anna", "", "en", "Hello Anna,"),
    ],
)
def test_the_greeting_suits_what_is_known(first: str, address_as: str, lang: str, greeting: str) -> None:
    context = replace(empty(lang), client=ClientData(first_name=first, address_as=address_as))
    assert value("client.greeting", context) == greeting


@pytest.mark.parametrize(
    ("destination", "to", "where", "english_to"),
    [
        ("Турция", "в Турцию", "в Турции", "to Turkey"),
        ("вьетнам", "во Вьетнам", "во Вьетнаме", "to Vietnam"),
        ("  Шри-Ланка ", "на Шри-Ланку", "на Шри-Ланке", "to Sri Lanka"),
        ("Maldives", "на Мальдивы", "на Мальдивах", "to the Maldives"),
        ("Простоквашино", None, None, "to Простоквашино"),
        ("", None, None, None),
    ],
)
def test_destinations_are_declined_when_known(
    destination: str, to: str | None, where: str | None, english_to: str | None
) -> None:
    assert value("trip.destination_to", trip(destination=destination)) == to
    assert value("trip.destination_in", trip(destination=destination)) == where
    assert value("trip.destination_to", trip("en", destination=destination)) == english_to


def test_forms_kept_with_the_trip_win_over_the_list() -> None:
    context = trip(destination="Турция", destination_to="на Эгейское море", destination_in="на Эгейском море")
    assert value("trip.destination_to", context) == "на Эгейское море"
    assert value("trip.destination_in", context) == "на Эгейском море"


@pytest.mark.parametrize(
    "name",
    [
        "Анталья",
        "Байкал",
        "Гоа",
        "Дубай",
        "Занзибар",
        "Калининград",
        "Куба",
        "Мальдивы",
        "Нячанг",
        "Пхукет",
        "Сочи",
        "Хайнань",
        "Шарм-эль-Шейх",
        "Шри-Ланка",
    ],
)
def test_the_usual_destinations_are_on_the_list(name: str) -> None:
    forms = forms_of(name)
    assert forms and forms.to.split()[0] in ("в", "на") and forms.english.isascii()


@pytest.mark.parametrize(
    ("moment", "tonight"), [(time(0, 0), True), (time(3, 59), True), (time(4, 0), False), (None, False)]
)
def test_flights_before_four_in_the_morning_leave_tonight(moment: time | None, tonight: bool) -> None:
    assert value("trip.tonight", trip(departure_time=moment)) is tonight


@pytest.mark.parametrize(
    ("number", "russian", "english"),
    [
        (1, "1 ночь", "1 night"),
        (2, "2 ночи", "2 nights"),
        (5, "5 ночей", "5 nights"),
        (11, "11 ночей", "11 nights"),
        (12, "12 ночей", "12 nights"),
        (21, "21 ночь", "21 nights"),
        (112, "112 ночей", "112 nights"),
    ],
)
def test_nights_agree_with_their_number(number: int, russian: str, english: str) -> None:
    assert (nights_in_words(number, "ru"), nights_in_words(number, "en")) == (russian, english)


def test_nights_are_counted_from_the_dates_unless_given() -> None:
    dates = {"departure_on": date(2027, 2, 27), "return_on": date(2027, 3, 2)}
    assert value("trip.nights", trip(**dates)) == "3 ночи"
    assert value("trip.nights", trip(**dates, nights=2)) == "2 ночи"
    assert value("trip.nights", trip(departure_on=date(2027, 3, 2), return_on=date(2027, 3, 2))) is None


@pytest.mark.parametrize(
    ("today", "russian", "english"),
    [
        (date(2027, 1, 1), None, None),
        (date(2027, 6, 16), "почти год назад", "almost a year ago"),
        (date(2027, 7, 21), "год назад", "a year ago"),
        (date(2028, 7, 21), "два года назад", "two years ago"),
        (date(2031, 7, 21), "пять лет назад", "five years ago"),
        (date(2047, 7, 21), "21 год назад", "21 years ago"),
        (date(2026, 7, 1), None, None),
    ],
)
def test_how_long_ago_is_said_in_years(today: date, russian: str | None, english: str | None) -> None:
    assert time_ago(date(2026, 7, 21), today, "ru") == russian
    assert time_ago(date(2026, 7, 21), today, "en") == english


def test_the_year_ago_letter_on_its_day_says_almost_a_year() -> None:
    assert time_ago(date(2026, 7, 21), date.fromordinal(date(2026, 7, 21).toordinal() + 330), "ru") == "почти год назад"


def test_a_room_further_right_adds_placeholders_and_gives_values_to_declared_ones() -> None:
    registry = Registry()

    @registry.placeholder("card.balance", "карта.бонусы", "client", "1 840", "1,840")
    def balance(context: LetterContext) -> int | None:
        return {7: 1840}.get(context.client_id or 0)

    @registry.placeholder("links.card", "ссылки.карта", "links", "https://a.example/b/1", "https://a.example/b/1")
    def nothing_yet(context: LetterContext) -> None:
        return None

    context = replace(empty("ru"), client_id=7)
    letter = compile_letter("", "{{ карта.бонусы }} {{ links.card }}", registry=registry)
    assert render_sms(letter, registry.values_for(context, letter.names)) == "1840"

    made = []

    @registry.supply("links.card")
    def link(context: LetterContext) -> str:
        made.append(context)
        return "https://agency.example/b/real"

    assert registry.values_for(context)["links.card"] == "https://agency.example/b/real"
    assert registry.values_for(replace(context, preview=True))["links.card"] == "https://a.example/b/1"
    assert len(made) == 1
    assert registry.values_for(replace(context, given={"links.card": "https://x"}))["links.card"] == "https://x"


def test_a_preview_says_what_is_true_of_the_client_and_shows_links_that_lead_nowhere() -> None:
    registry = Registry()
    for code, name, group in (("bonus.balance", "бонусы.баланс", "bonus"), ("links.card", "ссылки.карта", "links"),
                              ("links.gift", "ссылки.подарок", "links")):
        registry.placeholder(code, name, group, "пример", "example")(lambda context: None)
    registry.supply("bonus.balance")(lambda context: context.client_id)
    registry.supply("links.card", example=lambda: "https://a.example/b/ExampLe")(lambda context: "made")
    registry.supply("links.gift")(lambda context: "made")
    assert registry.values_for(replace(empty("ru"), client_id=7, preview=True)) == {
        "bonus.balance": 7, "links.card": "https://a.example/b/ExampLe", "links.gift": "пример"}


def test_the_value_of_a_placeholder_that_is_gone_is_left_out() -> None:
    assert Registry().values_for(empty("ru"), ["no.such"]) == {}



def test_repeated_and_malformed_placeholders_are_refused() -> None:
    registry = Registry()
    registry.placeholder("a.b", "а.б", "client", "", "")(lambda context: None)
    registry.supply("a.b")(lambda context: "x")
    for code, name, group in [
        ("a.b", "в.г", "client"),
        ("c.d", "а.б", "client"),
        ("c", "в.г", "client"),
        ("c.d.e", "в.г", "client"),
        ("c.d", "в.г d", "client"),
        ("c.d", "в.г", "nowhere"),
    ]:
        with pytest.raises(ValueError):
            registry.placeholder(code, name, group, "", "")(lambda context: None)
    with pytest.raises(ValueError):
        registry.supply("a.b")(lambda context: "y")
    with pytest.raises(ValueError):
        registry.supply("no.such")(lambda context: "y")


def test_only_the_values_a_letter_uses_are_computed() -> None:
    registry = Registry()
    asked = []

    @registry.placeholder("a.dear", "а.дорогое", "client", "", "")
    def dear(context: LetterContext) -> str:
        asked.append(context)
        return "x"

    registry.placeholder("a.cheap", "а.дешёвое", "client", "", "")(lambda context: "y")
    letter = compile_letter("", "{{ a.cheap }}", registry=registry)
    assert registry.values_for(empty("ru"), letter.names) == {"a.cheap": "y"}
    assert asked == []
