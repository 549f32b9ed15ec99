"""The database itself refuses what must never be, whoever writes it; what slips past it is found by `check`."""

import sqlite3
from contextlib import closing

import club_make
import make
import pytest
from club.burn_make import BURNS, at, warned
from conftest import PG
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from webapp.club.actions.ledger import reverse
from webapp.club.actions.sales import use_card
from webapp.club.models import Purse, head_of
from webapp.db import db, transaction
from webapp.desk.integrity import inspect
from webapp.staff.audit import actor_of


@pytest.fixture
def card(cast, now):
    """500 points, of which 200 were spent: two lines."""
    row = club_make.card(make.client(cast.main, now=now), cast.main, points=500, now=now)
    club_make.spend(row, 200, now=now, key="spent")
    return row


def run(statement: str, **values: object) -> None:
    """One statement of somebody who goes past the product."""
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text(statement), values)


OP = ("INSERT INTO bonus_op (idem_key, request_hash, kind, amount, at, day, actor, reason, note, cause, reverses_id) VALUES "
      "(:key, 'x', :kind, :amount, '2026-11-20 10:00:00', '2026-11-20', 'forger', 'x', '', '', :reverses)")
LINE = ("INSERT INTO bonus_posting (op_id, card_id, seq, prev_seq, amount, prev_balance, balance, account) VALUES "
        "(:op, :card, :seq, :prev, :amount, :before, :after, :account)")
DEBT = ("INSERT INTO bonus_debt (op_id, card_id, seq, prev_seq, amount, prev_balance, balance) VALUES "
        "(:op, :card, :seq, :prev, :amount, :before, :after)")


def op(kind: str = "coupon", amount: int = 100, *, key: str = "forged", reverses: int | None = None) -> int:
    """The number of a forged operation that the database takes: without lines it moves nothing."""
    run(OP, key=key, kind=kind, amount=amount, reverses=reverses)
    with db.engine.connect() as connection:
        return int(connection.scalar(text("SELECT id FROM bonus_op WHERE idem_key = :key"), {"key": key}))


LINES = {
    "a gap in the chain": dict(seq=4, prev=3, amount=100, before=300, after=400),
    "a line that skips the one before": dict(seq=4, prev=2, amount=100, before=300, after=400),
    "a second line with the same number": dict(seq=2, prev=1, amount=100, before=500, after=600),
    "a fork: two lines behind one": dict(seq=3, prev=1, amount=100, before=500, after=600),
    "a second beginning": dict(seq=1, prev=None, amount=100, before=0, after=100),
    "a line that begins from another balance": dict(seq=3, prev=2, amount=100, before=900, after=1000),
    "a sum that is wrong": dict(seq=3, prev=2, amount=100, before=300, after=900),
    "a balance below nothing": dict(seq=3, prev=2, amount=-400, before=300, after=-100, account="redeem"),
    "an issue that takes": dict(seq=3, prev=2, amount=-100, before=300, after=200),
    "a burn that gives": dict(seq=3, prev=2, amount=100, before=300, after=400, account="burn"),
    "a spending that gives": dict(seq=3, prev=2, amount=100, before=300, after=400, account="redeem"),
    "a line that moves nothing": dict(seq=3, prev=2, amount=0, before=300, after=300, account="adjust"),
    "an account nobody knows": dict(seq=3, prev=2, amount=100, before=300, after=400, account="gift"),
    "a line of no operation": dict(seq=3, prev=2, amount=100, before=300, after=400, op=987654),
    "a line of no card": dict(card=987654, seq=1, prev=None, amount=100, before=0, after=100),
}


@pytest.mark.parametrize("what", LINES)
def test_the_database_refuses_a_forged_line(card, what) -> None:
    values = {"op": op(), "card": card.id, "account": "issue", **LINES[what]}
    with pytest.raises(DBAPIError):
        run(LINE, **values)


def test_an_honest_line_written_by_hand_would_be_taken(card) -> None:
    """The refusals above are for what is wrong with those lines, not for how they are written."""
    run(LINE, op=op(), card=card.id, seq=3, prev=2, amount=100, before=300, after=400, account="issue")
    assert any("balance is not the sum" in fault for fault in inspect(now=at(BURNS)).faults)


def test_two_lines_of_one_operation_on_one_card_are_refused(card) -> None:
    number = op()
    run(LINE, op=number, card=card.id, seq=3, prev=2, amount=100, before=300, after=400, account="issue")
    with pytest.raises(DBAPIError):
        run(LINE, op=number, card=card.id, seq=4, prev=3, amount=100, before=400, after=500, account="issue")


@pytest.mark.parametrize("values", [
    dict(seq=2, prev=1, amount=100, before=0, after=100), dict(seq=1, prev=None, amount=-100, before=0, after=-100),
    dict(seq=1, prev=None, amount=100, before=0, after=900), dict(seq=1, prev=None, amount=100, before=50, after=150),
    dict(seq=1, prev=None, amount=0, before=0, after=0)])
def test_the_database_refuses_a_forged_debt(card, values) -> None:
    with pytest.raises(DBAPIError):
        run(DEBT, op=op(), card=card.id, **values)


@pytest.mark.parametrize(("kind", "amount", "more"), [
    ("coupon", -100, {}), ("burn", 100, {}), ("spending", 100, {}), ("gift", 100, {}), ("merge", 100, {}),
    ("correction", 0, {}), ("reversal", 100, {}), ("coupon", 100, {"key": "spent"})])
def test_the_database_refuses_a_forged_operation(card, kind, amount, more) -> None:
    with pytest.raises(DBAPIError):
        op(kind, amount, **more)


def test_what_was_reversed_is_not_reversed_again_past_the_product(card, now) -> None:
    number = club_make.give(card, 50, now=now).id
    reverse(number, club_make.why(), actor=club_make.CLUB, now=now)
    with pytest.raises(DBAPIError):
        op("reversal", -50, reverses=number)


@pytest.mark.parametrize("statement", [
    "UPDATE bonus_posting SET amount = 600, balance = 600 WHERE seq = 1", "DELETE FROM bonus_posting WHERE seq = 2",
    "UPDATE bonus_op SET amount = 1000", "DELETE FROM bonus_op", "UPDATE bonus_debt SET balance = 0",
    "UPDATE card_event SET price_kopecks = 0", "DELETE FROM card_event",
    "UPDATE purse SET balance = 1000", "UPDATE purse SET seq = NULL", "UPDATE purse SET seq = 7, balance = 1000",
    "UPDATE purse SET debt = 50", "UPDATE purse SET balance = -1"])
def test_what_was_written_cannot_be_changed_or_taken_out(card, now, statement) -> None:
    number = club_make.give(card, 100, now=now).id
    club_make.spend(card, 400, now=now)
    reverse(number, club_make.why(), actor=club_make.CLUB, now=now)
    club_make.give(card, 70, now=now, kind="compensation")
    assert (head_of(card.id).balance, head_of(card.id).debt) == (70, 100)
    with pytest.raises(DBAPIError):
        run(statement)


@pytest.mark.parametrize(("statement", "fault"), [
    ("UPDATE purse SET seq = 1, balance = 500 WHERE card_id = :card", "balance is not the sum"),
    ("DELETE FROM purse WHERE card_id = :card", "balance is not the sum"),
    ("UPDATE card SET burn_on = '2027-01-01' WHERE id = :card", "burns on 2027-01-01 although it should on 2027-05-20"),
    ("UPDATE card SET burn_on = NULL WHERE id = :card", "burns on no day"),
    ("UPDATE card SET active_on = '2026-12-20' WHERE id = :card", "although it should on 2027-06-20"),
    ("UPDATE card SET state = 'blocked' WHERE id = :card", "although it should on none"),
    ("UPDATE trip_bonus SET spent_points = 7 WHERE card_id = :card", "what its card brought or paid"),
    ("UPDATE trip_bonus SET state = 'none' WHERE card_id = :card", "what its card brought or paid"),
])
def test_what_the_database_cannot_refuse_is_found_by_the_check(card, cast, now, statement, fault) -> None:
    from datetime import date
    trip = make.trip(card.client, purchase=date(2026, 11, 20), departure=date(2026, 12, 10), back=date(2026, 12, 20),
                     seller=cast.olga, now=now, price_kopecks=10_000_000)
    use_card(trip.id, card.id, spend=100, key="k", actor=actor_of(cast.olga), now=now)
    assert inspect(now=now).faults == []
    run(statement, card=card.id)
    assert any(fault in found for found in inspect(now=now).faults), inspect(now=now).faults


def test_an_operation_without_lines_is_found_by_the_check(card, now) -> None:
    op()
    assert any("its lines make another amount" in fault for fault in inspect(now=now).faults)


@pytest.mark.parametrize(("statement", "fault"), [
    ("UPDATE bonus_posting SET amount = 900, balance = 900 WHERE seq = 1", "does not go on"),
    ("DELETE FROM bonus_posting WHERE seq = 1", "a line is missing"),
    ("UPDATE bonus_op SET amount = 900 WHERE kind = 'correction'", "its lines make another amount"),
])
def test_what_somebody_changed_with_all_guards_off_is_found_by_the_check(card, now, statement, fault) -> None:
    db.session.rollback()
    db.engine.dispose()
    if PG:
        with db.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))
    else:
        with closing(sqlite3.connect(db.engine.url.database)) as raw, raw:
            triggers = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'bonus_%'")
            for (name,) in triggers.fetchall():
                raw.execute(f"DROP TRIGGER {name}")
            raw.execute(statement)
    assert any(fault in found for found in inspect(now=now).faults), inspect(now=now).faults


def test_a_warning_before_nothing_is_found_by_the_check(cast, now) -> None:
    row = warned(cast, now)
    with transaction() as session:
        session.get_one(Purse, row.id)
    run("UPDATE burn_warning SET state = 'void', closed_at = NULL")
    run("UPDATE burn_warning SET state = 'open'")
    assert inspect(now=at(BURNS)).faults == []
    run("UPDATE card SET state = 'blocked', burn_on = NULL")
    assert any("still open although there is nothing to burn" in fault for fault in inspect(now=at(BURNS)).faults)
