"""Writing cells so that a spreadsheet takes none of them for a formula, and reading such cells back."""

import csv
import io
from collections.abc import Iterable, Sequence

from webapp.kit.text import Cell, as_text

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def defuse(text: str) -> str:
    """A text cell that no spreadsheet runs: an apostrophe before leading = + - @, tab and line ends
    (quality.md §2)."""
    return f"'{text}" if text.lstrip(" '").startswith(_DANGEROUS) else text


def undefuse(text: str) -> str:
    """The text as it was before `defuse`; an apostrophe before anything else stays."""
    return text[1:] if text.startswith("'") and defuse(text[1:]) == text else text


def bad_rows_csv(
    heading: Sequence[Cell], rows: Iterable[tuple[Sequence[Cell], str]], reason_heading: str
) -> bytes:
    """The rows that were not taken, with their own cells and one more column that says why.

    UTF-8 with a mark and semicolons, so that Russian Excel opens it; corrected, the file can be imported
    again: the column of reasons is known to the import by its heading and skipped.
    """
    width = len(heading)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([defuse(as_text(c)) for c in heading] + [reason_heading])
    for cells, reason in rows:
        line = [defuse(as_text(c)) for c in cells[:width]]
        writer.writerow(line + [""] * (width - len(line)) + [defuse(reason)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")
