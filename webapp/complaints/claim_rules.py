"""Pure: what has become of a claim that went by e-mail, and which lines of its text still wait for a hand."""

import re

from webapp.post.rules import REACHED, WAITING

WAITS, UNSURE, LEFT, LOST = "waits", "unsure", "left", "lost"
"""On its way; not known whether it arrived, which a person says in the outbox; gone; it did not get there."""
MAILED = "mailto:"
"""How a claim was sent begins with this where it went from here by e-mail; the address follows."""
CALLED_BACK = "called-back"
BLANK = "____________________"
SIGNATURE = "signature"
LABELS = {"operator": "Туроператору:", "address": "Адрес:", "reach": "Телефон, e-mail:",
          "contract": "туристского продукта №", "place": "туристский продукт:",
          "booking": "номер бронирования (договора):", "demand": "прошу:", SIGNATURE: "Подпись:"}
"""Words before each gap that the text of a claim is made with, by what is to be written there."""
_GAP = re.compile("_{3,}")
_EDGES = " :,/№"
_SHORT, _LONGEST = 3, 60


def fate_of(state: str) -> str:
    """What the state of its letter means for a claim."""
    if state in WAITING or state == "held":
        return WAITS
    return UNSURE if state == "unknown" else LEFT if state in REACHED else LOST


def gaps_in(text: str) -> list[str]:
    """What is still to be written by hand, each once: a code of LABELS, or the words before the gap where somebody has
    changed the text; "" where there are none."""
    found, above = [], ""
    for line in text.splitlines():
        pieces = _GAP.split(line)[:-1]
        for number, piece in enumerate(pieces):
            # «№ ____ от ____» is one thing.
            if number == 0 or len(_bare(piece)) > _SHORT:
                found.append(_name(piece if _bare(piece) else above))
        above = line if line.strip() else above
    return list(dict.fromkeys(found))


def blanks_in(text: str) -> list[str]:
    """The same for a claim that goes by e-mail, which nobody signs by hand."""
    return [gap for gap in gaps_in(text) if gap != SIGNATURE]


def _name(words: str) -> str:
    for code, label in LABELS.items():
        if label in words:
            return code
    said = words.rpartition(". ")[2].strip(_EDGES)
    if len(said) > _LONGEST:
        said = "…" + said[-_LONGEST:].partition(" ")[2]
    return said


def _bare(words: str) -> str:
    return words.strip(_EDGES + ".")


def with_operator(text: str, operator: str) -> str:
    """The text with its addressee, where that was a gap when it was made."""
    return text.replace(f"{LABELS['operator']} {BLANK}", f"{LABELS['operator']} {operator}", 1)
