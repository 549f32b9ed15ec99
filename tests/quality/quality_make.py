"""Rows of quality for tests: a table, assessments, promises."""

from datetime import date
from decimal import Decimal as D

from webapp.kit.text import match_key
from webapp.quality.actions.assessing import assess
from webapp.quality.actions.improving import Measure, plan
from webapp.quality.table_rules import LESS, Indicator
from webapp.staff.audit import actor_of

TODAY = date(2026, 11, 20)
RIVAL = "Тур-Плюс"


def table(reviews="5.0", minutes="40"):
    """The example of tests/quality/test_table_rules.py: by hand it makes 1.0375."""
    return [Indicator("Оценка в отзывах", D("0.30"), D("4.0"), D(reviews)),
            Indicator("Минут до ответа", D("0.25"), D(30), D(minutes), LESS, "мин"),
            Indicator("Повторные покупатели", D("0.20"), D(24), D(18), unit="%"),
            Indicator("Жалоб на 100 поездок", D("0.15"), D(3), D(2), LESS),
            Indicator("Часов работы в неделю", D("0.10"), D(54), D(54))]


def assessed(cast, now, *, day=TODAY, lines=None, rival=RIVAL, office=None, who=None):
    """An assessment written down by the director."""
    return assess(office or cast.main, rival, day, lines or table(), actor=actor_of(who or cast.boris), today=max(TODAY, day), now=now)


def promised(cast, row, now, *, what="Ввести дежурного по заявкам", who=None, due=TODAY):
    """Something is done about the minutes."""
    measure = Measure(match_key("Минут до ответа"), what, (who or cast.olga).id, due)
    return plan(row, measure, actor=actor_of(cast.boris), today=TODAY, now=now)


def form_of(lines, **more):
    """An assessment as the form sends it."""
    data = {"rows": str(len(lines)), "do": "save", "competitor": RIVAL, "day": "20.11.2026", "form_key": "key-1"}
    for place, one in enumerate(lines):
        values = {"name": one.name, "unit": one.unit, "better": one.better, "weight": one.weight, "theirs": one.theirs,
                  "ours": one.ours}
        data |= {f"{name}_{place}": "" if value is None else str(value).replace(".", ",") for name, value in values.items()}
    return {**data, **more}
