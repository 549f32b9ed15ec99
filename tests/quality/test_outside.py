"""What quality shows of complaints, the proof that tables add up, and control of a period."""

from datetime import date, timedelta

import complaint_make
import make
import pytest
import survey_make
from quality.quality_make import TODAY, assessed, promised, table

from webapp.db import db, transaction
from webapp.kit import clock
from webapp.kit.days import zone
from webapp.quality.actions.improving import close
from webapp.quality.integrity import faults
from webapp.quality.outside import between
from webapp.quality.period_views import span_of
from webapp.staff.audit import actor_of

MOSCOW = zone("Europe/Moscow")


@pytest.fixture
def boris(monkeypatch, browse, cast, now):
    monkeypatch.setattr(clock, "now", lambda: now)
    return browse(cast.boris)


def complain(cast, now, number, *, draft=False, office=None):
    who = make.client(office or cast.main, last=f"Клиент{number}", phone=f"+7916000030{number}", email=None, now=now)
    return complaint_make.complaint(who, now=now, draft=draft)


def test_without_complaints_there_is_nothing_to_show(boris, cast, now) -> None:
    assert between([cast.main.id], TODAY, TODAY, MOSCOW).complaints is None
    assessed(cast, now)
    assert "Что говорят клиенты" not in boris.get("/quality").text
    assert boris.get("/quality/period").status == 200


def test_causes_and_measures_of_complaints_come_in(boris, cast, now) -> None:
    irina = actor_of(cast.irina)
    complaint_make.bring_to(complain(cast, now, 1), "analysed", irina, now)
    complaint_make.bring_to(complain(cast, now, 2), "investigated", irina, now)
    complain(cast, now, 3)
    complain(cast, now, 4, draft=True)
    complain(cast, now, 5, office=cast.east)
    complain(cast, now - timedelta(days=200), 6)
    found = between([cast.main.id], TODAY - timedelta(days=30), TODAY, MOSCOW).complaints
    assert (found.received, found.closed, found.justified, found.judged) == (3, 0, 2, 2)
    assert [number for _cause, number in found.causes] == [1] and found.measures == ["Спрашивать отель о ремонте."]
    assessed(cast, now)
    for url in ("/quality", "/quality/period"):
        page = boris.get(url)
        assert "Причины жалоб" in page.text and found.causes[0][0] in page.text
    assert "Спрашивать отель о ремонте." in boris.get("/quality/period").text


def test_a_day_belongs_to_the_zone_of_the_office(cast, now) -> None:
    late = now.replace(day=19, hour=21, minute=30)
    complain(cast, late, 1)
    assert between([cast.main.id], TODAY, TODAY, MOSCOW).complaints.received == 1
    assert between([cast.main.id], date(2026, 11, 19), date(2026, 11, 19), MOSCOW).complaints is None


@pytest.mark.parametrize("span, first, last", [
    ("month", date(2026, 3, 1), date(2026, 3, 31)), ("last", date(2026, 2, 1), date(2026, 2, 28)),
    ("quarter", date(2026, 1, 1), date(2026, 3, 31)), ("year", date(2025, 4, 1), date(2026, 3, 31))])
def test_periods_end_where_they_should(span, first, last) -> None:
    assert span_of(span, date(2026, 3, 31)) == (first, last)


def test_what_was_improved_stands_in_its_period_only(boris, cast, now) -> None:
    row = promised(cast, assessed(cast, now), now)
    close(row.id, result="Отвечаем за 12 минут", actor=actor_of(cast.olga), now=now)
    assert "Отвечаем за 12 минут" in boris.get("/quality/period?span=month").text
    assert "Отвечаем за 12 минут" not in boris.get("/quality/period?span=last").text
    assert boris.get("/quality/period?span=age").status == 200


def test_a_table_that_does_not_add_up_is_found(cast, now) -> None:
    row = assessed(cast, now, lines=table())
    assert not list(faults())
    forged = db.metadata.tables["quality_line"]
    assert forged.info["append_only"]
    with transaction() as session:
        session.execute(forged.insert().values(assessment_id=row.id, position=9, name="x", name_key="x", unit="", better="more",
                                               weight=10, theirs=1, ours=1))
    db.session.expire_all()
    found = list(faults())
    assert len(found) == 2 and "10010 of 10000" in found[0] and "sum of its lines" in found[1]


def test_scores_of_surveys_come_in(boris, cast, now) -> None:
    trips = [survey_make.home(cast, now, number=number) for number in (1, 2, 3)]
    for trip, score in zip(trips, (10, 3, 8), strict=True):
        survey_make.reply(trip, score, now=now)
    survey_make.asked(trips[0], now)
    found = between([cast.main.id], TODAY - timedelta(days=30), TODAY, MOSCOW).surveys
    assert (found.asked, found.answered, found.score, found.low, found.high) == (1, 1, 70, 1, 1)
    assert between([cast.east.id], TODAY - timedelta(days=30), TODAY, MOSCOW).surveys is None
    assessed(cast, now)
    for url in ("/quality", "/quality/period"):
        page = boris.get(url)
        assert page.status == 200 and "7,0" in page.text and page.root.all("a", href="/surveys")
