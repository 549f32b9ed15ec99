"""Two people at the same moment: one assessment per day, one correction per version, one planned check per topic."""

from datetime import date
from threading import Barrier, Thread

import pytest
from quality.quality_make import RIVAL, TODAY, assessed, table
from sqlalchemy import func, select

from webapp.db import db
from webapp.quality.actions.assessing import CorrectedMeanwhile, assess, correct
from webapp.quality.actions.checking import plan_checks
from webapp.quality.models import Assessment, Competitor, StaffCheckDue
from webapp.staff.audit import actor_of
from webapp.staff.models import Office, User
from webapp.staff.rules import BadInput


@pytest.fixture
def together(app):
    """`together(deed)` does it in four threads at once and gives what each of them got."""
    def run(deed, count=4):
        db.session.rollback()
        barrier, got = Barrier(count), []

        def one(number):
            with app.app_context():
                barrier.wait(10)
                try:
                    got.append(deed(number))
                except (BadInput, CorrectedMeanwhile) as error:
                    got.append(type(error).__name__)
                db.session.remove()
        threads = [Thread(target=one, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        db.session.rollback()
        return got
    return run


def test_a_day_gets_one_assessment_whoever_is_first(together, cast, now) -> None:
    actor, office = actor_of(cast.boris), cast.main.id
    got = together(lambda number: assess(db.session.get_one(Office, office), RIVAL, TODAY, table(minutes=str(10 + number)),
                                         actor=actor, today=TODAY, now=now).id)
    assert got.count("BadInput") == 3 and len(got) == 4
    assert db.session.scalar(select(func.count()).select_from(Assessment)) == 1
    assert db.session.scalar(select(func.count()).select_from(Competitor)) == 1


def test_a_version_is_corrected_once(together, cast, now) -> None:
    actor, row_id = actor_of(cast.boris), assessed(cast, now).id
    got = together(lambda number: correct(db.session.get_one(Assessment, row_id), table(minutes=str(10 + number)), reason="x",
                                          actor=actor, now=now).version)
    assert got.count("CorrectedMeanwhile") == 3 and got.count(2) == 1


def test_a_topic_is_planned_once_for_a_person(together, cast, now) -> None:
    actor, user_id = actor_of(cast.boris), cast.olga.id
    got = together(lambda number: plan_checks([db.session.get_one(User, user_id)], "Знание направлений",
                                              date(2026, 12, 1 + number), actor=actor, today=TODAY, now=now))
    assert got == [1] * 4
    assert db.session.scalar(select(func.count()).select_from(StaffCheckDue)) == 1
