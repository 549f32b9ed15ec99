"""What reading an uploaded table gives: rows, tables, limits, and the reasons why a file cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from webapp.kit.text import Cell
from webapp.kit.words import N_

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 256

MESSAGES: Mapping[str, str] = {
    "empty": N_("The file is empty."),
    "too-large": N_("The file is larger than %(megabytes)s MB. Split it and import the parts."),
    "too-many-rows": N_("The file has more than %(rows)s rows. Split it and import the parts."),
    "too-many-here": N_("The file has %(found)s rows, and up to %(most)s can be imported here at once. Split it "
                        "and import the parts, or ask your administrator to import it whole with the command "
                        "import-sheet."),
    "too-many-columns": N_("The file has more than %(columns)s columns. Delete the columns nobody needs."),
    "unpacks-too-large": N_("The file unpacks to far more than a table needs. Save it again from your "
                            "spreadsheet program."),
    "damaged": N_("The file is damaged and cannot be opened. Save it again from your spreadsheet program."),
    "password": N_("The file is protected with a password. Save it without one and try again."),
    "not-a-table": N_("This is not a table. Save the sheet as XLSX or CSV and try again."),
    "unknown-encoding": N_("The letters in the file cannot be read. Save the sheet as XLSX or as CSV UTF-8."),
    "mixed-encoding": N_("Some letters cannot be read, first in line %(line)s. Save the sheet as XLSX or "
                         "as CSV UTF-8."),
    "open-quote": N_("A quotation mark opened in row %(line)s is never closed."),
    "long-cell": N_("A cell in row %(line)s is longer than any spreadsheet allows."),
    "no-such-sheet": N_("The file has no sheet named “%(sheet)s”."),
}


class UnreadableFile(Exception):
    """A file that cannot be imported: `code` is a key of MESSAGES, `params` its values. The sentence is
    made in views."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return MESSAGES[self.code] % self.params


@dataclass(frozen=True)
class Row:
    """One row. `line` is its number as a spreadsheet shows it, so a CSV cell of three lines counts as
    one row."""

    line: int
    cells: tuple[Cell, ...]

    def cell(self, index: int | None) -> Cell:
        """The cell of a column, or None beyond the end of the row."""
        return self.cells[index] if index is not None and 0 <= index < len(self.cells) else None

    @property
    def is_blank(self) -> bool:
        """Does no cell hold anything to see?"""
        return not any(c is not None and (not isinstance(c, str) or c.strip()) for c in self.cells)


@dataclass(frozen=True)
class Table:
    """One sheet as read; `sheets` names all visible sheets of the file that hold anything, in their order."""

    rows: list[Row]
    kind: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = field(default=())
