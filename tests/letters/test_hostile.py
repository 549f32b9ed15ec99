"""Hostile values and hostile templates: values stay literal, templates stay harmless and cheap."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters.texts import DIRECTOR, Page, mail

from webapp.letters.rendering import compile_letter, render_email, render_script, render_sms
from webapp.letters.rules import BadTemplate, LetterError, TooHeavy, UnknownPlaceholder

HOSTILE_VALUES = [
    "[x](http://evil.example)",
    "![x](http://evil.example/pixel.png)",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "**жирный** _курсив_ `код`",
    "# Заголовок",
    "> цитата",
    "1. список",
    "<http://evil.example>",
    "{{ client.full_name }} {% if %}",
    "&amp; &lt; &#60;",
    "\\*\\_\\[",
    "javascript:alert(1)",
    "a | b || c",
    "~~~ --- ***",
]


@pytest.mark.parametrize("value", HOSTILE_VALUES)
def test_markup_in_a_name_stays_literal_in_html_text_subject_and_sms(value: str) -> None:
    body = "{{ client.first_name }}\n\nТекст **{{ client.first_name }}** дальше."
    letter = mail(body, subject="Для {{ client.first_name }}", client__first_name=value)
    plain = mail(body, subject="Для {{ client.first_name }}", client__first_name="Анна")
    page = Page(letter.html)
    assert page.text.count(value) == 2
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in Page(plain.html).tags]
    assert f"Текст {value} дальше." in letter.text
    assert letter.subject == f"Для {value}"
    sms = compile_letter("", "Привет, {{ client.first_name }}!")
    assert render_sms(sms, {"client.first_name": value}) == f"Привет, {value}!"


@given(st.text(max_size=60))
def test_no_value_adds_a_tag_or_gets_lost(value: str) -> None:
    script = render_script(compile_letter("", "Слово: {{ client.first_name }}."), {"client.first_name": value})
    assert {tag for tag, _ in Page(script.html).tags} <= {"p", "br"}
    shown = Page(script.html.replace("<br>", "\n")).text.strip()
    assert shown == script.text
    if value.isprintable() and value.strip() and "  " not in value:
        assert script.text == f"Слово: {value.strip()}."


@pytest.mark.parametrize(
    ("link", "href"),
    [
        ("https://agency.example/s/a_b*c", "https://agency.example/s/a_b*c"),
        ("javascript:alert(1)", "#"),
        ("JaVaScRiPt:alert(1)", "#"),
        ("data:text/html,<script>", "#"),
        ("//evil.example", "#"),
        ('https://x.example/" onclick="x', "#"),
    ],
)
def test_a_link_from_a_value_is_a_web_address_or_nothing(link: str, href: str) -> None:
    letter = mail("[Анкета]({{ links.survey }})", links__survey=link)
    assert Page(letter.html).all("a")[0]["href"] == href


def test_a_value_inside_an_address_cannot_leave_its_place() -> None:
    letter = mail("[x](https://a.example/?q={{ client.first_name }})", client__first_name='"&x=1#<b>')
    assert Page(letter.html).all("a")[0]["href"] == "https://a.example/?q=%22%26x%3D1%23%3Cb%3E"


def test_quotation_marks_in_the_text_do_not_hide_a_link_from_its_check() -> None:
    letter = mail('say x=" [go]({{ links.survey }}) "', links__survey="javascript:alert(1)")
    assert Page(letter.html).all("a")[0]["href"] == "#"


@pytest.mark.parametrize("source", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"])
def test_an_author_cannot_link_to_code(source: str) -> None:
    letter = mail(f"[нажмите]({source})\n\n![п]({source})")
    links = Page(letter.html).all("a") + Page(letter.html).all("img")
    assert all(source not in (tag.get("href") or tag.get("src") or "") for tag in links)
    assert source.split(":")[0] + ":" not in letter.text


def test_raw_html_of_an_author_is_shown_not_obeyed() -> None:
    letter = mail("<script>alert(1)</script>\n\nи <b onclick=x>так</b> <style>p{}</style>")
    page = Page(letter.html)
    assert "<script>alert(1)</script>" in page.text
    assert not page.all("script") and not page.all("b")
    assert all(not name.startswith("on") for _, attrs in page.tags for name in attrs)


@pytest.mark.parametrize(
    "name",
    [
        "client.__class__",
        "client.first_name.__len__",
        "client[client.first_name]",
        "client.first_name.size",
        "client",
        "client.first_name[0]",
        "nothing.at_all",
        "config.SECRET_KEY",
    ],
)
def test_only_listed_placeholders_compile(name: str) -> None:
    with pytest.raises(LetterError):
        compile_letter("", f"{{{{ {name} }}}}")
    with pytest.raises(LetterError):
        compile_letter("", f"{{% if {name} %}}x{{% endif %}}")
    with pytest.raises(LetterError):
        compile_letter("", f"{{{{ client.full_name | default: {name} }}}}")


def test_an_unknown_placeholder_comes_with_its_line_and_the_nearest_name() -> None:
    with pytest.raises(UnknownPlaceholder) as caught:
        compile_letter("", "Привет\n\n{{ клиент.ия }}")
    assert (caught.value.name, caught.value.suggestion, caught.value.line) == ("клиент.ия", "клиент.имя", 3)
    with pytest.raises(UnknownPlaceholder) as caught:
        compile_letter("{{ manager.fone }}", "")
    assert caught.value.suggestion == "manager.phone"


def test_both_spellings_of_a_placeholder_say_the_same() -> None:
    assert (
        render_sms(compile_letter("", "{{ клиент.имя }}={{ client.first_name }}"), {"client.first_name": "Анна"})
        == "Анна=Анна"
    )


@pytest.mark.parametrize(
    "text",
    [
        "{{ client.first_name",
        "{% if client.first_name %}",
        "{% endif %}",
        "{{ client.first_name | unknown }}",
        "{% for i in (1..1000000000) %}x{% endfor %}",
        "{% include 'x' %}",
        "{% render 'x' %}",
        "{% assign a = 1 %}",
        "{% capture a %}{% endcapture %}",
        "{% tablerow i in (1..9) %}{% endtablerow %}",
        "{% increment a %}",
        "{% cycle 'a', 'b' %}",
        "{{ 'a' | times: 9999999999 }}",
        "{{ '%d' | date: '%99999d' }}",
        "a\0b",
    ],
)
def test_commands_beyond_conditions_are_refused(text: str) -> None:
    with pytest.raises(BadTemplate):
        compile_letter("", text)


@pytest.mark.parametrize("value", [["a"], {"a": 1}, object(), 1.5, b"x"])
def test_only_plain_data_reaches_a_letter(value: object) -> None:
    with pytest.raises(BadTemplate):
        render_sms(compile_letter("", "{{ client.first_name }}"), {"client.first_name": value})  # type: ignore[dict-item]


@pytest.mark.parametrize("value", [None, "", "  ", "\n"])
def test_an_empty_value_takes_the_fall_back_and_fails_the_condition(value: str | None) -> None:
    letter = compile_letter("", "{{ client.first_name | default: 'друзья' }}{% if client.first_name %}!{% endif %}")
    assert render_sms(letter, {"client.first_name": value}) == "друзья"
    assert render_sms(letter, {}) == "друзья"


HOSTILE_TEMPLATES = {
    "nested ifs": "{% if client.first_name %}" * 300,
    "long condition": "{% if client.first_name" + " or client.first_name" * 340 + " %}x{% endif %}",
    "long comparison": "{% if 1" + " == 1" * 1500 + " %}x{% endif %}",
    "many filters": "{{ client.first_name " + "| upcase " * 700 + "}}",
    "open brackets": "{{" * 3900,
    "open commands": "{%" * 3900,
    "huge range": "{{ (1..9999999999) }}",
    "huge number": "{{ " + "9" * 7900 + " }}",
    "markdown brackets": "[" * 7900,
    "markdown links": "[a](" * 1900,
    "markdown stars": "***a" * 1900,
    "markdown underscores": "_a*b" * 1900,
    "markdown list": "- x\n" * 1900,
    "markdown deep list": "\n".join(" " * depth + "- a" for depth in range(120)),
    "markdown quotation": ">" * 7900,
    "markdown images": "![" * 3900,
    "markdown references": "[a]: " * 1500,
    "html comments": "<!--" * 1900,
    "entities": "&" * 7900,
    "closed brackets": "{{}}" * 1900,
    "closed commands": "{%%}" * 1900,
    "quotation marks": "{{ " + "'" * 7000 + " }}",
    "mixed quotation marks": "{{ " + "'\"" * 3900 + " }}",
    "long path": "{{ a" + ".a" * 3900 + " }}",
    "nested path": "{{ " + "a[" * 2600 + "a" + "]" * 2600 + " }}",
    "round brackets": "{{ " + "(" * 7000 + " }}",
    "dashes": "{{" + "-" * 7000 + "}}",
    "spaces": "{{" + " " * 7000 + "}}",
    "conditions": "{% if client.first_name %}a{% endif %}" * 200,
    "open comments": "{% comment %}" * 600,
    "cases": "{% case client.first_name %}" + "{% when 'a' %}" * 500 + "{% endcase %}",
    "slots": "{{ client.first_name }}" * 340,
}


@pytest.mark.parametrize("name", HOSTILE_TEMPLATES)
def test_a_hostile_template_costs_at_most_a_few_honest_ones_of_its_length(name: str) -> None:
    def cost(body: str) -> float:
        start = time.thread_time()
        with contextlib.suppress(LetterError):
            render_email(compile_letter("", body), {"client.first_name": "я" * 100}, DIRECTOR, "ru")
        return time.thread_time() - start

    def least(body: str) -> float:
        # Trailing spaces make each try a text of its own, so that nothing is taken from a cache.
        return min(cost(body + " " * more) for more in range(3))

    honest = least("Слово **важно** и [ссылка](https://a.example).\n\n" * 160 + name)
    assert least(HOSTILE_TEMPLATES[name]) < 8 * honest


def test_texts_and_values_beyond_their_limits_are_refused() -> None:
    with pytest.raises(TooHeavy):
        compile_letter("", "a" * 8_001)
    with pytest.raises(TooHeavy):
        compile_letter("a" * 301, "")
    with pytest.raises(TooHeavy):
        mail("{{ client.first_name }}", client__first_name="a" * 10_001)
    with pytest.raises(TooHeavy):
        mail("{{ client.first_name }}" * 20, client__first_name="a" * 9_000)
