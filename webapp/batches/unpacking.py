"""A look inside packed workbooks before they are parsed: true unpacked size, extent of the cells, amount
of text."""

import re
import zipfile
from collections.abc import Callable, Iterator
from xml.parsers import expat

from webapp.batches.tables import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, UnreadableFile

MAX_UNPACKED = 15 * MAX_BYTES
MAX_RATIO = 150
MAX_PARTS = 5_000
MAX_TEXT = 32 * 1024 * 1024
MAX_AREA = 4_000_000
_SMALL = 2 * 1024 * 1024
_CHUNK = 256 * 1024
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def check_size(archive: zipfile.ZipFile) -> None:
    """Unpack every part in small pieces and count: what a ZIP says about its own sizes may be a lie."""
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise UnreadableFile("unpacks-too-large")
    packed = max(1, sum(part.compress_size for part in parts))
    total = 0
    for part in parts:
        for piece in _pieces(archive, part):
            total += len(piece)
            if total > MAX_UNPACKED or total > max(_SMALL, MAX_RATIO * packed):
                raise UnreadableFile("unpacks-too-large")


def check_xlsx(archive: zipfile.ZipFile) -> dict[str, dict[tuple[int, int], str]]:
    """Refuse sheets whose outermost cells, cell area or text is beyond any table: calamine would build all
    of it.

    Gives back, by sheet name, the formulas without a saved value: {(line, column index): "=…"}.
    """
    lengths = _shared_lengths(archive)
    formulas = {}
    for name, path in _sheet_paths(archive):
        scan = _SheetScan(lengths)
        _parse(archive, path, scan.start, scan.end, scan.text)
        formulas[name] = scan.formulas
    return formulas


def check_ods(archive: zipfile.ZipFile) -> None:
    """The same for ODS, where a single cell may be repeated a million times."""
    scan = _OdsScan()
    _parse(archive, "content.xml", scan.start, scan.end, scan.text)


class _Extent:
    """Counts how far the cells reach and how much text they hold, and refuses too much."""

    def __init__(self) -> None:
        self.text_length = 0
        self.top = self.left = 10**9
        self.bottom = self.right = 0

    def reach(self, line: int, column: int, length: int) -> None:
        self.text_length += length
        self.top, self.left = min(self.top, line), min(self.left, column)
        self.bottom, self.right = max(self.bottom, line), max(self.right, column)
        if self.bottom > MAX_ROWS:
            raise UnreadableFile("too-many-rows", rows=MAX_ROWS)
        if self.right > MAX_COLUMNS:
            raise UnreadableFile("too-many-columns", columns=MAX_COLUMNS)
        area = (self.bottom - self.top + 1) * (self.right - self.left + 1)
        if self.text_length > MAX_TEXT or area > MAX_AREA:
            raise UnreadableFile("unpacks-too-large")


class _SheetScan:
    """Walks one XLSX sheet cell by cell."""

    def __init__(self, lengths: list[int]) -> None:
        self.extent = _Extent()
        self.formulas: dict[tuple[int, int], str] = {}
        self._lengths = lengths
        self._line = self._column = 0
        self._type = ""
        self._inside = ""
        self._parts: dict[str, list[str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self._line = int(attributes.get("r", self._line + 1))
            self._column = 0
        elif tag == "c":
            self._place(attributes.get("r", ""))
            self._type, self._parts = attributes.get("t", ""), {}
        elif tag in ("v", "f", "t"):
            self._inside = tag

    def end(self, tag: str) -> None:
        if tag in ("v", "f", "t"):
            self._inside = ""
        elif tag == "c":
            self._finish()

    def text(self, text: str) -> None:
        if self._inside:
            self._parts.setdefault(self._inside, []).append(text)

    def _place(self, reference: str) -> None:
        self._column += 1
        if match := _CELL.fullmatch(reference):
            self._line, self._column = int(match[2]), 0
            for letter in match[1]:
                self._column = self._column * 26 + ord(letter) - 64

    def _finish(self) -> None:
        value = "".join(self._parts.get("v", ())) or "".join(self._parts.get("t", ()))
        if not value:
            if not self._parts and self._type != "inlineStr":
                return
            if value := "".join(self._parts.get("f", ())):
                self.formulas[self._line, self._column - 1] = "=" + value
        length = len(value)
        if self._type == "s" and value.isdigit() and int(value) < len(self._lengths):
            length = self._lengths[int(value)]
        self.extent.reach(self._line, self._column, length)


class _OdsScan:
    """Walks the tables of an ODS document, counting repeated cells and rows."""

    def __init__(self) -> None:
        self.extent = _Extent()
        self._line = self._column = 0
        self._repeat_row = self._repeat = 1
        self._widest = 0
        self._length = 0
        self._filled = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self._line, self.extent = 0, _Extent()
        elif tag == "table-row":
            self._repeat_row = int(attributes.get("number-rows-repeated", 1))
            self._column = self._widest = self._length = 0
        elif tag in ("table-cell", "covered-table-cell"):
            self._repeat = int(attributes.get("number-columns-repeated", 1))
            self._filled = "value-type" in attributes

    def text(self, text: str) -> None:
        if text.strip():
            self._filled = True
        self._length += len(text) * self._repeat

    def end(self, tag: str) -> None:
        if tag in ("table-cell", "covered-table-cell"):
            self._column += self._repeat
            if self._filled:
                self._widest = self._column
            self._filled = False
        elif tag == "table-row":
            if self._widest:
                self.extent.reach(self._line + 1, 1, 0)
                last = self._line + self._repeat_row
                self.extent.reach(last, self._widest, self._length * self._repeat_row)
            self._line += self._repeat_row


def _shared_lengths(archive: zipfile.ZipFile) -> list[int]:
    lengths: list[int] = []
    if "xl/sharedStrings.xml" not in archive.namelist():
        return lengths

    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "si":
            lengths.append(0)

    def text(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    _parse(archive, "xl/sharedStrings.xml", start, lambda _: None, text)
    return lengths


def _sheet_paths(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Names of the sheets and where they lie; every part in the folder of sheets is walked, named or not."""
    targets: dict[str, str] = {}
    named: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            target = targets.get(attributes.get("id", ""), "")
            named["xl/" + target if not target.startswith("/") else target[1:]] = attributes.get("name", "")

    if "xl/_rels/workbook.xml.rels" in archive.namelist():
        _parse(archive, "xl/_rels/workbook.xml.rels", relation, lambda _: None, lambda _: None)
    _parse(archive, "xl/workbook.xml", sheet, lambda _: None, lambda _: None)
    for path in archive.namelist():
        if path in named or "worksheets/" in path and path.endswith(".xml"):
            yield named.get(path, path), path


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    # The size written in the archive would end the reading early, so the limit takes its place.
    part.file_size = MAX_UNPACKED + 1
    with archive.open(part) as file:
        while piece := file.read(_CHUNK):
            yield piece


def _parse(archive: zipfile.ZipFile, path: str, start: Callable[[str, dict[str, str]], None],
           end: Callable[[str], None], text: Callable[[str], None]) -> None:
    """Walk an XML part in pieces; names come without their prefixes."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: start(
        _local(tag), {_local(name): value for name, value in attributes.items()})
    parser.EndElementHandler = lambda tag: end(_local(tag))
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        with archive.open(path) as file:
            parser.ParseFile(file)
    except (expat.ExpatError, ValueError):
        raise UnreadableFile("damaged") from None


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_doctype(*_: object) -> None:
    raise UnreadableFile("damaged")
