"""An uploaded sheet: how it is read, what its columns are, and what its batch remembers between two pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from webapp.batches import uploads
from webapp.batches.models import Batch
from webapp.batches.reading import Table, UnreadableFile, read_table
from webapp.kit.text import Cell, as_text, clean
from webapp.trips.columns import Columns, Guess, guess_columns
from webapp.trips.sheet import Reading, read_sheet
from webapp.trips.sheetrow import Problem

MOST_ROWS = 10_000
_SAMPLES = 3
_SAMPLE_LENGTH = 40


@dataclass(frozen=True)
class Choices:
    """What a person chose instead of the guess; empty where the guess is right. `columns`: field → indexes."""

    columns: Mapping[str, Sequence[int]] | None = None
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class Shape:
    """What a batch remembers of its sheet, as JSON in `Batch.mapping`."""

    columns: Mapping[str, Sequence[int]]
    heading: Sequence[str]
    samples: Sequence[Sequence[str]]
    heading_line: int
    today: date
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: Sequence[str] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)
    lacking: Sequence[str] = ()

    @property
    def as_columns(self) -> Columns:
        """The headings in the form in which rows are read."""
        return Columns(self.heading_line, tuple(Guess(i, text, "", 0.0) for i, text in enumerate(self.heading)))


def open_table(data: bytes, choices: Choices) -> Table:
    """The table of an uploaded file. Raises UnreadableFile, also for more rows than one sheet of trips may have."""
    try:
        table = read_table(data, sheet=choices.sheet or None, delimiter=choices.delimiter or None,
                           encoding=choices.encoding or None)
    except UnreadableFile as error:
        if error.code != "too-many-rows":
            raise
        # More than even the command line takes: here the limit of this page is what helps.
        raise UnreadableFile("too-many-rows", rows=MOST_ROWS) from None
    heading = guess_columns(table.rows).heading_line
    found = sum(row.line > heading and not row.is_blank for row in table.rows)
    if found > MOST_ROWS:
        raise UnreadableFile("too-many-here", found=found, most=MOST_ROWS)
    return table


def shape_of(table: Table, reading: Reading, choices: Choices, today: date) -> Shape:
    """What to remember of a sheet that was read."""
    below = [row for row in table.rows if row.line > reading.columns.heading_line]
    width = max((len(row.cells) for row in table.rows), default=0)
    return Shape(
        {name: list(indexes) for name, indexes in reading.mapping.items()},
        [_typed(reading.columns, i) for i in range(width)],
        [_first_values([row.cell(i) for row in below]) for i in range(width)],
        reading.columns.heading_line, today, table.encoding, table.delimiter, table.sheet, list(table.sheets),
        {"encoding": choices.encoding, "delimiter": choices.delimiter, "sheet": choices.sheet},
        lacking=[p.reason if p.reason == "no-heading" else p.column for p in reading.problems
                 if p.reason in ("missing-column", "no-heading")])


def as_json(shape: Shape) -> dict[str, Any]:
    """The shape as it is stored."""
    return {**vars(shape), "today": shape.today.isoformat()}


def stored_shape(batch: Batch) -> Shape:
    """The shape a batch remembers."""
    kept = {name: value for name, value in batch.mapping.items() if name in Shape.__dataclass_fields__}
    return Shape(**{**kept, "today": date.fromisoformat(kept["today"])})


def read_again(batch: Batch) -> Reading:
    """The sheet of a batch, read as it was shown. Raises LookupError when the file is gone."""
    shape = stored_shape(batch)
    chosen = Choices(shape.columns, shape.encoding, shape.delimiter, shape.sheet)
    table = open_table(uploads.place_of(batch.file_path).read_bytes(), chosen)
    return read_sheet(table, today=shape.today, mapping=shape.columns)


def plain_cells(cells: Sequence[Cell]) -> list[Any]:
    """Cells as JSON can keep them; dates and times as a person would type them."""
    return [as_text(cell) if isinstance(cell, (date, datetime, time)) else cell for cell in cells]


def plain_problem(problem: Problem) -> dict[str, Any]:
    """A problem as JSON can keep it."""
    return {"column": problem.column, "value": problem.value, "reason": problem.reason, "fatal": problem.fatal,
            "hint": problem.hint}


def _typed(columns: Columns, index: int) -> str:
    return next((guess.heading for guess in columns.guesses if guess.index == index), "")


def _first_values(cells: Sequence[Cell]) -> list[str]:
    values: dict[str, None] = {}
    for cell in cells:
        if text := clean(as_text(cell)):
            values[text if len(text) <= _SAMPLE_LENGTH else text[:_SAMPLE_LENGTH - 1] + "…"] = None
        if len(values) == _SAMPLES:
            break
    return list(values)
