"""Pictures people upload: read by their content, made anew without anything that came along, or refused with a code."""

import re
import warnings
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 25_000_000}
"""A JPEG is decoded at a fraction of its size, a PNG only as a whole."""
_LONGEST_SIDE, _SMALLEST_SIDE = 16_000, 32
_ALIEN = re.compile(rb"%PDF-|<script|<svg|<html|<!doctype html|<\?php|<iframe", re.IGNORECASE)
_ARCHIVE_END, _TAIL = b"PK\x05\x06", 66_000
_STARTS = (("pdf", b"%PDF"), ("gif", b"GIF8"), ("webp", b"RIFF"), ("bmp", b"BM"), ("tiff", b"II*\0"),
           ("tiff", b"MM\0*"))


class BadPicture(ValueError):
    """Not a picture we take. `code`: empty, pdf, svg, heic, gif, webp, bmp, tiff, unknown, damaged, mixed,
    too-large (in pixels) or too-small."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def portrait(data: bytes, side: int) -> bytes:
    """The middle of a JPEG or PNG as a square JPEG of `side` pixels, upright, on white. Raises BadPicture."""
    image = _opened(data, 2 * side)
    return _written(ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS, centering=(0.5, 0.4)), "JPEG")


def plain_picture(data: bytes, longest: int) -> tuple[str, bytes]:
    """("JPEG" or "PNG", the whole picture) with no side over `longest` pixels, upright. Raises BadPicture."""
    image = _opened(data, longest)
    kind = "PNG" if data.startswith(b"\x89PNG") else "JPEG"
    if max(image.size) > longest:
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return kind, _written(image, kind)


def _opened(data: bytes, wanted: int) -> Image.Image:
    """Decoded at not less than `wanted` pixels; the size is asked before a single pixel is."""
    _refuse_strangers(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image: Any = Image.open(BytesIO(data), formats=("JPEG", "PNG"))
            width, height = image.size
            # A phone may put several pictures into one JPEG; the first is the one that was taken.
            kind = "PNG" if image.format == "PNG" else "JPEG"
            if max(width, height) > _LONGEST_SIDE or width * height > MOST_PIXELS[kind]:
                raise BadPicture("too-large")
            if min(width, height) < _SMALLEST_SIDE:
                raise BadPicture("too-small")
            image.draft("RGB", (wanted, wanted))
            image.load()
            return _on_white(ImageOps.exif_transpose(image))
    except BadPicture:
        raise
    except Image.DecompressionBombError as error:
        raise BadPicture("too-large") from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise BadPicture("damaged") from error


def _refuse_strangers(data: bytes) -> None:
    if not data:
        raise BadPicture("empty")
    if not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise BadPicture(_what_it_is(data))
    # A file that is a picture and something else at once is nobody's honest picture.
    if _ALIEN.search(data) or _ARCHIVE_END in data[-_TAIL:]:
        raise BadPicture("mixed")


def _what_it_is(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return "heic" if data[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1") else "unknown"
    found = next((code for code, start in _STARTS if data.startswith(start)), "")
    if found:
        return found
    return "svg" if b"<svg" in data[:2000].lower() else "unknown"


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGB", layer.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return image.convert("RGB")


def _written(image: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    # A new image of the bare pixels: no GPS, no thumbnail, no profile comes along.
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    if kind == "JPEG":
        bare.save(out, "JPEG", quality=86, optimize=True)
    else:
        bare.save(out, "PNG", optimize=True)
    return out.getvalue()
