"""Where one client is found in the database: rows by foreign key, lines of the log, rows of imported sheets."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Table, and_, case, exists, func, or_, select

from webapp.batches.models import Batch, BatchRow
from webapp.batches.rules import OPEN
from webapp.clients.models import Client
from webapp.club.traces import own_ops
from webapp.complaints.claims import letters_about
from webapp.db import db
from webapp.desk.closure import Doomed, doomed_by, some
from webapp.desk.person.all_policies import POLICIES
from webapp.desk.person.policies import Policy
from webapp.post.incoming_models import Incoming
from webapp.post.models import Message, MessageContent
from webapp.post.rules import CODE
from webapp.staff.models import AuditEntry
from webapp.trips.models import Trip

SUBJECTS = ("client", "trip", "touch", "occasion", "message", "incoming", "referral", "gift", "card",
            "survey_answer", "review", "complaint")
"""Tables whose rows the log of changes names; the subject there has the name of the table."""
_DIGITS = re.compile(r"\D")
_PHONE = 10


@dataclass
class Found:
    """All rows about one client. `columns` leads to rows of tables without an id of their own."""

    client_id: int
    doomed: Doomed
    batch_rows: set[int] = field(default_factory=set)
    batches: set[int] = field(default_factory=set)

    def where(self, table: Table) -> list[Any]:
        """Conditions, in parts a statement can carry, that lead to this client's rows of a table."""
        ids = self.doomed.ids(table)
        if "id" in table.c:
            return [table.c.id.in_(part) for part in some(sorted(ids))]
        return [column.in_(part) for column, of in _leaves(self.doomed, table)
                for part in some(sorted(self.doomed.ids(of)))]

    def count(self, name: str) -> int:
        """How many rows of a table with ids."""
        return len(self.doomed.ids(db.metadata.tables[name]))

    def in_log(self) -> list[Any]:
        """Conditions that lead to the lines of the log about this client."""
        return [and_(AuditEntry.subject == name, AuditEntry.subject_id.in_(part)) for name in SUBJECTS
                for part in some(sorted(self.doomed.ids(db.metadata.tables[name])))]


def find_all(client: Client) -> Found:
    """Everything about the client, but for the rows of sheets, which take long to look through."""
    table = db.metadata.tables["client"]
    # What went to a tour operator in the client's name is written to nobody, and tells of the client all the same.
    doomed = doomed_by(db.session.connection(), {
        table: {client.id}, db.metadata.tables["message"]: letters_about(client.id)})
    # A letter nobody has sorted yet is known by its address alone.
    addresses = [email.address.casefold() for email in client.emails]
    letters = set(db.session.scalars(select(Incoming.id).where(func.lower(Incoming.sender).in_(addresses))))
    doomed.rows.setdefault(db.metadata.tables["incoming"], set()).update(letters)
    doomed.rows.setdefault(db.metadata.tables["bonus_op"], set()).update(own_ops(client.id))
    return Found(client.id, doomed)


def in_sheets(client: Client) -> tuple[set[int], set[int]]:
    """(rows of imported sheets, batches) that name one of the client's phones or e-mails, or brought a trip.

    Work that is not over keeps its file and its rows; they are forgotten thirty days after it began.
    """
    needles = needles_of(client)
    brought = select(Trip.batch_id).where(Trip.client_id == client.id, Trip.batch_id.is_not(None))
    batches = {number for number in db.session.scalars(brought) if number is not None}
    rows = set()
    query = (select(BatchRow.id, BatchRow.batch_id, BatchRow.cells).join(Batch, Batch.id == BatchRow.batch_id)
             .where(Batch.state.not_in(OPEN)).execution_options(yield_per=1000))
    for row_id, batch_id, cells in db.session.execute(query):
        if needles and mentions([str(cell) for cell in cells], needles):
            rows.add(row_id)
            batches.add(batch_id)
    return rows, batches


def needles_of(client: Client) -> frozenset[str]:
    """What a sheet would name the client by: the last ten digits of phones, and e-mails."""
    digits = {_DIGITS.sub("", phone.e164)[-_PHONE:] for phone in client.phones}
    return frozenset({d for d in digits if len(d) == _PHONE} | {email.address.casefold() for email in client.emails})


def mentions(cells: Collection[str], needles: Collection[str]) -> bool:
    """Whether a row of a sheet names one of them, in whatever spelling of a phone."""
    line = " ".join(cells).casefold()
    digits = " ".join(_DIGITS.sub("", cell) for cell in cells)
    return any(needle in (digits if needle.isdigit() else line) for needle in needles)


def files_of(batch_ids: Collection[int]) -> list[str]:
    """Names of the uploaded files of these batches."""
    return list(db.session.scalars(select(Batch.file_path).where(
        Batch.id.in_(batch_ids), Batch.file_path != "", Batch.state.not_in(OPEN))))


def rows_of(found: Found) -> Iterator[tuple[str, Policy, list[dict[str, Any]]]]:
    """(table, policy, rows with the columns that are handed out) of everything with a policy."""
    for name, policy in POLICIES.items():
        table = db.metadata.tables[name]
        columns = [_handed_out(table.c[column]) for column in (*policy.shown, *policy.links)]
        if not columns:
            # It only ties others together.
            continue
        first = [table.c.id] if "id" in table.c else []
        rows: list[dict[str, Any]] = []
        for condition in found.where(table):
            rows += [dict(row) for row in db.session.execute(
                select(*columns).where(condition).order_by(*first)).mappings()]
        yield name, policy, rows


def _handed_out(column: Column[Any]) -> Any:
    """The column; codes that open a page are for the phone they went to, so their texts are empty."""
    if column is not MessageContent.__table__.c.text:
        return column
    is_code = exists().where(Message.id == MessageContent.message_id, Message.klass == CODE)
    return case((is_code, ""), else_=column).label(column.name)


def log_of(found: Found) -> list[AuditEntry]:
    """Lines of the log of changes about this client."""
    lines = found.in_log()
    return list(db.session.scalars(select(AuditEntry).where(or_(*lines)).order_by(AuditEntry.id))) if lines else []


def _leaves(doomed: Doomed, table: Table) -> list[tuple[Column[Any], Table]]:
    return [(column, of) for column, of in doomed.leaves if column.table is table]
