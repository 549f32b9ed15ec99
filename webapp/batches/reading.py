"""Reading a table that somebody uploaded: bytes of a CSV, XLSX, XLS or ODS file to rows of cells, within
limits."""

from pathlib import Path

from webapp.batches import csvfiles, workbooks
from webapp.batches.tables import MAX_BYTES, MESSAGES, Row, Table, UnreadableFile

__all__ = ["MAX_BYTES", "MESSAGES", "Row", "Table", "UnreadableFile", "read_file", "read_table"]


def read_table(data: bytes, *, sheet: str | None = None, delimiter: str | None = None,
               encoding: str | None = None) -> Table:
    """Read an uploaded file: the named sheet, else the first visible one with content.

    CSV encoding and delimiter are recognised unless given. Formulas are never computed; formula-like text
    comes back as text. Raises UnreadableFile for anything that is no table or breaks a limit.
    """
    if not data:
        raise UnreadableFile("empty")
    if len(data) > MAX_BYTES:
        raise UnreadableFile("too-large", megabytes=MAX_BYTES // 2**20)
    if workbooks.looks_like_one(data):
        return workbooks.read(data, sheet)
    return csvfiles.read(data, delimiter, encoding)


def read_file(path: Path, *, sheet: str | None = None, delimiter: str | None = None,
              encoding: str | None = None) -> Table:
    """As `read_table`, from a file; one that is too large is refused without being read."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return read_table(data, sheet=sheet, delimiter=delimiter, encoding=encoding)
