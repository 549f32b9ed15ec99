"""Workbooks (XLSX, ODS, XLS) read through calamine, after a look inside that keeps bombs and monsters out."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, time, timedelta
from itertools import islice

import python_calamine as calamine

from webapp.batches import unpacking
from webapp.batches.defuse import undefuse
from webapp.batches.tables import MAX_COLUMNS, MAX_ROWS, Row, Table, UnreadableFile
from webapp.kit.text import Cell

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK"


def looks_like_one(data: bytes) -> bool:
    """Does the file begin like a workbook? Its name is never asked."""
    return data.startswith((_OLE, _ZIP))


def read(data: bytes, sheet: str | None = None) -> Table:
    """One sheet of a workbook: the named one, else the first visible sheet that holds anything.

    Formulas are not computed: their last saved value counts, and where none was saved the formula itself,
    as text. Raises UnreadableFile.
    """
    kind = "xls" if data.startswith(_OLE) else "xlsx"
    formulas: dict[str, dict[tuple[int, int], str]] = {}
    if kind == "xlsx":
        kind, formulas = _look_inside(data)
    try:
        with calamine.load_workbook(io.BytesIO(data)) as book:
            return _table(book, kind, sheet, formulas)
    except calamine.PasswordError:
        raise UnreadableFile("password") from None
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError, OSError, ValueError):
        raise UnreadableFile("damaged") from None


def _look_inside(data: bytes) -> tuple[str, dict[str, dict[tuple[int, int], str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacking.check_size(archive)
            names = set(archive.namelist())
            if "content.xml" in names:
                unpacking.check_ods(archive)
                return "ods", {}
            if "xl/workbook.xml" not in names:
                raise UnreadableFile("not-a-table")
            return "xlsx", unpacking.check_xlsx(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, KeyError, OSError):
        raise UnreadableFile("damaged") from None
    except RuntimeError:
        raise UnreadableFile("password") from None


def _table(book: calamine.CalamineWorkbook, kind: str, wanted: str | None,
           formulas: dict[str, dict[tuple[int, int], str]]) -> Table:
    visible = [sheet.name for sheet in book.sheets_metadata
               if sheet.visible == calamine.SheetVisibleEnum.Visible
               and sheet.typ == calamine.SheetTypeEnum.WorkSheet]
    filled = tuple(name for name in visible if book.get_sheet_by_name(name).start is not None)
    if wanted is not None and wanted not in filled:
        raise UnreadableFile("no-such-sheet", sheet=wanted)
    if not filled:
        raise UnreadableFile("empty")
    name = wanted or filled[0]
    rows = list(_rows(book.get_sheet_by_name(name), formulas.get(name, {})))
    return Table(rows, kind, sheet=name, sheets=filled)


def _rows(sheet: calamine.CalamineSheet, formulas: dict[tuple[int, int], str]) -> Iterator[Row]:
    if sheet.total_height > MAX_ROWS:
        raise UnreadableFile("too-many-rows", rows=MAX_ROWS)
    if sheet.total_width > MAX_COLUMNS:
        raise UnreadableFile("too-many-columns", columns=MAX_COLUMNS)
    left = sheet.start[1] if sheet.start else 0
    margin: tuple[Cell, ...] = (None,) * left
    for line, cells in enumerate(islice(sheet.iter_rows(), MAX_ROWS), 1):
        yield Row(line, margin + tuple(
            _cell(c) if c != "" else formulas.get((line, left + i)) for i, c in enumerate(cells)))


def _cell(value: str | int | float | bool | date | time | timedelta) -> Cell:
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return undefuse(value) if isinstance(value, str) else value
