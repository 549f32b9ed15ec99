"""PDF files people upload: whole, alone in their file, without anything that runs; and names of files."""

import re
import unicodedata
import zlib

MOST_UNPACKED = 20 * 1024 * 1024
MOST_STREAMS = 2_000
MOST_PARTS = 50_000
"""Pictures, texts and other streams: a real paper of ten megabytes has a tenth, half a million cost seconds."""
MOST_SIGNS = 100_000
_LONG = rb"JavaScript|Rendition|Launch|EmbeddedFiles?|RichMedia|ImportData|SubmitForm"
_RUNS = re.compile(rb"/(?:JS|XFA|" + _LONG + rb")\b")
# Too long to turn up by chance in packed bytes, so that no stream, real or pretended, can hide them.
_RUNS_ANYWHERE = re.compile(rb"/(?:" + _LONG + rb")\b")
_STREAM = re.compile(rb">>[\s\0]*stream[ \t]*(?:\r\n?|\n)")
_PACKED = re.compile(rb"/ObjStm\b")
_FIRST = re.compile(rb"/First\s+\d+\s*(?:/|$)")
_PLAIN_FLATE = re.compile(rb"/Filter\s*(?:/(?:FlateDecode|Fl)\b|\[\s*/(?:FlateDecode|Fl)\s*\])")
_FILTERS = re.compile(rb"/(?:Filter|DecodeParms|DP)\b")
_NUMBERS = re.compile(rb"[\s\0]*(?:\d|$)")
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
    plain = _undone(data)
    if b"/Encrypt" in plain:
        raise BadPaper("locked")
    outside, unpacked = _parts(data, len(_PACKED.findall(plain)))
    if _RUNS_ANYWHERE.search(plain) or _RUNS.search(outside) or _RUNS.search(unpacked):
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


def _undone(data: bytes) -> bytes:
    """Names in clear: one may hide behind "#4A" for "J"."""
    plain, found = _HEX.subn(_sign, data, count=MOST_SIGNS)
    if found == MOST_SIGNS:
        raise BadPaper("damaged")
    return plain


def _sign(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def _parts(data: bytes, packs: int) -> tuple[bytes, bytes]:
    """The structure without pictures and texts, in whose packed bytes any three letters turn up by chance; and what
    stands in streams of objects, `packs` of which call themselves so.

    Raises BadPaper("damaged") when one of those was not found or cannot be read: a reader more patient than we might.
    """
    view, gaps, packed, named, at, left = memoryview(data), [], [], 0, 0, MOST_UNPACKED
    while (mark := _STREAM.search(data, at)) and (end := data.find(b"endstream", mark.end())) >= 0:
        gap = _undone(data[at:mark.start()])
        calls_itself = bool(_PACKED.search(gap))
        if calls_itself or _FIRST.search(gap):
            named += calls_itself
            packed.append(_unpacked(gap, view[mark.end():end], left))
            left -= len(packed[-1])
        gaps.append(gap)
        if len(packed) > MOST_STREAMS or len(gaps) > MOST_PARTS:
            raise BadPaper("damaged")
        at = end + 9
    if named != packs:
        raise BadPaper("damaged")
    return b"\n".join([*gaps, _undone(data[at:])]), b"\n".join(packed)


def _unpacked(about: bytes, body: memoryview, most: int) -> bytes:
    """The objects in a stream; `about` ends with its dictionary."""
    filters = len(_FILTERS.findall(about))
    if filters == 0:
        return bytes(body[:most])
    if filters != 1 or not _PLAIN_FLATE.search(about):
        raise BadPaper("damaged")
    reader = zlib.decompressobj()
    try:
        part = reader.decompress(body, most + 1)
    except zlib.error as error:
        raise BadPaper("damaged") from error
    # Each begins with numbers of its objects; anything else was packed twice.
    if not reader.eof or len(part) > most or not _NUMBERS.match(part):
        raise BadPaper("damaged")
    return part
