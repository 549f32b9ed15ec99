"""Days of a plan in words: «за 3 дня до вылета», «в день сгорания», in the cases each sentence takes."""

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.touches.shipped import Anchor, anchor_named
from webapp.web.i18n import page_language


def day_of_step(anchor: str, days: int) -> str:
    """«за 3 дня до вылета», «в день покупки»; dates of other kinds as their plan calls them."""
    if anchor == "departure":
        if days == 0:
            return _("on the day of departure")
        return (ngettext("%(num)d day before departure", "%(num)d days before departure", -days) if days < 0 else
                ngettext("%(num)d day after departure", "%(num)d days after departure", days))
    if anchor == "return":
        if days == 0:
            return _("on the day of return")
        return (ngettext("%(num)d day before return", "%(num)d days before return", -days) if days < 0 else
                ngettext("%(num)d day after return", "%(num)d days after return", days))
    if anchor != "purchase":
        return _of_other(anchor_named(anchor) or Anchor(anchor, anchor, anchor, anchor), days)
    if days == 0:
        return _("on the day of purchase")
    return ngettext("%(num)d day after purchase", "%(num)d days after purchase", days)


def date_itself(anchor: Anchor) -> str:
    """«день сгорания», «день покупки»."""
    if page_language() == "en":
        return anchor.en if anchor.en.startswith("the ") else f"the day of {anchor.en}"
    return anchor.ru if anchor.ru.startswith("день") else f"день {anchor.genitive}"


def of_date(anchor: Anchor) -> str:
    """The same behind «до» and «после»: «дня сгорания»."""
    return anchor.en if page_language() == "en" else anchor.genitive


def label_of(anchor: Anchor) -> str:
    """The date as a field is called: «День сгорания»."""
    name = anchor.en.removeprefix("the ") if page_language() == "en" else anchor.ru
    return name[:1].upper() + name[1:]


def _of_other(anchor: Anchor, days: int) -> str:
    if days == 0:
        return _("on %(date)s", date=date_itself(anchor))
    named = of_date(anchor)
    return (ngettext("%(num)d day before %(date)s", "%(num)d days before %(date)s", -days, date=named) if days < 0 else
            ngettext("%(num)d day after %(date)s", "%(num)d days after %(date)s", days, date=named))
