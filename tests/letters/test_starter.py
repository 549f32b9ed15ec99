"""The shipped texts: complete in both languages and fit to be sent to clients of whom much or nothing is known."""

import re

import pytest
from letters.texts import DIRECTOR, empty, rich

from webapp.letters.placeholders import LetterContext, values_for
from webapp.letters.rendering import compile_letter, render_email, render_script, render_sms
from webapp.letters.rules import PARTS, missing_parts, required_missing, sms_parts
from webapp.letters.starters import LANGUAGES, StarterLetter, load_starter, parse_letter
from webapp.touches.starter import NAMES

CODES = {
    "thank_you", "thank_you.repeat", "packing", "challenge", "fly_tomorrow", "bon_voyage", "settled_in",
    "welcome_back_sms", "welcome_home", "loyalty", "testimonial", "tell_friends", "year_ago", "handover",
    "service_call", "call_back", "visit", "fly_tomorrow_call", "missed_you",
    "consent_request", "consent_request_sms",
    "refusal_wish", "refusal_ask",
    "level_up", "level_down",
    "friend_call", "friend_came", "friend_welcome", "gift_ready",
    "complaint_received", "complaint_procedure", "complaint_decision", "complaint_reply", "complaint_ask",
    "complaint_news_sms", "complaint_decision_last", "complaint_ask_last",
    "balance_code", "balance_link", "balance_link_sms", "card_welcome", "card_welcome_sms", "points_for_trip",
    "points_given",
    "burn_warning", "burn_warning_sms", "burn_call", "survey_reminder",
}  # fmt: skip
COMPLAINTS = {"complaint_received", "complaint_procedure", "complaint_decision", "complaint_reply", "complaint_ask",
              "complaint_news_sms", "complaint_decision_last", "complaint_ask_last"}
LINKED = {*COMPLAINTS, "balance_link", "balance_link_sms", "card_welcome_sms", "survey_reminder"}
MARKETING = {"challenge", "loyalty", "testimonial", "tell_friends", "year_ago"}
SKIPPED_WITHOUT = {*COMPLAINTS, "testimonial", "year_ago", "handover",
                   "consent_request", "consent_request_sms", "friend_came",
                   "friend_welcome", "gift_ready", "level_up", "level_down", "balance_code", "balance_link",
                   "balance_link_sms", "card_welcome", "card_welcome_sms", "points_for_trip", "points_given", "burn_warning",
                   "burn_warning_sms", "survey_reminder"}
"""Texts that say nothing without the value they are about, and so are not sent."""
ALL = [(lang, key) for lang in LANGUAGES for key in sorted(CODES)]
CLIENTS = {
    "rich": rich,
    "rich without links": lambda lang: rich(lang, links=False),
    "flying at night": lambda lang: rich(lang, night=True),
    "empty": empty,
}


def texts_of(letter: StarterLetter, context: LetterContext) -> list[str]:
    compiled = compile_letter(letter.subject, letter.body)
    values = values_for(context, compiled.names | {"agency.name", "office.address", "office.phone"})
    if letter.channel == "sms":
        return [render_sms(compiled, values)]
    if letter.channel == "script":
        script = render_script(compiled, values)
        return [script.text, _visible(script.html)]
    marketing = letter.klass == "marketing"
    mail = render_email(compiled, values, DIRECTOR, context.lang, marketing=marketing)
    assert mail.subject and len(mail.subject) <= 80
    return [mail.subject, mail.text, _visible(mail.html)]


def _visible(html: str) -> str:
    without_head = re.sub(r"(?s)<head>.*?</head>", "", html)
    return re.sub(r"[ \t]*\n\s*", "\n", re.sub(r"<[^>]+>", "", without_head))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_set_is_complete_in_both_languages(lang: str) -> None:
    assert set(load_starter(lang)) == CODES


@pytest.mark.parametrize("code", sorted(NAMES))
def test_a_text_is_called_what_the_plan_calls_its_step(code: str) -> None:
    bent = {"challenge": "Фотоконкурс", "loyalty": "Бонусная программа", "testimonial": "Отзыв другого туриста",
            "welcome_home": "С возвращением, с опросом"}
    russian = re.sub(r"^(?:Письмо|SMS) «(.*)»$", r"\1", NAMES[code].ru)
    assert load_starter("en")[code].name == NAMES[code].en
    assert load_starter("ru")[code].name == bent.get(code, russian)


@pytest.mark.parametrize("key", sorted(CODES))
def test_both_languages_agree_on_everything_but_words(key: str) -> None:
    russian, english = load_starter("ru")[key], load_starter("en")[key]
    for field in ("code", "variant", "channel", "klass", "signature", "requires"):
        assert getattr(russian, field) == getattr(english, field)
    names = [compile_letter(letter.subject, letter.body).names for letter in (russian, english)]
    assert names[0] - names[1] <= {"agency.name"} and names[1] - names[0] <= {"agency.name"}


@pytest.mark.parametrize(("lang", "key"), ALL)
def test_classes_and_languages_are_right(lang: str, key: str) -> None:
    letter = load_starter(lang)[key]
    assert letter.klass == ("marketing" if key in MARKETING else "service")
    assert bool(letter.subject) == (letter.channel == "email")
    cyrillic = len(re.findall("[а-яё]", re.sub(r"\{[{%].*?[%}]\}", "", letter.name + letter.body), re.IGNORECASE))
    assert cyrillic > 30 if lang == "ru" else cyrillic == 0


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(("lang", "key"), ALL)
def test_a_text_reads_well_whatever_is_known(lang: str, key: str, client: str) -> None:
    letter, context = load_starter(lang)[key], CLIENTS[client](lang)
    if required_missing(letter, values_for(context)):
        assert key in SKIPPED_WITHOUT
        return
    for text in texts_of(letter, context):
        assert text.strip()
        for wrong in (
            "{",
            "}",
            "  ",
            "zq",
            " ,",
            " .",
            " !",
            " ?",
            ",,",
            "..",
            "::",
            ": .",
            "()",
            "None",
            "[]",
            "**",
            "!!",
        ):
            assert wrong not in text, (wrong, text)
        assert not re.search(r"(?m)^[,.!:;]", text), text
        assert not re.search(r"(?m)[,;(«]$", re.sub(r"(?m)^Hello.*,$", "", text)), text
        assert not re.search(r"(?m)[.!?] [a-zа-яё]", text.replace("… ", "")), text


@pytest.mark.parametrize(("lang", "key"), ALL)
def test_the_client_is_addressed_by_a_small_you_and_without_a_gender(lang: str, key: str) -> None:
    letter = load_starter(lang)[key]
    text = "\n".join(texts_of(letter, rich(lang)))
    assert not re.search(r"[а-яё,;:—–\d)] В(?:ы|ас|ам|ами|аш\w*)\b", text)
    assert not re.search(r"(?i)уважаем(ый|ая)|дорог(ой|ая)|\bdear (sir|madam)|instagram|инстаграм", text)
    assert letter.body.count("!") <= 3


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sms_fits_into_two_parts(lang: str, client: str) -> None:
    for letter in load_starter(lang).values():
        if letter.channel == "sms":
            text = texts_of(letter, CLIENTS[client](lang))[0]
            assert sms_parts(text).parts <= 2, text


@pytest.mark.parametrize("key", ["thank_you", "thank_you.repeat"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_welcome_letter_has_its_three_parts(lang: str, key: str) -> None:
    letter = load_starter(lang)[key]
    assert tuple(letter.parts) == PARTS
    assert missing_parts(letter.body) == ()
    for text in texts_of(letter, rich(lang)):
        assert "===" not in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_reminder_names_the_time_and_says_tonight_for_a_night_flight(lang: str) -> None:
    letter = load_starter(lang)["fly_tomorrow"]
    day, night = (texts_of(letter, rich(lang, night=late))[0] for late in (False, True))
    assert "23:40" in day and ("Завтра" in day or "tomorrow" in day)
    assert "02:10" in night and ("Сегодня ночью" in night or "tonight" in night)
    assert "Завтра" not in night and "tomorrow" not in night


@pytest.mark.parametrize("lang", LANGUAGES)
def test_before_reviews_exist_only_the_testimonial_and_unknown_trips_are_skipped(lang: str) -> None:
    from_nothing = values_for(empty(lang))
    skipped = {key for key, letter in load_starter(lang).items() if required_missing(letter, from_nothing)}
    assert skipped == SKIPPED_WITHOUT
    known = {**values_for(rich(lang, links=False)), "review.text": None, "links.consent": "https://agency.example/c/1"}
    assert {key for key, letter in load_starter(lang).items() if required_missing(letter, known)} == {
        "testimonial"} | LINKED


@pytest.mark.parametrize(
    ("key", "link"),
    [("challenge", "photos"), ("welcome_home", "survey"), ("loyalty", "balance"), ("tell_friends", "invite")],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_link_is_offered_when_it_exists_and_an_answer_invited_when_not(lang: str, key: str, link: str) -> None:
    letter = load_starter(lang)[key]
    address = f"https://agency.example/{link[0]}/Xy7_Kd2-q"
    assert address in texts_of(letter, rich(lang))[1]
    without = texts_of(letter, rich(lang, links=False))[1]
    assert "https://" not in without
    assert re.search(r"(?i)ответ|reply", without)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "текст",
        "---\ncode: x\n---\nтекст",
        "---\nodd: x\n---\nт",
        "---\nno colon\n---\nт",
        "---\ncode: x\nchannel: pigeon\nclass: service\nsignature: agency\n---\nт",
    ],
)
def test_a_text_with_an_odd_head_is_refused(source: str) -> None:
    with pytest.raises(ValueError):
        parse_letter(source)


def test_a_language_without_texts_is_refused() -> None:
    with pytest.raises(ValueError):
        load_starter("../ru")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_letters_to_people_who_bought_elsewhere_come_from_quality_and_name_no_manager(lang: str) -> None:
    letters = [letter for key, letter in load_starter(lang).items() if key.startswith("refusal")]
    assert len(letters) == 2
    for letter in letters:
        assert (letter.signature, letter.klass) == ("quality", "service")
        names = compile_letter(letter.subject, letter.body).names
        assert not [name for name in names if name.startswith("manager.")]
        assert "Ольга Климова" not in "".join(texts_of(letter, rich("ru")))
