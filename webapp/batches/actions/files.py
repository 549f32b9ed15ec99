"""Uploaded files are forgotten after thirty days, with the rows that were read from them."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from webapp.batches import uploads
from webapp.batches.models import Batch, BatchRow
from webapp.db import transaction

KEPT = timedelta(days=30)


def forget_files(*, now: datetime) -> dict[str, int]:
    """Delete uploads older than thirty days and the cells kept for their reports; gives how many of each."""
    old = now - KEPT
    with transaction() as session:
        over = select(Batch.id).where(Batch.created_at < old)
        names = list(session.scalars(select(Batch.file_path).where(Batch.created_at < old, Batch.file_path != "")))
        young = set(session.scalars(select(Batch.file_path).where(Batch.created_at >= old, Batch.file_path != "")))
        rows = session.execute(delete(BatchRow).where(BatchRow.batch_id.in_(over)))
        session.execute(update(Batch).where(Batch.created_at < old, Batch.file_path != "").values(file_path=""))
    # A file whose batch was never saved (the upload broke off) has only its own date.
    strays = [name for name, at in uploads.kept().items() if at < old.timestamp() and name not in young]
    for name in (*names, *strays):
        uploads.forget(name)
    return {"files": len({*names, *strays}), "rows": rows.rowcount}  # type: ignore[attr-defined]
