"""CSV files as spreadsheets and booking systems write them: encoding and delimiter recognised, rows
counted."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from charset_normalizer import from_bytes

from webapp.batches.defuse import undefuse
from webapp.batches.tables import MAX_COLUMNS, MAX_ROWS, Row, Table, UnreadableFile

DELIMITERS = (";", ",", "\t", "|")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ISOLATED = ["cp1251", "koi8_r", "cp866"]
_SAMPLE_BYTES = 64 * 1024
_SAMPLE_ROWS = 300
_SEP_LINE = re.compile(r"\A\"?sep=(.)\"?\r?\n", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"\A\s*(?:<(?:!doctype|html|\?xml|table|body|head)|%PDF|{\\rtf)", re.IGNORECASE)


def read(data: bytes, delimiter: str | None = None, encoding: str | None = None) -> Table:
    """Rows of a CSV file; raises UnreadableFile. A first line "sep=;" is obeyed and not counted, as in
    Excel."""
    text, encoding = _decode(data, encoding)
    if not text.strip():
        raise UnreadableFile("empty")
    if _MARKUP.match(text[:1000]):
        raise UnreadableFile("not-a-table")
    if match := _SEP_LINE.match(text):
        delimiter, text = delimiter or match[1], text[match.end():]
    delimiter = delimiter or guess_delimiter(text)
    rows = list(_rows(text, delimiter))
    return Table(rows, "csv", encoding, delimiter)


def guess_delimiter(text: str) -> str:
    """The delimiter under which most of the first rows have the same number of columns, and the more
    columns the better.

    Quoted cells are respected, so commas inside "Куба, Варадеро" do not count; a comma where nothing fits.
    """
    return max(DELIMITERS, key=lambda d: (_evenness(text, d), d == ","))


def _evenness(text: str, delimiter: str) -> float:
    widths: Counter[int] = Counter()
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            if number >= _SAMPLE_ROWS:
                break
            if any(cell.strip() for cell in cells):
                widths[len(cells)] += 1
    except csv.Error:
        return 0.0
    width, times = max(widths.items(), key=lambda item: item[0] * item[1], default=(1, 0))
    return 0.0 if width < 2 else width * times / widths.total()


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    lines = _Lines(text)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter), 1):
            if number > MAX_ROWS:
                raise UnreadableFile("too-many-rows", rows=MAX_ROWS)
            if any(cells[MAX_COLUMNS:]):
                raise UnreadableFile("too-many-columns", columns=MAX_COLUMNS)
            if lines.ended and len(lines.taken) > 1 and "".join(lines.taken).count('"') % 2:
                raise UnreadableFile("open-quote", line=number)
            lines.taken.clear()
            yield Row(number, tuple(undefuse(cell) for cell in cells[:MAX_COLUMNS]))
    except csv.Error:
        raise UnreadableFile("long-cell", line=number + 1) from None


class _Lines:
    """Feeds the lines of a text to the csv reader and remembers those of the row being read."""

    def __init__(self, text: str) -> None:
        self._source = io.StringIO(text, newline="")
        self.taken: list[str] = []
        self.ended = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._source.readline()
        if not line:
            self.ended = True
            raise StopIteration
        self.taken.append(line)
        return line


def _decode(data: bytes, encoding: str | None) -> tuple[str, str]:
    encoding = encoding or _recognise(data)
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise UnreadableFile("unknown-encoding") from None
    if "\x00" in text or len(_CONTROL.findall(text)) > len(text) // 1000:
        raise UnreadableFile("not-a-table")
    return text.removeprefix("\ufeff"), encoding


def _recognise(data: bytes) -> str:
    """By its mark, else strict UTF-8, else UTF-16 by its zero bytes, else the likeliest Russian encoding."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if wide := _unmarked_utf16(data[:_SAMPLE_BYTES]):
        return wide
    if b"\x00" in data:
        raise UnreadableFile("not-a-table")
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        _refuse_broken_utf8(data, error)
    telling = b"\n".join(line for line in data[:8 * _SAMPLE_BYTES].splitlines() if not line.isascii())
    best = from_bytes((telling or data)[:_SAMPLE_BYTES], cp_isolation=_ISOLATED).best()
    if best is None:
        raise UnreadableFile("unknown-encoding")
    return best.encoding


def _unmarked_utf16(sample: bytes) -> str | None:
    """Text in UTF-16 has every other byte zero or, in Russian, four; a single-byte file has hardly any."""
    high = (b"\x00", b"\x04")
    even, odd = (sum(sample[start::2].count(b) for b in high) * 2 for start in (0, 1))
    if max(even, odd) < len(sample) * 0.8 or b"\x00" not in sample:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _refuse_broken_utf8(data: bytes, error: UnicodeDecodeError) -> None:
    """A file that is UTF-8 but for a few bytes would turn into gibberish under any other encoding."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    right = len(re.findall(r"[а-яёА-ЯЁ]", text))
    if right > 20 * broken:
        raise UnreadableFile("mixed-encoding", line=data.count(b"\n", 0, error.start) + 1)
