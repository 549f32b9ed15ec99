"""Numbers are written as the reader writes them: one formatter for all rooms."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask_babel import force_locale

from webapp.kit import clock
from webapp.web.i18n import day_short, number, percent, rub, tenths


@pytest.mark.parametrize(("language", "said"), [
    ("ru", ["1\u00a0250,5", "27,0", "8,6", "3\u00a0%", "1,5\u00a0%", "–", "10,50\u00a0₽"]),
    ("en", ["1,250.5", "27.0", "8.6", "3%", "1.5%", "–", "10.50\u00a0₽"])])
def test_comma_or_point_follows_the_reader(app, language, said):
    with app.test_request_context(), force_locale(language):
        assert [number(Decimal("1250.5")), number(Decimal(27), 1), tenths(86), percent(3), percent(Decimal("1.5")),
                percent(None), rub(1050)] == said


@pytest.mark.parametrize(("language", "said"), [("ru", ["03.11", "03.11.2027"]), ("en", ["3 Nov", "3 Nov 2027"])])
def test_a_day_of_another_year_says_which(app, monkeypatch, language, said):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 9, tzinfo=UTC))
    with app.test_request_context(), force_locale(language):
        assert [day_short(date(2026, 11, 3)), day_short(date(2027, 11, 3))] == said
