"""Who is the same person for a refusal letter: names in every spelling, addresses as their service reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.letters.sameness_rules import Person, is_refusal, mailbox_key, same_address, same_name, shared_with

SAME_NAMES = [
    ("Ольга Петрова", "Ольга Петрова"), ("Ольга Петрова", "ОЛЬГА ПЕТРОВА"), ("Ольга Петрова", "петрова  ольга"),
    ("Ольга Петрова", " Петрова,\tОльга "), ("Фёдор Шишкин", "Федор Шишкин"), ("Ольга Петрова", "Ольга\u00a0Петрова"),
    ("Ольга Петрова", "Ольга Ивановна Петрова"), ("Петрова Ольга Ивановна", "Ольга Петрова"),
    ("О. Петрова", "Ольга Петрова"), ("Петрова О. И.", "Ольга Петрова"), ("Петрова О.И.", "Ольга Ивановна Петрова"),
    ("Olga Petrova", "Ольга Петрова"), ("PETROVA OLGA", "Ольга Петрова"), ("Yulia Zhukova", "Юлия Жукова"),
    ("Iuliia Zhukova", "Юлия Жукова"), ("Evgeny Khrushchev", "Евгений Хрущёв"), ("Alexey Tsoy", "Алексей Цой"),
    ("Ekaterina Belozerskaya", "Екатерина Белозерская"), ("Dmitriy Schukin", "Дмитрий Щукин"),
    ("Oльга Петрова", "Ольга Петрова"), ("Ольга Пeтpoвa", "Ольга Петрова"), ("Ольга\u200b Петро\u00adва", "Ольга Петрова"),
    ("Олъга Петрова", "Ольга Петрова"), ("Анна-Мария Кох", "Мария Анна Кох"), ("Ольга Петрова-Сидорова", "Ольга Петрова"),
    ("Ваш менеджер Ольга Петрова", "Ольга Петрова"), ("«Ольга Петрова»", "Ольга Петрова"), ("Ольга", "ольга"),
    ("Ольга Петрова, менеджер", "Ольга Петрова"), ("Наталия Ким", "Наталья Ким"), ("Андрей Зайцев", "Andrei Zaitsev"),
]
OTHER_NAMES = [
    ("Ольга Петрова", "Ольга Смирнова"), ("Ольга Петрова", "Анна Петрова"), ("Ольга", "Ольга Петрова"),
    ("Петрова", "Ольга Петрова"), ("", ""), ("", "Ольга Петрова"), ("Марина Ясная", "Ольга Петрова"),
    ("Служба качества", "Ольга Петрова"), ("Иванов Андрей", "Иванов Анатолий"), ("О. П.", "Ольга Петрова"),
    ("Ольга Ивановна", "Ольга Петровна"), ("...", "Ольга Петрова"), ("Пётр Ольгин", "Ольга Петрова"),
    ("Попутный ветер", "Ольга Петрова"), ("Анна Иванова", "Анна Петрова"),
]
SAME_ADDRESSES = [
    ("olga@agency.ru", "olga@agency.ru"), ("Olga@Agency.RU", "olga@agency.ru"), (" olga@agency.ru ", "olga@agency.ru"),
    ("olga+quality@agency.ru", "olga@agency.ru"), ("o.l.g.a@gmail.com", "olga@gmail.com"),
    ("olga+x@googlemail.com", "ol.ga@gmail.com"), ("olga@почта.рф", "olga@xn--80a1acny.xn--p1ai"),
    ("olga@ПОЧТА.рф", "olga@почта.рф"), ("olga@ya.ru", "olga@yandex.ru"), ("olga@yandex.com", "olga@yandex.kz"),
    ("olga.petrova@yandex.ru", "olga-petrova@ya.ru"), ("mailto:olga@agency.ru", "olga@agency.ru"),
    ("<olga@agency.ru>", "olga@agency.ru"), ("olga@agency.ru.", "olga@agency.ru"), ('"olga"@agency.ru', "olga@agency.ru"),
    ("olga@agency.ru\u200b", "olga@agency.ru"), ("ｏlga@agency.ru", "olga@agency.ru"),
    ("+7 495 123-45-67", "8 (495) 123-45-67"), ("+74951234567", "4951234567"),
]
OTHER_ADDRESSES = [
    ("olga@agency.ru", "pavel@agency.ru"), ("olga@agency.ru", "olga@agency.com"), ("", ""), ("", "olga@agency.ru"),
    ("o.lga@agency.ru", "olga@agency.ru"), ("@agency.ru", "@agency.ru"), ("olga@", "olga@"), ("olga", "olga"),
    ("112", "112"), ("+7 495 123-45-67", "+7 495 123-45-68"), ("olga@gmail.com", "olga@mail.ru"),
]


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
def test_one_person_in_two_spellings(one: str, other: str) -> None:
    assert same_name(one, other) and same_name(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER_NAMES)
def test_two_people_stay_two(one: str, other: str) -> None:
    assert not same_name(one, other) and not same_name(other, one)


@pytest.mark.parametrize(("one", "other"), SAME_ADDRESSES)
def test_one_mailbox_or_phone_in_two_spellings(one: str, other: str) -> None:
    assert same_address(one, other) and same_address(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER_ADDRESSES)
def test_two_addresses_stay_two(one: str, other: str) -> None:
    assert not same_address(one, other) and not same_address(other, one)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_the_comparison_and_it_knows_no_order(one: str, other: str) -> None:
    assert same_name(one, other) == same_name(other, one)
    assert same_address(one, other) == same_address(other, one)
    assert not mailbox_key(one) or same_address(one, one)


@given(st.sampled_from([pair[1] for pair in SAME_NAMES if " " in pair[1]]), st.randoms(use_true_random=False))
def test_case_order_and_yo_never_hide_a_name(name: str, chance: object) -> None:
    words = name.split()
    chance.shuffle(words)  # type: ignore[attr-defined]
    spelt = " ".join(word.upper() if chance.random() < .5 else word.lower() for word in words)  # type: ignore[attr-defined]
    assert same_name(spelt.replace("ё", "е"), name)


def test_addresses_are_told_before_names_and_nothing_shared_is_nothing() -> None:
    manager = Person(("Ольга Петрова",), ("olga@agency.ru", "+79161234567"))
    assert shared_with(Person(("Петрова Ольга",), ("quality@agency.ru",)), [manager]) == "name"
    assert shared_with(Person(("Петрова Ольга",), ("OLGA@agency.ru",)), [manager]) == "address"
    assert shared_with(Person(("Марина Ясная", "Ольга Петрова"), ()), [manager]) == "name"
    assert shared_with(Person(("Марина Ясная",), ("8 916 123-45-67",)), [manager]) == "address"
    assert shared_with(Person(("Марина Ясная", ""), ("quality@agency.ru", "")), [manager, Person()]) == ""


def test_refusal_letters_are_told_by_their_code() -> None:
    assert is_refusal("refusal_1") and is_refusal("refusal") and not is_refusal("thank_you")
