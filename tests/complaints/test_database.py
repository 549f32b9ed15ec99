"""What the database itself refuses of complaints, whoever asks it: forged rows and rewritten histories."""

import make
import pytest
from complaint_make import bring_to, complaint
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from webapp.complaints import step_rules as rules
from webapp.complaints.actions import add_note, note_answer
from webapp.db import db, transaction
from webapp.staff.audit import actor_of

# Of what can be done to a history. REPLACE is SQLite's, TRUNCATE is PostgreSQL's.
REWRITINGS = (
    "UPDATE complaint_event SET verb = 'x'",
    "UPDATE complaint_event SET facts = '{}'",
    "DELETE FROM complaint_event",
    "DELETE FROM complaint_word",
    "DELETE FROM complaint",
)
OF_ENGINE = {"sqlite": (
    "INSERT OR REPLACE INTO complaint_event SELECT * FROM complaint_event",
    "INSERT OR REPLACE INTO complaint_word SELECT * FROM complaint_word",
), "postgresql": ("TRUNCATE complaint_event", "TRUNCATE complaint_word CASCADE", "TRUNCATE client CASCADE")}
WORKED = "documented_at = created_at, analysed_at = created_at, shared_at = created_at"
FORGED = (
    "UPDATE complaint SET state = 'closed'",
    "UPDATE complaint SET state = 'closed', closed_at = created_at, satisfaction = 'yes'",
    f"UPDATE complaint SET state = 'closed', closed_at = created_at, satisfaction = 'yes', {WORKED}",
    "UPDATE complaint SET state = 'closed', closed_at = created_at, satisfaction = 'no', waive_reason = 'x'",
    "UPDATE complaint SET state = 'closed', closed_at = created_at, satisfaction = 'yes', waive_reason = ' '",
    "UPDATE complaint SET state = 'waived', waive_reason = ' '",
    "UPDATE complaint SET state = 'void', void_reason = ' '",
    "UPDATE complaint SET rounds = 2",
    "UPDATE complaint SET rounds = 3, reopened_at = created_at",
)


@pytest.fixture
def decided(cast, now):
    irina = actor_of(cast.irina)
    row = bring_to(complaint(make.client(cast.main, now=now), now=now), rules.RESOLVED, irina, now)
    add_note(row.id, "Звонили в отель", key="a" * 20, actor=irina, now=now)
    return row


def test_a_history_is_neither_rewritten_nor_wiped(decided):
    for sql in (*REWRITINGS, *OF_ENGINE[db.engine.dialect.name]):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text(sql))
            session.execute(text("SELECT 1"))


@pytest.mark.parametrize("sql", FORGED)
def test_what_no_way_leads_to_is_no_row(decided, sql):
    with pytest.raises(DBAPIError, match="ck_complaint"), transaction() as session:
        session.execute(text(sql))


def test_a_complaint_that_was_looked_at_twice_is_not_made_young_again(cast, decided, now):
    note_answer(decided.id, "no", actor=actor_of(cast.irina), now=now)
    bring_to(decided, rules.RESOLVED, actor_of(cast.boris), now)
    with pytest.raises(DBAPIError, match="ck_complaint_reopened"), transaction() as session:
        session.execute(text("UPDATE complaint SET rounds = 1"))
