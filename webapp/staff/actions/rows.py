"""Rows about to be changed: locked and fresh, their changes noted as old and new."""

from typing import Any, TypeVar

from webapp.db import Base, db

Row = TypeVar("Row", bound=Base)
Facts = dict[str, Any]


def locked(row: Row) -> Row:
    """`row` as it is now, held until the transaction ends (PostgreSQL; SQLite holds the whole file)."""
    db.session.refresh(row, with_for_update={"of": type(row)})
    return row


def put(row: Base, values: dict[str, Any]) -> Facts:
    """Set `values` on `row`; gives {field: [old, new]} of what really changed."""
    facts: Facts = {}
    for name, new in values.items():
        old = getattr(row, name)
        if old != new:
            setattr(row, name, new)
            facts[name] = [plain(old), plain(new)]
    return facts


def plain(value: Any) -> Any:
    """A value as the log keeps it: dates and moments as text."""
    return value.isoformat() if hasattr(value, "isoformat") else value
