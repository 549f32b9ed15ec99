"""What people type is cleaned before anything looks at it."""

import pytest

from webapp.web.forms import one_line, strip


@pytest.mark.parametrize("typed, kept", [
    ("  Мария  ", "Мария"), ("Мария\u202e42:21", "Мария42:21"), ("\u2067Анна\u2069", "Анна"), ("a\x00b\x07", "ab"),
    ("две\nстроки", "две\nстроки"), ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"), ("", ""), (None, None), (7, 7)])
def test_unseen_signs_go_and_words_stay(typed, kept) -> None:
    assert strip(typed) == kept


def test_a_field_of_one_line_holds_one() -> None:
    assert one_line("Мария\r\nBcc: x") == "Мария Bcc: x" and one_line(None) is None
