"""Pure rules about people: how a search is read, what is searched in, ages, consents, what is missing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.clients import rules
from webapp.clients.rules import ClientFacts, find_text, name_key, read_query

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(("typed", "pieces"), [
    ("8 (916) 123-45-67", [("79161234567",)]),
    ("+7916", [("7916",)]),
    ("9161234567", [("9161234567",)]),
    ("123-45", [("12345",)]),
    ("8 916", [("8916", "7916")]),
    ("00 49 30 90", [("493090",)]),
    ("Иванова 916 12", [("91612",), ("иванова",)]),
    ("Пётр  ИВАНОВ", [("петр",), ("иванов",)]),
    ("иванова-петрова", [("иванова",), ("петрова",)]),
    ("Anna@Mail.ru", [("anna@mail.ru",)]),
    ("anna_k", [("anna_k",)]),
    ("2anna@mail.ru", [("2anna@mail.ru",)]),
    ("ли", [(" ли",)]),
    ("и", [(" и",)]),
    ("анна анна", [("анна",)]),
    ("%", []), ("\"*", []), ("   ", []), ("\x00", []),
])
def test_a_search_is_read_as_people_type_it(typed: str, pieces: list[tuple[str, ...]]) -> None:
    assert [term.pieces for term in read_query(typed)] == pieces


@given(st.text(max_size=200))
def test_any_text_can_be_searched_for(typed: str) -> None:
    for term in read_query(typed):
        assert term.spellings and all(spelling.strip() for spelling in term.spellings)


@given(st.lists(st.sampled_from(["Иванова", "Анна-Мария", "Пётр", "О'Коннор", "Ли", "Дʼартаньян"]),
                min_size=1, max_size=3),
       st.integers(9_000_000_000, 9_999_999_999), st.randoms())
def test_every_word_of_a_name_finds_its_client_in_any_order(words: list[str], number: int, chance: object) -> None:
    held = find_text(" ".join(words), [f"+7{number}"], ["anna.k@example.com"])
    shuffled = sorted(words, key=lambda _w: chance.random())  # type: ignore[attr-defined]
    for term in read_query(" ".join(shuffled).upper()) + read_query(str(number)[:6]) + read_query("anna.k@ex"):
        assert any(piece in held for piece in term.pieces), (held, term)


def test_what_is_searched_in_knows_no_case_no_yo_and_no_signs_of_phones() -> None:
    assert find_text("Пётр Семёнов-Тянь", ["+79161234567"], ["Ann@X.ru"]) == " петр семенов тянь 79161234567 ann@x.ru"
    assert find_text("", [], []) == " "


def test_names_are_compared_without_case_yo_and_hyphens() -> None:
    assert name_key("Семёнов-Тянь", "Пётр") == name_key("СЕМЕНОВ ТЯНЬ", "петр")


@pytest.mark.parametrize(("typed", "born"), [("5, 9", [2021, 2017]), ("5 и 9 лет", [2021, 2017]), ("", []),
                                             ("0", [2026])])
def test_ages_of_children_are_kept_as_years_of_birth(typed: str, born: list[int]) -> None:
    assert rules.born_from_ages(typed, TODAY) == born


@pytest.mark.parametrize("typed", ["двое", "2019", "5, 45"])
def test_what_is_no_age_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="."):
        rules.born_from_ages(typed, TODAY)


@given(st.lists(st.integers(0, 30), max_size=6))
def test_saving_the_form_again_changes_no_age(ages: list[int]) -> None:
    born = rules.born_from_ages(", ".join(map(str, ages)), TODAY)
    assert rules.born_from_ages(rules.ages_from_born(born, TODAY), TODAY) == born


def test_what_is_missing_is_told_the_most_useful_first() -> None:
    nothing = ClientFacts(last_name="Иванова")
    assert rules.missing(nothing, 0, 0) == ["phone", "email", "birthday", "preferences", "passport"]
    known = ClientFacts(birthday=date(1985, 7, 21), preferences={"rest": ["beach"]}, passport_until=date(2030, 1, 1))
    assert rules.missing(known, 1, 1) == ["second-phone"]
    assert rules.missing(known, 2, 1) == []


@pytest.mark.parametrize(("step", "before", "after"), [
    ("give", (False, False, False), (True, False, False)),
    ("give", (False, True, False), (True, False, False)),
    ("give", (False, False, True), (True, False, False)),
    ("withdraw", (True, False, False), (False, False, False)),
    ("withdraw", (False, True, False), (False, True, False)),
    ("withdraw", (False, False, True), (False, False, True)),
    ("trips", (True, False, False), (False, False, True)),
    ("trips", (False, True, False), (False, False, True)),
    ("stop", (True, False, False), (False, True, False)),
    ("stop", (False, False, True), (False, True, False)),
    ("resume", (False, True, False), (False, False, False)),
    ("resume", (False, False, True), (False, False, False)),
    ("resume", (True, False, False), (True, False, False)),
])
def test_the_strictest_reading_of_a_consent_holds(step: str, before: tuple[bool, ...],
                                                  after: tuple[bool, ...]) -> None:
    assert rules.consent_after(step, *before) == after


def test_a_change_of_any_fact_changes_the_fingerprint() -> None:
    base = ClientFacts(last_name="Иванова", preferences={"hotel": "5", "rest": ["beach"]})
    assert rules.fingerprint(base) == rules.fingerprint(
        ClientFacts(last_name="Иванова", preferences={"rest": ["beach"], "hotel": "5"}))
    for other in (ClientFacts(last_name="Иванов", preferences=base.preferences),
                  ClientFacts(last_name="Иванова", preferences={"hotel": "4", "rest": ["beach"]}),
                  ClientFacts(last_name="Иванова", preferences=base.preferences, write_nothing=True),
                  ClientFacts(last_name="Иванова", preferences=base.preferences, birthday=date(1985, 7, 21))):
        assert rules.fingerprint(other) != rules.fingerprint(base)


@pytest.mark.parametrize(("typed", "found"), [
    ("Артём Семёнов Ильич", True), ("семенов артем ильич", True), ("Семёнов Артём", False), ("", False),
    ("Семёнов Артём Ильич Ильич", False)])
def test_a_full_name_is_the_same_in_any_order(typed, found):
    assert rules.same_name(typed, "Семёнов Артём Ильич") is found
