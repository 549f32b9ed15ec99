"""Pure: what has become of a claim that went by e-mail, and which lines of its text still wait for a hand."""

from webapp.post.rules import REACHED, WAITING

WAITS, UNSURE, LEFT, LOST = "waits", "unsure", "left", "lost"
"""On its way; not known whether it arrived, which a person says in the outbox; gone; it did not get there."""
MAILED = "mailto:"
"""How a claim was sent begins with this where it went from here by e-mail; the address follows."""
CALLED_BACK = "called-back"
BLANK = "____________________"
_GAP = "___"


def fate_of(state: str) -> str:
    """What the state of its letter means for a claim."""
    if state in WAITING or state == "held":
        return WAITS
    return UNSURE if state == "unknown" else LEFT if state in REACHED else LOST


def gaps_in(text: str) -> list[str]:
    """What stands before each line that is still to be filled in: «Адрес», «Подпись»."""
    found = [line.partition(_GAP)[0].strip(" :,/№") for line in text.splitlines() if _GAP in line]
    return [words.rpartition(". ")[2][-40:] or "…" for words in found]


def with_operator(text: str, operator: str) -> str:
    """The text with its addressee, where that was a gap when it was made."""
    return text.replace(f"Туроператору: {BLANK}", f"Туроператору: {operator}", 1)
