"""What the editor knows about texts: what to insert, how they differ, what blocks and what warns, how big an SMS is."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters.texts import rich

from webapp.letters import draft_rules as rules
from webapp.letters.checks import Kind, faults_of, unsure_names, warnings_of
from webapp.letters.draft_rules import holes
from webapp.letters.drafts import Words
from webapp.letters.placeholders import values_for
from webapp.letters.registry import REGISTRY
from webapp.letters.rendering import compile_letter, render_email, render_sms
from webapp.letters.rules import SmsParts, sms_parts
from webapp.letters.signatures import Signature
from webapp.letters.starters import LANGUAGES, load_starter

MAIL, SMS = Kind("email", "service"), Kind("sms", "service")
NEWS = Kind("sms", "marketing")


def codes(words: Words, kind: Kind = MAIL) -> list[tuple[str, str]]:
    return [(finding.where, finding.code) for finding in faults_of(words, kind)]


@pytest.mark.parametrize(("how", "fallback", "text"), [
    ("value", "", "{{ клиент.имя }}"),
    ("", "друзья", "{{ клиент.имя }}"),
    ("fallback", "друзья", '{{ клиент.имя | default: "друзья" }}'),
    ("fallback", "", "{{ клиент.имя }}"),
    ("fallback", 'наш "друг"', "{{ клиент.имя | default: \"наш 'друг'\" }}"),
    ("condition", "", "{% if клиент.имя %}…{% endif %}"),
])
def test_what_a_button_puts_in_can_be_read_back(how: str, fallback: str, text: str) -> None:
    assert rules.snippet("клиент.имя", how, fallback) == text
    assert compile_letter("", text).names == {"client.first_name"}


@pytest.mark.parametrize(("body", "code"), [
    ("Привет, {{ клиент.имя }}!", None),
    ("Скобка } и { сами по себе", None),
    ("{{ клиент.ия }}", "unknown-name"),
    ("{{ имя }}", "unknown-name"),
    ("{{ config.SECRET_KEY }}", "unknown-name"),
    ("{{ клиент.имя", "open"),
    ("{{ клиент.имя }", "open"),
    ("{% if клиент.имя }x{% endif %}", "open"),
    ("клиент.имя }}", "stray"),
    ("{{ клиент.имя }} и ещё }}", "stray"),
    ("a %} b", "stray"),
    ("{% if клиент.имя %}x", "no-end"),
    ("x{% endif %}", "stray-end"),
    ("{{ клиент.имя | defalt: 'x' }}", "filter"),
    ("{% for a in b %}{% endfor %}", "command"),
    ("{% include 'x' %}", "command"),
    ("{{ клиент имя }}", "bad-command"),
    ("{{}}", "bad-command"),
    ("{{ клиент.имя | default: «друзья» }}", "bad-command"),
    ("a" * 8001, "too-long"),
    ("", "no-body"),
    ("  \n ", "no-body"),
])
def test_what_blocks_publishing(body: str, code: str | None) -> None:
    assert codes(Words("Имя", "Тема", body)) == ([("body", code)] if code else [])


def test_a_misspelt_name_comes_with_the_nearest_one_its_field_and_line() -> None:
    (found,) = faults_of(Words("Имя", "Тема", "раз\n\n{{ клиент.ия }}"), MAIL)
    assert (found.where, found.facts["nearest"], found.facts["line"]) == ("body", "клиент.имя", 3)
    (found,) = faults_of(Words("Имя", "{{ менеджер.тел }}", "Текст"), MAIL)
    assert (found.where, found.facts["nearest"]) == ("subject", "менеджер.телефон")


@pytest.mark.parametrize("empty", ["greeting", "expect", "more"])
def test_each_of_the_three_parts_of_the_welcome_letter_must_be_filled(empty: str) -> None:
    parts = {"greeting": "Здравствуйте!", "expect": "Пришлём список.", "more": "Трансфер?"}
    assert codes(Words("Имя", "Тема", parts=parts)) == []
    assert codes(Words("Имя", "Тема", parts={**parts, empty: " \n"})) == [(empty, "empty-part")]
    heading = Words("Имя", "Тема", parts={**parts, empty: "=== more ==="})
    assert codes(heading.tidy()) == [(empty, "empty-part")], "a heading is no text"


def test_an_e_mail_needs_a_subject_and_an_sms_does_not() -> None:
    assert codes(Words("Имя", " ", "Текст")) == [("subject", "no-subject")]
    assert codes(Words("Имя", "", "Текст"), SMS) == []


@pytest.mark.parametrize(("body", "fine"), [
    ("Скидки!", False), ("Скидки! Отписаться: ответьте СТОП", True), ("Sale! Reply STOP to stop", True),
    ("Остановка у отеля", False), ("Чтобы отписаться, позвоните", True),
])
def test_news_by_sms_must_say_how_to_stop_them(body: str, fine: bool) -> None:
    assert (codes(Words("Имя", "", body), NEWS) == []) is fine


def test_a_marketing_e_mail_gets_its_way_out_from_the_frame() -> None:
    assert codes(Words("Имя", "Тема", "Скидки!"), Kind("email", "marketing")) == []
    html = render_email(compile_letter("Тема", "Скидки!"), values_for(rich("ru")), Signature(), "ru", marketing=True).html
    assert "стоп" in html


@pytest.mark.parametrize("name", ["менеджер.имя", "manager.phone", "менеджер.почта"])
def test_the_manager_who_lost_the_sale_is_never_in_a_refusal_letter(name: str) -> None:
    refusal = Kind("email", "service", is_refusal=True)
    assert codes(Words("Имя", "Тема", f"{{{{ {name} }}}}"), refusal) == [("body", "manager-in-refusal")]
    assert codes(Words("Имя", f"{{% if {name} %}}а{{% endif %}}", "Текст"), refusal) == [("body", "manager-in-refusal")]
    assert codes(Words("Имя", "Тема", f"{{{{ {name} }}}}")) == []


@pytest.mark.parametrize(("body", "code"), [
    ("Дорогая {{ клиент.имя }}!", "gendered"), ("Уважаемый клиент", "gendered"), ("Dear Mr {{ клиент.имя }}", "gendered"),
    ("Дороги ведут", None), ("Дорогие друзья", None), ("![](https://a.example/x.png)", "bare-image"),
    ("![Пляж](https://a.example/x.png)", None), ("Мы в Инстаграме", "instagram"), ("instagram.com/x", "instagram"),
    ("Инструкция", None),
])
def test_what_deserves_a_second_look(body: str, code: str | None) -> None:
    assert [found.code for found in warnings_of(Words("Имя", "Тема", body), MAIL, subject="Тема")] == ([code] if code else [])


@pytest.mark.parametrize(("length", "warned"), [(60, False), (61, True)])
def test_a_subject_longer_than_a_phone_shows_is_told(length: int, warned: bool) -> None:
    found = warnings_of(Words("Имя", "x", "Текст"), MAIL, subject="я" * length)
    assert bool(found) is warned


@pytest.mark.parametrize(("body", "words"), [
    ("{{ клиент.имя }}", ""), ('{{ клиент.имя | default: "друзья" }}', "друзья"),
    ("{{client.first_name|default:'friends'}}", "friends"), ("{{ клиент.приветствие }}", None), ("Текст", None),
    ('{{ поездка.где | default: "в поездке" }} {{ клиент.имя }}', ""),
])
def test_what_clients_without_a_name_read(body: str, words: str | None) -> None:
    assert unsure_names(Words("Имя", "Тема", body)) == words


@pytest.mark.parametrize(("old", "new", "out", "into"), [
    ("Привет, мир", "Привет, друг", " мир", " друг"), ("раз два", "раз два три", "", " три"), ("", "всё", "", "всё"),
    ("всё", "", "всё", ""), ("а {{ б }} в", "а {{ г }} в", " б", " г"), ("одно", "одно", "", ""),
])
def test_a_difference_names_the_words_that_went_and_came(old: str, new: str, out: str, into: str) -> None:
    pieces = rules.difference(old, new)
    assert "".join(p.text for p in pieces if p.kind == "out") == out
    assert "".join(p.text for p in pieces if p.kind == "in") == into


@given(st.text(max_size=200), st.text(max_size=200))
def test_both_texts_can_be_read_from_their_difference(old: str, new: str) -> None:
    pieces = rules.difference(old, new)
    assert "".join(p.text for p in pieces if p.kind != "in") == old
    assert "".join(p.text for p in pieces if p.kind != "out") == new


@pytest.mark.parametrize(("old", "new"), [("a " * 4000, "a b " * 2000), ("{{}}" * 2000, "}{" * 4000),
                                         ("a b c d " * 1000, "d c b a " * 1000), ("\n" * 8000, " \n" * 4000)])
def test_texts_made_to_be_hard_to_compare_cost_no_more_than_an_honest_pair(old: str, new: str) -> None:
    def cost(one: str, other: str) -> float:
        start = time.thread_time()
        assert "".join(p.text for p in rules.difference(one, other) if p.kind != "in") == one
        return time.thread_time() - start
    honest = [" ".join(f"слово{n % 97}" for n in range(m, 900 + m)) for m in (0, 40)]
    assert cost(old, new) < 20 * max(cost(*honest), 0.001)


@pytest.mark.parametrize(("length", "parts", "spare"), [
    (1, 1, 0), (70, 1, 0), (71, 2, 1), (86, 2, 16), (134, 2, 64), (135, 3, 1), (201, 3, 67), (202, 4, 1)])
def test_how_many_signs_to_take_out_of_a_russian_sms(length: int, parts: int, spare: int) -> None:
    size = sms_parts("я" * length)
    assert (size.parts, rules.to_spare(size)) == (parts, spare)


@pytest.mark.parametrize(("length", "parts", "spare"), [(160, 1, 0), (161, 2, 1), (306, 2, 146), (307, 3, 1), (459, 3, 153)])
def test_how_many_signs_to_take_out_of_a_latin_sms(length: int, parts: int, spare: int) -> None:
    size = sms_parts("x" * length)
    assert (size.parts, rules.to_spare(size)) == (parts, spare)


@given(st.text(alphabet=st.sampled_from("яx€😀 1"), max_size=700))
def test_taking_out_what_the_counter_says_saves_one_sms_and_one_less_does_not(text: str) -> None:
    size = sms_parts(text)
    spare = rules.to_spare(size)
    assert spare >= 0 and (spare > 0) is (size.parts > 1)
    if spare:
        single, joined = (160, 153) if size.encoding == "gsm7" else (70, 67)

        def parts(units: int) -> int:
            return 1 if units <= single else -(-units // joined)
        assert parts(size.units - spare) == size.parts - 1
        assert parts(size.units - spare + 1) == size.parts


def test_the_longest_sms_is_the_one_with_most_parts() -> None:
    assert rules.worst(["я" * 71, "x" * 150]) == SmsParts(71, 2, "ucs2")
    assert rules.worst([]).parts == 0


def test_links_of_a_test_lead_nowhere_and_look_as_they_did() -> None:
    letter = render_email(compile_letter("Тема", "[Анкета]({{ links.survey }}) и [мы](tel:+7495) https://a.example/x"),
                          values_for(rich("ru")), Signature(phone="+7495"), "ru")
    inert = rules.inert_html(letter.html)
    assert "href=" in letter.html and "href=" not in inert
    assert re.sub(r' href="[^"]*"', "", letter.html) == inert
    assert not re.search(r"https?:|tel:|mailto:", rules.inert_text(letter.text))


def test_a_name_that_looks_like_markup_counts_as_signs_of_an_sms() -> None:
    sms = compile_letter("", "Привет, {{ клиент.имя }}!")
    assert render_sms(sms, {"client.first_name": "{{ x }}"}) == "Привет, {{ x }}!"


@pytest.mark.parametrize(("text", "found"), [
    ("{{ менеджер.телефон }}", ["manager.phone"]), ("{{ manager.phone | default: \"нам\" }}", []),
    ("{% if менеджер.телефон %}{{ manager.phone }}{% endif %}", []),
    ("{% if менеджер.телефон %}да{% endif %}{{ менеджер.телефон }}", ["manager.phone"]),
    ("{% if менеджер.телефон %}да{% else %}{{ менеджер.телефон }}{% endif %}", ["manager.phone"]),
    ("{% if менеджер.имя %}{% if офис.телефон %}{{ менеджер.имя }}{{ офис.телефон }}{% endif %}{% endif %}", []),
    ("{% unless менеджер.имя %}{{ менеджер.имя }}{% endunless %}", ["manager.name"]),
    ("{% if менеджер.имя %}a{% elsif офис.телефон %}{{ офис.телефон }}{{ менеджер.имя }}{% endif %}", ["manager.name"]),
    ("{{ нет.такого }}{{ менеджер.имя", []), ("просто текст", []),
])
def test_which_placeholders_leave_a_hole(text, found):
    assert holes(text, REGISTRY.spellings()) == found


def test_a_hole_is_warned_of_and_a_link_nobody_has_as_well():
    body = "{{ клиент.приветствие }} звоните: {{ менеджер.телефон }} или {{ ссылки.фото }}"
    assert [found.code for found in warnings_of(Words("Имя", "Тема", body), MAIL)] == ["nobody-has", "hole"]
    sure = Kind("email", "service", requires=("manager.phone", "links.photos"))
    assert warnings_of(Words("Имя", "Тема", body), sure) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_shipped_texts_leave_no_hole(lang):
    for letter in load_starter(lang).values():
        kind = Kind(letter.channel, letter.klass, requires=tuple(letter.requires))
        assert [it for it in warnings_of(Words(letter.name, letter.subject, letter.body), kind)
                if it.code in ("hole", "nobody-has")] == [], letter.code
