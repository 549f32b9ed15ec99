"""Filling in letters: text and HTML say the same, frame and signature show what is known, SMS are counted."""

import re
from dataclasses import replace

import pytest
from letters.texts import DIRECTOR, Page, empty, mail, rich

from webapp.letters.placeholders import values_for
from webapp.letters.rendering import compile_letter, render_email, render_plain, render_script, render_sms
from webapp.letters.rules import missing_parts, required_missing, sms_parts, split_parts
from webapp.letters.signatures import Signature
from webapp.letters.starters import StarterLetter


def test_a_subject_is_one_line_without_control_characters() -> None:
    letter = mail("x", subject="Привет,\n {{ client.first_name }}", client__first_name="Анна\r\nBcc: a@b\x00\u2028c")
    assert letter.subject == "Привет, Анна Bcc: a@bc" or letter.subject == "Привет, Анна Bcc: a@b c"
    assert letter.subject.isprintable()


def test_the_plain_text_keeps_links_lists_and_quotations() -> None:
    letter = mail(
        "## Дальше\n\nОткройте [анкету]({{ links.survey }}).\n\n- раз\n- **два**\n\n1. первое\n2. второе\n\n"
        "> {{ review.text }}\n\n[{{ manager.email }}](mailto:{{ manager.email }})\n\n![Пляж](https://a.example/b.png)"
    )
    body = letter.text.split("Ирина Дёмина")[0]
    assert body == (
        "Дальше\n\nОткройте анкету (https://agency.example/s/Xy7_Kd2-q).\n\n– раз\n– два\n\n1. первое\n2. второе\n\n"
        "> Всё было.\n> Поедем ещё!\n\nkate@agency.example\n\n[Пляж]\n\n"
    )


def test_a_link_alone_in_its_paragraph_becomes_the_button() -> None:
    html = mail("[Ответить]({{ links.survey }})\n\nили [так]({{ links.survey }})").html
    assert html.count('class="go"') == 1
    assert re.search(r'class="go"[^>]*><tbody><tr><td [^>]*><a [^>]*>Ответить', html)


def test_new_lines_typed_by_the_author_and_in_values_stay_new_lines() -> None:
    letter = mail("раз\nдва {{ client.first_name }}", client__first_name="три\nчетыре")
    assert "раз<br>\nдва три<br>четыре" in letter.html
    assert letter.text.startswith("раз\nдва три\nчетыре\n")


def test_a_text_somebody_wrote_goes_as_it_stands_however_long() -> None:
    written = "Кому: А\nОт: Б\n \n1. Прошу *вернуть* <b>{{ client.first_name }}</b>\n\n\n# Конец " + "х" * 18_000
    made = render_plain("Тема\n {{ x }}", written, values_for(empty("ru")), DIRECTOR, "ru")
    assert made.subject == "Тема {{ x }}"
    assert made.text.startswith("Кому: А\nОт: Б\n\n1. Прошу *вернуть* <b>{{ client.first_name }}</b>\n\n# Конец х")
    assert "<br>От: Б</p>" in made.html and "*вернуть* &lt;b&gt;{{ client.first_name }}" in made.html
    assert "Ирина Дёмина" in made.html and "/u/" not in made.html, "signed, with no link to a choice of letters"


def test_two_clients_of_one_letter_never_see_each_other() -> None:
    first = mail("{{ client.first_name }}", client__first_name="Анна")
    second = mail("{{ client.first_name }}", client__first_name="Борис")
    assert "Анна" in first.html and "Анна" not in second.html + second.text
    assert "Борис" in second.html and "Борис" in second.text


def test_the_signature_shows_what_is_known_and_nothing_else() -> None:
    values = values_for(empty("ru"))
    letter = compile_letter("Тема", "Текст")
    full = render_email(letter, values, DIRECTOR, "ru")
    assert full.text == "Текст\n\nИрина Дёмина\nДиректор\n+7 495 123-45-67\ndirector@agency.example\n"
    links = [attrs["href"] for attrs in Page(full.html).all("a")]
    assert links == ["tel:+74951234567", "mailto:director@agency.example"]
    bare = render_email(letter, values, Signature(name="Анна <b>"), "ru")
    assert bare.text == "Текст\n\nАнна <b>\n"
    assert "Анна &lt;b&gt;" in bare.html and not Page(bare.html).all("a")
    none = render_email(letter, values, Signature(), "ru")
    assert none.text == "Текст\n" and 'class="signature"' not in none.html


def test_a_photo_in_the_signature_must_be_a_web_address() -> None:
    letter = compile_letter("", "x")
    photo = Signature(name="А", photo_url="https://a.example/p.jpg")
    bad = Signature(name="А", photo_url="javascript:x")
    assert Page(render_email(letter, {}, photo, "ru").html).all("img")[0]["src"] == "https://a.example/p.jpg"
    assert Page(render_email(letter, {}, bad, "ru").html).all("img")[0]["src"] == "#"


def test_a_service_letter_ends_with_the_office_and_a_marketing_one_says_how_to_stop() -> None:
    letter, values = compile_letter("Тема", "Текст"), values_for(rich("ru"))
    service = render_email(letter, values, DIRECTOR, "ru")
    assert service.text.endswith("Попутный ветер\nМосква, Тверская, 12\n+7 495 123-45-67\n")
    assert "Отписаться" not in service.html and "стоп" not in service.html
    url = "https://agency.example/u/abc"
    linked = render_email(letter, values, DIRECTOR, "ru", marketing=True, unsubscribe_url=url)
    assert url in [attrs["href"] for attrs in Page(linked.html).all("a")]
    assert linked.text.endswith(f"Отписаться: {url}\n")
    unlinked = render_email(letter, values, DIRECTOR, "en", marketing=True)
    assert "with the word “stop”" in unlinked.html and "with the word “stop”" in unlinked.text
    assert "Unsubscribe" not in unlinked.html


def test_the_frame_names_the_language_and_fits_small_and_dark_screens() -> None:
    html = mail("Текст").html
    assert '<html lang="ru"' in html and "prefers-color-scheme: dark" in html and "max-width: 480px" in html
    assert 'width="600"' in html and "max-width: 600px" in html
    assert "[[" not in html and "]]" not in html
    assert Page(html).all("p")[0]["style"]
    assert not re.search(r"https?://(?!agency\.example)", html)


def test_a_script_has_no_styles_and_no_frame() -> None:
    script = render_script(compile_letter("", "## Начало\n\n{{ client.greeting }}"), values_for(rich("ru")))
    assert script.html == "<h2>Начало</h2>\n<p>Александра Константиновна, здравствуйте!</p>\n"
    assert script.text == "Начало\n\nАлександра Константиновна, здравствуйте!"


@pytest.mark.parametrize(
    ("text", "units", "parts", "encoding"),
    [
        ("", 0, 0, "gsm7"),
        ("a" * 160, 160, 1, "gsm7"),
        ("a" * 161, 161, 2, "gsm7"),
        ("a" * 306, 306, 2, "gsm7"),
        ("a" * 307, 307, 3, "gsm7"),
        ("€" * 80, 160, 1, "gsm7"),
        ("[" + "a" * 159, 161, 2, "gsm7"),
        ("я" * 70, 70, 1, "ucs2"),
        ("я" * 71, 71, 2, "ucs2"),
        ("я" * 134, 134, 2, "ucs2"),
        ("я" * 135, 135, 3, "ucs2"),
        ("😀" * 35, 70, 1, "ucs2"),
        ("😀" * 36, 72, 2, "ucs2"),
        ("`", 1, 1, "ucs2"),
        ("ñ@_\n", 4, 1, "gsm7"),
    ],
)
def test_sms_parts_are_counted_as_operators_bill_them(text: str, units: int, parts: int, encoding: str) -> None:
    assert sms_parts(text) == (units, parts, encoding)


def test_an_sms_has_no_double_spaces_or_blank_lines() -> None:
    letter = compile_letter("", "Привет{{ trip.operator }}  мир\n\n{% if client.first_name %}\nАнна\n{% endif %}\n")
    assert render_sms(letter, {"client.first_name": "Анна"}) == "Привет мир\nАнна"


def test_a_letter_without_a_required_value_names_what_is_missing() -> None:
    letter = StarterLetter("x", "", "", "email", "marketing", "agency", "", "", ("review.text", "client.first_name"))
    assert required_missing(letter, {"client.first_name": "Анна"}) == ("review.text",)
    assert required_missing(letter, {"client.first_name": " ", "review.text": "Да"}) == ("client.first_name",)
    assert required_missing(letter, {"client.first_name": "Анна", "review.text": "Да"}) == ()


def test_an_absent_or_empty_part_of_the_welcome_letter_is_named() -> None:
    whole = "=== greeting ===\nа\n=== expect ===\nб\n\nв\n=== more ===\nг"
    assert split_parts(whole) == {"greeting": "а", "expect": "б\n\nв", "more": "г"}
    assert missing_parts(whole) == ()
    assert missing_parts("=== greeting ===\nа\n=== more ===\n \n") == ("expect", "more")
    assert missing_parts("просто текст") == ("greeting", "expect", "more")
    assert mail(whole).text.startswith("а\n\nб\n\nв\n\nг\n")


def test_a_phone_kept_as_digits_is_printed_in_groups() -> None:
    context = rich("ru")
    known = replace(context, office=replace(context.office, phone="+79000000101"), manager=None)
    letter = compile_letter("", "Звоните: {{ офис.телефон }}")
    assert render_sms(letter, values_for(known)) == "Звоните: +7 900 000-01-01"
