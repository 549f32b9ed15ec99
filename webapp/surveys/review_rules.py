"""What may become of a review and how it is signed (`domain.md` §4.10): pure."""

from webapp.surveys.rules import BY_NAME

NEW, SHOWN, HIDDEN, WITHDRAWN = "new", "shown", "hidden", "withdrawn"
STATES = (NEW, SHOWN, HIDDEN, WITHDRAWN)
ABUSE, PERSONAL, STRANGER, REPEAT, ADVERT = "abuse", "personal", "stranger", "repeat", "advert"
REASONS = (ABUSE, PERSONAL, STRANGER, REPEAT, ADVERT)
"""The only reasons for which a review is hidden. That it is bad for us is none."""
WAYS = {NEW: (SHOWN, HIDDEN, WITHDRAWN), SHOWN: (NEW, HIDDEN, WITHDRAWN), HIDDEN: (NEW, SHOWN, WITHDRAWN),
        WITHDRAWN: (NEW,)}
"""From a state to others; NEW again is what the client changed, or showed again after taking it back."""
BY_CLIENT = frozenset({NEW, WITHDRAWN})
LEAST, LONGEST, LONGEST_ANSWER = 3, 3000, 2000


def may_become(state: str, other: str) -> bool:
    """Whether a review in `state` may become `other`."""
    return other in WAYS.get(state, ())


def signed(first: str, last: str, sign: str) -> str:
    """«Анна И.»: never more than this; "" for somebody who stays without a name."""
    if sign != BY_NAME or not first.strip():
        return ""
    initial = last.strip()[:1].upper()
    return f"{first.strip()} {initial}." if initial else first.strip()
