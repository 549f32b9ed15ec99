"""Processes that spend at the same time, presentations that race with the burn, a burn that is killed."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Barrier, Thread
from types import SimpleNamespace

import club_make
import make
import pytest
from club.burn_make import BURNS, ONE_DAY, at, burns, fresh, many, proven, warnings
from sqlalchemy import select, text
from trip_make import in_trial

from webapp.club import burning as questions
from webapp.club.actions.burning import burn_batch, burn_due, run_at
from webapp.club.actions.cards import present
from webapp.club.models import BonusPosting, head_of
from webapp.db import db
from webapp.desk.integrity import inspect

RACES = int(os.environ.get("SNOVA_RACES", "60"))
PROGRAM = Path(__file__).with_name("club_processes.py")


def started(app, **wish) -> subprocess.CompletedProcess:
    settings = app.extensions["snova.settings"]
    db.session.rollback()
    said = json.dumps({"url": settings.database_url, "instance": str(settings.instance), **wish})
    return subprocess.run([sys.executable, str(PROGRAM), said], capture_output=True, text=True, check=False, timeout=600,
                          env={**os.environ, "PYTHONPATH": str(PROGRAM.parents[2]), "TZ": "UTC"})


@pytest.mark.slow
def test_eight_processes_that_spend_at_once_lose_and_double_no_point(app, cast, now) -> None:
    begin = 3000
    row = club_make.card(make.client(cast.main, now=now), cast.main, points=begin, now=now)
    result = started(app, do="spend", card=row.id, count=8, each=100, now=now.isoformat())
    assert result.returncode == 0, result.stderr
    answers = [answer for process in json.loads(result.stdout) for answer in process]
    assert len(answers) == 800
    spent = {key: (points, op) for key, points, op in answers if isinstance(op, int)}
    assert all(op == spent[key][1] for key, _points, op in answers if isinstance(op, int)), "one key is one operation"
    assert {op for *_said, op in answers if not isinstance(op, int)} <= {"not-enough"}
    total = sum(points for points, _op in spent.values())
    db.session.rollback()
    assert head_of(row.id).balance == begin - total >= 0
    lines = db.session.scalars(select(BonusPosting).where(BonusPosting.card_id == row.id).order_by(BonusPosting.seq)).all()
    assert sorted(line.op_id for line in lines[1:]) == sorted(op for _points, op in spent.values())
    assert [line.seq for line in lines] == list(range(1, len(spent) + 2))
    refused = Counter(points for _key, points, op in answers if op == "not-enough")
    assert not refused or min(refused) > begin - total, "who was refused could not have paid"
    assert inspect(now=now).faults == []


@pytest.mark.slow
def test_a_presentation_and_a_burn_at_the_same_moment_are_never_both(app, cast, now) -> None:
    in_trial()
    rows = many(cast.main, RACES, now)
    proven()
    place = questions.Place(BURNS, (cast.main.id,))
    ids, office = [row.id for row in rows], cast.main.id
    gate, faults = Barrier(2), []

    def burner() -> None:
        with app.app_context():
            run = run_at(at(BURNS, 1))
            for card_id in ids:
                gate.wait()
                burn_batch([card_id], place, run, Counter())
            db.session.remove()

    def visitor() -> None:
        with app.app_context():
            from webapp.staff.models import Office
            home = db.session.get(Office, office)
            for card_id in ids:
                gate.wait()
                present(card_id, office=home, actor=club_make.CLUB, now=at(BURNS, 1))
            db.session.remove()

    def guarded(work) -> None:
        try:
            work()
        except BaseException as fault:
            faults.append(fault)
            gate.abort()
    crew = [Thread(target=guarded, args=(work,)) for work in (burner, visitor)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert not faults
    assert burn_due(now=at(BURNS, 2))["burned"] == 0
    ends = Counter()
    for number, row in enumerate(rows):
        saved = warnings(row) == ["saved"]
        assert saved or warnings(row) == ["burned"]
        assert (club_make.balance(row), len(burns(row))) == ((100 + number, 0) if saved else (0, 1))
        assert fresh(row).active_on == BURNS
        ends[saved] += 1
    assert inspect(now=at(BURNS)).faults == []
    print(f"{ends[True]} were saved, {ends[False]} had burned a moment before")


@pytest.mark.slow
@pytest.mark.parametrize("step", [11])
def test_a_burn_that_is_killed_anywhere_and_begun_again_gives_the_same_ledger(app, cast, now, step) -> None:
    in_trial()
    rows = many(cast.main, 23, now)
    club_make.give(rows[5], 40, now=now, kind="compensation")
    proven()
    club_make.give(rows[7], 55, now=at(BURNS - ONE_DAY), kind="compensation")
    # The check forgets what was read before it: cards are known by their numbers.
    cards = [SimpleNamespace(id=row.id) for row in rows]
    died, behind = 0, 2
    while True:
        result = started(app, do="burn", now=at(BURNS, 1).isoformat(), batch=4, dies=behind)
        if result.returncode == 0:
            break
        assert result.returncode == -signal.SIGKILL, result.stderr
        db.session.rollback()
        assert inspect(now=at(BURNS)).faults == [], "after a kill everything agrees"
        died, behind = died + 1, behind + step
    assert died >= 4
    ledger = {row.id: [amount for _key, amount in burns(row)] for row in cards}
    expected = {row.id: [-(100 + number + 40 * (number == 5))] for number, row in enumerate(cards)}
    assert ledger == expected
    assert [club_make.balance(row) for row in cards] == [55 * (number == 7) for number in range(23)]
    again = burn_due(now=at(BURNS, 2))
    assert (again["burned"], again["points"]) == (0, 0) and inspect(now=at(BURNS)).faults == []
    assert db.session.scalar(text("SELECT count(*) FROM bonus_op WHERE kind = 'burn'")) == 23
