"""E-mail addresses are recognised without the network, and likely mistakes are pointed out."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.kit import emails


@pytest.mark.parametrize(("typed", "address"), [
    ("l.ivanova@example.ru", "l.ivanova@example.ru"), (" A.PETROV@EXAMPLE.RU ", "a.petrov@example.ru"),
    ("mailto:a@example.ru", "a@example.ru"), ("a@example.com.", "a@example.com"), ("иван@почта.рф", "иван@почта.рф"),
    ("o'neil+tours@example.org", "o'neil+tours@example.org"), ("a\u200b@example.ru", "a@example.ru"),
])
def test_a_valid_address_is_brought_to_its_normal_form(typed: str, address: str) -> None:
    assert emails.normalise(typed) == address


@pytest.mark.parametrize("typed", [
    "", "нет", "p.kalinina230@mail", "z.ivanova850mail.example.ru", "a..b@example.ru", "a@exаmple.ru", "a b@example.ru",
    "a@b@example.ru", "a@example.ru\nBcc: x@example.ru", "z.kazakova70 example.com", "a@localhost", "a@shop.local",
    "a@1.2.3.4"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    assert emails.normalise(typed) is None


def test_all_addresses_of_a_cell_are_found_once_and_the_rest_is_named() -> None:
    found = emails.find("Анна <A@example.ru>, a@example.ru; b@example.org / bad@mail")
    assert [e.address for e in found.emails] == ["a@example.ru", "b@example.org"]
    assert found.bad == ("bad@mail",)
    assert emails.find("нет").bad == ("нет",)
    assert emails.find(" - ") == emails.Found((), ())


@pytest.mark.parametrize(("typed", "meant"), [
    ("a@gmial.com", "a@gmail.com"), ("a@mail.ry", "a@mail.ru"), ("A@YANDEX.RY", "a@yandex.ru"),
    ("a@mail.exаmple.ru", "a@mail.example.ru"), ("a@mail.ru", None), ("a@example.ru", None), ("нет", None),
    ("a@mail.r", "a@mail.ru")])
def test_typing_mistakes_are_suggested(typed: str, meant: str | None) -> None:
    assert emails.suggestion(typed) == meant


PIECES = st.text("abz019._+-", min_size=1, max_size=12)
ENDINGS = st.sampled_from(["ru", "com", "test", "local", "рф", "c", "r1", "invalid"])


@settings(max_examples=800, deadline=None)
@given(PIECES, PIECES, ENDINGS)
def test_the_quick_rule_agrees_with_the_library(name: str, domain: str, ending: str) -> None:
    address = f"{name}@{domain}.{ending}"
    try:
        expected = validate_email(address, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        expected = None
    if address == address.strip(".-"):
        assert emails.normalise(address) == expected
