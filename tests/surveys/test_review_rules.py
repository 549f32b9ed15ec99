"""What may become of a review, how it is signed, and what of other people is found and masked: tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.surveys.finding_rules import MASK, findings, left_open, masked
from webapp.surveys.review_rules import REASONS, STATES, WAYS, may_become, signed


@pytest.mark.parametrize(("first", "last", "sign", "shown"), [
    ("Анна", "Иванова", "name", "Анна И."), ("Анна", "", "name", "Анна"), ("Анна", "Иванова", "anonymous", ""),
    ("", "Иванова", "name", ""), ("Анна", "иванова", "name", "Анна И."), ("Анна", "Иванова", "full", "")])
def test_a_signature_is_a_first_name_and_an_initial_at_most(first, last, sign, shown):
    assert signed(first, last, sign) == shown


@pytest.mark.parametrize(("text", "kinds"), [
    ("Звоните +7 916 123-45-67, скажите от Анны", ["phone"]), ("мой номер 8(916)1234567", ["phone"]),
    ("Городской 123-45-67", ["phone"]), ("Пишите anna.k@mail.example", ["mail"]), ("Я тут: t.me/anna_k", ["page"]),
    ("Фото у @anna_travels", ["page"]), ("Сайт https://hotel.example/rooms понравился", ["page"]),
    ("паспорт 45 10 123456", ["number"]), ("бронь 123456789012", ["number"]),
    ("Отдыхали 12.07.2026 – 20.07.2026", []), ("С 12.07-20.07.2026 всё отлично", []), ("Было это в 2025-2026", []),
    ("Заплатили 150 000 рублей", []), ("Тур за 1 500 000 – роскошь", []), ("В номере 1204 на 12 этаже", []),
    ("Отлично!", []), ("", [])])
def test_phones_addresses_pages_and_long_numbers_are_found(text, kinds):
    found = findings(text)
    assert [finding.kind for finding in found] == kinds and all(finding.must for finding in found)


@pytest.mark.parametrize(("text", "kind"), [
    *[(text, "phone") for text in (
        "Звоните 8 (916) 111 - 00 - 01", "т89161110001", "89161110001Анна", "8\u200b916\u200b111\u200b00\u200b01",
        "8/916/111/00/01", "8—916—111—00—01", "8_916_111_00_01", "8 * 916 * 111 * 00 * 01", "８９１６１１１０００１", "8,916,111,00,01",
        "8️⃣9️⃣1️⃣6️⃣1️⃣1️⃣1️⃣0️⃣0️⃣0️⃣1️⃣", "Звоните 1110001", "городской 111 00 01")],
    *[(text, "mail") for text in (
        "anna @ mail.ru", "anna(собака)mail.ru", "anna собака mail точка ру", "anna [at] mail [dot] ru", "ANNA@MAIL.RU")],
    *[(text, "page") for text in (
        "ok.ru/anna.ivanova", "telegram: anna_travel", "тг anna_travel1", "инста - anna.ivanova", "Мой вк: anna.k", "vk.com/id1")],
    *[(text, "number") for text in ("паспорт 45 10 № 123456", "серия 4510 номер 123456", "паспорт: 4510-123456", "12.07.2026 8 916 111 00 01")]])
def test_clever_spellings_are_found_and_can_be_masked(text, kind):
    found = findings(f"Отель, {text}. Спасибо!")
    assert kind in [one.kind for one in found]
    assert left_open(f"Отель, {text}. Спасибо!", [one.words for one in found]) == []


@pytest.mark.parametrize("text", [
    "Заезд 12.07.2026 10:00-22:00", "Завтрак 07:00 - 10:30", "Детям 5, 6, 7, 8, 9, 10, 11 лет", "От 150 000 - 200 000 рублей",
    "Цена 150 000, 20 000 и 1 500 000,50", "Летали 10.07.2026, 12.07.2026 и 14.07.2026", "Инстаграм отеля не нашли", "Макс - super",
    "Собака лаяла. Потом тихо", "Писали в telegram весь день", "Нашли на booking.com", "Паспорта проверяли 2 раза", "Дом 12/1, комната 345",
    "Рейс SU 2134 в 10:45", "Звонил и/или писал", "Было нас 4, а серий сериала 12"])
def test_ordinary_figures_and_words_are_left_alone(text):
    assert findings(text) == []


@pytest.mark.parametrize("text", ["Спасибо Ольге Соколовой!", "Соколова лучшая", "Работали с Соколовым"])
def test_surnames_are_found_in_every_case_of_the_language_as_a_question_not_as_a_must(text):
    (finding,) = findings(text, ["Соколова", "Соколов"])
    assert finding.kind == "name" and not finding.must


def test_ordinary_words_are_no_surnames():
    assert findings("Соки были вкусные, море тёплое", ["Соколова", "Ли", "Морева"]) == []


def test_what_is_masked_is_seen_to_be_left_out_and_nothing_else_changes():
    text = "Ольга Соколова, телефон +7 916 123-45-67. Соколовамания!"
    assert masked(text, ["Соколова", "+7 916 123-45-67"]) == f"Ольга {MASK}, телефон {MASK}. Соколовамания!"
    assert masked(text, ["", "  "]) == text


@given(st.text(alphabet="аб 0123456789+-()@.xy", max_size=80))
def test_with_everything_that_was_found_masked_nothing_is_left(text):
    assert left_open(text, [finding.words for finding in findings(text)]) == []


def test_the_table_of_states_knows_every_state_and_nothing_ends_where_the_client_cannot_take_it_back():
    assert set(WAYS) == set(STATES)
    for state in STATES:
        assert not may_become(state, state) and set(WAYS[state]) <= set(STATES)
        assert state == "withdrawn" or may_become(state, "withdrawn")
    assert not may_become("withdrawn", "shown") and not may_become("withdrawn", "hidden")
    assert "score" not in REASONS and not may_become("shown", "nonsense")
