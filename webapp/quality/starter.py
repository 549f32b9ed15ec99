"""What a travel agency may measure, to begin with: indicators of the table, and topics of checks. Weights make 1."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.quality.table_rules import LESS, MORE, Indicator

_SAMPLES: tuple[tuple[Any, Any, str, str], ...] = (
    (_l("Minutes until a request is answered"), _l("minutes"), LESS, "0.15"),
    (_l("Days until the first selection of tours"), _l("days"), LESS, "0.10"),
    (_l("Average score in reviews"), _l("of 5"), MORE, "0.20"),
    (_l("Buyers who come back within a year"), "%", MORE, "0.20"),
    (_l("Contacts after the sale, from booking to return"), _l("contacts"), MORE, "0.10"),
    (_l("Complaints per 100 trips"), _l("complaints"), LESS, "0.15"),
    (_l("Hours open in a week"), _l("hours"), MORE, "0.05"),
    (_l("Advantages of the club card, first level"), "%", MORE, "0.05"),
)
_TOPICS = (_l("Knowledge of destinations"), _l("Talk with a client"), _l("Documents and bookings"),
           _l("Work with complaints"), _l("Safety abroad: what to do when"))


def sample_indicators() -> list[Indicator]:
    """The samples in the language of the page, without values."""
    return [Indicator(str(name), Decimal(weight), None, None, better, str(unit))
            for name, unit, better, weight in _SAMPLES]


def sample_topics() -> list[str]:
    """Topics to choose from before there are own ones."""
    return [str(topic) for topic in _TOPICS]
