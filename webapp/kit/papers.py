"""PDF files people upload: whole, alone in their file, without anything that runs; and names of files."""

import re
import unicodedata
import zlib
from itertools import islice

MOST_UNPACKED = 20 * 1024 * 1024
MOST_STREAMS = 2_000
_RUNS = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|ImportData|SubmitForm)\b")
_PACKED = re.compile(rb"/ObjStm\b[^>]{0,400}>>\s*stream\r?\n")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_MARKS = re.compile(rb"<script|<html|<!doctype html|<\?php", re.IGNORECASE)
_BAD_IN_NAMES = re.compile(r'[\\/:*?"<>|]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_LONGEST_NAME = 80


class BadPaper(ValueError):
    """Not a PDF we take. `code`: not-pdf, damaged, locked, active or mixed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_pdf(data: bytes) -> None:
    """Raises BadPaper unless it is a whole PDF from its first byte on, not locked, without scripts or files in it."""
    if not data.startswith(b"%PDF-"):
        raise BadPaper("not-pdf")
    if b"%%EOF" not in data[-2048:] or b"startxref" not in data[-4096:]:
        raise BadPaper("damaged")
    if b"PK\x05\x06" in data[-66_000:] or _MARKS.search(data[:4096]) or _MARKS.search(data[-4096:]):
        raise BadPaper("mixed")
    if b"/Encrypt" in data:
        raise BadPaper("locked")
    # A name may hide behind "#4A" for "J".
    if _RUNS.search(_HEX.sub(_sign, _outside_streams(data))) or _RUNS.search(_unpacked(data)):
        raise BadPaper("active")


def file_name(given: str, ending: str) -> str:
    """A name fit for a letter: letters of any alphabet, the ending of what it really is, nothing a system trips over.

    `C:\\files\\Памятка.PDF.exe` with the ending "pdf" becomes «Памятка.PDF.exe.pdf»; an empty name becomes "file.pdf".
    """
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    name = "".join(" " if unicodedata.category(c)[0] == "Z" else c for c in name
                   if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = " ".join(_BAD_IN_NAMES.sub(" ", name).split())
    same = (".jpg", ".jpeg", ".png") if ending in ("jpg", "png") else (f".{ending}",)
    for known in same:
        if name.lower().endswith(known):
            name = name[:-len(known)].rstrip(". ")
            break
    name = name.strip(". ")[:_LONGEST_NAME].rstrip(". ")
    if not name or _RESERVED.fullmatch(name.partition(".")[0]):
        name = f"file {name}".strip()
    return f"{name}.{ending}"


def _sign(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def _outside_streams(data: bytes) -> bytes:
    """The structure without pictures and texts, in whose packed bytes any three letters turn up by chance."""
    parts, at = [], 0
    while (start := data.find(b"stream", at)) >= 0 and (end := data.find(b"endstream", start + 6)) >= 0:
        parts.append(data[at:start])
        at = end + 9
    return b"\n".join([*parts, data[at:]])


def _unpacked(data: bytes) -> bytes:
    """What stands in packed streams of objects, as far as it can be read and up to a limit."""
    parts, left = [], MOST_UNPACKED
    for found in islice(_PACKED.finditer(data), MOST_STREAMS):
        reader = zlib.decompressobj()
        try:
            part = reader.decompress(data[found.end():], left)
        except zlib.error:
            continue
        parts.append(part)
        left -= len(part)
        if left <= 0:
            raise BadPaper("damaged")
    return b"\n".join(parts)
