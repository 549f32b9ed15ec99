"""Holes in the texts of procedures: «в течение {{ срок.решение }}» says the days that stand in the forms. Pure.

Days written by hand would go on promising what is no longer counted.
"""

import re

from webapp.complaints.clock_rules import Terms

_HOLE = re.compile(r"\{\{\s*([\w.]*)\s*\}\}")
HOLES: dict[str, tuple[str, bool]] = {
    "срок.решение": ("decide_days", True), "term.decision": ("decide_days", True),
    "срок.закон": ("legal_days", False), "term.law": ("legal_days", False),
    "срок.претензия": ("file_days", False), "term.claim": ("file_days", False),
    "срок.туроператор": ("operator_days", False), "term.operator": ("operator_days", False)}
"""What may stand in a text: the number of `Terms` it shows, and whether its days are working days."""


def fill_days(text: str, terms: Terms, language: str) -> str:
    """The text with its days; a hole of another name stays as it is."""
    def said(match: re.Match[str]) -> str:
        known = HOLES.get(match[1])
        return _days(int(getattr(terms, known[0])), known[1], language) if known else match[0]
    return _HOLE.sub(said, text)


def unknown_holes(text: str) -> list[str]:
    """Names in double braces that mean nothing here, and braces that are never closed."""
    strange = [match[0] for match in _HOLE.finditer(text) if match[1] not in HOLES]
    rest = _HOLE.sub("", text)
    return strange + ([rest[rest.index("{{"):][:30]] if "{{" in rest else [])


def _days(number: int, is_working: bool, language: str) -> str:
    """«5 рабочих дней», as after «в течение»; "5 working days"."""
    if language == "en":
        return f"{number} {'working ' if is_working else ''}{'day' if number == 1 else 'days'}"
    one = number % 10 == 1 and number % 100 != 11
    return f"{number} {('рабочего ' if one else 'рабочих ') if is_working else ''}{'дня' if one else 'дней'}"
