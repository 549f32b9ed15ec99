"""How money for SMS is spoken of: prices, the month, the state of its budget."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.kit import money
from webapp.post.budget_rules import Budget, Spent
from webapp.post.month_words import month_name
from webapp.post.spending import Purse, sms_price

_WHOLE_FROM = 10_00


def about(kopecks: int) -> str:
    """«около 7 ₽»; from ten roubles on nobody needs kopecks of a guess."""
    shown = round(kopecks, -2) if kopecks >= _WHOLE_FROM else kopecks
    return _("about %(sum)s", sum=money.display(shown))


def size_of(parts: int, price: int | None = None) -> str:
    """«2 SMS · около 7 ₽», or without the price where none is known; lists give it (kopecks), once for all rows."""
    price = sms_price() if price is None else price
    cost = about(parts * price) if price and parts else ""
    return " · ".join(filter(None, [ngettext("%(num)d SMS", "%(num)d SMS", parts), cost]))


def billed(row: Any, price: int) -> str:
    """The same of a message: what it was counted with, else about what it will be."""
    parts = max(row.parts, 1)
    if not row.cost:
        return size_of(parts, price)
    return f"{ngettext('%(num)d SMS', '%(num)d SMS', parts)} · {money.display(row.cost)}"


def amount(kopecks: int | None, parts: int | None) -> str:
    """«1 200 ₽», «300 SMS» or both."""
    said = [money.display(kopecks) if kopecks is not None else "",
            ngettext("%(num)d SMS", "%(num)d SMS", parts) if parts is not None else ""]
    return " · ".join(filter(None, said))


def spent_words(purse: Purse) -> str:
    """«Ушло 312 SMS на 1 540 ₽ из 3 000 ₽»."""
    gone: Spent = purse.spent
    words = ngettext("%(num)d SMS", "%(num)d SMS", gone.parts)
    if gone.kopecks:
        words = f"{words} · {money.display(gone.kopecks)}"
    limit: Budget = purse.budget
    if not limit.is_set:
        return words
    return _("%(spent)s of %(budget)s", spent=words, budget=amount(limit.kopecks, limit.parts))


def state_words(purse: Purse) -> str:
    """What follows from it for SMS; "" while there is room."""
    month = month_name(purse.month)
    return {
        "near": _("%(num)d %% of the SMS budget for %(month)s are used up.", num=purse.percent, month=month),
        "full": _("The SMS budget for %(month)s is used up.", month=month),
        "closed": _("The SMS budget for %(month)s is used up, and so is what was left for trips.", month=month),
    }.get(purse.level, "")
