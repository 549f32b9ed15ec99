"""Analysis of complaints against an example counted by hand."""

from datetime import date, time, timedelta

import make
import pytest
from complaint_make import bring_to, cause, complaint, step

from webapp.complaints import step_rules as rules
from webapp.complaints.actions import note_answer
from webapp.complaints.analysis import analyse, pareto
from webapp.complaints.analysis_views import NAMES
from webapp.kit import clock
from webapp.kit.days import add_months, moment, zone
from webapp.staff.audit import actor_of


@pytest.fixture
def world(cast):
    """Three complaints: two of the hotel, one of the guide; one refused and not justified; and one that was none."""
    now, irina = clock.now(), actor_of(cast.irina)
    person = make.client(cast.main, manager=cast.olga, now=now)
    first = bring_to(complaint(person, operator="Север", now=now - timedelta(hours=8)), rules.TOLD, irina,
                     now - timedelta(hours=2))
    bring_to(first, rules.ANALYSED, irina, now)
    note_answer(first.id, "yes", actor=irina, now=now)
    second = bring_to(complaint(person, operator="Север", source="letter", now=now - timedelta(hours=4)),
                      rules.TOLD, irina, now)
    step(second, "investigate", irina, now, justified="no")
    step(second, "resolve", irina, now, decision="refuse", cost=0, actions=[])
    step(second, "document", irina, now)
    step(second, "analyse", irina, now, root_cause=cause("hotel").id)
    third = bring_to(complaint(person, now=now), rules.DOCUMENTED, irina, now)
    step(third, "analyse", irina, now, root_cause=cause("guide").id)
    step(complaint(person, now=now), "void", actor_of(cast.boris), now)
    return now.date().replace(day=1)


def test_sums_agree_with_a_count_by_hand(cast, world):
    found = analyse(cast.boris, add_months(world, -1), add_months(world, 1), NAMES, "ru")
    assert (found.all.count, found.all.judged, found.all.justified) == (3, 3, 2)
    assert (found.all.answered, found.all.satisfied, found.all.cost) == (1, 1, 800_000)
    assert [(group.name, group.count) for group in found.causes] == [(cause("hotel").name_ru, 2),
                                                                    (cause("guide").name_ru, 1)]
    assert [group.count for group in found.operators] == [2, 1]
    assert found.operators[0].name == "Север"
    assert [(group.name, group.count) for group in found.managers] == [(cast.olga.name, 3)]
    assert found.hours["told"][1] == 3
    assert [(bar.count, bar.share, bar.sum) for bar in found.pareto] == [(2, 67, 67), (1, 33, 100)]


def test_who_was_satisfied_in_part_has_answered_and_is_not_counted_as_satisfied(cast, world, now):
    irina = actor_of(cast.irina)
    row = bring_to(complaint(make.client(cast.main, manager=cast.olga, now=now), now=now), rules.RESOLVED, irina, now)
    note_answer(row.id, "partly", actor=irina, now=now)
    found = analyse(cast.boris, add_months(world, -1), add_months(world, 1), NAMES, "ru").all
    assert (found.answered, found.satisfied) == (2, 1)


def test_pareto_puts_the_commonest_first():
    assert [(bar.name, bar.sum) for bar in pareto([("а", 1), ("б", 6), ("в", 3), ("г", 0)])] == [
        ("б", 60), ("в", 90), ("а", 100)]
    assert pareto([]) == []


def test_the_page_and_its_file(browse, cast, world):
    page = browse(cast.irina)
    shown = page.get("/complaints/analysis")
    assert len(shown.root.all("svg", class_="chart")) == 2
    assert cause("hotel").name_ru in shown.text
    charts = shown.root.all("svg", class_="chart")
    # Two causes are no two blocks, and the commonest one is what a phone shows first.
    assert all(float(bar.attrs["width"]) < 100 for bar in charts[1].all("rect"))
    assert "scroll--end" not in charts[1].parent.attrs["class"]
    assert "Обоснована" not in shown.text and "Как поступила" not in shown.text
    rows = page.http.get("/complaints/analysis?as=csv").get_data(as_text=True).splitlines()
    assert rows[1].split(";")[2:5] == ["3", "3", "2"]
    assert browse(cast.olga).get("/complaints/analysis").status == 404
    assert browse(cast.boris).get("/complaints/analysis?months=99999").status == 200


def test_another_office_counts_nothing_of_ours(browse, cast, world):
    assert analyse(cast.vera, world, world, NAMES, "en").all.count == 0


def test_time_per_step_counts_working_hours_as_deadlines_do(cast):
    tz, irina = zone(cast.main.timezone), actor_of(cast.irina)
    friday, monday = (moment(date(2026, 11, day), time(hour), tz) for day, hour in ((13, 17), (16, 11)))
    row = complaint(make.client(cast.main, manager=cast.olga, now=friday), now=friday)
    step(row, "tell", irina, monday)
    found = analyse(cast.boris, date(2026, 11, 1), date(2026, 11, 1), NAMES, "ru")
    assert found.hours["told"] == (3, 1)
